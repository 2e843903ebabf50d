"""The preview's server: who may ask it, what it gives, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from preview_kit import RunningPreview, run_preview
from table_kit import rows
from workspace_kit import ROOT, SETTINGS, WorkspaceRunner, article, issue

from pipeline.compose import Composer
from pipeline.errors import PressroomError
from pipeline.model import ComposedEdition, RenderedEmail
from pipeline.preview import email_variants, panels
from pipeline.preview.snapshot import Snapshot
from pipeline.render.email.renderer import EmailRenderer

GOLDEN = ROOT / "tests" / "golden" / "workspace"


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPreview]:
    workspace = WorkspaceRunner(tmp_path_factory.mktemp("preview") / "golden")
    shutil.copytree(GOLDEN, workspace.root)
    workspace.write({"readers.csv": "Email,First name\nada@example.org,Ada <b>\nnobody,Bo\n"})
    workspace.write({"secret.md": "not of an issue"})
    with run_preview(workspace.root, "--recipients", str(workspace.root / "readers.csv")) as running:
        yield running


def ask(
    running: RunningPreview,
    path: str,
    method: str = "GET",
    body: Any = None,
    whole: bool = False,
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """One request; `path` stands below the token unless it is `whole`."""
    host = running.origin.removeprefix("http://")
    connection = HTTPConnection(host, timeout=20)
    base = running.url.removeprefix(running.origin)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if body is None or isinstance(body, bytes) else json.dumps(body)
    connection.request(method, path if whole else base + path, data, {"Host": host, **named})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


def said(running: RunningPreview, path: str) -> Any:
    status, _, data = ask(running, path)
    assert status == 200, data
    return json.loads(data)


# --- who may ask -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/state", "/frame/email", "/page.js", "/no-token/state", "//state", "/../state"]
)
def test_without_the_token_nothing_is_given(golden: RunningPreview, path: str) -> None:
    status, _, data = ask(golden, path, whole=True)
    assert status == 403
    assert b"Golden" not in data


def test_a_token_that_is_nearly_right_is_wrong(golden: RunningPreview) -> None:
    token = golden.url.rstrip("/").rpartition("/")[2]
    for wrong in (token[:-1], f"{token}x", token.swapcase(), f"%00{token}"):
        assert ask(golden, f"/{wrong}/state", whole=True)[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:4780", ""]
)
def test_a_foreign_host_is_refused(golden: RunningPreview, host: str) -> None:
    assert ask(golden, "state", Host=host)[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1"])
def test_a_foreign_origin_is_refused(golden: RunningPreview, origin: str) -> None:
    assert ask(golden, "state", Origin=origin)[0] == 403
    assert ask(golden, "undo", "POST", {}, Origin=origin)[0] == 403


def test_a_change_without_an_origin_is_refused(golden: RunningPreview) -> None:
    for path in ("open", "change", "undo"):
        assert ask(golden, path, "POST", {})[0] == 403


def test_its_own_page_may_ask(golden: RunningPreview) -> None:
    assert ask(golden, "state", Origin=golden.origin)[0] == 200
    port = golden.origin.rpartition(":")[2]
    assert ask(golden, "state", Host=f"localhost:{port}", Origin=f"http://localhost:{port}")[0] == 200


def test_it_listens_on_loopback_only(golden: RunningPreview) -> None:
    port = int(golden.origin.rpartition(":")[2])
    for address in {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}:
        if not str(address).startswith("127."):
            with pytest.raises(OSError), socket.create_connection((str(address), port), 2):
                pass


@pytest.mark.parametrize(
    "path",
    [
        "site/../newsletter.toml",
        "site/%2e%2e/newsletter.toml",
        "site/..%2f..%2fetc/passwd",
        "images/..%2f..%2fnewsletter.toml",
        "images/%2fetc%2fpasswd",
        "page.py",
        "..%2fapp.py",
        "index.html",
        "site//etc/passwd",
    ],
)
def test_no_path_leads_out_of_what_is_shown(golden: RunningPreview, path: str) -> None:
    status, _, data = ask(golden, path)
    assert status in {404, 409, 403}
    assert b"root:" not in data
    assert b"Golden" not in data


@pytest.mark.parametrize(
    "path", ["../x.md", "/etc/passwd", "newsletter.toml/..", "build", "readers.csv", "", "a\0b.md"]
)
def test_only_sources_of_the_workspace_are_opened(golden: RunningPreview, path: str) -> None:
    status, _, data = ask(golden, "open", "POST", {"path": path, "line": 1}, Origin=golden.origin)
    assert status in {409, 400}
    assert "errors" in json.loads(data)


def test_what_is_shown_runs_no_script_and_asks_nobody(golden: RunningPreview) -> None:
    page = ask(golden, "")[1]
    assert "script-src 'self'" in page["content-security-policy"]
    assert "default-src 'none'" in page["content-security-policy"]
    for path in ("frame/email", "site/index.html", "frame/item?path=feed.xml&item=0"):
        status, headers, _ = ask(golden, path)
        assert status == 200
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "sandbox allow-same-origin" in policy
        assert "script" not in policy
    for headers in (page, ask(golden, "state")[1]):
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"


def test_audio_and_calendar_files_of_a_page_are_there(golden: RunningPreview) -> None:
    page = ask(golden, "site/articles/every-block/index.html")[2].decode()
    paths = re.findall(r'(?:src|href)="\.\./\.\./((?:audio|events)/[^"]+)"', page)
    kinds = {path: ask(golden, f"site/{path}")[1]["content-type"] for path in paths}
    assert {path.partition("/")[0]: kind for path, kind in kinds.items()} == {
        "audio": "audio/mpeg",
        "events": "text/calendar; charset=utf-8",
    }


# --- what it gives ------------------------------------------------------------------------------------


def test_the_state_tells_what_there_is_to_choose(golden: RunningPreview) -> None:
    state = said(golden, "state")
    assert state["errors"] == []
    assert state["issue"] == "001-every-block"
    assert state["audiences"] == ["everyone", "clinicians"]
    assert state["recipients"] == ["ada@example.org"]
    assert golden.process.stdout is not None
    assert b'readers.csv:3: "nobody" is not an email address.' in golden.process.stdout.readline()
    assert state["inbox"]["subject"] == "Every block: “quoted”, there"


def test_the_email_is_read_as_a_recipient_or_as_someone_unknown(golden: RunningPreview) -> None:
    unknown = ask(golden, "frame/email")[2].decode()
    ada = ask(golden, "frame/email?recipient=0")[2].decode()
    assert "Hello there, this letter" in unknown
    assert "Hello Ada &lt;b&gt;, this letter" in ada
    assert "{{" not in ada.replace("&#123;", "")
    assert "Hello Ada <b>, this letter" in " ".join(said(golden, "text?recipient=0")["text"].split())


def test_pictures_are_the_previews_own_or_blocked(golden: RunningPreview) -> None:
    status, headers, data = ask(golden, "frame/email")
    (source, *_) = [each.split('"')[0] for each in data.decode().split('src="../')[1:]]
    status, headers, picture = ask(golden, source.replace("&amp;", "&"))
    assert status == 200
    assert headers["content-type"].startswith("image/")
    assert len(picture) > 20
    assert "img-src 'none'" in ask(golden, "frame/email?images=off")[1]["content-security-policy"]


def test_an_edition_has_its_own_email(golden: RunningPreview) -> None:
    other = ask(golden, "frame/email?audience=clinicians")[2]
    assert other != ask(golden, "frame/email?audience=everyone")[2]


def test_outlooks_branch_stands_open(golden: RunningPreview) -> None:
    html = ask(golden, "frame/email?client=outlook")[2].decode()
    assert "<!--[if" not in html
    assert "<xml" not in html
    assert "@media" not in html


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ("mso", True),
        ("mso | IE", True),
        ("!mso", False),
        ("gte mso 9", True),
        ("lte mso 11", False),
        ("(gte mso 9)|(IE)", True),
        ("IE", False),
        ("!IE", True),
        ("mso 16", True),
        ("mso & !IE", True),
        ("gt mso 16", False),
        ("lt mso 15", False),
    ],
)
def test_conditions_are_those_of_outlooks_word(condition: str, taken: bool) -> None:
    html = email_variants.as_outlook(f"<p>a</p><!--[if {condition}]><b>b</b><![endif]-->")
    assert ("<b>b</b>" in html) == taken


def test_each_scheme_is_shown_whatever_the_browsers_is(golden: RunningPreview) -> None:
    light, dark, forced = (
        ask(golden, f"frame/email?scheme={each}")[2].decode() for each in ("light", "dark", "forced")
    )
    assert "prefers-color-scheme" not in light + dark + forced
    assert "(min-width: 0px)" in dark
    assert "(max-width: 0px)" in light
    assert "color-scheme:dark only" in dark
    assert "invert(1)" in forced


@pytest.mark.parametrize("panel", ["findings", "plan", "size", "links", "changes", "feeds"])
def test_each_panel_is_there(golden: RunningPreview, panel: str) -> None:
    found = said(golden, f"panel/{panel}")
    names = {"findings": "findings", "plan": "sections", "size": "parts", "links": "links", "feeds": "feeds"}
    assert found[names.get(panel, "files")] or panel in {"changes", "findings"}


@pytest.mark.parametrize(
    "path",
    [
        "panel/none",
        "frame/email?scheme=pink",
        "text?recipient=x",
        "frame/item?path=x&item=0",
        "state?issue=99",
    ],
)
def test_what_cannot_be_asked_is_no_server_error(golden: RunningPreview, path: str) -> None:
    assert ask(golden, path)[0] in {200, 400, 404, 409}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "words",
        {"kind": "move"},
        {"kind": "burn", "values": {}},
        {"kind": "move", "values": {"slug": "a-card"}},
        {"kind": "move", "values": {"slug": "a-card", "section": "In full", "position": "x"}},
        {"kind": "move", "values": {"slug": "no-such", "section": "In full", "position": 0}},
        {"kind": "move", "values": {"slug": "a-card", "section": "No such", "position": 0}},
        {"kind": "move", "values": {"slug": "a-card", "section": "In full", "position": 99}},
        {"kind": "exclude", "values": {"slug": ["a-card"]}},
        {"kind": "exclude", "values": 5},
    ],
)
def test_a_change_that_cannot_be_made_is_refused_and_changes_nothing(
    golden: RunningPreview, body: Any
) -> None:
    before = said(golden, "panel/plan")
    for path in ("change", "open"):
        status, _, data = ask(golden, path, "POST", body, Origin=golden.origin)
        assert status in {400, 409}
        assert json.loads(data)["errors"]
    assert said(golden, "panel/plan") == before


@pytest.mark.parametrize("body", [b"[" * 990 + b"]" * 990, b"[" * 100_000, b"{", b"\xff"], ids=len)
def test_a_request_that_is_not_json_or_nested_too_deeply_is_one_clear_error(
    golden: RunningPreview, body: bytes
) -> None:
    status, _, data = ask(golden, "change", "POST", body, Origin=golden.origin)
    assert status == 400
    assert json.loads(data) == {"errors": [{"message": "This request is not valid."}]}


# --- how it begins and ends -----------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> WorkspaceRunner:
    workspace = WorkspaceRunner(tmp_path / "w")
    workspace.write(
        {
            "newsletter.toml": SETTINGS,
            "issues/articles/one.md": article("One", body="Words."),
            "issues/001-one/issue.md": issue(title="One"),
        }
    )
    return workspace


@pytest.mark.parametrize("number", rows([signal.SIGINT, signal.SIGTERM], {signal.SIGINT}))
@pytest.mark.slow
def test_ctrl_c_ends_it_while_a_page_listens(workspace: WorkspaceRunner, number: int) -> None:
    with run_preview(workspace.root) as running:
        host = running.origin.removeprefix("http://")
        listening = HTTPConnection(host, timeout=20)
        listening.request("GET", f"{running.url.removeprefix(running.origin)}events")
        answer = listening.getresponse()
        assert answer.status == 200
        assert answer.readline() == b"data: 1\n"
        code, rest = running.end(number)
        answer.close()
        listening.close()
        assert code == (0 if number == signal.SIGINT else 143)
        assert "Traceback" not in rest
        assert "Error" not in rest


def test_a_workspace_with_a_mistake_is_shown_with_it(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/001-one/issue.md": "---\nnumber: 1\ntitel: One\n---\n"})
    with run_preview(workspace.root) as running:
        state = said(running, "state")
        assert any("titel" in each["message"] for each in state["errors"])
        assert state["errors"][0]["path"] == "issues/001-one/issue.md"


def test_no_workspace_and_no_issue_are_told(workspace: WorkspaceRunner, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "newsletter.toml" in WorkspaceRunner(tmp_path / "empty").error("preview", "--no-browser")


def test_nothing_that_a_browser_prints_reaches_the_terminal(
    workspace: WorkspaceRunner, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "opened")
    script = f'#!/bin/sh\necho "no method available"\necho "no method" >&2\necho "$1" > {tmp_path}/opened\n'
    for name in ("browser", "xdg-open"):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    environment = {"BROWSER": str(tmp_path / "browser"), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with run_preview(workspace.root, **environment) as running:
        assert (tmp_path / "opened").read_text().strip() == running.url
        said(running, "state")  # the browser is opened before the server answers
        _, printed = running.end()
    assert printed == "Open this address in a browser if none opens. " + (
        "It is there until Ctrl-C, for this machine only.\n"
    )


def test_an_issue_that_is_not_there_is_told_at_once(workspace: WorkspaceRunner) -> None:
    assert 'there is no issue "99"' in workspace.error("preview", "99", "--no-browser")
    assert 'no edition for "clinicans"' in workspace.error(
        "preview", "--audience", "clinicans", "--no-browser"
    )


def test_a_port_that_is_taken_is_told(workspace: WorkspaceRunner) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = workspace.error("preview", "--no-browser", "--port", str(port))
        assert f"--port: the port {port} cannot be used" in said


@pytest.mark.parametrize(
    "url", ["https://x.example/{path}", "javascript:alert({path})", "vscode://file/", "code {path}"]
)
def test_an_editors_address_is_no_web_address(workspace: WorkspaceRunner, url: str) -> None:
    workspace.write({"newsletter.toml": f'editor_url = "{url}"\n{SETTINGS}'})
    assert "is not an address that opens a file in an editor" in workspace.error("plan", "1")


@pytest.mark.slow
def test_the_editor_is_started_at_the_place(workspace: WorkspaceRunner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "told")
    editor = tmp_path / "code"
    editor.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/told\n')
    editor.chmod(0o755)
    with run_preview(workspace.root, EDITOR=f"{editor} --wait", VISUAL="") as running:
        body = {"path": "issues/001-one/issue.md", "line": 3}
        status, _, data = ask(running, "open", "POST", body, Origin=running.origin)
        assert (status, json.loads(data)) == (200, {"opened": True})
        told = (tmp_path / "told").read_text().split("\n")
        assert told[:3] == ["--wait", "--goto", f"{workspace.root / 'issues/001-one/issue.md'}:3"]


@pytest.mark.parametrize(
    "editor",
    ["", pytest.param("no-such-editor", marks=pytest.mark.slow), pytest.param("'", marks=pytest.mark.slow)],
)
def test_an_editor_that_is_not_set_or_not_there_is_told(workspace: WorkspaceRunner, editor: str) -> None:
    with run_preview(workspace.root, EDITOR=editor, VISUAL="") as running:
        body = {"path": "issues/001-one/issue.md", "line": 3}
        status, _, data = ask(running, "open", "POST", body, Origin=running.origin)
        assert status == 409
        assert "no editor is set" in json.loads(data)["errors"][0]["message"]


# --- once a save --------------------------------------------------------------------------------------


def test_a_snapshot_composes_and_renders_each_edition_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(GOLDEN, tmp_path / "golden")
    composed: list[str] = []
    rendered: list[str] = []
    compose, render = Composer._edition, EmailRenderer.render

    def count_composed(self: Composer, assembled: Any, edition: Any, letter: Any) -> ComposedEdition:
        composed.append(edition.audience)
        return compose(self, assembled, edition, letter)

    def count_rendered(self: EmailRenderer, edition: ComposedEdition) -> RenderedEmail:
        rendered.append(edition.audience)
        return render(self, edition)

    monkeypatch.setattr(Composer, "_edition", count_composed)
    monkeypatch.setattr(EmailRenderer, "render", count_rendered)
    snapshot = Snapshot(tmp_path / "golden")
    issue = snapshot.issue("latest")
    for _ in range(2):
        for audience in issue.audiences:
            snapshot.edition(issue, audience)
            assert snapshot.page(issue, "everyone")
            assert panels.plan(snapshot, issue, audience)["sections"]
            assert panels.links(snapshot, issue, audience)["links"]
            assert panels.feeds(snapshot, issue)["feeds"]
    assert sorted(composed) == sorted(rendered) == sorted(issue.audiences)


def test_a_mistake_in_one_edition_leaves_the_other_to_be_seen(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/two.md": article("Two", audience="clinicians", body="{{ unknown }}")})
    workspace.write({"issues/001-one/issue.md": issue(more="audience: [everyone, clinicians]\n")})
    snapshot = Snapshot(workspace.root)
    first = snapshot.issue("latest")
    assert snapshot.edition(first, "everyone").edition.audience == "everyone"
    with pytest.raises(PressroomError, match="unknown"):
        snapshot.edition(first, "clinicians")


@pytest.mark.slow
def test_a_change_of_the_plan_is_one_revision(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/two.md": article("Two", body="Words.")})
    with run_preview(workspace.root) as running:
        assert said(running, "state")["revision"] == 1
        body = {"kind": "exclude", "values": {"slug": "two"}}
        assert ask(running, "change", "POST", body, Origin=running.origin)[0] == 200
        while said(running, "state")["revision"] == 1:
            time.sleep(0.05)
        time.sleep(0.5)
        assert said(running, "state")["revision"] == 2
        assert said(running, "panel/plan")["out"][0]["excluded"]
