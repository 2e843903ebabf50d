"""Events and audio from a workspace to email, pages, feeds and files of the site."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from icalendar import Calendar
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

EVENT = """::: event The lecture
start: 2026-03-03 19:00
end: 21:00
place: The Hall

Come early.
:::"""
AUDIO = "::: audio talk.mp3\ntitle: The talk\nminutes: 12\n:::"
MP3 = (bytes.fromhex("fffb9064") + bytes(413)) * 2
TALK = "issues/articles/evening/index.md"
ISSUE = "issues/001-plastic/issue.md"


@pytest.fixture
def workspace(tmp_path: Path) -> WorkspaceRunner:
    workspace = WorkspaceRunner(tmp_path / "workspace")
    workspace.write(
        {
            "newsletter.toml": SETTINGS,
            TALK: article("An evening", body=f"Words.\n\n{EVENT}\n\n{AUDIO}"),
            "issues/articles/evening/talk.mp3": MP3,
            ISSUE: issue(),
        }
    )
    return workspace


def build(workspace: WorkspaceRunner, now: str = "2026-02-02") -> None:
    workspace.ok("assemble", "1", "--refresh", "--now", now)
    workspace.ok("build", "--now", now)


def calendar_files(workspace: WorkspaceRunner) -> dict[str, bytes]:
    return {path: data for path, data in workspace.tree("build/site").items() if path.endswith(".ics")}


# --- events -----------------------------------------------------------------------------------


def test_an_event_has_a_calendar_file_that_email_text_part_and_page_lead_to(
    workspace: WorkspaceRunner,
) -> None:
    build(workspace)
    ((path, data),) = calendar_files(workspace).items()
    (entry,) = Calendar.from_ical(data).events
    assert (entry["summary"], entry["location"]) == ("The lecture", "The Hall")
    assert entry["url"] == "https://synapse.example/news/articles/evening/"
    lines = data.decode().split("\r\n")
    assert {"DTSTART:20260303T190000Z", "DTEND:20260303T210000Z", "DTSTAMP:20260201T000000Z"} <= set(lines)
    address = f"https://synapse.example/news/{path}"
    email = "build/issues/001-plastic/email"
    assert f'href="{address}"' in workspace.read(f"{email}.html")
    assert f"] {address}\n" in workspace.read(f"{email}.txt")
    assert f'href="../../{path}"' in workspace.read("build/site/articles/evening/index.html")
    assert address in workspace.read("build/site/feed.xml")


def test_an_event_of_days_ends_with_its_last_day_in_calendars_too(workspace: WorkspaceRunner) -> None:
    days = EVENT.replace("03-03 19:00", "03-03").replace("21:00", "2026-03-05")
    workspace.write({TALK: article("An evening", body=days)})
    build(workspace)
    (data,) = calendar_files(workspace).values()
    lines = data.decode().split("\r\n")
    assert "DTSTART;VALUE=DATE:20260303" in lines and "DTEND;VALUE=DATE:20260306" in lines


def test_the_calendar_file_is_the_same_on_another_day_and_keeps_id_and_address_when_moved(
    workspace: WorkspaceRunner,
) -> None:
    build(workspace)
    before = calendar_files(workspace)
    workspace.ok("build", "--now", "2027-01-01")
    assert calendar_files(workspace) == before
    workspace.write({TALK: workspace.read(TALK).replace("2026-03-03", "2026-04-07")})
    build(workspace, "2026-02-09")
    after = calendar_files(workspace)
    assert after.keys() == before.keys()
    uids = {re.findall(rb"UID:(\S+)", data)[0] for data in (*before.values(), *after.values())}
    assert len(uids) == 1 and b"DTSTAMP:20260209T000000Z" in next(iter(after.values()))


def test_a_renamed_article_keeps_the_id_of_its_event(workspace: WorkspaceRunner) -> None:
    build(workspace)
    before = calendar_files(workspace)
    text = workspace.read(TALK).replace("title: An", "aliases: [evening]\ntitle: An")
    (workspace.root / TALK).unlink()
    workspace.write({"issues/articles/late/index.md": text, "issues/articles/late/talk.mp3": MP3})
    build(workspace, "2026-02-09")
    assert calendar_files(workspace).keys() == before.keys()


def test_no_line_of_the_html_breaks_within_a_fact_and_the_text_part_has_plain_spaces(
    workspace: WorkspaceRunner,
) -> None:
    days = EVENT.replace("03-03 19:00", "03-03").replace("21:00", "2026-04-05")
    revised = article("Revised", body="Words.", updated="2026-01-20")
    workspace.write({TALK: article("An evening", body=days), "issues/articles/revised.md": revised})
    build(workspace)
    html, text = (workspace.read(f"build/issues/001-plastic/email.{form}") for form in ("html", "txt"))
    for glued in (
        "3_March_2026 – 5_April_2026 · 1_min_read",
        "8_January_2026 · Updated 20_January_2026 · 1_min_read",
        "Issue_1 · 1_February_2026 · 1_min_read",
    ):
        assert f"\n{glued.replace('_', ' ')}\n" in text
        unbroken = glued.replace("_", "\u00a0")
        assert f">{unbroken}<" in html


def test_an_article_shows_the_date_of_its_event_and_feeds_the_one_of_publishing(
    workspace: WorkspaceRunner,
) -> None:
    build(workspace)
    assert "\n3 March 2026\n" in workspace.read("build/issues/001-plastic/email.txt")
    assert ">3\u00a0March\u00a02026</p>" in workspace.read("build/issues/001-plastic/email.html")
    page = workspace.read("build/site/articles/evening/index.html")
    assert '<time datetime="2026-03-03T19:00:00+00:00">3 March 2026</time>' in page
    assert "8 January 2026" not in page
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    (event,) = json.loads(data)["about"]
    assert event == {
        "@type": "Event",
        "name": "The lecture",
        "startDate": "2026-03-03T19:00:00+00:00",
        "endDate": "2026-03-03T21:00:00+00:00",
        "location": {"@type": "Place", "name": "The Hall"},
        "url": "https://synapse.example/news/articles/evening/",
    }
    assert "Sun, 01 Feb 2026" in workspace.read("build/site/articles/feed.xml")


def test_an_event_of_another_audience_does_not_date_the_article(workspace: WorkspaceRunner) -> None:
    hidden = EVENT.replace("::: event", ":::: only audience=clinicians\n::: event") + "\n::::"
    workspace.write({TALK: article("An evening", body=f"Words.\n\n{hidden}")})
    build(workspace)
    page = workspace.read("build/site/articles/evening/index.html")
    assert "8 January 2026" in page and "The lecture" not in page


def test_an_event_in_the_letter_has_its_file_and_is_what_the_issue_is_about(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({ISSUE: issue(letter=f"Hello.\n\n{EVENT}"), TALK: article("An evening")})
    build(workspace)
    ((path, data),) = calendar_files(workspace).items()
    assert b"URL:https://synapse.example/news/issues/001-plastic/" in data
    page = workspace.read("build/site/issues/001-plastic/index.html")
    assert f'href="../../{path}"' in page and '"about":[{"@type":"Event"' in page


def test_an_event_for_a_private_audience_has_its_file_and_no_page_names_it(
    workspace: WorkspaceRunner,
) -> None:
    text = article("For them", body=f"Words.\n\n{EVENT}", audience="[clinicians]")
    workspace.write(
        {TALK: text, ISSUE: issue(more="audience: [everyone, clinicians]\n", letter="Hello to all of you.")}
    )
    build(workspace)
    ((path, data),) = calendar_files(workspace).items()
    assert path in workspace.read("build/issues/001-plastic/clinicians/email.txt")
    assert b"URL:" not in data
    others = [each for name, each in workspace.tree("build/site").items() if name != path]
    assert not any(b"The lecture" in each or path.encode() in each for each in others)


def test_an_event_that_is_past_when_the_issue_goes_out_is_reported(workspace: WorkspaceRunner) -> None:
    def reported(*fields: str) -> bool:
        event = "\n".join(("::: event The lecture", *fields, ":::"))
        workspace.write({TALK: article("An evening", body=f"Words.\n\n{event}")})
        told = [workspace.run(command, "1").output for command in ("plan", "check")]
        found = [f"{TALK}:8: warning EVENT001: " in each for each in told]
        assert found[0] is found[1]
        return found[0]

    assert reported("start: 2026-01-31")
    assert reported("start: 2026-01-31 19:00", "length: 60")
    assert reported("start: 2026-01-20", "end: 2026-01-31")
    assert not reported("start: 2026-01-20", "end: 2026-02-01")
    assert not reported("start: 2026-02-01")
    assert not reported("start: 2027-01-01")


def test_a_past_event_in_a_snippet_of_the_letter_is_reported(workspace: WorkspaceRunner) -> None:
    past = EVENT.replace("2026-03-03", "2025-03-03")
    workspace.write({ISSUE: issue(letter="::: snippet offer\n:::"), "issues/snippets/offer.md": past})
    for command in ("plan", "check"):
        assert f"{ISSUE}:6: warning EVENT001" in workspace.run(command, "1").output


def test_a_broken_event_stops_the_build_with_file_and_line(workspace: WorkspaceRunner) -> None:
    workspace.write({TALK: article("An evening", body=EVENT.replace("21:00", "18:00"))})
    assert f"{TALK}:8: `::: event`: `end` is not after `start`." in workspace.error("build")
    assert not (workspace.root / "build/site").exists()


# --- audio ------------------------------------------------------------------------------------


def test_audio_is_published_and_is_an_enclosure_in_every_format(workspace: WorkspaceRunner) -> None:
    build(workspace)
    ((path, data),) = [each for each in workspace.tree("build/site").items() if each[0].endswith(".mp3")]
    assert data == MP3 and re.fullmatch(r"audio/talk-[0-9a-f]{12}\.mp3", path)
    address = f"https://synapse.example/news/{path}"
    for folder in ("", "articles/"):
        enclosure = f'<enclosure url="{address}" length="{len(MP3)}" type="audio/mpeg"/>'
        assert enclosure in workspace.read(f"build/site/{folder}feed.xml")
        link = f'<link href="{address}" rel="enclosure" type="audio/mpeg" length="{len(MP3)}"/>'
        assert link in workspace.read(f"build/site/{folder}atom.xml")
        (item,) = json.loads(workspace.read(f"build/site/{folder}feed.json"))["items"]
        assert item["attachments"] == [
            {
                "url": address,
                "mime_type": "audio/mpeg",
                "title": "The talk",
                "size_in_bytes": len(MP3),
                "duration_in_seconds": 720,
            }
        ]
    assert "0 errors" in workspace.run("feed", "--check").output
    assert "The talk [" in workspace.read("build/issues/001-plastic/email.txt")
    email = workspace.read("build/issues/001-plastic/email.html")
    assert f'href="{address}"' in email and "<audio" not in email


def test_of_several_pieces_the_first_is_the_enclosure(workspace: WorkspaceRunner) -> None:
    further = "::: audio https://cdn.example/b.ogg?x=1&y=2\ntitle: B\nbytes: 5\n:::"
    workspace.write({TALK: article("An evening", body=f"{further}\n\n{AUDIO}")})
    build(workspace)
    feed = workspace.read("build/site/articles/feed.xml")
    assert re.findall("<enclosure.*", feed) == [
        '<enclosure url="https://cdn.example/b.ogg?x=1&amp;y=2" length="5" type="audio/ogg"/>'
    ]
    assert feed.count(".mp3") == 1


def test_only_a_page_with_audio_may_load_it_and_from_elsewhere_over_https(
    workspace: WorkspaceRunner,
) -> None:
    def policy(path: str) -> str:
        return re.findall(r"Security-Policy\" content=\"([^\"]*)", workspace.read(f"build/site/{path}"))[0]

    build(workspace)
    assert policy("articles/evening/index.html").endswith("; media-src &#39;self&#39;")
    assert policy("issues/001-plastic/index.html").endswith("; media-src &#39;self&#39;")
    assert "media-src" not in policy("index.html") + policy("articles/index.html")
    elsewhere = "::: audio https://cdn.example/b.ogg\ntitle: B\nbytes: 5\n:::"
    workspace.write({TALK: article("An evening", body=elsewhere)})
    build(workspace)
    assert policy("articles/evening/index.html").endswith("; media-src &#39;self&#39; https:")


def test_other_bytes_in_an_audio_file_are_a_change_of_the_article(workspace: WorkspaceRunner) -> None:
    build(workspace)
    workspace.write({"issues/articles/evening/talk.mp3": MP3 + MP3})
    assert 'the article "evening" was edited after the issue was frozen' in workspace.error("build")


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("talk.xyz", 'the audio "talk.xyz" has no known type. Its name must end in one of .mp3, .m4a,'),
        ("tlak.mp3", 'the audio "tlak.mp3" does not exist. Did you mean "talk.mp3"?'),
        ("http://x.example/a.mp3", "is neither a file nor an https address."),
        ("../../../../a.mp3", '"../../../../a.mp3" leaves the workspace'),
        ("empty.mp3", 'the audio "empty.mp3" is empty.'),
        ("https://x.example/listen", 'the audio "listen" has no known type.'),
    ],
)
def test_audio_that_cannot_be_published_is_named(
    workspace: WorkspaceRunner, address: str, problem: str
) -> None:
    body = AUDIO.replace("talk.mp3", address)
    workspace.write({TALK: article("An evening", body=body), "issues/articles/evening/empty.mp3": b""})
    told = workspace.error("build")
    assert told.startswith(f"{TALK}:6: ") and problem in " ".join(told.split())
