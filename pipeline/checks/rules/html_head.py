"""Rules on the head of the HTML: what tells clients how to read the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.css import at_rules
from pipeline.checks.html_page import HtmlPage
from pipeline.checks.rule import Rule, Violation
from pipeline.model import Place, Severity

STYLE_LIMIT = 16_384
"""Characters of all style text beyond which Gmail drops every style element (measured by many)."""

_METAS = {
    "color-scheme": "light dark",
    "supported-color-schemes": "light dark",
    "x-apple-disable-message-reformatting": "",
    "format-detection": "",
}


def too_much_style(subject: CheckContext) -> Iterator[Violation]:
    """Style text beyond what Gmail takes."""
    length = sum(len(style.text or "") for style in subject.page.all("style"))
    if length > STYLE_LIMIT:
        yield Violation(
            f"the email has {length:,} characters of style; Gmail takes {STYLE_LIMIT:,}.", _theme(subject)
        )


def style_in_body(subject: CheckContext) -> Iterator[Violation]:
    """A style element where many clients drop it."""
    for style in subject.page.all("style"):
        if not subject.page.within(style, "head"):
            first = (style.text or "").strip().partition("\n")[0]
            place = subject.in_theme(subject.page.lines[style], first)
            yield Violation("a style element stands in the body.", place)


def nested_at_rule(subject: CheckContext) -> Iterator[Violation]:
    """An @-rule inside another."""
    for style in subject.page.all("style"):
        for name, line, nested in at_rules(style.text or ""):
            if nested:
                at = subject.page.lines[style] + line - 1
                written = subject.rendered.html.split("\n")[at - 1].strip()
                yield Violation(f"an @-rule stands inside @{name}.", subject.in_theme(at, written))


def mixed_outlook_styles(subject: CheckContext) -> Iterator[Violation]:
    """Rules for Outlook's dark mode in the same style element as others."""
    for style in subject.page.all("style"):
        selectors = re.findall(r"([^{}]+)\{", style.text or "")
        marked = [each for each in selectors if "[data-ogs" in each]
        if marked and len(marked) < len(selectors):
            yield Violation(
                "rules with [data-ogsc] or [data-ogsb] share a style element with others.",
                subject.places.of_theme("data-ogs") or subject.at(subject.page.lines[style]),
            )


def missing_head(subject: CheckContext) -> Iterator[Violation]:
    """What the head must say and does not."""
    page = subject.page
    metas = {(meta.get("name") or "").lower(): meta.get("content") or "" for meta in page.all("meta")}
    title = page.first("title")
    if title is None or not (title.text or "").strip():
        yield Violation("the email has no title.", _theme(subject))
    if "width=device-width" not in metas.get("viewport", "").replace(" ", ""):
        yield Violation("the head has no viewport.", _theme(subject))
    elif re.search(
        r"user-scalable\s*=\s*(?:no|0)|maximum-scale\s*=\s*1(?:\.0*)?\s*(?:,|$)", metas["viewport"]
    ):
        yield Violation("the viewport forbids a reader to zoom.", subject.in_theme(None, metas["viewport"]))
    for name, content in _METAS.items():
        if name not in metas or (content and metas[name].split() != content.split()):
            asked = f' content="{content}"' if content else ""
            yield Violation(f'the head has no <meta name="{name}"{asked}>.', _theme(subject))
    if not _says_utf8(page):
        yield Violation("the head does not say that the text is UTF-8.", _theme(subject))
    if not re.search(r"<o:PixelsPerInch>\s*96\s*</o:PixelsPerInch>", subject.rendered.html):
        yield Violation("Outlook is not told to draw at 96 pixels per inch.", _theme(subject))


def language_missing(subject: CheckContext) -> Iterator[Violation]:
    """Language and direction on `html` and on each child of `body`: webmail keeps only the latter."""
    page = subject.page
    html, body = page.first("html"), page.first("body")
    language = subject.publication.language
    named: list[tuple[str, Element, tuple[str, ...]]] = []
    if html is not None:
        named.append(("<html>", html, ("lang", "dir", "xml:lang")))
    named += [
        (f"the body's <{child.tag}>", child, ("lang", "dir")) for child in (body if body is not None else ())
    ]
    for what, element, attributes in named:
        for attribute in attributes:
            value = element.get(attribute)
            if not value or ("lang" in attribute and value != language):
                said = f'{attribute}="{value}"' if value else f"no {attribute}"
                yield Violation(f"{what} has {said}.", subject.at(page.lines[element]))


def foreign_style(subject: CheckContext) -> Iterator[Violation]:
    """A style sheet or font that is fetched from elsewhere."""
    for link in subject.page.all("link"):
        yield Violation(
            f'the head fetches "{link.get("href") or ""}".',
            subject.places.of_theme(link.get("href") or "\0") or subject.at(subject.page.lines[link]),
        )
    for style in subject.page.all("style"):
        for name, line, _ in at_rules(style.text or ""):
            if name in {"import", "font-face"}:
                place = subject.places.of_theme(f"@{name}")
                yield Violation(
                    f"a style uses @{name}.", place or subject.at(subject.page.lines[style] + line - 1)
                )


def control_characters(subject: CheckContext) -> Iterator[Violation]:
    """A C1 control character, by itself or as a reference."""
    html = subject.rendered.html
    for found in re.finditer("[\x80-\x9f]|&#(?:1(?:2[89]|[345][0-9])|x[89][0-9a-fA-F]);", html):
        line = html.count("\n", 0, found.start()) + 1
        name = found[0] if found[0].startswith("&") else f"U+{ord(found[0]):04X}"
        yield Violation(f"the control character {name} stands in the HTML.", subject.in_theme(line, found[0]))


def _says_utf8(page: HtmlPage) -> bool:
    return any(
        (meta.get("charset") or "").lower() == "utf-8"
        or "charset=utf-8" in (meta.get("content") or "").lower().replace(" ", "")
        for meta in page.all("meta")
    )


def _theme(subject: CheckContext) -> Place:
    """The theme's head, for what is missing there."""
    for path, _ in subject.theme:
        if path.endswith("parts/head.mjml.j2"):
            return Place(path)
    return subject.at()


RULES = (
    Rule(
        "HEAD001",
        Severity.ERROR,
        "The email has too much style",
        "Gmail drops every style element of a message with more, and with them the phone and dark layouts.",
        "Shorten the theme's style sheets.",
        "Gmail: 16,384 characters of style in all (measured)",
        too_much_style,
    ),
    Rule(
        "HEAD002",
        Severity.ERROR,
        "A style element stands in the body",
        "Gmail and Outlook.com drop it, and some show it as text.",
        "Move it to the head, in an mj-style.",
        "HTML Living Standard, 4.2.6; caniemail.com, <style>",
        style_in_body,
    ),
    Rule(
        "HEAD003",
        Severity.ERROR,
        "An @-rule stands inside another",
        "Gmail drops the whole style element.",
        "Write the two conditions as one @media with `and`.",
        "Gmail (measured); caniemail.com, @media nested",
        nested_at_rule,
    ),
    Rule(
        "HEAD004",
        Severity.WARNING,
        "Rules for Outlook's dark mode stand among others",
        "A client that cannot read an attribute selector may drop the whole style element.",
        "Give them an mj-style of their own.",
        "Outlook.com's data-ogsc and data-ogsb (measured)",
        mixed_outlook_styles,
    ),
    Rule(
        "HEAD005",
        Severity.ERROR,
        "The head lacks what clients need",
        "Without it a client guesses: at the width, the colours of dark mode, or the size of a pixel.",
        "Add it to the theme's head, as the default theme has it.",
        "HTML Living Standard, 4.2.5; CSS Color Adjustment 1; Apple Mail; Word's OfficeDocumentSettings",
        missing_head,
    ),
    Rule(
        "HEAD006",
        Severity.ERROR,
        "Language or direction is missing",
        "A screen reader reads with the wrong voice: webmail keeps what stands in the body, not <html>.",
        "Give <html> lang, dir and xml:lang, and each child of <body> lang and dir.",
        "WCAG 2.2, 3.1.1; Outlook reads xml:lang",
        language_missing,
    ),
    Rule(
        "HEAD007",
        Severity.WARNING,
        "The email fetches a style sheet or font",
        "Most clients refuse it, and the server that gives it learns who reads.",
        "Use a font stack that ends in a generic family.",
        "caniemail.com, @font-face, <link>, @import",
        foreign_style,
    ),
    Rule(
        "HEAD008",
        Severity.ERROR,
        "The HTML holds a control character",
        "Clients show a box, or another character that Windows has in that place.",
        "Delete it where it stands in the source.",
        "HTML Living Standard, 13.1.4",
        control_characters,
    ),
)
