"""Drafts as a person reads them, held against the ones that were accepted."""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from pathlib import Path

from pipeline.importers.article_file import article_text
from pipeline.importers.body.clean import cleaned
from pipeline.importers.draft import Draft


def draft_report(draft: Draft) -> str:
    """The article that a draft makes, what was inferred, and what is left out, each with its reason."""
    draft = cleaned(draft)
    parts = [article_text(replace(draft, related=()))]
    rows = [f"key: {draft.key}"] if draft.key else []
    rows += [f"base: {draft.base}"] if draft.base else []
    rows += [f"related: {each.title} <{each.address}>" for each in draft.related]
    rows += [f"file: {name} ({len(data)} bytes)" for name, data in draft.files.items()]
    rows += [f"inferred {each.field}: {each.value} ({each.why})" for each in draft.inferred]
    rows += [f"left out: {each.text} ({each.reason})" for each in draft.left]
    return "\n=====\n".join([*parts, "\n".join(rows)]) + "\n"


def assert_accepted(made: str, held: Path) -> None:
    """Compare with the file of what was accepted; `PRESSROOM_ACCEPT=1` accepts what is made now."""
    if os.environ.get("PRESSROOM_ACCEPT"):
        held.write_text(made, encoding="utf-8")
    before = held.read_text(encoding="utf-8")
    lines = (text.splitlines() for text in (before, made))
    difference = "\n".join(difflib.unified_diff(*lines, "held", "made", lineterm="", n=1))
    assert made == before, difference[:4000]
