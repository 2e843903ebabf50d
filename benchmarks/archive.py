"""Make an archive to measure with: a workspace of so many frozen issues, the same bytes each time.

    python benchmarks/archive.py FOLDER --issues 100 --articles 10

Each article is about 2.7 KB of Markdown with what editors use: headings, a list, a quotation, a
table, links, a footnote and a container; one in ten has a picture. An issue carries all of its
articles in full.
"""

from __future__ import annotations

import argparse
import random
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

SETTINGS = """\
title = "The Archive"
tagline = "Made to be measured"
base_url = "https://archive.example"
language = "en"
timezone = "UTC"
sender = "The Archive <letters@archive.example>"
postal_address = "1 Example Street, London"
unsubscribe_url = "https://archive.example/unsubscribe"

[merge_fields]
first_name = "there"

[[disclaimers]]
tags = ["medicine"]
text = "Information, not medical advice."

[[sections]]
title = "Research"
tags = { any = ["research"] }
layout = "full"

[[sections]]
title = "Practice"
tags = { any = ["practice"] }
layout = "full"
"""

FIRST = datetime(2005, 1, 7, tzinfo=UTC)
WEEK = timedelta(days=7)

TOPICS = (
    *("attention", "behaviour", "chemistry", "development", "emotion", "genes", "history", "imaging"),
    *("learning", "medicine", "memory", "methods", "neurons", "perception", "plasticity", "reviews"),
    *("sleep", "statistics", "synapses", "therapy"),
)
VOCABULARY = """
a and of the in to that with for from is was are has been which when where while after before
synapse receptor current signal pathway cortex memory dose trial patient clinic evidence effect
result question answer measure method study review week month year hour change growth loss response
mood sleep stress rest light sound word story reader letter small large early late slow quick strong
weak clear open known common careful likely simple further stands shows finds holds begins grows
falls rises remains follows explains suggests needs reads keeps turns
"""
WORDS = VOCABULARY.split()


def write_archive(folder: Path, issues: int, articles: int) -> None:
    """Write the workspace's sources: each issue's articles are dated in the week before it."""
    _write(folder / "newsletter.toml", SETTINGS.encode())
    for number in range(1, issues + 1):
        date = FIRST + number * WEEK
        letter = _sentences(random.Random(number), 4)
        _write(
            folder / f"issues/{number:04}-week-{number}/issue.md",
            f"---\nnumber: {number}\ntitle: Week {number}\ndate: {date:%Y-%m-%d}\n---\n"
            f"Dear {{{{ first_name | there }}}},\n\n{letter}\n".encode(),
        )
        for position in range(articles):
            _write_article(folder / "issues/articles", number, position, date)


def freeze_archive(folder: Path) -> None:
    """Freeze every issue, oldest first, as `pressroom assemble` does one by one."""
    from pipeline.workspace import open_workspace

    workspace = open_workspace(folder)
    for issue in workspace.issues:
        _, lock = workspace.assembler.freeze(issue, issue.date)
        workspace.assembler.write(issue, lock)


def _write_article(pool: Path, number: int, position: int, date: datetime) -> None:
    random_ = random.Random(f"{number}/{position}")
    slug = f"{random_.choice(TOPICS)}-{number}-{position}"
    tags = [random_.choice(["research", "practice"]), *random_.sample(TOPICS, 2)]
    written = date - timedelta(days=6 - position % 6)
    picture = ""
    if position % 10 == 3:
        _write(pool / f"{slug}.png", _png(random_))
        picture = f"![{_sentences(random_, 1)}]({slug}.png)"
    body = "\n\n".join(part for part in (*_body(random_), picture) if part)
    _write(
        pool / f"{slug}.md",
        f"---\ntitle: {_title(random_)}\ndate: {written:%Y-%m-%d}\ntags: [{', '.join(tags)}]\n"
        f"dek: {_sentences(random_, 1)}\nauthors: [{_title(random_, 2)}]\n---\n{body}\n".encode(),
    )


def _body(random_: random.Random) -> Iterator[str]:
    yield _sentences(random_, 4)
    yield f"## {_title(random_)}"
    yield f"{_sentences(random_, 3)} See [{_title(random_, 2)}](https://example.org/{random_.randrange(999)})."
    yield "\n".join(f"- **{_title(random_, 1)}:** {_sentences(random_, 1)}" for _ in range(3))
    yield f"{_sentences(random_, 3)}[^1]"
    yield f"> {_sentences(random_, 2)}"
    yield f"## {_title(random_)}"
    rows = (f"| {_title(random_, 2)} | {random_.randrange(100)} |" for _ in range(3))
    yield "\n".join(("| Measure | Value |", "|---|---:|", *rows))
    yield f"{_sentences(random_, 3)} It is *{_title(random_, 2)}*, not `{_title(random_, 1)}`."
    yield f"::: callout {_title(random_, 2)}\n{_sentences(random_, 2)}\n:::"
    yield _sentences(random_, 5)
    yield f"[^1]: {_sentences(random_, 1)}"


def _sentences(random_: random.Random, count: int) -> str:
    return " ".join(f"{' '.join(random_.choices(WORDS, k=14)).capitalize()}." for _ in range(count))


def _title(random_: random.Random, words: int = 4) -> str:
    return " ".join(random_.choices(WORDS, k=words)).capitalize()


def _png(random_: random.Random, width: int = 640, height: int = 320) -> bytes:
    """A picture of one grey (PNG 1.2), unlike the others by its grey and a text beside it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    rows = (b"\x00" + bytes([random_.randrange(256)]) * width) * height
    note = b"Comment\x00" + str(random_.random()).encode()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + b"\x08\x00\x00\x00\x00")
        + chunk(b"tEXt", note)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def main() -> None:
    """Make the archive in a folder that does not exist yet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issues", type=int, default=100)
    parser.add_argument("--articles", type=int, default=10)
    options = parser.parse_args()
    if options.folder.exists():
        sys.exit(f"{options.folder} is there already: name another folder.")
    write_archive(options.folder, options.issues, options.articles)
    freeze_archive(options.folder)


if __name__ == "__main__":
    main()
