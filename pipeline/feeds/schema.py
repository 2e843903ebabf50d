"""Feeds held against their formats' schemas, written for this project from the specifications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from pipeline.feeds.xml import schema_mistakes

_FOLDER = Path(__file__).parent / "schemas"


def mistakes(kind: str, data: bytes) -> Iterator[tuple[int | None, str]]:
    """Line and message of what does not fit the format `kind`: `rss`, `atom` or `json`.

    The feed must be well formed.
    """
    if kind == "json":
        for error in sorted(_validator().iter_errors(json.loads(data)), key=lambda each: str(each.path)):
            where = "/".join(map(str, error.absolute_path))
            yield None, f"{where}: {error.message[:200]}" if where else error.message[:200]
    else:
        yield from schema_mistakes(data, str(_FOLDER / f"{kind}.rng"))


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = json.loads((_FOLDER / "json-feed.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)
