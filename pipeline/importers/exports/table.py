"""Tables (CSV, TSV): posts as Substack, beehiiv and Buttondown export them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable
from html import escape
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import PressroomError
from pipeline.importers.decode import MAX_EXPORT_BYTES, text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.exports.json_export import button_post
from pipeline.importers.exports.post import PAGE, ExportedPost, draft_of_post

NAME = "table"
DESCRIPTION = "a table of posts, as Substack, beehiiv and Buttondown export it (.csv, .tsv)"

ENDINGS = frozenset({".csv", ".tsv"})

Row = dict[str, str]


_CACHED = re.compile(r"https://substackcdn\.com/image/fetch/[^\s\"'<>]*?(https?%3A%2F%2F[^\s\"'<>]+)")


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


def read(material: Material) -> tuple[Draft, ...]:
    """The posts in it. Raises `PressroomError` for a table of something else."""
    rows = rows_of(material)
    names = rows[0].keys()
    if not is_of_posts(names):
        raise NoPostsError(
            f"is a table without texts or addresses: its columns are {', '.join(list(names)[:8])}.",
            material.name,
            hint="Posts need a column `title` and one `content`; links need `title` and `url`.",
        )
    if {"post_id", "is_published"} <= names:
        posts = [_substack(row, material) for row in rows]
    elif {"subject", "body"} <= names:
        posts = [button_post(row) for row in rows]
    else:
        posts = [_post(row, number) for number, row in enumerate(rows, 1)]
    return tuple(draft_of_post(each, "") for each in posts)


def is_of_posts(names: Collection[str]) -> bool:
    """Whether a table with these columns has the texts of posts, or names the files that have them."""
    has_text = any(each in names for each in _BODIES) and any(each in names for each in _TITLES)
    return has_text or ("post_id" in names and "is_published" in names)


def rows_of(material: Material) -> list[Row]:
    """The rows of a table by the names of its columns, which are in lower case with `_` for spaces.

    Raises `PressroomError` for a table that has no header, no rows, or a quotation mark that is not closed.
    """
    text = text_of(material, MAX_EXPORT_BYTES)
    delimiter = "\t" if material.ending == ".tsv" else _delimiter(text.partition("\n")[0])
    csv.field_size_limit(1 << 27)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        numbered = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        line = _line_of_mistake(text, delimiter)
        hint = "A quotation mark within a field is written twice."
        raise PressroomError(
            "a quotation mark is out of place in this table.", material.name, line, hint
        ) from error
    if not numbered:
        raise PressroomError("the table has no rows.", material.name)
    header = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in numbered[0][1]]
    while header and not header[-1]:  # a spreadsheet ends each line with a comma
        header.pop()
    if any("://" in cell or len(cell) > 60 for cell in header) or not all(header):
        hint = "Name its columns in the first line, as: title,url,description,tags"
        raise PressroomError("the table has no header.", material.name, 1, hint)
    if not numbered[1:]:
        raise PressroomError("the table has a header and no rows.", material.name)
    for number, cells in numbered[1:]:
        if any(cell.strip() for cell in cells[len(header) :]) and is_of_posts(header):
            hint = "A text with a comma in it needs quotation marks around it."
            raise PressroomError("this row has more cells than the header.", material.name, number, hint)
    rows = (dict(zip_longest(header, cells[: len(header)], fillvalue="")) for _, cells in numbered[1:])
    return [{name: cell.strip() for name, cell in row.items()} for row in rows]


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _line_of_mistake(text: str, delimiter: str) -> int:
    """The line on which the row begins that cannot be read."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error:
        pass
    return line


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
    return ExportedPost(
        id=post,
        title=escape(row.get("title", "")),
        html=html,
        dek=escape(row.get("subtitle", "")),
        slug=post.partition(".")[2],
        published=row.get("post_date", ""),
        live=row.get("is_published", "").lower() == "true",
        paid=row.get("audience", "everyone") not in ("everyone", ""),
        omitted={"thread": "a thread", "restack": "a thread", "page": PAGE}.get(kind, omitted),
    )


def _post(row: Row, number: int) -> ExportedPost:
    body, title = first_cell(row, _BODIES), first_cell(row, _TITLES)
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
        live=status in ("", "confirmed", "published", "sent", "archived", "live"),
        paid=audience in ("premium", "paid"),
    )
