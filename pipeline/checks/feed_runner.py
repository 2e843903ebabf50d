"""Runs the rules on feeds over those that would be built, and those of the build before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline.checks.feed_context import FeedContext, FeedDocument, FeedRule, read_document
from pipeline.checks.rules.feeds import FEED_RULES
from pipeline.checks.runner import sort
from pipeline.model import Finding, Published
from pipeline.render.feeds.feed_list import feed_folders
from pipeline.render.feeds.opml import OPML
from pipeline.support.urls import is_feed_file


def feed_context(
    published: Published, now: datetime, made: Mapping[str, bytes], before: Mapping[str, bytes], index: str
) -> FeedContext:
    """The feeds that were made, and those of a build before, by their paths below the site.

    `index` is the HTML of the site's index page.
    """
    return FeedContext(
        publication=published.publication,
        now=now,
        folders=feed_folders(published.publication, published.tags),
        documents=_documents(made),
        opml=made.get(OPML, b""),
        index=index,
        # What cannot be read any more is no measure.
        earlier=tuple(each for each in _documents(before) if each.root is not None),
    )


def _documents(files: Mapping[str, bytes]) -> tuple[FeedDocument, ...]:
    return tuple(
        read_document(path, data)
        for path, data in sorted(files.items())
        if is_feed_file(path.rpartition("/")[2])
    )


def run_feed_rules(subject: FeedContext, rules: Iterable[FeedRule] = FEED_RULES) -> tuple[Finding, ...]:
    """What the rules find, but for what the publication has silenced: by file and line."""
    return sort(
        dict.fromkeys(
            finding
            for rule in rules
            if rule.code not in subject.publication.silence
            for finding in feed_findings(rule, subject)
        )
    )


def feed_findings(rule: FeedRule, subject: FeedContext) -> tuple[Finding, ...]:
    """What one rule finds."""
    return tuple(
        Finding(
            rule.code, found.severity or rule.severity, found.message, found.place, found.hint or rule.remedy
        )
        for found in rule.check(subject)
    )
