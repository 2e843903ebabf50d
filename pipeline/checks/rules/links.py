"""Rules on the addresses of links. `link_texts.py` has those on their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from pipeline.checks.context import CheckContext
from pipeline.checks.page_text import PageLink, split_url
from pipeline.checks.rule import Violation, rule
from pipeline.model import ComposedArticle, Layout, Place, Severity
from pipeline.support.urls import SCHEMES, folder_number, is_this_machine

_LONGEST = 2000
_SHORTENER_HOSTS = (
    "adf.ly amzn.to b.link bit.do bit.ly bl.ink buff.ly cutt.ly dlvr.it fb.me goo.gl ift.tt is.gd j.mp "
    "lc.chat lnkd.in ow.ly po.st qr.ae rb.gy rebrand.ly s.id shorturl.at shrtco.de snip.ly soo.gd t.co "
    "t.ly t2m.io tiny.cc tiny.one tinyurl.com trib.al u.nu v.gd wp.me x.gd zpr.io"
)
SHORTENERS = frozenset(_SHORTENER_HOSTS.split())
RESERVED = re.compile(r"(?:.*\.)?(?:example|invalid|test|localhost|example\.(?:com|net|org|edu))", re.I)
_STAND_IN = re.compile(
    r"(?:www\.)?(?:your-?(?:site|domain|company|website|url)|my-?(?:site|domain)|domain|website|link|url"
    r"|todo|tk|tktk|xxx+|placeholder|insert-?link)(?:\.\w{2,})?",
    re.IGNORECASE,
)
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|igshid|igsh|twclid|ttclid|mc_cid|mc_eid"
    r"|_hsenc|_hsmi|mkt_tok|vero_id|oly_enc_id|oly_anon_id|wickedid|rb_clickid|s_cid|_openstat",
    re.IGNORECASE,
)
_NAMES_A_READER = re.compile(r"mc_eid|_hsenc|_hsmi|mkt_tok|vero_id|oly_\w+", re.IGNORECASE)
# A full stop belongs to the address where an abbreviation ends it.
_ABBREVIATED = re.compile(
    r"(?:[._/ -](?:inc|jr|sr|co|ltd|st|etc|corp|bros|al|no|vs)|\b[A-Z])\.", re.IGNORECASE
)


def is_field(url: str) -> bool:
    """Whether an address is a merge field, which only the target knows."""
    return "{{" in url


def place_of(context: CheckContext, url: str) -> Place:
    """Where an address is written: settings, content, front matter or theme."""
    publication = context.publication
    for key in ("unsubscribe_url", "preferences_url"):
        if url and url == getattr(publication, key):
            return context.setting_place(key)
    place = context.places.of_link(url)
    if place == context.places.issue and url:
        return context.places.of_theme(f'"{url}"') or place
    return place


def _links(context: CheckContext) -> Iterator[PageLink]:
    """The links with an address of their own, each address once."""
    seen: set[str] = set()
    for link in context.links:
        if not is_field(link.url) and link.url not in seen:
            seen.add(link.url)
            yield link


@rule(
    "LINK003",
    Severity.ERROR,
    "A link has no address",
    source="RFC 3986, 4.4 Same-document reference",
    remedy="Give it an address, or take the link out.",
)
def leads_nowhere(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it finds nothing, or the same email again."""
    for link in context.links:
        if link.url in {"", "#"}:
            yield Violation(f'the link "{link.text}" has no address.', place_of(context, link.url))


@rule(
    "LINK004",
    Severity.WARNING,
    "A link leads to a place in the email itself",
    source="caniemail.com: html-anchor-links",
    remedy="Link to the web page, or leave it out.",
)
def in_page(context: CheckContext) -> Iterator[Violation]:
    """In most mail programs on phones it does nothing."""
    for link in _links(context):
        if link.url.startswith("#") and link.url != "#":
            yield Violation(f'the link "{link.text}" leads to "{link.url}".', place_of(context, link.url))


@rule(
    "LINK005",
    Severity.ERROR,
    "A link's address is relative",
    source="RFC 3986, 4.2 Relative Reference",
    remedy="Write the whole address, with https://.",
)
def relative(context: CheckContext) -> Iterator[Violation]:
    """A mail program does not know what it is relative to."""
    for link in _links(context):
        if link.url and not link.url.startswith("#") and not _scheme(link.url):
            yield Violation(f'the address "{link.url}" is relative.', place_of(context, link.url))


@rule(
    "LINK006",
    Severity.ERROR,
    "A link's address is of a kind that mail programs drop",
    source="Gmail, Outlook and Apple Mail keep http, https, mailto, tel and sms",
    remedy="Link to a page, by https.",
)
def odd_scheme(context: CheckContext) -> Iterator[Violation]:
    """The link is dead, and filters take scripts and data in a link for an attack."""
    for link in _links(context):
        scheme = _scheme(link.url)
        if scheme and scheme not in SCHEMES:
            yield Violation(
                f'the link "{link.text}" has an address with "{scheme}:".', place_of(context, link.url)
            )


@rule(
    "LINK007",
    Severity.WARNING,
    "A link is not encrypted",
    source="RFC 9110, 4.2.2; browsers' https-first modes",
    remedy="Write https, after you have seen that the page works there.",
)
def not_encrypted(context: CheckContext) -> Iterator[Violation]:
    """Others on the network can see what your reader reads, and browsers warn of the page."""
    for link in _links(context):
        if _scheme(link.url) == "http":
            yield Violation(f'the address "{link.url}" begins with http.', place_of(context, link.url))


@rule(
    "LINK008",
    Severity.WARNING,
    "A link goes through a shortener",
    source="SpamAssassin, URL_SHORTENER_CHAINED and URL_SHORTENER_DISABLED",
    remedy="Write the address that it leads to.",
)
def shortened(context: CheckContext) -> Iterator[Violation]:
    """Readers cannot see where it leads, and filters distrust it: spammers hide behind these."""
    for link in _links(context):
        if _host(link.url).removeprefix("www.") in SHORTENERS:
            yield Violation(f'the address "{link.url}" is shortened.', place_of(context, link.url))


@rule(
    "LINK009",
    Severity.ERROR,
    "A link has a placeholder as its address, or a host that cannot be on the web",
    source="RFC 2606 and RFC 6761, reserved names",
    remedy="Write the address that was meant.",
)
def placeholder(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it finds nothing, or a stranger's page."""
    own = split_url(context.publication.base_url).hostname or ""
    # A publication under a reserved name is itself an example.
    example = bool(RESERVED.fullmatch(own))
    for link in _links(context):
        if _scheme(link.url) not in {"http", "https"}:
            continue
        host = _host(link.url)
        reserved = bool(RESERVED.fullmatch(host)) and not example and host != own
        nowhere = is_this_machine(host) or host == "0.0.0.0" or "." not in host
        if reserved or _STAND_IN.fullmatch(host):
            yield Violation(f'the address "{link.url}" is a placeholder.', place_of(context, link.url))
        elif nowhere and host != own:
            yield Violation(f'"{link.url}" leads to no host on the web.', place_of(context, link.url))


@rule(
    "LINK010",
    Severity.NOTE,
    "A link has tracking parameters",
    source="The query parameters that Safari and Firefox strip",
    remedy="Delete them: the link works without them.",
)
def tracked(context: CheckContext) -> Iterator[Violation]:
    """They tell the site that your readers came from somewhere they did not."""
    own = split_url(context.publication.base_url).hostname
    for link in _links(context):
        if _host(link.url) == own:
            continue
        try:
            names = [name for name, _ in parse_qsl(split_url(link.url).query, keep_blank_values=True)]
        except ValueError:
            continue
        tracking = [name for name in names if _TRACKING.fullmatch(name)]
        if tracking:
            personal = any(_NAMES_A_READER.fullmatch(name) for name in tracking)
            yield Violation(
                f'the address "{_short(link.url)}" has the tracking '
                f"{'parameter' if len(tracking) == 1 else 'parameters'} {', '.join(tracking)}.",
                place_of(context, link.url),
                "It names the person who copied it: delete it." if personal else "",
                Severity.WARNING if personal else None,
            )


@rule(
    "LINK011",
    Severity.WARNING,
    "A link's address is very long",
    source=f"Internet Explorer's limit was 2,083 characters (Microsoft, KB 208427); {_LONGEST:,} leave room",
    remedy="Look for the page's short, lasting address.",
)
def too_long(context: CheckContext) -> Iterator[Violation]:
    """Some mail programs and filters cut it, and each of its bytes counts for Gmail's limit."""
    for link in _links(context):
        if len(link.url) > _LONGEST:
            yield Violation(
                f'the address "{_short(link.url)}" has {len(link.url):,} characters.',
                place_of(context, link.url),
            )


@rule(
    "LINK012",
    Severity.WARNING,
    "A link's address looks broken",
    source="CommonMark 0.31, 6.3 Links (link destination)",
    remedy="Write an address with brackets as `<https://…>`, and keep the sentence's marks out of it.",
)
def broken(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it finds that the page does not exist."""
    for link in _links(context):
        url = link.url
        if _scheme(url) not in {"http", "https"}:
            continue
        problem = ""
        if url.count("(") != url.count(")"):
            problem = "has a bracket without its pair"
        elif url.endswith((",", ";", '"', "'", "’", "”", "%20", "*", ">")):
            problem = f'ends with "{"%20" if url.endswith("%20") else url[-1]}"'
        elif url.endswith(".") and not _ABBREVIATED.search(url[-6:]):
            problem = 'ends with "."'
        if problem:
            yield Violation(f'the address "{_short(url)}" {problem}.', place_of(context, url))


@rule(
    "LINK013",
    Severity.NOTE,
    "An address is linked twice in this issue",
    source="A convention",
    remedy="Leave one out, unless you mean both.",
)
def linked_twice(context: CheckContext) -> Iterator[Violation]:
    """Readers who follow the second link find what they have read already."""
    places: dict[str, Place] = {}
    for url, place in _written(context):
        key = url.rstrip("/")
        first = places.setdefault(key, place)
        if place != first:
            yield Violation(f'"{_short(url)}" is already linked in {first}.', place, about=key)


@rule(
    "LINK014",
    Severity.NOTE,
    "An address was linked in an earlier issue",
    source="A convention",
    remedy="Keep it if you mean it, and say that you come back to it.",
)
def linked_before(context: CheckContext) -> Iterator[Violation]:
    """Faithful readers have been there already."""
    number = context.edition.issue.number
    for url, place in _written(context):
        if earlier := [each for each in context.linked.get(url, ()) if folder_number(each) < number]:
            yield Violation(f'"{_short(url)}" was linked in {earlier[-1]}.', place, about=url)


@rule(
    "LINK020",
    Severity.NOTE,
    "Parameters are added to addresses",
    source="docs/settings.md, links",
    remedy="This is what [links] in newsletter.toml asks for. Delete the table if you do not want it.",
)
def added_parameters(context: CheckContext) -> Iterator[Violation]:
    """Pages and feeds have the addresses as they are written, and the email has others."""
    addresses = context.rendered.plain_addresses
    if addresses:
        names = "&".join(f"{name}={value}" for name, value in context.publication.links.parameters.items())
        count = "1 address" if len(addresses) == 1 else f"{len(addresses):,} addresses"
        yield Violation(f"`{names}` is added to {count} of the email.", context.setting_place("links"))


def _written(context: CheckContext) -> Iterator[tuple[str, Place]]:
    """The web addresses that editors wrote, in reading order, but for the publication's own."""
    own = context.publication.base_url
    for source in context.shown_texts:
        for element, line in source.elements("a"):
            url = element.get("href") or ""
            if url.startswith("http") and not is_field(url) and not url.startswith(own):
                yield url, source.place(line)
    for each in context.edition.links:
        if not each.url.startswith(own):
            yield each.url, each.link.place
    for section in context.edition.sections:
        for composed, layout in section.items:
            article = composed.article if isinstance(composed, ComposedArticle) else None
            if article and article.link and layout is not Layout.FULL and not article.link.startswith(own):
                yield article.link, context.places.of_article(article.slug, "link")


def _scheme(url: str) -> str:
    return split_url(url).scheme.lower()


def _host(url: str) -> str:
    return (split_url(url).hostname or "").lower()


def _short(url: str) -> str:
    return url if len(url) <= 80 else f"{url[:77]}…"
