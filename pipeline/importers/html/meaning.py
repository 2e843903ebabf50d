"""The steps that make elements of what is only drawn: bold by style, footnotes, buttons, bullets, captions.

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
from pipeline.support.numbers_in_text import whole_number

_HOLDERS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "div",
        "fieldset",
        "footer",
        "header",
        "li",
        "main",
        "section",
    ]
)
"""Elements that hold paragraphs."""
_BUTTON = re.compile(r".*(?:btn|button|cta|call-to-action).*")
_ANCHOR = re.compile(
    r"(?:header-?)?anchor(?:js)?(?:-?link)?|heading-?(?:link|anchor)|headerlink|permalink|hash-link"
)
_BULLET = re.compile(r"[\u2022\u25cf\u25e6\u25aa\u2023\u00b7\u2043\uf0b7\u2013\u2014*-][ \u00a0\t]+(?=\S)")
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def styled(root: Tag, left: list[Left]) -> None:
    """Bold and italics that are written as styles; elements that follow each other become one."""
    for tag in tags(root):
        looks = style(tag)
        names: list[str] = []
        if tag.name in ("span", "font"):
            weight = looks.get("font-weight", "")
            bold = weight in ("bold", "bolder") or (whole_number(weight) or 0) >= 600
            names += ["strong"] if bold else []
            names += ["em"] if looks.get("font-style") in ("italic", "oblique") else []
            names += {"super": ["sup"], "sub": ["sub"]}.get(looks.get("vertical-align", ""), [])
        elif tag.name in ("b", "strong", "i", "em"):
            normal = looks.get("font-weight") in ("normal", "400") or looks.get("font-style") == "normal"
            names += [] if normal else ["strong" if tag.name in ("b", "strong") else "em"]
        else:
            continue
        if not names or not text(tag) or holds_blocks(tag) or tag.find_parent(_HEADINGS):
            tag.unwrap()
            continue
        tag.name, tag.attrs = names[0], {}
        for name in names[1:]:
            tag.wrap(make(name))
    root.smooth()
    for tag in elements(root, "strong", "em"):
        if tag.parent is None or tag.find_parent(tag.name):
            tag.unwrap() if tag.parent is not None else None
            continue
        while isinstance(following := tag.next_sibling, Tag) and following.name == tag.name:
            tag.extend(list(following.children))
            following.decompose()
        tag.smooth()


def links(root: Tag, left: list[Left]) -> None:
    """Links without a place to go, marks beside headings, and addresses behind another's counter."""
    for tag in elements(root, "a"):
        if tag.parent is None:
            continue
        address = value(tag, "href")
        is_anchor = named(tag, _ANCHOR) or text(tag) in ("#", "¶", "§", "🔗")
        scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", address, re.IGNORECASE)
        if is_anchor and (address.startswith("#") or not address):
            tag.decompose()
        elif scheme and scheme[1].lower() not in ("http", "https", "mailto", "tel", "sms", "cid"):
            words = f"{text(tag)} <{address[:200]}>"
            left.append(Left(words, "an address of a kind that no reader should follow"))
            tag.unwrap()
        elif not address or holds_blocks(tag):
            # A link around blocks goes around the text of the first of them that has any.
            inner = (each for each in tags(tag) if is_block(each) and not holds_blocks(each) and text(each))
            target = next(inner, None)
            if address and target is not None and not target.find("a"):
                target.append(make("a", *list(target.children), href=_straight(address)))
            tag.unwrap()
        else:
            tag["href"] = _straight(address)


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
        is_term = tag.name in ("dt", "summary") and not holds_blocks(tag)
        tag.name = "p" if is_term else "div"
        if is_term and text(tag) and not tag.find(["strong", "b"]):
            tag.append(make("strong", *list(tag.children)))


def figures(root: Tag, left: list[Left]) -> None:
    """A caption belongs to its picture; that of anything else is a line in italics below it."""
    for tag in elements(root, "figure"):
        caption, images = tag.find("figcaption"), elements(tag, "img")
        if isinstance(caption, Tag):
            words = text(caption)
            if len(images) == 1 and words and not caption.find("a"):
                images[0]["title"] = words
            elif words and not caption.find(["em", "i"]):
                caption.append(make("em", *list(caption.children)))
            if not words or (images[:1] and images[0].get("title") == words):
                caption.decompose()
        tag.name = "div"
    for tag in elements(root, "figcaption"):
        tag.name = "p"
    for tag in elements(root, "img"):
        # A link around a picture to the picture itself shows it larger, which an email does not.
        link = tag.find_parent("a")
        if (
            link
            and not text(link)
            and re.search(r"\.(?:png|jpe?g|gif|webp|avif)(?:\?|$)", value(link, "href").lower())
        ):
            link.unwrap()


def notes(root: Tag, left: list[Left]) -> None:
    """A number that leads to a place in the page, and the text there, are a footnote.

    The place leads back, or is marked as a note; else a list of contents would become notes.
    """
    number = 0
    for link in elements(root, "a"):
        if link.parent is None or not re.fullmatch(r"\[?(?:\d{1,3}|[*\u2020\u2021]{1,3})\]?", text(link)):
            continue
        name = value(link, "href")
        holder = root.find(id=name[1:]) if name.startswith("#") else None
        if not isinstance(holder, Tag) or holder.find_parent("a") or holder is link:
            continue
        place = holder
        while holder.parent is not None and holder.name not in ("li", "p", "div", "dd", "aside", "section"):
            holder = holder.parent
        backs = [each for each in [place, *elements(holder, "a")] if value(each, "href").startswith("#")]
        if not backs and not re.search("note|fn", name):
            continue
        for back in backs:
            back.decompose() if back is not holder else None
        if not 0 < len(text(holder)) <= 1500:
            continue
        number += 1
        sign: Tag = link.parent if link.parent.name == "sup" and text(link.parent) == text(link) else link
        sign.replace_with(make("note-sign", str(number)))
        note = make("note-text", *list(holder.children), number=str(number))
        holder.decompose()
        root.append(note)


def buttons(root: Tag, left: list[Left]) -> None:
    """A link that is drawn as a button, and is alone in its line, gets a box of its own."""
    for tag in elements(root, "a"):
        looks = style(tag)
        drawn = named(tag, _BUTTON) or value(tag, "role") == "button"
        drawn = drawn or (("background" in looks or "background-color" in looks) and "padding" in looks)
        if not drawn or not text(tag) or tag.find("img") or tag.find_parent(["td", "th", "li"]):
            continue
        holder: Tag = tag
        wrappers = ("span", "strong", "em", "b", "i", "p", "div", "center")
        while (above := holder.parent) is not None and above.name in wrappers and above is not root:
            if text(above) != text(tag):
                break
            holder = above
        beside = [
            each for each in (holder.previous_sibling, holder.next_sibling) if each and not is_block(each)
        ]
        if is_block(holder) or not any(text(each) for each in beside):
            box = make("p", **{"class": "button"})
            holder.insert_before(box)
            box.append(tag.extract())
            holder.decompose() if holder is not tag else None


def lines(root: Tag, left: list[Left]) -> None:
    """Two line breaks are a new paragraph; one at either end is nothing."""
    for tag in [*elements(root, "p"), *elements(root, "div")]:
        if tag.parent is None or holds_blocks(tag) or not tag.find("br"):
            continue
        parts: list[list[Node]] = [[]]
        breaks = 0
        for child in list(tag.children):
            child.extract()
            if isinstance(child, Tag) and child.name == "br":
                breaks += 1
            elif text(child) or not breaks or isinstance(child, Tag):
                if breaks > 1 and parts[-1]:
                    parts.append([])
                elif breaks and parts[-1]:
                    parts[-1].append(make("br"))
                breaks = 0
                parts[-1].append(child)
        for part in parts[:-1]:
            tag.insert_before(make("p", *part))
        tag.extend(parts[-1])


def bullets(root: Tag, left: list[Left]) -> None:
    """Paragraphs, or lines of one, that each begin with a bullet are a list."""
    for tag in elements(root, "p"):
        if tag.parent is None or tag.find_parent("li"):
            continue
        rows = _rows(tag)
        first = next((at for at, row in enumerate(rows) if _begins_with_bullet(row)), len(rows))
        run = [tag]
        while (
            first == 0 and isinstance(following := run[-1].find_next_sibling(), Tag) and following.name == "p"
        ):
            if not all(_begins_with_bullet(row) for row in _rows(following)):
                break
            run.append(following)
        rows += [row for each in run[1:] for row in _rows(each)]
        if len(rows) - first < 2 or not all(_begins_with_bullet(row) for row in rows[first:]):
            continue
        above = [each for row in rows[:first] for each in [*row, make("br")]][:-1]
        if any(text(each) for each in above):
            tag.insert_before(make("p", *above))
        tag.insert_before(make("ul", *(make("li", *_without_bullet(row)) for row in rows[first:])))
        for each in run:
            each.decompose()


def _rows(tag: Tag) -> list[list[Node]]:
    rows: list[list[Node]] = [[]]
    for child in tag.children:
        if isinstance(child, Tag) and child.name == "br":
            rows.append([])
        else:
            rows[-1].append(child)
    return rows


def _begins_with_bullet(row: list[Node]) -> bool:
    return bool(row) and isinstance(row[0], NavigableString) and _BULLET.match(row[0].lstrip()) is not None


def _without_bullet(row: list[Node]) -> list[Node]:
    return [NavigableString(_BULLET.sub("", str(row[0]).lstrip(), count=1)), *row[1:]]


def loose(root: Tag, left: list[Left]) -> None:
    """Text beside blocks, or right in the body, becomes a paragraph; empty elements go."""
    for tag in [root, *tags(root)]:
        if tag is not root and tag.name not in _HOLDERS:
            continue
        if tag is not root and tag.name in ("div", "center", "address") and not holds_blocks(tag):
            tag.name = "p"
            continue
        if tag.name == "li":
            blocks = [each for each in tag.children if isinstance(each, Tag) and is_block(each)]
            if [each.name for each in blocks[:1]] == ["p"] and {each.name for each in blocks[1:]} <= {
                "ul",
                "ol",
            }:
                blocks.pop(0).unwrap()
            if {each.name for each in blocks} <= {"ul", "ol"}:
                continue
        run: list[Node] = []
        for child in [*list(tag.children), None]:
            if child is not None and not is_block(child):
                run.append(child)
                continue
            if any(
                text(each) or (isinstance(each, Tag) and (each.name == "img" or each.find("img")))
                for each in run
            ):
                paragraph = make("p")
                run[0].insert_before(paragraph)
                paragraph.extend(run)
            else:
                for each in run:
                    each.extract()  # line breaks between blocks
            run = []
