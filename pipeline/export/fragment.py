"""The email's HTML as a fragment, for a service whose own template is the document around it."""

from __future__ import annotations

import re

_STYLE = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BODY = re.compile(r"<body\b([^>]*)>(.*)</body>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\b(style|lang|dir|class)="([^"]*)"')


def fragment(html: str) -> str:
    """The content of the body, in one `div` with the body's style, language and direction."""
    body = _BODY.search(html)
    if body is None:
        return html
    attributes = "".join(f' {name}="{value}"' for name, value in _ATTRIBUTE.findall(body[1]))
    return f"<div{attributes}>{body[2].strip()}</div>\n"


def styled_fragment(html: str) -> str:
    """The same, with the style sheets of the head before it, except those for Outlook."""
    head = html[: html.lower().find("<body")]
    return "\n".join([*_STYLE.findall(_COMMENT.sub("", head)), fragment(html)])
