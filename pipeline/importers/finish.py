"""What a draft still lacks: title, slug, date, tags and audience in the publication's own words.

What is put in here is marked as inferred, unless the user gave it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from pipeline.importers.blocks import Kind
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Draft, Inferred, Left, Moment
from pipeline.importers.inline import readable
from pipeline.importers.shapes import same
from pipeline.model import EVERYONE, Article, Author, Publication
from pipeline.support.files import bad_name
from pipeline.support.urls import path_part

_LONGEST_SLUG = 60
_LONGEST_TITLE = 90


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
    """What the publication has: the spelling of each tag by its `path_part`, and its audiences' names."""

    tags: Mapping[str, str]
    audiences: Mapping[str, str]
    zone: ZoneInfo
    now: datetime


def known_of(publication: Publication, tags: Iterable[str], now: datetime) -> Known:
    """The words of a publication; `tags` are those of its pool."""
    rules = [rule.tags for rule in publication.sections]
    named = [*tags, *(tag for rule in rules for tag in (*rule.any, *rule.all, *rule.none))]
    named += [tag for each in publication.disclaimers for tag in each.tags]
    spellings: dict[str, str] = {}
    for tag in named:
        spellings.setdefault(path_part(tag), tag)
    audiences = {path_part(name): name for name in (EVERYONE, *(each.name for each in publication.audiences))}
    return Known(spellings, audiences, ZoneInfo(publication.timezone), now)


def finished(draft: Draft, given: Given, known: Known, name: str, before: Article | None) -> Draft:
    """The draft as an article of this publication; only its slug, links and pictures are still open.

    `name` is that of its source. What can only be inferred stays as in `before`, the article that the
    source became earlier, if it did.
    """
    draft = _plain_texts(draft)
    draft = _given(draft, given)
    draft = _titled(draft, name)
    draft = _dated(draft, known, name, before)
    draft = _tagged(draft, known, before)
    draft = _for_readers(draft, known)
    return _addressed(draft)


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
    return slug, replace(draft, inferred=(*draft.inferred, Inferred("slug", slug, why)))


def _plain_texts(draft: Draft) -> Draft:
    """The draft with each field of one line on one line, without characters that no text may have."""

    def line(text: str) -> str:
        # Some systems write entities into their front matter.
        return " ".join(cleaned(html.unescape(text)).replace("\t", " ").split())

    authors = tuple(
        Author(line(each.name), line(each.role), each.url.strip())
        for each in draft.authors
        if line(each.name)
    )
    return replace(
        draft,
        title=line(draft.title),
        alt_title=line(draft.alt_title),
        dek=line(draft.dek),
        disclaimer="\n".join(kept for each in cleaned(draft.disclaimer).split("\n") if (kept := line(each))),
        image_alt=line(draft.image_alt),
        tags=tuple(dict.fromkeys(kept for tag in draft.tags if (kept := line(tag).lstrip("#").strip()))),
        authors=tuple(dict.fromkeys(authors)),
    )


def _given(draft: Draft, given: Given) -> Draft:
    told = {
        key: value
        for key, value in (
            ("title", given.title),
            ("date", given.date),
            ("authors", given.authors),
            ("tags", given.tags),
            ("base", given.base),
        )
        if value
    }
    inferred = tuple(each for each in draft.inferred if each.field not in told)
    guessed = any(each.field == "title" for each in draft.inferred)
    if given.title and draft.title not in ("", given.title) and not draft.alt_title and not guessed:
        told["alt_title"] = draft.title
    left = draft.left
    if given.authors and draft.authors and draft.authors != given.authors:
        left = (
            *left,
            Left(", ".join(each.name for each in draft.authors), "the author that you gave instead"),
        )
    if given.tags:
        told["tags"] = tuple(dict.fromkeys((*draft.tags, *given.tags)))
    return replace(draft, **told, inferred=inferred, left=left)  # type: ignore[arg-type]


def _titled(draft: Draft, name: str) -> Draft:
    if draft.title:
        return draft
    for block in draft.blocks:
        words = block.words if block.kind is not Kind.CODE else ""
        if same(words):
            what = "heading" if block.kind is Kind.HEADING else "sentence"
            title = _shortened(words)
            if same(title) == same(words) and draft.blocks[1:] and block.is_line:
                # It is not repeated as the first line of the text.
                draft = replace(draft, blocks=tuple(each for each in draft.blocks if each is not block))
            return _inferred(draft, "title", title, f"it is the text's first {what}")
    stem = re.sub(r"[-_]+", " ", PurePosixPath(name).stem).strip()
    return _inferred(draft, "title", stem.capitalize() or "Untitled", "it is the name of the source")


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
        try:
            found = date.fromisoformat(in_name[0]) if in_name else None
        except ValueError:
            found = None
        if found:
            draft = _inferred(draft, "date", str(found), "it stands in the name of the source", found)
        elif before:
            draft = replace(draft, date=before.date)
        else:
            today = known.now.astimezone(known.zone).date()
            draft = _inferred(draft, "date", str(today), "the source has none: it is today's", today)
    if draft.updated and _moment(draft.updated, known.zone) < _moment(draft.date, known.zone):
        left = Left(str(draft.updated), "a date of revision before the date of publication")
        draft = replace(draft, updated=None, left=(*draft.left, left))
    if draft.updated == draft.date:
        draft = replace(draft, updated=None)
    return draft


def _moment(moment: Moment | None, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone) if moment else datetime.min


def _tagged(draft: Draft, known: Known, before: Article | None) -> Draft:
    """Tags as the publication spells them; where the source has none, those whose words it uses."""
    tags: dict[str, str] = {}
    for tag in draft.tags:
        key = path_part(tag)
        constant = tag.isupper() and (len(tag) > 5 or "_" in tag)
        spelling = known.tags.get(key) or (key if constant and key != "-" else tag)
        if spelling != tag:
            draft = _inferred(draft, "tag", spelling, f'the source writes "{tag}"')
        tags.setdefault(key, spelling)
    if tags:
        return replace(draft, tags=tuple(tags.values()))
    if before:
        return replace(draft, tags=before.tags)
    found = suggested_tags(draft, known.tags.values())
    for tag, count in found:
        times = "once" if count == 1 else f"{count} times"
        draft = _inferred(draft, "tag", tag, f"a tag of the publication that the text names {times}")
    return replace(draft, tags=tuple(tag for tag, _ in found))


def suggested_tags(draft: Draft, tags: Iterable[str], most: int = 4) -> tuple[tuple[str, int], ...]:
    """Tags whose words the text uses, and how often: in the title or dek once, or three times in all."""
    head = path_part(f"{draft.title} {draft.dek} {draft.alt_title}").split("-")
    body = path_part(readable(draft.body)).split("-")
    scores = []
    for tag in tags:
        words = path_part(tag).split("-")
        in_head, in_body = _times(words, head), _times(words, body)
        if in_head or in_body >= 3:
            scores.append((in_head * 10 + in_body, in_head + in_body, tag))
    scores.sort(key=lambda each: (-each[0], each[2]))
    return tuple((tag, count) for _, count, tag in scores[:most])


def _times(words: list[str], text: list[str]) -> int:
    """How often these words follow each other in a text, singular and plural alike."""
    wanted = [word.removesuffix("s") for word in words]
    text = [word.removesuffix("s") for word in text]
    return sum(text[n : n + len(wanted)] == wanted for n in range(len(text) - len(wanted) + 1))


def _for_readers(draft: Draft, known: Known) -> Draft:
    """The audiences that the publication has. A piece for others is a draft: it must not go to all."""
    found = [known.audiences.get(path_part(name)) for name in draft.audience]
    strange = [name for name, match in zip(draft.audience, found, strict=True) if match is None]
    names = tuple(dict.fromkeys(name for name in found if name))
    if strange and not {path_part(each) for each in strange} <= _ALL_READERS:
        why = "the publication has no such audience, so that the article stays a draft until you decide"
        draft = _inferred(draft, "draft", "true", f"audience {', '.join(strange)}: {why}")
        draft = replace(draft, draft=True)
    if strange:
        draft = replace(draft, extra={**draft.extra, "audience": list(draft.audience)})
    return replace(draft, audience=tuple(name for name in names if name != EVERYONE))


_ALL_READERS = frozenset({"all", "everyone", "everybody", "general", "general-public", "public"})


def _addressed(draft: Draft) -> Draft:
    """Addresses that are none go under `extra`; so do names by which no article can have stood."""
    extra = dict(draft.extra)
    told: dict[str, object] = {}
    for key in ("canonical_url", "link"):
        value = getattr(draft, key).strip()
        if value and not re.fullmatch(r"https?://[^\s]+", value):
            extra[key] = value
            value = ""
        told[key] = value
    left: tuple[Left, ...] = ()
    if draft.image_alt and not draft.image:
        left = (Left(draft.image_alt, "it describes a picture that the source does not have"),)
        draft = replace(draft, image_alt="")
    aliases = tuple(each for each in draft.aliases if path_part(each) == each and not bad_name(each))
    if others := [each for each in draft.aliases if each not in aliases]:
        extra["aliases"] = others
    authors = tuple(
        each if re.fullmatch(r"(https?://\S+)?", each.url) else Author(each.name, each.role)
        for each in draft.authors
    )
    lost = [
        f"{each.name}: {each.url}" for each, kept in zip(draft.authors, authors, strict=True) if each != kept
    ]
    left += tuple(Left(each, "an author's address that is none of the web") for each in lost)
    return replace(
        draft,
        canonical_url=str(told["canonical_url"]),
        link=str(told["link"]),
        aliases=aliases,
        authors=authors,
        extra=extra,
        left=(*draft.left, *left),
    )


def _inferred(draft: Draft, field: str, value: str, why: str, as_value: object = None) -> Draft:
    """The draft with a field set and the reason noted; tags and `draft` are set by who calls."""
    draft = replace(draft, inferred=(*draft.inferred, Inferred(field, value, why)))
    if field in ("title", "date"):
        return replace(draft, **{field: as_value or value})  # type: ignore[arg-type]
    return draft
