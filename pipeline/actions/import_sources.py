"""Import: bring foreign writing into the pool as articles, each written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline import __version__
from pipeline.actions.add_links import AddedLink, LinkRequest, add_links, known_addresses
from pipeline.articles.link_items import link_id
from pipeline.errors import PressroomError
from pipeline.importers.finish import Given
from pipeline.importers.forms import check_form
from pipeline.importers.gather import named
from pipeline.importers.item import Item, ItemState
from pipeline.importers.pictures import Pictures
from pipeline.importers.run import Import
from pipeline.model import Author
from pipeline.support.http import SafeClient
from pipeline.support.urls import without_tracking
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import, and what overrides the sources. `date` may be without an offset.

    An author is "Name" or "Name, role". `form` is the form that all sources are read as; without it, each
    source's form is detected. `fetch` is whether images are fetched from the web, `pages` whether the pages
    of a site become articles too, as its posts do.
    """

    sources: Sequence[str]
    title: str = ""
    tags: tuple[str, ...] = ()
    date: datetime | None = None
    authors: tuple[str, ...] = ()
    base_url: str = ""
    form: str | None = None
    fetch: bool = True
    allow_private: bool = False
    pages: bool = False


class ImportRun:
    """An import under way: `articles` reads the sources, and `run` says what came of them until then.

    `run` also writes the articles. Its `omitted` maps the reasons why a post becomes no article, or an entry
    of a list no link item, to how many there are. Its `skipped` are the files that no importer reads. Its
    `errors` has the mistakes of sources that cannot be imported; they do not stop the others. Its `warnings`
    has what a list of links loses, and what an export does not say. Raises `PressroomError` for an unknown
    form.
    """

    def __init__(
        self, workspace: Workspace, request: ImportRequest, now: datetime, stdin: Callable[[], bytes]
    ) -> None:
        if request.form is not None:
            check_form(request.form)
        self._workspace = workspace
        self._request = request
        self._now = now
        self.run = _make_run(workspace, request, now, stdin)

    def articles(self, watch: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> Iterator[Item]:
        """Read the sources and make articles of them, each as soon as it is ready. Writes nothing.

        `watch` wraps what is worked through, to show progress. Ctrl-C ends the reading, and what was read
        remains. Raises `PressroomError` for a title that several sources would share, and for a source that
        is nested too deeply.
        """
        try:
            with TemporaryDirectory() as scratch:
                files, unpacked = self._workspace.files, Path(scratch, "unpacked")
                sources = named(self._request.sources, files, unpacked, self.run.skipped, self.run.errors)
                if self._request.title and len(sources) > 1:
                    what = f"{len(sources):,} sources cannot all have one title."
                    raise PressroomError(what, hint="Leave --title out.")
                yield from self.run.items(sources, Path(scratch), watch)
        except RecursionError as error:
            raise PressroomError("a source is nested too deeply.") from error

    def links(self) -> tuple[tuple[LinkRequest, ...], int]:
        """The new links of lists of links, and how many are there already."""
        links = _new_links(self._workspace, self.run, self._request.tags)
        return links, len(self.run.links) - len(links)

    def write_links(self, links: Sequence[LinkRequest]) -> tuple[AddedLink, ...]:
        """Append new links to the month's file of link items; what cannot be added goes to `run.errors`."""
        return add_links(self._workspace, links, self._now, self.run.errors) if links else ()


def _new_links(workspace: Workspace, run: Import, tags: tuple[str, ...]) -> tuple[LinkRequest, ...]:
    """The listed links that are in no list and no issue yet, with tags as the publication spells them."""
    known = set(known_addresses(workspace)) if run.links else set()
    requests: dict[str, LinkRequest] = {}
    for link in run.links:
        url = without_tracking(link.url)
        key = link_id(url)
        if key not in known:
            names = run.spelt((*link.tags, *tags))
            requests.setdefault(key, LinkRequest(url, link.title, link.comment, names, day=link.day))
    return tuple(requests.values())


def replaces(item: Item, *, update: bool, overwrite: bool) -> bool:
    """Whether an article is written without asking: it is new, or it has changed and that is asked for.

    `update` takes what has changed in the source, and with `overwrite` also where the article was edited.
    """
    changed = item.state is ItemState.CHANGED or (item.state is ItemState.EDITED and overwrite)
    resumed = item.state is ItemState.CHANGED and item.resumed
    return item.state is ItemState.NEW or resumed or (update and changed)


def _make_run(
    workspace: Workspace, request: ImportRequest, now: datetime, stdin: Callable[[], bytes]
) -> Import:
    date, authors = request.date, (each.partition(",") for each in request.authors)
    # A date without a time is a day of the publication's time zone.
    day = date.date() if date and date.time() == datetime.min.time() and not date.tzinfo else date
    overrides = Given(
        request.title,
        request.tags,
        day,
        tuple(Author(name.strip(), role.strip()) for name, _, role in authors),
        request.base_url,
    )
    home = workspace.files.publication.base_url
    web = SafeClient(f"Pressroom/{__version__} (import; +{home})", request.allow_private)
    pictures = Pictures(web, request.fetch)
    return Import(workspace, overrides, pictures, stdin, now, request.form, pages=request.pages)
