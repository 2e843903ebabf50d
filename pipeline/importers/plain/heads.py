"""The head of an article: its title, how often it stands there, the dek, and what pages set above it."""

from __future__ import annotations

import re

from pipeline.importers.plain import phrases
from pipeline.importers.plain.bylines import head
from pipeline.importers.plain.lines import Fact, Item, Mark, Marks, Role, Sheet, left
from pipeline.importers.plain.shapes import ends, is_bare, is_prose, is_sentence, same, words

_CRUMB = re.compile(r"\s*[>›»→]\s*|\s+[/|\\]\s+|\s*/\s*(?=[^\W\d_])")
_LABELS = {
    "title": Role.TITLE,
    "headline": Role.TITLE,
    "titel": Role.TITLE,
    "titre": Role.TITLE,
    "summary": Role.DEK,
    "dek": Role.DEK,
    "standfirst": Role.DEK,
    "subtitle": Role.DEK,
    "abstract": Role.DEK,
    "in brief": Role.DEK,
    "in short": Role.DEK,
    "tl;dr": Role.DEK,
    "zusammenfassung": Role.DEK,
    "résumé": Role.DEK,
    "tags": Role.TAGS,
    "keywords": Role.TAGS,
    "category": Role.TAGS,
    "categories": Role.TAGS,
    "topics": Role.TAGS,
    "filed under": Role.TAGS,
}
_LABEL = re.compile(rf"({'|'.join(map(re.escape, _LABELS))})\s*[:：]\s*", re.IGNORECASE)
_AGAIN = "the title once more"
_LONGEST_TITLE = 150
_LONGEST_DEK = 600
_UNDERLINE = re.compile(
    r"(?:=+|-{3,}|~{3,}|_{3,}|\*{3,}|\*(?: \*)+|-(?: -){2,}|[–—]{2,}|#{3,}|\+{3,}|\.{4,})"
)


def underlines(sheet: Sheet) -> Marks:
    """A line of signs: the underline of a heading, or a rule between two parts."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if not item.open or len(item.text) < 3 or not _UNDERLINE.fullmatch(item.text):
            continue
        above = sheet.items[item.at - 1] if item.at else None
        if above and not item.gap and above.number not in found and is_bare(above.text, _LONGEST_TITLE):
            found[item.number] = left("underline of a heading")
            if item.at > 1 and item.at + 1 < len(sheet.items):
                found[above.number] = Mark(Role.HEADING)
        elif item.gap and item.gap_after and 0 < item.at < len(sheet.items) - 1:
            found[item.number] = Mark(Role.RULE)
        else:
            found[item.number] = left("line of signs")
    return found


def breadcrumb(sheet: Sheet) -> Marks:
    """The way to a page through its site: "Home > Blog > Research"."""
    found: dict[int, Mark] = {}
    for item in sheet.items[:6]:
        crumbs = [crumb for crumb in _CRUMB.split(item.text) if crumb] if len(item.text) <= 250 else []
        if not item.open or len(crumbs) < 2 or (is_sentence(crumbs[-1]) and crumbs[-1][-1] != "?"):
            continue
        arrows = re.search("[>›»→]", item.text) is not None
        leads = {same(other.text) for other in sheet.items[item.at + 1 : 15]}
        if phrases.FIRST_CRUMB.fullmatch(crumbs[0]):
            known = arrows or len(crumbs) > 2
        else:
            known = arrows and same(crumbs[-1]) in leads
        if known:
            found[item.number] = left("breadcrumb")
    return found


def furniture(sheet: Sheet) -> Marks:
    """Buttons of a page that stand around its text: "Skip to content", "Back to all articles"."""
    places = (*sheet.items[:8], *sheet.items[max(8, len(sheet.items) - 30) :])
    return {
        item.number: left("navigation of the page")
        for item in places
        if item.open
        and len(item.text) < 50
        and phrases.FURNITURE.fullmatch(item.text)
        and len(sheet.items) > 1
    }


def labelled(sheet: Sheet) -> Marks:
    """A line that says what it is: "Summary: …"; a label alone speaks of the next line."""
    found: dict[int, Mark] = {}
    seen: set[Role] = set()
    for item in (*head(sheet), *sheet.items[-6:]):
        match = _LABEL.match(item.text) if item.open and item.number not in found else None
        role = _LABELS[match[1].lower()] if match else None
        if not match or role is None or (role is not Role.TAGS and (role in seen or item.at > 10)):
            continue
        value = item.text[match.end() :]
        below = sheet.items[item.at + 1] if item.at + 1 < len(sheet.items) else None
        longest = _LONGEST_TITLE if role is Role.TITLE else _LONGEST_DEK
        if 0 < len(value) <= longest:
            found[item.number] = Mark(role, value)
        elif not value and role is Role.DEK and below and below.open and is_prose(below.text):
            if len(below.text) > longest:
                continue
            found[item.number] = Mark(role, "")
            found[below.number] = Mark(role)
        else:
            continue
        seen.add(role)
    return found


def title_twice(sheet: Sheet) -> Marks:
    """A page's title stands in its head more than once; short lines above it are the page's navigation."""
    if any(item.is_(Role.TITLE) for item in sheet.items):
        return {}
    top = [item for item in sheet.items[:15] if item.open]
    for place, item in enumerate(top):
        if place and is_prose(item.text) and not _may_be_title(item.text):
            return {}
        again = next(
            (each for each in top[place + 1 : place + 5] if _are_one_title(item.text, each.text)), None
        )
        if again is None or len(words(item.text)) < 2 or not _may_be_title(item.text):
            continue
        if any(is_prose(each.text) for each in (*top[:place], *top[place + 1 : top.index(again)])):
            return {}
        # "Title | The Lantern" is what a browser shows; the title is the one without the site's name.
        title, other = (item, again) if len(item.text) <= len(again.text) else (again, item)
        marks = {title.number: Mark(Role.TITLE), other.number: left(_AGAIN)}
        return marks | {each.number: left("navigation of the page") for each in top[:place]}
    return {}


def title_first(sheet: Sheet) -> Marks:
    """The first line, where it is shaped as a title and a text follows that is not."""
    if any(item.is_(Role.TITLE) for item in sheet.items):
        return {}
    first = next(sheet.open(), None)
    if (
        first is None
        or not _may_be_title(first.text)
        or any(_in_body(item) for item in sheet.items[: first.at])
    ):
        return {}
    below = [item for item in sheet.items[first.at + 1 : first.at + 4] if not _is_sign(item)]
    if not below:
        return {}
    follows = below[0]
    apart = first.gap_after and sheet.has_gaps
    # Where nothing parts the first line from the next, that one must read otherwise: a bare line below
    # a bare line is a list or verse.
    if apart or follows.mark is not None or is_prose(follows.text) or len(follows.text) > 100:
        return {first.number: Mark(Role.TITLE)} if _has_prose(sheet, first.at) else {}
    return {}


def title_again(sheet: Sheet) -> Marks:
    """The title once more, in the head or as the last part of a page's name ("Title | The Lantern")."""
    title = _title(sheet)
    if title is None:
        return {}
    return {
        item.number: left(_AGAIN)
        for item in sheet.items[:24]
        if item.open and _are_one_title(item.text, title.said)
    }


def title_otherwise(sheet: Sheet) -> Marks:
    """A second title just below the first, in other words: at least half of them are the same."""
    title = _title(sheet)
    if title is None:
        return {}
    below = next((item for item in sheet.items[title.at + 1 : title.at + 4] if item.open), None)
    if below is None or not _may_be_title(below.text) or below.at + 1 >= len(sheet.items):
        return {}
    first, second = set(words(title.said)), set(words(below.text))
    long = {word for word in first & second if len(word) > 3}
    if len(long) < 2 or len(first & second) * 2 < len(first | second):
        return {}
    return {below.number: Mark(Role.ALT_TITLE)}


def dek(sheet: Sheet) -> Marks:
    """The one line between the title and the byline."""
    title = _title(sheet)
    if title is None or any(item.is_(Role.DEK) for item in sheet.items):
        return {}
    between: list[Item] = []
    for item in sheet.items[title.at + 1 : title.at + 8]:
        told = {kind for kind, _ in item.mark_facts}
        if item.is_(Role.BYLINE) and (between or told - {Fact.CATEGORY, Fact.READING_TIME}):
            break
        if item.open:
            between.append(item)
    else:
        return {}
    if len(between) != 1 or not 20 <= len(between[0].text) <= 350 or ends(between[0].text) == ":":
        return {}
    return {between[0].number: Mark(Role.DEK, why="the line between title and byline")}


def picture(sheet: Sheet) -> Marks:
    """What a page says of its picture to those who do not see it, between byline and text."""
    for item in head(sheet):
        if not item.open:
            continue
        before = sheet.items[item.at - 1] if item.at else None
        if is_prose(item.text) and not phrases.PICTURE.match(item.text):
            return {}
        if before and before.mark and len(item.text) <= 200 and item.at + 1 < len(sheet.items):
            match = phrases.PICTURE.match(item.text)
            if match and (ends(item.text) in {"", "."}):
                value = item.text[match.end() :] if match[0].rstrip().endswith(":") else None
                why = "a line above the text that describes a picture"
                return {item.number: Mark(Role.IMAGE_ALT, value or None, why)}
    return {}


def contents(sheet: Sheet) -> Marks:
    """A table of contents, whose lines stand in the text again; there they are headings."""
    last = {same(item.text): item.at for item in sheet.items if item.open}
    for item in sheet.items[:30]:
        if not item.open or not phrases.CONTENTS.fullmatch(item.text.rstrip(":")):
            continue
        entries: list[Item] = []
        for entry in sheet.items[item.at + 1 : item.at + 60]:
            if not entry.open or last.get(_entry(entry.text), 0) <= entry.at:
                break
            entries.append(entry)
        if len(entries) > 1:
            marks = {each.number: left("table of contents") for each in (item, *entries)}
            named = {_entry(each.text) for each in entries}
            behind = sheet.items[entries[-1].at + 1 :]
            # What the contents name is a heading, even where no empty line sets it apart.
            return marks | {
                each.number: Mark(Role.HEADING)
                for each in behind
                if each.open and same(each.text) in named and last[same(each.text)] == each.at
            }
    return {}


def _entry(text: str) -> str:
    return same(re.sub(r"^(?:[•◦*–-]|\d{1,2}[.)])\s+", "", text))


def _title(sheet: Sheet) -> Item | None:
    return next((item for item in sheet.items if item.is_(Role.TITLE)), None)


def _may_be_title(text: str) -> bool:
    return is_bare(text.rstrip("!"), _LONGEST_TITLE)


def _are_one_title(text: str, other: str) -> bool:
    return (
        (same(text) == same(other) != "")
        or _is_title_and_site(text, other)
        or _is_title_and_site(other, text)
    )


def _is_title_and_site(text: str, title: str) -> bool:
    """Whether this is what a browser shows of a page: its title, a sign, the name of the site."""
    rest = text[len(title) :] if text.casefold().startswith(title.casefold()) else ""
    return re.fullmatch(r"\s*[|·–—-]\s*[^|]{2,50}", rest) is not None


def _in_body(item: Item) -> bool:
    return item.is_(Role.PARAGRAPH, Role.HEADING, Role.BULLET)


def _is_sign(item: Item) -> bool:
    return item.mark is not None and item.mark.why == "underline of a heading"


def _has_prose(sheet: Sheet, at: int) -> bool:
    return any(is_prose(item.text) or len(item.text) > 60 for item in sheet.items[at + 1 :])
