"""List the link items with the issues that carry them, and try their addresses on the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from pipeline.actions.check import link_tester
from pipeline.checks.online_links import LinkAnswer
from pipeline.checks.rules.links import RESERVED
from pipeline.model import LinkItem
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link item with the folders of the issues that carry it; `answer` is that of the web, if asked for."""

    link: LinkItem
    issues: tuple[str, ...]
    answer: LinkAnswer | None = None


def list_links(
    workspace: Workspace, tags: Sequence[str] = (), *, unused: bool = False
) -> tuple[ListedLink, ...]:
    """List the link items that have all these tags: those that wait first, each group newest first.

    `unused` leaves out what a frozen issue carries. Raises `NotFound` for a tag that nothing has.
    """
    workspace.pool.check_tags(tags)
    carriers = workspace.assembler.history.carriers()
    listed = [
        ListedLink(link, carriers.get(link.id, ()))
        for link in sorted(workspace.pool.links.values(), key=lambda each: (each.title, each.id))
        if all(tag in link.tags for tag in tags) and not (unused and link.id in carriers)
    ]
    listed.sort(key=lambda each: each.link.date.isoformat() if each.link.date else "", reverse=True)
    return tuple(sorted(listed, key=lambda each: bool(each.issues)))


def try_links(
    workspace: Workspace, listed: Sequence[ListedLink], now: datetime, *, allow_private: bool
) -> tuple[ListedLink, ...]:
    """Try the address of each on the web, but for reserved names, which nobody can own."""
    urls = [
        each.link.url
        for each in listed
        if each.link.url and not RESERVED.fullmatch(urlsplit(each.link.url).hostname or "")
    ]
    answers = link_tester(workspace, now, allow_private).answers(urls)
    return tuple(replace(each, answer=answers.get(each.link.url)) for each in listed)
