"""The keys of services."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import raise_all
from pipeline.export.target import Target
from pipeline.support.secrets import secret, where_to_store


def keys_of(target: Target) -> Mapping[str, str]:
    """Each key by the name of its variable. Raises `PressroomError` for missing and malformed keys."""
    keys = {name: secret(name) for name in (*target.push.keys, *target.push.optional)}
    errors = [
        target.error(f"there is no key for {target.title}.", where_to_store(name))
        for name in target.push.keys
        if not keys[name]
    ]
    errors += [
        target.error(f"the value of {name} is not a key: it has a character that no header takes.")
        for name, key in keys.items()
        if not key.isascii() or not key.isprintable() or " " in key
    ]
    raise_all(errors)
    return {name: key for name, key in keys.items() if key}
