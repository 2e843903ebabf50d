"""Reads a list of recipients as a spreadsheet writes it: CSV with a header, one reader per row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.errors import PressroomError, suggest

EMAIL = "email"
_ALSO_EMAIL = frozenset({"email_address", "e_mail"})
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_COMPARED = 5000
"""How many addresses are compared with one that is not found, for a suggestion."""


def value_of(name: str, text: str, path: str | None = None, line: int | None = None) -> str:
    """The value of a merge field. Raises `PressroomError` for line breaks and other control characters."""
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise PressroomError(
            f'the value of "{name}" has the character U+{ord(forbidden[0]):04X} in it, which no email shows.',
            path,
            line,
            "Delete it.",
        )
    return text.strip()


def recipient(file: Path, path: str, address: str) -> dict[str, str]:
    """The row of the reader with this address, by column; names are as merge fields write them.

    `First Name` is read as `first_name`; commas, semicolons and tabs separate columns. Raises
    `PressroomError` for a file that is not such a list, and unless exactly one row has the address.
    """
    matches: list[tuple[int, dict[str, str]]] = []
    others: list[str] = []
    for line, row in _rows(file, path):
        if row[EMAIL].casefold() == address.casefold():
            matches.append((line, row))
        elif len(others) < _COMPARED:
            others.append(row[EMAIL])
    if not matches:
        hint = suggest(address, others) or "Without --recipient, merge fields hold their fallbacks."
        raise PressroomError(f'no row has the email "{address}".', path, None, hint)
    (line, row), *repeated = matches
    if repeated:
        raise PressroomError(f'"{address}" is in line {line} too.', path, repeated[0][0], "Delete one.")
    return {name: value_of(name, text, path, line) for name, text in row.items() if text}


def all_recipients(file: Path, path: str) -> tuple[dict[str, str], ...]:
    """The first 500 rows, by column. Raises as `recipient` does for the file."""
    return tuple(
        {name: value_of(name, text, path, line) for name, text in row.items() if text}
        for line, row in islice(_rows(file, path), 500)
    )


def _rows(file: Path, path: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not empty, with its line number and the column `email`."""
    reader: Any = None
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            first = source.readline()
            delimiter = max(",;\t", key=first.count)
            names = _names(next(csv.reader([first], delimiter=delimiter), []), path)
            reader = csv.reader(source, delimiter=delimiter, strict=True)
            for cells in reader:
                line = reader.line_num + 1
                if len(cells) > len(names):
                    raise PressroomError(
                        "the row has more cells than the header.",
                        path,
                        line,
                        f"Put a cell with a {delimiter!r} in it in double quotes.",
                    )
                if any(cells):
                    filled = [*map(str.strip, cells), *[""] * (len(names) - len(cells))]
                    yield line, dict(zip(names, filled, strict=True))
    except UnicodeDecodeError as error:
        hint = "In the spreadsheet, save it as CSV with the encoding UTF-8."
        raise PressroomError("is not UTF-8 text.", path, None, hint) from error
    except csv.Error as error:
        hint = "Put the whole cell into double quotes, and write each of its own twice."
        line = reader.line_num + 1 if reader else 1
        message = "is not CSV: the double quotes of a cell do not fit."
        raise PressroomError(message, path, line, hint) from error
    except OSError as error:
        raise PressroomError(f"cannot be read: {error.strerror or error}.", path) from error


def _names(header: list[str], path: str) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in header]
    names = [EMAIL if name in _ALSO_EMAIL else name for name in names]
    if EMAIL not in names:
        columns = ", ".join(cell.strip() for cell in header) or "nothing"
        raise PressroomError('no column is named "email".', path, 1, f"The first line has: {columns}.")
    repeated = next((name for name in names if name and names.count(name) > 1), None)
    if repeated:
        raise PressroomError(f'two columns are named "{repeated}".', path, 1, "Rename one.")
    return names
