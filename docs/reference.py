"""Writes `docs/commands.md` from the help texts, `checks.md` from the rules, and pages from the targets.

With `--check` it writes nothing, and fails where one is out of date.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
from services import pages

from pipeline.checks.rules import ALL_RULES
from pipeline.cli import main

FOLDER = Path(__file__).parent

COMMANDS = """\
# Every command

Made from the help texts by `python docs/reference.py`; do not edit.

- stdout is the result, stderr is progress and messages; `--json` on everything that reports.
- With `--json` a failure is JSON too: `errors`, a list of objects with `message`, `path`, `line` and
  `hint`.
- Exit code 0: done. 1: findings at error level, or a failure. 2: wrong usage, such as an option that
  does not exist: then stdout is empty and stderr has words, also with `--json`.
"""

CHECKS = """\
# Every rule

Made from the rules by `python docs/reference.py`; do not edit. How to run them, and how to set one
aside, is in [Checking an issue](checking.md).

"""


def contexts(context: click.Context) -> Iterator[click.Context]:
    """The command's context and those of all commands below it, in the order of the help."""
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            _, below, _ = command.resolve_command(context, [name])
            if below is not None:
                yield from contexts(click.Context(below, info_name=name, parent=context))


def commands() -> str:
    """Every command's help as Markdown."""
    root = click.Context(main, info_name="pressroom", max_content_width=88, terminal_width=88)
    parts = [COMMANDS]
    for context in contexts(root):
        parts.append(f"\n## {_path(context)}\n\n```text\n{context.get_help()}\n```\n")
    return "".join(parts)


def checks() -> str:
    """Every rule's explanation as Markdown."""
    rows = "".join(f"| [{r.code}](#{r.code.lower()}) | {r.severity} | {r.title} |\n" for r in ALL_RULES)
    parts = [CHECKS, "| code | severity | rule |\n|---|---|---|\n", rows]
    for rule in ALL_RULES:
        paragraphs = (f"**{rule.title}** ({rule.severity}).", rule.why, rule.remedy)
        wrapped = "\n\n".join(textwrap.fill(each, 100, break_on_hyphens=False) for each in paragraphs)
        parts.append(f"\n## {rule.code}\n\n{wrapped}\n\nRests on: {rule.source}\n")
    return "".join(parts)


def _path(context: click.Context) -> str:
    return f"{_path(context.parent)} {context.info_name}" if context.parent else str(context.info_name)


if __name__ == "__main__":
    for name, text in [("commands.md", commands()), ("checks.md", checks()), *pages()]:
        target = FOLDER / name
        if "--check" not in sys.argv[1:]:
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8")
        elif not target.is_file() or target.read_text(encoding="utf-8") != text:
            sys.exit(f"{target} is out of date: run python docs/reference.py")
