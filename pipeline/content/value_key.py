"""Short keys for values, the same in each run: equal keys mean equal values.

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
from datetime import datetime
from operator import attrgetter
from typing import Any

from pipeline import model
from pipeline.content.compressed import CompressedPart
from pipeline.model import Article, ComposedArticle, ComposedEdition


def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    values = attrgetter(*(field.name for field in fields(kind)))
    return lambda value: (kind.__name__, values(value))


_VALUES = {
    kind: _values_of(kind) for kind in vars(model).values() if isinstance(kind, type) and is_dataclass(kind)
}


class ValueKeys:
    """Keys of values of the model, all read with the same settings. The values have no cycles.

    The key of an article and of an edition is made once, however many values contain it.
    """

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, bytes]] = {}
        self._reductions: dict[type, Callable[[Any], Any]] = copyreg.dispatch_table | {
            kind: lambda value, values=values: (tuple, (values(value),)) for kind, values in _VALUES.items()
        }
        self._reductions |= {
            # A file's digest and path say all that is in it; the settings belong to the cache as a whole.
            Article: lambda article: (str, (f"{article.place.path} {article.digest}",)),
            # Its zone would be looked up by name each time.
            datetime: lambda moment: (str, (f"{moment.isoformat()} {moment.tzinfo}",)),
            CompressedPart: lambda part: (bytes, (part.digest,)),
            ComposedArticle: lambda value: (bytes, (self.once(value),)),
            ComposedEdition: lambda value: (bytes, (self.once(value),)),
        }

    def key(self, *values: Any) -> bytes:
        """Return the key of some values. It depends on them alone, and not on what they share."""
        out = io.BytesIO()
        pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._reductions
        pickler.fast = True  # no references to what was written before
        pickler.dump(values)
        return hashlib.blake2b(out.getbuffer(), digest_size=16).digest()

    def once(self, value: ComposedArticle | ComposedEdition) -> bytes:
        """Return the key of an article or an edition, which is made once."""
        if id(value) not in self._made:
            # The value itself is kept, so that no other one gets its id.
            self._made[id(value)] = value, self.key(_VALUES[type(value)](value))
        return self._made[id(value)][1]
