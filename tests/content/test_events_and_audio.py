"""The containers `event` and `audio`: their fields, what each becomes in every form, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import content_kit
import pytest
from content_kit import Resolver, writer
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from model_kit import PUBLICATION
from property_kit import tries

from pipeline.config.i18n import load_messages
from pipeline.content.events import with_theme_words
from pipeline.content.html import blocks_to_html
from pipeline.content.medium import Medium
from pipeline.content.parse import parse_content
from pipeline.content.text import LinkList, blocks_to_text
from pipeline.errors import PressroomError
from pipeline.model import Content, Event, FeedIdentity
from pipeline.render.site.calendar_file import calendar_file
from pipeline.support import merge
from pipeline.support.templating import Templates

LONDON = ZoneInfo("Europe/London")
IDENTITY = FeedIdentity(
    "tag:synapse.example,2026:article/1", datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
)
EVENT = """::: event An "evening" & more
start: 2026-03-03 19:00
end: 21:00
place: The Hall
address: "1 Row: London"
link: https://x.example/a?b=1&c=2

Come *early*.
:::"""
AUDIO = """::: audio talk.mp3
title: A talk & "more"
minutes: 12

In English.
:::"""


def parse(text: str, language: str = "en", identity: FeedIdentity = IDENTITY) -> Content:
    content = parse_content(
        text, path="a.md", first_line=1, resolver=Resolver(), merge_fields={}, zone=LONDON, language=language
    )
    messages = load_messages(Templates(), language)
    return with_theme_words(content, identity, "https://synapse.example/a/", PUBLICATION, messages)


def event(*fields: str, language: str = "en") -> Event:
    (one,) = parse("::: event Talk\n" + "\n".join(fields) + "\n:::", language).events
    return one


def html(text: str, form: Medium = Medium.WEB) -> str:
    return merge.html(blocks_to_html(parse(text).blocks, writer(form)))


def plain(text: str) -> str:
    return merge.text(blocks_to_text(parse(text).blocks, LinkList()))


def mistake(text: str) -> str:
    with pytest.raises(PressroomError) as error:
        parse(text)
    return str(error.value)


def broken_event(*fields: str) -> str:
    return mistake("::: event Talk\n" + "\n".join(fields) + "\n:::")


# --- an event ---------------------------------------------------------------------------------


def test_an_event_is_a_title_a_time_a_place_words_and_a_calendar_file() -> None:
    (one,) = parse(EVENT).events
    title = '<strong><a href="https://x.example/a?b=1&amp;c=2">An "evening" &amp; more</a></strong>'
    time = '<time datetime="2026-03-03T19:00:00+00:00">3 March 2026, 19:00–21:00</time>'
    calendar = f'<p><a href="{one.url}">Add “An "evening" &amp; more” to your calendar</a></p>'
    words = f"<p>{title}<br>{time}<br>The Hall, 1 Row: London</p>\n<p>Come <em>early</em>.</p>\n{calendar}"
    assert html(EVENT) == f'<div class="event">{words}</div>'
    assert html(EVENT, Medium.FEED) == words.replace(time, "3 March 2026, 19:00–21:00")
    assert plain(EVENT) == (
        'An "evening" & more [1]\n3 March 2026, 19:00–21:00\nThe Hall, 1 Row: London\n\nCome early.\n\n'
        'Add “An "evening" & more” to your calendar [2]'
    )


@pytest.mark.parametrize(
    ("fields", "language", "words"),
    [
        ("start: 2026-03-03", "en", "3 March 2026"),
        ("start: 2026-03-03 9:05", "en", None),
        ("start: 2026-03-03 09:05", "en", "3 March 2026, 9:05"),
        ("start: 2026-03-03 19:00|length: 90", "en", "3 March 2026, 19:00–20:30"),
        ("start: 2026-03-03 19:00|length: 90", "en-US", "March 3, 2026, 7:00 PM–8:30 PM"),
        ("start: 2026-03-03 00:30|end: 12:00", "en-US", "March 3, 2026, 12:30 AM–12:00 PM"),
        ("start: 2026-03-03 19:00|end: 21:00", "de", "3. März 2026, 19:00–21:00 Uhr"),
        ("start: 2026-03-03 19:00|end: 21:00", "fr", "3 mars 2026, 19h00–21h00"),
        ("start: 2026-03-03|end: 2026-03-05", "en", "3–5 March 2026"),
        ("start: 2026-03-03|end: 2026-03-05", "en-US", "March 3–5, 2026"),
        ("start: 2026-03-03|end: 2026-03-05", "de", "3.–5. März 2026"),
        ("start: 2026-03-03|end: 2026-03-05", "es", "3–5 de marzo de 2026"),
        ("start: 2026-03-30|end: 2026-04-02", "en", "30 March 2026 – 2 April 2026"),
        ("start: 2026-03-03 22:00|end: 2026-03-04 02:00", "en", "3 March 2026, 22:00 – 4 March 2026, 2:00"),
        ("start: 2026-03-03T19:00-05:00|length: 60", "en", "3 March 2026, 19:00–20:00 (UTC-05:00)"),
        ("start: 2026-07-03T19:00+01:00", "en", "3 July 2026, 19:00"),
    ],
)
def test_the_time_is_written_as_the_language_has_it(fields: str, language: str, words: str | None) -> None:
    if words is None:
        assert "must be a date. Write it as 2026-01-31 19:30." in broken_event(*fields.split("|"))
    else:
        assert event(*fields.split("|"), language=language).when == words


def test_an_event_over_midnight_is_on_one_day_and_one_of_several_days_on_all() -> None:
    assert event("start: 2026-03-03 22:00", "end: 2026-03-04 02:00").days == "3 March 2026"
    assert event("start: 2026-03-03 09:00", "end: 2026-03-05 17:00").days == "3–5 March 2026"


def test_a_day_may_begin_in_the_hour_that_clocks_leave_out() -> None:
    parsed = parse_content(
        "::: event Talk\nstart: 2026-03-08\n:::",
        path="a.md",
        first_line=1,
        resolver=Resolver(),
        merge_fields={},
        zone=ZoneInfo("America/Havana"),
    )
    assert [each.iso for each in parsed.events] == ["2026-03-08"]


def test_a_length_is_real_time_also_in_the_night_in_which_clocks_go_back() -> None:
    one = event("start: 2026-10-24 23:30", "length: 180")
    assert one.end and one.end.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert one.end.hour == 1  # for the second time


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (["place: Here"], "a.md:1: `::: event`: `start` is missing. Add a line `start: 2026-01-31 19:30`."),
        (["start: 2026-02-30"], 'a.md:2: `::: event`: `start` is "2026-02-30", and there is no such day.'),
        (["start: soon"], 'a.md:2: `::: event`: `start` is "soon" and must be a date.'),
        (["start: 2026-03-03 19:00", "end: 18:00"], "a.md:3: `::: event`: `end` is not after `start`."),
        (["start: 2026-03-03", "end: 2026-03-02"], "a.md:3: `::: event`: `end` is not after `start`."),
        (["start: 2026-03-03", "end: 18:00"], "a.md:3: `::: event`: only `end` has a time."),
        (["start: 2026-03-03 19:00", "end: 2026-03-04"], "a.md:3: `::: event`: only `start` has a time."),
        (["start: 2026-03-03", "length: 90"], "a.md:3: `::: event`: `length` does not go with"),
        (["start: 2026-03-03 19:00", "end: 20:00", "length: 9"], "a.md:4: `::: event`: `length` does not go"),
        (["start: 2026-03-03 19:00", "length: 99999999999999999999"], "a.md:3: `::: event`: `length` is"),
        (["start: 2026-03-03 19:00", "length: 999999999999999999"], "a.md:3: `::: event`: `length` is 9999"),
        (["start: 2026-03-29 01:30"], "a.md:2: `::: event`: `start` is 2026-03-29 01:30, a time that the"),
        (["start: 2026-03-29 00:30", "end: 01:30"], "a.md:3: `::: event`: `end` is 2026-03-29 01:30, a time"),
        (["start: 0001-01-01"], "a.md:2: `::: event`: `start` is in the year 1."),
        (["start: 9999-12-31"], "a.md:2: `::: event`: `start` is in the year 9999."),
        (["start: 2026-03-03", "begin: x"], "a.md:3: `::: event`: the key `begin` is not known."),
        (
            ["start: 2026-03-03", "title: x"],
            "a.md:3: `::: event`: the key `title` is not known. The title is after",
        ),
        (["start: 2026-03-03", "start: 2026-03-04"], "a.md:3: the key `start` occurs twice."),
        (["start: 2026-03-03", "Come early."], 'a.md:3: "Come early." is not a field of `::: event`.'),
        (["start: {{ when }}"], "a.md:2: a field of `::: event` cannot contain merge fields."),
        (["start: 2026-03-03", "link: missing.md"], 'a.md:3: the link "missing.md" leads to no article.'),
        (["start: 2026-03-03", "place: [1"], "a.md:3: this is not YAML"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(fields: list[str], problem: str) -> None:
    told = broken_event(*fields)
    assert told.startswith(problem) and "\n" not in told


def test_an_event_has_a_title() -> None:
    assert mistake("x\n\n::: event\nstart: 2026-03-03\n:::").startswith(
        "a.md:3: `::: event` does not say what it is. Write `::: event TITLE`."
    )


def test_all_mistakes_of_an_event_are_told_at_once() -> None:
    told = broken_event("start: never", "when: 2026", "", "[x](missing.md)")
    assert [line.split(": ")[0] for line in told.split("\n")] == ["a.md:2", "a.md:3", "a.md:5"]


def test_fields_may_be_below_an_empty_line_and_the_words_keep_their_lines() -> None:
    assert "a.md:5: the link" in mistake("::: event Talk\n\nstart: 2026-03-03\n\n[x](missing.md)\n:::")


def test_the_id_stays_when_the_event_is_moved_and_differs_between_texts_and_events() -> None:
    other = FeedIdentity("tag:synapse.example,2026:article/2", IDENTITY.published, IDENTITY.updated)
    (first,) = parse(EVENT).events
    (moved,) = parse(EVENT.replace("03-03", "04-07")).events
    (elsewhere,) = parse(EVENT, identity=other).events
    twice = [each.uid for each in parse(f"{EVENT}\n\n{EVENT}").events]
    assert moved.uid == first.uid and moved.url == first.url
    assert elsewhere.uid != first.uid and elsewhere.url != first.url
    assert twice[0] == first.uid and twice[1] != first.uid


# --- audio ------------------------------------------------------------------------------------


def test_audio_is_a_link_with_its_length_and_a_player_on_pages() -> None:
    address = "https://synapse.example/audio/talk.mp3"
    title = f'<p><strong><a href="{address}">A talk &amp; "more"</a></strong><br>Audio, 12 min</p>'
    label = "A talk &amp; &quot;more&quot;"
    player = f'<audio controls preload="none" src="{address}" aria-label="{label}"></audio>'
    assert html(AUDIO) == f'<div class="audio">{title}\n{player}\n<p>In English.</p></div>'
    assert html(AUDIO, Medium.FEED) == f"{title}\n<p>In English.</p>"
    assert plain(AUDIO) == 'A talk & "more" [1]\nAudio, 12 min\n\nIn English.'


def test_audio_at_another_address_has_the_size_that_the_editor_says() -> None:
    (audio,) = parse("::: audio https://cdn.example/a.mp3\ntitle: A\nbytes: 1234\n:::").audio
    assert (audio.url, audio.size, audio.details) == ("https://cdn.example/a.mp3", 1234, "Audio")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("::: audio\ntitle: A\n:::", "a.md:1: `::: audio` does not say which file it is."),
        ("::: audio a.mp3\n:::", "a.md:1: `::: audio`: `title` is missing."),
        ("::: audio missing.mp3\ntitle: A\n:::", 'a.md:1: the audio "missing.mp3" does not exist.'),
        ("::: audio a.mp3\ntitle: A\nbytes: 9\n:::", "a.md:3: `::: audio`: `bytes` is only for a file at"),
        ("::: audio https://x.example/a.mp3\ntitle: A\n:::", "a.md:1: `::: audio`: `bytes` is missing."),
        ("::: audio a.mp3\ntitle: A\nminutes: long\n:::", 'a.md:3: `::: audio`: `minutes` is "long"'),
        ("::: audio a.mp3\ntitle: A\nlenght: 4\n:::", "a.md:3: `::: audio`: the key `lenght` is not known."),
    ],
)
def test_wrong_audio_is_named_with_its_line(text: str, problem: str) -> None:
    told = mistake(text)
    assert told.startswith(problem) and "\n" not in told


# --- both -------------------------------------------------------------------------------------

words = st.lists(
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=9), min_size=1, max_size=4
)
texts = words.map(" ".join)


@tries(200)
@given(title=texts, place=texts, address=texts, inside=texts, audio=texts)
def test_no_word_of_a_field_is_lost_in_any_form(
    title: str, place: str, address: str, inside: str, audio: str
) -> None:
    text = (
        f'::: event {title}\nstart: 2026-03-03\nplace: "{place}"\naddress: "{address}"\n\nx{inside}\n:::\n'
        f'\n::: audio a.mp3\ntitle: "{audio}"\n\nx{inside}\n:::'
    )
    written = [html(text), html(text, Medium.FEED), html(text, Medium.EMAIL), plain(text)]
    for each in (title, place, address, inside, audio):
        for form in written:
            assert "".join(each.split()) in "".join(form.replace("<wbr>", "").split())


odd = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1)


@tries(200)
@given(title=odd, place=odd)
def test_any_words_come_out_of_a_calendar_file_as_they_went_in(title: str, place: str) -> None:
    (one,) = parse(EVENT).events
    made = calendar_file(replace(one, title=title, place=place, address=""), PUBLICATION).data
    (entry,) = Calendar.from_ical(made).walk("VEVENT")
    assert (entry["summary"], entry["location"], entry["uid"]) == (title, place, one.uid)
    assert all(len(line) <= 75 for line in made.split(b"\r\n")) and made.count(b"BEGIN:") == 2


def test_a_parsed_text_without_either_has_neither() -> None:
    content = content_kit.parse("Words.")
    assert content.events == content.audio == ()
