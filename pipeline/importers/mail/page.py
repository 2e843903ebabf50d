"""The markup of an email: what is hidden or counts readers goes, tables that only lay out become text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.importers.draft import Left
from pipeline.importers.mail.forwarded import forwarded
from pipeline.importers.mail.furniture import VIEW
from pipeline.importers.markup import soup_of

_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0*)?\s*(?:;|$|!)"
    r"|max-height\s*:\s*0|font-size\s*:\s*0)",
    re.IGNORECASE,
)
_SMALL = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$|!)", re.IGNORECASE)
_NO_SIZE = re.compile(r"font-size\s*:\s*0", re.IGNORECASE)
_SIZE = re.compile(r"font-size\s*:\s*[1-9]", re.IGNORECASE)
_LOGO = re.compile(r"(?:^|[/_-])logo(?:[_.-][^/]*)?$", re.IGNORECASE)
_FILLERS = re.compile("[\u034f\u061c\u115f\u17b4\u180e\u200b-\u200f\u2007\u2060-\u206f\u3164\ufeff\u00ad]+")
_CLICKS = re.compile(
    r"/(?:track|click|ls|cl0|c|e3t|wf|open)/|[?&](?:upn|redirect|url|target)=|//(?:click|links?|track|email)\.",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"(?:utm_\w+|e|mc_eid|mc_cid|_hsenc|_hsmi|token|r|s|subscriber\w*|email|uid)", re.IGNORECASE
)
_BLOCKS = frozenset(
    {
        *(
            "address",
            "article",
            "blockquote",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
        )
    }
    | {*("h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td")}
    | {*("tfoot", "th", "thead", "tr", "ul", "br")}
)
_PARTS_OF_A_TABLE = ("table", "tbody", "thead", "tfoot", "tr", "td", "th")


@dataclass(slots=True)
class Page:
    """An email's markup as it goes on to become Markdown, and what was taken out of it."""

    html: str
    preheader: str = ""
    address: str = ""
    head: dict[str, str] | None = None
    note: str = ""
    cids: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def page_of(markup: str, subject: str, pictures: Mapping[str, bytes]) -> Page:
    """The page in this markup; `pictures` are those that the email carries, by Content-ID."""
    soup = soup_of(markup)
    page = Page("")
    for each in soup.find_all(["script", "style", "head", "title", "meta", "noscript", "xml"]):
        each.decompose()
    _cut(soup, page, subject)
    _pictures(soup, page, pictures)
    _hidden(soup, page)
    _address(soup, page)
    _tables(soup)
    page.html = str(soup)
    return page


def _cut(soup: Any, page: Page, subject: str) -> None:
    """Take out the forwarder's note and the head of what was forwarded."""
    lines = _lines(soup)
    found = forwarded(["".join(map(str, line)) for line in lines], subject)
    if found is None:
        return
    page.head = found.fields
    page.note = "\n".join(" ".join("".join(map(str, line)).split()) for line in lines[: found.start]).strip()
    last = lines[found.end - 1][-1]
    for quote in last.find_parents("blockquote"):
        quote.unwrap()
    for above in last.find_all_previous(["img", "hr"]):
        _remove(above)
    for line in lines[: found.end]:
        for text in line:
            text.extract()


def _lines(soup: Any) -> list[list[Any]]:
    """The texts of a page by the lines in which they are seen."""
    lines: list[list[Any]] = [[]]
    for element in soup.descendants:
        if element.name is None:
            # Behind a block that has ended, a new line begins too.
            block = next((each for each in element.parents if each.name in _BLOCKS), None)
            if lines[-1] and block is not lines[-1][0][1]:
                lines.append([])
            if _is_text(element):
                lines[-1].append((element, block))
        elif element.name in _BLOCKS and lines[-1]:
            lines.append([])
    texts = [[text for text, _ in line] for line in lines]
    return [line for line in texts if "".join(map(str, line)).strip()]


def _pictures(soup: Any, page: Page, pictures: Mapping[str, bytes]) -> None:
    for image in soup.find_all("img"):
        source = " ".join(str(image.get("src") or "").split())
        style = str(image.get("style") or "")
        sizes = [str(image.get(name) or "").strip().removesuffix("px") for name in ("width", "height")]
        alt = " ".join(str(image.get("alt") or "").split())
        if any(size in ("0", "1") for size in sizes) or _HIDDEN.search(style) or _SMALL.search(style):
            page.left.append(
                Left(
                    " ".join(filter(None, [alt, source])) or "a picture",
                    "a picture of one pixel, or hidden, that counts readers",
                )
            )
            _remove(image)
        elif source.lower().startswith("cid:"):
            if source[4:] in pictures:
                page.cids.append(source)
                image["src"] = source
            else:
                page.left.append(Left(alt or source, "a picture that did not come with the email"))
                _remove(image)
        elif _LOGO.search(source.partition("?")[0]) or alt.lower().endswith(" logo"):
            page.left.append(Left(" ".join(filter(None, [alt, source])), "the sender's logo"))
            _remove(image)
        elif not source:
            _remove(image)


def _hidden(soup: Any, page: Page) -> None:
    """The first hidden text is what mailbox lists show beside the subject."""
    first = True
    for element in soup.find_all(_looks_hidden):
        if element.decomposed or not element.attrs or element.name in ("body", "html"):
            continue
        # Some set the size of type to nothing on a wrapper, against gaps, and anew within.
        if _NO_SIZE.search(str(element.get("style"))) and element.find(style=_SIZE):
            continue
        text = " ".join(_FILLERS.sub("", element.get_text(" ")).split())
        if text:
            if first and _is_a_sentence(text) and not _text_before(element):
                page.preheader = text
            else:
                page.left.append(Left(text, "hidden text"))
            first = False
        _remove(element)


def _looks_hidden(tag: Any) -> bool:
    return bool(tag.has_attr("hidden") or _HIDDEN.search(str(tag.get("style") or "")))


def _is_a_sentence(text: str) -> bool:
    return len(text) <= 300 and len(text.split()) >= 3


def _text_before(element: Any) -> str:
    before = element.find_all_previous(string=True)
    return "".join(str(each) for each in before if _is_text(each)).strip()


def _is_text(node: Any) -> bool:
    """Whether it is text that is seen: comments and declarations are of classes of their own."""
    return type(node).__name__ == "NavigableString"


def _address(soup: Any, page: Page) -> None:
    for link in soup.find_all("a", href=True):
        address = str(link["href"]).strip()
        if VIEW.search(" ".join(link.get_text(" ").split())) and re.match(
            r"https?://\S+$", address, re.IGNORECASE
        ):
            if not page.address and not _CLICKS.search(address):
                page.address = impersonal(address)
            page.left.append(Left(address, "the address to read it in a browser"))


def impersonal(address: str) -> str:
    """The address without what tells one reader from another."""
    path, _, query = address.partition("#")[0].partition("?")
    kept = [each for each in query.split("&") if each and not _PERSONAL.fullmatch(each.partition("=")[0])]
    return f"{path}?{'&'.join(kept)}" if kept else path


def _tables(soup: Any) -> None:
    """What a table only lays out becomes blocks; a table of figures stays one."""
    figures: set[int] = set()
    for table in soup.find_all("table"):
        if _is_of_figures(table):
            figures.update(id(part) for part in (table, *table.find_all(_PARTS_OF_A_TABLE)))
    for part in soup.find_all((*_PARTS_OF_A_TABLE, "center")):
        if id(part) not in figures:
            part.name = "div"


def _is_of_figures(table: Any) -> bool:
    if str(table.get("role") or "").lower() in ("presentation", "none"):
        return False
    if table.find(["table", "img", "h1", "h2", "h3", "ul", "ol", "p", "div", "hr"]):
        return False
    rows = table.find_all("tr")
    if len(rows) < 2 or max(len(row.find_all(["td", "th"])) for row in rows) < 2:
        return False
    cells = table.find_all(["td", "th"])
    return bool(table.find("th")) or sum(len(cell.get_text()) for cell in cells) < 60 * len(cells)


def _remove(tag: Any) -> None:
    """Leave nothing of an element that shows; taking it out would search all of its siblings for it."""
    tag.clear(decompose=True)
    tag.attrs.clear()
    tag.name = "span"
