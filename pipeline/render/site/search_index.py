"""Search as a static file: an index made at build, which a small script of the search page looks through.

The index is JSON: `issues` and `articles`, newest first, each entry with `title`, `href` (as seen from
the search page), `date` as readers see it, `dek`, `tags`, and the folded words of its text as `words`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pipeline.content.medium import Medium, for_audience
from pipeline.content.parse import plain, texts
from pipeline.model import EVERYONE, Content, OutputFile
from pipeline.render.site.head_metadata import SEARCH_POLICY, PageHead
from pipeline.render.site.page_content import SitePage, filled_text, opening
from pipeline.render.site.page_frame import SEARCH, SiteRenderer
from pipeline.render.site.page_values import article_view, by_year, day, tag_links
from pipeline.support import urls

INDEX = f"{SEARCH}index.json"
SCRIPT = f"{SEARCH}search.js"

BUDGET = 1_000_000
"""Characters of words in the index, about a third of that once a host has compressed it. When they are
spent, older articles are found by title, dek and tags alone."""

_APART = str.maketrans(
    {"ß": "ss", "ς": "σ", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe",
     "þ": "th", "ـ": ""}
)  # fmt: skip
"""Letters that Unicode does not take apart; `search.js` has the same."""

_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
"""Accents of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic. Marks of other scripts are
vowels without which a word is another."""

_VOWELS = "\u0900"
"""Where scripts begin whose vowels are marks, which belong to their words."""


def fold(text: str) -> str:
    """Text as it is compared: lower case, without accents. `search.js` does the same."""
    apart = unicodedata.normalize("NFKD", text).lower().translate(_APART)
    return unicodedata.normalize("NFC", _MARKS.sub("", apart))


def words_of(texts: Iterable[str]) -> str:
    """The folded words of these texts, each once, sorted, with a space between."""
    folded = fold("\n".join(texts))
    if folded and max(folded) >= _VOWELS:
        folded = re.sub(r"[\W_]", lambda found: found[0] if _is_mark(found[0]) else " ", folded)
        return " ".join(sorted(set(re.findall(r"[^\W_]\S*", folded))))
    return " ".join(sorted(set(re.findall(r"[^\W_]+", folded))))


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M"


def search_page(site: SiteRenderer) -> OutputFile:
    """The search page. Without its script it lists tags and articles."""
    shelf, page = site.shelf, site.page(SEARCH)
    head = PageHead(
        title=f"{site.words.format('web.search')} · {site.publication.title}",
        description="",
        canonical="",
        feeds=site.feeds(page),
        policy=SEARCH_POLICY,
    )
    return site.render(
        "search.html.j2",
        page,
        head,
        index=page.href(urls.address(site.publication, INDEX)),
        script=page.href(urls.address(site.publication, SCRIPT)),
        tags=tag_links(tuple(shelf.by_tag), shelf, page),
        years=by_year(tuple(article_view(each, shelf, page) for each in shelf.articles)),
    )


def search_script(site: SiteRenderer) -> OutputFile:
    """The page's script, a file of the theme."""
    return OutputFile(SCRIPT, site.templates.read("web/search.js")[0].encode())


def search_index(site: SiteRenderer) -> OutputFile:
    """What the script looks through."""
    data = {"issues": list(_issues(site)), "articles": list(_articles(site))}
    return OutputFile(INDEX, json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())


def _issues(site: SiteRenderer) -> Iterator[dict[str, Any]]:
    page, publication = site.page(SEARCH), site.publication
    for edition, *_ in site.shelf.issues:
        number = site.words.format("issue", number=edition.issue.number)
        letter = for_audience(edition.letter, Medium.WEB, edition.audience)
        # Without a preview text of its own the issue has one made of the letter as it is mailed.
        own = edition.issue.preview_text
        dek = filled_text(edition.preview_text, publication) if own else opening(letter)
        words = words_of((number, *_spoken(letter)))
        yield _entry(page, edition.issue.title, edition.url, edition.issue.date, dek, (), words)


def _articles(site: SiteRenderer) -> Iterator[dict[str, Any]]:
    page, left = site.page(SEARCH), BUDGET
    for each in site.shelf.articles:
        article, words = each.article, ""
        if left > 0:
            content = for_audience(each.content, Medium.WEB, EVERYONE)
            words = words_of((*(author.name for author in article.authors), *_spoken(content)))
            left -= len(words)
        tags = tuple(tag for tag in dict.fromkeys(article.tags) if tag in site.shelf.by_tag)
        yield _entry(page, article.title, each.url, article.date, article.dek, tags, words)


def _entry(
    page: SitePage, title: str, url: str | None, date: datetime, dek: str, tags: tuple[str, ...], words: str
) -> dict[str, Any]:
    entry = {
        "title": title,
        "href": page.href(url or ""),
        "date": day(date, page.words).text,
        "dek": dek,
        "tags": list(tags),
        "words": words,
    }
    return {key: value for key, value in entry.items() if value}


def _spoken(content: Content) -> Iterator[str]:
    """The texts of content that was chosen for its readers, its notes among them."""
    yield from texts(tuple(content.blocks))
    yield from (plain(note) for note in content.footnotes)
