"""Importing Markdown: what each content system says in its front matter is found again in the draft."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.parser_inline import ParserInline
from property_kit import tries
from table_kit import rows

from pipeline.config.fields import Field
from pipeline.errors import PressroomError
from pipeline.importers.blocks import Kind, parse_blocks
from pipeline.importers.dates import date_of
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Draft, Material
from pipeline.importers.frontmatter.keys import CONTAINERS, KEYS
from pipeline.importers.frontmatter.values import flag_of, folded
from pipeline.importers.readers import markdown

SETTINGS = tries(100)


def draft_of(text: str, name: str = "a.md") -> Draft:
    material = Material(name, text.encode())
    [draft] = markdown.read(material)
    return draft


def test_blocks_are_found_without_a_look_at_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ParserInline, "parse")  # brackets that nobody closes take it long
    blocks = parse_blocks("# A title\n\n" + "[" * 1000 + "\n\n- one\n- two\n\n| a |\n|---|\n| b |\n")
    assert [each.kind for each in blocks] == [Kind.HEADING, Kind.PARAGRAPH, Kind.LIST, Kind.TABLE]


# --- nothing is lost ---------------------------------------------------------------------------


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", cleaned(text).casefold().replace("_", " ")))


def said(draft: Draft) -> str:
    """All that a draft says, as one text."""
    parts = [draft.title, draft.alt_title, draft.slug, draft.dek, draft.image, draft.image_alt]
    parts += [draft.canonical_url, draft.disclaimer, draft.link, draft.body, str(draft.draft)]
    parts += [*draft.tags, *draft.audience, *draft.aliases]
    parts += [each for author in draft.authors for each in (author.name, author.role, author.url)]
    parts += [each for link in draft.related for each in (link.title, link.address)]
    parts += [f"{each.text} {each.reason}" for each in draft.left]
    parts += [each.isoformat() for each in (draft.date, draft.updated) if each]
    parts += [json.dumps(draft.extra, ensure_ascii=False), *(str(each) for each in leaves(draft.extra))]
    return "\n".join(parts)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def missing(source: dict[str, Any], draft: Draft) -> list[Any]:
    """The values of a source, and its keys without a home, that a draft does not say."""
    found = words(said(draft))
    lost = []
    for key, value in source.items():
        if folded(key) not in HOMES:
            lost += [key] if not words(key) <= found else []
        for leaf in leaves(value):
            reading = date_of(Field(leaf, 1))
            if reading and reading.moment and reading.moment in (draft.date, draft.updated):
                continue
            if folded(key) in FLAGS and flag_of(Field(leaf, 1)) is not None:
                continue
            if isinstance(leaf, bool):
                lost += [leaf] if str(leaf).lower() not in found else []
            elif leaf is not None:
                lost += [leaf] if not words(str(leaf)) - {"by", "and"} <= found else []
    return lost


HOMES = {folded(key.partition(".")[0]) for keys in KEYS.values() for key in keys} | set(CONTAINERS)
FLAGS = {folded(key) for name in ("draft", "published") for key in KEYS[name]}

FLAVOURS: dict[str, dict[str, Any]] = {
    "title": {"title": "The switch"},
    "slug": {"slug": "the-switch"},
    "excerpt": {"excerpt": "A line under it"},
    "description": {"description": "A line under it"},
    "summary": {"summary": "A line under it"},
    "dek": {"dek": "A line under it"},
    "four words for the dek": {"dek": "One", "excerpt": "Two", "summary": "Three", "description": "Four"},
    "category": {"category": "Clinical Research"},
    "categories": {"categories": ["CLINICAL_RESEARCH", "Practice"]},
    "category and categories": {"categories": ["One"], "category": "Two"},
    "tags": {"tags": ["ketamine", "sleep"]},
    "tags in a text": {"tags": "ketamine, circadian rhythm"},
    "keywords": {"keywords": "ketamine, sleep"},
    "tags and keywords": {"tags": ["ketamine"], "keywords": ["sleep"]},
    "taxonomies.tags": {
        "taxonomies": {"tags": ["ketamine"], "categories": ["Practice"], "series": ["A series"]}
    },
    "author": {"author": "Ada Example"},
    "author with a role": {"author": "Ada Example, Medical Director"},
    "author as a table": {"author": {"name": "Ada Example", "bio": "Writes", "url": "https://ada.example/"}},
    "author without a name": {"author": {"twitter": "@ada"}},
    "authors": {"authors": ["Ada Example", "Ben Sample, editor", {"name": "Cy Specimen", "title": "Chair"}]},
    "authors and author": {"authors": ["Ada Example"], "author": "Ben Sample"},
    "date": {"date": date(2026, 1, 5)},
    "publishedAt": {"publishedAt": "2026-01-05T10:00:00Z"},
    "publishDate": {"publishDate": "2026-01-05 10:00:00 +0100"},
    "pubDate": {"pubDate": "Mon, 05 Jan 2026 10:00:00 +0100"},
    "published_at": {"published_at": "January 5, 2026"},
    "created": {"created": "2026-01-05"},
    "two dates": {"date": date(2026, 1, 5), "publishedAt": date(2026, 1, 6)},
    "a date with two readings": {"date": "05/01/2026"},
    "a date that is none": {"date": "next week"},
    "updatedAt": {"updatedAt": date(2026, 1, 5)},
    "lastmod": {"lastmod": date(2026, 1, 5)},
    "updated": {"updated": date(2026, 1, 5)},
    "modified": {"modified": "5 January 2026"},
    "featuredImage": {"featuredImage": "/a/switch.png", "featuredImageAlt": "A switch"},
    "image": {"image": "switch.png", "image_alt": "A switch"},
    "image as a table": {"image": {"src": "switch.png", "alt": "A switch", "caption": "Drawn"}},
    "image that is none": {"image": "Photo by Ada Example", "cover": True, "photo": 7},
    "cover.image": {
        "cover": {"image": "switch.png", "alt": "A switch", "caption": "Drawn", "relative": True}
    },
    "feature_image": {"feature_image": "https://synapse.example/switch.png"},
    "ogImage": {"ogImage": "/og.png", "image": "/switch.png"},
    "heroImage": {"heroImage": "../switch.png", "heroImageAlt": "A switch"},
    "thumbnail": {"thumbnail": {"url": "/t.png", "width": 300}},
    "images": {"images": ["a.png", "b.png"]},
    "canonicalUrl": {"canonicalUrl": "https://synapse.example/blog/switch"},
    "canonical_url": {
        "canonical_url": "https://synapse.example/blog/switch",
        "url": "https://other.example/x",
    },
    "a canonical address that is none": {"canonical": "/blog/switch"},
    "audience": {"audience": "patients, clinicians"},
    "audiences": {"audiences": ["patients"]},
    "relatedArticles": {
        "relatedArticles": ["a-slug", "/blog/b", "https://synapse.example/c", "A title only"]
    },
    "related": {"related": [{"title": "One", "url": "/blog/one", "date": "2025"}, {"note": "no address"}]},
    "draft": {"draft": True},
    "published": {"published": False},
    "published as a date": {"published": date(2026, 1, 5)},
    "status": {"status": "scheduled"},
    "readingTime": {"readingTime": "6 min read", "reading_time": 6},
    "wordCount": {"wordCount": 1400},
    "schema": {
        "schema": {"@type": "Article", "author": {"@type": "Person", "name": "Ada"}, "steps": [1, [2, 3]]}
    },
    "metaTitle": {"title": "One", "metaTitle": "Two", "metaDescription": "Three"},
    "metaTitle alone": {"metaTitle": "Two", "meta_description": "Three"},
    "aliases": {"aliases": ["/old/", "/2025/old/", "older.html"], "slug": "new"},
    "redirect_from": {"redirect_from": "/old/", "permalink": "/blog/new/"},
    "path": {"path": "library/new"},
    "disclaimer": {"disclaimer": "Information,\nnot advice."},
    "external_url": {"external_url": "https://journal.example/1", "link": "/not-a-web-address"},
    "keys that meet": {
        "foo": 1,
        "extra": {"foo": 2, "title": "From the table"},
        "params": {"deep": {"er": 3}},
    },
    "Hugo's params": {
        "params": {"author": "Ada Example", "subtitle": "Under it", "cover": {"image": "a.png"}}
    },
    "empty fields": {"title": "", "tags": [], "image": None, "strange": ""},
    "odd types": {
        "title": ["a", "b"],
        "date": ["x"],
        "tags": {"a": 1},
        "slug": {"b": 2},
        "authors": 7,
        "link": [1],
    },
}


@pytest.mark.parametrize("language", rows(["yaml", "toml", "json"], {"yaml"}))
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_value_of_each_flavour_is_in_the_draft(flavour: str, language: str) -> None:
    source = FLAVOURS[flavour]
    draft = draft_of(WRITERS[language](source))
    assert missing(source, draft) == []


def as_yaml(source: dict[str, Any]) -> str:
    return f"---\n{yaml.safe_dump(source, allow_unicode=True, sort_keys=False)}---\nBody.\n"


def as_json(source: dict[str, Any]) -> str:
    return json.dumps(source, default=lambda value: value.isoformat(), ensure_ascii=False) + "\n\nBody.\n"


def as_toml(source: dict[str, Any]) -> str:
    """TOML with tables inline; it has no null."""

    def value_of(value: Any) -> str:
        if isinstance(value, dict):
            inner = ", ".join(
                f"{json.dumps(k, ensure_ascii=False)} = {value_of(v)}"
                for k, v in value.items()
                if v is not None
            )
            return f"{{ {inner} }}"
        if isinstance(value, list):
            return f"[{', '.join(value_of(each) for each in value if each is not None)}]"
        return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)

    lines = (
        f"{json.dumps(k, ensure_ascii=False)} = {value_of(v)}" for k, v in source.items() if v is not None
    )
    return "+++\n" + "\n".join(lines) + "\n+++\nBody.\n"


WRITERS = {"yaml": as_yaml, "toml": as_toml, "json": as_json}


# What files hold: no control characters, which importing takes out of every text.
text = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=30)
key = st.one_of(st.sampled_from([key for keys in KEYS.values() for key in keys] + ["extra", "params"]), text)
scalar = st.one_of(
    text,
    st.booleans(),
    st.integers(),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.sampled_from(
        ["a, b", "/blog/x/", "https://x.example/y", "A B, editor", "05/06/2026", "[[x|y]]", "a/b", "no"]
    ),
)
value = st.recursive(
    scalar,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(key, inner, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(key, value, max_size=6))
@SETTINGS
def test_no_front_matter_loses_anything_in_any_language(source: dict[str, Any]) -> None:
    for language, write in WRITERS.items():
        if not source and language != "json":
            continue
        try:
            draft = draft_of(write(source))
        except PressroomError as error:
            assert error.path == "a.md"
        else:
            assert missing(source, draft) == [], language
