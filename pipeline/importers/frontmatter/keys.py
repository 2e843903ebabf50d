"""The keys of content systems, for each field of an article, and front matter as it is looked up by them.

The first key of a line wins. Another one that says the same is left out; one that says something else
stays under `extra`. Capitals, hyphens and underscores make no difference (`publishedAt` is `published_at`);
a point leads into a table. Keys within Zola's `[extra]` and Hugo's `[params]` count behind those outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Inferred, Left
from pipeline.importers.frontmatter.values import folded, free_key, is_empty, kept, scalar

KEYS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "subject", "meta_title", "seo_title", "seo.title", "og_title"),
    "alt_title": ("alt_title", "alternative_title", "alternative_headline"),
    "slug": ("slug",),
    "dek": (
        *("dek", "deck", "standfirst", "subtitle", "sub_title", "excerpt", "custom_excerpt", "summary"),
        *("description", "abstract", "teaser", "lede", "lead", "tagline"),
        *("meta_description", "seo_description", "seo.description", "og_description"),
    ),
    "categories": ("categories", "category", "taxonomies.categories", "taxonomies.category"),
    "tags": ("tags", "tag", "taxonomies.tags", "taxonomies.tag", "keywords", "topics", "labels"),
    "authors": ("authors", "author", "taxonomies.authors", "byline", "by", "writer", "primary_author"),
    "author_role": ("author_role", "author_title", "author_job_title", "author_credentials"),
    "author_url": ("author_url", "author_link", "author_website"),
    "date": (
        *("date", "published_at", "publish_date", "pub_date", "published", "published_on", "date_published"),
        *("publication_date", "posted", "posted_on", "created", "created_at", "date_created"),
        *("creation_date", "timestamp"),
    ),
    "updated": (
        *("updated", "updated_at", "lastmod", "modified", "modified_at", "last_modified", "last_modified_at"),
        *("last_updated", "last_update.date", "date_modified", "date_updated", "updated_on"),
        *("update_date", "updated_date", "modified_date", "edited"),
    ),
    "image": (
        *("featured_image", "feature_image", "image", "cover_image", "cover", "hero_image"),
        *("hero", "header.image", "header.overlay_image", "featured_img", "lead_image"),
        *("banner", "banner_image", "main_image", "picture", "photo", "thumbnail", "thumb", "header.teaser"),
        *("og_image", "og.image", "seo.image", "social_image", "twitter_image", "images"),
    ),
    "image_alt": (
        *("image_alt", "featured_image_alt", "feature_image_alt", "cover_alt"),
        *("cover_image_alt", "hero_image_alt", "hero_alt", "banner_alt", "thumbnail_alt", "alt"),
    ),
    "canonical_url": (
        "canonical_url",
        "canonical",
        "original_url",
        "seo.canonical",
        "absolute_url",
        "url",
        "permalink",
    ),
    "audience": ("audience", "audiences"),
    "related": (
        *("related_articles", "related", "related_posts", "related_content", "see_also", "read_next"),
        *("further_reading",),
    ),
    "disclaimer": ("disclaimer",),
    "link": ("link", "external_url", "external_link", "link_url", "linked_url"),
    "aliases": ("aliases", "alias", "redirect_from", "redirects"),
    "address": ("permalink", "url", "path"),
    "draft": ("draft", "is_draft", "unpublished", "private"),
    "published": ("published", "is_published", "publish"),
    "status": ("status", "state", "post_status"),
}

CONTAINERS = ("extra", "params")
"""Tables whose keys are as good as those outside."""

_LOOKED_UP = {
    name: tuple(".".join(map(folded, key.split("."))) for key in keys) for name, keys in KEYS.items()
}
"""`KEYS` with each part of a key folded."""

Path = tuple[str, ...]
"""The keys that lead to a value, as written."""

_GONE = object()


class Tree:
    """The fields of front matter. What is taken out of it is not in `extra`.

    `inferred` and `left` collect what an editor should know of how it was read.
    """

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.inferred: list[Inferred] = []
        self.left: list[Left] = []
        self._taken: dict[Path, Any] = {}
        self._around: set[Path] = set()  # the tables that something was taken out of
        self._places: dict[str, list[Path]] = {}
        inner = [(key, each) for key, each in fields.items() if folded(key) in CONTAINERS]
        paths: list[Path] = [(key,) for key in fields]
        paths += [(key, name) for key, each in inner if isinstance(each.value, dict) for name in each.value]
        for path in paths:
            name, field = folded(path[-1]), self._at(path)
            self._places.setdefault(name, []).append(path)
            for key in field.value if isinstance(field.value, dict) else ():
                self._places.setdefault(f"{name}.{folded(key)}", []).append((*path, key))

    def candidates(self, name: str) -> Iterator[tuple[Path, Field]]:
        """What may be this field of an article, by the order of the table; nothing that is taken or empty."""
        for key in _LOOKED_UP[name]:
            for path in self._places.get(key, ()):
                field = self._at(path)
                if not is_empty(field) and path not in self._taken:
                    yield path, field

    def _at(self, path: Path) -> Field:
        field = self.fields[path[0]]
        for key in path[1:]:
            field = field.value[key]
        return field

    def take(self, path: Path, rest: Any = None) -> None:
        """Note that a value has found its place, but for `rest`, which goes under `extra`."""
        self._taken[path] = _GONE if rest is None else rest
        self._around.update(path[:depth] for depth in range(1, len(path)))

    def infer(self, field: str, value: str, why: str) -> None:
        """Note how a field was found."""
        self.inferred.append(Inferred(field, value, why))

    def leave(self, path: Path, reason: str) -> None:
        """Note what an editor should know of a value that stays under `extra`."""
        field = self._at(path)
        self.left.append(Left(f"{key_of(path)}: {scalar(field)}", reason, field.line))

    def extra(self) -> dict[str, Any]:
        """What has no home in an article, under its own keys. Empty fields are noted as left."""
        extra: dict[str, Any] = {}
        inner: dict[str, Any] = {}
        for key, field in self.fields.items():
            if is_empty(field) and (key,) not in self._taken:
                shown = field.raw if field.raw is not None else field.value
                text = cleaned(f"{key}: {shown or ''}".strip())
                self.left.append(Left(text, "an empty field of the front matter", field.line))
                continue
            value = self._rest((key,), field)
            if key == "extra" and isinstance(value, dict):
                inner = value
            elif value is not _GONE:
                extra[free_key(cleaned(key), extra)] = value
        if any(key in extra for key in inner):
            return {**extra, free_key("extra", extra): inner}
        return {**extra, **inner}

    def _rest(self, path: Path, field: Field) -> Any:
        if path in self._taken:
            return self._taken[path]
        if path not in self._around or not isinstance(field.value, dict):
            return kept(field)
        rest: dict[str, Any] = {}
        for key, each in field.value.items():
            if (value := self._rest((*path, key), each)) is not _GONE:
                rest[free_key(cleaned(key), rest)] = value
        return rest or _GONE


def key_of(path: Path) -> str:
    """The key as an editor would name it."""
    return ".".join(path)
