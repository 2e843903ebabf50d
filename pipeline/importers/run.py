"""The flow of an import: read each source, settle what the articles say of each other, write.

An article is ready as soon as all that it links to is known; the others wait on disk, so that an export of
any length needs little memory. Nothing is written before `write`, and each article is written whole or not
at all.
"""

from __future__ import annotations

import difflib
import hashlib
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.articles.spellings import spell_alike
from pipeline.config.workspace_files import POOL
from pipeline.errors import PressroomError, collect, raise_all
from pipeline.importers.cleanup import clean
from pipeline.importers.decode import encoding_note
from pipeline.importers.draft import PAGE, Draft, Importer, Material
from pipeline.importers.exports.table import NoPostsError
from pipeline.importers.finish import Given, finished, known_of, slug_of
from pipeline.importers.forms import importer_for
from pipeline.importers.gather import STDIN, Named, load
from pipeline.importers.item import Item, ItemState, write_item
from pipeline.importers.pictures import Pictures
from pipeline.importers.proof import own_headings, prove
from pipeline.importers.readers.link_list import LINKS_FORM, SourceLink, read_link_list
from pipeline.importers.records import digest_of, read_records, unplaced
from pipeline.importers.settle import Directory, exact_targets, host_of, with_links, with_pictures
from pipeline.model import Article
from pipeline.support.files import read_source
from pipeline.support.urls import path_part
from pipeline.workspace import Workspace

_KEPT = ("slug", "date", "tag")
"""Fields that an article keeps when its source changes and still does not state them."""


class Import:
    """One run of importing into a workspace.

    `given` is what the user said, `form` the form that all sources are taken for, `stdin` reads standard
    input, `now` is the present moment. Raises `PressroomError` for sidecars that cannot be read.
    """

    def __init__(
        self,
        workspace: Workspace,
        given: Given,
        pictures: Pictures,
        stdin: Callable[[], bytes],
        now: datetime,
        form: str | None = None,
        *,
        pages: bool = False,
    ) -> None:
        errors: list[PressroomError] = []
        self.workspace = workspace
        self.files = workspace.files
        self.given = given
        self.form = form
        self.pages = pages
        self.omitted: Counter[str] = Counter()
        self.skipped: list[str] = []
        self.errors: list[PressroomError] = []
        self.warnings: list[PressroomError] = []
        self.links: list[SourceLink] = []
        self.pictures = pictures
        self.stdin = stdin
        self.records = read_records(self.files, workspace.pool, errors)
        raise_all(errors)
        self._tags = workspace.tag_spellings()
        spell_alike(given.tags, self._tags)
        self._known = known_of(self.files.publication, self._tags, now)
        of_issues = (alias for issue in workspace.issues for alias in issue.aliases)
        self._taken = {*workspace.pool, *workspace.pool.current, *of_issues}
        self._slugs = {slug: article.place.path for slug, article in workspace.pool.items()}
        self._by_path = {path: slug for slug, path in self._slugs.items()}
        self._hosts: set[str] = set()
        self._scratch = Path()
        self._waiting: list[Item] = []
        self._unproven: set[str] = set()
        self._stops = 0
        self._number = 0

    @property
    def stopped(self) -> bool:
        """Whether the user stopped it."""
        return self._stops > 0

    def stop(self) -> None:
        """Read no more, and finish what was read; a second time, end at once."""
        self._stops += 1

    def items(
        self,
        sources: Sequence[Named],
        scratch: Path,
        watch: Callable[[Iterable[Any]], Iterable[Any]] = iter,
    ) -> Iterator[Item]:
        """The articles, each as soon as it is ready; what has links to others that may still come is last.

        Those wait in the folder `scratch`. `watch` wraps what is worked through, to show progress. Ctrl-C
        ends the reading, and what was read remains. Sources that cannot be imported go to `errors`, and do
        not stop the others.
        """
        self._scratch = scratch
        several = len(sources) > 1
        try:
            for source in watch(sources):
                with collect(self.errors):
                    for item in watch(self._read(source)):
                        self._number += 1
                        item.number = self._number
                        if item.state in (ItemState.NEW, ItemState.CHANGED, ItemState.EDITED):
                            self._bring_pictures(item)
                            if self._waits(item, several=several):
                                self._put_aside(item)
                                continue
                            if not self._settle(item):
                                continue
                        yield item
                        if self.stopped:
                            break
                if self.stopped:
                    break
        except KeyboardInterrupt:
            self.stop()
        yield from self._settle_waiting(watch)

    # --- one source after the other --------------------------------------------------------------

    def _read(self, source: Named) -> Iterator[Item]:
        """Read one source. Raises `PressroomError` where nothing can be made of it."""
        try:
            material = load(source, self.files, self.pictures.web, self.stdin)
            if self.form in (None, LINKS_FORM) and (entries := read_link_list(material, self.warnings)):
                self.links += (each for each in entries if isinstance(each, SourceLink))
                self.omitted.update(each for each in entries if isinstance(each, str))
                return
            importer = importer_for(material, self.form)
            drafts = iter(importer.read(material))
            guess = encoding_note(material)
            if self.given.title:
                drafts = iter(self._titled(material, tuple(drafts)))
            material = material.without_data()
            keys: set[str] = set()
            is_siteless = False
            for draft in drafts:
                omitted = "" if self.pages and draft.omitted == PAGE else draft.omitted
                if omitted:
                    self.omitted[omitted] += 1
                    continue
                key = draft.key if draft.key not in keys else f"{draft.key} {len(keys)}"
                keys.add(key)
                draft = replace(draft, omitted="", key=key)
                draft = draft.inferring("encoding", guess, "nothing names it") if guess else draft
                if draft.path and not (self.given.base or draft.canonical_url or is_siteless):
                    is_siteless = True
                    self.warnings.append(_siteless(material.name))
                yield self._item(material, importer, draft)
        except NoPostsError:
            # Exports have tables of subscribers beside those of posts.
            if not source.listed:
                raise
            self.skipped.append(source.name)

    def _titled(self, material: Material, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
        number = sum(not each.omitted for each in drafts)
        if number > 1:
            what = f"holds {number:,} articles, which cannot all have one title."
            raise PressroomError(what, material.name, hint="Leave --title out.")
        return drafts

    def _item(self, material: Material, importer: Importer, draft: Draft) -> Item:
        digest = digest_of(draft)
        if material.origin == STDIN and not draft.key:
            # What comes through a pipe has no name: it is known again by its title.
            draft = replace(draft, key=path_part(self._finished(draft, material, None).title))
        record = self.records.of(material, draft)
        if record is None:
            if path := self.records.elsewhere(draft, digest):
                return Item(material, importer, draft, ItemState.KNOWN, path, digest)
            return self._new(material, importer, draft, digest)
        if not (self.files.root / record.article).is_file():
            return Item(material, importer, draft, ItemState.GONE, record.article, digest)
        unchanged = digest == record.item_sha256 or record.source_sha256 == material.sha256
        if draft.path and self.given.base and not record.address:
            unchanged = False  # it came without the address of its site
        slug = self.workspace.pool.slug_of(record.article)
        if slug is None or (unchanged and not self.given.anything and not record.unfinished):
            return Item(material, importer, draft, ItemState.SAME, record.article, digest)
        item = Item(material, importer, draft, ItemState.CHANGED, record.article, digest, slug=slug)
        item.before = self.workspace.pool[slug]
        item.resumed = unchanged and record.unfinished
        if self._current(item) is None or _digest(self._current(item)) != record.article_sha256:
            item.state = ItemState.SAME if item.resumed else ItemState.EDITED
            if item.resumed:
                return item
        draft = self._finished(draft, material, item.before)
        free = tuple(e for e in draft.aliases if e not in self._taken or e in item.before.aliases)
        self._taken.update(free)
        draft = replace(draft, aliases=free)
        # What was inferred then and stands still was not told by the source since.
        told = {each.field for each in draft.inferred}
        kept = tuple(e for e in record.inferred if e.field in _KEPT and e.field not in told)
        item.draft = replace(draft, inferred=(*draft.inferred, *kept))
        return item

    def _new(self, material: Material, importer: Importer, draft: Draft, digest: str) -> Item:
        draft = self._finished(draft, material, None)
        slug, draft = slug_of(draft, self._taken)
        aliases = tuple(each for each in draft.aliases if each not in self._taken and each != slug)
        draft = replace(draft, aliases=aliases)
        self._taken.update((slug, *aliases))
        item = Item(material, importer, draft, ItemState.NEW, f"{POOL}/{slug}.md", digest, slug=slug)
        self.records.add(item.record)  # so that the same piece is not brought twice in one run
        return item

    def spelt(self, tags: Iterable[str]) -> tuple[str, ...]:
        """The tags as the publication spells them, or what was given or read before; each once."""
        return spell_alike(tags, self._tags)

    def _finished(self, draft: Draft, material: Material, before: Article | None) -> Draft:
        draft = finished(clean(draft), self.given, self._known, material.name, before)
        self.spelt(draft.tags)  # so that those which follow are spelt as these
        return draft

    # --- all of them together --------------------------------------------------------------------

    def _bring_pictures(self, item: Item) -> None:
        item.draft, item.pictures = with_pictures(item.draft, item.material, self.pictures)
        item.path = _path(item, in_folder=bool(item.pictures))
        address = item.draft.canonical_url or item.draft.base or item.material.address
        self._hosts.add(host_of(address))
        if item.state is ItemState.NEW:
            self.records.add(item.record)

    def _waits(self, item: Item, *, several: bool) -> bool:
        """Whether a link of this article may lead to one that is not ready."""
        hosts = (
            host_of(address)
            for address, path in exact_targets(item.draft, item.material, self._directory())
            if path is None or path in self._unproven
        )
        return any(not host or several or host in self._hosts for host in hosts)

    def _put_aside(self, item: Item) -> None:
        """Keep an article on disk until all is read: an export has more than memory can hold."""
        file = self._scratch / f"{item.number}.pickle"
        file.write_bytes(pickle.dumps((item.draft, item.pictures)))
        item.draft, item.pictures = Draft(), {}
        self._waiting.append(item)
        if item.state is ItemState.NEW:
            self._add_path(item)
            self._unproven.add(item.path)

    def _settle_waiting(self, watch: Callable[[Iterable[Any]], Iterable[Any]]) -> Iterator[Item]:
        """The articles that waited, now that every article is known to which they may lead."""
        settled: list[Item] = []
        stops = self._stops
        for item in watch(self._waiting):
            self._take_up(item)
            item.links_open = stops > 0
            if self._settle(item):
                yield item
                settled.append(item)
            else:
                # What leads to it must lead elsewhere.
                for other in settled:
                    if item.path in other.leads_to:
                        self._take_up(other)
                        self._settle(other)
                        if other.written:
                            self.write(other)
                        other.forget()
            item.forget()
            if self._stops > stops:
                break

    def _take_up(self, item: Item) -> None:
        file = self._scratch / f"{item.number}.pickle"
        item.draft, item.pictures = pickle.loads(file.read_bytes())

    def _add_path(self, item: Item) -> None:
        self._slugs[item.slug] = item.path
        self._by_path[item.path] = item.slug

    def _drop_path(self, item: Item) -> None:
        if item.before is None:
            self._slugs.pop(item.slug, None)
            self._by_path.pop(item.path, None)

    def _directory(self) -> Directory:
        def kept(path: str | None) -> str | None:
            return path if path in self._by_path else None

        return Directory(
            self._slugs,
            lambda name: kept(self.records.article_from(name)),
            lambda address: kept(self.records.article_at(address)),
            lambda name: kept(self.records.article_named(name)),
        )

    def _settle(self, item: Item) -> bool:
        """Set the text of an article that is ready. One that makes no sound article goes to `errors`."""
        headings = own_headings(self.files, item)
        draft, related, leads_to = with_links(
            item.draft, item.path, item.material, self._directory(), headings
        )
        try:
            draft, text = prove(self.files, item, draft, [self._by_path[path] for path in related])
        except PressroomError as error:
            what = "no sound article can be made of this: "
            name = item.material.name
            self.errors += [
                PressroomError(what + each.message, name, None, each.hint) for each in error.errors
            ]
            self._drop_path(item)
            return False
        item.text, item.draft = text, draft.leaving(*unplaced(text, draft))
        item.leads_to = leads_to
        if item.state is ItemState.NEW:
            self._add_path(item)
        if item.before:
            self._compare(item)
        return True

    def _compare(self, item: Item) -> None:
        current = self._current(item) or ""
        if current == item.text and not item.resumed:
            item.state = ItemState.SAME
            return
        lines = (current.splitlines(), item.text.splitlines())
        where = item.before.place.path if item.before else item.path
        item.diff = "\n".join(difflib.unified_diff(*lines, where, item.material.name, lineterm="", n=2))

    def _current(self, item: Item) -> str | None:
        """The text of the article in the pool."""
        assert item.before is not None
        path = item.before.place.path
        return read_source(self.files.root / path, path)

    def write(self, item: Item) -> None:
        """Write an article, its pictures and its sidecar."""
        write_item(item, self.files.root)


def _siteless(name: str) -> PressroomError:
    what = "the address of its site is not in the export: old addresses are not kept, nor are links to them."
    return PressroomError(what, name, hint="Import it with --base-url https://…, the address that it had.")


def _path(item: Item, *, in_folder: bool) -> str:
    """The path of the file: in a folder with its pictures if it has some, else as it always was."""
    path = item.before.place.path if item.before else f"{POOL}/{item.slug}.md"
    return f"{path.removesuffix('.md')}/index.md" if in_folder and not path.endswith("/index.md") else path


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()
