"""The golden issue as a browser shows it: on a phone and a desk, light and dark, with images and without.

Nothing here is mocked: the command builds the issue, Chromium lays it out, and what it shows is measured.
Reference pictures are accepted, after a look at them, by
`PRESSROOM_ACCEPT=1 python -m pytest tests/browser/test_email_in_browser.py`
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_kit import (
    FOLDER,
    INSTALL,
    MAIL,
    PageViewer,
    View,
    contrast,
    open_viewer,
    require_fonts,
    required_contrast,
)
from builds_kit import GOLDEN_URL, Builds
from PIL import Image, ImageChops, ImageFilter
from screenshot_kit import accept, compare, most_common_colour, read_screenshot, worst_band
from table_kit import rows
from workspace_kit import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

SITE = GOLDEN_URL
HEBREW_URL = "https://hebrew.example"
EMAIL = f"{MAIL}/golden/email.html"
HEBREW = f"{MAIL}/hebrew/email.html"
EMAILS = {
    "golden": EMAIL,
    "clinicians": f"{MAIL}/golden/clinicians/email.html",
    "hebrew": HEBREW,
    "letter": f"{MAIL}/letter/email.html",
    "digest": f"{MAIL}/digest/email.html",
}
PAGES = {
    "index": f"{SITE}/index.html",
    "issue": f"{SITE}/issues/001-every-block/",
    "article": f"{SITE}/articles/every-block/",
    "articles": f"{SITE}/articles/",
}
VIEWS = [
    View(width, scheme, images)
    for width in (320, 375, 600)
    for scheme in ("light", "dark")
    for images in (True, False)
]
WITH_IMAGES = [view for view in VIEWS if view.images]

WITHOUT_IMAGES = [view for view in VIEWS if not view.images]
CORE_VIEWS = [View(320), View(600, "dark", images=False)]
CORE_EMAILS = [EMAIL, HEBREW]

by_email = pytest.mark.parametrize(
    "email", rows(EMAILS.values(), CORE_EMAILS, {url: name for name, url in EMAILS.items()}.__getitem__)
)
by_view = pytest.mark.parametrize("view", rows(VIEWS, CORE_VIEWS))
by_view_with_images = pytest.mark.parametrize("view", rows(WITH_IMAGES, CORE_VIEWS))


@pytest.fixture(scope="module")
def viewer(browser: Browser, builds: Builds) -> Iterator[PageViewer]:
    """The golden workspace in each theme, and in a language from right to left without a logo."""
    issue = "build/issues/001-every-block"
    folders = {
        f"{MAIL}/golden": lambda: builds.golden().root / issue,
        f"{MAIL}/hebrew": lambda: builds.golden(language="he", base_url=HEBREW_URL, logo=False).root / issue,
        f"{MAIL}/letter": lambda: builds.golden("letter").root / issue,
        f"{MAIL}/digest": lambda: builds.golden("digest").root / issue,
        SITE: lambda: builds.golden().root / "build/site",
    }
    with open_viewer(browser, folders) as viewer:
        yield viewer


# --- the email -------------------------------------------------------------------------------


@by_view
@by_email
def test_an_email_overflows_nowhere(viewer: PageViewer, email: str, view: View) -> None:
    shown = viewer.measure(email, view)
    assert shown["overflowing"] == []
    assert shown["scrollWidth"] <= shown["width"] == view.width


@by_view
@by_email
def test_no_text_of_an_email_is_small(viewer: PageViewer, email: str, view: View) -> None:
    texts = viewer.measure(email, view)["texts"]
    assert len(texts) > 50
    assert [(text["size"], text["where"], text["text"]) for text in texts if text["size"] < 14] == []


@by_view
@by_email
def test_what_is_read_is_at_least_sixteen_pixels(viewer: PageViewer, email: str, view: View) -> None:
    """What is read: paragraphs, lists, quotations and cells; not captions, code, notes' numbers, facts."""
    read = [
        text
        for text in viewer.measure(email, view)["texts"]
        if text["block"] in {"p", "li", "td", "dd", "dt", "blockquote"} and not text["small"]
    ]
    assert len(read) > 15
    assert [(text["size"], text["where"], text["text"]) for text in read if text["size"] < 16] == []


@by_view_with_images
@by_email
def test_links_of_an_email_can_be_hit_with_a_thumb(viewer: PageViewer, email: str, view: View) -> None:
    """Buttons and links that are alone, headlines among them: 44 px high.

    WCAG 2.2, 2.5.8 asks for 24 px and excepts links in a sentence, whose height the text's line sets.
    """
    links = viewer.measure(email, view)["links"]
    assert {link["button"] for link in links} == {link["running"] for link in links} == {True, False}
    missed = [
        (link["height"], link["width"], link["where"], link["text"])
        for link in links
        if not (link["running"] and not link["button"]) and (link["height"] < 44 or link["width"] < 24)
    ]
    assert missed == []


def too_faint(shown: dict, kind: str = "texts") -> list[tuple]:  # type: ignore[type-arg]
    return [
        (
            round(contrast(text["color"], text["ground"]), 2),
            text["color"],
            text["ground"],
            text["where"],
            text["text"],
        )
        for text in shown[kind]
        if contrast(text["color"], text["ground"]) < required_contrast(text)
    ]


@by_view
@by_email
def test_text_of_an_email_stands_out_from_its_ground(viewer: PageViewer, email: str, view: View) -> None:
    assert too_faint(viewer.measure(email, view)) == []


@pytest.mark.parametrize("kind", rows(["full", "partial"], ["full"]))
@by_email
def test_text_stands_out_where_a_mail_program_inverts_colours(
    viewer: PageViewer, email: str, kind: str
) -> None:
    shown = viewer.measure(email, View(375), kind)
    assert max(shown["texts"][0]["ground"]) < 60, "the ground is not dark: nothing was inverted"
    assert too_faint(shown) == []


@pytest.mark.parametrize("view", rows(WITHOUT_IMAGES, CORE_VIEWS))
@by_email
def test_alternative_text_is_legible_where_images_are_off(viewer: PageViewer, email: str, view: View) -> None:
    shown = viewer.measure(email, view)
    images = shown["images"]
    assert len(images) >= 3
    assert not any(image["loaded"] for image in images)
    # Only an author's picture has none: it is beside the name.
    assert len([image for image in images if not image["text"]]) <= 1
    images = [image for image in images if image["text"]]
    assert [image["where"] for image in images if image["size"] < 14] == []
    assert too_faint(shown, "images") == []
    cut = [
        (image["boxes"][0], image["needed"])
        for image in images
        if image["boxes"][0]["height"] < image["needed"]
    ]
    assert cut == []


@by_view_with_images
@by_email
def test_images_of_an_email_are_shown(viewer: PageViewer, email: str, view: View) -> None:
    images = viewer.measure(email, view)["images"]
    assert [image["where"] for image in images if not image["loaded"]] == []
    assert [image["where"] for image in images if image["boxes"][0]["width"] > view.width] == []


@pytest.mark.parametrize("width", [320, 600])
def test_a_picture_that_fills_its_column_fills_it_on_a_phone(viewer: PageViewer, width: int) -> None:
    with viewer.page(EMAIL, View(width)) as page:
        widths = page.eval_on_selector_all(
            ".stack .fill", "all => all.map(each => [each.offsetWidth, each.closest('.stack').offsetWidth])"
        )
    assert widths and all(picture == column for picture, column in widths)


@by_email
def test_the_preview_text_is_hidden_and_stands_first(viewer: PageViewer, email: str) -> None:
    shown = viewer.measure(email, View(375))
    assert shown["first"]["display"] == "none"
    assert shown["first"]["text"].lstrip().startswith("This letter stands at the head")
    assert "color" not in shown["first"]["style"] and "font-size" not in shown["first"]["style"]
    # The letter's first sentence, which is also the preview text, is seen once: in the letter.
    assert shown["seen"].count("this letter stands at the head") == 1


@pytest.mark.parametrize("scheme", rows(["light", "dark"], ["light"]))
@pytest.mark.parametrize("email", [EMAIL, HEBREW], ids=["golden", "hebrew"])
def test_the_grounds_that_are_measured_are_those_that_are_painted(
    viewer: PageViewer, email: str, scheme: str
) -> None:
    """The colour most pixels have behind each line of text, against the one taken from the styles."""
    view = View(600, scheme)
    with viewer.page(email, view) as page:
        picture = read_screenshot(page.screenshot(full_page=True))
    for text in viewer.measure(email, view)["texts"]:
        for box in text["boxes"]:
            painted = most_common_colour(picture, box)
            assert max(abs(a - b) for a, b in zip(painted, text["ground"], strict=True)) <= 2, (text, painted)


# --- the web edition -------------------------------------------------------------------------


@by_view_with_images
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_web_page_overflows_nowhere_and_can_be_read(viewer: PageViewer, page: str, view: View) -> None:
    shown = viewer.measure(page, view)
    assert shown["overflowing"] == []
    assert shown["scrollWidth"] <= view.width
    assert too_faint(shown) == []
    assert [image["where"] for image in shown["images"] if not image["loaded"]] == []


# --- reference pictures ----------------------------------------------------------------------

PICTURES = {
    "golden-600-light": (EMAIL, View(600)),
    "golden-600-dark": (EMAIL, View(600, "dark")),
    "golden-375-light": (EMAIL, View(375)),
    "hebrew-320-light": (HEBREW, View(320)),
}


@pytest.mark.parametrize("name", rows(PICTURES, ["golden-600-light"]))
def test_the_golden_issue_looks_as_it_did(viewer: PageViewer, name: str, tmp_path: Path) -> None:
    require_fonts()
    url, view = PICTURES[name]
    with viewer.page(url, view) as page:
        made = page.screenshot(full_page=True)
    held = FOLDER / "reference" / f"{name}.png"
    if os.environ.get("PRESSROOM_ACCEPT"):
        accept(made, held)
    compare(made, held, tmp_path)


@pytest.mark.parametrize(
    ("case", "agrees"),
    [
        ("softer edges", True),
        ("another gamma", True),
        ("a line of text gone", False),
        ("a line of text moved by two pixels", False),
        ("another accent", False),
    ],
)
def test_a_picture_may_differ_by_its_renderer_but_not_by_its_content(case: str, agrees: bool) -> None:
    held = Image.open(FOLDER / "reference" / "golden-600-light.png").convert("RGB")
    held = held.crop((0, 0, held.width, 1000))
    rows = (32, 180, 568, 204)  # "Issue 1 · 1 February 2026 · …"
    assert len(held.crop(rows).getcolors() or []) > 4, "no text stands there any more"
    made = held.copy()
    if case == "softer edges":
        made = held.filter(ImageFilter.GaussianBlur(0.5))
    elif case == "another gamma":
        made = held.point([round(255 * (value / 255) ** 1.1) for value in range(256)] * 3)
    elif case == "a line of text gone":
        made.paste((255, 255, 255), rows)
    elif case == "a line of text moved by two pixels":
        made.paste(held.crop(rows), (rows[0], rows[1] + 2))
    else:
        accent = Image.new("RGB", held.size, "#5b1f3f")
        plain = ImageChops.difference(held, Image.new("RGB", held.size, "#1f5f5b")).convert("L")
        made.paste(accent, mask=plain.point([255] + [0] * 255))
    assert (worst_band(made, held) == "") is agrees


def test_the_reference_pictures_are_those_compared_and_small() -> None:
    held = {each.stem: each.stat().st_size for each in (FOLDER / "reference").iterdir()}
    assert set(held) == set(PICTURES)
    assert sum(held.values()) < 1_000_000


# --- a machine without a browser -------------------------------------------------------------


def run_without_browser(**variables: str) -> subprocess.CompletedProcess[str]:
    """One of the tests above, in a process that has no browser."""
    own = {key: value for key, value in os.environ.items() if key not in {"CI", "PRESSROOM_TESTS"}}
    own.pop("PRESSROOM_ACCEPT", None)
    options = ["-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, __file__, "-m", "", "-k", "preview"],
        env={**own, "PRESSROOM_CHROMIUM": "/there/is/none", **variables},
        capture_output=True,
        text=True,
    )


def test_without_a_browser_the_suite_passes_and_names_what_it_left_out() -> None:
    done = run_without_browser()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left out" in done.stdout
    assert f"5 tests: no browser: {INSTALL}, or set PRESSROOM_CHROMIUM" in done.stdout


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"PRESSROOM_TESTS": "all"}], ids=str)
def test_where_a_browser_is_required_its_absence_is_a_failure(variables: dict[str, str]) -> None:
    done = run_without_browser(**variables)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"no browser: {INSTALL}" in done.stdout
