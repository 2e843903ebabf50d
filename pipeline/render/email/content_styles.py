"""Inline styles for an article's text, read from the theme's `email/content.css.j2`.

The text joins the email after mrml, so that no inliner of style sheets sees it: the writer of HTML looks
up the style of each element. The language is a small part of CSS, read strictly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.errors import PressroomError, suggest

_ELEMENTS = (
    "a abbr aside b blockquote br caption cite code col colgroup dd del details div dl dt em "
    "figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong "
    "sub summary sup table tbody td tfoot th thead tr u ul var "
)
ELEMENTS = tuple(_ELEMENTS.split())

_SELECTOR = re.compile(r"[a-z][a-z0-9]*(?: [a-z][a-z0-9]*)?")
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^:;{}\"<>\\]+)")


def read_styles(css: str, path: str) -> Mapping[str, str]:
    """Inline CSS by element name or `parent child`; a later rule adds to an earlier one.

    `css` is a list of rules `selector, selector { property: value; … }` and comments.
    Raises `PressroomError` with the line of anything else.
    """
    # Comments become spaces, so that lines keep their numbers.
    css = re.sub(r"/\*.*?\*/", lambda comment: re.sub(r"[^\n]", " ", comment[0]), css, flags=re.DOTALL)
    styles: dict[str, str] = {}
    at = 0
    while css[at:].strip():
        start = at + len(css[at:]) - len(css[at:].lstrip())
        opening, closing = css.find("{", start), css.find("}", start)
        if opening < 0 or closing < opening:
            raise PressroomError(
                "this is not a rule: selector { property: value; }.", path, _line(css, start)
            )
        declarations = _declarations(css, opening + 1, closing, path)
        for selector in css[start:opening].split(","):
            name = " ".join(selector.split())
            _check_selector(name, path, _line(css, start))
            styles[name] = styles.get(name, "") + declarations
        at = closing + 1
    return styles


def _declarations(css: str, start: int, end: int, path: str) -> str:
    declarations = []
    at = start
    for piece in css[start:end].split(";"):
        text = piece.strip()
        if text:
            declaration = _DECLARATION.fullmatch(text)
            if not declaration:
                raise PressroomError(
                    f'"{" ".join(text.split())}" is not a declaration.',
                    path,
                    _line(css, at + len(piece) - len(piece.lstrip())),
                    'Write "property: value;" without double quotes.',
                )
            declarations.append(f"{declaration[1]}:{' '.join(declaration[2].split())};")
        at += len(piece) + 1
    return "".join(declarations)


def _check_selector(name: str, path: str, line: int) -> None:
    if not _SELECTOR.fullmatch(name):
        raise PressroomError(
            f'"{name}" is not a selector that can be written inline.',
            path,
            line,
            'Use an element\'s name or "parent child".',
        )
    for element in name.split():
        if element not in ELEMENTS:
            raise PressroomError(
                f'"{element}" is not an element of an article\'s text.',
                path,
                line,
                suggest(element, ELEMENTS),
            )


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
