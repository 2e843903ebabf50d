"""What an event and a piece of audio get when they are composed: ids, addresses, and the theme's words."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.config.i18n import Messages
from pipeline.content.medium import Medium, block_values, for_audience
from pipeline.model import (
    Audio,
    Block,
    Content,
    Event,
    FeedIdentity,
    Finding,
    Place,
    Publication,
    Severity,
)
from pipeline.support.urls import address, calendar_path, published_name


def with_theme_words(
    content: Content, identity: FeedIdentity, page: str, publication: Publication, messages: Messages
) -> Content:
    """The content of the text that has this feed identity and page, with its events and audio complete.

    An event's id is made from that of the text and from its title, so that it stays the same when the
    event is moved to another day; events with equal titles are counted.
    """
    titles: Counter[str] = Counter()
    zone = ZoneInfo(publication.timezone)

    def complete(block: Block) -> Block:
        block = replace(block, blocks=tuple(map(complete, block.blocks)))
        if block.audio:
            return replace(block, audio=replace(block.audio, details=_details(block.audio, messages)))
        if not block.event:
            return block
        title = block.event.title
        titles[title] += 1
        number = f" {titles[title]}" if titles[title] > 1 else ""
        uid = uuid.uuid5(uuid.NAMESPACE_URL, f"{identity.id}#{title}{number}")
        name = published_name(title, "event", uid.hex, "ics")
        event = replace(
            block.event,
            uid=str(uid),
            url=address(publication, calendar_path(name)),
            page=page,
            revised=identity.updated,
            when=messages.when(block.event, zone),
            days=messages.days(block.event),
            calendar=messages.format("calendar", title=title),
        )
        return replace(block, event=event, link_url=event.url)

    blocks = tuple(map(complete, content.blocks))
    return replace(content, blocks=blocks, **block_values(blocks))


def _details(audio: Audio, messages: Messages) -> str:
    if audio.minutes:
        return messages.format("audio_minutes", minutes=audio.minutes)
    return messages.format("audio")


def first_event(content: Content, medium: Medium, audience: str) -> Event | None:
    """The first event that readers of an edition see in a text, or None."""
    if not content.events:
        return None
    return next(iter(for_audience(content, medium, audience).events), None)


def past_events(content: Content, path: str, issue_date: datetime) -> Iterator[Finding]:
    """Report the events that are over when the issue goes out, in content chosen for its readers."""
    for event in content.events:
        if (event.end or event.start) < issue_date:
            yield Finding(
                "EVENT001",
                Severity.WARNING,
                f'the event "{event.title}" of {event.start:%Y-%m-%d} is past when the issue goes out '
                f"({issue_date:%Y-%m-%d}).",
                Place(path, event.line),
                "Give it its next date, or take it out.",
            )
