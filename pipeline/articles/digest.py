"""What a lock holds an article to: its file and every picture it shows."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

from pipeline.errors import PressroomError
from pipeline.model import Article
from pipeline.workspace import Workspace

# `![alt](target` and `![alt](<target with spaces>`: enough to find the files. What Markdown makes
# of them is the parser's matter, and a picture that is missing is reported there.
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*(?:<([^>\n]+)>|([^\s)]+))")


def content_digest(article: Article, workspace: Workspace) -> str:
    """`sha256:…` over the article's text and the bytes of its pictures, in their order."""
    whole = hashlib.sha256(article.digest.encode())
    targets = [unquote(angled or bare) for angled, bare in _IMAGE.findall(article.body)]
    for target in [article.image, *targets]:
        if not target:
            continue
        try:
            file = workspace.locate(target, article.place.path)
            whole.update(hashlib.sha256(file.read_bytes()).digest())
        except (PressroomError, OSError):
            whole.update(b"missing")
    return "sha256:" + whole.hexdigest()
