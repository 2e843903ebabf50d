"""What a Word document has beside its text, and what in its text mammoth would pass over in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from pipeline.importers.draft import Left
from pipeline.importers.readers.office_package import attribute, local, text_of, tree_of

_PARTS = (
    (re.compile(r"word/header\d*\.xml"), "the header of the pages"),
    (re.compile(r"word/footer\d*\.xml"), "the footer of the pages"),
    (re.compile(r"word/charts/chart\d*\.xml"), "a chart, which is no picture: insert it as one"),
    (re.compile(r"word/diagrams/data\d*\.xml"), "a diagram, which is no picture: insert it as one"),
)
_UNWRAPPED = frozenset({"fldSimple", "dir", "bdo", "ruby", "rubyBase"})
"""Elements that mammoth passes over with all that is in them, though they are text."""
# ECMA-376, part 1: 17.13.5 (revisions), 22.1 (equations), 17.3.1.38 (text boxes), 17.3.3.25 (ruby).
_LEFT = {
    "del": "deleted, as the tracked changes say",
    "moveFrom": "moved elsewhere, as the tracked changes say",
    "oMath": "an equation, which an article has no form for",
    "oMathPara": "an equation, which an article has no form for",
    "graphic": "a text box",
    "rt": "the reading beside a word",
}


def beside(parts: Mapping[str, bytes], name: str) -> list[Left]:
    """Headers, footers, comments, charts. Raises `PressroomError` if their XML is broken."""
    left: dict[Left, None] = {}
    for path, part in sorted(parts.items()):
        reason = next((reason for pattern, reason in _PARTS if pattern.fullmatch(path)), "")
        if reason and (text := text_of(tree_of(part, name))):
            left[Left(text, reason)] = None  # the same footer may be in several parts
        if re.fullmatch(r"word/comments\d*\.xml", path):
            for comment in tree_of(part, name):
                author = attribute(comment, "author")
                if text := text_of(comment):
                    left[Left(text, f"a comment by {author}" if author else "a comment")] = None
    return list(left)


def mended(root: Element) -> list[Left]:
    """Open what mammoth would pass over, in place, and return what is left out of the text."""
    left: list[Left] = []
    for parent in [root, *root.iter()]:
        while any(local(child) in _UNWRAPPED for child in parent):
            parent[:] = [x for child in parent for x in (child if local(child) in _UNWRAPPED else (child,))]
        for child in list(parent):
            if local(child) == "r" and _is_hidden(child):
                parent.remove(child)
                if text := text_of(child):
                    left.append(Left(text, "hidden text"))
    stack = [root]
    while stack:
        element = stack.pop()
        if local(element) == "AlternateContent":
            # Of several forms of the same, mammoth reads the last, for older programs.
            stack += reversed([child for child in element if local(child) == "Fallback"] or list(element))
        elif local(element) not in _LEFT or element.find(".//{*}pic") is not None:
            stack += reversed(element)
        elif text := text_of(element):
            left.append(Left(text, _LEFT[local(element)]))
    return left


def _is_hidden(run: Element) -> bool:
    marks = [mark for each in run if local(each) == "rPr" for mark in each if local(mark) == "vanish"]
    return any(attribute(mark, "val") not in ("0", "false", "off") for mark in marks)
