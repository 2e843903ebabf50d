"""Rules on the items of feeds: ids, links, titles, dates, and content that every feed reader can show."""

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
    FeedContext,
    FeedDocument,
    FeedEntry,
    defect_rule,
    once,
)
from pipeline.checks.html_page import parse_page
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity
from pipeline.support.urls import SCHEMES

_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+[!-~]*")
_RSS_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_DATES = {
    "rss": {"publication": ("pubDate", _RSS_DATE), "revision": (f"{ATOM}updated", _DATE)},
    "atom": {"publication": (f"{ATOM}published", _DATE), "revision": (f"{ATOM}updated", _DATE)},
    "json": {"publication": ("date_published", _DATE), "revision": ("date_modified", _DATE)},
}
"""By format, the fields that hold an item's dates, and how they are written there."""

_UNFIT_NAMES = """
h1 script style iframe object embed form input button svg picture video audio div aside section article
header footer nav html head body title link meta base
"""
_UNFIT = frozenset(_UNFIT_NAMES.split())
_UNFIT_ATTRIBUTES = frozenset(["class", "style", "srcset", "sizes"])


def _named(entry: FeedEntry) -> str:
    return f'"{entry.title}"' if entry.title else f"the item {entry.id}"


@defect_rule(
    "FEED011",
    Severity.ERROR,
    "An item has no permanent id of its own",
    source="RFC 4287, section 4.2.6; RSS 2.0, <guid>; JSON Feed 1.1, id",
)
def item_ids(context: FeedContext) -> Iterator[Violation]:
    """Feed readers know an item by its id alone; one with a bad id is shown again as new, or never."""
    for feed in context.read():
        for each, times in Counter(entry.id for entry in feed.entries).items():
            if times > 1:
                yield feed.violation(f"{times} of its items have the id {each}.")
    for feed, entry in context.entries():
        if not entry.id:
            yield feed.violation(f"{_named(entry)} has no id.")
        guid = entry.node.find("guid") if feed.kind == "rss" else None
        if guid is not None and guid.get("isPermaLink") != "false":
            yield feed.violation(f"the id of {_named(entry)} is declared as an address.")


@defect_rule(
    "FEED012",
    Severity.ERROR,
    "The link of an item is not a whole address in ASCII",
    source="RFC 3986; RSS 2.0, <link>; RFC 4287, section 4.2.7",
)
def item_links(context: FeedContext) -> Iterator[Violation]:
    """A tap on the headline leads nowhere."""
    for feed, entry in context.entries():
        if not _WEB_ADDRESS.fullmatch(entry.link):
            yield feed.violation(
                f'the link of {_named(entry)}, "{entry.link}", is not a whole address in ASCII.'
            )


@defect_rule(
    "FEED013",
    Severity.ERROR,
    "A title can be taken for markup",
    source="RSS Advisory Board, Best Practices Profile, <title>; RFC 4287, section 4.2.14",
)
def item_titles(context: FeedContext) -> Iterator[Violation]:
    """Half of all feed readers take a title for HTML: a < in it swallows the rest of the headline."""
    for feed in context.read("rss"):
        for title in re.findall(rb"<title>([^<]*)</title>", feed.data):
            if re.search(rb"&(amp|lt|gt);", title):
                shown = title.decode("utf-8", "replace")
                yield feed.violation(
                    f"the title {shown} has &, < or > as a named reference, not a numbered one."
                )
    for feed in context.read("atom"):
        for title in feed.root.iter(f"{ATOM}title"):
            if title.get("type", "text") != "text":
                yield feed.violation(f'the title "{title.text}" is not plain text.')


@defect_rule(
    "FEED014",
    Severity.ERROR,
    "An item lacks its summary or content, or has them in the wrong form",
    source="RSS Advisory Board, Best Practices Profile, <description>; RFC 4287, sections 4.1.3 and 4.2.13",
)
def summary_and_content(context: FeedContext) -> Iterator[Violation]:
    """Feed readers show the summary instead of the article, or tags instead of text."""
    for feed, entry in context.entries():
        if not entry.summary.strip() or not entry.html.strip():
            what = "summary" if not entry.summary.strip() else "content"
            yield feed.violation(f"{_named(entry)} has no {what}.")
        if feed.kind == "rss":
            names = [child.tag for child in entry.node]
            wanted = ["description", f"{CONTENT}encoded"]
            if [name for name in names if name in wanted] != wanted:
                yield feed.violation(f"{_named(entry)} does not have its summary followed by its content.")
            # Feed readers take it for HTML, in which a bare sign would begin a tag or a reference.
            raw = entry.node.findtext("description") or ""
            if re.search(r"<|&(?!(#\d+|#x[0-9a-fA-F]+|\w+);)", raw):
                yield feed.violation(f"the summary of {_named(entry)} is not escaped as HTML.")
        elif feed.kind == "atom":
            content, summary = entry.node.find(f"{ATOM}content"), entry.node.find(f"{ATOM}summary")
            if content is not None and content.get("type") != "html":
                yield feed.violation(f"the content of {_named(entry)} is not marked as HTML.")
            if summary is not None and summary.get("type", "text") != "text":
                yield feed.violation(f"the summary of {_named(entry)} is not plain text.")


@defect_rule(
    "FEED015",
    Severity.ERROR,
    "An item does not name its authors as feed readers expect",
    source="RSS Advisory Board, Best Practices Profile, <dc:creator>; RFC 4287, section 4.2.1",
)
def item_authors(context: FeedContext) -> Iterator[Violation]:
    """The byline is missing, or shows a mail address."""
    for feed, entry in context.entries():
        if not any(name.strip() for name in entry.authors):
            yield feed.violation(f"{_named(entry)} has no author.")
        if feed.kind == "rss" and (
            len(entry.node.findall(f"{DC}creator")) > 1 or entry.node.find("author") is not None
        ):
            yield feed.violation(f"{_named(entry)} does not name its authors exactly once.")


@defect_rule(
    "FEED016",
    Severity.ERROR,
    "A date of an item is missing, or not as its format writes it",
    source="RFC 822, section 5, with four-digit years; RFC 3339; RFC 4287, sections 4.2.9 and 4.2.15",
)
def item_dates(context: FeedContext) -> Iterator[Violation]:
    """The item is sorted to the end or the top, and a revision goes unnoticed."""
    for feed, entry in context.entries():
        read = entry.node.get if feed.kind == "json" else entry.node.findtext
        for what, (field, shape) in _DATES[feed.kind].items():
            if not shape.fullmatch(written := str(read(field, ""))):
                yield feed.violation(f'the date of {what} of {_named(entry)} is written as "{written}".')
        if entry.published is None or entry.updated is None:
            yield feed.violation(f"{_named(entry)} lacks a date of publication or of revision.")
        elif entry.updated < entry.published:
            yield feed.violation(f"{_named(entry)} was revised before it was published.")


@rule(
    "FEED017",
    Severity.WARNING,
    "A tag has a comma, or is there twice",
    source="feed readers that show tags as one line with commas",
    remedy="Name the tag without a comma, and once for each article.",
)
def item_tags(context: FeedContext) -> Iterator[Violation]:
    """Feed readers split tags at commas."""
    for feed, entry in context.entries():
        folded = Counter(tag.casefold() for tag in entry.tags)
        for tag in entry.tags:
            if "," in tag:
                yield feed.violation(f'the tag "{tag}" of {_named(entry)} has a comma.')
        for tag, times in folded.items():
            if times > 1:
                yield feed.violation(f'{_named(entry)} has the tag "{tag}" {times} times.')


@defect_rule(
    "FEED018",
    Severity.ERROR,
    "The picture of an item is not where feed readers look for it",
    source="Media RSS 1.5.1, media:content; RSS Advisory Board, Best Practices Profile, <enclosure>",
)
def lead_image(context: FeedContext) -> Iterator[Violation]:
    """Some take it from the content and others from the item: where one lacks it, so do its readers."""
    for feed, entry in context.entries():
        if feed.kind != "json":
            if next(entry.node.iter(f"{MEDIA}group"), None) is not None:
                yield feed.violation(f"the picture of {_named(entry)} is in a group.")
            links = [each.get("rel") for each in entry.node.findall(f"{ATOM}link")]
            if len(entry.node.findall("enclosure")) + links.count("enclosure") > 1:
                yield feed.violation(f"{_named(entry)} has more than one enclosure.")
        if entry.image and entry.image not in _sources(entry.html):
            yield feed.violation(f"the picture of {_named(entry)} is not in its content.")


def _sources(html: str) -> set[str]:
    return {each.get("src", "") for each in parse_page(html).all("img")}


@defect_rule(
    "FEED019",
    Severity.ERROR,
    "An address in an item is not whole",
    source="RFC 3986, section 5.1; xml:base is widely ignored",
)
def whole_addresses(context: FeedContext) -> Iterator[Violation]:
    """A feed reader has no page that it could be relative to: the link or picture is broken."""
    for feed in context.read("rss", "atom"):
        if b"xml:base" in feed.data:
            yield feed.violation("it has xml:base, which many feed readers do not know.")
    for feed, entry in once(context.entries()):
        for each in parse_page(entry.html).all():
            for name in ("href", "src"):
                url = each.get(name)
                if url is not None and urlsplit(url).scheme not in SCHEMES:
                    yield feed.violation(f'{_named(entry)} leads to "{url}", not a whole address.')


@defect_rule(
    "FEED020",
    Severity.ERROR,
    "A note leads to another page, or nowhere",
    source="feed readers that show a note where its link is the item's address and #fn1",
)
def footnote_links(context: FeedContext) -> Iterator[Violation]:
    """A reader who taps the number loses the place."""
    for feed, entry in once(context.entries()):
        page = parse_page(entry.html)
        there = {each.get("id") for each in page.all() if each.get("id")}
        for link in page.all("a"):
            base, mark, name = link.get("href", "").partition("#")
            if not mark or not re.fullmatch(r"(\w[\w-]*_)?fn(ref)?\d+", name):
                continue
            if base != entry.link:
                yield feed.violation(f"a note of {_named(entry)} leads to {base or 'no page'}.")
            elif not name.rpartition("_")[2].startswith("fnref") and name not in there:
                yield feed.violation(f"{_named(entry)} has no note #{name}, to which it links.")


@defect_rule(
    "FEED021",
    Severity.ERROR,
    "The content of an item is not plain, complete HTML",
    source="the allow-lists by which feed readers make HTML safe",
)
def plain_content(context: FeedContext) -> Iterator[Violation]:
    """Feed readers drop what they do not allow, at times with the text in it, and differ in the rest."""
    for feed, entry in once(context.entries()):
        page = parse_page(entry.html)
        tags = sorted({each.tag for each in page.all()} & _UNFIT)
        attributes = sorted({name for each in page.all() for name in each.attrib} & _UNFIT_ATTRIBUTES)
        for what in [*(f"<{tag}>" for tag in tags), *(f"the attribute {name}" for name in attributes)]:
            yield feed.violation(f"the content of {_named(entry)} has {what}.")
        if "<!--" in entry.html:
            yield feed.violation(f"the content of {_named(entry)} has a comment.")
        for error in page.errors:
            yield feed.violation(f"the content of {_named(entry)}: {error.message}")


@defect_rule(
    "FEED022",
    Severity.ERROR,
    "A picture in an item has no alternative text or no size",
    source="HTML Living Standard, 4.8.3; WCAG 2.2, 1.1.1",
)
def content_images(context: FeedContext) -> Iterator[Violation]:
    """Readers who cannot see it learn nothing, and the text jumps as it loads."""
    for feed, entry in once(context.entries()):
        for image in parse_page(entry.html).all("img"):
            missing = [name for name in ("alt", "width", "height") if image.get(name) is None]
            if missing:
                yield feed.violation(f"a picture of {_named(entry)} lacks {', '.join(missing)}.")


@defect_rule(
    "FEED025",
    Severity.ERROR,
    "The formats of a feed differ",
    source="one feed in three formats",
)
def formats_differ(context: FeedContext) -> Iterator[Violation]:
    """What one reader gets, another does not."""
    feeds: dict[tuple[str, int | None], dict[str, FeedDocument]] = {}
    for feed in context.read():
        feeds.setdefault((feed.folder, feed.number), {})[feed.kind] = feed
    for kinds in feeds.values():
        first, *others = kinds.values()
        for other in others:
            if [each.id for each in first.entries] != [each.id for each in other.entries]:
                yield other.violation(f"its items are not those of {first.path}.")
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
                        yield other.violation(f"the {what} of {_named(two)} is not that of {first.path}.")
