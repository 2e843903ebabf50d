"""The keys of services: from the environment, else from the system's keyring. They are never written."""

from __future__ import annotations

import os
from collections.abc import Mapping

from pipeline.errors import raise_all
from pipeline.export.target import Target

KEYRING = "pressroom"
"""The service name of the keys in a keyring; the user name is that of the variable."""


def keys_of(target: Target) -> Mapping[str, str]:
    """Each key by the name of its variable. Raises `PressroomError` for missing and malformed keys."""
    keys = {name: _key(name) for name in (*target.push.keys, *target.push.optional)}
    errors = [
        target.error(
            f"there is no key for {target.title}.",
            f"Set {name} in the environment, or store it: keyring set {KEYRING} {name}",
        )
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


def _key(name: str) -> str:
    if key := os.environ.get(name, "").strip():
        return key
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return (keyring.get_password(KEYRING, name) or "").strip()
    except KeyringError:
        return ""
