"""The plain-text part of an email, in lines of `TEXT_COLUMNS`, with links numbered and listed at the end.

It is made from the content and never from the HTML: for readers of plain text, and for spam filters that
compare the two parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.content.medium import Medium, for_audience
from pipeline.content.text import LinkList, blocks_to_text
from pipeline.content.text_width import width, wrap
from pipeline.model import (
    Block,
    BlockKind,
    ComposedArticle,
    ComposedItem,
    Content,
    Element,
    Image,
    Layout,
    MergeText,
    Node,
    Section,
)
from pipeline.render.email.email_context import EmailContext, browser_url, grouped_items, unsubscribe_url
from pipeline.render.shared_text import link_row, text_lines
from pipeline.support import merge
from pipeline.support.limits import TEXT_COLUMNS

_ONE_LEVEL_DOWN = {"h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6"}
_CONTAIN_HEADINGS = frozenset({"blockquote", "dd", "details", "div", "li", "ol", "ul"})


def email_text(context: EmailContext) -> MergeText:
    """`email.txt` of an edition."""
    edition, publication = context.edition, context.publication
    links = LinkList()
    parts = [
        _lines(_wrap(publication.title), _wrap(publication.tagline), _facts(context.issue_line)),
        _lines("=" * TEXT_COLUMNS, _wrap(edition.issue.title), "=" * TEXT_COLUMNS),
        _paragraphs(_image(edition.letter.lead), _content(edition.letter, context, links)),
    ]
    if context.contents:
        titles = (_wrap(f"- {each.text}", after="  ") for each in context.contents)
        parts.append(_lines(f"{context.messages.format('web.in_this_issue')}:", *titles))
    rule = "-" * TEXT_COLUMNS
    for section in context.sections:
        if section.title:
            parts.append(_lines(rule, _wrap(section.title.upper()), rule))
        elif parts[-1]:
            parts.append(rule)
        parts.append("\n\n\n".join(_items(section, context, links)))
    if edition.disclaimers:
        parts += [rule, *map(_wrap, edition.disclaimers)]
    parts += [rule, *_footer(context)]
    if links.addresses:
        parts.append(_lines(f"{context.messages.format('links')}:", links.to_text()))
    return merge.text(_paragraphs(*parts) + "\n")


def _items(section: Section[ComposedItem], context: EmailContext, links: LinkList) -> Iterator[str]:
    for each in grouped_items(section):
        if isinstance(each, list):
            yield _paragraphs(*(_row(item, section, context, links) for item in each))
        else:
            yield _article(*each, context, links)


def _row(item: ComposedItem, section: Section[ComposedItem], context: EmailContext, links: LinkList) -> str:
    row = link_row(item, section.badges, context.show, context.messages)
    title = f"{row.badge} · {row.title}" if row.badge else row.title
    heading = _wrap(f"{title} [{links.number(row.url)}]")
    comment = blocks_to_text([Block(BlockKind.PROSE, nodes=(Element("p", (), row.comment),))], links)
    return _lines(heading, comment, _wrap(row.details))


def _article(composed: ComposedArticle, layout: Layout, context: EmailContext, links: LinkList) -> str:
    article = composed.article
    title = "" if context.edition.only_article is composed else _wrap(article.title)
    dek = _wrap(article.dek)

    def more() -> str:
        """The link on, called where it is written: links are numbered in reading order."""
        link = context.more_link(composed, layout)
        return _wrap(f"{link.text} [{links.number(link.url)}]") if link else ""

    if layout is Layout.BRIEF:
        return _lines(title, dek, more())
    # As wide as the title looks in a fixed-width font.
    underline = "=" * max(map(width, title.split("\n")))
    if layout is Layout.CARD:
        return _paragraphs(_lines(title, underline), dek, _lines(context.minutes(composed), more()))
    own = composed.content
    if title:
        own = replace(own, blocks=_lower_headings(tuple(own.blocks)))
    content = _content(own, context, links)
    series = [_wrap(f"{each.text} [{links.number(each.url)}]") for each in context.series_links(composed)]
    on_web = more()
    related = [
        _wrap(f"- {each.text} [{links.number(each.url)}]", after="  ")
        for each in context.related_links(composed)
    ]
    return _paragraphs(
        _lines(title, underline, _wrap(context.byline(composed)), _facts(context.details(composed))),
        dek,
        _image(composed.content.lead),
        content,
        _lines(*series),
        on_web,
        _lines(f"{context.messages.format('related')}:", *related) if related else "",
    )


def _image(image: Image | None) -> str:
    return _wrap(f"[Image: {image.alt}]") if image and image.alt else ""


def _content(content: Content, context: EmailContext, links: LinkList) -> str:
    visible = for_audience(content, Medium.TEXT, context.edition.audience)
    sponsored_by = context.messages.format("sponsor_named", name="").strip()
    notes_title = f"{context.messages.format('notes')}:"
    return blocks_to_text(visible.blocks, links, visible.footnotes, TEXT_COLUMNS, sponsored_by, notes_title)


def _lower_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Move an article's own headings one level down, below its title."""
    return tuple(
        replace(block, nodes=tuple(map(_lower, block.nodes)), blocks=_lower_headings(block.blocks))
        for block in blocks
    )


def _lower(node: Node) -> Node:
    if not isinstance(node, Element):
        return node
    if node.tag in _ONE_LEVEL_DOWN:
        return replace(node, tag=_ONE_LEVEL_DOWN[node.tag])
    if node.tag in _CONTAIN_HEADINGS:
        children = tuple(map(_lower, node.children))
        return node if children == node.children else replace(node, children=children)
    return node


def _footer(context: EmailContext) -> list[str]:
    publication, messages = context.publication, context.messages
    links: list[tuple[str, str]] = [(messages.format("unsubscribe"), unsubscribe_url(publication))]
    if publication.preferences_url:
        links.append((messages.format("preferences"), publication.preferences_url))
    if page := browser_url(context.edition):
        links.append((messages.format("view_in_browser"), page))
    return [
        _wrap(" ".join(filter(None, (context.reason, context.no_tracking)))),
        _lines(*map(_wrap, text_lines(publication.colophon))),
        _lines(*map(_wrap, text_lines(publication.postal_address))),
        # Whole addresses, not numbers: readers must find these without searching.
        _lines(*(f"{label}: {merge.marked(url)}" for label, url in links)),
    ]


def _facts(line: str) -> str:
    return _wrap(line.replace("\u00a0", " "))


def _wrap(text: str, after: str = "") -> str:
    """Wrap a text to `TEXT_COLUMNS`; `after` begins each line but the first."""
    return f"\n{after}".join(wrap(text, TEXT_COLUMNS - len(after)))


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
