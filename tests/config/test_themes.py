"""Themes: what each must meet, how one is chosen and changed, and what is said where it is wrong."""

from __future__ import annotations

import colorsys
import difflib
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from builds_kit import Builds
from html_kit import HtmlReader, as_outlook, styles
from table_kit import rows
from workspace_kit import ROOT, WorkspaceRunner, png

from pipeline.checks.cascade import Styles
from pipeline.checks.html_page import parse_page
from pipeline.checks.page_text import visible_texts
from pipeline.config.colors import DARK
from pipeline.config.fields import Fields
from pipeline.config.themes import read_theme, read_theme_settings, theme_names
from pipeline.config.toml import toml_fields
from pipeline.errors import PressroomError
from pipeline.model import Palette, ThemeSettings
from pipeline.support.color_contrast import contrast, text_color_on

GOLDEN = ROOT / "tests" / "golden"
THEMES = theme_names(None)
EMAIL = "issues/001-every-block/email.html"


@pytest.fixture(params=THEMES)
def built(request: pytest.FixtureRequest, builds: Builds) -> WorkspaceRunner:
    return builds.golden(request.param)


@pytest.fixture
def html(built: WorkspaceRunner) -> str:
    return with_plain_spaces(built.read(f"build/{EMAIL}"))


def with_plain_spaces(html: str) -> str:
    """HTML without the spaces that keep a date in one line."""
    return html.replace("\u00a0", " ")


# --- every theme -------------------------------------------------------------------------------


def test_the_packaged_themes() -> None:
    assert THEMES == ("default", "digest", "letter")


@pytest.mark.parametrize("theme", [name for name in THEMES if name != "default"])
def test_the_email_of_a_theme_is_as_it_was(theme: str, builds: Builds) -> None:
    """Accept a wanted change, once it was looked at, by PRESSROOM_ACCEPT=1."""
    made = builds.golden(theme).read(f"build/{EMAIL}")
    held = GOLDEN / "expected/themes" / f"{theme}.html"
    if os.environ.get("PRESSROOM_ACCEPT"):
        held.parent.mkdir(parents=True, exist_ok=True)
        held.write_text(made, encoding="utf-8", newline="")
    before = held.read_bytes().decode()
    changed = difflib.unified_diff(before.splitlines(), made.splitlines(), "held", "made", lineterm="", n=0)
    assert made == before, "\n".join(changed)[:4000]


@pytest.mark.parametrize(
    "text",
    [
        *("The Golden Letter", "Issue 1", "1 February 2026", "Every block", "this letter stands at the head"),
        *("In full", "Cards &amp; more", "In brief", "Its dek, written as a summary.", "elsewhere.example"),
        *("A quotation that stands", "A sentence that is worth", "Ada Example", "A caption &amp; more"),
        *(
            '<th scope="col"',
            'class="code"',
            "Worth knowing",
            "Join the reading group",
            "Yes &amp; gladly",
            "3 March 2026, 19:00–21:30",
            "Every block, read aloud",
            "Sponsored by Golden Pens",
        ),
        *("Notes", "A longer note.", "Information, not medical advice", "Set in whatever your mail program"),
        *("You receive this because", "1 Example Row", "Unsubscribe", "View in browser", "Only the email"),
    ],
)
def test_every_theme_shows_every_block(html: str, text: str) -> None:
    assert text in html


def test_widths_stay_within_the_container(html: str) -> None:
    assert max(map(int, re.findall(r'width="(\d+)"', html))) <= 600
    assert max(map(int, re.findall(r"max-width:(\d+)px", html))) <= 600


def test_outlook_gets_balanced_tables_whose_columns_fit(html: str) -> None:
    outlook = as_outlook(html)
    for tag in ("table", "tr", "td"):
        assert len(re.findall(rf"<{tag}\b", outlook)) == len(re.findall(rf"</{tag}>", outlook))
    for row in re.findall(r"<!--\[if mso \| IE\]>(.*?)<!\[endif\]-->", html):
        assert sum(map(int, re.findall(r'<td[^>]*style="[^"]*;width:(\d+)px', row))) <= 600


def test_layout_tables_are_presentational_and_a_data_table_is_not(html: str) -> None:
    tables = HtmlReader(as_outlook(html)).all("table")
    assert [each for each in tables if each.get("role") != "presentation"] == [
        each for each in tables if "border-collapse:collapse;font-size" in each.get("style", "")
    ]


def test_every_colour_has_six_digits(html: str) -> None:
    found = re.findall(r"(?:color|background|border)[\w-]*(?:=\"|:)[^\";]*?(#[0-9A-Fa-f]+)", html)
    assert found
    assert {each for each in found if len(each) != 7} == set()


def test_styles_fit_and_no_rule_is_nested(html: str) -> None:
    assert len("".join(styles(html))) <= 16_384
    for style in styles(html):
        depth = 0
        for found in re.findall(r"[{}]|@\w+", style):
            depth += {"{": 1, "}": -1}.get(found, 0)
            assert not (found.startswith("@") and depth)


def test_there_is_one_h1_and_no_level_is_skipped(html: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_images_have_alt_and_size(html: str) -> None:
    images = HtmlReader(html).all("img")
    assert len(images) >= 3
    for image in images:
        # An author's picture is beside the name.
        assert (image["alt"] or image["width"] == "40") and image["src"].endswith(".png")
        assert 0 < int(image["width"]) <= 600 and int(image["height"]) > 0
        assert "max-width" in image["style"] or "width:100%" in image["style"]


def test_type_is_legible(html: str) -> None:
    seen = {int(size) for size in re.findall(r"font-size:\s*(\d+)px", html)}
    assert {size for size in seen if size < 14} <= {0, 1}  # cells without text, and rules
    assert "text-align:justify" not in html
    for size, line in re.findall(r'<p style="[^"]*font-size:(\d+)px;line-height:(\d+)px', html):
        assert int(line) >= 1.4 * int(size)


SPACING = {0, 4, 8, 12, 16, 24, 32, 48}
TYPE = {14, 16, 17, 20, 24, 36}
_SPACE = r"(?<![-\w])(?:padding|margin|mso-padding-alt)(?:-\w+)?\s*:\s*([^;\"}]+)"


def in_pixels(declaration: str, html: str) -> set[int]:
    """The numbers of pixels in the values of a declaration, be it inline or in a style sheet."""
    values = re.findall(declaration, html)
    assert values
    return {int(number) for value in values for number in re.findall(r"(\d+)px", value)}


def assert_one_scale(html: str) -> None:
    # mrml's own margin of paragraphs applies to none: each has its own.
    html = html.replace("margin: 13px 0;", "")
    assert all("margin" in each.get("style", "") for each in HtmlReader(html).all("p"))
    assert in_pixels(_SPACE, html) - SPACING == set()
    sizes = in_pixels(r"font-size:\s*([^;\"}]+)", html)
    assert sizes - TYPE <= {0, 1}  # cells without text, and rules
    assert in_pixels(r"border-radius:([^;\"}]+)", html) == {4}


def test_space_type_and_corners_are_of_one_scale(html: str) -> None:
    assert_one_scale(html)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "sections", ["[]", '[{title: "", tags: [essays], layout: full}]'], ids=["alone", "before an article"]
)
def test_a_letter_with_a_picture_is_of_the_same_scale(tmp_path: Path, theme: str, sections: str) -> None:
    workspace = WorkspaceRunner(tmp_path)
    workspace.write({"issues/001-the-kettle/window.png": png()})
    picture = "image: window.png\nimage_alt: A window in winter"
    bare = "show: {date: false, reading_time: false, issue_number: false, authors: false, web_link: false}"
    html = essay(workspace, theme, f"Winter\n{picture}\n{bare}\nsections: {sections}", "Good morning.\n")
    assert 'alt="A window in winter"' in html
    assert_one_scale(workspace.read("build/issues/001-the-kettle/email.html"))


@pytest.mark.parametrize("theme", THEMES)
def test_a_ground_has_hardly_a_hue_because_forced_inversion_turns_warm_ones_brown(
    theme: str, builds: Builds
) -> None:
    look = read_theme(theme, None, [])
    html = builds.golden(theme).read(f"build/{EMAIL}")
    grounds = set(re.findall(r"(?:bgcolor=\"|background(?:-color)?:\s*)(#\w{6})", html))
    assert {look.colors.surface, look.dark.surface} <= grounds
    for ground in grounds - {look.colors.accent, look.dark.accent}:  # these are the button's
        red, green, blue = (int(ground[at : at + 2], 16) / 255 for at in (1, 3, 5))
        assert colorsys.rgb_to_hls(red, green, blue)[2] < 0.08, ground


def test_a_sections_heading_is_right_above_its_first_headline(html: str) -> None:
    for heading in ("In full", "Cards &amp; more", "In brief"):
        after = html[html.index(f">{heading}</h2>") :]
        between = after[: after.index("<h3")]
        assert not re.search(r"<(?:img|p|tr|div|h\d)\b", between.replace('<tr><td style="mso-', ""))


def test_an_article_is_linked_once_by_a_text_that_names_it(html: str) -> None:
    """In its own place; another article may name it as related."""
    own = html[html.index(">Cards &amp; more</h2>") :]
    for title, address in (
        ("A piece that lives elsewhere", "https://elsewhere.example/piece"),
        ("A card", "https://golden.example/letter/articles/a-card/"),
        ("A brief", "https://golden.example/letter/articles/a-brief/"),
    ):
        (text,) = re.findall(rf'<a href="{address}"[^>]*underline;">(.*?)</a>', own)
        assert title in text
        assert own.count(f'"{address}"') == 1


def test_a_pull_quote_has_a_line_above_and_below(html: str) -> None:
    cell = html[: html.index("A sentence that is worth")].rpartition("<td ")[2]
    assert "border-top:1px solid" in cell and "border-bottom:1px solid" in cell


def test_the_footer_says_nothing_that_was_read_above(html: str) -> None:
    footer = html[html.index("You receive this because") :]
    for text in ("Every block", "Issue 1", "1 February 2026"):
        assert f">{text}" not in footer
    assert html.count(">Issue 1 · 1 February 2026 · 2 min read<") == 1


ESSAY = {
    "newsletter.toml": """title = "Small Hours"
base_url = "https://smallhours.example"
language = "en"
sender = "Small Hours <letters@smallhours.example>"
postal_address = "1 Example Row, London"
unsubscribe_url = "https://smallhours.example/unsubscribe"

[theme]
name = "%s"

[[sections]]
title = "The essay"
tags = { any = ["essays"] }
layout = "full"
""",
    "issues/001-the-kettle/issue.md": "---\nnumber: 1\ntitle: %s\ndate: 2026-01-28\n---\n%s",
    "issues/articles/kettle.md": """---
title: The kettle
date: 2026-01-28
tags: [essays]
dek: On writing early.
authors: [Mara Example]
---
It speaks before six.

## A rule

It is broken.
""",
}
"""An issue that is one article; to be filled with theme, issue's title and letter."""


def essay(workspace: WorkspaceRunner, theme: str, title: str = "The kettle", letter: str = "") -> str:
    workspace.write(
        {
            "newsletter.toml": ESSAY["newsletter.toml"].replace("%s", theme),
            "issues/001-the-kettle/issue.md": ESSAY["issues/001-the-kettle/issue.md"] % (title, letter),
            "issues/articles/kettle.md": ESSAY["issues/articles/kettle.md"],
        }
    )
    workspace.ok("build", "1", "--now", "2026-02-02")
    html = workspace.read("build/issues/001-the-kettle/email.html")
    return with_plain_spaces(
        html[html.index('role="article"') :]
    )  # after the inbox line and the name of the message


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("letter", ["", "Good morning.\n"], ids=["alone", "with a letter"])
def test_an_issue_of_one_article_says_its_title_date_and_reading_time_once(
    tmp_path: Path, theme: str, letter: str
) -> None:
    html = essay(WorkspaceRunner(tmp_path), theme, letter=letter)
    read = HtmlReader(html).text
    for text in ("The kettle", "28 January 2026", "1 min read", "The essay", "Mara Example"):
        assert read.count(text) == 1, text
    assert "On writing early." in read and "It speaks before six." in read
    assert re.findall(r"<(h\d)", html) == ["h1", "h2"]


def test_an_issue_whose_title_has_its_articles_in_it_says_it_once_too(tmp_path: Path) -> None:
    html = essay(WorkspaceRunner(tmp_path), "default", "“The Kettle”, and a rule")
    assert re.findall(r"<(h\d)", html) == ["h1", "h2"]


@pytest.mark.parametrize("title", ["Kettles", "The kettles", "Kettle"])
def test_an_article_with_a_title_of_its_own_keeps_it_in_an_issue_of_one(tmp_path: Path, title: str) -> None:
    html = essay(WorkspaceRunner(tmp_path), "default", title)
    assert re.findall(r"<(h\d)", html) == ["h1", "h2", "h3", "h4"]
    assert HtmlReader(html).text.count("28 January 2026") == 1
    assert ">The kettle</h3>" in html and "“The kettle” on the web" in html


def test_the_button_is_large_enough_for_a_thumb(html: str) -> None:
    style = next(
        each["style"] for each in HtmlReader(html).all("a") if "display:inline-block" in each.get("style", "")
    )
    padding = re.search(r"padding:(\d+)px", style)
    line = re.search(r"line-height:(\d+)px", style)
    assert padding and line and 2 * int(padding[1]) + int(line[1]) >= 44


def test_buttons_in_a_row_are_cells_that_stack_on_a_phone(html: str) -> None:
    row = html[html.index('<table class="row"') :]
    row = row[: row.index("</table>")]
    assert row.count("<tr>") == 1 and row.count('<td class="button stack" bgcolor="#') == 2
    for style in re.findall(r'<a [^>]*style="([^"]*)"', row):
        padding, line = re.search(r"padding:(\d+)px", style), re.search(r"line-height:(\d+)px", style)
        assert padding and line and 2 * int(padding[1]) + int(line[1]) >= 44
    assert ".stack { display: block !important;" in html


def test_columns_are_cells_whose_widths_fill_the_text(html: str) -> None:
    row = html[html.index("The left picture") :]
    row = html[html[: html.index("The left picture")].rindex('<table class="row"') :]
    row = row[: row.index("</table>")]
    widths = [int(width) for width in re.findall(r'<td class="stack" width="(\d+)"', row)]
    assert widths == [256, 24, 256]
    (picture,) = HtmlReader(row).all("img")
    assert (picture["width"], picture["class"]) == ("256", "fill")
    assert html.count('class="fill"') == 1, "small pictures and those beside no column keep their size"


def test_links_lead_somewhere(html: str) -> None:
    for link in HtmlReader(html).all("a"):
        assert link["href"].startswith(("https://", "mailto:", "{{"))


@pytest.mark.parametrize("theme", THEMES)
def test_colours_have_contrast_in_light_and_dark(theme: str) -> None:
    look = read_theme(theme, None, [])
    for palette in (look.colors, look.dark):
        for ground in (palette.surface, palette.background):
            assert (
                min(contrast(each, ground) for each in (palette.text, palette.muted, palette.accent)) >= 4.5
            )
        assert max(contrast(palette.accent, each) for each in ("#ffffff", "#111111")) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_a_role_has_the_same_colour_in_light_and_dark(theme: str, builds: Builds) -> None:
    """What is muted, accented or a faint line in one scheme is that in the other."""
    look = read_theme(theme, None, [])
    page = parse_page(builds.golden(theme).read(f"build/{EMAIL}"))
    light, dark = Styles(page), Styles(page, dark=True)

    def roles(palette: Palette, colours: Iterable[str]) -> set[str]:
        named = {name: getattr(palette, name) for name in Palette.__slots__}
        named["on_accent"] = text_color_on(palette.accent, "#111111")
        return {name for name, colour in named.items() if colour in colours}

    def lines(style: Mapping[str, str]) -> set[str]:
        borders = (
            value
            for name, value in style.items()
            if re.fullmatch(r"border(-top|-right|-bottom|-left)?", name)
        )
        colours = {
            colour
            for value in borders
            if not value.startswith("0")
            for colour in re.findall("#[0-9a-f]{6}", value)
        }
        return {style["border-color"]} if colours and "border-color" in style else colours

    texts = {element for element, _, _ in visible_texts(page, light)}
    different = set()
    for element in page.root.iter():
        styles = light.of(element), dark.of(element)
        pairs = [tuple(lines(style) for style in styles)]
        if element in texts:
            pairs.append(tuple({style["color"]} for style in styles))
        for in_light, in_dark in pairs:
            before, after = roles(look.colors, in_light), roles(look.dark, in_dark)
            if (before or after) and not before & after:
                different.add((page.lines[element], element.tag, *before, "→", *after))
    assert not different


@pytest.mark.parametrize("theme", THEMES)
def test_light_and_dark_colours_stand_in_email_and_style_sheet(theme: str, builds: Builds) -> None:
    look = read_theme(theme, None, [])
    workspace = builds.golden(theme)
    email, css = workspace.read(f"build/{EMAIL}"), workspace.read("build/site/style.css")
    head = email[: email.index("<body")]
    assert "@media (prefers-color-scheme: dark)" in head and "[data-ogsc] " in head
    for color in (look.dark.text, look.dark.surface, look.dark.accent, look.dark.muted):
        assert color in head and color in css
    assert look.colors.accent in email and look.colors.accent in css
    assert look.body_font in css


@pytest.mark.parametrize("theme", rows(THEMES, {"default"}))
@pytest.mark.parametrize("language", ["ar", "he"])
def test_direction_follows_the_language_alone(theme: str, language: str, builds: Builds) -> None:
    email = builds.golden(theme, language).read(f"build/{EMAIL}")
    assert f'<html lang="{language}" xml:lang="{language}" dir="rtl"' in email
    assert re.search(rf'role="article" lang="{language}" dir="rtl"', email)
    # Code runs left to right in every language, and an editor's column as the editor aligned it.
    flow = re.sub(r"<pre\b[^>]*>|<t[hd][^>]* align=[^>]*>", "", email)
    assert "direction:ltr" not in flow
    assert "text-align:left" not in re.sub(r"mj-outlook-group-fix[^>]*>", "", flow)
    for even in ("padding-left: 16px !important", "padding:8px 0;padding-left:12px"):  # both sides; the end's
        flow = flow.replace(even, "")
    assert not re.search(r"(?:padding|border)-left:(?!0)\d", flow)


def test_the_letter_shows_no_picture_beside_a_headline_and_packs_none(builds: Builds) -> None:
    pictures = {theme: builds.golden(theme).read(f"build/{EMAIL}") for theme in THEMES}
    assert 'alt="The same grey field"' in pictures["default"]
    assert 'alt="The same grey field"' not in pictures["letter"] + pictures["digest"]


# --- choosing and changing one -----------------------------------------------------------------

OWN = {
    "templates/themes/mine/theme.toml": 'layout = "brief"\n[colors]\naccent = "#AA2200"\n[fonts]\nsize = 19\n',
    "templates/themes/mine/email/parts/masthead.mjml.j2": (
        '{% include "default/email/parts/masthead.mjml.j2" %}\n'
        "<mj-section><mj-column><mj-text>Of my own</mj-text></mj-column></mj-section>\n"
    ),
}
ISSUE = "build/issues/001-the-plastic-brain/email.html"


def chosen(workspace: WorkspaceRunner, theme: str, more: str = "") -> None:
    workspace.write(
        {"newsletter.toml": f'{workspace.read("newsletter.toml")}\n[theme]\nname = "{theme}"\n{more}'}
    )


def test_a_theme_of_a_workspace_is_a_folder_with_what_it_changes(workspace: WorkspaceRunner) -> None:
    workspace.write(OWN)
    chosen(workspace, "mine")
    workspace.ok("build", "--now", "2026-02-02")
    email, css = workspace.read(ISSUE), workspace.read("build/site/style.css")
    assert ">Of my own</div>" in email and "Unsubscribe" in email
    assert "#aa2200" in email and "#1f5f5b" not in email
    assert DARK.surface in email and DARK.accent not in email  # the theme's dark colours, and its own accent
    assert "--accent: #aa2200" in css and "font-size: 118.75%" in css
    assert "font-size:19px;line-height:30px" in email


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("accent", ["#1d4f7c", "#c01f3f", "#000000", "#ffcc00"])
def test_an_accent_alone_is_that_of_the_dark_scheme_too_as_light_as_it_needs_to_be(
    theme: str, accent: str
) -> None:
    def look(table: str) -> ThemeSettings:
        errors: list[PressroomError] = []
        settings = read_theme_settings(
            Fields(toml_fields(table, "newsletter.toml"), "newsletter.toml", errors),
            read_theme(theme, None, []),
        )
        assert not errors
        return settings

    dark = look(f'colors = {{ accent = "{accent}" }}').dark
    assert min(contrast(dark.accent, each) for each in (dark.surface, dark.background)) >= 4.5
    assert (dark.accent == accent) == (contrast(accent, dark.surface) >= 4.5)
    assert replace(dark, accent="") == replace(read_theme(theme, None, []).dark, accent="")
    own = look(f'colors = {{ accent = "{accent}" }}\ndark = {{ accent = "#8fbce6" }}')
    assert own.dark.accent == "#8fbce6"
    assert look('colors = { text = "#111111" }').dark == read_theme(theme, None, []).dark


def test_the_theme_of_the_docs_works_and_its_mistake_reads_as_they_say(workspace: WorkspaceRunner) -> None:
    text = (ROOT / "docs" / "themes.md").read_text(encoding="utf-8")
    look = re.findall(r"```toml\n(description.*?)```", text, re.DOTALL)[0]
    masthead = re.findall(r"```jinja\n(.*?)```", text, re.DOTALL)[0]
    folder = "templates/themes/harbour"
    workspace.write({f"{folder}/theme.toml": look, f"{folder}/email/parts/masthead.mjml.j2": masthead})
    chosen(workspace, "harbour")
    workspace.ok("build", "--now", "2026-02-02")
    assert "News from the harbour" in workspace.read(ISSUE) and "#1d4f7c" in workspace.read(ISSUE)
    workspace.write({f"{folder}/email/parts/masthead.mjml.j2": masthead.replace("mj-text", "mj-txt")})
    said = re.findall(r"```\n(templates/.*?\n.*?)\n```", text)[0]
    assert said in workspace.error("build")


def test_newsletter_toml_changes_a_theme_key_by_key(workspace: WorkspaceRunner) -> None:
    workspace.write(OWN)
    chosen(
        workspace,
        "mine",
        'card_pictures = false\n[theme.colors]\ntext = "#101010"\n[theme.fonts]\nsize = 16\n',
    )
    workspace.ok("build", "--now", "2026-02-02")
    email = workspace.read(ISSUE)
    assert "#aa2200" in email and "#101010" in email
    assert "font-size:16px;line-height:26px" in email


def test_a_file_of_the_workspace_goes_before_its_theme_and_may_extend_it(workspace: WorkspaceRunner) -> None:
    workspace.write(OWN)
    workspace.write(
        {
            "templates/email/parts/masthead.mjml.j2": '{% include "theme/email/parts/masthead.mjml.j2" %}\n'
            "<mj-section><mj-column><mj-text>And mine</mj-text></mj-column></mj-section>\n",
            # The theme has no footer of its own: the default one is meant.
            "templates/email/parts/footer.mjml.j2": '{% include "theme/email/parts/footer.mjml.j2" %}\n',
        }
    )
    chosen(workspace, "mine")
    workspace.ok("build", "--now", "2026-02-02")
    email = workspace.read(ISSUE)
    assert email.index(">Of my own</div>") < email.index(">And mine</div>") < email.index("Unsubscribe")


def test_a_folder_of_the_same_name_changes_a_packaged_theme(workspace: WorkspaceRunner) -> None:
    workspace.write({"templates/themes/letter/theme.toml": '[colors]\naccent = "#005500"\n'})
    chosen(workspace, "letter")
    workspace.ok("build", "--now", "2026-02-02")
    email = workspace.read(ISSUE)
    assert "#005500" in email and "#8a3b24" not in email
    assert "#25211c" in email


def test_the_theme_decides_the_layout_that_nobody_names(workspace: WorkspaceRunner) -> None:
    settings = (
        workspace.read("newsletter.toml").replace('layout = "full"\n', "").replace('layout = "brief"\n', "")
    )
    workspace.write({"newsletter.toml": settings})
    assert workspace.json("plan", "1")
    layouts = {}
    for theme in THEMES:
        workspace.write({"newsletter.toml": settings})
        chosen(workspace, theme)
        layouts[theme] = re.findall(r"\((full|card|brief)\)", workspace.ok("assemble", "1", "--update"))
    assert layouts == {"default": ["card"] * 2, "digest": ["brief"] * 2, "letter": ["brief"] * 2}
    chosen_by_hand = settings.replace(
        "[[audiences]]", '[theme]\nname = "letter"\nlayout = "full"\n\n[[audiences]]', 1
    )
    workspace.write({"newsletter.toml": chosen_by_hand})
    assert "(full)" in workspace.ok("assemble", "1", "--update")


def test_two_workspaces_of_one_process_keep_their_themes_apart(
    workspace: WorkspaceRunner, tmp_path: Path
) -> None:
    other = WorkspaceRunner(tmp_path / "other")
    shutil.copytree(workspace.root, other.root)
    for each, color in ((workspace, "#aa2200"), (other, "#0022aa")):
        each.write(OWN)
        each.write({"templates/themes/mine/theme.toml": f'[colors]\naccent = "{color}"\n'})
        each.write({"templates/themes/mine/email/content.css.j2": f"p {{ color: {color} }}\n"})
        chosen(each, "mine")
    for each in (workspace, other, workspace):
        each.ok("build", "--now", "2026-02-02")
    assert "#aa2200" in workspace.read(ISSUE) and "#0022aa" not in workspace.read(ISSUE)
    assert "#0022aa" in other.read(ISSUE) and "#aa2200" not in other.read(ISSUE)


def test_init_takes_a_theme(tmp_path: Path) -> None:
    workspace = WorkspaceRunner(tmp_path)
    for theme in THEMES:
        workspace.ok("init", str(tmp_path / theme), "--theme", theme, "--now", "2026-02-01")
        made = WorkspaceRunner(tmp_path / theme)
        made.ok("build", "--now", "2026-02-01")
        assert read_theme(theme, None, []).colors.accent in made.read("build/site/style.css")
    assert 'Did you mean "letter"?' in workspace.error("init", str(tmp_path / "new"), "--theme", "leter")
    assert not (tmp_path / "new").exists()


def test_every_packaged_theme_says_in_a_line_what_it_is() -> None:
    assert all(10 < len(read_theme(theme, None, []).description) < 90 for theme in THEMES)


# --- mistakes ----------------------------------------------------------------------------------


def test_an_unknown_theme_is_named_with_the_nearest_one(workspace: WorkspaceRunner) -> None:
    chosen(workspace, "leter")
    line = workspace.read("newsletter.toml").split("\n").index('name = "leter"') + 1
    assert workspace.error("build") == (
        f'newsletter.toml:{line}: theme: there is no theme "leter".\n    Did you mean "letter"?\n'
    )


def test_an_unknown_theme_without_a_near_one_lists_them(workspace: WorkspaceRunner) -> None:
    workspace.write(OWN)
    chosen(workspace, "../x")
    assert "The themes are default, digest, letter, mine." in workspace.error("build")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nlayuot = 'card'", ':2: the key `layuot` is not known.\n    Did you mean "layout"?'),
        ("layout = 'wide'", ':1: `layout` is "wide" and must be one of full, card, brief, link.'),
        ("[colors]\naccent = 'red'", ':2: colors: `accent` is "red" and must be a colour of six digits.'),
        (
            "[dark]\n\naccnt = '#111111'",
            ':3: dark: the key `accnt` is not known.\n    Did you mean "accent"?',
        ),
        ("[fonts]\nbody = 'Georgia'", ":2: fonts: `body` does not end in a generic family."),
        ("[fonts]\nsize = 12", ":2: fonts: `size` is 12 and must be 16 to 22."),
        ("[fonts]\nsize = 'big'", ':2: fonts: `size` is "big" and must be a whole number'),
        ("card_pictures = 'x'", ":1: `card_pictures` is a text and must be true or false."),
        ("name = 'x'", ":1: the key `name` is not known."),
        ("[colors", ":1: this is not TOML"),
        ("colors = 1", ":1: `colors` is a number and must be a table"),
    ],
)
def test_a_mistake_in_theme_toml_names_file_and_line(
    workspace: WorkspaceRunner, text: str, message: str
) -> None:
    workspace.write({"templates/themes/mine/theme.toml": text})
    chosen(workspace, "mine")
    assert f"templates/themes/mine/theme.toml{message}" in workspace.error("build")


def test_a_mistake_in_a_template_of_a_theme_names_it_as_one_would_type_it(workspace: WorkspaceRunner) -> None:
    workspace.write({"templates/themes/mine/email/parts/masthead.mjml.j2": "\n<mj-sectoin />"})
    chosen(workspace, "mine")
    error = workspace.error("build")
    assert "templates/themes/mine/email/parts/masthead.mjml.j2:2: <mj-sectoin> is not an element" in error


def test_a_template_that_is_missing_is_suggested_with_its_prefix(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "templates/themes/mine/email/parts/footer.mjml.j2": '{% include "default/email/parts/foter.mjml.j2" %}'
        }
    )
    chosen(workspace, "mine")
    assert 'Did you mean "default/email/parts/footer.mjml.j2"?' in workspace.error("build")


def test_a_theme_that_includes_itself_is_told_of_the_prefixes(workspace: WorkspaceRunner) -> None:
    name = "email/parts/footer.mjml.j2"
    workspace.write({f"templates/themes/mine/{name}": f'{{% include "theme/{name}" %}}'})
    chosen(workspace, "mine")
    error = workspace.error("build")
    assert f"templates/themes/mine/{name}:1: this template includes or extends itself" in error
    assert '"default/" in front' in error


@pytest.mark.parametrize("theme", rows(THEMES, {"default"}))
def test_the_rules_find_nothing_in_the_golden_issue(theme: str, builds: Builds) -> None:
    found = builds.golden(theme).json("check")["findings"]
    assert [(each["code"], each["message"]) for each in found] == []
