"""The keys of services: from the environment, else from the system's keyring. They are written nowhere."""

from __future__ import annotations

import os
from collections.abc import Mapping

from pipeline.errors import PressroomError, raise_all
from pipeline.export.target import PushMethod, Target

KEYRING = "pressroom"
"""The name under which a keyring holds them; the user is the name of the variable."""


def keys_of(target: Target, push: PushMethod) -> Mapping[str, str]:
    """Each key by the name of its variable. Raises `PressroomError` for those that are nowhere, or no key."""
    found = {name: _key(name) for name in (*push.keys, *push.optional)}
    errors = [
        PressroomError(
            f"there is no key for {target.title}.",
            f"--to {target.name}",
            None,
            f"Set {name} in the environment, or store it: keyring set {KEYRING} {name}",
        )
        for name in push.keys
        if not found[name]
    ]
    errors += [
        PressroomError(
            f"what {name} holds is no key: it has a sign that no header takes.", f"--to {target.name}"
        )
        for name, key in found.items()
        if not key.isascii() or not key.isprintable() or " " in key
    ]
    raise_all(errors)
    return {name: key for name, key in found.items() if key}


def _key(name: str) -> str:
    return os.environ.get(name, "").strip() or _from_keyring(name)


def _from_keyring(name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return (keyring.get_password(KEYRING, name) or "").strip()
    except KeyringError:
        return ""
