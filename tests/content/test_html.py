from __future__ import annotations

import re

import pytest
from content_kit import PERMALINK, html, parse, writer

from pipeline.content.html import blocks_to_html, footnotes_to_html
from pipeline.content.medium import Medium, for_audience, select_blocks
from pipeline.model import BlockKind, Content
from pipeline.support import merge

GOLDEN = """\
Hello {{ first_name | R&D "team" }}, see [the list][1] and[^b] {braces}.

[1]: other.md

## Parts of *it*

### Parts of it

![A brain](brain.png "Its parts")

3. three
4. four

| a | b |
|---|--:|
| 1 | 2 |

```python
x = {{1}}
```

::: callout Watch out
Mind the gap.
:::

::: cta
Come along. [Book](https://x.example/?a=1&b=2)
:::

::: sponsor Acme
They pay.
:::

[^b]: A note.
"""


@pytest.fixture(scope="module")
def golden() -> Content:
    return parse(GOLDEN)


def test_braces_in_a_title_are_text_and_stay_in_the_attribute() -> None:
    written = html("""<abbr title='{{"><i>x'>RF</abbr>""")
    assert '<abbr title="&#123;&#123;&quot;&gt;&lt;i&gt;x">RF</abbr>' in written


def test_the_web_form_has_ids_classes_and_ways_back(golden: Content) -> None:
    assert (
        merge.html(blocks_to_html(golden.blocks, writer(Medium.WEB)))
        == """\
<p>Hello {{ first_name | R&amp;D &quot;team&quot; }}, see \
<a href="https://synapse.example/other.md">the list</a> and\
<sup class="footnote" id="fnref1"><a href="#fn1">1</a></sup> {braces}.</p>
<h2 id="parts-of-it">Parts of <em>it</em></h2>
<h3 id="parts-of-it-2">Parts of it</h3>
<figure><img src="https://synapse.example/images/brain.png" alt="A brain" width="1200" height="801">\
<figcaption>Its parts</figcaption></figure>
<ol start="3"><li>three</li><li>four</li></ol>
<div class="scrolls" role="group" tabindex="0" aria-label="Table">\
<table><thead><tr><th scope="col">a</th><th scope="col" class="align-right">b</th></tr></thead>\
<tbody><tr><td>1</td><td class="align-right">2</td></tr></tbody></table></div>
<pre dir="ltr"><code class="language-python">x = &#123;&#123;1&#125;&#125;
</code></pre>
<aside class="callout"><p class="callout-title"><strong>Watch out</strong></p>
<p>Mind the gap.</p></aside>
<div class="cta"><p>Come along.</p>
<p><a class="button" href="https://x.example/?a=1&amp;b=2">Book</a></p></div>
<aside class="sponsor"><p class="sponsor-title"><strong>Sponsored by Acme</strong></p>
<p>They pay.</p></aside>"""
    )
    assert footnotes_to_html(golden.footnotes, writer(Medium.WEB)) == (
        '<ol><li id="fn1"><p>A note. <a class="backlink" role="doc-backlink" aria-label="Back to the text at note 1" href="#fnref1">↩\ufe0e</a></p></li></ol>'
    )


def test_the_feed_form_is_plain_html_with_absolute_addresses(golden: Content) -> None:
    written = blocks_to_html(golden.blocks, writer(Medium.FEED))
    for banned in (" class=", " style=", " id=", "<aside", "<div", "<h1", 'href="#'):
        assert banned not in written
    assert f'<sup><a href="{PERMALINK}#fn1">1</a></sup>' in written
    assert "<blockquote><p><strong>Watch out</strong></p>" in written
    assert footnotes_to_html(golden.footnotes, writer(Medium.FEED)) == (
        '<ol><li id="fn1"><p>A note.</p></li></ol>'
    )


def test_a_feed_anchor_may_go_on_after_its_hash(golden: Content) -> None:
    item = writer(Medium.FEED, anchor=PERMALINK + "#two-")
    assert f'href="{PERMALINK}#two-fn1"' in blocks_to_html(golden.blocks, item)
    assert '<li id="two-fn1">' in footnotes_to_html(golden.footnotes, item)


def test_the_email_form_has_styles_and_no_classes_or_ids(golden: Content) -> None:
    styles = {
        "p": "margin:0;",
        "img": "display:block",
        "blockquote p": "color:#333333",
        "pre code": "font-size:14px",
    }
    written = blocks_to_html(golden.blocks, writer(Medium.EMAIL, styles=styles))
    for banned in (" id=", "<aside", "<div", "<pre"):
        assert banned not in written
    assert re.findall(r' class="(\w+)"', written) == ["code"]
    assert '<p style="margin:0">Hello' in written
    assert '<p style="margin:0;color:#333333"><strong>' in written
    assert '<code style="font-size:14px">' in written
    assert "<sup>1</sup>" in written
    assert 'width="536" height="358" style="display:block;width:100%;max-width:536px"' in written
    assert '<th scope="col" align="right" style="word-break:normal">' in written
    assert '<ol start="3">' in written


def test_headings_are_lowered_and_never_below_the_sixth_level() -> None:
    assert '<h4 id="a">a</h4>' in html("## a", heading_shift=2)
    assert "<h6" in html("##### a", heading_shift=3)


def test_an_anchor_keeps_the_ids_of_articles_on_one_page_apart() -> None:
    written = html("## a\n\nx[^1] [up](#a)\n\n[^1]: n", anchor="one-")
    assert 'id="one-a"' in written
    assert 'href="#one-a"' in written
    assert 'href="#one-fn1"' in written


def test_a_heading_never_takes_the_id_of_a_note() -> None:
    assert 'id="fn1-"' in html("## fn1")


def test_an_in_page_link_is_only_its_text_in_an_email() -> None:
    assert html("[up](#top)", Medium.EMAIL) == "<p>up</p>"


def test_addresses_are_written_through_the_writer_but_fields_are_not() -> None:
    written = html("[a](b.md) [c]({{ web_url }}) ![d](e.png)", address=lambda url: "X" + url)
    assert 'href="Xhttps://synapse.example/b.md"' in written
    assert 'src="Xhttps://synapse.example/images/e.png"' in written
    assert 'href="{{ web_url }}"' in written


SELECTION = """\
always

::: email-only
mail
:::

::: web-only
web

::: only audience=clinicians
both
:::
:::

::: callout Box
in

::: only audience=patients
patients
:::
:::
"""


@pytest.mark.parametrize(
    ("form", "audience", "seen"),
    [
        (Medium.EMAIL, "everyone", {"always", "mail", "in"}),
        (Medium.TEXT, "patients", {"always", "mail", "in", "patients"}),
        (Medium.WEB, "clinicians", {"always", "web", "both", "in"}),
        (Medium.FEED, "everyone", {"always", "web", "in"}),
    ],
)
def test_a_form_shows_what_is_meant_for_it_and_its_audience(
    form: Medium, audience: str, seen: set[str]
) -> None:
    blocks = select_blocks(parse(SELECTION).blocks, form, audience)
    assert {block.kind for block in blocks} <= {BlockKind.PROSE, BlockKind.CALLOUT}
    written = blocks_to_html(blocks, writer(Medium.FEED))
    words = ("always", "mail", "web", "both", "in", "patients")
    assert {word for word in words if f"<p>{word}</p>" in written} == seen


def test_hidden_notes_and_images_go_with_their_blocks() -> None:
    content = parse(
        "::: email-only\nA[^a] ![x](a.png)\n:::\n\nB[^b] ![y](b.png)\n\n"
        "[^a]: Note a[^d]\n[^b]: Note b[^c]\n[^c]: Note c\n[^d]: Note d\n"
    )
    shown = for_audience(content, Medium.WEB, "everyone")
    assert [str(note) for note in ("Note b", "Note c")] == [
        note[0].children[0]
        for note in shown.footnotes  # type: ignore[union-attr]
    ]
    assert ">1</a>" in blocks_to_html(shown.blocks, writer(Medium.WEB))
    assert ">2</a>" in footnotes_to_html(shown.footnotes, writer(Medium.WEB))
    assert [image.name for image in shown.images] == ["b.png"]
    assert len(content.footnotes) == 4


def test_tall_and_small_images_keep_their_proportion() -> None:
    assert 'width="536" height="358"' in html("![a](b.png)", Medium.EMAIL)
    assert 'width="1200" height="801"' in html("![a](b.png)", Medium.FEED)


def test_content_without_notes_has_no_list() -> None:
    assert footnotes_to_html((), writer(Medium.WEB)) == ""


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (
            Medium.WEB,
            '<figure class="pullquote"><blockquote><p>A <em>window</em> opens.</p></blockquote>\n'
            "<figcaption>Ada &amp; Bo</figcaption></figure>",
        ),
        (Medium.FEED, "<blockquote><p>A <em>window</em> opens.</p>\n<p>— Ada &amp; Bo</p></blockquote>"),
    ],
)
def test_a_pull_quote_names_who_said_it(form: Medium, written: str) -> None:
    assert html("::: pullquote Ada & Bo\nA *window* opens.\n:::", form) == written


def test_a_pull_quote_need_not_name_anyone() -> None:
    written = html("::: pullquote\nA window opens.\n:::", Medium.WEB)
    assert written == '<figure class="pullquote"><blockquote><p>A window opens.</p></blockquote></figure>'
