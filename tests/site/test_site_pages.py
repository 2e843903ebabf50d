"""The web edition as a reader's browser, a search engine and a stranger's eye meet it."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import unquote, urljoin, urlsplit

import model_kit
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree, html
from model_kit import element, prose, typed
from workspace_kit import ROOT, WorkspaceRunner

from pipeline.errors import PressroomError
from pipeline.model import (
    Article,
    Audience,
    Author,
    Block,
    BlockKind,
    ComposedArticle,
    ComposedEdition,
    Content,
    Element,
    FeedIdentity,
    Image,
    Issue,
    Layout,
    MergeField,
    OutputFile,
    Place,
    Published,
    Section,
)
from pipeline.render.site.site_index import build_index
from pipeline.render.site.site_parts import build_site, site_images
from pipeline.render.site_icon import site_icon
from pipeline.support import merge, urls
from pipeline.support.templating import Templates

HOSTILE = "<script>alert('x')</script> \"quoted\" {{ first_name }} {% raw %} & -->"
DISCLAIMER = "Information, not medical advice."
PUBLICATION = replace(
    model_kit.PUBLICATION,
    tagline="Letters on the brain",
    description="What research says.",
    unsubscribe_url=typed("https://synapse.example/leave"),
    audiences=(Audience("clinicians", "Clinicians"), Audience("patients", "Patients", public=True)),
)


def note(number: int) -> Element:
    return Element("sup", (("class", "footnote"),), (str(number),))


def picture(name: str) -> Image:
    url = urls.address(PUBLICATION, urls.image_path(name))
    return Image(name, f"issues/articles/{name}", url, f"Alt of {name}", 800, 400, "image/png", 9, "0" * 64)


LEAD, FIGURE, PRIVATE_FIGURE, LOGO = map(picture, ("lead.png", "figure.png", "private.png", "logo.png"))


def figure(image: Image) -> Element:
    size = {"width": str(image.width), "height": str(image.height)}
    return element("p", element("img", src=image.url, alt=image.alt, **size))


def composed(slug: str, day: int, content: Content | None = None, **fields: object) -> ComposedArticle:
    date = datetime(2026, 1, day, 9, 30, tzinfo=UTC)
    base = Article(
        slug=slug,
        title=f"The {slug} piece",
        date=date,
        tags=("ketamine",),
        body_line=1,
        place=Place(f"issues/articles/{slug}.md", 1),
        digest="sha256:0",
        dek=f"What {slug} is about.",
        authors=(Author("The editors", "reviewed", "https://synapse.example/about"),),
    )
    article = base._replace(**fields)  # type: ignore[arg-type]
    return ComposedArticle(
        article,
        content or Content((prose(element("p", f"Text of {slug}.")),), minutes=2, words=300),
        FeedIdentity(f"tag:synapse.example,2026:{slug}", date, article.updated or date),
        urls.address(PUBLICATION, urls.article_path(slug)),
        (DISCLAIMER,) if "ketamine" in article.tags else (),
        (),
    )


LONG = Content(
    (
        prose(
            element("p", "It begins ", MergeField("first_name", "<there>"), note(2), "."),
            element("h2", "What follows"),
            element("p", element("a", "its sibling", href="https://synapse.example/news/articles/short/#x")),
            element("p", element("a", "leave", href=typed("{{ unsubscribe_url }}"))),
            figure(FIGURE),
            element("h3", "Follow"),
        ),
        Block(
            BlockKind.ONLY,
            title="clinicians",
            blocks=(prose(element("p", "SECRET dose", note(1)), figure(PRIVATE_FIGURE)),),
        ),
        Block(BlockKind.EMAIL_ONLY, blocks=(prose(element("p", "SECRET email line")),)),
        Block(BlockKind.WEB_ONLY, blocks=(prose(element("p", "Only on the web")),)),
        Block(BlockKind.ONLY, title="patients", blocks=(prose(element("p", "For patients")),)),
    ),
    footnotes=((element("p", "SECRET source"),), (element("p", "A public source"),)),
    images=(FIGURE, PRIVATE_FIGURE),
    lead=LEAD,
    words=900,
    minutes=5,
)

LONG_PIECE = composed(
    "long",
    20,
    LONG,
    updated=datetime(2026, 2, 3, tzinfo=UTC),
    related=("pointer", "gone"),
    tags=("ketamine", "größe"),
)
SHORT = composed("short", 18)
POINTER = composed("pointer", 16, link="https://www.elsewhere.example/piece?a=1&b=2", tags=("trials",))
ODD = composed(
    "odd", 14, title=HOSTILE, dek=HOSTILE, tags=("ketamine", "a/b <i>"), authors=(Author(HOSTILE),)
)
MOVED = composed("moved", 12, canonical_url="https://first.example/moved", tags=("trials", "ketamine"))
PRIVATE = replace(
    composed(
        "private", 13, title="SECRET title", tags=("ketamine", "clinicians-only"), audience=("clinicians",)
    ),
    url=None,
)
ARTICLES = (LONG_PIECE, SHORT, POINTER, ODD, MOVED)


def edition(
    number: int, *articles: tuple[ComposedArticle, Layout], audience: str = "everyone", letter: str = "Dear"
) -> ComposedEdition:
    date = datetime(2026, number, 1, 8, tzinfo=UTC)
    issue = Issue(
        number,
        f"00{number}-issue",
        f"Issue {HOSTILE}" if number == 1 else f"Title {number}",
        date,
        Place(f"issues/00{number}-issue/issue.md", 1),
        "",
        1,
        (),
        audiences=("everyone", "patients", "clinicians"),
    )
    main = audience == "everyone"
    path = urls.issue_path(issue, audience)
    return ComposedEdition(
        issue,
        audience,
        Content((prose(element("p", letter, " ", MergeField("first_name", "reader"))),)),
        (Section("Research", articles),) if articles else (),
        FeedIdentity(f"tag:synapse.example,2026:{number}:{audience}", date, date),
        urls.address(PUBLICATION, path) if main or audience == "patients" else None,
        merge.text(issue.title),
        typed("Hello {{ first_name | there }}, this is the preview."),
        "This is the summary.",
        (DISCLAIMER,),
        4,
    )


EDITIONS = (
    edition(
        3, (LONG_PIECE, Layout.FULL), (POINTER, Layout.FULL), (SHORT, Layout.CARD), (PRIVATE, Layout.FULL)
    ),
    edition(3, (LONG_PIECE, Layout.FULL), audience="patients"),
    edition(3, (PRIVATE, Layout.FULL), audience="clinicians", letter="SECRET letter"),
    edition(2, (ODD, Layout.BRIEF), (SHORT, Layout.CARD)),
    edition(1, (MOVED, Layout.CARD), (ODD, Layout.FULL)),
)
PUBLISHED = Published(
    PUBLICATION,
    EDITIONS,
    (*ARTICLES, PRIVATE),
    tuple(sorted({tag for each in (*ARTICLES, PRIVATE) for tag in each.article.tags})),
    LOGO,
)


def build(published: Published = PUBLISHED) -> dict[str, str]:
    files: tuple[OutputFile, ...] = build_site(published, Templates(None))
    assert len({file.path for file in files}) == len(files)
    return {file.path: file.data.decode() for file in files}


FILES = build()
PAGES = {path: html.document_fromstring(text) for path, text in FILES.items() if path.endswith(".html")}
each_page = pytest.mark.parametrize("path", sorted(PAGES))


def feeds_of(folder: str) -> set[str]:
    return {folder + file for file in urls.FEED_FILES.values()}


AUTHORS = {urls.author_path(author.name) for each in ARTICLES for author in each.article.authors}


def known_files() -> set[str]:
    tags = {urls.tag_path(tag) for each in ARTICLES for tag in each.article.tags}
    audiences = {urls.audience_path(each.name) for each in PUBLICATION.audiences if each.public}
    folders = ("", "articles/", *audiences, *tags, *AUTHORS)
    feeds = {feed for folder in folders for feed in feeds_of(folder)}
    images = {urls.image_path(image.name) for image in site_images(build_index(PUBLISHED))}
    return {*FILES, *feeds, *images, site_icon(PUBLICATION, LOGO).path, "feeds.opml"}


def test_the_site_has_exactly_these_files() -> None:
    tags = {urls.tag_path(tag) for each in ARTICLES for tag in each.article.tags}
    assert set(FILES) == {
        "index.html",
        "404.html",
        "style.css",
        "feed.css",
        "sitemap.xml",
        "robots.txt",
        "articles/index.html",
        "tags/index.html",
        "search/index.html",
        "search/index.json",
        "search/search.js",
        "search/articles-1.json",
        "search/articles-titles-1.json",
        "search/issues-titles-1.json",
        "search/issues-1.json",
        *(f"articles/{each.article.slug}/index.html" for each in ARTICLES),
        *(f"issues/00{number}-issue/index.html" for number in (1, 2, 3)),
        "issues/003-issue/patients/index.html",
        *(f"{folder}index.html" for folder in (*tags, *AUTHORS)),
    }


@each_page
def test_each_relative_address_leads_to_a_file(path: str) -> None:
    page = PAGES[path]
    base = urlsplit(PUBLICATION.base_url).path
    ids = {found.get("id") for found in page.iter() if found.get("id")}
    for found in page.xpath("//*[@href or @src]"):
        address = found.get("href") or found.get("src")
        if urlsplit(address).scheme:
            assert found.tag != "img"
            assert found.get("rel") == "canonical" or not address.startswith(PUBLICATION.base_url + "/")
            continue
        place, _, fragment = address.partition("#")
        if not place:
            assert fragment in ids, address
            continue
        target = urlsplit(urljoin(f"http://localhost{base}/{path}", place)).path
        assert target.startswith(f"{base}/"), address
        file = unquote(target[len(base) + 1 :])
        assert (
            posixpath.join(file, "index.html") if file.endswith("/") or not file else file
        ) in known_files()


@each_page
def test_fragments_that_a_page_links_to_occur_once(path: str) -> None:
    ids = [found.get("id") for found in PAGES[path].iter() if found.get("id")]
    assert len(ids) == len(set(ids))


@each_page
def test_headings_begin_with_one_h1_and_skip_no_level(path: str) -> None:
    levels = [int(found.tag[1]) for found in PAGES[path].iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_page
def test_pages_run_nothing_and_fetch_only_their_own(path: str) -> None:
    page = PAGES[path]
    scripts = [found for found in page.iter("script") if found.get("type") != "application/ld+json"]
    searches = path == "search/index.html"
    assert [found.get("src") for found in scripts] == ["search.js"] * searches
    assert not any(found.text for found in scripts)
    assert not page.xpath("//style | //iframe | //object | //base | //form | //@style")
    assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert ("script-src 'self'" in policy) == ("connect-src 'self'" in policy) == searches
    assert policy.count("-src 'self'") == 2 + 2 * searches
    loaded = page.xpath("//img/@src | //link[@rel='stylesheet']/@href")
    assert loaded and not [address for address in loaded if urlsplit(address).netloc]


@each_page
def test_hostile_titles_stay_text(path: str) -> None:
    assert "<script>" not in FILES[path]
    for script in PAGES[path].xpath("//script[@type]"):
        json.loads(script.text)


def test_hostile_title_reads_as_it_was_written() -> None:
    page = PAGES["articles/odd/index.html"]
    assert page.findtext(".//h1") == HOSTILE
    assert page.findtext(".//title") == f"{HOSTILE} · Synapse"
    assert page.xpath("//meta[@property='og:title']/@content") == [HOSTILE]
    assert json.loads(page.findtext(".//script"))["headline"] == HOSTILE


@each_page
def test_images_have_alt_and_size(path: str) -> None:
    for image in PAGES[path].iter("img"):
        assert image.get("alt") and int(image.get("width")) > 0 and int(image.get("height")) > 0


def test_the_logo_has_the_size_at_which_it_is_shown() -> None:
    (logo,) = PAGES["index.html"].xpath("//body/header//img")
    assert (logo.get("width"), logo.get("height")) == ("84", "42")


@each_page
def test_pages_say_language_direction_and_landmarks(path: str) -> None:
    page = PAGES[path]
    assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
    assert (
        len(page.xpath("//main")) == len(page.xpath("//body/header")) == len(page.xpath("//body/footer")) == 1
    )
    assert page.find("body")[0].get("href") == "#_main" and page.xpath("//main/@id") == ["_main"]
    assert all(nav.get("aria-label") for nav in page.iter("nav"))


def test_right_to_left_language_turns_the_page() -> None:
    files = build(replace(PUBLISHED, publication=replace(PUBLICATION, language="he")))
    assert '<html lang="he" dir="rtl">' in files["index.html"]


@each_page
def test_each_format_of_feed_is_announced_with_a_title(path: str) -> None:
    found = {
        (link.get("type"), link.get("href").rpartition("/")[2])
        for link in PAGES[path].xpath("//link[@rel='alternate'][@title]")
    }
    assert found == {
        ("application/rss+xml", "feed.xml"),
        ("application/atom+xml", "atom.xml"),
        ("application/feed+json", "feed.json"),
    }


def test_the_page_of_an_audiences_edition_names_its_feeds_first() -> None:
    links = PAGES["issues/003-issue/patients/index.html"].xpath("//link[@rel='alternate']")
    titles = [link.get("title") for link in links]
    assert titles[0].endswith(": Patients (RSS)") and titles[3:] == [
        link.get("title") for link in PAGES["issues/003-issue/index.html"].xpath("//link[@rel='alternate']")
    ]


def test_tag_page_announces_its_own_feeds_first() -> None:
    links = PAGES["tags/ketamine/index.html"].xpath("//link[@rel='alternate']")
    assert [link.get("href") for link in links] == [
        "feed.xml", "atom.xml", "feed.json", "../../feed.xml", "../../atom.xml", "../../feed.json",
    ]  # fmt: skip
    assert len({link.get("title") for link in links}) == 6


def test_canonical_is_absolute_and_follows_the_article() -> None:
    def canonical(path: str) -> list[str]:
        found: list[str] = PAGES[path].xpath("//link[@rel='canonical']/@href")
        return found

    assert canonical("index.html") == ["https://synapse.example/news/"]
    assert canonical("issues/003-issue/patients/index.html") == [EDITIONS[1].url]
    assert canonical("articles/moved/index.html") == ["https://first.example/moved"]
    assert canonical("404.html") == []


def test_article_says_who_when_how_long_and_where_it_was_published() -> None:
    page = PAGES["articles/long/index.html"]
    byline = " ".join(page.xpath("//p[@class='byline']")[0].text_content().split())
    assert byline == "By The editors, reviewed 20 January 2026 Updated 3 February 2026 5 min read"
    assert page.xpath("//p[@class='byline']//time/@datetime") == [
        "2026-01-20T09:30:00+00:00",
        "2026-02-03T00:00:00+00:00",
    ]
    assert page.xpath("//p[@class='kicker']/a/@href") == ["../../tags/ketamine/"]
    assert page.xpath("//ul[@class='tags']//a/@href") == ["../../tags/ketamine/", "../../tags/gr%C3%B6sse/"]
    carried = page.xpath("//p[contains(@class, 'carried')]//a")
    assert [(link.text, link.get("href")) for link in carried] == [
        ("Issue 3, Title 3", "../../issues/003-issue/")
    ]
    assert page.xpath("//nav[@class='neighbours']/a/@href") == ["../short/"]


def test_json_ld_describes_the_article() -> None:
    data = json.loads(PAGES["articles/long/index.html"].findtext(".//script"))
    assert (data["@type"], data["headline"], data["wordCount"]) == ("Article", "The long piece", 900)
    assert data["dateModified"] == "2026-02-03T00:00:00+00:00"
    assert data["image"]["url"] == LEAD.url
    assert data["author"] == [
        {
            "@type": "Person",
            "name": "The editors",
            "jobTitle": "reviewed",
            "url": "https://synapse.example/about",
        }
    ]


def test_related_articles_are_the_named_then_the_nearest_and_at_most_three() -> None:
    related = PAGES["articles/long/index.html"].xpath("//section[@aria-labelledby='_related']//h3/a/@href")
    assert related == ["../pointer/", "../odd/", "../moved/"]


@given(st.lists(st.tuples(st.integers(1, 28), st.sets(st.sampled_from("abc"))), min_size=1, max_size=9))
def test_related_are_those_of_all_others_that_share_most_tags_and_are_nearest(
    articles: list[tuple[int, set[str]]],
) -> None:
    days = {f"a{number}": day for number, (day, _) in enumerate(articles)}
    tags = {f"a{number}": shared for number, (_, shared) in enumerate(articles)}
    pieces = tuple(composed(slug, days[slug], tags=tuple(sorted(tags[slug]))) for slug in days)
    newest_first = tuple(sorted(pieces, key=lambda each: each.article.date, reverse=True))
    index = build_index(Published(PUBLICATION, (), newest_first, ("a", "b", "c")))
    for position, piece in enumerate(index.articles):
        slug = piece.article.slug
        beside = {each.article.slug for each in index.neighbours(position) if each}
        others = [each for each in days if tags[each] & tags[slug] and each not in {slug, *beside}]
        others.sort(
            key=lambda each: (
                -len(tags[each] & tags[slug]),
                abs(days[each] - days[slug]),
                -days[each],
                each,
            )
        )
        assert [each.article.slug for each in index.related(position)] == others[:3]


def test_a_new_article_changes_the_pages_of_its_contemporaries_alone() -> None:
    """Otherwise each issue would make the pages of an archive of thousands again, and upload them."""
    pieces = [
        composed(f"piece-{n}", 1, date=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n), tags=tags)
        for n, tags in enumerate([("ketamine", "odd"), ("odd", "sleep"), ("sleep", "ketamine")] * 20)
    ]
    before, after = (
        build(replace(PUBLISHED, articles=(*reversed(known),), tags=("ketamine", "odd", "sleep")))
        for known in (pieces[:-1], pieces)
    )
    pages = [urls.article_path(each.article.slug) + "index.html" for each in reversed(pieces[:-1])]
    changed = [path for path in pages if before[path] != after[path]]
    assert 0 < len(changed) <= 25


def test_read_next_and_newer_are_never_the_same_piece() -> None:
    both = 0
    for each in ARTICLES:
        page = PAGES[f"articles/{each.article.slug}/index.html"]
        read_next, beside = page.xpath("//*[@class='card']//h3/a/@href"), page.xpath("//a[@rel]/@href")
        assert not set(read_next) & set(beside)
        both += bool(read_next and beside)
    assert both == len(ARTICLES)


def test_link_piece_leads_to_its_place_by_host() -> None:
    (link,) = PAGES["articles/pointer/index.html"].xpath("//p[@class='outside']/a")
    assert link.get("href") == POINTER.article.link
    assert link.text_content() == "Read “The pointer piece” on elsewhere.example"


def test_links_in_the_text_to_own_pages_are_relative() -> None:
    assert 'href="../short/#x"' in FILES["articles/long/index.html"]
    assert 'href="../../articles/short/#x"' in FILES["issues/003-issue/index.html"]


def test_merge_fields_are_filled_for_no_one_in_particular() -> None:
    article = FILES["articles/long/index.html"]
    assert "It begins &lt;there&gt;" in article
    assert 'href="https://synapse.example/leave"' in article
    assert "Dear reader" in FILES["issues/003-issue/index.html"]
    assert "This is the summary." in FILES["index.html"]
    own = [text for path, text in FILES.items() if "odd" not in path and HOSTILE[:5] not in text]
    assert not [text for text in own if re.search(r"\{\{ (?!first_name \}\} \{%)", text)]


def test_nothing_private_shows() -> None:
    for path, text in FILES.items():
        assert "SECRET" not in text and "clinicians" not in text.lower(), path
    assert PRIVATE_FIGURE not in site_images(build_index(PUBLISHED))


def test_block_for_a_public_audience_stands_in_its_edition_only() -> None:
    carrying = [path for path, text in FILES.items() if "For patients" in text and "<p>For patients" in text]
    assert carrying == ["issues/003-issue/patients/index.html"]


def test_footnote_of_a_hidden_block_leaves_no_gap_in_the_numbers() -> None:
    page = PAGES["articles/long/index.html"]
    references = [found.text_content().strip() for found in page.iter("sup")]
    assert references == ["1"]
    notes = page.xpath("//li[starts-with(@id, 'fn')]")
    assert len(notes) == 1 and "A public source" in notes[0].text_content()


@pytest.mark.parametrize("path", ["articles/long/index.html", "issues/003-issue/index.html"])
def test_disclaimer_stands_once(path: str) -> None:
    assert FILES[path].count(DISCLAIMER) == 1


def test_site_images_are_those_of_public_pages_each_once() -> None:
    assert site_images(build_index(PUBLISHED)) == (FIGURE, LEAD, LOGO)


def test_issue_links_its_other_public_editions() -> None:
    page = PAGES["issues/003-issue/index.html"]
    assert page.xpath("//a[starts-with(text(), 'Edition for')]/@href") == ["patients/"]
    other = PAGES["issues/003-issue/patients/index.html"]
    assert other.xpath("//a[starts-with(text(), 'Edition for')]/@href") == ["../"]


def test_issue_without_the_audience_is_linked_by_its_main_edition() -> None:
    links = PAGES["issues/003-issue/patients/index.html"].xpath("//a[@rel='prev']/@href")
    assert links == ["../../002-issue/"]


def test_sitemap_names_the_canonical_pages_and_no_other() -> None:
    tree = etree.fromstring(FILES["sitemap.xml"].encode())
    named = {loc.text for loc in tree.iter("{*}loc")}
    skip_or_fail = {"articles/moved/index.html", "search/index.html"}
    pages = {path for path in FILES if path.endswith("index.html") and path not in skip_or_fail}
    assert named == {urls.address(PUBLICATION, path.removesuffix("index.html")) for path in pages}
    assert "Sitemap: https://synapse.example/news/sitemap.xml\n" in FILES["robots.txt"]


def test_page_not_found_works_at_any_depth() -> None:
    page = PAGES["404.html"]
    assert page.xpath("//link[@rel='stylesheet']/@href") == ["/news/style.css"]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_a_publication_without_an_issue_still_has_a_site() -> None:
    files = build(Published(PUBLICATION, (), (), ()))
    assert "No issue has been published yet." in files["index.html"]


def test_tags_at_one_address_are_refused() -> None:
    twins = (composed("one", 2, tags=("Mood",)), composed("two", 1, tags=("mood",)))
    with pytest.raises(PressroomError, match='the tags "Mood" and "mood" have the same address, tags/mood/'):
        build(Published(PUBLICATION, (), twins, ("Mood", "mood")))


def test_style_sheet_carries_both_schemes_and_fetches_nothing() -> None:
    css = FILES["style.css"]
    for palette in (PUBLICATION.theme.colors, PUBLICATION.theme.dark):
        assert all(getattr(palette, name) in css for name in ("accent", "text", "muted", "background"))
    assert "url(" not in css and "@import" not in css
    assert PUBLICATION.theme.body_font in css


def test_font_setting_cannot_end_its_declaration() -> None:
    theme = replace(PUBLICATION.theme, body_font="x; } body { display: none")
    files = build(replace(PUBLISHED, publication=replace(PUBLICATION, theme=theme)))
    assert "--body: x  body  display: none;" in files["style.css"]


segments = st.lists(st.text(alphabet="abc019-_.~%é: ", min_size=1).filter(lambda s: s.strip(".")), max_size=4)


@given(segments, segments, st.booleans(), st.sampled_from(["", "#fn1"]))
@example(["tags", "größe"], ["tags", "größe"], True, "")
def test_relative_address_leads_back_to_where_it_came_from(
    target: list[str], page: list[str], folder: bool, fragment: str
) -> None:
    path = "/".join(target) + ("/" if folder and target else "")
    here = "".join(f"{part}/" for part in page)
    url = urls.address(PUBLICATION, path) + fragment
    here_url = urls.address(PUBLICATION, here)
    found = urls.relative(PUBLICATION, url, here_url.removeprefix(urls.home_url(PUBLICATION)))
    assert not urlsplit(found).scheme
    assert urljoin(here_url, found) == url


def test_doubled_slash_never_reads_as_another_host() -> None:
    url = f"{PUBLICATION.base_url}///other.example/x"
    assert urls.relative(PUBLICATION, url, "") == ".///other.example/x"


def test_address_of_another_site_stays_as_it_is() -> None:
    for url in (
        "https://synapse.example/newsletter/",
        "https://other.example/",
        "mailto:a@b.example",
        "#fn1",
    ):
        assert urls.relative(PUBLICATION, url, "articles/x/") == url


@pytest.mark.slow
def test_same_input_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    script = (
        "import hashlib, test_site_pages as t\n"
        "print(hashlib.sha256(repr(sorted(t.build().items())).encode()).hexdigest())"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "kits", ROOT / "tests" / "site")))
    there = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": path},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert there.strip() == hashlib.sha256(repr(sorted(build().items())).encode()).hexdigest()


@pytest.mark.parametrize(
    ("language", "says"),
    [("de", "Alle Ausgaben"), ("ar", "كل الأعداد"), ("en-US", "February 1, 2026"), ("cy", "All issues")],
)
def test_pages_speak_the_publications_language(workspace: WorkspaceRunner, language: str, says: str) -> None:
    workspace.write(
        {"newsletter.toml": workspace.read("newsletter.toml").replace('"en-GB"', f'"{language}"')}
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    index = workspace.read("build/site/index.html")
    assert says in index
    assert f'lang="{language}"' in index
    if language in {"de", "ar"}:
        assert not re.search(
            "Issue|Follow|Articles|min read", re.sub("<[^>]*>", " ", index.split("<body")[1])
        )
