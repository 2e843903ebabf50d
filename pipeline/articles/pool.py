"""Reads the pool: every article file as an `Article`, the link items, and all mistakes in them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import chain
from sys import intern
from unicodedata import normalize
from zoneinfo import ZoneInfo

from pipeline.articles.digest import names_files
from pipeline.articles.link_items import link_id, read_links
from pipeline.articles.spellings import usual_spellings
from pipeline.config.audiences import read_audiences
from pipeline.config.fields import Fields
from pipeline.config.publication import read_silence
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.content.text_width import collapse_spaces
from pipeline.errors import NotFound, PressroomError, collect, suggest
from pipeline.model import EVERYONE, Article, Author, Layout, LinkItem, Place, PoolItem, Publication
from pipeline.support.file_cache import SOURCES
from pipeline.support.files import bad_name
from pipeline.support.urls import addresses_in, folders_of, is_old_address, old_address_mistake, path_part

# For a missing date, which is a mistake of the article; it is in no issue until the date is there.
_NO_DATE = datetime.min.replace(tzinfo=UTC)
_DEK_KEYS = ("dek", "summary", "excerpt", "description")


class Pool(dict[str, Article]):
    """All articles of a workspace by slug, in the order of their files, and its link items.

    `links` maps the ids of link items to them, and `candidates` all keys to articles and link items.
    `current` maps each former slug of an article to its slug. `mistakes` maps an article or a link item to
    what is wrong in it: whoever uses it raises this. What cannot be read at all is only there: an article
    by its file name, a file of links by its path.
    """

    def __init__(
        self,
        articles: Iterable[Article],
        mistakes: Mapping[str, Sequence[PressroomError]] | None = None,
        links: Iterable[LinkItem] = (),
    ) -> None:
        super().__init__((article.slug, article) for article in articles)
        self.links: Mapping[str, LinkItem] = {link.id: link for link in links}
        self.candidates: Mapping[str, PoolItem] = {**self.links, **self}
        self.mistakes = mistakes or {}
        self.current = {alias: slug for slug, article in self.items() for alias in article.aliases}

    @cached_property
    def by_date(self) -> dict[str, PoolItem]:
        """All articles and link items by key, in the order of their dates; those without one come first."""
        items = sorted(self.candidates.items(), key=lambda item: item[1].date or _NO_DATE)
        return dict(items)

    @cached_property
    def tags(self) -> dict[str, int]:
        """Each tag and the number of articles and link items that have it, sorted by tag."""
        counts = Counter(chain.from_iterable(item.tags for item in self.candidates.values()))
        return dict(sorted(counts.items()))

    @property
    def noun(self) -> str:
        """What messages call an item of this pool: an article, a link, or either of them."""
        nouns = [noun for noun, items in (("article", self), ("link", self.links)) if items]
        return " or ".join(nouns) or "article"

    def check_tags(self, tags: Iterable[str]) -> None:
        """Raise `NotFound`, with the nearest tag, for one that no article and no link item has."""
        for tag in tags:
            if tag not in self.tags:
                raise NotFound(f'no {self.noun} has the tag "{tag}".', hint=suggest(tag, self.tags))

    @cached_property
    def _by_address(self) -> dict[str, str]:
        return {link_id(link.url): link.id for link in self.links.values() if link.url}

    def key_of(self, name: str) -> str | None:
        """The key of what a section names: a slug, the id of a link item, or its address. None if unknown."""
        if name in self.candidates:
            return name
        try:
            return self._by_address.get(link_id(name)) if "://" in name else None
        except ValueError:  # not a valid address
            return None

    @cached_property
    def _by_path(self) -> dict[str, str]:
        # macOS writes the names of files with accents as letters of their own, and people type them in one.
        return {normalize("NFC", article.place.path): slug for slug, article in self.items()}

    def slug_of(self, path: str) -> str | None:
        """The slug of the article in this file, or None if the file is not an article."""
        return self._by_path.get(normalize("NFC", path))

    def find(self, slug: str) -> Article:
        """The article with this slug. Raises `NotFound` with the nearest one."""
        if slug not in self:
            raise NotFound(f'no article has the slug "{slug}".', hint=suggest(slug, self))
        return self[slug]


def read_pool(files: WorkspaceFiles) -> Pool:
    """Read every article, and the mistakes of each, with file, line and hint."""
    articles: list[Article] = []
    mistakes: dict[str, list[PressroomError]] = {}
    cache = files.cache
    for source in files.article_sources():
        errors: list[PressroomError] = []
        kept: Article | None = cache.get(source.path)
        if kept is not None:
            articles.append(kept)
            continue
        slug = source.name
        with collect(errors), cache.noted() as stamps:
            cache.note(source.path)
            article = parse_article(
                source.text(), source.name, source.path, files.publication, files.zone, errors
            )
            articles.append(article)
            slug = article.slug
            if not errors:
                cache.put(source.path, stamps, article, group=SOURCES)
        if errors:
            mistakes.setdefault(slug, []).extend(errors)
    links, link_mistakes = read_links(files)
    items: tuple[PoolItem, ...] = (*articles, *links)
    for key, error in (
        *_check_slugs(articles),
        *_check_related(articles),
        *link_mistakes,
        *_check_ids(articles, links),
        *_check_spellings("tag", [(each, each.tags) for each in items]),
        *_check_spellings("series", [(each, (each.series,)) for each in articles if each.series]),
    ):
        mistakes.setdefault(key, []).append(error)
    return Pool(articles, mistakes, links)


def parse_article(
    text: str,
    name: str,
    path: str,
    publication: Publication,
    zone: ZoneInfo,
    errors: list[PressroomError],
) -> Article:
    """Parse the text of an article file with this name and path. Mistakes are added to `errors`.

    Raises `PressroomError` if the file cannot be split into front matter and body.
    """
    from pipeline.config.front_matter import split_file

    document = split_file(text, path)
    fields = Fields(document.fields, path, errors, 1)
    date = fields.date("date", zone, required=True)
    updated = fields.date("updated", zone)
    if date and updated and updated < date:
        fields.error("updated", "`updated` is before `date`.")
    audience, image = read_audiences(fields, publication), fields.text("image") or None
    article = Article(
        slug=_slug(fields, name),
        title=fields.text("title", required=True),
        date=date or _NO_DATE,
        # Thousands of articles have the same few tags and fields: each is kept once.
        tags=tuple(map(intern, fields.texts("tags"))),
        body_line=document.body_line,
        place=Place(path, 1),
        digest="sha256:" + hashlib.sha256(text.encode()).hexdigest(),
        length=len(document.body),
        addresses=addresses_in(document.body),
        has_files=bool(image) or names_files(document.body),
        updated=updated,
        dek=_dek(fields),
        alt_title=fields.text("alt_title"),
        authors=_authors(fields, publication.authors),
        image=image,
        image_alt=fields.text("image_alt"),
        canonical_url=fields.web_address("canonical_url") or None,
        disclaimer=fields.text("disclaimer", multiline=True),
        audience=tuple(a for a in audience if EVERYONE not in audience),
        related=fields.texts("related"),
        series=fields.text("series"),
        layout=fields.choice("layout", Layout),
        draft=fields.boolean("draft"),
        link=fields.web_address("link") or None,
        aliases=_aliases(fields),
        feed_id=fields.feed_id(),
        silence=read_silence(fields),
        extra=fields.plain_table("extra"),
        lines={intern(key): field.line for key, field in document.fields.items()},
    )
    fields.check_unknown(hint="Keys of your own go under `extra:`.")
    return article


def _slug(fields: Fields, name: str) -> str:
    slug = fields.text("slug", default=name)
    if (why := bad_name(slug)) is not None:
        fields.error("slug", f'the slug "{slug}" {why}.', f'Write one like "{path_part(name)}".')
    elif path_part(slug) != normalize("NFC", slug):
        what = "slug" if fields.has("slug") else "file name"
        fields.error(
            "slug",
            f'the {what} "{slug}" must be lower-case letters, digits and hyphens.',
            f'Write "{path_part(slug)}".',
        )
    return path_part(slug)  # so that the slug of an article with this mistake is never a path


def _aliases(fields: Fields) -> tuple[str, ...]:
    aliases = fields.texts("aliases")
    for alias in aliases:
        if is_old_address(alias):
            if mistake := old_address_mistake(alias):
                fields.error("aliases", *mistake)
        elif bad_name(alias) or path_part(alias) != alias:
            fields.error("aliases", f'"{alias}" was never a slug.', f'Write "{path_part(alias)}".')
    return aliases


def _dek(fields: Fields) -> str:
    """The dek, also under the names that other systems have for it."""
    deks = [(key, fields.text(key, multiline=True)) for key in _DEK_KEYS if fields.has(key)]
    for key, _ in deks[1:]:
        fields.error(key, f"`{key}` and `{deks[0][0]}` are two words for the dek.", "Keep one.")
    return collapse_spaces(deks[0][1]).strip() if deks else ""


def _authors(fields: Fields, known: Mapping[str, Author]) -> tuple[Author, ...]:
    """A list of names, or of tables with name, role and url; a single author needs no list.

    What the article does not say of an author is that of `known`.
    """
    field = fields.field("authors")
    if field is None:
        return ()
    items = field.value if isinstance(field.value, tuple) else (field,)
    authors: list[Author] = []
    for item in items:
        role = url = ""
        if isinstance(item.value, dict):
            author = Fields(item.value, fields.path, fields.errors, item.line, "author")
            name, role = author.author_name("name", required=True), author.text("role")
            url = author.web_address("url")
            author.check_unknown()
        else:
            name = Fields({"authors": item}, fields.path, fields.errors, item.line).author_name("authors")
        if name:
            authors.append(_author(known.get(name, Author(name)), role, url))
    return tuple(authors)


@lru_cache(10_000)
def _author(known: Author, role: str, url: str) -> Author:
    """Add what an article says of an author. Articles that say the same share one value."""
    return replace(known, role=role or known.role, url=url or known.url)


# --- across articles and link items ------------------------------------------------------------


_Mistake = tuple[str, PressroomError]


def _mistake(item: PoolItem, field: str, message: str, hint: str | None) -> _Mistake:
    line = item.lines.get(field) or item.place.line
    return item.key, PressroomError(message, item.place.path, line, hint)


def _check_slugs(articles: list[Article]) -> Iterator[_Mistake]:
    """Check that each slug, and each former slug, belongs to one article only."""
    first: dict[str, Article] = {}
    for article in articles:
        other = first.setdefault(article.slug, article)
        if other is not article:
            message = f'the slug "{article.slug}" is taken by {other.place.path}.'
            yield _mistake(
                article, "slug", message, "Rename one of the files, or give it a `slug` of its own."
            )
    folders = {folder: each for each in articles for alias in each.aliases for folder in folders_of(alias)}
    for article in articles:
        for alias in article.aliases:
            other = first.setdefault(alias, article)
            if other is not article or alias == article.slug:
                message = f'the alias "{alias}" is taken by {other.place.path}.'
                yield _mistake(article, "aliases", message, "Delete it here, or rename the other.")
            if alias in folders:
                message = f'the alias "{alias}" is a page, and {folders[alias].place.path} has one below it.'
                yield _mistake(article, "aliases", message, "Delete one of the two.")


def _check_ids(articles: list[Article], links: Sequence[LinkItem]) -> Iterator[_Mistake]:
    """Check that no two articles have one id in feeds, and no link item the slug of an article as its id."""
    first: dict[str, Article] = {}
    for article in articles:
        other = first.setdefault(article.feed_id, article) if article.feed_id else article
        if other is not article:
            message = f'the id "{article.feed_id}" is taken by {other.place.path}.'
            yield _mistake(article, "id", message, "Delete one: readers would see one of the two alone.")
    if not links:
        return
    slugs = {slug: article for article in articles for slug in (article.slug, *article.aliases)}
    for link in links:
        if link.id in slugs:
            message = f'the id "{link.id}" is taken by {slugs[link.id].place.path}.'
            yield _mistake(link, "id", message, "Give the link another `id`.")


def _check_spellings(noun: str, items: Sequence[tuple[PoolItem, tuple[str, ...]]]) -> Iterator[_Mistake]:
    """Check that each tag, or series, has one spelling. The others are nearly always mistakes."""
    names_in_use = list(chain.from_iterable(names for _, names in items))
    usual = usual_spellings(names_in_use)
    if set(usual.values()).issuperset(names_in_use):
        return
    field = "tags" if noun == "tag" else noun
    first: dict[str, PoolItem] = {}
    for item, names in items:
        for name in names:
            first.setdefault(name, item)
    for item, name in ((item, name) for item, names in items for name in names):
        if (spelling := usual[path_part(name)]) != name:
            other = first[spelling]
            line = other.lines.get(field) or other.place.line
            message = f'the {noun} "{name}" is spelt "{spelling}" in {other.place.path}:{line}.'
            yield _mistake(item, field, message, "Use one spelling.")


def _check_related(articles: list[Article]) -> Iterator[_Mistake]:
    known = {article.slug for article in articles}
    for article in articles:
        for slug in article.related:
            if slug == article.slug or slug not in known:
                what = "the article itself" if slug == article.slug else "which no article has"
                message = f'`related` names the slug "{slug}", {what}.'
                yield _mistake(article, "related", message, suggest(slug, known - {article.slug}))
