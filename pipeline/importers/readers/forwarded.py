"""What somebody forwarded: where it begins among the lines of an email, and what its own head says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAMES = {
    "from": ("from", "von", "de", "da", "van", "expéditeur"),
    "date": (
        "date",
        "sent",
        "datum",
        "gesendet",
        "envoyé",
        "fecha",
        "enviado",
        "data",
        "inviato",
        "verzonden",
    ),
    "subject": ("subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp"),
    "to": ("to", "an", "à", "para", "aan", "cc", "kopie", "bcc", "reply-to", "antwort an", "répondre à"),
}
_FIELD_OF = {word: field for field, words in _NAMES.items() for word in words}
_HEAD = re.compile(
    rf"\*{{0,2}}({'|'.join(map(re.escape, _FIELD_OF))})\s?:\*{{0,2}}(?:\s+|$)(.*)", re.IGNORECASE
)
_FORWARDED = (
    r"forwarded message|forwarded by .{0,60}|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht"
)
_MARK = re.compile(
    rf"(?:-{{2,}}|_{{2,}})\s*(?:{_FORWARDED})\s*(?:-{{2,}}|_{{2,}})?"
    r"|begin forwarded message\s?:|anfang der weitergeleiteten nachricht\s?:"
    r"|début du message (?:transféré|réexpédié)\s?:",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:original message|ursprüngliche nachricht|message d['’]origine|mensaje original)\s*-{2,}"
    r"|[-_]{5,}",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"(?:(?:fwd?|re|wg|tr|aw|rv)\s?(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_REPLY = re.compile(r"(?:re|aw)\s?(?:\[\d+\])?:", re.IGNORECASE)
_LONGEST = 1000
"""Characters of a field that are looked at: more is no name, no date and no title."""
_MAX_NOTE = 12
"""Lines that may be above a head without a mark, or between two of them."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Its mark and head are the lines from `start` up to `end`; `fields` is what they say."""

    start: int
    end: int
    fields: dict[str, str]


def without_prefix(subject: str) -> str:
    """The subject without `Fwd:` and the like."""
    return _PREFIX.sub("", subject, count=1).strip() if _PREFIX.match(subject) else subject


def forwarded(lines: Sequence[str], subject: str) -> Forwarded | None:
    """The innermost forwarded email; `subject` is the subject of the one that the lines are of."""
    found: Forwarded | None = None
    for _ in range(5):  # forwarded by one to the next
        after = _first(lines, found.end if found else 0, subject, again=found is not None)
        if after is None:
            break
        found = after
    return found


def _first(lines: Sequence[str], begin: int, subject: str, *, again: bool) -> Forwarded | None:
    reply = bool(_REPLY.match(subject)) and not again
    sent_on = subject != without_prefix(subject) and not again
    for at in range(begin, len(lines)):
        line = _bare(lines[at])
        marked = bool(_MARK.fullmatch(line))
        if again and at - begin > _MAX_NOTE:
            return None
        if not marked:
            if reply or not (_HEAD.match(line) or _ORIGINAL.fullmatch(line)):
                continue
            if not sent_on and at - begin > _MAX_NOTE:
                continue
        if head := _head(lines, at if _HEAD.match(line) else at + 1, marked=marked):
            return Forwarded(at, *head)
    return None


def _head(lines: Sequence[str], at: int, *, marked: bool) -> tuple[int, dict[str, str]] | None:
    """Where the head that begins here ends, and its fields; None if none begins here."""
    fields: dict[str, str] = {}
    needed = {"from", "subject"} if marked else {"from", "subject", "date"}
    last, end = "", at
    for number in range(at, min(at + 30, len(lines))):
        line = _bare(lines[number])
        match = _HEAD.match(line)
        if match and (name := _FIELD_OF[match[1].lower()]) not in fields.keys() - {"to"}:
            fields.setdefault(name, match[2][:_LONGEST].strip(" *"))
            last = name
        elif line:
            goes_on = last == "to" and number == end and _bare(lines[number - 1]).endswith((",", ";"))
            if not goes_on:
                break
        elif needed <= set(fields):
            below = next((each for each in map(_bare, lines[number + 1 : number + 3]) if each), "")
            if not _HEAD.match(below):
                break
        if line:
            end = number + 1
    return (end, fields) if needed <= set(fields) else None


def _bare(line: str) -> str:
    return line.strip().lstrip("> ").strip()
