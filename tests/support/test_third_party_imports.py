"""Where libraries come in: each by one door."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from workspace_kit import ROOT

DOORS = {
    "PIL": "images/pillow.py",
    "babel": "config/cldr.py",
    "bs4": "importers/html/tree.py",
    "botocore": "export/auth.py",
    "charset_normalizer": "importers/decode.py",
    "cryptography": "deliver/dkim.py",
    "cssselect2": "checks/cascade.py",
    "dns": "deliver/dns.py",
    "email_validator": "support/mail_addresses.py",
    "feedgen": "render/feeds/feedgen_fixes.py",
    "httpcore": "support/http.py",
    "httpx": "support/http.py",
    "icalendar": "render/site/calendar_file.py",
    "jinja2": "support/templating.py",
    "jsonschema": "render/feeds/feed_schemas.py",
    "jwt": "export/auth.py",
    "keyring": "support/secrets.py",
    "linkify_it": "content/github_markdown.py",
    "lxml": "render/feeds/feed_schemas.py",
    "mammoth": "importers/readers/docx.py",
    "markdown_it": "content/markdown.py",
    "markdownify": "importers/html/write.py",
    "markupsafe": "support/templating.py",
    "mdit_py_plugins": "content/markdown.py",
    "mjml": "render/email/mjml.py",
    "nh3": "content/sanitize.py",
    "psycopg": "deliver/sources/postgres.py",
    "pygments": "content/code_colors.py",
    "starlette": "preview/app.py",
    "tinycss2": "support/css.py",
    "trafilatura": "importers/readers/page.py",
    "uvicorn": "preview/server.py",
    "watchfiles": "preview/reload.py",
    "yaml": "config/front_matter.py",
}


def test_each_library_is_imported_by_one_module() -> None:
    found = defaultdict(set)
    named = re.compile(rf"import.*\b({'|'.join(DOORS)})|from ({'|'.join(DOORS)})\b")
    for file in sorted((ROOT / "pipeline").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if named.search(text) else ():
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name.partition(".")[0] in DOORS:
                    found[name.partition(".")[0]].add(file.relative_to(ROOT / "pipeline").as_posix())
    assert found == {name: {door} for name, door in DOORS.items()}


def test_no_module_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8").count("\n")
        for file in (ROOT / "pipeline").rglob("*.py")
    }
    # The nouns stand together, so that they can be read as one glossary.
    assert {path for path, lines in lengths.items() if lines > 400} <= {"pipeline/model.py"}
