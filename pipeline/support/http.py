"""Asks the web, and takes care whom: a private network is reached only where the user allows it.

A name is looked up once and the connection goes to the number that was checked: asked a second time, the
name could give another. The standard library does the rest, so that no client follows a redirect or reads
a proxy's settings on its own.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, quote, urljoin, urlsplit

TIME_LIMIT = 10.0
"""Seconds for each step of one request."""

WHOLE_LIMIT = 60.0
"""Seconds for a page with all its redirects."""

REDIRECTS = 5
MOVED = frozenset({301, 302, 303, 307, 308})

_ADDRESS_SAFE = "%/:=&?~#+!$,;'@()*[]"


class FetchError(Exception):
    """An address that is not to be asked, and why."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What a server answered; names of headers are in lower case. `url` is where it was found."""

    url: str
    status: int
    headers: Mapping[str, str]
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class SafeClient:
    """Asks by `agent`, the User-Agent header. `allow_private` lets it reach private networks."""

    agent: str
    allow_private: bool = False

    def request(self, method: str, url: str, most: int = 0, until: float | None = None) -> HttpReply:
        """One answer; a redirect is not followed. Of the page at most `most` bytes are read.

        `until` is the moment of `time.monotonic` at which reading ends. Raises `FetchError`, and what
        sockets, TLS and HTTP raise: `OSError` (`TimeoutError` among them), `HTTPException`, `ValueError`.
        A page that is larger raises `FetchError`.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise FetchError(f"{parts.scheme or 'it'} is no web address")
        connection = HTTPConnection(_ascii(parts.hostname), parts.port, timeout=TIME_LIMIT)
        connection.sock = self._connect(parts)
        try:
            path = quote(parts.path or "/", safe=_ADDRESS_SAFE)
            query = f"?{quote(parts.query, safe=_ADDRESS_SAFE)}" if parts.query else ""
            headers = {
                "User-Agent": self.agent,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
                "Host": _host(parts),
            }
            connection.request(method, path + query, headers=headers)
            response = connection.getresponse()
            data = bytearray()
            while most and (part := response.read(65536)):
                data += part
                if len(data) > most:
                    raise FetchError(f"it is larger than {most // 1_000_000} MB")
                if until is not None and time.monotonic() > until:
                    raise TimeoutError
            named = {name.lower(): value for name, value in response.getheaders()}
            return HttpReply(url, response.status, named, bytes(data))
        finally:
            connection.close()

    def get(self, url: str, most: int) -> HttpReply:
        """A page of at most `most` bytes, redirects followed and each of them looked at first.

        Raises `FetchError` with the reason in words for everything but an answer from 200 to 299.
        """
        at, until = url, time.monotonic() + WHOLE_LIMIT
        try:
            for _ in range(REDIRECTS + 1):
                reply = self.request("GET", at, most, until)
                location = reply.headers.get("location", "")
                if reply.status in MOVED and location:
                    at = urljoin(at, location)
                elif 200 <= reply.status < 300:
                    return reply
                else:
                    raise FetchError(f"the server says {reply.status}")
        except (OSError, HTTPException, ValueError) as error:
            raise FetchError(describe_error(error, at)) from error
        raise FetchError(f"more than {REDIRECTS} redirects")

    def _connect(self, parts: SplitResult) -> socket.socket:
        """A connection to a checked number."""
        host = _ascii(parts.hostname or "")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, address in found:
            number = ipaddress.ip_address(str(address[0]).partition("%")[0])
            if not self.allow_private and not number.is_global:
                raise FetchError(f"{parts.hostname} is on a private network")
        plain = _open([(str(address[0]), port) for *_, address in found])
        if parts.scheme == "http":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


def describe_error(error: Exception, url: str) -> str:
    """In words, why a request brought no answer."""
    if isinstance(error, TimeoutError):
        return f"no answer in {TIME_LIMIT:g} seconds"
    if isinstance(error, socket.gaierror):
        return f"no host is named {urlsplit(url).hostname}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    return f"the connection failed: {str(error) or type(error).__name__}"


def _open(addresses: list[tuple[str, int]]) -> socket.socket:
    """A connection to the first of a host's numbers that answers."""
    failure: OSError = OSError("it has no address")
    for address in addresses:
        try:
            return socket.create_connection(address, timeout=TIME_LIMIT)
        except OSError as error:
            failure = error
    raise failure


def _host(parts: SplitResult) -> str:
    host = _ascii(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port}" if parts.port else host


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode("ascii")
