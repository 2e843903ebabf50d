"""What a lock holds an article to: its file and every picture it shows."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError
from pipeline.model import Article

# `![alt](target`, `![alt](<target with spaces>`, `[label]: target` and `<img src="target"`: enough to
# find the files. What Markdown makes of them is the parser's matter, and a picture that is missing is
# reported there; a label that is no picture's changes nothing.
_IMAGE = re.compile(
    r"!\[[^\]]*\]\(\s*(?:<([^>\n]+)>|([^\s)]+))"
    r"|^ {0,3}\[[^\]^][^\]]*\]:\s*(?:<([^>\n]+)>|(\S+))"
    r"|<img\b[^>]*?\ssrc\s*=\s*(?:\"([^\">]+)\"|'([^'>]+)'|([^\s\"'>]+))",
    re.MULTILINE | re.IGNORECASE,
)


def content_digest(article: Article, workspace: WorkspaceFiles) -> str:
    """`sha256:…` over the article's text and the bytes of its pictures, in their order."""
    whole = hashlib.sha256(article.digest.encode())
    found = (next(filter(None, groups)) for groups in _IMAGE.findall(article.body))
    for target in [article.image, *(unquote(each) for each in found if "://" not in each)]:
        if not target or target.endswith(".md"):
            continue
        try:
            file = workspace.locate(target, article.place.path)
            whole.update(hashlib.sha256(file.read_bytes()).digest())
        except (PressroomError, OSError):
            whole.update(b"missing")
    return "sha256:" + whole.hexdigest()
