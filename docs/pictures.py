"""Makes `docs/pictures/`: emails and pages from `build/`, the kinds and themes, the containers, by Chromium.

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

from PIL import Image, ImageDraw

from pipeline.actions.scaffold import KINDS
from pipeline.support import merge

DOCS = Path(__file__).parent
BUILD = DOCS.parent / "build"
EMAIL = BUILD / "issues" / "001-the-plastic-brain" / "email.html"
SITE = BUILD / "site" / "index.html"

CONTAINERS = (
    ("cta", "buttons", "person", "video", "columns"),
    ("event", "audio", "callout", "sponsor", "pullquote"),
)
"""Those that look like something, in two columns."""

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


def shoot_containers(root: Path, names: Sequence[str]) -> Image.Image:
    """The containers of these names as `docs/writing.md` shows them, in an email of their own."""
    text = (DOCS / "writing.md").read_text(encoding="utf-8")
    examples = text.partition("## Containers")[2].partition("```markdown\n")[2].partition("```")[0]
    containers = re.split(r"(?<=\n:::\n)\n", examples)
    wanted = [each for name in names for each in containers if each.startswith(f"::: {name}")]
    assert len(wanted) == len(names), names
    letter = root / "issues" / "001-containers"
    letter.mkdir(parents=True)
    (letter / "issue.md").write_text("---\ntitle: x\ndate: 2026-02-01\n---\n" + "\n".join(wanted), "utf-8")
    draw_person().save(letter / "ada.jpg")
    draw_stage().save(letter / "poster.jpg")
    shutil.copy(
        DOCS.parent / "tests/golden/workspace/issues/articles/every-block/talk.mp3", letter / "lecture.mp3"
    )
    (root / "newsletter.toml").write_text(
        'title = "x"\nbase_url = "https://harbour.example"\nlanguage = "en-GB"\ntimezone = "Europe/London"\n'
        'sender = "x <x@harbour.example>"\npostal_address = "x"\n',
        "utf-8",
    )
    command = [sys.executable, "-c", "from pipeline.cli import main; main(prog_name='pressroom')"]
    subprocess.run([*command, "-C", str(root), "build", "1"], check=True, capture_output=True)
    whole = shoot(root / "build" / "issues" / letter.name / "email.html", (600, 1500), LIGHT, 1)
    # The masthead is above them, and the footer is where the card's white ends.
    end = max(row for row in range(whole.height) if whole.getpixel((4, row)) == (255, 255, 255))
    picture = Image.new("RGB", (600, 710), "white")
    picture.paste(whole.crop((0, 204, 600, end)), (0, 0))
    return picture


def draw_person() -> Image.Image:
    """A head and shoulders, for the photo of a person."""
    picture = Image.new("RGB", (400, 400), "#cfe0dd")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 270, 340, 560), fill="#1f5f5b")
    pen.ellipse((125, 80, 275, 250), fill="#e7b894")
    pen.pieslice((115, 60, 285, 240), 180, 360, fill="#4a3426")
    return picture


def draw_stage() -> Image.Image:
    """A lit stage, for the poster of a video."""
    picture = Image.new("RGB", (1200, 500), "#1d2429")
    pen = ImageDraw.Draw(picture)
    pen.polygon([(520, 0), (680, 0), (1000, 500), (200, 500)], fill="#3b5f5c")
    pen.ellipse((150, 430, 1050, 560), fill="#7cc9c1")
    return picture


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
    halves = []
    for names in CONTAINERS:
        with tempfile.TemporaryDirectory() as folder:
            halves.append(shoot_containers(Path(folder), names))
    save(halves, "containers.png")
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            save([shoot_kind(kind, Path(folder) / kind)], f"kind-{kind}.png")
    for name in ("default", "letter", "digest"):
        with tempfile.TemporaryDirectory() as folder:
            save([shoot_theme(name, Path(folder) / name)], f"theme-{name}.png")


if __name__ == "__main__":
    main()
