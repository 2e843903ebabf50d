"""Drafts at each service: one suite for all of them, against a server that plays the service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import SETTINGS, Desk, article, issue
from players.stage import SLOW, Answer, Player, player_of, playing

from pipeline.export import api
from pipeline.export.dialect import Part
from pipeline.export.targets import find
from pipeline.model import TARGETS

PUSHED = [name for name in TARGETS if find(name).push]
every_service = pytest.mark.parametrize("target", PUSHED)
FOLDER = "issues/001-one"
MANY_SCRIPTS = "שלום 日本 é 🧠 & “q” <b>"


@dataclass
class Newsstand:
    """A workspace with one frozen issue, and the service that it is pushed to."""

    desk: Desk
    player: Player
    pauses: list[float]

    def push(self, *options: str) -> Any:
        """Push, and give what is said in JSON."""
        result = self.run("--json", *options)
        assert result.exit_code == 0, result.output
        assert self.player.refused == []
        return json.loads(result.stdout)

    def run(self, *options: str) -> Any:
        return self.desk.run(
            "export", "1", "--to", self.player.target, "--push", "--yes", "--force", *options
        )

    def error(self, *options: str) -> str:
        result = self.run(*options)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        for key in self.player.keys.values():
            assert key not in result.output
        return result.stderr

    def remembered(self) -> list[dict[str, str]]:
        if not (self.desk.root / FOLDER / "drafts.json").exists():
            return []
        return list(json.loads(self.desk.read(f"{FOLDER}/drafts.json"))["drafts"])

    def write(self, letter: str, more: str = "", title: str = "One") -> None:
        self.desk.write({f"{FOLDER}/issue.md": issue(title=title, letter=letter, more=more)})
        self.desk.ok("assemble", "1", "--refresh", "--now", "2026-02-01")


@pytest.fixture
def stand(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsstand]:
    desk = Desk(tmp_path / "letter")
    pauses: list[float] = []
    monkeypatch.setattr(api, "pause", pauses.append)
    with playing(player_of(target)) as player:
        for name, key in player.keys.items():
            monkeypatch.setenv(name, key)
        settings = re.sub(r"(?m)^unsubscribe_url.*\n", "", SETTINGS)
        own = f'\n[targets.{target}]\nurl = "{player.url}"\ntimeout = 30\n{player.settings}'
        desk.write(
            {
                "newsletter.toml": f'{settings}\n[merge_fields]\ncity = "your town"\n{own}',
                "issues/articles/one.md": article("One", body="Words."),
                f"{FOLDER}/issue.md": issue(title="One", letter="Hello {{ first_name | there }}."),
            }
        )
        desk.ok("assemble", "1", "--now", "2026-02-01")
        yield Newsstand(desk, player, pauses)


# --- what stands there --------------------------------------------------------------------------


@every_service
def test_a_push_makes_a_draft_of_what_was_exported(stand: Newsstand) -> None:
    said = stand.push("--now", "2026-02-02T09:00:00+00:00")
    held, files = stand.player.one(), Desk(Path(said["output"])).tree()
    listing = json.loads(files["issue.json"])
    assert held.status == stand.player.draft
    assert held.html == files["email.html"].decode()
    assert held.subject == listing["subject"] == "One"
    if stand.player.takes_text:
        assert held.text == files["email.txt"].decode()
    if stand.player.takes_preview:
        assert held.preview_text == listing["preview_text"]
    assert said["draft"]["id"] == held.id
    assert said["draft"]["address"].startswith("http")
    assert not said["draft"]["updated"]
    (kept,) = stand.remembered()
    assert kept["target"] == stand.player.target
    assert (kept["id"], kept["pushed"]) == (held.id, "2026-02-02T09:00:00+00:00")
    for key in stand.player.keys.values():
        assert key not in stand.desk.read(f"{FOLDER}/drafts.json")


@every_service
def test_a_second_push_changes_the_same_draft(stand: Newsstand) -> None:
    first = stand.push()
    stand.write("Quite other words.")
    second = stand.push()
    assert second["draft"]["id"] == first["draft"]["id"] == stand.player.one().id
    assert second["draft"]["updated"]
    assert "Quite other words." in stand.player.one().html


@every_service
def test_a_draft_that_was_forgotten_is_found_by_its_name(stand: Newsstand) -> None:
    first = stand.push()
    (stand.desk.root / FOLDER / "drafts.json").unlink()
    again = stand.push()
    assert again["draft"] == first["draft"] | {"updated": True}
    assert len(stand.player.held) == 1


@every_service
def test_a_draft_that_was_deleted_there_is_made_again(stand: Newsstand) -> None:
    stand.push()
    stand.player.held.clear()
    assert not stand.push()["draft"]["updated"]
    assert len(stand.player.held) == 1


@every_service
def test_what_was_sent_there_is_never_changed_and_not_made_twice(stand: Newsstand) -> None:
    if not stand.player.sent:
        return  # it keeps templates, which are never sent themselves
    stand.push()
    stand.player.one().status = stand.player.sent
    before = stand.player.one().html
    stand.write("Quite other words.")
    for _ in range(2):
        said = stand.error()
        assert f'its status is "{stand.player.sent}"' in said
        assert "--anew" in said
        assert stand.player.one().html == before
        (stand.desk.root / FOLDER / "drafts.json").unlink(missing_ok=True)
    stand.push("--anew")
    assert len(stand.player.held) == 2


@every_service
def test_status_shows_the_draft(stand: Newsstand) -> None:
    address = stand.push("--now", "2026-02-02T09:00:00+00:00")["draft"]["address"]
    shown = stand.desk.ok("status")
    assert find(stand.player.target).title in shown
    assert address in shown
    assert "2026-02-02" in shown
    (one,) = stand.desk.json("status")["issues"]
    assert one["drafts"][0]["address"] == address


# --- what is in it ----------------------------------------------------------------------------------


@every_service
def test_fields_and_any_script_arrive_as_they_were_exported(stand: Newsstand) -> None:
    own = find(stand.player.target).dialect.custom
    in_lines = Part.SUBJECT in find(stand.player.target).dialect.tags["first_name"].parts
    town = "{{ city }}" if own else "your town"
    friend = "{{ first_name | friend }}" if in_lines else "friend"
    stand.write(
        f"Hello {{{{ first_name | there }}}}, {{{{ first_name }}}}, of {town}: {MANY_SCRIPTS}",
        title="שלום 日本 é 🧠",
        more=f'subject: "שלום {friend} é"\npreview_text: "Read, friend, é 日本"\n',
    )
    said = stand.push()
    files = Desk(Path(said["output"])).tree()
    held, listing = stand.player.one(), json.loads(files["issue.json"])
    assert held.html == files["email.html"].decode()
    assert held.subject == listing["subject"]
    written = {each["name"]: each["written"] for each in listing["merge_fields"]}
    for tag in (*written["first_name"], *written.get("city", ())):
        assert tag in held.html or tag in held.subject
    assert "שלום 日本 é 🧠 &amp; " in held.html


@every_service
def test_what_only_looks_like_a_tag_arrives_as_text(stand: Newsstand) -> None:
    stand.write(r"Braces \{{ x }}, \*|X|\*, 100%x%, [[x]] and {$x}.")
    result = stand.run("--json")
    if result.exit_code:
        assert "reads it as a merge tag" in result.stderr
        assert not stand.player.held
        return
    body = re.sub(r"(?s)<style.*?</style>", "", stand.player.one().html)
    paragraph = body[body.index("Braces") : body.index("and ")]
    assert not find(stand.player.target).dialect.lookalike.search(paragraph)


# --- what goes wrong ------------------------------------------------------------------------------------


@every_service
def test_a_refused_key_is_told_in_the_services_words_and_never_shown(
    stand: Newsstand, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = find(stand.player.target).push.keys[0]
    bad = f"{stand.player.keys[name][:4]}wrong{stand.player.keys[name][9:]}"
    monkeypatch.setenv(name, bad)
    said = stand.error()
    assert "says 401: " in said or "says 403: " in said
    assert "the key was refused" in said
    assert name in said
    assert bad not in said
    assert stand.remembered() == []


@every_service
def test_without_a_key_nothing_is_asked(stand: Newsstand, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in stand.player.keys:
        monkeypatch.delenv(name)
    said = stand.error()
    title = find(stand.player.target).title
    assert f"--to {stand.player.target}: there is no key for {title}." in said
    assert "keyring set pressroom" in said
    assert stand.player.asked == []


@every_service
def test_too_many_requests_wait_as_long_as_is_asked(stand: Newsstand) -> None:
    words = stand.player.error(429, "slow down")
    stand.player.faults = [Answer(429, words, {"Retry-After": "7"}), Answer(429, words)]
    stand.push()
    assert stand.pauses == [7.0, 2.0]
    assert len(stand.player.held) == 1


@every_service
def test_a_date_to_retry_after_is_understood_and_a_long_one_told(stand: Newsstand) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    stand.player.faults = [Answer(429, stand.player.error(429, "slow down"), {"Retry-After": later})]
    said = stand.error()
    assert "says 429: slow down" in said
    assert "Try again later" in said
    assert stand.pauses == []


@every_service
def test_too_many_requests_without_end_are_told(stand: Newsstand) -> None:
    stand.player.faults = [Answer(429, stand.player.error(429, "slow down"))] * 9
    assert "says 429: slow down" in stand.error()
    assert stand.pauses == [1.0, 2.0, 4.0]
    assert stand.remembered() == []


@every_service
def test_a_service_that_is_down_for_a_moment_is_asked_again(stand: Newsstand) -> None:
    stand.push()
    stand.player.faults = [Answer(503, stand.player.error(503, "down")), Answer(502, b"<h1>Bad gateway</h1>")]
    stand.push()
    assert len(stand.player.held) == 1


@every_service
def test_a_service_that_stays_down_is_told_in_its_words(stand: Newsstand) -> None:
    stand.player.faults = [Answer(500, stand.player.error(500, "we are sorry"))] * 9
    said = stand.error()
    assert "says 500: we are sorry" in said
    assert "Try again later." in said


@every_service
@pytest.mark.parametrize("fault", ["cut", "after:cut", "after:503"])
def test_a_draft_whose_making_was_cut_off_is_not_made_twice(stand: Newsstand, fault: str) -> None:
    """Whether the service had taken it or not, the second push leaves one draft."""
    stand.push()
    making = next(n for n, each in enumerate(stand.player.asked) if each.method != "GET")
    (stand.desk.root / FOLDER / "drafts.json").unlink()
    stand.player.held.clear()
    quiet = [Answer(404, stand.player.error(404, "no"))] * making
    stand.player.faults = [*quiet, fault]
    result = stand.run()
    if result.exit_code:
        assert "Push again" in result.stderr
    stand.player.faults = []
    stand.push()
    assert len(stand.player.held) == 1


@every_service
def test_an_answer_that_does_not_come_is_told_of(stand: Newsstand) -> None:
    stand.desk.write(
        {"newsletter.toml": stand.desk.read("newsletter.toml").replace("timeout = 30", "timeout = 0.2")}
    )
    stand.player.faults = [SLOW] * 9
    said = stand.error()
    assert "nothing came within 0.2 seconds" in said
    assert stand.remembered() == []


@every_service
def test_what_is_too_large_is_refused_in_its_words(stand: Newsstand) -> None:
    stand.push()
    too_large = Answer(413, stand.player.error(413, "the body is too large"))
    reads = len([each for each in stand.player.asked if each.method == "GET"])
    stand.player.asked.clear()
    stand.player.faults = []
    original = stand.player.answer
    stand.player.answer = lambda asked: original(asked) if asked.method == "GET" else too_large  # type: ignore[method-assign]
    stand.write("A sentence that goes on and on. " * 3_000)
    assert "says 413: the body is too large" in stand.error()
    assert reads


@every_service
def test_an_answer_in_another_form_is_no_traceback(stand: Newsstand) -> None:
    for body in (b"<html>a page</html>", b"[]", b'{"data": 5}', b'"words"', b"7"):
        stand.player.faults = [Answer(200, body)] * 4
        result = stand.run()
        stand.player.faults = []
        if result.exit_code:
            assert "answer" in result.stderr
    assert stand.player.refused == []


# --- before anything leaves the machine --------------------------------------------------------------------


@every_service
def test_a_dry_run_prints_the_requests_and_makes_none(
    stand: Newsstand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.push()
    kept = stand.remembered()
    stand.player.asked.clear()
    for name in stand.player.keys:
        monkeypatch.delenv(name)
    shown = stand.run("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert stand.player.asked == []
    assert re.search(r"(?m)^(PUT|PATCH|POST) http", shown.stdout)
    assert "KB)" in shown.stdout
    whole = json.loads(stand.run("--dry-run", "--json").stdout)["requests"]
    assert all(each["url"].startswith(stand.player.url) for each in whole)
    assert stand.remembered() == kept
    (stand.desk.root / FOLDER / "drafts.json").unlink()
    fresh = json.loads(stand.run("--dry-run", "--json").stdout)["requests"]
    assert any("Hello " in json.dumps(each["body"]) for each in fresh)


@every_service
def test_it_asks_first(stand: Newsstand) -> None:
    result = stand.desk.run("export", "1", "--to", stand.player.target, "--push", "--force")
    assert "Nothing is sent to readers." in result.stderr
    assert stand.player.asked == []


@every_service
def test_every_setting_that_is_missing_is_told_at_once(stand: Newsstand) -> None:
    needed = [each.name for each in find(stand.player.target).settings if each.required]
    text = stand.desk.read("newsletter.toml")
    stand.desk.write({"newsletter.toml": text[: text.index(f"[targets.{stand.player.target}]")]})
    if not needed:
        return
    said = stand.error()
    for name in needed:
        assert f"needs `{name}`" in said
    assert stand.player.asked == []
