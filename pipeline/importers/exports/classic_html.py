"""WordPress's own HTML: paragraphs that its classic editor leaves to empty lines, and its shortcodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from pipeline.importers.draft import Left

_BLOCK = (
    r"(?:address|article|aside|blockquote|dl|div|fieldset|figure|footer|form|h[1-6]|header|hr|main|nav|ol|p"
    r"|pre|section|table|ul)"
)
_KEPT = re.compile(r"<(pre|script|style|table|ul|ol|figure)\b|<!--", re.IGNORECASE)
_CODE = re.compile(r"<(pre|code|script|style)\b", re.IGNORECASE)
"""The start of code, in which brackets are no shortcodes."""
_TAG = re.compile(r"(<[^<>]*>)")
# No pattern looks further than the next sign of its kind: a text may have thousands that nothing closes.
_OPEN = re.compile(rf"(?<!\s)\s*(<{_BLOCK}\b[^<>]*>)", re.IGNORECASE)
_CLOSE = re.compile(rf"(</{_BLOCK}\s*>|<hr\b[^<>]*>)\s*", re.IGNORECASE)
_STARTS = re.compile(rf"</?{_BLOCK}\b|\x02", re.IGNORECASE)
_HELD = re.compile(r"\x02(\d+)\x03")

_CAPTION = re.compile(
    r"\[(?:wp_)?caption([^\[\]]*)\]((?:(?!\[(?:wp_)?caption).)*?)\[/(?:wp_)?caption\]", re.DOTALL
)
_PICTURE = re.compile(r"(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?", re.IGNORECASE)
_GALLERY = re.compile(r"\[gallery([^\[\]]*)\]")
_EMBED = re.compile(r"\[(embed|video|audio|playlist)([^\[\]]*)\](?:([^\[\]]*)\[/\1\])?")
_ARGUMENT = re.compile(r"""(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_ADDRESS = re.compile(r"""https?://[^\s"'\]]+""")
_SHORTCODE = re.compile(
    r"(?<!\[)\[(?P<name>[a-z][\w-]*)(?P<arguments>\s[^\[\]]*)?/?\]"
    r"(?:(?P<words>[^\[\]]*)\[/(?P=name)\])?(?!\()"
)
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
    text = _outside_code(text, lambda part: _SHORTCODE.sub(lambda match: _plain(match, left), part))
    names = sorted({match["name"] for each in left if (match := _SHORTCODE.match(each.text))})
    if names:  # where elements are between the two
        closing = re.compile(rf"\[/(?:{'|'.join(names)})\]")
        text = _outside_code(text, lambda part: closing.sub("", part))
    return paragraphs(text), tuple(left)


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with each part changed that is neither code nor a tag."""
    return "".join(
        part if is_code else "".join(each if _TAG.match(each) else change(each) for each in _TAG.split(part))
        for part, is_code in _parts(text, _CODE)
    )


def _parts(text: str, start: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """Split a text at whole elements and comments, of which `start` matches the start. True is for these."""
    at, unclosed = 0, set[str]()
    for match in start.finditer(text):
        end = rf"</{match[1].lower()}\s*>" if match[1] else "-->"
        if match.start() < at or end in unclosed:
            continue
        if closing := re.compile(end, re.IGNORECASE).search(text, match.end()):
            yield text[at : match.start()], False
            yield text[match.start() : closing.end()], True
            at = closing.end()
        else:
            unclosed.add(end)
    yield text[at:], False


def _plain(match: re.Match[str], left: list[Left]) -> str:
    """A shortcode as its words, with the address in it as their link; brackets of a text stay.

    It has `name="value"`, nothing but an address, or an end, or else is alone on its line.
    """
    name, arguments, words = match["name"], (match["arguments"] or "").strip(), match["words"] or ""
    address = _ADDRESS.search(arguments)
    is_alone = "_" in name and not arguments and _is_line(match)
    is_embed = address is not None and address[0] == arguments
    if not (_ARGUMENT.search(arguments) or is_embed or match["words"] is not None or is_alone):
        return match[0]
    left.append(Left(match[0], "a shortcode, which only its system understands"))
    if not address:
        return words
    return f'<a href="{escape(address[0])}">{words}</a>' if words.strip() else f"\n\n{_link(address[0])}\n\n"


def _is_line(match: re.Match[str]) -> bool:
    before = match.string.rfind("\n", 0, match.start()) + 1
    after = match.string.find("\n", match.end())
    around = match.string[before : match.start()] + match.string[match.end() : after if after >= 0 else None]
    return not around.strip()


def paragraphs(text: str) -> str:
    """HTML with a paragraph for each part between empty lines, and a line break for each line end."""
    held: list[str] = []

    def hold(part: str) -> str:
        held.append(part)
        return f"\x02{len(held) - 1}\x03" if part.startswith("<!--") else f"\n\n\x02{len(held) - 1}\x03\n\n"

    text = text.replace("\x02", "").replace("\x03", "")
    text = "".join(hold(part) if is_kept else part for part, is_kept in _parts(text, _KEPT))
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
