"""The targets, one per file. A new one is a module here with a `TARGET`, and its name in `model.TARGETS`."""

from __future__ import annotations

from importlib import import_module

from pipeline.export.target import Target


def find(name: str) -> Target:
    """The target of this name, which is one of `model.TARGETS`."""
    module = import_module(f"pipeline.export.targets.{name}")
    target: Target = module.TARGET
    return target
