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
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pipeline.content.medium import Medium, for_audience
from pipeline.content.tree_text import content_texts
from pipeline.model import EVERYONE, OutputFile
from pipeline.render.site.archive import PAGE
from pipeline.render.site.head_metadata import SEARCH_POLICY, PageHead
from pipeline.render.site.list_pages import year_links
from pipeline.render.site.page_frame import SEARCH, SiteRenderer
from pipeline.render.site.page_values import article_date, by_year, site_article, site_date, tag_list
from pipeline.render.site.site_page import SitePage

INDEX = f"{SEARCH}index.json"
SCRIPT = f"{SEARCH}search.js"

PART = 120_000
"""Characters in a part, at most about 50 KB once a host has compressed it."""

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


def search_index(site: SiteRenderer) -> tuple[OutputFile, ...]:
    """The files that the script searches."""
    page = site.page(SEARCH)
    titles: list[OutputFile] = []
    texts: list[OutputFile] = []
    for name, listed in (("articles", tuple(_articles(site, page))), ("issues", tuple(_issues(site, page)))):
        titles += _parts(f"{name}-titles", [entry for entry, _ in listed])
        texts += _parts(name, [(entry["href"], words) for entry, words in listed])
    names = {
        kind: [page.link(file.path) for file in files]
        for kind, files in (("titles", titles), ("texts", texts))
    }
    return (OutputFile(INDEX, _json(names).encode()), *titles, *texts)


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


def _issues(site: SiteRenderer, page: SitePage) -> Iterator[tuple[dict[str, Any], str]]:
    for edition, *_ in site.index.issues:
        number = site.messages.format("issue", number=edition.issue.number)
        letter = for_audience(edition.letter, Medium.WEB, edition.audience)
        links = (
            text
            for each in edition.links
            for text in (each.link.title, each.link.author, *content_texts(each.content.blocks))
        )
        words = words_of((number, *content_texts(letter.blocks, letter.footnotes), *links))
        date = site_date(edition.issue.date, page.messages).text
        yield _entry(page, edition.issue.title, edition.url, date, edition.summary, ()), words


def _articles(site: SiteRenderer, page: SitePage) -> Iterator[tuple[dict[str, Any], str]]:
    for each in site.index.articles:
        article = each.article
        content = for_audience(each.content, Medium.WEB, EVERYONE)
        names = (author.name for author in article.authors)
        words = words_of((*names, *content_texts(content.blocks, content.footnotes)))
        tags = site.index.shown_tags(article.tags)
        yield _entry(page, article.title, each.url, article_date(each, page).text, article.dek, tags), words


def _entry(
    page: SitePage, title: str, url: str | None, date: str, dek: str, tags: tuple[str, ...]
) -> dict[str, Any]:
    entry = {"title": title, "href": page.href(url or ""), "date": date, "dek": dek, "tags": list(tags)}
    return {key: value for key, value in entry.items() if value}
