"""The icon that browsers, phones and feed readers show, and the logo on a dark ground."""

from __future__ import annotations

import io
import json

import pytest
from lxml import etree, html
from PIL import Image
from workspace_kit import SETTINGS, WorkspaceRunner, png

THEME = '\n[theme]\nlogo = "logo.png"\nlogo_alt = "Synapse"\n'
ADDRESS = "https://synapse.example/news/"


def built(workspace: WorkspaceRunner, settings: str = "", **pictures: bytes) -> html.HtmlElement:
    """The home page of the built site."""
    workspace.write({"newsletter.toml": SETTINGS + settings})
    workspace.write({f"{name}.png": data for name, data in pictures.items()})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    return html.document_fromstring(workspace.read("build/site/index.html"))


def icon(workspace: WorkspaceRunner, home: html.HtmlElement) -> Image.Image:
    (path,) = home.xpath("//link[@rel='icon']/@href")
    assert home.xpath("//link[@rel='apple-touch-icon']/@href") == [path]
    picture = Image.open(io.BytesIO((workspace.root / "build/site" / path).read_bytes()))
    assert picture.size == (512, 512)
    assert picture.mode in ("RGB", "P") and "transparency" not in picture.info
    return picture.convert("RGB")


def test_a_nearly_square_logo_is_the_icon(workspace: WorkspaceRunner) -> None:
    picture = icon(workspace, built(workspace, THEME, logo=png(120, 100)))
    assert picture.getpixel((256, 256)) == (0x80, 0x80, 0x80)
    assert picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("settings", ["", THEME])
def test_else_the_icon_has_the_first_letter_on_the_accent_colour(
    workspace: WorkspaceRunner, settings: str
) -> None:
    picture = icon(workspace, built(workspace, settings, logo=png(400, 100)))
    assert picture.getpixel((5, 5)) == (0x1F, 0x5F, 0x5B)
    assert (255, 255, 255) in {colour for _, colour in picture.getcolors(1 << 20) or []}


def test_the_feeds_name_the_same_icon(workspace: WorkspaceRunner) -> None:
    (path,) = built(workspace, THEME, logo=png(120, 100)).xpath("//link[@rel='icon']/@href")
    feed = json.loads(workspace.read("build/site/feed.json"))
    assert feed["icon"] == feed["favicon"] == ADDRESS + path
    atom = etree.fromstring(workspace.read("build/site/atom.xml").encode())
    assert atom.findtext("{*}icon") == ADDRESS + path


def test_a_dark_screen_gets_the_dark_logo_and_its_colour(workspace: WorkspaceRunner) -> None:
    home = built(workspace, f'{THEME}logo_dark = "dark.png"\n', logo=png(120, 40), dark=png(120, 41))
    (source,) = home.xpath("//header//picture/source")
    assert source.get("media") == "(prefers-color-scheme: dark)"
    assert (workspace.root / "build/site" / source.get("srcset")).is_file()
    colors = home.xpath("//meta[@name='theme-color']")
    assert [each.get("content") for each in colors] == ["#f2f1f0", "#161718"]


def test_a_dark_logo_without_a_light_one_is_a_mistake(workspace: WorkspaceRunner) -> None:
    workspace.write({"newsletter.toml": SETTINGS + '\n[theme]\nlogo_dark = "dark.png"\n'})
    said = workspace.error("build", "--now", "2026-02-02")
    assert "newsletter.toml:28: theme: there is no `logo` beside it." in said
