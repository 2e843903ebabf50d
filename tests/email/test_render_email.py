"""The default theme's email: what mail clients need of it, and that no text is spoilt on the way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from email_kit import PUBLICATION, article, edition, element, image, paragraph, prose, render
from html_kit import HtmlReader, as_outlook, styles
from hypothesis import given
from hypothesis import strategies as st
from model_kit import typed
from property_kit import tries
from workspace_kit import ROOT

from pipeline.config.colors import DARK, LIGHT
from pipeline.model import Layout, MergeField
from pipeline.support.color_contrast import contrast

ODD = 'A "quoted" & <b>\u2019s\u00a0title \u2764\ufe0f {{ braces }} ]]> --> \' e\u0301 \u200d end'


def test_language_and_direction_stand_on_html_and_each_child_of_the_body() -> None:
    html = render().html
    assert html.startswith('<!doctype html><html lang="en" xml:lang="en" dir="ltr"')
    body = html[html.index("<body") :]
    assert re.match(r'<body[^>]*><div lang="en" dir="ltr" style="display:none;[^"]*">', body)
    assert 'role="article" lang="en" dir="ltr"' in body
    assert 'aria-label="The plastic brain · Synapse"' in body


def test_hebrew_runs_from_right_to_left() -> None:
    html = render(publication=replace(PUBLICATION, language="he")).html
    assert '<html lang="he" xml:lang="he" dir="rtl"' in html
    assert "direction:ltr" not in html
    assert "text-align:left" not in re.sub(r"mj-outlook-group-fix[^>]*>", "", html)
    assert "1 בפברואר 2026".replace(" ", "\u00a0") in html


def test_preview_text_is_the_first_thing_in_the_body_and_followed_by_filler() -> None:
    html = render(edition(preview_text="Rigid & free.")).html
    hidden = re.search(r"<body[^>]*><div[^>]*>(.*?)</div>", html, re.DOTALL)
    assert hidden
    assert re.fullmatch(r"Rigid &amp; free\.(&#8199;&#65279;&#847;){70}", hidden[1])
    assert "font-size:1px;color" not in html


def test_head_says_what_clients_ask_for() -> None:
    metas = {each.get("name", ""): each.get("content", "") for each in HtmlReader(render().html).all("meta")}
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"
    assert "width=device-width" in metas["viewport"]
    assert "telephone=no" in metas["format-detection"]
    assert "x-apple-disable-message-reformatting" in metas
    assert "<o:PixelsPerInch>96</o:PixelsPerInch>" in render().html
    assert "fonts.googleapis" not in render().html


def test_styles_are_small_and_outlook_rules_stand_alone() -> None:
    found = styles(render().html)
    assert sum(map(len, found)) <= 16_384
    outlook = [each for each in found if "data-ogs" in each]
    assert len(outlook) == 1
    assert "@media" not in outlook[0]
    assert any("@media (prefers-color-scheme: dark)" in each for each in found)


def test_headings_go_down_without_a_gap_from_the_one_h1() -> None:
    levels = [int(tag[1]) for tag, _ in HtmlReader(render().html).tags if re.fullmatch("h[1-6]", tag)]
    assert levels == [1, 2, 3, 4, 3, 3, 2, 3]


def test_every_layout_table_is_presentational_in_outlook_too() -> None:
    html = as_outlook(render().html)
    assert "<!--[if" not in html
    assert all(each.get("role") == "presentation" for each in HtmlReader(html).all("table"))
    assert html.count("<table") == html.count("</table>")
    assert html.count("<td") == html.count("</td>")
    assert html.count("<tr") == html.count("</tr>")
    assert all(int(each["width"]) <= 600 for each in HtmlReader(html).all("td") if "width" in each)


def test_backgrounds_have_a_bgcolor_for_clients_that_drop_styles() -> None:
    for tag, attributes in HtmlReader(as_outlook(render().html)).tags:
        if tag in ("body", "table", "td") and re.search(
            r"background(-color)?:\s*#", attributes.get("style", "")
        ):
            assert re.fullmatch("#[0-9a-f]{6}", attributes["bgcolor"])


def test_images_have_alt_and_whole_sizes_and_keep_their_shape_on_phones() -> None:
    found = HtmlReader(render(logo=image("logo", "Synapse", (480, 96))).html).all("img")
    assert [(each["width"], each["height"]) for each in found] == [
        ("240", "48"),
        ("536", "302"),
        ("536", "302"),
    ]
    for each in found:
        assert each["alt"]
        assert "height:auto" in each["style"]
        assert "display:block" in each["style"]


def test_tall_image_is_narrowed_to_what_word_can_show() -> None:
    html = render(edition(("A", ((article(lead=image(size=(600, 6000))), Layout.FULL),)))).html
    assert [(each["width"], each["height"]) for each in HtmlReader(html).all("img")] == [("173", "1728")]


def test_a_cards_picture_is_beside_its_text_only_where_every_card_of_the_section_has_one() -> None:
    def shown(*leads: str) -> tuple[list[str], list[str]]:
        cards = tuple(
            (article(name, name, lead=image(name) if name else None), Layout.CARD) for name in leads
        )
        rendered = render(edition(("A", cards)))
        widths = [each["width"] for each in HtmlReader(rendered.html).all("img")]
        return widths, [each.name for each in rendered.images]

    assert shown("one", "two")[0] == ["168", "168"]
    assert shown("one", "")[0] == ["536"]
    assert shown("one")[0] == ["536"]
    assert len(shown("one", "two")[1]) == 2 and len(shown("one", "")[1]) == 1


def test_pictures_beside_cards_are_at_the_end_of_the_line_in_hebrew_too() -> None:
    cards = tuple((article(name, name, lead=image(name)), Layout.CARD) for name in ("one", "two"))
    html = render(edition(("A", cards)), publication=replace(PUBLICATION, language="he")).html
    assert "direction:ltr" not in html and html.count("padding:4px 0px 0px 32px") == 2
    assert html.index(">one</h3>") < html.index("one.png")


def test_a_sections_heading_is_read_before_the_picture_of_its_first_card() -> None:
    html = render(edition(("A section", ((article("one", "one", lead=image("x")), Layout.CARD),)))).html
    assert html.index(">A section</h2>") < html.index("<img") < html.index(">one</h3>")


def test_a_card_is_linked_once_and_not_by_its_picture() -> None:
    html = render(edition(("A", ((article(lead=image()), Layout.CARD),)))).html
    assert not re.search(r"<a [^>]*><img", html)
    assert html.count('/articles/glutamate-switch/"') == 1


def test_button_is_44_pixels_high_with_its_colour_on_cell_and_link() -> None:
    html = render().html
    cell = re.search(r'<td[^>]*class="button"[^>]*>', html)
    link = re.search(r'class="button".*?<a[^>]*href="([^"]*)"[^>]*style="([^"]*)"', html)
    assert cell and link
    assert f'bgcolor="{LIGHT.accent}"' in cell[0]
    assert link[1] == "https://synapse.example/checklist?a=1&amp;b=2"
    padding = re.search(r"padding:(\d+)px", link[2])
    line = re.search(r"line-height:(\d+)px", link[2])
    assert padding and line
    assert 2 * int(padding[1]) + int(line[1]) >= 44
    assert f"background-color:{LIGHT.accent}" in link[2]


def test_no_text_is_smaller_than_14_pixels() -> None:
    sizes = {int(each) for each in re.findall(r"font-size:\s*(\d+)px", render().html)}
    assert {each for each in sizes if each < 14} <= {0, 1}  # cells without text, and rules


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_colours_of_the_default_theme_have_contrast(palette: object) -> None:
    for ground in (palette.background, palette.surface):  # type: ignore[attr-defined]
        for color in (palette.text, palette.muted, palette.accent):  # type: ignore[attr-defined]
            assert contrast(color, ground) >= 4.5
    assert max(contrast(each, palette.accent) for each in ("#ffffff", "#111111")) >= 4.5  # type: ignore[attr-defined]


def test_blocks_stand_in_the_email_by_their_kind_and_audience() -> None:
    html = render().html
    for text in ("In plain words", "Get the checklist", "Sponsored by Lumen Journals", "In the email alone."):
        assert html.count(text) == 1
    assert "For clinicians alone." not in html
    assert "On the web alone." not in html


def test_link_text_says_where_it_goes() -> None:
    html = render().html
    assert "Read “BDNF”</a>" in html
    assert "“The glutamate switch” on the web</a>" in html
    assert ">Read more<" not in html


def test_piece_that_lives_elsewhere_is_linked_there_and_names_its_host() -> None:
    linked = article("page", "A page", link="https://www.nimh.example/x")
    html = render(edition(("Links", ((linked, Layout.CARD), (linked, Layout.BRIEF))))).html
    assert "Read “A page” on nimh.example</a>" in html
    assert html.count('href="https://www.nimh.example/x"') == 2
    assert "/articles/page/" not in html


def test_article_without_a_page_is_whole_and_its_headline_no_link() -> None:
    html = render(edition(("A", ((article(url=None), Layout.BRIEF),)))).html
    assert "nine of ten" in html
    assert re.search(r"<h3[^>]*>The glutamate switch</h3>", html)
    assert "on the web" not in html


def test_related_article_outside_the_edition_needs_its_address() -> None:
    one = edition(("A", ((article(related=("far", "unknown")), Layout.FULL),)))
    html = render(replace(one, related={"far": ("Far away", "https://synapse.example/far")})).html
    assert '<a href="https://synapse.example/far"' in html
    assert "unknown" not in html


def test_an_edition_without_a_page_has_no_link_to_view_it_in_a_browser() -> None:
    private, public = render(edition(url=None)), render(edition())
    for form in ("html", "text"):
        assert "View in browser" in str(getattr(public, form))
        assert "View in browser" not in str(getattr(private, form))
        assert "web_url" not in str(getattr(private, form))


def test_footer_has_reason_address_and_unsubscribe() -> None:
    html = render(edition(url=None)).html
    assert "You are receiving this because you subscribed to Synapse." in html
    assert "12 Gower Mews<br" in html
    assert 'href="{{ unsubscribe_url }}"' in html
    assert "preferences" not in html
    own = replace(
        PUBLICATION,
        reason="Because.",
        unsubscribe_url=typed("https://s.example/u?e={{ email }}&l=1"),
        preferences_url=typed("https://s.example/p"),
    )
    html = render(publication=own).html
    assert 'href="https://s.example/u?e={{ email }}&amp;l=1"' in html
    assert 'href="https://s.example/p"' in html
    assert "Because." in html
    assert MergeField("email") in render(publication=own).merge_fields


def test_disclaimer_stands_once_in_html_and_text() -> None:
    rendered = render()
    assert rendered.html.count("Information, not medical advice.") == 1
    assert rendered.text.count("Information, not medical advice.") == 1


def test_twelve_whole_articles_stay_below_gmails_limit() -> None:
    long = (prose(*(paragraph("Synapses are lost and made. " * 10) for _ in range(10))),)
    articles = tuple(
        (article(f"a{n}", f"Article {n}", blocks=long, lead=image()), Layout.FULL) for n in range(12)
    )
    assert len(render(edition(("All", articles))).html.encode()) < 102_400


def test_odd_text_survives_in_html_and_text() -> None:
    odd = edition(
        (
            ODD,
            (
                (article(title=ODD, dek=ODD, lead=image(alt=ODD)), Layout.FULL),
                (article("b", title=ODD, dek=ODD), Layout.BRIEF),
            ),
        ),
        title=ODD,
        disclaimers=(ODD,),
    )
    rendered = render(odd, replace(PUBLICATION, title=ODD, tagline=ODD, postal_address=f"{ODD}\n{ODD}"))
    reader = HtmlReader(rendered.html)
    texts = "\x01".join(reader.texts)
    assert texts.count(ODD) == 15
    assert [each["alt"] for each in reader.all("img")] == [ODD]
    assert [each["aria-label"] for each in reader.all("div") if "aria-label" in each] == [f"{ODD} · {ODD}"]
    assert "{{ braces }}" not in rendered.html
    assert [field.name for field in rendered.merge_fields] == ["first_name", "unsubscribe_url"]


@tries(60)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
)
def test_any_title_and_alt_survive(title: str, alt: str) -> None:
    reader = HtmlReader(
        render(edition(("A", ((article(title=title, lead=image(alt=alt)), Layout.FULL),)))).html
    )
    assert [each["alt"] for each in reader.all("img")] == [alt]
    assert title in "".join(reader.texts)


@tries(60)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_of_the_body_survives_once(text: str) -> None:
    marked = f"\u2063{text}\u2063"
    blocks = (prose(paragraph(marked)),)
    html = render(edition(("A", ((article(blocks=blocks), Layout.FULL),)))).html
    assert "".join(HtmlReader(html).texts).count(marked) == 1


def test_text_that_looks_like_a_token_is_text() -> None:
    html = render(edition(title="zqT0zq zqC1zq zqT9999zq")).html
    assert "<h1" in html
    assert html.count("zqT0zq zqC1zq zqT9999zq") == 3  # title, label, heading


def test_mjml_is_a_whole_document_that_mrml_takes_with_odd_text() -> None:
    from mjml import mjml2html

    rendered = render(edition(title=ODD))
    assert rendered.mjml.startswith('<mjml lang="en" dir="ltr">')
    assert "zq" not in rendered.mjml
    again = mjml2html(rendered.mjml, fonts={})
    assert [each["aria-label"] for each in HtmlReader(again).all("div") if "aria-label" in each] == [
        f"{ODD} · Synapse"
    ]


def test_white_space_between_inline_elements_is_kept() -> None:
    blocks = (prose(paragraph(element("b", "one"), "\n", element("i", "two"))),)
    html = render(edition(("A", ((article(blocks=blocks), Layout.FULL),)))).html
    assert re.search(r"<b>one</b>\s<i>two</i>", html)


def test_images_are_listed_once_in_reading_order() -> None:
    rendered = render(logo=image("logo", "Synapse", (480, 96)))
    assert [each.name for each in rendered.images] == ["logo.png", "drop.png", "bdnf.png"]


def test_layout_of_one_shape_is_compiled_once() -> None:
    from pipeline.render.email.mjml import compile_layout

    render(edition(title="One"))
    before = compile_layout.cache_info().misses
    render(edition(title="Another", subject="Two", disclaimers=("Other words.",)))
    assert compile_layout.cache_info().misses == before


@pytest.mark.slow
def test_two_processes_give_the_same_bytes() -> None:
    code = (
        "import sys,hashlib;from email_kit import *;from pipeline.render.email.message import build_message;"
        "r=render();m=build_message(r,PUBLICATION,edition());"
        "print(hashlib.sha256((r.html+r.text+r.mjml).encode()+m).hexdigest())"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "kits"), *sys.path])
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(outs) == 1
