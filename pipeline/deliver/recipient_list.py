"""Reads a list of recipients from a file or a database: each row as a recipient, or why it gets no mail.

Rows are read one by one, and a bad one stops nothing. Ten million take 160 MB of memory and some four minutes
(`benchmarks/recipients.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.deliver.list_rows import ListRows, RowRules
from pipeline.deliver.recipient import Recipient, recipient_key
from pipeline.deliver.rejected_row import RejectedRow
from pipeline.deliver.seen_people import seen_people
from pipeline.deliver.sources.csv_file import csv_rows
from pipeline.deliver.sources.json_lines import json_rows
from pipeline.deliver.sources.postgres import postgres_rows, shown_address
from pipeline.deliver.sources.row import Row
from pipeline.deliver.sources.source_lines import SAVE_AS_CSV
from pipeline.deliver.sources.sqlite_file import sqlite_rows
from pipeline.errors import Mistakes, PressroomError, suggest

_NOT_READ = {
    ".json": "Write one object a line, without brackets: jq -c '.[]' readers.json > readers.jsonl",
    **dict.fromkeys((".xlsx", ".xls", ".ods", ".numbers"), SAVE_AS_CSV),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "Name its table: sqlite:FILE?table=NAME"),
}
"""Files that are often taken for a list, by their endings, with what to do."""
_WEB = re.compile("(?:https?|ftp):/", re.IGNORECASE)
_SQLITE = re.compile(r"sqlite:(?P<file>.*?)(?:\?(?P<kind>table|query)=(?P<text>.*))?", re.DOTALL)
_POSTGRES = re.compile(r"(?P<url>postgres(?:ql)?:.*?)(?:[?&]query=(?P<query>.*))?", re.DOTALL)

_COMPARED = 5000
"""How many addresses are compared with one that is not found, for a suggestion."""
_SHOWN = 20
"""How many rows that cannot be read are shown then."""


@dataclass(slots=True)
class RecipientList:
    """A list of recipients; `path` is its name in messages.

    Each iteration reads it again from its beginning, and yields each row once, in their order. It raises
    `PressroomError` for a list that cannot be read or has no row, and for columns that are not those of one.
    After it, `unused` has the names of the columns that were not read, in the order of the header.
    """

    path: str
    source: Callable[[], Iterator[Row | RejectedRow]]
    rules: RowRules
    unused: tuple[str, ...] = field(default=(), init=False, compare=False)

    def __iter__(self) -> Iterator[Recipient | RejectedRow]:
        with seen_people() as seen:
            rows = ListRows(self.path, self.rules, seen)
            empty = True
            try:
                for row in self.source():
                    empty = False
                    yield rows.read(row) if isinstance(row, Row) else row
            finally:
                self.unused = rows.unused
            if empty:
                raise PressroomError(
                    "no row has a recipient.", self.path, None, "The first row names the columns."
                )

    def find(self, address: str) -> Recipient:
        """The only row with an address. Raises `PressroomError` if there is no such recipient."""
        key = recipient_key(address)
        others: list[str] = []
        errors: list[PressroomError] = []
        match: Recipient | None = None
        for row in self:
            if row.key == key:
                if isinstance(row, RejectedRow):
                    raise row.error(self.path)
                match = row
            elif isinstance(row, RejectedRow) and not row.key:
                if len(errors) < _SHOWN:
                    errors.append(row.error(self.path))
            elif len(others) < _COMPARED:
                others.append(row.address)
        if match:
            return match
        hint = suggest(address, others) or "Without --recipient, merge fields hold their fallbacks."
        # It may be in one of the rows that cannot be read.
        missing = PressroomError(f'no row has the email "{address}".', self.path, None, hint)
        raise Mistakes([missing, *errors]) if errors else missing


def open_list(
    source: str,
    *,
    fields: Collection[str] | None = None,
    audiences: Collection[str] | None = None,
    allow_reserved: bool = False,
) -> RecipientList:
    """A list by its name: a file of CSV or JSON Lines, `sqlite:FILE?table=NAME`, or `postgresql://…?query=…`.

    `fields` are the merge fields whose values are kept, beside `language`; without them every column is.
    `audiences` are those that a row may name, if not any. `allow_reserved` allows domains that are nobody's,
    such as `.test`. Raises `PressroomError` for any other name, and for a file that is not there.
    """
    rules = RowRules(fields, audiences, allow_reserved)
    if _WEB.match(source):
        hint = "Download the list first, and name the file."
        raise PressroomError("a list is not read from the web.", source, None, hint)
    if match := _SQLITE.fullmatch(source):
        return _open_sqlite(match, rules)
    if match := _POSTGRES.fullmatch(source):
        return _open_postgres(match, rules)
    file = Path(source)
    _check_file(file, source)
    ending = file.suffix.lower()
    if ending in _NOT_READ:
        raise PressroomError("is not a list of recipients that can be read.", source, None, _NOT_READ[ending])
    read = json_rows if ending in {".jsonl", ".ndjson"} else csv_rows
    return RecipientList(source, partial(read, file, source), rules)


def _check_file(file: Path, path: str) -> None:
    """Raise `PressroomError` for a file that is not there, with the nearest name in its folder."""
    if file.is_dir():
        raise PressroomError("is a folder, not a list.", path, None, "Name the file of the list.")
    if not file.exists():
        try:
            names = [each.name for each in file.parent.iterdir() if each.is_file()]
        except OSError:
            names = []
        raise PressroomError("there is no such file.", path, None, suggest(file.name, names))


def _open_sqlite(match: re.Match[str], rules: RowRules) -> RecipientList:
    path, query = match["file"], match["text"]
    if not query:
        hint = "Write sqlite:FILE?table=NAME, or sqlite:FILE?query=SELECT …"
        raise PressroomError("has no table and no query.", path or "sqlite:", None, hint)
    if match["kind"] == "table":
        name = query.replace('"', '""')
        query = f'SELECT * FROM "{name}"'
    _check_file(Path(path), path)
    return RecipientList(path, partial(sqlite_rows, Path(path), path, query), rules)


def _open_postgres(match: re.Match[str], rules: RowRules) -> RecipientList:
    url, query = match["url"], match["query"]
    path = shown_address(url)
    if not query:
        hint = "Write postgresql://user@host/database?query=SELECT …"
        raise PressroomError("has no query.", path, None, hint)
    return RecipientList(path, partial(postgres_rows, url, path, query), rules)
