"""Import: bring foreign writing into the pool as articles, each written whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline import __version__
from pipeline.actions.add_links import AddedLink, LinkRequest, add_links, known_addresses
from pipeline.articles.links import link_id
from pipeline.errors import PressroomError, collect
from pipeline.importers.exports.table import NoPostsError
from pipeline.importers.finish import Given
from pipeline.importers.gather import Named, named
from pipeline.importers.pictures import Pictures
from pipeline.importers.run import Import, Item, State
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


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """Articles read from sources, not yet written.

    `run` writes them. `links` are the new links of lists of links, `known_links` counts those that are
    there already. `omitted` maps the reasons why no article is made of a post to how many there are.
    `skipped` are the files that no importer reads. `errors` has the mistakes of sources that cannot be
    imported; they do not stop the others. `stopped` is whether the user stopped the reading: what was read
    until then is whole.
    """

    run: Import
    items: tuple[Item, ...]
    links: tuple[LinkRequest, ...]
    known_links: int
    omitted: Mapping[str, int]
    skipped: tuple[str, ...]
    errors: tuple[PressroomError, ...]
    stopped: bool = False


def prepare_import(
    workspace: Workspace,
    request: ImportRequest,
    now: datetime,
    stdin: Callable[[], bytes],
    watch: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> PreparedImport:
    """Read the sources and make articles of them. Writes nothing.

    `stdin` reads standard input, and `watch` wraps the sources as they are read, and the articles as
    their pictures are fetched, to show progress. Ctrl-C ends the reading, and what was read remains. Raises
    `PressroomError` for a title that several sources would share, and for a source that is nested too
    deeply.
    """
    errors: list[PressroomError] = []
    skipped: list[str] = []
    try:
        with TemporaryDirectory() as scratch:
            sources = named(request.sources, workspace.files, Path(scratch), skipped, errors)
            if request.title and len(sources) > 1:
                raise PressroomError(
                    f"{len(sources)} sources cannot all have one title.", hint="Leave --title out."
                )
            run = _make_run(workspace, request, now, stdin)
            stopped = False
            try:
                for source in watch(sources):
                    _take(run, source, skipped, errors)
            except KeyboardInterrupt:
                stopped = True
            items = run.settle(errors, watch)
    except RecursionError as error:
        raise PressroomError("a source is nested too deeply.") from error
    links = _new_links(workspace, run, request.tags)
    known = len(run.links) - len(links)
    omitted = Counter(each.omitted for each in run.omitted)
    stopped = stopped or run.stopped
    return PreparedImport(run, items, links, known, omitted, tuple(skipped), tuple(errors), stopped)


def _take(run: Import, source: Named, skipped: list[str], errors: list[PressroomError]) -> None:
    with collect(errors):
        try:
            run.take(source)
        except NoPostsError:
            # Exports have tables of subscribers beside those of posts.
            if not source.listed:
                raise
            skipped.append(source.name)


def _new_links(workspace: Workspace, run: Import, tags: tuple[str, ...]) -> tuple[LinkRequest, ...]:
    """The listed links that are in no list and no issue yet, with tags as the publication spells them."""
    known = set(known_addresses(workspace)) if run.links else set()
    requests: dict[str, LinkRequest] = {}
    for link in run.links:
        key = link_id(without_tracking(link.url))
        names = tuple(dict.fromkeys(run.spelling(tag) for tag in (*link.tags, *tags)))
        if key not in known:
            requests.setdefault(key, LinkRequest(link.url, link.title, link.comment, names, day=link.day))
    return tuple(requests.values())


def write_links(
    workspace: Workspace, prepared: PreparedImport, now: datetime, errors: list[PressroomError]
) -> tuple[AddedLink, ...]:
    """Append the new links to the month's file of link items; what cannot be added goes to `errors`."""
    return add_links(workspace, prepared.links, now, errors) if prepared.links else ()


def replaces(item: Item, *, update: bool, overwrite: bool) -> bool:
    """Whether an article is written without asking: it is new, or it has changed and that is asked for.

    `update` takes what has changed in the source, and with `overwrite` also where the article was edited.
    """
    changed = item.state is State.CHANGED or (item.state is State.EDITED and overwrite)
    return item.state is State.NEW or (update and changed)


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
