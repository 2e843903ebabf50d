"""What mailings add around their text: links to read it online and to unsubscribe, and who sends it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.importers.draft import Left

VIEW = re.compile(
    r"(?:(?:having )?(?:trouble|problems) (?:reading|viewing) this.{0,40}?)?"
    r"(?:view|read|open|see)(?: (?:this|it|the|our))?(?: (?:e-?mail|newsletter|message|post|issue|version))?"
    r" (?:in (?:your |a |the )?(?:web )?browser|online|on the web|in (?:the )?app)"
    r"|(?:view|see) (?:web|browser|online) version|web version|im browser (?:ansehen|anzeigen|öffnen)"
    r"|voir (?:cet e-?mail |la version )?(?:dans (?:votre|le) navigateur|en ligne)",
    re.IGNORECASE,
)
"""The words of a link to the same piece on the web."""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\bunsubscribe\b|\bopt[- ]out\b|\b(?:update|manage|change|edit)(?: \w+){0,3}"
            r" (?:preferences|subscription|settings)\b"
            r"|\bno longer (?:want|wish)\b.{0,40}\b(?:receive|e-?mails?)\b|\babbestellen\b|\babmelden\b"
            r"|\bse désabonner\b|\bdarse de baja\b",
            re.IGNORECASE,
        ),
        "how to unsubscribe",
    ),
    (
        re.compile(
            r"\byou(?:['’]re| are)? (?:receive|received|receiving|getting|got|subscribed)\b.{0,40}"
            r"\b(?:this|because|e-?mails?)\b|\bthis (?:e-?mail|message|newsletter)"
            r" (?:was|is) (?:sent|addressed|intended)\b"
            r"|\bwas this (?:e-?mail|newsletter) forwarded to you\b|\badd us to your address book\b",
            re.IGNORECASE,
        ),
        "why the mailing was sent",
    ),
    (
        re.compile(
            r"^(?:sent from my \w+.{0,40}|get outlook for \w+.{0,20}|von meinem .{0,20} gesendet)$",
            re.IGNORECASE,
        ),
        "added by the mail program",
    ),
    (
        re.compile(r"^(?:copyright|©|\(c\))(?=\s).{0,120}$|\ball rights reserved\b", re.IGNORECASE),
        "a notice of copyright",
    ),
    (re.compile(r"^forward (?:this )?to a (?:friend|colleague)\W*$", re.IGNORECASE), "a link of the mailing"),
)
_ADDRESS = re.compile(
    r"\b\d{1,5}[a-z]? [^\d,]{2,40},.*\b\d{4,5}\b|\bp\.? ?o\.? box \d|\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b"
    r"|,\s*\d{4,5} \w+$|, [A-Z]{2} \d{5}\b",
    re.IGNORECASE,
)
_LONGEST = 400
_TAIL = 8


def words_of(paragraph: str) -> str:
    """The words of a paragraph of Markdown, its links without their addresses."""
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()\s]*\)", r"\1", paragraph)
    return " ".join(re.sub(r"(?<!\\)[*_`~]+|^[>#\s]+|\\(?=\W)", "", text).split())


def without_furniture(paragraphs: Sequence[str]) -> tuple[list[str], list[Left]]:
    """The paragraphs of the text, and what the mailing added; where that is all there is, it is the text."""
    kept: list[str] = []
    left: list[Left] = []
    tail = len(paragraphs) - _TAIL
    begun = False
    for number, paragraph in enumerate(paragraphs):
        words = words_of(paragraph)
        reason = _reason(words, late=number >= tail, begun=begun) if len(words) <= _LONGEST else ""
        if reason:
            begun = begun or number >= tail
            left.append(Left(words, reason))
        else:
            kept.append(paragraph)
    if not kept:
        return list(paragraphs), []
    return _without_address_above(kept, left) if begun else (kept, left)


def _reason(words: str, *, late: bool, begun: bool) -> str:
    if VIEW.search(words) and len(words) <= 120:
        return "a link to read it in a browser"
    if not late:
        return ""
    for pattern, reason in _RULES:
        if pattern.search(words):
            return reason
    if begun and len(words) <= 200 and _ADDRESS.search(words):
        return "the sender's postal address"
    return ""


def _without_address_above(kept: list[str], left: list[Left]) -> tuple[list[str], list[Left]]:
    """A postal address may stand above the rest of the footer."""
    words = words_of(kept[-1])
    if len(kept) > 1 and len(words) <= 200 and _ADDRESS.search(words) and not words.endswith((".", "!", "?")):
        return kept[:-1], [Left(words, "the sender's postal address"), *left]
    return kept, left
