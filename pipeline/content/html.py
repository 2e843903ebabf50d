"""Writes content as HTML for an email, a web page or a feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from pipeline.content.html_nodes import HtmlOptions, NodeWriter, escaped
from pipeline.content.medium import Medium
from pipeline.model import Block, BlockKind, Element, Node
from pipeline.support import merge


def nodes_to_html(nodes: Iterable[Node], options: HtmlOptions) -> str:
    """Nodes as HTML."""
    return NodeWriter(options).nodes(nodes)


def blocks_to_html(blocks: Iterable[Block], options: HtmlOptions) -> str:
    """Selected blocks as HTML. The ids of headings are unique among these blocks."""
    return _HtmlWriter(options).blocks(blocks)


def footnotes_to_html(footnotes: Iterable[tuple[Node, ...]], options: HtmlOptions) -> str:
    """Footnotes as an ordered list; the empty string if there are no footnotes."""
    return _HtmlWriter(options).footnotes(tuple(footnotes))


def heading_ids(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The ids of the headings of blocks on their page, in the order of the text."""
    writer = _HtmlWriter(HtmlOptions(Medium.WEB))
    writer.blocks(blocks)
    return tuple(each for each in writer.ids if not re.fullmatch(r"fn(ref)?\d+", each))


class _HtmlWriter(NodeWriter):
    """Writes blocks and footnotes; the ids in one piece of HTML are unique."""

    def blocks(self, blocks: Iterable[Block]) -> str:
        return "\n".join(html for html in map(self.block, blocks) if html)

    def block(self, block: Block) -> str:
        form = _CONTAINER_FORMS.get(block.kind)
        return form(self, block) if form else self.blocks(block.blocks)

    def _prose(self, block: Block) -> str:
        return "\n".join(self.node(node) for node in block.nodes)

    def footnotes(self, footnotes: tuple[tuple[Node, ...], ...]) -> str:
        if not footnotes:
            return ""
        items = []
        for number, note in enumerate(footnotes, start=1):
            inner = self.nodes(note, "li")
            attribute = ""
            if self.options.medium in (Medium.WEB, Medium.FEED):
                attribute = f' id="{merge.escape(self.options.id(f"fn{number}"))}"'
            if self.options.medium is Medium.WEB:
                inner = self._with_backlink(inner, number)
            items.append(f"<li{attribute}{self._style('li', 'ol')}>{inner}</li>")
        return f"<ol{self._style('ol', '')}>" + "\n".join(items) + "</ol>"

    def _with_backlink(self, inner: str, number: int) -> str:
        href = merge.escape(self.options.target(f"fnref{number}"))
        label = merge.escape(f"{self.options.back_to} {number}")
        # U+FE0E keeps the arrow from being shown as an emoji.
        back = f' <a class="backlink" role="doc-backlink" aria-label="{label}" href="{href}">↩\ufe0e</a>'
        return inner[: -len("</p>")] + back + "</p>" if inner.endswith("</p>") else inner + back

    def _callout(self, block: Block) -> str:
        return self._aside("callout", block.title, block)

    def _sponsor(self, block: Block) -> str:
        return self._aside("sponsor", f"{self.options.sponsored_by} {block.title}", block)

    def _aside(self, name: str, title: str, block: Block) -> str:
        web = self.options.medium is Medium.WEB
        tag = "aside" if web else "blockquote"
        box_class = f' class="{name}"' if web else ""
        title_class = f' class="{name}-title"' if web else ""
        heading = ""
        if title:
            styles = self._style("p", tag), self._style("strong", "p")
            heading = f"<p{title_class}{styles[0]}><strong{styles[1]}>{escaped(title)}</strong></p>\n"
        return f"<{tag}{box_class}{self._style(tag, '')}>{heading}{self.blocks(block.blocks)}</{tag}>"

    def _pull_quote(self, block: Block) -> str:
        if self.options.medium is not Medium.WEB:
            by = f"\n<p{self._style('p', 'blockquote')}>— {escaped(block.title)}</p>" if block.title else ""
            return f"<blockquote{self._style('blockquote', '')}>{self.blocks(block.blocks)}{by}</blockquote>"
        by = f"\n<figcaption>{escaped(block.title)}</figcaption>" if block.title else ""
        return f'<figure class="pullquote"><blockquote>{self.blocks(block.blocks)}</blockquote>{by}</figure>'

    def _buttons(self, block: Block) -> str:
        separator = " " if self.options.medium is Medium.WEB else " · "
        return self._div("buttons", f"<p>{separator.join(map(self._button, block.blocks))}</p>")

    def _button(self, block: Block) -> str:
        link = self._link(block)
        return link.replace("<a ", '<a class="button" ', 1) if self.options.medium is Medium.WEB else link

    def _link(self, block: Block) -> str:
        return self.node(Element("a", (("href", block.link_url),), block.link_text, block.line), "p")

    def _call_to_action(self, block: Block) -> str:
        sentence = self.blocks(block.blocks)
        button = f"<p{self._style('p', '')}>{self._button(block)}</p>"
        return self._div("cta", _lines(sentence, button))

    def _person(self, block: Block) -> str:
        role = f"<br>{escaped(block.role)}" if block.role else ""
        photo = f"<p>{self.nodes(block.nodes)}</p>\n" if block.nodes else ""
        name = f"<p><strong>{escaped(block.title)}</strong>{role}</p>"
        return self._div("person", f"{photo}{self._div('about', _lines(name, self.blocks(block.blocks)))}")

    def _video(self, block: Block) -> str:
        poster = f"<p>{self._link(block)}</p>"
        return self._div("video", _lines(poster, self.blocks(block.blocks)))

    def _event(self, block: Block) -> str:
        when, calendar = "", ""
        if event := block.event:
            when, web = escaped(event.when), self.options.medium is Medium.WEB
            when = f'<time datetime="{event.iso}">{when}</time>' if web else when
        if event and event.url:
            calendar = f"<p>{self._link(replace(block, link_text=(event.calendar,)))}</p>"
        title = f"<strong>{self.nodes(block.nodes, 'p')}</strong>"
        head = "<br>".join(filter(None, (title, when, escaped(block.role))))
        return self._div("event", _lines(f"<p>{head}</p>", self.blocks(block.blocks), calendar))

    def _audio(self, block: Block) -> str:
        audio, player = block.audio, ""
        title = f"<strong>{self._link(block)}</strong>"
        details = f"<br>{escaped(audio.details)}" if audio and audio.details else ""
        if audio and self.options.medium is Medium.WEB:
            source, label = merge.escape(self.options.address(audio.url)), merge.escape(audio.title)
            player = f'<audio controls preload="none" src="{source}" aria-label="{label}"></audio>'
        return self._div("audio", _lines(f"<p>{title}{details}</p>", player, self.blocks(block.blocks)))

    def _columns(self, block: Block) -> str:
        return self._div("columns", _lines(*map(self.block, block.blocks)))

    def _column(self, block: Block) -> str:
        inner = self.blocks(block.blocks)
        return f"<div>{inner}</div>" if self.options.medium is Medium.WEB else inner

    def _div(self, name: str, inner: str) -> str:
        return f'<div class="{name}">{inner}</div>' if self.options.medium is Medium.WEB else inner


_CONTAINER_FORMS: dict[BlockKind, Callable[[_HtmlWriter, Block], str]] = {
    BlockKind.AUDIO: _HtmlWriter._audio,
    BlockKind.BUTTONS: _HtmlWriter._buttons,
    BlockKind.CALLOUT: _HtmlWriter._callout,
    BlockKind.COLUMN: _HtmlWriter._column,
    BlockKind.COLUMNS: _HtmlWriter._columns,
    BlockKind.CTA: _HtmlWriter._call_to_action,
    BlockKind.EVENT: _HtmlWriter._event,
    BlockKind.PERSON: _HtmlWriter._person,
    BlockKind.PROSE: _HtmlWriter._prose,
    BlockKind.PULLQUOTE: _HtmlWriter._pull_quote,
    BlockKind.SPONSOR: _HtmlWriter._sponsor,
    BlockKind.VIDEO: _HtmlWriter._video,
}


def _lines(*html: str) -> str:
    return "\n".join(filter(None, html))
