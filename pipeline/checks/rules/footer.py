"""Rules on what the law, and courtesy, want at an email's end, in HTML and in text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.cascade import font_size
from pipeline.checks.context import CheckContext
from pipeline.checks.page_text import PageLink, words
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity
from pipeline.render.email.email_context import browser_url, unsubscribe_url

_FOOTER = "footer.mjml.j2"
_SMALLEST = 10.0


def _missing(context: CheckContext, what: str, lines: list[str]) -> Iterator[Violation]:
    wanted = [f" {' '.join(words(line))} " for line in lines]
    for form, shown, place in (
        ("HTML", context.html_words, context.template(_FOOTER, 1)),
        ("plain text", context.text_words, context.built()),
    ):
        if any(line.strip() and line not in shown for line in wanted):
            yield Violation(f"the {form} does not say {what}.", place)


@rule(
    "FOOT001",
    Severity.ERROR,
    "Readers cannot see how to unsubscribe",
    source="CAN-SPAM Act, 15 U.S.C. 7704(a)(3) and (5); GDPR, Article 7(3)",
    remedy="Show `email.unsubscribe_url` in the theme's footer.",
)
def unsubscribe(context: CheckContext) -> Iterator[Violation]:
    """The law of most countries wants it, and readers who find no way out press the button for spam."""
    url = str(unsubscribe_url(context.publication))
    links = [link for link in context.links if link.url == url]
    if not links:
        yield Violation("the HTML has no link to unsubscribe.", context.template(_FOOTER, 1))
    elif not any(_visible(context, link) for link in links):
        yield Violation("the link to unsubscribe cannot be seen.", context.template(_FOOTER, 1))
    if url not in context.rendered.text:
        yield Violation("the plain text does not say where to unsubscribe.", context.built())


def _visible(context: CheckContext, link: PageLink) -> bool:
    style = context.light_styles.of(link.element)
    around = (link.element, *context.page.ancestors(link.element))
    return (
        bool(link.text)
        and font_size(style) >= _SMALLEST
        and style.get("visibility") != "hidden"
        and all(context.light_styles.of(each).get("display") != "none" for each in around)
    )


@rule(
    "FOOT002",
    Severity.ERROR,
    "The postal address is missing",
    source="CAN-SPAM Act, 15 U.S.C. 7704(a)(5)(A)(iii); CASL, SOR/2012-36, 2(1)(d)",
    remedy="Show `email.postal_address` in the theme's footer.",
)
def postal_address(context: CheckContext) -> Iterator[Violation]:
    """The law wants it in every commercial email."""
    lines = [line for line in context.publication.postal_address.splitlines() if line.strip()]
    if lines:
        yield from _missing(context, "the postal address", lines)
    else:
        yield Violation("the postal address is empty.", context.setting_place("postal_address"))


@rule(
    "FOOT003",
    Severity.WARNING,
    "The email does not say why a reader gets it",
    source="M3AAWG Sender Best Common Practices, 3.0",
    remedy="Show `email.reason` in the theme's footer; its text is `reason` in newsletter.toml.",
)
def reason(context: CheckContext) -> Iterator[Violation]:
    """Readers who forgot that they signed up take it for spam."""
    yield from _missing(context, "why a reader gets this", [context.rendered.reason])


@rule(
    "FOOT004",
    Severity.WARNING,
    "There is no way to read it in a browser",
    source="A convention",
    remedy="Show `email.browser_url` in the theme's footer.",
)
def view_in_browser(context: CheckContext) -> Iterator[Violation]:
    """Readers whose mail program shows it badly, or cuts it off, can go nowhere."""
    url = browser_url(context.edition)
    if not url:
        return
    if not any(link.url == url and link.text for link in context.links):
        yield Violation("the HTML has no link to view it in a browser.", context.template(_FOOTER, 1))
    if url not in context.rendered.text:
        yield Violation("the plain text does not say where it can be read in a browser.", context.built())


@rule(
    "FOOT005",
    Severity.ERROR,
    "A disclaimer is missing",
    source="docs/settings.md, disclaimers",
    remedy="Show `email.disclaimers` in the theme.",
)
def disclaimers(context: CheckContext) -> Iterator[Violation]:
    """The email lacks what newsletter.toml wants beside articles with certain tags."""
    for text in context.edition.disclaimers:
        yield from _missing(context, f'the disclaimer "{text[:40]}…"', [text])
