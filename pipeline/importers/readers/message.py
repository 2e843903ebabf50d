"""Emails: a newsletter, as it was sent or as somebody forwarded it to the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from pipeline.config.fields import Field
from pipeline.errors import PressroomError
from pipeline.importers.blocks import Kind, SourceBlock, parse_blocks, write_blocks
from pipeline.importers.cleanup.end import impersonal
from pipeline.importers.dates import date_of
from pipeline.importers.draft import Draft, Left, Material, Moment
from pipeline.importers.html import wash
from pipeline.importers.html.tidy import HIDDEN
from pipeline.importers.html.tree import body_of, seen_text, soup_of
from pipeline.importers.inline import Reference, change_references, readable, unquoted
from pipeline.importers.readers.forwarded import forwarded, without_prefix
from pipeline.importers.readers.mail_parts import MailParts, header, message_of, parts_of
from pipeline.importers.readers.office_package import OLE
from pipeline.importers.readers.text import text_blocks
from pipeline.model import Author

NAME = "message"
DESCRIPTION = "an email (.eml)"

_KNOWN = frozenset({b"from", b"subject", b"date", b"message-id", b"mime-version", b"received"})
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_MAX_FORWARDS = 5
_ABOVE = "above the forwarded newsletter"
_KEYS = ("subject", "from", "date")


@dataclass(frozen=True, slots=True)
class _Head:
    """Sender, date and subject of an email, as texts."""

    subject: str = ""
    sender: str = ""
    date: str = ""


def takes(material: Material) -> bool:
    """Whether it begins with the headers of an email, or is called one. Never raises."""
    if material.ending == ".eml" or (material.ending == ".msg" and material.data.startswith(OLE)):
        return True
    names = set()
    for number, line in enumerate(material.data[:65536].lstrip().splitlines()):
        if not line.strip():
            break
        match = _FIELD.match(line)
        if match:
            names.add(match[1].lower())
        elif not (number == 0 and line.startswith(b"From ")) and not (number and line[:1] in b" \t"):
            return False
    return len(names & _KNOWN) >= 2


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` if it is empty or nested too deeply."""
    if not material.data.strip():
        raise PressroomError("is empty.", material.name)
    if material.data.startswith(OLE):
        raise PressroomError(
            "is Outlook's own form of an email (.msg).", material.name, hint="Save it as .eml, or as text."
        )
    message = message_of(material.data, material.name)
    try:
        draft = _draft(message, material.name)
    except RecursionError as error:
        raise PressroomError("is nested too deeply.", material.name) from error
    if not draft.blocks:
        raise PressroomError("is empty.", material.name)
    return (draft,)


def _draft(message: Message, name: str) -> Draft:
    left: list[Left] = []
    parts = parts_of(message, name)
    for _ in range(_MAX_FORWARDS):
        if not parts.inner:
            break
        # What was attached as an email is the newsletter; the text around it is the forwarder's.
        note = write_blocks(_blocks(parts, "", [])[0])
        left += [Left(note.strip(), _ABOVE)] if note else []
        left += [
            *parts.left,
            *(Left(header(each, "Subject") or "an email", "one more email") for each in parts.inner[1:]),
        ]
        message = parts.inner[0]
        parts = parts_of(message, name)
    if parts.inner:
        raise PressroomError("is nested too deeply.", name)
    head = _Head(*(header(message, key) for key in ("Subject", "From", "Date")))
    blocks, inner = _blocks(parts, head.subject, left)
    draft = _with_pictures(
        Draft(tuple(blocks), left=(*left, *parts.left), source_text=_text(parts)), parts.pictures
    )
    draft = _with_preview_text(draft)
    if inner is None:
        draft = replace(draft, canonical_url=_listed(message))
    draft = _headed(draft, inner or head, head.date if inner else "")
    if message_id := header(message, "Message-ID").strip("<> "):
        draft = replace(draft, extra={**draft.extra, "message_id": message_id})
    return draft


def _text(parts: MailParts) -> str:
    """The text of an email as it is seen."""
    pages = (
        seen_text(body_of(soup_of(text))) if kind == "text/html" else text for kind, text in parts.bodies
    )
    return "\n".join(pages)


def _blocks(parts: MailParts, subject: str, left: list[Left]) -> tuple[list[SourceBlock], _Head | None]:
    """The blocks of an email, and the head of what was forwarded in it, if it was; the rest is left out."""
    blocks: list[SourceBlock] = []
    head: _Head | None = None
    for number, (kind, body) in enumerate(parts.bodies):
        if kind == "text/html":
            washed = wash(body)
            left += washed.left
            # Numbers of lines go on where those of the part before ended.
            part = [replace(each, line=(each.line or 0) + 100_000 * number) for each in washed.blocks]
            part, inner, note = _forwarded_blocks(part, subject)
        else:
            lines = _unsigned(body, left).split("\n")
            found = forwarded(lines, subject)
            inner = _Head(*map(found.fields.get, _KEYS, [""] * 3)) if found else None
            note = "\n".join(lines[: found.end]) if found else ""
            part = list(text_blocks(_unquoted(lines[found.end if found else 0 :])))
        if inner and head is None:
            note = f"{write_blocks(blocks)}\n{note}".strip()
            head, blocks = inner, []
        left += [Left(note.strip(), _ABOVE)] if note.strip() else []
        blocks += part
    return blocks, head


def _unsigned(body: str, left: list[Left]) -> str:
    """The text without what is below a line of `-- ` (RFC 3676, section 4.3)."""
    lines = body.split("\n")
    for at in range(max(0, len(lines) - 12), len(lines)):
        if lines[at].rstrip() == "--" and "".join(lines[:at]).strip():
            signature = "\n".join(lines[at + 1 :]).strip()
            left += [Left(signature, "the sender's signature")] if signature else []
            return "\n".join(lines[:at])
    return body


def _unquoted(lines: list[str]) -> str:
    """The text without the marks of quotation that some programs put before all lines that they forward."""
    if all(line.startswith(">") for line in lines if line.strip()):
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
    return "\n".join(lines)


# --- what was forwarded ---------------------------------------------------------------------------


def _forwarded_blocks(blocks: list[SourceBlock], subject: str) -> tuple[list[SourceBlock], _Head | None, str]:
    """The blocks of the innermost forwarded email, its head, and what is above it with that head."""
    blocks = [
        each
        for block in blocks
        for each in (
            parse_blocks(unquoted(block.text), block.line or 1)
            if block.kind is Kind.QUOTE and forwarded(list(map(_plain, block.text.split("\n"))), subject)
            else (block,)
        )
    ]
    places = [(at, line) for at, block in enumerate(blocks) for line in [*block.text.split("\n"), ""]]
    found = forwarded([_plain(line) for _, line in places], subject)
    if found is None:
        return blocks, None, ""
    note = "\n".join(line for _, line in places[: found.end] if line.strip())
    last = places[found.end - 1][0]
    rest = "\n".join(line for at, line in places[found.end :] if at == last).strip()
    kept = [replace(blocks[last], kind=Kind.PARAGRAPH, text=rest)] if rest else []
    return [*kept, *blocks[last + 1 :]], _Head(*map(found.fields.get, _KEYS, [""] * 3)), note


def _plain(line: str) -> str:
    """A line of Markdown as an email writes it: with angle brackets, without marks."""
    line = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", line.removesuffix("\\"))
    return re.sub(r"[*_]{2,}|(?<!\w)[*_]|[*_](?!\w)|\\(?=\W)", "", line).replace("<<", "<").replace(">>", ">")


# --- pictures and hidden text ---------------------------------------------------------------------


def _with_pictures(draft: Draft, pictures: Mapping[str, bytes]) -> Draft:
    """The draft with the pictures that came with the email, by their Content-ID (RFC 2392)."""
    files: dict[str, bytes] = {}
    left: list[Left] = []

    def bring(reference: Reference) -> str:
        name = reference.address.removeprefix("cid:")
        if not reference.image or name == reference.address:
            return reference.markdown
        if name in pictures:
            files[reference.address] = pictures[name]
            return reference.markdown
        left.append(
            Left(readable(reference.text) or reference.address, "a picture that did not come with the email")
        )
        return ""

    blocks = [replace(block, text=change_references(block.text, bring)) for block in draft.blocks]
    left += [
        Left(f"cid:{each}", "a picture that the text does not show")
        for each in sorted(pictures)
        if f"cid:{each}" not in files
    ]
    kept = tuple(block for block in blocks if block.text.strip())
    return replace(draft, blocks=kept, files=files).leaving(*left)


def _with_preview_text(draft: Draft) -> Draft:
    """The first hidden text, above all that is seen, is shown beside the subject: it is the dek."""
    hidden = next((each for each in draft.left if each.reason == HIDDEN), None)
    if hidden is None or not len(hidden.text.split()) >= 3 or len(hidden.text) > 300:
        return draft
    if not "".join(draft.source_text.split()).startswith("".join(hidden.text.split())):
        return draft
    left = tuple(each for each in draft.left if each is not hidden)
    draft = replace(draft, dek=hidden.text, left=left)
    return draft.inferring("dek", hidden.text, "mailbox lists show it; the email hides it")


# --- the head -----------------------------------------------------------------------------------


def _headed(draft: Draft, head: _Head, forwarded_on: str) -> Draft:
    """The draft with what its head says; `forwarded_on` is the date of the email that carried it."""
    draft = _signed(replace(draft, title=without_prefix(head.subject)), head.sender)
    moment = _moment(head.date)
    if moment is None and head.date:
        draft = draft.leaving(Left(head.date, "a date that cannot be read for certain"))
    if moment is None and (moment := _moment(forwarded_on)):
        draft = draft.inferring("date", str(moment), "it was forwarded then")
    return replace(draft, date=moment)


def _signed(draft: Draft, sender: str) -> Draft:
    """The draft with the sender as its author; a name in the text goes before that."""
    sender = re.sub(r"[\[(]mailto:[^\])]*[\])]", "", sender).strip()
    pairs = getaddresses([sender]) if "@" in sender else [(sender, "")]
    name, address = pairs[0] if pairs else ("", sender)
    name = " ".join(name.strip(" '\"").split())
    if not name or "@" in name:
        words = name or address or sender
        return draft.leaving(Left(words, "the sender, without a name")) if words else draft
    # "Ada Example from The Lantern"
    person = re.split(r"\s+(?:from|at|of|via|@|\|)\s+", name, maxsplit=1)[0]
    return replace(draft, authors=(Author(person),)).inferring(
        "authors", person, f"the email was sent by `{name}`"
    )


def _moment(text: str) -> Moment | None:
    reading = date_of(Field(text, 1))
    if reading is not None:
        return reading.moment
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if 1900 <= moment.year <= 2199 else None


def _listed(message: Message) -> str:
    """Where this piece is on the web (RFC 5064; Substack and others put it in List-Post)."""
    for name in ("Archived-At", "List-Post"):
        address = header(message, name).strip("<> ")
        if re.fullmatch(r"https?://[^\s/<>]+/[^\s<>]+", address):
            return impersonal(address)
    return ""
