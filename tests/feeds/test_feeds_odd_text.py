"""Any text survives every format: what goes in comes out, and all formats say the same."""

from __future__ import annotations

from dataclasses import replace

import feedparser
from feed_kit import PUBLICATION, ParsedFeeds, article, build_files, edition, element, prose
from html_kit import HtmlReader
from hypothesis import example, given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.model import Author, Content, Layout, Published
from pipeline.render.feeds.feed_item import single_line

ANY = st.text(st.characters(), max_size=40)
HARD = (
    "]]>",
    "<title>&amp;</title>",
    "{{ first_name }}",
    "\x00\ufffe\ud800\r\n",
    " ",
    "a, b",
    "é 🧠 <![CDATA[",
)


@tries(120)
@given(title=ANY, dek=ANY, tag=ANY, name=ANY, words=ANY)
@example(*HARD[:5])
@example(*HARD[2:])
def test_any_text_is_the_same_in_every_format(title: str, dek: str, tag: str, name: str, words: str) -> None:
    body = Content((prose(element("p", words)),))
    one = article("x", 0, body, title=title, dek=dek, tags=(tag,), authors=(Author(name),))
    published = Published(PUBLICATION, (edition(1, "everyone", (one, Layout.FULL)),), (one,), (tag,))
    files = build_files(published)
    for folder in ("", "articles/"):
        read = ParsedFeeds(files, folder)
        for rss, atom, data in read.contents():
            assert rss == atom == data
        assert read.rss_values("title") == read.atom_values("a:title") == read.json_values("title")
        assert read.atom_values("a:summary") == read.json_values("summary")
    item = ParsedFeeds(files, "articles/").json["items"][0]
    assert item["title"] == (single_line(title) or PUBLICATION.title)
    if single_line(dek):
        assert item["summary"] == single_line(dek)
    assert single_line(words) in single_line(HtmlReader(item["content_html"]).text)
    assert item["authors"] == [{"name": single_line(name) or PUBLICATION.title}]
    assert all("," not in each for each in item.get("tags", []))


@tries(40)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), max_size=12))
def test_order_is_kept_and_ids_are_unique(titles: list[str]) -> None:
    articles = tuple(article(f"a{n}", -n // 2, title=title) for n, title in enumerate(titles))
    files = build_files(Published(PUBLICATION, (), articles, ("ketamine",) if articles else ()))
    if not articles:
        return
    ids = [each.feed_identity.id for each in articles]
    for folder in ("articles/", "tags/ketamine/"):
        read = ParsedFeeds(files, folder)
        assert read.rss_values("guid") == read.atom_values("a:id") == read.json_values("id") == ids
        assert [entry.id for entry in feedparser.parse(files[f"{folder}atom.xml"]).entries] == ids


def test_the_publications_own_title_may_be_odd() -> None:
    publication = replace(PUBLICATION, title='<b>&"\x0b ]]>')
    files = build_files(Published(publication, (), (article("x"),), ("ketamine",)))
    read = ParsedFeeds(files, "articles/")
    assert read.rss.findtext("channel/title") == '<b>&" ]]>: Articles' == read.json["title"]
