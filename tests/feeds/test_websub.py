"""Telling a WebSub hub that feeds have changed: a hub on this machine, and nothing without being asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

from pipeline.cli import main
from pipeline.support import http
from pipeline.support.http import NoAnswerError

HOME = "https://synapse.example/news/"


@dataclass
class Hub:
    """What a hub on this machine was asked, and what it answers."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def topics(self) -> list[str]:
        return [form["hub.url"][0] for _, _, form in self.asked]


@pytest.fixture
def hub() -> Iterator[Hub]:
    seen = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            seen.asked.append((self.path, self.headers["Content-Type"], parse_qs(body)))
            status, said = seen.answers.pop(0) if seen.answers else (204, b"")
            self.send_response(status)
            if status == 301:
                self.send_header("Location", seen.url)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.url = f"http://127.0.0.1:{server.server_address[1]}/publish?key=1"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def published(workspace: WorkspaceRunner, hub: Hub) -> WorkspaceRunner:
    """A workspace with that hub, built."""
    workspace.write({"newsletter.toml": f'hub = "{hub.url}"\n{SETTINGS}'})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    return workspace


def current_feeds(workspace: WorkspaceRunner) -> set[str]:
    names = ("feed.xml", "atom.xml", "feed.json")
    return {HOME + path for path in workspace.tree("build/site") if path.rpartition("/")[2] in names}


def test_the_hub_is_told_of_every_feed_the_first_time(published: WorkspaceRunner, hub: Hub) -> None:
    said = published.ok("feed", "--ping", "--yes")
    assert set(hub.topics) == current_feeds(published) and len(hub.topics) == len(set(hub.topics))
    assert len(hub.topics) >= 9
    for path, kind, form in hub.asked:
        assert path == "/publish?key=1" and kind == "application/x-www-form-urlencoded"
        assert form["hub.mode"] == ["publish"] and set(form) == {"hub.mode", "hub.url"}
    assert said.splitlines() == [f"told: {topic}" for topic in hub.topics]


def test_afterwards_the_hub_is_told_of_what_has_changed(published: WorkspaceRunner, hub: Hub) -> None:
    published.ok("feed", "--ping", "--yes")
    hub.asked.clear()
    assert published.ok("feed", "--ping", "--yes") == "The hub knows the current state of every feed.\n"
    assert hub.asked == []
    published.write(
        {
            "issues/articles/late.md": article("Late", date="2026-02-20", tags="[notes]"),
            "issues/002-late/issue.md": issue(2, "Late", date="2026-03-01"),
        }
    )
    published.ok("assemble", "2", "--now", "2026-03-01")
    published.ok("build", "--now", "2026-03-02")
    told = published.json("feed", "--ping", "--yes")
    assert told == {"hub": hub.url, "told": hub.topics, "not_told": []}
    assert {topic.rpartition("/")[0] for topic in hub.topics} == {
        HOME.rstrip("/"),
        f"{HOME}articles",
        f"{HOME}tags/notes",
    }


def test_a_dry_run_shows_what_would_go_and_sends_nothing(published: WorkspaceRunner, hub: Hub) -> None:
    said = published.ok("feed", "--ping", "--dry-run")
    assert set(said.splitlines()) == {f"not told: {url}" for url in current_feeds(published)}
    assert published.ok("feed", "--ping", "--dry-run", "--yes") == said
    assert hub.asked == []


def asked(workspace: WorkspaceRunner, answer: str) -> tuple[int, str]:
    arguments = ["-C", str(workspace.root), "feed", "--ping"]
    done = CliRunner().invoke(main, arguments, input=answer, catch_exceptions=False)
    return done.exit_code, done.stdout


def test_without_yes_it_asks_and_only_a_yes_sends(published: WorkspaceRunner, hub: Hub) -> None:
    for answer in ("n\n", "\n", ""):
        asked(published, answer)
        assert hub.asked == []
    # No terminal, nobody to ask: it fails.
    assert asked(published, "")[0] == 1
    assert asked(published, "y\n")[0] == 0
    assert set(hub.topics) == current_feeds(published)


def test_nothing_is_sent_by_building(published: WorkspaceRunner, hub: Hub) -> None:
    published.ok("feed", "--now", "2026-02-02")
    assert hub.asked == []


def test_what_a_hub_refuses_is_told_and_tried_again(published: WorkspaceRunner, hub: Hub) -> None:
    hub.answers = [(204, b""), (204, b""), (429, b"slow\x1b[31m down\n\n")]
    said = published.run("feed", "--ping", "--yes")
    assert said.exit_code == 1
    refused = hub.topics[-1]
    assert f"the hub {hub.url} did not accept {refused}: it says 429: slow[31m down." in said.stderr
    assert "\x1b" not in said.stderr and "Traceback" not in said.stderr
    assert len(said.stdout.splitlines()) == 2
    hub.asked.clear()
    published.ok("feed", "--ping", "--yes")
    assert hub.topics[0] == refused and len(hub.topics) == len(current_feeds(published)) - 2


def test_a_redirect_is_not_followed(published: WorkspaceRunner, hub: Hub) -> None:
    hub.answers = [(301, b"")]
    assert "it says 301" in published.run("feed", "--ping", "--yes").stderr
    assert len(hub.asked) == 1


def test_a_hub_that_does_not_answer_is_given_up(
    published: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise NoAnswerError(TimeoutError(), "https://hub.example.org/")

    monkeypatch.setattr(http, "send_request", silent)
    assert "no answer in 10 seconds" in published.run("feed", "--ping", "--yes").stderr


def test_a_hub_that_is_not_there_is_reported(workspace: WorkspaceRunner) -> None:
    # Port 9 is the discard service, which nothing here runs.
    workspace.write({"newsletter.toml": f'hub = "http://127.0.0.1:9/"\n{SETTINGS}'})
    workspace.ok("build", "--now", "2026-02-02")
    said = workspace.error("feed", "--ping", "--yes")
    assert "the connection failed: Connection refused" in said and "Run it again later" in said


def test_a_workspace_without_a_hub_or_without_feeds_says_so(workspace: WorkspaceRunner) -> None:
    said = workspace.error("feed", "--ping", "--yes")
    assert "newsletter.toml: no hub is named." in said and "hub = " in said
    workspace.write({"newsletter.toml": f'hub = "https://hub.example.org/"\n{SETTINGS}'})
    assert "there are no feeds" in workspace.error("feed", "--ping", "--yes")


def test_feeds_that_do_not_name_the_hub_yet_are_not_told_of(workspace: WorkspaceRunner) -> None:
    workspace.ok("build", "--now", "2026-02-02")
    workspace.write({"newsletter.toml": f'hub = "https://hub.example.org/"\n{SETTINGS}'})
    said = workspace.error("feed", "--ping", "--yes")
    assert "the feed does not name the hub https://hub.example.org/" in said and "pressroom build" in said


@pytest.mark.parametrize(
    "value", ["http://hub.example.org/", "hub.example.org", "https://h.example/#x", "mailto:a@b.c"]
)
def test_a_hub_must_be_an_https_address(workspace: WorkspaceRunner, value: str) -> None:
    workspace.write({"newsletter.toml": f'hub = "{value}"\n{SETTINGS}'})
    assert f'newsletter.toml:1: `hub` is "{value}" and must be' in workspace.error("build")


@pytest.mark.parametrize("option", ["--yes", "--dry-run"])
def test_options_of_ping_alone_are_wrong_usage(workspace: WorkspaceRunner, option: str) -> None:
    assert workspace.run("feed", option).exit_code == 2


def test_a_feed_that_is_no_more_does_not_stay(workspace: WorkspaceRunner) -> None:
    public = SETTINGS.replace('title = "Clinicians"', 'title = "Clinicians"\npublic = true')
    workspace.write({"newsletter.toml": public})
    workspace.ok("feed", "--now", "2026-02-02")
    assert (workspace.root / "build/site/audiences/clinicians/feed.xml").is_file()
    workspace.write({"newsletter.toml": SETTINGS})
    listed = workspace.json("feed", "--now", "2026-02-02")["feeds"]
    assert {f"build/site/{path}" for path in workspace.tree("build/site")} == {*listed, "build/site/feed.css"}
    assert json.dumps(listed).count("clinicians") == 0
