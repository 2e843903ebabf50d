"""The web edition in a real browser: everyone can use it, nothing moves, nothing is asked of others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import pytest
from browser_kit import FOLDER, PageViewer, View, open_viewer
from builds_kit import GOLDEN_URL, SAMPLE_URL, Builds
from table_kit import rows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

SITES = {"golden": GOLDEN_URL, "hebrew": "https://hebrew.example", "sample": SAMPLE_URL}
PAGES = {
    "golden": [
        "index.html",
        "issues/001-every-block/",
        "articles/every-block/",
        "articles/",
        "tags/whole/",
        "search/?q=block",
        "search/?q=nothing-has-it",
        "404.html",
    ],
    "hebrew": ["index.html", "articles/every-block/", "search/?q=block"],
    "sample": [
        "index.html",
        "issues/003-what-the-brain-does-at-rest/",
        "articles/glossary/",
        "search/?q=glutamate",
    ],
}
EVERY_PAGE = [(site, path) for site, paths in PAGES.items() for path in paths]
CORE_PAGES = [("golden", "issues/001-every-block/")]
by_page = pytest.mark.parametrize("page_of", rows(EVERY_PAGE, CORE_PAGES, " ".join))
PHONE, DESKTOP = 375, 1280

AXE = (FOLDER / "axe" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return JSON.stringify(found.violations.map((rule) => ({
        rule: rule.id, why: rule.help, where: rule.nodes.map((node) => node.html.slice(0, 200)),
    })));
}"""

# A slow machine may paint a page of which it has read half, and what is hidden does not count as moved.
SHOWN_WHOLE = """{
    const hidden = new CSSStyleSheet();
    hidden.replaceSync("html { visibility: hidden }");
    document.adoptedStyleSheets = [hidden];
    addEventListener("DOMContentLoaded", () => { document.adoptedStyleSheets = []; });
}"""
MOVED = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) sum += each.value;
    }).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""


@pytest.fixture(scope="module")
def viewer(browser: Browser, builds: Builds) -> Iterator[PageViewer]:
    folders = {
        SITES["golden"]: lambda: builds.golden().root / "build/site",
        SITES["hebrew"]: lambda: (
            builds.golden(language="he", base_url=SITES["hebrew"], logo=False).root / "build/site"
        ),
        SITES["sample"]: lambda: builds.sample().root / "build/site",
    }
    with open_viewer(browser, folders) as viewer:
        yield viewer


@contextmanager
def opened(viewer: PageViewer, site: str, path: str, view: View) -> Iterator[Page]:
    """The page, once its search has answered where it is one."""
    with viewer.page(f"{SITES[site]}/{path}", view) as page:
        if "?q=" in path:
            page.locator("#_status:not(:empty)").wait_for()
        yield page


@by_page
def test_axe_finds_nothing(viewer: PageViewer, page_of: tuple[str, str]) -> None:
    site, path = page_of
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    found: dict[str, Any] = {}
    with opened(viewer, site, path, View(DESKTOP)) as page:
        page.evaluate(AXE)
        for width in (DESKTOP, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)
                if violations := json.loads(page.evaluate(RUN_AXE)):
                    found[f"{width} {scheme}"] = violations
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)


def test_axe_would_find_something(viewer: PageViewer) -> None:
    with opened(viewer, "golden", "index.html", View(DESKTOP)) as page:
        page.evaluate(AXE)
        page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"x.png\">')")
        assert "image-alt" in {each["rule"] for each in json.loads(page.evaluate(RUN_AXE))}


@by_page
def test_nothing_moves_and_nothing_is_asked_of_others(viewer: PageViewer, page_of: tuple[str, str]) -> None:
    site, path = page_of
    said: list[str] = []
    asked: list[str] = []
    for width in (PHONE, DESKTOP):
        context = viewer.context(View(width))
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(SHOWN_WHOLE)
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => console.log(event.violatedDirective));"
        )
        try:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{SITES[site]}/{path}", wait_until="load")
            assert page.evaluate(MOVED) == 0
        finally:
            page.close()
    assert said == []
    assert [url for url in asked if not url.startswith(f"{SITES[site]}/")] == []


def test_what_moves_would_be_seen(viewer: PageViewer) -> None:
    page = viewer.context(View(PHONE)).new_page()
    page.add_init_script(SHOWN_WHOLE)
    try:
        page.goto(f"{SITES['golden']}/articles/every-block/", wait_until="load")
        assert page.evaluate(MOVED) == 0
        # As a picture without a size comes in between.
        page.evaluate("document.querySelector('main').prepend(document.images[0].cloneNode())")
        assert page.evaluate(MOVED) > 0
    finally:
        page.close()


@by_page
def test_at_400_percent_zoom_no_page_scrolls_sideways(viewer: PageViewer, page_of: tuple[str, str]) -> None:
    site, path = page_of
    # WCAG 2.2, 1.4.10: a window of 1280 px at 400 % is one of 320.
    with opened(viewer, site, path, View(320)) as page:
        width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 320


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(viewer: PageViewer) -> None:
    with opened(viewer, "golden", "articles/every-block/", View(DESKTOP)) as page:
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.getAttribute('href')")
        assert first == "#_main"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("path", rows(["index.html", "articles/every-block/"], ["index.html"]))
def test_whatever_has_the_keyboards_focus_shows_it(viewer: PageViewer, path: str) -> None:
    with opened(viewer, "golden", path, View(DESKTOP)) as page:
        for _ in range(12):
            page.keyboard.press("Tab")
            shown = page.evaluate("""() => {
                const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            }""")
            assert shown, page.evaluate("document.activeElement.outerHTML")


def test_on_paper_the_text_stands_without_the_menu(viewer: PageViewer) -> None:
    with opened(viewer, "golden", "articles/every-block/", View(DESKTOP)) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("""[...document.querySelectorAll("nav")]
            .every((nav) => getComputedStyle(nav).display === "none" || !nav.getClientRects().length)""")
        assert page.evaluate("document.querySelector('main h1').getClientRects().length") == 1
        # Ink on paper, whatever the scheme of the screen.
        colour = page.evaluate("getComputedStyle(document.querySelector('main p')).color")
        assert all(int(part) < 90 for part in re.findall(r"\d+", colour)), colour


def test_the_form_to_subscribe_is_posted(viewer: PageViewer) -> None:
    with opened(viewer, "golden", "issues/001-every-block/", View(PHONE)) as page:
        page.route("https://golden.example/subscribe", lambda route: route.fulfill(body="thanks"))
        page.get_by_role("textbox", name="Your email address").fill("ada@example.org")
        with page.expect_request("https://golden.example/subscribe") as sent:
            page.get_by_role("button", name="Subscribe").click()
        assert (sent.value.method, sent.value.post_data) == ("POST", "email=ada%40example.org")


CHARACTERS_A_LINE = """() => [...document.querySelectorAll(".prose > p")].flatMap((paragraph) => {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const range = document.createRange(), lines = [];
    let bottom;
    while (walker.nextNode()) {
        for (let at = 0; at < walker.currentNode.length; at++) {
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + 1);
            const box = range.getClientRects()[0];
            if (box && Math.abs(box.bottom - bottom) < 12) lines[lines.length - 1]++;
            else if (box) { lines.push(1); bottom = box.bottom; }
        }
    }
    return lines.slice(0, -1);
})"""


def test_text_has_20_pixels_and_62_to_72_characters_a_line(viewer: PageViewer) -> None:
    with opened(viewer, "sample", "articles/glutamate-switch/", View(DESKTOP)) as page:
        size, height = page.evaluate(
            "(({fontSize, lineHeight}) => [fontSize, lineHeight].map(parseFloat))"
            "(getComputedStyle(document.querySelector('.prose p')))"
        )
        assert (round(size), round(height)) == (20, 32)
        # A line that ends before a long word is shorter: the middle half of all lines is looked at.
        for font in ("Liberation Serif", "Liberation Sans", "DejaVu Sans"):
            page.evaluate("(font) => document.documentElement.style.setProperty('--body', font)", font)
            lines = sorted(page.evaluate(CHARACTERS_A_LINE))
            quarter = len(lines) // 4
            assert 62 <= lines[quarter] <= lines[-quarter] <= 72, (font, lines)


@by_page
def test_everything_begins_at_one_edge(viewer: PageViewer, page_of: tuple[str, str]) -> None:
    site, path = page_of
    for width in (PHONE, 768, DESKTOP):
        with opened(viewer, site, path, View(width)) as page:
            edges = page.evaluate("""() => [...document.querySelectorAll(
                    ".name, h1, main > *, main h2, .card h3, .row-title, .foot h2")]
                .filter((each) => each.getClientRects().length && !each.closest(".subscribe, .callout, .event"))
                .map((each) => each.getBoundingClientRect())
                .map((box) => document.dir === "rtl" ? innerWidth - box.right : box.left)""")
        assert len({round(edge) for edge in edges}) == 1, (width, sorted(set(edges)))


def test_a_list_and_a_heading_are_nearer_to_their_text_than_paragraphs_to_each_other(
    viewer: PageViewer,
) -> None:
    with opened(viewer, "golden", "articles/every-block/", View(DESKTOP)) as page:
        paragraphs, lists, below_headings = (
            page.evaluate(
                """(selector) => [...document.querySelectorAll(selector)]
                    .map((each) => parseFloat(getComputedStyle(each).marginTop))""",
                selector,
            )
            for selector in (".prose > * + p", ".prose li > :is(p, ul, ol)", ".prose > :is(h2, h3, h4) + *")
        )
    assert lists and below_headings
    assert max(lists) < max(paragraphs) / 2 and set(below_headings) == {0}


def test_a_section_is_larger_than_a_card_and_a_card_than_a_brief(viewer: PageViewer) -> None:
    with opened(viewer, "golden", "issues/001-every-block/", View(DESKTOP)) as page:
        sizes = page.evaluate("""["h1", ".section > h2", ".whole > h3", ".card h3", ".brief h3"].map((each) =>
            parseFloat(getComputedStyle(document.querySelector(each)).fontSize))""")
    assert sizes == sorted(set(sizes), reverse=True)


def test_on_paper_a_picture_leaves_no_half_page_empty_before_it(viewer: PageViewer) -> None:
    with opened(viewer, "sample", "articles/glutamate-switch/", View(DESKTOP)) as page:
        page.emulate_media(media="print")
        heights = page.evaluate("[...document.querySelectorAll('main img')].map((each) => each.offsetHeight)")
    assert heights and max(heights) <= 9 * 96 / 2.54 + 1  # of a page of 29.7 cm


def test_a_page_has_one_landmark_of_notes_at_most(viewer: PageViewer) -> None:
    for path in ("issues/001-every-block/", "articles/every-block/"):
        with opened(viewer, "golden", path, View(DESKTOP)) as page:
            assert page.get_by_role("region", name="Notes").count() == (path[:8] == "articles")
            assert page.locator(".footnotes").count() >= 1


def test_a_wide_table_on_a_phone_is_reached_and_read_by_keyboard(viewer: PageViewer) -> None:
    with opened(viewer, "golden", "articles/every-block/", View(320)) as page:
        held = page.evaluate("""[...document.querySelectorAll("main table")].map((table) => {
            const box = table.closest("[tabindex='0']");
            return Boolean(box && box.getAttribute("role") === "group" && box.getAttribute("aria-label"));
        })""")
    assert held and all(held)


@pytest.mark.parametrize("path", rows(["feed.xml", "articles/atom.xml"], ["feed.xml"]))
def test_a_feed_opened_in_a_browser_says_what_it_is(viewer: PageViewer, path: str) -> None:
    for width, scheme in ((PHONE, "light"), (DESKTOP, "dark")):
        with viewer.page(f"{SITES['golden']}/{path}", View(width, scheme)) as page:
            assert page.evaluate("getComputedStyle(document.documentElement, '::before').content").startswith(
                '"This is a web feed. Copy its address from your browser’s address bar into a feed reader'
            )
            shown = page.evaluate("""[...document.querySelectorAll("*")]
                .filter((each) => each.getClientRects().length && !each.children.length && each.textContent)
                .map((each) => [each.localName, each.textContent])""")
            # RSS has its page as text, Atom as an attribute.
            kinds = {"title", "link", "description"} if path == "feed.xml" else {"title", "subtitle"}
            assert {name for name, _ in shown} == kinds
            assert any(text.startswith("Every block") for _, text in shown)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            colours = page.evaluate("""(({color, backgroundColor}) => [color, backgroundColor])
                (getComputedStyle(document.documentElement))""")
            text, ground = (sum(map(int, re.findall(r"\d+", each)[:3])) for each in colours)
            assert (text < ground) == (scheme == "light")


def test_one_click_selects_the_address_of_the_feed(viewer: PageViewer) -> None:
    with opened(viewer, "golden", "articles/every-block/", View(PHONE)) as page:
        page.locator(".foot .address").click()
        assert page.evaluate("getSelection().toString()") == f"{GOLDEN_URL}/feed.xml"
