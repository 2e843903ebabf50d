"""One Chromium for all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from browser_kit import FOLDER, require_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=path,
            # Chromium's sandbox has no place for root.
            args=[
                *([] if hasattr(os, "geteuid") and os.geteuid() else ["--no-sandbox"]),
                "--font-render-hinting=none",
                "--force-color-profile=srgb",
                "--hide-scrollbars",
            ],
            env={
                **os.environ,
                "FONTCONFIG_FILE": str(FOLDER / "fonts.conf"),
                "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache")),
            },
        )
        yield found
        found.close()
