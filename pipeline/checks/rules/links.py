"""Rules on links: their address. `link_texts.py` has those on what a link says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from pipeline.checks.context import CheckContext
from pipeline.checks.passages import PageLink, split
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.source_places import content_elements
from pipeline.model import Layout, Place, Severity

LONGEST = 2000
_KNOWN = frozenset({"http", "https", "mailto", "tel", "sms"})
_SHORTENER_HOSTS = (
    "adf.ly amzn.to b.link bit.do bit.ly bl.ink buff.ly cutt.ly dlvr.it fb.me goo.gl ift.tt is.gd j.mp "
    "lc.chat lnkd.in ow.ly po.st qr.ae rb.gy rebrand.ly s.id shorturl.at shrtco.de snip.ly soo.gd t.co "
    "t.ly t2m.io tiny.cc tiny.one tinyurl.com trib.al u.nu v.gd wp.me x.gd zpr.io"
)
_SHORTENERS = frozenset(_SHORTENER_HOSTS.split())
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
# A full stop may belong to the address where an abbreviation ends it.
_ABBREVIATED = re.compile(
    r"(?:[._/ -](?:inc|jr|sr|co|ltd|st|etc|corp|bros|al|no|vs)|\b[A-Z])\.", re.IGNORECASE
)


def is_field(url: str) -> bool:
    """Whether an address is a merge field, which only the target knows."""
    return "{{" in url


def place_of(subject: CheckContext, url: str) -> Place:
    """Where an address is written: settings, content, front matter or theme."""
    publication = subject.publication
    if url and url in {publication.unsubscribe_url, publication.preferences_url}:
        return Place("newsletter.toml")
    found = subject.places.of_link(url)
    if found == subject.places.issue and url:
        return subject.places.of_theme(f'"{url}"') or found
    return found


def _links(subject: CheckContext) -> Iterator[PageLink]:
    """The links with an address of their own, each address once."""
    seen: set[str] = set()
    for link in subject.links:
        if not is_field(link.url) and link.url not in seen:
            seen.add(link.url)
            yield link


def leads_nowhere(subject: CheckContext) -> Iterator[Violation]:
    """`href=""` opens the mail itself, `#` nothing at all."""
    for link in subject.links:
        if link.url in {"", "#"}:
            yield Violation(f'the link "{link.text}" has no address.', place_of(subject, link.url))


def in_page(subject: CheckContext) -> Iterator[Violation]:
    """A link to a place in the email itself."""
    for link in _links(subject):
        if link.url.startswith("#") and link.url != "#":
            yield Violation(f'the link "{link.text}" leads to "{link.url}".', place_of(subject, link.url))


def relative(subject: CheckContext) -> Iterator[Violation]:
    """A mail program has no page that an address could be relative to."""
    for link in _links(subject):
        if link.url and not link.url.startswith("#") and not _scheme(link.url):
            yield Violation(f'the address "{link.url}" is relative.', place_of(subject, link.url))


def odd_scheme(subject: CheckContext) -> Iterator[Violation]:
    """Mail programs drop such links."""
    for link in _links(subject):
        scheme = _scheme(link.url)
        if scheme and scheme not in _KNOWN:
            yield Violation(
                f'the link "{link.text}" has an address with "{scheme}:".', place_of(subject, link.url)
            )


def not_encrypted(subject: CheckContext) -> Iterator[Violation]:
    """What a reader opens is seen by everyone on the way."""
    for link in _links(subject):
        if _scheme(link.url) == "http":
            yield Violation(f'the address "{link.url}" begins with http.', place_of(subject, link.url))


def shortened(subject: CheckContext) -> Iterator[Violation]:
    """An address that hides where it leads."""
    for link in _links(subject):
        host = _host(link.url).removeprefix("www.")
        if host in _SHORTENERS:
            yield Violation(f'the address "{link.url}" is shortened.', place_of(subject, link.url))


def placeholder(subject: CheckContext) -> Iterator[Violation]:
    """An address that stands for one. A publication under a reserved name is itself an example."""
    own = split(subject.publication.base_url).hostname or ""
    example = bool(RESERVED.fullmatch(own))
    for link in _links(subject):
        if _scheme(link.url) not in {"http", "https"}:
            continue
        host = _host(link.url)
        reserved = bool(RESERVED.fullmatch(host)) and not example and host != own
        nowhere = host in {"", "localhost", "127.0.0.1", "0.0.0.0"} or "." not in host
        if reserved or _STAND_IN.fullmatch(host) or (nowhere and host != own):
            yield Violation(f'the address "{link.url}" is a placeholder.', place_of(subject, link.url))


def tracked(subject: CheckContext) -> Iterator[Violation]:
    """Parameters that came along when an address was copied."""
    own = split(subject.publication.base_url).hostname
    for link in _links(subject):
        if _host(link.url) == own:
            continue
        try:
            names = [name for name, _ in parse_qsl(split(link.url).query, keep_blank_values=True)]
        except ValueError:
            continue
        left = [name for name in names if _TRACKING.fullmatch(name)]
        if left:
            personal = any(_NAMES_A_READER.fullmatch(name) for name in left)
            yield Violation(
                f'the address "{_short(link.url)}" has the tracking '
                f"{'parameter' if len(left) == 1 else 'parameters'} {', '.join(left)}.",
                place_of(subject, link.url),
                "It names the person who copied it: delete it." if personal else "",
                Severity.WARNING if personal else None,
            )


def too_long(subject: CheckContext) -> Iterator[Violation]:
    """Some mail programs and filters cut long addresses."""
    for link in _links(subject):
        if len(link.url) > LONGEST:
            yield Violation(
                f'the address "{_short(link.url)}" has {len(link.url):,} characters.',
                place_of(subject, link.url),
            )


def torn(subject: CheckContext) -> Iterator[Violation]:
    """A bracket or a sentence's mark that came into the address, or got lost from it."""
    for link in _links(subject):
        url = link.url
        if _scheme(url) not in {"http", "https"}:
            continue
        what = ""
        if url.count("(") != url.count(")"):
            what = "has a bracket without its partner"
        elif url.endswith((",", ";", '"', "'", "’", "”", "%20", "*", ">")):
            what = f'ends with "{"%20" if url.endswith("%20") else url[-1]}"'
        elif url.endswith(".") and not _ABBREVIATED.search(url[-6:]):
            what = 'ends with "."'
        if what:
            yield Violation(f'the address "{_short(url)}" {what}.', place_of(subject, url))


def linked_twice(subject: CheckContext) -> Iterator[Violation]:
    """The same address in the texts of one issue; the publication's own pages aside."""
    first: dict[str, Place] = {}
    told: set[str] = set()
    for url, place in _written(subject):
        if url.startswith(subject.publication.base_url):
            continue
        key = url.rstrip("/")
        if key not in first:
            first[key] = place
        elif key not in told and place != first[key]:
            told.add(key)
            before = first[key]
            where = f"{before.path}:{before.line}" if before.line else before.path
            yield Violation(f'"{_short(url)}" is linked in {where} already.', place)


def linked_before(subject: CheckContext) -> Iterator[Violation]:
    """The same address as in an earlier issue; the publication's own pages aside."""
    own = subject.publication.base_url
    told: set[str] = set()
    for url, place in _written(subject):
        earlier = subject.linked_before.get(url)
        if earlier and url not in told and not url.startswith(own):
            told.add(url)
            yield Violation(f'"{_short(url)}" was linked in {earlier}.', place)


def _written(subject: CheckContext) -> Iterator[tuple[str, Place]]:
    """The web addresses that editors wrote, in reading order."""
    for written in subject.writings:
        for element, line in content_elements(written.content):
            url = element.get("href") if element.tag == "a" else None
            if url and url.startswith("http") and not is_field(url):
                yield url, written.place(line)
    for section in subject.edition.sections:
        for composed, layout in section.articles:
            if composed.article.link and layout is not Layout.FULL:
                yield composed.article.link, subject.places.of_article(composed.article.slug, "link")


def _scheme(url: str) -> str:
    return split(url).scheme.lower()


def _host(url: str) -> str:
    return (split(url).hostname or "").lower()


def _short(url: str) -> str:
    return url if len(url) <= 80 else f"{url[:77]}…"


RULES = (
    Rule(
        "LINK003",
        Severity.ERROR,
        "A link has no address",
        "A reader who follows it finds nothing, or the same mail anew.",
        "Give it an address, or take the link out.",
        "RFC 3986, 4.4 Same-document reference",
        leads_nowhere,
    ),
    Rule(
        "LINK004",
        Severity.WARNING,
        "A link leads to a place in the email itself",
        "In most mail programs on phones it does nothing.",
        "Link to the web page, or leave it out.",
        "caniemail.com: html-anchor-links",
        in_page,
    ),
    Rule(
        "LINK005",
        Severity.ERROR,
        "A link's address is relative",
        "A mail program does not know what it is relative to.",
        "Write the whole address, with https://.",
        "RFC 3986, 4.2 Relative Reference",
        relative,
    ),
    Rule(
        "LINK006",
        Severity.ERROR,
        "A link's address is of a kind that mail programs drop",
        "The link is dead, and filters take scripts and data in a link for an attack.",
        "Link to a page, by https.",
        "Gmail, Outlook and Apple Mail keep http, https, mailto, tel and sms",
        odd_scheme,
    ),
    Rule(
        "LINK007",
        Severity.WARNING,
        "A link is not encrypted",
        "Everyone on the way sees what your reader reads, and browsers warn of the page.",
        "Write https, after a look that the page is there too.",
        "RFC 9110, 4.2.2; browsers' https-first modes",
        not_encrypted,
    ),
    Rule(
        "LINK008",
        Severity.WARNING,
        "A link goes through a shortener",
        "Readers cannot see where it leads, and filters distrust it: spammers hide behind these.",
        "Write the address that it leads to.",
        "SpamAssassin, URL_SHORTENER_CHAINED and URL_SHORTENER_DISABLED",
        shortened,
    ),
    Rule(
        "LINK009",
        Severity.ERROR,
        "A link has a placeholder as its address",
        "A reader who follows it finds nothing, or a stranger's page.",
        "Write the address that was meant.",
        "RFC 2606 and RFC 6761, reserved names",
        placeholder,
    ),
    Rule(
        "LINK010",
        Severity.NOTE,
        "A link has tracking parameters left in it",
        "They tell the site that your readers came from somewhere they did not.",
        "Delete them: the link works without.",
        "The query parameters that Safari and Firefox strip",
        tracked,
    ),
    Rule(
        "LINK011",
        Severity.WARNING,
        "A link's address is very long",
        "Some mail programs and filters cut it, and each of its bytes counts for Gmail's limit.",
        "Look for the page's short, lasting address.",
        "2,083 characters were Internet Explorer's limit (Microsoft, KB 208427)",
        too_long,
    ),
    Rule(
        "LINK012",
        Severity.WARNING,
        "A link's address looks torn",
        "A reader who follows it finds that the page does not exist.",
        "Write an address with brackets as `<https://…>`, and keep the sentence's marks out of it.",
        "CommonMark 0.31, 6.3 Links (link destination)",
        torn,
    ),
    Rule(
        "LINK013",
        Severity.NOTE,
        "An address is linked twice in this issue",
        "Readers who follow the second link find what they have read.",
        "Leave one out, if it is not meant.",
        "A convention",
        linked_twice,
    ),
    Rule(
        "LINK014",
        Severity.NOTE,
        "An address was linked in an earlier issue",
        "Faithful readers have been there.",
        "Leave it, if it is meant: or say that you come back to it.",
        "A convention",
        linked_before,
    ),
)
