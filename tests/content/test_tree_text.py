"""The words of a safe tree: what each policy takes and leaves out."""

from __future__ import annotations

from pipeline.content.tree_text import tree_text
from pipeline.model import Element, MergeField

NODES = (
    Element(
        "p",
        (),
        ("Dear ", MergeField("first_name", ""), ",", Element("br"), "see ", Element("code", (), ("a",))),
    ),
    Element(
        "p", (), (Element("img", (("alt", "a chart"),)), Element("sup", (("class", "footnote"),), ("1",)))
    ),
)


def words(text: str) -> list[str]:
    return text.split()


def test_a_field_reads_as_its_fallback_or_its_name() -> None:
    assert words(tree_text(NODES)) == ["Dear", "first_name,", "see", "a"]
    assert tree_text((MergeField("first_name", "there"),)) == "there"


def test_alt_texts_and_references_are_taken_on_demand() -> None:
    assert words(tree_text(NODES[1:], alt=True)) == ["a", "chart"]
    assert words(tree_text(NODES[1:], references=True)) == ["1"]


def test_code_can_be_replaced() -> None:
    assert words(tree_text(NODES[:1], lambda _: "you", code="x")) == ["Dear", "you,", "see", "x"]


def test_blocks_are_parted_by_spaces_unless_asked_otherwise() -> None:
    cells = (Element("td", (), ("one",)), Element("td", (), ("two",)))
    assert words(tree_text(cells)) == ["one", "two"]
    assert tree_text(cells, spaced=frozenset()) == "onetwo"
