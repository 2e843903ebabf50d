"""Tells a WebSub hub that feeds have changed (W3C Recommendation WebSub, section 7).

The hub asks for each feed itself and passes on what is new, so that nothing of a feed is sent here but
its address. What a hub was told last is remembered by digests; without them every feed counts as changed,
which costs the hub a look and no reader anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pipeline import __version__
from pipeline.errors import PressroomError
from pipeline.model import Publication
from pipeline.support.files import write_atomically
from pipeline.support.urls import address, is_feed_file

if TYPE_CHECKING:
    from pipeline.support.http import HttpReply


def hub_of(publication: Publication) -> str:
    """The configured hub. Raises `PressroomError` where there is none."""
    if publication.hub is None:
        raise PressroomError(
            "no hub is named.", "newsletter.toml", hint='Name one: hub = "https://hub.example.org/"'
        )
    return publication.hub


def changed_feeds(site: Path, hub: str, told: Mapping[str, str]) -> dict[str, str]:
    """The current feeds below `site` that differ from what the hub was told; path and digest of each.

    Raises `PressroomError` where no feeds are built, or feeds that do not name this hub: nobody would
    have subscribed to them there.
    """
    feeds = {
        file.relative_to(site).as_posix(): file.read_bytes()
        for file in sorted(site.rglob("*"))
        if is_feed_file(file.name, archived=False) and file.is_file()
    }
    if not feeds:
        raise PressroomError("there are no feeds.", str(site), hint="Build and publish them: pressroom build")
    named = _written(hub)
    for path, data in feeds.items():
        if not any(each in data for each in named):
            raise PressroomError(
                f"the feed does not name the hub {hub}.",
                str(site / path),
                hint="Build and publish it anew: pressroom build",
            )
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in feeds.items()}
    return {path: digest for path, digest in digests.items() if told.get(path) != digest}


def _written(hub: str) -> tuple[bytes, ...]:
    """The hub's address as XML and as JSON write it."""
    return (hub.replace("&", "&amp;").replace("<", "&lt;").encode(), json.dumps(hub)[1:-1].encode())


def ping(publication: Publication, paths: Iterable[str]) -> Iterator[str]:
    """Tell the hub of each of these feeds; gives each path once the hub has taken it.

    Raises `PressroomError` at the first that it does not take. A redirect is not followed, because what
    is behind it is not what the editor named.
    """
    from pipeline.support.http import NoAnswerError

    hub = hub_of(publication)
    for path in paths:
        topic = address(publication, path)
        try:
            reply = _post(hub, topic, publication)
        except NoAnswerError as error:
            raise _untold(hub, topic, str(error)) from error
        if not 200 <= reply.status < 300:
            printable = reply.data[:400].decode("utf-8", "replace")
            printable = "".join(char for char in printable if char.isprintable() or char == "\n")
            words = " ".join(printable.split())[:200]
            raise _untold(hub, topic, f"it says {reply.status}{f': {words}' if words else ''}")
        yield path


def _post(hub: str, topic: str, publication: Publication) -> HttpReply:
    from pipeline.support.http import HttpClient

    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"Pressroom/{__version__} (+{publication.base_url})",
    }
    body = urlencode({"hub.mode": "publish", "hub.url": topic}).encode("ascii")
    return HttpClient().request("POST", hub, headers, body)


def _untold(hub: str, topic: str, why: str) -> PressroomError:
    return PressroomError(
        f"the hub {hub} did not take {topic}: {why}.",
        hint="Run it again later: it goes on with this feed. Readers find it without the hub too.",
    )


def read_told(file: Path, hub: str) -> dict[str, str]:
    """What this hub was told: the digest of each feed. A record that cannot be read is none."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return {str(path): str(digest) for path, digest in record[hub].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_told(file: Path, hub: str, told: Mapping[str, str]) -> None:
    """Write down what this hub was told; of an earlier hub nothing is kept."""
    text = json.dumps({hub: dict(sorted(told.items()))}, indent=1)
    write_atomically(file, f"{text}\n".encode())
