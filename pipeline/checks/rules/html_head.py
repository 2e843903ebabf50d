"""Rules on the head of the HTML: what tells clients how to read the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import HtmlPage
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity
from pipeline.support.css import at_rules, style_rules
from pipeline.support.limits import STYLE_CHARACTERS

_HEAD = "parts/head.mjml.j2"
_CONTROLS = re.compile("[\x80-\x9f]"), re.compile("&#(?:1(?:2[89]|[345][0-9])|x[89][0-9a-fA-F]);")
"""C1 controls, as characters and as references."""

_METAS = {
    "color-scheme": "light dark",
    "supported-color-schemes": "light dark",
    "x-apple-disable-message-reformatting": "",
    "format-detection": "",
}


@rule(
    "HEAD001",
    Severity.ERROR,
    "The email has too much style",
    source=f"Gmail: {STYLE_CHARACTERS:,} characters of style in all (measured)",
    remedy="Shorten the theme's style sheets.",
)
def too_much_style(context: CheckContext) -> Iterator[Violation]:
    """Gmail drops every style element of such a message, and with them the phone and dark layouts."""
    length = sum(len(style.text or "") for style in context.page.all("style"))
    if length > STYLE_CHARACTERS:
        message = f"the email has {length:,} characters of style; Gmail takes {STYLE_CHARACTERS:,}."
        yield Violation(message, context.template(_HEAD))


@rule(
    "HEAD002",
    Severity.ERROR,
    "A style element is in the body",
    source="HTML Living Standard, 4.2.6; caniemail.com, <style>",
    remedy="Move it to the head, in an mj-style.",
)
def style_in_body(context: CheckContext) -> Iterator[Violation]:
    """Gmail and Outlook.com drop it, and some show it as text."""
    for style in context.page.all("style"):
        if not context.page.within(style, "head"):
            first_line = (style.text or "").strip().partition("\n")[0]
            place = context.in_theme(context.page.lines[style], first_line)
            yield Violation("a style element is in the body.", place)


@rule(
    "HEAD003",
    Severity.ERROR,
    "An @-rule is inside another",
    source="Gmail (measured); caniemail.com, @media nested",
    remedy="Write the two conditions as one @media with `and`.",
)
def nested_at_rule(context: CheckContext) -> Iterator[Violation]:
    """Gmail drops the whole style element."""
    for style in context.page.all("style"):
        for name, line, nested in at_rules(style.text or "", context.page.lines[style]):
            if nested:
                yield Violation(f"an @-rule is inside @{name}.", context.in_sheet(line))


@rule(
    "HEAD004",
    Severity.WARNING,
    "Rules for Outlook's dark mode are mixed with others",
    source="Outlook.com's data-ogsc and data-ogsb (measured)",
    remedy="Put them into an mj-style of their own.",
)
def mixed_outlook_styles(context: CheckContext) -> Iterator[Violation]:
    """A client that cannot read an attribute selector may drop the whole style element."""
    for style in context.page.all("style"):
        for_outlook = {"[data-ogs" in each.selector for each in style_rules(style.text or "")}
        if len(for_outlook) == 2:
            place = context.in_theme(context.page.lines[style], "data-ogs")
            yield Violation("rules with [data-ogsc] or [data-ogsb] share a style element with others.", place)


@rule(
    "HEAD005",
    Severity.ERROR,
    "The head lacks what clients need",
    source="HTML Living Standard, 4.2.5; CSS Color Adjustment 1; Apple Mail; Word's OfficeDocumentSettings",
    remedy="Add it to the theme's head, as the default theme has it.",
)
def missing_head(context: CheckContext) -> Iterator[Violation]:
    """Without it a client guesses: at the width, the colours of dark mode, or the size of a pixel."""
    page, head = context.page, context.template(_HEAD)
    metas = {(meta.get("name") or "").lower(): meta.get("content") or "" for meta in page.all("meta")}
    title = page.first("title")
    if title is None or not (title.text or "").strip():
        yield Violation("the email has no title.", head)
    viewport = metas.get("viewport", "")
    if "width=device-width" not in viewport.replace(" ", ""):
        yield Violation("the head has no viewport.", head)
    elif re.search(r"user-scalable\s*=\s*(?:no|0)|maximum-scale\s*=\s*1(?:\.0*)?\s*(?:,|$)", viewport):
        yield Violation("the viewport does not let a reader zoom.", context.in_theme(None, viewport))
    for name, content in _METAS.items():
        if name not in metas or (content and metas[name].split() != content.split()):
            attribute = f' content="{content}"' if content else ""
            yield Violation(f'the head has no <meta name="{name}"{attribute}>.', head)
    if not _declares_utf8(page):
        yield Violation("the head does not say that the text is UTF-8.", head)
    if not re.search(r"<o:PixelsPerInch>\s*96\s*</o:PixelsPerInch>", context.rendered.html):
        yield Violation("the head does not set Outlook to 96 pixels per inch.", head)


def _declares_utf8(page: HtmlPage) -> bool:
    return any(
        (meta.get("charset") or "").lower() == "utf-8"
        or "charset=utf-8" in (meta.get("content") or "").lower().replace(" ", "")
        for meta in page.all("meta")
    )


@rule(
    "HEAD006",
    Severity.ERROR,
    "Language or direction is missing",
    source="WCAG 2.2, 3.1.1; Outlook reads xml:lang",
    remedy="Write lang, dir and xml:lang on <html>, and lang and dir on each child of <body>.",
)
def language_missing(context: CheckContext) -> Iterator[Violation]:
    """A screen reader reads with the wrong voice: webmail keeps what is in the body, not <html>."""
    page = context.page
    named: list[tuple[str, Element, tuple[str, ...]]] = []
    if (html := page.first("html")) is not None:
        named.append(("<html>", html, ("lang", "dir", "xml:lang")))
    for child in page.body:
        named.append((f"the body's <{child.tag}>", child, ("lang", "dir")))
    for what, element, attributes in named:
        for attribute in attributes:
            value = element.get(attribute)
            if not value or ("lang" in attribute and value != context.publication.language):
                problem = f'{attribute}="{value}"' if value else f"no {attribute}"
                yield Violation(f"{what} has {problem}.", context.built(page.lines[element]))


@rule(
    "HEAD007",
    Severity.WARNING,
    "The email fetches a style sheet or font",
    source="caniemail.com, @font-face, <link>, @import",
    remedy="Use a font stack that ends in a generic family.",
)
def external_style(context: CheckContext) -> Iterator[Violation]:
    """Most clients refuse it, and its server learns who reads."""
    page = context.page
    for link in page.all("link"):
        url = link.get("href") or ""
        yield Violation(f'the head fetches "{url}".', context.in_theme(page.lines[link], url))
    for style in page.all("style"):
        for name, line, _ in at_rules(style.text or "", page.lines[style]):
            if name in {"import", "font-face"}:
                yield Violation(f"a style uses @{name}.", context.in_theme(line, f"@{name}"))


@rule(
    "HEAD008",
    Severity.ERROR,
    "The HTML holds a control character",
    source="HTML Living Standard, 13.1.4",
    remedy="Delete it from the source.",
)
def control_characters(context: CheckContext) -> Iterator[Violation]:
    """Clients show a box, or another character that Windows has in that place."""
    html = context.rendered.html
    # One after the other: a pattern of both takes three times as long.
    for pattern in _CONTROLS:
        for control in pattern.finditer(html):
            line = html.count("\n", 0, control.start()) + 1
            name = control[0] if control[0].startswith("&") else f"U+{ord(control[0]):04X}"
            message = f"the HTML holds the control character {name}."
            yield Violation(message, context.in_theme(line, control[0]))


@rule(
    "HEAD009",
    Severity.WARNING,
    "The charset is not the first in the head",
    source="HTML Living Standard, 4.2.5.4: within the first 1,024 bytes",
    remedy='Begin the head with <meta charset="utf-8">.',
)
def late_charset(context: CheckContext) -> Iterator[Violation]:
    """Behind a long title it is read too late: the client has guessed, and shows signs for letters."""
    head = context.page.first("head")
    first = next(iter(head), None) if head is not None else None
    if first is not None and not (first.get("charset") or "charset=" in (first.get("content") or "").lower()):
        yield Violation(f"the head begins with <{first.tag}>.", context.built(context.page.lines[first]))
