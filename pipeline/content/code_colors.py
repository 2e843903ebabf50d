"""Divides code into pieces of one colour, by Pygments.

The names of the colours are short, for each of them is written into emails once a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

CODE_COLORS = {
    "hc": "comment",
    "hk": "keyword or element",
    "hs": "string",
    "hm": "number or constant",
    "hf": "name of a function, class or section",
    "ha": "attribute, variable or key",
    "hi": "inserted line",
    "hd": "deleted line",
}
"""What each class of code is."""

_CLASSES = {
    "Comment": "hc",
    "Comment.Preproc": "hk",
    "Keyword": "hk",
    "Keyword.Constant": "hm",
    "Operator.Word": "hk",
    "Name.Tag": "hk",
    "Literal.String": "hs",
    "Literal.Number": "hm",
    "Name.Function": "hf",
    "Name.Class": "hf",
    "Name.Decorator": "hf",
    "Name.Builtin": "hf",
    "Name.Exception": "hf",
    "Generic.Heading": "hf",
    "Generic.Subheading": "hf",
    "Name.Attribute": "ha",
    "Name.Variable": "ha",
    "Name.Property": "ha",
    "Generic.Inserted": "hi",
    "Generic.Deleted": "hd",
}
"""The class of each type of token of Pygments, and of the types below it."""

_CHARACTER = re.compile(r"<br>|(?:<wbr>)?(?:&[#\w]+;|[^&<])")


def colored_pieces(code: str, language: str) -> list[tuple[str, str]]:
    """The code as (class, text); the class is empty for what has no colour, and joined the texts are `code`.

    Empty if Pygments does not know the language.
    """
    # Imported where code is: most publications have none, and it takes as long as all of Jinja2.
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return []
    # Many lexers know a comment or a heading only by the end of its line.
    tokens = [(str(kind).split(".")[1:], text) for _, kind, text in lexer.get_tokens_unprocessed(f"{code}\n")]
    pieces = [
        (name, "".join(text for _, text in group))
        for name, group in groupby(tokens, lambda token: _class(*token))
    ]
    if "".join(text for _, text in pieces) != f"{code}\n":
        return []
    name, last = pieces.pop()
    return [*pieces, (name, last[:-1])]


def color_html(html: str, pieces: list[tuple[str, str]], colors: Mapping[str, str]) -> str:
    """Color escaped code, be it as it is in a page or the `code_lines` of an email.

    `colors` are inline colours by class; a class without one is written without a style.
    """
    characters = _CHARACTER.finditer(html)
    return "".join(_spans(characters, pieces, colors))


def _spans(
    characters: Iterator[re.Match[str]], pieces: list[tuple[str, str]], colors: Mapping[str, str]
) -> Iterator[str]:
    for name, text in pieces:
        inner = "".join(next(characters)[0] for _ in text)
        style = f' style="color:{colors[name]}"' if name in colors else ""
        yield f'<span class="{name}"{style}>{inner}</span>' if name and text.strip() else inner


def _class(kind: list[str], text: str) -> str:
    while kind and text.strip():
        if found := _CLASSES.get(".".join(kind)):
            return found
        kind = kind[:-1]
    return ""
