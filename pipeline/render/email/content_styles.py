"""The inline styles of an article's text, from the theme's `email/content.css.j2`.

Articles join the email after mrml, so no stylesheet inliner runs over them: the writer of HTML
looks each element up here. The language is a small part of CSS, read strictly.
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
    Raises `PressroomError` with the line of whatever is neither.
    """
    plain = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), css, flags=re.DOTALL)
    styles: dict[str, str] = {}
    at = 0
    while plain[at:].strip():
        start = at + len(plain[at:]) - len(plain[at:].lstrip())
        opened, closed = plain.find("{", start), plain.find("}", start)
        if opened < 0 or closed < opened:
            raise PressroomError(
                "this is not a rule: selector { property: value; }.", path, _line(plain, start)
            )
        declarations = _declarations(plain, opened + 1, closed, path)
        for selector in plain[start:opened].split(","):
            name = " ".join(selector.split())
            _check_selector(name, path, _line(plain, start))
            styles[name] = styles.get(name, "") + declarations
        at = closed + 1
    return styles


def _declarations(css: str, start: int, end: int, path: str) -> str:
    written = []
    at = start
    for piece in css[start:end].split(";"):
        text = piece.strip()
        if text:
            found = _DECLARATION.fullmatch(text)
            if not found:
                where = at + len(piece) - len(piece.lstrip())
                raise PressroomError(
                    f'"{" ".join(text.split())}" is not a declaration.',
                    path,
                    _line(css, where),
                    'Write "property: value;" without double quotes.',
                )
            written.append(f"{found[1]}:{' '.join(found[2].split())};")
        at += len(piece) + 1
    return "".join(written)


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
                f'"{element}" is no element of an article\'s text.', path, line, suggest(element, ELEMENTS)
            )


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
