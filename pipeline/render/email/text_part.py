"""The text part, made from the content and never from the HTML.

For readers of plain text, and for filters that compare the two parts. Lines of 72 columns, links
numbered and listed at the end.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.content.medium import Medium, for_audience
from pipeline.content.text import LinkList, blocks_to_text
from pipeline.content.text_width import width, wrap
from pipeline.model import Block, ComposedArticle, Content, Element, Image, Layout, Node
from pipeline.render.email.template_values import (
    EmailContext,
    browser_url,
    byline,
    details,
    in_layout,
    issue_line,
    lines,
    more_link,
    reason,
    related_links,
    unsubscribe_url,
)
from pipeline.support.merge import literal_text

WIDTH = 72

_NEXT = {"h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6"}
_HOLD_HEADINGS = frozenset({"blockquote", "dd", "details", "div", "li", "ol", "ul"})


def email_text(setting: EmailContext) -> str:
    """`email.txt` of an edition, with merge fields in their neutral form."""
    edition, publication, words = setting.edition, setting.publication, setting.words
    notes = LinkList()
    title = _wrap(edition.issue.title)
    parts = [
        _stack(_wrap(publication.title), _wrap(publication.tagline), _wrap(issue_line(edition, words))),
        _stack("=" * WIDTH, title, "=" * WIDTH),
        _content(edition.letter, setting, notes),
    ]
    for section in edition.sections:
        heading = _wrap(section.title.upper())
        parts.append(_stack("", "-" * WIDTH, heading, "-" * WIDTH))
        parts.append(
            "\n\n\n".join(_article(article, layout, setting, notes) for article, layout in section.articles)
        )
    if edition.disclaimers:
        parts.append("-" * WIDTH)
        parts.extend(_wrap(each) for each in edition.disclaimers)
    parts.append("-" * WIDTH)
    parts.extend(_footer(setting))
    if notes.addresses:
        parts.append(_stack(f"{words.format('links')}:", notes.to_text()))
    return "\n\n".join(part for part in parts if part) + "\n"


def _article(article: ComposedArticle, asked: Layout, setting: EmailContext, notes: LinkList) -> str:
    words = setting.words
    layout = in_layout(article, asked)
    title = _wrap(article.article.title)
    dek = _wrap(article.article.dek)
    link = more_link(article, layout, words)
    more = _wrap(f"{link.text} [{notes.number(link.url)}]") if link else ""
    if layout is Layout.BRIEF:
        return _stack(title, dek, more)
    if layout is Layout.CARD:
        minutes = words.format("minutes", minutes=article.content.minutes)
        return _join(_stack(title, _rule(title, "=")), dek, _stack(minutes, more))
    related = [
        _wrap(f"- {each.text} [{notes.number(each.url)}]", after="  ")
        for each in related_links(article, setting)
    ]
    return _join(
        _stack(title, _rule(title, "="), _wrap(byline(article)), _wrap(details(article, words))),
        dek,
        _picture(article.content.lead),
        _content(replace(article.content, blocks=_lowered(tuple(article.content.blocks))), setting, notes),
        _stack(f"{words.format('related')}:", *related) if related else "",
        more,
    )


def _picture(image: Image | None) -> str:
    return _wrap(f"[Image: {image.alt}]") if image and image.alt else ""


def _content(content: Content, setting: EmailContext, notes: LinkList) -> str:
    shown = for_audience(content, Medium.TEXT, setting.edition.audience)
    sponsored_by = setting.words.format("sponsor_named", name="").strip()
    title = f"{setting.words.format('notes')}:"
    return blocks_to_text(shown.blocks, notes, shown.footnotes, WIDTH, sponsored_by, title)


def _lowered(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """An article's own headings one level down, below its title."""
    return tuple(
        replace(block, nodes=tuple(map(_lower, block.nodes)), blocks=_lowered(block.blocks))
        for block in blocks
    )


def _lower(node: Node) -> Node:
    if not isinstance(node, Element):
        return node
    if node.tag in _NEXT:
        return replace(node, tag=_NEXT[node.tag])
    if node.tag in _HOLD_HEADINGS:
        return replace(node, children=tuple(map(_lower, node.children)))
    return node


def _footer(setting: EmailContext) -> list[str]:
    edition, publication, words = setting.edition, setting.publication, setting.words
    links: list[tuple[str, str]] = [(words.format("unsubscribe"), unsubscribe_url(publication))]
    if publication.preferences_url:
        links.append((words.format("preferences"), publication.preferences_url))
    links.append((words.format("view_in_browser"), browser_url(edition)))
    return [
        _wrap(reason(publication, words)),
        _stack(*map(_wrap, lines(publication.colophon))),
        _stack(*map(_wrap, lines(publication.postal_address))),
        # Whole addresses, not numbers: these must be found without looking.
        _stack(*(f"{label}: {url}" for label, url in links)),
    ]


def _wrap(text: str, after: str = "") -> str:
    """A text in lines of at most 72 columns; braces are written so that they are no merge field."""
    return literal_text(f"\n{after}".join(wrap(text, WIDTH - len(after))))


def _rule(heading: str, stroke: str) -> str:
    """A line below a heading, as wide as the heading looks in a fixed-width font."""
    return stroke * max(map(width, heading.split("\n")))


def _stack(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
