"""Pressroom: from tagged article files to a newsletter issue that is ready to send.

These names are the public interface (docs/python.md). They are imported on first use, so that
`pressroom --help` need not wait for all of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.actions.build import build_workspace
    from pipeline.actions.check import check_issue
    from pipeline.actions.export import export_issue
    from pipeline.actions.prepare import render_email
    from pipeline.errors import PressroomError
    from pipeline.model import Article, Edition, Finding, Issue, RenderedEmail, Severity
    from pipeline.workspace import Workspace, open_workspace

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Edition",
    "Finding",
    "Issue",
    "PressroomError",
    "RenderedEmail",
    "Severity",
    "Workspace",
    "__version__",
    "build_workspace",
    "check_issue",
    "export_issue",
    "open_workspace",
    "render_email",
]

_MODULES = {
    "Article": "model",
    "Edition": "model",
    "Finding": "model",
    "Issue": "model",
    "PressroomError": "errors",
    "RenderedEmail": "model",
    "Severity": "model",
    "Workspace": "workspace",
    "build_workspace": "actions.build",
    "check_issue": "actions.check",
    "export_issue": "actions.export",
    "open_workspace": "workspace",
    "render_email": "actions.prepare",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
