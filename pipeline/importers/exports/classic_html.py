"""WordPress's own HTML: paragraphs that its classic editor leaves to empty lines, and its shortcodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from pipeline.importers.draft import Left

_BLOCK = (
    r"(?:address|article|aside|blockquote|dl|div|fieldset|figure|footer|form|h[1-6]|header|hr|main|nav|ol|p"
    r"|pre|section|table|ul)"
)
_KEPT = re.compile(
    r"<(pre|script|style|table|ul|ol|figure)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE
)
_OPEN = re.compile(rf"\s*(<{_BLOCK}\b[^>]*>)", re.IGNORECASE)
_CLOSE = re.compile(rf"(</{_BLOCK}\s*>|<hr\b[^>]*>)\s*", re.IGNORECASE)
_STARTS = re.compile(rf"</?{_BLOCK}\b|\x02", re.IGNORECASE)
_HELD = re.compile(r"\x02(\d+)\x03")

_CAPTION = re.compile(r"\[(?:wp_)?caption([^\]]*)\](.*?)\[/(?:wp_)?caption\]", re.DOTALL)
_PICTURE = re.compile(r"(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", re.IGNORECASE)
_GALLERY = re.compile(r"\[gallery([^\]]*)\]")
_EMBED = re.compile(r"\[(embed|video|audio|playlist)([^\]]*)\](?:([^\[\]]*)\[/\1\])?")
_ARGUMENT = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_ADDRESS = re.compile(r"""https?://[^\s"'\]]+""")
_SHORTCODE = re.compile(
    r"(?<!\[)\[(?P<name>[a-z][\w-]*)(?P<arguments>\s[^\[\]]*)?/?\]"
    r"(?:(?P<words>[^\[\]]*)\[/(?P=name)\])?(?!\()"
)
_IN_CODE = re.compile(r"(<(?:pre|code|script|style)\b.*?</(?:pre|code|script|style)\s*>|<[^<>]*>)", re.DOTALL)
"""Code, and the tags of elements, in which brackets are no shortcodes."""
_ALONE = re.compile(r"(?m)^[ \t]*(https?://\S+)[ \t]*$")


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture of the library: its address, the caption, and the words for those who do not see it."""

    address: str
    caption: str = ""
    alt: str = ""


def as_html(text: str, pictures: Mapping[str, Upload]) -> tuple[str, tuple[Left, ...]]:
    """The content of a post as whole HTML, and its shortcodes that only plugins of its site understand.

    `pictures` are those of the library by their ids.
    """
    left: list[Left] = []
    text = text.replace("\r\n", "\n")
    text = _CAPTION.sub(_figure, text)
    text = _GALLERY.sub(lambda match: _gallery(match[1], pictures), text)
    text = _EMBED.sub(_embedded, text)
    text = _ALONE.sub(lambda match: _link(match[1]), text)
    text = "".join(
        part if _IN_CODE.match(part) else _SHORTCODE.sub(lambda match: _plain(match, left), part)
        for part in _IN_CODE.split(text)
    )
    for name in {match["name"] for each in left if (match := _SHORTCODE.match(each.text))}:
        text = text.replace(f"[/{name}]", "")  # where elements are between the two
    return paragraphs(text), tuple(left)


def _plain(match: re.Match[str], left: list[Left]) -> str:
    """A shortcode as its words, with the address in it as their link; brackets of a text stay."""
    name, arguments, words = match["name"], match["arguments"] or "", match["words"] or ""
    address = _ADDRESS.search(arguments)
    if not ("_" in name or _ARGUMENT.search(arguments) or address):
        return match[0]
    left.append(Left(match[0], "a shortcode, which only its system understands"))
    if not address:
        return words
    return f'<a href="{escape(address[0])}">{words}</a>' if words.strip() else f"\n\n{_link(address[0])}\n\n"


def paragraphs(text: str) -> str:
    """HTML with a paragraph for each part between empty lines, and a line break for each line end."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[0])
        return (
            f"\n\n\x02{len(held) - 1}\x03\n\n"
            if not match[0].startswith("<!--")
            else f"\x02{len(held) - 1}\x03"
        )

    text = _KEPT.sub(hold, text.replace("\x02", "").replace("\x03", ""))
    text = _CLOSE.sub(r"\1\n\n", _OPEN.sub(r"\n\n\1", text))
    parts = [part.strip() for part in re.split(r"\n\s*\n", text)]
    html = "\n".join(
        part if _STARTS.match(part) or not part else "<p>" + part.replace("\n", "<br>\n") + "</p>"
        for part in parts
        if part
    )
    return _HELD.sub(lambda match: held[int(match[1])], html)


def _arguments(text: str) -> dict[str, str]:
    return {name: one or two or three for name, one, two, three in _ARGUMENT.findall(text)}


def _figure(match: re.Match[str]) -> str:
    inside = match[2].strip()
    picture = _PICTURE.search(inside)
    if picture is None:
        return inside
    words = inside[: picture.start()] + inside[picture.end() :]
    caption = words.strip() or escape(_arguments(match[1]).get("caption", ""))
    return f"<figure>{picture[0]}<figcaption>{caption}</figcaption></figure>"


def _gallery(arguments: str, pictures: Mapping[str, Upload]) -> str:
    ids = re.findall(r"\d+", _arguments(arguments).get("ids", ""))
    figures = []
    for each in ids:
        picture = pictures.get(each, Upload(""))
        if picture.address:
            caption, alt = escape(picture.caption), escape(picture.alt or picture.caption)
            note = f"<figcaption>{caption}</figcaption>" if caption else ""
            figures.append(f'<figure><img src="{escape(picture.address)}" alt="{alt}">{note}</figure>')
    return "\n\n".join(figures)


def _embedded(match: re.Match[str]) -> str:
    found = _ADDRESS.search(f"{match[3] or ''} {match[2]}")
    return f"\n\n{_link(found[0])}\n\n" if found else match[3] or ""


def _link(address: str) -> str:
    return f'<p><a href="{escape(address)}">{escape(address)}</a></p>'
