"""Rules on the items of feeds: ids, links, titles, dates, and content that every reader can show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.checks.feed_context import (
    ATOM,
    CONTENT,
    DC,
    MEDIA,
    OURS,
    FeedContext,
    FeedDocument,
    FeedEntry,
    FeedRule,
    once,
)
from pipeline.checks.html_page import parse_page
from pipeline.checks.rule import Violation
from pipeline.model import Severity

_TAG_URI = re.compile(r"tag:[A-Za-z0-9.@-]+,\d{4}(-\d\d){0,2}:[!-~]+")  # RFC 4151
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+[!-~]*")
_RSS_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_UNFIT_NAMES = """
h1 script style iframe object embed form input button svg picture video audio div aside section article
header footer nav html head body title link meta base
"""
_UNFIT = frozenset(_UNFIT_NAMES.split())
_UNFIT_ATTRIBUTES = frozenset(["class", "style", "srcset", "sizes"])


def _named(entry: FeedEntry) -> str:
    return f'"{entry.title}"' if entry.title else f"the item {entry.id}"


def _ids(subject: FeedContext) -> Iterator[Violation]:
    for document in subject.read():
        for found, times in Counter(entry.id for entry in document.entries).items():
            if times > 1:
                yield Violation(f"the id {found} stands in it {times} times.", document.place)
    for document, entry in subject.entries():
        if not _TAG_URI.fullmatch(entry.id):
            yield Violation(f'{_named(entry)} has the id "{entry.id}", which is no tag: URI.', document.place)
        guid = entry.node.find("guid") if document.kind == "rss" else None
        if guid is not None and guid.get("isPermaLink") != "false":
            yield Violation(f"the id of {_named(entry)} is said to be an address.", document.place)


def _links(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in subject.entries():
        if not _WEB_ADDRESS.fullmatch(entry.link):
            yield Violation(
                f'the link of {_named(entry)}, "{entry.link}", is no whole address in ASCII.', document.place
            )


def _titles(subject: FeedContext) -> Iterator[Violation]:
    for document in subject.read("rss"):
        for title in re.findall(rb"<title>([^<]*)</title>", document.data):
            if re.search(rb"&(amp|lt|gt);", title):
                shown = title.decode("utf-8", "replace")
                yield Violation(
                    f"the title {shown} has &, < or > under a name, not a number.", document.place
                )
    for document in subject.read("atom"):
        for title in document.root.iter(f"{ATOM}title"):
            if title.get("type", "text") != "text":
                yield Violation(f'the title "{title.text}" is not plain text.', document.place)


def _texts(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in subject.entries():
        if not entry.summary.strip() or not entry.html.strip():
            what = "summary" if not entry.summary.strip() else "content"
            yield Violation(f"{_named(entry)} has no {what}.", document.place)
        if document.kind == "rss":
            names = [child.tag for child in entry.node]
            wanted = ["description", f"{CONTENT}encoded"]
            if [name for name in names if name in wanted] != wanted:
                yield Violation(f"{_named(entry)} has not its summary and then its content.", document.place)
            # Readers take it for HTML, in which a bare sign would begin a tag or a reference.
            raw = entry.node.findtext("description") or ""
            if re.search(r"<|&(?!(#\d+|#x[0-9a-fA-F]+|\w+);)", raw):
                yield Violation(f"the summary of {_named(entry)} is not escaped as HTML.", document.place)
        elif document.kind == "atom":
            content, summary = entry.node.find(f"{ATOM}content"), entry.node.find(f"{ATOM}summary")
            if content is not None and content.get("type") != "html":
                yield Violation(f"the content of {_named(entry)} is not marked as HTML.", document.place)
            if summary is not None and summary.get("type", "text") != "text":
                yield Violation(f"the summary of {_named(entry)} is not plain text.", document.place)


def _authors(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in subject.entries():
        if not any(name.strip() for name in entry.authors):
            yield Violation(f"{_named(entry)} has no author.", document.place)
        if document.kind == "rss" and (
            len(entry.node.findall(f"{DC}creator")) > 1 or entry.node.find("author") is not None
        ):
            yield Violation(f"{_named(entry)} names its authors otherwise than once.", document.place)


def _dates(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in subject.entries():
        for what, text, shape in _written_dates(document, entry):
            if not shape.fullmatch(text):
                yield Violation(f'the {what} of {_named(entry)} is written "{text}".', document.place)
        if entry.published is None or entry.updated is None:
            yield Violation(f"{_named(entry)} lacks a date of publication or of revision.", document.place)
        elif entry.updated < entry.published:
            yield Violation(f"{_named(entry)} was revised before it was published.", document.place)


def _written_dates(document: FeedDocument, entry: FeedEntry) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    node = entry.node
    if document.kind == "rss":
        yield "date of publication", node.findtext("pubDate") or "", _RSS_DATE
        yield "date of revision", node.findtext(f"{ATOM}updated") or "", _DATE
    elif document.kind == "atom":
        yield "date of publication", node.findtext(f"{ATOM}published") or "", _DATE
        yield "date of revision", node.findtext(f"{ATOM}updated") or "", _DATE
    else:
        yield "date of publication", str(node.get("date_published", "")), _DATE
        yield "date of revision", str(node.get("date_modified", "")), _DATE


def _categories(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in subject.entries():
        folded = Counter(tag.casefold() for tag in entry.tags)
        for tag in entry.tags:
            if "," in tag:
                yield Violation(f'the tag "{tag}" of {_named(entry)} has a comma.', document.place)
        for tag, times in folded.items():
            if times > 1:
                yield Violation(f'{_named(entry)} has the tag "{tag}" {times} times.', document.place)


def _lead_image(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in subject.entries():
        if document.kind != "json":
            if any(True for _ in entry.node.iter(f"{MEDIA}group")):
                yield Violation(f"the picture of {_named(entry)} stands in a group.", document.place)
            links = [each.get("rel") for each in entry.node.findall(f"{ATOM}link")]
            if len(entry.node.findall("enclosure")) + links.count("enclosure") > 1:
                yield Violation(f"{_named(entry)} has more than one enclosure.", document.place)
        if entry.image and entry.image not in _sources(entry.html):
            yield Violation(f"the picture of {_named(entry)} is not in its content.", document.place)


def _sources(html: str) -> set[str]:
    return {each.get("src", "") for each in parse_page(html).all("img")}


def _addresses(subject: FeedContext) -> Iterator[Violation]:
    for document in subject.read("rss", "atom"):
        if b"xml:base" in document.data:
            yield Violation("it has xml:base, which many programs do not know.", document.place)
    for document, entry in once(subject.entries()):
        for each in parse_page(entry.html).all():
            for name in ("href", "src"):
                url = each.get(name)
                if url is not None and urlsplit(url).scheme not in {"http", "https", "mailto", "tel"}:
                    yield Violation(f'{_named(entry)} leads to "{url}", no whole address.', document.place)


def _footnotes(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in once(subject.entries()):
        page = parse_page(entry.html)
        there = {each.get("id") for each in page.all() if each.get("id")}
        for link in page.all("a"):
            base, mark, name = link.get("href", "").partition("#")
            if not mark or not re.fullmatch(r"(\w[\w-]*_)?fn(ref)?\d+", name):
                continue
            if base != entry.link:
                yield Violation(f"a note of {_named(entry)} leads to {base or 'no page'}.", document.place)
            elif not name.rpartition("_")[2].startswith("fnref") and name not in there:
                yield Violation(f"a note of {_named(entry)}, #{name}, is not in it.", document.place)


def _semantic(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in once(subject.entries()):
        page = parse_page(entry.html)
        tags = sorted({each.tag for each in page.all()} & _UNFIT)
        attributes = sorted({name for each in page.all() for name in each.attrib} & _UNFIT_ATTRIBUTES)
        for what in [*(f"<{tag}>" for tag in tags), *(f"the attribute {name}" for name in attributes)]:
            yield Violation(f"the content of {_named(entry)} has {what}.", document.place)
        if "<!--" in entry.html:
            yield Violation(f"the content of {_named(entry)} has a comment.", document.place)
        for slip in page.slips:
            yield Violation(f"the content of {_named(entry)}: {slip.message}", document.place)


def _pictures(subject: FeedContext) -> Iterator[Violation]:
    for document, entry in once(subject.entries()):
        for image in parse_page(entry.html).all("img"):
            missing = [name for name in ("alt", "width", "height") if image.get(name) is None]
            if missing:
                yield Violation(f"a picture of {_named(entry)} lacks {', '.join(missing)}.", document.place)


def _alike(subject: FeedContext) -> Iterator[Violation]:
    """RSS, Atom and JSON hold the same items with the same words."""
    found: dict[tuple[str, int | None], dict[str, FeedDocument]] = {}
    for document in subject.read():
        found.setdefault((document.folder, document.number), {})[document.kind] = document
    for kinds in found.values():
        first, *others = kinds.values()
        for other in others:
            if [each.id for each in first.entries] != [each.id for each in other.entries]:
                yield Violation(f"its items are not those of {first.path}.", other.place)
                continue
            for one, two in zip(first.entries, other.entries, strict=True):
                for what, here, there in (
                    ("link", one.link, two.link),
                    ("title", one.title, two.title),
                    ("summary", one.summary, two.summary),
                    ("content", one.html, two.html),
                    ("date of publication", one.published, two.published),
                    ("date of revision", one.updated, two.updated),
                    ("authors", ", ".join(one.authors), ", ".join(two.authors)),
                    ("tags", one.tags, two.tags),
                ):
                    if here != there:
                        yield Violation(
                            f"the {what} of {_named(two)} is not as in {first.path}.", other.place
                        )


RULES = (
    FeedRule(
        "FEED011",
        Severity.ERROR,
        "an item has no id of its own that can stay",
        "Programs know an item by its id alone. Without a sound one it is shown again as new, or never.",
        OURS,
        "RFC 4287, section 4.2.6; RFC 4151; RSS 2.0, <guid>; JSON Feed 1.1, id",
        _ids,
    ),
    FeedRule(
        "FEED012",
        Severity.ERROR,
        "the link of an item is no whole address in ASCII",
        "A tap on the headline leads nowhere.",
        OURS,
        "RFC 3986; RSS 2.0, <link>; RFC 4287, section 4.2.7",
        _links,
    ),
    FeedRule(
        "FEED013",
        Severity.ERROR,
        "a title can be taken for markup",
        "Half of the programs take a title for HTML: a < in it swallows the rest of the headline.",
        OURS,
        "RSS Advisory Board, Best Practices Profile, <title>; RFC 4287, section 4.2.14",
        _titles,
    ),
    FeedRule(
        "FEED014",
        Severity.ERROR,
        "an item lacks its summary or content, or has them in the wrong form",
        "Programs show the summary for the whole, or tags instead of text.",
        OURS,
        "RSS Advisory Board, Best Practices Profile, <description>; RFC 4287, sections 4.1.3 and 4.2.13",
        _texts,
    ),
    FeedRule(
        "FEED015",
        Severity.ERROR,
        "an item does not name its authors as programs read them",
        "The byline is missing, or shows a mail address.",
        OURS,
        "RSS Advisory Board, Best Practices Profile, <dc:creator>; RFC 4287, section 4.2.1",
        _authors,
    ),
    FeedRule(
        "FEED016",
        Severity.ERROR,
        "a date of an item is missing, or not as its format writes it",
        "The item is sorted to the end or the top, and a revision is not noticed.",
        OURS,
        "RFC 822, section 5, with four-digit years; RFC 3339; RFC 4287, sections 4.2.9 and 4.2.15",
        _dates,
    ),
    FeedRule(
        "FEED017",
        Severity.WARNING,
        "a tag has a comma, or stands twice",
        "Programs split tags at commas.",
        "Name the tag without a comma, and once for each article.",
        "readers that show tags as one line with commas",
        _categories,
    ),
    FeedRule(
        "FEED018",
        Severity.ERROR,
        "the picture of an item is not where programs look for it",
        "Some take it from the content and others from the item: where one lacks it, so do its readers.",
        OURS,
        "Media RSS 1.5.1, media:content; RSS Advisory Board, Best Practices Profile, <enclosure>",
        _lead_image,
    ),
    FeedRule(
        "FEED019",
        Severity.ERROR,
        "an address in an item is not whole",
        "In a reader's program there is no page that it could begin from: the link or picture is broken.",
        OURS,
        "RFC 3986, section 5.1; xml:base is widely ignored",
        _addresses,
    ),
    FeedRule(
        "FEED020",
        Severity.ERROR,
        "a note leads to another page, or nowhere",
        "The number is tapped, and the reader is lost.",
        OURS,
        "readers that show a note where its link is the item's address and #fn1",
        _footnotes,
    ),
    FeedRule(
        "FEED021",
        Severity.ERROR,
        "the content of an item is not plain, whole HTML",
        "Programs drop what they do not allow, at times with the text in it, and show the rest unlike.",
        OURS,
        "the allow-lists by which readers make HTML safe",
        _semantic,
    ),
    FeedRule(
        "FEED022",
        Severity.ERROR,
        "a picture in an item has no alternative text or no size",
        "Who cannot see it is told nothing, and the text jumps as it loads.",
        OURS,
        "HTML Living Standard, 4.8.3; WCAG 2.2, 1.1.1",
        _pictures,
    ),
    FeedRule(
        "FEED025",
        Severity.ERROR,
        "the formats of a feed do not say the same",
        "What one reader gets, another does not.",
        OURS,
        "one feed in three formats",
        _alike,
    ),
)
