"""Each rule for a good feed that can be read off the files, by lxml and by a reader's own parser."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from feed_kit import (
    BODY,
    DISCLAIMER,
    HOME,
    LEAD,
    LONG,
    NS,
    POINTER,
    PRIVATE,
    PUBLICATION,
    PUBLISHED,
    ParsedFeeds,
    article,
    build_files,
    edition,
    element,
    picture,
    prose,
)
from html_kit import HtmlReader
from lxml import etree
from model_kit import typed
from workspace_kit import ROOT

from pipeline.model import Content, Element, Layout, Published

FILES = build_files()
FOLDERS = (
    *("", "articles/", "audiences/patients/", "tags/ketamine/", "tags/sleep-deep/"),
    *("authors/ada-example/", "authors/bo-sample/"),
)
MAIN, ARTICLES = ParsedFeeds(FILES), ParsedFeeds(FILES, "articles/")
XML = [path for path in FILES if path.endswith(".xml")]
ALL = [ParsedFeeds(FILES, folder) for folder in FOLDERS]


def html(folder: str = "articles/", index: int = 0) -> HtmlReader:
    return HtmlReader(ParsedFeeds(FILES, folder).json["items"][index]["content_html"])


def test_there_is_a_feed_in_three_formats_for_issues_articles_public_audiences_tags_and_authors() -> None:
    expected = {f"{folder}{name}" for folder in FOLDERS for name in ("feed.xml", "atom.xml", "feed.json")}
    assert set(FILES) == {*expected, "feeds.opml"}


@pytest.mark.parametrize("path", XML)
def test_rule_1_declaration_at_byte_0_and_only_a_style_sheet_in_css_before_the_root(path: str) -> None:
    style = f'<?xml-stylesheet type="text/css" href="{"../" * path.count("/")}feed.css"?>'
    root = "<rss" if path.endswith("feed.xml") else "<feed"
    assert FILES[path].startswith(f"<?xml version='1.0' encoding='UTF-8'?>\n{style}\n{root} ".encode())
    assert b"<!DOCTYPE" not in FILES[path]


@pytest.mark.parametrize("folder", FOLDERS)
def test_rule_2_one_self_link_with_the_public_address_and_type(folder: str) -> None:
    read = ParsedFeeds(FILES, folder)
    assert [dict(link.attrib) for link in read.rss.iter(f"{{{NS['a']}}}link")] == [
        {"href": f"{HOME}{folder}feed.xml", "rel": "self", "type": "application/rss+xml"}
    ]
    assert [dict(link.attrib) for link in read.atom.findall(".//a:link[@rel='self']", NS)] == [
        {"href": f"{HOME}{folder}atom.xml", "rel": "self", "type": "application/atom+xml"}
    ]
    assert read.json["feed_url"] == f"{HOME}{folder}feed.json"
    page = HOME if folder.startswith("audiences/") else f"{HOME}{folder}"
    assert read.rss.findtext("channel/link") == page == read.json["home_page_url"]


def test_rule_3_language() -> None:
    for read in ALL:
        assert read.rss.findtext("channel/language") == "en-GB" == read.json["language"]
        assert read.atom.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"


def test_rule_4_the_feed_is_dated_by_its_newest_change_and_never_by_the_build() -> None:
    for read in ALL:
        newest = max(datetime.fromisoformat(each) for each in read.json_values("date_modified"))
        assert parsedate_to_datetime(read.rss.findtext("channel/lastBuildDate")) == newest
        assert datetime.fromisoformat(read.atom.findtext("a:updated", namespaces=NS)) == newest
    assert build_files() == FILES


@pytest.mark.slow
def test_rule_4_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import hashlib, feed_kit; print(hashlib.sha256(repr(feed_kit.build_files()).encode()).hexdigest())"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "kits")))
    there = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": path, "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert there.strip() == hashlib.sha256(repr(build_files()).encode()).hexdigest()


def test_rule_5_channel_metadata_before_the_items_and_a_small_image() -> None:
    for read in ALL:
        names = [child.tag for child in read.rss.find("channel")]
        assert set(names[names.index("item") :]) == {"item"}
        channel, image = read.rss.find("channel"), read.rss.find("channel/image")
        assert image.findtext("title") == channel.findtext("title")
        assert image.findtext("link") == channel.findtext("link")
        assert (image.findtext("width"), image.findtext("height")) == ("144", "72")


def test_rule_5_a_logo_that_rss_does_not_know_is_left_out() -> None:
    webp = replace(PUBLISHED, logo=picture("logo.webp", 10, 10, "image/webp"))
    assert ParsedFeeds(build_files(webp)).rss.find("channel/image") is None
    assert ParsedFeeds(build_files(replace(PUBLISHED, logo=None))).rss.find("channel/image") is None


def test_rule_5_a_tall_logo_is_scaled_by_its_height() -> None:
    image = ParsedFeeds(build_files(replace(PUBLISHED, logo=picture("logo.png", 100, 1600)))).rss.find(
        "channel/image"
    )
    assert (image.findtext("width"), image.findtext("height")) == ("25", "400")


def test_rule_6_newest_first_in_every_format() -> None:
    for read in ALL:
        dates = [datetime.fromisoformat(each) for each in read.json_values("date_published")]
        assert dates == sorted(dates, reverse=True)
        ids = read.json_values("id")
        assert read.rss_values("guid") == ids == read.atom_values("a:id")
    assert MAIN.json_values("title") == ["Issue 3 <b>", "Issue 2 <b>", "Issue 1 <b>"]


def test_rule_7_and_23_no_ttl_and_no_hub() -> None:
    for path in XML:
        assert b"<ttl" not in FILES[path] and b'"hub"' not in FILES[path]


def huge(count: int, size: int) -> Published:
    content = Content((prose(element("p", "é<" * size)),))
    # Each came with an issue of its own.
    articles = tuple(
        replace(article(f"a{n}", -n, content), issues=(f"{count - n:03}-issue",)) for n in range(count)
    )
    return replace(PUBLISHED, editions=(), articles=articles, tags=("ketamine",))


@pytest.mark.slow
def test_rule_8_the_oldest_items_leave_a_feed_of_1_mb() -> None:
    published = huge(40, 10_000)
    files = build_files(published)
    assert all(len(data) < 1_000_000 for data in files.values())
    read = ParsedFeeds(files, "articles/")
    kept = read.json_values("id")
    assert 1 < len(kept) < 40
    assert (
        kept == [each.feed_identity.id for each in published.articles[: len(kept)]] == read.rss_values("guid")
    )
    one_more = build_files(replace(published, articles=published.articles[: len(kept) + 1]))
    assert ParsedFeeds(one_more, "articles/").json_values("id") == kept


@pytest.mark.slow
def test_rule_8_the_newest_item_stays_however_long() -> None:
    files = build_files(huge(2, 200_000))
    assert len(ParsedFeeds(files, "articles/").items) == 1


def test_rule_9_no_prefixed_atom_elements_in_atom() -> None:
    for read in ALL:
        for node in read.atom.iter():
            assert (node.prefix is None) == (etree.QName(node).namespace == NS["a"])


def test_rule_10_the_id_is_the_recorded_one_everywhere() -> None:
    assert ARTICLES.rss_values("guid") == [each.feed_identity.id for each in PUBLISHED.articles]
    assert ARTICLES.json_values("id") == ParsedFeeds(FILES, "tags/ketamine/").json_values("id")
    for read in ALL:
        assert {item.find("guid").get("isPermaLink") for item in read.items} == {"false"}
        ids = read.json_values("id")
        assert len(set(ids)) == len(ids)


def test_rule_10_the_public_editions_of_an_issue_are_one_item() -> None:
    assert MAIN.json_values("url")[-1] == f"{HOME}issues/001-issue/"
    only = replace(PUBLISHED, editions=(edition(1, "patients"),))
    assert ParsedFeeds(build_files(only)).json_values("url") == [f"{HOME}issues/001-issue/patients/"]


def test_rule_10_the_ids_of_the_feeds_differ() -> None:
    ids = [read.atom.findtext("a:id", namespaces=NS) for read in ALL]
    assert ids == [f"{HOME}{folder}" for folder in FOLDERS]


def test_rule_11_the_link_is_the_items_own_page() -> None:
    urls = [each.url for each in PUBLISHED.articles]
    assert ARTICLES.rss_values("link") == urls == ARTICLES.json_values("url")
    for entry, url in zip(ARTICLES.entries, urls, strict=True):
        assert [dict(link.attrib) for link in entry.findall("a:link", NS)] == [
            {"href": url, "rel": "alternate", "type": "text/html"}
        ]
    for read in ALL:
        assert all(url.isascii() and url.startswith(HOME) for url in read.json_values("url"))


def test_rule_12_rss_titles_hold_numeric_references_and_atom_titles_are_text() -> None:
    assert b"<title>Salt &#x3C; &#x26; &#x3E; pepper</title>" in FILES["articles/feed.xml"]
    assert b"<title>Synapse &#x26; Co: Articles</title>" in FILES["articles/feed.xml"]
    for read in ALL:
        assert all(title.get("type") in (None, "text") for title in read.atom.iter(f"{{{NS['a']}}}title"))
        assert read.rss_values("title") == read.atom_values("a:title") == read.json_values("title")
    assert ARTICLES.json_values("title")[0] == "Salt < & > pepper"


def test_rule_13_summary_then_full_content() -> None:
    names = [child.tag for child in MAIN.items[0]]
    assert names.index("description") < names.index(f"{{{NS['content']}}}encoded")
    assert MAIN.rss_values("description")[0] == "For you: A &lt; B &amp; C"
    assert MAIN.atom_values("a:summary")[0] == "For you: A < B & C" == MAIN.json_values("summary")[0]
    for read in ALL:
        for rss, atom, data in read.contents():
            assert rss == atom == data
        assert {content.get("type") for content in read.atom.iter(f"{{{NS['a']}}}content")} == {"html"}
        assert {each.get("type") for each in read.atom.iter(f"{{{NS['a']}}}summary")} <= {None, "text"}


def test_rule_13_without_a_dek_the_first_words_are_the_summary() -> None:
    assert ARTICLES.json_values("summary")[1] == "Text of pointer."


def test_rule_14_one_creator_with_all_names_and_the_publication_for_none() -> None:
    for read in ALL:
        assert all(len(item.findall("dc:creator", NS)) == 1 for item in read.items)
        assert not list(read.rss.iter("author"))
    assert ARTICLES.rss_values("dc:creator")[:2] == ["Ada Example, Bo Sample", "Synapse & Co"]
    names = [
        [a.findtext("a:name", namespaces=NS) for a in e.findall("a:author", NS)] for e in ARTICLES.entries
    ]
    assert names == [[author["name"] for author in item["authors"]] for item in ARTICLES.json["items"]]
    assert [", ".join(each) for each in names] == ARTICLES.rss_values("dc:creator")


def test_rule_15_dates_are_the_recorded_ones_in_whole_seconds() -> None:
    for each, item, entry, data in zip(
        PUBLISHED.articles, ARTICLES.items, ARTICLES.entries, ARTICLES.json["items"], strict=True
    ):
        published, updated = (
            moment.replace(microsecond=0)
            for moment in (each.feed_identity.published, each.feed_identity.updated)
        )
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", item.findtext("pubDate"))
        assert parsedate_to_datetime(item.findtext("pubDate")) == published
        assert entry.findtext("a:published", namespaces=NS) == published.isoformat() == data["date_published"]
        # Rule 16: a revision moves this date in RSS too.
        assert item.findtext("a:updated", namespaces=NS) == updated.isoformat()
        assert entry.findtext("a:updated", namespaces=NS) == updated.isoformat() == data["date_modified"]


def test_rule_15_updated_is_never_before_published() -> None:
    early = replace(
        LONG,
        feed_identity=replace(LONG.feed_identity, updated=LONG.feed_identity.published.replace(year=2020)),
    )
    item = ParsedFeeds(build_files(replace(PUBLISHED, articles=(early,))), "articles/").json["items"][0]
    assert item["date_modified"] == item["date_published"]


def test_rule_16_a_revision_changes_its_own_item_only() -> None:
    later = replace(
        LONG, feed_identity=replace(LONG.feed_identity, updated=LONG.feed_identity.updated.replace(year=2027))
    )
    after = ParsedFeeds(
        build_files(replace(PUBLISHED, articles=(later, *PUBLISHED.articles[1:]))), "articles/"
    )
    assert etree.tostring(after.items[1]) == etree.tostring(ARTICLES.items[1])
    assert after.rss_values("content:encoded") == ARTICLES.rss_values("content:encoded")
    assert after.rss_values("pubDate") == ARTICLES.rss_values("pubDate")
    assert "2027" in after.rss.findtext("channel/lastBuildDate")


def test_rule_17_categories_without_commas_and_each_once() -> None:
    assert [each.text for each in ARTICLES.items[0].findall("category")] == ["ketamine", "sleep deep"]
    terms = [each.get("term") for each in ARTICLES.entries[0].findall("a:category", NS)]
    assert terms == ["ketamine", "sleep deep"] == ARTICLES.json_values("tags")[0]


def test_rule_18_the_lead_image_is_in_the_content_and_ungrouped_media() -> None:
    for parent in (ARTICLES.items[0], ARTICLES.entries[0], MAIN.items[0], MAIN.entries[0]):
        (media,) = parent.findall("media:content", NS)
        assert dict(media.attrib) == {
            "url": LEAD.url,
            "medium": "image",
            "type": "image/png",
            "fileSize": "4321",
            "width": "800",
            "height": "400",
        }
        assert not list(parent.iter("enclosure"))
    for folder in ("", "articles/"):
        sources = [attributes.get("src") for tag, attributes in html(folder).tags if tag == "img"]
        assert sources.count(LEAD.url) == 1
    assert ARTICLES.json_values("image")[0] == LEAD.url


def test_rule_18_the_media_of_an_issue_is_an_image_that_it_shows() -> None:
    brief = article("b", 0, Content((), lead=picture("unseen.png")))
    card = article("c", 0, Content((), lead=picture("seen.png")))
    one = edition(1, "everyone", (brief, Layout.BRIEF), (card, Layout.CARD))
    item = ParsedFeeds(build_files(replace(PUBLISHED, editions=(one,)))).json["items"][0]
    assert item["image"] == card.content.lead.url  # type: ignore[union-attr]
    assert "unseen" not in item["content_html"] and "seen.png" in item["content_html"]


def test_rule_19_every_address_is_absolute() -> None:
    for read in ALL:
        for content in read.json_values("content_html"):
            for _, attributes in HtmlReader(content).tags:
                for name in ("href", "src"):
                    if name in attributes:
                        assert urlsplit(attributes[name]).scheme in ("https", "mailto"), attributes
    for path in XML:
        assert b"xml:base" not in FILES[path]


def test_rule_19_a_link_that_is_a_field_leads_somewhere_absolute() -> None:
    targets = ("{{ unsubscribe_url }}", "{{ first_name | there }}", "{{ offer }}")
    body = Content(tuple(prose(element("p", element("a", "x", href=typed(target)))) for target in targets))
    publication = replace(PUBLICATION, merge_fields={"offer": "https://offer.example/?a=1&b"})
    published = replace(PUBLISHED, publication=publication, articles=(article("x", 0, body),))
    content = ParsedFeeds(build_files(published), "articles/").json["items"][0]["content_html"]
    found = [attributes["href"] for tag, attributes in HtmlReader(content).tags if tag == "a"]
    assert found == [HOME, HOME, "https://offer.example/?a=1&b"]


def test_rule_20_footnotes_lead_to_the_permalink() -> None:
    content = ARTICLES.json["items"][0]["content_html"]
    assert f'<sup><a href="{LONG.url}#fn1">1</a></sup>' in content
    assert '<li id="fn1">' in content
    assert f'href="{LONG.url}#what-follows"' in content


def test_rule_20_footnotes_of_an_issue_carry_the_articles_slug() -> None:
    url, content = MAIN.json["items"][0]["url"], MAIN.json["items"][0]["content_html"]
    assert f'href="{url}#long_fn1"' in content and '<li id="long_fn1">' in content


def test_rule_21_finished_semantic_html() -> None:
    for read in ALL:
        for content in read.json_values("content_html"):
            elements = HtmlReader(content)
            assert not {
                "h1",
                "style",
                "script",
                "iframe",
                "svg",
                "picture",
                "form",
                "table",
                "div",
                "aside",
            } & {tag for tag, _ in elements.tags}
            assert "{{" not in content and "<!--" not in content and "SECRET" not in content
            for tag, attributes in elements.tags:
                assert not {"class", "style", "srcset", "sizes"} & set(attributes)
                assert tag != "img" or {"src", "alt", "width", "height"} <= set(attributes)


def test_rule_24_the_opml_lists_every_feed_once() -> None:
    opml = etree.fromstring(FILES["feeds.opml"])
    assert opml.get("version") == "2.0" and opml.findtext("head/title") == "Synapse & Co"
    outlines = opml.findall("body/outline")
    assert [each.get("xmlUrl") for each in outlines] == [f"{HOME}{folder}feed.xml" for folder in FOLDERS]
    assert [each.get("text") for each in outlines] == [read.rss.findtext("channel/title") for read in ALL]
    assert {each.get("type") for each in outlines} == {"rss"}


# --- what an item holds ----------------------------------------------------------------------


def test_an_issue_holds_its_letter_and_its_articles_by_their_layout() -> None:
    content = MAIN.json["items"][0]["content_html"]
    order = (
        "Hello reader.",
        "<h2>Research</h2>",
        "Salt &lt; &amp; &gt; pepper",
        "Ada Example, MD; Bo Sample",
        "It begins there",
        "<h4>What follows</h4>",
        "The card piece",
        "card.png",
        "What card is about.",
        "The brief piece",
        "What brief is about.",
        DISCLAIMER,
    )
    places = [content.index(text) for text in order]
    assert places == sorted(places)
    assert content.count(DISCLAIMER) == 1
    assert "Text of card" not in content and "brief.png" not in content


def test_an_article_without_a_page_is_in_no_feed() -> None:
    files = build_files(replace(PUBLISHED, articles=(*PUBLISHED.articles, PRIVATE)))
    assert not [path for path, data in files.items() if b"private" in data]
    assert files == FILES


def test_a_pointer_names_the_other_place_and_keeps_its_own_page() -> None:
    item = ARTICLES.json["items"][1]
    assert item["external_url"] == POINTER.article.link and item["url"] == POINTER.url
    links = [attributes["href"] for tag, attributes in html(index=1).tags if tag == "a"]
    assert links == [POINTER.article.link]
    assert "external_url" not in ARTICLES.json["items"][0]


def test_a_title_that_looks_like_a_field_is_no_field() -> None:
    odd = article("odd", 0, title="{{ first_name | Bob }}")
    published = replace(PUBLISHED, editions=(edition(1, "everyone", (odd, Layout.CARD)),), articles=(odd,))
    files = build_files(published)
    assert ParsedFeeds(files, "articles/").json_values("title") == ["{{ first_name | Bob }}"]
    content = ParsedFeeds(files).json["items"][0]["content_html"]
    assert "{{ first_name | Bob }}" in HtmlReader(content).text


def test_before_the_first_issue_the_feeds_are_there_and_empty() -> None:
    """The pages name them, and a reader may subscribe before there is anything to read."""
    files = build_files(Published(PUBLICATION, (), (), ()))
    for path in ("feed.xml", "atom.xml", "articles/feed.xml", "articles/atom.xml"):
        parsed = feedparser.parse(files[path])
        assert not parsed.bozo and parsed.entries == []
    assert json.loads(files["feed.json"])["items"] == []
    assert len(etree.fromstring(files["feeds.opml"]).findall("body/outline")) == 3


# --- as a reader meets it --------------------------------------------------------------------


@pytest.mark.parametrize("path", XML)
def test_a_reader_finds_no_fault_and_all_fields(path: str) -> None:
    folder = path.rpartition("/")[0]
    data = json.loads(FILES[f"{folder}/feed.json".lstrip("/")])
    parsed = feedparser.parse(FILES[path])
    assert not parsed.bozo
    assert parsed.feed.language == data["language"] and parsed.feed.link == data["home_page_url"]
    assert len(parsed.entries) == len(data["items"])
    for entry, item in zip(parsed.entries, data["items"], strict=True):
        assert (entry.id, entry.link) == (item["id"], item["url"])
        assert entry.published_parsed[:6] == datetime.fromisoformat(item["date_published"]).timetuple()[:6]
        assert entry.updated_parsed[:6] == datetime.fromisoformat(item["date_modified"]).timetuple()[:6]
        assert [tag.term for tag in entry.tags] == item["tags"]
        assert HtmlReader(entry.content[0].value).text == HtmlReader(item["content_html"]).text
        if "image" in item:
            assert entry.media_content[0]["url"] == item["image"]


def test_the_content_that_went_in_is_what_comes_out() -> None:
    assert isinstance(BODY.blocks[0].nodes[1], Element)
    text = html().text
    for part in ("It begins there", "What follows", "In short", "A window opens.", "A source.", DISCLAIMER):
        assert part in text
