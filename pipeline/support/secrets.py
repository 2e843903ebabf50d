"""Secrets of the user: from the environment, else from the system's keyring. They are never written."""

from __future__ import annotations

import os

KEYRING = "pressroom"
"""The service name of the secrets in a keyring; the user name is that of the variable."""


def secret(name: str) -> str:
    """The secret of this name, empty if nobody has stored it."""
    if value := os.environ.get(name, "").strip():
        return value
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return (keyring.get_password(KEYRING, name) or "").strip()
    except KeyringError:
        return ""


def where_to_store(name: str) -> str:
    """What to do where a secret is missing."""
    return f"Set {name} in the environment, or store it: keyring set {KEYRING} {name}"
