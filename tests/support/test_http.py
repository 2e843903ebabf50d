"""Safe requests: a name is resolved once, and the connection goes to the address that was checked."""

from __future__ import annotations

import socket
import ssl

import httpcore
import pytest

from pipeline.support import http


class Network(httpcore.SyncBackend):
    """Records the addresses that are connected to, and answers from none."""

    connected: list[str]

    def connect_tcp(self, host: str, *args: object, **options: object) -> httpcore.NetworkStream:
        self.connected.append(host)
        raise httpcore.ConnectError("closed")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    one = Network()
    one.connected = []
    monkeypatch.setattr(http.httpcore, "SyncBackend", lambda: one)
    return one


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let each look-up of a name give the next answer; returns the names that are looked up."""
    names: list[str] = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        names.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answers[len(names) - 1]]

    monkeypatch.setattr(http.socket, "getaddrinfo", getaddrinfo)
    return names


def test_a_name_that_changes_its_address_is_resolved_once(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = resolve_to(monkeypatch, ["8.8.8.8"], ["10.0.0.1"])
    with pytest.raises(http.NoAnswerError):
        http.SafeClient("test").request("GET", "http://rebinding.example/")
    assert (names, network.connected) == (["rebinding.example"], ["8.8.8.8"])


@pytest.mark.parametrize(
    "private",
    [
        *("10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::"),  # by NAT64, by 6to4
        *("224.0.0.1", "ff02::1", "fec0::1", "::10.0.0.1"),
    ],
)
def test_one_private_address_among_several_refuses_the_name(
    network: Network, monkeypatch: pytest.MonkeyPatch, private: str
) -> None:
    resolve_to(monkeypatch, ["8.8.8.8", private])
    with pytest.raises(http.FetchError, match=r"mixed\.example is on a private network"):
        http.SafeClient("test").request("GET", "http://mixed.example/")
    assert network.connected == []


def test_each_address_is_tried_until_one_answers(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["2001:4860:4860::8888", "8.8.8.8"])
    with pytest.raises(http.NoAnswerError) as failed:
        http.SafeClient("test").request("GET", "http://two.example/")
    assert network.connected == ["2001:4860:4860::8888", "8.8.8.8"]
    assert not failed.value.connected


def test_a_certificate_that_is_not_valid_is_named() -> None:
    invalid = ssl.SSLCertVerificationError("bad")
    invalid.verify_message = "self-signed certificate"
    failed = httpcore.ConnectError("bad")
    failed.__cause__ = invalid
    assert str(http.NoAnswerError(failed, "https://a.example/")) == (
        "its certificate is not valid: self-signed certificate"
    )


class Conversation(Network):
    """Answers each connection by the next of its replies, and records what is sent."""

    def __init__(self, *replies: str) -> None:
        self.connected = []
        self.replies = list(replies)
        self.sent: list[str] = []

    def connect_tcp(self, host: str, *args: object, **options: object) -> httpcore.NetworkStream:
        stream = httpcore.MockStream([self.replies.pop(0).encode()])
        self.sent.append("")

        def write(data: bytes, timeout: float | None = None) -> None:
            self.sent[-1] += data.decode()

        stream.write = write  # type: ignore[method-assign]
        return stream


def converse(monkeypatch: pytest.MonkeyPatch, *replies: str) -> Conversation:
    conversation = Conversation(*replies)
    monkeypatch.setattr(http.httpcore, "SyncBackend", lambda: conversation)
    monkeypatch.setattr(http.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("8.8.8.8", 80))])
    return conversation


def test_a_foreign_host_gets_no_password_no_cookie_and_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    moved = "HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: id=1; Path=/\r\n\r\n"
    conversation = converse(monkeypatch, moved, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    reply = http.SafeClient("agent").get("http://name:password@a.example/a", 100)
    headers = (
        "Host: a.example\nUser-Agent: agent\nAccept: */*\nAccept-Encoding: identity\nConnection: close\n\n"
    )
    assert [each.replace("\r\n", "\n") for each in conversation.sent] == [
        f"GET /{path} HTTP/1.1\n{headers}" for path in ("a", "b")
    ]
    assert (reply.url, reply.data) == ("http://name:password@a.example/b", b"hi")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("mailto:a@b.example", "mailto is no web address"),
        ("data:text/plain,a", "data is no web address"),
        ("http://b.example:port/", "the address is not valid: Invalid port: 'port'"),
        ("http://[b/", "the address is not valid: Invalid IPv6 URL"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_named(
    monkeypatch: pytest.MonkeyPatch, location: str, reason: str
) -> None:
    converse(monkeypatch, f"HTTP/1.1 301 Moved\r\nLocation: {location}\r\n\r\n")
    with pytest.raises(http.FetchError) as failed:
        http.SafeClient("agent").get("http://a.example/", 100)
    assert str(failed.value) == reason


def test_where_ipv4_is_reached_by_nat64_its_public_addresses_are_asked(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, ["64:ff9b::808:808"])
    with pytest.raises(http.NoAnswerError):
        http.SafeClient("test").request("GET", "http://public.example/")
    assert network.connected == ["64:ff9b::808:808"]
