"""Inline styles for an article's text, read from the theme's `email/content.css.j2`.

The text joins the email after mrml, so that no inliner of style sheets sees it: the writer of HTML looks
up the style of each element. The language is a small part of CSS, read strictly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.content.sanitize import names
from pipeline.errors import PressroomError, suggest

ELEMENTS = names(
    "a abbr aside b blockquote br caption cite code col colgroup dd del details div dl dt em "
    "figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong "
    "sub summary sup table tbody td tfoot th thead tr u ul var"
)

_RULE = re.compile(r"\s*(?:(?P<selectors>[^{}]*)\{(?P<declarations>[^}]*)\}|(?P<odd>\S))")
_SELECTOR = re.compile(r"[a-z][a-z0-9]*(?: [a-z][a-z0-9]*)?")
_PIECE = re.compile(r"[^;\s][^;]*")
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^:;{}\"<>\\]+)")


def read_styles(css: str, path: str) -> Mapping[str, str]:
    """Inline CSS by element name or `parent child`; a later rule adds to an earlier one.

    `css` is a list of rules `selector, selector { property: value; … }` and comments.
    Raises `PressroomError` with the line of anything else.
    """
    # Comments become spaces, so that lines keep their numbers.
    css = re.sub(r"/\*.*?\*/", lambda comment: re.sub(r"[^\n]", " ", comment[0]), css, flags=re.DOTALL)
    css = css.rstrip()
    styles: dict[str, str] = {}
    for rule in _RULE.finditer(css):
        line = _line(css, rule.start("odd") if rule["odd"] else rule.start("selectors"))
        if rule["odd"]:
            raise PressroomError("this is not a rule: selector { property: value; }.", path, line)
        declarations = "".join(_declarations(css, *rule.span("declarations"), path))
        for selector in rule["selectors"].split(","):
            name = " ".join(selector.split())
            _check_selector(name, path, line)
            styles[name] = styles.get(name, "") + declarations
    return styles


def _declarations(css: str, start: int, end: int, path: str) -> Iterator[str]:
    for piece in _PIECE.finditer(css, start, end):
        declaration = _DECLARATION.fullmatch(piece[0].rstrip())
        if not declaration:
            raise PressroomError(
                f'"{" ".join(piece[0].split())}" is not a declaration.',
                path,
                _line(css, piece.start()),
                'Write "property: value;" without double quotes.',
            )
        yield f"{declaration[1]}:{' '.join(declaration[2].split())};"


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
            message = f'"{element}" is not an element of an article\'s text.'
            raise PressroomError(message, path, line, suggest(element, ELEMENTS))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
