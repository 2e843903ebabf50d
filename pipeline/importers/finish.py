"""What a draft still lacks: title, slug, date, tags and audience in the publication's own words.

What is put in here is marked as inferred, unless the user gave it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipeline.config.fields import Field
from pipeline.importers.blocks import Kind
from pipeline.importers.dates import date_of
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Draft, Left, Moment
from pipeline.importers.frontmatter.values import old_address
from pipeline.importers.inline import readable
from pipeline.importers.records import comparable_address
from pipeline.importers.shapes import same
from pipeline.model import EVERYONE, Article, Author, Publication
from pipeline.support.files import bad_name
from pipeline.support.urls import home_url, is_old_address, path_part

_LONGEST_SLUG = 60
_LONGEST_TITLE = 90
_MAIL = re.compile(r"\S+@\S+\.\S+")
_ALL_READERS = frozenset({"all", "everyone", "everybody", "general", "general-public", "public"})


@dataclass(frozen=True, slots=True)
class Given:
    """What the user said of the articles by options; it goes before what the source says."""

    title: str = ""
    tags: tuple[str, ...] = ()
    date: Moment | None = None
    authors: tuple[Author, ...] = ()
    base: str = ""

    @property
    def anything(self) -> bool:
        """Whether the article would be another one than without it."""
        return bool(self.title or self.tags or self.date or self.authors)


@dataclass(frozen=True, slots=True)
class Known:
    """What the publication has: address, audiences, and the spelling of each tag by its `path_part`."""

    tags: Mapping[str, str]
    audiences: Mapping[str, str]
    zone: ZoneInfo
    now: datetime
    home: str


def known_of(publication: Publication, spellings: Mapping[str, str], now: datetime) -> Known:
    """The words of a publication, of whose tags these are the spellings."""
    audiences = {path_part(name): name for name in publication.audience_names}
    return Known(spellings, audiences, ZoneInfo(publication.timezone), now, home_url(publication))


def finished(draft: Draft, given: Given, known: Known, name: str, before: Article | None) -> Draft:
    """The draft as an article of this publication; only its slug, links and pictures are still open.

    `name` is that of its source. What can only be inferred stays as in `before`, the article that the
    source became earlier, if it did.
    """
    draft = _plain_texts(draft)
    draft = _given(draft, given)
    draft = _titled(draft, name)
    draft = _dated(draft, known, name, before)
    if not draft.draft and not given.date and _moment(draft.date, known.zone) > known.now:
        why = "its date is ahead: the public has not seen it yet"
        draft = replace(draft, draft=True).inferring("draft", "true", why)
    if not draft.draft and (why := _why_unseen(draft, known)):
        draft = replace(draft, draft=True).inferring("draft", "true", why)
    draft = _tagged(draft, known, before)
    draft = _for_readers(draft, known)
    return _addressed(_located(draft, known, given.base))


def slug_of(draft: Draft, taken: Set[str]) -> tuple[str, Draft]:
    """A free slug, and the draft with a word on it where another has the first choice."""
    first = path_part(draft.slug or draft.title)[:_LONGEST_SLUG].strip("-")
    if first != path_part(draft.slug or draft.title) and "-" in first:
        first = first.rpartition("-")[0]  # by whole words
    if not first or bad_name(first):
        first = f"article-{first}".strip("-")
    if first not in taken:
        return first, draft
    slug = next(f"{first}-{n}" for n in range(2, len(taken) + 3) if f"{first}-{n}" not in taken)
    why = f'another article has the slug "{first}"'
    return slug, draft.inferring("slug", slug, why)


def _plain_texts(draft: Draft) -> Draft:
    """The draft with each field of one line on one line, without characters that no text may have."""

    def line(text: str) -> str:
        # Some systems write entities into their front matter.
        return " ".join(cleaned(html.unescape(text)).replace("\t", " ").split())

    authors = (Author(line(each.name), line(each.role), each.url.strip()) for each in draft.authors)
    tags = (line(tag).lstrip("#").strip() for tag in draft.tags)
    return replace(
        draft,
        title=line(draft.title),
        alt_title=line(draft.alt_title),
        dek=line(draft.dek),
        disclaimer="\n".join(filter(None, map(line, cleaned(draft.disclaimer).split("\n")))),
        image_alt=line(draft.image_alt),
        tags=tuple(dict.fromkeys(filter(None, tags))),
        authors=tuple(dict.fromkeys(author for author in authors if author.name)),
    )


def _given(draft: Draft, given: Given) -> Draft:
    names = ("title", "date", "authors", "tags", "base")
    values = {name: getattr(given, name) for name in names if getattr(given, name)}
    guessed = any(each.field == "title" for each in draft.inferred)
    if given.title and draft.title not in ("", given.title) and not draft.alt_title and not guessed:
        values["alt_title"] = draft.title
    if given.authors and draft.authors and draft.authors != given.authors:
        others = ", ".join(each.name for each in draft.authors)
        draft = draft.leaving(Left(others, "the author that you replaced"))
    if given.tags:
        values["tags"] = tuple(dict.fromkeys((*draft.tags, *given.tags)))
    inferred = tuple(each for each in draft.inferred if each.field not in values)
    return replace(draft, **values, inferred=inferred)


def _titled(draft: Draft, name: str) -> Draft:
    if draft.title:
        return draft
    for block in draft.blocks:
        words = block.words if block.kind not in (Kind.CODE, Kind.LIST) else ""
        if same(words):
            what = "heading" if block.kind is Kind.HEADING else "sentence"
            title = _shortened(words)
            if same(title) == same(words) and draft.blocks[1:] and block.is_line:
                # It is not repeated as the first line of the text.
                draft = replace(draft, blocks=tuple(each for each in draft.blocks if each is not block))
            return replace(draft, title=title).inferring("title", title, f"it is the text's first {what}")
    stem = re.sub(r"[-_]+", " ", PurePosixPath(name).stem).strip().capitalize() or "Untitled"
    return replace(draft, title=stem).inferring("title", stem, "it is the name of the source")


def _shortened(words: str) -> str:
    """The first sentence, at most as long as a headline, cut between words."""
    sentence = re.split(r"(?<=[.!?。！？])\s+", words, maxsplit=1)[0]
    if len(sentence) > _LONGEST_TITLE:
        cut = sentence[:_LONGEST_TITLE].rpartition(" ")[0] or sentence[:_LONGEST_TITLE]
        return cut.rstrip(" ,;:–—-") + "…"
    return sentence.rstrip(".。:").strip() or sentence


def _dated(draft: Draft, known: Known, name: str, before: Article | None) -> Draft:
    if draft.date is None:
        in_name = re.search(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)", name)
        reading = date_of(Field(in_name[0], 1)) if in_name else None
        day, why = reading and reading.moment, "it is in the name of the source"
        if day is None and before is None:
            day = known.now.astimezone(known.zone).date()
            why = "the source has none that can be read: it is today's"
        if day:
            draft = replace(draft, date=day).inferring("date", str(day), why)
        elif before:
            draft = replace(draft, date=before.date)
    if draft.updated and _moment(draft.updated, known.zone) < _moment(draft.date, known.zone):
        draft = draft.leaving(Left(str(draft.updated), "a date of revision before the date of publication"))
        draft = replace(draft, updated=None)
    return replace(draft, updated=None) if draft.updated == draft.date else draft


def _why_unseen(draft: Draft, known: Known) -> str:
    """Why its own site does not show it now, by the fields of Hugo that say when and whether it does."""
    for key, value in draft.extra.items():
        name = key.lower().lstrip("_")
        if name in ("publishdate", "expirydate") and (reading := date_of(Field(str(value), 0))):
            ahead = reading.moment is not None and _moment(reading.moment, known.zone) > known.now
            if name == "publishdate" and ahead:
                return f"its `{key}` is ahead: the public has not seen it yet"
            if name == "expirydate" and reading.moment and not ahead:
                return f"its `{key}` is past: its site shows it no more"
        if name == "build" and isinstance(value, Mapping) and value.get("render") in ("never", "link", False):
            return f"its site has no page of it, as `{key}` says"
    return ""


def _moment(moment: Moment | None, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone) if moment else datetime.min


def _tagged(draft: Draft, known: Known, before: Article | None) -> Draft:
    """Tags as the publication spells them; if the source has none, those whose words it uses."""
    tags: dict[str, str] = {}
    for tag in draft.tags:
        key = path_part(tag)
        constant = tag.isupper() and (len(tag) > 5 or "_" in tag)
        spelling = known.tags.get(key) or (key if constant and key != "-" else tag)
        if spelling != tag:
            draft = draft.inferring("tag", spelling, f'the source writes "{tag}"')
        tags.setdefault(key, spelling)
    if tags or before:
        return replace(draft, tags=tuple(tags.values()) or (before.tags if before else ()))
    suggested = suggested_tags(draft, known.tags.values())
    for tag, count in suggested:
        times = "once" if count == 1 else f"{count:,} times"
        draft = draft.inferring("tag", tag, f"a tag of the publication that the text names {times}")
    return replace(draft, tags=tuple(tag for tag, _ in suggested))


def suggested_tags(draft: Draft, tags: Iterable[str], most: int = 4) -> tuple[tuple[str, int], ...]:
    """Tags whose words the text uses, and how often: in the title or dek once, or three times in all."""

    def stems(text: str) -> str:
        return "".join(f" {word.removesuffix('s')} " for word in path_part(text).split("-"))

    head, body = stems(f"{draft.title} {draft.dek} {draft.alt_title}"), stems(readable(draft.body))
    scores = []
    for tag in tags:
        in_head, in_body = head.count(stems(tag)), body.count(stems(tag))
        if in_head or in_body >= 3:
            scores.append((-in_head * 10 - in_body, tag, in_head + in_body))
    return tuple((tag, count) for _, tag, count in sorted(scores)[:most])


def _for_readers(draft: Draft, known: Known) -> Draft:
    """The audiences that the publication has. A piece for others is a draft: it must not go to all."""
    names = {name: known.audiences.get(path_part(name)) for name in draft.audience}
    strange = [name for name, match in names.items() if match is None]
    if strange and not {path_part(each) for each in strange} <= _ALL_READERS:
        why = "the publication has no such audience, so that the article stays a draft until you decide"
        draft = draft.inferring("draft", "true", f"audience {', '.join(strange)}: {why}")
        draft = replace(draft, draft=True)
    if strange:
        draft = replace(draft, extra={**draft.extra, "audience": list(draft.audience)})
    known_names = dict.fromkeys(name for name in names.values() if name and name != EVERYONE)
    return replace(draft, audience=tuple(known_names))


def _located(draft: Draft, known: Known, base: str) -> Draft:
    """An old address on the publication's own site becomes an alias: a page there leads to the article.

    `base` is the address of a site that its export does not say.
    """
    old = f"{base.rstrip('/')}{draft.path}" if draft.path and base else ""
    canonical, aliases = draft.canonical_url.strip() or old, list(draft.aliases)
    draft = replace(draft, feed_id=draft.feed_id or old)
    for address in dict.fromkeys(filter(None, (canonical, old))):
        if comparable_address(address).startswith(f"{comparable_address(known.home)}/"):
            parts = urlsplit(address)
            alias = old_address(f"/{parts.path.removeprefix(urlsplit(known.home).path)}")
            if parts.query or not alias:
                draft = draft.leaving(Left(address, "an old address at which no page of the site can be"))
            elif alias not in aliases:
                aliases.append(alias)
            draft = replace(draft, address=address)
            canonical = "" if address == canonical else canonical
    return replace(draft, canonical_url=canonical, aliases=tuple(aliases))


def _addressed(draft: Draft) -> Draft:
    """What is no web address goes under `extra`, and so do earlier slugs that no article can have."""
    extra = dict(draft.extra)
    addresses = {key: getattr(draft, key).strip() for key in ("canonical_url", "link")}
    for key, value in addresses.items():
        if value and not re.fullmatch(r"https?://[^\s]+", value):
            extra[key], addresses[key] = value, ""
    if draft.image_alt and not draft.image:
        draft = draft.leaving(Left(draft.image_alt, "it describes a picture that the source does not have"))
        draft = replace(draft, image_alt="")
    aliases = tuple(
        each
        for each in draft.aliases
        if is_old_address(each) or (path_part(each) == each and not bad_name(each))
    )
    if others := [each for each in draft.aliases if each not in aliases]:
        extra["aliases"] = others
    authors = []
    for author in draft.authors:
        # Pages and feeds would publish an email address in a name.
        name = _MAIL.sub("", author.name).strip(" ,;-<>()\"'")
        url = author.url if re.fullmatch(r"(https?://\S+)?", author.url) else ""
        if (name, url) != (author.name, author.url):
            told = ": ".join(filter(None, (author.name, author.url)))
            draft = draft.leaving(Left(told, "an author's address that is no web address"))
        authors += [replace(author, name=name, url=url)] if name else []
    return replace(draft, **addresses, aliases=aliases, authors=tuple(authors), extra=extra)
