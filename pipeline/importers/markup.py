"""HTML to Markdown. Beautiful Soup and markdownify are wrapped here and nowhere else."""

from __future__ import annotations

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter


def soup_of(html: str) -> BeautifulSoup:
    """The tree of a page or fragment, as a browser would read it. Never raises."""
    return BeautifulSoup(html, "lxml")


def markdown_of(html: str) -> str:
    """A fragment of HTML as Markdown: ATX headings, `-` bullets, no raw HTML but what Markdown lacks."""
    converter = MarkdownConverter(heading_style="ATX", bullets="-", strip=["script", "style"])
    return str(converter.convert_soup(soup_of(html))).strip() + "\n"
