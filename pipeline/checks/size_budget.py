"""The bytes of an email by part: theme, letter, each article, images, and what a target adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pipeline.model import ComposedEdition, Content

LIMIT = 102_400
"""Bytes of HTML beyond which Gmail cuts an email off (measured by many; Google states none)."""

WARN = 80 * 1024
"""Bytes of HTML beyond which the next article may be the one too many."""

PER_LINK = 120
"""Bytes by which a service's tracking lengthens each link: an allowance, before the service is known."""

PER_EMAIL = 400
"""Bytes of the tracking picture and of filled merge fields: an allowance."""

ONE_IMAGE = 1_000_000
ALL_IMAGES = 2_000_000
"""Bytes that one image, and all together, should not exceed: a phone loads them over the air."""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line of the budget: a part and its bytes."""

    what: str
    size: int


@dataclass(frozen=True, slots=True)
class SizeBudget:
    """The sizes of one edition's email in bytes.

    `parts` of the HTML: the theme, the letter, then each article by what the email would be shorter
    without it; what is left over (markup that parts share) counts as the theme's. `added` is what a
    target adds at most; `total` is all of it. `images` are counted apart: they are loaded, not sent.
    """

    parts: tuple[BudgetLine, ...]
    added: BudgetLine
    images: tuple[BudgetLine, ...]
    limit: int = LIMIT

    @property
    def total(self) -> int:
        """Bytes of HTML as a reader's mail program gets it."""
        return sum(each.size for each in self.parts) + self.added.size

    @property
    def all_images(self) -> int:
        """Bytes of all images together."""
        return sum(each.size for each in self.images)


def make_budget(
    edition: ComposedEdition,
    html: str,
    render: Callable[[ComposedEdition], str],
    image_sizes: Mapping[str, int],
) -> SizeBudget:
    """The budget of an edition whose email is `html`. `render` returns the HTML of a changed edition."""

    def size(text: str) -> int:
        return len(text.encode())

    whole = size(html)
    letter = BudgetLine("letter", whole - size(render(replace(edition, letter=Content(())))))
    articles = tuple(
        BudgetLine(composed.article.title, whole - size(render(_without(edition, composed.article.slug))))
        for composed in edition.articles
    )
    theme = BudgetLine("theme", whole - letter.size - sum(each.size for each in articles))
    links = html.count("<a ")
    return SizeBudget(
        parts=(theme, letter, *articles),
        added=BudgetLine(f"allowance for a target ({links} links)", links * PER_LINK + PER_EMAIL),
        images=tuple(BudgetLine(url.rpartition("/")[2], size) for url, size in image_sizes.items()),
    )


def _without(edition: ComposedEdition, slug: str) -> ComposedEdition:
    """The edition without one article, and without the section that it leaves empty."""
    sections = (
        replace(section, articles=tuple(each for each in section.articles if each[0].article.slug != slug))
        for section in edition.sections
    )
    return replace(edition, sections=tuple(each for each in sections if each.articles))
