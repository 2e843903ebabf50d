"""Examples for the rules on feeds: what is sound, and what a case changes in the finished files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from feed_kit import (
    HOME,
    LEAD,
    LONG,
    PUBLICATION,
    PUBLISHED,
    article,
    build_files,
    edition,
    element,
    many_issues,
    prose,
)

from pipeline.checks.feed_context import FeedContext, feed_context
from pipeline.model import ComposedArticle, Content, Layout, Published

NOW = datetime(2027, 1, 1, tzinfo=UTC)
Files = dict[str, bytes]


@cache
def _files(name: str) -> Files:
    return build_files(PUBLICATIONS[name])


HUB = replace(PUBLISHED, publication=replace(PUBLICATION, hub="https://hub.example/"))
PUBLICATIONS: dict[str, Published] = {"few": PUBLISHED, "many": many_issues(50), "hub": HUB}


INDEX = "".join(
    f'<link rel="alternate" type="application/{kind}" title="Synapse" href="{file}">'
    for kind, file in (
        ("rss+xml", "feed.xml"),
        ("atom+xml", "./atom.xml"),
        ("feed+json", f"{HOME}feed.json"),
    )
)


@dataclass(frozen=True)
class Feeds:
    """Replacements in finished feeds: a path, what is there and what takes its place, each once.

    `of` names the publication; `earlier` are replacements in what was built before, the same feeds
    without it; `change` is called with the files at last.
    """

    changes: tuple[tuple[str, str, str], ...] = ()
    of: str = "few"
    now: datetime = NOW
    earlier: tuple[tuple[str, str, str], ...] | None = None
    change: Callable[[Files], Files] = lambda files: files
    before: Callable[[Files], Files] = lambda files: files
    index: str = INDEX

    def subject(self) -> FeedContext:
        made = self.change(_changed(_files(self.of), self.changes))
        earlier = {} if self.earlier is None else self.before(_changed(_files(self.of), self.earlier))
        return feed_context(PUBLICATIONS[self.of], self.now, made, earlier, self.index)


def _changed(files: Files, changes: tuple[tuple[str, str, str], ...]) -> Files:
    made = dict(files)
    for path, old, new in changes:
        assert old.encode() in made[path], f"{old!r} is not in {path}"
        made[path] = made[path].replace(old.encode(), new.encode(), 1)
    return made


@dataclass(frozen=True)
class FeedExample:
    """A case in which a rule finds something, and a near one in which it finds nothing."""

    broken: Feeds
    sound: Feeds = Feeds()


def one(path: str, old: str, new: str) -> Feeds:
    return Feeds(((path, old, new),))


def without(path: str) -> Callable[[Files], Files]:
    return lambda files: {name: data for name, data in files.items() if name != path}


def with_file(path: str, data: bytes) -> Callable[[Files], Files]:
    return lambda files: {**files, path: data}


def everywhere(old: str, new: str) -> Callable[[Files], Files]:
    return lambda files: {path: data.replace(old.encode(), new.encode()) for path, data in files.items()}


def _articles(*articles: ComposedArticle) -> Callable[[Files], Files]:
    """Other feeds altogether: of these articles, each in full in an issue."""
    issues = tuple(edition(n, "everyone", (each, Layout.FULL)) for n, each in enumerate(articles, start=1))
    return lambda files: build_files(replace(PUBLISHED, editions=issues[::-1], articles=articles[::-1]))


BIG = Content((prose(element("p", "x" * 1_100_000)),))
NOTE = f'<a href="{LONG.url}#fn1">1</a>'
ID = "tag:synapse.example,2026:long-x7"
DATE = LONG.feed_identity.published.replace(microsecond=0)
LAST = (DATE + timedelta(hours=2)).isoformat()

EXAMPLES: dict[str, FeedExample] = {
    "FEED001": FeedExample(one("feed.xml", "<?xml", "\ufeff<?xml"), Feeds()),
    "FEED002": FeedExample(
        one("feed.xml", "<generator>Pressroom</generator>", "<webmistress>x</webmistress>"),
        one("feed.xml", "<generator>Pressroom</generator>", "<generator>P</generator>"),
    ),
    "FEED003": FeedExample(
        one("articles/atom.xml", f'href="{HOME}articles/atom.xml"', f'href="{HOME}atom.xml"'),
        one("articles/atom.xml", "<generator>Pressroom</generator>", ""),
    ),
    "FEED004": FeedExample(one("feed.json", '"language": "en-GB"', '"language": "en"')),
    "FEED005": FeedExample(
        Feeds(change=everywhere("<lastBuildDate>Sun", "<lastBuildDate>Mon, 05 Jan 2026 00:00:00 +0000 "))
    ),
    "FEED006": FeedExample(one("feed.xml", "<width>144</width>", "<width>145</width>")),
    "FEED007": FeedExample(
        Feeds(now=datetime(2026, 1, 3, tzinfo=UTC)), Feeds(now=datetime(2026, 1, 5, tzinfo=UTC))
    ),
    "FEED008": FeedExample(
        Feeds(change=_articles(article("big", 1, BIG))), Feeds(change=_articles(article("small", 1)))
    ),
    "FEED009": FeedExample(
        one("feed.xml", "<generator>", "<ttl>61</ttl><generator>"),
        one("feed.xml", "<generator>", "<ttl>60</ttl><generator>"),
    ),
    "FEED010": FeedExample(
        one(
            "atom.xml",
            'xmlns="http://www.w3.org/2005/Atom"',
            'xmlns="http://www.w3.org/2005/Atom" xmlns:atom="http://www.w3.org/2005/Atom"',
        )
    ),
    "FEED011": FeedExample(
        one("feed.xml", "tag:synapse.example,2026:issue-3", ""),
        Feeds(change=everywhere("tag:synapse.example,2026:", "tag:other.example,2026-01-05:")),
    ),
    "FEED012": FeedExample(
        one("feed.json", f'"url": "{HOME}issues/003-issue/"', f'"url": "{HOME}issues/drei-größe/"'),
        one("feed.json", f'"url": "{HOME}issues/003-issue/"', f'"url": "{HOME}issues/gr%C3%B6%C3%9Fe/"'),
    ),
    "FEED013": FeedExample(
        one("articles/feed.xml", "<title>Salt &#x3C; &#x26; &#x3E;", "<title>Salt &lt; &#x26; &#x3E;"),
        one("articles/feed.xml", "<title>Salt &#x3C; &#x26; &#x3E;", "<title>Salt &#x26;"),
    ),
    "FEED014": FeedExample(
        one("feed.xml", "A &amp;lt; B", "A &lt; B"), one("feed.xml", "A &amp;lt; B", "A &amp;#60; B")
    ),
    "FEED015": FeedExample(
        one("articles/feed.xml", "<dc:creator>Ada Example, Bo Sample</dc:creator>", "<dc:creator/>"),
        one("articles/feed.xml", "Ada Example, Bo Sample</dc:creator>", "Ada Example</dc:creator>"),
    ),
    "FEED016": FeedExample(
        one("articles/atom.xml", f"<published>{DATE.isoformat()}", "<published>2026-01-03T09:30:15.5+00:00"),
        one("articles/atom.xml", f"<updated>{LAST}", f"<updated>{LAST.replace('2026', '2027')}"),
    ),
    "FEED017": FeedExample(
        one("articles/feed.xml", "<category>sleep deep<", "<category>sleep, deep<"),
        one("articles/feed.xml", "<category>sleep deep<", "<category>deep sleep<"),
    ),
    "FEED018": FeedExample(
        one(
            "articles/feed.xml",
            f'media:content url="{LEAD.url}"',
            f'media:content url="{HOME}images/other.png"',
        ),
        one("articles/feed.xml", 'fileSize="4321" ', ""),
    ),
    "FEED019": FeedExample(
        one("articles/feed.json", f'href=\\"{LONG.url}#what', 'href=\\"#what'),
        one("articles/feed.json", f'href=\\"{LONG.url}#what', 'href=\\"mailto:a@b.example'),
    ),
    "FEED020": FeedExample(
        one("articles/feed.json", '<li id=\\"fn1\\">', "<li>"),
        one("articles/feed.json", f'href=\\"{LONG.url}#what', f'href=\\"{LONG.url}#else'),
    ),
    "FEED021": FeedExample(
        one("articles/feed.json", "<p>It begins", '<p class=\\"x\\">It begins'),
        one("articles/feed.json", "<p>It begins", "<p><em>It</em> begins"),
    ),
    "FEED022": FeedExample(
        one("articles/feed.json", ' width=\\"800\\"', ""),
        one("articles/feed.json", ' width=\\"800\\"', ' width=\\"80\\"'),
    ),
    "FEED023": FeedExample(
        Feeds((("atom.xml", "https://hub.example/", "https://old.example/"),), of="hub"), Feeds(of="hub")
    ),
    "FEED024": FeedExample(
        one("feeds.opml", f'xmlUrl="{HOME}articles/feed.xml"', f'xmlUrl="{HOME}feed.xml"'),
        one("feeds.opml", 'text="Synapse &amp; Co: Articles"', 'text="Articles"'),
    ),
    "FEED025": FeedExample(
        one("articles/feed.json", "It begins", "It ends"),
        Feeds(change=everywhere("It begins", "It ends")),
    ),
    "FEED026": FeedExample(Feeds(change=without("articles/feed-20.xml"), of="many"), Feeds(of="many")),
    "FEED027": FeedExample(Feeds(change=without("audiences/patients/atom.xml"))),
    "FEED028": FeedExample(
        Feeds(index=INDEX.replace('title="Synapse" href="./atom', 'href="./atom')),
        Feeds(index=INDEX.replace('title="Synapse"', 'title="News"')),
    ),
    "FEED031": FeedExample(
        Feeds(earlier=(), before=with_file("tags/gone/feed.xml", _files("few")["feed.xml"])),
        Feeds(earlier=()),
    ),
    "FEED032": FeedExample(
        Feeds(earlier=(), before=everywhere(ID, "tag:synapse.example,2026:before")),
        Feeds(earlier=(), before=everywhere(str(LONG.url), f"{HOME}articles/renamed/")),
    ),
    "FEED033": FeedExample(
        Feeds(
            earlier=(),
            before=lambda files: everywhere(
                f'"date_published": "{DATE.isoformat()}"', '"date_published": "2025-12-31T09:30:15+00:00"'
            )(everywhere(f"<published>{DATE.isoformat()}<", "<published>2025-12-31T09:30:15+00:00<")(files)),
        ),
        Feeds(earlier=(), before=everywhere(LAST, LAST.replace("11:", "10:"))),
    ),
    "FEED034": FeedExample(
        Feeds(
            earlier=(),
            before=lambda files: everywhere(str(LONG.url), f"{HOME}articles/gone/")(
                everywhere(ID, "tag:synapse.example,2026:gone")(files)
            ),
        ),
        Feeds(earlier=()),
    ),
    "FEED035": FeedExample(
        Feeds(earlier=(), before=everywhere("It begins", "It began")),
        # A summary is no text that a reader has read.
        Feeds(earlier=(), before=everywhere("What short is about.", "What short was about.")),
    ),
    "FEED036": FeedExample(
        Feeds(earlier=(), before=everywhere("2026:a7-x7", "2026:b7-x7"), of="many"),
        Feeds(earlier=(), before=everywhere("The a7 piece", "The b7 piece"), of="many"),
    ),
    "FEED037": FeedExample(
        Feeds(earlier=(), before=everywhere(HOME, "https://other.example/")),
        Feeds(earlier=()),
    ),
}
