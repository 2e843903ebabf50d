"""An article on its way from a source into the pool, and how it is written."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pipeline.importers.draft import Draft, Importer, Material
from pipeline.importers.records import Record
from pipeline.model import Article
from pipeline.support.files import write_atomically


class ItemState(StrEnum):
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

    `path` is that of its file, and `number` its place in the import. `text` and `pictures` are there where
    there is something to write. `links_open` says that its links may lead to what an import that was stopped
    has not read, and `resumed` that an earlier one left it so.
    """

    material: Material
    importer: Importer
    draft: Draft
    state: ItemState
    path: str
    item_sha256: str
    before: Article | None = None
    slug: str = ""
    number: int = 0
    text: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)
    diff: str = ""
    links_open: bool = False
    resumed: bool = False
    leads_to: frozenset[str] = frozenset()
    written: bool = False

    def forget(self) -> None:
        """Let go of what was written: a long export has more than memory can hold."""
        self.draft, self.pictures, self.text, self.diff = Draft(), {}, "", ""

    @property
    def record(self) -> Record:
        """What will be remembered of it."""
        draft = self.draft
        return Record(
            article=self.path,
            source=self.material.origin,
            form=self.importer.NAME,
            key=draft.key,
            address=draft.canonical_url or draft.address,
            source_sha256=self.material.sha256,
            item_sha256=self.item_sha256,
            article_sha256=hashlib.sha256(self.text.encode()).hexdigest(),
            inferred=draft.inferred,
            left_out=draft.left,
            unfinished=self.links_open,
        )


def write_item(item: Item, root: Path) -> None:
    """Write an article, its pictures and its sidecar. What was not written whole is taken back."""
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
    item.written = True
