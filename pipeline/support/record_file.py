"""Lists of records beside a lock, committed like it: JSON with a version, and the list under a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import PressroomError
from pipeline.support.files import read_source, write_atomically
from pipeline.support.json_text import read_json
from pipeline.support.merge_conflict import refuse_merge_conflict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record")


def read_record_list(
    root: Path, path: str, key: str, read_record: Callable[[Mapping[str, Any]], Record], hint: str
) -> tuple[Record, ...]:
    """Read the list under `key` in the order of the file; empty without a file.

    `read_record` raises `ValueError`, `KeyError` or `TypeError` for what is not a record. Raises
    `PressroomError` with the hint for a file that cannot be read.
    """
    if not (root / path).is_file():
        return ()
    text = read_source(root / path, path)
    # Each machine has noted what it did: what is deleted would be done again.
    refuse_merge_conflict(text, path, keep="the records of both")
    try:
        return tuple(read_record(item) for item in read_json(text)[key])
    except (ValueError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", None)
        raise PressroomError(f"is not a list of {key} that can be read.", path, line, hint) from error


def write_record_list(root: Path, path: str, key: str, records: Iterable[DataclassInstance]) -> None:
    """Write a list of records under `key`."""
    text = json.dumps({"version": 1, key: [asdict(each) for each in records]}, indent=2, ensure_ascii=False)
    write_atomically(root / path, f"{text}\n".encode(), durable=True)
