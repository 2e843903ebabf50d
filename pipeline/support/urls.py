"""The addresses and paths of pages, feeds and images on the published site, and those that content may have.

Every address of the site is absolute, ASCII and below the publication's `base_url`. Folders end in a
slash, so that any static host serves their `index.html`.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import idna

from pipeline.errors import PressroomError
from pipeline.model import EVERYONE, Audience, Issue, Publication
from pipeline.support.files import bad_name

SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
"""The schemes that an address in content may have; Gmail, Outlook and Apple Mail keep just these."""
PHONE_SCHEMES = frozenset({"tel", "sms"})
ADDRESS_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"
"""What an address may have beside letters, digits, `-`, `.` and `_`; all else is percent-encoded."""

_SCHEME = re.compile(r"[\s\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
# RFC 3986, section 3.2.1. A password as typed may have an `@`: the last one ends it. Before the scheme may
# be anything, such as the letter that ends the code of a colour.
_CREDENTIALS = re.compile(r"""([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/?#"'<>]+@""")
# RFC 3966 knows digits, these separators and parameters such as `;ext=12`; a comma is a pause on all phones.
_PHONE_NUMBER = re.compile(r"(?=.*[0-9].*[0-9].*[0-9])\+?[-0-9.()*#,]+(?:;[a-z-]+(?:=[\w+.-]+)?)*", re.ASCII)
_SEVERAL_NUMBERS = re.compile(r"\+?[-0-9.()]*[0-9][-0-9.()]*(?:,\+?[-0-9.()]*[0-9][-0-9.()]*)*", re.ASCII)
# As typed by hand or pasted from a word processor: each is a separator, as a hyphen is.
_GAP = re.compile("[\\s\u2010-\u2015\u2212]+")

# What senders and networks add to follow a reader; no page needs them to show itself.
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|yclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok"
    r"|vero_id|oly_anon_id|oly_enc_id|ck_subscriber_id)(?:=.*)?",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`)\]]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}

FEED_FILES = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}
FEED_STYLE = "feed.css"
"""The style sheet by which a browser shows a feed in XML to a person."""


def scheme_of(address: str) -> str:
    """The scheme of an address in lower case, such as `https`; empty if it has none."""
    match = _SCHEME.match(address)
    return match[1].lower() if match else ""


def is_this_machine(host: str | None) -> bool:
    """Whether a host is this machine (RFC 6761, section 6.3): what goes there needs no encryption."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def web_address_hint(text: str, sample: str = "https://example.org/…") -> str:
    """Say how to write a text as a web address: a host with `https://`, anything else as the sample."""
    if re.fullmatch(r"(?://)?[^\s/:@?#]+\.[^\s/:@?#]+(?::\d+)?(?:[/?#]\S*)?", text):
        return f'Write "https://{text.removeprefix("//")}".'
    return f"As {sample}"


def hide_password(text: str) -> str:
    """A text to be shown: each address in it without the user and the password that it may have."""
    return _CREDENTIALS.sub(r"\1…@", text) if "@" in text else text


def without_password(url: str) -> str:
    """An address to be written down, without the user and the password that it may have."""
    return _CREDENTIALS.sub(r"\1", url)


def without_tracking(url: str) -> str:
    """A web address without the parameters that follow a reader, such as `utm_source`."""
    address, hash_mark, fragment = url.partition("#")
    path, question_mark, query = address.partition("?")
    kept = "&".join(each for each in query.split("&") if not _TRACKING.fullmatch(each))
    return path + (question_mark if kept else "") + kept + hash_mark + fragment


def addresses_in(text: str) -> tuple[str, ...]:
    """List the web addresses in a source text, each once: it is searched and not parsed."""
    return tuple(dict.fromkeys(match.rstrip(".,;:!?") for match in _ADDRESS.findall(text)))


def normalized_address(url: str) -> str:
    """The form in which two web addresses of the same page are alike; it is compared, and not shown.

    Scheme and host are in lower case; a default port, tracking parameters, the fragment and a trailing
    slash are left out (RFC 3986, section 6.2).
    """
    parts = urlsplit(without_tracking(url))
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}{query}"


def phone_address(address: str) -> str:
    """A `tel:` or `sms:` address that every phone reads: spaces become hyphens (RFC 3966, section 5.1.1).

    Raises `PressroomError` without a place for one that does not have a number.
    """
    kind, _, rest = address.strip().partition(":")
    kind = kind.lower()
    number, mark, query = rest.partition("?") if kind == "sms" else (rest, "", "")
    number = _GAP.sub("-", unquote(number).strip())
    if not (_PHONE_NUMBER if kind == "tel" else _SEVERAL_NUMBERS).fullmatch(number):
        raise PressroomError(
            f'the link "{address}" does not have a telephone number.',
            hint=f"Write it in digits, with the code of the country: {kind}:+44-20-7946-0958",
        )
    return f"{kind}:{number.replace('#', '%23')}{mark}{quote(query, safe=ADDRESS_CHARACTERS)}"


def shows_number(text: str, address: str) -> bool:
    """Whether the text of a link is the number that its `tel:` or `sms:` address has."""
    number = address.partition("?")[0].partition(":")[2]
    return scheme_of(address) in PHONE_SCHEMES and text.strip() != "" and _plain(text) == _plain(number)


def _plain(number: str) -> str:
    """A telephone number without its separators."""
    return re.sub(r"[\s().\u2010-\u2015\u2212-]|^(?:tel|sms):", "", number)


def feed_file(kind: str, number: int | None = None) -> str:
    """The file name of a feed, or of its archived part with this number: `feed-12.xml`."""
    name, dot, ending = FEED_FILES[kind].partition(".")
    return f"{name}{'' if number is None else f'-{number}'}{dot}{ending}"


def is_feed_file(path: str, *, archived: bool = True) -> bool:
    """Whether a path is that of a feed or, if `archived`, of an archived part of one."""
    number = r"(-\d+)?" if archived else ""
    return re.fullmatch(rf"(.*/)?(feed{number}\.(xml|json)|atom{number}\.xml)", path) is not None


def ascii_address(address: str) -> str:
    """A web address as feeds and mail programs read it: percent-encoded, its host in punycode (RFC 5891).

    Raises `ValueError` for a host that cannot be encoded.
    """
    if address.isascii():
        return address
    parts = urlsplit(address)
    user, at, _ = parts.netloc.rpartition("@")
    host = idna.encode(parts.hostname or "", uts46=True).decode() + (f":{parts.port}" if parts.port else "")
    path, query, fragment = (quote(each, safe=f"{ADDRESS_CHARACTERS}%") for each in parts[2:])
    return urlunsplit((parts.scheme, quote(user, safe=ADDRESS_CHARACTERS) + at + host, path, query, fragment))


def encoded_address(address: str) -> str:
    """An address in content as feeds and mail programs read it; a host that cannot be encoded is kept."""
    with suppress(ValueError):
        address = ascii_address(address)
    return quote(address, safe=ADDRESS_CHARACTERS)


def shown_host(host: str) -> str:
    """A host in its own script, or as it is if it is not punycode."""
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host


@lru_cache(maxsize=4096)
def path_part(text: str) -> str:
    """A tag or title as one readable part of a URL: lower-case letters, digits and hyphens.

    Letters outside ASCII are kept (`address` percent-encodes them), so that no tag becomes empty. Signs
    after a letter are words, so that `C`, `C++` and `C#` have addresses of their own.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    folded = re.sub(r"(?<=\w)#", "-sharp", re.sub(r"(?<=[\w+])\+", "-plus-", folded))
    return re.sub(r"[\W_]+", _marks_or_hyphen, folded).strip("-") or "-"


def _marks_or_hyphen(between: re.Match[str]) -> str:
    """The vowels and accents that belong to the letter before, such as those of Hindi, and a hyphen."""
    marks = "".join(takewhile(_is_mark, between[0]))
    return marks if marks == between[0] else f"{marks}-"


def _is_mark(character: str) -> bool:
    is_variation = "\ufe00" <= character <= "\ufe0f"  # of an emoji
    return unicodedata.category(character) in {"Mn", "Mc"} and not is_variation


def address(publication: Publication, path: str) -> str:
    """The absolute address of a path below the site's root."""
    return f"{publication.base_url}/{quote(path)}"


def home_url(publication: Publication) -> str:
    """The publication's index page."""
    return address(publication, "")


def issue_path(issue: Issue, audience: str = EVERYONE) -> str:
    """The site folder of an issue's page; further public editions are below it."""
    main = f"issues/{issue.folder}/"
    return main if audience == issue.audiences[0] else f"{main}{path_part(audience)}/"


@lru_cache(maxsize=8192)
def folder_number(folder: str) -> int:
    """Return the number that an issue's folder begins with, or 0."""
    match = re.match(r"\d{1,6}", folder)
    return int(match[0]) if match else 0


def folder_slug(folder: str) -> str:
    """Return the slug of an issue's folder: what follows its number."""
    return folder.partition("-")[2]


def article_path(slug: str) -> str:
    """The site folder of an article's page."""
    return f"articles/{slug}/"


_OWN_NAMES = frozenset(
    {
        *("articles", "audiences", "audio", "authors", "events", "images", "issues", "search", "tags"),
        *("404.html", "_redirects", "feed.css", "feeds.opml", "index.html", "robots.txt", "sitemap.xml"),
        "style.css",
    }
)
"""Folders and files of the site's own at its root, but for its feeds."""


def is_old_address(alias: str) -> bool:
    """Whether an alias is a path below `base_url`, as another system had it, and no name."""
    return alias.startswith("/")


def old_address_mistake(alias: str) -> tuple[str, str] | None:
    """What is wrong with an alias that is a path, and what to do; None for one where a page can be."""
    parts = alias.strip("/").split("/")
    shown = f'the alias "{alias}"'
    if why := next(filter(None, map(bad_name, parts)), None):
        return f"{shown} is no address of a page: a part of it {why}.", "Such as /2019/05/a-title/."
    if parts[0].lower() in _OWN_NAMES or is_feed_file(parts[0].lower()):
        return f"{shown} is where this site has pages of its own.", "Delete it."
    if alias != (whole := f"/{old_address_path(unquote(alias))}"):
        return f"{shown} is not a whole address.", f'Write "{whole}".'
    return None


def folders_of(alias: str) -> Iterator[str]:
    """The folders in which a page at an old address is, as addresses without the last slash."""
    parts = alias.strip("/").split("/") if is_old_address(alias) else ()
    return ("/" + "/".join(parts[:length]) for length in range(1, len(parts)))


def old_address_path(alias: str) -> str:
    """The site path of an alias that is a path: a folder, or a file that ends in `.html`."""
    path = alias.strip("/")
    return path if re.search(r"\.html?$", path) else f"{path}/"


def old_issue_paths(issue: Issue, audience: str) -> tuple[str, ...]:
    """The site paths that an edition's page had by the aliases of its issue; a path is of the main one."""
    is_main = audience == issue.audiences[0]
    folders = (alias for alias in issue.aliases if not is_old_address(alias))
    paths = tuple(old_address_path(alias) for alias in issue.aliases if is_old_address(alias))
    return (
        *(issue_path(replace(issue, folder=each), audience) for each in folders),
        *(paths if is_main else ()),
    )


def tag_path(tag: str) -> str:
    """The site folder of a tag's page and feeds."""
    return f"tags/{path_part(tag)}/"


def author_path(name: str) -> str:
    """The site folder of an author's page and feeds."""
    return f"authors/{path_part(name)}/"


def audience_path(name: str) -> str:
    """The site folder of the feeds of a public audience's editions."""
    return f"audiences/{path_part(name)}/"


def image_path(name: str) -> str:
    """The site path of an image with this published name."""
    return f"images/{name}"


def audio_path(name: str) -> str:
    """The site path of a file of audio with this published name."""
    return f"audio/{name}"


def calendar_path(name: str) -> str:
    """The site path of an event's calendar file with this published name."""
    return f"events/{name}"


def published_name(words: str, otherwise: str, key: str, ending: str) -> str:
    """The name of a published file: its words in ASCII, a digest that tells it from others, an ending."""
    readable = re.sub(r"[^a-z0-9-]", "", path_part(words))[:40].strip("-")
    return f"{readable or otherwise}-{key[:12]}.{ending}"


def relative(publication: Publication, url: str, page: str) -> str:
    """A URL on this site as relative to the page in folder `page`; other URLs are returned unchanged.

    Relative links work on any host, below any path, and on a local server.
    """
    root = home_url(publication)
    if not url.startswith(root):
        return url
    path, mark, fragment = url[len(root) :].partition("#")
    here, target = [part for part in page.split("/") if part], path.split("/")
    shared = 0
    while shared < min(len(here), len(target) - 1) and here[shared] == target[shared]:
        shared += 1
    there = "../" * (len(here) - shared) + "/".join(target[shared:])
    first = there.partition("/")[0]
    if not first or ":" in first:  # empty, or it would be read as a host or a scheme
        there = f"./{there}"
    return (there if there != "./" or not mark else "") + mark + fragment


def is_public(publication: Publication, audience: str) -> bool:
    """Whether an edition for this audience may be on the web and in feeds."""
    return audience == EVERYONE or any(
        known.public for known in publication.audiences if known.name == audience
    )


def find_audience(publication: Publication, name: str) -> Audience:
    """The audience of this name; that of all readers need not be declared."""
    known = {each.name: each for each in publication.audiences}
    return known.get(name) or Audience(EVERYONE, "Everyone", public=True)
