"""A workspace in a temporary folder, the texts of its files, and the command run in it as a user runs it."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.config.placeholders import STARTERS

ROOT = Path(__file__).parent.parent.parent

SETTINGS = """\
title = "Synapse"
base_url = "https://synapse.example/news"
language = "en-GB"
timezone = "Europe/London"
sender = "Synapse <letters@synapse.example>"
postal_address = "1 Example Row, London"
unsubscribe_url = "https://synapse.example/unsubscribe?to={{ email }}"

[[audiences]]
name = "clinicians"
title = "Clinicians"

[[sections]]
title = "Research"
tags = { any = ["research"] }
layout = "full"

[[sections]]
title = "In brief"
tags = { any = ["notes"] }
layout = "brief"

[[disclaimers]]
tags = ["research"]
text = "Information, not medical advice."
"""


def article(
    title: str = "A title",
    date: str = "2026-01-08",
    tags: str = "[research]",
    body: str = "Words.",
    **more: str,
) -> str:
    """The text of an article file; further fields as keyword arguments, in YAML."""
    extra = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f"---\ntitle: {title}\ndate: {date}\ntags: {tags}\n{extra}---\n{body}\n"


def issue(
    number: int = 1,
    title: str = "The plastic brain",
    date: str = "2026-02-01",
    letter: str = "Hello.",
    more: str = "",
) -> str:
    """The text of an `issue.md`; `more` holds further lines of front matter."""
    return f"---\nnumber: {number}\ntitle: {title}\ndate: {date}\n{more}---\n{letter}\n"


def png(width: int = 8, height: int = 4) -> bytes:
    """A small PNG picture, made by hand (PNG 1.2)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = (b"\x00" + b"\x80" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


@dataclass
class WorkspaceRunner:
    """Runs the command in the workspace at `root`, and reads and writes its files."""

    root: Path

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for path, content in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(
                content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            )

    def run(self, *arguments: str) -> Result:
        """Run `pressroom`; any exception but a clean exit is the test's failure."""
        return CliRunner().invoke(
            main, ["-C", str(self.root), *arguments], catch_exceptions=False, prog_name="pressroom"
        )

    def ok(self, *arguments: str) -> str:
        """Run it, expect exit code 0, and return stdout."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str) -> Any:
        """Run it with `--json`, expect exit code 0, and return what it printed, parsed."""
        return json.loads(self.ok(*arguments, "--json"))

    def error(self, *arguments: str) -> str:
        """Run it, expect exit code 1 and an empty stdout, and return stderr."""
        result = self.run(*arguments)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        return result.stderr

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def tree(self, path: str = ".") -> dict[str, bytes]:
        """Every file below a folder, by its path, but not what is kept between runs."""
        base = self.root / path
        return {
            f.relative_to(base).as_posix(): f.read_bytes()
            for f in sorted(base.rglob("*"))
            if f.is_file() and ".pressroom" not in f.relative_to(base).parts
        }


def write_own_texts(workspace: WorkspaceRunner) -> None:
    """Write other words in place of those of a starter: letters, bodies, deks and comments."""
    starters = (each.relative_to(STARTERS) for each in STARTERS.glob("*/issues/**/*.*"))
    for file in (workspace.root.joinpath(*each.parts[1:]) for each in starters):
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"^( *)(dek|comment): .*$", r"\1\2: Who lights it, and why.", text, flags=re.MULTILINE)
        if file.suffix == ".md":
            head = text[: text.index("\n---\n") + 5]
            hello = "Hello {{ first_name | there }},\n\n" if file.name == "issue.md" else ""
            text = f"{head}{hello}" + "Since 1911 a lamp has burnt at the end of the pier.\n\n" * 6
        file.write_text(text, encoding="utf-8")


def skip_or_fail(why: str) -> NoReturn:
    """Skip a test with the reason, which the summary repeats; where all is tested, fail."""
    if os.environ.get("CI", "").lower() in {"1", "true"} or os.environ.get("PRESSROOM_TESTS") == "all":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)
