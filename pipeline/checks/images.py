"""Rules on images: their alt text, size and address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pipeline.checks.rule import Found, Rule
from pipeline.checks.subject import Subject
from pipeline.model import Severity

_FILE_NAME = re.compile(r"[\w\-. ]+\.(?:png|jpe?g|gif|webp|avif|svg|bmp|tiff?)", re.IGNORECASE)
_CAMERA_NAME = re.compile(r"(?:IMG|DSC|DSCN|DSCF|PXL|P|image|screenshot)[-_ ]?\d+", re.IGNORECASE)


def missing_alt(subject: Subject) -> Iterator[Found]:
    """An `img` without an alt attribute: a screen reader spells its address."""
    for image in subject.page.all("img"):
        if image.get("alt") is None:
            src = image.get("src") or ""
            yield Found(f'the image "{file_name(src)}" has no alt text.', subject.places.of_image(src))


def alt_is_file_name(subject: Subject) -> Iterator[Found]:
    """An alt text that is only a file's name says nothing."""
    for image in subject.page.all("img"):
        alt = (image.get("alt") or "").strip()
        if _FILE_NAME.fullmatch(alt) or _CAMERA_NAME.fullmatch(alt):
            src = image.get("src") or ""
            yield Found(f'the alt text "{alt}" is a file name.', subject.places.of_image(src))


def linked_without_alt(subject: Subject) -> Iterator[Found]:
    """A link whose only content is an image without alt text has no name."""
    for image in subject.page.all("img"):
        if image.get("alt") == "" and subject.page.within(image, "a"):
            src = image.get("src") or ""
            yield Found(
                f'the image "{file_name(src)}" is a link and has an empty alt text.',
                subject.places.of_image(src),
            )


def file_name(url: str) -> str:
    """An address's last part, as an editor would know the image."""
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1]) or url


RULES = (
    Rule(
        "IMG001",
        Severity.ERROR,
        "An image has no alt text",
        "With images off, and in a screen reader, the picture is not there at all.",
        'Say what it shows: `![A bar chart of …](chart.png)`, or `image_alt: ""` for mere decoration.',
        "WCAG 2.2, 1.1.1 Non-text Content",
        missing_alt,
    ),
    Rule(
        "IMG002",
        Severity.ERROR,
        "An alt text is a file name",
        "It is read out letter by letter and says nothing of the picture.",
        "Say what the picture shows.",
        "WCAG 2.2, 1.1.1; technique F30",
        alt_is_file_name,
    ),
    Rule(
        "IMG003",
        Severity.ERROR,
        "A linked image has an empty alt text",
        "The link has no name: a screen reader spells its address.",
        "Say where the link goes.",
        "WCAG 2.2, 2.4.4 Link Purpose; technique F89",
        linked_without_alt,
    ),
)
