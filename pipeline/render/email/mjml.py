"""MJML to HTML by mrml, and what mrml leaves wrong put right. The only module that imports mjml.

Everything here depends on the layout alone, content being tokens still, so a layout is compiled
once for all issues of its shape.
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
"""Figure space, zero-width no-break space, grapheme joiner: they fill what is left of the inbox line,
so that the body's first words do not show there, and Gmail does not fold them into one.
"""


@dataclass(frozen=True, slots=True)
class CompiledLayout:
    """A compiled layout: the MJML it came from and mrml's HTML, both cut at their tokens."""

    mjml: CutDocument
    html: CutDocument


_BETWEEN = re.compile(r">\s+(</?mj-)")
"""White space between elements: mrml refuses it in places when it holds no newline."""


@lru_cache(maxsize=256)
def compile_layout(marked: str) -> CompiledLayout:
    """Check and compile MJML whose tags carry the marks of `theme_check.prepare`.

    Raises `PressroomError`, with file and line where the theme is at fault.
    """
    check_rendered(marked)
    mjml = _BETWEEN.sub(r">\n\1", strip_annotations(marked))
    try:
        # No fonts: by default mrml links Google's.
        html = mjml2html(mjml, fonts={})
    except (ValueError, OSError) as error:
        raise PressroomError(f"mrml refuses the theme's MJML: {error}.", THEME) from error
    return CompiledLayout(cut(mjml), cut(correct_mrml(html)))


def correct_mrml(html: str) -> str:
    """Mrml 6.0.1's HTML with its defects mended, each by a replacement of its own."""
    for mend in (_preview, _language, _image_heights, _bare_widths, _backgrounds, _branches):
        html = mend(html)
    return html


_HTML_TAG = re.compile(r'<html lang="([^"]*)" dir="([^"]*)"')
_PREVIEW = re.compile(r'(<body[^>]*>)<div style="display:none;[^"]*">(.*?)</div>', re.DOTALL)


def _preview(html: str) -> str:
    """The preview text, hidden by `display:none` and nothing else, with its language and filler.

    White text of one pixel, mrml's way, is a spammer's habit.
    """
    tag = _HTML_TAG.search(html)
    attributes = f' lang="{tag[1]}" dir="{tag[2]}"' if tag else ""
    style = 'style="display:none;max-height:0;overflow:hidden;mso-hide:all;"'
    return _PREVIEW.sub(
        lambda found: f"{found[1]}<div{attributes} {style}>{found[2]}{_FILLER}</div>", html, count=1
    )


def _language(html: str) -> str:
    """Outlook reads `xml:lang`."""
    return _HTML_TAG.sub(r'<html lang="\1" xml:lang="\1" dir="\2"', html, count=1)


_IMAGE_STYLE = re.compile(r'(<img [^>]*style="[^"]*?)(?<![-\w])height:\d+px;')


def _image_heights(html: str) -> str:
    """An image's height stays in the attribute, which Outlook and the loading page need.

    In the style it would distort an image that shrinks to a phone's width.
    """
    return _IMAGE_STYLE.sub(r"\1height:auto;", html)


_BARE_WIDTH = re.compile(r'(<t[adh][^>]* width="\d+)px"')


def _bare_widths(html: str) -> str:
    """The `width` attribute is a number of pixels without unit."""
    return _BARE_WIDTH.sub(r'\1"', html)


_CELL = re.compile(r"<(body|table|td)\b([^>]*background[^>]*)>")
_GROUND = re.compile(r"(?<![-\w])background(?:-color)?:\s*(#[0-9A-Fa-f]{6})")


def _backgrounds(html: str) -> str:
    """`bgcolor` beside each background of a table, cell or the body, for clients that drop styles."""

    def add(found: re.Match[str]) -> str:
        ground = _GROUND.search(found[2])
        if not ground or " bgcolor=" in found[2]:
            return found[0]
        return f'<{found[1]} bgcolor="{ground[1]}"{found[2]}>'

    return _CELL.sub(add, html)


def _branches(html: str) -> str:
    """Neighbouring Outlook branches as one: the same to Outlook, and a tenth of the email's size."""
    return html.replace("<![endif]--><!--[if mso | IE]>", "")
