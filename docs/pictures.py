"""Makes `docs/pictures/email.png` and `site.png` from `build/`, `kind-*.png` and `theme-*.png`, by Chromium.

Run `pressroom build` in the repository first. Merge fields are filled with their fallbacks in a
copy that stands beside the email for a moment, so that its pictures are found.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from pipeline.actions.scaffold import KINDS
from pipeline.support import merge

DOCS = Path(__file__).parent
BUILD = DOCS.parent / "build"
EMAIL = BUILD / "issues" / "001-the-plastic-brain" / "email.html"
SITE = BUILD / "site" / "index.html"

LIGHT, DARK = "1", "0"  # Blink's mojom::PreferredColorScheme


def browser() -> str:
    """The Chromium to use: `PRESSROOM_CHROMIUM`, or the one on the path."""
    found = os.environ.get("PRESSROOM_CHROMIUM") or shutil.which("chromium")
    return found or sys.exit("There is no chromium; name one with PRESSROOM_CHROMIUM=/path.")


def shoot(page: Path, size: tuple[int, int], scheme: str, scale: float) -> Image.Image:
    """The top of a page, in CSS pixels, drawn `scale` times as dense."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        target = Path(folder) / "shot.png"
        command = [
            browser(),
            *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
            f"--user-data-dir={folder}/profile",
            f"--blink-settings=preferredColorScheme={scheme}",
            f"--force-device-scale-factor={scale}",
            f"--window-size={size[0]},{size[1]}",
            f"--screenshot={target}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        with Image.open(target) as picture:
            return picture.convert("RGB")


def save(pictures: Sequence[Image.Image], name: str) -> None:
    """The pictures side by side, in 256 colours, which text and diagrams do with."""
    whole = Image.new("RGB", (sum(each.width for each in pictures), pictures[0].height))
    left = 0
    for each in pictures:
        whole.paste(each, (left, 0))
        left += each.width
    target = DOCS / "pictures" / name
    whole.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    sys.stdout.write(f"{target.relative_to(DOCS.parent)}  {target.stat().st_size // 1024} KB\n")


def shoot_theme(name: str, root: Path) -> Image.Image:
    """The third issue of the sample publication in a theme that sets all colours, fonts and layouts."""
    shutil.copytree(DOCS.parent / "issues", root / "issues")
    settings = (DOCS.parent / "newsletter.toml").read_text(encoding="utf-8")
    settings = re.sub(r"(?ms)^\[theme\.\w+\]$.*?(?=^[#\[])", "", settings)
    settings = re.sub(r"(?m)^layout = .*\n", "", settings)
    settings = re.sub(r'(?m)^name = "default".*', f'name = "{name}"', settings)
    (root / "newsletter.toml").write_text(settings, encoding="utf-8")
    issue = root / "issues" / "003-what-the-brain-does-at-rest"
    (issue / "issue.lock").unlink()
    text = (issue / "issue.md").read_text(encoding="utf-8")
    (issue / "issue.md").write_text(re.sub(r"(?m)^ +layout: .*\n", "", text), encoding="utf-8")
    command = [sys.executable, "-c", "from pipeline.cli import main; main(prog_name='pressroom')"]
    subprocess.run([*command, "-C", str(root), "build", "3"], check=True, capture_output=True)
    return shoot(root / "build" / "issues" / issue.name / "email.html", (600, 1135), LIGHT, 2)


def shoot_kind(kind: str, root: Path) -> Image.Image:
    """The first issue of a new workspace of this kind, as `init` makes it."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main(prog_name='pressroom')"]
    arguments = ["init", str(root), "--kind", kind, "--title", "The Harbour Letter", "--now", "2026-02-01"]
    subprocess.run([*command, *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    subprocess.run([*command, "-C", str(root), "build", "1"], check=True, capture_output=True)
    (email,) = root.glob("build/issues/*/email.html")
    return shoot(email, (600, 820), LIGHT, 1)


def main() -> None:
    """Make all pictures."""
    if not (EMAIL.is_file() and SITE.is_file()):
        sys.exit("Build first: pressroom build")
    filled = EMAIL.with_name("filled.html")
    text = EMAIL.read_text(encoding="utf-8")
    filled.write_text(merge.html(text).fill(lambda each: html.escape(each.fallback)), encoding="utf-8")
    try:
        save([shoot(filled, (640, 1150), scheme, 1.5) for scheme in (LIGHT, DARK)], "email.png")
    finally:
        filled.unlink()
    save([shoot(SITE, (1100, 900), LIGHT, 1.5)], "site.png")
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            save([shoot_kind(kind, Path(folder) / kind)], f"kind-{kind}.png")
    for name in ("default", "letter", "digest"):
        with tempfile.TemporaryDirectory() as folder:
            save([shoot_theme(name, Path(folder) / name)], f"theme-{name}.png")


if __name__ == "__main__":
    main()
