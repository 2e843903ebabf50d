"""A short key for a value, the same in each run: equal keys mean equal values.

Two equal values may have different keys, if one of them was compressed; then something is made once more
than it had to be.
"""

from __future__ import annotations

import copyreg
import hashlib
import io
import pickle
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from pipeline import model
from pipeline.content.compressed import CompressedPart
from pipeline.model import Article


def _reduce(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    names = tuple(field.name for field in fields(kind))
    return lambda value: (tuple, ((kind.__name__, *[getattr(value, name) for name in names]),))


class _KeyPickler(pickle.Pickler):
    """Pickles values so that the bytes depend on them alone, and not on what they share."""

    dispatch_table = copyreg.dispatch_table | {
        kind: _reduce(kind) for kind in vars(model).values() if isinstance(kind, type) and is_dataclass(kind)
    }
    # A file's digest and path say all that is in it; the settings belong to the cache as a whole.
    dispatch_table[Article] = lambda article: (str, (f"{article.place.path} {article.digest}",))
    dispatch_table[CompressedPart] = lambda part: (str, (part.key,))


def value_key(*values: Any) -> bytes:
    """Return the key of some values of the model, all read with the same settings. They have no cycles."""
    out = io.BytesIO()
    pickler = _KeyPickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True  # no references to what was written before
    pickler.dump(values)
    return hashlib.blake2b(out.getbuffer(), digest_size=16).digest()
