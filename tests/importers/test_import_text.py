"""Plain text as it is imported: forms 2 to 5, each with sources of different shapes, and rule by rule.

After a wanted change, look at the new files and accept them:
`PRESSROOM_ACCEPT=1 python -m pytest tests/importers/test_import_text.py`
"""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from content_kit import parse
from hypothesis import example, given
from hypothesis import strategies as st
from property_kit import tries
from workspace_kit import ROOT

from pipeline.content.tree_text import content_texts
from pipeline.errors import PressroomError
from pipeline.importers import plain_text
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.plain.dates import date_of
from pipeline.importers.plain.lines import Fate, Item, Line, Role, fate, lines_of, sheet_of
from pipeline.importers.plain.rules import RULES, judged

SOURCES = sorted((ROOT / "tests" / "importers" / "text").glob("*.txt"))
BODIES = "Depression touches about one person in twenty at any time."
MORE = "Ketamine blocks one of the receptors of glutamate, and new synapses form within hours."


def read(text: str) -> Draft:
    (draft,) = plain_text.read(Material("a.txt", text.encode()))
    return draft


# --- whole sources ----------------------------------------------------------------------------


def written(draft: Draft) -> str:
    """A draft as a person reads it: its fields, its body, what was guessed and what was left."""
    rows = []
    for name in Draft.__slots__:
        value = getattr(draft, name)
        if name in {"body", "inferred", "left"} or not value:
            continue
        if name == "authors":
            value = "; ".join(f"{each.name} ({each.role})" if each.role else each.name for each in value)
        elif name == "related":
            value = "; ".join(f"{each.title} <{each.address}>" for each in value)
        rows.append(f"{name}: {value}")
    guessed = [f"- {each.field}: {each.value} ({each.why})" for each in draft.inferred]
    out = [f"- {each.line}: {each.text} ({each.reason})" for each in draft.left]
    parts = [
        "\n".join(rows),
        draft.body.rstrip("\n"),
        "\n".join(["Guessed:", *guessed]),
        "\n".join(["Left:", *out]),
    ]
    return "\n\n=====\n\n".join(parts) + "\n"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_source_becomes_the_draft_that_was_accepted(source: Path) -> None:
    (draft,) = plain_text.read(Material(source.name, source.read_bytes()))
    made = written(draft)
    held = source.with_suffix(".expected.md")
    if os.environ.get("PRESSROOM_ACCEPT"):
        held.write_text(made, encoding="utf-8")
    before, after = held.read_text(encoding="utf-8").splitlines(), made.splitlines()
    assert before == after, "\n".join(difflib.unified_diff(before, after, "held", "made", lineterm="", n=1))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_nothing_of_a_source_is_lost(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    missing = lost(text, read(text))
    assert not missing


@pytest.mark.parametrize("kind", ["page", "titled", "untitled", "lists"])
def test_each_form_has_at_least_three_sources(kind: str) -> None:
    assert len([path for path in SOURCES if path.stem.startswith(f"{kind}-")]) >= 3


# --- the rules, one by one --------------------------------------------------------------------

FILL = f"{BODIES}\n\n{MORE}"

# Rule, a text in which it marks the lines of these numbers, and one in which it marks none.
CASES: list[tuple[str, str, set[int], str]] = [
    (
        "wrapped",
        "When nothing asks for our attention, certain regions begin to work\ntogether. They are called a network, and they deal with all sorts of\nmemories.",
        {2, 3},
        "When nothing asks for our attention, certain regions begin.\nTogether they are called a network.\nThey deal with memories.",
    ),
    ("lone bullets", "Two things:\n•\nRest\n•\nCompany", {2, 3, 4, 5}, "A dot • in a line"),
    ("underlines", f"A title\n=======\n\n{FILL}", {2}, f"A title\n== 3 ==\n\n{FILL}"),
    ("breadcrumb", f"Home > Blog > Mood\n\nMood\n\n{FILL}", {1}, f"Home is where I > sleep.\n\n{FILL}"),
    ("furniture", f"Skip to content\nMood\n\n{FILL}", {1}, f"Skip the content if you like\n\n{FILL}"),
    ("labelled", f"Mood\n\nSummary: It goes up and down.\n\n{FILL}", {3}, f"Mood\n\nIn summary: it goes up.\n\n{FILL}"),
    ("category", f"Research7 min read\nMood\n\n{FILL}", {1}, f"Research 7 days a week\nMood\n\n{FILL}"),
    (
        "byline",
        f"Mood\n\nBy Ada Example, MD | January 5, 2026 | 4 min read\n\n{FILL}",
        {3},
        f"History\n\n{BODIES}\n\nJanuary 5, 2026\n\n{MORE}\n\nJanuary 6, 2026\n\n{MORE}\n\nBy Monday it was over.",
    ),
    ("ambiguous date", f"Mood\n03/04/2026\n\n{FILL}", {2}, f"Mood\n25/12/2026\n\n{FILL}"),
    ("updated", f"Mood\n\n{FILL}\n\nLast updated: 5 May 2026", {7}, f"Mood\n\n{FILL}\n\nUpdated figures follow."),
    (
        "contents",
        f"On mood\n\nIn this article\nUp it goes\nDown it goes\n\nUp it goes\n\n{BODIES}\n\nDown it goes\n\n{MORE}",
        {3, 4, 5, 7, 11},
        f"On mood\n\nContents\nMilk\nSugar\n\n{FILL}",
    ),
    ("title twice", f"The Lantern\n\nOn mood\n\nOn mood\n\n{FILL}", {1, 3, 5}, f"On mood\n\nOn sleep\n\n{FILL}"),
    ("title first", f"On mood\n\n{FILL}", {1}, f"{BODIES}\n\nOn mood\n\n{MORE}"),
    ("title again", f"Title: On mood\n\nOn mood\n\n{FILL}", {3}, f"Title: On mood\n\nOn mood and sleep\n\n{FILL}"),
    (
        "author and role",
        f"On mood\n\nAda Example\nPsychiatrist, Harbour Clinic\n\n{FILL}",
        {3, 4},
        f"On mood\n\nKetamine Therapy\nIts first years\n\n{FILL}",
    ),
    ("role below", f"On mood\n\nBy Ada Example\nClinical editor\n\n{FILL}", {4}, f"On mood\n\nBy Ada Example\n{BODIES}\n\n{MORE}"),
    ("dek", f"On mood\n\nIt goes up, and it goes down.\n\nBy Ada Example\n\n{FILL}", {3}, f"On mood\n\n{FILL}\n\nBy Ada Example"),
    (
        "title otherwise",
        f"What ketamine does to mood\n\nWhat does ketamine do to mood?\n\n{FILL}",
        {3},
        f"What ketamine does to mood\n\nWhat glutamate is\n\n{FILL}",
    ),
    (
        "picture",
        f"On mood\n\nIllustration of a synapse at night\n\n{FILL}",
        {3},
        f"On mood\n\nIllustrations we like\n\n{FILL}",
    ),
    ("share", f"On mood\n\n{FILL}\n\nShare this\nFacebook\nX", {7, 8, 9}, f"On mood\n\n{FILL}\n\nSharing helps, as many on Facebook know."),
    ("legal", f"On mood\n\n{FILL}\n\n© 2026 The Lantern", {7}, f"On mood\n\nCopyright is a right.\n\n{FILL}"),
    (
        "origin",
        f"On mood\n\n{FILL}\n\nOriginally published at https://lantern.example.org/mood.",
        {7},
        f"On mood\n\n{FILL}\n\nFirst published in 1986 by a small press.",
    ),
    (
        "disclaimer",
        f"On mood\n\n{FILL}\n\nDisclaimer: This is no medical advice.",
        {7},
        f"On mood\n\n{FILL}\n\nA disclaimer is a text that nobody reads.",
    ),
    (
        "sign-up",
        f"On mood\n\n{FILL}\n\nSubscribe to our newsletter\nEmail address\nSubscribe",
        {7, 8, 9},
        f"On mood\n\n{FILL}\n\nThe theory to which many subscribe is older than this newsletter.",
    ),
    (
        "regions",
        f"On mood\n\n{FILL}\n\nServing Northfield, Old Mill and Harbour City",
        {7},
        f"On mood\n\n{FILL}\n\nServing others helped Anna, who had been alone.",
    ),
    ("about", f"On mood\n\n{FILL}\n\nAbout us\n\nWe are a small clinic.", {7, 9}, f"On mood\n\n{BODIES}\n\nAbout ketamine\n\n{MORE}"),
    (
        "related",
        f"On mood\n\n{FILL}\n\nRelated articles\nOn sleep: https://lantern.example.org/sleep\nOn rest",
        {7, 8, 9},
        f"On mood\n\n{FILL}\n\nRelated conditions\n\nThey are many, and they are common.",
    ),
    (
        "repeated call",
        f"On mood\n\n{FILL}\n\nBook a free call\n\nBook a free call",
        {9},
        f"On mood\n\n{FILL}\n\nIt helps.\n\nIt helps.",
    ),
    (
        "call",
        f"On mood\n\n{FILL}\n\nBook a free call at https://clinic.example.org.",
        {7},
        f"On mood\n\n{BODIES}\n\nThe study is at https://journal.example.org.\n\n{MORE}",
    ),
    ("bullets", f"{BODIES}\n  • One\n  • Two", {2, 3}, f"{BODIES}\nOne • two"),
    ("dashes", f"{BODIES}\n- One\n- Two", {2, 3}, f"{BODIES}\n- just a dash\n{MORE}\n– Hello, she said.\n– Hello."),
    ("numbered headings", f"1. Rest\n\n{BODIES}\n\n2. Company\n\n{MORE}", {1, 5}, "1. Rest\n2. Company"),
    ("numbers", f"{BODIES}\n1. Duman – synapses\n2. Zarate – numbers", {2, 3}, f"1986. A year.\n{BODIES}\n1. One alone"),
    ("bare lists", "Three signs are known:\nLow mood\nPoor sleep\nGuilt", {2, 3, 4}, f"Three signs are known.\n{BODIES}\nLow mood: a sign."),
    ("headings", f"On mood\n\n{BODIES}\n\nOn sleep\n\n{MORE}", {5}, f"{BODIES}\n\nBread and butter\nMilk\nSugar\n\n{MORE}\n\nThe end"),
]  # fmt: skip


def marked_by(rule: str, text: str) -> set[int]:
    """The numbers of the lines that this rule marks, those before it having been asked first."""
    sheet = sheet_of(lines_of(text), {})
    for each in RULES:
        after = sheet.with_marks(each.marks(sheet))
        if each.name == rule:
            return set(after.marks) - set(sheet.marks)
        sheet = after
    raise AssertionError(f"no rule is named {rule}")


def test_every_rule_has_a_case_and_a_reason() -> None:
    assert [case[0] for case in CASES] == [rule.name for rule in RULES if rule.why]
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("rule", "text", "numbers"), [case[:3] for case in CASES], ids=lambda value: str(value)[:20]
)
def test_a_rule_marks_its_lines(rule: str, text: str, numbers: set[int]) -> None:
    assert marked_by(rule, text) == numbers


@pytest.mark.parametrize(
    ("rule", "text"), [(case[0], case[3]) for case in CASES], ids=lambda value: str(value)[:20]
)
def test_a_rule_leaves_what_only_looks_alike(rule: str, text: str) -> None:
    assert marked_by(rule, text) == set()


# --- any text ---------------------------------------------------------------------------------

FIELD_NAMES = Counter(
    [
        "title",
        "headline",
        "summary",
        "dek",
        "tl",
        "dr",
        "tags",
        "keywords",
        "category",
        "topics",
        "filed",
        "under",
        "by",
        "author",
        "authors",
        "written",
        "date",
        "published",
        "posted",
        "on",
        "updated",
        "last",
        "disclaimer",
        "medical",
        "image",
        "photo",
        "originally",
        "at",
        "first",
        "image",
        "alt",
    ]
)


WORD = r"[^\W\d_]+|\d+"


def words(text: str) -> Counter[str]:
    return Counter(re.findall(WORD, text.casefold()))


def lost(text: str, draft: Draft) -> Counter[str]:
    """The words of a source that stand neither in the draft's fields nor in its body nor in what is left.

    Dates are compared as dates, and names of fields and numbers of lists are not words of the text.
    """
    content = parse(draft.body) if draft.body else None
    body = " ".join(content_texts(content.blocks)) + draft.body if content else ""
    fields = " ".join(
        [
            draft.title,
            draft.alt_title,
            draft.dek,
            *draft.tags,
            draft.image_alt,
            draft.canonical_url,
            draft.disclaimer,
        ]
        + [f"{each.title} {each.address}" for each in draft.related]
        + [f"{each.name} {each.role}" for each in draft.authors]
        + [str(value) for value in draft.extra.values()]
        + [each.text for each in draft.left]
        + [each.value for each in draft.inferred]
    )
    source = "\n".join(
        line
        for line in text.split("\n")
        if not any(date_of(part.strip()) for part in re.split("[|·•:]", line))
    )
    have = words(body) | words(fields) | Counter(dict.fromkeys(FIELD_NAMES, 1000))
    return Counter({word: 1 for word in words(source) if word not in have})


def shown(draft: Draft) -> list[str]:
    """The words that a reader sees, from the project's own parser."""
    content = parse(draft.body)
    return re.findall(WORD, " ".join(content_texts(content.blocks)))


ODD = [
    "👩\u200d⚕️", "☀️", "e\u0301", "\u200f", "\u202e", "]]>", '"', "'", "<b>", "&amp;", "&#x41;", "\\", "漢字かな", "한국어",
    "ไทย", "\u00ad", "\u200b", "\u3000", "\u2028", "--", "...", "(c)", "[^1]", "[^1]: x", "```", "*", "**", "_", "|", "<!--",
    "http://x.example/", "https://a.example/b_c*(d)", "a@b.example", "[a](b)", "[a]: b", "![a](b)", "^[n]", "~~~", "# ",
    "## x", "> ", "- ", "* ", "+ ", "1. ", "2) ", "1986. A year", "#tag", "- dash", "•", "• x", "◦ y", "---", "===", "***",
    "Summary: ", "By Ada Example", "January 5, 2026", "Disclaimer: ", "About us", "Home > Blog > ", "7 min read", ":", "?",
    "Book a call at https://x.example/y", "Subscribe to our newsletter", "שלום עולם", "\t", "    ", "</p>", "<x:y>", "&c",
]  # fmt: skip
odd_lines = st.lists(
    st.one_of(
        st.sampled_from(ODD),
        st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
        st.just(" "),
    ),
    max_size=6,
).map("".join)
sentences = st.sampled_from(
    [BODIES, MORE, "On mood", "What helps?", "Three things help:", "Rest", "a walk,", "Company"]
)
odd_texts = st.lists(st.one_of(odd_lines, sentences, st.just("")), max_size=30).map("\n".join)
# Merge fields and fences are escaped by the steps that are common to all forms.
plain_texts = odd_texts.map(lambda text: text.replace("{{", "").replace("::", ""))


@tries(600)
@given(text=plain_texts)
@example(text="1986. A year")
@example(text="#tag\n\n- dash\n\n* star\n\n> quote\n\n1) one")
@example(text="[a]: http://x.example\n\n[a]")
@example(text="0. a\n1. b\n2. c\n\n1. x\n2. y")
def test_any_text_gives_a_draft_in_which_nothing_is_lost(text: str) -> None:
    material = Material("a.txt", text.encode())
    try:
        drafts = plain_text.read(material)
    except PressroomError as error:
        assert error.path == "a.txt"
        assert not re.search(r"\w", text) or "no text" in error.message
        return
    (draft,) = drafts
    assert drafts == plain_text.read(material)
    assert draft.title
    assert len(draft.title) <= 150
    assert draft.body.strip()
    cleaned = "\n".join(line.text for line in judged_lines(material))
    assert not lost(cleaned, draft)


@tries(600)
@given(text=plain_texts)
@example(text="# x\n\n1. a\n2. b\n\n1. x\n2. y")
@example(text=f"On C #\n\n{BODIES}")
def test_each_line_has_one_fate_and_reads_the_same_in_it(text: str) -> None:
    material = Material("a.txt", text.encode())
    if not plain_text.takes(material):
        return
    sheet = judged(text_of(material))
    (draft,) = plain_text.read(material)
    by_fate = {each: [item for item in sheet.items if fate_of(item) is each] for each in Fate}
    assert sum(map(len, by_fate.values())) == len(sheet.items)
    assert {(item.text, item.number) for item in by_fate[Fate.LEFT]} <= {
        (each.text, each.line) for each in draft.left
    }
    if not any(item.is_(Role.CALL) for item in by_fate[Fate.BODY]):
        said = " ".join(item.said for item in by_fate[Fate.BODY] if not item.is_(Role.RULE))
        assert shown(draft) == re.findall(WORD, said)


def fate_of(item: Item) -> Fate:
    return fate(item.mark.role) if item.mark else Fate.BODY


def judged_lines(material: Material) -> tuple[Line, ...]:
    return lines_of(text_of(material))


@tries(600)
@given(
    paragraphs=st.lists(
        odd_lines.map(lambda text: text.replace("{{", "").replace("::", "")), min_size=1, max_size=5
    )
)
def test_paragraphs_read_the_same_in_markdown(paragraphs: list[str]) -> None:
    flat = [each.replace("\n", " ") for each in paragraphs]
    text = "\n\n".join(f"{each} Here it is that {BODIES} {each} and so it goes on, and on." for each in flat)
    test_each_line_has_one_fate_and_reads_the_same_in_it.hypothesis.inner_test(text)  # type: ignore[attr-defined]
