"""A real browser: found, or its tests skipped aloud; pages served from a build; what is shown, measured.

The browser is Debian's Chromium, driven by Playwright. `PRESSROOM_CHROMIUM` names another one. Where
there is none the tests are left out, and the summary says so; with `CI=true` or
`PRESSROOM_TESTS=all` a missing browser is a failure.
"""

from __future__ import annotations

import json
import mimetypes
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workspace_kit import ROOT, skip_or_fail

try:
    from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
except ImportError:  # who runs no slow test needs none
    Browser = expect = None  # type: ignore[assignment,misc]

FOLDER = ROOT / "tests" / "browser"
INSTALL = "apt-get install chromium fonts-liberation fonts-dejavu-core"
FONTS = (
    "LiberationSerif-Regular.ttf",
    "LiberationSans-Bold.ttf",
    "LiberationMono-Regular.ttf",
    "DejaVuSans.ttf",
)
MAIL = "https://mail.example"
"""Where a built email stands for the browser; the site stands at its own `base_url`."""


def chromium_path() -> str | None:
    """The browser's path: the variable's, or what is on the PATH under Debian's and others' names."""
    named = os.environ.get("PRESSROOM_CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def require_browser() -> str:
    if Browser is None:
        skip_or_fail("Playwright is not installed: python -m pip install -e '.[browser]'")
    return chromium_path() or skip_or_fail(f"no browser: {INSTALL}, or set PRESSROOM_CHROMIUM=/path/to/it")


def require_fonts() -> None:
    """The reference pictures are drawn with these fonts and no others."""
    found = {each.name for each in Path("/usr/share/fonts/truetype").glob("*/*.ttf")}
    if not found.issuperset(FONTS):
        skip_or_fail(f"the reference pictures' fonts are missing: {INSTALL}")


@dataclass(frozen=True)
class View:
    """How a page is looked at: the window's width in CSS pixels, the scheme, and images or none."""

    width: int
    scheme: str = "light"
    images: bool = True

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{'images' if self.images else 'no-images'}"


@dataclass
class PageViewer:
    """Opens pages of builds; `folders` maps where an address begins to what makes the folder it is served from."""

    browser: Browser
    folders: Mapping[str, Callable[[], Path]]
    measured: dict[tuple[str, View, str], Any] = field(default_factory=dict)
    contexts: dict[bool, BrowserContext] = field(default_factory=dict)
    pages: dict[bool, Page] = field(default_factory=dict)
    shown: str = ""

    @contextmanager
    def page(self, url: str, view: View) -> Iterator[Page]:
        """The page at an address: always the same one, for a new one costs more than to go somewhere else."""
        assert not self.shown, f"{self.shown} is still looked at"
        if view.images not in self.pages:
            self.pages[view.images] = self.context(view).new_page()
        page = self.pages[view.images]
        page.emulate_media(media="null", color_scheme="dark" if view.scheme == "dark" else "light")
        page.set_viewport_size({"width": view.width, "height": 900})
        answer = page.goto(url, wait_until="load")
        assert answer is not None and answer.ok, url
        # What is only loaded when it is scrolled to has to be there for a picture.
        page.evaluate("""async () => {
            for (const image of document.images) image.loading = "eager";
            await Promise.all([...document.images].map((image) => image.decode().catch(() => null)));
        }""")
        self.shown = url
        try:
            yield page
        finally:
            self.shown = ""

    def measure(self, url: str, view: View, inverted: str = "") -> Any:
        """What `measure.js` finds; `inverted` is a kind that `invert.js` knows."""
        key = url, view, inverted
        if key not in self.measured:
            with self.page(url, view) as page:
                if inverted:
                    page.evaluate((FOLDER / "invert.js").read_text("utf-8"), inverted)
                script = (FOLDER / "measure.js").read_text("utf-8")
                # As one text, for Playwright checks a tree of values node by node.
                self.measured[key] = json.loads(page.evaluate(f"JSON.stringify(({script.rstrip()})())"))
        return self.measured[key]

    def context(self, view: View) -> BrowserContext:
        """One with images and one without, which is kept."""
        if view.images not in self.contexts:
            context = self.contexts[view.images] = self.browser.new_context(reduced_motion="reduce")
            context.route("**/*", lambda route: self._serve(route, view))
        return self.contexts[view.images]

    def _serve(self, route: Route, view: View) -> None:
        """Answer from the folders: nothing leaves the machine, and what is not there is not found."""
        url = route.request.url.partition("#")[0].partition("?")[0]
        if route.request.resource_type == "image" and not view.images:
            route.abort()
            return
        for begin, folder in self.folders.items():
            if url.startswith(f"{begin}/"):
                file = folder() / url[len(begin) + 1 :]
                file = file / "index.html" if file.is_dir() else file
                if file.is_file():
                    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                    route.fulfill(body=file.read_bytes(), content_type=kind)
                    return
        route.abort()


@contextmanager
def open_viewer(browser: Browser, folders: Mapping[str, Callable[[], Path]]) -> Iterator[PageViewer]:
    """Look at pages of these folders."""
    viewer = PageViewer(browser, folders)
    yield viewer
    for context in viewer.contexts.values():
        context.close()


def contrast(one: list[float], other: list[float]) -> float:
    """The contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: list[float]) -> float:
    """Relative luminance (WCAG 2.2)."""
    shares = [value / 255 for value in colour]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def required_contrast(text: Mapping[str, Any]) -> float:
    """WCAG 2.2, 1.4.3: 3:1 from 24 px, or from 18.66 px in bold; 4.5:1 below."""
    return 3.0 if text["size"] >= 24 or (text["bold"] and text["size"] >= 18.66) else 4.5
