"""Reads JSON that others wrote: the answers of services, requests, feeds, locks and lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.support.files import read_source
from pipeline.support.merge_conflict import refuse_merge_conflict

DEEPEST = 100
"""How deep objects and lists may be in each other; nobody writes more, and Python's own limit is near."""


def read_json(text: str | bytes, *, strict: bool = True) -> Any:
    """The value of a JSON text. Raises `ValueError` for what is not JSON, or nested too deeply.

    With `strict` a text must not have control characters (RFC 8259, section 7).
    """
    try:
        value = json.loads(text, strict=strict)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # Python's limit of digits
        raise ValueError("it has a number of thousands of digits") from error
    if is_too_deep(value):
        raise ValueError("it is nested too deeply")
    return value


def read_committed_json(file: Path, path: str) -> Any:
    """Return the value of a JSON file that is under version control.

    Raises `PressroomError` if it cannot be read or has a merge conflict, `ValueError` if it is not JSON.
    """
    text = read_source(file, path)
    refuse_merge_conflict(text, path)
    return read_json(text)


def is_too_deep(value: Any) -> bool:
    """Whether objects and lists in a value are deeper in each other than `DEEPEST`."""
    level, depth = [value], 0
    while level := [child for each in level for child in _children(each)]:
        depth += 1
        if depth > DEEPEST:
            return True
    return False


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.values()]
    return value if isinstance(value, list) else []
