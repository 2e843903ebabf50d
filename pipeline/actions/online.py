"""Whether the pages and pictures that an email leads to are online, before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.actions.prepare import PreparedEdition
from pipeline.errors import PressroomError
from pipeline.support.http import FetchError, SafeClient
from pipeline.support.urls import is_this_machine

_AT_ONCE = 8
_NOT_FOR_HEAD = frozenset({403, 405, 501})
"""Answers of servers that take no HEAD."""


def check_online(editions: Sequence[PreparedEdition], base_url: str, now: datetime) -> None:
    """Raise `PressroomError` if the web page or a picture of an edition cannot be reached.

    Nothing is remembered: whoever publishes the site in answer wants to be believed at once.
    """
    addresses = {
        address: kind
        for each in editions
        for address, kind in (
            *(((each.edition.url, "the page"),) if each.edition.url else ()),
            *((image.url, "the picture") for image in each.email.images),
        )
    }
    # The publication's own address may be on this machine; then there is nothing to protect from it.
    client = SafeClient(f"Pressroom/{__version__}", is_this_machine(urlsplit(base_url).hostname))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda address: _missing(client, address), addresses))
    missing = [(url, why) for url, why in zip(addresses, answers, strict=True) if why]
    if missing:
        url, why = missing[0]
        others = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        hint = "Publish build/site first, or send anyway with --force."
        if (day := editions[0].edition.issue.date) > now:
            hint = f"The issue is dated {day:%Y-%m-%d}: a build from then on has its page. {hint}"
        raise PressroomError(f"{addresses[url]} {url}{others} cannot be reached: {why}.", hint=hint)


def _missing(client: SafeClient, address: str) -> str:
    """Say why an address cannot be reached; empty if it can."""
    try:
        for method in ("HEAD", "GET"):
            reply = client.request(method, address)
            if reply.status not in _NOT_FOR_HEAD:
                break
    except FetchError as error:
        return str(error)
    return "" if reply.status < 400 else f"the server says {reply.status}"
