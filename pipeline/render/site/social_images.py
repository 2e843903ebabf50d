"""Social pictures, 1200 by 630 pixels: shown beside a link to a page where people share it.

They have the theme's colours and the fonts that come with Pressroom. Text that these fonts lack, such as
a title in Arabic, is left out: the page's title is shown beside the picture anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from urllib.parse import unquote

from pipeline.config.i18n import Messages, direction
from pipeline.images.draw import Canvas, text_width, writable
from pipeline.model import Image, OutputFile, Palette, Publication
from pipeline.render.site.site_index import SiteIndex
from pipeline.support import urls
from pipeline.support.color_contrast import text_color_on

WIDTH, HEIGHT = 1200, 630
"""The proportions that Open Graph's readers require, 1.91 to 1, sharp on a dense screen."""

_MARGIN = 88
_EDGE = 24
_SIZES = (104, 92, 80, 70, 62, 54, 48)
_LEADING = 1.16
_TITLE_HEIGHT = 348
"""Pixels that the title may take between the name above it and the line below."""

_TEXT_WIDTH = WIDTH - 2 * _MARGIN

_LOGO = (360, 72)
_VERSION = "1"
"""Part of each picture's name, so that a change of the drawing changes the address."""


@dataclass(frozen=True, slots=True)
class SocialCard:
    """The content of a social picture. `mark` is a short sign, such as a number, used without a title."""

    name: str
    title: str
    line: str
    mark: str
    stem: str
    colors: Palette
    font: str
    rtl: bool
    logo: Image | None

    @property
    def image(self) -> str:
        """The published file name, made from everything that the picture shows."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self) if each.name != "logo")
        # Published addresses depend on this text, so it must not depend on the name of the class.
        card = f"Card({', '.join(f'{name}={value!r}' for name, value in values)}, logo=None)"
        shown = card, self.logo.name if self.logo else "", _VERSION
        return f"{self.stem}-{hashlib.sha256(repr(shown).encode()).hexdigest()[:12]}.png"

    def picture(self, publication: Publication) -> Image:
        """The image that a page's head names."""
        return Image(
            name=self.image,
            source="",
            url=urls.address(publication, urls.image_path(self.image)),
            alt=". ".join(part for part in dict.fromkeys((self.title, self.line, self.name)) if part),
            width=WIDTH,
            height=HEIGHT,
            media_type="image/png",
            size=None,
            sha256="",
        )


def publication_card(index: SiteIndex) -> SocialCard:
    """The card of the publication, for pages that are not about one issue or picture."""
    publication, theme = index.publication, index.publication.theme
    return SocialCard(
        name=publication.title,
        title=publication.tagline if index.logo and publication.tagline else publication.title,
        line=unquote(publication.base_url.partition("//")[2].removeprefix("www.")),
        mark="",
        stem="social",
        colors=theme.colors,
        font="sans" if "sans-serif" in theme.heading_font.lower() else "serif",
        rtl=direction(publication.language) == "rtl",
        logo=index.logo,
    )


def issue_card(index: SiteIndex, position: int, messages: Messages) -> SocialCard:
    """The card of the issue at `position` in the index, which all of its editions share."""
    issue = index.issues[position][0].issue
    number = messages.format("issue", number=issue.number) if issue.show.issue_number else ""
    date = messages.date(issue.date) if issue.show.date else ""
    return replace(
        publication_card(index),
        title=issue.title,
        line=" · ".join(filter(None, (number, date))),
        mark=str(issue.number),
        stem=f"social-{issue.number:03}",
    )


def cards(index: SiteIndex, messages: Messages) -> Iterator[SocialCard]:
    """Every card that the site's pages name."""
    yield publication_card(index)
    for position, (main, *_) in enumerate(index.issues):
        if main.letter.lead is None:
            yield issue_card(index, position, messages)


def make_picture(card: SocialCard, image_data: Callable[[Image], bytes]) -> OutputFile:
    """Draw the picture of a card. `image_data` returns the bytes of the logo."""
    return OutputFile(urls.image_path(card.image), _draw(card, image_data(card.logo) if card.logo else b""))


# To encode a picture takes as long as to render two emails; a process that builds again has it already.
@lru_cache(maxsize=32)
def _draw(card: SocialCard, logo: bytes) -> bytes:
    canvas = Canvas(WIDTH, HEIGHT)
    colors, title, line = card.colors, writable(card.title, card.font), writable(card.line, "sans")
    canvas.box(0, 0, WIDTH, HEIGHT, colors.surface)
    if title:
        canvas.box(WIDTH - _EDGE if card.rtl else 0, 0, _EDGE, HEIGHT, colors.accent)
        size, lines = _fit(title, card.font)
        step = round(size * _LEADING)
        top = 148 + (_TITLE_HEIGHT - step * len(lines)) // 2
        for number, text in enumerate(lines):
            base = top + step * number + round(size * 0.92)
            _draw_line(canvas, card, text, base, size, colors.text, card.font)
    else:
        _draw_mark(canvas, card)
    if not title or card.name != card.title or card.logo:
        _draw_head(canvas, card, logo)
    if line and title and text_width(line, "sans", 32) <= _TEXT_WIDTH:
        _draw_line(canvas, card, line, HEIGHT - _MARGIN + 10, 32, colors.muted, "sans")
    return canvas.png()


def _draw_head(canvas: Canvas, card: SocialCard, logo: bytes) -> None:
    """Draw the logo, or else the publication's name."""
    if card.logo:
        scale = min(1.0, _LOGO[0] / card.logo.width, _LOGO[1] / card.logo.height)
        width, height = round(card.logo.width * scale), round(card.logo.height * scale)
        left = WIDTH - _MARGIN - width if card.rtl else _MARGIN
        canvas.image(left, _MARGIN - 24, max(1, width), max(1, height), logo)
    elif (name := writable(card.name, card.font)) and text_width(name, card.font, 40) <= _TEXT_WIDTH:
        _draw_line(canvas, card, name, _MARGIN + 24, 40, card.colors.accent, card.font)


def _draw_mark(canvas: Canvas, card: SocialCard) -> None:
    """Draw a field in the accent colour, with the card's mark in it if it has one."""
    width = WIDTH * 2 // 5 if card.logo or writable(card.name, card.font) else WIDTH
    left = 0 if card.rtl else WIDTH - width
    canvas.box(left, 0, width, HEIGHT, card.colors.accent)
    if mark := writable(card.mark, card.font):
        size = next((each for each in (300, 220, 160) if text_width(mark, card.font, each) < width - 80), 100)
        middle = left + (width - text_width(mark, card.font, size)) // 2
        base = HEIGHT // 2 + round(size * 0.36)
        canvas.text(middle, base, mark, size, text_color_on(card.colors.accent), card.font)


def _draw_line(
    canvas: Canvas, card: SocialCard, text: str, base: int, size: int, color: str, font: str
) -> None:
    left = WIDTH - _MARGIN - text_width(text, font, size) if card.rtl else _MARGIN
    canvas.text(left, base, text, size, color, font)


def _fit(title: str, font: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits, and its lines; at the smallest a title too long is cut."""
    for size in _SIZES:
        lines = _wrap(title, font, size)
        if len(lines) <= min(_TITLE_HEIGHT // round(size * _LEADING), 5) and all(
            text_width(each, font, size) <= _TEXT_WIDTH for each in lines
        ):
            return size, _balance(title, font, size, lines)
    size = _SIZES[-1]
    lines = [piece for line in _wrap(title, font, size) for piece in _break(line, font, size)]
    most = _TITLE_HEIGHT // round(size * _LEADING)
    if len(lines) > most:
        last = lines[most - 1]
        while text_width(f"{last}…", font, size) > _TEXT_WIDTH:
            last = last.rpartition(" ")[0] or last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip(' ,;:.–—')}…"]
    return size, lines


def _balance(title: str, font: str, size: int, lines: list[str]) -> list[str]:
    """The same number of lines with more even lengths, so that no single word is left below a full line."""
    for width in range(_TEXT_WIDTH, 0, -_EDGE):
        narrower = _wrap(title, font, size, width)
        if len(narrower) > len(lines) or any(text_width(each, font, size) > width for each in narrower):
            break
        lines = narrower
    return lines


def _wrap(text: str, font: str, size: int, width: int = _TEXT_WIDTH) -> list[str]:
    """Lines of whole words; a word that is too wide has a line of its own."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, font, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _break(line: str, font: str, size: int) -> Iterator[str]:
    """A line in pieces that are not too wide."""
    piece = ""
    for letter in line:
        if piece and text_width(piece + letter, font, size) > _TEXT_WIDTH:
            yield piece
            piece = ""
        piece += letter
    yield piece
