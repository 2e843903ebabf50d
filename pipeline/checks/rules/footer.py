"""Rules on what the law, and courtesy, want at an email's end, in HTML and in text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.css import pixels
from pipeline.checks.passages import PageLink, words
from pipeline.checks.rule import Rule, Violation
from pipeline.model import Place, Severity
from pipeline.render.email.email_context import browser_url, unsubscribe_url
from pipeline.support.merge import literal_text

_SMALLEST = 10.0


def unsubscribe(subject: CheckContext) -> Iterator[Violation]:
    """The way out, which every reader must be able to see."""
    url = str(unsubscribe_url(subject.publication))
    links = [link for link in subject.links if link.url == url]
    if not links:
        yield Violation("the HTML has no link to unsubscribe.", _template(subject))
    elif not any(_visible(subject, link) for link in links):
        yield Violation("the link to unsubscribe cannot be seen.", _template(subject))
    if url not in subject.rendered.text:
        yield Violation("the plain text does not say where to unsubscribe.", subject.at())


def _visible(subject: CheckContext, link: PageLink) -> bool:
    if not link.text:
        return False
    style = subject.light.of(link.element)
    size = pixels(style.get("font-size", "16px"))
    if (size is not None and size < _SMALLEST) or style.get("visibility") == "hidden":
        return False
    above = (link.element, *subject.page.above(link.element))
    return all(subject.light.of(each).get("display") != "none" for each in above)


def postal_address(subject: CheckContext) -> Iterator[Violation]:
    """Where the sender can be found."""
    lines = [line for line in subject.publication.postal_address.splitlines() if line.strip()]
    if not lines:
        yield Violation("the postal address is empty.", Place("newsletter.toml"))
        return
    yield from _missing(subject, "the postal address", lines)


def reason(subject: CheckContext) -> Iterator[Violation]:
    """Why this reader gets this email."""
    yield from _missing(subject, "why a reader gets this", [subject.rendered.reason])


def disclaimers(subject: CheckContext) -> Iterator[Violation]:
    """What must be said beside articles with certain tags."""
    for text in subject.edition.disclaimers:
        yield from _missing(subject, f'the disclaimer "{text[:40]}…"', [text])


def _missing(subject: CheckContext, what: str, lines: list[str]) -> Iterator[Violation]:
    html = f" {' '.join(word for run in subject.runs for word in words(run.text))} "
    text = f" {' '.join(words(subject.rendered.text))} "
    for form, whole in (("HTML", html), ("plain text", text)):
        gone = [line for line in lines if f" {' '.join(words(literal_text(line)))} " not in whole]
        if gone and any(words(line) for line in gone):
            place = _template(subject) if form == "HTML" else subject.at()
            yield Violation(f"the {form} does not say {what}.", place)


def view_in_browser(subject: CheckContext) -> Iterator[Violation]:
    """For readers whose program shows the email badly."""
    url = str(browser_url(subject.edition))
    if not any(link.url == url and link.text for link in subject.links):
        yield Violation("the HTML has no link to view it in a browser.", _template(subject))
    if url not in subject.rendered.text:
        yield Violation("the plain text does not say where it can be read in a browser.", subject.at())


def _template(subject: CheckContext) -> Place:
    """The theme's footer, which an editor can change."""
    paths = [path for path, _ in subject.theme]
    footer = next((path for path in paths if path.endswith("footer.mjml.j2")), None)
    return Place(footer, 1) if footer else subject.at()


RULES = (
    Rule(
        "FOOT001",
        Severity.ERROR,
        "Readers cannot see how to unsubscribe",
        "The law of most countries wants it, and readers who find no way out press the button for spam.",
        "Show `email.unsubscribe_url` in the theme's footer.",
        "CAN-SPAM Act, 15 U.S.C. 7704(a)(3) and (5); GDPR, Article 7(3)",
        unsubscribe,
    ),
    Rule(
        "FOOT002",
        Severity.ERROR,
        "The postal address is missing",
        "The law wants it in every commercial email.",
        "Show `email.postal_address` in the theme's footer.",
        "CAN-SPAM Act, 15 U.S.C. 7704(a)(5)(A)(iii); CASL, SOR/2012-36, 2(1)(d)",
        postal_address,
    ),
    Rule(
        "FOOT003",
        Severity.WARNING,
        "It is not said why a reader gets this",
        "Who forgot that he signed up takes it for spam.",
        "Show `email.reason` in the theme's footer; its text is `reason` in newsletter.toml.",
        "M3AAWG Sender Best Common Practices, 3.0",
        reason,
    ),
    Rule(
        "FOOT004",
        Severity.WARNING,
        "There is no way to read it in a browser",
        "Readers whose mail program shows it badly, or cuts it off, can go nowhere.",
        "Show `email.browser_url` in the theme's footer.",
        "A convention",
        view_in_browser,
    ),
    Rule(
        "FOOT005",
        Severity.ERROR,
        "A disclaimer is missing",
        "What newsletter.toml says must stand beside such articles is not there.",
        "Show `email.disclaimers` in the theme.",
        "docs/settings.md, disclaimers",
        disclaimers,
    ),
)
