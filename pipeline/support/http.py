"""HTTP: requests to named services, and safe requests to foreign addresses.

A foreign address must not lead into a private network, whatever name it has. `SafeClient` resolves a
host once, checks each of its IP addresses, and connects to a checked one: resolved a second time, the name
could have another address (DNS rebinding). No client here follows a redirect or reads proxy settings itself.
The only module that imports httpx and httpcore.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar
from urllib.parse import urljoin

import httpcore
import httpx
from httpx import Auth as Auth
from httpx import BasicAuth as BasicAuth
from httpx import Request as Request
from httpx import Response as Response

TIME_LIMIT = 10.0
"""Seconds for each step of one request."""

WHOLE_LIMIT = 60.0
"""Seconds for a page with all its redirects."""

REDIRECTS = 5
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("0.0.0.0/0")
"""What the internet is: of IPv6 nothing else is assigned (RFC 4291, section 2.4; IANA)."""
_MOVED = frozenset({301, 302, 303, 307, 308})

_FAILURES = (
    *(httpx.HTTPError, httpx.InvalidURL, OSError, ValueError),
    *(httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol),
)
_Failure = TypeVar("_Failure", bound=BaseException)


class FetchError(Exception):
    """An address that must not be requested, or a page that cannot be taken; the text says why."""


class NoAnswerError(FetchError):
    """A request without an answer; the text says why. `connected` is False if nothing was sent."""

    def __init__(self, error: Exception, url: str, limit: float = TIME_LIMIT) -> None:
        unmade = (httpx.ConnectError, httpx.ConnectTimeout, httpcore.ConnectError, httpcore.ConnectTimeout)
        self.connected = not isinstance(error, unmade)
        super().__init__(_reason(error, url, limit))


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A server's answer; names of headers are in lower case. `url` is the address after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    data: bytes = b""

    @property
    def redirect(self) -> str:
        """The address that a redirect leads to, else empty. Raises `NoAnswerError` if it is not valid."""
        location = self.headers.get("location", "")
        try:
            return urljoin(self.url, location) if self.status in _MOVED and location else ""
        except ValueError as error:
            raise NoAnswerError(error, location) from error


def send_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    time_limit: float = TIME_LIMIT,
    auth: Auth | None = None,
) -> HttpReply:
    """The answer of a host that the user named, such as a service's API. Raises `NoAnswerError`."""
    try:
        # A client for each: a connection that the other side has closed looks like one cut in the middle.
        with httpx.Client(timeout=time_limit, trust_env=False, verify=_tls_context()) as client:
            reply = client.request(method, url, content=body or None, headers=headers, auth=auth)
        return HttpReply(url, reply.status_code, dict(reply.headers), reply.content)
    except _FAILURES as error:
        raise NoAnswerError(error, url, time_limit) from error


async def request(
    method: str, url: str, headers: Mapping[str, str], body: bytes, time_limit: float = TIME_LIMIT
) -> HttpReply:
    """The answer of a host that the user named, as `send_request`, while other tasks go on."""
    try:
        async with httpx.AsyncClient(timeout=time_limit, trust_env=False, verify=_tls_context()) as client:
            reply = await client.request(method, url, content=body or None, headers=headers)
        return HttpReply(url, reply.status_code, dict(reply.headers), reply.content)
    except _FAILURES as error:
        raise NoAnswerError(error, url, time_limit) from error


@cache
def _tls_context() -> ssl.SSLContext:
    """The certificates that a client trusts. Reading them takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


class SafeClient:
    """Requests to foreign addresses; private networks are refused without `allow_private`.

    `agent` is the User-Agent header.
    """

    def __init__(self, agent: str, allow_private: bool = False) -> None:
        self._headers = {
            "User-Agent": agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        self._transport = CheckedTransport(allow_private)

    def request(self, method: str, url: str, most: int = 0, until: float | None = None) -> HttpReply:
        """One answer; a redirect is not followed. Of the page at most `most` bytes are read.

        `until` is the moment of `time.monotonic` at which reading ends. Raises `NoAnswerError`, and
        `FetchError` for an address that is refused and a page that is larger.
        """
        try:
            address = httpx.URL(url)
            if address.scheme not in {"http", "https"} or not address.host:
                raise FetchError(f"{address.scheme or 'it'} is no web address")
            # A client for each request keeps no cookies, and `Auth()` sends no password of the address.
            with (
                httpx.Client(
                    transport=self._transport,
                    follow_redirects=False,
                    trust_env=False,
                    headers=self._headers,
                    auth=Auth(),
                    timeout=TIME_LIMIT,
                ) as client,
                client.stream(method, address) as response,
            ):
                data = bytearray()
                for chunk in response.iter_raw() if most else ():
                    data += chunk
                    if len(data) > most:
                        raise FetchError(f"it is larger than {most // 1_000_000} MB")
                    if until is not None and time.monotonic() > until:
                        raise TimeoutError
                return HttpReply(url, response.status_code, dict(response.headers), bytes(data))
        except _FAILURES as error:
            raise NoAnswerError(error, url, TIME_LIMIT) from error

    def get(self, url: str, most: int) -> HttpReply:
        """A page of at most `most` bytes; each redirect is checked before it is followed.

        Raises `FetchError` with the reason in words for everything but an answer from 200 to 299.
        """
        until = time.monotonic() + WHOLE_LIMIT
        for _ in range(REDIRECTS + 1):
            reply = self.request("GET", url, most, until)
            if reply.redirect:
                url = reply.redirect
            elif 200 <= reply.status < 300:
                return reply
            else:
                raise FetchError(f"the server says {reply.status}")
        raise FetchError(f"more than {REDIRECTS} redirects")


class CheckedTransport(httpx.BaseTransport):
    """Sends requests over connections that `CheckedBackend` makes, each used once."""

    def __init__(self, allow_private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls_context(),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=CheckedBackend(allow_private),
        )

    def handle_request(self, request: Request) -> Response:
        """The response, its body not read yet. Raises httpcore's errors and `FetchError`."""
        at = request.url
        url = httpcore.URL(scheme=at.raw_scheme, host=at.raw_host, port=at.port, target=at.raw_path)
        headers, body, extensions = request.headers.raw, request.stream, request.extensions
        reply = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=headers, content=body, extensions=extensions)
        )
        return _UnfollowedResponse(reply.status, headers=reply.headers, stream=_Body(reply))


class _UnfollowedResponse(Response):
    # A client reads the address of a redirect that it does not follow, and fails if it is not valid.
    has_redirect_location = False


class _Body(httpx.SyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        return self._reply.iter_stream()

    def close(self) -> None:
        self._reply.close()


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a host once and connects to one of its IP addresses, after all of them were checked."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers. Raises `FetchError` for a private network."""
        addresses = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for address in addresses:
            if not self._allow_private and not _is_public(address.partition("%")[0]):
                raise FetchError(f"{host} is on a private network")
        failure: Exception = OSError("it has no address")
        for address in addresses:
            try:
                return self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _is_public(address: str) -> bool:
    """Whether an IP address is on the internet, and so is the IPv4 address that it leads to.

    An IPv6 address leads to one by 6to4 (RFC 3056, section 2), or by NAT64 (RFC 6052, section 2.1).
    """
    number = ipaddress.ip_address(address)
    if number in _NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF).is_global
    inner = number.sixtofour if isinstance(number, ipaddress.IPv6Address) else None
    is_unicast = any(number in each for each in _UNICAST) and not number.is_multicast
    return is_unicast and number.is_global and (inner is None or inner.is_global)


def _reason(error: Exception, url: str, limit: float) -> str:
    """Why a request brought no answer, in words."""
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException | TimeoutError):
        return f"no answer in {limit:g} seconds"
    if _cause(error, socket.gaierror):
        return f"no host is named {httpx.URL(url).host}"
    if invalid := _cause(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {invalid.verify_message}"
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | ValueError):
        return f"the address is not valid: {error}"
    refused = _cause(error, OSError)
    reason = refused.strerror if refused else None
    return f"the connection failed: {reason or str(error) or type(error).__name__}"


def _cause(error: BaseException | None, kind: type[_Failure]) -> _Failure | None:
    """The error of this kind among an error and its causes."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
