"""From what the user names to sources: files, folders with all that is in them, standard input, addresses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from pipeline.config.workspace_files import POOL, WorkspaceFiles
from pipeline.errors import PressroomError
from pipeline.importers.decode import MAX_EXPORT_BYTES
from pipeline.importers.draft import Material
from pipeline.importers.exports.archive import is_archive, unpack
from pipeline.importers.exports.table import is_substack
from pipeline.support.files import MAX_SOURCE_BYTES
from pipeline.support.http import FetchError, SafeClient
from pipeline.support.urls import without_password

MAX_BYTES = 50_000_000
"""What a document with its pictures may have; a text has a narrower limit (`files.MAX_SOURCE_BYTES`)."""
_EXPORTS = (".xml", ".atom", ".json", ".csv", ".tsv")
_HEAD_BYTES = 1_000_000
"""How much of a long export is in memory: enough to see what it is."""

STDIN = "-"

_TEXTS = (".md", ".markdown", ".mdx", ".mkd", ".txt", ".text", ".html", ".htm", ".xhtml")
_TABLES = (".csv", ".tsv")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".heic")
"""They come along with the articles that show them."""
_FEEDS = (".xml", ".rss", ".atom", ".rdf", ".json")
FORMS = frozenset({*_TEXTS, *_TABLES, *_FEEDS, ".opml", ".docx", ".eml"})
"""The endings of files that are taken out of a folder. A file that is named itself may have any."""

_NO_TEXTS = frozenset({"node_modules", "__pycache__"})
_TEXTS_OF_EXPORTS = (
    (("posts", "profile"), "posts"),  # Medium
    (("campaigns_content",), "campaigns_content"),  # Mailchimp
    (("campaigns/campaigns_content",), "campaigns"),
    (("Blogger", "archive_browser.html"), "Blogger"),  # Google Takeout
    (("Blogs",), "Blogs"),
    (("feed.atom", "settings.csv"), "feed.atom"),
)
"""The one entry that has the texts, in a folder of an export that holds all of these."""


@dataclass(frozen=True, slots=True)
class Named:
    """A single source before it is read: a file, an address or standard input.

    `root` is the folder below which its pictures may be. `archive` is the `.zip` that it was unpacked from,
    and `listed` says that the user named the folder or archive, and not the file.
    """

    name: str
    file: Path | None = None
    root: Path | None = None
    archive: Path | None = None
    listed: bool = False


def named(
    sources: Iterable[str],
    files: WorkspaceFiles,
    scratch: Path,
    passed: list[str],
    errors: list[PressroomError],
) -> tuple[Named, ...]:
    """Every source that these arguments name, each once; folders in the order of their files' names.

    Archives are unpacked below the folder `scratch`, from which their files must be read. Files of a folder
    that are no form of writing go to `passed`; what cannot be found goes to `errors`.
    """
    found: dict[object, Named] = {}
    for source in sources:
        if source == STDIN or is_address(source):
            found.setdefault(source, Named(source))
            continue
        try:
            path = Path(source)
            if path.is_dir():
                for each in _walk(path, path.resolve(), (), passed, errors):
                    found.setdefault(each.resolve(), Named(each.as_posix(), each, path, listed=True))
            elif is_archive(path):
                path.stat()  # a name that is misspelt is no broken archive
                inside = scratch / str(len(found))
                unpack(path, inside)
                skipped: list[str] = []
                for each in _walk(inside, inside.resolve(), (), skipped, errors):
                    name = f"{path.as_posix()}/{each.relative_to(inside).as_posix()}"
                    found.setdefault(each.resolve(), Named(name, each, inside, path, listed=True))
                passed += [each.replace(inside.as_posix(), path.as_posix(), 1) for each in skipped]
            else:
                path.stat()
                found.setdefault(path.resolve(), Named(path.as_posix(), path, path.parent))
        except PressroomError as error:
            errors.append(error)
        except (OSError, ValueError, RuntimeError) as error:
            errors.append(_unreadable(source, error))
    pool = files.root / POOL
    ours = [each for each in found.values() if each.file and each.file.resolve().is_relative_to(pool)]
    errors += [PressroomError("is in the pool already.", each.name) for each in ours]
    return tuple(each for each in found.values() if each not in ours)


def is_address(source: str) -> bool:
    """Whether the user named something on the web."""
    return source.lower().startswith(("https://", "http://"))


def load(source: Named, files: WorkspaceFiles, web: SafeClient, stdin: Callable[[], bytes]) -> Material:
    """Read a source. Raises `PressroomError` where that cannot be done."""
    if source.file is not None:
        return _from_file(source.file, source, files)
    if source.name == STDIN:
        data = stdin()
        if len(data) > MAX_BYTES:
            raise PressroomError(f"is larger than {MAX_BYTES // 1_000_000} MB.", STDIN)
        return Material(STDIN, data, origin=STDIN)
    name = without_password(source.name)
    try:
        reply = web.get(source.name, MAX_BYTES)
    except FetchError as error:
        private = "private network" in str(error)
        hint = "Allow it with --allow-private." if private else None
        raise PressroomError(f"cannot be fetched: {error}.", name, hint=hint) from error
    kind = Message()
    kind["Content-Type"] = reply.headers.get("content-type", "")
    return Material(
        name,
        reply.data,
        address=without_password(reply.url),
        media_type=kind.get_content_type() if reply.headers.get("content-type") else "",
        charset=str(kind.get_content_charset() or ""),
        origin=name,
    )


def _from_file(file: Path, source: Named, files: WorkspaceFiles) -> Material:
    try:
        if not file.is_file():
            raise PressroomError("is no file that can be read.", source.name)
        size = file.stat().st_size
        most = MAX_EXPORT_BYTES if file.suffix.lower() in _EXPORTS else MAX_BYTES
        if size > most:
            what = f"has {size / 1_000_000:.1f} MB; at most {most // 1_000_000} MB can be read."
            raise PressroomError(what, source.name)
        is_head = size > MAX_SOURCE_BYTES and file.suffix.lower() in _EXPORTS
        with file.open("rb") as opened:
            data = opened.read(_HEAD_BYTES if is_head else -1)
        origin = _origin(file.resolve(), files.root)
        if source.archive and source.root:
            inside = file.relative_to(source.root).as_posix()
            origin = f"{_origin(source.archive.resolve(), files.root)}/{inside}"
    except (OSError, RuntimeError) as error:
        raise _unreadable(source.name, error) from error
    return Material(source.name, data, folder=source.root, origin=origin, file=file, is_head=is_head)


def _origin(file: Path, root: Path) -> str:
    """The file as seen from the workspace, so that it is the same source from wherever it is named."""
    try:
        return Path(os.path.relpath(file, root)).as_posix()
    except ValueError:  # another drive of Windows
        return file.as_posix()


def _walk(
    folder: Path, root: Path, above: tuple[Path, ...], passed: list[str], errors: list[PressroomError]
) -> Iterator[Path]:
    """Files of a folder and those below it; a link that leads out of `root` is not followed."""
    here = folder.resolve()
    if here in above:
        errors.append(PressroomError("is a link to a folder above it.", folder.as_posix()))
        return
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        errors.append(_unreadable(folder.as_posix(), error))
        return
    texts = {name for marks, name in _TEXTS_OF_EXPORTS if all((folder / mark).exists() for mark in marks)}
    for entry in entries:
        if texts and entry.name not in texts:
            continue
        # Hidden files, what belongs to a saved page, and what only programs read.
        if entry.name.startswith(".") or entry.name in _NO_TEXTS or _belongs_to_page(entry):
            continue
        try:
            if entry.is_symlink() and not entry.resolve().is_relative_to(root):
                hint = "Name it itself, to import what it leads to."
                errors.append(PressroomError("is a link out of the folder.", entry.as_posix(), hint=hint))
            elif entry.is_dir() and entry.name == "posts" and is_substack(folder):
                continue  # the texts of its table
            elif (
                entry.name.endswith(".txt")
                and folder.name == "campaigns_content"
                and entry.with_suffix(".html").is_file()
            ):
                continue  # Mailchimp has each campaign in both forms
            elif entry.is_dir():
                yield from _walk(entry, root, (*above, here), passed, errors)
            elif entry.suffix.lower() in FORMS:
                entry.stat()
                yield entry
            elif entry.suffix.lower() not in _PICTURES:
                passed.append(entry.as_posix())
        except (OSError, RuntimeError) as error:
            errors.append(_unreadable(entry.as_posix(), error))


def _belongs_to_page(entry: Path) -> bool:
    """Browsers save `page.html` with a folder `page_files` beside it, Firefox and Chrome alike."""
    stem = entry.name.removesuffix("_files")
    return stem != entry.name and any(entry.with_name(stem + end).is_file() for end in (".html", ".htm"))


def _unreadable(name: str, error: Exception) -> PressroomError:
    if isinstance(error, FileNotFoundError):
        return PressroomError("there is no such file or folder.", name)
    why = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return PressroomError(f"cannot be read: {why}.", name)
