"""Rules on the shape of the writing: sections, headings, length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import HEADINGS
from pipeline.checks.rule import Violation, rule
from pipeline.content.tree_text import tree_text
from pipeline.errors import suggest
from pipeline.model import Block, Element, Place, Severity

_FEWEST_WORDS = 15
_LONGEST_PARAGRAPH = 200


@rule(
    "COPY007",
    Severity.ERROR,
    "A section is empty",
    source="A convention",
    remedy="Select again with `pressroom assemble NUMBER --update`, or take the section out.",
)
def empty_section(context: CheckContext) -> Iterator[Violation]:
    """A title with nothing below it looks like a failure of the mail program."""
    for section in context.edition.sections:
        if not section.items:
            yield Violation(f'the section "{section.title}" is empty.', context.places.of_issue("sections"))


@rule(
    "COPY008",
    Severity.WARNING,
    "An article has hardly any text",
    source=f"A convention: at least {_FEWEST_WORDS} words",
    remedy="Write it, or show the article as a `card` or `brief`.",
)
def hardly_any_text(context: CheckContext) -> Iterator[Violation]:
    """Its text was not written, or is hidden from this audience."""
    # A piece that is published elsewhere has its text there.
    elsewhere = {each.article.slug for each in context.edition.articles if each.article.link}
    for source in context.shown_texts:
        if not source.slug or source.slug in elsewhere or any(source.elements("img", "table", "pre", "dl")):
            continue
        passages = (each for each in context.passages if each.path == source.path and each.tag)
        count = sum(len(each.text.split()) for each in passages)
        if count < _FEWEST_WORDS:
            length = f"{count} word{'' if count == 1 else 's'}"
            yield Violation(f"{source.what} is shown in full and has {length}.", source.place())


@rule(
    "COPY009",
    Severity.WARNING,
    "A heading has no text below it",
    source="A convention",
    remedy="Write the text, or delete the heading.",
)
def heading_alone(context: CheckContext) -> Iterator[Violation]:
    """The text was deleted or never written, or is hidden from this audience."""
    for source in context.all_texts:
        parts = [*_parts(source.content.blocks), (Element("h1"), None)]
        for (part, line), (after, _) in pairwise(parts):
            if (level := _level(part)) and 0 < _level(after) <= level:
                message = f'there is no text below the heading "{_text(part)}" of {source.what}.'
                yield Violation(message, source.place(line))


@rule(
    "COPY010",
    Severity.WARNING,
    "A heading's level is skipped",
    source="WCAG 2.2, 1.3.1; technique G141",
    remedy="Begin with `##`, and go one level deeper at a time.",
)
def level_skipped(context: CheckContext) -> Iterator[Violation]:
    """A screen reader's user believes that a part was missed."""
    for source in context.all_texts:
        # Titles are above: an article's own headings begin with `##`.
        above = 1
        for part, line in _parts(source.content.blocks):
            if not (level := _level(part)):
                continue
            if level > above + 1:
                signs = f"{'#' * level}, where {'#' * (above + 1)} is the next level"
                yield Violation(f'the heading "{_text(part)}" has {signs}.', source.place(line))
            above = level


def _parts(blocks: Iterable[Block]) -> Iterator[tuple[Element, int | None]]:
    """The top-level elements with their lines. A container and loose text count as a paragraph."""
    for block in blocks:
        if block.blocks or block.link_url:
            yield Element("p"), block.line
        for node in block.nodes:
            part = node if isinstance(node, Element) else Element("p")
            yield part, part.line or block.line


def _level(part: Element) -> int:
    """The level of a heading; 0 for anything else."""
    return int(part.tag[1]) if part.tag in HEADINGS else 0


def _text(part: Element) -> str:
    return " ".join(tree_text(part.children).split())


@rule(
    "COPY011",
    Severity.NOTE,
    "A paragraph is very long",
    source=f"A convention: at most {_LONGEST_PARAGRAPH} words",
    remedy="Break it where the thought turns.",
)
def long_paragraph(context: CheckContext) -> Iterator[Violation]:
    """On a phone it fills three screens without a rest for the eye."""
    for passage in context.passages:
        count = len(passage.text.split())
        if passage.tag == "p" and count > _LONGEST_PARAGRAPH:
            yield Violation(f"a paragraph has {count:,} words.", passage.place())


@rule(
    "COPY013",
    Severity.ERROR,
    "An article lacks a field that its tags ask for",
    source="docs/checking.md",
    remedy="Add it to the front matter, or under `extra`.",
)
def required_field(context: CheckContext) -> Iterator[Violation]:
    """The publication asks for it, under `checks.require` in newsletter.toml."""
    for article in (each.article for each in context.edition.articles):
        for required in context.publication.required_fields:
            for tag in sorted(set(required.tags) & set(article.tags))[:1]:
                for name in required.fields:
                    if not (getattr(article, name, None) or article.extra.get(name)):
                        message = f'`{name}` is missing, which the tag "{tag}" asks for.'
                        yield Violation(message, article.place)


@rule(
    "COPY014",
    Severity.WARNING,
    "An author's name is nearly one of [authors]",
    source="docs/settings.md, authors",
    remedy="Write the name as in newsletter.toml. If it is another person, silence the rule in the article.",
)
def misspelt_author(context: CheckContext) -> Iterator[Violation]:
    """The name is misspelt, and is shown without its role, address and picture."""
    known = context.publication.authors
    for article in (each.article for each in context.edition.articles):
        place = Place(article.place.path, article.lines.get("authors") or article.place.line)
        for author in article.authors:
            if author.name not in known and (hint := suggest(author.name, known, 0.85)):
                message = f'the author "{author.name}" is not in [authors] of newsletter.toml.'
                yield Violation(message, place, f"{hint} If not, silence the rule in this file.")
