"""HTML: a saved page, in which the article is found; a fragment from an editor; what Word writes."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.errors import PressroomError
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Inferred, Left, Link, Material
from pipeline.importers.plain.closing import is_disclaimer
from pipeline.importers.plain.shapes import same

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
    """The one article in it. Raises `PressroomError` where there is no text in the page."""
    from pipeline.importers.markup.tree import body_of, soup_of, text

    html = text_of(material)
    soup = soup_of(html)
    body = body_of(soup)
    if not text(body):
        raise PressroomError(
            "has no text.",
            material.name,
            hint="A page that a script fills is empty when saved: print it, or paste its text into a file.",
        )
    whole = _PAGE.match(html) is not None and not _PASTED.search(html[:50_000])
    draft = _page(html, soup) if whole else _fragment(html)
    base = draft.base or material.address or draft.canonical_url
    return (replace(draft, base=base, canonical_url=draft.canonical_url or material.address),)


def _fragment(html: str) -> Draft:
    from pipeline.importers.markup import converted

    made = converted(html)
    return Draft(made.markdown, left=made.left)


def _page(html: str, soup: object) -> Draft:
    from pipeline.importers.markup import converted
    from pipeline.importers.markup.tidy import hidden, unseen
    from pipeline.importers.markup.tree import BeautifulSoup, body_of
    from pipeline.importers.pages.found import around, article_of, furniture, related_in, with_its_title
    from pipeline.importers.pages.judge import article_lines
    from pipeline.importers.pages.said import said_by, shown_in

    assert isinstance(soup, BeautifulSoup)
    said = said_by(soup, html)
    body = body_of(soup)
    left: list[Left] = []
    inferred: list[Inferred] = []
    unseen(body, left)
    hidden(body, left)
    article = with_its_title(article_of(body, article_lines(html)), body)
    outside = around(body, article) if article is not body else []
    related = related_in(article)
    furniture(article, left)
    shown = shown_in(article, left, inferred)
    made = converted(article)
    title = shown.title or _title_outside(outside, said.title) or said.title
    dek, extra = shown.dek or said.description, dict(said.extra)
    if dek and not shown.dek:
        inferred.append(Inferred("dek", dek, "the description in the page's head"))
        if same(made.markdown).startswith(same(dek.rstrip(".… "))):
            dek = ""
    elif said.description and same(said.description) != same(dek):
        extra["description"] = said.description
    if said.title and same(said.title) != same(title):
        extra["meta_title"] = said.title
    outside = [each for each in outside if same(each.text) not in (same(title), same(dek))]
    disclaimer = next((each for each in outside if is_disclaimer(each.text)), None)
    outside = [each for each in outside if each is not disclaimer]
    return Draft(
        made.markdown,
        title=title,
        dek=dek,
        date=said.date or shown.date,
        updated=said.updated,
        authors=shown.authors if any(each.role for each in shown.authors) else said.authors or shown.authors,
        tags=said.tags,
        image=said.image,
        image_alt=said.image_alt,
        canonical_url=said.address,
        related=tuple(Link(*each) for each in related),
        disclaimer=disclaimer.text if disclaimer else "",
        extra=extra,
        base=said.base,
        inferred=tuple(inferred if dek else [each for each in inferred if each.field != "dek"]),
        left=(*left, *made.left, *outside),
    )


def _title_outside(outside: list[Left], title: str) -> str:
    """The title as the page shows it, where its head words it as this does."""
    return next((each.text for each in outside if title and same(each.text) == same(title)), "")
