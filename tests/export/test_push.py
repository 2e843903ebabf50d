"""Drafts at each service: one suite for all of them, against a fake of the service."""

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
from fake_services.fake_service import SLOW, FakeService, Reply, fake_service_for, serving
from golden_kit import golden_for
from keyring.errors import KeyringError
from workspace_kit import SETTINGS, Desk, article, issue, png

from pipeline.checks import rules, runner
from pipeline.export import client
from pipeline.export.dialect import MessagePart
from pipeline.export.targets import find
from pipeline.model import TARGETS

PUSHED = [name for name in TARGETS if find(name).push]
every_service = pytest.mark.parametrize("target", PUSHED)
FOLDER = "issues/001-one"
MANY_SCRIPTS = "שלום 日本 é 🧠 & “q” <b>"


@dataclass
class Scene:
    """A workspace with one frozen issue, and the fake service that it is pushed to."""

    desk: Desk
    service: FakeService
    pauses: list[float]

    def push(self, *options: str) -> Any:
        """Push, and return the JSON that it prints."""
        result = self.run("--json", *options)
        assert result.exit_code == 0, result.output
        assert self.service.refusals == []
        return json.loads(result.stdout)

    def run(self, *options: str) -> Any:
        return self.desk.run(
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
        if not (self.desk.root / FOLDER / "drafts.json").exists():
            return []
        return list(json.loads(self.desk.read(f"{FOLDER}/drafts.json"))["drafts"])

    def write(self, letter: str, more: str = "", title: str = "One") -> None:
        self.desk.write({f"{FOLDER}/issue.md": issue(title=title, letter=letter, more=more)})
        self.desk.ok("assemble", "1", "--refresh", "--now", "2026-02-01")


@pytest.fixture
def scene(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    desk = Desk(tmp_path / "letter")
    pauses: list[float] = []
    monkeypatch.setattr(client, "pause", pauses.append)
    # The checks have tests of their own, and would take most of the time of these.
    for module in (rules, runner):
        monkeypatch.setattr(module, "RULES", ())
    with serving(fake_service_for(target)) as service:
        for name, key in service.keys.items():
            monkeypatch.setenv(name, key)
        settings = re.sub(r"(?m)^unsubscribe_url.*\n", "", SETTINGS)
        own = f'\n[targets.{target}]\nurl = "{service.url}"\ntimeout = 30\n{service.settings}'
        desk.write(
            {
                "newsletter.toml": f'{settings}\n[merge_fields]\ncity = "your town"\n{own}',
                "issues/articles/one.md": article("One", body="Words."),
                f"{FOLDER}/issue.md": issue(title="One", letter="Hello {{ first_name | there }}."),
            }
        )
        desk.ok("assemble", "1", "--now", "2026-02-01")
        yield Scene(desk, service, pauses)


# --- what the service has --------------------------------------------------------------------------


@every_service
def test_a_push_makes_a_draft_of_what_was_exported(scene: Scene) -> None:
    said = scene.push("--now", "2026-02-02T09:00:00+00:00")
    draft, files = scene.service.only_draft(), Desk(Path(said["output"])).tree()
    listing = json.loads(files["issue.json"])
    assert draft.status == scene.service.open_status
    assert draft.html == files["email.html"].decode()
    assert draft.subject == listing["subject"] == "One"
    if scene.service.takes_text:
        assert draft.text == files["email.txt"].decode()
    if scene.service.takes_preview:
        assert draft.preview_text == listing["preview_text"]
    assert said["draft"]["id"] == draft.id
    assert said["draft"]["address"].startswith("http")
    assert not said["draft"]["updated"]
    (kept,) = scene.remembered()
    assert kept["target"] == scene.service.target
    assert (kept["id"], kept["pushed"]) == (draft.id, "2026-02-02T09:00:00+00:00")
    for key in scene.service.keys.values():
        assert key not in scene.desk.read(f"{FOLDER}/drafts.json")


@every_service
def test_a_second_push_changes_the_same_draft(scene: Scene) -> None:
    first = scene.push()
    scene.write("Quite other words.")
    second = scene.push()
    assert second["draft"]["id"] == first["draft"]["id"] == scene.service.only_draft().id
    assert second["draft"]["updated"]
    assert "Quite other words." in scene.service.only_draft().html


@every_service
def test_a_draft_that_was_forgotten_is_found_by_its_name(scene: Scene) -> None:
    first = scene.push()
    (scene.desk.root / FOLDER / "drafts.json").unlink()
    again = scene.push()
    assert again["draft"] == first["draft"] | {"updated": True}
    assert len(scene.service.drafts) == 1


@every_service
def test_a_draft_that_was_deleted_there_is_made_again(scene: Scene) -> None:
    scene.push()
    scene.service.drafts.clear()
    assert not scene.push()["draft"]["updated"]
    assert len(scene.service.drafts) == 1


@every_service
def test_what_was_sent_there_is_never_changed_and_not_made_twice(scene: Scene) -> None:
    if not scene.service.sent_status:
        return  # it keeps templates, which are never sent themselves
    scene.push()
    scene.service.only_draft().status = scene.service.sent_status
    before = scene.service.only_draft().html
    scene.write("Quite other words.")
    for _ in range(2):
        said = scene.error()
        assert f'its status is "{scene.service.sent_status}"' in said
        assert "--anew" in said
        assert scene.service.only_draft().html == before
        (scene.desk.root / FOLDER / "drafts.json").unlink(missing_ok=True)
    scene.push("--anew")
    assert len(scene.service.drafts) == 2


@every_service
def test_status_shows_the_draft(scene: Scene) -> None:
    address = scene.push("--now", "2026-02-02T09:00:00+00:00")["draft"]["address"]
    shown = scene.desk.ok("status")
    assert find(scene.service.target).title in shown
    assert address in shown
    assert "2026-02-02" in shown
    (one,) = scene.desk.json("status")["issues"]
    assert one["drafts"][0]["address"] == address


@every_service
def test_every_block_of_the_golden_issue_arrives(scene: Scene, tmp_path: Path) -> None:
    """Names, titles, tags and words in many scripts among it."""
    target = scene.service.target
    settings = scene.desk.read("newsletter.toml")
    golden = golden_for(target, tmp_path / "golden", f"\n{settings[settings.index(f'[targets.{target}]') :]}")
    scene.desk.root = golden.root
    said = json.loads(scene.run("--json").stdout)
    assert scene.service.refusals == []
    draft, files = scene.service.only_draft(), Desk(Path(said["output"])).tree()
    assert draft.html == files["email.html"].decode()
    if scene.service.takes_text:
        assert draft.text == files["email.txt"].decode()
    assert "שלום" in draft.html
    assert draft.subject == json.loads(files["issue.json"])["subject"]


# --- what is in the draft ----------------------------------------------------------------------------------


@every_service
def test_fields_and_any_script_arrive_as_they_were_exported(scene: Scene) -> None:
    own = find(scene.service.target).dialect.custom
    in_lines = MessagePart.SUBJECT in find(scene.service.target).dialect.tags["first_name"].parts
    town = "{{ city }}" if own else "your town"
    friend = "{{ first_name | friend }}" if in_lines else "friend"
    scene.write(
        f"Hello {{{{ first_name | there }}}}, {{{{ first_name }}}}, of {town}: {MANY_SCRIPTS}",
        title="שלום 日本 é 🧠",
        more=f'subject: "שלום {friend} é"\npreview_text: "Read, friend, é 日本"\n',
    )
    said = scene.push()
    files = Desk(Path(said["output"])).tree()
    draft, listing = scene.service.only_draft(), json.loads(files["issue.json"])
    assert draft.html == files["email.html"].decode()
    assert draft.subject == listing["subject"]
    written = {each["name"]: each["written"] for each in listing["merge_fields"]}
    for tag in (*written["first_name"], *written.get("city", ())):
        assert tag in draft.html or tag in draft.subject
    assert "שלום 日本 é 🧠 &amp; " in draft.html


@every_service
def test_what_only_looks_like_a_tag_arrives_as_text(scene: Scene) -> None:
    scene.write(r"Braces \{{ x }}, \*|X|\*, 100%x%, [[x]] and {$x}.")
    result = scene.run("--json")
    if result.exit_code:
        assert "reads it as a merge tag" in result.stderr
        assert not scene.service.drafts
        return
    body = re.sub(r"(?s)<style.*?</style>", "", scene.service.only_draft().html)
    paragraph = body[body.index("Braces") : body.index("and ")]
    assert not find(scene.service.target).dialect.lookalike.search(paragraph)


# --- what goes wrong ------------------------------------------------------------------------------------


@every_service
def test_a_refused_key_is_reported_in_the_services_words_and_never_shown(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = find(scene.service.target).push.keys[0]
    bad = f"{scene.service.keys[name][:4]}wrong{scene.service.keys[name][9:]}"
    monkeypatch.setenv(name, bad)
    said = scene.error()
    assert "says 401: " in said or "says 403: " in said
    assert "the key was refused" in said
    assert name in said
    assert bad not in said
    assert scene.remembered() == []


@every_service
def test_without_a_key_nothing_is_asked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in scene.service.keys:
        monkeypatch.delenv(name)
    said = scene.error()
    title = find(scene.service.target).title
    assert f"--to {scene.service.target}: there is no key for {title}." in said
    assert "keyring set pressroom" in said
    assert scene.service.requests == []
    assert not (scene.desk.root / "build/export").exists()


@every_service
def test_too_many_requests_wait_as_long_as_is_asked(scene: Scene) -> None:
    words = scene.service.error(429, "slow down")
    scene.service.faults = [Reply(429, words, {"Retry-After": "7"}), Reply(429, words)]
    scene.push()
    assert scene.pauses == [7.0, 2.0]
    assert len(scene.service.drafts) == 1


@every_service
def test_a_date_to_retry_after_is_understood_and_a_long_one_is_reported(scene: Scene) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    scene.service.faults = [Reply(429, scene.service.error(429, "slow down"), {"Retry-After": later})]
    said = scene.error()
    assert "says 429: slow down" in said
    assert "Try again later" in said
    assert scene.pauses == []


@every_service
def test_too_many_requests_without_end_are_reported(scene: Scene) -> None:
    scene.service.faults = [Reply(429, scene.service.error(429, "slow down"))] * 9
    assert "says 429: slow down" in scene.error()
    assert scene.pauses == [1.0, 2.0, 4.0]
    assert scene.remembered() == []


@every_service
def test_a_service_that_is_down_for_a_moment_is_asked_again(scene: Scene) -> None:
    scene.push()
    scene.service.faults = [
        Reply(503, scene.service.error(503, "down")),
        Reply(502, b"<h1>Bad gateway</h1>"),
    ]
    scene.push()
    assert len(scene.service.drafts) == 1


@every_service
def test_a_service_that_stays_down_is_reported_in_its_words(scene: Scene) -> None:
    scene.service.faults = [Reply(500, scene.service.error(500, "we are sorry"))] * 9
    said = scene.error()
    assert "says 500: we are sorry" in said
    assert "Try again later." in said


@every_service
@pytest.mark.parametrize("fault", ["cut", "after:cut", "after:503"])
def test_a_draft_whose_making_was_cut_off_is_not_made_twice(scene: Scene, fault: str) -> None:
    """Whether the service had taken it or not, the second push leaves one draft."""
    scene.push()
    making = next(n for n, each in enumerate(scene.service.requests) if each.method != "GET")
    (scene.desk.root / FOLDER / "drafts.json").unlink()
    scene.service.drafts.clear()
    quiet = [Reply(404, scene.service.error(404, "no"))] * making
    scene.service.faults = [*quiet, fault]
    result = scene.run()
    if result.exit_code:
        assert "Push again" in result.stderr
    scene.service.faults = []
    scene.push()
    assert len(scene.service.drafts) == 1


@every_service
def test_an_answer_that_does_not_come_is_reported(scene: Scene) -> None:
    scene.desk.write(
        {"newsletter.toml": scene.desk.read("newsletter.toml").replace("timeout = 30", "timeout = 0.05")}
    )
    scene.service.faults = [SLOW] * 9
    said = scene.error()
    assert "no answer in 0.05 seconds" in said
    assert scene.remembered() == []


@every_service
def test_what_is_too_large_is_refused_in_its_words(scene: Scene) -> None:
    scene.push()
    too_large = Reply(413, scene.service.error(413, "the body is too large"))
    reads = len([each for each in scene.service.requests if each.method == "GET"])
    scene.service.requests.clear()
    scene.service.faults = []
    original = scene.service.reply
    scene.service.reply = lambda request: original(request) if request.method == "GET" else too_large  # type: ignore[method-assign]
    scene.write("A sentence that goes on and on. " * 3_000)
    assert "says 413: the body is too large" in scene.error()
    assert reads


@every_service
def test_an_answer_in_another_form_is_no_traceback(scene: Scene) -> None:
    for body in (b"<html>a page</html>", b"[]", b'{"data": 5}', b'"words"', b"7"):
        scene.service.faults = [Reply(200, body)] * 4
        result = scene.run()
        scene.service.faults = []
        assert "Traceback" not in result.output
        if result.exit_code:
            assert re.search("answers, but not as its API|answered in a form", result.stderr)
    assert scene.service.refusals == []


# --- before anything leaves the machine --------------------------------------------------------------------


@every_service
def test_a_dry_run_prints_the_requests_and_makes_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.push()
    kept = scene.remembered()
    scene.service.requests.clear()
    for name in scene.service.keys:
        monkeypatch.delenv(name)
    shown = scene.run("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert scene.service.requests == []
    assert re.search(r"(?m)^(PUT|PATCH|POST) http", shown.stdout)
    assert "KB)" in shown.stdout
    whole = json.loads(scene.run("--dry-run", "--json").stdout)["requests"]
    assert all(each["url"].startswith(scene.service.url) for each in whole)
    assert scene.remembered() == kept
    (scene.desk.root / FOLDER / "drafts.json").unlink()
    fresh = json.loads(scene.run("--dry-run", "--json").stdout)["requests"]
    assert any("Hello " in json.dumps(each["body"]) for each in fresh)


@every_service
def test_it_asks_first(scene: Scene) -> None:
    result = scene.desk.run("export", "1", "--to", scene.service.target, "--push", "--force")
    assert "Nothing is sent to readers." in result.stderr
    assert scene.service.requests == []


@every_service
def test_every_setting_that_is_missing_is_reported_at_once(scene: Scene) -> None:
    needed = [each.name for each in find(scene.service.target).settings if each.required]
    text = scene.desk.read("newsletter.toml")
    scene.desk.write({"newsletter.toml": text[: text.index(f"[targets.{scene.service.target}]")]})
    if not needed:
        return
    said = scene.error()
    for name in needed:
        assert f"needs `{name}`" in said
    assert scene.service.requests == []
    assert not (scene.desk.root / "build/export").exists()


# --- what is only one service's own, or needs no service ---------------------------------------------------


only = pytest.mark.parametrize("target", ["mailchimp"])


@only
def test_packed_pictures_go_in_an_archive(scene: Scene) -> None:
    scene.desk.write(
        {
            "issues/articles/two/a.png": png(),
            "issues/articles/two/index.md": article("Two", body="![A dot](a.png)\n\nWords."),
        }
    )
    scene.desk.ok("assemble", "1", "--update", "--now", "2026-02-01")
    scene.push("--images", "packed")
    draft = scene.service.only_draft()
    (picture,) = (each for each in draft.extra["files"] if each.startswith("images/"))
    assert f'src="{picture}"' in draft.html


@only
def test_an_audience_has_a_list_and_a_segment_of_its_own(scene: Scene) -> None:
    settings = scene.desk.read("newsletter.toml")
    scene.desk.write(
        {"newsletter.toml": f"{settings}\n[targets.mailchimp.audiences.clinicians]\nsegment = 9\n"}
    )
    scene.write("Hello.", more="audience: [everyone, clinicians]\n")
    scene.desk.ok("assemble", "1", "--update", "--now", "2026-02-01")
    scene.push()
    assert "segment_opts" not in scene.service.only_draft().extra["recipients"]
    said = scene.push("--audience", "clinicians")
    assert len(scene.service.drafts) == 2
    draft = scene.service.drafts[said["draft"]["id"]]
    assert draft.extra["recipients"]["segment_opts"] == {"saved_segment_id": 9}
    assert draft.name.endswith(" (clinicians)")
    assert json.loads(Desk(Path(said["output"])).tree()["issue.json"])["audience_filter"] == {"segment": 9}
    assert [each["audience"] for each in scene.remembered()] == ["clinicians", "everyone"]
    assert "Mailchimp, clinicians, pushed" in scene.desk.ok("status")


@only
def test_a_key_may_stand_in_the_keyring(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {("pressroom", name): key for name, key in scene.service.keys.items()}
    for name in scene.service.keys:
        monkeypatch.delenv(name)
    monkeypatch.setattr(keyring, "get_password", lambda service, user: stored.get((service, user)))
    scene.push()
    assert len(scene.service.drafts) == 1


@only
def test_a_keyring_that_is_locked_is_as_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(service: str, user: str) -> str:
        raise KeyringError("locked")

    for name in scene.service.keys:
        monkeypatch.delenv(name)
    monkeypatch.setattr(keyring, "get_password", locked)
    assert "there is no key for Mailchimp" in scene.error()


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
def test_a_key_in_a_wrong_form_is_reported_without_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, key: str, said: str
) -> None:
    name = find(scene.service.target).push.keys[0]
    monkeypatch.setenv(name, key)
    settings = scene.desk.read("newsletter.toml")
    if scene.service.target == "mailchimp":  # its address is made from the key
        scene.desk.write({"newsletter.toml": re.sub(r'url = "http:.*\n', "", settings)})
    error = scene.error()
    assert said in error
    assert key not in error
    assert scene.service.requests == []


@only
@pytest.mark.parametrize(
    "url",
    [
        "http://api.mailchimp.example/3.0",
        "api.mailchimp.example",
        "https://user:pass@x.example",
        "https://x.example/?a=b",
        "ftp://127.0.0.1/",
    ],
)
def test_a_key_travels_to_no_doubtful_address(scene: Scene, url: str) -> None:
    settings = scene.desk.read("newsletter.toml")
    scene.desk.write({"newsletter.toml": re.sub(r'url = "http:.*', f'url = "{url}"', settings)})
    assert "is not the address of an API" in scene.error()


@only
def test_a_service_that_has_moved_is_not_followed(scene: Scene) -> None:
    scene.service.faults = [Reply(301, None, {"Location": "https://elsewhere.example/3.0"})]
    said = scene.error()
    assert "says 301: it has moved to https://elsewhere.example/3.0" in said
    assert len(scene.service.requests) == 1


@only
def test_a_service_that_cannot_be_reached_is_reported(scene: Scene) -> None:
    settings = scene.desk.read("newsletter.toml")
    scene.desk.write(
        {"newsletter.toml": re.sub(r'url = "http:.*', 'url = "http://127.0.0.1:9/3.0"', settings)}
    )
    assert "the connection failed" in scene.error()
    assert scene.pauses == [1.0, 2.0, 4.0]


@only
def test_a_key_that_the_service_repeats_is_masked(scene: Scene) -> None:
    (key,) = scene.service.keys.values()
    scene.service.faults = [Reply(400, scene.service.error(400, f"API key {key} is disabled"))]
    assert "says 400: API key … is disabled" in scene.error()


@only
@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"drafts": [{}]}', '{"drafts": 5}', '{"drafts": [{"target": "mailchimp"}]}', "\\u001b"],
)
def test_the_list_of_drafts_that_is_broken_is_reported(scene: Scene, text: str) -> None:
    scene.push()
    whole = scene.desk.read(f"{FOLDER}/drafts.json")
    scene.desk.write(
        {f"{FOLDER}/drafts.json": whole.replace("https:", f"{text}https:") if "u001b" in text else text}
    )
    scene.service.requests.clear()
    said = scene.error()
    assert f"{FOLDER}/drafts.json" in said
    assert "is not a list of drafts that can be read." in said
    assert scene.service.requests == []
    assert "drafts.json" in scene.desk.error("status")


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
def test_every_setting_that_is_wrong_is_reported(scene: Scene, more: str, said: str) -> None:
    settings = scene.desk.read("newsletter.toml")
    if more.startswith("list"):
        settings = settings.replace('list = "a1b2c3"\n', "")
    scene.desk.write({"newsletter.toml": settings + more})
    assert said in scene.error()


@pytest.mark.parametrize("target", ["brevo"])
def test_a_service_with_one_tag_takes_no_more(scene: Scene) -> None:
    settings = scene.desk.read("newsletter.toml")
    scene.desk.write({"newsletter.toml": f'{settings}tags = ["letter"]\n'})
    scene.push()
    assert scene.service.only_draft().extra["tag"] == "letter"
    scene.desk.write({"newsletter.toml": f'{settings}tags = ["letter", "science"]\n'})
    assert "Brevo takes one tag" in scene.error()


@pytest.mark.parametrize("target", ["listmonk"])
def test_tags_are_those_of_its_articles_or_those_that_are_said(scene: Scene) -> None:
    scene.push()
    assert scene.service.only_draft().tags == ("research",)
    settings = scene.desk.read("newsletter.toml")
    scene.desk.write({"newsletter.toml": f'{settings}tags = ["letter", "science"]\n'})
    assert json.loads(Desk(Path(scene.push()["output"])).tree()["issue.json"])["tags"] == [
        "letter",
        "science",
    ]
    assert scene.service.only_draft().tags == ("letter", "science")


@pytest.mark.parametrize("target", ["beehiiv"])
def test_a_draft_that_is_still_being_made_is_waited_for(scene: Scene) -> None:
    scene.push()
    making = Reply(202, {"data": {"id": "post_1", "state": "pending"}}, {"Retry-After": "3"})
    scene.service.faults = [making, making]
    scene.push()
    assert scene.pauses == [3.0, 3.0]
    assert len(scene.service.drafts) == 1


@pytest.mark.parametrize("target", ["buttondown"])
def test_where_answers_go_is_reported_if_a_service_has_no_field_for_it(scene: Scene) -> None:
    settings = scene.desk.read("newsletter.toml")
    scene.desk.write({"newsletter.toml": f'reply_to = "editor@synapse.example"\n{settings}'})
    assert "Buttondown takes no reply-to address with a draft: set editor@" in scene.run("--dry-run").stderr


def test_push_goes_with_a_service(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for options in (["--push"], ["--to", "eml", "--push"], ["--yes"], ["--to", "kit", "--dry-run"]):
        result = desk.run("export", "1", *options)
        assert result.exit_code == 2, options
        assert "--push" in result.stderr
