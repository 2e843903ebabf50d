"""How a draft gets to a service, as data: the key, the paths of drafts, and the names of their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from pipeline.export.push_values import Credentials, DraftStatus, ServiceApi, ServiceDraft, ServiceEdition

if TYPE_CHECKING:
    from pipeline.support.http import Auth

Body = dict[str, Any]
"""The JSON of a request, or the fields of a form."""

Save = Callable[[ServiceApi, str, Body, ServiceEdition, DraftStatus | None], Any]
"""Sends a body to a path, as a change of a draft or as a new one (None), and returns the answer."""


@dataclass(frozen=True, slots=True)
class PushMethod:
    """How a draft gets to a service, and how the service keeps it. Nothing here ever sends to readers.

    Texts marked with * may have `{name}` and `{slug}` of the edition and its settings in them, as in
    `issue-{slug}`. A field inside another is written with a dot: `settings.title`.
    """

    keys: tuple[str, ...]
    """The environment variables that must be set, the key first."""
    path: str
    """Where drafts are listed and made, with the settings in braces, as in
    `/publications/{publication}/posts`. One of them is at `path/ID`."""
    body: Callable[[ServiceEdition], Body]
    """The body of a request that makes a draft or changes one."""
    address: str
    """The page of a draft for an editor, with the settings, `{slug}`, `{id}`, `{short_id}` (without a prefix
    such as `post_`), and `{draft[field]}` for a field of the answer."""
    url: str | Callable[[Credentials], str] = ""
    """The base address, in which `{name}` is a setting; empty if the settings must have it."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that authenticate a request, with `{key}` for the key."""
    auth: Callable[[Credentials], Auth] | None = None
    """Authenticates requests where headers do not."""
    optional: tuple[str, ...] = ()
    """Further environment variables that are used if they are set."""
    draft: str = "draft"
    """What the service calls a draft."""
    lists: tuple[Mapping[str, str], ...] = ()
    """* Queries that list drafts of any status, newest first. Without one, a draft's slug is its id."""
    page: str = ""
    """The parameter of a list's query that has the number of the page; empty if one answer lists enough."""
    items: str = ""
    """The field of a list's answer that has the drafts."""
    item: str = ""
    """The field of any other answer that has the draft; empty if the answer is the draft."""
    query: str = ""
    """The query for reading one draft."""
    id: str = "id"
    name: str = "name"
    """The field of a draft that is compared with `label`, to find one that was made before."""
    label: str = "{name}"
    """* The value of that field for an edition."""
    status: tuple[str, ...] = ("status",)
    """Fields that may have the status, the first one first; none for templates, which are always open."""
    open: frozenset[str] = frozenset({"draft"})
    """The statuses in which a draft may be changed; an empty one is that of an answer without a status."""
    version: str = ""
    """The field of `DraftStatus.version`."""
    update: str = "PUT"
    """The method that changes a draft."""
    new: Mapping[str, str] = field(default_factory=dict)
    """* Fields that are added to the body of a new draft."""
    save: Save | None = None
    """Sends the body where one request does not do."""
    reads_list: bool = False
    """Whether a draft of an id is looked for in the list."""
    reads_unnamed: int = 0
    """How many drafts of a list are read one by one if the list leaves out their names."""

    def read(self, service: ServiceApi, edition: ServiceEdition, id: str) -> DraftStatus | None:
        """The draft of this id, or None."""
        if self.reads_list:
            return self._search(service, edition, self.id, id)
        answer = service.get(self._path(edition, id) + (f"?{self.query}" if self.query else ""))
        return self._status(_at(answer, self.item)) if answer else None

    def find(self, service: ServiceApi, edition: ServiceEdition) -> DraftStatus | None:
        """The draft of the edition's name, of any status, or None."""
        if not self.lists:
            return self.read(service, edition, edition.slug)
        return self._search(service, edition, self.name, _filled(self.label, edition))

    def write(
        self, service: ServiceApi, edition: ServiceEdition, existing: DraftStatus | None
    ) -> ServiceDraft:
        """Change the existing draft, or make a new one."""
        body = self.body(edition)
        if not existing:
            body |= {name: _filled(value, edition) for name, value in self.new.items()}
        path = self._path(edition, existing.id if existing else "")
        if self.save:
            answer = self.save(service, path, body, edition, existing)
        else:
            answer = service.send(self.update if existing else "POST", path, body)
        # Some answer a change with nothing (204), and a template has the name that we chose.
        id = existing.id if existing else edition.slug
        draft = _at(answer, self.item) if answer and self.lists else {}
        id = str(draft[self.id]) if draft else id
        site = {"url": str(edition.settings.get("url", "")).rstrip("/")}
        values = {**edition.settings, **site, "slug": edition.slug, "draft": draft}
        try:
            address = self.address.format(id=id, short_id=id.rpartition("_")[2], **values)
        except KeyError:  # the answer lacks the field that is in the address
            address = "/".join(self.address.split("/")[:3])
        return ServiceDraft(id, address)

    def _search(
        self, service: ServiceApi, edition: ServiceEdition, key: str, value: str
    ) -> DraftStatus | None:
        for draft in self._listed(service, edition):
            if str(_at(draft, key, required=False)) == value:
                return self._status(draft)
        return None

    def _listed(self, service: ServiceApi, edition: ServiceEdition) -> Iterator[Any]:
        reads = self.reads_unnamed
        for query in self.lists:
            filled = {key: _filled(value, edition) for key, value in query.items()}
            previous: Any = None
            for number in count(1):
                page = {self.page: str(number)} if self.page else {}
                answer = service.get(f"{self._path(edition)}?{urlencode(filled | page)}")
                drafts = (_at(answer, self.items, required=False) if answer else None) or ()
                for draft in drafts:
                    if reads and self.name not in draft:
                        reads -= 1
                        yield {**draft, **(service.get(self._path(edition, draft[self.id])) or {})}
                    else:
                        yield draft
                if not page or not drafts or drafts == previous:
                    break
                previous = drafts

    def _status(self, draft: Any) -> DraftStatus:
        version = str(_at(draft, self.version)) if self.version else ""
        if not self.status:
            return DraftStatus(str(draft[self.id]), "template", True, version)
        status = next((str(draft[key]) for key in self.status if draft.get(key)), "")
        return DraftStatus(str(draft[self.id]), status, status in self.open, version)

    def _path(self, edition: ServiceEdition, id: str = "") -> str:
        settings = {name: quote(str(value), safe="") for name, value in edition.settings.items()}
        path, end = self.path.format(**settings), ""
        if path.endswith("/"):
            path, end = path[:-1], "/"
        return f"{path}/{quote(id, safe='')}{end}" if id else path + end


def _filled(text: str, edition: ServiceEdition) -> str:
    return text.format(**{**edition.settings, "name": edition.name, "slug": edition.slug})


def _at(answer: Any, path: str, *, required: bool = True) -> Any:
    """The value at a path such as `data.results` or `posts.0`; None if it is missing and not `required`."""
    try:
        for part in filter(None, path.split(".")):
            answer = answer[int(part) if part.isdigit() else part]
    except (KeyError, IndexError):
        if required:
            raise
        return None
    return answer
