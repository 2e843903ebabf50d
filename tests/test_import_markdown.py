"""Importing Markdown: what each content system says in its front matter is found again in the draft."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.importers import markdown
from pipeline.importers.article_file import article_text
from pipeline.importers.draft import Draft, Material

SOURCES = Path(__file__).parent / "importers" / "markdown"
FILES = sorted(
    path.relative_to(SOURCES).as_posix()
    for path in SOURCES.rglob("*.md*")
    if not path.name.endswith(".expected.md")
)


def draft_of(text: str, name: str = "a.md") -> Draft:
    material = Material(name, text.encode())
    [draft] = markdown.read(material)
    return draft


def shown(draft: Draft) -> str:
    """The draft as the file that would be written, and below it what an editor would be told."""
    lines = [article_text(draft, [f"{each.title} <{each.address}>".strip() for each in draft.related])]
    lines += ["", "<!--", f"slug: {draft.slug}", f"base: {draft.base}"]
    lines += [f"inferred {each.field}: {each.value} ({each.why})" for each in draft.inferred]
    lines += [f"left, line {each.line}: {each.text!r} ({each.reason})" for each in draft.left]
    return "\n".join([*lines, "-->", ""])


@pytest.mark.parametrize("file", FILES)
def test_each_system_is_read_as_it_is_written_beside_it(file: str) -> None:
    source = SOURCES / file
    material = Material(file, source.read_bytes())
    assert markdown.takes(material)
    [draft] = markdown.read(material)
    expected = source.with_name(f"{source.stem}.expected.md")
    if os.environ.get("PRESSROOM_ACCEPT"):
        expected.write_text(shown(draft), encoding="utf-8")
    assert shown(draft) == expected.read_text(encoding="utf-8")
