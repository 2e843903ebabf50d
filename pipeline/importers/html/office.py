"""What word processors write when a text is pasted from them or saved as a page."""

from __future__ import annotations

import re

from pipeline.importers.draft import Left
from pipeline.importers.html.tree import Tag, elements, make, style, tags, text, value

_LEVEL = re.compile(r"mso-list:\s*(l\d+)?[^;]*\blevel(\d)", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]", re.IGNORECASE)


def word(root: Tag, left: list[Left]) -> None:
    """Word: lists that are paragraphs with a bullet in them, titles that are classes, its own elements."""
    for tag in elements(root, "p", "h1", "h2", "h3", "h4", "h5", "h6", "div"):
        if tag.parent is None:
            continue
        kind = value(tag, "class").lower()
        if heading := re.search(r"\bmsoheading(\d)|\bmsotitle\b", kind):
            tag.name = f"h{heading[1] or 1}"
        elif "msoquote" in kind or "msointensequote" in kind:
            tag.name = "blockquote"
    _word_lists(root)
    for tag in tags(root):
        if ":" in tag.name:  # <o:p>, <w:sdt>, <st1:place>
            tag.unwrap()


def _word_lists(root: Tag) -> None:
    """Paragraphs with `mso-list` become real lists, one within the other by their level."""
    for first in elements(root, "p"):
        if first.parent is None or not _level(first):
            continue
        run = [first]
        while isinstance(following := run[-1].find_next_sibling(), Tag) and _level(following):
            if _list(following) != _list(first):
                break
            run.append(following)
        opened: list[tuple[int, Tag]] = []
        for tag in run:
            level, numbered = _level(tag), _strip_mark(tag)
            while opened and opened[-1][0] > level:
                opened.pop()
            if not opened or opened[-1][0] < level:
                items = make("ol" if numbered else "ul")
                last = opened[-1][1].find_all("li", recursive=False) if opened else []
                if last:
                    last[-1].append(items)
                else:
                    first.insert_before(items) if not opened else opened[-1][1].append(items)
                opened.append((level, items))
            item = make("li")
            for child in list(tag.children):
                item.append(child)
            opened[-1][1].append(item)
        for tag in run:
            tag.decompose()


def _level(tag: Tag) -> int:
    match = _LEVEL.search(value(tag, "style"))
    return int(match[2]) if match and tag.name == "p" else 0


def _list(tag: Tag) -> str:
    """Word's name of the list of an item."""
    match = _LEVEL.search(value(tag, "style"))
    return (match[1] or "") if match else ""


def _strip_mark(tag: Tag) -> bool:
    """Take Word's own bullet or number out of an item; whether it is a number."""
    mark = next((each for each in tags(tag) if "mso-list" in value(each, "style")), None)
    if mark is None:
        first = next((each for each in tag.strings if each.strip()), None)
        match = re.match(r"\s*(?:[\u00b7\u2022\uf0b7o§-]|\d{1,3}[.)]|[a-z][.)])[\s\u00a0]+", str(first or ""))
        if first is not None and match:
            first.replace_with(str(first)[match.end() :])
            return _NUMBERED.match(match[0]) is not None
        return False
    numbered = _NUMBERED.match(text(mark)) is not None
    mark.decompose()
    return numbered


def _is_large(tag: Tag) -> bool:
    """Whether all of a paragraph is set as large as Google Docs sets titles, 20 pt or more."""
    spans = [each for each in elements(tag, "span") if text(each)]
    sizes = [re.match(r"(\d+(?:\.\d+)?)pt", style(each).get("font-size", "")) for each in spans]
    return bool(sizes) and all(size and float(size[1]) >= 20 for size in sizes) and len(text(tag)) < 120


def google(root: Tag, left: list[Left]) -> None:
    """Google Docs: the bold wrapper of what was pasted, its titles, lists within lists beside their items."""
    for tag in elements(root, "b", "strong"):
        if value(tag, "id").startswith("docs-internal-guid") or style(tag).get("font-weight") == "normal":
            tag.unwrap()
    for tag in elements(root, "p"):
        kind = value(tag, "class").lower().split()
        if "title" in kind or (_is_large(tag) and not root.find("h1")):
            tag.name = "h1"
    for tag in elements(root, "ul", "ol"):
        before = tag.find_previous_sibling()
        within = tag.parent is not None and tag.parent.name in ("ul", "ol")
        if within and isinstance(before, Tag) and before.name == "li":
            before.append(tag)
