"""A tidy tree as Markdown. markdownify is wrapped here and nowhere else.

It walks the tree; what our Markdown has otherwise is written here: escapes, containers, sub and sup.
"""

from __future__ import annotations

import re
from typing import Any

from markdownify import MarkdownConverter

from pipeline.importers.escape import begun, inline
from pipeline.importers.html.tree import Tag, value
from pipeline.importers.inline import Reference, outside_code
from pipeline.support.numbers_in_text import whole_number

MARK, MARK_END = "\ue000", "\ue001"
"""Characters around the number of a box; of private use, and taken out of every source."""
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_KEPT = {"sub": "sub", "sup": "sup", "del": "del", "s": "del", "strike": "del", "kbd": "kbd"}
"""Elements that our Markdown has as HTML."""


def written(root: Tag) -> str:
    """The Markdown of a tree: ATX headings, `-` bullets, one empty line between blocks."""
    writer: Any = _Writer(
        heading_style="ATX", bullets="-", newline_style="backslash", wrap=True, wrap_width=None
    )
    markdown = writer.process_tag(root, parent_tags=set())
    text = outside_code(str(markdown), _trimmed).strip("\n")
    return f"{text}\n" if text else ""


def _trimmed(text: str) -> str:
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


class _Writer(MarkdownConverter):
    def escape(self, text: str, parent_tags: set[str]) -> str:
        return re.sub(r"(?<!\\)\*", r"\\*", inline(text))

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        lines = [begun(line.strip()) for line in text.strip().split("\n")]
        while lines and lines[-1] in ("", "\\"):
            lines.pop()
        if not lines:
            return ""
        lines[-1] = re.sub(r"(?<!\\)\\$", "", lines[-1]).rstrip()
        return "\n\n{}\n\n".format("\n".join(lines))

    def convert_box_mark(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return "" if "_inline" in parent_tags else f"\n\n{MARK}{text.strip()}{MARK_END}\n\n"

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f" {text.strip()} " if "_inline" in parent_tags else f"\n\n{text.strip()}\n\n"

    convert_article = convert_section = convert_main = convert_header = convert_footer = convert_div
    convert_aside = convert_center = convert_address = convert_figure = convert_body = convert_div

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if el.parent and el.parent.get("start") and whole_number(value(el.parent, "start")) is None:
            del el.parent["start"]  # which the library reads as a number
        text = text.strip()
        if not text:
            return "\n"
        first, newline, rest = text.partition("\n")
        text = f"{begun(first)}{newline}{rest}" if not el.find(["p", "ul", "ol"], recursive=False) else text
        return str(super().convert_li(el, text, parent_tags))  # type: ignore[misc]

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802
        text = " ".join(text.split())
        if "_inline" in parent_tags or not text:
            return text
        text = re.sub(r"(?<=\s)(#+)$", r"\\\1", text)
        return f"\n\n{'#' * max(1, min(6, n))} {text}\n\n"

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_inline" in parent_tags or not text.strip():
            return f" {text.strip()} "
        quoted = "\n".join(
            f"> {line}".rstrip() for line in re.sub(r"\n{3,}", "\n\n", text.strip()).split("\n")
        )
        return f"\n\n{quoted}\n\n"

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        address = value(el, "href")
        bare = text.strip()
        if not address or not bare or "_noformat" in parent_tags:
            return text
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        bare = " ".join(bare.replace("\\\n", " ").split())
        plain = "".join(el.get_text().split())
        if plain == address.removeprefix("mailto:") and re.match(r"(?:https?|mailto):[^\s<>]+$", address):
            return f"{before}<{address.removeprefix('mailto:')}>{after}"
        title = " ".join(value(el, "title").split())
        return (
            f"{before}{Reference(bare, _one_word(address), title if title != bare else '').markdown}{after}"
        )

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        source, alt = value(el, "src"), inline(" ".join(value(el, "alt").split()))
        if not source:
            return alt
        alt = re.sub(r"(?<!\\)([\[\]])", r"\\\1", alt)
        title = " ".join(value(el, "title").split())
        return Reference(alt, _one_word(source), title, image=True).markdown

    def _marked(self, mark: str, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Emphasis; as HTML where its marks would be read as text (CommonMark 0.31, section 6.2)."""
        bare = text.strip()
        if not bare or "_noformat" in parent_tags:
            return text
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        behind, ahead = _neighbour(el.next_sibling, 0), _neighbour(el.previous_sibling, -1)
        open_, close = f"{mark}{bare[0]}", bare[-1]
        if (not after and behind.isalnum() and not close.isalnum()) or (
            not before and ahead.isalnum() and not open_[-1].isalnum()
        ):
            name = "strong" if len(mark) == 2 else "em"
            return f"{before}<{name}>{bare}</{name}>{after}"
        return f"{before}{mark}{bare}{mark}{after}"

    def convert_note_sign(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"[^{text.strip()}]"

    def convert_note_text(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        paragraphs = [part.replace("\n", " ").strip() for part in re.split(r"\n{2,}", text.strip())]
        return f"\n\n[^{value(el, 'number')}]: " + "\n\n    ".join(paragraphs) + "\n\n"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " if "_inline" in parent_tags else "\\\n"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        return str(super().convert_code(el, " ".join(text.split()), parent_tags))  # type: ignore[misc]

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip("\n")
        if not text.strip():
            return ""
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        code = el.find("code")
        named = re.search(
            r"(?:language|lang)-([\w+-]+)", value(code, "class") if code else value(el, "class")
        )
        return f"\n\n{fence}{named[1] if named else ''}\n{text}\n{fence}\n\n"

    def convert_q(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f'"{text}"'

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = re.sub(r"(?<!\\)[|]", r"\\|", " ".join(text.split()))
        return f" {text} |"

    convert_th = convert_td

    def convert_caption(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return ""  # `tables.data` has put it before its table

    def get_conv_fn(self, tag_name: str) -> Any:
        mark, kept = _MARKS.get(tag_name), _KEPT.get(tag_name)
        if mark:
            return lambda el, text, parent_tags: self._marked(mark, el, text, parent_tags)
        if kept:
            return lambda el, text, parent_tags: (
                text if "_noformat" in parent_tags or not text.strip() else f"<{kept}>{text}</{kept}>"
            )
        if tag_name in ("samp", "video"):
            return lambda el, text, parent_tags: text
        return super().get_conv_fn(tag_name)  # type: ignore[misc]


def _neighbour(node: object, place: int) -> str:
    """The character next to an element; empty if there is nothing."""
    text = node.get_text() if isinstance(node, Tag) else str(node or "")
    return text[place] if text else ""


def _one_word(address: str) -> str:
    return "".join(address.split()) if re.match(r"\s*(https?|mailto):", address) else address
