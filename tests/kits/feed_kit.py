"""What is published, as values, and the feeds made of it, read by a reader's parser and by lxml."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import model_kit
from lxml import etree
from model_kit import element, prose, typed

from pipeline.model import (
    Article,
    Audience,
    Author,
    Block,
    BlockKind,
    ComposedArticle,
    ComposedEdition,
    Content,
    FeedIdentity,
    Image,
    Issue,
    Layout,
    MergeField,
    Place,
    Published,
    Section,
)
from pipeline.render.feeds.feed_list import build_feeds
from pipeline.support.templating import Templates
from pipeline.support.urls import address, article_path, image_path, issue_path

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
HOME = "https://synapse.example/news/"
PUBLICATION = replace(
    model_kit.PUBLICATION,
    title="Synapse & Co",
    language="en-GB",
    description="What research says.",
    audiences=(Audience("patients", "Patients", public=True), Audience("clinicians", "Clinicians")),
)
START = datetime(2026, 1, 1, 9, 30, 15, 123456, tzinfo=UTC)
DISCLAIMER = "Information, not medical advice."


def picture(name: str = "lead.png", width: int = 800, height: int = 400, kind: str = "image/png") -> Image:
    url = address(PUBLICATION, image_path(name))
    return Image(name, name, url, f"Alt of {name}", width, height, kind, 4321, "0" * 64)


LEAD = picture()
BODY = Content(
    (
        prose(
            element(
                "p",
                "It begins ",
                MergeField("first_name", "there"),
                element("sup", "1", **{"class": "footnote"}),
            ),
            element("h2", "What follows", **{"class": "x"}),
            element("p", element("a", "leave", href=typed("{{ unsubscribe_url }}"))),
            element("p", element("a", "up", href="#what-follows")),
        ),
        Block(BlockKind.CALLOUT, "In short", blocks=(prose(element("p", "A window opens.")),)),
        Block(BlockKind.EMAIL_ONLY, blocks=(prose(element("p", "SECRET email line")),)),
        Block(BlockKind.ONLY, "clinicians", blocks=(prose(element("p", "SECRET dose")),)),
    ),
    footnotes=((element("p", "A source."),),),
    lead=LEAD,
)


def article(slug: str, day: int = 0, content: Content | None = None, **fields: Any) -> ComposedArticle:
    at = START + timedelta(days=day)
    made = Article(
        slug=slug,
        title=f"The {slug} piece",
        date=at,
        tags=("ketamine",),
        body_line=1,
        place=Place(f"issues/articles/{slug}.md"),
        digest="sha256:0",
        dek=f"What {slug} is about.",
        authors=(Author("Ada Example", "MD"), Author("Bo Sample")),
    )
    return ComposedArticle(
        made._replace(**fields),
        content or Content((prose(element("p", f"Text of {slug}.")),)),
        FeedIdentity(f"tag:synapse.example,2026:{slug}-x7", at, at + timedelta(hours=2)),
        address(PUBLICATION, article_path(slug)),
        (DISCLAIMER,),
        (),
    )


LONG = article("long", 2, BODY, title="Salt < & > pepper", tags=("ketamine", "sleep, deep", "Ketamine"))
POINTER = article("pointer", 1, link="https://www.elsewhere.example/a?b=1&c=2", authors=(), dek="")
PRIVATE = replace(article("private"), url=None)


def edition(
    number: int = 1, audience: str = "everyone", *articles: tuple[ComposedArticle, Layout]
) -> ComposedEdition:
    at = START + timedelta(days=number)
    issue = Issue(
        number,
        f"{number:03}-issue",
        f"Issue {number} <b>",
        at,
        Place("issue.md"),
        "",
        1,
        (),
        audiences=("everyone", "patients"),
    )
    rows = articles or (
        (LONG, Layout.FULL),
        (article("card", 1, Content((), lead=picture("card.png"))), Layout.CARD),
        (article("brief", 1, Content((), lead=picture("brief.png"))), Layout.BRIEF),
        (PRIVATE, Layout.FULL),
    )
    return ComposedEdition(
        issue,
        audience,
        Content((prose(element("p", "Hello ", MergeField("first_name", "reader"), ".")),)),
        (Section("Research", rows),),
        FeedIdentity(f"tag:synapse.example,2026:issue-{number}", at, at + timedelta(hours=1)),
        address(PUBLICATION, issue_path(issue, audience)),
        typed(""),
        typed("For {{ first_name | you }}: A < B & C"),
        "For you: A < B & C",
        (DISCLAIMER,),
        5,
    )


PUBLISHED = Published(
    PUBLICATION,
    (edition(3), edition(2), edition(1, "patients"), edition(1)),
    (LONG, POINTER, article("short", 0)),
    ("ketamine", "sleep, deep"),
    picture("logo.png", 600, 300),
)


def build_files(published: Published = PUBLISHED) -> dict[str, bytes]:
    return {file.path: file.data for file in build_feeds(published, Templates())}


class ParsedFeeds:
    """The feeds of one folder, parsed."""

    def __init__(self, files: dict[str, bytes], folder: str = "") -> None:
        self.rss = etree.fromstring(files[f"{folder}feed.xml"])
        self.atom = etree.fromstring(files[f"{folder}atom.xml"])
        self.json = json.loads(files[f"{folder}feed.json"])
        self.items = self.rss.findall("channel/item")
        self.entries = self.atom.findall("a:entry", NS)

    def rss_values(self, path: str) -> list[str | None]:
        return [item.findtext(path, namespaces=NS) for item in self.items]

    def atom_values(self, path: str) -> list[str | None]:
        return [entry.findtext(path, namespaces=NS) for entry in self.entries]

    def json_values(self, name: str) -> list[Any]:
        return [item.get(name) for item in self.json["items"]]

    def contents(self) -> list[tuple[str | None, str | None, str]]:
        return list(
            zip(
                self.rss_values("content:encoded"),
                self.atom_values("a:content"),
                self.json_values("content_html"),
                strict=True,
            )
        )


LONG_TEXT = Content((prose(element("p", "é < & " + "A sentence of ordinary words. " * 1_500)),))
"""Nearly without references, which feedparser takes ten times as long to read."""


def long_article(issue: int, day: int | None = None) -> ComposedArticle:
    """An article of about 45 KB as RSS writes it, which came with this issue."""
    made = article(f"a{issue}", issue if day is None else day, LONG_TEXT)
    return replace(made, issues=(f"{issue:03}-issue",))


def many_issues(issues: int) -> Published:
    """So many issues, each with one article in full; newest first."""
    articles = tuple(long_article(number) for number in range(issues, 0, -1))
    editions = []
    for each in articles:
        number = int(each.issues[0][:3])
        one = edition(number, "everyone", (each, Layout.FULL))
        at = START + timedelta(days=number)
        editions.append(
            replace(one, feed_identity=FeedIdentity(f"tag:synapse.example,2026:issue-{number}", at, at))
        )
    return replace(PUBLISHED, editions=tuple(editions), articles=articles, tags=("ketamine",))
