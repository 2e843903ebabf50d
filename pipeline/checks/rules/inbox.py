"""Rules on what an inbox shows: sender, subject and preview text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.css import declarations
from pipeline.checks.html_page import text_of
from pipeline.checks.passages import words
from pipeline.checks.rule import Rule, Violation
from pipeline.model import MergeField, Place, Severity
from pipeline.support import merge

SHORT_SUBJECT, LONG_SUBJECT = 50, 60
SHORTEST_PREVIEW, LONGEST_PREVIEW = 40, 90
_ROOM = 140
"""Characters that the widest inbox shows of subject and preview text; filler makes up the rest."""

ALWAYS_KNOWN = frozenset({"email", "unsubscribe_url", "preferences_url", "web_url", "postal_address"})
"""Fields that every reader has."""

_FILLER = re.compile("[\u00a0\u00ad\u034f\u2007\u200b-\u200d\u2800\ufeff]")
_TRICKS = {"color", "font-size", "opacity", "visibility", "text-indent", "line-height"}
_REPLY = re.compile(r"(?:re|fwd?|aw|wg|tr|rv)\s*:", re.IGNORECASE)


def filled(text: str) -> str:
    """A line as a reader of whom nothing is known sees it."""
    return merge.fill(text, lambda field: field.fallback)


def _subject_line(subject: CheckContext) -> str:
    return " ".join(filled(subject.rendered.subject).split())


def _subject_place(subject: CheckContext) -> Place:
    return subject.places.of_issue("subject" if subject.edition.issue.subject else "title")


def no_subject(subject: CheckContext) -> Iterator[Violation]:
    """Mail programs write "(no subject)"."""
    if not _subject_line(subject):
        yield Violation("the subject is empty.", _subject_place(subject))


def long_subject(subject: CheckContext) -> Iterator[Violation]:
    """What phones cut off."""
    length = len(_subject_line(subject))
    if SHORT_SUBJECT < length <= LONG_SUBJECT:
        yield Violation(
            f"the subject has {length} characters: phones cut it after about {SHORT_SUBJECT}.",
            _subject_place(subject),
        )


def very_long_subject(subject: CheckContext) -> Iterator[Violation]:
    """What most inboxes cut off."""
    length = len(_subject_line(subject))
    if length > LONG_SUBJECT:
        yield Violation(
            f"the subject has {length} characters: most inboxes cut it after about {LONG_SUBJECT}.",
            _subject_place(subject),
        )


def shouting(subject: CheckContext) -> Iterator[Violation]:
    """Capitals throughout; an abbreviation alone is none."""
    line = _subject_line(subject)
    letters = [letter for letter in line if letter.isalpha()]
    long_words = [word for word in line.split() if sum(map(str.isalpha, word)) > 3]
    if len(letters) > 8 and long_words and all(letter == letter.upper() for letter in letters):
        cased = any(letter.lower() != letter.upper() for letter in letters)
        if cased:
            yield Violation(f'the subject "{line}" is in capitals.', _subject_place(subject))


def excited(subject: CheckContext) -> Iterator[Violation]:
    """Marks that only spam has."""
    for where, line in (("subject", _subject_line(subject)), ("preview text", _preview(subject))):
        if found := re.search(r"!\s?!|\?\s?\?|\?!|!\?|\$\$|€€", line):
            place = _subject_place(subject) if where == "subject" else _preview_place(subject)
            yield Violation(f'the {where} has "{found[0]}".', place)


def line_break(subject: CheckContext) -> Iterator[Violation]:
    """A subject is one line: a second one would begin a header of its own."""
    if re.search(r"[\r\n\v\f\x85\u2028\u2029]", subject.rendered.subject):
        yield Violation("the subject has a line break.", _subject_place(subject))


def pretends_reply(subject: CheckContext) -> Iterator[Violation]:
    """A newsletter is nobody's answer."""
    line = _subject_line(subject)
    if found := _REPLY.match(line):
        yield Violation(f'the subject begins with "{found[0]}".', _subject_place(subject))


def field_without_fallback(subject: CheckContext) -> Iterator[Violation]:
    """A name that is not known leaves a hole in the line."""
    for what, line, place in (
        ("subject", subject.rendered.subject, _subject_place(subject)),
        ("preview text", subject.rendered.preview_text, _preview_place(subject)),
    ):
        for field in merge.fields_in(line):
            if unfilled(field):
                yield Violation(f"the {what} has `{{{{ {field.name} }}}}` without a fallback.", place)


def unfilled(field: MergeField) -> bool:
    """Whether a reader may see nothing in a field's place."""
    return not field.fallback and field.name not in ALWAYS_KNOWN


def no_sender(subject: CheckContext) -> Iterator[Violation]:
    """Readers decide by the sender's name."""
    name = subject.publication.sender_name.strip()
    if not name or "@" in name:
        yield Violation(
            f'the sender has no name, only "{subject.publication.sender_address}".', Place("newsletter.toml")
        )


# --- the preview text ------------------------------------------------------------------------


def _preview(subject: CheckContext) -> str:
    return " ".join(filled(subject.rendered.preview_text).split())


def _preview_place(subject: CheckContext) -> Place:
    issue = subject.edition.issue
    return subject.places.of_issue("preview_text" if issue.preview_text else "title")


def _first(subject: CheckContext) -> Element | None:
    """The body's first element, which should hold the preview text."""
    body = subject.page.first("body")
    return body[0] if body is not None and len(body) else None


def _holds_preview(subject: CheckContext, element: Element) -> bool:
    wanted = words(_preview(subject))
    return bool(wanted) and words(filled(text_of(element)))[: len(wanted)] == wanted


def preview_length(subject: CheckContext) -> Iterator[Violation]:
    """Inboxes show 40 to 90 characters beside the subject."""
    length = len(_preview(subject))
    own = bool(subject.edition.issue.preview_text)
    if length < SHORTEST_PREVIEW:
        yield Violation(
            f"the preview text has {length} characters: there is room for {SHORTEST_PREVIEW} "
            f"to {LONGEST_PREVIEW}.",
            _preview_place(subject),
            "" if own else "It is the letter's beginning: write a `preview_text` of its own.",
        )
    elif length > LONGEST_PREVIEW:
        yield Violation(
            f"the preview text has {length} characters: phones show about {LONGEST_PREVIEW}.",
            _preview_place(subject),
            severity=Severity.NOTE,
        )


def preview_is_subject(subject: CheckContext) -> Iterator[Violation]:
    """The same words twice, side by side."""
    if words(_preview(subject)) == words(_subject_line(subject)) != ():
        yield Violation("the preview text is the subject again.", _preview_place(subject))


def preview_not_first(subject: CheckContext) -> Iterator[Violation]:
    """Inboxes show the first words of the body."""
    first = _first(subject)
    if first is None or not _holds_preview(subject, first):
        yield Violation("the email's body does not begin with the preview text.", subject.at(_line(subject)))


def preview_shown(subject: CheckContext) -> Iterator[Violation]:
    """Hidden by `display:none`, and by none of the tricks that filters look for."""
    first = _first(subject)
    if first is None or not _holds_preview(subject, first):
        return
    style = {name: value for name, value, _ in declarations(first.get("style") or "")}
    if style.get("display") != "none":
        yield Violation("the preview text is not hidden by display:none.", subject.at(_line(subject)))
    tricks = sorted(_TRICKS.intersection(style))
    if tricks:
        yield Violation(f"the preview text is hidden by {', '.join(tricks)}.", subject.at(_line(subject)))


def no_filler(subject: CheckContext) -> Iterator[Violation]:
    """Characters that show nothing fill the rest of the line."""
    first = _first(subject)
    if first is None or not _holds_preview(subject, first):
        return
    text = "".join(first.itertext())
    if len(text) < _ROOM and len(_FILLER.findall(text)) < _ROOM - len(_preview(subject)):
        yield Violation(
            "nothing follows the preview text to fill the inbox line.", subject.at(_line(subject))
        )


def _line(subject: CheckContext) -> int | None:
    first = _first(subject)
    return subject.page.lines.get(first) if first is not None else None


RULES = (
    Rule(
        "INBOX001",
        Severity.ERROR,
        "The subject is empty",
        'Inboxes show "(no subject)", and filters count it as spam.',
        "Write a `subject`, or a `title`, in issue.md.",
        "RFC 5322, 3.6.5; SpamAssassin, MISSING_SUBJECT",
        no_subject,
    ),
    Rule(
        "INBOX002",
        Severity.WARNING,
        "The subject is long",
        "Phones cut it, and what distinguishes this issue may be in the part that is gone.",
        "Write at most 50 characters: the publication's name stands beside it already.",
        "A convention: iPhones show about 41 to 50 characters upright",
        long_subject,
    ),
    Rule(
        "INBOX003",
        Severity.WARNING,
        "The subject is too long for most inboxes",
        "Gmail on a desktop shows about 60 to 70 characters, everything else fewer.",
        "Write at most 50 characters, the word that matters first.",
        "A convention: Gmail's and Outlook's list columns",
        very_long_subject,
    ),
    Rule(
        "INBOX004",
        Severity.WARNING,
        "The subject is in capitals",
        "It reads as shouting, and filters count it as spam.",
        "Write it as a sentence.",
        "SpamAssassin, SUBJ_ALL_CAPS",
        shouting,
    ),
    Rule(
        "INBOX005",
        Severity.WARNING,
        "The inbox line has doubled marks",
        "It is a mark of spam, to readers and to filters.",
        "One mark is enough.",
        "A convention; SpamAssassin, PLING_QUERY",
        excited,
    ),
    Rule(
        "INBOX006",
        Severity.ERROR,
        "The subject has a line break",
        "What follows it would be read as a header of its own.",
        "Write the subject in one line.",
        "RFC 5322, 2.2",
        line_break,
    ),
    Rule(
        "INBOX007",
        Severity.WARNING,
        "A merge field in the inbox line has no fallback",
        "Readers whose name you do not know see a hole.",
        "Write `{{ first_name | there }}`, or give a fallback under [merge_fields] in newsletter.toml.",
        "docs/merge-fields.md",
        field_without_fallback,
    ),
    Rule(
        "INBOX008",
        Severity.WARNING,
        "The subject pretends to be a reply",
        "Readers feel tricked; the law calls it a deceptive heading.",
        'Leave "Re:" and "Fwd:" to people who answer.',
        "CAN-SPAM Act, 15 U.S.C. 7704(a)(2)",
        pretends_reply,
    ),
    Rule(
        "INBOX009",
        Severity.WARNING,
        "The sender has no name",
        "Readers decide by the sender's name whether they open an email.",
        'Write `sender = "Name <address>"` in newsletter.toml.',
        "RFC 5322, 3.4 (display-name)",
        no_sender,
    ),
    Rule(
        "INBOX010",
        Severity.WARNING,
        "The preview text does not fit its line",
        "Too short, it leaves a gap; too long, it ends in the middle.",
        "Write a `preview_text` of 40 to 90 characters, which goes on where the subject ends.",
        "A convention: Gmail, Apple Mail and Outlook show 35 to 140 characters",
        preview_length,
    ),
    Rule(
        "INBOX011",
        Severity.WARNING,
        "The preview text is the subject again",
        "The second chance to win a reader is lost.",
        "Write what the subject does not say.",
        "A convention",
        preview_is_subject,
    ),
    Rule(
        "INBOX012",
        Severity.WARNING,
        "The preview text does not stand first",
        "Inboxes show the body's first words, whatever they are.",
        "Let the theme keep <mj-preview>, and put nothing before it.",
        "A convention: Gmail, Apple Mail and Outlook show the first text of the HTML",
        preview_not_first,
    ),
    Rule(
        "INBOX013",
        Severity.WARNING,
        "The preview text is not properly hidden",
        "Readers see it above the title; or filters see white or tiny letters, a spammer's habit.",
        "Hide it with display:none and nothing that makes letters unreadable.",
        "SpamAssassin, HTML_FONT_LOW_CONTRAST and HTML_FONT_TINY_NORDNS",
        preview_shown,
    ),
    Rule(
        "INBOX014",
        Severity.WARNING,
        "The inbox line is not filled up",
        "After a short preview text, inboxes show the body's next words, such as the tagline.",
        "Let `&#8199;&#65279;&#847;` follow the preview text, some 70 times.",
        "A convention: Gmail and Apple Mail go on with the text that follows",
        no_filler,
    ),
)
