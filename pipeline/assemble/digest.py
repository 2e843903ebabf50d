"""The digest stored in issue.lock: an article's text and the bytes of its images, or a link item's fields."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.content.spaced_addresses import SPACED_TAIL
from pipeline.errors import PressroomError
from pipeline.model import Article, PoolItem

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


def content_digest(article: PoolItem, workspace: WorkspaceFiles) -> str:
    """Return `sha256:…` over the item's text and the bytes of its images, in their order."""
    if not isinstance(article, Article):
        return article.digest
    digest = hashlib.sha256(article.digest.encode())
    targets = map(_target, _IMAGE.finditer(article.body))
    for target in [article.image, *(unquote(each) for each in targets if "://" not in each)]:
        if not target or target.endswith(".md"):
            continue
        try:
            file = workspace.locate(target, article.place.path)
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        except (PressroomError, OSError):
            digest.update(b"missing")
    return "sha256:" + digest.hexdigest()


def _target(image: re.Match[str]) -> str:
    """The path of an image as written, which may contain spaces."""
    spaced = SPACED_TAIL.match(image.string, image.start("tail")) if image["tail"] else None
    if spaced and len(spaced[1].split()) > 1:
        return " ".join(spaced[1].split())
    targets = image.groups()[1:] if image["tail"] else image.groups()
    return str(next(filter(None, targets)))
