"""HTML as blocks: ONE washer for pages, mails, documents and feeds: tidy the tree, write it, parse it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.importers.blocks import Box, Kind, SourceBlock, parse_blocks
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Left
from pipeline.importers.html import meaning, office, substack, tables, tidy
from pipeline.importers.html.tree import BLOCKS, Tag, fragment_of, make, tags, value
from pipeline.importers.html.write import MARK, MARK_END, written

Step = Callable[[Tag, list[Left]], None]

STEPS: tuple[Step, ...] = (
    tidy.unseen,
    office.word,
    office.google,
    substack.embeds,
    tidy.hidden,
    tidy.pixels,
    tidy.pictures,
    tidy.forms,
    tidy.players,
    tables.layout,
    tables.data,
    meaning.styled,
    meaning.notes,
    meaning.links,
    meaning.definitions,
    meaning.figures,
    meaning.buttons,
    meaning.lines,
    meaning.bullets,
    meaning.loose,
)
"""What is done to a tree before it is written, in order. Each takes the tree and the list of what is left."""

_TRANSPARENT = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "center",
        "div",
        "figure",
        "footer",
        "form",
        "header",
        "html",
        "main",
        "nav",
        "section",
    ]
)
"""Elements that are written as what is in them."""
_MARK = re.compile(rf"{MARK}(/?)(\d+){MARK_END}")


@dataclass(frozen=True, slots=True)
class Washed:
    """HTML as blocks, and what no newsletter shows, with the reason."""

    blocks: tuple[SourceBlock, ...]
    left: tuple[Left, ...]


def wash(html: str | Tag) -> Washed:
    """HTML, or a part of a tree, which is changed, as blocks. Never raises.

    Scripts and styles are left out. Headings are as deep as in the source; addresses stay as they are
    written; blocks know the elements around them.
    """
    root = fragment_of(re.sub(f"[{MARK}{MARK_END}]", "", html)) if isinstance(html, str) else html
    left: list[Left] = []
    for step in STEPS:
        step(root, left)
    boxes = _mark_boxes(root)
    return Washed(tuple(_boxed(parse_blocks(cleaned(written(root))), boxes)), tuple(dict.fromkeys(left)))


def names_of(name: str, attributes: str) -> tuple[str, ...]:
    """The names of an element: its role, classes and id, and its own if that tells what it is."""
    found = re.findall(
        r"""\b(?:class|id|role)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""", attributes, re.IGNORECASE
    )
    return _names(name, " ".join("".join(each) for each in found))


def _names(element: str, words: str) -> tuple[str, ...]:
    own = {"nav": "nav", "menu": "nav", "aside": "<aside>", "footer": "<footer>", "header": "<header>"}.get(
        element
    )
    classes = [each for each in words.lower().split() if not each.startswith("mso")]
    return tuple(dict.fromkeys([own, *classes] if own else classes))


def _mark_boxes(root: Tag) -> dict[int, Box]:
    """Put marks around each element with a name, if they stay marks between blocks; the boxes by number."""
    boxes: dict[int, Box] = {}
    for tag in tags(root):
        names = _names(
            tag.name, f"{value(tag, 'class')} {value(tag, 'id')} {value(tag, 'role')} {value(tag, 'rel')}"
        )
        if tag.name not in BLOCKS or not names or tag.parent is None:
            continue
        if any(parent is not root and parent.name not in _TRANSPARENT for parent in _parents(tag, root)):
            continue
        number = len(boxes) + 1
        boxes[number] = Box(names, number)
        tag.insert_before(make("box-mark", str(number)))
        tag.insert_after(make("box-mark", f"/{number}"))
    return boxes


def _parents(tag: Tag, root: Tag) -> list[Tag]:
    parents = []
    for parent in tag.parents:
        if parent is root:
            break
        parents.append(parent)
    return parents


def _boxed(blocks: tuple[SourceBlock, ...], boxes: dict[int, Box]) -> list[SourceBlock]:
    opened: list[Box] = []
    result = []
    for block in blocks:
        marks = list(_MARK.finditer(block.text)) if MARK in block.text else []
        for mark in marks:
            box = boxes.get(int(mark[2]))
            if box is None:
                continue
            if not mark[1]:
                opened.append(box)
            elif box in opened:
                opened.remove(box)
        if marks:
            block = replace(block, text=_MARK.sub("", block.text).strip())
        if block.text.strip() and not (block.kind is Kind.HTML and block.text.strip() == "<!-- -->"):
            result.append(replace(block, boxes=tuple(opened)))
    return result
