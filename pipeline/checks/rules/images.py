"""Rules on images: their alt text, size and address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import pixels
from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import HEADINGS, text_of
from pipeline.checks.page_text import split_url, words
from pipeline.checks.rule import Violation, rule
from pipeline.content.tree_text import content_texts
from pipeline.model import Image, Place, Severity
from pipeline.support.color_contrast import contrast
from pipeline.support.limits import ALL_IMAGES, EMAIL_WIDTH, ONE_IMAGE, TALLEST_IMAGE
from pipeline.support.numbers_in_text import whole_number

_LONGEST_ALT = 250
_GRAPHIC_CONTRAST = 3.0
_SMALLEST_ALT = 14.0
_DRAWN = frozenset({"image/png", "image/jpeg", "image/gif"})
_NOT_DRAWN = frozenset({"webp", "avif", "svg", "bmp", "tif", "tiff", "heic", "jxl", "jp2"})

_FILE_NAME = re.compile(r"[\w\-. ]+\.(?:png|jpe?g|gif|webp|avif|svg|bmp|tiff?)", re.IGNORECASE)
_CAMERA_NAME = re.compile(r"(?:IMG|DSC|DSCN|DSCF|PXL|P|image|screenshot)[-_ ]?\d+", re.IGNORECASE)


def _images(context: CheckContext) -> Iterator[tuple[Element, str, Place]]:
    """Each image of the page, its name for an editor, and where it is named in the sources."""
    for image in context.page.all("img"):
        url = image.get("src") or ""
        yield image, _name(url), context.places.of_image(url)


def _name(url: str) -> str:
    return unquote(split_url(url).path.rsplit("/", 1)[-1]) or url


def _shown(image: Element, key: str) -> int:
    return whole_number(image.get(key) or "") or 0


def _known(context: CheckContext) -> dict[str, Image]:
    return {image.url: image for image in context.rendered.images}


@rule(
    "IMG001",
    Severity.ERROR,
    "An image has no alt text",
    source="WCAG 2.2, 1.1.1 Non-text Content",
    remedy='Say what it shows: `![A bar chart of …](chart.png)`, or `image_alt: ""` for mere decoration.',
)
def missing_alt(context: CheckContext) -> Iterator[Violation]:
    """With images off nothing of the picture is left, and a screen reader spells its address."""
    for image, name, place in _images(context):
        if image.get("alt") is None:
            yield Violation(f'the image "{name}" has no alt text.', place)


@rule(
    "IMG002",
    Severity.ERROR,
    "An alt text is a file name",
    source="WCAG 2.2, 1.1.1; technique F30",
    remedy="Say what the picture shows.",
)
def alt_is_file_name(context: CheckContext) -> Iterator[Violation]:
    """It is read out letter by letter and says nothing of the picture."""
    for image, _, place in _images(context):
        alt = (image.get("alt") or "").strip()
        if _FILE_NAME.fullmatch(alt) or _CAMERA_NAME.fullmatch(alt):
            yield Violation(f'the alt text "{alt}" is a file name.', place)


@rule(
    "IMG003",
    Severity.ERROR,
    "A linked image has an empty alt text",
    source="WCAG 2.2, 2.4.4 Link Purpose; technique F89",
    remedy="Say where the link goes.",
)
def linked_without_alt(context: CheckContext) -> Iterator[Violation]:
    """The link has no name: a screen reader spells its address."""
    for image, name, place in _images(context):
        if image.get("alt") == "" and context.page.within(image, "a"):
            yield Violation(f'the image "{name}" is a link and has an empty alt text.', place)


@rule(
    "IMG015",
    Severity.ERROR,
    "A picture is all there is, and has an empty alt text",
    source="WCAG 2.2, 1.1.1 Non-text Content",
    remedy="Say what it shows: `![A bar chart of …](chart.png)`. Below a text it may be mere decoration.",
)
def alone_without_alt(context: CheckContext) -> Iterator[Violation]:
    """With images off nothing of the article is left, for no other words tell what it shows."""
    articles = {each.article.slug: each.article for each in context.edition.articles}
    for source in context.shown_texts:
        if not source.slug and context.edition.items:
            continue  # the letter is not all there is
        article, content = articles.get(source.slug), source.content
        alts = [(image.get("alt"), source.place(line)) for image, line in source.elements("img")]
        if content.lead:
            alts.insert(0, (content.lead.alt, context.places.of_image(content.lead.url)))
        words = "".join(content_texts(content.blocks, content.footnotes)).strip() or (article and article.dek)
        if alts and not words and not any(alt for alt, _ in alts):
            yield Violation(f"{source.what} has a picture with an empty alt text, and no words.", alts[0][1])


@rule(
    "IMG004",
    Severity.WARNING,
    "An image has no fitting width and height",
    source="HTML Living Standard, 4.8.17 Dimension attributes; Outlook on Windows",
    remedy=f"Give `width` and `height` as whole pixels, at most {EMAIL_WIDTH} wide.",
)
def bad_size(context: CheckContext) -> Iterator[Violation]:
    """Outlook draws it at its file's size, and elsewhere the text jumps as it loads."""
    for image, name, place in _images(context):
        for key in ("width", "height"):
            written = image.get(key)
            if written is None:
                yield Violation(f'the image "{name}" has no {key} attribute.', place)
            elif not whole_number(written):
                problem = f'is "{written}", not a whole number of pixels'
                yield Violation(f'the {key} of the image "{name}" {problem}.', place)
        if (width := _shown(image, "width")) > EMAIL_WIDTH:
            yield Violation(f'the image "{name}" is {width} px wide, and the email {EMAIL_WIDTH}.', place)


@rule(
    "IMG005",
    Severity.WARNING,
    "An image is not display:block",
    source="CSS 2.2, 10.8: an inline image leaves room for the line's descenders",
    remedy="Give the image `display:block` in the theme.",
)
def not_block(context: CheckContext) -> Iterator[Violation]:
    """Gmail and Outlook.com leave a gap of some pixels below it."""
    for image, name, place in _images(context):
        if not _among_words(context, image) and context.light_styles.of(image).get("display") != "block":
            yield Violation(f'the image "{name}" has no display:block.', place)


def _among_words(context: CheckContext, image: Element) -> bool:
    """Whether an image is on a line of text: an icon, which has to be inline."""
    ancestors = context.page.ancestors(image)
    line = next((each for each in ancestors if each.tag not in {"a", "span", "em"}), None)
    if line is None or line.tag not in HEADINGS | {"p", "li", "td", "th"}:
        return False
    return text_of(line) != (image.get("alt") or "").strip()


@rule(
    "IMG006",
    Severity.WARNING,
    "An alt text would not be legible",
    source="Outlook on Windows blocks images by default (Microsoft Support)",
    remedy="Give the image a `font-size` of 14 px or more in the theme.",
)
def illegible_alt(context: CheckContext) -> Iterator[Violation]:
    """Many readers see the email without images first, and alt texts take the style of their image."""
    for image, name, place in _images(context):
        size = pixels(context.light_styles.of(image).get("font-size", "16px"))
        if image.get("alt") and size is not None and size < _SMALLEST_ALT:
            yield Violation(f'the alt text of "{name}" is only {size:g} px high.', place)


@rule(
    "IMG016",
    Severity.WARNING,
    "A picture is too faint in the dark scheme",
    source=f"WCAG 2.2, 1.4.11 Non-text Contrast: {_GRAPHIC_CONTRAST:g} to 1",
    remedy="Give it a ground of its own, such as white, or a light outline.",
)
def faint_in_dark(context: CheckContext) -> Iterator[Violation]:
    """A transparent picture is drawn on the email's ground, and in the dark scheme a dark logo is lost."""
    known, ground = _known(context), context.publication.theme.dark.surface
    for image, _, place in _images(context):
        source = known.get(image.get("src") or "")
        if source and source.edge and contrast(source.edge, ground) < _GRAPHIC_CONTRAST:
            yield Violation(
                f'the image "{source.source}" is transparent, and hardly seen in the dark scheme: '
                f"its edges are {source.edge} on {ground}.",
                place,
            )


@rule(
    "IMG007",
    Severity.NOTE,
    "An image is not sharp on a dense screen",
    source="A convention: phones draw 2 to 4 device pixels for one of CSS",
    remedy="Take a wider picture, if there is one.",
)
def blurred(context: CheckContext) -> Iterator[Violation]:
    """Phones draw at least two device pixels for each CSS pixel, and stretch a picture that has fewer."""
    known = _known(context)
    for image, _, place in _images(context):
        source, width = known.get(image.get("src") or ""), _shown(image, "width")
        if source is None or not width or source.width >= 2 * width:
            continue
        yield Violation(
            f'the image "{source.source}" is {source.width} px wide and shown at {width}: '
            f"it needs {2 * width} to be sharp.",
            place,
            severity=Severity.WARNING if source.width < width else None,
        )


@rule(
    "IMG008",
    Severity.ERROR,
    "An image's format is not drawn everywhere",
    source="caniemail.com: image-webp, image-avif, image-svg",
    remedy="Save it as PNG, JPEG or GIF.",
)
def odd_format(context: CheckContext) -> Iterator[Violation]:
    """Outlook on Windows shows a cross instead of WebP, AVIF and SVG."""
    known = _known(context)
    for image, name, place in _images(context):
        url = image.get("src") or ""
        source, suffix = known.get(url), split_url(url).path.rpartition(".")[2].lower()
        if source.media_type not in _DRAWN if source else suffix in _NOT_DRAWN:
            form = source.media_type.rpartition("/")[2] if source else suffix
            yield Violation(f'the image "{name}" is {form.upper()}.', place)


@rule(
    "IMG009",
    Severity.ERROR,
    "An image has no absolute https address",
    source="RFC 3986, 4.3; caniemail.com: image-base64",
    remedy="Put the file beside the article, and name it: it is published with the site.",
)
def not_absolute(context: CheckContext) -> Iterator[Violation]:
    """A relative address leads nowhere in a mail program, and Gmail drops images that are data."""
    for image, name, place in _images(context):
        url = (image.get("src") or "").strip()
        scheme = split_url(url).scheme.lower()
        if scheme == "http":
            hint = "Publish images by https: see `base_url` in newsletter.toml."
            yield Violation(f'the image "{name}" has an http address.', place, hint, Severity.WARNING)
        elif scheme == "data":
            yield Violation("an image is part of the HTML, as data.", place)
        elif scheme != "https":
            yield Violation(f'the image address "{url}" is not absolute.', place)


@rule(
    "IMG010",
    Severity.ERROR,
    "An image is taller than Outlook draws",
    source="Word, which draws Outlook's mail, cuts images off at 1,728 px",
    remedy="Cut it into two, or show it narrower.",
)
def too_tall(context: CheckContext) -> Iterator[Violation]:
    """Its lower part is missing for readers of Outlook on Windows."""
    for image, name, place in _images(context):
        if (height := _shown(image, "height")) > TALLEST_IMAGE:
            yield Violation(
                f'the image "{name}" is {height:,} px tall, and Outlook cuts it at {TALLEST_IMAGE:,}.', place
            )


@rule(
    "IMG011",
    Severity.WARNING,
    "An image is larger than 1 MB",
    source="A convention: 1 MB takes 5 seconds at 1.6 Mbit/s, Lighthouse's slow 4G",
    remedy="Save it at twice the width it is shown at, photographs as JPEG.",
)
def too_heavy(context: CheckContext) -> Iterator[Violation]:
    """On a train, readers look at an empty frame."""
    for url, size in context.image_sizes.items():
        if size > ONE_IMAGE:
            place = context.places.of_image(url)
            yield Violation(f'the image "{_source_name(context, url)}" has {size / 1e6:.1f} MB.', place)


@rule(
    "IMG012",
    Severity.WARNING,
    "The images are larger than 2 MB together",
    source="A convention: 2 MB take 10 seconds at 1.6 Mbit/s, Lighthouse's slow 4G",
    remedy="Save the heaviest smaller.",
)
def all_too_heavy(context: CheckContext) -> Iterator[Violation]:
    """The issue takes long to load, and costs readers who pay by the megabyte."""
    total = sum(context.image_sizes.values())
    if total > ALL_IMAGES:
        heaviest = sorted(context.image_sizes.items(), key=lambda each: (-each[1], each[0]))[:3]
        listed = ", ".join(f"{_source_name(context, url)} ({size / 1e6:.1f} MB)" for url, size in heaviest)
        yield Violation(
            f"the images have {total / 1e6:.1f} MB together.",
            context.places.issue,
            f"The heaviest: {listed}. Save them at twice the width they are shown at, and no wider.",
        )


def _source_name(context: CheckContext, url: str) -> str:
    known = _known(context)
    return (known[url].source if url in known else "") or _name(url)


@rule(
    "IMG013",
    Severity.NOTE,
    "An alt text is very long",
    source=f"W3C, Images Tutorial: Complex Images; by convention at most {_LONGEST_ALT} characters",
    remedy="Say in a sentence what the picture shows, and put the rest into the text or a caption.",
)
def long_alt(context: CheckContext) -> Iterator[Violation]:
    """A screen reader reads it in one go, without a way to pause or go back; mail programs cut it."""
    for image, name, place in _images(context):
        length = len(image.get("alt") or "")
        if length > _LONGEST_ALT:
            yield Violation(f'the alt text of "{name}" has {length} characters.', place)


@rule(
    "IMG014",
    Severity.WARNING,
    "An alt text repeats the caption",
    source="HTML Living Standard, 4.8.4.4 (alt text and captions)",
    remedy="Let the alt text say what the picture shows, and the caption what it means.",
)
def alt_repeats_caption(context: CheckContext) -> Iterator[Violation]:
    """A screen reader reads the same sentence twice, and never says what the picture shows."""
    for image, name, place in _images(context):
        alt = words(image.get("alt") or "")
        figure = context.page.nearest(image, "figure")
        captions = figure.iter("figcaption") if figure is not None else ()
        if alt and any(words(text_of(each)) == alt for each in captions):
            yield Violation(f'the alt text of "{name}" is its caption again.', place)
