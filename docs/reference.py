"""Writes `docs/commands.md` from the help texts; with `--check`, fails where it is out of date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli import main

TARGET = Path(__file__).parent / "commands.md"

HEAD = """\
# Every command

Made from the help texts by `python docs/reference.py`; do not edit.

- stdout is the result, stderr is progress and messages; `--json` on everything that reports.
- Exit code 0: done. 1: findings at error level, or a failure. 2: wrong usage.
"""


def contexts(context: click.Context) -> Iterator[click.Context]:
    """The command's context and those of all commands below it, in the order of the help."""
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from contexts(click.Context(below, info_name=name, parent=context))


def reference() -> str:
    """The reference as Markdown."""
    root = click.Context(main, info_name="pressroom", max_content_width=88, terminal_width=88)
    parts = [HEAD]
    for context in contexts(root):
        parts.append(f"\n## {_path(context)}\n\n```text\n{context.get_help()}\n```\n")
    return "".join(parts)


def _path(context: click.Context) -> str:
    return f"{_path(context.parent)} {context.info_name}" if context.parent else str(context.info_name)


if __name__ == "__main__":
    text = reference()
    if "--check" in sys.argv[1:]:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET} is out of date: run python docs/reference.py")
    else:
        TARGET.write_text(text, encoding="utf-8")
