"""The steps that take out of a tree what no newsletter shows: hidden text, forms, films, counters.

Each takes the tree and the list of what is left out.
"""

from __future__ import annotations

import re

from pipeline.importers.draft import Left
from pipeline.importers.html.tree import Tag, elements, make, style, tags, text, value

_UNSEEN = (
    *("script", "style", "template", "link", "meta", "title", "base", "head", "svg", "math", "canvas"),
    *("map", "noscript", "colgroup", "col", "param", "track", "datalist"),
)
HIDDEN = "hidden in the page"
_LOGO = re.compile(r"(?:^|[/_-])logo(?:[_.-][^/]*)?$", re.IGNORECASE)
_FILLERS = re.compile("[\u034f\u061c\u115f\u17b4\u180e\u200b-\u200f\u2007\u2060-\u206f\u3164\ufeff\u00ad]+")
_SPACER = re.compile(r"(?:spacer|blank|transparent|pixel|1x1)\.(?:gif|png)$")


def unseen(root: Tag, left: list[Left]) -> None:
    """What no browser shows as text."""
    for tag in elements(root, *_UNSEEN):
        if tag.parent is not None:
            tag.decompose()


def hidden(root: Tag, left: list[Left]) -> None:
    """What the page hides: its text is kept in the report."""
    for tag in tags(root):
        looks = {key: one.removesuffix("!important").strip() for key, one in style(tag).items()}
        shut = (
            tag.has_attr("hidden")
            or looks.get("display") == "none"
            or looks.get("visibility") == "hidden"
            or looks.get("mso-hide") == "all"
            or looks.get("opacity", "").strip("0.") == "" != looks.get("opacity", "")
            or (looks.get("max-height", "") in ("0", "0px") and looks.get("overflow") != "visible")
            or (
                value(tag, "aria-hidden") == "true" and tag.name not in ("p", "li", "table", "img", "picture")
            )
            or (looks.get("font-size") in ("0", "0px", "1px") and not _is_wrapper(tag))
        )
        if shut and tag.parent is not None:
            _leave(tag, left, HIDDEN)


def _is_wrapper(tag: Tag) -> bool:
    """Whether type without size is only against gaps: pictures are in it, or type has a size again."""
    return tag.find("img") is not None or any("font-size" in style(each) for each in tags(tag))


def pixels(root: Tag, left: list[Left]) -> None:
    """Pictures of one pixel, which count readers or make space."""
    for tag in elements(root, "img"):
        looks = style(tag)
        sizes = {
            value(tag, "width") or looks.get("width", ""),
            value(tag, "height") or looks.get("height", ""),
        }
        if sizes & {"0", "1", "0px", "1px"} or _SPACER.search(value(tag, "src").lower()):
            words = f"{value(tag, 'alt')} {value(tag, 'src')}".strip() or "a picture"
            left.append(Left(words, "a picture of one pixel, which counts readers"))
            tag.decompose()
        elif _LOGO.search(value(tag, "src").partition("?")[0].rpartition(".")[0]) or value(
            tag, "alt"
        ).endswith(" logo"):
            left.append(Left(f"{value(tag, 'alt')} {value(tag, 'src')}".strip(), "a logo"))
            tag.decompose()


def pictures(root: Tag, left: list[Left]) -> None:
    """Pictures that are loaded late, or in several sizes, get the address of the largest."""
    for tag in elements(root, "img"):
        source = value(tag, "src")
        late = [value(tag, name) for name in ("data-src", "data-original", "data-lazy-src", "data-orig-file")]
        sizes = [value(tag, name) for name in ("data-srcset", "srcset", "data-lazy-srcset")]
        is_nothing = not source or source.startswith(("data:image/gif", "data:image/svg"))
        largest = next(filter(None, (_largest(each) for each in sizes)), "")
        source = largest or next(filter(None, late if is_nothing else [source]), source)
        if source:
            tag["src"] = source
    for tag in elements(root, "picture"):
        if not tag.find("img") and (found := tag.find("source")):
            tag.append(make("img", src=_largest(value(found, "srcset"))))
    for tag in elements(root, "source"):
        if tag.find_parent(["video", "audio"]) is None:
            tag.unwrap()


def _largest(srcset: str) -> str:
    """The address with the greatest width or density."""
    best, most = "", -1.0
    for part in re.split(r",\s+", srcset):
        address, _, size = part.strip().partition(" ")
        number = re.match(r"[\d.]+", size.strip())
        amount = float(number[0]) if number and number[0].count(".") < 2 and number[0] != "." else 1.0
        if address and amount > most:
            best, most = address.rstrip(","), amount
    return best


def forms(root: Tag, left: list[Left]) -> None:
    """Forms and their fields. A form around a whole page, as some systems write it, is only a wrapper."""
    for tag in elements(root, "form"):
        if len(text(tag)) > 600:
            tag.unwrap()
        elif tag.parent is not None:
            _leave(tag, left, "a form, which works on no page but its own")
    for tag in elements(root, "button"):
        if tag.find_parent("a") or tag.find("a"):
            tag.unwrap()
        elif tag.parent is not None:
            _leave(tag, left, "a button of the page")
    for tag in elements(root, "input", "select", "textarea", "label", "option", "progress", "meter"):
        if tag.parent is not None and tag.name == "label":
            tag.unwrap()
        elif tag.parent is not None:
            _leave(tag, left, "a field of a form")


def players(root: Tag, left: list[Left]) -> None:
    """Videos and other embedded pages: a link replaces each that has an address."""
    for tag in elements(root, "iframe", "video", "audio", "object", "embed", "frame"):
        if tag.parent is None:
            continue
        inner = tag.find("source")
        source = value(tag, "src") or value(tag, "data-src") or value(tag, "data")
        source = source or (value(inner, "src") if isinstance(inner, Tag) else "")
        source = f"https:{source}" if source.startswith("//") else source
        name = value(tag, "title") or {"video": "Video", "audio": "Listen"}.get(
            tag.name, "Watch or read it there"
        )
        if source and not re.match(r"(?:javascript|data|about|blob):", source, re.IGNORECASE):
            left.append(
                Left(f"<{tag.name} src={source}>", "emails show no embedded pages: a link is in its place")
            )
            tag.replace_with(make("p", make("a", name, href=_watched(source))))
        else:
            _leave(tag, left, "emails show no embedded pages")


def _watched(address: str) -> str:
    """The page of an embedded video, which can be opened by itself."""
    if match := re.match(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{5,20})", address):
        return f"https://www.youtube.com/watch?v={match[1]}"
    if match := re.match(r"https?://player\.vimeo\.com/video/(\d+)", address):
        return f"https://vimeo.com/{match[1]}"
    return address


def _leave(tag: Tag, left: list[Left], reason: str) -> None:
    words = " ".join(_FILLERS.sub("", text(tag)).split())
    if words:
        left.append(Left(words, reason))
    tag.decompose()
