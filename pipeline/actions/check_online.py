"""Whether the pages and pictures that an email leads to are online, before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.actions.prepare import PreparedEdition
from pipeline.checks.online_links import AT_ONCE, LinkVerdict, try_address
from pipeline.errors import PressroomError
from pipeline.support.http import SafeClient
from pipeline.support.urls import is_this_machine

_ONLINE = frozenset({LinkVerdict.FINE, LinkVerdict.MOVED})


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
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(partial(try_address, client.request), addresses))
    missing = [
        (url, answer.why)
        for url, answer in zip(addresses, answers, strict=True)
        if answer.verdict not in _ONLINE
    ]
    if missing:
        url, why = missing[0]
        others = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        hint = "Publish build/site first, or send anyway with --force."
        if (day := editions[0].edition.issue.date) > now:
            hint = f"The issue is dated {day:%Y-%m-%d}: a build from then on has its page. {hint}"
        raise PressroomError(f"{addresses[url]} {url}{others} cannot be reached: {why}.", hint=hint)
