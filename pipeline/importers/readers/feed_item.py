"""A feed's item as an article, whatever kind of feed it comes from."""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from pipeline.articles.audio_files import MEDIA_TYPES
from pipeline.config.fields import Field
from pipeline.importers.blocks import Kind, SourceBlock, write_blocks
from pipeline.importers.dates import Reading, date_of
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Draft, Inferred, Left, Moment
from pipeline.importers.frontmatter.values import is_web
from pipeline.importers.html import Washed, wash
from pipeline.importers.html.tree import fragment_of, seen_text
from pipeline.importers.inline import Reference
from pipeline.importers.people import people_of
from pipeline.model import Author
from pipeline.support.limits import YEARS

_DEK_MOST = 300
"""Characters: a summary that is longer is a text of its own, and goes under `extra`."""

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--[^<>]*>")
_HTML = re.compile(
    r"</[a-z]\w*\s*>|&(?:#\d+|#x[\da-f]+|[a-z]\w+);"
    r"|<(?:p|br|hr|img|div|span|a|b|i|em|strong|ul|ol|li|blockquote|h[1-6]|table|figure)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?:mailto:)?([^\s<>()@]+@[^\s<>()@]+)")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\(<?([^\s<>]+)")
_MORE = re.compile(
    r" ?(?:\[?(?:…|\.\.\.)\]?|(?:continue reading|read more|weiterlesen)[ …→»]*)$", re.IGNORECASE
)
_CREDIT = re.compile(r"The post .{1,300} (?:appeared first|first appeared) on .{1,200}$")


@dataclass(frozen=True, slots=True)
class FeedText:
    """A text as a feed has it. `html` is None where the feed does not say, and the text must."""

    value: str
    html: bool | None = None

    @property
    def is_html(self) -> bool:
        """Whether it is read as HTML."""
        return bool(_HTML.search(self.value)) if self.html is None else self.html

    @property
    def plain(self) -> str:
        """It in one line, without tags."""
        value = html.unescape(_TAG.sub(" ", self.value)) if self.is_html else self.value
        return " ".join(cleaned(value).split())

    @property
    def title(self) -> str:
        """As `plain`, for a line in which tags part no words."""
        value = html.unescape(_TAG.sub("", self.value)) if self.is_html else self.value
        return " ".join(cleaned(value).split())

    @property
    def words(self) -> str:
        """Its words alone, in lower case, for comparing."""
        return words(self.plain)


@dataclass(frozen=True, slots=True)
class Person:
    """A name as a feed has it, perhaps with a mail address in it, and what else is said."""

    name: str
    url: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Audio that comes with an item; size in bytes and length in seconds are 0 where they are not known."""

    address: str
    size: int = 0
    seconds: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class SourceItem:
    """What a feed says of an article; texts are as written.

    `contents` are its full texts, `summaries` what may be short ones, each the more telling first.
    `images` are the addresses of its pictures, the better first; `left` is what has no place in an article.
    `inherited` says that the people are those whom the feed names for all of its articles.
    """

    id: str = ""
    link: str = ""
    title: FeedText = field(default_factory=lambda: FeedText(""))
    contents: tuple[FeedText, ...] = ()
    summaries: tuple[FeedText, ...] = ()
    published: str = ""
    updated: str = ""
    people: tuple[Person, ...] = ()
    inherited: bool = False
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    recordings: tuple[Recording, ...] = ()
    base: str = ""
    left: tuple[Left, ...] = ()
    draft: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def words(text: str) -> str:
    """The words of a text in lower case, one space between them."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def draft_of(item: SourceItem) -> Draft:
    """The article of an item."""
    extra, left, inferred = dict(item.extra), list(item.left), list[Inferred]()
    title = item.title.title
    full, dek, others = _texts(item, left)
    if others:
        extra["summary"] = others[0] if len(others) == 1 else others
    washed = _washed(full)
    left += washed.left
    blocks = washed.blocks
    if blocks[1:] and _CREDIT.fullmatch(blocks[-1].words):  # WordPress names article and site again
        left.append(Left(blocks[-1].text, "a line that the feed adds to each article"))
        blocks = blocks[:-1]
    body = write_blocks(blocks)
    dates: dict[str, Moment | None] = {}
    for key, text in (("date", item.published), ("updated", item.updated)):
        reading = _moment(text)
        dates[key] = reading.moment
        if reading.note and reading.moment:
            inferred.append(Inferred(key, str(reading.moment), reading.note))
        elif reading.note:
            left.append(Left(text, reading.note))
    authors, mails = _authors(item, inferred)
    if mails:
        extra["author_email"] = mails[0] if len(mails) == 1 else mails
    # A picture that the text shows anyway would stand there twice.
    link = item.link if is_web(item.link) else ""
    base = item.base or link
    audio = [_audio(each, title) for each in item.recordings if each.address not in body]
    shown = {_path(joined(base, each)) for each in _IMAGE.findall(body)}
    pictures = [each for each in dict.fromkeys(item.images) if _path(joined(base, each)) not in shown]
    if pictures[1:]:
        extra["images"] = pictures[1:]
    if item.link and not link:
        extra["link"] = item.link
    return Draft(
        blocks=(*audio, *blocks),
        source_text=f"{title}\n{seen_text(fragment_of(full.value)) if full.is_html else full.plain}",
        title=title,
        dek=dek,
        date=dates["date"] or dates["updated"],
        updated=dates["updated"] if dates["date"] else None,
        authors=authors,
        tags=tuple(dict.fromkeys(tag for tag in (" ".join(each.split()) for each in item.tags) if tag)),
        image=pictures[0] if pictures else "",
        canonical_url=link,
        extra=tidy(extra),
        key=_key(item, title, body),
        feed_id=item.id if re.fullmatch(r"\S{1,500}", item.id) else "",
        base=base,
        inferred=tuple(inferred),
        left=tuple(left),
        draft=item.draft,
    )


def _audio(recording: Recording, title: str) -> SourceBlock:
    """The recording as `::: audio`, which must have a size; as a link where that is not known."""
    address = recording.address
    ending = address.partition("?")[0].rpartition(".")[2].lower()
    if not recording.size or ending not in MEDIA_TYPES or not address.startswith("https://"):
        return SourceBlock(Kind.PARAGRAPH, Reference("Listen", address).markdown)
    # A field of a container can have no merge field, nor what becomes one.
    words = " ".join(re.sub(r"\{\{|\}\}|\*\||\|\*", " ", recording.title or title).split()) or "Audio"
    fields = [
        f"title: {json.dumps(words, ensure_ascii=False)}",
        f"bytes: {recording.size}",
    ]
    fields += [f"minutes: {round(recording.seconds / 60) or 1}"] if recording.seconds else []
    return SourceBlock(Kind.CONTAINER, "\n".join((f"::: audio {address}", *fields, ":::")))


def seconds_of(text: str) -> int:
    """A length as podcasts write it: seconds, `12:30`, or `1:02:30`; 0 for anything else."""
    parts = text.strip().split(":")
    if len(parts) > 3 or not all(re.fullmatch(r"[0-9]{1,6}", each) for each in parts):
        return 0
    return sum(int(each) * 60**place for place, each in enumerate(reversed(parts)))


def joined(base: str, address: str) -> str:
    """An address made absolute, where it can be."""
    try:
        return urljoin(base, address.strip()) if base else address.strip()
    except ValueError:
        return address.strip()


def tidy(value: Any) -> Any:
    """A value for `extra`: plain mappings, lists, texts and numbers, without what is empty."""
    if isinstance(value, dict):
        found = {cleaned(str(key)): tidy(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each not in (None, "", [], {})}
    if isinstance(value, (list, tuple)):
        return [each for each in map(tidy, value) if each not in (None, "", [], {})]
    if isinstance(value, str):
        return cleaned(value).strip()
    return value if isinstance(value, (bool, int)) or _is_finite(value) else None


def _is_finite(value: Any) -> bool:
    return isinstance(value, float) and abs(value) != float("inf") and value == value


def _texts(item: SourceItem, left: list[Left]) -> tuple[FeedText, str, list[str]]:
    """The full text, the dek, and other texts that say what neither does."""
    contents = [each for each in item.contents if each.value.strip()]
    summaries = [each for each in item.summaries if each.value.strip()]
    pool = contents or summaries[:1]
    full = max(pool, key=lambda each: len(each.value), default=FeedText(""))
    said, dek, others = f" {full.words} ", "", list[str]()
    title = item.title.words
    for each in [*contents, *summaries]:
        if each is full:
            continue
        plain = each.plain
        trimmed = _CREDIT.sub("", plain).strip()
        spoken = words(_MORE.sub("", _MORE.sub("", trimmed)))
        if not spoken or spoken == title or f" {spoken} " in said or said.startswith(f" {spoken}"):
            left += [Left(plain, "words of the text or the title once more")] if plain else []
            continue
        if not dek and contents and len(trimmed) <= _DEK_MOST and each not in contents:
            dek = trimmed
        elif words(plain) != words(dek) and plain not in others:
            others.append(plain)
    return full, dek, others


def _washed(text: FeedText) -> Washed:
    if text.is_html and _TAG.search(text.value):
        return wash(cleaned(text.value))
    breaks = "<br>" if text.html is False else " "
    value = html.unescape(text.value) if text.is_html else text.value
    parts = [part.strip() for part in re.split(r"\n[ \t]*\n", cleaned(value).strip())]
    return wash("".join(f"<p>{html.escape(part).replace(chr(10), breaks)}</p>" for part in parts if part))


def moment_of(text: str) -> Moment | None:
    """When, as a feed writes it; None of what is no date."""
    return _moment(text).moment


def _moment(text: str) -> Reading:
    """When, in the zone that the feed writes; of what is no date, nothing but a note."""
    text = " ".join(text.split())
    if not text or " -0001 " in text:  # WordPress's date of what was never published
        return Reading(None)
    if (reading := date_of(Field(text, 0))) and (reading.moment or reading.note):
        return reading
    try:
        moment: datetime = parsedate_to_datetime(text)  # RFC 822 has years of two digits
        if moment.tzinfo and not moment.utcoffset():
            moment = moment.astimezone(UTC)
        return Reading(moment) if moment.year in YEARS else Reading(None, "is no date that can be read")
    except (ValueError, TypeError, OverflowError, IndexError):
        return Reading(None, "is no date that can be read")


def _authors(item: SourceItem, inferred: list[Inferred]) -> tuple[tuple[Author, ...], list[str]]:
    """The authors, and their mail addresses."""
    authors: dict[str, Author] = {}
    mails: list[str] = []
    for person in item.people:
        found = _MAIL.search(person.name)
        mails += [found[1]] if found else []
        mails += [mail] if (mail := person.mail.removeprefix("mailto:").strip()) else []
        name = _MAIL.sub("", person.name) if found else person.name
        name = " ".join(name.split()).strip(" ,;-" if not found else " ,;-<>()\"'")
        for each in people_of(Field(name, 0), several=False).authors if name else ():
            before = authors.get(each.name.casefold(), Author(each.name))
            url = before.url or (person.url if is_web(person.url) else "")
            authors[each.name.casefold()] = Author(before.name, before.role or each.role, url)
    if authors and item.inherited:
        names = "; ".join(each.name for each in authors.values())
        inferred.append(Inferred("authors", names, "the feed names them for all of its articles"))
    return tuple(authors.values()), list(dict.fromkeys(mails))


def _path(address: str) -> str:
    """A picture's address without scheme and parameters, which differ from place to place."""
    return re.sub(r"^(?:https?:)?//", "", address.removesuffix(")")).partition("?")[0]


def _key(item: SourceItem, title: str, body: str) -> str:
    named = " ".join(f"{title} {item.published or item.updated}".split()) if title else ""
    return cleaned(item.id).strip() or item.link or named or hashlib.sha256(body.encode()).hexdigest()[:16]
