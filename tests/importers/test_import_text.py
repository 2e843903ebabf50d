"""Plain text as it is imported: what each rule takes out and what only looks alike, and what holds for any text."""

from __future__ import annotations

import re

import pytest
from content_kit import parse
from hypothesis import example, given
from hypothesis import strategies as st
from property_kit import tries
from word_kit import all_words, article_words, lost_words, words

from pipeline.content.tree_text import content_texts
from pipeline.errors import PressroomError
from pipeline.importers.article_file import article_text
from pipeline.importers.cleanup import clean
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.readers import text as plain_text

BODIES = "Depression touches about one person in twenty at any time."
MORE = "Ketamine blocks one of the receptors of glutamate, and new synapses form within hours."
FILL = f"{BODIES}\n\n{MORE}"


def read(text: str) -> Draft:
    (draft,) = plain_text.read(Material("a.txt", text.encode()))
    return clean(draft)


# A text, and the reasons for what is left out of it; then a text that only looks like it.
LEFT = {
    "breadcrumb": (f"Home > Blog > Mood\n\nMood\n\n{FILL}", f"Home is where I > sleep, as Fira >,\n\n{FILL}"),
    "navigation of the page": (f"Skip to content\nMood\n\n{FILL}", f"Skip the content if you like\n\n{FILL}"),
    "the line of the dek": (f"Mood\n\nSummary: It goes up.\n\n{FILL}", f"Mood\n\nIn summary: it goes up.\n\n{FILL}"),
    "the line that says who wrote it, and when": (
        f"Mood\n\nBy Ada Example, MD | January 5, 2026 | 4 min read\n\n{FILL}",
        f"History\n\n{BODIES}\n\nJanuary 5, 2026\n\n{MORE}\n\nJanuary 6, 2026\n\n{MORE}\n\nBy Monday it was over.",
    ),
    "the line that says when it was changed": (
        f"Mood\n\n{FILL}\n\nLast updated: 5 May 2026",
        f"Mood\n\n{FILL}\n\nUpdated figures follow.",
    ),
    "table of contents": (
        f"On mood\n\nIn this article\nUp it goes\nDown it goes\n\nUp it goes\n\n{BODIES}\n\nDown it goes\n\n{MORE}",
        f"On mood\n\nContents\nMilk\nSugar\n\n{FILL}",
    ),
    "the title once more": (f"Title: On mood\n\nOn mood\n\n{FILL}", f"On mood\n\nOn mood and sleep\n\n{FILL}"),
    "it describes a picture that the source does not have": (
        f"On mood\n\nBy Ada Example\n\nIllustration of a synapse at night\n\n{FILL}",
        f"On mood\n\nBy Ada Example\n\nIllustrations we like\n\n{FILL}",
    ),
    "share buttons": (
        f"On mood\n\n{FILL}\n\nShare this\nFacebook\nX",
        f"On mood\n\n{FILL}\n\nSharing helps, as many on Facebook know.",
    ),
    "footer of the page": (f"On mood\n\n{FILL}\n\n© 2026 The Lantern", f"On mood\n\nCopyright is a right.\n\n{FILL}"),
    "the name of the disclaimer": (
        f"On mood\n\n{FILL}\n\nDisclaimer: This is no medical advice.",
        f"On mood\n\n{FILL}\n\nA disclaimer is a text that nobody reads.",
    ),
    "newsletter sign-up": (
        f"On mood\n\n{FILL}\n\nSubscribe to our newsletter\nEmail address\nSubscribe",
        f"On mood\n\n{FILL}\n\nThe theory to which many subscribe is older than this newsletter.",
    ),
    "about the publisher": (
        f"On mood\n\n{FILL}\n\nAbout us\n\nWe are a small clinic.",
        f"On mood\n\n{BODIES}\n\nAbout ketamine\n\n{MORE}",
    ),
    "related article": (
        f"On mood\n\n{FILL}\n\nRelated articles\nOn sleep: https://lantern.example.org/sleep\nOn rest",
        f"On mood\n\n{FILL}\n\nRelated conditions\n\nThey are many, and they are common.",
    ),
    "repeated call to action": (
        f"On mood\n\n{FILL}\n\nBook a free call\n\nBook a free call",
        f"On mood\n\n{FILL}\n\nIt helps.\n\nIt helps.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", LEFT)
def test_what_is_certainly_no_text_is_left_out_with_its_reason(reason: str) -> None:
    source, alike = LEFT[reason]
    assert reason in {each.reason for each in read(source).left}
    assert reason not in {each.reason for each in read(alike).left}


BODY = {
    "lines broken at a width": (
        "When nothing asks for our attention, certain regions begin to work\ntogether. They are called a network, and they deal with all sorts of\nmemories.",
        "When nothing asks for our attention, certain regions begin to work together. They are called a network, and they deal with all sorts of memories.\n",
    ),
    "a dot in a line of its own": ("Two things:\n•\nRest\n•\nCompany", "Two things:\n\n- Rest\n- Company\n"),
    "dots": (f"{BODIES}\n  • One\n  • Two", f"{BODIES}\n\n- One\n- Two\n"),
    "dashes": (f"{BODIES}\n- One\n- Two", f"{BODIES}\n\n- One\n- Two\n"),
    "a dash of its author's": (f"{BODIES}\n\n- just a dash", f"{BODIES}\n\n\\- just a dash\n"),
    "numbers": (f"{BODIES}\n1. Duman\n2. Zarate", f"{BODIES}\n\n1. Duman\n2. Zarate\n"),
    "numbered headings": (f"{MORE}\n\n1. Rest\n\n{BODIES}\n\n2. Company\n\n{MORE}", f"{MORE}\n\n## 1. Rest\n\n{BODIES}\n\n## 2. Company\n\n{MORE}\n"),
    "bare lines below a colon": ("Three signs are known:\nLow mood\nPoor sleep\nGuilt", "Three signs are known:\n\n- Low mood\n- Poor sleep\n- Guilt\n"),
    "headings": (f"{BODIES}\n\nOn sleep\n\n{MORE}", f"{BODIES}\n\n## On sleep\n\n{MORE}\n"),
    "verse": (f"{BODIES}\n\nBread and butter\nMilk\nSugar\n\n{MORE}", f"{BODIES}\n\nBread and butter\n\nMilk\n\nSugar\n\n{MORE}\n"),
    "a call with an address": (
        f"{FILL}\n\nBook a free call at https://clinic.example.org.",
        f"{FILL}\n\n::: cta\n[Book a free call](https://clinic.example.org).\n:::\n",
    ),
    "an address within the text": (
        f"{BODIES}\n\nThe study is at https://journal.example.org.\n\n{MORE}",
        f"{BODIES}\n\nThe study is at <https://journal.example.org>.\n\n{MORE}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "body"), BODY.values(), ids=BODY)
def test_the_structure_of_a_text_is_read(source: str, body: str) -> None:
    assert read(source).body == body


# --- any text ---------------------------------------------------------------------------------

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


def lost(draft: Draft, source: str) -> list[str]:
    fields, body, _ = article_words(
        article_text(draft, [f"{each.title} {each.address}" for each in draft.related])
    )
    places = [all_words(each.text) for each in draft.left] + [words(each.value) for each in draft.inferred]
    # An address right after a word may begin one of its own.
    apart = re.sub(r"(?=https?://)", " ", source)
    return lost_words(words(source), fields, body, *places) and lost_words(
        words(apart), fields, body, *places
    )


@tries(600)
@given(text=odd_texts)
@example(text="1986. A year")
@example(text="A[a](b)\nDepression touches about one person in twenty at any time.")
@example(text="#tag\n\n- dash\n\n* star\n\n> quote\n\n1) one")
@example(text="[a]: http://x.example\n\n[a]")
@example(text="0. a\n1. b\n2. c\n\n1. x\n2. y")
def test_any_text_becomes_a_sound_article_and_loses_no_word(text: str) -> None:
    material = Material("a.txt", text.encode())
    try:
        (draft,) = plain_text.read(material)
    except PressroomError as error:
        assert error.path == "a.txt"
        assert not re.search(r"\w", text) or "no text" in error.message
        return
    assert plain_text.read(material) == (draft,)
    draft = clean(draft)
    assert parse(draft.body) is not None
    assert lost(draft, text_of(material)) == []


@tries(600)
@given(paragraphs=st.lists(odd_lines, min_size=1, max_size=5))
def test_paragraphs_read_the_same_in_markdown(paragraphs: list[str]) -> None:
    flat = [each.replace("\n", " ") for each in paragraphs]
    text = "\n\n".join(f"{each} Here it is that {BODIES} {each} and so it goes on, and on." for each in flat)
    material = Material("a.txt", text.encode())
    (draft,) = plain_text.read(material)
    # Merge fields and fences are left to the steps that all forms share.
    content = parse(draft.body.replace("{{", r"\{{").replace(":::", r"\:::"))
    seen = " ".join(content_texts(content.blocks))
    assert re.findall(r"[^\W\d_]+|\d+", seen) == re.findall(r"[^\W\d_]+|\d+", text_of(material))
