"""Add link items: an address, and what its page says of itself, becomes an entry of the month's file.

Only the entry is appended; the other lines of the file stay. Its first and last lines, title and address,
belong to no other entry. So where two people have added to the same file, git can keep both (`merge=union`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from shlex import quote

from pipeline import __version__
from pipeline.articles.link_items import LinkMistake, link_id, parse_links
from pipeline.compose import Composer
from pipeline.config.front_matter import write_yaml
from pipeline.config.workspace_files import LINKS
from pipeline.errors import PressroomError, collect, raise_all
from pipeline.importers.decode import cleaned, text_of
from pipeline.importers.escape import foreign
from pipeline.importers.gather import STDIN, Named, is_address, load
from pipeline.model import LinkItem, Place
from pipeline.support.files import read_source, write_atomically
from pipeline.support.http import SafeClient
from pipeline.support.urls import folder_number, web_address_hint, without_password, without_tracking
from pipeline.workspace import Workspace

_AT_ONCE = 8
_HEAD_BYTES = 1_000_000
"""How much of a page is read: what it says of itself is in its head."""

_ATTRIBUTES = "# Entries that several people have added are kept side by side.\n*.yaml merge=union\n"


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A link to add. With a title, its page is not fetched; without a day, it is of today.

    `line` is where it is in standard input, if it comes from there.
    """

    url: str
    title: str = ""
    comment: str = ""
    tags: tuple[str, ...] = ()
    via: str = ""
    day: date | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _PageFacts:
    """What a page says of itself; `description` is plain text."""

    title: str
    description: str = ""
    author: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class AddedLink:
    """A link item as it was written, and the day on which its page says that it was published."""

    item: LinkItem
    published: date | None


def read_requests(text: str, tags: tuple[str, ...], via: str) -> tuple[LinkRequest, ...]:
    """Read one address a line, with an optional title after white space. Blank lines are left out."""
    lines = ((number, line.split(maxsplit=1)) for number, line in enumerate(text.splitlines(), 1))
    return tuple(
        LinkRequest(words[0], " ".join(words[1:]), tags=tags, via=via, line=number)
        for number, words in lines
        if words
    )


def add_links(
    workspace: Workspace,
    requests: Sequence[LinkRequest],
    now: datetime,
    errors: list[PressroomError],
    *,
    allow_private: bool = False,
    watch: Callable[[Iterable[LinkRequest]], Iterable[LinkRequest]] = iter,
) -> tuple[AddedLink, ...]:
    """Append entries to the file of this month, all at once. Returns them in the order of the requests.

    A link that is there already, or whose page cannot be read, is left out, and said in `errors`. Raises
    `PressroomError` for a file that cannot be added to; then nothing is written.
    """
    known = known_addresses(workspace)
    wanted: dict[str, LinkRequest] = {}
    for request in requests:
        with _collect(request, errors):
            url = without_tracking(without_password(request.url.strip()))
            wanted[_new_id(url, known, wanted)] = replace(request, url=url)
    home = workspace.files.publication.base_url
    web = SafeClient(f"Pressroom/{__version__} (link; +{home})", allow_private)
    entries: dict[str, tuple[str, _PageFacts]] = {}
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        pages: dict[str, Future[_PageFacts]] = {
            key: threads.submit(_facts, workspace, request, web) for key, request in wanted.items()
        }
        for request, key in zip(watch(wanted.values()), wanted, strict=True):
            with _collect(request, errors):
                facts = pages[key].result()
                entries[key] = (_entry(workspace, request, facts, now), facts)
    return _append(workspace, entries, now) if entries else ()


@contextmanager
def _collect(request: LinkRequest, errors: list[PressroomError]) -> Iterator[None]:
    """Add the mistakes of a request to `errors`: of standard input with the line, before the address."""
    mistakes: list[PressroomError] = []
    with collect(mistakes):
        yield
    errors += (
        PressroomError(f"{each.path}: {each.message}", STDIN, request.line, each.hint)
        if request.line
        else each
        for each in mistakes
    )


def known_addresses(workspace: Workspace) -> dict[str, str]:
    """Where each address is already, by the id that is made from it: in a file, or in an earlier issue."""
    known = {link_id(link.url): f"is in {link.place}" for link in workspace.pool.links.values() if link.url}
    for folder, lock in sorted(workspace.assembler.locks.items(), reverse=True):
        number = folder_number(folder)
        known |= {link_id(link.url): f"was linked in issue {number}" for link in lock.links.values()}
    return known


def _new_id(url: str, known: dict[str, str], wanted: dict[str, LinkRequest]) -> str:
    """The id of an address that is new. Raises `PressroomError` for any other."""
    try:
        key = link_id(url) if is_address(url) else ""
    except ValueError:
        key = ""
    if not key:
        raise PressroomError("is not a web address.", url, hint=web_address_hint(url))
    if key in wanted:
        raise PressroomError("is given twice; the first one counts.", url)
    if key in known:
        raise PressroomError(f"{known[key]} already.", url)
    return key


def _facts(workspace: Workspace, request: LinkRequest, web: SafeClient) -> _PageFacts:
    """Fetch what the page says of itself; with a title nothing is fetched."""
    if request.title:
        return _PageFacts(request.title)
    from pipeline.importers.html.metadata import metadata_of
    from pipeline.importers.html.tree import soup_of

    options = [("--tag", tag) for tag in request.tags]
    options += [("--comment", request.comment), ("--via", request.via)]
    typed = "".join(f" {name} {quote(value)}" for name, value in options if value)
    hint = f'Write its title yourself: pressroom add {quote(request.url)}{typed} --title "…"'
    try:
        material = load(Named(request.url), workspace.files, web, bytes)
    except PressroomError as error:
        raise PressroomError(error.message, request.url, hint=error.hint or hint) from error
    untitled = PressroomError("has no title that can be read.", request.url, hint=hint)
    try:
        # Cut before an element, so that no character is cut in two.
        start = material.data[:_HEAD_BYTES].rpartition(b"<")[0] if len(material.data) > _HEAD_BYTES else None
        html = text_of(material if start is None else replace(material, data=start))
    except PressroomError as error:
        raise untitled from error
    head = metadata_of(soup_of(html), html)
    # A character that the page escapes, as in `&#27;`, was none when its text was read.
    title = cleaned(head.title).strip()
    if not title or "html" not in (material.media_type or "html"):
        raise untitled
    published = head.date.date() if isinstance(head.date, datetime) else head.date
    authors = ", ".join(each.name for each in head.authors)
    return _PageFacts(title, cleaned(head.description), cleaned(authors), published)


def _entry(workspace: Workspace, request: LinkRequest, facts: _PageFacts, now: datetime) -> str:
    """Write an entry as a block of lines. Raises `PressroomError` for one that is not sound."""
    comment = " ".join(request.comment.split())
    if not comment and facts.description:
        # Foreign words are text, not Markdown.
        comment = foreign(facts.description)
        if not _is_sound(workspace, request.url, comment):
            comment = ""
    elif comment:
        _check(workspace, request.url, comment)
    fields = {
        "title": facts.title,
        "comment": comment,
        "author": facts.author,
        "via": request.via,
        "tags": list(request.tags),
        "date": request.day or now.date(),
        "url": request.url,
    }
    lines = write_yaml({key: value for key, value in fields.items() if value}).splitlines()
    entry = "".join(f"{'  ' if number else '- '}{line}\n" for number, line in enumerate(lines))
    mistakes: list[LinkMistake] = []
    parse_links(entry, LINKS, workspace.files.zone, mistakes)
    raise_all(PressroomError(error.message, request.url, hint=error.hint) for _, error in mistakes)
    return entry


def _is_sound(workspace: Workspace, url: str, comment: str) -> bool:
    errors: list[PressroomError] = []
    with collect(errors):
        _check(workspace, url, comment)
    return not errors


def _check(workspace: Workspace, url: str, comment: str) -> None:
    """Raise the mistakes of a comment."""
    item = LinkItem(link_id(url), url, "", Place(f"{LINKS}/new.yaml", 1), "", comment)
    try:
        Composer(workspace).content(item)
    except PressroomError as error:
        raise_all(PressroomError(each.message, "--comment", hint=each.hint) for each in error.errors)


def _append(
    workspace: Workspace, entries: dict[str, tuple[str, _PageFacts]], now: datetime
) -> tuple[AddedLink, ...]:
    """Append the entries to the month's file, in its indentation and with its line ends."""
    path = f"{LINKS}/{now:%Y-%m}.yaml"
    file = workspace.files.root / path
    before = file.read_bytes() if file.is_file() else b""
    old = read_source(file, path) if before else ""
    count = len(parse_links(old, path, workspace.files.zone, []))
    indent = match[1] if (match := re.search(r"^( *)- ", old, re.MULTILINE)) else ""
    added = "\n".join(entry for entry, _ in entries.values())
    added = re.sub(r"^(?=.)", indent, added, flags=re.MULTILINE)
    gap = "" if not old.strip() else "\n" if old.endswith("\n") else "\n\n"
    try:
        items = parse_links(old + gap + added, path, workspace.files.zone, [])
    except PressroomError as error:
        raise PressroomError(
            "the entry cannot be added to this file.", path, hint="Write its list as `- url: …`, in lines."
        ) from error
    new = items[count:]
    ends = "\r\n" if b"\r\n" in before else "\n"
    write_atomically(file, before + (gap + added).replace("\n", ends).encode())
    attributes = file.parent / ".gitattributes"
    if not attributes.exists():
        write_atomically(attributes, _ATTRIBUTES.encode())
    return tuple(
        AddedLink(item, facts.published) for item, (_, facts) in zip(new, entries.values(), strict=True)
    )
