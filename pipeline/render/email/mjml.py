"""Compile MJML to HTML by mrml, and correct mrml's defects. The only module that imports mjml.

Content is still tokens here, so that a layout is compiled once for all issues of the same shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

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


@lru_cache(maxsize=256)
def compile_layout(annotated: str) -> CompiledLayout:
    """Check and compile MJML with the annotations of `mjml_lint.annotate`.

    Raises `PressroomError`, with file and line, for a mistake in the theme.
    """
    check_rendered(annotated)
    mjml = _BETWEEN.sub(r">\n\1", strip_annotations(annotated))
    try:
        # No fonts: by default mrml links Google's.
        html = mjml2html(mjml, fonts={})
    except (ValueError, OSError) as error:
        raise PressroomError(f"mrml refuses the theme's MJML: {error}.", THEME) from error
    return CompiledLayout(cut(mjml), cut(correct_mrml(html)))


def correct_mrml(html: str) -> str:
    """Correct the defects of mrml 6.0.1's HTML, each by a replacement of its own."""
    for correct in (_preview, _language, _image_heights, _bare_widths, _backgrounds, _branches):
        html = correct(html)
    return html


_HTML_TAG = re.compile(r'<html lang="([^"]*)" dir="([^"]*)"')
_PREVIEW = re.compile(r'(<body[^>]*>)<div style="display:none;[^"]*">(.*?)</div>', re.DOTALL)


def _preview(html: str) -> str:
    """Hide the preview text by `display:none` alone, and add its language and the filler.

    mrml writes white text of one pixel, as spammers do.
    """
    tag = _HTML_TAG.search(html)
    attributes = f' lang="{tag[1]}" dir="{tag[2]}"' if tag else ""
    style = 'style="display:none;max-height:0;overflow:hidden;mso-hide:all;"'
    return _PREVIEW.sub(
        lambda match: f"{match[1]}<div{attributes} {style}>{match[2]}{_FILLER}</div>", html, count=1
    )


def _language(html: str) -> str:
    """Add `xml:lang`, which Outlook reads."""
    return _HTML_TAG.sub(r'<html lang="\1" xml:lang="\1" dir="\2"', html, count=1)


_IMAGE_STYLE = re.compile(r'(<img [^>]*style="[^"]*?)(?<![-\w])height:\d+px;')


def _image_heights(html: str) -> str:
    """Take an image's height out of its style, where it would distort an image shrunk to a phone's width.

    It stays in the attribute, for Outlook and for the page while it loads.
    """
    return _IMAGE_STYLE.sub(r"\1height:auto;", html)


_BARE_WIDTH = re.compile(r'(<t[adh][^>]* width="\d+)px"')


def _bare_widths(html: str) -> str:
    """Take the unit out of the `width` attribute, which is a number of pixels."""
    return _BARE_WIDTH.sub(r'\1"', html)


_CELL = re.compile(r"<(body|table|td)\b([^>]*background[^>]*)>")
_BACKGROUND = re.compile(r"(?<![-\w])background(?:-color)?:\s*(#[0-9A-Fa-f]{6})")


def _backgrounds(html: str) -> str:
    """Add `bgcolor` to each table, cell or body with a background, for clients that drop styles."""

    def add(tag: re.Match[str]) -> str:
        color = _BACKGROUND.search(tag[2])
        if not color or " bgcolor=" in tag[2]:
            return tag[0]
        return f'<{tag[1]} bgcolor="{color[1]}"{tag[2]}>'

    return _CELL.sub(add, html)


def _branches(html: str) -> str:
    """Join neighbouring Outlook branches: the same to Outlook, and a tenth of the email's size less."""
    return html.replace("<![endif]--><!--[if mso | IE]>", "")
