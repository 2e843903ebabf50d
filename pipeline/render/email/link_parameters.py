"""Adds the parameters of `[links]`, such as `utm_source`, to the addresses in an email.

It happens before the email is rendered, so that HTML, text part and MJML have the same addresses, every
command counts the same bytes, and pages and feeds never see them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from pipeline.model import (
    Block,
    ComposedArticle,
    ComposedEdition,
    ComposedItem,
    Content,
    Element,
    LinkScope,
    MergeText,
    Node,
    Publication,
)
from pipeline.support import merge
from pipeline.support.urls import ascii_address, path_part


@dataclass(frozen=True, slots=True)
class LinkTagger:
    """Adds parameters to addresses; `plain` maps each result to the address without them."""

    publication: Publication
    issue: int
    target: str
    plain: dict[str, str] = field(default_factory=dict)

    def edition(self, edition: ComposedEdition) -> ComposedEdition:
        """Return an edition whose addresses have the parameters."""
        if not self.publication.links.parameters:
            return edition
        sections = (
            replace(
                section,
                items=tuple((self._item(item, section.title), layout) for item, layout in section.items),
            )
            for section in edition.sections
        )
        return replace(
            edition,
            letter=self._content(edition.letter, ""),
            sections=tuple(sections),
            url=edition.url and self.address(edition.url),
        )

    def address(self, url: str, section: str = "") -> str:
        """Return an address with the parameters for a link in the section of this title.

        Unchanged are the addresses for leaving and for preferences, those of another kind or another host,
        and those that have one of the parameters already.
        """
        publication, links = self.publication, self.publication.links
        url = self.plain.get(url, url)
        if not links.parameters or url in (publication.unsubscribe_url, publication.preferences_url):
            return url
        before, mark, fragment = merge.marked(url).partition("#")
        try:
            parts = urlsplit(before)
        except ValueError:
            return url
        if parts.scheme not in ("http", "https") or not self._is_included(parts.hostname or ""):
            return url
        present = {unquote_plus(each.partition("=")[0]) for each in parts.query.split("&")}
        if present & links.parameters.keys():
            return url
        words = {
            "issue": str(self.issue),
            "section": path_part(section) if section else "",
            "target": self.target,
        }
        added = "&".join(
            f"{quote(name, safe='')}={quote(value.format(**words), safe='')}"
            for name, value in links.parameters.items()
            if section or "{section}" not in value
        )
        if not added:
            return url
        joint = "" if before.endswith(("?", "&")) else "&" if "?" in before else "?"
        tagged = f"{before}{joint}{added}{mark}{fragment}"
        if isinstance(url, MergeText):
            tagged = merge.text(tagged)
        self.plain[tagged] = url
        return tagged

    def _is_included(self, host: str) -> bool:
        if self.publication.links.add_to is LinkScope.ALL:
            return bool(host)
        own = urlsplit(self.publication.base_url).hostname or ""
        try:
            # Content has a host in its own script percent-encoded, and `base_url` has it in punycode.
            host = urlsplit(ascii_address(f"https://{unquote(host)}/")).hostname or ""
        except ValueError:
            return False
        return host.removeprefix("www.") == own.removeprefix("www.")

    def _item(self, item: ComposedItem, section: str) -> ComposedItem:
        content = self._content(item.content, section)
        if not isinstance(item, ComposedArticle):
            return replace(item, content=content, url=self.address(item.url, section))
        article = item.article
        link = article.link and self.address(article.link, section)
        url = item.url and self.address(item.url, section)
        return replace(item, article=article._replace(link=link), content=content, url=url)

    def _content(self, content: Content, section: str) -> Content:
        return replace(
            content,
            blocks=tuple(self._block(each, section) for each in content.blocks),
            footnotes=tuple(self._nodes(each, section) for each in content.footnotes),
        )

    def _block(self, block: Block, section: str) -> Block:
        event = block.event
        if event:
            link, url = self.address(event.link, section), self.address(event.url, section)
            event = replace(event, link=link, url=url)
        return replace(
            block,
            event=event,
            nodes=self._nodes(block.nodes, section),
            blocks=tuple(self._block(each, section) for each in block.blocks),
            link_text=self._nodes(block.link_text, section),
            link_url=self.address(block.link_url, section),
        )

    def _nodes(self, nodes: Iterable[Node], section: str) -> tuple[Node, ...]:
        return tuple(self._node(each, section) if isinstance(each, Element) else each for each in nodes)

    def _node(self, node: Element, section: str) -> Element:
        attributes = node.attributes
        if node.tag == "a":
            attributes = tuple(
                (name, self.address(value, section) if name == "href" else value)
                for name, value in node.attributes
            )
        return replace(node, attributes=attributes, children=self._nodes(node.children, section))
