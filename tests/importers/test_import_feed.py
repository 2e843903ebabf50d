"""Feeds as they are imported: feeds of each kind, what is refused, and what holds for all of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from import_kit import SOURCES
from property_kit import tries
from workspace_kit import WorkspaceRunner

from pipeline.errors import PressroomError
from pipeline.importers.draft import Draft, Left, Material
from pipeline.importers.html.tree import MAX_DEPTH
from pipeline.importers.readers import feed

FEEDS = [source for source in SOURCES if source.parent.name == "feed"]
ADDRESS = "https://where-it-was.example/feeds/all"


def material(text: str, name: str = "a.xml", address: str = "") -> Material:
    return Material(name, text.encode("utf-8", "surrogatepass"), address)


def read(text: str, name: str = "a.xml", address: str = "") -> tuple[Draft, ...]:
    assert feed.takes(material(text, name, address))
    return feed.read(material(text, name, address))


def rss(*items: str, head: str = "") -> str:
    names = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    names += ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    inner = "".join(f"<item>{each}</item>" for each in items)
    return f'<rss version="2.0" {names}><channel><title>The feed</title>{head}{inner}</channel></rss>'


def atom(*entries: str, head: str = "") -> str:
    inner = "".join(f"<entry>{each}</entry>" for each in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The feed</title>{head}{inner}</feed>'


def json_feed(*items: object, **fields: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **fields})


def test_the_same_feed_gives_the_same_drafts() -> None:
    for source in FEEDS:
        given = Material(source.name, source.read_bytes(), ADDRESS)
        assert feed.read(given) == feed.read(given)


# --- what is taken, and what is refused ---------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Just a text about <rss> feeds.",
        "<!doctype html><html><body><rss></rss></body></html>",
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>',
        "<svg><feed/></svg>",
        '{"title": "A page", "items": 3}',
        "",
        "---\ntitle: A\n---\n<rss>",
    ],
)
def test_what_is_no_feed_is_not_taken(text: str) -> None:
    assert not feed.takes(material(text))


def test_a_feed_is_told_behind_comments_and_a_document_type() -> None:
    text = '\n<?xml version="1.0"?><?style a?><!-- a <html> - comment --><!DOCTYPE rss [<!ELEMENT a ANY>]>'
    (draft,) = read(text + rss("<title>A</title>"))
    assert draft.title == "A"


def refused(text: str, name: str = "a.xml") -> PressroomError:
    assert feed.takes(material(text, name))
    with pytest.raises(PressroomError) as caught:
        feed.read(material(text, name))
    assert caught.value.path == name
    return caught.value


def test_a_list_of_feeds_is_refused_with_the_feeds_that_it_names() -> None:
    text = (
        '<?xml version="1.0"?><opml version="2.0"><body><outline text="A">'
        '<outline type="rss" xmlUrl="https://a.example/feed?x=1&amp;y=2"/>'
        "<outline type='rss' xmlUrl='https://b.example/feed'/></outline></body></opml>"
    )
    error = refused(text, "subscriptions.opml")
    assert error.message == "is a list of feeds, not a feed."
    assert error.hint == (
        "Import the feeds that it names: https://a.example/feed?x=1&y=2, https://b.example/feed"
    )


def test_entities_are_not_expanded() -> None:
    bomb = '<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY a "ha">\n'
    bomb += "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">\n' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    error = refused(bomb + "]>\n" + rss("<title>&i;</title>"))
    assert error.message == "declares entities, which are not expanded."
    assert error.line == 3


def test_a_file_is_not_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not tell", encoding="utf-8")
    head = f'<!DOCTYPE rss [<!entity  % a SYSTEM "{secret.as_uri()}">]>'
    refused(head + rss("<title>A</title>"))


def test_an_article_about_entities_is_read() -> None:
    content = "<content:encoded><![CDATA[<p>Write &lt;!ENTITY so.</p><!ENTITY no>]]></content:encoded>"
    (draft,) = read(rss(f"<title>A</title>{content}"))
    assert "<!ENTITY so." in draft.body.replace("\\", "").replace("&lt;", "<")


@pytest.mark.parametrize("text", [rss(), atom(), json_feed()])
def test_a_feed_without_items_holds_no_articles(text: str) -> None:
    assert refused(text).message == "holds no articles."


def test_a_feed_that_cannot_be_read_is_refused_with_the_line() -> None:
    error = refused('<rss version="2.0">\n<channel>\n<title>A</titel>')
    assert error.message.startswith("is not a feed that can be read: its XML is broken")
    assert error.line == 3


def test_json_that_is_none_is_refused_with_the_line() -> None:
    error = refused('{"version": "https://jsonfeed.org/version/1",\n"items": [,]}', "a.json")
    assert error.line == 2
    error = refused('{"version": "https://jsonfeed.org/version/1"}', "a.json")
    assert error.message == "is no JSON Feed: it has no list of `items`."


@pytest.mark.slow
def test_what_is_nested_too_deeply_is_refused() -> None:
    refused('{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000, "a.json")
    deep = "<div>" * 5000 + "deep" + "</div>" * 5000
    for text in (rss(f"<description>{escape(deep)}</description>"), json_feed({"content_html": deep})):
        try:
            feed.read(material(text))
        except PressroomError as error:
            assert "nested too deeply" in error.message


def test_items_within_items_are_read_to_the_depth_of_any_tree() -> None:
    nested = "".join(f"<item><title>{number}</title>" for number in range(1000)) + "</item>" * 1000
    assert 100 < len(read(rss("<title>The outermost</title>" + nested))) <= MAX_DEPTH


# --- rule by rule -------------------------------------------------------------------------------


def test_the_key_is_the_guid_then_the_link_then_title_and_date() -> None:
    date = "<pubDate>Mon, 05 Jan 2026 08:00:00 +0000</pubDate>"
    drafts = read(
        rss(
            "<title>A</title><link>https://x.example/a</link><guid>7</guid>",
            f"<title>B</title><link>https://x.example/b</link>{date}",
            f"<title>C</title>{date}",
            "<title>D</title><guid>https://x.example/d</guid>",
            "<description>Neither title nor date.</description>",
            "<description>Another.</description>",
        )
    )
    keys = [draft.key for draft in drafts]
    assert keys[:4] == [
        "7",
        "https://x.example/b",
        "C Mon, 05 Jan 2026 08:00:00 +0000",
        "https://x.example/d",
    ]
    assert len(set(keys)) == 6
    assert [draft.canonical_url for draft in drafts] == [
        "https://x.example/a",
        "https://x.example/b",
        "",
        "https://x.example/d",
        "",
        "",
    ]
    assert not any(draft.link for draft in drafts)


def test_items_that_share_a_guid_are_told_apart_and_one_given_twice_comes_once() -> None:
    one = "<title>A</title><guid>same</guid><link>https://x.example/a</link>"
    two = "<title>B</title><guid>same</guid><link>https://x.example/b</link>"
    assert [(draft.title, draft.key) for draft in read(rss(one, two, one))] == [
        ("A", "same"),
        ("B", "same https://x.example/b"),
    ]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("<author>ada@x.example (Ada Example)</author>", ["Ada Example"]),
        ("<author>Ada Example &lt;ada@x.example&gt;</author>", ["Ada Example"]),
        ("<dc:creator><![CDATA[Ada Example]]></dc:creator>", ["Ada Example"]),
        (
            "<dc:creator>Ada Example</dc:creator><dc:creator>Ben Sample</dc:creator>",
            ["Ada Example", "Ben Sample"],
        ),
        ("<author>Ada Example</author><dc:creator>Ada Example</dc:creator>", ["Ada Example"]),
        ("<author><name>Ada Example</name></author>", ["Ada Example"]),
        ("<itunes:author>Ada Example</itunes:author>", ["Ada Example"]),
        ("<author>ada@x.example</author>", []),
    ],
)
def test_authors(written: str, names: list[str]) -> None:
    (draft,) = read(rss(f"<title>A</title>{written}"))
    assert [author.name for author in draft.authors] == names
    if "@" in written:
        assert draft.extra["author_email"] == "ada@x.example"


def test_an_author_of_an_rss_channel_is_not_the_articles() -> None:
    (draft,) = read(rss("<title>A</title>", head="<managingEditor>e@x.example (Eve)</managingEditor>"))
    assert draft.authors == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Tue, 06 Jan 2026 08:00:00 +0530", "2026-01-06T08:00:00+05:30"),
        ("Tue, 6 Jan 26 08:00 GMT", "2026-01-06T08:00:00+00:00"),
        ("Tue, 06 Jan 2026 08:00:00 EST", "2026-01-06T08:00:00-05:00"),
        ("2026-01-06T08:00:00.5Z", "2026-01-06T08:00:00+00:00"),
        ("2026-01-06", "2026-01-06"),
    ],
)
def test_dates_stay_in_their_zone(written: str, said: str) -> None:
    (draft,) = read(rss(f"<title>A</title><pubDate>{written}</pubDate>"))
    assert draft.date is not None
    assert draft.date.isoformat() == said


def test_what_is_no_date_is_left() -> None:
    (draft,) = read(rss("<title>A</title><pubDate>soon</pubDate>"))
    assert draft.date is None
    assert draft.left == (Left("soon", "is no date that can be read"),)


CONTENT = "<content:encoded>&lt;p&gt;Sleep makes us well. It also makes us kind.&lt;/p&gt;</content:encoded>"


@pytest.mark.parametrize(
    ("description", "dek"),
    [
        ("What sleep does.", "What sleep does."),
        ("Sleep makes us well.", ""),
        ("Sleep makes us…", ""),
        ("Sleep makes us well. It [...]", ""),
        ("Sleep makes us well. Read more »", ""),
        ("A", ""),
        ("What sleep does. " * 30, ""),
    ],
)
def test_a_short_summary_that_is_not_the_beginning_is_the_dek(description: str, dek: str) -> None:
    (draft,) = read(rss(f"<title>A</title><description>{description}</description>{CONTENT}"))
    assert draft.dek == dek
    assert draft.body == "Sleep makes us well. It also makes us kind.\n"
    assert draft.extra == ({"summary": description.strip()} if len(description) > 300 else {})


def test_a_title_is_plain() -> None:
    titles = ["Fish &amp;amp; &lt;b&gt;Chips&lt;/b&gt;", "1 &lt; 2", "<![CDATA[<i>A</i> &amp; B]]>", "a\n  b"]
    drafts = read(rss(*(f"<title>{each}</title><guid>{n}</guid>" for n, each in enumerate(titles))))
    assert [draft.title for draft in drafts] == ["Fish & Chips", "1 < 2", "A & B", "a b"]


def test_a_picture_of_the_body_is_not_given_again() -> None:
    body = '<content:encoded><![CDATA[<p><img src="/a.jpg?w=300" alt=""></p>]]></content:encoded>'
    picture = '<media:content url="https://x.example/a.jpg" type="image/jpeg"/>'
    other = '<itunes:image href="https://x.example/b.jpg"/>'
    link = "<title>A</title><link>https://x.example/p/1</link>"
    assert read(rss(link + body + picture))[0].image == ""
    assert read(rss(link + body + picture + other))[0].image == "https://x.example/b.jpg"
    assert read(rss(link + picture + other))[0].extra["images"] == ["https://x.example/b.jpg"]


def test_the_address_of_the_feed_completes_what_is_relative() -> None:
    (draft,) = read(atom('<title>A</title><link href="/a"/>'), address="https://x.example/feed.xml")
    assert draft.canonical_url == draft.base == "https://x.example/a"
    (draft,) = read(atom('<title>A</title><link href="/a"/>'))
    assert (draft.canonical_url, draft.extra) == ("", {"link": "/a"})


def test_an_entrys_base_ends_with_it() -> None:
    inner = '<content xml:base="https://b.example/x/">A</content>'
    first, second = read(atom(f"<id>1</id>{inner}", '<id>2</id><link href="https://x.example/2"/>'))
    assert (first.base, second.base) == ("https://b.example/x/", "https://x.example/2")


def test_nothing_of_the_feed_itself_is_carried() -> None:
    head = "<description>All of it</description><copyright>Us</copyright><category>Feed</category>"
    (draft,) = read(rss("<title>A</title>", head=head))
    assert replace(draft, source_text="") == Draft(title="A", key="A")


def test_what_has_no_place_is_kept_or_told() -> None:
    inner = (
        "<title>A</title><x:one xmlns:x='https://x.example/ns' kind='b'>first</x:one>"
        "<x:one xmlns:x='https://x.example/ns' kind='b'>second</x:one><comments>https://x.example/c</comments>"
        "<media:group><media:credit role='by'>Ada</media:credit></media:group>"
    )
    (draft,) = read(rss(inner))
    assert draft.extra["comments"] == "https://x.example/c"
    assert {"first", "second", "Ada"} <= {each.text for each in draft.left}


def test_elements_with_the_names_of_feedparsers_own_keys_are_kept() -> None:
    inner = "<links>one</links><authors>two</authors><title_detail>three</title_detail><tags_>four</tags_>"
    (draft,) = read(rss(f"<title>A</title>{inner}"))
    assert draft.title == "A"
    said = " ".join([json.dumps(draft.extra), *(each.text for each in draft.left)])
    assert all(each in said for each in ("one", "two", "three", "four"))


def test_scripts_do_not_come_in() -> None:
    bad = "<p onclick='x()'>Good<script>alert(1)</script><a href='javascript:x()'>link</a></p>"
    (draft,) = read(rss(f"<description>{escape(bad)}</description>"))
    assert "Good" in draft.body
    assert not any(each in draft.body for each in ("alert", "onclick", "javascript"))


def test_a_feed_comes_in_the_encoding_that_it_declares() -> None:
    text = '<?xml version="1.0" encoding="{}"?>' + rss("<title>Naïve – “café”</title>")
    for encoding in ("utf-8", "utf-16", "windows-1252"):
        (draft,) = feed.read(Material("a.xml", text.format(encoding).encode(encoding)))
        assert draft.title == "Naïve – “café”"


# --- what holds for all -------------------------------------------------------------------------

PIECES = r"""
<item> </item> <entry> </entry> <title> </title> <link> <link~href=' <guid> <author> </author> <dc:creator>
<content:encoded> <![CDATA[ ]]> <!-- --> &nbsp; &#0; &#xD800; <description> </description> <content~type='xhtml'>
<media:content~url=' <enclosure~ '> /> & &lt;p&gt; <pubDate> <category~term=' <source~url=' ~xml:base='http://[
<!DOCTYPE <?x { "items":~[ } ] " : \u0000 \ud800 1e999 null <svg> <image> <a:b~c='d'>
"""
MARKUP = st.sampled_from([each.replace("~", " ") for each in PIECES.split()])
NOISE = st.lists(MARKUP | st.text(max_size=8), max_size=12).map("".join)
FRAMES = st.sampled_from(
    [
        ('<rss version="2.0"><channel><item>', "</item></channel></rss>"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry>', "</entry></feed>"),
        ('<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="r"><item>', "</item></rdf:RDF>"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [{', "}]}"),
        ("<rss>", ""),
        ("", ""),
    ]
)


@tries(300)
@given(before=st.binary(max_size=6), frame=FRAMES, inside=NOISE, noise=st.binary(max_size=20), after=NOISE)
@example(b"", ("<rss>", ""), "<item><link>http://[</link>", b"", "")
@example(b"", ("<rss><item>", ""), "<title><![foo[", b"", "")
def test_nothing_but_a_pressroom_error_is_raised(
    before: bytes, frame: tuple[str, str], inside: str, noise: bytes, after: str
) -> None:
    data = before + frame[0].encode() + inside.encode("utf-8", "replace") + noise + frame[1].encode()
    for name in ("a.xml", "a.rss", "a.json"):
        given = Material(name, data + after.encode("utf-8", "replace"), ADDRESS)
        feed.takes(given)
        try:
            drafts = feed.read(given)
        except PressroomError as error:
            assert error.path == name
        else:
            assert drafts
            assert len({draft.key for draft in drafts}) == len(drafts)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["id", "url", "title", "content_html", "content_text", "summary", "image", "date_published", "authors"]
KEYS += ["author", "tags", "attachments", "language", "_own"]


@tries(150)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5), max_size=3), VALUES)
def test_json_of_any_shape_raises_nothing_else(items: list[dict[str, object]], authors: object) -> None:
    try:
        feed.read(material(json_feed(*items, authors=authors), "a.json"))
    except PressroomError as error:
        assert error.path == "a.json"


def test_half_a_character_is_left_out() -> None:
    text = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "a\\ud800", "title": "T\\udc00", '
    (draft,) = read(text + '"content_html": "<p>B\\ud800</p>", "_x": "\\ud800"}]}')
    assert (draft.key, draft.title, draft.body, draft.extra) == ("a", "T", "B\n", {})


WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzäßœλ", min_size=2, max_size=7), min_size=1, max_size=5
).map(" ".join)


@st.composite
def entries(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """Title, link, the first words of the text, the rest of it."""
    number = draw(st.integers(0, 10**9))
    return draw(WORDS), f"https://x.example/{number}?a=1&b=2", draw(WORDS), draw(WORDS)


@tries(100)
@given(
    st.lists(entries(), min_size=1, max_size=4, unique_by=lambda each: each[1]),
    st.sampled_from(["rss", "description", "atom", "xhtml", "json", "loose"]),
)
def test_all_that_items_say_is_in_the_drafts(items: list[tuple[str, str, str, str]], kind: str) -> None:
    parts = []
    for title, link, first, second in items:
        markup = f"<p>{first}</p><ul><li>{second}</li></ul>"
        if kind == "rss":
            text = f"<content:encoded>{escape(markup)}</content:encoded><description>{second}</description>"
            parts.append(f"<title>{title}</title><link>{escape(link)}</link>{text}")
        elif kind in {"description", "loose"}:
            text = f"<description><![CDATA[{markup}]]></description>"
            parts.append(f"<title>{title}</title><link>{escape(link)}</link>{text}")
        elif kind == "json":
            parts.append({"id": link, "url": link, "title": title, "content_html": markup})  # type: ignore[arg-type]
        else:
            content = f'<content type="html">{escape(markup)}</content>'
            if kind == "xhtml":
                content = f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{markup}</div></content>'
            parts.append(
                f'<title>{title}</title><id>{escape(link)}</id><link href="{escape(link)}"/>{content}'
            )
    if kind == "json":
        text = json_feed(*parts)
    else:
        text = rss(*parts) if kind in {"rss", "description", "loose"} else atom(*parts)
    if kind == "loose":
        text = text.replace("</channel></rss>", "")
    drafts = read(text)
    assert [(draft.title, draft.canonical_url) for draft in drafts] == [item[:2] for item in items]
    for draft, (_, _, first, second) in zip(drafts, items, strict=True):
        assert " ".join(draft.body.split()) == f"{first} - {second}"
        assert [each.text for each in draft.left] == ([second] if kind == "rss" else [])


def test_a_date_that_cannot_be_read_is_shown_beside_the_one_in_its_place(workspace: WorkspaceRunner) -> None:
    words = "<description>Words of the piece, as many as a text has.</description>"
    odd = f"<title>Odd</title><guid>1</guid><pubDate>Somewhen in May</pubDate>{words}"
    workspace.write(
        {"feed.xml": rss(odd), "odd.md": "---\ntitle: Odder\ndate: 5/6/2026\n---\nWords of it.\n"}
    )
    said = workspace.ok("import", "feed.xml", "odd.md", "--dry-run", "--now", "2026-02-02")
    assert said.count("inferred date: 2026-02-02 (the source has none that can be read: it is today's)") == 2
    assert '    left out: "Somewhen in May" (is no date that can be read)\n' in said
    assert '"date: 5/6/2026" (can be read with the day or the month first' in said
