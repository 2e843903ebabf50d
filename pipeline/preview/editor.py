"""Open a file of the workspace in the editor named by `$VISUAL` or `$EDITOR`."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from pipeline.errors import PressroomError

_TERMINAL_EDITORS = frozenset(
    {"vi", "vim", "nvim", "nano", "pico", "emacs", "micro", "helix", "hx", "kak", "joe", "ed"}
)
"""Editors that run in a terminal, and so cannot be started from a page."""

_WITH_GOTO = frozenset({"code", "code-insiders", "codium", "cursor", "windsurf"})
_WITH_COLON = frozenset({"subl", "zed", "atom", "mate", "xed"})
_SOURCE_SUFFIXES = frozenset({".md", ".markdown", ".toml", ".j2", ".css", ".txt", ".lock", ".json"})


def open_file(root: Path, path: str, line: int | None) -> None:
    """Start the editor at a line. Raises `PressroomError` for a file that is not a source, or no editor."""
    file = (root / path).resolve()
    if not file.is_relative_to(root.resolve()) or not file.is_file() or file.suffix not in _SOURCE_SUFFIXES:
        raise PressroomError("is not a source file of this workspace.", path)
    command = _command(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "", file, line)
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise PressroomError(f"the editor `{command[0]}` does not start: {error.strerror}.", path) from error


def _command(editor: str, file: Path, line: int | None) -> list[str]:
    try:
        words = shlex.split(editor)
    except ValueError:
        words = []
    if not words or not shutil.which(words[0]):
        raise PressroomError(
            f"no editor is set: open {file.name} at line {line or 1}.",
            hint='Set VISUAL or EDITOR, such as EDITOR="code", or editor_url in newsletter.toml.',
        )
    name = Path(words[0]).name
    if name in _TERMINAL_EDITORS and not (name == "emacs" and os.environ.get("DISPLAY")):
        raise PressroomError(
            f"`{name}` needs a terminal: open {file.name} at line {line or 1} there.",
            hint="Set VISUAL to an editor with a window, or editor_url in newsletter.toml.",
        )
    if name in _WITH_GOTO:
        return [*words, "--goto", f"{file}:{line or 1}"]
    if name in _WITH_COLON:
        return [*words, f"{file}:{line or 1}"]
    return [*words, *([f"+{line}"] if line and name in {"gvim", "emacs", "kate", "gedit"} else []), str(file)]
