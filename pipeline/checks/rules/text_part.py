"""Rules on the text part: it says what the HTML says, and says it readably."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.passages import words
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.source_places import content_elements, words_of
from pipeline.content.text_width import width
from pipeline.model import Place, Severity
from pipeline.support import merge
from pipeline.support.urls import home_url

WIDEST = 78
_MARKS = re.compile(r"\[\d+\]|\[Image: [^\]]*\]")
_TAG = re.compile(
    r"</?(?:a|b|blockquote|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|span|strong|style|sub|sup|table"
    r"|tbody|td|th|tr|u|ul)\b[^<>]*>|&(?:nbsp|amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"zq[TC]\d+zq|\{%-?\s*\w+[^%}]*%\}|\{#[^#}]*#\}|\bundefined\b(?=\s*\()|\[object Object\]")
_GRAM = 4


def empty(subject: CheckContext) -> Iterator[Violation]:
    """Readers of plain text get an empty mail."""
    if not subject.rendered.text.strip():
        yield Violation("the text part is empty.", _txt(subject))


def says_less(subject: CheckContext) -> Iterator[Violation]:
    """Every run of the HTML's words stands in the text."""
    if not subject.rendered.text.strip():
        return
    plain = _MARKS.sub(" ", _filled(subject.rendered.text))
    said = words(plain)
    sequence = f" {' '.join(said)} "
    # A narrow table, or a long word, may break in the text where it does not in HTML.
    squeezed = "".join(said)
    grams = {said[at : at + _GRAM] for at in range(len(said))}
    told: set[tuple[str, ...]] = set()
    for run in subject.runs:
        wanted = words(_MARKS.sub(" ", _filled(run.text)))
        if not wanted or wanted in told or f" {' '.join(wanted)} " in sequence:
            continue
        told.add(wanted)
        lost = [word for word in wanted if len(word) > 3 and word not in squeezed]
        if run.cell and not lost:
            continue
        parts = [wanted[at : at + _GRAM] for at in range(max(1, len(wanted) - _GRAM + 1))]
        kept = sum(part in grams for part in parts) / len(parts)
        # Notes and raised figures part a sentence in one form and not in the other.
        if lost or kept < 0.5:
            shown = run.text if len(run.text) <= 70 else f"{run.text[:67]}…"
            which = (
                f': "{", ".join(lost[:5])}" {"is" if len(lost) == 1 else "are"} missing'
                if kept >= 0.5
                else ""
            )
            yield Violation(f'the text part does not say "{shown}"{which}.', _txt(subject))


def lost_address(subject: CheckContext) -> Iterator[Violation]:
    """A link that only readers of HTML can follow. The masthead's way home aside."""
    text = subject.rendered.text
    if not text.strip():
        return
    home = home_url(subject.publication)
    for url in dict.fromkeys(link.url for link in subject.links):
        if url.startswith("#") or url in {"", home}:
            continue
        if url.removeprefix("mailto:") not in text:
            yield Violation(f'the text part does not have the address "{url}".', subject.places.of_link(url))


def long_lines(subject: CheckContext) -> Iterator[Violation]:
    """Addresses are never broken, nor is code."""
    for number, line in enumerate(_filled(subject.rendered.text).splitlines(), 1):
        if width(line) > WIDEST and not line.startswith(("    ", "> ", "\t")) and len(line.split()) > 1:
            if any(len(word) > WIDEST - 20 for word in line.split()):
                continue
            yield Violation(f"a line of the text part has {width(line)} columns.", _txt(subject, number))


def html_left(subject: CheckContext) -> Iterator[Violation]:
    """Tags and references that a reader of plain text sees as they stand. In code they are meant."""
    meant = "".join(
        words_of(element.children)
        for written in subject.writings
        for element, _ in content_elements(written.content)
        if element.tag in {"code", "pre", "kbd", "samp"}
    )
    for number, line in enumerate(_filled(subject.rendered.text).splitlines(), 1):
        if line.startswith("    "):
            continue
        found = next((each for each in _TAG.finditer(line) if each[0] not in meant), None)
        if found:
            yield Violation(f'the text part has "{found[0]}".', _txt(subject, number))


def token_left(subject: CheckContext) -> Iterator[Violation]:
    """What a template should have replaced; the HTML has a rule of its own, BODY011."""
    code = "".join(
        words_of(element.children)
        for written in subject.everything
        for element, _ in content_elements(written.content)
        if element.tag in {"code", "pre"}
    )
    for number, line in enumerate(subject.rendered.text.splitlines(), 1):
        found = next((each for each in _TOKEN.finditer(line) if each[0] not in code), None)
        if found:
            yield Violation(f'the text part has "{found[0]}".', _txt(subject, number))


def _txt(subject: CheckContext, line: int | None = None) -> Place:
    return Place(f"build/issues/{subject.edition.folder}/email.txt", line)


def _filled(text: str) -> str:
    return merge.fill(text, lambda field: field.fallback or field.name)


RULES = (
    Rule(
        "PLAIN001",
        Severity.ERROR,
        "The text part is empty",
        "Readers of plain text get an empty mail, and filters count it as spam.",
        "Look whether a template of yours replaces the text.",
        "SpamAssassin, MIME_HTML_ONLY; WCAG 2.2, 1.1",
        empty,
    ),
    Rule(
        "PLAIN002",
        Severity.WARNING,
        "The text part says less than the HTML",
        "Who reads plain text misses it, and filters compare the two parts.",
        "Put it into the content instead of a template: the text part is made from the content.",
        "RFC 2046, 5.1.4 (the same information); SpamAssassin, MPART_ALT_DIFF",
        says_less,
    ),
    Rule(
        "PLAIN003",
        Severity.WARNING,
        "A link's address is not in the text part",
        "Who reads plain text cannot follow it.",
        "Put the link into the content instead of a template.",
        "RFC 2046, 5.1.4 (the same information)",
        lost_address,
    ),
    Rule(
        "PLAIN004",
        Severity.NOTE,
        "A line of the text part is too long",
        "Mail programs break it once more, into a long and a short line in turn.",
        "Make the table narrower, or the line shorter.",
        "RFC 5322, 2.1.1 (78 columns)",
        long_lines,
    ),
    Rule(
        "PLAIN005",
        Severity.WARNING,
        "The text part has HTML in it",
        "Readers see the signs as they stand.",
        "Write it as Markdown; signs that are meant go into `code`.",
        "RFC 2046, 4.1.3 Plain Subtype",
        html_left,
    ),
    Rule(
        "PLAIN006",
        Severity.ERROR,
        "A sign of a template stands in the text part",
        "Readers see the machine instead of what it should have written.",
        "Mend the template that prints it; in an article, write it as code.",
        "docs/theme.md",
        token_left,
    ),
)
