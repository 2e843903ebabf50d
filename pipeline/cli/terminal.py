"""How results, messages and errors look in a terminal, and as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from pipeline.cli.columns import GAP, Column, fitted
from pipeline.errors import PressroomError, flatten

if TYPE_CHECKING:
    from pipeline.model import Finding

Item = TypeVar("Item")


def result(text: str) -> None:
    """A line of the result, on stdout."""
    click.echo(text)


def message(text: str) -> None:
    """A message or progress, on stderr."""
    click.echo(text, err=True)


def as_json(data: Any) -> None:
    """The result as JSON, on stdout."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def fail(ctx: click.Context, error: PressroomError) -> NoReturn:
    """Show every mistake that an error stands for, and exit with 1."""
    found = flatten(error)
    mistakes(found)
    if len(found) > 1:
        message(f"\n{len(found)} mistakes. Nothing was written.")
    ctx.exit(1)


def mistakes(found: Iterable[PressroomError]) -> None:
    """Show mistakes: where, what, and what to do."""
    for each in found:
        place = each.path or ""
        if place and each.line is not None:
            place = f"{place}:{each.line}"
        head = style(f"{place}: " if place else "error: ", fg="red", bold=True)
        message(head + each.message)
        if each.hint:
            message(f"    {each.hint}")


def findings(found: Iterable[Finding]) -> int:
    """Show findings on stderr; gives the number of those at error level."""
    from pipeline.model import Severity

    errors = 0
    for each in found:
        errors += each.severity is Severity.ERROR
        for line in _finding(each):
            message(line)
    return errors


def finding(each: Finding) -> None:
    """A finding as a result, on stdout."""
    for line in _finding(each):
        result(line)


def _finding(each: Finding) -> Iterator[str]:
    place = f"{each.place.path}:{each.place.line}" if each.place.line else each.place.path
    yield (
        style(f"{place}: {each.severity.value} {each.code}: ", fg=_COLOURS[each.severity.value])
        + each.message
    )
    if each.hint:
        yield f"    {each.hint}"


_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def paragraph(text: str) -> None:
    """A paragraph of the result, wrapped, with an empty line after it."""
    result(click.wrap_text(text, width=min(columns_of_terminal() or 80, 80)) + "\n")


def size(count: int) -> str:
    """A number of bytes for people: 812 B, 14 KB, 1.2 MB (1 KB is 1,024 bytes)."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def count(number: int, noun: str) -> str:
    """`1 article`, `2 articles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def table(header: Sequence[str | Column], rows: Sequence[Sequence[str]]) -> None:
    """Columns with a header, on stdout, fitted to the terminal. The last one may be cut to fit."""
    columns = [each if isinstance(each, Column) else Column(each) for each in header]
    if columns[-1].least is None:
        columns[-1] = replace(columns[-1], least=8)
    titles, *cells = fitted(columns, rows, columns_of_terminal())
    result(style(_line(titles), dim=True))
    for row in cells:
        result(_line(row))


def lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int | None) -> Iterator[str]:
    """Rows without a header, as lines of at most `room` columns."""
    return map(_line, fitted(columns, rows, room)[1:])


def _line(cells: Sequence[str]) -> str:
    return (" " * GAP).join(cells).rstrip()


def style(text: str, **look: Any) -> str:
    """The text as `click.style` has it, unless NO_COLOR is set (no-color.org) or the terminal is dumb.

    Where the output is no terminal, Click takes the colours away again.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return click.style(text, **look)


def coloured(looks: Mapping[str, Mapping[str, Any]]) -> Callable[[str], str]:
    """The look of a column whose cells are coloured by what they say."""
    return lambda cell: style(cell, **looks[cell.strip()]) if cell.strip() in looks else cell


def columns_of_terminal() -> int | None:
    """The terminal's width, or None where stdout is no terminal."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def progress(items: Iterable[Item], what: str) -> Iterable[Item]:
    """The items one by one, with a bar on a terminal once the work has taken over a second."""
    import time

    todo = list(items)
    started = time.monotonic()
    shown = False
    for n, item in enumerate(todo):
        if sys.stderr.isatty() and time.monotonic() - started > 1:
            shown = True
            done = n * 24 // len(todo)
            click.echo(f"\r{what} [{'#' * done}{'.' * (24 - done)}] {n}/{len(todo)}", nl=False, err=True)
        yield item
    if shown:
        click.echo("\r\x1b[K", nl=False, err=True)
