"""Links, tried against a server on this machine: no test asks the web."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from workspace_kit import WorkspaceRunner, article

from pipeline.checks import online_links
from pipeline.checks.online_links import AT_ONCE_PER_HOST, LinkAnswer, LinkTester, LinkVerdict
from pipeline.support import http

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
REDIRECTS = {
    "/moved": (301, "/fine"),
    "/for-now": (302, "/fine"),
    "/loop": (301, "/loop"),
    "/on": (308, "/moved"),
}
STATUS = {"/gone": 404, "/deleted": 410, "/broken": 500, "/barred": 403, "/busy": 429}


class Pages(BaseHTTPRequestHandler):
    """Pages of every kind; it counts what it is asked."""

    asked: ClassVar[Counter[str]] = Counter()
    agents: ClassVar[set[str]] = set()
    at_once: ClassVar[int] = 0
    most_at_once: ClassVar[int] = 0
    lock: ClassVar[threading.Lock] = threading.Lock()

    def do_HEAD(self) -> None:
        with self.lock:
            Pages.at_once += 1
            Pages.most_at_once = max(Pages.most_at_once, Pages.at_once)
            Pages.asked[f"{self.command} {self.path}"] += 1
            Pages.agents.add(self.headers["User-Agent"])
        path = self.path.partition("?")[0]
        status, location = REDIRECTS.get(path, (STATUS.get(path, 200), ""))
        if self.command == "HEAD":
            status = {"/only-get": 405, "/forgetful": 404}.get(path, status)
        with self.lock:
            Pages.at_once -= 1
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Pages.asked, Pages.agents, Pages.most_at_once = Counter(), set(), 0
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{serving.server_address[1]}"
    serving.shutdown()
    thread.join()
    serving.server_close()


def a_tester(tmp_path: Path, now: datetime = NOW, allow_private: bool = True) -> LinkTester:
    return LinkTester(
        "https://synapse.example/news", now, tmp_path / "cache" / "links.json", allow_private=allow_private
    )


def verdict(tmp_path: Path, url: str) -> LinkAnswer:
    return a_tester(tmp_path).answers([url])[url]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/fine", LinkVerdict.FINE),
        ("/fine?a=b c&d=é", LinkVerdict.FINE),
        ("/only-get", LinkVerdict.FINE),
        ("/forgetful", LinkVerdict.FINE),
        ("/for-now", LinkVerdict.FINE),
        ("/moved", LinkVerdict.MOVED),
        ("/on", LinkVerdict.MOVED),
        ("/gone", LinkVerdict.GONE),
        ("/deleted", LinkVerdict.GONE),
        ("/broken", LinkVerdict.TROUBLE),
        ("/loop", LinkVerdict.TROUBLE),
        ("/barred", LinkVerdict.UNTRIED),
        ("/busy", LinkVerdict.UNTRIED),
    ],
)
def test_each_answer_has_its_verdict(tmp_path: Path, server: str, path: str, expected: LinkVerdict) -> None:
    assert verdict(tmp_path, server + path).verdict is expected


def test_a_page_that_moved_for_good_names_its_new_address(tmp_path: Path, server: str) -> None:
    assert verdict(tmp_path, f"{server}/on").location == f"{server}/fine"


def test_a_busy_server_is_not_asked_again(tmp_path: Path, server: str) -> None:
    verdict(tmp_path, f"{server}/busy")
    assert Pages.asked == {"HEAD /busy": 1}


def test_the_tester_says_who_asks(tmp_path: Path, server: str) -> None:
    verdict(tmp_path, f"{server}/fine")
    (agent,) = Pages.agents
    assert agent.startswith("Pressroom/") and "+https://synapse.example/news" in agent


def test_one_host_is_asked_two_things_at_once_at_most(tmp_path: Path, server: str) -> None:
    a_tester(tmp_path).answers([f"{server}/fine?{n}" for n in range(24)])
    assert sum(Pages.asked.values()) == 24
    assert Pages.most_at_once <= AT_ONCE_PER_HOST


def test_a_closed_port_is_trouble(tmp_path: Path) -> None:
    closed = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    url = f"http://127.0.0.1:{closed.server_address[1]}/"
    closed.server_close()
    assert verdict(tmp_path, url).verdict is LinkVerdict.TROUBLE


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254"]
)
def test_a_private_address_is_refused(tmp_path: Path, host: str) -> None:
    url = f"http://{host}:1/"
    answer = a_tester(tmp_path, allow_private=False).answers([url])[url]
    assert answer.verdict is LinkVerdict.UNTRIED and "private network" in answer.why


def test_a_redirect_to_a_private_address_is_refused(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The server stands for a public one; where it sends the tester does not.
    monkeypatch.setitem(REDIRECTS, "/inside", (301, "http://10.0.0.1:1/"))
    public = server.removeprefix("http://").partition(":")[0]
    real = http.ipaddress.ip_address
    monkeypatch.setattr(
        http.ipaddress, "ip_address", lambda text: real("8.8.8.8" if text == public else text)
    )
    url = f"{server}/inside"
    answer = a_tester(tmp_path, allow_private=False).answers([url])[url]
    assert answer == LinkAnswer(LinkVerdict.UNTRIED, "10.0.0.1 is on a private network")
    assert Pages.asked == {"HEAD /inside": 1}


@pytest.mark.parametrize(
    "url", ["http://[oops/", "http:///path", "ftp://a.example/", "http://a b/", "https://x:99999/"]
)
def test_an_address_that_is_none_breaks_nothing(tmp_path: Path, url: str) -> None:
    assert verdict(tmp_path, url).verdict in {LinkVerdict.UNTRIED, LinkVerdict.TROUBLE}


def test_answers_are_kept_for_a_day(tmp_path: Path, server: str) -> None:
    url = f"{server}/gone"
    for hours, asked in ((0, 1), (1, 1), (23, 1), (24, 2), (47, 2)):
        answer = a_tester(tmp_path, NOW + timedelta(hours=hours)).answers([url])[url]
        assert answer.verdict is LinkVerdict.GONE
        assert Pages.asked["HEAD /gone"] == asked, hours


def test_trouble_is_forgotten_and_tried_again(tmp_path: Path, server: str) -> None:
    for _ in range(2):
        verdict(tmp_path, f"{server}/broken")
    assert Pages.asked["HEAD /broken"] == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"answers": 7}', '{"answers": {"a": {"at": "x"}}}'])
def test_a_broken_cache_is_none(tmp_path: Path, server: str, text: str) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "links.json").write_text(text, encoding="utf-8")
    assert verdict(tmp_path, f"{server}/fine").verdict is LinkVerdict.FINE


def test_an_address_is_tried_once_in_a_run(tmp_path: Path, server: str) -> None:
    one = a_tester(tmp_path)
    for _ in range(2):
        one.answers([f"{server}/broken", f"{server}/broken"])
    assert Pages.asked["HEAD /broken"] == 1


def test_no_more_than_the_limit_is_tried(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(online_links, "MOST", 3)
    found = a_tester(tmp_path).answers([f"{server}/fine?{n}" for n in range(5)])
    assert [each.verdict for each in found.values()].count(LinkVerdict.UNTRIED) == 2
    assert sum(Pages.asked.values()) == 3


def test_the_command_tries_links_only_when_asked(workspace: WorkspaceRunner, server: str) -> None:
    body = f"See [a page]({server}/gone) and\n[another one]({server}/moved#part)."
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body=body)})
    only = ("check", "1", "--only", "WEB001", "--only", "WEB003", "--only", "WEB004")
    workspace.ok(*only)
    assert not Pages.asked and not (workspace.root / ".pressroom/cache/links.json").exists()

    assert "is on a private network" in workspace.ok(*only, "--online")
    assert not Pages.asked

    result = workspace.run(*only, "--online", "--allow-private")
    assert result.exit_code == 1
    assert f'glutamate.md:6: error WEB001: "{server}/gone": the server says 404' in result.stdout
    assert (
        f'glutamate.md:7: note WEB003: "{server}/moved": it moved for good to {server}/fine.' in result.stdout
    )
