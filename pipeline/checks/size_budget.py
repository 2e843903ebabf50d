"""Where an email's bytes go: theme, letter, each article, images, and what a target adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model import EmailPart, RenderedEmail
from pipeline.support.limits import GMAIL_CLIP, TRACKED_LINK

PER_EMAIL = 400
"""Bytes of the tracking picture and of filled merge fields: an allowance."""


@dataclass(frozen=True, slots=True)
class SizeBudget:
    """The sizes of one edition's email in bytes.

    `parts` of the HTML are the theme, the letter, then each article. `added` is what a target adds at most;
    `total` is all of it. `images` are counted apart: they are loaded, not sent.
    """

    parts: tuple[EmailPart, ...]
    added: EmailPart
    images: tuple[EmailPart, ...]
    limit: int = GMAIL_CLIP

    @property
    def html_bytes(self) -> int:
        """Bytes of the HTML, as a build shows them."""
        return sum(each.size for each in self.parts)

    @property
    def total(self) -> int:
        """Bytes of HTML as a reader's mail program receives it."""
        return self.html_bytes + self.added.size

    @property
    def all_images(self) -> int:
        """Bytes of all images together."""
        return sum(each.size for each in self.images)


def make_budget(email: RenderedEmail, image_sizes: Mapping[str, int]) -> SizeBudget:
    """Make the budget of an email; `image_sizes` maps the addresses of its images to bytes."""
    links = email.html.count("<a ")
    return SizeBudget(
        parts=email.parts,
        added=EmailPart(
            f"a service adds at most, for {links} link{'' if links == 1 else 's'}",
            links * TRACKED_LINK + PER_EMAIL,
        ),
        images=tuple(EmailPart(url.rpartition("/")[2], size) for url, size in image_sizes.items()),
    )
