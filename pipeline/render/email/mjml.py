"""Compile MJML to HTML by mrml, and correct mrml's defects. The only module that imports mjml.

Content is still tokens here, so that a layout is compiled once for all issues of the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from mjml import mjml2html

from pipeline.errors import PressroomError
from pipeline.render.email.content_tokens import CutDocument, cut
from pipeline.render.email.mjml_lint import check_rendered, strip_annotations

THEME = "templates/email/issue.mjml.j2"

_FILLER = "&#8199;&#65279;&#847;" * 70
"""Figure space, zero-width no-break space and grapheme joiner fill the rest of the inbox line, so that it
does not show the body's first words. Gmail does not fold these characters into one."""


@dataclass(frozen=True, slots=True)
class CompiledLayout:
    """A compiled layout: its MJML and mrml's HTML, both cut at their tokens."""

    mjml: CutDocument
    html: CutDocument


_BETWEEN = re.compile(r">\s+(</?mj-)")
"""White space between elements, which mrml refuses in some places if it has no newline."""

_PADDING = re.compile(r'\b((?:inner-)?padding)="([^"]*)"')
_BARE_ZERO = re.compile(r"(?<![\d.#])0(?![\d.%a-z])")


@lru_cache(maxsize=256)
def compile_layout(annotated: str, text_color: str) -> CompiledLayout:
    """Check and compile MJML with the annotations of `mjml_lint.annotate`.

    `text_color` is written beside each background that has no colour of text. Raises `PressroomError`,
    with file and line, for a mistake in the theme.
    """
    check_rendered(annotated)
    mjml = _BETWEEN.sub(r">\n\1", strip_annotations(annotated))
    # At a zero without a unit mrml forgets the horizontal padding, and makes Outlook's dividers too wide.
    mjml = _PADDING.sub(lambda each: f'{each[1]}="{_BARE_ZERO.sub("0px", each[2])}"', mjml)
    try:
        # No fonts: by default mrml links Google's.
        html = mjml2html(mjml, fonts={})
    except (ValueError, OSError) as error:
        raise PressroomError(f"mrml refuses the theme's MJML: {error}.", THEME) from error
    for defect, correction in _CORRECTIONS:
        html = defect.sub(correction, html)
    html = _WITH_BACKGROUND.sub(partial(_with_text_color, color=text_color), html)
    return CompiledLayout(cut(mjml), cut(html))


_BACKGROUND = re.compile(r"(?<![-\w])background(?:-color)?:\s*(#[0-9A-Fa-f]{6})")


def _with_bgcolor(tag: re.Match[str]) -> str:
    color = _BACKGROUND.search(tag[2])
    if not color or " bgcolor=" in tag[2]:
        return tag[0]
    return f'<{tag[1]} bgcolor="{color[1]}"{tag[2]}>'


_WITH_BACKGROUND = re.compile(r'(<[^>]*? style="(?=[^"]*background)(?![^"]*(?<![-\w])color:))([^"]*)"')


def _with_text_color(style: re.Match[str], color: str) -> str:
    """Add the colour of text to a style with a background.

    Outlook.com marks an element `data-ogsb` for its background and `data-ogsc` for its colour. Rules for the
    dark mode need both, or they make grounds dark and leave the text dark as well.
    """
    return f'{style[1]}{style[2].rstrip(";")};color:{color};"' if _BACKGROUND.search(style[2]) else style[0]


_CORRECTIONS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # mrml hides the preview text as white text of one pixel, as spammers do. Here it is hidden by
    # `display:none` alone, and has its language and the filler.
    (
        re.compile(
            r'(<html lang="([^"]*)" dir="([^"]*)".*?<body[^>]*>)<div style="display:none;[^"]*">(.*?)</div>',
            re.DOTALL,
        ),
        r'\1<div lang="\2" dir="\3" style="display:none;max-height:0;overflow:hidden;mso-hide:all;">'
        rf"\4{_FILLER}</div>",
    ),
    # A client that sniffs the charset reads only the beginning, and the title may be long.
    (
        re.compile(r"<head>(.*?)<meta http-equiv=\"Content-Type\"[^>]*>", re.DOTALL),
        r'<head><meta charset="utf-8">\1',
    ),
    # Outlook reads `xml:lang`.
    (re.compile(r'<html lang="([^"]*)"'), r'<html lang="\1" xml:lang="\1"'),
    # A height in its style would distort an image shrunk to a phone's width. It stays in the attribute,
    # for Outlook and for the page while it loads.
    (re.compile(r'(<img [^>]*style="[^"]*?)(?<![-\w])height:\d+px;'), r"\1height:auto;"),
    # The `width` attribute is a number of pixels, without a unit.
    (re.compile(r'(<t[adh][^>]* width="\d+)px"'), r'\1"'),
    # Clients that drop styles show the background of a table, cell or body by `bgcolor`.
    (re.compile(r"<(body|table|td)\b([^>]*background[^>]*)>"), _with_bgcolor),
    # Neighbouring Outlook branches are joined: the same to Outlook, and a tenth of the email's size less.
    (re.compile(re.escape("<![endif]--><!--[if mso | IE]>")), ""),
)
"""The defects of mrml 6.0.1's HTML, each with its correction."""
