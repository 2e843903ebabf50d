"""HTML: a saved page, in which the article is found; a fragment from an editor; what Word writes."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from pipeline.errors import PressroomError
from pipeline.importers.blocks import Kind, SourceBlock
from pipeline.importers.cleanup.boxes import DEK, RELATED, furniture_reason, is_named, place_reason
from pipeline.importers.cleanup.end import is_disclaimer
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Left, Link, Material
from pipeline.importers.inline import links, readable
from pipeline.importers.shapes import same

NAME = "html"
DESCRIPTION = "a saved web page, a fragment of HTML, what Word and Google Docs paste"

_ENDINGS = frozenset({".html", ".htm", ".xhtml"})
_OTHERS = frozenset({".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd", ".eml", ".docx", ".json"})
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]{0,500}-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE
)
_FRAGMENT = re.compile(
    r"\s*(?:<meta\b[^>]{0,200}>\s*)?<(p|div|h[1-6]|ul|ol|table|article|section|main|b|span|blockquote|figure|pre)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_PASTED = re.compile(
    r"class=.?Mso\w|docs-internal-guid|name=.?Generator.? content=.?(?:Microsoft Word|LibreOffice)",
    re.IGNORECASE,
)
"""What a word processor writes: a document, with nothing around it."""
_CLOSED = re.compile(r"</(?:p|div|h[1-6]|ul|ol|li|table|article|section|span|blockquote)\s*>", re.IGNORECASE)


def takes(material: Material) -> bool:
    """Whether it is a page, or a text that begins with an element and goes on so. Never raises."""
    if material.ending in _ENDINGS or material.media_type in ("text/html", "application/xhtml+xml"):
        return True
    if material.data.startswith((b"PK", b"%PDF")):
        return False
    try:
        text = text_of(material)
    except PressroomError:
        return False
    if _PAGE.match(text):
        return True
    return material.ending not in _OTHERS and bool(_FRAGMENT.match(text)) and len(_CLOSED.findall(text)) > 1


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` if there is no text in the page."""
    from pipeline.importers.html import wash
    from pipeline.importers.html.metadata import metadata_of
    from pipeline.importers.html.tree import body_of, elements, seen_text, soup_of, text, value

    html = text_of(material)
    soup = soup_of(html)
    root = body_of(soup)
    source = seen_text(root)
    if not source.strip():
        raise PressroomError(
            "has no text.",
            material.name,
            hint="A page that a script fills is empty when saved: print it, or paste its text into a file.",
        )
    whole = _PAGE.match(html) is not None and not _PASTED.search(html[:50_000])
    page = metadata_of(soup, html)
    time = (
        next((value(each, "datetime") or text(each) for each in elements(root, "time")), "") if whole else ""
    )
    washed = wash(root)
    draft = Draft(washed.blocks, left=washed.left, source_text=source)
    if whole:
        draft = _placed(draft, _article_lines(html))
        draft = _described(draft, page, time)
    base = page.base or material.address or draft.canonical_url
    return (replace(draft, base=base, canonical_url=draft.canonical_url or material.address),)


def _article_lines(html: str) -> frozenset[str]:
    """The letters of the article's lines as trafilatura finds them; it asks no network.

    trafilatura is wrapped here and nowhere else. It judges by the page's text alone; the article itself is
    taken from the page's own tree, so that nothing of its structure is lost.
    """
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.extract(
        html,
        output_format="txt",
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        favor_recall=True,
        with_metadata=False,
    )
    return frozenset(same(line.lstrip("-•*# |")) for line in (found or "").split("\n")) - {""}


def _placed(draft: Draft, lines: frozenset[str]) -> Draft:
    """The draft with the blocks from the first to the last of the article's lines, and its title above."""
    blocks = draft.blocks

    def is_article(block: SourceBlock) -> bool:
        if block.kind in (Kind.LIST, Kind.TABLE, Kind.QUOTE):
            return any(
                same(re.sub(r"^\s*(?:[-+*>|]|\d+\.)\s*", "", each)) in lines
                for each in block.text.split("\n")
            )
        return same(block.words) in lines

    found = [at for at, block in enumerate(blocks) if is_article(block) and not furniture_reason(block.boxes)]
    first, last = (found[0], found[-1]) if found else (0, len(blocks) - 1)
    titles = [
        at for at, block in enumerate(blocks[:first]) if block.kind is Kind.HEADING and block.level == 1
    ]
    first = titles[-1] if titles else first
    # What is in the same element as the end of the article, and in none of its own, belongs to it.
    while (
        found
        and last + 1 < len(blocks)
        and blocks[last + 1].boxes[: len(blocks[last].boxes)] == blocks[last].boxes
    ):
        last += 1
    # A title alone is no article: in doubt all of the page is.
    if all(block.kind is Kind.HEADING for block in blocks[first : last + 1]):
        first, last = 0, len(blocks) - 1
    outside = [*blocks[:first], *blocks[last + 1 :]]
    named = next((block for block in outside if is_disclaimer(block.words)), None)
    draft = replace(draft, blocks=blocks[first : last + 1], disclaimer=named.words if named else "")
    pointers = [each for each in outside if any(is_named(box, RELATED) for box in each.boxes)]
    pieces = (Link(readable(each.text), each.address) for block in pointers for each in links(block.text))
    left = [Left(block.text, place_reason(block.boxes)) for block in outside if block is not named]
    return replace(draft, related=tuple(dict.fromkeys(pieces))).leaving(*left)


def _described(draft: Draft, page: object, time: str) -> Draft:
    """The draft with what the page's head says; what the page shows goes before it."""
    from pipeline.config.fields import Field
    from pipeline.importers.dates import date_of
    from pipeline.importers.html.metadata import Metadata

    assert isinstance(page, Metadata)
    shown = next((x for x in draft.blocks[:6] if x.kind is Kind.HEADING and x.level == 1), None)
    title = shown.words if shown else page.title
    reading = date_of(Field(time, 1)) if time else None
    extra = dict(page.extra)
    if page.title and same(page.title) != same(title):
        extra["meta_title"] = page.title
    if shown:
        draft = replace(draft, blocks=tuple(block for block in draft.blocks if block is not shown))
    dek = next((x.words for x in draft.blocks[:5] if x.boxes and is_named(x.boxes[-1], DEK)), "")
    text = "".join(same(block.words) for block in draft.blocks[:4])
    if page.description and not dek and not text.startswith(same(page.description.rstrip(".… "))):
        draft = replace(draft, dek=page.description)
        draft = draft.inferring("dek", page.description, "the description in the page's head")
    elif page.description and same(page.description) != same(dek):
        extra["description"] = page.description
    return replace(
        draft,
        title=title,
        date=page.date or (reading.moment if reading else None),
        updated=page.updated,
        authors=page.authors,
        tags=page.tags,
        image=page.image,
        image_alt=page.image_alt,
        canonical_url=page.address,
        extra=extra,
    )
