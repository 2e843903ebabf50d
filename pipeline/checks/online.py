"""Tries links on the web, where an editor asks for it: `docs/decisions/online-links.md`.

Each hop of a redirect is looked at before it is followed: an address on a private network is
refused, whatever name it hides behind.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from itertools import chain, zip_longest
from pathlib import Path
from threading import BoundedSemaphore, Lock
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from pipeline import __version__
from pipeline.files import write_atomically

TIME_LIMIT = 10.0
"""Seconds for each step of one request."""

AT_ONCE, AT_ONCE_PER_HOST = 8, 2
MOST = 500
"""Addresses that are tried in one run."""

REDIRECTS = 5
KEPT = timedelta(days=1)
_PERMANENT = frozenset({301, 308})
_MOVED = frozenset({301, 302, 303, 307, 308})
_BARRED = frozenset({401, 402, 403, 407, 429, 451, 999})
"""Answers to a machine, not to a reader: a login, a robot's bar. 999 is LinkedIn's."""

_ADDRESS_SAFE = "%/:=&?~#+!$,;'@()*[]"


class Verdict(StrEnum):
    """What came of trying an address."""

    FINE = "fine"
    GONE = "gone"
    TROUBLE = "trouble"
    MOVED = "moved"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of trying an address; `why` says it in words, `location` is where it moved to."""

    verdict: Verdict
    why: str = ""
    location: str = ""


class _RefusedError(Exception):
    """An address that is not to be tried, and why."""


class LinkTester:
    """Tries addresses, politely, and remembers the answers for a day.

    `home` names the publication in the User-Agent, `now` is the present moment, `cache` the file of
    earlier answers.
    """

    def __init__(self, home: str, now: datetime, cache: Path, *, allow_private: bool = False) -> None:
        self._agent = f"Pressroom/{__version__} (link check; +{home})"
        self._now = now
        self._cache = cache
        self._allow_private = allow_private
        self._known = _read_cache(cache, now)
        self._answers: dict[str, Answer] = {url: answer for url, (answer, _) in self._known.items()}
        self._tried = 0
        self._lock = Lock()
        self._hosts: dict[str, BoundedSemaphore] = defaultdict(lambda: BoundedSemaphore(AT_ONCE_PER_HOST))

    def answers(self, urls: Iterable[str]) -> Mapping[str, Answer]:
        """An answer for each of these addresses."""
        wanted = list(dict.fromkeys(urls))
        fresh = [url for url in wanted if url not in self._answers]
        allowed = max(0, MOST - self._tried)
        todo, left = fresh[:allowed], fresh[allowed:]
        self._tried += len(todo)
        if todo:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for url, answer in zip(ordered := _mixed(todo), pool.map(self._try, ordered), strict=True):
                    self._answers[url] = answer
                    # Trouble may be over in a minute, and a refusal costs nothing.
                    if answer.verdict not in {Verdict.TROUBLE, Verdict.UNTRIED}:
                        self._known[url] = (answer, self._now)
            _write_cache(self._cache, self._known)
        for url in left:
            self._answers[url] = Answer(Verdict.UNTRIED, f"{MOST} addresses are tried in one run")
        return {url: self._answers[url] for url in wanted}

    def _try(self, url: str) -> Answer:
        at, permanent = url, True
        try:
            for _ in range(REDIRECTS + 1):
                status, location = self._ask("HEAD", at)
                if status >= 400 and status != 429:
                    # Many servers know only GET, and some say 404 to HEAD.
                    status, location = self._ask("GET", at)
                if status not in _MOVED or not location:
                    return _verdict(url, at, status, permanent)
                permanent = permanent and status in _PERMANENT
                at = urljoin(at, location)
        except _RefusedError as refused:
            return Answer(Verdict.UNTRIED, str(refused))
        except TimeoutError:
            return Answer(Verdict.TROUBLE, f"no answer in {TIME_LIMIT:g} seconds")
        except socket.gaierror:
            return Answer(Verdict.TROUBLE, f"no host is named {urlsplit(at).hostname}")
        except ssl.SSLCertVerificationError as error:
            return Answer(Verdict.TROUBLE, f"its certificate is not valid: {error.verify_message}")
        except (OSError, HTTPException, ValueError) as error:
            return Answer(Verdict.TROUBLE, f"the connection failed: {str(error) or type(error).__name__}")
        return Answer(Verdict.TROUBLE, f"more than {REDIRECTS} redirects")

    def _ask(self, method: str, url: str) -> tuple[int, str]:
        """Status and Location of an address. Nothing of the page itself is read."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise _RefusedError(f"{parts.scheme or 'it'} is no web address")
        with self._lock:
            gate = self._hosts[parts.hostname]
        with gate:
            connection = HTTPConnection(_ascii(parts.hostname), parts.port, timeout=TIME_LIMIT)
            connection.sock = self._connect(parts)
            try:
                path = quote(parts.path or "/", safe=_ADDRESS_SAFE)
                query = f"?{quote(parts.query, safe=_ADDRESS_SAFE)}" if parts.query else ""
                headers = {
                    "User-Agent": self._agent,
                    "Accept": "*/*",
                    "Connection": "close",
                    "Host": _host(parts),
                }
                connection.request(method, path + query, headers=headers)
                response = connection.getresponse()
                return response.status, response.getheader("Location") or ""
            finally:
                connection.close()

    def _connect(self, parts: SplitResult) -> socket.socket:
        """A connection to a checked number: asked once more, a name could give a private one."""
        host = _ascii(parts.hostname or "")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, address in found:
            if (
                not self._allow_private
                and not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global
            ):
                raise _RefusedError(f"{parts.hostname} is on a private network")
        plain = _open([(str(address[0]), port) for *_, address in found])
        if parts.scheme == "http":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


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


def _verdict(url: str, at: str, status: int, permanent: bool) -> Answer:
    if status in {404, 410}:
        return Answer(Verdict.GONE, f"the server says {status}: there is no such page")
    if status in _BARRED:
        return Answer(Verdict.UNTRIED, f"the server says {status}: it lets no machine look")
    if status >= 400:
        return Answer(Verdict.TROUBLE, f"the server says {status}")
    if at != url and permanent and at.rstrip("/") != url.rstrip("/"):
        return Answer(Verdict.MOVED, "it moved for good", at)
    return Answer(Verdict.FINE)


def _mixed(urls: list[str]) -> list[str]:
    """The addresses with their hosts in turn, so that no thread waits for a host's other one."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(url.split("/")[2] if url.count("/") > 1 else "", []).append(url)
    return [url for url in chain.from_iterable(zip_longest(*hosts.values())) if url]


def _read_cache(file: Path, now: datetime) -> dict[str, tuple[Answer, datetime]]:
    """Answers of the last day. A cache that cannot be read is none."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["answers"]
        known = {
            url: (
                Answer(Verdict(entry["verdict"]), str(entry["why"]), str(entry["location"])),
                datetime.fromisoformat(entry["at"]),
            )
            for url, entry in entries.items()
        }
        return {url: each for url, each in known.items() if timedelta(0) <= now - each[1] < KEPT}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_cache(file: Path, known: Mapping[str, tuple[Answer, datetime]]) -> None:
    entries = {url: {**asdict(answer), "at": at.isoformat()} for url, (answer, at) in sorted(known.items())}
    text = json.dumps({"answers": entries}, indent=1, ensure_ascii=False)
    write_atomically(file, f"{text}\n".encode())
