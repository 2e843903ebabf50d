"""The picture that stands beside a shared link: made for each issue, in the theme's colours."""

from __future__ import annotations

import io
from typing import Any

import pytest
from lxml import html
from PIL import Image, ImageChops
from workspace_kit import Desk, article, issue, png

LONG = "What we know, what we do not know, and what to ask your doctor " * 6
BASE = "https://synapse.example/news/"


def built(desk: Desk, title: str = "The plastic brain", settings: str = "") -> None:
    desk.write({"issues/001-the-plastic-brain/issue.md": issue(title=f'"{title}"')})
    if settings:
        desk.write({"newsletter.toml": settings})
    desk.ok("assemble", "1", "--now", "2026-02-01")
    desk.ok("build", "--now", "2026-02-02")


def named(desk: Desk, page: str) -> dict[str, str]:
    """The page's Open Graph properties and `twitter:card`."""
    tree: Any = html.document_fromstring(desk.read(f"build/site/{page}"))
    return {
        found.get("property") or found.get("name"): found.get("content")
        for found in tree.xpath("//meta[@property or starts-with(@name, 'twitter')]")
    }


def picture(desk: Desk, page: str) -> Image.Image:
    """The picture that a page names, which the site must hold."""
    address = named(desk, page)["og:image"]
    assert address.startswith(BASE)
    data = (desk.root / "build/site" / address.removeprefix(BASE)).read_bytes()
    shown = Image.open(io.BytesIO(data))
    shown.load()
    return shown


def colors(shown: Image.Image) -> set[str]:
    found = shown.convert("RGB").getcolors(1_000_000) or []
    return {"#" + bytes(color).hex() for count, color in found if count > 500}


ISSUE = "issues/001-the-plastic-brain/index.html"


def test_an_issue_has_a_picture_in_the_themes_colours(desk: Desk) -> None:
    built(desk)
    says = named(desk, ISSUE)
    assert (says["og:image:width"], says["og:image:height"]) == ("1200", "630")
    assert says["og:image:alt"] == "The plastic brain. Issue 1 · 1 February 2026. Synapse"
    assert says["twitter:card"] == "summary_large_image"
    shown = picture(desk, ISSUE)
    assert (shown.format, shown.size) == ("PNG", (1200, 630))
    assert {"#1f5f5b", "#1d2429", "#ffffff"} <= colors(shown)  # accent, text, surface


def test_the_theme_decides_the_colours_and_the_address_follows(desk: Desk) -> None:
    built(desk)
    before = named(desk, ISSUE)["og:image"]
    desk.write({"newsletter.toml": desk.read("newsletter.toml") + '\n[theme.colors]\naccent = "#aa0011"\n'})
    desk.ok("build", "--now", "2026-02-02")
    assert "#aa0011" in colors(picture(desk, ISSUE))
    assert named(desk, ISSUE)["og:image"] != before


def test_the_same_input_gives_the_same_picture(desk: Desk) -> None:
    built(desk)
    first = desk.tree("build/site/images")
    desk.ok("build", "--now", "2026-02-02")
    assert first and desk.tree("build/site/images") == first


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


@pytest.mark.parametrize("title", [LONG, "W" * 300, "Donaudampfschifffahrtsgesellschaft " * 9, "x"])
def test_a_title_of_any_length_stays_within_the_margins(desk: Desk, title: str) -> None:
    built(desk, title)
    left, top, right, bottom = edges(picture(desk, ISSUE), "#1d2429", 24)
    assert left >= 80 and right <= 1120 and top >= 120 and bottom <= 540


@pytest.mark.parametrize("title", ["العقل المرن", "המוח הגמיש", "可塑的大脑", "मन की बात", "5 ≭ 6", "a⃠"])
def test_a_title_that_the_fonts_lack_is_left_out_whole(desk: Desk, title: str) -> None:
    built(desk, title)
    shown = picture(desk, ISSUE)
    assert "#1d2429" not in colors(shown)
    assert shown.convert("RGB").getpixel((800, 20)) == (0x1F, 0x5F, 0x5B)  # the field with the number
    assert named(desk, ISSUE)["og:image:alt"].startswith(title)


@pytest.mark.parametrize(
    "title", ["Быстрый ответ", "Γρήγορη απάντηση", "Nhịp tim", "Brains 🧠 at 👩🏽‍🔬 work ❤️"]
)
def test_a_title_in_an_alphabet_of_europe_is_set(desk: Desk, title: str) -> None:
    built(desk, title)
    assert "#1d2429" in colors(picture(desk, ISSUE))


def test_letters_spelled_with_a_mark_apart_are_set_as_one(desk: Desk) -> None:
    built(desk, "Gro\u0308\u00dfe")
    assert "#1d2429" in colors(picture(desk, ISSUE))


def test_a_page_that_reads_from_the_right_has_its_edge_there(desk: Desk) -> None:
    built(desk, "Neurons", desk.read("newsletter.toml").replace('"en-GB"', '"ar"'))
    shown = picture(desk, ISSUE).convert("RGB")
    assert shown.getpixel((1190, 315)) == (0x1F, 0x5F, 0x5B)
    assert shown.getpixel((10, 315)) == (255, 255, 255)


def test_the_logo_stands_in_the_picture(desk: Desk) -> None:
    logo = '\n[theme]\nlogo = "issues/logo.png"\nlogo_alt = "Synapse"\n'
    desk.write({"issues/logo.png": png(200, 60)})
    built(desk, settings=desk.read("newsletter.toml") + logo)
    assert picture(desk, ISSUE).convert("RGB").getpixel((120, 80)) == (0x80, 0x80, 0x80)


def test_an_article_shows_its_lead_image_and_else_the_publications_picture(desk: Desk) -> None:
    desk.write(
        {
            "issues/articles/wide.png": png(800, 400),
            "issues/articles/small.png": png(90, 90),
            "issues/articles/glutamate.md": article(image="wide.png", image_alt="A synapse"),
            "issues/articles/small.md": article("Small", image="small.png", image_alt="A dot"),
        }
    )
    built(desk)
    wide, small, none = (
        named(desk, f"articles/{slug}/index.html") for slug in ("glutamate", "small", "a-note")
    )
    assert (wide["og:image:alt"], wide["og:image:width"]) == ("A synapse", "800")
    assert (wide["twitter:card"], small["twitter:card"]) == ("summary_large_image", "summary")
    assert none["og:image"] == named(desk, "index.html")["og:image"]
    assert picture(desk, "articles/a-note/index.html").size == (1200, 630)


def test_every_list_of_the_site_has_the_publications_picture(desk: Desk) -> None:
    built(desk)
    pages = ("index.html", "articles/index.html", "tags/index.html", "tags/research/index.html")
    assert len({named(desk, page)["og:image"] for page in pages}) == 1
    assert picture(desk, "index.html").size == (1200, 630)


def test_a_page_for_one_territory_says_so(desk: Desk) -> None:
    built(desk)
    assert named(desk, ISSUE)["og:locale"] == "en_GB"
