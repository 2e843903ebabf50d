"""Which feeds there are: the main one, the articles', one for each public audience, tag and author."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pipeline.content.value_key import value_key
from pipeline.model import OutputFile, Published, SitePart
from pipeline.render.authors import articles_by_author
from pipeline.render.feeds.feed_archive import FeedSource, ItemCache, ItemSource, feed_files
from pipeline.render.feeds.feed_item import Feed, single_line
from pipeline.render.feeds.opml import opml_file
from pipeline.support.urls import address, audience_path, home_url, tag_path


def build_feeds(published: Published) -> tuple[OutputFile, ...]:
    """Every feed in its three formats, and the list of them; paths are relative to the site.

    A feed of 1 MB or more loses its oldest items to its archive, in all formats alike; the newest
    always stays.
    """
    return tuple(file for part in feed_parts(published) for file in part.make())


def feed_parts(published: Published) -> tuple[SitePart, ...]:
    """The work of `build_feeds` in parts: one for each feed, and one for their list."""
    items = ItemCache(published.publication)
    sources = tuple(_sources(published))
    feeds = [source.feed for source in sources]
    keys = {id(each): value_key(each) for each in (*published.articles, *published.editions)}
    return (
        *(
            SitePart(
                f"feed {source.feed.folder}",
                (
                    source.feed.title,
                    source.feed.description,
                    [keys[id(each)] for each in source.item_sources],
                ),
                partial(feed_files, source, items),
            )
            for source in sources
        ),
        SitePart(
            "feeds",
            [(each.folder, each.title) for each in feeds],
            partial(opml_file, published.publication, feeds),
        ),
    )


def feed_folders(published: Published) -> tuple[str, ...]:
    """The site folders that contain feeds, in the order of their list."""
    return tuple(source.feed.folder for source in _sources(published))


def _sources(published: Published) -> Iterator[FeedSource]:
    publication, logo = published.publication, published.logo
    articles = tuple(article for article in published.articles if article.url)
    tagged: dict[str, list[ItemSource]] = {tag: [] for tag in published.tags}
    for article in articles:
        for tag in tagged.keys() & set(article.article.tags):
            tagged[tag].append(article)
    title, home = single_line(publication.title), home_url(publication)
    about = single_line(publication.description or publication.tagline) or title
    main_editions = tuple(editions[0] for editions in published.issues)
    yield FeedSource(Feed(publication, "", title, about, home, (), logo), main_editions)
    name, about = f"{title}: articles", f"Every article of {title}."
    page = address(publication, "articles/")
    yield FeedSource(Feed(publication, "articles/", name, about, page, (), logo), articles, issues_a_part=1)
    for audience in publication.audiences:
        if audience.public:
            readers = single_line(audience.title)
            name, about = f"{title}: {readers}", f"The issues of {title}, in their edition for {readers}."
            yield FeedSource(
                Feed(publication, audience_path(audience.name), name, about, home, (), logo),
                tuple(each for each in published.editions if each.url and each.audience == audience.name),
            )
    for tag, articles_of_tag in tagged.items():
        folder = tag_path(tag)
        name, about = f"{title}: {single_line(tag)}", f"Articles of {title} tagged {single_line(tag)}."
        page = address(publication, folder)
        yield FeedSource(Feed(publication, folder, name, about, page, (), logo), tuple(articles_of_tag))
    for folder, works in articles_by_author(articles, publication.authors).items():
        writer = single_line(works.author.name)
        name, about = f"{title}: {writer}", f"Articles of {title} by {writer}."
        page = address(publication, folder)
        yield FeedSource(Feed(publication, folder, name, about, page, (), logo), works.articles)
