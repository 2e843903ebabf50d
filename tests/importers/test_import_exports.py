"""Exports of other systems, as they were downloaded: posts, archives, and lists of links."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries
from table_kit import rows
from workspace_kit import WorkspaceRunner, png

from pipeline.errors import PressroomError
from pipeline.importers import decode, gather
from pipeline.importers.draft import Material
from pipeline.importers.exports import wordpress
from pipeline.importers.exports.classic_html import paragraphs
from pipeline.importers.exports.json_rows import JsonRows

NOW = ("--no-fetch", "--now", "2026-03-01")


def brought(workspace: WorkspaceRunner, name: str, data: str | bytes, *options: str) -> dict[str, Any]:
    """What an import of a file says, and the articles by their slugs."""
    workspace.write({f"../in/{name}": data})
    report = workspace.json("import", str(workspace.root.parent / "in" / name), *NOW, *options)
    assert report["errors"] == []
    texts = {each["path"]: workspace.read(each["path"]) for each in report["articles"] if each["written"]}
    return {
        **report,
        "texts": {re.sub(r".*articles/|(/index)?\.md$", "", path): text for path, text in texts.items()},
    }


def refused(workspace: WorkspaceRunner, name: str, data: str | bytes) -> str:
    """The message about a file, of which nothing was written."""
    workspace.write({f"../in/{name}": data})
    before = workspace.tree()
    result = workspace.run("import", str(workspace.root.parent / "in" / name), *NOW)
    assert result.exit_code == 1 and workspace.tree() == before
    assert "Traceback" not in result.output
    return result.stderr


def archive(files: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            # Without the time: each process that runs tests has to make the same bytes.
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


# --- WordPress ------------------------------------------------------------------------------------


def wxr(*items: str, head: str = "") -> str:
    spaces = " ".join(
        f'xmlns:{prefix}="{address}"'
        for prefix, address in {
            "excerpt": "http://wordpress.org/export/1.2/excerpt/",
            "content": "http://purl.org/rss/1.0/modules/content/",
            "dc": "http://purl.org/dc/elements/1.1/",
            "wp": "http://wordpress.org/export/1.2/",
        }.items()
    )
    author = "<wp:author><wp:author_login>mo</wp:author_login><wp:author_display_name>Mo Reed</wp:author_display_name></wp:author>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<rss version="2.0" {spaces}><channel>'
        f"<link>https://mill.example</link>{author}{''.join(items)}</channel></rss>"
    )


def item(
    number: int, title: str, content: str, more: str = "", kind: str = "post", status: str = "publish"
) -> str:
    return (
        f"<item><title>{title}</title><link>https://mill.example/{number}/</link><dc:creator>mo</dc:creator>"
        f'<guid isPermaLink="false">https://mill.example/?p={number}</guid>'
        f"<pubDate>Tue, 02 Mar 2021 07:30:00 +0000</pubDate><content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<wp:post_id>{number}</wp:post_id><wp:post_name>{title.lower()}</wp:post_name>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>"
    )


FLOUR = "<p>Flour is what is left of the grain when the miller has done his work, and it is white.</p>"
SITE = wxr(
    item(
        1,
        "Flour",
        f'{FLOUR}\n\n[caption width="3"]<img src="https://mill.example/u/stone.jpg" alt="A stone"/> The stone at rest[/caption]'
        '\n\n[gallery ids="9"]\n\nhttps://video.example/watch\n\nSee <a href="https://mill.example/2/">the water</a>.',
        "<excerpt:encoded>What is left of grain.</excerpt:encoded>"
        '<category domain="category" nicename="work">Work &amp;amp; play</category>'
        '<category domain="post_tag" nicename="grain">grain</category>'
        '<category domain="category" nicename="uncategorized">Uncategorized</category>'
        "<wp:comment><wp:comment_content>herring opinions</wp:comment_content></wp:comment>",
    ),
    item(2, "Water", "<p>Water turns the wheel all day long and through most of the night as well.</p>"),
    item(3, "Later", FLOUR.replace("Flour", "Bran"), status="future"),
    item(4, "Half", FLOUR.replace("Flour", "Rye"), status="draft"),
    item(5, "Club", FLOUR.replace("Flour", "Oat"), "<wp:post_password>hunter2secret</wp:post_password>"),
    item(6, "About", FLOUR.replace("Flour", "Spelt"), kind="page"),
    item(7, "Gone", FLOUR.replace("Flour", "Maize"), status="trash"),
    item(8, "Menu", " ", kind="nav_menu_item"),
    item(9, "wheel", "", "<wp:attachment_url>https://mill.example/u/wheel.jpg</wp:attachment_url>", kind="attachment", status="inherit"),
    item(10, "Flour", FLOUR, kind="revision", status="inherit"),
    item(11, "Pitched", FLOUR.replace("Flour", "Teff"), status="pitch"),
    item(12, "", ""),
)  # fmt: skip


def test_posts_of_wordpress_become_articles_and_nothing_else_does(workspace: WorkspaceRunner) -> None:
    found = brought(workspace, "site.xml", SITE)
    texts = found["texts"]
    drafts = {"later", "half", "club", "pitched"}
    assert set(texts) == {"flour", "water", *drafts}
    assert {slug for slug, text in texts.items() if "\ndraft: true\n" in text} == drafts
    assert found["omitted"] == {
        "a page: bring pages too with --pages": 1,
        "in the trash": 1,
        "an entry of a menu": 1,
        "an upload": 1,
        "an earlier version": 1,
        "an empty post": 1,
    }
    flour = texts["flour"]
    assert "authors: [Mo Reed]" in flour and "dek: What is left of grain." in flour
    assert "tags: [grain, Work & play]" in flour and "categories: [Work & play]" in flour
    assert "id: https://mill.example/?p=1\n" in flour
    assert "The stone at rest" in flour and "wheel.jpg" in flour and "video.example/watch" in flour
    assert "[the water](water.md)" in flour
    everything = b"".join(data for path, data in workspace.tree().items() if path.startswith("issues/"))
    assert b"hunter2secret" not in everything and b"herring" not in everything


def test_posts_of_squarespace_have_the_address_of_their_site(workspace: WorkspaceRunner) -> None:
    words = '<p>Rye is dark, see <a href="/blog/oats">the oats</a> and <a href="/shop">the shop</a>.</p>'
    posts = item(1, "Rye", words), item(2, "Oats", FLOUR)
    data = (
        wxr(*posts)
        .replace("https://mill.example/1/", "/blog/rye")
        .replace("https://mill.example/2/", "/blog/oats")
    )
    data = data.replace("<wp:post_name>", "<wp:post_name>blog/")
    texts = brought(workspace, "squarespace.xml", data)["texts"]
    assert "canonical_url: https://mill.example/blog/rye\n" in texts["rye"]
    assert "see [the oats](oats.md) and [the shop](https://mill.example/shop)" in texts["rye"]


def test_pages_come_if_they_are_wanted(workspace: WorkspaceRunner) -> None:
    assert "about" in brought(workspace, "site.xml", SITE, "--pages")["texts"]


def test_an_export_that_is_brought_again_changes_nothing(workspace: WorkspaceRunner) -> None:
    brought(workspace, "site.xml", SITE)
    before = workspace.tree()
    again = brought(workspace, "site.xml", SITE)
    assert {each["state"] for each in again["articles"]} == {"unchanged"} and workspace.tree() == before


def test_what_an_earlier_importer_brought_is_known_by_its_sidecar(workspace: WorkspaceRunner) -> None:
    """It took an export of WordPress for a feed, and had other words in the article."""
    sidecar = {
        "source": "../in/site.xml",
        "form": "feed",
        "key": "https://mill.example/?p=1",
        "address": "https://mill.example/1/",
        "source_sha256": "0" * 64,
        "item_sha256": "1" * 64,
        "article_sha256": "2" * 64,
        "inferred": [],
        "left_out": [{"text": "x", "reason": "y", "line": None}],
    }
    workspace.write(
        {
            "issues/articles/mill.md": f"---\ntitle: Flour\ndate: 2021-03-02\ntags: [notes]\n---\n{FLOUR}\n",
            "issues/articles/mill.import.json": json.dumps(sidecar),
        }
    )
    articles = brought(workspace, "site.xml", SITE)["articles"]
    flour, water = articles[:2]
    assert (flour["path"], flour["state"], flour["written"]) == ("issues/articles/mill.md", "edited", False)
    assert (water["state"], water["path"]) == ("new", "issues/articles/water.md")


def test_paragraphs_of_the_classic_editor_stay_paragraphs(workspace: WorkspaceRunner) -> None:
    content = "The first one has <b>bold</b> words.\n\nThe second one.\n<h3>A heading</h3>\nThe third,\nin two lines.\n<ul>\n\t<li>one</li>\n\t<li>two</li>\n</ul>\nThe last."
    text = brought(workspace, "old.xml", wxr(item(1, "Classic", content)))["texts"]["classic"]
    assert text.partition("\n---\n")[2] == (
        "The first one has **bold** words.\n\nThe second one.\n\n## A heading\n\nThe third,\\\nin two lines.\n\n"
        "- one\n- two\n\nThe last.\n"
    )


@given(st.lists(st.sampled_from(["a b", "\n", "\n\n", "<p>", "</p>", "<pre>x\n\ny</pre>", "<!-- wp:p -->", "<ul><li>", "</li></ul>", "<b>c</b>", "<h2>", "</h2>", "\x02"])).map("".join))  # fmt: skip
@tries(60)
def test_paragraphs_lose_and_add_no_word(html: str) -> None:
    def letters(text: str) -> str:
        return re.sub(r"</?(?:p|br)\b[^>]*>|\s|[\x02\x03]", "", text)

    assert letters(paragraphs(html)) == letters(html)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (SITE[: len(SITE) // 2], "perhaps it was not downloaded whole"),
        (wxr(head='<!DOCTYPE rss [<!ENTITY a "b">]>'), "declares entities"),
        (wxr(), "holds no posts"),
    ],
)
def test_a_broken_export_of_wordpress_is_one_clear_error(
    workspace: WorkspaceRunner, data: str, says: str
) -> None:
    assert says in refused(workspace, "site.xml", data)


# --- Ghost, Buttondown, Substack, beehiiv -----------------------------------------------------------


def lexical(*nodes: dict[str, Any]) -> str:
    return json.dumps({"root": {"type": "root", "children": list(nodes)}})


def text_node(text: str, form: int = 0) -> dict[str, Any]:
    return {"type": "text", "text": text, "format": form}


GHOST = {
    "db": [
        {
            "meta": {"version": "5.1"},
            "data": {
                "posts": [
                    {"id": "a1", "title": "As & HTML", "slug": "as-html", "html": '<p>Words in HTML, see <a href="__GHOST_URL__/as-lexical/">the other</a>.</p>', "feature_image": "__GHOST_URL__/content/images/f.png", "status": "published", "visibility": "public", "type": "post", "published_at": "2023-01-02T03:04:05.000Z", "custom_excerpt": "An excerpt"},
                    {"id": "a2", "title": "As lexical", "slug": "as-lexical", "lexical": lexical({"type": "heading", "tag": "h2", "children": [text_node("A head")]}, {"type": "paragraph", "children": [text_node("Words in "), text_node("bold", 1)]}, {"type": "bookmark", "url": "https://b.example/x", "metadata": {"title": "A mark"}}), "status": "published", "type": "post", "published_at": "2023-01-03T03:04:05.000Z"},
                    {"id": "a3", "title": "As mobiledoc", "slug": "as-mobiledoc", "mobiledoc": json.dumps({"version": "0.3.1", "markups": [["a", ["href", "https://m.example"]]], "atoms": [], "cards": [["html", {"html": "<p>Raw box</p>"}]], "sections": [[1, "p", [[0, [], 0, "Words in "], [0, [0], 1, "a link"]]], [10, 0]]}), "status": "draft", "type": "post"},
                    {"id": "a4", "title": "Members", "slug": "members", "html": "<p>For those who pay.</p>", "status": "published", "visibility": "paid", "type": "post", "published_at": "2023-01-02T03:04:05.000Z"},
                    {"id": "a5", "title": "About", "slug": "about", "html": "<p>A page.</p>", "status": "published", "type": "page"},
                ],
                "tags": [{"id": "t1", "name": "News"}, {"id": "t2", "name": "#internal"}],
                "posts_tags": [{"post_id": "a1", "tag_id": "t2", "sort_order": 0}, {"post_id": "a1", "tag_id": "t1", "sort_order": 1}],
                "users": [{"id": "u1", "name": "Mo Reed", "email": "mo@mill.example"}],
                "posts_authors": [{"post_id": "a1", "author_id": "u1"}],
            },
        }
    ]
}  # fmt: skip


def test_ghosts_three_forms_of_a_post_become_articles(workspace: WorkspaceRunner) -> None:
    files = {"ghost.json": json.dumps(GHOST), "content/images/f.png": png()}
    found = brought(workspace, "export.zip", archive(files), "--base-url", "https://mill.example")
    texts = found["texts"]
    assert set(texts) == {"as-html", "as-lexical", "as-mobiledoc", "members"}
    assert {slug for slug, text in texts.items() if "\ndraft: true\n" in text} == {"as-mobiledoc", "members"}
    first = texts["as-html"]
    for part in (
        "title: As & HTML",
        "dek: An excerpt",
        "authors: [Mo Reed]",
        "tags: [News]",
        "id: a1",
        "image: f.png",
    ):
        assert part in first
    assert re.search(r"see \[the other\]\(\.\./as-lexical\.md\)", first)
    assert "## A head\n\nWords in **bold**\n\n[A mark](https://b.example/x)" in texts["as-lexical"]
    assert "Words in [a link](https://m.example)\n\nRaw box" in texts["as-mobiledoc"]
    everything = b"".join(data for path, data in workspace.tree().items() if path.startswith("issues/"))
    assert b"mo@mill.example" not in everything


# The cards of Ghost's editor, each with a word of its own for each field that readers see.
CARDS = (
    {"type": "callout", "calloutText": "<p>in-a-callout</p>", "calloutEmoji": "💡"},
    {"type": "toggle", "heading": "toggle-heading", "content": "<p>toggle-content</p>"},
    {"type": "button", "buttonText": "a-button", "buttonUrl": "https://a.example"},
    {"type": "product", "productTitle": "product-title", "productDescription": "<p>product-text</p>", "productButton": "product-button", "productUrl": "https://p.example"},
    {"type": "email", "html": "<p>email-card</p>"},
    {"type": "email-cta", "html": "<p>email-cta</p>", "buttonText": "cta-button", "buttonUrl": "https://e.example"},
    {"type": "call-to-action", "textValue": "<p>cta-words</p>", "sponsorLabel": "<p>cta-sponsor</p>"},
    {"type": "header", "version": 2, "header": "header-words", "subheader": "header-below"},
    {"type": "gallery", "images": [{"src": "https://a.example/b.png", "alt": "gallery-alt"}], "caption": "gallery-caption"},
    {"type": "video", "src": "https://a.example/v.mp4", "caption": "video-caption"},
    {"type": "file", "src": "https://a.example/f.pdf", "fileTitle": "file-title", "fileCaption": "file-caption"},
    {"type": "embed", "url": "https://a.example/e", "html": "<iframe src=x></iframe>", "caption": "embed-caption"},
    {"type": "bookmark", "url": "https://a.example/k", "metadata": {"title": "bookmark-title", "description": "bookmark-text"}, "caption": "bookmark-caption"},
    {"type": "codeblock", "code": "code-itself", "caption": "code-caption"},
    {"type": "markdown", "markdown": "## markdown-heading\n\nSome **markdown-bold**."},
)  # fmt: skip


def ghost(*posts: dict[str, Any], **tables: Any) -> str:
    common = {"status": "published", "type": "post", "published_at": "2023-01-02T03:04:05.000Z"}
    rows = [
        {"id": f"b{number}", "slug": f"s{number}", "title": f"T{number}", **common, **post}
        for number, post in enumerate(posts)
    ]
    return json.dumps({"db": [{"data": {"posts": rows, **tables}}]})


def test_no_word_of_a_card_of_ghost_is_lost(workspace: WorkspaceRunner) -> None:
    report = brought(workspace, "ghost.json", ghost({"lexical": lexical(*CARDS)}))
    text = report["texts"]["s0"]
    assert [
        each
        for each in set(re.findall(r"[a-z]+-[a-z]+", json.dumps(CARDS))) - {"email-cta", "call-to"}
        if each not in text
    ] == []
    assert "### markdown-heading" in text or "## markdown-heading" in text
    assert "**markdown-bold**" in text and "[a-button](https://a.example)" in text


def test_what_ghost_shows_in_emails_alone_stays_off_the_web(workspace: WorkspaceRunner) -> None:
    words = {"type": "paragraph", "children": [text_node("Words for all.")]}
    card = {"type": "email", "html": "<p>For the inbox.</p>"}
    data = ghost({"lexical": lexical(words, card)}, {"html": "<p>Mailed.</p>", "status": "sent"})
    report = brought(workspace, "ghost.json", data)
    assert "::: email-only\nFor the inbox.\n:::" in report["texts"]["s0"]
    assert "draft:" not in report["texts"]["s0"] and "\ndraft: true\n" in report["texts"]["s1"]
    why = "it was sent as an email, and no page had it: name an `audience` before you publish it"
    assert [each["why"] for each in report["articles"][1]["inferred"]] == [why]


def test_cards_of_ghost_become_the_containers_that_they_are(workspace: WorkspaceRunner) -> None:
    code = {"type": "codeblock", "code": "print(1)", "language": "python"}
    text = brought(workspace, "ghost.json", ghost({"lexical": lexical(*CARDS[:3], code)}))["texts"]["s0"]
    assert "::: callout\nin-a-callout\n:::" in text and "::: cta\n[a-button](https://a.example)\n:::" in text
    assert "## toggle-heading\n" in text and "```python\nprint(1)\n```" in text


WALL = {"type": "paywall"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ghost.json", ghost({"visibility": "paid", "lexical": lexical({"type": "paragraph", "children": [text_node("Free.")]}, WALL, {"type": "paragraph", "children": [text_node("Paid.")]})})),
        ("ghost.json", ghost({"visibility": "paid", "html": "<p>Free.</p><!--members-only--><p>Paid.</p>"})),
        ("substack.zip", archive({"posts.csv": "post_id,post_date,is_published,type,audience,title\n1.s0,2023-04-02T09:00:00.000Z,true,newsletter,only_paid,T\n", "posts/1.s0.html": '<p>Free.</p><div class="paywall-jump" data-component-name="PaywallToDOM"></div><p>Paid.</p>'})),
        ("wordpress.xml", wxr(item(1, "S0", "<p>Free.</p><!-- wp:jetpack/paywall --><!-- /wp:jetpack/paywall --><p>Paid.</p>", "<wp:postmeta><wp:meta_key>_jetpack_newsletter_access</wp:meta_key><wp:meta_value>paid_subscribers</wp:meta_value></wp:postmeta>"))),
    ],
)  # fmt: skip
def test_a_draft_of_what_readers_paid_for_says_where_that_begins(
    workspace: WorkspaceRunner, name: str, data: str | bytes
) -> None:
    report = brought(workspace, name, data)
    assert "\ndraft: true\n" in report["texts"]["s0"] and "Free.\n\nPaid.\n" in report["texts"]["s0"]
    whys = [each["why"] for each in report["articles"][0]["inferred"] if each["field"] == "draft"]
    assert whys == ['its readers paid for it, from "Paid." on: name an `audience` before you publish it']


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("emails.json", json.dumps([{"subject": "S0", "body": "Not in the archive.", "status": "sent", "archival_mode": "disabled"}])),
        ("emails.json", json.dumps([{"subject": "S0", "body": "All.\n\n{% if subscriber.subscriber_type == 'premium' %}\nSome.\n{% endif %}", "status": "sent"}])),
        ("posts.csv", "title,content,status\nS0,<p>Taken off the site.</p>,archived\n"),
        ("members.xml", wxr(item(1, "S0", "<p>For members.</p>", "<wp:postmeta><wp:meta_key>_jetpack_newsletter_access</wp:meta_key><wp:meta_value>subscribers</wp:meta_value></wp:postmeta>"))),
    ],
)  # fmt: skip
def test_what_a_page_did_not_show_to_everyone_is_a_draft(
    workspace: WorkspaceRunner, name: str, data: str
) -> None:
    assert "\ndraft: true\n" in brought(workspace, name, data)["texts"]["s0"]


def test_a_post_of_ghost_with_strange_rows_is_imported(workspace: WorkspaceRunner) -> None:
    pairs = [{"post_id": "b0", "tag_id": "t", "sort_order": "x"}, {"post_id": "b0", "tag_id": None}]
    data = ghost(
        {"html": "<p>Words.</p>", "feature_image": "https://a.example/f.png"},
        {"lexical": '{"root":'},
        {"lexical": '{"root": {"children": [null]}}', "title": 5},
        {"mobiledoc": '{"sections": [[1, "p", [[0, [9], 1, "x"]]]], "markups": []}'},
        tags=[{"id": "t", "name": "News"}],
        posts_tags=pairs,
        posts_meta=[
            {"post_id": "b0", "feature_image_alt": "A mill", "feature_image_caption": "The mill at work"}
        ],
    )
    texts = brought(workspace, "ghost.json", data)["texts"]
    for part in ("tags: [News]", "image_alt: A mill", "image_caption: The mill at work"):
        assert part in texts["s0"]
    assert {slug for slug, text in texts.items() if "\ndraft: true\n" in text} == {"s1", "s2", "s3"}


POSTS = 'post_id,post_date,is_published,type,audience,title,subtitle\n11.pears,2023-04-02T09:00:00.000Z,true,newsletter,everyone,"Pears, in March",What grows\n12.plums,,false,newsletter,everyone,Plums,\n13.figs,2023-05-02T09:00:00.000Z,true,newsletter,only_paid,Figs,\n14.gone,2023-05-02T09:00:00.000Z,true,newsletter,everyone,Gone,\n'
CACHED = "https://substackcdn.com/image/fetch/w_1456,c_limit/https%3A%2F%2Fb.example%2Ftree.jpeg"
SUBSTACK = {
    "posts.csv": POSTS,
    "posts/11.pears.html": f'<p>Pears keep longer than you think.</p><img src="{CACHED}" alt="A tree">',
    "posts/12.plums.html": "<p>Plums are for later.</p>",
    "posts/13.figs.html": "<p>Figs are for those who pay.</p>",
    "posts/11.pears.opens.csv": "post_id,email\n11,ada@mill.example\n",
    "email_list.mill.csv": "email,active_subscription\nada@mill.example,true\n",
}


def test_a_zip_of_substack_becomes_articles_and_its_readers_stay_out(workspace: WorkspaceRunner) -> None:
    found = brought(workspace, "export.zip", archive(SUBSTACK))
    texts = found["texts"]
    assert set(texts) == {"pears", "plums", "figs"}
    assert {slug for slug, text in texts.items() if "\ndraft: true\n" in text} == {"plums", "figs"}
    assert "title: Pears, in March" in texts["pears"] and "dek: What grows" in texts["pears"]
    assert (
        "date: 2023-04-02T09:00:00+00:00" in texts["pears"]
        and "https://b.example/tree.jpeg" in texts["pears"]
    )
    assert found["omitted"] == {"its text is not in the export": 1}
    assert [name.rpartition("/")[2] for name in found["passed_over"]] == ["email_list.mill.csv"]
    everything = b"".join(data for path, data in workspace.tree().items() if path.startswith("issues/"))
    assert b"ada@mill.example" not in everything
    before = workspace.tree()
    assert {each["state"] for each in brought(workspace, "export.zip", archive(SUBSTACK))["articles"]} == {
        "unchanged"
    }
    assert workspace.tree() == before


def test_titles_of_substack_are_words_and_its_pages_are_pages(workspace: WorkspaceRunner) -> None:
    table = "post_id,post_date,is_published,type,audience,title,subtitle\n1.q,2023-04-02T09:00:00.000Z,true,newsletter,everyone,Is 3 < 5 & <b> a tag?,AT&T <i>\n2.about,2023-04-02T09:00:00.000Z,true,page,everyone,About,\n"
    files = {"posts.csv": table, "posts/1.q.html": "<p>Yes, it is.</p>", "posts/2.about.html": "<p>Us.</p>"}
    found = brought(workspace, "export.zip", archive(files))
    assert (
        "title: Is 3 < 5 & <b> a tag?\n" in found["texts"]["q"] and "dek: AT&T <i>\n" in found["texts"]["q"]
    )
    assert set(found["texts"]) == {"q"} and found["omitted"] == {"a page: bring pages too with --pages": 1}


def test_a_row_of_a_table_may_end_early(workspace: WorkspaceRunner) -> None:
    table = "title,content,tags,\nA,<p>Words on a.</p>\nB,<p>Words on b.</p>,rye\n"
    assert set(brought(workspace, "posts.csv", table)["texts"]) == {"a", "b"}


EMAILS = [
    {"id": "e1", "subject": "On salt", "body": "Salt is **old**.\n\n- and white", "publish_date": "2024-01-02T00:00:00Z", "slug": "on-salt", "status": "sent"},
    {"id": "e2", "subject": "On oil", "body": "<!-- buttondown-editor-mode: fancy --><p>Oil is <b>new</b>.</p>", "status": "draft"},
    {"id": "e3", "subject": "On ice", "body": "Ice is cold.", "slug": "on-ice", "status": "sent", "email_type": "hidden"},
]  # fmt: skip


@pytest.mark.parametrize("form", ["json", "csv"])
def test_emails_of_buttondown_become_articles(workspace: WorkspaceRunner, form: str) -> None:
    keys = ["id", "subject", "body", "publish_date", "slug", "status", "email_type"]
    quoted = [",".join('"' + each.get(key, "").replace('"', '""') + '"' for key in keys) for each in EMAILS]
    data = json.dumps(EMAILS) if form == "json" else "\n".join([",".join(keys), *quoted])
    texts = brought(workspace, f"emails.{form}", data)["texts"]
    assert "Salt is **old**.\n\n- and white\n" in texts["on-salt"] and "draft" not in texts["on-salt"]
    assert "Oil is **new**." in texts["on-oil"] and "draft: true" in texts["on-oil"]
    assert "draft: true" in texts["on-ice"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_posts_in_any_encoding(workspace: WorkspaceRunner, encoding: str) -> None:
    table = 'id,web_title,status,content_tags,created_at,web_subtitle,url,content_html\np1,Café and rye,confirmed,"[""bread"", ""rye""]",2025-01-02,Of rye,https://mill.example/p/rye,<p>Rye is dark.</p>\n'
    text = brought(workspace, "posts.csv", table.encode(encoding))["texts"]["café-and-rye"]
    assert (
        "title: Café and rye" in text and "tags: [bread, rye]" in text and text.endswith("\nRye is dark.\n")
    )


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("people.json", '{"people": [{"email": "ada@mill.example"}]}', "is JSON, but no export of posts"),
        ("wide.json", '{"people": "ada@mill.example"}'.encode("utf-16"), "it has people"),
        ("none.json", "{}", "it has nothing"),
        ("word.json", '"ada@mill.example"', "it has no fields"),
        ("blank.csv", "\n,,\n\n", "the table has no rows"),
        ("comma.csv", "title,content\nA,<p>One</p>\nB,<p>One, two</p>\n", "comma.csv:3: this row has more cells"),
        ("cut.json", '{"db": [{"data": {"posts": [', "this JSON is broken here"),
        ("deep.json", "[" * 100_000, "is no JSON that can be read"),
        ("digits.json", '{"a":' + "9" * 9000 + "}", "it has a number of thousands of digits"),
        ("long.txt", "word " * 1_100_000, "has 5.5 MB; a text may have 5 MB"),
        ("people.csv", "email,name\nada@mill.example,Ada\n", "its columns are email, name"),
        ("bare.csv", "https://a.example/x,A\nhttps://a.example/y,B\n", "the table has no header"),
        ("quote.csv", 'title,url\nA,https://a.example\n"B" b,https://b.example\n', "quote.csv:3: a quotation mark"),
        ("empty.csv", "title,url\n", "a header and no rows"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused_by_what_it_is(
    workspace: WorkspaceRunner, name: str, data: str | bytes, says: str
) -> None:
    said = refused(workspace, name, data)
    assert says in said and "ada@mill.example" not in said


MEDIUM = """<html><head><title>Of rye</title></head><body><article class="h-entry">
<header><h1 class="p-name">Of rye</h1></header>
<section data-field="subtitle" class="p-summary">A dark grain.</section>
<section data-field="body" class="e-content"><h3 class="graf graf--h3 graf--title">Of rye</h3>
<p class="graf">Rye is dark and it grows where the wheat will not.</p></section>
<footer><p>By <a href="https://medium.com/@mo" class="p-author h-card">Mo Reed</a> on
<a href="https://medium.com/p/1"><time class="dt-published" datetime="2020-01-02T03:04:05.000Z">January 2</time></a>.</p>
<p>Tagged in <a href="https://medium.com/tag/grain" class="p-tag">Grain</a></p>
<p><a href="https://medium.com/@mo/of-rye-1" class="p-canonical">Canonical link</a></p></footer></article></body></html>"""


def test_posts_of_medium_become_articles_and_nothing_else_of_its_archive(workspace: WorkspaceRunner) -> None:
    unfinished = re.sub(r"on\n<a.*?</a>", "", MEDIUM.replace("rye", "oats"), flags=re.DOTALL)
    files = {
        "posts/2020-01-02_Of-rye-1.html": MEDIUM,
        "posts/draft_Of-oats-2.html": unfinished,
        "profile/profile.html": "<html><body><p>ada@mill.example</p></body></html>",
        "claps/claps-0001.html": "<html><body><p>Claps</p></body></html>",
    }
    texts = brought(workspace, "medium.zip", archive(files))["texts"]
    assert set(texts) == {"of-rye", "of-oats"}
    for part in (
        "date: 2020-01-02T03:04:05+00:00",
        "dek: A dark grain.",
        "name: Mo Reed",
        "tags: [Grain]",
        "canonical_url: https://medium.com/@mo/of-rye-1",
    ):
        assert part in texts["of-rye"]
    assert texts["of-rye"].partition("\n---\n")[2] == "Rye is dark and it grows where the wheat will not.\n"
    assert "draft: true" in texts["of-oats"] and "draft" not in texts["of-rye"]


PART = "ExportBlock-4f2a1c3e-0b7d-4c55-9a1e-2f3b4c5d6e7f-Part-1.zip"


@pytest.mark.parametrize("in_parts", [False, True], ids=["one archive", "parts in an archive"])
def test_pages_of_notion_have_their_properties_as_fields(workspace: WorkspaceRunner, in_parts: bool) -> None:
    ids = "0123456789abcdef" * 2, "fedcba9876543210" * 2
    files = {
        f"Work/Of rye {ids[0]}.md": f"# Of rye\n\nTags: grain, bread\nDate: January 2, 2026\nMood: calm\n\nRye is dark, see [oats](Of%20oats%20{ids[1]}.md).\n\n<aside>\n💡 Keep it dry.\n\n</aside>\n",
        f"Work/Of oats {ids[1]}.md": "# Of oats\n\nOats are pale.\n",
    }
    parts = {
        PART.replace("-1.", f"-{number}."): archive({path: text})
        for number, (path, text) in enumerate(files.items(), 1)
    }
    packed = archive(parts if in_parts else files)
    texts = brought(workspace, "notion.zip", packed)["texts"]
    assert set(texts) == {"of-rye", "of-oats"}
    rye = texts["of-rye"]
    assert (
        "title: Of rye\ndate: 2026-01-02\n" in rye and "tags: [grain, bread]" in rye and "mood: calm" in rye
    )
    assert "see [oats](of-oats.md)" in rye
    assert "::: callout\n💡 Keep it dry.\n:::\n" in rye


def test_posts_of_blogger_become_articles_without_their_comments(workspace: WorkspaceRunner) -> None:
    def entry(kind: str, title: str, more: str = "") -> str:
        return (
            f"<entry><id>tag:blogger.com,1999:blog-1.post-{title}</id><published>2020-01-02T03:04:05Z</published>"
            f"<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>"
            f"<title type='text'>{title}</title><content type='html'>&lt;p&gt;Words on {title}.&lt;/p&gt;</content>{more}</entry>"
        )

    draft = "<app:control xmlns:app='http://purl.org/atom/app#'><app:draft>yes</app:draft></app:control>"
    entries = (
        entry("settings", "S"),
        entry("post", "Rye"),
        entry("comment", "Herring"),
        entry("post", "Oats", draft),
        entry("page", "About"),
    )
    found = brought(
        workspace,
        "blog.xml",
        f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{''.join(entries)}</feed>",
    )
    assert set(found["texts"]) == {"rye", "oats"} and "draft: true" in found["texts"]["oats"]
    assert "id: tag:blogger.com,1999:blog-1.post-Rye" in found["texts"]["rye"]
    assert found["omitted"] == {
        "a setting of the site": 1,
        "a comment": 1,
        "a page: bring pages too with --pages": 1,
    }
    assert b"Herring" not in b"".join(workspace.tree().values())


def takeout(*entries: tuple[str, str, str, str]) -> str:
    """Blogger's feed as Google Takeout has it since 2024: kind, status, title and file name of each entry."""
    parts = (
        f"<entry><id>tag:blogger.com,1999:blog-7.post-{number}</id><blogger:type>{kind}</blogger:type>"
        f"<blogger:status>{status}</blogger:status><author><name>Mo Reed</name><blogger:type>BLOGGER</blogger:type>"
        f"</author><title>{title}</title><content type='html'>{title and f'&lt;p&gt;Words on {title}, see &lt;a href=&quot;https://mill.blogspot.com/2024/05/oats-and-more.html&quot;&gt;that&lt;/a&gt;.&lt;/p&gt;'}</content>"
        f"<published>2024-05-01T10:00:00Z</published><blogger:filename>{file}</blogger:filename><link/></entry>"
        for number, (kind, status, title, file) in enumerate(entries)
    )
    spaces = "xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'"
    return (
        f"<?xml version='1.0' encoding='utf-8'?><feed {spaces}><title>The Mill</title>{''.join(parts)}</feed>"
    )


TAKEOUT = takeout(
    ("POST", "LIVE", "", "/2024/05/blank.html"),
    ("POST", "DRAFT", "Secret", ""),
    ("POST", "LIVE", "Rye", "/2024/05/rye.html"),
    ("POST", "LIVE", "Rye", "/2024/05/rye-again.html"),
    ("COMMENT", "LIVE", "Herring", ""),
    ("POST", "SOFT_TRASHED", "Thrown", "/2024/05/thrown.html"),
    ("POST", "SCHEDULED", "Later", ""),
    ("POST", "LIVE", "Oats, and much besides", "/2024/05/oats-and-more.html"),
)


def test_each_post_of_bloggers_takeout_has_its_own_status(workspace: WorkspaceRunner) -> None:
    blog = "Takeout/Blogger/Blogs/The Mill"
    files = {
        f"{blog}/feed.atom": TAKEOUT,
        f"{blog}/settings.csv": "blog_name\nThe Mill\n",
        f"{blog}/theme-classic.html": "<html><body><p>The theme of it.</p></body></html>",
        f"{blog}/theme-layouts.xml": "<?xml version='1.0'?><html><body></body></html>",
        "Takeout/archive_browser.html": "<html><body><p>ada@mill.example</p></body></html>",
    }
    found = brought(workspace, "takeout.zip", archive(files), "--base-url", "https://mill.blogspot.com")
    texts = found["texts"]
    assert set(texts) == {"secret", "rye", "rye-again", "later", "oats-and-more"}
    assert {slug for slug, text in texts.items() if "\ndraft: true\n" in text} == {"secret", "later"}
    assert "see [that](oats-and-more.md)" in texts["rye"]
    assert found["omitted"] == {"an empty post": 1, "a comment": 1, "in the trash": 1}


def test_a_takeout_of_blogger_that_was_cut_off_is_refused(workspace: WorkspaceRunner) -> None:
    assert "was not downloaded whole" in refused(workspace, "feed.atom", TAKEOUT[:-400])


def test_campaigns_of_mailchimp_come_once_and_nothing_else_of_its_archive(workspace: WorkspaceRunner) -> None:
    letter = "<html><head><title>*|MC:SUBJECT|*</title></head><body><table><tr><td><h1>{}</h1><p>The mill is open this week, and there is bread.</p></td></tr></table></body></html>"
    files = {
        "campaigns.csv": "Title,Subject,Send Date\nA,B,2024-03-01\n",
        "campaigns_content/11_open.html": letter.format("The mill is open"),
        "campaigns_content/11_open.txt": "THE MILL IS OPEN\n\nThe mill is open this week.\n",
        "campaigns_content/12_plain.txt": "Of plain text\n\nThese are words and nothing but words.\n",
        "templates/1_base.html": letter.format("A template"),
        "lists/members.csv": "Email Address,url\nada@mill.example,https://a.example\n",
    }
    found = brought(workspace, "mailchimp.zip", archive(files))
    assert set(found["texts"]) == {"the-mill-is-open", "of-plain-text"} and found["errors"] == []


def test_a_campaign_of_mailchimp_has_its_date_and_subject_and_merge_fields(
    workspace: WorkspaceRunner,
) -> None:
    letter = "<html><head><title>*|MC:SUBJECT|*</title></head><body><table><tr><td>{}</td></tr></table></body></html>"
    words = "<p>Hello *|FNAME|* *|LNAME|*, dear *|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|*, vote *|MMERGE3|*.</p>"
    files = {
        "campaigns.csv": 'Title,Subject,Send Date\nSpring Letter,"Bread, at last","Mar 01, 2024 10:00 am"\n',
        "campaigns_content/11_spring-letter.html": letter.format(words),
        "campaigns_content/12_never-sent.html": letter.format("<p>Words that nobody has read so far.</p>"),
    }
    found = brought(workspace, "mailchimp.zip", archive(files))
    spring, unsent = found["texts"]["bread-at-last"], found["texts"]["never-sent"]
    assert "date: 2024-03-01T10:00:00\n" in spring and "draft: true" not in spring
    assert "Hello {{ first_name }} {{ last_name }}, dear {{ first_name | friend }}, vote " in spring
    inferred = {(each["field"], each["value"]) for entry in found["articles"] for each in entry["inferred"]}
    assert ("text", "*|MMERGE3|*") in inferred and "title: Never sent\n" in unsent
    # The export has what was sent and what was not.
    assert "draft: true" in unsent
    assert [
        each for entry in found["articles"] for each in entry["left_out"] if "place in" in each["reason"]
    ] == []


def test_what_is_dated_ahead_was_not_seen_by_the_public(workspace: WorkspaceRunner) -> None:
    """beehiiv has the same status for what was sent and for what is scheduled."""
    table = "id,title,status,publish_date,content_html\n1,Sent,confirmed,2026-02-28,<p>Words.</p>\n2,Later,confirmed,2026-03-02,<p>Other words.</p>\n"
    texts = brought(workspace, "posts.csv", table)["texts"]
    assert {slug: "\ndraft: true\n" in text for slug, text in texts.items()} == {"sent": False, "later": True}
    found = brought(workspace, "c.md", "---\ntitle: C\n---\nWords of c.\n", "--date", "2027-01-01")
    assert "draft: true" not in found["texts"]["c"]


# --- long exports ---------------------------------------------------------------------------------

TABLE = "title,content\r\n" + "".join(
    f'"Day {number}","<p>Rye, ""dark"" and wet.</p>\n\n<p>Žito – {number}</p>"\r\n' for number in range(9)
)
LONG = {
    "site.xml": SITE.encode(),
    "bom.xml": b"\xef\xbb\xbf\n\n" + SITE.replace("Flour is", "Flour\x0b is").encode(),
    "feed.atom": TAKEOUT.encode(),
    "posts.csv": TABLE.encode(),
    "wide.csv": TABLE.encode("utf-16"),
    "ghost.json": json.dumps(GHOST).encode(),
}


def read_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports are read in pieces as long ones are, of a few characters each."""
    monkeypatch.setattr(gather, "MAX_SOURCE_BYTES", 0)
    monkeypatch.setattr(gather, "_HEAD_BYTES", 1500)
    monkeypatch.setattr(decode, "_PIECE_CHARACTERS", 50)


@pytest.mark.parametrize("name", rows(LONG, {"site.xml", "posts.csv"}))
def test_a_long_export_is_read_as_a_short_one(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    short = brought(workspace, name, LONG[name], "--dry-run")["articles"]
    read_as_long(monkeypatch)
    assert brought(workspace, name, LONG[name], "--dry-run")["articles"] == short != []


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("site.xml", SITE.replace("</channel>", "\n</chan>").encode(), "site.xml:10: the XML of this export is broken"),
        ("site.xml", SITE[:-20].encode(), "perhaps it was not downloaded whole"),
        ("site.xml", wxr(item(1, "A", FLOUR), head='<!DOCTYPE rss [<!ENTITY a "b">]>').encode(), "declares entities"),
        ("feed.atom", TAKEOUT[:-400].encode(), "was not downloaded whole"),
        ("posts.csv", TABLE[:-3].encode(), "posts.csv:26: a quotation mark is out of place"),
        ("twice.csv", b"title,content,title\nA,B,C\n", "twice.csv:1: the table has two columns `title`"),
    ],
)  # fmt: skip
def test_a_long_export_that_is_broken_at_its_end_leaves_nothing(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, says: str
) -> None:
    read_as_long(monkeypatch)
    assert says in refused(workspace, name, data)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8"))
    | st.sampled_from(["}", '{"a": 1}', "\\"]),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=3), values, max_size=3),
    max_leaves=12,
)


@given(st.lists(ANY_JSON), ANY_JSON, st.sampled_from([None, 0, 2]), st.booleans())
@tries(100)
def test_rows_of_json_in_pieces_are_those_of_the_whole(
    rows: list[Any], other: Any, indent: int | None, is_ascii: bool
) -> None:
    whole = json.dumps(
        {"meta": other, "db": [{"data": {"posts": rows}}]}, indent=indent, ensure_ascii=is_ascii
    )
    pieces = re.findall(r"[^}]*}|[^}]+", whole)
    found = [row for path, row in JsonRows(pieces, "a.json") if path == ("db", "", "data", "posts")]
    assert found == rows
    # Cut off anywhere it is an error, and never a part of the rows without one.
    for end in (len(whole) - 1, len(whole) // 2, len(whole) - 5):
        with pytest.raises(PressroomError, match="broken here"):
            list(JsonRows(re.findall(r"[^}]*}|[^}]+", whole[:end]), "a.json"))


@pytest.mark.slow
def test_an_export_from_standard_input_or_the_web_may_be_long_too() -> None:
    data = wxr(item(1, "R", "words " * 900_000, kind="revision"), item(2, "Flour", FLOUR)).encode()
    assert [draft.title for draft in wordpress.read(Material("-", data)) if not draft.omitted] == ["Flour"]


def test_bytes_of_windows_in_a_long_export_are_its_letters(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_as_long(monkeypatch)
    data = wxr(item(1, "A", "<p>Žito and caf\ufffd.</p>")).encode().replace("\ufffd".encode(), b"\xe9")
    assert "Žito and café." in brought(workspace, "site.xml", data)["texts"]["a"]


@pytest.mark.slow
def test_memory_does_not_grow_with_an_export(tmp_path: Path) -> None:
    revisions = "".join(item(number, "R", FLOUR * 500, kind="revision") for number in range(120))
    export = tmp_path / "site.xml"
    export.write_text(wxr(revisions, item(1, "Flour", FLOUR)))
    del revisions
    size = export.stat().st_size
    tracemalloc.start()
    drafts = wordpress.read(Material("site.xml", b"", file=export, is_head=True))
    assert sum(not draft.omitted for draft in drafts) == 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 5_000_000 and peak < 2_000_000


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("iso8859_2", "Příliš žluťoučký kůň úpěl ďábelské ódy a šel domů, kde na něj čekala večeře."),
        ("koi8_r", "Мама мыла раму, а папа читал газету и пил чай в кухне, пока дети спали."),
        ("cp1251", "Мама мыла раму, а папа читал газету и пил чай в кухне, пока дети спали."),
        ("cp1252", "Le café est fermé ; voilà « un » été à l’ombre, et c’est très bien ainsi."),
    ],
)
def test_an_encoding_that_nothing_names_is_guessed_and_said(
    workspace: WorkspaceRunner, encoding: str, words: str
) -> None:
    workspace.write({"../in/a.txt": f"A title\n\n{words}\n".encode(encoding)})
    report = workspace.json("import", str(workspace.root.parent / "in" / "a.txt"), *NOW)
    (found,) = report["articles"]
    assert words in workspace.read(found["path"]).replace("\u00a0", " ")
    said = [each["value"] for each in found["inferred"] if each["field"] == "encoding"]
    assert said == ([] if encoding == "cp1252" else [encoding])


# --- archives ---------------------------------------------------------------------------------------


def linked() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        info = zipfile.ZipInfo("a.md")
        info.external_attr = 0o120777 << 16
        file.writestr(info, "/etc/passwd")
    return target.getvalue()


def encrypted() -> bytes:
    data = bytearray(archive({"a.md": "words"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (archive({"../a.md": "# A\n\nwords"}), "would be written outside"),
        (archive({"/tmp/a.md": "# A\n\nwords"}), "would be written outside"),
        (archive({"a\\..\\b.md": "# A\n\nwords"}), "would be written outside"),
        (linked(), "is a link"),
        (encrypted(), "is encrypted"),
        (archive({"a.zip": archive({"a.md": "words"})}), "holds another archive"),
        (archive({PART: archive({"a.zip": archive({"a.md": "words"})})}), "holds another archive"),
        (archive({PART: archive({PART: archive({"a.md": "words"})})}), "holds another archive"),
        (archive({PART: archive({"a.md": "words"}), "b.md": "words"}), "holds another archive"),
        (archive({PART: archive({"../a.md": "words"})}), "would be written outside"),
        (archive({PART: archive({"a.md": "words"})[:-30]}), "cannot be unpacked"),
        (archive({PART: archive({"a.md": "words"}), PART.replace("1.zip", "2.zip"): archive({"a.md": "words"})}), "File exists"),
        (archive({"a.md": b"0" * 30_000_000}), "unpacks to 30,000,000 bytes"),
        (archive({"a.md": "# A\n\nwords"})[:-30], "cannot be unpacked"),
        (b"PK\x03\x04 and nothing", "cannot be unpacked"),
        (archive({}), "holds no files"),
        (archive({".": "words"}), "would be written outside"),
        (archive({"a.md": "# A\n\nwords", "./a.md": "# B\n\nwords"}), 'holds two files "./a.md"'),
        (archive({"a": "words", "a/b.md": "# A\n\nwords"}), "Unpack it yourself"),
    ],
    ids=["above", "absolute", "backslash", "link", "encrypted", "nested", "nested in a part", "part of a part", "part and file", "part above", "part cut", "parts of one file", "bomb", "cut", "no archive", "empty", "dot", "twice", "file and folder"],
)  # fmt: skip
def test_an_archive_that_is_not_to_be_trusted_is_refused(
    workspace: WorkspaceRunner, data: bytes, says: str
) -> None:
    assert says in refused(workspace, "a.zip", data)


def test_an_archive_is_read_as_its_folder_would_be(workspace: WorkspaceRunner) -> None:
    files = {
        "site/one.md": "---\ntitle: One\ndate: 2026-01-01\n---\nWords, and ![a dot](dot.png) and [two](two.md).\n",
        "site/two.md": "---\ntitle: Two\ndate: 2026-01-01\n---\nWords.\n",
        "site/dot.png": png(),
        "__MACOSX/site/._one.md": b"\0\0",
    }
    texts = brought(workspace, "site.zip", archive(files))["texts"]
    assert "![a dot](dot.png)" in texts["one"] and "[two](../two.md)" in texts["one"]
    assert workspace.tree()["issues/articles/one/dot.png"] == png()


def test_an_archive_that_is_not_there_is_named_as_missing(workspace: WorkspaceRunner) -> None:
    result = workspace.run("import", "exprot.zip", *NOW)
    assert result.exit_code == 1 and "exprot.zip: there is no such file or folder." in result.stderr


EPISODE = "<p>Notes of the episode.</p>"
PODCAST = f'<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Mill</title><item><title>The wheel: one</title><guid>w1</guid><description>{EPISODE.replace("<", "&lt;")}</description><enclosure url="https://mill.example/1.mp3?a=1" length="512" type="audio/mpeg"/><itunes:duration>12:29</itunes:duration></item></channel></rss>'
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Mill</title><entry><title>The wheel: one</title><id>urn:w1</id><content type="html">{EPISODE.replace("<", "&lt;")}</content><link rel="enclosure" type="audio/mpeg" length="512" href="https://mill.example/1.mp3?a=1"/></entry></feed>'
JSON_FEED = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Mill", "items": [{"id": "w1", "title": "The wheel: one", "content_html": EPISODE, "attachments": [{"url": "https://mill.example/1.mp3?a=1", "mime_type": "audio/mpeg", "size_in_bytes": 512, "duration_in_seconds": 749}]}]})  # fmt: skip
ENCLOSED = "<wp:postmeta><wp:meta_key>enclosure</wp:meta_key><wp:meta_value>https://mill.example/1.mp3?a=1\n512\naudio/mpeg\n</wp:meta_value></wp:postmeta>"


@pytest.mark.parametrize(
    ("name", "data", "minutes"),
    [
        ("feed.xml", PODCAST, "minutes: 12\n"),
        ("feed.json", JSON_FEED, "minutes: 12\n"),
        ("atom.xml", ATOM, ""),
        ("wordpress.xml", wxr(item(1, "The wheel: one", EPISODE, ENCLOSED)), ""),
    ],
)
def test_the_recording_of_an_episode_comes_as_audio(
    workspace: WorkspaceRunner, name: str, data: str, minutes: str
) -> None:
    report = brought(workspace, name, data)
    (text,) = report["texts"].values()
    fields = f'title: "The wheel: one"\nbytes: 512\n{minutes}:::\n'
    assert text.endswith(f"---\n::: audio https://mill.example/1.mp3?a=1\n{fields}\nNotes of the episode.\n")
    assert report["articles"][0]["left_out"] == []


def test_a_recording_of_unknown_size_is_a_link(workspace: WorkspaceRunner) -> None:
    table = "post_id,post_date,is_published,type,audience,title,podcast_url\n1.s0,2023-04-02T09:00:00.000Z,true,podcast,everyone,T,https://mill.example/1.mp3\n"
    text = brought(workspace, "s.zip", archive({"posts.csv": table, "posts/1.s0.html": EPISODE}))["texts"][
        "s0"
    ]
    assert text.endswith("---\n[Listen](https://mill.example/1.mp3)\n\nNotes of the episode.\n")


def meta(key: str, value: str) -> str:
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"


def test_notes_and_patterns_of_wordpress_are_in_the_text_that_shows_them(workspace: WorkspaceRunner) -> None:
    text = 'Flour is old<sup data-fn="n1" class="fn"><a href="#n1" id="n1-link">1</a></sup>.'
    content = f'<!-- wp:paragraph --><p>{text}</p><!-- /wp:paragraph --><!-- wp:block {{"ref":2}} /--><!-- wp:footnotes /-->'
    notes = meta("footnotes", json.dumps([{"content": 'See <a href="https://a.example">a</a>.', "id": "n1"}]))
    site = wxr(item(1, "S0", content, notes), item(2, "Signed", "<p>Yours, the miller</p>", kind="wp_block"))
    report = brought(workspace, "site.xml", site)
    assert report["texts"]["s0"].endswith(
        "---\nFlour is old[^1].\n\nYours, the miller\n\n[^1]: See [a](https://a.example).\n"
    )
    assert report["omitted"] == {"a pattern, which is in the posts that show it": 1}


def test_notes_of_wordpress_that_cannot_be_read_stop_nothing(workspace: WorkspaceRunner) -> None:
    site = wxr(item(1, "S0", "<p>Words.</p>", meta("footnotes", '[{"id": 5')))
    report = brought(workspace, "site.xml", site)
    assert report["texts"]["s0"].endswith("---\nWords.\n")
    left = [(each["text"], each["reason"]) for each in report["articles"][0]["left_out"]]
    assert left == [('[{"id": 5', "notes that cannot be read")]


def test_pictures_of_wordpress_have_their_alternative_text(workspace: WorkspaceRunner) -> None:
    wheel = "<wp:attachment_url>https://mill.example/u/wheel.jpg</wp:attachment_url>" + meta(
        "_wp_attachment_image_alt", "A wheel in the snow"
    )
    site = wxr(
        item(9, "wheel", "", wheel, kind="attachment", status="inherit"),
        item(1, "S0", "<p>Words.</p>", meta("_thumbnail_id", "9")),
        item(2, "S1", '[gallery ids="9"]'),
    )
    texts = brought(workspace, "site.xml", site)["texts"]
    assert "image_alt: A wheel in the snow\n" in texts["s0"]
    assert "[A wheel in the snow](https://mill.example/u/wheel.jpg)" in texts["s1"]


def test_an_old_address_on_the_own_site_leads_to_the_article(workspace: WorkspaceRunner) -> None:
    old = "https://www.synapse.example/news/2019/05/of-rye/"
    link = f"<link>{old}</link><guid>w1</guid>"
    later = f'<p>See <a href="{old}?utm_source=mail">rye</a>.</p>'.replace("<", "&lt;")
    items = f"<item><title>Of rye</title>{link}<pubDate>Mon, 06 May 2019 07:00:00 GMT</pubDate><description>Rye is dark.</description></item><item><title>Later</title><guid>w2</guid><pubDate>Tue, 07 May 2019 07:00:00 GMT</pubDate><description>{later}</description></item>"
    feed = f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'
    texts = brought(workspace, "feed.xml", feed)["texts"]
    assert "aliases: [/2019/05/of-rye/]\n" in texts["of-rye"] and "canonical_url" not in texts["of-rye"]
    assert "See [rye](of-rye.md)." in texts["later"]
    again = brought(workspace, "feed.xml", feed)
    assert {each["state"] for each in again["articles"]} == {"unchanged"}
    sections = "sections: [{title: Archive, pin: [of-rye, later]}]"
    workspace.write({"issues/002-a/issue.md": f"---\ntitle: A\ndate: 2026-02-28\n{sections}\n---\nWords.\n"})
    workspace.ok("assemble", "2", "--now", "2026-03-01")
    workspace.ok("build", "--now", "2026-03-02")
    page = workspace.read("build/site/2019/05/of-rye/index.html")
    assert 'content="0; url=../../../articles/of-rye/"' in page


@pytest.mark.parametrize(
    ("base", "kept"),
    [
        ("https://mill.substack.com", "canonical_url: https://mill.substack.com/p/pears\n"),
        ("https://synapse.example/news/", "aliases: [/p/pears/]\n"),
    ],
)
def test_posts_of_substack_keep_address_and_id(workspace: WorkspaceRunner, base: str, kept: str) -> None:
    text = brought(workspace, "export.zip", archive(SUBSTACK), "--base-url", base)["texts"]["pears"]
    assert kept in text and f"id: {base.rstrip('/')}/p/pears\n" in text
    assert ("canonical_url" in text) != ("aliases" in text)


def test_posts_of_ghost_keep_their_address_beside_one_elsewhere(workspace: WorkspaceRunner) -> None:
    data = ghost({"html": "<p>Words.</p>", "canonical_url": "https://first.example/x"})
    base = ("--base-url", "https://synapse.example/news")
    text = brought(workspace, "ghost.json", data, *base)["texts"]["s0"]
    assert "canonical_url: https://first.example/x\nid: b0\naliases: [/s0/]\n" in text


def test_a_short_address_of_wordpress_leads_to_the_post(workspace: WorkspaceRunner) -> None:
    site = wxr(
        item(1, "S0", "<p>Words.</p>"),
        item(2, "S1", '<p>See <a href="https://mill.example/?p=1">it</a>.</p>'),
    )
    assert "See [it](s0.md)." in brought(workspace, "site.xml", site)["texts"]["s1"]


def test_a_linked_picture_that_is_missing_leaves_its_link_whole(workspace: WorkspaceRunner) -> None:
    html = '<p><a href="https://a.example"><img src="https://b.example/m.png" alt="A mill"></a></p>'
    text = brought(workspace, "posts.csv", f"title,content\nS0,{html.replace(chr(34), chr(39))}\n")["texts"][
        "s0"
    ]
    assert text.endswith("---\n[A mill](https://a.example)\n")


FIELDS = {
    "emails.json": json.dumps([{"subject": "S0", "status": "sent", "body": 'Dear {{ subscriber.metadata.first_name|default:"reader" }}, {{ subscriber.email }} is {{ other }}.'}]),
    "posts.csv": "title,content\nS0,\"<p>Dear {{first_name|reader}}, {{ email }} is {{other}}.</p>\"\n",
    "ghost.json": ghost({"lexical": lexical({"type": "email", "html": '<p>Dear {first_name, "reader"}, {email} is {other}.</p>'})}),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_merge_fields_of_a_service_become_ours(workspace: WorkspaceRunner, name: str) -> None:
    text = brought(workspace, name, FIELDS[name])["texts"]["s0"]
    assert "Dear {{ first_name | reader }}, {{ email }} is " in text
    assert r"\{{ other }}" in text or r"\{{other}}" in text or "{other}" in text


def test_an_archive_is_on_the_web_by_the_years_that_carry_it(workspace: WorkspaceRunner) -> None:
    rows = "".join(
        f"{number}.letter-{number},{year}-12-31T09:00:00.000Z,true,newsletter,everyone,Letter {number}\n"
        for number, year in enumerate((2022, 2022, 2023), 1)
    )
    files = {f"posts/{number}.letter-{number}.html": f"<p>Words of {number}.</p>" for number in (1, 2, 3)}
    table = {"posts.csv": f"post_id,post_date,is_published,type,audience,title\n{rows}"}
    base = ("--base-url", "https://synapse.example/news", "--tag", "archive")
    brought(workspace, "export.zip", archive({**files, **table}), *base)
    sections = "web_only: true\nsections: [{title: Letters, tags: [archive], layout: link}]"
    for number, date in (("002", "2023-01-01"), ("003", "2024-01-01")):
        text = f"---\ntitle: The year {number}\ndate: {date}\n{sections}\n---\nOf that year.\n"
        workspace.write({f"issues/{number}-the-year/issue.md": text})
    workspace.ok("assemble", "--all", "--now", "2026-03-01")
    workspace.ok("build", "--now", "2026-03-02")
    items = json.loads(workspace.read("build/site/articles/feed.json"))["items"]
    letters = {each["id"]: each["date_published"] for each in items if "letter" in each["url"]}
    assert letters == {
        f"https://synapse.example/news/p/letter-{number}": f"{year}-12-31T09:00:00+00:00"
        for number, year in ((1, 2022), (2, 2022), (3, 2023))
    }
    assert "articles/letter-3/" in workspace.read("build/site/p/letter-3/index.html")


def test_an_export_without_its_site_asks_for_the_address_once(workspace: WorkspaceRunner) -> None:
    report = brought(workspace, "export.zip", archive(SUBSTACK), "--dry-run")
    (warning,) = report["warnings"]
    assert warning["path"].endswith("export.zip/posts.csv")
    assert warning["hint"] == "Import it with --base-url https://…, the address that it had."
    base = ("--base-url", "https://mill.substack.com")
    assert brought(workspace, "export.zip", archive(SUBSTACK), *base)["warnings"] == []


def test_a_list_of_readers_in_an_export_says_what_reads_it(workspace: WorkspaceRunner) -> None:
    workspace.write({"../in/export.zip": archive(SUBSTACK)})
    result = workspace.run("import", str(workspace.root.parent / "in/export.zip"), *NOW)
    words = "email_list.mill.csv: skipped, it is a table without posts; if it has your readers, `send --to`"
    assert words in " ".join(result.stderr.split())


def test_the_address_of_a_site_may_come_with_a_second_import(workspace: WorkspaceRunner) -> None:
    brought(workspace, "export.zip", archive(SUBSTACK))
    base = ("--base-url", "https://mill.substack.com", "--update")
    report = brought(workspace, "export.zip", archive(SUBSTACK), *base)
    assert {each["state"] for each in report["articles"]} == {"changed"}
    assert "id: https://mill.substack.com/p/pears\n" in report["texts"]["pears"]
    again = brought(workspace, "export.zip", archive(SUBSTACK), *base)
    assert {each["state"] for each in again["articles"]} == {"unchanged"}


def test_shortcodes_of_plugins_leave_their_words_and_addresses(workspace: WorkspaceRunner) -> None:
    content = (
        '[su_box title="Worth knowing"]Boxed words[/su_box]\n\n[button url="https://a.example"]Buy it[/button]\n\n'
        '[row width="2"]<p>A column</p>[/row]\n\n'
        '[contact-form-7 id="1" title="Contact"]\n\n[jetpack_subscription_form]\n\n[youtube https://b.example/w]\n\n'
        "He said [sic] that [the-mill] was [his].\n\n<pre>[gone id='1']</pre>"
    )
    report = brought(workspace, "site.xml", wxr(item(1, "S0", content)))
    body = report["texts"]["s0"].rpartition("---\n")[2]
    assert body == (
        "Boxed words\n\n[Buy it](https://a.example)\n\nA column\n\n<https://b.example/w>\n\n"
        "He said [sic] that [the-mill] was [his].\n\n```\n[gone id='1']\n```\n"
    )
    reasons = [each["text"] for each in report["articles"][0]["left_out"]]
    assert '[su_box title="Worth knowing"]Boxed words[/su_box]' in reasons and len(reasons) == 6


def test_brackets_of_a_text_are_no_shortcodes(workspace: WorkspaceRunner) -> None:
    content = (
        "He wrote [the mayor of https://x.example/y] and set [first_name], then array[i_1].\n\n"
        '<pre>a <code>b</code>\n[list x="1"] c [/list]</pre>\n\n<PRE>[gone id="1"]</PRE>\n\n'
        "[note]Of a miller[/note]"
    )
    report = brought(workspace, "site.xml", wxr(item(1, "S0", f'{content}\n\n[list x="2"]')))
    text = report["texts"]["s0"].rpartition("---\n")[2]
    assert text == (
        "He wrote [the mayor of https://x.example/y] and set [first_name], then array[i_1].\n\n"
        '```\na b\n[list x="1"] c [/list]\n```\n\n```\n[gone id="1"]\n```\n\nOf a miller\n'
    )
    assert [each["text"] for each in report["articles"][0]["left_out"]] == [
        "[note]Of a miller[/note]",
        '[list x="2"]',
    ]


def test_a_pattern_within_itself_is_put_in_once(workspace: WorkspaceRunner) -> None:
    def block(number: int) -> str:
        return f'<!-- wp:block {{"ref":{number}}} /-->'

    site = wxr(
        item(1, "S0", f"<p>Words.</p>{block(2)}{block(9)}"),
        item(2, "Two", f"<p>Two.</p>{block(2) * 20}{block(3)}", kind="wp_block"),
        item(3, "Three", f"<p>Three.</p>{block(2) * 20}", kind="wp_block"),
    )
    report = brought(workspace, "site.xml", site)
    assert report["texts"]["s0"].endswith("---\nWords.\n\nTwo.\n\nThree.\n")
    assert block(9) in [each["text"] for each in report["articles"][0]["left_out"]]


@pytest.mark.parametrize(
    "html",
    [
        '<div class="paywall-jump' * 4_000,
        "<!--members-only" * 20_000,
        "<pre " * 8_000,
        "{{email|" + " " * 3_000,
        "".join(f'<!-- wp:block {{"ref":{n}}} /-->' for n in range(2, 9)) * 20,
    ],
    ids=["div", "comment", "pre", "field", "patterns"],
)
def test_no_post_takes_for_ever(workspace: WorkspaceRunner, html: str) -> None:
    patterns = [item(n, f"P{n}", html, kind="wp_block") for n in range(2, 9)] if "wp:block" in html else []
    data = wxr(item(1, "S0", f"<p>Words.</p>{html}"), *patterns)
    assert "Words." in brought(workspace, "site.xml", data)["texts"]["s0"]
    row = f'id,title,content\n1,T,"<p>Words.</p>{html.replace(chr(34), chr(34) * 2)}"\n'
    assert "Words." in brought(workspace, "posts.csv", row)["texts"]["t"]


def test_an_old_address_without_a_page_is_no_alias_and_is_told(workspace: WorkspaceRunner) -> None:
    home = "https://synapse.example/news"
    links = [f"{home}/index.php?id=5", f"{home}/?p=7", f"{home}/articles/three/"]
    items = "".join(
        f"<item><title>T{n}</title><link>{link}</link><guid>w{n}</guid>"
        "<pubDate>Mon, 06 May 2019 07:00:00 GMT</pubDate><description>Rye is dark.</description></item>"
        for n, link in enumerate(links)
    )
    report = brought(
        workspace, "f.xml", f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'
    )
    assert not any("aliases" in text for text in report["texts"].values())
    assert [each["left_out"][0]["text"] for each in report["articles"]] == links


def test_an_alias_of_another_article_is_not_taken_by_an_update(workspace: WorkspaceRunner) -> None:
    def feed(link: str, words: str) -> str:
        one, two = (
            f"<item><title>T{n}</title><link>https://synapse.example/news/{path}</link><guid>w{n}</guid>"
            f"<pubDate>Mon, 06 May 2019 07:00:00 GMT</pubDate><description>{text}</description></item>"
            for n, path, text in ((1, "one/", "Rye is dark."), (2, link, words))
        )
        return f'<rss version="2.0"><channel><title>N</title>{one}{two}</channel></rss>'

    brought(workspace, "feed.xml", feed("two/", "Wheat is light."))
    report = brought(workspace, "feed.xml", feed("one/", "Wheat is pale."), "--update")
    assert "aliases: [/one/]" not in report["texts"]["t2"]
    workspace.ok("articles")


def test_a_post_of_ghost_with_its_own_address_has_no_other_and_no_warning(workspace: WorkspaceRunner) -> None:
    data = ghost({"html": "<p>Words.</p>", "canonical_url": "https://synapse.example/news/blog/s0/"})
    report = brought(workspace, "ghost.json", data)
    assert "aliases: [/blog/s0/]\n" in report["texts"]["s0"]
    assert report["warnings"] == []


@pytest.mark.parametrize(
    ("title", "words"),
    [("Using {{ jinja }} here", "Using jinja here"), ("Brace *|FNAME|*", "Brace FNAME"), ("{{", "Audio")],
)
def test_a_recording_with_a_field_in_its_title_is_audio(
    workspace: WorkspaceRunner, title: str, words: str
) -> None:
    (text,) = brought(workspace, "feed.json", JSON_FEED.replace("The wheel: one", title))["texts"].values()
    assert f'::: audio https://mill.example/1.mp3?a=1\ntitle: "{words}"\n' in text


def test_a_feed_about_git_is_imported(workspace: WorkspaceRunner) -> None:
    entry = (
        "&lt;p&gt;&amp;lt;&amp;lt;&amp;lt;&amp;lt;&amp;lt;&amp;lt;&amp;lt; HEAD is what git writes.&lt;/p&gt;"
    )
    date = "<pubDate>Mon, 06 May 2019 07:00:00 GMT</pubDate>"
    items = f"<item><title>Git</title><guid>w1</guid>{date}<description>{entry}</description></item>"
    feed = f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'
    assert brought(workspace, "f.xml", feed)["texts"]["git"].endswith("\\<<<<<<< HEAD is what git writes.\n")
    workspace.ok("articles")
