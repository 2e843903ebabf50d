"""The picture that stands beside a shared link: made for each issue, in the theme's colours."""

from __future__ import annotations

import io
from typing import Any

import pytest
from lxml import html
from PIL import Image, ImageChops
from table_kit import rows
from workspace_kit import WorkspaceRunner, article, issue, png

LONG = "What we know, what we do not know, and what to ask your doctor " * 6
BASE = "https://synapse.example/news/"


def built(workspace: WorkspaceRunner, title: str = "The plastic brain", settings: str = "") -> None:
    workspace.write({"issues/001-the-plastic-brain/issue.md": issue(title=f'"{title}"')})
    if settings:
        workspace.write({"newsletter.toml": settings})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")


def named(workspace: WorkspaceRunner, page: str) -> dict[str, str]:
    """The page's Open Graph properties and `twitter:card`."""
    tree: Any = html.document_fromstring(workspace.read(f"build/site/{page}"))
    return {
        found.get("property") or found.get("name"): found.get("content")
        for found in tree.xpath("//meta[@property or starts-with(@name, 'twitter')]")
    }


def picture(workspace: WorkspaceRunner, page: str) -> Image.Image:
    """The picture that a page names, which the site must hold."""
    address = named(workspace, page)["og:image"]
    assert address.startswith(BASE)
    data = (workspace.root / "build/site" / address.removeprefix(BASE)).read_bytes()
    shown = Image.open(io.BytesIO(data))
    shown.load()
    return shown


def colors(shown: Image.Image) -> set[str]:
    found = shown.convert("RGB").getcolors(1_000_000) or []
    return {"#" + bytes(color).hex() for count, color in found if count > 500}


ISSUE = "issues/001-the-plastic-brain/index.html"


def test_an_issue_has_a_picture_in_the_themes_colours(workspace: WorkspaceRunner) -> None:
    built(workspace)
    says = named(workspace, ISSUE)
    assert (says["og:image:width"], says["og:image:height"]) == ("1200", "630")
    assert says["og:image:alt"] == "The plastic brain. Issue 1 · 1 February 2026. Synapse"
    assert says["twitter:card"] == "summary_large_image"
    shown = picture(workspace, ISSUE)
    assert (shown.format, shown.size) == ("PNG", (1200, 630))
    assert {"#1f5f5b", "#1d2429", "#ffffff"} <= colors(shown)  # accent, text, surface


def test_the_theme_decides_the_colours_and_the_address_follows(workspace: WorkspaceRunner) -> None:
    built(workspace)
    before = named(workspace, ISSUE)["og:image"]
    workspace.write(
        {"newsletter.toml": workspace.read("newsletter.toml") + '\n[theme.colors]\naccent = "#aa0011"\n'}
    )
    workspace.ok("build", "--now", "2026-02-02")
    assert "#aa0011" in colors(picture(workspace, ISSUE))
    assert named(workspace, ISSUE)["og:image"] != before


def test_the_same_input_gives_the_same_picture(workspace: WorkspaceRunner) -> None:
    built(workspace)
    first = workspace.tree("build/site/images")
    workspace.ok("build", "--now", "2026-02-02")
    assert first and workspace.tree("build/site/images") == first


def edges(shown: Image.Image, color: str, left: int) -> tuple[int, int, int, int]:
    """What a colour's type covers, right of `left`: left, top, right, bottom."""
    pixels = shown.convert("RGB").crop((left, 0, 1176, 630))
    same = [
        band.point([255 * (value == wanted) for value in range(256)])
        for band, wanted in zip(pixels.split(), bytes.fromhex(color[1:]), strict=True)
    ]
    box = ImageChops.darker(ImageChops.darker(same[0], same[1]), same[2]).getbbox()
    assert box
    return box[0] + left, box[1], box[2] + left, box[3]


@pytest.mark.parametrize(
    "title", rows([LONG, "W" * 300, "Donaudampfschifffahrtsgesellschaft " * 9, "x"], {LONG})
)
def test_a_title_of_any_length_stays_within_the_margins(workspace: WorkspaceRunner, title: str) -> None:
    built(workspace, title)
    left, top, right, bottom = edges(picture(workspace, ISSUE), "#1d2429", 24)
    assert left >= 80 and right <= 1120 and top >= 120 and bottom <= 540


@pytest.mark.parametrize(
    "title", rows(["العقل المرن", "המוח הגמיש", "可塑的大脑", "मन की बात", "5 ≭ 6", "a⃠"], {"可塑的大脑"})
)
def test_a_title_that_the_fonts_lack_is_left_out_whole(workspace: WorkspaceRunner, title: str) -> None:
    built(workspace, title)
    shown = picture(workspace, ISSUE)
    assert "#1d2429" not in colors(shown)
    assert shown.convert("RGB").getpixel((800, 20)) == (0x1F, 0x5F, 0x5B)  # the field with the number
    assert named(workspace, ISSUE)["og:image:alt"].startswith(title)


@pytest.mark.parametrize(
    "title", ["Быстрый ответ", "Γρήγορη απάντηση", "Nhịp tim", "Brains 🧠 at 👩🏽‍🔬 work ❤️"]
)
def test_a_title_in_an_alphabet_of_europe_is_set(workspace: WorkspaceRunner, title: str) -> None:
    built(workspace, title)
    assert "#1d2429" in colors(picture(workspace, ISSUE))


def test_letters_spelled_with_a_mark_apart_are_set_as_one(workspace: WorkspaceRunner) -> None:
    built(workspace, "Gro\u0308\u00dfe")
    assert "#1d2429" in colors(picture(workspace, ISSUE))


def test_a_page_that_reads_from_the_right_has_its_edge_there(workspace: WorkspaceRunner) -> None:
    built(workspace, "Neurons", workspace.read("newsletter.toml").replace('"en-GB"', '"ar"'))
    shown = picture(workspace, ISSUE).convert("RGB")
    assert shown.getpixel((1190, 315)) == (0x1F, 0x5F, 0x5B)
    assert shown.getpixel((10, 315)) == (255, 255, 255)


def test_the_logo_stands_in_the_picture(workspace: WorkspaceRunner) -> None:
    logo = '\n[theme]\nlogo = "issues/logo.png"\nlogo_alt = "Synapse"\n'
    workspace.write({"issues/logo.png": png(200, 60)})
    built(workspace, settings=workspace.read("newsletter.toml") + logo)
    assert picture(workspace, ISSUE).convert("RGB").getpixel((120, 80)) == (0x80, 0x80, 0x80)


def test_an_article_shows_its_lead_image_and_else_the_publications_picture(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write(
        {
            "issues/articles/wide.png": png(800, 400),
            "issues/articles/small.png": png(90, 90),
            "issues/articles/glutamate.md": article(image="wide.png", image_alt="A synapse"),
            "issues/articles/small.md": article("Small", image="small.png", image_alt="A dot"),
        }
    )
    built(workspace)
    wide, small, none = (
        named(workspace, f"articles/{slug}/index.html") for slug in ("glutamate", "small", "a-note")
    )
    assert (wide["og:image:alt"], wide["og:image:width"]) == ("A synapse", "800")
    assert (wide["twitter:card"], small["twitter:card"]) == ("summary_large_image", "summary")
    assert none["og:image"] == named(workspace, "index.html")["og:image"]
    assert picture(workspace, "articles/a-note/index.html").size == (1200, 630)


def test_every_list_of_the_site_has_the_publications_picture(workspace: WorkspaceRunner) -> None:
    built(workspace)
    pages = ("index.html", "articles/index.html", "tags/index.html", "tags/research/index.html")
    assert len({named(workspace, page)["og:image"] for page in pages}) == 1
    assert picture(workspace, "index.html").size == (1200, 630)


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en-GB", "en_GB"),
        ("de", "de_DE"),
        ("pt", "pt_BR"),
        ("zh-Hant-TW", "zh_TW"),
        ("zh-Hant", "zh_TW"),
        ("zh", "zh_CN"),
        ("ar", "ar_EG"),
        ("tlh", ""),
    ],
)
def test_a_page_says_its_locale(workspace: WorkspaceRunner, language: str, locale: str) -> None:
    built(workspace, settings=workspace.read("newsletter.toml").replace('"en-GB"', f'"{language}"'))
    assert named(workspace, ISSUE).get("og:locale", "") == locale
