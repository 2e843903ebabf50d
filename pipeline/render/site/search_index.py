"""The search page and its index, static files in which a small script of the page searches.

`index.json` names the other files, those of articles and then those of issues, newest first. The files of
`titles` are lists of entries, each with `title`, `href` (relative to the search page), `date` as readers
see it, `dek` and `tags`; the files of `texts` are lists of an entry's `href` and the folded words of its
text. The oldest are in the first part, so that a part that is full never changes again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from pipeline.content.medium import Medium, for_audience
from pipeline.content.tree_text import content_texts
from pipeline.model import EVERYONE, ComposedArticle, ComposedEdition, OutputFile, SitePart
from pipeline.render.site.head_metadata import SEARCH_POLICY, PageHead
from pipeline.render.site.list_pages import year_links
from pipeline.render.site.page_frame import SEARCH, SiteRenderer
from pipeline.render.site.page_values import article_date, by_year, site_article, site_date, tag_list
from pipeline.render.site.paging import PAGE
from pipeline.render.site.shown_values import ShownValues
from pipeline.render.site.site_page import SitePage

INDEX = f"{SEARCH}index.json"
SCRIPT = f"{SEARCH}search.js"

PART = 120_000
"""Characters in a file of titles, at most about 50 KB once a host has compressed it."""

SOURCES = 300_000
"""Characters of Markdown whose words are in one file: about 100,000 characters of words, each once a text."""

_UNDECOMPOSED = str.maketrans(
    {"ß": "ss", "ς": "σ", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe",
     "þ": "th", "ـ": ""}
)  # fmt: skip
"""Letters that Unicode does not decompose; `search.js` has the same."""

_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
"""Accents of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic. Marks of other scripts are
vowels, without which a word is a different one."""

_SIGNS = r"(?:\+\+|#(?![^\W_]))?"
"""What makes `C++` and `C#` words of their own."""

_VOWELS = "\u0900"
"""The first code point of the scripts whose vowels are marks, which belong to their words."""


def fold(text: str) -> str:
    """Fold a text for comparison: lower case, without accents. `search.js` does the same."""
    decomposed = unicodedata.normalize("NFKD", text).lower().translate(_UNDECOMPOSED)
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))


def words_of(texts: Iterable[str]) -> str:
    """The folded words of these texts, each once, sorted, with a space between."""
    folded = fold("\n".join(texts))
    if folded and max(folded) >= _VOWELS:
        folded = re.sub(
            r"[^\w+#]|_", lambda match: match[0] if unicodedata.category(match[0])[0] == "M" else " ", folded
        )
        return " ".join(sorted(set(re.findall(rf"[^\W_][^\s+#]*{_SIGNS}", folded))))
    return " ".join(sorted(set(re.findall(rf"[^\W_]+{_SIGNS}", folded))))


def search_page(site: SiteRenderer) -> OutputFile:
    """The search page. Without scripts it lists tags and articles."""
    index, page = site.index, site.page(SEARCH)
    title = f"{site.messages.format('web.search')} · {site.publication.title}"
    return site.render(
        "search.html.j2",
        page,
        PageHead(title, feeds=site.feeds(page), policy=SEARCH_POLICY),
        index=page.link(INDEX),
        script=page.link(SCRIPT),
        tags=tag_list(index, page),
        years=by_year(site_article(each, index, page) for each in index.articles[:PAGE]),
        all_years=year_links(index, page),
    )


def search_script(site: SiteRenderer) -> OutputFile:
    """The page's script, a file of the theme."""
    return OutputFile(SCRIPT, site.templates.read("web/search.js")[0].encode())


def search_parts(site: SiteRenderer, shown: ShownValues) -> Iterator[SitePart]:
    """The files that the script searches: a part for each file of texts, and one for all else."""
    page, texts = site.page(SEARCH), []
    articles = [(each.article.length, partial(_article, page, each)) for each in site.index.articles]
    issues = [
        (
            len(edition.issue.letter) + sum(len(each.link.comment) for each in edition.links),
            partial(_issue, site, page, edition),
        )
        for edition, *_ in site.index.issues
    ]
    for name, rows, keys in (
        ("articles", articles, shown.article_keys),
        ("issues", issues, shown.issue_keys),
    ):
        for first, last, path in _files_of_texts(name, [length for length, _ in rows]):
            makers = [make for _, make in rows[first:last]]
            yield SitePart(f"site {path}", keys[first:last], partial(_texts, path, makers))
            texts.append(path)
    yield SitePart("site search", (texts, shown.titles), partial(_titles, site, page, texts))


def _files_of_texts(name: str, lengths: Sequence[int]) -> list[tuple[int, int, str]]:
    """Share texts, newest first, out to files: the first and the last of each, and its path."""
    ends, size = [len(lengths)], 0
    for position in range(len(lengths) - 1, -1, -1):
        if size and size + lengths[position] > SOURCES:
            ends.append(position + 1)
            size = 0
        size += lengths[position]
    ranges = [(first, last) for last, first in zip(ends, [*ends[1:], 0], strict=True) if first < last]
    return [(first, last, f"{SEARCH}{name}-{number}.json") for number, (first, last) in enumerate(ranges, 1)][
        ::-1
    ]


def _texts(path: str, rows: Iterable[Callable[[], tuple[str, str]]]) -> tuple[OutputFile, ...]:
    return (OutputFile(path, _json([row() for row in rows]).encode()),)


def _titles(site: SiteRenderer, page: SitePage, texts: Sequence[str]) -> tuple[OutputFile, ...]:
    """The files of titles, and `index.json`, which names all files."""
    articles = [_article_entry(site, page, each) for each in site.index.articles]
    issues = [_issue_entry(page, edition) for edition, *_ in site.index.issues]
    titles = [*_parts("articles-titles", articles), *_parts("issues-titles", issues)]
    names = {
        "titles": [page.link(file.path) for file in titles],
        "texts": [page.link(path) for path in texts],
    }
    return (OutputFile(INDEX, _json(names).encode()), *titles)


def _parts(name: str, rows: Sequence[object]) -> list[OutputFile]:
    """The files of these rows, which are newest first, as the files and the rows in them."""
    parts: list[list[str]] = [[]]
    for row in map(_json, reversed(rows)):
        if parts[-1] and sum(map(len, parts[-1])) + len(row) > PART:
            parts.append([])
        parts[-1].append(row)
    files = (
        OutputFile(f"{SEARCH}{name}-{number}.json", f"[{','.join(reversed(part))}]".encode())
        for number, part in enumerate(parts, 1)
        if part
    )
    return [*files][::-1]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _issue(site: SiteRenderer, page: SitePage, edition: ComposedEdition) -> tuple[str, str]:
    """The address and the words of an issue."""
    number = site.messages.format("issue", number=edition.issue.number)
    letter = for_audience(edition.letter, Medium.WEB, edition.audience)
    links = (
        text
        for each in edition.links
        for text in (each.link.title, each.link.author, *content_texts(each.content.blocks))
    )
    return page.href(edition.url or ""), words_of(
        (number, *content_texts(letter.blocks, letter.footnotes), *links)
    )


def _issue_entry(page: SitePage, edition: ComposedEdition) -> dict[str, Any]:
    date = site_date(edition.issue.date, page.messages).text
    return _entry(page, edition.issue.title, edition.url, date, edition.summary, ())


def _article(page: SitePage, composed: ComposedArticle) -> tuple[str, str]:
    """The address and the words of an article."""
    content = for_audience(composed.content, Medium.WEB, EVERYONE)
    names = (author.name for author in composed.article.authors)
    words = words_of((*names, *content_texts(content.blocks, content.footnotes)))
    return page.href(composed.url or ""), words


def _article_entry(site: SiteRenderer, page: SitePage, composed: ComposedArticle) -> dict[str, Any]:
    article, tags = composed.article, site.index.shown_tags(composed.article.tags)
    return _entry(page, article.title, composed.url, article_date(composed, page).text, article.dek, tags)


def _entry(
    page: SitePage, title: str, url: str | None, date: str, dek: str, tags: tuple[str, ...]
) -> dict[str, Any]:
    entry = {"title": title, "href": page.href(url or ""), "date": date, "dek": dek, "tags": list(tags)}
    return {key: value for key, value in entry.items() if value}
