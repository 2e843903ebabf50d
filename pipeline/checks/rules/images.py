"""Rules on images: their alt text, size and address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.css import pixels
from pipeline.checks.html_page import text_of
from pipeline.checks.passages import split, words
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.size_budget import ALL_IMAGES, ONE_IMAGE
from pipeline.model import Image, Place, Severity

CONTAINER = 600
"""The width of the email, in CSS pixels."""

TALLEST = 1728
"""Word's limit, in CSS pixels: 24 inches of 72 points."""

LONGEST_ALT = 250
SMALLEST_ALT = 14.0
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif"})

_FILE_NAME = re.compile(r"[\w\-. ]+\.(?:png|jpe?g|gif|webp|avif|svg|bmp|tiff?)", re.IGNORECASE)
_CAMERA_NAME = re.compile(r"(?:IMG|DSC|DSCN|DSCF|PXL|P|image|screenshot)[-_ ]?\d+", re.IGNORECASE)


def missing_alt(subject: CheckContext) -> Iterator[Violation]:
    """An `img` without an alt attribute: a screen reader spells its address."""
    for image in subject.page.all("img"):
        if image.get("alt") is None:
            src = image.get("src") or ""
            yield Violation(f'the image "{file_name(src)}" has no alt text.', subject.places.of_image(src))


def alt_is_file_name(subject: CheckContext) -> Iterator[Violation]:
    """An alt text that is only a file's name says nothing."""
    for image in subject.page.all("img"):
        alt = (image.get("alt") or "").strip()
        if _FILE_NAME.fullmatch(alt) or _CAMERA_NAME.fullmatch(alt):
            src = image.get("src") or ""
            yield Violation(f'the alt text "{alt}" is a file name.', subject.places.of_image(src))


def linked_without_alt(subject: CheckContext) -> Iterator[Violation]:
    """A link whose only content is an image without alt text has no name."""
    for image in subject.page.all("img"):
        if image.get("alt") == "" and subject.page.within(image, "a"):
            src = image.get("src") or ""
            yield Violation(
                f'the image "{file_name(src)}" is a link and has an empty alt text.',
                subject.places.of_image(src),
            )


def bad_size(subject: CheckContext) -> Iterator[Violation]:
    """Outlook draws an image by its attributes alone, and a page without them jumps as it loads."""
    for image in subject.page.all("img"):
        name = file_name(image.get("src") or "")
        for key in ("width", "height"):
            written = image.get(key)
            if written is None:
                yield Violation(f'the image "{name}" has no {key} attribute.', _place(subject, image))
            elif not written.isdecimal() or int(written) == 0:
                yield Violation(
                    f'the {key} of the image "{name}" is "{written}", which is no whole number of pixels.',
                    _place(subject, image),
                )
        if _shown(image, "width") > CONTAINER:
            yield Violation(
                f'the image "{name}" is {_shown(image, "width")} px wide, and the email {CONTAINER}.',
                _place(subject, image),
            )


def not_block(subject: CheckContext) -> Iterator[Violation]:
    """An image on the line of text leaves a gap below it. One that stands among words belongs there."""
    for image in subject.page.all("img"):
        alone = not _text_beside(subject, image)
        if alone and subject.light.of(image).get("display") != "block":
            yield Violation(
                f'the image "{file_name(image.get("src") or "")}" has no display:block.',
                _place(subject, image),
            )


def illegible_alt(subject: CheckContext) -> Iterator[Violation]:
    """With images off, which is the default of Outlook, the alt text is what is read."""
    for image in subject.page.all("img"):
        if not image.get("alt"):
            continue
        size = pixels(subject.light.of(image).get("font-size", "16px"))
        if size is not None and size < SMALLEST_ALT:
            yield Violation(
                f'the alt text of "{file_name(image.get("src") or "")}" is drawn {size:g} px small.',
                _place(subject, image),
            )


def blurred(subject: CheckContext) -> Iterator[Violation]:
    """Phones draw two or three device pixels for each CSS pixel."""
    known = _known(subject)
    for image in subject.page.all("img"):
        source, wide = known.get(image.get("src") or ""), _shown(image, "width")
        if source is None or not wide or source.width >= 2 * wide:
            continue
        yield Violation(
            f'the image "{source.source}" is {source.width} px wide and shown at {wide}: '
            f"it takes {2 * wide} to be sharp.",
            _place(subject, image),
            severity=Severity.WARNING if source.width < wide else None,
        )


def odd_format(subject: CheckContext) -> Iterator[Violation]:
    """Outlook on Windows draws PNG, JPEG and GIF, and a cross for all else."""
    known = _known(subject)
    for image in subject.page.all("img"):
        src = image.get("src") or ""
        source = known.get(src)
        suffix = split(src).path.rpartition(".")[2].lower()
        other = suffix in {"webp", "avif", "svg", "bmp", "tif", "tiff", "heic", "jxl", "jp2"}
        if source.media_type not in _SHOWN if source else other:
            kind = source.media_type.rpartition("/")[2] if source else suffix
            yield Violation(f'the image "{file_name(src)}" is {kind.upper()}.', _place(subject, image))


def not_absolute(subject: CheckContext) -> Iterator[Violation]:
    """A mail program has no page that an address could be relative to."""
    for image in subject.page.all("img"):
        src = (image.get("src") or "").strip()
        scheme = split(src).scheme.lower()
        if scheme == "https":
            continue
        if scheme == "http":
            yield Violation(
                f'the image "{file_name(src)}" has an http address.',
                _place(subject, image),
                "Publish images by https: see `base_url` in newsletter.toml.",
                Severity.WARNING,
            )
        elif scheme == "data":
            yield Violation("an image stands in the email itself, as data.", _place(subject, image))
        else:
            yield Violation(f'the image address "{src}" is not absolute.', _place(subject, image))


def too_tall(subject: CheckContext) -> Iterator[Violation]:
    """Word, which draws Outlook's mail, cuts a taller image off."""
    for image in subject.page.all("img"):
        if _shown(image, "height") > TALLEST:
            yield Violation(
                f'the image "{file_name(image.get("src") or "")}" is shown {_shown(image, "height"):,} px '
                f"tall, and Outlook cuts it off at {TALLEST:,}.",
                _place(subject, image),
            )


def too_heavy(subject: CheckContext) -> Iterator[Violation]:
    """One image that takes long to load."""
    names = {image.url: image.source for image in subject.rendered.images}
    for url, size in subject.image_sizes.items():
        if size > ONE_IMAGE:
            yield Violation(
                f'the image "{names.get(url) or file_name(url)}" has {size / 1e6:.1f} MB.',
                subject.places.of_image(url),
            )


def all_too_heavy(subject: CheckContext) -> Iterator[Violation]:
    """All images together."""
    total = sum(subject.image_sizes.values())
    if total > ALL_IMAGES:
        heaviest = sorted(subject.image_sizes.items(), key=lambda each: (-each[1], each[0]))[:3]
        names = {image.url: image.source for image in subject.rendered.images}
        listed = ", ".join(
            f"{names.get(url) or file_name(url)} ({size / 1e6:.1f} MB)" for url, size in heaviest
        )
        yield Violation(
            f"the images have {total / 1e6:.1f} MB together.",
            subject.places.issue,
            f"The heaviest: {listed}. Save them at twice the width they are shown at, and no wider.",
        )


def long_alt(subject: CheckContext) -> Iterator[Violation]:
    """An alt text that is an essay: it cannot be skimmed, and mail programs cut it."""
    for image in subject.page.all("img"):
        alt = image.get("alt") or ""
        if len(alt) > LONGEST_ALT:
            yield Violation(
                f'the alt text of "{file_name(image.get("src") or "")}" has {len(alt)} characters.',
                _place(subject, image),
            )


def alt_repeats_caption(subject: CheckContext) -> Iterator[Violation]:
    """A screen reader reads alt text and caption, one after the other."""
    for image in subject.page.all("img"):
        alt = words(image.get("alt") or "")
        figure = next((each for each in subject.page.above(image) if each.tag == "figure"), None)
        if not alt or figure is None:
            continue
        if any(words(text_of(each)) == alt for each in figure.iter("figcaption")):
            yield Violation(
                f'the alt text of "{file_name(image.get("src") or "")}" is its caption again.',
                _place(subject, image),
            )


def _place(subject: CheckContext, image: Element) -> Place:
    return subject.places.of_image(image.get("src") or "")


def _shown(image: Element, key: str) -> int:
    written = image.get(key) or ""
    return int(written) if written.isdecimal() else 0


def _known(subject: CheckContext) -> dict[str, Image]:
    return {image.url: image for image in subject.rendered.images}


def _text_beside(subject: CheckContext, image: Element) -> bool:
    """Whether words stand on the line of an image: it is an icon, then."""
    line = next((each for each in subject.page.above(image) if each.tag not in {"a", "span", "em"}), None)
    if line is None or line.tag not in {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"}:
        return False
    return text_of(line) != (image.get("alt") or "").strip()


def file_name(url: str) -> str:
    """An address's last part, as an editor would know the image."""
    return unquote(split(url).path.rsplit("/", 1)[-1]) or url


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
    Rule(
        "IMG004",
        Severity.WARNING,
        "An image has no fitting width and height",
        "Outlook draws it at its file's size, and elsewhere the text jumps as it loads.",
        "Give `width` and `height` as whole pixels, at most 600 wide.",
        "HTML Living Standard, 4.8.17 Dimension attributes; Outlook on Windows",
        bad_size,
    ),
    Rule(
        "IMG005",
        Severity.WARNING,
        "An image is not display:block",
        "Gmail and Outlook.com leave a gap of some pixels below it.",
        "Give the image `display:block` in the theme.",
        "CSS 2.2, 10.8: an inline image leaves room for the line's descenders",
        not_block,
    ),
    Rule(
        "IMG006",
        Severity.WARNING,
        "An alt text would not be legible",
        "Many readers see the email without images first, and alt texts take the style of their image.",
        "Give the image a `font-size` of 14 px or more in the theme.",
        "Outlook on Windows blocks images by default (Microsoft Support)",
        illegible_alt,
    ),
    Rule(
        "IMG007",
        Severity.NOTE,
        "An image is not sharp on a dense screen",
        "Phones draw at least two pixels for one, and stretch what has fewer.",
        "Take a wider picture, if there is one.",
        "A convention: phones draw 2 to 4 device pixels for one of CSS",
        blurred,
    ),
    Rule(
        "IMG008",
        Severity.ERROR,
        "An image's format is not drawn everywhere",
        "Outlook on Windows shows a cross instead of WebP, AVIF and SVG.",
        "Save it as PNG, JPEG or GIF.",
        "caniemail.com: image-webp, image-avif, image-svg",
        odd_format,
    ),
    Rule(
        "IMG009",
        Severity.ERROR,
        "An image has no absolute https address",
        "A relative address leads nowhere in a mail program, and Gmail drops images that are data.",
        "Put the file beside the article, and name it: it is published with the site.",
        "RFC 3986, 4.3; caniemail.com: image-base64",
        not_absolute,
    ),
    Rule(
        "IMG010",
        Severity.ERROR,
        "An image is taller than Outlook draws",
        "Its lower part is missing for readers of Outlook on Windows.",
        "Cut it into two, or show it narrower.",
        "Word, which draws Outlook's mail, cuts images off at 1,728 px",
        too_tall,
    ),
    Rule(
        "IMG011",
        Severity.WARNING,
        "An image is larger than 1 MB",
        "On a train, readers look at an empty frame.",
        "Save it at twice the width it is shown at, photographs as JPEG.",
        "A convention: 1 MB takes 5 seconds at 1.6 Mbit/s, Lighthouse's slow 4G",
        too_heavy,
    ),
    Rule(
        "IMG012",
        Severity.WARNING,
        "The images are larger than 2 MB together",
        "The issue takes long to load, and costs readers who pay by the megabyte.",
        "Save the heaviest smaller.",
        "A convention: 2 MB take 10 seconds at 1.6 Mbit/s, Lighthouse's slow 4G",
        all_too_heavy,
    ),
    Rule(
        "IMG013",
        Severity.NOTE,
        "An alt text is very long",
        "A screen reader reads it in one go, without a way to pause or go back.",
        "Say in a sentence what the picture shows, and put the rest into the text or a caption.",
        "W3C, Images Tutorial: Complex Images",
        long_alt,
    ),
    Rule(
        "IMG014",
        Severity.WARNING,
        "An alt text repeats the caption",
        "A screen reader reads the same sentence twice, and what the picture shows not at all.",
        "Let the alt text say what is to be seen, and the caption what it means.",
        "HTML Living Standard, 4.8.4.4 (alt text and captions)",
        alt_repeats_caption,
    ),
)
