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

import keyring
import pytest
from fake_services.fake_service import SLOW, Draft, FakeService, Reply, fake_service_for, serving
from golden_kit import golden_issue_for
from keyring.errors import KeyringError
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png

from pipeline.export import client
from pipeline.export.dialect import MessagePart
from pipeline.export.targets import find
from pipeline.model import TARGETS
from pipeline.support import http

every_service = pytest.mark.parametrize("target", TARGETS)
CORE = {"ghost", "mailchimp", "ses"}
"""A token of its own, two requests a draft, and signed requests: the ways in which services differ most."""
core_services = pytest.mark.parametrize("target", rows(TARGETS, {"mailchimp"}))
"""For what the shared client does: the others are seen in CI."""
searched_services = pytest.mark.parametrize("target", rows(TARGETS, {"beehiiv", "ghost", "listmonk"}))
"""For what the name of a draft is: these have a search of their own."""
FOLDER = "issues/001-one"
MANY_SCRIPTS = "שלום 日本 é 🧠 & “q” <b>"


@dataclass
class PushRunner:
    """A workspace with one frozen issue, and the service that it is pushed to."""

    workspace: WorkspaceRunner
    service: FakeService
    pauses: list[float]

    def push(self, *options: str) -> Any:
        """Push, and give what is said in JSON."""
        result = self.run("--json", *options)
        assert result.exit_code == 0, result.output
        assert self.service.refusals == []
        return json.loads(result.stdout)

    def run(self, *options: str) -> Any:
        return self.workspace.run(
            "export", "1", "--to", self.service.target, "--push", "--yes", "--force", *options
        )

    def error(self, *options: str) -> str:
        result = self.run(*options)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        for key in self.service.keys.values():
            assert key not in result.output
        return result.stderr

    def remembered(self) -> list[dict[str, str]]:
        if not (self.workspace.root / FOLDER / "drafts.json").exists():
            return []
        return list(json.loads(self.workspace.read(f"{FOLDER}/drafts.json"))["drafts"])

    def write(self, letter: str, more: str = "", title: str = "One") -> None:
        self.workspace.write({f"{FOLDER}/issue.md": issue(title=title, letter=letter, more=more)})
        self.workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-01")


@pytest.fixture
def pusher(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushRunner]:
    workspace = WorkspaceRunner(tmp_path / "letter")
    pauses: list[float] = []
    monkeypatch.setattr(client, "sleep", pauses.append)
    # The checks have tests of their own, and would take most of the time of these.
    monkeypatch.setattr("pipeline.actions.check.RULES", ())
    with serving(fake_service_for(target)) as service:
        for name, key in service.keys.items():
            monkeypatch.setenv(name, key)
        settings = re.sub(r"(?m)^unsubscribe_url.*\n", "", SETTINGS)
        own = f'\n[targets.{target}]\nurl = "{service.url}"\ntimeout = 30\n{service.settings}'
        workspace.write(
            {
                "newsletter.toml": f'{settings}\n[merge_fields]\ncity = "your town"\n{own}',
                "issues/articles/one.md": article("One", body="Words."),
                f"{FOLDER}/issue.md": issue(title="One", letter="Hello {{ first_name | there }}."),
            }
        )
        workspace.ok("assemble", "1", "--now", "2026-02-01")
        yield PushRunner(workspace, service, pauses)


# --- what stands there --------------------------------------------------------------------------


@every_service
def test_a_push_makes_a_draft_of_what_was_exported(pusher: PushRunner) -> None:
    said = pusher.push("--now", "2026-02-02T09:00:00+00:00")
    held, files = pusher.service.only_draft(), WorkspaceRunner(Path(said["output"])).tree()
    listing = json.loads(files["issue.json"])
    assert held.status == pusher.service.open_status
    assert held.html == files["email.html"].decode()
    assert held.subject == listing["subject"] == "One"
    if pusher.service.takes_text:
        assert held.text == files["email.txt"].decode()
    if pusher.service.takes_preview:
        assert held.preview_text == listing["preview_text"]
    assert said["draft"]["id"] == held.id
    assert said["draft"]["address"].startswith("http")
    assert not said["draft"]["updated"]
    (kept,) = pusher.remembered()
    assert kept["target"] == pusher.service.target
    assert (kept["id"], kept["pushed"]) == (held.id, "2026-02-02T09:00:00+00:00")
    for key in pusher.service.keys.values():
        assert key not in pusher.workspace.read(f"{FOLDER}/drafts.json")


@searched_services
def test_a_second_push_changes_the_same_draft(pusher: PushRunner) -> None:
    first = pusher.push()
    pusher.write("Quite other words.")
    second = pusher.push()
    assert second["draft"]["id"] == first["draft"]["id"] == pusher.service.only_draft().id
    assert second["draft"]["updated"]
    assert "Quite other words." in pusher.service.only_draft().html


@core_services
def test_a_draft_that_was_forgotten_is_found_by_its_name(pusher: PushRunner) -> None:
    first = pusher.push()
    (pusher.workspace.root / FOLDER / "drafts.json").unlink()
    again = pusher.push()
    assert again["draft"] == first["draft"] | {"updated": True}
    assert len(pusher.service.drafts) == 1


OPTIONAL = [(name, field) for name in TARGETS for field in fake_service_for(name).optional]


@pytest.mark.parametrize(
    ("target", "field"),
    [
        pytest.param(*each, marks=() if each[0] in CORE else pytest.mark.slow, id="-".join(each))
        for each in OPTIONAL
    ],
)
def test_an_answer_may_lack_what_its_schema_does_not_require(pusher: PushRunner, field: str) -> None:
    pusher.service.without = field
    first = pusher.push()
    assert first["draft"]["address"].startswith("http")
    second = pusher.push()
    assert second["draft"]["id"] == first["draft"]["id"]
    (pusher.workspace.root / FOLDER / "drafts.json").unlink()
    pusher.push()


@core_services
def test_a_draft_that_was_deleted_there_is_made_again(pusher: PushRunner) -> None:
    pusher.push()
    pusher.service.drafts.clear()
    assert not pusher.push()["draft"]["updated"]
    assert len(pusher.service.drafts) == 1


@core_services
def test_what_was_sent_there_is_never_changed_and_not_made_twice(pusher: PushRunner) -> None:
    if not pusher.service.sent_status:
        return  # it keeps templates, which are never sent themselves
    pusher.push()
    pusher.service.only_draft().status = pusher.service.sent_status
    before = pusher.service.only_draft().html
    pusher.write("Quite other words.")
    for _ in range(2):
        said = pusher.error()
        assert f'its status is "{pusher.service.sent_status}"' in said
        assert "--new-draft" in said
        assert pusher.service.only_draft().html == before
        (pusher.workspace.root / FOLDER / "drafts.json").unlink(missing_ok=True)
    pusher.push("--new-draft")
    assert len(pusher.service.drafts) == 2


@core_services
def test_status_shows_the_draft(pusher: PushRunner) -> None:
    address = pusher.push("--now", "2026-02-02T09:00:00+00:00")["draft"]["address"]
    shown = pusher.workspace.ok("status")
    assert find(pusher.service.target).title in shown
    assert address in shown
    assert "2026-02-02" in shown
    (one,) = pusher.workspace.json("status")["issues"]
    assert one["drafts"][0]["address"] == address


@core_services
def test_every_block_of_the_golden_issue_arrives(pusher: PushRunner, tmp_path: Path) -> None:
    """Names, titles, tags and words in many scripts among it."""
    target = pusher.service.target
    settings = pusher.workspace.read("newsletter.toml")
    golden = golden_issue_for(
        target, tmp_path / "golden", f"\n{settings[settings.index(f'[targets.{target}]') :]}"
    )
    pusher.workspace.root = golden.root
    said = json.loads(pusher.run("--json").stdout)
    assert pusher.service.refusals == []
    held, files = pusher.service.only_draft(), WorkspaceRunner(Path(said["output"])).tree()
    assert held.html == files["email.html"].decode()
    if pusher.service.takes_text:
        assert held.text == files["email.txt"].decode()
    assert "שלום" in held.html
    assert held.subject == json.loads(files["issue.json"])["subject"]


# --- what is in it ----------------------------------------------------------------------------------


@core_services
def test_fields_and_any_script_arrive_as_they_were_exported(pusher: PushRunner) -> None:
    own = find(pusher.service.target).dialect.custom
    in_lines = MessagePart.SUBJECT in find(pusher.service.target).dialect.tags["first_name"].parts
    town = "{{ city }}" if own else "your town"
    friend = "{{ first_name | friend }}" if in_lines else "friend"
    pusher.write(
        f"Hello {{{{ first_name | there }}}}, {{{{ first_name }}}}, of {town}: {MANY_SCRIPTS}",
        title="שלום 日本 é 🧠",
        more=f'subject: "שלום {friend} é"\npreview_text: "Read, friend, é 日本"\n',
    )
    said = pusher.push()
    files = WorkspaceRunner(Path(said["output"])).tree()
    held, listing = pusher.service.only_draft(), json.loads(files["issue.json"])
    assert held.html == files["email.html"].decode()
    assert held.subject == listing["subject"]
    written = {each["name"]: each["written"] for each in listing["merge_fields"]}
    for tag in (*written["first_name"], *written.get("city", ())):
        assert tag in held.html or tag in held.subject
    assert "שלום 日本 é 🧠 &amp; " in held.html


@core_services
def test_what_only_looks_like_a_tag_arrives_as_text(pusher: PushRunner) -> None:
    pusher.write(r"Braces \{{ x }}, \*|X|\*, 100%x%, [[x]] and {$x}.")
    result = pusher.run("--json")
    if result.exit_code:
        assert "reads it as a merge tag" in result.stderr
        assert not pusher.service.drafts
        return
    body = re.sub(r"(?s)<style.*?</style>", "", pusher.service.only_draft().html)
    paragraph = body[body.index("Braces") : body.index("and ")]
    assert not find(pusher.service.target).dialect.lookalike.search(paragraph)


# --- what goes wrong ------------------------------------------------------------------------------------


@core_services
def test_a_refused_key_is_told_in_the_services_words_and_never_shown(
    pusher: PushRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = find(pusher.service.target).push.keys[0]
    bad = f"{pusher.service.keys[name][:4]}wrong{pusher.service.keys[name][9:]}"
    monkeypatch.setenv(name, bad)
    said = pusher.error()
    assert "says 401: " in said or "says 403: " in said
    assert "the key was refused" in said
    assert name in said
    assert bad not in said
    assert pusher.remembered() == []


@core_services
def test_without_a_key_nothing_is_asked(pusher: PushRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in pusher.service.keys:
        monkeypatch.delenv(name)
    said = pusher.error()
    title = find(pusher.service.target).title
    assert f"--to {pusher.service.target}: there is no key for {title}." in said
    assert "keyring set pressroom" in said
    assert pusher.service.requests == []
    assert not (pusher.workspace.root / "build/export").exists()


@core_services
def test_too_many_requests_wait_as_long_as_is_asked(pusher: PushRunner) -> None:
    words = pusher.service.error(429, "slow down")
    pusher.service.faults = [Reply(429, words, {"Retry-After": "7"}), Reply(429, words)]
    pusher.push()
    assert pusher.pauses == [7.0, 2.0]
    assert len(pusher.service.drafts) == 1


def test_a_time_to_retry_after_that_is_none_is_as_good_as_missing() -> None:
    assert client.retry_pause("²", 3) == client.retry_pause("soon", 3) == client.retry_pause("", 3) == 4.0


@core_services
def test_a_date_to_retry_after_is_understood_and_a_long_one_told(pusher: PushRunner) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    pusher.service.faults = [Reply(429, pusher.service.error(429, "slow down"), {"Retry-After": later})]
    said = pusher.error()
    assert "says 429: slow down" in said
    assert "Try again later" in said
    assert pusher.pauses == []


@core_services
def test_too_many_requests_without_end_are_told(pusher: PushRunner) -> None:
    pusher.service.faults = [Reply(429, pusher.service.error(429, "slow down"))] * 9
    assert "says 429: slow down" in pusher.error()
    assert pusher.pauses == [1.0, 2.0, 4.0]
    assert pusher.remembered() == []


@core_services
def test_a_service_that_is_down_for_a_moment_is_asked_again(pusher: PushRunner) -> None:
    pusher.push()
    pusher.service.faults = [
        Reply(503, pusher.service.error(503, "down")),
        Reply(502, b"<h1>Bad gateway</h1>"),
    ]
    pusher.push()
    assert pusher.service.faults == []
    assert pusher.pauses == [1.0, 2.0]
    assert len(pusher.service.drafts) == 1


@core_services
def test_a_service_that_stays_down_is_told_in_its_words(pusher: PushRunner) -> None:
    pusher.service.faults = [Reply(500, pusher.service.error(500, "we are sorry"))] * 9
    said = pusher.error()
    assert "says 500: we are sorry" in said
    assert "Try again later." in said


@core_services
@pytest.mark.parametrize("fault", rows(["cut", "after:cut", "after:503"], {"after:cut"}))
def test_a_draft_whose_making_was_cut_off_is_not_made_twice(pusher: PushRunner, fault: str) -> None:
    """Whether the service had taken it or not, the second push leaves one draft."""
    pusher.push()
    making = next(n for n, each in enumerate(pusher.service.requests) if each.method != "GET")
    (pusher.workspace.root / FOLDER / "drafts.json").unlink()
    pusher.service.drafts.clear()
    quiet = [Reply(404, pusher.service.error(404, "no"))] * making
    pusher.service.faults = [*quiet, fault]
    result = pusher.run()
    if result.exit_code:
        assert "Push again" in result.stderr
    pusher.service.faults = []
    pusher.push()
    assert len(pusher.service.drafts) == 1


@core_services
def test_an_answer_that_does_not_come_is_told_of(pusher: PushRunner) -> None:
    pusher.workspace.write(
        {
            "newsletter.toml": pusher.workspace.read("newsletter.toml").replace(
                "timeout = 30", "timeout = 0.05"
            )
        }
    )
    pusher.service.faults = [SLOW] * 9
    said = pusher.error()
    assert "no answer in 0.05 seconds" in said
    assert pusher.remembered() == []


@core_services
def test_what_is_too_large_is_refused_in_its_words(pusher: PushRunner) -> None:
    pusher.push()
    too_large = Reply(413, pusher.service.error(413, "the body is too large"))
    reads = len([each for each in pusher.service.requests if each.method == "GET"])
    pusher.service.requests.clear()
    pusher.service.faults = []
    original = pusher.service.reply
    pusher.service.reply = lambda asked: original(asked) if asked.method == "GET" else too_large  # type: ignore[method-assign]
    pusher.write("A sentence that goes on and on. " * 3_000)
    assert "says 413: the body is too large" in pusher.error()
    assert reads


@core_services
def test_an_answer_in_another_form_is_no_traceback(pusher: PushRunner) -> None:
    deep = [b"[" * depth + b"]" * depth for depth in (150, 990, 100_000)]
    for body in (b"<html>a page</html>", b"[]", b'{"data": 5}', b'"words"', b"7", *deep):
        pusher.service.faults = [Reply(200, body)] * 4
        result = pusher.run()
        pusher.service.faults = []
        if result.exit_code:
            assert "answer" in result.stderr
    assert pusher.service.refusals == []


# --- before anything leaves the machine --------------------------------------------------------------------


@core_services
def test_a_dry_run_prints_the_requests_and_makes_none(
    pusher: PushRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    pusher.push()
    kept = pusher.remembered()
    pusher.service.requests.clear()
    for name in pusher.service.keys:
        monkeypatch.delenv(name)
    shown = pusher.run("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert pusher.service.requests == []
    assert re.search(r"(?m)^(PUT|PATCH|POST) http", shown.stdout)
    assert "KB)" in shown.stdout
    whole = json.loads(pusher.run("--dry-run", "--json").stdout)["requests"]
    assert all(each["url"].startswith(pusher.service.url) for each in whole)
    assert pusher.remembered() == kept
    (pusher.workspace.root / FOLDER / "drafts.json").unlink()
    fresh = json.loads(pusher.run("--dry-run", "--json").stdout)["requests"]
    assert any("Hello " in json.dumps(each["body"]) for each in fresh)


@core_services
def test_it_asks_first(pusher: PushRunner) -> None:
    result = pusher.workspace.run("export", "1", "--to", pusher.service.target, "--push", "--force")
    assert "Nothing is sent to readers." in result.stderr
    assert pusher.service.requests == []


@every_service
def test_every_setting_that_is_missing_is_told_at_once(pusher: PushRunner) -> None:
    needed = [each.name for each in find(pusher.service.target).settings if each.required]
    text = pusher.workspace.read("newsletter.toml")
    pusher.workspace.write({"newsletter.toml": text[: text.index(f"[targets.{pusher.service.target}]")]})
    if not needed:
        return
    said = pusher.error()
    for name in needed:
        assert f"needs `{name}`" in said
    assert pusher.service.requests == []
    assert not (pusher.workspace.root / "build/export").exists()


# --- what is only one service's own, or needs no service ---------------------------------------------------


only = pytest.mark.parametrize("target", ["mailchimp"])


@only
def test_packed_pictures_go_in_an_archive(pusher: PushRunner) -> None:
    pusher.workspace.write(
        {
            "issues/articles/two/a.png": png(),
            "issues/articles/two/index.md": article("Two", body="![A dot](a.png)\n\nWords."),
        }
    )
    pusher.workspace.ok("assemble", "1", "--update", "--now", "2026-02-01")
    pusher.push("--images", "packed")
    held = pusher.service.only_draft()
    (picture,) = (each for each in held.extra["files"] if each.startswith("images/"))
    assert f'src="{picture}"' in held.html


@only
def test_an_audience_has_a_list_and_a_segment_of_its_own(pusher: PushRunner) -> None:
    settings = pusher.workspace.read("newsletter.toml")
    pusher.workspace.write(
        {"newsletter.toml": f"{settings}\n[targets.mailchimp.audiences.clinicians]\nsegment = 9\n"}
    )
    pusher.write("Hello.", more="audience: [everyone, clinicians]\n")
    pusher.workspace.ok("assemble", "1", "--update", "--now", "2026-02-01")
    pusher.push()
    assert "segment_opts" not in pusher.service.only_draft().extra["recipients"]
    said = pusher.push("--audience", "clinicians")
    assert len(pusher.service.drafts) == 2
    held = pusher.service.drafts[said["draft"]["id"]]
    assert held.extra["recipients"]["segment_opts"] == {"saved_segment_id": 9}
    assert held.name.endswith(" (clinicians)")
    assert json.loads(WorkspaceRunner(Path(said["output"])).tree()["issue.json"])["audience_filter"] == {
        "segment": 9
    }
    assert [each["audience"] for each in pusher.remembered()] == ["clinicians", "everyone"]
    assert "Mailchimp, clinicians, pushed" in pusher.workspace.ok("status")


@only
def test_a_key_may_stand_in_the_keyring(pusher: PushRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {("pressroom", name): key for name, key in pusher.service.keys.items()}
    for name in pusher.service.keys:
        monkeypatch.delenv(name)
    monkeypatch.setattr(keyring, "get_password", lambda service, user: stored.get((service, user)))
    pusher.push()
    assert len(pusher.service.drafts) == 1


@only
def test_a_keyring_that_is_locked_is_as_none(pusher: PushRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(service: str, user: str) -> str:
        raise KeyringError("locked")

    for name in pusher.service.keys:
        monkeypatch.delenv(name)
    monkeypatch.setattr(keyring, "get_password", locked)
    assert "there is no key for Mailchimp" in pusher.error()


@pytest.mark.parametrize(
    ("target", "key", "said"),
    [
        ("mailchimp", "0123456789abcdef", "ends in a hyphen and the name of a data center"),
        ("mailchimp", "01234567-us7.evil.example/", "ends in a hyphen and the name of a data center"),
        ("ghost", "0123456789abcdef", "has two parts with a colon between them"),
        ("ghost", "0123:not-hex", "has two parts with a colon between them"),
        ("kit", "two words here", "is not a key"),
        ("kit", "clé-très-secrète", "is not a key"),
    ],
)
def test_a_key_in_a_wrong_form_is_told_without_it(
    pusher: PushRunner, monkeypatch: pytest.MonkeyPatch, key: str, said: str
) -> None:
    name = find(pusher.service.target).push.keys[0]
    monkeypatch.setenv(name, key)
    settings = pusher.workspace.read("newsletter.toml")
    if pusher.service.target == "mailchimp":  # its address is made from the key
        pusher.workspace.write({"newsletter.toml": re.sub(r'url = "http:.*\n', "", settings)})
    told = pusher.error()
    assert said in told
    assert key not in told
    assert pusher.service.requests == []


@only
@pytest.mark.parametrize(
    "url",
    [
        "http://api.mailchimp.example/3.0",
        "api.mailchimp.example",
        "https://user:pass@x.example",
        "https://:pass@x.example",
        "https://x.example/?a=b",
        "ftp://127.0.0.1/",
    ],
)
def test_a_key_travels_to_no_doubtful_address(pusher: PushRunner, url: str) -> None:
    settings = pusher.workspace.read("newsletter.toml")
    pusher.workspace.write({"newsletter.toml": re.sub(r'url = "http:.*', f'url = "{url}"', settings)})
    told = pusher.error()
    assert "is not the address of an API" in told
    assert "pass@" not in told


@only
def test_a_service_that_has_moved_is_not_followed(pusher: PushRunner) -> None:
    pusher.service.faults = [Reply(301, None, {"Location": "https://elsewhere.example/3.0"})]
    said = pusher.error()
    assert "says 301: it has moved to https://elsewhere.example/3.0" in said
    assert len(pusher.service.requests) == 1


@only
def test_a_service_that_cannot_be_reached_is_told(pusher: PushRunner) -> None:
    settings = pusher.workspace.read("newsletter.toml")
    pusher.workspace.write(
        {"newsletter.toml": re.sub(r'url = "http:.*', 'url = "http://127.0.0.1:9/3.0"', settings)}
    )
    assert "the connection failed" in pusher.error()
    assert pusher.pauses == [1.0, 2.0, 4.0]


@only
def test_a_key_that_the_service_repeats_is_masked(pusher: PushRunner) -> None:
    (key,) = pusher.service.keys.values()
    pusher.service.faults = [Reply(400, pusher.service.error(400, f"API key {key} is disabled"))]
    assert "says 400: API key … is disabled" in pusher.error()


@only
@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"drafts": ' + "[" * 990 + "]" * 990 + "}",
        "[" * 100_000,
        '{"drafts": [{}]}',
        '{"drafts": 5}',
        '{"drafts": [{"target": "mailchimp"}]}',
        "\\u001b",
    ],
)
def test_the_list_of_drafts_that_is_broken_is_told(pusher: PushRunner, text: str) -> None:
    pusher.push()
    whole = pusher.workspace.read(f"{FOLDER}/drafts.json")
    pusher.workspace.write(
        {f"{FOLDER}/drafts.json": whole.replace("https:", f"{text}https:") if "u001b" in text else text}
    )
    pusher.service.requests.clear()
    said = pusher.error()
    assert f"{FOLDER}/drafts.json" in said
    assert "is not a list of drafts that can be read." in said
    assert pusher.service.requests == []
    assert "drafts.json" in pusher.workspace.error("status")


@only
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("segmnt = 4\n", 'the key `segmnt` is not known.\n    Did you mean "segment"?'),
        ('segment = "x"\n', "`segment` must be a number"),
        ("list = 4\n", "`list` must be text"),
        ("tags = 4\n", "the key `tags` is not known"),
        ("audiences = 4\n", "`audiences` must have a table for each audience"),
        ("[targets.mailchimp.audiences.clinicans]\nsegment = 4\n", 'there is no audience "clinicans"'),
        ("fields = 4\n", "`fields` must map names to names"),
    ],
)
def test_every_setting_that_is_wrong_is_told(pusher: PushRunner, more: str, said: str) -> None:
    settings = pusher.workspace.read("newsletter.toml")
    if more.startswith("list"):
        settings = settings.replace('list = "a1b2c3"\n', "")
    pusher.workspace.write({"newsletter.toml": settings + more})
    assert said in pusher.error()


@pytest.mark.parametrize("target", ["brevo"])
def test_a_service_with_one_tag_takes_no_more(pusher: PushRunner) -> None:
    settings = pusher.workspace.read("newsletter.toml")
    pusher.workspace.write({"newsletter.toml": f'{settings}tags = ["letter"]\n'})
    pusher.push()
    assert pusher.service.only_draft().extra["tag"] == "letter"
    pusher.workspace.write({"newsletter.toml": f'{settings}tags = ["letter", "science"]\n'})
    assert "Brevo takes one tag" in pusher.error()


@pytest.mark.parametrize("target", ["listmonk"])
def test_tags_are_those_of_its_articles_or_those_that_are_said(pusher: PushRunner) -> None:
    pusher.push()
    assert pusher.service.only_draft().tags == ("research",)
    settings = pusher.workspace.read("newsletter.toml")
    pusher.workspace.write({"newsletter.toml": f'{settings}tags = ["letter", "science"]\n'})
    assert json.loads(WorkspaceRunner(Path(pusher.push()["output"])).tree()["issue.json"])["tags"] == [
        "letter",
        "science",
    ]
    assert pusher.service.only_draft().tags == ("letter", "science")


def forgotten_and_pushed_again(pusher: PushRunner) -> None:
    first = pusher.push()
    for file in pusher.workspace.root.glob("issues/*/drafts.json"):
        file.unlink()
    again = pusher.push()
    assert again["draft"] == first["draft"] | {"updated": True}


@searched_services
@pytest.mark.parametrize(
    "title", rows(["Who (really) pays?", "A & B | C", "!: <one> 'two' \"three\" *"], {"A & B | C"})
)
def test_a_forgotten_draft_is_found_whatever_signs_its_title_has(pusher: PushRunner, title: str) -> None:
    pusher.write("Hello.", title=json.dumps(title))
    forgotten_and_pushed_again(pusher)


@searched_services
def test_a_forgotten_draft_is_found_if_its_folder_is_digits(pusher: PushRunner) -> None:
    (pusher.workspace.root / FOLDER).rename(pusher.workspace.root / "issues/001-2026")
    forgotten_and_pushed_again(pusher)


@pytest.mark.parametrize("target", ["listmonk"])
def test_a_forgotten_draft_is_found_on_a_later_page(pusher: PushRunner) -> None:
    first = pusher.push()
    (pusher.workspace.root / FOLDER / "drafts.json").unlink()
    for number in range(100, 170):
        pusher.service.store(Draft(str(number), f"Other {number}", "finished"))
    assert pusher.push()["draft"]["id"] == first["draft"]["id"]


@pytest.mark.parametrize("target", ["listmonk"])
def test_conditional_comments_survive_gos_templates(pusher: PushRunner) -> None:
    """html/template drops every comment, and escapes `<!` but for a doctype; `Safe` returns its text."""
    pusher.push()
    held = pusher.service.only_draft().html
    pusher.workspace.ok("export", "1", "--force")
    (bundle,) = pusher.workspace.root.glob("build/export/001-one/email.html")
    comments = r"<!--\[if [^\]]*\]>(?:<!-->)?|<!\[endif\]-->|<!--<!\[endif\]-->"
    expected = re.findall(comments, bundle.read_text(encoding="utf-8"))
    assert len(set(expected)) >= 3
    template = re.sub(r'\{\{ Safe "[^"]*" \}\}', "", held)
    assert not re.search(r"<!(?!doctype)", template, re.IGNORECASE)
    shown = re.sub(r'\{\{ Safe "([^"]*)" \}\}', r"\1", held)
    assert re.findall(comments, shown) == expected


def test_requests_share_one_tls_context() -> None:
    assert http._tls_context() is http._tls_context()


@pytest.mark.parametrize("target", ["beehiiv"])
def test_a_draft_that_is_still_being_made_is_waited_for(pusher: PushRunner) -> None:
    pusher.push()
    making = Reply(202, {"data": {"id": "post_1", "state": "pending"}}, {"Retry-After": "3"})
    pusher.service.faults = [making, making]
    pusher.push()
    assert pusher.pauses == [3.0, 3.0]
    assert len(pusher.service.drafts) == 1


@pytest.mark.parametrize("target", ["buttondown"])
def test_where_answers_go_is_told_if_a_service_has_no_field_for_it(pusher: PushRunner) -> None:
    settings = pusher.workspace.read("newsletter.toml")
    pusher.workspace.write({"newsletter.toml": f'reply_to = "editor@synapse.example"\n{settings}'})
    assert "Buttondown takes no reply-to address with a draft: set editor@" in pusher.run("--dry-run").stderr


def test_push_goes_with_a_service(tmp_path: Path) -> None:
    workspace = WorkspaceRunner(tmp_path)
    for options in (["--push"], ["--to", "eml", "--push"], ["--yes"], ["--to", "kit", "--dry-run"]):
        result = workspace.run("export", "1", *options)
        assert result.exit_code == 2, options
        assert "--push" in result.stderr
