"""Rules on the texts of links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from pipeline.checks.context import CheckContext
from pipeline.checks.page_text import split_url, words
from pipeline.checks.rule import Violation, rule
from pipeline.checks.rules.links import is_field, place_of
from pipeline.model import Severity
from pipeline.support.urls import PHONE_SCHEMES, scheme_of

_EMPTY = {
    "en": "click here, here, click, click me, read more, more, learn more, find out more, see more, link, "
    "this, this link, this page, this article, this one, continue, continue reading, go, details, "
    "read on, tap here, follow this link, website, info, more info, more information",
    "de": "hier, hier klicken, klick hier, klicken sie hier, mehr, weiterlesen, mehr lesen, mehr erfahren, "
    "link, dieser link, diese seite, weiter, details, zum artikel, mehr infos, hier lang",
    "fr": "ici, cliquez ici, cliquer ici, clique ici, en savoir plus, lire la suite, plus, lien, ce lien, "
    "cette page, suite, voir plus, lire plus, plus d infos, par ici",
    "es": "aquí, haz clic aquí, haga clic aquí, pulse aquí, clic aquí, leer más, más, ver más, saber más, "
    "enlace, este enlace, esta página, seguir leyendo, más información, sigue leyendo",
    "it": "qui, clicca qui, leggi di più, leggi tutto, continua, link, questo link, scopri di più",
    "pt": "aqui, clique aqui, leia mais, saiba mais, ver mais, link, este link",
    "nl": "hier, klik hier, lees meer, meer, link, deze link, lees verder",
}
"""Per language, link texts that say nothing (after the guidance of WCAG's technique F84)."""

_ENDINGS = "at ch co com de edu es eu example fr gov info int io it net nl org uk"
_SHOWN_ADDRESS = re.compile(
    rf"(?P<scheme>https?://)?(?P<host>(?:[a-z0-9-]+\.)+(?:{'|'.join(_ENDINGS.split())}))(?P<rest>[/?#]\S*)?",
    re.IGNORECASE,
)
_SHOWN_MAILBOX = re.compile(r"[^@\s]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_SHOWN_NUMBER = re.compile(r"\+?[\d\s().\u2010-\u2015-]{6,}")


@rule(
    "LINK015",
    Severity.ERROR,
    "A link has no text",
    source="WCAG 2.2, 2.4.4 Link Purpose; technique F89",
    remedy="Give it a text, or take it out.",
)
def no_text(context: CheckContext) -> Iterator[Violation]:
    """It cannot be seen, and a screen reader spells its address."""
    # IMG003 reports links with an image.
    for link in context.links:
        if not link.text and next(link.element.iter("img"), None) is None:
            yield Violation(f'the link to "{link.url}" has no text.', place_of(context, link.url))


@rule(
    "LINK016",
    Severity.WARNING,
    "A link text does not say where it leads",
    source="WCAG 2.2, 2.4.4 and 2.4.9 Link Purpose; technique F84",
    remedy="Let the link be the words that name its target: `the trial's [full report](…)`.",
)
def says_nothing(context: CheckContext) -> Iterator[Violation]:
    """Readers who go from link to link, by ear or by eye, cannot choose: a list of links has no sentences."""
    empty = {words(each) for key in {context.language, "en"} for each in _EMPTY.get(key, "").split(", ")}
    for link in context.links:
        if words(link.text) in empty and not is_field(link.url) and words(link.text):
            message = f'the link text "{link.text}" does not say where it leads ({link.url}).'
            yield Violation(message, place_of(context, link.url))


@rule(
    "LINK017",
    Severity.ERROR,
    "A link shows one address and leads to another",
    source="Thunderbird's scam detection; SpamAssassin, HTTPS_HTTP_MISMATCH",
    remedy="Show the address it leads to, or a text that is not an address.",
)
def misleads(context: CheckContext) -> Iterator[Violation]:
    """Mail programs warn readers of fraud, and filters count it as such."""
    for link in context.links:
        if is_field(link.url):
            continue
        if scheme_of(link.url) in PHONE_SCHEMES and _SHOWN_NUMBER.fullmatch(link.text):
            # The code of the country, and a zero in its place, may differ.
            shown_digits, called_digits = (re.sub("[^0-9]", "", each) for each in (link.text, link.url))
            if shown_digits[-6:] not in called_digits:
                message = f'the link shows "{link.text}" and calls "{link.url}".'
                yield Violation(message, place_of(context, link.url))
        if " " in link.text:
            continue
        target, place = split_url(link.url), place_of(context, link.url)
        message = f'the link shows "{link.text}" and leads to "{link.url}".'
        mailbox = link.text.removeprefix("mailto:")
        if _SHOWN_MAILBOX.fullmatch(mailbox):
            leads = target.path.partition("?")[0]
            if target.scheme != "mailto" or unquote(leads).lower() != mailbox.lower():
                yield Violation(message, place)
            continue
        shown = _SHOWN_ADDRESS.fullmatch(link.text.rstrip(".,;:…"))
        if not shown or target.scheme not in {"http", "https"}:
            continue
        host = (target.hostname or "").removeprefix("www.")
        same_host = host == shown["host"].lower().removeprefix("www.")
        page = _page(shown["rest"] or "")
        # An address may be shown without its query, to be short.
        pages = (_page(link.url), _page(link.url.partition("?")[0]))
        same_page = not page or "…" in page or any(each.endswith(page) for each in pages)
        if not same_host or not same_page:
            # A name such as "Booking.com" is an address only to a machine.
            sure = bool(shown["scheme"] or shown["rest"] or shown["host"].lower().startswith("www."))
            severity = None if sure and not same_host else Severity.WARNING
            yield Violation(message, place, severity=severity)


def _page(address: str) -> str:
    return unquote(address.partition("#")[0]).rstrip("/").lower()


@rule(
    "LINK018",
    Severity.NOTE,
    "Links that read the same lead to different places",
    source="WCAG 2.2, 2.4.9 Link Purpose (Link Only)",
    remedy="Let each text name its own target.",
)
def one_text_two_targets(context: CheckContext) -> Iterator[Violation]:
    """A screen reader's list of links does not tell them apart."""
    first: dict[tuple[str, ...], str] = {}
    for link in context.links:
        text, url = words(link.text), link.url.rstrip("/")
        if text and not is_field(url) and first.setdefault(text, url) != url:
            yield Violation(
                f'two links read "{link.text}": one leads to "{first[text]}", one to "{link.url}".',
                place_of(context, link.url),
                about=text,
            )
