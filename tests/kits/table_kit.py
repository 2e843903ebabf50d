"""Rows of a wide table: a core of them runs always, the rest is marked slow and runs in CI."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Any

import pytest


def rows(values: Iterable[Any], core: Container[Any], name: Callable[[Any], str] = str) -> list[Any]:
    """Parameters for `pytest.mark.parametrize`; `name` writes a row's id."""
    return [
        pytest.param(value, id=name(value), marks=() if value in core else pytest.mark.slow)
        for value in values
    ]
