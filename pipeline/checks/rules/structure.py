"""Rules on the shape of the writing: sections, headings, length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.source_places import SourceText, words_of
from pipeline.content.tree import elements
from pipeline.model import Block, Element, Severity

FEWEST_WORDS = 15
LONGEST_PARAGRAPH = 200
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def empty_section(subject: CheckContext) -> Iterator[Violation]:
    """A section's title with nothing below it."""
    for section in subject.edition.sections:
        if not section.articles:
            yield Violation(f'the section "{section.title}" is empty.', subject.places.of_issue("sections"))


def hardly_any_text(subject: CheckContext) -> Iterator[Violation]:
    """An article that stands in full, and has nothing to say. A piece elsewhere has its text there."""
    elsewhere = {each.article.slug for each in subject.edition.articles if each.article.link}
    for written in subject.writings:
        if not written.slug or written.slug in elsewhere or _shows_more_than_text(written):
            continue
        count = sum(
            len(each.text.split()) for each in subject.passages if each.path == written.path and each.tag
        )
        if count < FEWEST_WORDS:
            said = f"{count} word{'' if count == 1 else 's'}"
            yield Violation(f"{written.what} stands in full and has {said}.", written.place())


def _shows_more_than_text(written: SourceText) -> bool:
    rich = {"img", "table", "pre", "dl"}
    return any(each.tag in rich for block in _flat(written.content.blocks) for each in elements(block.nodes))


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _flat(block.blocks)


def heading_alone(subject: CheckContext) -> Iterator[Violation]:
    """A heading that is followed by one of its own level or higher, or by nothing."""
    for written in subject.everything:
        parts = list(_parts(written.content.blocks))
        for number, (part, line) in enumerate(parts):
            level = _HEADINGS.get(part.tag) if part else None
            if part is None or level is None:
                continue
            after = parts[number + 1][0] if number + 1 < len(parts) else part
            if after is not None and _HEADINGS.get(after.tag, 9) <= level:
                yield Violation(
                    f'there is no text below the heading "{words_of(part.children)}" of {written.what}.',
                    written.place(line),
                )


def level_skipped(subject: CheckContext) -> Iterator[Violation]:
    """Levels say what belongs to what; a screen reader steps through them."""
    for written in subject.everything:
        # Titles stand above: an article's own headings begin with `##`.
        above = 1
        for part, line in _parts(written.content.blocks):
            level = _HEADINGS.get(part.tag) if part else None
            if part is None or level is None:
                continue
            if level > above + 1:
                yield Violation(
                    f'the heading "{words_of(part.children)}" has {"#" * level}, where {"#" * (above + 1)} '
                    "is the next level.",
                    written.place(line),
                )
            above = level


def _parts(blocks: Iterable[Block]) -> Iterator[tuple[Element | None, int | None]]:
    """The top-level elements with their lines; None for a container, which is text to its heading."""
    for block in blocks:
        if block.blocks or block.link_url:
            yield None, block.line
        for node in block.nodes:
            if isinstance(node, Element):
                yield node, node.line or block.line
            else:
                yield None, block.line


def long_paragraph(subject: CheckContext) -> Iterator[Violation]:
    """On a phone, 200 words are three screens without a rest for the eye."""
    for passage in subject.passages:
        count = len(passage.text.split())
        if passage.tag == "p" and count > LONGEST_PARAGRAPH:
            yield Violation(f"a paragraph has {count} words.", passage.place())


RULES = (
    Rule(
        "COPY007",
        Severity.ERROR,
        "A section is empty",
        "A title with nothing below it looks like a failure of the mail program.",
        "Choose anew with `pressroom assemble NUMBER --update`, or take the section out.",
        "A convention",
        empty_section,
    ),
    Rule(
        "COPY008",
        Severity.WARNING,
        "An article has hardly any text",
        "Its text was not written, or is hidden from this audience.",
        "Write it, or show the article as a `card` or `brief`.",
        "A convention",
        hardly_any_text,
    ),
    Rule(
        "COPY009",
        Severity.WARNING,
        "A heading has no text below it",
        "The text was deleted or never written, or is hidden from this audience.",
        "Write the text, or delete the heading.",
        "A convention",
        heading_alone,
    ),
    Rule(
        "COPY010",
        Severity.WARNING,
        "A heading's level is skipped",
        "A screen reader's user believes that a part was missed.",
        "Begin with `##`, and go one level deeper at a time.",
        "WCAG 2.2, 1.3.1; technique G141",
        level_skipped,
    ),
    Rule(
        "COPY011",
        Severity.NOTE,
        "A paragraph is very long",
        "On a phone it fills three screens without a rest for the eye.",
        "Break it where the thought turns.",
        "A convention",
        long_paragraph,
    ),
)
