"""Calendar files (iCalendar, RFC 5545), one for each event. No other module imports icalendar.

Times are in UTC: an event that takes place once is one moment, which every calendar shows in its reader's
own time (docs/decisions/calendar.md).
"""

from __future__ import annotations

from datetime import UTC, timedelta

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from pipeline.model import Event, OutputFile, Publication
from pipeline.support.urls import home_url


def calendar_file(event: Event, publication: Publication) -> OutputFile:
    """The file at the event's address. Its only clock is the last revision of the event's text."""
    entry = CalendarEvent()
    entry.add("uid", event.uid)
    if event.revised:
        entry.add("dtstamp", event.revised.astimezone(UTC))
        entry.add("last-modified", event.revised.astimezone(UTC))
    last = event.end or event.start
    if event.all_day:
        entry.add("dtstart", event.start.date())
        entry.add("dtend", last.date() + timedelta(days=1))  # which is not part of it (section 3.6.1)
    else:
        entry.add("dtstart", event.start.astimezone(UTC))
        if event.end:
            entry.add("dtend", event.end.astimezone(UTC))
    entry.add("summary", event.title)
    if event.location:
        entry.add("location", event.location)
    if link := event.link or event.page:
        entry.add("url", link)
        entry.add("description", link)  # Google's calendar does not show `url`
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Pressroom//Pressroom//EN")
    calendar.add_component(entry)
    return OutputFile(event.url.removeprefix(home_url(publication)), calendar.to_ical())
