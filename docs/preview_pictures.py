"""Makes `docs/pictures/preview-*.png`: screenshots of the page itself, on the workspace of "Your first issue".

Needs Chromium and what the tests need (`pip install -e '.[test]'`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pictures import DOCS, browser
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

COMMAND = [sys.executable, "-c", "from pipeline.cli import main; main(prog_name='pressroom')"]
ARTICLE = """\
---
title: "The lamp at the pier"
date: 2026-02-01
tags: [essays]
dek: Who lights it, and why.
---
Since 1911 a lamp has burnt at the end of the pier. Nobody is paid for it. Every evening at sunset one of
eleven families walks out with a can of oil, and every morning the same family walks out again.

When the harbour got electric light in 1954, the council wrote a letter of thanks and asked them to stop. The
letter hangs in the lamp room. It has a coffee stain and no answer.
"""
FRAME = "#stage > iframe:not(.coming)"


@contextmanager
def previewed(root: Path) -> Iterator[str]:
    """The address of a preview of the workspace."""
    command = [*COMMAND, "-C", str(root), "preview", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


def workspace(root: Path) -> Path:
    """The workspace as the tutorial has it after its fourth step."""
    subprocess.run(
        [*COMMAND, "init", str(root), "--title", "The Harbour Letter"], check=True, capture_output=True
    )
    settings = root / "newsletter.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'editor_url = "vscode://file{{path}}:{{line}}"\n{text}', encoding="utf-8")
    (root / "issues/articles/the-lamp-at-the-pier.md").write_text(ARTICLE, encoding="utf-8")
    issue = root / "issues/001-the-first-issue/issue.md"
    lines = [
        "date: 2026-02-01" if line.startswith("date:") else line for line in issue.read_text().split("\n")
    ]
    issue.write_text("\n".join(lines), encoding="utf-8")
    for each in (root / "issues/articles").glob("*.md"):
        lines = [
            "date: 2026-01-30" if line.startswith("date:") else line for line in each.read_text().split("\n")
        ]
        if each.stem != "the-lamp-at-the-pier":
            each.write_text("\n".join(lines), encoding="utf-8")
    return root


def shoot(page: Page, name: str) -> None:
    """The page as it stands, in 256 colours."""
    with tempfile.TemporaryDirectory() as folder:
        page.screenshot(path=f"{folder}/shot.png")
        with Image.open(f"{folder}/shot.png") as picture:
            small = picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT)
    small.save(DOCS / "pictures" / f"{name}.png", optimize=True)


def main() -> None:
    """Take every picture of the tutorial."""
    with (
        tempfile.TemporaryDirectory() as folder,
        previewed(workspace(Path(folder) / "my-newsletter")) as address,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 760})
        page.goto(f"{address}#panel=plan")
        expect(page.frame_locator(FRAME).get_by_text("Since 1911").first).to_be_attached()
        expect(page.locator("#panel .article").first).to_be_visible()
        shoot(page, "preview-plan")
        page.goto(f"{address}#width=375&scheme=dark&panel=size")
        expect(page.locator(FRAME)).to_have_attribute("src", re.compile("scheme=dark"))
        expect(page.locator("#panel .sizes").first).to_be_visible()
        page.evaluate("document.querySelector('#stage iframe').contentWindow.scrollTo(0, 420)")
        shoot(page, "preview-dark")
        lamp = Path(folder) / "my-newsletter/issues/articles/the-lamp-at-the-pier.md"
        lamp.write_text(ARTICLE.replace("title:", "titel:"), encoding="utf-8")
        expect(page.get_by_role("alert")).to_be_visible()
        shoot(page, "preview-mistake")
        chromium.close()


if __name__ == "__main__":
    main()
