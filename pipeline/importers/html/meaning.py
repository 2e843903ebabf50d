"""The steps that make elements of what is only drawn: bold by style, buttons, bullets, lines, captions.

Each takes the tree and the list of what is left out.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from pipeline.importers.draft import Left
from pipeline.importers.html.tree import (
    NavigableString,
    Node,
    Tag,
    elements,
    holds_blocks,
    is_block,
    make,
    named,
    style,
    tags,
    text,
    value,
)

_HOLDERS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "div", "fieldset", "footer"),
        *("header", "li", "main", "section"),
    }
)
"""Elements that hold paragraphs."""
_BUTTON = re.compile(r".*(?:btn|button|cta|call-to-action).*")
_ANCHOR = re.compile(
    r"(?:header-?)?anchor(?:js)?(?:-?link)?|heading-?(?:link|anchor)|headerlink|permalink|hash-link"
)
_BULLET = re.compile(r"[\u2022\u25cf\u25e6\u25aa\u2023\u00b7\u2043\uf0b7\u2013\u2014*-][ \u00a0\t]+(?=\S)")


def styled(root: Tag, left: list[Left]) -> None:
    """Bold and italics that are written as styles; elements that follow each other become one."""
    for tag in tags(root):
        looks = style(tag)
        if tag.name in ("span", "font"):
            weight = looks.get("font-weight", "")
            names = []
            if weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= 600):
                names.append("strong")
            if looks.get("font-style") in ("italic", "oblique"):
                names.append("em")
            if looks.get("vertical-align") in ("super", "sub"):
                names.append("sup" if looks["vertical-align"] == "super" else "sub")
            if (
                not names
                or not text(tag)
                or holds_blocks(tag)
                or tag.find_parent(["h1", "h2", "h3", "h4", "h5", "h6"])
            ):
                tag.unwrap()
                continue
            tag.name = names[0]
            tag.attrs = {}
            for name in names[1:]:
                tag.wrap(make(name))
        elif tag.name in ("b", "strong", "i", "em"):
            normal = looks.get("font-weight") in ("normal", "400") or looks.get("font-style") == "normal"
            if (
                normal
                or holds_blocks(tag)
                or not text(tag)
                or tag.find_parent(["h1", "h2", "h3", "h4", "h5", "h6"])
            ):
                tag.unwrap()
            else:
                tag.name = "strong" if tag.name in ("b", "strong") else "em"
                tag.attrs = {}
    root.smooth()
    for tag in elements(root, "strong", "em"):
        if tag.parent is None:
            continue
        if tag.find_parent(tag.name):
            tag.unwrap()
            continue
        while isinstance(following := tag.next_sibling, Tag) and following.name == tag.name:
            for child in list(following.children):
                tag.append(child)
            following.decompose()
        tag.smooth()


def links(root: Tag, left: list[Left]) -> None:
    """Links without a place to go, marks beside headings, and addresses behind another's counter."""
    for tag in elements(root, "a"):
        if tag.parent is None:
            continue
        address = value(tag, "href")
        if (named(tag, _ANCHOR) or text(tag) in ("#", "¶", "§", "🔗")) and (
            address.startswith("#") or not address
        ):
            tag.decompose()
            continue
        scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", address, re.IGNORECASE)
        if scheme and scheme[1].lower() not in ("http", "https", "mailto", "tel", "sms", "cid"):
            left.append(
                Left(f"{text(tag)} <{address[:200]}>", "an address of a kind that no reader should follow")
            )
            tag.unwrap()
        elif not address or holds_blocks(tag):
            _spread(tag, address)
        else:
            tag["href"] = _straight(address)


def _spread(tag: Tag, address: str) -> None:
    """A link around blocks goes around the text of the first of them that has any."""
    target = next(
        (each for each in tags(tag) if is_block(each) and not holds_blocks(each) and text(each)), None
    )
    if address and target is not None and not target.find("a"):
        link = make("a", href=_straight(address))
        for child in list(target.children):
            link.append(child)
        target.append(link)
    tag.unwrap()


def _straight(address: str) -> str:
    """The address that a redirect of Google or Outlook's Safe Links carries."""
    try:
        parts = urlsplit(address)
        query = parse_qs(parts.query)
    except ValueError:
        return address
    host = (parts.hostname or "").lower()
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host) and parts.path == "/url":
        return (query.get("q") or query.get("url") or [address])[0]
    if host.endswith(".safelinks.protection.outlook.com"):
        return (query.get("url") or [address])[0]
    return address


def definitions(root: Tag, left: list[Left]) -> None:
    """Lists of terms, and what unfolds at a click: the term or summary in bold, the rest below it."""
    for tag in elements(root, "dt", "dd", "summary", "details", "dl"):
        if tag.name in ("dt", "summary") and not holds_blocks(tag):
            tag.name = "p"
            if text(tag) and not tag.find(["strong", "b"]):
                _wrap_children(tag, "strong")
        else:
            tag.name = "div"


def _wrap_children(tag: Tag, name: str) -> None:
    wrapper = make(name)
    for child in list(tag.children):
        wrapper.append(child)
    tag.append(wrapper)


def figures(root: Tag, left: list[Left]) -> None:
    """A caption belongs to its picture; that of anything else is a line in italics below it."""
    for tag in elements(root, "figure"):
        caption = tag.find("figcaption")
        images = elements(tag, "img")
        if isinstance(caption, Tag):
            words = text(caption)
            if len(images) == 1 and words and not caption.find("a"):
                images[0]["title"] = words
                caption.decompose()
            elif words:
                caption.name = "p"
                if not caption.find(["em", "i"]):
                    _wrap_children(caption, "em")
            else:
                caption.decompose()
        tag.name = "div"
    for tag in elements(root, "figcaption"):
        tag.name = "p"
    for tag in elements(root, "img"):
        # A link around a picture to the picture itself shows it larger, which an email does not.
        if (link := tag.find_parent("a")) and not text(link) and _is_picture(value(link, "href")):
            link.unwrap()


def _is_picture(address: str) -> bool:
    return re.search(r"\.(?:png|jpe?g|gif|webp|avif)$", address.partition("?")[0].lower()) is not None


_NOTE_SIGN = re.compile(r"\[?(?:\d{1,3}|[*\u2020\u2021]{1,3})\]?")


def notes(root: Tag, left: list[Left]) -> None:
    """A number that leads to a place in the page, and the text there, are a footnote.

    The place leads back, or is marked as a note; else a list of contents would become notes.
    """
    number = 0
    for link in elements(root, "a"):
        if link.parent is None:
            continue
        name = value(link, "href")
        if not name.startswith("#") or not _NOTE_SIGN.fullmatch(text(link)):
            continue
        place = root.find(id=name[1:])
        if not isinstance(place, Tag) or place.find_parent("a") or place is link:
            continue
        holder = _holder_of_note(place, link)
        backs = [each for each in [place, *elements(holder, "a")] if value(each, "href").startswith("#")]
        if not backs and not re.search("note|fn", name):
            continue
        for back in backs:
            back.decompose() if back is not holder else None
        words = text(holder)
        if not words or len(words) > 1500:
            continue
        number += 1
        sign: Tag = link.parent if link.parent.name == "sup" and text(link.parent) == text(link) else link
        sign.replace_with(make("note-sign", str(number)))
        note = make("note-text", *list(holder.children), number=str(number))
        holder.decompose()
        root.append(note)


def _holder_of_note(place: Tag, link: Tag) -> Tag:
    """The element around a note's place that holds its text, and not what refers to it."""
    holder = place
    while holder.parent is not None and holder.name not in ("li", "p", "div", "dd", "aside", "section"):
        holder = holder.parent
    return holder


def buttons(root: Tag, left: list[Left]) -> None:
    """A link that is drawn as a button, and is alone in its line, gets a box of its own."""
    for tag in elements(root, "a"):
        looks = style(tag)
        drawn = named(tag, _BUTTON) or value(tag, "role") == "button"
        drawn = drawn or (("background" in looks or "background-color" in looks) and "padding" in looks)
        if not drawn or not text(tag) or tag.find("img"):
            continue
        holder: Tag = tag
        while holder.parent is not None and holder.parent.name in (
            "span",
            "strong",
            "em",
            "b",
            "i",
            "p",
            "div",
            "center",
        ):
            if text(holder.parent) != text(tag) or holder.parent is root:
                break
            holder = holder.parent
        beside = [
            each for each in (holder.previous_sibling, holder.next_sibling) if each and not is_block(each)
        ]
        if (not is_block(holder) and any(text(each) for each in beside)) or tag.find_parent(
            ["td", "th", "li"]
        ):
            continue
        box = make("p", **{"class": "button"})
        holder.insert_before(box)
        box.append(tag.extract())
        if holder is not tag:
            holder.decompose()


def lines(root: Tag, left: list[Left]) -> None:
    """Two line breaks are a new paragraph; one at either end is nothing."""
    for tag in [*elements(root, "p"), *elements(root, "div")]:
        if tag.parent is None or holds_blocks(tag) or not tag.find("br"):
            continue
        parts: list[list[Node]] = [[]]
        breaks = 0
        for child in list(tag.children):
            if isinstance(child, Tag) and child.name == "br":
                breaks += 1
                child.extract()
                continue
            if isinstance(child, NavigableString) and not child.strip() and breaks:
                child.extract()
                continue
            if breaks > 1 and parts[-1]:
                parts.append([])
            elif breaks and parts[-1]:
                parts[-1].append(make("br"))
            breaks = 0
            parts[-1].append(child.extract())
        if len(parts) == 1:
            for child in parts[0]:
                tag.append(child)
            continue
        for part in parts:
            tag.insert_before(make("p", *part))
        tag.decompose()


def bullets(root: Tag, left: list[Left]) -> None:
    """Paragraphs, or lines of one, that each begin with a bullet are a list."""
    for tag in elements(root, "p"):
        if tag.parent is None:
            continue
        rows: list[list[Node]] = [[]]
        for child in tag.children:
            if isinstance(child, Tag) and child.name == "br":
                rows.append([])
            else:
                rows[-1].append(child)
        first = next((at for at, row in enumerate(rows) if _begins_with_bullet(row)), len(rows))
        if len(rows) - first > 1 and all(_begins_with_bullet(row) for row in rows[first:]):
            items = make("ul", *(make("li", *_without_bullet(row)) for row in rows[first:]))
            above = [each for row in rows[:first] for each in [*row, make("br")]][:-1]
            if any(text(each) for each in above):
                tag.insert_before(make("p", *above))
            tag.replace_with(items)
    for tag in elements(root, "p"):
        if tag.parent is None or tag.find_parent("li") or not _begins_with_bullet(list(tag.children)):
            continue
        run = [tag]
        while (following := run[-1].find_next_sibling()) and isinstance(following, Tag):
            if following.name != "p" or not _begins_with_bullet(list(following.children)):
                break
            run.append(following)
        if len(run) > 1:
            items = make("ul")
            tag.insert_before(items)
            for each in run:
                items.append(make("li", *_without_bullet(list(each.children))))
                each.extract()


def _begins_with_bullet(row: list[Node]) -> bool:
    return bool(row) and isinstance(row[0], NavigableString) and _BULLET.match(row[0].lstrip()) is not None


def _without_bullet(row: list[Node]) -> list[Node]:
    first = NavigableString(_BULLET.sub("", str(row[0]).lstrip(), count=1))
    return [first, *row[1:]]


def loose(root: Tag, left: list[Left]) -> None:
    """Text beside blocks, or right in the body, becomes a paragraph; empty elements go."""
    for tag in [root, *tags(root)]:
        if tag is not root and tag.name not in _HOLDERS:
            continue
        if tag is not root and tag.name in ("div", "center", "address") and not holds_blocks(tag):
            tag.name = "p"
            continue
        blocks = [each for each in tag.children if is_block(each)]
        names = [getattr(each, "name", "") for each in blocks]
        if tag.name == "li" and names[:1] == ["p"] and not set(names[1:]) - {"ul", "ol"}:
            blocks[0].unwrap()  # type: ignore[attr-defined]
        if tag.name == "li" and not any(
            is_block(each) and getattr(each, "name", "") not in ("ul", "ol") for each in tag.children
        ):
            continue
        run: list[Node] = []
        for child in [*list(tag.children), None]:
            if child is not None and not is_block(child):
                run.append(child)
                continue
            if any(text(each) or _shows(each) for each in run):
                paragraph = make("p")
                run[0].insert_before(paragraph)
                for each in run:
                    paragraph.append(each)
            else:
                for each in run:
                    each.extract()  # line breaks between blocks
            run = []


def _shows(node: Node) -> bool:
    return isinstance(node, Tag) and (node.name == "img" or node.find("img") is not None)
