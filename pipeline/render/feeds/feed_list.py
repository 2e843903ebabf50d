"""Which feeds there are: the main one, the articles', one for each public audience, tag and author."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pipeline.config.i18n import Messages, load_messages
from pipeline.model import FileMaker, OutputFile, Published
from pipeline.render.authors import articles_by_author
from pipeline.render.feeds.feed_archive import FeedSource, ItemCache, ItemSource, feed_files
from pipeline.render.feeds.feed_item import Feed, single_line
from pipeline.render.feeds.opml import opml_file
from pipeline.support.templating import Templates
from pipeline.support.urls import address, audience_path, home_url, tag_path


def build_feeds(published: Published, templates: Templates) -> tuple[OutputFile, ...]:
    """Every feed in its three formats, and the list of them; paths are relative to the site.

    A feed of 1 MB or more loses its oldest items to its archive, in all formats alike; the newest
    always stays.
    """
    return tuple(file for make in feed_parts(published, templates) for file in make())


def feed_parts(published: Published, templates: Templates) -> tuple[FileMaker, ...]:
    """The work of `build_feeds` in parts: one for each feed, and one for their list."""
    messages = load_messages(templates, published.publication.language)
    items = ItemCache(published.publication, messages)
    sources = tuple(_sources(published, messages))
    return (
        *(partial(feed_files, source, items) for source in sources),
        partial(opml_file, published.publication, [source.feed for source in sources]),
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


def _sources(published: Published, messages: Messages) -> Iterator[FeedSource]:
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
    name = f"{title}: {messages.format('web.articles')}"
    about = messages.format("web.every_article", publication=title)
    page = address(publication, "articles/")
    yield FeedSource(Feed(publication, "articles/", name, about, page, (), logo), articles, issues_a_part=1)
    for audience in publication.audiences:
        if audience.public:
            readers = single_line(audience.title)
            name, about = f"{title}: {readers}", messages.format("web.edition_for", audience=readers)
            yield FeedSource(
                Feed(publication, audience_path(audience.name), name, about, home, (), logo),
                tuple(each for each in published.editions if each.url and each.audience == audience.name),
            )
    for tag, articles_of_tag in tagged.items():
        folder, tag = tag_path(tag), single_line(tag)
        name, about = f"{title}: {tag}", messages.format("web.articles_on", tag=tag, publication=title)
        page = address(publication, folder)
        yield FeedSource(Feed(publication, folder, name, about, page, (), logo), tuple(articles_of_tag))
    for folder, works in articles_by_author(articles, publication.authors).items():
        writer = single_line(works.author.name)
        name, about = f"{title}: {writer}", messages.format("web.articles_by", tag=writer, publication=title)
        page = address(publication, folder)
        yield FeedSource(Feed(publication, folder, name, about, page, (), logo), works.articles)
