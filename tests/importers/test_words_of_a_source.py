"""No word of a source is lost: it stands in the article, in its front matter or in the sidecar, in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_kit import SOURCES, material_of, source_id
from property_kit import tries
from table_kit import rows
from word_kit import all_words, article_words, lost_words, moved_words, source_words, words
from workspace_kit import WorkspaceRunner

from pipeline.importers.article_file import article_text
from pipeline.importers.cleanup import clean
from pipeline.importers.draft import Material
from pipeline.importers.forms import importer_for

# Words that an import writes of its own: names of boxes and of links that stand for something else.
ADDED = {"related", "note", "tip", "warning", "watch", "or", "read", "it", "there", "video", "listen"}


@pytest.mark.parametrize("source", rows(SOURCES, SOURCES[::4], source_id))
def test_every_word_of_a_source_has_its_place(workspace: WorkspaceRunner, source: Path) -> None:
    material = material_of(source)
    name, data = Path(material.name).name, material.data
    file = workspace.root / "in" / name
    file.parent.mkdir()
    file.write_bytes(data)
    report = workspace.json("import", str(file), "--dry-run", "--no-fetch", "--now", "2026-03-01")
    places, bodies = [], []
    for one in report["articles"]:
        fields, body, seen = article_words(one["text"])
        bodies += seen
        places += [fields, body, *(all_words(each["text"]) for each in one["left_out"])]
        places += [words(each["value"]) for each in one["inferred"]]
    wanted = source_words(name, data)
    assert lost_words(wanted, *places) == []
    assert [word for word in moved_words(wanted, bodies) if word not in ADDED] == []


# --- generated sources ------------------------------------------------------------------------------

# What is around texts in the field; `{}` are words that nothing else has.
PIECES = (
    *(
        "# {}",
        "## {}",
        "## Stay informed",
        "## About us",
        "## Related articles",
        "## Contents",
        "## Disclaimer",
    ),
    *("{} is here and it goes on for as long as a paragraph does, with a full stop at its very end.",) * 4,
    *("By Ada Example, {}", "January 5, 2026", "7 min read", "Home > Blog > {}", "Skip to content"),
    *(
        "Subscribe to our newsletter {}",
        "Email address",
        "Share this",
        "Facebook",
        "© 2026 {}. All rights reserved.",
    ),
    *("This article is for information only, {}, and is not medical advice.", "Summary: {} in short."),
    *("Book a call at https://clinic.example/{}.", "Originally published at https://clinic.example/{}"),
    *(
        "Related: {}",
        "We are {}, a small clinic by a harbour.",
        "Ready to begin {}?",
        "Title: {}",
        "Tags: {}, other",
    ),
    *(
        "To unsubscribe, {}.",
        "You receive this because {} signed up.",
        "View this {} in your browser",
        "Clinical editor",
    ),
)


@st.composite
def documents(draw: st.DrawFn) -> list[str]:
    """Pieces in any order, some of them twice, each with words of its own."""
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
    return [
        piece.replace("{}", f"word{chr(97 + number)} and{chr(97 + number)}")
        for number, piece in enumerate(pieces)
    ]


def as_page(pieces: list[str]) -> str:
    blocks = (
        f"<h{'21'[p[1] == ' ']}>{p.lstrip('# ')}</h{'21'[p[1] == ' ']}>" if p[0] == "#" else f"<p>{p}</p>"
        for p in pieces
    )
    return "".join(blocks)


WAYS = {
    "a.txt": lambda pieces: "\n\n".join(piece.lstrip("# ") for piece in pieces),
    "b.txt": lambda pieces: "\n".join(piece.lstrip("# ") for piece in pieces),
    # A first line `Title: …` would be front matter.
    "a.md": lambda pieces: "\n\n".join(pieces).replace("Title:", "Titled"),
    "a.html": lambda pieces: f"<html><head><title>x</title></head><body>{as_page(pieces)}</body></html>",
    "b.html": lambda pieces: f"<div><table><tr><td>{as_page(pieces)}</td></tr></table></div><p></p>",
    "a.eml": lambda pieces: (
        "From: a@b.example\nSubject: x\nDate: Mon, 5 Jan 2026 08:30:00 +0000\n\n" + "\n\n".join(pieces)
    ),
    "b.eml": lambda pieces: (
        f"From: a@b.example\nSubject: x\nContent-Type: text/html\n\n<table>{as_page(pieces)}</table>"
    ),
}


@pytest.mark.parametrize("way", WAYS)
@given(pieces=documents())
@tries(120)
def test_every_word_of_any_document_has_its_place(way: str, pieces: list[str]) -> None:
    material = Material(way, WAYS[way](pieces).encode())
    (draft,) = importer_for(material).read(material)
    draft = clean(draft)
    related = [f"{each.title} {each.address}" for each in draft.related]
    fields, body, seen = article_words(article_text(draft, related))
    places = [all_words(each.text) for each in draft.left] + [words(each.value) for each in draft.inferred]
    wanted = source_words(way, material.data)
    assert lost_words(wanted, fields, body, *places) == []
    assert moved_words(wanted, seen) == []
