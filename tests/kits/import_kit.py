"""Sources as a person reads what they become: the article, what was inferred, and what is left out."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from docx_kit import docx_of_folder
from workspace_kit import ROOT, png

from pipeline.importers.article_file import article_text
from pipeline.importers.cleanup import clean
from pipeline.importers.draft import Draft, Material

SOURCES_FOLDER = ROOT / "tests" / "importers"
_FORMS = ("text", "markdown", "html", "message", "feed", "cases")
SOURCES = sorted(
    [
        *(
            path
            for form in _FORMS
            for path in (SOURCES_FOLDER / form).rglob("*")
            if path.is_file() and ".expected" not in path.name
        ),
        *(path for path in (SOURCES_FOLDER / "docx").iterdir() if path.is_dir()),
    ]
)
"""Every source that tests import; a document of Word is a folder of its parts."""


def source_id(source: Path) -> str:
    """The name of a test of this source."""
    return source.relative_to(SOURCES_FOLDER).as_posix()


def material_of(source: Path) -> Material:
    """The source as it arrives."""
    if source.is_dir():
        return Material(f"{source.name}.docx", docx_of_folder(source, {"word/media/image1.png": png()}))
    return Material(source.relative_to(SOURCES_FOLDER).as_posix().partition("/")[2], source.read_bytes())


def draft_report(draft: Draft) -> str:
    """The article that a draft makes, what was inferred, and what is left out, each with its reason."""
    draft = clean(draft)
    text = article_text(replace(draft, related=()))
    rows = [f"key: {draft.key}"] if draft.key else []
    rows += [f"slug: {draft.slug}"] if draft.slug else []
    rows += [f"base: {draft.base}"] if draft.base else []
    rows += [f"related: {each.title} <{each.address}>" for each in draft.related]
    rows += [f"file: {name} ({len(data)} bytes)" for name, data in draft.files.items()]
    rows += [f"inferred {each.field}: {each.value} ({each.why})" for each in draft.inferred]
    for each in draft.left:
        line = f" line {each.line}" if each.line else ""
        rows.append(f"left out{line}: {each.text} ({each.reason})")
    return f"{text}\n=====\n" + "\n".join(rows) + "\n"


def assert_accepted(report: str, expected: Path) -> None:
    """Compare with the accepted file; `PRESSROOM_ACCEPT=1` accepts the report as it is now."""
    if os.environ.get("PRESSROOM_ACCEPT"):
        expected.write_text(report, encoding="utf-8")
    assert report == expected.read_text(encoding="utf-8")
