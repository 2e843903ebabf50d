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
_COMMENTS = re.compile(r"word/comments\d*\.xml")

_UNWRAPPED = frozenset({"fldSimple", "dir", "bdo", "ruby", "rubyBase"})
"""Elements that mammoth passes over with all that is in them, though they are text."""

# ECMA-376, part 1: 17.13.5 (revisions), 22.1 (equations), 17.3.1.38 (text boxes).
_LEFT = {
    "del": "deleted, as the tracked changes say",
    "moveFrom": "moved elsewhere, as the tracked changes say",
    "oMath": "an equation, which an article has no form for",
    "oMathPara": "an equation, which an article has no form for",
    "graphic": "a text box",
    "Choice": "a text box",
    "rt": "the reading beside a word",
}
_READ = frozenset(
    {
        *("document", "body", "p", "r", "t", "tbl", "tr", "tc"),
        *("customXml", "ins", "moveTo", "object", "smartTag", "drawing", "group", "rect"),
        *("roundrect", "shape", "textbox", "txbxContent", "pict", "hyperlink", "inline", "anchor"),
        *(
            "AlternateContent",
            "Fallback",
            "sdt",
            "sdtContent",
            "footnotes",
            "footnote",
            "endnotes",
            "endnote",
        ),
        *("pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "instrText"),
        *("fldChar", "docPr"),
    }
)
"""Elements that mammoth goes into, and such as hold no text."""


def beside(parts: Mapping[str, bytes], name: str) -> list[Left]:
    """Headers, footers, comments, charts. Raises `PressroomError` where their XML is broken."""
    left: dict[Left, None] = {}
    for path, part in sorted(parts.items()):
        for pattern, reason in _PARTS:
            if pattern.fullmatch(path) and (text := text_of(tree_of(part, name))):
                left[Left(text, reason)] = None  # the same footer may stand in several parts
        if _COMMENTS.fullmatch(path):
            for comment in tree_of(part, name):
                author = attribute(comment, "author")
                if text := text_of(comment):
                    left[Left(text, f"a comment by {author}" if author else "a comment")] = None
    return list(left)


def mended(root: Element) -> list[Left]:
    """Open what mammoth would pass over, in place, and give what is left out of the text."""
    left: list[Left] = []
    for parent in [root, *root.iter()]:
        _unwrap(parent)
        for child in list(parent):
            if local(child) == "r" and _is_hidden(child):
                parent.remove(child)
                if text := text_of(child):
                    left.append(Left(text, "hidden text"))
    stack = [root]
    while stack:
        element = stack.pop()
        name = local(element)
        if name == "AlternateContent":
            # Of several forms of the same, mammoth reads the last, for older programs.
            inner = [child for child in element if local(child) == "Fallback"] or list(element)
            stack += reversed(inner)
        elif name in _READ:
            stack += reversed(element)
        elif text := text_of(element):
            left.append(Left(text, _LEFT.get(name, f"a part of the document that cannot be read (`{name}`)")))
    return left


def _unwrap(parent: Element) -> None:
    while any(local(child) in _UNWRAPPED for child in parent):
        children: list[Element] = []
        for child in parent:
            children += list(child) if local(child) in _UNWRAPPED else [child]
        parent[:] = children


def _is_hidden(run: Element) -> bool:
    marks = [mark for each in run if local(each) == "rPr" for mark in each if local(mark) == "vanish"]
    return any(attribute(mark, "val") not in ("0", "false", "off") for mark in marks)
