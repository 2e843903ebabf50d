"""Rules on `no_tracking`: they prove on the finished email that nothing in it follows a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import Styles
from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import HtmlPage, parse_page
from pipeline.checks.page_text import split_url
from pipeline.checks.rule import Violation, rule
from pipeline.checks.rules.links import SHORTENERS, is_field, place_of
from pipeline.checks.source_places import SETTINGS
from pipeline.model import Place, Severity
from pipeline.render.email.email_context import unsubscribe_url
from pipeline.support import merge

_LOADED = frozenset({"src", "srcset", "background", "poster", "data", "lowsrc", "dynsrc"})
"""Attributes whose address a mail program loads by itself, as it does those of `link` and of styles."""

_FOLLOWED = frozenset({"href", "action", "formaction", "cite", "longdesc"})
_IN_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"'()]*)""", re.IGNORECASE)
_IN_TEXT = re.compile(r"""(?:https?://|mailto:|tel:|sms:)[^ \t\n<>"]+(?<![.,;:!?)])""")
_CONDITION = re.compile(r"<!--\[if[^\]]*\]>(?:<!-->|<!-- -->)?|(?:<!--\s*)?<!\[endif\]-->")
_ONE_PIXEL = re.compile(r"[01](?:\.0*)?(?:px)?")

# Where services and mail gateways send a reader first, as seen in published newsletters; with a path where
# other paths of the host are pages.
_REDIRECTS = (
    *("list-manage.com/track/", "mandrillapp.com/track/", "sendgrid.net/ls/click", "sendgrid.net/wf/click"),
    *("awstrack.me", "click.pstmrk.it", "track.pstmrk.it", "sendibt2.com/tr/", "sendibt3.com/tr/"),
    *("link.mail.beehiiv.com", "click.convertkit-mail.com", "click.convertkit-mail2.com", "click.mlsend.com"),
    *("hubspotlinks.com", "trk.klclick.com", "clicks.aweber.com", "substack.com/redirect/"),
    *("safelinks.protection.outlook.com", "urldefense.com", "urldefense.proofpoint.com"),
    *("google.com/url", "l.facebook.com", "lm.facebook.com", "l.instagram.com"),
)
_HOSTS = "|".join(map(re.escape, (*_REDIRECTS, *sorted(SHORTENERS))))
_REDIRECT = re.compile(rf"(?:[^/]*\.)?(?:{_HOSTS})(?:(?<=/)|(?=/)|$)")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """A web address in the finished email, the place where it is written, and whether it loads by itself."""

    url: str
    place: Place
    loaded: bool = False


def _all_html(context: CheckContext) -> HtmlPage:
    """The HTML with what only some mail programs read: the comments with conditions are opened."""
    return parse_page(_CONDITION.sub("", context.rendered.html))


def _addresses(context: CheckContext) -> Iterator[EmailAddress]:
    """Every address of HTML and text part, but those for leaving and for preferences."""
    publication = context.publication
    own = {str(unsubscribe_url(publication)), str(publication.preferences_url or "")}
    own |= {"{{ unsubscribe_url }}", "{{ preferences_url }}", ""}
    page = _all_html(context)
    for element in page.all():
        for url, loaded in _of_element(element):
            if url not in own:
                yield EmailAddress(url, _place(context, page, element, url), loaded)
    text = context.rendered.text
    in_text = [merge.unmarked(match[0]) for match in _IN_TEXT.finditer(merge.marked(text))]
    whole = [merge.neutral(field) for field in text.fields if field.name.endswith("_url")]
    for url in (*in_text, *whole):
        if url not in own:
            line = text.count("\n", 0, text.find(url)) + 1
            yield EmailAddress(url, context.built(line, "email.txt"))


def _of_element(element: Element) -> Iterator[tuple[str, bool]]:
    """The addresses in an element's attributes and styles, each with whether it loads by itself."""
    for name, value in element.attrib.items():
        if name == "srcset":
            yield from ((each.split()[0], True) for each in value.split(",") if each.strip())
        elif name in _LOADED or name in _FOLLOWED:
            yield value.strip(), name in _LOADED or element.tag == "link"
    sheet = (element.text or "") if element.tag == "style" else ""
    for match in _IN_STYLE.finditer(f"{element.get('style', '')} {sheet}"):
        yield match[1].strip(), True


def _place(context: CheckContext, page: HtmlPage, element: Element, url: str) -> Place:
    """Where an editor wrote an address, or else the theme, or the line of the built page."""
    if element.tag == "img":
        place, unknown = context.places.of_image(url), SETTINGS
    else:
        plain = context.rendered.plain_addresses.get(url, url)
        place, unknown = place_of(context, plain), context.places.issue
    return context.in_theme(page.lines.get(element), url) if place == unknown else place


@rule(
    "TRACK001",
    Severity.ERROR,
    "A picture tells who opens the email",
    source="docs/tracking.md",
    remedy="Take it out, or take `no_tracking` out of newsletter.toml.",
)
def tracking_picture(context: CheckContext) -> Iterator[Violation]:
    """`no_tracking` promises that no picture is one pixel, or has an address of its own for each reader."""
    if not context.publication.no_tracking:
        return
    for each in _addresses(context):
        if each.loaded and is_field(each.url):
            message = f'"{each.url}", which loads by itself, is another address for each reader.'
            yield Violation(message, each.place, about=each.url)
    page = _all_html(context)
    styles = Styles(page)
    files = {image.url: image for image in context.rendered.images}
    for image in page.all("img"):
        url, style = image.get("src") or "", styles.of(image)
        file = files.get(url)
        sides = [{image.get(side, ""), style.get(side, "")} - {"", "auto"} for side in ("width", "height")]
        # A picture without a height is drawn in proportion.
        tiny = [any(map(_ONE_PIXEL.fullmatch, side)) for side in sides if side]
        shown_tiny = bool(tiny) and all(tiny)
        if shown_tiny or (file and max(file.width, file.height) <= 1):
            yield Violation(
                f'the picture "{url}" is one pixel.', _place(context, page, image, url), about=url
            )


@rule(
    "TRACK002",
    Severity.ERROR,
    "An address leads through a redirect",
    source="docs/tracking.md",
    remedy="Link to the page itself. If it is not a redirect, silence the rule and say why.",
)
def redirect(context: CheckContext) -> Iterator[Violation]:
    """`no_tracking` promises that nobody counts clicks, as a redirect can, and often tells who clicked."""
    if not context.publication.no_tracking:
        return
    for each in _addresses(context):
        parts = split_url(each.url)
        if _REDIRECT.match(f"{(parts.hostname or '').lower()}{parts.path}"):
            yield Violation(f'"{each.url}" is a redirect.', each.place, about=each.url)
        elif held := _held_address(parts.query):
            yield Violation(f'"{each.url}" holds the address "{held}".', each.place, about=each.url)


def _held_address(query: str) -> str:
    """The web address that is the value of a parameter, or an empty text."""
    try:
        values = [value for _, value in parse_qsl(query)]
    except ValueError:
        return ""
    return next((value for value in values if re.match(r"https?://", value, re.IGNORECASE)), "")


@rule(
    "TRACK003",
    Severity.ERROR,
    "An address tells who follows it",
    source="docs/tracking.md",
    remedy="Take the merge field out of the address.",
)
def personal_address(context: CheckContext) -> Iterator[Violation]:
    """`no_tracking` promises that no address is a reader's own, but for leaving and for preferences."""
    if not context.publication.no_tracking:
        return
    for each in _addresses(context):
        if not each.loaded and is_field(each.url):
            yield Violation(f'"{each.url}" is another address for each reader.', each.place, about=each.url)


@rule(
    "TRACK004",
    Severity.ERROR,
    "Parameters are added to addresses",
    source="docs/tracking.md",
    remedy="Take out [links] or `no_tracking` in newsletter.toml.",
)
def parameters(context: CheckContext) -> Iterator[Violation]:
    """`no_tracking` promises that the addresses are those that were written."""
    if context.publication.no_tracking and context.rendered.plain_addresses:
        count = len(context.rendered.plain_addresses)
        addresses = "1 address" if count == 1 else f"{count:,} addresses"
        message = f"[links] adds parameters to {addresses} of an email without tracking."
        yield Violation(message, context.setting_place("links"))
