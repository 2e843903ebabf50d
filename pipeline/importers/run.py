"""The flow of an import: take each source, settle what the articles say of each other, write.

Nothing is written before `write`, and each article is written whole or not at all.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from pipeline.articles.pool import parse_article
from pipeline.config.workspace_files import POOL
from pipeline.content.parse import parse_content
from pipeline.errors import PressroomError, flatten, raise_all
from pipeline.importers.article_file import article_text
from pipeline.importers.cleanup import clean
from pipeline.importers.cleanup.markup import with_text_at
from pipeline.importers.decode import encoding_note
from pipeline.importers.draft import Draft, Importer, Material
from pipeline.importers.exports.post import PAGE
from pipeline.importers.finish import Given, Known, finished, known_of, slug_of
from pipeline.importers.forms import importer_for
from pipeline.importers.gather import STDIN, Named, load
from pipeline.importers.pictures import Pictures
from pipeline.importers.readers.link_list import LINKS_FORM, SourceLink, read_link_list
from pipeline.importers.records import Record, digest_of, read_records, unplaced
from pipeline.importers.settle import Directory, with_links, with_pictures
from pipeline.model import Article, Audio, Image, ImageUse
from pipeline.support.files import read_source, write_atomically
from pipeline.support.urls import path_part
from pipeline.workspace import Workspace

_KEPT = ("slug", "date", "tag")
"""Fields that an article keeps when its source changes and still does not state them."""
_MOST_REPAIRS = 12


class State(StrEnum):
    """What an import makes of an article.

    `known` came by another way, such as another feed; `gone` was imported and has been deleted since;
    `edited` changed in its source and by hand.
    """

    NEW = "new"
    CHANGED = "changed"
    EDITED = "edited"
    SAME = "unchanged"
    KNOWN = "known"
    GONE = "gone"


@dataclass(slots=True)
class Item:
    """An article on its way from a source into the pool.

    `path` is that of its file. `settle` fills in `text` and `pictures`, if there is
    something to write, and makes of `draft` what the article and its report say.
    """

    material: Material
    importer: Importer
    draft: Draft
    state: State
    path: str
    item_sha256: str
    before: Article | None = None
    slug: str = ""
    open: Draft = field(default_factory=Draft)
    text: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)
    diff: str = ""

    @property
    def record(self) -> Record:
        """What will be remembered of it."""
        draft = self.draft
        return Record(
            article=self.path,
            source=self.material.origin,
            form=self.importer.NAME,
            key=draft.key,
            address=draft.canonical_url,
            source_sha256=self.material.sha256,
            item_sha256=self.item_sha256,
            article_sha256=hashlib.sha256(self.text.encode()).hexdigest(),
            inferred=draft.inferred,
            left_out=draft.left,
        )


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
        self.omitted: list[Draft] = []
        self.pictures = pictures
        self.stdin = stdin
        self.records = read_records(self.files, workspace.pool, errors)
        raise_all(errors)
        known = known_of(self.files.publication, workspace.pool.tags, now)
        self._tags = dict(known.tags)
        self._known = Known(self._tags, known.audiences, known.zone, known.now)
        self._taken = {*workspace.pool, *workspace.pool.current}
        self._slugs = {slug: article.place.path for slug, article in workspace.pool.items()}
        self.links: list[SourceLink] = []
        self._items: list[Item] = []
        self.stopped = False

    # --- one source after the other --------------------------------------------------------------

    def take(self, source: Named) -> None:
        """Read one source. Raises `PressroomError` where nothing can be made of it."""
        material = load(source, self.files, self.pictures.web, self.stdin)
        if self.form in (None, LINKS_FORM) and (links := read_link_list(material)):
            self.links += links
            return
        importer = importer_for(material, self.form)
        drafts = importer.read(material)
        if guess := encoding_note(material):
            drafts = tuple(each.inferring("encoding", guess, "nothing names it") for each in drafts)
        if self.pages:
            drafts = tuple(replace(each, omitted="") if each.omitted == PAGE else each for each in drafts)
        self.omitted += [each for each in drafts if each.omitted]
        drafts = tuple(each for each in drafts if not each.omitted)
        if self.given.title and len(drafts) > 1:
            raise PressroomError(
                f"holds {len(drafts)} articles, which cannot all have one title.",
                material.name,
                hint="Leave --title out.",
            )
        for draft in drafts:
            self._items.append(self._item(material, importer, draft))

    def _item(self, material: Material, importer: Importer, draft: Draft) -> Item:
        digest = digest_of(draft)
        if material.origin == STDIN and not draft.key:
            # What comes through a pipe has no name: it is known again by its title.
            draft = replace(draft, key=path_part(self._finished(draft, material, None).title))
        record = self.records.of(material, draft)
        if record is None:
            if path := self.records.elsewhere(draft):
                return Item(material, importer, draft, State.KNOWN, path, digest)
            return self._new(material, importer, draft, digest)
        if not (self.files.root / record.article).is_file():
            return Item(material, importer, draft, State.GONE, record.article, digest)
        unchanged = digest == record.item_sha256 or record.source_sha256 == material.sha256
        slug = self.workspace.pool.slug_of(record.article)
        if slug is None or (unchanged and not self.given.anything):
            return Item(material, importer, draft, State.SAME, record.article, digest)
        item = Item(material, importer, draft, State.CHANGED, record.article, digest, slug=slug)
        item.before = self.workspace.pool[slug]
        if self._current(item) is None or _digest(self._current(item)) != record.article_sha256:
            item.state = State.EDITED
        draft = self._finished(draft, material, item.before)
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
        item = Item(material, importer, draft, State.NEW, f"{POOL}/{slug}.md", digest, slug=slug)
        self.records.add(item.record)  # so that the same piece is not brought twice in one run
        return item

    def spelling(self, tag: str) -> str:
        """A tag as the publication spells it."""
        return self._tags.get(path_part(tag), tag)

    def _finished(self, draft: Draft, material: Material, before: Article | None) -> Draft:
        draft = finished(clean(draft), self.given, self._known, material.name, before)
        for tag in draft.tags:
            self._tags.setdefault(path_part(tag), tag)
        return draft

    # --- all of them together --------------------------------------------------------------------

    def settle(
        self, errors: list[PressroomError], watch: Callable[[Iterable[Item]], Iterable[Item]] = iter
    ) -> tuple[Item, ...]:
        """Every item with its text, links and pictures. One that makes no sound article goes to `errors`.

        `watch` wraps the items as their pictures are fetched. Ctrl-C leaves out those that still lack them,
        for another run.
        """
        todo = [item for item in self._items if item.state in (State.NEW, State.CHANGED, State.EDITED)]
        ready: list[Item] = []
        try:
            for item in watch(todo):
                item.open, item.pictures = with_pictures(item.draft, item.material, self.pictures)
                item.path = _path(item, in_folder=bool(item.pictures))
                if item.state is State.NEW:
                    self._slugs[item.slug] = item.path
                    self.records.add(item.record)
                ready.append(item)
        except KeyboardInterrupt:
            self.stopped = True
            self._leave_out(todo[len(ready) :])
        todo = ready
        while True:
            by_path = {path: slug for slug, path in self._slugs.items()}
            failed = [item for item in todo if not self._settled(item, by_path, errors)]
            if not failed:
                break
            # Those that lead to what failed must lead elsewhere.
            self._leave_out(failed)
            sound = {id(item) for item in self._items}
            todo = [item for item in todo if id(item) in sound]
        return tuple(self._items)

    def _leave_out(self, items: list[Item]) -> None:
        without = {id(item) for item in items}
        self._items = [item for item in self._items if id(item) not in without]
        for item in items:
            if item.before:
                self._slugs[item.slug] = item.before.place.path
            else:
                self._slugs.pop(item.slug, None)

    def _settled(self, item: Item, by_path: Mapping[str, str], errors: list[PressroomError]) -> bool:
        def kept(path: str | None) -> str | None:
            return path if path in by_path else None

        directory = Directory(
            self._slugs,
            lambda name: kept(self.records.article_from(name)),
            lambda address: kept(self.records.article_at(address)),
        )
        draft, paths_of_related = with_links(item.open, item.path, item.material, directory)
        related = [by_path[path] for path in paths_of_related]
        try:
            draft, text = self._prove(item, draft, related)
        except PressroomError as error:
            what = "no sound article can be made of this: "
            name = item.material.name
            errors += [PressroomError(what + each.message, name, None, each.hint) for each in flatten(error)]
            return False
        item.text, item.draft = text, draft.leaving(*unplaced(text, draft))
        if item.before:
            self._compare(item)
        return True

    def _prove(self, item: Item, draft: Draft, related: list[str]) -> tuple[Draft, str]:
        """Read the article as the pool will; a block that no article can hold becomes plain text.

        Raises the mistakes that remain.
        """
        for _ in range(_MOST_REPAIRS):
            text = article_text(draft, related)
            try:
                self._parse(item, text)
                return draft, text
            except PressroomError as error:
                above = text.count("\n", 0, len(text) - len(draft.body))
                line = next((each.line - above for each in flatten(error) if each.line), 0)
                better = with_text_at(draft, line)
                if better is None:
                    raise
                draft = better
        text = article_text(draft, related)
        self._parse(item, text)
        return draft, text

    def _parse(self, item: Item, text: str) -> None:
        mistakes: list[PressroomError] = []
        publication = self.files.publication
        article = parse_article(text, item.slug, item.path, publication, self.files.zone, mistakes)
        raise_all(mistakes)
        parse_content(
            article.body,
            path=item.path,
            first_line=article.body_line,
            resolver=_Anything(),
            merge_fields=publication.merge_fields,
            language=publication.language,
        )

    def _compare(self, item: Item) -> None:
        current = self._current(item) or ""
        if current == item.text:
            item.state = State.SAME
            return
        lines = (current.splitlines(), item.text.splitlines())
        where = item.before.place.path if item.before else item.path
        item.diff = "\n".join(difflib.unified_diff(*lines, where, item.material.name, lineterm="", n=2))

    def _current(self, item: Item) -> str | None:
        """The text of the article in the pool."""
        assert item.before is not None
        path = item.before.place.path
        return read_source(self.files.root / path, path)

    # --- writing -------------------------------------------------------------------------------

    def write(self, item: Item) -> None:
        """Write an article, its pictures and its sidecar. What was not written whole is taken back."""
        root = self.files.root
        record = item.record
        folder = item.path.rpartition("/")[0]
        files = {f"{folder}/{name}": data for name, data in item.pictures.items()}
        files |= {record.sidecar: record.text().encode(), item.path: item.text.encode()}
        fresh = [path for path in files if not (root / path).exists()]
        is_new = not (root / folder).exists()
        try:
            for path, data in files.items():
                write_atomically(root / path, data)
        except BaseException:
            for path in fresh:
                (root / path).unlink(missing_ok=True)
            if is_new:
                with suppress(OSError):
                    (root / folder).rmdir()
            raise
        if item.before and item.before.place.path != item.path:
            old = Record(item.before.place.path, "", "")
            (root / old.article).unlink(missing_ok=True)
            (root / old.sidecar).unlink(missing_ok=True)


class _Anything:
    """Takes every address: those of an import are settled already, and its pictures are not written yet."""

    def link(self, target: str) -> str:
        return f"https://example.org/{target.rpartition(':')[2]}"

    def image(self, target: str, alt: str, use: ImageUse = ImageUse.FULL) -> Image:
        return Image(target, target, f"https://example.org/{target}", alt, 1, 1, "image/png", 1, "")

    def audio(self, target: str) -> Audio:
        return Audio(f"https://example.org/{target}", "audio/mpeg", 1)

    def snippet(self, name: str) -> tuple[str, str, _Anything]:
        return "", name, self


def _path(item: Item, *, in_folder: bool) -> str:
    """The path of the file: in a folder with its pictures if it has some, else as it always was."""
    path = item.before.place.path if item.before else f"{POOL}/{item.slug}.md"
    return f"{path.removesuffix('.md')}/index.md" if in_folder and not path.endswith("/index.md") else path


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()


def counted(items: Iterable[Item]) -> dict[State, int]:
    """How many items there are of each state."""
    return dict(Counter(item.state for item in items))
