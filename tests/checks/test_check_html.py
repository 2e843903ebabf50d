"""What the rules on the HTML tell apart, beyond each rule's one example, and where they place it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import tostring

import pytest
from check_examples.html import BUTTON, CTA, HEAD_END, LINK, P, within
from check_kit import BODY, Case, check_context
from hypothesis import example, given
from hypothesis import strategies as st
from property_kit import tries
from workspace_kit import SETTINGS

from pipeline.checks.cascade import Styles
from pipeline.checks.client_features import first_uses
from pipeline.checks.html_page import HtmlPage, parse_page, parse_versions, text_of
from pipeline.checks.outlook_view import applies, outlook_pieces, outlook_view, readable
from pipeline.checks.page_text import text_runs
from pipeline.checks.rules.client_support import HARMLESS, support_of
from pipeline.checks.runner import find_edition_rule
from pipeline.config.publication import CLIENTS
from pipeline.model import Finding, Place, Severity
from pipeline.support.css import hex_colour, value_parts

ARTICLE = "issues/articles/glutamate-switch.md"
LIST = "\n- one [link here](https://journal.example/z) among words\n"


def found(code: str, case: Case) -> list[Finding]:
    return list(find_edition_rule(code).findings(check_context(case)))


BROKEN = [
    ("TYPE005", Case(body=BODY + LIST, html=('underline">link here', 'none">link here')), "in a list too"),
    ("TYPE002", Case(body=BODY + LIST, html=('<li style="', '<li style="font-size:15px;')), "in a list too"),
    ("TYPE003", within(f'<td style="font-size:16px;line-height:23px">{"word " * 20}</td>'), "in a cell too"),
    ("TYPE004", within(f'<div align="center">{"word " * 40}</div>'), "said by an attribute"),
    ("TYPE004", within(f'<p style="text-align:right">{"word " * 40}</p>'), "at the far side"),
    ("TYPE006", within('<p style="color:silver">Words</p>'), "a name"),
    ("TYPE006", within('<p style="color:#333f">Words</p>'), "four digits"),
    (
        "TYPE007",
        within('<table role="presentation" bgcolor="#ffffff" style="background:#000000"></table>'),
        "",
    ),
    ("TYPE009", Case(html=(HEAD_END, "<style>.t { color red; }</style></head>")), "in a sheet too"),
    ("COLOR001", within('<p style="color:silver">Faint</p>'), "a name"),
    ("COLOR001", within('<p style="color:rgba(0,0,0,0.3)">Faint</p>'), "half see-through"),
    ("COLOR001", within('<center style="color:#111111;background:#222222 url(x.png)">Dark</center>'), ""),
    ("BODY008", within('<div style="min-width:400px">Words</div>'), "wider than a phone"),
    ("BODY008", within('<!--[if mso]><table role="presentation" width="700"></table><![endif]-->'), "Word"),
    ("BODY011", Case(body=BODY + "\nHello {% if member %}member{% endif %}.\n"), "in an article"),
    ("BODY012", Case(body=BODY + CTA, html=(BUTTON, "padding-top:4px;font-family")), "one side only"),
    (
        "HEAD005",
        Case(html=("width=device-width, initial-scale=1", "width=device-width, user-scalable=no")),
        "no zoom",
    ),
    ("WORD005", within("<!--[if outlook]><b>x</b><![endif]-->"), "no such condition"),
    ("WORD005", within("<!--[if mso]><!--[if mso]><b>x</b><![endif]--><![endif]-->"), "one in another"),
    ("CLIENT001", Case(html=(HEAD_END, "<style>.t:hover { color: #111111; }</style></head>")), ":hover"),
]


@pytest.mark.parametrize(("code", "case", "why"), BROKEN, ids=[f"{c} {w}".strip() for c, _, w in BROKEN])
def test_this_too_is_a_violation(code: str, case: Case, why: str) -> None:
    assert found(code, case)


SOUND = [
    (
        "BODY011",
        Case(body=BODY + "\n```\n{% if member %} \\u{a0}\nmore\n```\n"),
        "code that shows a template",
    ),
    (
        "BODY012",
        Case(body=BODY + CTA, html=("font-size:16px;line-height:24px", "font-size:16px;line-height:1.5")),
        "",
    ),
    ("TYPE002", Case(body=BODY + "\nWords.[^1]\n\n[^1]: A note in small type.\n"), "a note"),
    ("TYPE003", within(f'<h2 style="font-size:16px;line-height:18px">{"word " * 20}</h2>'), "a heading"),
    ("TYPE003", within('<p style="font-size:16px;line-height:20px">A label</p>'), "one line"),
    ("TYPE004", within(f'<td align="right">{"12 " * 60}</td>'), "figures in a column"),
    (
        "TYPE005",
        within('<p><a href="https://a.example/" style="text-decoration:none">Alone</a></p>'),
        "alone",
    ),
    ("TYPE006", within('<p style="background:url(#333) transparent;color:inherit">Words</p>'), "no colour"),
    ("TYPE010", Case(html=(HEAD_END, "<style>.i a { color: #111111; }</style></head>")), "only an alt text"),
    ("WORD005", within("<!--[if (gte mso 9)|(IE)]><b>x</b><![endif]-->"), "brackets"),
]


@pytest.mark.parametrize(("code", "case", "why"), SOUND, ids=[f"{c} {w}".strip() for c, _, w in SOUND])
def test_this_is_no_violation(code: str, case: Case, why: str) -> None:
    assert [each.message for each in found(code, case)] == []


def test_what_an_editor_wrote_is_placed_in_her_file() -> None:
    body = BODY + LIST + "\n#### Deep\n\nWords with {% raw %}.\n"
    underline = ('text-decoration:underline">link here', 'text-decoration:none">link here')
    lines = {
        code: [(each.place.path, each.place.line) for each in found(code, Case(body=body, html=underline))]
        for code in ("BODY003", "BODY011", "TYPE005")
    }
    assert lines == {"BODY003": [(ARTICLE, 19)], "BODY011": [(ARTICLE, 21)], "TYPE005": [(ARTICLE, 17)]}


def test_a_pair_of_the_settings_colours_is_placed_in_the_settings() -> None:
    case = Case(settings='[theme.colors]\ntext = "#000000"\nmuted = "#b0b0b0"\n')
    (first, *_) = found("COLOR001", case)
    assert first.place == Place("newsletter.toml", SETTINGS.count("\n") + 4)
    assert "muted (#b0b0b0) on surface (#ffffff)" in first.message
    assert first.hint == "Change one of the two under [theme.colors]."


def test_the_same_colours_by_night_are_placed_in_the_settings() -> None:
    palette = "\n".join(
        f'{name} = "{value}"'
        for name, value in {
            "accent": "#1f5f5b",
            "text": "#1d2429",
            "muted": "#55606a",
            "background": "#f2f1f0",
            "surface": "#ffffff",
            "line": "#d9d6ce",
        }.items()
    )
    (only,) = found("COLOR003", Case(settings=f"[theme.dark]\n{palette}\n"))
    assert (only.place, only.message) == (
        Place("newsletter.toml", SETTINGS.count("\n") + 2),
        "[theme.dark] has the same colours as [theme.colors].",
    )


def test_two_links_of_one_text_are_one_finding() -> None:
    plain = '<p>Words <a href="https://a.example/" style="text-decoration:none">here</a> and more</p>'
    assert len(found("TYPE005", within(plain * 2))) == 1
    assert found("TYPE005", Case(html=(f'underline">{LINK}', f'none">{LINK}')))


# --- client support --------------------------------------------------------------------------

FEATURES = [
    ('<p style="display:flex">', "css-display-flex"),
    ('<p style="display:table">', "css-display"),
    ('<p style="border-top-left-radius:1px">', "css-border-radius"),
    ('<p style="margin-inline-start:1px">', "css-margin-inline-start-end"),
    ('<p style="top:1px">', "css-left-right-top-bottom"),
    ('<p style="grid-template-columns:1fr">', "css-grid-template"),
    ('<p style="-webkit-filter:none">', "css-filter"),
    ('<p style="width:calc(1px + 2rem)">', "css-unit-calc"),
    ('<p style="width:calc(1px + 2rem)">', "css-unit-rem"),
    ('<p style="color:var(--ink)">', "css-variables"),
    ('<p style="--ink:#111111">', "css-variables"),
    ('<p style="background:url(x.png)">', "css-background-image"),
    ('<p style="color:oklch(1 0 0)">', "css-modern-color"),
    ('<p style="font-family:system-ui">', "css-sytem-ui"),
    ('<p style="color:#111111 !important">', "css-important"),
    ("<style>@font-face { src: local(x) }</style>", "css-at-font-face"),
    (
        "<style>@media (prefers-reduced-motion) { p { top: 0 } }</style>",
        "css-at-media-prefers-reduced-motion",
    ),
    ("<style>a:hover { top: 0 }</style>", "css-pseudo-class-hover"),
    ("<style>a:before { top: 0 }</style>", "css-pseudo-element-before"),
    ("<style>a::before { top: 0 }</style>", "css-pseudo-element-before"),
    ("<style>a + b { top: 0 }</style>", "css-selector-adjacent-sibling"),
    ("<style>a ~ b { top: 0 }</style>", "css-selector-general-sibling"),
    ("<style>* { top: 0 }</style>", "css-selector-universal"),
    ("<style>.a.b { top: 0 }</style>", "css-selector-chaining"),
    ("<details></details>", "html-semantics"),
    ("<map></map>", "html-image-maps"),
    ('<input type="radio">', "html-input-radio"),
    ('<a href="#there">', "html-anchor-links"),
    ('<a href="mailto:a@b.example">', "html-mailto-links"),
    ('<img loading="lazy">', "html-loading-attribute"),
    ('<img src="https://a.example/x.webp?y=1">', "image-webp"),
    ('<img src="data:image/png;base64,AAAA">', "image-base64"),
    ("<p hidden>", "html-hidden"),
]


@pytest.mark.parametrize(("html", "slug"), FEATURES)
def test_a_feature_in_use_is_known_by_its_name_in_the_data(html: str, slug: str) -> None:
    assert slug in first_uses(parse_page(html))
    assert support_of(slug, ("gmail",)) is not None


def test_each_reviewed_feature_is_one_of_the_data() -> None:
    assert [slug for slug in HARMLESS if support_of(slug, ("gmail",)) is None] == []


def test_the_default_theme_goes_past_the_reviewed_list_for_no_family() -> None:
    case = Case(body=BODY + CTA, settings=f"[checks]\nclients = {list(CLIENTS)}\n".replace("'", '"'))
    assert [each.message for code in ("CLIENT001", "CLIENT002") for each in found(code, case)] == []


def test_an_unsupported_feature_names_family_platform_and_note() -> None:
    (one,) = found("CLIENT001", within('<p style="background-image:none">Words</p>'))
    assert one.message == "background-image is not supported by Outlook (Windows, Windows Mail)."
    assert "https://www.caniemail.com/features/css-background-image/" in one.hint
    assert one.severity is Severity.WARNING


def test_a_feature_in_a_style_sheet_alone_is_only_noted() -> None:
    (one,) = found("CLIENT001", Case(html=(HEAD_END, "<style>.t:hover { color: #111111; }</style></head>")))
    assert one.severity is Severity.NOTE


def test_the_publications_own_families_count() -> None:
    case = Case(html=(P, f'<p style="float:left">x</p>{P}'), settings='[checks]\nclients = ["apple-mail"]\n')
    assert found("CLIENT001", case) == []


# --- what the rules stand on -----------------------------------------------------------------


@pytest.mark.parametrize("condition", ["mso", "mso | IE", "(gte mso 9)&(!IE)", "!mso", "lte mso 11", "IE 9"])
def test_conditions_that_word_reads(condition: str) -> None:
    assert readable(condition)


@pytest.mark.parametrize("condition", ["outlook", "", "mso |", "(mso", "mso mso", ")", "gte 9"])
def test_conditions_that_word_does_not_read_do_not_hold(condition: str) -> None:
    assert not readable(condition)
    assert not applies(condition)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("mso & IE | true", True),
        ("true | true & false", True),
        ("(true | true) & false", False),
        ("!(mso | IE)", False),
    ],
)
def test_not_binds_before_and_and_before_or(condition: str, holds: bool) -> None:
    assert applies(condition) is holds


def test_the_text_of_an_element_keeps_blocks_apart_and_words_together() -> None:
    html = '<div>H<sub>2</sub>O<p>one</p><p>two<br>three <img alt="a chart"></p><style>p {}</style></div>'
    element = parse_page(html).first("div")
    assert element is not None and text_of(element) == "H2O one two three a chart"


PIECES = (
    *("<!--[if mso]>", "<![endif]-->", "<!--[if !mso]><!-->", "<!--<![endif]-->", "<!--", "-->"),
    *('<p class="a">', "</p>", "<br>", "</td>", "<style>", "</style>", "<p title='", "'>", "<", ">"),
    *("text\n", "&amp;", "&am", "p;", "\n"),
)


@given(html=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("<style><!--[if mso]>p {}<![endif]--></style><p>")
@example("<p title='<!--[if mso]><td><![endif]-->'>")
@example("<p>&am<!--[if mso]>p;<![endif]-->\n<!--[if !mso]><!--><b>\n</b><!--<![endif]--></td>")
@tries(500)
def test_a_page_that_is_read_in_pieces_is_what_it_is_as_a_whole(html: str) -> None:
    def seen(page: HtmlPage) -> Iterator[object]:
        yield tostring(page.root)
        yield [page.lines[each] for each in page.all()]
        yield page.errors

    for page, whole in zip(
        parse_versions(*zip(*outlook_pieces(html), strict=True)), (html, outlook_view(html)), strict=True
    ):
        assert [*seen(page)] == [*seen(parse_page(whole))]


@tries(400)
@given(st.text("<!-[]>/?=\"'&#; abxei", max_size=40))
@example("<![en x]><p>Words")
def test_a_page_is_read_whatever_is_written(html: str) -> None:
    page = parse_page(f"<div>{html}</div>\n<!-- -->\n<p>Words</p>")
    assert page.errors or page.all("p")


def test_two_links_side_by_side_are_two_runs_and_hidden_text_is_none() -> None:
    html = (
        '<body><div style="display: none">hidden</div><p>See <a href="a">one</a> and <a href="b">two</a> '
        '<a href="c">three</a></p><table><tr><td>cell<sup>1</sup></td></tr></table></body>'
    )
    runs = [(run.text, run.cell) for run in text_runs(parse_page(html))]
    assert runs == [("See one and two", False), ("three", False), ("cell 1", True)]


def resolved(html: str, tag: str) -> dict[str, str]:
    page = parse_page(html)
    element = page.first(tag)
    assert element is not None
    return dict(Styles(page).of(element))


def test_styles_of_attributes_and_shorthands() -> None:
    assert resolved('<td align="center"><p>', "p")["text-align"] == "center"
    assert "text-align" not in resolved('<table align="center"><tr><td>', "td")
    style = resolved('<p style="padding:1px 2px 3px;padding-top:9px">', "p")
    assert [style[f"padding-{side}"] for side in ("top", "right", "bottom", "left")] == [
        "9px",
        "2px",
        "3px",
        "2px",
    ]
    font = resolved('<p style="font:bold 17px/26px Georgia, serif">', "p")
    assert (font["font-size"], font["line-height"], font["font-weight"]) == ("17px", "26px", "bold")
    assert font["font-family"] == "Georgia, serif"
    assert resolved('<p style="font-size:18px"><sub>', "sub")["font-size"] == "15.00px"


def test_a_line_height_in_percent_is_inherited_as_a_length() -> None:
    html = '<div style="font-size:20px;line-height:150%"><p style="font-size:30px">'
    assert resolved(html, "p")["line-height"] == "30.00px"


def test_a_style_sheets_own_media_count() -> None:
    html = '<style media="(max-width:300px)">p { color: #111111 }</style><p style="top:0">'
    assert "color" not in resolved(html, "p")


def test_colours_in_every_notation() -> None:
    assert hex_colour("SILVER") == "#c0c0c0"
    assert hex_colour("rgb(1, 2, 3)") == "#010203"
    assert hex_colour("rgba(0,0,0,.5)") is None
    assert hex_colour("bold") is None
    assert value_parts("1px solid RGB(1,2,3)").functions == {"rgb"}
