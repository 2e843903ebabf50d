"""What the keys of content systems mean: for each field of an article, the keys that say it.

The first key of a line wins. Another one that says the same is left out; one that says something else
stays under `extra`. Capitals, hyphens and underscores make no difference (`publishedAt` is `published_at`);
a point leads into a table. Keys within Zola's `[extra]` and Hugo's `[params]` count behind those outside.
"""

from __future__ import annotations

import re

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


def folded(key: str) -> str:
    """The key without capitals and marks, as it is looked up."""
    return re.sub(r"[\W_]+", "", key).lower()


LOOKED_UP = {
    field: tuple(".".join(folded(part) for part in key.split(".")) for key in keys)
    for field, keys in KEYS.items()
}
"""`KEYS` with each part of a key folded."""
