"""What pages and mails set below an article: sign-ups, disclaimers, regions, about us, share lines."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.importers.plain.lines import Item, Mark, Marks, Role, Sheet, left
from pipeline.importers.plain.shapes import ADDRESS, ends, is_bare, is_prose, is_sentence, same, without_tail

_SIGN_UP = re.compile(
    r"(?:(?:please |you can )?(?:subscribe|sign up|signup|register)\b.{0,60}\b(?:newsletter|e-?mails?|mailing list|updates|inbox|digest|list)\b"
    r"|subscribe(?: (?:now|here|today|via email|by email|for free|free))?\s*(?:[:!→].*|$)"
    r"|(?:join|get|receive)\b.{0,60}\b(?:newsletter|mailing list|(?:to|in) your (?:inbox|e-?mail))\b"
    r"|join [\d,.]+k?\+? (?:readers|subscribers|others)\b"
    r"|(?:enter |your )+e-?mail(?: address)?\b|e-?mail address\b|(?:we will |we'll |we )?(?:no spam|never spam)\b|unsubscribe (?:at any ?time|anytime)"
    r"|(?:our|the) (?:free )?(?:weekly |monthly |daily )?newsletter\s*$|newsletter(?: sign-?up)?\s*$"
    r"|stay (?:informed|in the loop|up to date|connected|in touch)\W*$"
    r"|(?:zum )?newsletter (?:abonnieren|bestellen)|abonnieren sie\b.{0,40}newsletter|abonnez-vous|inscrivez-vous à (?:notre|la) (?:newsletter|lettre))",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"(?:e-?mail|name|first name|last name|your name|submit|subscribe|sign up|thank you for subscribing)\W*",
    re.IGNORECASE,
)
_DISCLAIMER_LABEL = re.compile(
    r"\*{0,2}_?(?:(?:(?:important )?(?:medical|legal|health|financial|editorial|general|content) )?(?:disclaimer|notice)|disclaimer|"
    r"haftungsausschluss|(?:rechtlicher |medizinischer )?hinweis|avertissement|clause de non-responsabilité|הבהרה|כתב ויתור)"
    r"(?:\s*[:.–—-]\s*|\s*$)",
    re.IGNORECASE,
)
_DISCLAIMS = re.compile(
    r"(?:informational|educational|information|education) purposes\b|\bnot (?:intended (?:as|to be)|meant (?:as|to be)|constitute|be (?:taken|construed) as|"
    r"provide|medical|legal|financial|investment|a substitute)\b.{0,60}\b(?:advice|substitute|diagnosis|care|recommendation)"
    r"|\bno (?:medical|legal|financial) advice\b|\b(?:keine|nicht) .{0,40}\b(?:beratung|ersatz)\b|\bne (?:constitue|remplace) pas\b",
    re.IGNORECASE,
)
_ABOUT_TEXT = re.compile(
    r"(?:this|the) (?:article|content|information|material|page|text|newsletter|piece|post|blog|website|site)|(?:information|content|material)\b|"
    r"(?:dieser|diese|der) (?:artikel|text|beitrag|inhalt|information)|cet article|nothing (?:in|here|on)|always (?:consult|seek|speak|talk)|it is not|please (?:consult|seek|talk)|always seek|talk to",
    re.IGNORECASE,
)
_REGIONS = re.compile(
    r"(?:(?:now |currently |proudly )?(?:serving|available in|offered in)|(?:states|regions|areas|countries|cities|locations|places|markets) (?:we )?"
    r"(?:serve|served|covered|operate in|where we operate)|(?:our )?(?:locations|service areas?|regions|offices|clinics)|where we (?:are|work|operate)|we serve)"
    r"(?:\s*:\s*|\s+(?=[A-Z])|\s*$)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about (?:us|the (?:author|authors|publisher|editor|editors|clinic|company|practice|organi[sz]ation)|our [\w -]{2,40}|this (?:newsletter|publication|site|blog))"
    r"|who we are|über uns|à propos(?: de nous)?|über (?:den autor|die autorin))\s*(?:$|:\s*)",
    re.IGNORECASE,
)
_ABOUT_NAME = re.compile(r"about (?:the )?(?-i:[A-Z])[\w&’' -]{2,50}", re.IGNORECASE)
_WE = re.compile(
    r"\b(?:we|our|us|is an? (?:\w+ ){0,4}(?:clinic|company|newsletter|magazine|publisher|organi[sz]ation|practice|provider|platform|network|charity|non-?profit|journal))\b",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"(?:related(?: (?:articles?|posts?|reading|stories|content|resources))?|(?:you (?:might|may) also (?:like|enjoy)|read (?:next|also)|up next|keep reading|further reading|"
    r"recommended(?: (?:for you|reading))?|more (?:articles|stories|posts|to read)|more (?:from|in|on) [\w ’'&-]{2,40}|latest (?:articles|posts)|das könnte sie auch interessieren|à lire aussi))\s*:?",
    re.IGNORECASE,
)
_SHARE_LABEL = re.compile(
    r"(?:share(?: (?:this|on|via|it|with).{0,30})?|share this (?:article|post|page|story)|follow us(?: on.{0,20})?|teilen|partager)\s*:?",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?:share on |tweet|pin)?(?:facebook|twitter|x|linkedin|instagram|youtube|tiktok|whatsapp|reddit|pinterest|threads|bluesky|mastodon|telegram|e-?mail|copy (?:the )?link|link copied!?|print|tweet|share|pin it|rss)",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"(?:©|\(c\)|copyright\b).{0,160}|.{0,80}\ball rights reserved\.?.{0,40}"
    r"|(?:(?:privacy policy|terms (?:of (?:service|use)|& conditions|and conditions)|cookie (?:policy|settings|preferences)|imprint|impressum|datenschutz(?:erklärung)?|"
    r"sitemap|accessibility|contact us|contact|about|about us|careers|do not sell my personal information)\s*(?:[|·•,/–-]\s*|and |$)){2,8}"
    r"|privacy policy|terms (?:of (?:service|use)|(?:&|and) conditions)|cookie (?:policy|settings|preferences)|impressum|datenschutz(?:erklärung)?"
    r"|(?:this (?:web)?site|we) uses? cookies\b.{0,300}|accept (?:all(?: cookies)?|cookies)|reject all|manage (?:cookies|preferences)|cookie settings",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"(?:leave a (?:comment|reply)|post a comment|\d{1,5} comments?|comments?(?: \(\d{1,5}\))?|add a comment|was this (?:article |page )?helpful\?)",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"(?:(?:this (?:article|post|piece) )?(?:was )?(?:originally |first )(?:published|appeared|posted)(?: (?:at|on|in|here))?:?|canonical(?: url| address)?:|read (?:this )?online:?|view (?:this )?(?:in your browser|online):?)\s*",
    re.IGNORECASE,
)


def share(sheet: Sheet) -> Marks:
    """Buttons to share a page: names of networks below "Share this"."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if not item.open or len(item.text) > 60:
            continue
        label = _SHARE_LABEL.fullmatch(item.text)
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
        if _LEGAL.fullmatch(item.text):
            found[item.number] = left("footer of the page")
        elif _COMMENTS.fullmatch(item.text):
            found[item.number] = left("comments of the page")
    return found


def origin(sheet: Sheet) -> Marks:
    """Where the text was published first, when a line says no more than that."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        match = _ORIGIN.match(item.text) if item.open and _near_edge(sheet, item) else None
        rest = item.text[match.end() :] if match else ""
        if match and re.match("https?://", rest) and ADDRESS.fullmatch(without_tail(rest)):
            found[item.number] = Mark(Role.CANONICAL, without_tail(rest))
            break
    return found


def sign_up(sheet: Sheet) -> Marks:
    """A form or a line to subscribe to a newsletter, with the labels of its fields."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if item.open and len(item.text) <= 220 and _SIGN_UP.match(item.text) and _at_end(sheet, item):
            found[item.number] = left("newsletter sign-up")
            for other in _beside(sheet, item):
                if other.open and _FIELD.fullmatch(other.text):
                    found[other.number] = left("newsletter sign-up")
    return _with_text(sheet, found)


def disclaimers(sheet: Sheet) -> Marks:
    """A disclaimer: below its name, or by its words near either end of the text. A second one is left."""
    found: dict[int, Mark] = {}
    seen: set[str] = set()
    for item in sheet.items:
        if not item.open or item.number in found or not _near_edge(sheet, item):
            continue
        label = _DISCLAIMER_LABEL.match(item.text)
        value = item.text[label.end() :] if label else item.text
        if label and "disclaim" not in label[0].lower() and not _DISCLAIMS.search(item.text + value):
            label, value = (label, "") if not value else (None, item.text)
        if label and not value:
            below = _block(sheet, item)
            if not below or not any(_DISCLAIMS.search(each.text) for each in below):
                continue
            texts = [(each, each.text) for each in below]
            found[item.number] = Mark(Role.DISCLAIMER, "")
        elif (label and is_prose(value)) or _is_disclaimer(item.text):
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
        match = _REGIONS.match(item.text) if item.open and _at_end(sheet, item) else None
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
        match = _ABOUT.match(item.text)
        if match and match.end() < len(item.text):
            found[item.number] = left(_about_whom(item.text))
        elif match or (_ABOUT_NAME.fullmatch(item.text) and is_bare(item.text)):
            below = _block(sheet, item)[:3]
            if below and (match or _WE.search(below[0].text)):
                found |= {each.number: left(_about_whom(item.text)) for each in (item, *below)}
    return found


def related(sheet: Sheet) -> Marks:
    """Other pieces the page points to, below "Related articles"; those with an address are kept as related."""
    found: dict[int, Mark] = {}
    for item in sheet.items:
        if not item.open or len(item.text) > 200:
            continue
        name, colon, rest = item.text.partition(":")
        if colon and rest.strip() and _RELATED.fullmatch(name) and _link(rest):
            found[item.number] = Mark(Role.RELATED, rest.strip())
        elif _RELATED.fullmatch(item.text) and _at_end(sheet, item):
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
    return len(text) <= 30 and _SHARE.fullmatch(text) is not None


def _is_disclaimer(text: str) -> bool:
    found = _DISCLAIMS.search(text)
    return found is not None and len(text) <= 1500 and _ABOUT_TEXT.match(text) is not None


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
    return (
        "about the author"
        if re.search(r"author|editor|autor", text, re.IGNORECASE)
        else "about the publisher"
    )


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
            or _DISCLAIMER_LABEL.match(item.text)
        ):
            break
        if ends(item.text) == ":" or (
            found
            and (_SIGN_UP.match(item.text) or _is_disclaimer(item.text) != _is_disclaimer(found[0].text))
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
