"""Notify a WebSub hub that feeds have changed (W3C Recommendation WebSub, section 7).

Only the address of a feed is sent: the hub fetches the feed itself and passes on what is new. A record
holds the digest of each feed of which the hub was last notified. Without it every feed counts as changed,
which costs the hub one request each and its readers nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

from pipeline import __version__
from pipeline.errors import PressroomError
from pipeline.model import Publication
from pipeline.support.files import write_atomically
from pipeline.support.json_text import read_json
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.urls import address, is_feed_file


def configured_hub(publication: Publication) -> str:
    """The address of the hub. Raises `PressroomError` if `newsletter.toml` names none."""
    if publication.hub is None:
        raise PressroomError(
            "no hub is named.", SETTINGS_FILE, hint='Name one: hub = "https://hub.example.org/"'
        )
    return publication.hub


def changed_feeds(site: Path, hub: str, notified: Mapping[str, str]) -> dict[str, str]:
    """Path and digest of each current feed below `site` that differs from its digest in `notified`.

    Raises `PressroomError` if there are no built feeds, or if one does not name this hub, because then
    nobody can have subscribed to it there.
    """
    feeds = {
        file.relative_to(site).as_posix(): file.read_bytes()
        for file in sorted(site.rglob("*"))
        if is_feed_file(file.name, archived=False) and file.is_file()
    }
    if not feeds:
        raise PressroomError("there are no feeds.", str(site), hint="Build and publish them: pressroom build")
    in_xml, in_json = hub.replace("&", "&amp;").replace("<", "&lt;").encode(), json.dumps(hub)[1:-1].encode()
    for path, data in feeds.items():
        if in_xml not in data and in_json not in data:
            raise PressroomError(
                f"the feed does not name the hub {hub}.",
                str(site / path),
                hint="Build and publish it again: pressroom build",
            )
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in feeds.items()}
    return {path: digest for path, digest in digests.items() if notified.get(path) != digest}


def ping(publication: Publication, paths: Iterable[str]) -> Iterator[str]:
    """Notify the hub of each of these feeds; yields each path once the hub has accepted it.

    Raises `PressroomError` at the first that it does not accept. Redirects are not followed, because they
    lead to an address that the editor did not name.
    """
    from pipeline.support.http import NoAnswerError, send_request

    hub = configured_hub(publication)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"Pressroom/{__version__} (+{publication.base_url})",
    }
    for path in paths:
        topic = address(publication, path)
        body = urlencode({"hub.mode": "publish", "hub.url": topic}).encode("ascii")
        try:
            reply = send_request("POST", hub, headers, body)
        except NoAnswerError as error:
            raise _not_accepted(hub, topic, str(error)) from error
        if not 200 <= reply.status < 300:
            printable = reply.data[:400].decode("utf-8", "replace")
            printable = "".join(char for char in printable if char.isprintable() or char == "\n")
            words = " ".join(printable.split())[:200]
            raise _not_accepted(hub, topic, f"it says {reply.status}{f': {words}' if words else ''}")
        yield path


def _not_accepted(hub: str, topic: str, why: str) -> PressroomError:
    return PressroomError(
        f"the hub {hub} did not accept {topic}: {why}.",
        hint="Run it again later: it goes on with this feed. Readers find it without the hub too.",
    )


def read_notified(file: Path, hub: str) -> dict[str, str]:
    """The digest of each feed of which this hub was notified; empty if the record cannot be read."""
    try:
        record = read_json(file.read_bytes())
        return {str(path): str(digest) for path, digest in record[hub].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_notified(file: Path, hub: str, notified: Mapping[str, str]) -> None:
    """Write the record of this hub; it replaces that of an earlier hub."""
    text = json.dumps({hub: dict(sorted(notified.items()))}, indent=1)
    write_atomically(file, f"{text}\n".encode())
