"""Tables (CSV, TSV): posts as Substack, beehiiv and Buttondown export them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator
from html import escape
from itertools import chain, zip_longest
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import PressroomError
from pipeline.importers.decode import text_pieces
from pipeline.importers.draft import PAGE, Draft, Material
from pipeline.importers.exports.json_export import button_post
from pipeline.importers.exports.post import PAID, ExportedPost, draft_of_post, with_merge_tags
from pipeline.importers.frontmatter.values import is_web
from pipeline.importers.readers.feed_item import Recording

NAME = "table"
DESCRIPTION = "a table of posts, as Substack, beehiiv and Buttondown export it (.csv, .tsv)"

ENDINGS = frozenset({".csv", ".tsv"})

Row = dict[str, str]


_CACHED = re.compile(r"https://substackcdn\.com/image/fetch/[^\s\"'<>]*?(https?%3A%2F%2F[^\s\"'<>]+)")


_FIELDS = re.compile(
    r"\{\{\s*(?P<name>first_name|last_name|email)\s*"
    r"(?:\|\s*(?P<fallback>[^\s\"'&{}|*](?:[^\"'&{}|*\n]*[^\s\"'&{}|*])?)\s*)?\}\}"
)
"""The merge fields of beehiiv."""


class NoPostsError(PressroomError):
    """A table of something else, such as subscribers."""


_BODIES = ("content_html", "html", "body_html", "content", "body")
_DATES = ("publish_date", "published_at", "date", "scheduled_at", "created_at", "created")
_TITLES = ("web_title", "title", "subject", "name")


def is_substack(folder: Path) -> bool:
    """Whether a folder is Substack's export, whose table has the texts in `posts/`."""
    try:
        with (folder / "posts.csv").open(encoding="utf-8-sig") as file:
            return file.readline().startswith("post_id,")
    except (OSError, ValueError):
        return False


def takes(material: Material) -> bool:
    """Whether its ending is a table's. Never raises."""
    return material.ending in ENDINGS


def read(material: Material) -> Iterator[Draft]:
    """The posts in it. Raises `PressroomError` for a table of something else, and for one that is broken."""
    names = next(rows_of(material)).keys()
    if not is_of_posts(names):
        raise NoPostsError(
            f"is a table without texts or addresses: its columns are {', '.join(list(names)[:8])}.",
            material.name,
            hint="Posts need a column `title` and one `content`; links need `title` and `url`.",
        )
    for _ in rows_of(material):
        pass  # whatever is wrong with a row is said before the first article is written
    for number, row in enumerate(rows_of(material), 1):
        if {"post_id", "is_published"} <= names:
            post = _substack(row, material)
        else:
            post = button_post(row) if {"subject", "body"} <= names else _post(row, number)
        yield draft_of_post(post, "")


def is_of_posts(names: Collection[str]) -> bool:
    """Whether a table with these columns has the texts of posts, or names the files that have them."""
    has_text = any(each in names for each in _BODIES) and any(each in names for each in _TITLES)
    return has_text or ("post_id" in names and "is_published" in names)


def rows_of(material: Material) -> Iterator[Row]:
    """The rows of a table by the names of its columns, which are in lower case with `_` for spaces.

    Raises `PressroomError` for a table that has no header or no rows, for two columns of one name, and for a
    row that cannot be read.
    """
    csv.field_size_limit(1 << 27)
    lines = (line for piece in text_pieces(material, "\n") for line in io.StringIO(piece))
    first = next(lines, "")
    delimiter = "\t" if material.ending == ".tsv" else _delimiter(first)
    reader = csv.reader(chain((first,), lines), delimiter=delimiter, strict=True)
    header: list[str] = []
    begin, rows = 1, 0
    try:
        for cells in reader:
            number, begin = begin, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells, material.name)
                continue
            if any(cell.strip() for cell in cells[len(header) :]) and is_of_posts(header):
                hint = "A text with a comma in it needs quotation marks around it."
                what = "this row has more cells than the header."
                raise PressroomError(what, material.name, number, hint)
            rows += 1
            row = zip_longest(header, cells[: len(header)], fillvalue="")
            yield {name: cell.strip() for name, cell in row}
    except csv.Error as error:
        what = "a quotation mark is out of place in this table."
        hint = "A quotation mark within a field is written twice."
        raise PressroomError(what, material.name, begin, hint) from error
    if not rows:
        what = "the table has a header and no rows." if header else "the table has no rows."
        raise PressroomError(what, material.name)


def _header(cells: list[str], name: str) -> list[str]:
    header = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in cells]
    while header and not header[-1]:  # a spreadsheet ends each line with a comma
        header.pop()
    if any("://" in cell or len(cell) > 60 for cell in header) or not all(header):
        hint = "Name its columns in the first line, as: title,url,description,tags"
        raise PressroomError("the table has no header.", name, 1, hint)
    if twice := [cell for cell in dict.fromkeys(header) if header.count(cell) > 1]:
        hint = "Rename one of them, or delete it."
        kind = PressroomError if is_of_posts(header) else NoPostsError
        raise kind(f"the table has two columns `{twice[0]}`.", name, 1, hint)
    return header


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def first_cell(row: Row, keys: Iterable[str]) -> str:
    """The first of these columns that has something in this row."""
    return next((row[key] for key in keys if row.get(key)), "")


def _substack(row: Row, material: Material) -> ExportedPost:
    """A post of Substack's `posts.csv`, whose text is in `posts/POST_ID.html` beside it."""
    post = row["post_id"]
    html = ""
    if material.file is not None:
        file = material.file.parent / "posts" / f"{Path(post).name}.html"
        if file.is_file():
            # Substack's pictures are at an address of a cache, in which their own is encoded.
            html = _CACHED.sub(lambda match: unquote(match[1]), file.read_text("utf-8", "replace"))
    kind = row.get("type", "")
    omitted = "" if html.strip() else "its text is not in the export"
    slug = post.partition(".")[2]
    return ExportedPost(
        id=post,
        title=escape(row.get("title", "")),
        html=html,
        dek=escape(row.get("subtitle", "")),
        slug=slug,
        path=f"/p/{slug}" if slug else "",
        published=row.get("post_date", ""),
        live=row.get("is_published", "").lower() == "true",
        recordings=(Recording(row["podcast_url"]),) if is_web(row.get("podcast_url", "")) else (),
        private="" if row.get("audience", "") in ("everyone", "") else PAID,
        omitted={"thread": "a thread", "restack": "a thread", "page": PAGE}.get(kind, omitted),
    )


def _post(row: Row, number: int) -> ExportedPost:
    body, title = with_merge_tags(first_cell(row, _BODIES), _FIELDS), first_cell(row, _TITLES)
    markup = re.search(r"</?[a-z][^<>]*>", body, re.IGNORECASE) is not None
    tags = re.split(r"[,;|]", first_cell(row, ("content_tags", "tags", "tag", "categories")))
    status = row.get("status", "").lower()
    audience = row.get("audience", "").lower()
    return ExportedPost(
        id=first_cell(row, ("id", "post_id", "slug", "url")) or f"row {number}",
        title=escape(title),
        html=body if markup else "",
        markdown="" if markup else body,
        dek=escape(first_cell(row, ("web_subtitle", "subtitle", "description", "excerpt"))),
        slug=row.get("slug", ""),
        link=first_cell(row, ("web_url", "url", "link")),
        published=first_cell(row, _DATES),
        # beehiiv's API has a list of JSON in the cell.
        tags=tuple(each.strip(" []\"'") for each in tags if each.strip(" []\"'")),
        image=first_cell(row, ("thumbnail_url", "image", "feature_image")),
        # What was archived at beehiiv has no page there any more.
        live=status in ("", "confirmed", "published", "sent", "live"),
        private=PAID if audience in ("premium", "paid") else "",
    )
