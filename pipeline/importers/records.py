"""What is remembered of an import: a sidecar beside the article, and how a source is known again by it.

The sidecar `<slug>.import.json` keeps whatever of the source is not in the article, with the reason. It is
committed with the article, so that everyone who imports knows what was imported before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.articles.pool import Pool
from pipeline.config.workspace_files import POOL, WorkspaceFiles
from pipeline.errors import PressroomError
from pipeline.importers.draft import Draft, Inferred, Left, Material
from pipeline.support.json_text import read_json
from pipeline.support.urls import without_tracking

ENDING = ".import.json"


@dataclass(frozen=True, slots=True)
class Record:
    """An import that was done. `article` is the path of the article's file in the workspace.

    `source` is where it came from, and `key` tells it from the others of that source. The digests are those
    of the source's bytes, of what the importer made of it, and of the article's text as it was written.
    `unfinished` says that the import was stopped before all was read that the article links to.
    """

    article: str
    source: str
    form: str
    key: str = ""
    address: str = ""
    source_sha256: str = ""
    item_sha256: str = ""
    article_sha256: str = ""
    inferred: tuple[Inferred, ...] = ()
    left_out: tuple[Left, ...] = ()
    unfinished: bool = False

    @property
    def sidecar(self) -> str:
        """The path of the sidecar in the workspace."""
        return self.article.removesuffix(".md") + ENDING

    def text(self) -> str:
        """The sidecar's text."""
        fields = asdict(self)
        del fields["article"]
        kept = {key: value for key, value in fields.items() if value or key in {"inferred", "left_out"}}
        return json.dumps(kept, indent=2, ensure_ascii=False) + "\n"


class Records:
    """The imports that were done into this pool."""

    def __init__(self, records: Iterable[Record], pool: Pool) -> None:
        self._by_item: dict[tuple[str, str], Record] = {}
        self._by_key: dict[str, Record] = {}
        self._by_address: dict[str, str] = {}
        self._by_digest: dict[str, Record] = {}
        self._by_source: dict[str, Record] = {}
        self._by_name: dict[str, set[str]] = {}
        for article in pool.values():
            for address in (article.canonical_url, article.link):
                if address:
                    self._by_address.setdefault(comparable_address(address), article.place.path)
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Add a record, or replace it. What was left out of the article is not kept in memory."""
        record = replace(record, left_out=())
        self._by_item[record.source, record.key] = record
        if _worldwide(record.key):
            self._by_key[record.key] = record
            # WordPress's id of a post is a short address of it.
            self._by_address.setdefault(comparable_address(record.key), record.article)
        if record.address:
            self._by_address[comparable_address(record.address)] = record.article
        self._by_digest[record.item_sha256] = record
        if not record.key:
            self._by_source[record.source] = record
            self._by_name.setdefault(_name_of(record.source), set()).add(record.article)

    def of(self, material: Material, draft: Draft) -> Record | None:
        """The record of this very article of this very source."""
        return self._by_item.get((material.origin, draft.key))

    def elsewhere(self, draft: Draft, digest: str) -> str | None:
        """The path of the article that came by another way: by the same id, address or content's digest."""
        if _worldwide(draft.key) and draft.key in self._by_key:
            return self._by_key[draft.key].article
        if draft.canonical_url and comparable_address(draft.canonical_url) in self._by_address:
            return self._by_address[comparable_address(draft.canonical_url)]
        twin = self._by_digest.get(digest)
        return twin.article if twin else None

    def article_at(self, address: str) -> str | None:
        """The path of the article that has stood at this address of the web."""
        return self._by_address.get(comparable_address(address))

    def article_from(self, source: str) -> str | None:
        """The path of the article that this file became."""
        found = self._by_source.get(source)
        return found.article if found else None

    def article_named(self, name: str) -> str | None:
        """The path of the article whose file had this name, if only one had it: Hugo finds pages so."""
        found = self._by_name.get(_name_of(name), set())
        return next(iter(found)) if len(found) == 1 else None


def _name_of(source: str) -> str:
    """The name of a file without its ending; of `name/index.md` that of the folder."""
    path = PurePosixPath(source)
    path = path.parent if path.stem in ("index", "_index") else path
    return path.stem if path.suffix.lower() in (".md", ".markdown", ".mdx", ".html") else path.name


def digest_of(draft: Draft) -> str:
    """A digest of what an importer made: fields, text, and what it left out."""
    parts = asdict(draft)
    del parts["source_text"]
    parts["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in draft.files.items()}
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def comparable_address(address: str) -> str:
    """An address as it is compared: without scheme, `www.`, the last slash and what follows a reader."""
    address = without_tracking(address)
    rest = address.partition("#")[0].partition("://")[2] or address
    host, slash, path = rest.partition("/")
    return host.lower().removeprefix("www.") + (slash + path).rstrip("/")


def read_records(files: WorkspaceFiles, pool: Pool, errors: list[PressroomError]) -> Records:
    """Every sidecar of the pool; one that cannot be read goes to `errors`."""
    records = []
    for file in sorted((files.root / POOL).rglob(f"*{ENDING}")):
        path = files.path_of(file)
        try:
            records.append(_read(file, path.removesuffix(ENDING) + ".md"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = "Take it back from version control, or delete it to import the source again."
            errors.append(PressroomError("is no record of an import.", path, hint=hint))
            del error
    return Records(records, pool)


def _read(file: Path, article: str) -> Record:
    data: dict[str, Any] = read_json(file.read_bytes())
    inferred = tuple(Inferred(**each) for each in data.pop("inferred", []))
    left = tuple(Left(**each) for each in data.pop("left_out", []))
    return Record(article, **data, inferred=inferred, left_out=left)


def _worldwide(key: str) -> bool:
    """Whether an id is one of its kind: an address, a URN, a UUID; `17` is many feeds' id."""
    return ":" in key or (len(key) >= 32 and key.count("-") >= 4)


# --- the account of a source's words ------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+|\d+")
# What says how a text is marked up, and is no word of it.
_MARKUP = re.compile(
    r"</?[a-zA-Z][\w:-]*|\b(?:class|style|id|align)\s*=\s*(?:\"[^\"]*\"|'[^']*')|\b[\w-]+\s*=(?=[\"'])"
    r"|\{\{-?\s*(?:site\.(?:baseurl|url)|base_?url|@root)\s*-?\}\}|\|\s*(?:relative|absolute)_url\b"
    r"|\{%-?\s*(?:post_url|link|highlight)\b[^%]*%\}|\{\{[<%]\s*(?:highlight|ref|relref)\b[^%>]*[%>]\}\}"
    r"|\{\{[<%]\s*/?\s*[\w./-]+|\{%-?\s*(?:include\s+[\w./-]+|\w+)|^(?:!!!|\?\?\?|:::+)[ \t]*[\w-]*|\[!\w+\]"
    r"|(?<=\])\[[^\[\]]*\]|^ {0,3}\[[^\[\]]*\]:"
)


def unplaced(article: str, draft: Draft) -> tuple[Left, ...]:
    """The lines of a source with a word that is neither in the article's file nor in what was left out.

    `article` is the text of the file.
    """
    placed = set(_words(article))
    for left in draft.left:
        placed.update(_words(left.text))
    for address in draft.placed:
        placed.update(_words(address))
    for inferred in draft.inferred:
        placed.update(_words(inferred.value))
    return tuple(
        Left(line.strip(), "it found no place in the article", number if draft.numbered else None)
        for number, line in enumerate(draft.source_text.split("\n"), start=1)
        if not placed.issuperset(_words(_MARKUP.sub(" ", line)))
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
