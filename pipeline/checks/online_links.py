"""Tries links on the web if an editor asks for it: `docs/decisions/online-links.md`.

Each step of a redirect is checked before it is followed: an address on a private network is refused,
whatever its name.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.support.files import write_atomically
from pipeline.support.json_text import read_json

if TYPE_CHECKING:
    from pipeline.support.http import HttpReply

AT_ONCE, AT_ONCE_PER_HOST = 8, 2
MOST = 500
"""Addresses that are tried in one run."""

KEPT = timedelta(days=1)
_PERMANENT = frozenset({301, 308})
_BARRED = frozenset({401, 402, 403, 407, 429, 451, 999})
"""Answers to a machine, not to a reader: logins and blocked robots. 999 is LinkedIn's."""


class LinkVerdict(StrEnum):
    """The result of trying an address."""

    FINE = "fine"
    GONE = "gone"
    TROUBLE = "trouble"
    MOVED = "moved"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """The result of trying an address; `why` is it in words, `location` the address it moved to."""

    verdict: LinkVerdict
    why: str = ""
    location: str = ""


class LinkTester:
    """Tries addresses politely, and remembers the answers for a day.

    `home` is the publication's address in the User-Agent, `now` is the present moment, `cache` the file
    of earlier answers.
    """

    def __init__(self, home: str, now: datetime, cache: Path, *, allow_private: bool = False) -> None:
        from pipeline.support.http import SafeClient

        self._web = SafeClient(f"Pressroom/{__version__} (link check; +{home})", allow_private)
        self._now = now
        self._cache = cache
        self._cached = _read_cache(cache, now)
        self._answers: dict[str, LinkAnswer] = {url: answer for url, (answer, _) in self._cached.items()}
        self._tried = 0
        self._lock = Lock()
        self._hosts: dict[str, BoundedSemaphore] = defaultdict(lambda: BoundedSemaphore(AT_ONCE_PER_HOST))

    def answers(self, urls: Iterable[str]) -> Mapping[str, LinkAnswer]:
        """An answer for each of these addresses."""
        urls = list(dict.fromkeys(urls))
        fresh = [url for url in urls if url not in self._answers]
        allowed = max(0, MOST - self._tried)
        todo, untried = fresh[:allowed], fresh[allowed:]
        self._tried += len(todo)
        if todo:
            ordered, try_one = _by_turns(todo), partial(try_address, self._request)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for url, answer in zip(ordered, pool.map(try_one, ordered), strict=True):
                    self._answers[url] = answer
                    # Trouble may be over in a minute, and an untried address costs nothing.
                    if answer.verdict not in {LinkVerdict.TROUBLE, LinkVerdict.UNTRIED}:
                        self._cached[url] = (answer, self._now)
            _write_cache(self._cache, self._cached)
        for url in untried:
            self._answers[url] = LinkAnswer(LinkVerdict.UNTRIED, f"{MOST} addresses are tried in one run")
        return {url: self._answers[url] for url in urls}

    def _request(self, method: str, url: str) -> HttpReply:
        """Request an address, and read nothing of the page itself."""
        with self._lock:
            gate = self._hosts[_host(url)]
        with gate:
            return self._web.request(method, url)


def try_address(request: Callable[[str, str], HttpReply], url: str) -> LinkAnswer:
    """Try an address and what it redirects to. `request` takes a method and an address."""
    from pipeline.support.http import REDIRECTS, FetchError, NoAnswerError

    target, permanent = url, True
    try:
        for _ in range(REDIRECTS + 1):
            reply = request("HEAD", target)
            if reply.status >= 400 and reply.status != 429:
                # Many servers know only GET, and some say 404 to HEAD.
                reply = request("GET", target)
            if not reply.redirect:
                return _verdict(url, target, reply.status, permanent)
            permanent = permanent and reply.status in _PERMANENT
            target = reply.redirect
    except NoAnswerError as error:
        return LinkAnswer(LinkVerdict.TROUBLE, str(error))
    except FetchError as error:
        return LinkAnswer(LinkVerdict.UNTRIED, str(error))
    return LinkAnswer(LinkVerdict.TROUBLE, f"more than {REDIRECTS} redirects")


def _verdict(url: str, at: str, status: int, permanent: bool) -> LinkAnswer:
    if status in {404, 410}:
        return LinkAnswer(LinkVerdict.GONE, f"the server says {status}: there is no such page")
    if status in _BARRED:
        return LinkAnswer(LinkVerdict.UNTRIED, f"the server says {status}: it refuses machines")
    if status >= 400:
        return LinkAnswer(LinkVerdict.TROUBLE, f"the server says {status}")
    if at != url and permanent and at.rstrip("/") != url.rstrip("/"):
        return LinkAnswer(LinkVerdict.MOVED, "it moved for good", at)
    return LinkAnswer(LinkVerdict.FINE)


def _by_turns(urls: list[str]) -> list[str]:
    """Order addresses so that hosts take turns, and no thread waits for another at the same host."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(_host(url), []).append(url)
    return [url for url in chain.from_iterable(zip_longest(*hosts.values())) if url]


def _host(url: str) -> str:
    return url.split("/")[2] if url.count("/") > 1 else ""


def _read_cache(file: Path, now: datetime) -> dict[str, tuple[LinkAnswer, datetime]]:
    """Answers of the last day. A cache that cannot be read counts as empty."""
    try:
        entries = read_json(file.read_bytes())["answers"]
        known = {
            url: (
                LinkAnswer(LinkVerdict(entry["verdict"]), str(entry["why"]), str(entry["location"])),
                datetime.fromisoformat(entry["at"]),
            )
            for url, entry in entries.items()
        }
        return {url: each for url, each in known.items() if timedelta(0) <= now - each[1] < KEPT}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_cache(file: Path, known: Mapping[str, tuple[LinkAnswer, datetime]]) -> None:
    entries = {url: {**asdict(answer), "at": at.isoformat()} for url, (answer, at) in sorted(known.items())}
    text = json.dumps({"answers": entries}, indent=1, ensure_ascii=False)
    write_atomically(file, f"{text}\n".encode())
