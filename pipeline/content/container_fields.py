"""The containers that begin with fields: an event and a piece of audio."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.config.fields import Field, Fields
from pipeline.content.normalize import Normalizer
from pipeline.content.unsafe_html import ContainerHtml
from pipeline.model import Block, BlockKind, Element, Event

_EXAMPLE = "2026-01-31 19:30"
_OTHERS = "Words about it are below an empty line."
_LONGEST = 366 * 24 * 60
"""Minutes of a `length`."""


def event_block(piece: ContainerHtml, blocks: tuple[Block, ...], normalizer: Normalizer) -> Block | None:
    """An event with the words about it, or None with its mistakes noted."""
    fields = _fields(piece, normalizer)
    start, end, all_day = _times(fields, normalizer.zone)
    place, address = fields.text("place"), fields.text("address")
    link = fields.text("link")
    if link:
        link = normalizer.address(link, fields.line_of("link") or piece.line)
    fields.check_unknown(hint=f"The title is after `::: event`. {_OTHERS}")
    if start is None:
        return None
    event = Event(piece.title, start, end, all_day, place, address, link, piece.line)
    title = Element("a", (("href", link),), (piece.title,), fields.line_of("link")) if link else piece.title
    return Block(
        BlockKind.EVENT, role=event.location, nodes=(title,), blocks=blocks, line=piece.line, event=event
    )


def audio_block(piece: ContainerHtml, blocks: tuple[Block, ...], normalizer: Normalizer) -> Block | None:
    """A piece of audio with the words about it, or None with its mistakes noted."""
    fields = _fields(piece, normalizer)
    title, minutes = fields.text("title", required=True), fields.integer("minutes")
    audio = normalizer.attempt(lambda: normalizer.resolver.audio(piece.title), piece.line)
    if audio and audio.source and fields.has("bytes"):
        fields.error("bytes", "`bytes` is only for a file at another address.", "Delete it.")
    elif audio and not audio.source:
        audio = replace(audio, size=fields.integer("bytes", required=True) or 0)
    fields.check_unknown("bytes", hint=_OTHERS)
    if not audio:
        return None
    audio = replace(audio, title=title, minutes=minutes)
    return Block(
        BlockKind.AUDIO, link_text=(title,), link_url=audio.url, blocks=blocks, line=piece.line, audio=audio
    )


FIELD_CONTAINERS: dict[BlockKind, Callable[[ContainerHtml, tuple[Block, ...], Normalizer], Block | None]] = {
    BlockKind.AUDIO: audio_block,
    BlockKind.EVENT: event_block,
}
"""How a container with fields is read."""


def _fields(piece: ContainerHtml, normalizer: Normalizer) -> Fields:
    return Fields(piece.fields or {}, "", normalizer.mistakes, piece.line, f"`::: {piece.kind}`")


def _times(fields: Fields, zone: ZoneInfo) -> tuple[datetime | None, datetime | None, bool]:
    """Start, end, and whether both are days; mistakes are noted."""
    start, end = _moment(fields, "start", zone, required=True), None
    length, field = fields.integer("length"), fields.field("end")
    if start is None:
        return None, None, False
    all_day = _is_day(fields.field("start"))
    if length and (field or all_day):
        other = "`end`" if field else "a `start` without a time"
        fields.error("length", f"`length` does not go with {other}.", "Delete it, or the other.")
    elif length and length > _LONGEST:
        hint = "Write an `end` with its date."
        fields.error("length", f"`length` is {length} minutes, more than a year.", hint)
    elif length:
        end = (start.astimezone(UTC) + timedelta(minutes=length)).astimezone(start.tzinfo)
    if field:
        end = _end(fields, field, start, zone)
    elif all_day:
        end = start.replace(hour=23, minute=59, second=59)
    if end and field and _is_day(field) is not all_day:
        timed = "end" if all_day else "start"
        fields.error("end", f"only `{timed}` has a time.", "Write both with a time, or both without.")
    elif end and end.astimezone(UTC) <= start.astimezone(UTC):
        fields.error("end", "`end` is not after `start`.", "Write a later one, with its date.")
    return start, end, all_day


def _end(fields: Fields, field: Field, start: datetime, zone: ZoneInfo) -> datetime | None:
    """The end as a moment; one without a date, such as 21:00, is on the first day."""
    clock = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", (field.text or "").strip())
    if clock:
        end = start.replace(hour=int(clock[1]), minute=int(clock[2]), second=0)
        return _on_clocks(fields, "end", end)
    return _moment(fields, "end", zone, end=True)


def _moment(
    fields: Fields, key: str, zone: ZoneInfo, *, required: bool = False, end: bool = False
) -> datetime | None:
    moment = fields.date(key, zone, required=required, end=end, example=_EXAMPLE)
    if moment is None:
        return None
    return moment if _is_day(fields.field(key)) else _on_clocks(fields, key, moment)


def _on_clocks(fields: Fields, key: str, moment: datetime) -> datetime | None:
    """The moment, or None if it is in the hour that clocks leave out in spring, which is noted."""
    if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None):
        return moment
    when = f"{moment:%Y-%m-%d %H:%M}"
    fields.error(key, f"`{key}` is {when}, a time that the clocks of {moment.tzinfo} leave out.")
    return None


def _is_day(field: Field | None) -> bool:
    """Whether a field that was read as a date has no time."""
    if field and isinstance(field.value, str):
        return len(field.value.strip()) == 10
    return field is not None and not isinstance(field.value, datetime)
