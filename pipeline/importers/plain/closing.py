"""What pages and mails set below an article: sign-ups, disclaimers, regions, about us, share lines."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.importers.plain import phrases
from pipeline.importers.plain.lines import Item, Mark, Marks, Role, Sheet, left
from pipeline.importers.plain.shapes import ADDRESS, ends, is_bare, is_prose, is_sentence, same, without_tail


def share(sheet: Sheet) -> Marks:
    """Buttons to share a page: names of networks below "Share this"."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if not item.open or len(item.text) > 60:
            continue
        label = phrases.SHARE_LABEL.fullmatch(item.text)
        names = _following(sheet, item, _is_network)
        if (label and names) or (_is_network(item.text) and names and _near_edge(sheet, item)):
            found |= {each.number: left("share buttons") for each in (item, *names)}
    return found


def legal(sheet: Sheet) -> Marks:
    """Copyright lines, links to a site's policies, notes on cookies, and what is left of comments."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if not item.open or len(item.text) > 320 or not (_near_edge(sheet, item) or item.text[0] == "©"):
            continue
        if phrases.LEGAL.fullmatch(item.text):
            found[item.number] = left("footer of the page")
        elif phrases.COMMENTS.fullmatch(item.text):
            found[item.number] = left("comments of the page")
    return found


def origin(sheet: Sheet) -> Marks:
    """Where the text was published first, when a line says no more than that."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        match = phrases.ORIGIN.match(item.text) if item.open and _near_edge(sheet, item) else None
        rest = item.text[match.end() :] if match else ""
        if match and re.match("https?://", rest) and ADDRESS.fullmatch(without_tail(rest)):
            found[item.number] = Mark(Role.CANONICAL, without_tail(rest))
            break
    return found


def sign_up(sheet: Sheet) -> Marks:
    """A form or a line to subscribe to a newsletter, with the labels of its fields."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if item.open and len(item.text) <= 220 and phrases.SIGN_UP.match(item.text) and _at_end(sheet, item):
            found[item.number] = left("newsletter sign-up")
            for other in _beside(sheet, item):
                if other.open and phrases.SIGN_UP_FIELD.fullmatch(other.text):
                    found[other.number] = left("newsletter sign-up")
    return _with_text(sheet, found)


def disclaimers(sheet: Sheet) -> Marks:
    """A disclaimer: below its name, or by its words near either end of the text. A second one is left."""
    found: dict[int, Mark] = {}
    seen: set[str] = set()
    for item in sheet.items:
        if not item.open or item.number in found or not _near_edge(sheet, item):
            continue
        label = phrases.DISCLAIMER_LABEL.match(item.text)
        value = item.text[label.end() :] if label else item.text
        if label and "disclaim" not in label[0].lower() and not phrases.DISCLAIMS.search(item.text + value):
            label, value = (label, "") if not value else (None, item.text)
        if label and not value:
            below = _block(sheet, item)
            if not below or not any(phrases.DISCLAIMS.search(each.text) for each in below):
                continue
            texts = [(each, each.text) for each in below]
            found[item.number] = Mark(Role.DISCLAIMER, "")
        elif (label and is_prose(value)) or is_disclaimer(item.text):
            texts = [(item, value)]
        else:
            continue
        for each, text in texts:
            again = same(text) in seen
            found[each.number] = left("disclaimer once more") if again else Mark(Role.DISCLAIMER, text)
            seen.add(same(text))
    return found


def regions(sheet: Sheet) -> Marks:
    """Where a company offers its services: a line of names, or lines below "States we serve"."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        match = phrases.REGIONS.match(item.text) if item.open and _at_end(sheet, item) else None
        if not match:
            continue
        rest = item.text[match.end() :]
        if rest and _is_row_of_names(rest):
            found[item.number] = left("regions served")
        elif not rest:
            names = _following(
                sheet, item, lambda text: len(text) <= 40 and text[0].isupper() and not is_sentence(text)
            )
            rows = _following(sheet, item, _is_row_of_names)
            places = names if len(names) > 1 else rows
            if places:
                found |= {each.number: left("regions served") for each in (item, *places)}
    return found


def about(sheet: Sheet) -> Marks:
    """Who publishes, or who wrote: "About us" and what stands below it."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if not item.open or item.number in found or not _at_end(sheet, item):
            continue
        match = phrases.ABOUT.match(item.text)
        if match and match.end() < len(item.text):
            found[item.number] = left(_about_whom(item.text))
        elif match or (phrases.ABOUT_NAME.fullmatch(item.text) and is_bare(item.text)):
            below = _block(sheet, item)[:3]
            if below and (match or phrases.WE.search(below[0].text)):
                found |= {each.number: left(_about_whom(item.text)) for each in (item, *below)}
    return found


def related(sheet: Sheet) -> Marks:
    """Other pieces, below "Related articles"; those with an address go to the field."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if not item.open or len(item.text) > 200:
            continue
        name, colon, rest = item.text.partition(":")
        if colon and rest.strip() and phrases.RELATED.fullmatch(name) and _link(rest):
            found[item.number] = Mark(Role.RELATED, rest.strip())
        elif phrases.RELATED.fullmatch(item.text) and _at_end(sheet, item):
            below = _following(sheet, item, _is_pointer)
            if below:
                found[item.number] = left("name of a list of related articles")
                found |= _pointers(below)
    return found


def _pointers(items: list[Item]) -> dict[int, Mark]:
    found: dict[int, Mark] = {}
    for item, below in zip(items, [*items[1:], None], strict=True):
        if item.number in found:
            continue
        if _link(item.text):
            found[item.number] = Mark(Role.RELATED, item.text)
        elif below and ADDRESS.fullmatch(below.text):
            found[item.number] = Mark(Role.RELATED, f"{item.text} {below.text}")
            found[below.number] = Mark(Role.CONTINUATION)
        else:
            found[item.number] = left("related article without an address")
    return found


def _link(text: str) -> bool:
    """Whether this is a title with an address behind it."""
    match = ADDRESS.search(text)
    return (
        match is not None
        and match[0][:4] == "http"
        and match.start() > 0
        and not text[match.end() :].strip(" )>.")
    )


def _is_pointer(text: str) -> bool:
    return is_bare(text.lstrip("•-– "), 150) or _link(text) or ADDRESS.fullmatch(text) is not None


def _is_network(text: str) -> bool:
    return len(text) <= 30 and phrases.SHARE.fullmatch(text) is not None


def is_disclaimer(text: str) -> bool:
    """Whether a text says of itself that it is no advice."""
    found = phrases.DISCLAIMS.search(text)
    return found is not None and len(text) <= 1500 and phrases.OF_THE_TEXT.match(text) is not None


def _is_row_of_names(text: str) -> bool:
    """Whether this is a row of at least three names parted by commas, bars or dots."""
    names = [
        name
        for name in re.split(r"\s*[,;|·•]\s*(?:and |und |et |& )?|\s+(?:and|und|et|&)\s+", text.rstrip("."))
        if name
    ]
    return len(names) > 2 and all(
        len(name) <= 32 and name[0].isupper() and len(name.split()) < 5 for name in names
    )


def _about_whom(text: str) -> str:
    return "about the author" if phrases.ABOUT_AN_AUTHOR.search(text) else "about the publisher"


def _following(sheet: Sheet, item: Item, like: Callable[[str], bool]) -> list[Item]:
    found: list[Item] = []
    for other in sheet.items[item.at + 1 : item.at + 80]:
        if not other.open or not like(other.text):
            break
        found.append(other)
    return found


def _beside(sheet: Sheet, item: Item) -> tuple[Item, ...]:
    return sheet.items[max(0, item.at - 2) : item.at + 4]


def _block(sheet: Sheet, label: Item) -> list[Item]:
    """The open paragraphs below a label, up to the next bare line."""
    found: list[Item] = []
    for item in sheet.items[label.at + 1 : label.at + 12]:
        if (
            not item.open
            or (is_bare(item.text) and not is_prose(item.text))
            or phrases.DISCLAIMER_LABEL.match(item.text)
        ):
            break
        if ends(item.text) == ":" or (
            found
            and (phrases.SIGN_UP.match(item.text) or is_disclaimer(item.text) != is_disclaimer(found[0].text))
        ):
            break
        found.append(item)
    return found


def _with_text(sheet: Sheet, found: dict[int, Mark]) -> Marks:
    """With the bare addresses directly below."""
    for item in sheet.items:
        if item.number in found and item.at + 1 < len(sheet.items):
            below = sheet.items[item.at + 1]
            if below.open and ADDRESS.fullmatch(below.text):
                found[below.number] = found[item.number]
    return found


def _at_end(sheet: Sheet, item: Item) -> bool:
    """Whether this stands in the last part of the text: at most four open paragraphs come behind it."""
    return len(sheet.items) - item.at <= 60 and _open_prose(sheet, item.at + 1, len(sheet.items)) <= 4


def _near_edge(sheet: Sheet, item: Item) -> bool:
    return item.at < 10 or _at_end(sheet, item)


def _open_prose(sheet: Sheet, start: int, end: int) -> int:
    count = 0
    for item in sheet.items[start:end]:
        count += item.open and is_prose(item.text)
    return count
