"""Pages and fragments of HTML as they are imported."""

from __future__ import annotations

import json
import re
from html import escape

import pytest
from content_kit import parse
from hypothesis import example, given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.errors import PressroomError
from pipeline.importers.blocks import write_blocks
from pipeline.importers.cleanup import clean
from pipeline.importers.decode import cleaned as text_cleaned
from pipeline.importers.draft import Draft, Material
from pipeline.importers.html import wash
from pipeline.importers.readers import page


def read(html: str, **more: str) -> Draft:
    (draft,) = page.read(Material("a.html", html.encode(), **more))  # type: ignore[arg-type]
    return draft


def markdown_of(html: str) -> str:
    return clean(Draft(wash(html).blocks)).body


FRAGMENTS = {
    "emphasis": ("<p><b>a</b> <i>b</i> <strong><em>c</em></strong></p>", "**a** *b* ***c***\n"),
    "emphasis beside letters": ("<p>a<b>:b</b>c</p>", "a<strong>:b</strong>c\n"),
    "emphasis in two parts": ("<p><b>a</b><b>b</b></p>", "**ab**\n"),
    "emphasis by style": ('<p><span style="font-weight:700">a</span></p>', "**a**\n"),
    "a weight that is no number": ('<p><span style="font-weight:²">a</span></p>', "a\n"),
    "a weight of 5000 digits": (f'<p><span style="font-weight:{"9" * 5000}">a</span></p>', "a\n"),
    "a list that begins with no number": ('<ol start="²"><li>a</ol>', "1. a\n"),
    "a list that begins with 5000 digits": (f'<ol start="{"9" * 5000}"><li>a</ol>', "1. a\n"),
    "what looks like markup": ("<p>*a* _b_ `c` [d](e) &lt;f&gt; &amp;amp; #g</p>", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f> \\&amp; #g\n"),
    "a line that looks like a list": ("<p>1. a</p><p>- b</p><p># c</p><p>&gt; d</p>", "1\\. a\n\n\\- b\n\n\\# c\n\n\\> d\n"),
    "breaks": ("<p>a<br>b<br><br>c<br></p>", "a\\\nb\n\nc\n"),
    "bullets as text": ("<p>• a<br>• b</p>", "- a\n- b\n"),
    "bullets in paragraphs": ("<p>• a</p><p>• b</p>", "- a\n- b\n"),
    "lists in lists": ("<ul><li>a<ol><li>b</li></ol></li></ul>", "- a\n  1. b\n"),
    "a list beside its item": ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b\n"),
    "loose text": ("a <b>b</b><p>c</p>d", "a **b**\n\nc\n\nd\n"),
    "code": ("<pre><code class='language-py'>a  *b*\n``` </code></pre>", "````py\na  *b*\n``` \n````\n"),
    "code in a line": ("<p><code>a`b</code></p>", "`` a`b ``\n"),
    "an automatic link": ('<p><a href="https://a.example/b">https://a.example/b</a></p>', "<https://a.example/b>\n"),
    "an odd address": ('<p><a href="/a b(c)">d</a></p>', "[d](</a b(c)>)\n"),
    "a link around blocks": ('<a href="/a"><h2>b</h2><p>c</p></a>', "## [b](/a)\n\nc\n"),
    "a picture that loads late": ('<p><img data-src="a.png" alt="b"></p>', "![b](a.png)\n"),
    "a picture in sizes": ('<p><img srcset="a.png 1x, b.png 2x" alt="c"></p>', "![c](b.png)\n"),
    "a picture of one pixel": ('<p>a<img src="b.gif" width="1" height="1"></p>', "a\n"),
    "a caption": ('<figure><img src="a.png" alt="b"><figcaption>c "d"</figcaption></figure>', '![b](a.png "c \\"d\\"")\n'),
    "a table": ("<table><tr><td>a|b</td><td>c</td></tr><tr><td>d</td></tr></table>", "| a\\|b | c |\n| --- | --- |\n| d |  |\n"),
    "cells over rows and columns": (
        "<table><tr><th colspan=2>a</th><th>b</th></tr><tr><td rowspan=2>c</td><td>d</td><td>e</td></tr>"
        "<tr><td>f</td><td>g</td></tr></table>",
        "| a |  | b |\n| --- | --- | --- |\n| c | d | e |\n|  | f | g |\n",
    ),
    "a table that only places": ("<table role=presentation><tr><td>a</td><td>b</td></tr></table>", "a\n\nb\n"),
    "terms": ("<dl><dt>a</dt><dd>b</dd></dl>", "## a\n\nb\n"),
    "what unfolds": ("<details><summary>a</summary><p>b</p></details>", "## a\n\nb\n"),
    "a button": ('<p><a class="btn" href="https://a.example">Book</a></p>', "::: cta\n[Book](https://a.example)\n:::\n"),
    "a film": ('<iframe src="https://player.vimeo.com/video/12" title="a"></iframe>', "[a](https://vimeo.com/12)\n"),
    "hidden text": ('<p>a</p><p style="display:none">b</p>', "a\n"),
    "a form": ("<p>a</p><form><input name=b><button>c</button></form>", "a\n"),
    "scripts and styles": ("<p>a</p><script>b</script><style>c</style><!-- d -->", "a\n"),
    "an anchor beside a heading": ('<h2>a <a class="headerlink" href="#a">¶</a></h2>', "## a\n"),
    "Google's redirect": ('<p><a href="https://www.google.com/url?q=https://a.example/b&sa=D">c</a></p>', "[c](https://a.example/b)\n"),
    "footnotes": (
        '<p>a<sup><a href="#fn1" id="r1">1</a></sup></p><ol><li id="fn1"><p>b <i>c</i> <a href="#r1">↩</a></p></li></ol>',
        "a[^1]\n\n[^1]: b *c*\n",
    ),
    "a button to share": ('<p>a</p><p><a class="button" href="https://a.example/?share">Share</a></p>', "a\n"),
    "sub and sup": ("<p>H<sub>2</sub>O<sup>1</sup></p>", "H<sub>2</sub>O<sup>1</sup>\n"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "markdown"), FRAGMENTS.values(), ids=FRAGMENTS)
def test_a_fragment_is_written_as_markdown(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown


ENTRY = """<!DOCTYPE html><html><head><title>Notes | The Mill</title></head><body><article class="h-entry">
<div class="p-author h-card"><a class="u-url p-name" href="https://mo.example">Mo Reed</a></div>
<p class="p-name">Notes on rye</p><p class="p-summary">A dark grain.</p>
<time class="dt-published" datetime="2024-05-06T07:08:09+02:00">6 May</time><a class="u-url" href="https://mill.example/rye">#</a>
<div class="e-content"><p>Rye is dark, and it grows where the wheat will not, in the cold and in the sand.</p></div>
<a class="p-category">grain</a></article></body></html>"""


def test_a_page_without_other_metadata_has_those_of_its_h_entry() -> None:
    draft = read(ENTRY)
    assert (draft.title, draft.dek, str(draft.date)) == (
        "Notes on rye",
        "A dark grain.",
        "2024-05-06 07:08:09+02:00",
    )
    assert ([each.name for each in draft.authors], draft.tags) == (["Mo Reed"], ("grain",))
    assert draft.canonical_url == "https://mill.example/rye"


def test_a_page_of_several_h_entries_is_none_of_them() -> None:
    draft = read(ENTRY.replace("</article>", '</article><article class="h-entry"></article>'))
    assert (draft.authors, draft.tags) == ((), ())


def test_what_no_newsletter_shows_is_told() -> None:
    html = '<nav>A menu</nav><p>a <a href="javascript:x()">b</a></p><form>A form</form><p hidden>Unseen</p>'
    washed = wash(html)
    draft = clean(Draft(washed.blocks, left=washed.left))
    assert [(each.text, each.reason) for each in draft.left] == [
        ("Unseen", "hidden in the page"),
        ("A form", "a form, which works on no page but its own"),
        ("b <javascript:x()>", "an address of a kind that no reader should follow"),
        ("A menu", "navigation of the page"),
    ]


def test_a_page_that_a_script_fills_is_named() -> None:
    with pytest.raises(PressroomError) as caught:
        read("<!doctype html><html><head><title>a</title></head><body><div id=root></div></body></html>")
    assert caught.value.message == "has no text."


@pytest.mark.parametrize("html", ["<p>a</p>" * 3, "<div><p>a</p></div>", "<!-- x --><!DOCTYPE html><p>a"])
def test_html_is_known_without_an_ending(html: str) -> None:
    assert page.takes(Material("-", html.encode()))


@pytest.mark.parametrize(
    "text", ["<3 for all", "a <p>b</p>", "# a\n\n<div>b</div>", "<https://a.example> <p>"]
)
def test_text_that_holds_a_tag_is_none(text: str) -> None:
    assert not page.takes(Material("-", text.encode()))


def test_the_marks_of_the_washer_in_a_source_are_text() -> None:
    page = "<html><body><div class='note'><p>One.</p><p>\ue00099\ue001 \ue000x</p></div></body></html>"
    assert "One." in read(page).body


@pytest.mark.slow
def test_deep_nesting_keeps_its_text() -> None:
    assert "deep" in read(f"<html><body>{'<div>' * 5000}deep{'</div>' * 5000}").body


words = st.text(st.characters(categories=["L", "Nd", "P", "S", "Zs"]), min_size=1, max_size=20)
tags = st.sampled_from(
    [
        "p",
        "div",
        "b",
        "i",
        "a",
        "ul",
        "ol",
        "li",
        "h2",
        "h3",
        "blockquote",
        "table",
        "tr",
        "td",
        "th",
        "pre",
        "code",
        "br",
        "img",
        "figure",
        "dl",
        "dt",
        "dd",
    ]
)
trees = st.recursive(
    words.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", tags, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


@given(trees)
@example("<table><tr><td>a</td></tr></table>")
@tries(150)
def test_any_html_becomes_a_sound_body_and_loses_no_word(html: str) -> None:
    washed = wash(html)
    draft = clean(Draft(washed.blocks, left=washed.left))
    assert parse(draft.body) is not None
    source = text_cleaned(re.sub(r"<[^>]*>", " ", html).replace("&lt;", "<").replace("&amp;", "&"))
    parts = [
        draft.body,
        draft.title,
        draft.disclaimer,
        *(f"{each.text} {each.reason}" for each in draft.left),
    ]
    found = "".join(re.findall(r"[^\W_]+", " ".join(parts).casefold()))
    assert [word for word in re.findall(r"[^\W_]+", source.casefold()) if word not in found] == []


@given(st.binary(max_size=400))
@tries(100)
def test_no_bytes_end_in_anything_but_an_article_or_an_error(data: bytes) -> None:
    material = Material("a.html", b"<!doctype html><html><body>" + data)
    try:
        assert page.read(material)
    except PressroomError as error:
        assert error.path == "a.html"


def embed(component: str, tag: str = "div", /, **attributes: object) -> str:
    data = escape(json.dumps(attributes))
    return f'<{tag} data-attrs="{data}" data-component-name="{component}"></{tag}>'


def test_what_substack_embeds_has_its_words_pictures_and_links() -> None:
    gallery = {"images": [{"src": "https://a.example/1.png"}], "caption": "Two mills", "alt": "A mill"}
    washed = wash(
        f"<p>So says {embed('MentionToDOM', 'span', name='Ida Falk', id=2)}.</p>"
        + embed("Twitter2ToDOM", url="https://x.example/1", full_text="The wheel is wrong.", name="Ada")
        + embed("ImageGallery", gallery=gallery)
        + embed("DigestPostEmbed", canonical_url="https://b.example/p/q", title="Of rye", caption="A grain")
        + embed("LatexBlockToDOM", persistentExpression="E = mc^2")
        + embed("PollToDOM", id=42)
        + '<div class="pullquote"><p>Nobody reads it twice.</p></div>'
        + '<div data-component-name="PreformattedTextBlockToDOM"><label class="hide-text">For you</label><pre>a</pre></div>'
        + '<p>See <a href="https://open.substack.com/pub/mill/p/of-rye?utm_campaign=post">rye</a>.</p>'
    )
    assert write_blocks(washed.blocks) == (
        "So says Ida Falk.\n\n[The wheel is wrong.](https://x.example/1)\n\nAda\n\n"
        "![A mill](https://a.example/1.png)\n\nTwo mills\n\n[Of rye](https://b.example/p/q)\n\nA grain\n\n"
        "E = mc^2\n\n> Nobody reads it twice.\n\n```\na\n```\n\nSee [rye](https://mill.substack.com/p/of-rye).\n"
    )
    assert [each.text for each in washed.left] == ["For you", 'Poll: {"id": 42}']


def test_a_button_of_substack_goes_with_the_words_that_ask_for_a_click() -> None:
    button = (
        '<p class="button-wrapper"><a class="button primary" href="%%share_url%%"><span>Share</span></a></p>'
    )
    box = f'<div class="captioned-button-wrap"><div class="preamble"><p>This post is public.</p></div>{button}</div>'
    washed = wash(f"<p>Words.</p>{box}{button}<p>More.</p>")
    assert write_blocks(washed.blocks) == "Words.\n\nMore.\n"
    assert [each.text for each in washed.left] == ["This post is public. Share", "Share"]


@pytest.mark.parametrize(
    "attributes", ["", "no JSON", "[]", '{"gallery": {"images": 5}}', '{"images": [5], "name": 7}']
)
def test_strange_embeds_of_substack_raise_nothing(attributes: str) -> None:
    html = f'<p>Words.</p><div data-component-name="X" data-attrs="{escape(attributes)}"></div>'
    assert write_blocks(wash(html).blocks) == "Words.\n"
