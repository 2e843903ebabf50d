"""Rules on the text part: it says what the HTML says, and is readable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.checks.context import CheckContext
from pipeline.checks.page_text import field_words, words
from pipeline.checks.rule import Violation, rule
from pipeline.checks.source_text import SourceText
from pipeline.content.text_width import width
from pipeline.content.tree_text import fallback_or_name
from pipeline.model import Place, Severity
from pipeline.support.urls import home_url, shows_number

_WIDEST = 78
_ADDED = re.compile(r"\[\d+\]|\[Image: [^\]]*\]|https?://")
"""What only the text part has: the numbers of links and notes, images by their alt text, and the `https://`
of a bare `www.` address."""

_TAG = re.compile(
    r"</?(?:a|b|blockquote|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|span|strong|style|sub|sup|table"
    r"|tbody|td|th|tr|u|ul)\b[^<>]*>|&(?:nbsp|amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"zq[TC]\d+zq|\{%-?\s*\w+[^%}]*%\}|\{#[^#}]*#\}|\bundefined\b(?=\s*\()|\[object Object\]")
_RAW = re.compile(r"\[\^[\w-]+\]|!?\[[^\]\n]*\]\([^)\n]*\)|\*\*\w")
_NUMBER = re.compile(r"(?<!\S)\[(\d+)\] ", re.MULTILINE)
_LINK = re.compile(r"\[(\d+)\]")
_GRAM = 4
"""Words in a row that are compared."""


def _txt(context: CheckContext, line: int | None = None) -> Place:
    return context.built(line, "email.txt")


def _code(sources: Iterable[SourceText]) -> str:
    """All code in these texts, where tags and template signs are meant."""
    return "".join(source.code for source in sources)


@rule(
    "PLAIN001",
    Severity.ERROR,
    "The text part is empty",
    source="SpamAssassin, MIME_HTML_ONLY; WCAG 2.2, 1.1",
    remedy="See whether a template of yours replaces the text.",
)
def empty(context: CheckContext) -> Iterator[Violation]:
    """Readers of plain text get an empty mail, and filters count it as spam."""
    if not context.rendered.text.strip():
        yield Violation("the text part is empty.", _txt(context))


@rule(
    "PLAIN002",
    Severity.WARNING,
    "The text part says less than the HTML",
    source="RFC 2046, 5.1.4 (the same information); SpamAssassin, MPART_ALT_DIFF",
    remedy="Put it into the content instead of a template: the text part is made from the content.",
)
def says_less(context: CheckContext) -> Iterator[Violation]:
    """Readers of plain text miss it, and filters compare the two parts."""
    if not context.rendered.text.strip():
        return
    text_words = words(_ADDED.sub(" ", context.rendered.text.fill(field_words)))
    sequence = f" {' '.join(text_words)} "
    # A narrow table, or a long word, may break in the text where it does not in HTML.
    squeezed = "".join(text_words)
    grams: set[tuple[str, ...]] = set()
    reported: set[tuple[str, ...]] = set()
    at = 0
    for run in context.runs:
        wanted = words(_ADDED.sub(" ", run.text))
        if not wanted or wanted in reported:
            continue
        # The text part says nearly all in the same order: first from where the last words were found.
        phrase = f" {' '.join(wanted)} "
        if (found := sequence.find(phrase, at)) >= 0:
            at = found
            continue
        if phrase in sequence:
            continue
        reported.add(wanted)
        lost = [word for word in wanted if len(word) > 3 and word not in squeezed]
        if run.cell and not lost:
            continue
        grams = grams or {text_words[at : at + _GRAM] for at in range(len(text_words))}
        parts = [wanted[at : at + _GRAM] for at in range(max(1, len(wanted) - _GRAM + 1))]
        kept = sum(part in grams for part in parts) / len(parts)
        # Notes and raised figures part a sentence in one form and not in the other.
        if lost or kept < 0.5:
            shown = run.text if len(run.text) <= 70 else f"{run.text[:67]}…"
            missing = f': "{", ".join(lost[:5])}" {"is" if len(lost) == 1 else "are"} missing'
            detail = missing if kept >= 0.5 else ""
            yield Violation(f'the text part does not say "{shown}"{detail}.', _txt(context))


@rule(
    "PLAIN003",
    Severity.WARNING,
    "A link's address is not in the text part",
    source="RFC 2046, 5.1.4 (the same information)",
    remedy="Put the link into the content instead of a template.",
)
def lost_address(context: CheckContext) -> Iterator[Violation]:
    """Readers of plain text cannot follow it."""
    text = context.rendered.text
    if not text.strip():
        return
    # The masthead's link to the site is not repeated. The contents of a long issue lead to its page; in the
    # text part the articles are below.
    page = context.edition.url
    contents = {f"{page}#{each.article.slug}" for each in context.edition.articles}
    left_out = {"", home_url(context.publication), *contents}
    urls = {link.href: link.url for link in context.links if not shows_number(link.text, link.url)}
    for href, url in urls.items():
        if not url.startswith("#") and url not in left_out and href.removeprefix("mailto:") not in text:
            yield Violation(f'the text part does not have the address "{url}".', context.places.of_link(url))


@rule(
    "PLAIN004",
    Severity.NOTE,
    "A line of the text part is too long",
    source="RFC 5322, 2.1.1 (78 columns)",
    remedy="Make the table narrower, or the line shorter.",
)
def long_lines(context: CheckContext) -> Iterator[Violation]:
    """Mail programs break it once more, into a long and a short line in turn."""
    for number, line in enumerate(context.rendered.text.fill(fallback_or_name).splitlines(), 1):
        if (columns := width(line)) <= _WIDEST:
            continue
        parts = line.split()
        # Code and quotations are not broken, nor are addresses.
        whole = line.startswith(("    ", "> ", "\t")) or any(len(part) > _WIDEST - 20 for part in parts)
        if len(parts) > 1 and not whole:
            yield Violation(f"a line of the text part has {columns} columns.", _txt(context, number))


@rule(
    "PLAIN005",
    Severity.WARNING,
    "The text part has HTML in it",
    source="RFC 2046, 4.1.3 Plain Subtype",
    remedy="Write it as Markdown; put signs that you mean into `code`.",
)
def html_in_text(context: CheckContext) -> Iterator[Violation]:
    """Readers see the tags themselves."""
    code = _code(context.shown_texts)
    lines = context.rendered.text.fill(fallback_or_name).splitlines()
    blank_code = ["" if line.startswith("    ") else line for line in lines]
    yield from _first_in_each_line(context, _TAG, blank_code, code)


@rule(
    "PLAIN006",
    Severity.ERROR,
    "A sign of a template is in the text part",
    source="docs/theme.md",
    remedy="Correct the template that prints it; in an article, write it as code.",
)
def token_in_text(context: CheckContext) -> Iterator[Violation]:
    """Readers see the machine instead of what it should have written."""
    lines = context.rendered.text.splitlines()
    yield from _first_in_each_line(context, _TOKEN, lines, _code(context.all_texts))


@rule(
    "PLAIN007",
    Severity.WARNING,
    "The links of the text part are not numbered in reading order",
    source="A convention",
    remedy="This is Pressroom's own mistake: please report it.",
)
def disordered_numbers(context: CheckContext) -> Iterator[Violation]:
    """Who reads on finds [7] before [3], and takes an address for another."""
    before, _, listed = context.rendered.text.rpartition("\n\n")
    count = len(_NUMBER.findall(listed))
    code = _code(context.shown_texts)
    last = 0
    for number, line in enumerate(before.splitlines(), 1):
        for each in _LINK.finditer(line):
            value = int(each[1])
            if each[0] in code or value > count:
                continue
            if value > last + 1:
                yield Violation(f"[{value}] comes after [{last}].", _txt(context, number))
            last = max(last, value)


@rule(
    "PLAIN008",
    Severity.WARNING,
    "The text part has a raw sign of Markdown",
    source="RFC 2046, 4.1.3 Plain Subtype",
    remedy="Complete the markup; put signs that you mean into `code`.",
)
def markdown_in_text(context: CheckContext) -> Iterator[Violation]:
    """Readers see signs that were meant for a machine, such as [^1] instead of a note's number."""
    code = _code(context.shown_texts)
    lines = context.rendered.text.fill(fallback_or_name).splitlines()
    blank_code = ["" if line.startswith("    ") else line for line in lines]
    yield from _first_in_each_line(context, _RAW, blank_code, code)


def _first_in_each_line(
    context: CheckContext, pattern: re.Pattern[str], lines: Sequence[str], code: str
) -> Iterator[Violation]:
    if not pattern.search("\n".join(lines)):
        return
    for number, line in enumerate(lines, 1):
        sign = next((each[0] for each in pattern.finditer(line) if each[0] not in code), None)
        if sign:
            yield Violation(f'the text part has "{sign}".', _txt(context, number))
