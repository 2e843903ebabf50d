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


def test_one_private_address_among_several_refuses_the_name(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, ["8.8.8.8", "fe80::1%eth0"])
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
