"""Feeds as they are imported: feeds of each kind, what is refused, and what holds for all of them.

After a wanted change, look at the new files and accept them:
`PRESSROOM_ACCEPT=1 python -m pytest tests/test_import_feed.py`
"""

from __future__ import annotations

import difflib
import json
import os
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import PressroomError
from pipeline.importers import feed
from pipeline.importers.draft import Draft, Left, Material

FOLDER = ROOT / "tests" / "importers" / "feed"
SOURCES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".txt")
ADDRESS = "https://where-it-was.example/feeds/all"


def material(text: str, name: str = "a.xml", address: str = "") -> Material:
    return Material(name, text.encode("utf-8", "surrogatepass"), address)


def read(text: str, name: str = "a.xml", address: str = "") -> tuple[Draft, ...]:
    assert feed.takes(material(text, name, address))
    return feed.read(material(text, name, address))


def rss(*items: str, head: str = "") -> str:
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    names += ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    inner = "".join(f"<item>{each}</item>" for each in items)
    return f'<rss version="2.0" {names}><channel><title>The feed</title>{head}{inner}</channel></rss>'


def atom(*entries: str, head: str = "") -> str:
    inner = "".join(f"<entry>{each}</entry>" for each in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The feed</title>{head}{inner}</feed>'


def json_feed(*items: object, **fields: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **fields})


# --- whole feeds ------------------------------------------------------------------------------


def written(draft: Draft) -> str:
    """A draft as a person reads it."""
    rows = []
    for name in Draft.__slots__:
        value = getattr(draft, name)
        if name in {"body", "inferred", "left"} or not value:
            continue
        if name == "authors":
            value = "; ".join(", ".join(filter(None, (each.name, each.role, each.url))) for each in value)
        if name == "extra":
            value = json.dumps(value, ensure_ascii=False, indent=1)
        rows.append(f"{name}: {value}")
    guessed = [f"- {each.field}: {each.value} ({each.why})" for each in draft.inferred]
    out = [f"- {each.text} ({each.reason})" for each in draft.left]
    parts = ["\n".join(rows), draft.body.rstrip("\n"), "\n".join(["Guessed:", *guessed, "Left:", *out])]
    return "\n\n-----\n\n".join(parts) + "\n"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_feed_becomes_the_drafts_that_were_accepted(source: Path) -> None:
    given = Material(source.name, source.read_bytes(), ADDRESS)
    assert feed.takes(given)
    made = "\n=====\n\n".join(written(draft) for draft in feed.read(given))
    held = FOLDER / f"{source.stem}.expected.txt"
    if os.environ.get("PRESSROOM_ACCEPT"):
        held.write_text(made, encoding="utf-8")
    before, after = held.read_text(encoding="utf-8").splitlines(), made.splitlines()
    assert before == after, "\n".join(difflib.unified_diff(before, after, "held", "made", lineterm="", n=1))
