"""Which feeds there are: the main one, the articles', one for each public audience, tag and author."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from pipeline.config.i18n import Messages, load_messages
from pipeline.content.value_key import ValueKeys
from pipeline.model import OutputFile, Published, SitePart
from pipeline.render.authors import articles_by_author
from pipeline.render.feeds.feed_archive import ArchivedFeed, FeedSource, ItemCache, ItemSource, short_feed
from pipeline.render.feeds.feed_item import Feed, single_line
from pipeline.render.feeds.opml import opml_file
from pipeline.support.templating import Templates
from pipeline.support.urls import address, audience_path, home_url, tag_path

NEWEST = 20
"""Articles in the feed of a tag or an author. These feeds have no archive: that of all articles has each text
once, and the same ids."""


def build_feeds(published: Published, templates: Templates) -> tuple[OutputFile, ...]:
    """Every feed in its three formats, and the list of them; paths are relative to the site.

    A feed of 1 MB or more loses its oldest items to its archive, in all formats alike; the newest
    always stays.
    """
    plan = plan_feeds(published, templates)
    files: list[OutputFile] = []
    parts = list(plan.parts)
    for feed in plan.archived:
        count, current = feed.current()
        files += current
        parts += feed.archive(count)
    return (*files, *(file for part in parts for file in part.make()))


class FeedPlan(NamedTuple):
    """The feeds of a site: those that have an archive, and the parts that make all else."""

    archived: tuple[ArchivedFeed, ...]
    parts: tuple[SitePart, ...]


def plan_feeds(published: Published, templates: Templates, keys: ValueKeys | None = None) -> FeedPlan:
    """Plan the feeds, and the list of them."""
    messages = load_messages(templates, published.publication.language)
    items = ItemCache(published.publication, messages)
    once = (keys or ValueKeys()).once
    archived = tuple(
        ArchivedFeed(source, items, tuple(map(once, source.item_sources)))
        for source in _archived(published, messages)
    )
    shorter = tuple(_shorter(published, messages))
    feeds = [*(each.source.feed for each in archived), *(source.feed for source in shorter)]
    return FeedPlan(
        archived,
        (
            *(
                SitePart(
                    f"feed {source.feed.folder}",
                    (
                        source.feed.title,
                        source.feed.description,
                        [*source.item_sources],
                    ),
                    partial(short_feed, source, items),
                )
                for source in shorter
            ),
            SitePart(
                "feeds",
                [(each.folder, each.title) for each in feeds],
                partial(opml_file, published.publication, feeds),
            ),
        ),
    )


def feed_folders(published: Published) -> tuple[str, ...]:
    """The site folders that contain feeds, in the order of their list."""
    publication = published.publication
    articles = [article for article in published.articles if article.url]
    return (
        *("", "articles/"),
        *(audience_path(each.name) for each in publication.audiences if each.public),
        *map(tag_path, published.tags),
        *articles_by_author(articles, publication.authors),
    )


def _archived(published: Published, messages: Messages) -> Iterator[FeedSource]:
    """The main feed, that of all articles, and those of audiences: together they have every text."""
    publication, logo = published.publication, published.logo
    title, home = single_line(publication.title), home_url(publication)
    about = single_line(publication.description or publication.tagline) or title
    main_editions = tuple(editions[0] for editions in published.issues)
    yield FeedSource(Feed(publication, "", title, about, home, (), logo), main_editions)
    name = f"{title}: {messages.format('web.articles')}"
    about = messages.format("web.every_article", publication=title)
    page = address(publication, "articles/")
    articles = tuple(article for article in published.articles if article.url)
    yield FeedSource(Feed(publication, "articles/", name, about, page, (), logo), articles, issues_a_part=1)
    for audience in publication.audiences:
        if audience.public:
            readers = single_line(audience.title)
            name, about = f"{title}: {readers}", messages.format("web.edition_for", audience=readers)
            yield FeedSource(
                Feed(publication, audience_path(audience.name), name, about, home, (), logo),
                tuple(each for each in published.editions if each.url and each.audience == audience.name),
            )


def _shorter(published: Published, messages: Messages) -> Iterator[FeedSource]:
    """The feeds of tags and of authors: the newest articles. All others are in the archive of articles."""
    publication, logo = published.publication, published.logo
    articles = tuple(article for article in published.articles if article.url)
    tagged: dict[str, list[ItemSource]] = {tag: [] for tag in published.tags}
    for article in articles:
        for tag in tagged.keys() & set(article.article.tags):
            tagged[tag].append(article)
    title = single_line(publication.title)
    for tag, articles_of_tag in tagged.items():
        folder, tag = tag_path(tag), single_line(tag)
        name, about = f"{title}: {tag}", messages.format("web.articles_on", tag=tag, publication=title)
        page = address(publication, folder)
        newest = tuple(articles_of_tag[:NEWEST])
        yield FeedSource(Feed(publication, folder, name, about, page, (), logo), newest)
    for folder, works in articles_by_author(articles, publication.authors).items():
        writer = single_line(works.author.name)
        name, about = f"{title}: {writer}", messages.format("web.articles_by", tag=writer, publication=title)
        page = address(publication, folder)
        yield FeedSource(Feed(publication, folder, name, about, page, (), logo), works.articles[:NEWEST])
