"""The email's HTML as a piece to be put into a service's own template, which is a whole document already."""

from __future__ import annotations

import re

_STYLE = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BODY = re.compile(r"<body\b([^>]*)>(.*)</body>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\b(style|lang|dir|class)="([^"]*)"')


def fragment(html: str) -> str:
    """What stands in the body, in one `div` that has the body's style, language and direction."""
    return _fragment(html, "")


def styled_fragment(html: str) -> str:
    """The same, with the style sheets of the head before it. Those for Outlook alone stay behind."""
    head = html[: html.lower().find("<body")]
    styles = _STYLE.findall(_COMMENT.sub("", head))
    return _fragment(html, "\n".join([*styles, ""]))


def _fragment(html: str, before: str) -> str:
    found = _BODY.search(html)
    if found is None:
        return html
    kept = "".join(f' {name}="{value}"' for name, value in _ATTRIBUTE.findall(found[1]))
    return f"{before}<div{kept}>{found[2].strip()}</div>\n"
