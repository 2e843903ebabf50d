"""The digests of articles in issue.lock: of their text, images, audio and snippets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import unquote

from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.content.containers import arguments_in
from pipeline.content.spaced_addresses import SPACED_TAIL
from pipeline.errors import PressroomError
from pipeline.model import Article, BlockKind

# `![alt](target`, `![alt](<target with spaces>`, `[label]: target` and `<img src="target"`: enough to
# find the files. The Markdown parser reports a missing image later. A label that is not an image's adds
# the same word each time. No part goes on where the next image may begin: the time would be in the square
# of their number.
_IMAGE = re.compile(
    r"!\[(?:(?!!\[)[^\]])*\](?P<tail>\()\s*(?:<([^>\n]+)>|([^\s)]+))"
    r"|^ {0,3}\[[^\]^](?:\\\[|[^\[\]])*\]:\s*(?:<([^>\n]+)>|(\S+))"
    r"|<img\b[^<>]*?\ssrc\s*=\s*(?:\"([^\">]+)\"|'([^'>]+)'|([^\s\"'>]+))",
    re.MULTILINE | re.IGNORECASE,
)


def names_files(text: str) -> bool:
    """Whether a text may have images, audio or snippets."""
    kinds = (BlockKind.AUDIO, BlockKind.SNIPPET)
    return _IMAGE.search(text) is not None or any(arguments_in(text, kind) for kind in kinds)


def content_digest(article: Article, files: WorkspaceFiles) -> str:
    """Return `sha256:…` over the article's text, the bytes of its images and audio, and its snippets."""
    digest = hashlib.sha256(article.digest.encode())
    if article.has_files:
        body = files.body_of(article)
        for image in _files(article.image, body, article.place.path, files):
            digest.update(image)
        for snippet in snippet_digests(body, files):
            digest.update(snippet.encode())
    return "sha256:" + digest.hexdigest()


def snippet_digests(text: str, files: WorkspaceFiles) -> tuple[str, ...]:
    """The digest of each snippet in a text, with that of its images; "missing" for one that is missing."""
    return tuple(_snippet_digest(name, files) for name in arguments_in(text, BlockKind.SNIPPET))


def _snippet_digest(name: str, files: WorkspaceFiles) -> str:
    try:
        source = files.snippet(name)
        text = source.text()
    except PressroomError:
        return "missing"
    digest = hashlib.sha256(text.encode())
    for image in _files(None, text, source.path, files):
        digest.update(image)
    return digest.hexdigest()


def _files(lead: str | None, text: str, path: str, files: WorkspaceFiles) -> Iterator[bytes]:
    """The digest of each image in a text, the lead image first, and of each file of audio."""
    targets = (*map(_target, _IMAGE.finditer(text)), *arguments_in(text, BlockKind.AUDIO))
    for target in [lead, *(unquote(each) for each in targets if "://" not in each)]:
        if not target or target.endswith(".md"):
            continue
        try:
            with files.locate(target, path).open("rb") as file:
                yield hashlib.file_digest(file, "sha256").digest()
        except (PressroomError, OSError):
            yield b"missing"


def _target(image: re.Match[str]) -> str:
    """The path of an image as written, which may contain spaces."""
    spaced = SPACED_TAIL.match(image.string, image.start("tail")) if image["tail"] else None
    if spaced and len(spaced[1].split()) > 1:
        return " ".join(spaced[1].split())
    targets = image.groups()[1:] if image["tail"] else image.groups()
    return str(next(filter(None, targets)))
