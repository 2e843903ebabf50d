"""The picture that stands beside a link to a page where people share it: 1200 by 630 pixels.

Set in the theme's colours with the fonts that come with Pressroom. What they cannot set, such as a
title in Arabic, is left out of the picture: the page's title stands beside it anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from urllib.parse import unquote

from pipeline.config.i18n import Messages, direction
from pipeline.images.draw import DrawnBox, DrawnImage, DrawnText, draw, text_width, writable
from pipeline.model import Image, OutputFile, Palette, Publication
from pipeline.render.site.site_index import SiteIndex
from pipeline.render.site.stylesheet import on_accent
from pipeline.support import urls

WIDTH, HEIGHT = 1200, 630
"""What Open Graph's readers ask for: 1.91 to 1, sharp on a dense screen."""

_MARGIN = 88
_EDGE = 24
_SIZES = (104, 92, 80, 70, 62, 54, 48)
_LEADING = 1.16
_ROOM = 348
"""Pixels of height that the title may take between the name above it and the line below."""

_LOGO = (360, 72)
_VERSION = "1"
"""Goes into the name of each picture, so that another drawing gets another address."""


@dataclass(frozen=True, slots=True)
class SocialCard:
    """What a social picture says: `mark` is a short sign, such as a number, for want of a title."""

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
        """The published file name, made of all that the picture shows."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self) if each.name != "logo")
        # Addresses that were given out depend on this text, so it does not depend on the class's name.
        card = f"Card({', '.join(f'{name}={value!r}' for name, value in values)}, logo=None)"
        shows = card, self.logo.name if self.logo else "", _VERSION
        return f"{self.stem}-{hashlib.sha256(repr(shows).encode()).hexdigest()[:12]}.png"

    def picture(self, publication: Publication) -> Image:
        """The picture as a page's head names it."""
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


def issue_card(shelf: SiteIndex, index: int, words: Messages) -> SocialCard:
    """The card of an issue, which all of its editions share."""
    issue = shelf.issues[index][0].issue
    line = f"{words.format('issue', number=issue.number)} · {words.date(issue.date)}"
    stem = f"social-{issue.number:03}"
    return _card(shelf, title=issue.title, line=line, mark=str(issue.number), stem=stem)


def publication_card(shelf: SiteIndex) -> SocialCard:
    """The card of the publication, for pages about no one issue or picture."""
    publication = shelf.publication
    title = publication.tagline if shelf.logo and publication.tagline else publication.title
    line = unquote(publication.base_url.partition("//")[2].removeprefix("www."))
    return _card(shelf, title=title, line=line, mark="", stem="social")


def cards(shelf: SiteIndex, words: Messages) -> Iterator[SocialCard]:
    """Every card that the site's pages name."""
    yield publication_card(shelf)
    yield from (issue_card(shelf, index, words) for index in range(len(shelf.issues)))


def make_picture(card: SocialCard, data: Callable[[Image], bytes]) -> OutputFile:
    """The picture's file, at its path on the site. `data` gives the bytes of the logo."""
    return OutputFile(urls.image_path(card.image), draw(WIDTH, HEIGHT, tuple(_parts(card, data))))


def _card(shelf: SiteIndex, *, title: str, line: str, mark: str, stem: str) -> SocialCard:
    publication, theme = shelf.publication, shelf.publication.theme
    return SocialCard(
        name=publication.title,
        title=title,
        line=line,
        mark=mark,
        stem=stem,
        colors=theme.colors,
        font="sans" if "sans-serif" in theme.heading_font.lower() else "serif",
        rtl=direction(publication.language) == "rtl",
        logo=shelf.logo,
    )


def _parts(card: SocialCard, data: Callable[[Image], bytes]) -> Iterator[DrawnBox | DrawnText | DrawnImage]:
    colors, title, line = card.colors, writable(card.title, card.font), writable(card.line, "sans")
    yield DrawnBox(0, 0, WIDTH, HEIGHT, colors.surface)
    edge = WIDTH - _EDGE if card.rtl else 0
    if not title:
        yield from _without_title(card)
    else:
        yield DrawnBox(edge, 0, _EDGE, HEIGHT, colors.accent)
        size, lines = _fitted(title, card.font)
        step = round(size * _LEADING)
        top = 148 + (_ROOM - step * len(lines)) // 2
        for number, text in enumerate(lines):
            yield _line(card, text, top + step * number + round(size * 0.92), size, colors.text, card.font)
        if card.name != card.title or card.logo:
            yield from _head(card, data)
    if line and title and text_width(line, "sans", 32) <= WIDTH - 2 * _MARGIN:
        yield _line(card, line, HEIGHT - _MARGIN + 10, 32, colors.muted, "sans")
    if not title:
        yield from _head(card, data)


def _head(card: SocialCard, data: Callable[[Image], bytes]) -> Iterator[DrawnText | DrawnImage]:
    """The logo, or else the publication's name."""
    if card.logo:
        scale = min(1.0, _LOGO[0] / card.logo.width, _LOGO[1] / card.logo.height)
        width, height = round(card.logo.width * scale), round(card.logo.height * scale)
        left = WIDTH - _MARGIN - width if card.rtl else _MARGIN
        yield DrawnImage(left, _MARGIN - 24, max(1, width), max(1, height), data(card.logo))
    elif (name := writable(card.name, card.font)) and text_width(name, card.font, 40) <= WIDTH - 2 * _MARGIN:
        yield _line(card, name, _MARGIN + 24, 40, card.colors.accent, card.font)


def _without_title(card: SocialCard) -> Iterator[DrawnBox | DrawnText]:
    """A field of the accent's colour, with the sign in it, where the card has one."""
    width = WIDTH * 2 // 5 if card.logo or writable(card.name, card.font) else WIDTH
    left = 0 if card.rtl else WIDTH - width
    yield DrawnBox(left, 0, width, HEIGHT, card.colors.accent)
    if mark := writable(card.mark, card.font):
        size = next((each for each in (300, 220, 160) if text_width(mark, card.font, each) < width - 80), 100)
        middle = left + (width - text_width(mark, card.font, size)) // 2
        base = HEIGHT // 2 + round(size * 0.36)
        yield DrawnText(middle, base, mark, size, on_accent(card.colors.accent), card.font)


def _line(card: SocialCard, text: str, base: int, size: int, color: str, font: str) -> DrawnText:
    left = WIDTH - _MARGIN - text_width(text, font, size) if card.rtl else _MARGIN
    return DrawnText(left, base, text, size, color, font)


def _fitted(title: str, font: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits, and its lines; the smallest cuts what is too long."""
    for size in _SIZES:
        lines = _wrapped(title, font, size)
        if len(lines) <= min(_ROOM // round(size * _LEADING), 5) and all(
            text_width(each, font, size) <= WIDTH - 2 * _MARGIN for each in lines
        ):
            return size, _balanced(title, font, size, lines)
    size = _SIZES[-1]
    lines = [piece for each in _wrapped(title, font, size) for piece in _broken(each, font, size)]
    most = _ROOM // round(size * _LEADING)
    if len(lines) > most:
        last = lines[most - 1]
        while text_width(f"{last}…", font, size) > WIDTH - 2 * _MARGIN:
            last = last.rpartition(" ")[0] or last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip(' ,;:.–—')}…"]
    return size, lines


def _balanced(title: str, font: str, size: int, lines: list[str]) -> list[str]:
    """As many lines of more even lengths, so that no word stands alone below a full one."""
    for room in range(WIDTH - 2 * _MARGIN, 0, -_EDGE):
        narrower = _wrapped(title, font, size, room)
        if len(narrower) > len(lines) or any(text_width(each, font, size) > room for each in narrower):
            break
        lines = narrower
    return lines


def _wrapped(text: str, font: str, size: int, room: int = WIDTH - 2 * _MARGIN) -> list[str]:
    """Lines of whole words; a word that is too wide stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, font, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _broken(line: str, font: str, size: int) -> Iterator[str]:
    """A line that is too wide, in pieces that are not."""
    piece = ""
    for letter in line:
        if piece and text_width(piece + letter, font, size) > WIDTH - 2 * _MARGIN:
            yield piece
            piece = ""
        piece += letter
    yield piece
