"""Rules on what an inbox shows: sender, subject and preview text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import text_of, text_pieces
from pipeline.checks.page_text import field_words, words
from pipeline.checks.rule import Violation, rule
from pipeline.model import MergeField, MergeText, Place, Severity
from pipeline.support.css import declarations
from pipeline.support.limits import PREVIEW_TEXT

_SHORT_SUBJECT, _LONG_SUBJECT = 50, 60
_SHORTEST_PREVIEW, _LONGEST_PREVIEW = PREVIEW_TEXT
_INBOX_LINE = 140
"""Characters that the widest inbox shows of subject and preview text; filler makes up the rest."""

_ALWAYS_KNOWN = frozenset({"email", "unsubscribe_url", "preferences_url", "web_url", "postal_address"})
"""Fields that every reader has."""

_FILLER = re.compile("[\u00a0\u00ad\u034f\u2007\u200b-\u200d\u2800\ufeff]")
_TRICKS = {"color", "font-size", "opacity", "visibility", "text-indent", "line-height"}
_REPLY = re.compile(r"(?:re|fwd?|aw|wg|tr|rv)\s*:", re.IGNORECASE)


def _filled(line: MergeText) -> str:
    """A line as a reader of whom nothing is known sees it."""
    return " ".join(line.fill(lambda field: field.fallback).split())


def may_be_empty(field: MergeField) -> bool:
    """Whether a reader may see nothing in a field's place."""
    return not field.fallback and field.name not in _ALWAYS_KNOWN


def _subject(context: CheckContext) -> str:
    return _filled(context.rendered.subject)


def _subject_place(context: CheckContext) -> Place:
    return context.places.of_issue("subject" if context.edition.issue.subject else "title")


def _preview(context: CheckContext) -> str:
    return _filled(context.rendered.preview_text)


def _preview_place(context: CheckContext) -> Place:
    return context.places.of_issue("preview_text" if context.edition.issue.preview_text else "title")


@rule(
    "INBOX001",
    Severity.ERROR,
    "The subject is empty",
    source="RFC 5322, 3.6.5; SpamAssassin, MISSING_SUBJECT",
    remedy="Write a `subject`, or a `title`, in issue.md.",
)
def no_subject(context: CheckContext) -> Iterator[Violation]:
    """Inboxes show "(no subject)", and filters count it as spam."""
    if not _subject(context):
        yield Violation("the subject is empty.", _subject_place(context))


@rule(
    "INBOX002",
    Severity.WARNING,
    "The subject is long",
    source="A convention: iPhones show about 41 to 50 characters upright",
    remedy="Write at most 50 characters: the publication's name is beside it already.",
)
def long_subject(context: CheckContext) -> Iterator[Violation]:
    """Phones cut it, and what distinguishes this issue may be in the part that is gone."""
    length = len(_subject(context))
    if _SHORT_SUBJECT < length <= _LONG_SUBJECT:
        message = f"the subject has {length} characters: phones cut it after about {_SHORT_SUBJECT}."
        yield Violation(message, _subject_place(context))


@rule(
    "INBOX003",
    Severity.WARNING,
    "The subject is too long for most inboxes",
    source="A convention: Gmail's and Outlook's list columns",
    remedy="Write at most 50 characters, the word that matters first.",
)
def very_long_subject(context: CheckContext) -> Iterator[Violation]:
    """Gmail on a desktop shows about 60 to 70 characters, everything else fewer."""
    length = len(_subject(context))
    if length > _LONG_SUBJECT:
        message = f"the subject has {length} characters: most inboxes cut it after about {_LONG_SUBJECT}."
        yield Violation(message, _subject_place(context))


@rule(
    "INBOX004",
    Severity.WARNING,
    "The subject is in capitals",
    source="SpamAssassin, SUBJ_ALL_CAPS",
    remedy="Write it as a sentence.",
)
def shouting(context: CheckContext) -> Iterator[Violation]:
    """It reads as shouting, and filters count it as spam."""
    line = _subject(context)
    letters = [letter for letter in line if letter.isalpha()]
    # An abbreviation alone is not shouting, and some scripts have no capitals.
    long_words = [word for word in line.split() if sum(map(str.isalpha, word)) > 3]
    capitals = all(letter == letter.upper() for letter in letters)
    if len(letters) > 8 and long_words and capitals and line.lower() != line.upper():
        yield Violation(f'the subject "{line}" is in capitals.', _subject_place(context))


@rule(
    "INBOX005",
    Severity.WARNING,
    "The inbox line has doubled marks",
    source="A convention; SpamAssassin, PLING_QUERY",
    remedy="One mark is enough.",
)
def excited(context: CheckContext) -> Iterator[Violation]:
    """Readers and filters take it for spam."""
    for what, line, place in (
        ("subject", _subject(context), _subject_place(context)),
        ("preview text", _preview(context), _preview_place(context)),
    ):
        if marks := re.search(r"!\s?!|\?\s?\?|\?!|!\?|\$\$|€€", line):
            yield Violation(f'the {what} has "{marks[0]}".', place)


@rule(
    "INBOX006",
    Severity.ERROR,
    "The subject has a line break",
    source="RFC 5322, 2.2",
    remedy="Write the subject in one line.",
)
def line_break(context: CheckContext) -> Iterator[Violation]:
    """What follows it would be read as a header of its own."""
    if re.search(r"[\r\n\v\f\x85\u2028\u2029]", context.rendered.subject):
        yield Violation("the subject has a line break.", _subject_place(context))


@rule(
    "INBOX007",
    Severity.WARNING,
    "A merge field in the inbox line has no fallback",
    source="docs/merge-fields.md",
    remedy="Write `{{ first_name | there }}`, or set a fallback under [merge_fields] in newsletter.toml.",
)
def field_without_fallback(context: CheckContext) -> Iterator[Violation]:
    """Readers whose name you do not know see a hole."""
    for what, line, place in (
        ("subject", context.rendered.subject, _subject_place(context)),
        ("preview text", context.rendered.preview_text, _preview_place(context)),
    ):
        for field in line.fields:
            if may_be_empty(field):
                yield Violation(f"the {what} has `{{{{ {field.name} }}}}` without a fallback.", place)


@rule(
    "INBOX008",
    Severity.WARNING,
    "The subject pretends to be a reply",
    source="CAN-SPAM Act, 15 U.S.C. 7704(a)(2)",
    remedy='Leave "Re:" and "Fwd:" to people who answer.',
)
def pretends_reply(context: CheckContext) -> Iterator[Violation]:
    """Readers feel tricked; the law calls it a deceptive heading."""
    if prefix := _REPLY.match(_subject(context)):
        yield Violation(f'the subject begins with "{prefix[0]}".', _subject_place(context))


@rule(
    "INBOX009",
    Severity.WARNING,
    "The sender has no name",
    source="RFC 5322, 3.4 (display-name)",
    remedy='Write `sender = "Name <address>"` in newsletter.toml.',
)
def no_sender(context: CheckContext) -> Iterator[Violation]:
    """Readers decide by the sender's name whether they open an email."""
    name = context.publication.sender_name.strip()
    if not name or "@" in name:
        address = context.publication.sender_address
        yield Violation(f'the sender has no name, only "{address}".', context.setting_place("sender"))


# --- the preview text ------------------------------------------------------------------------


@rule(
    "INBOX010",
    Severity.WARNING,
    "The preview text does not fit its line",
    source="A convention: Gmail, Apple Mail and Outlook show 35 to 140 characters",
    remedy="Write a `preview_text` of 40 to 90 characters, which goes on where the subject ends.",
)
def preview_length(context: CheckContext) -> Iterator[Violation]:
    """Too short, it leaves a gap; too long, it ends in the middle."""
    preview = _preview(context)
    length = len(preview)
    if length < _SHORTEST_PREVIEW:
        room = f"there is room for {_SHORTEST_PREVIEW} to {_LONGEST_PREVIEW}"
        message = f'the preview text "{preview}" has {length} characters: {room}.'
        yield Violation(message, _preview_place(context))
    elif length > _LONGEST_PREVIEW:
        message = f"the preview text has {length} characters: phones show about {_LONGEST_PREVIEW}."
        yield Violation(message, _preview_place(context), severity=Severity.NOTE)


@rule(
    "INBOX011",
    Severity.WARNING,
    "The preview text is the subject again",
    source="A convention",
    remedy="Write what the subject does not say.",
)
def preview_is_subject(context: CheckContext) -> Iterator[Violation]:
    """The second chance to win a reader is lost."""
    if words(_preview(context)) == words(_subject(context)) != ():
        yield Violation("the preview text is the subject again.", _preview_place(context))


@rule(
    "INBOX012",
    Severity.WARNING,
    "The preview text does not come first",
    source="A convention: Gmail, Apple Mail and Outlook show the first text of the HTML",
    remedy="Let the theme keep <mj-preview>, and put nothing before it.",
)
def preview_not_first(context: CheckContext) -> Iterator[Violation]:
    """Inboxes show the body's first words, whatever they are."""
    if _preview_element(context) is None:
        first = _first_element(context)
        line = context.page.lines[first] if first is not None else None
        yield Violation("the email's body does not begin with the preview text.", context.built(line))


def _first_element(context: CheckContext) -> Element | None:
    return next(iter(context.page.body), None)


def _preview_element(context: CheckContext) -> Element | None:
    """The body's first element, if it holds the preview text."""
    first, preview = _first_element(context), words(context.rendered.preview_text.fill(field_words))
    if first is None or not preview or words(text_of(first))[: len(preview)] != preview:
        return None
    return first


@rule(
    "INBOX013",
    Severity.WARNING,
    "The preview text is not properly hidden",
    source="SpamAssassin, HTML_FONT_LOW_CONTRAST and HTML_FONT_TINY_NORDNS",
    remedy="Hide it with display:none and nothing that makes letters unreadable.",
)
def preview_shown(context: CheckContext) -> Iterator[Violation]:
    """Readers see it above the title; or filters see white or tiny letters, a spammer's habit."""
    if (element := _preview_element(context)) is None:
        return
    place = context.built(context.page.lines[element])
    style = {name: value for name, value, _ in declarations(element.get("style") or "")}
    if style.get("display") != "none":
        yield Violation("the preview text is not hidden by display:none.", place)
    if tricks := sorted(_TRICKS.intersection(style)):
        yield Violation(f"the preview text is hidden by {', '.join(tricks)}.", place)


@rule(
    "INBOX014",
    Severity.WARNING,
    "The inbox line is not filled up",
    source="A convention: Gmail and Apple Mail go on with the text that follows",
    remedy="Let `&#8199;&#65279;&#847;` follow the preview text, some 70 times.",
)
def no_filler(context: CheckContext) -> Iterator[Violation]:
    """After a short preview text, inboxes show the body's next words, such as the tagline."""
    if (element := _preview_element(context)) is None:
        return
    text = "".join(piece.text for piece in text_pieces(element))
    if len(text) < _INBOX_LINE and len(_FILLER.findall(text)) < _INBOX_LINE - len(_preview(context)):
        place = context.built(context.page.lines[element])
        yield Violation("nothing follows the preview text to fill the inbox line.", place)
