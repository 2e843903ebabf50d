"""Emails: a newsletter, as it was sent or as somebody forwarded it to the editor."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from pipeline.config.fields import Field
from pipeline.errors import PressroomError
from pipeline.importers import plain_text
from pipeline.importers.draft import Draft, Inferred, Left, Material, Moment
from pipeline.importers.head.dates import date_of
from pipeline.importers.mail.forwarded import forwarded, without_prefix
from pipeline.importers.mail.furniture import without_furniture, words_of
from pipeline.importers.mail.page import Page, impersonal, page_of
from pipeline.importers.mail.parts import Parts, header, message_of, parts_of
from pipeline.importers.markup import converted, markdown_of
from pipeline.importers.office.package import OLE
from pipeline.importers.plain.escape import escaped
from pipeline.model import Author

NAME = "message"
DESCRIPTION = "an email (.eml)"

_KNOWN = frozenset({b"from", b"subject", b"date", b"message-id", b"mime-version", b"received"})
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_BYLINE = re.compile(r"(?:by|written by|von|par) ([^\W\d_][\w.'’-]*(?: [\w.'’-]+){1,3})", re.IGNORECASE)
_MAX_FORWARDS = 5
_ABOVE = "what stands above the forwarded newsletter"


@dataclass(frozen=True, slots=True)
class _Head:
    """Who sent it, when and under what subject, as texts."""

    subject: str = ""
    sender: str = ""
    date: str = ""


def takes(material: Material) -> bool:
    """Whether it begins with the headers of an email, or is called one. Never raises."""
    if material.ending == ".eml" or (material.ending == ".msg" and material.data.startswith(OLE)):
        return True
    found = set()
    for number, line in enumerate(material.data[:65536].lstrip().splitlines()):
        if not line.strip():
            break
        match = _FIELD.match(line)
        if match:
            found.add(match[1].lower())
        elif not (number == 0 and line.startswith(b"From ")) and not (number and line[:1] in b" \t"):
            return False
    return len(found & _KNOWN) >= 2


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` where it is empty or nested too deeply."""
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
    if not draft.body.strip():
        raise PressroomError("is empty.", material.name)
    return (draft,)


def _draft(message: EmailMessage, name: str) -> Draft:
    left: list[Left] = []
    parts = parts_of(message, name)
    for _ in range(_MAX_FORWARDS):
        if not parts.inner:
            break
        # What was attached as an email is the newsletter; the text around it is the forwarder's.
        left += [Left(text, _ABOVE) for text in _texts(parts)] + parts.left
        left += [Left(header(each, "Subject") or "an email", "one more email") for each in parts.inner[1:]]
        message = parts.inner[0]
        parts = parts_of(message, name)
    if parts.inner:
        raise PressroomError("is nested too deeply.", name)
    head = _Head(*(header(message, key) for key in ("Subject", "From", "Date")))
    draft, inner = _read(parts, head.subject)
    if inner is not None:
        draft = _headed(draft, inner, head.date)
    else:
        draft = _headed(replace(draft, canonical_url=_listed(message) or draft.canonical_url), head, "")
    if message_id := header(message, "Message-ID").strip("<> "):
        draft = replace(draft, extra={**draft.extra, "message_id": message_id})
    return replace(draft, left=(*left, *draft.left, *parts.left))


def _texts(parts: Parts) -> list[str]:
    pages = (page_of(text, "", {}) if kind == "text/html" else text for kind, text in parts.bodies)
    texts = (markdown_of(each.html) if isinstance(each, Page) else each for each in pages)
    return [kept for text in texts if (kept := text.strip())]


# --- the body -----------------------------------------------------------------------------------


def _read(parts: Parts, subject: str) -> tuple[Draft, _Head | None]:
    """What the texts of an email say, and the head of what was forwarded in it."""
    if any(kind == "text/html" for kind, _ in parts.bodies):
        return _from_pages(parts, subject)
    return _from_text("\n\n".join(text for _, text in parts.bodies), subject)


def _from_pages(parts: Parts, subject: str) -> tuple[Draft, _Head | None]:
    bodies: list[str] = []
    draft, head = Draft(""), None
    files: dict[str, bytes] = {}
    left: list[Left] = []
    for kind, text in parts.bodies:
        if kind == "text/plain":
            bodies += [escaped(" ".join(each.split())) for each in re.split(r"\n\s*\n", text) if each.strip()]
            continue
        page = page_of(text, subject, parts.pictures)
        if page.head and head is None:
            head = _head_of(page.head)
            left += [Left("\n\n".join(bodies), _ABOVE)] if bodies else []
            bodies.clear()
        if page.note:
            left.append(Left(page.note, _ABOVE))
        if page.preheader and draft.dek:
            left.append(Left(page.preheader, "hidden text"))
        draft = replace(
            draft, dek=draft.dek or page.preheader, canonical_url=draft.canonical_url or page.address
        )
        files |= {cid: parts.pictures[cid[4:]] for cid in page.cids}
        made = converted(page.html)
        left += [*page.left, *made.left]
        bodies += re.split(r"\n{2,}", made.markdown.strip("\n"))
    kept, furniture = without_furniture([each for each in bodies if each.strip()])
    draft, kept = _bylined(draft, kept)
    body = "\n\n".join(kept)
    shown = {cid: data for cid, data in files.items() if cid in body}
    unseen = set(parts.pictures) - {cid[4:] for cid in shown}
    left += [Left(cid, "a picture that the text does not show") for cid in sorted(unseen)]
    if draft.dek:
        draft = _inferred(draft, "dek", draft.dek, "mailbox lists show it; the email hides it")
    return replace(draft, body=f"{body}\n" if body else "", files=shown, left=(*left, *furniture)), head


def _bylined(draft: Draft, paragraphs: list[str]) -> tuple[Draft, list[str]]:
    """A line of its own near the top that says who wrote it, as a field."""
    for number, paragraph in enumerate(paragraphs[:6]):
        if len(paragraphs) > 1 and (match := _BYLINE.fullmatch(words_of(paragraph))):
            draft = _inferred(draft, "authors", match[1], f"the text says `{match[0]}`")
            rest = paragraphs[:number] + paragraphs[number + 1 :]
            return replace(draft, authors=(Author(match[1]),)), rest
    return draft, paragraphs


def _signature(lines: list[str]) -> tuple[list[str], list[Left]]:
    """The lines without what stands below a line of `-- ` (RFC 3676, section 4.3)."""
    for at in range(max(0, len(lines) - 12), len(lines)):
        if lines[at].rstrip() == "--" and "".join(lines[:at]).strip():
            text = "\n".join(lines[at + 1 :]).strip()
            return lines[:at], [Left(text, "the sender's signature")] if text else []
    return lines, []


def _from_text(text: str, subject: str) -> tuple[Draft, _Head | None]:
    lines = text.split("\n")
    found = forwarded(lines, subject)
    left: list[Left] = []
    title = without_prefix(subject)
    if found is not None:
        if note := "\n".join(lines[: found.start]).strip():
            left.append(Left(note, _ABOVE))
        lines = lines[found.end :]
        # Some programs put a mark of quotation before each line of what they forward.
        if all(line.startswith(">") for line in lines if line.strip()):
            lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
        title = without_prefix(found.fields["subject"])
    lines, signature = _signature(lines)
    paragraphs = [each for each in re.split(r"\n[^\S\n]*\n", "\n".join(lines)) if each.strip()]
    kept, furniture = without_furniture(paragraphs)
    draft = Draft("")
    if kept:
        body = "\n\n".join(kept)
        # With its title said, none is looked for in the text.
        material = Material("", (f"Title: {title}\n\n{body}" if title else body).encode())
        (draft,) = plain_text.read(material)
        inferred = tuple(each for each in draft.inferred if not (title and each.field == "title"))
        left += [replace(each, line=None) for each in draft.left]
        draft = replace(draft, inferred=inferred)
    draft = replace(draft, left=(*left, *furniture, *signature))
    return draft, _head_of(found.fields) if found else None


def _head_of(fields: dict[str, str]) -> _Head:
    return _Head(fields.get("subject", ""), fields.get("from", ""), fields.get("date", ""))


# --- the head -----------------------------------------------------------------------------------


def _headed(draft: Draft, head: _Head, forwarded_on: str) -> Draft:
    """The draft with what its head says; `forwarded_on` is the date of the email that carried it."""
    if title := without_prefix(head.subject):
        told = draft.alt_title or (draft.title if draft.title.casefold() != title.casefold() else "")
        draft = replace(draft, title=title, alt_title=told)
    draft = _signed(draft, head.sender)
    moment = _moment(head.date)
    if moment is None and head.date:
        draft = replace(draft, left=(*draft.left, Left(head.date, "a date that cannot be read for certain")))
    if moment is None and (moment := _moment(forwarded_on)) and draft.date is None:
        draft = _inferred(draft, "date", str(moment), "it was forwarded then")
    if draft.date is not None and moment is not None and draft.date != moment:
        draft = replace(draft, left=(*draft.left, Left(str(moment), "when it was sent; the text has a date")))
    return replace(draft, date=draft.date or moment)


def _signed(draft: Draft, sender: str) -> Draft:
    """The sender as author, where the text names none."""
    sender = re.sub(r"[\[(]mailto:[^\])]*[\])]", "", sender).strip()
    pairs = getaddresses([sender]) if "@" in sender else [(sender, "")]
    name, address = pairs[0] if pairs else ("", sender)
    name = " ".join(name.strip(" '\"").split())
    if not name or "@" in name:
        text = name or address or sender
        return replace(draft, left=(*draft.left, Left(text, "the sender, without a name"))) if text else draft
    if draft.authors:
        if name in (each.name for each in draft.authors):
            return draft
        return replace(draft, left=(*draft.left, Left(name, "the sender; the text names its author")))
    # "Ada Example from The Lantern"
    person = re.split(r"\s+(?:from|at|of|via|@|\|)\s+", name, maxsplit=1)[0]
    draft = replace(draft, authors=(Author(person),))
    return _inferred(draft, "authors", person, f"the email was sent by `{name}`")


def _moment(text: str) -> Moment | None:
    reading = date_of(Field(text, 1))
    if reading is not None:
        return reading.moment
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if 1900 <= moment.year <= 2199 else None


def _listed(message: EmailMessage) -> str:
    """Where this piece stands on the web (RFC 5064; Substack and others put it in List-Post)."""
    for name in ("Archived-At", "List-Post"):
        address = header(message, name).strip("<> ")
        if re.fullmatch(r"https?://[^\s/<>]+/[^\s<>]+", address):
            return impersonal(address)
    return ""


def _inferred(draft: Draft, field: str, value: str, why: str) -> Draft:
    return replace(draft, inferred=(*draft.inferred, Inferred(field, value, why)))
