"""Rules on what a link says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.passages import split, words
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.rules.links import is_field, place_of
from pipeline.model import Severity

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
"""Per language, what link texts say nothing. After the guidance of WCAG's technique F84."""

_ENDINGS = "at ch co com de edu es eu example fr gov info int io it net nl org uk"
_SHOWN_ADDRESS = re.compile(
    rf"(?P<scheme>https?://)?(?P<host>(?:[a-z0-9-]+\.)+(?:{'|'.join(_ENDINGS.split())}))(?P<rest>[/?#]\S*)?",
    re.IGNORECASE,
)
_SHOWN_MAILBOX = re.compile(r"[^@\s]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)


def no_text(subject: CheckContext) -> Iterator[Violation]:
    """A link without text. One with an image is IMG003's."""
    for link in subject.links:
        if not link.text and next(link.element.iter("img"), None) is None:
            yield Violation(f'the link to "{link.url}" has no text.', place_of(subject, link.url))


def says_nothing(subject: CheckContext) -> Iterator[Violation]:
    """A screen reader lists links without the sentences around them."""
    language = subject.publication.language.lower().partition("-")[0]
    empty = {words(each) for key in {language, "en"} for each in _EMPTY.get(key, "").split(", ")}
    for link in subject.links:
        if words(link.text) in empty and not is_field(link.url) and words(link.text):
            yield Violation(
                f'the link text "{link.text}" does not say where it leads ({link.url}).',
                place_of(subject, link.url),
            )


def misleads(subject: CheckContext) -> Iterator[Violation]:
    """A link that shows one address and has another."""
    for link in subject.links:
        if is_field(link.url) or " " in link.text:
            continue
        target = split(link.url)
        if _SHOWN_MAILBOX.fullmatch(link.text):
            leads = target.path.partition("?")[0]
            if target.scheme != "mailto" or leads.lower() != link.text.lower():
                yield Violation(
                    f'the link shows "{link.text}" and leads to "{link.url}".', place_of(subject, link.url)
                )
            continue
        shown = _SHOWN_ADDRESS.fullmatch(link.text.rstrip(".,;:…"))
        if not shown or target.scheme not in {"http", "https"}:
            continue
        host = (target.hostname or "").removeprefix("www.")
        same_host = host == shown["host"].lower().removeprefix("www.")
        page = _page(shown["rest"] or "")
        # Shown without its query, an address is short and no lie.
        pages = (_page(link.url), _page(link.url.partition("?")[0]))
        same_page = not page or "…" in page or any(each.endswith(page) for each in pages)
        if not same_host or not same_page:
            # A name such as "Booking.com" is an address only to a machine.
            sure = bool(shown["scheme"] or shown["rest"] or shown["host"].lower().startswith("www."))
            yield Violation(
                f'the link shows "{link.text}" and leads to "{link.url}".',
                place_of(subject, link.url),
                severity=None if sure and not same_host else Severity.WARNING,
            )


def _page(address: str) -> str:
    return address.partition("#")[0].rstrip("/").lower()


def one_text_two_targets(subject: CheckContext) -> Iterator[Violation]:
    """Links that read the same and lead to different places."""
    first: dict[tuple[str, ...], str] = {}
    told: set[tuple[str, ...]] = set()
    for link in subject.links:
        text, url = words(link.text), link.url.rstrip("/")
        if not text or is_field(url):
            continue
        if first.setdefault(text, url) != url and text not in told:
            told.add(text)
            yield Violation(
                f'two links read "{link.text}": one leads to "{first[text]}", one to "{link.url}".',
                place_of(subject, link.url),
            )


RULES = (
    Rule(
        "LINK015",
        Severity.ERROR,
        "A link has no text",
        "It cannot be seen, and a screen reader spells its address.",
        "Give it a text, or take it out.",
        "WCAG 2.2, 2.4.4 Link Purpose; technique F89",
        no_text,
    ),
    Rule(
        "LINK016",
        Severity.WARNING,
        "A link text does not say where it leads",
        "Who goes from link to link, by ear or by eye, cannot choose.",
        "Let the link be the words that name its target: `the trial's [full report](…)`.",
        "WCAG 2.2, 2.4.4 and 2.4.9 Link Purpose; technique F84",
        says_nothing,
    ),
    Rule(
        "LINK017",
        Severity.ERROR,
        "A link shows one address and leads to another",
        "Mail programs warn readers of fraud, and filters count it as such.",
        "Show the address it leads to, or a text that is no address.",
        "Thunderbird's scam detection; SpamAssassin, HTTPS_HTTP_MISMATCH",
        misleads,
    ),
    Rule(
        "LINK018",
        Severity.NOTE,
        "Links that read the same lead to different places",
        "In a screen reader's list of links they cannot be told apart.",
        "Let each say what is its own.",
        "WCAG 2.2, 2.4.9 Link Purpose (Link Only)",
        one_text_two_targets,
    ),
)
