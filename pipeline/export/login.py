"""The usual ways in which an API is told who asks, and where it is."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from pipeline.export.target import Login, Request


def header(name: str, form: str = "{}", **more: str) -> Callable[[Login, Request], Mapping[str, str]]:
    """A header that holds the first key, as `form` says; `more` are headers that are always the same."""
    others = {each.replace("_", "-"): value for each, value in more.items()}

    def headers(login: Login, request: Request) -> Mapping[str, str]:
        return {name: form.format(_key(login)), **others}

    return headers


def bearer(**more: str) -> Callable[[Login, Request], Mapping[str, str]]:
    """A bearer token (RFC 6750, section 2.1)."""
    return header("Authorization", "Bearer {}", **more)


def basic(user: str) -> Callable[[Login, Request], Mapping[str, str]]:
    """A user with the key for a password (RFC 7617)."""

    def headers(login: Login, request: Request) -> Mapping[str, str]:
        pair = base64.b64encode(f"{user}:{_key(login)}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    return headers


def at(url: str) -> Callable[[Login], str]:
    """The same address for everyone."""
    return lambda login: url


def _key(login: Login) -> str:
    return next(iter(login.keys.values()), "KEY")
