"""The targets, one per file. A new one is a module here with a `TARGET`, and its name in `model.TARGETS`."""

from __future__ import annotations

from importlib import import_module

from pipeline.errors import PressroomError, suggest
from pipeline.export.target import Target
from pipeline.model import TARGETS


def find(name: str) -> Target:
    """The target of this name. Raises `PressroomError` for an unknown name."""
    if name not in TARGETS:
        hint = suggest(name, TARGETS) or f"The targets are {', '.join(TARGETS)}."
        raise PressroomError(f'there is no target "{name}".', "--to", hint=hint)
    module = import_module(f"pipeline.export.targets.{name}")
    target: Target = module.TARGET
    return target
