"""Make workspaces to measure with, the same bytes each time: an archive of issues, and a roundup of links.

    python benchmarks/archive.py FOLDER --issues 100 --articles 10
    python benchmarks/archive.py FOLDER --links 150

Each article of an archive is about 1.7 KB of Markdown with what editors use: headings, a list, links, a
footnote, and a quotation with a table or a container; one in ten has a picture. An issue carries all of
its articles in full; from the eleventh on they are one paragraph, so that Gmail does not cut the email.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

PRESSROOM = (sys.executable, "-c", "from pipeline.cli import main; main(prog_name='pressroom')")
SETTINGS = """\
title = "The Archive"
tagline = "Made to be measured"
base_url = "https://archive.example"
language = "en"
timezone = "UTC"
sender = "The Archive <letters@archive.example>"
postal_address = "1 Example Street, London"
unsubscribe_url = "https://archive.example/unsubscribe?to={{ email }}"

[merge_fields]
first_name = "there"

[[disclaimers]]
tags = ["medicine"]
text = "Information, not medical advice."
"""

SECTIONS = """
[[sections]]
title = "Research"
tags = { any = ["research"] }
layout = "full"

[[sections]]
title = "Practice"
tags = { any = ["practice"] }
layout = "full"
"""

ROUNDUP = """
[[sections]]
title = "News"
tags = { any = ["news"] }
layout = "link"

[[sections]]
title = "Tools"
tags = { any = ["tools"] }
layout = "link"
"""

FIRST = datetime(2005, 1, 7, tzinfo=UTC)
INTERVAL = timedelta(days=2)
"""Between two issues: so that 3,000 of them are in the past."""

AUTHORS = 50
"""Each has a page and feeds, so that their number counts."""

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


def write_archive(root: Path, issues: int, articles: int) -> None:
    """Write the sources of a workspace of so many issues with so many articles each."""
    _write(root / "newsletter.toml", (SETTINGS + SECTIONS).encode())
    for number in range(1, issues + 1):
        date = FIRST + number * INTERVAL
        _write_issue(root, number, date)
        for position in range(articles):
            _write_article(root / "issues/articles", number, position, date)


def write_roundup(root: Path, links: int) -> None:
    """Write the sources of a workspace of one issue with so many links, each with a line of comment."""
    random_ = random.Random(links)
    _write(root / "newsletter.toml", (SETTINGS + ROUNDUP).encode())
    _write_issue(root, 1, FIRST + INTERVAL)
    entries = (
        f"- title: {_words(random_, 6)}\n  url: https://example.org/{number}/{random_.choice(TOPICS)}\n"
        f"  comment: {_words(random_, 9)}.\n  via: {_words(random_, 2)}\n"
        f"  tags: [{random_.choice(['news', 'tools'])}]\n  date: {FIRST:%Y-%m-%d}\n"
        for number in range(links)
    )
    _write(root / "issues/links/all.yaml", "".join(entries).encode())


def write_posts(folder: Path, count: int) -> None:
    """Write so many posts of a site made by Hugo or the like, to be imported."""
    for number in range(count):
        _write_article(folder, number // 10, number % 10, FIRST + number * INTERVAL)


def _write_issue(root: Path, number: int, date: datetime) -> None:
    letter = _sentences(random.Random(number), 4)
    _write(
        root / f"issues/{number:04}-letter-{number}/issue.md",
        f"---\nnumber: {number}\ntitle: Letter {number}\ndate: {date:%Y-%m-%d}\n---\n"
        f"Dear {{{{ first_name | there }}}},\n\n{letter}\n".encode(),
    )


def _write_article(pool: Path, number: int, position: int, date: datetime) -> None:
    random_ = random.Random(f"{number}/{position}")
    slug = f"{random_.choice(TOPICS)}-{number}-{position}"
    tags = [random_.choice(["research", "practice"]), *random_.sample(TOPICS, 2)]
    written = date - timedelta(days=position % 2)
    author = _words(random.Random(random_.randrange(AUTHORS)), 2)
    picture = ""
    if position % 10 == 3:
        _write(pool / f"{slug}.png", _png(random_))
        picture = f"![{_sentences(random_, 1)}]({slug}.png)"
    body = "\n\n".join(part for part in (*_body(random_, position), picture) if part)
    _write(
        pool / f"{slug}.md",
        f"---\ntitle: {_words(random_, 4)}\ndate: {written:%Y-%m-%d}\ntags: [{', '.join(tags)}]\n"
        f"dek: {_sentences(random_, 1)}\nauthors: [{author}]\n---\n{body}\n".encode(),
    )


def _body(random_: random.Random, position: int) -> Iterator[str]:
    yield _sentences(random_, 3)
    if position >= 10:
        return
    yield f"## {_words(random_, 4)}"
    yield f"{_sentences(random_, 2)} See [{_words(random_, 2)}](https://example.org/{random_.randrange(10**9)})."
    yield "\n".join(f"- **{_words(random_, 1)}:** {_words(random_, 10)}." for _ in range(2))
    yield f"{_sentences(random_, 2)}[^1]"
    if position % 2:
        yield f"> {_sentences(random_, 1)}"
        rows = (f"| {_words(random_, 2)} | {random_.randrange(100)} |" for _ in range(3))
        yield "\n".join(("| Measure | Value |", "|---|---:|", *rows))
    else:
        yield f"## {_words(random_, 4)}"
        yield f"::: callout {_words(random_, 2)}\n{_sentences(random_, 2)}\n:::"
    yield f"{_sentences(random_, 3)} It is *{_words(random_, 2)}*, not `{_words(random_, 1)}`."
    yield f"[^1]: {_sentences(random_, 1)}"


def _sentences(random_: random.Random, count: int) -> str:
    return " ".join(f"{_words(random_, 14)}." for _ in range(count))


def _words(random_: random.Random, count: int) -> str:
    return " ".join(random_.sample(WORDS, count)).capitalize()


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
    """Make the workspace in a folder that does not exist yet, and freeze its issues."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issues", type=int, default=100)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--links", type=int, default=0, help="Make one issue of so many links instead.")
    options = parser.parse_args()
    if options.folder.exists():
        sys.exit(f"{options.folder} is there already: name another folder.")
    if options.links:
        write_roundup(options.folder, options.links)
    else:
        write_archive(options.folder, options.issues, options.articles)
    subprocess.run(
        (*PRESSROOM, "-C", options.folder, "assemble", "--all"), check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    main()
