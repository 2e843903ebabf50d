"""Print results, messages, findings and errors: in a terminal, or as JSON."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from dataclasses import replace
from textwrap import fill
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar

import click

from pipeline.cli.columns import GAP, Column, fit_columns
from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from pipeline.deliver.doctor.diagnosis import Diagnosis
    from pipeline.model import ComposedItem, Finding, PoolItem

Item = TypeVar("Item")

AS_JSON = "pressroom.json"
"""The key of a command's context under which it says that it prints JSON."""


# Control characters of a foreign text would command the terminal; those that turn the direction of a line
# would show another text. `style` makes the escapes that may stay.
_UNSAFE = re.compile(
    "\x1b(?!\\[(?:[0124]|3[0-7])m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def result(text: str) -> None:
    """Print a line of the result, on stdout."""
    _print(_printable(text), False)


def message(text: str) -> None:
    """Print a message or progress, on stderr."""
    _print(_printable(text), True)


def print_json(data: Any) -> None:
    """Print the result as JSON, on stdout."""
    import json

    result(json.dumps(data, indent=2, ensure_ascii=False, default=str))


_records: list[list[tuple[str, bool]]] = []
"""Where `_print` adds what it prints."""


def _print(text: str, is_message: bool) -> None:
    for record in _records:
        record.append((text, is_message))
    _erase_bar()
    click.echo(text, err=is_message)


def _printable(text: str) -> str:
    """A text without passwords in its addresses, and with control characters as escapes that JSON has too."""
    from pipeline.support.urls import hide_password

    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", hide_password(text))


@contextmanager
def recorded() -> Iterator[list[tuple[str, bool]]]:
    """Collect what is printed in this block, for `replay`."""
    _records.append([])
    try:
        yield _records[-1]
    finally:
        _records.pop()


def replay(output: Iterable[tuple[str, bool]]) -> None:
    """Print again what was recorded."""
    for text, is_message in output:
        _print(text, is_message)


def appearance() -> tuple[object, ...]:
    """Tell apart the terminals in which the same result is printed in different ways."""
    colours = os.environ.get("NO_COLOR"), os.environ.get("TERM")
    return terminal_width(sys.stdout), terminal_width(sys.stderr), *colours


def fail(ctx: click.Context, error: PressroomError) -> NoReturn:
    """Show an error, or each mistake in `Mistakes`, and exit with 1. With `--json` they are JSON too."""
    mistakes = error.errors
    if ctx.meta.get(AS_JSON):
        try:
            print_json({"errors": [each.values for each in mistakes]})
        except BrokenPipeError:
            raise
        except OSError:
            pass  # a full disk: stderr says so
    show_mistakes(mistakes)
    if len(mistakes) > 1:
        reads = ctx.invoked_subcommand in _READING
        undone = ctx.meta.get(LEFT_UNDONE, "" if reads else "Nothing was written.")
        message(f"\n{len(mistakes):,} mistakes. {undone}".rstrip())
    ctx.exit(1)


def show_mistakes(errors: Iterable[PressroomError], as_warnings: bool = False) -> None:
    """Show errors on stderr: where, what, and what to do."""
    shown = click.get_current_context().meta.setdefault(_SHOWN, [])
    for error in errors:
        shown.append(error)
        place = error.path or ""
        if place and error.line is not None:
            place = f"{place}:{error.line}"
        if as_warnings:
            show_wrapped(message, f"{place}: warning: ".removeprefix(": "), error, fg="yellow")
        else:
            show_wrapped(message, f"{place}: " if place else "error: ", error, fg="red", bold=True)


def show_other_mistakes(ctx: click.Context) -> None:
    """Show as warnings what is wrong in the workspace, but has not stopped this command."""
    shown = ctx.meta.get(_SHOWN, [])
    mistakes = ctx.meta.get(MISTAKES, ())
    show_mistakes((each for each in mistakes if not any(each is other for other in shown)), as_warnings=True)


LEFT_UNDONE = "pressroom.undone"
"""The key for what is said of a command that has not done its work."""

_READING = ("articles", "links", "tags", "plan", "check", "preview", "status", "doctor", "completion")
"""The commands that write nothing, whatever happens."""

MISTAKES = "pressroom.mistakes"
"""The key for the mistakes of the workspace in the context of the command."""
_SHOWN = "pressroom.shown"


def show_findings(findings: Iterable[Finding], show: Callable[[str], None] = message) -> int:
    """Show findings, on stderr or with `show`. Returns the number of those at error level."""
    errors = 0
    for finding in findings:
        severity = finding.severity.value
        errors += severity == "error"
        show_wrapped(show, f"{finding.place}: {severity} {finding.code}: ", finding, fg=COLOURS[severity])
    return errors


def show_wrapped(
    show: Callable[[str], None], head: str, what: Finding | PressroomError | Diagnosis, **look: Any
) -> None:
    """Show a message after its styled head, and its hint, both wrapped if they go to a terminal."""
    width = terminal_width(sys.stderr if show is message else sys.stdout)
    text = _wrap(head + what.message, width)
    # In a narrow terminal the head itself may be broken.
    show(style(head, **look) + text.removeprefix(head) if text.startswith(head) else text)
    if what.hint:
        show(_wrap(f"    {what.hint}", width))


def _wrap(text: str, width: int | None) -> str:
    """Wrap each line between words; an address or a path is never broken."""
    if width is None:
        return text
    return "\n".join(
        fill(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )


COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def print_counts(findings: Sequence[Finding], before: str = "", after: str = "") -> None:
    """Print how many findings there are of each severity, and how to look up a code."""
    result(f"{before}{count_levels([each.severity.value for each in findings])}{after}")
    if findings:
        result(f"What a code means: pressroom check --explain {findings[0].code}")


def count_levels(levels: Sequence[str]) -> str:
    """Format how many there are of each severity: `1 error, 0 warnings, 2 notes`."""
    return ", ".join(count(levels.count(level), level) for level in COLOURS)


def size(count: int) -> str:
    """Format a number of bytes for people: 812 B, 14 KB, 1.2 MB (1 KB is 1,024 bytes)."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def count(number: int, noun: str) -> str:
    """Format a count with its noun: `1 article`, `2 articles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def count_items(items: Sequence[PoolItem | ComposedItem | None]) -> str:
    """Format the count of articles and of link items: `2 articles, 25 links`, or one of the two."""
    from pipeline.model import ComposedLink, LinkItem

    links = sum(isinstance(each, LinkItem | ComposedLink) for each in items)
    counts = [count(len(items) - links, "article")] if links < len(items) or not links else []
    return ", ".join([*counts, count(links, "link")] if links else counts)


def count_contents(items: Sequence[PoolItem | ComposedItem | None]) -> str:
    """Format what an issue has beside its letter."""
    return count_items(items) if items else "the letter alone"


def print_table(header: Sequence[str | Column], rows: Sequence[Sequence[str]], nothing: str = "") -> None:
    """Print columns with a header on stdout, fitted to the terminal. A last column without options is cut.

    Without rows the message `nothing` is shown in place of them.
    """
    if not rows:
        message(nothing)
        return
    columns = [each if isinstance(each, Column) else Column(each) for each in header]
    if isinstance(header[-1], str):
        columns[-1] = replace(columns[-1], shrink_to=8)
    titles, *cells = fit_columns(columns, rows, terminal_width())
    result(style(_join(titles), dim=True))
    result("\n".join(map(_join, cells)))


def format_rows(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int | None) -> Iterator[str]:
    """Format rows without a header, as lines of at most `room` characters."""
    return map(_join, fit_columns(columns, rows, room)[1:])


def _join(cells: Sequence[str]) -> str:
    return (" " * GAP).join(cells).rstrip()


def style(text: str, **look: Any) -> str:
    """Style a text with `click.style`, unless NO_COLOR is set (no-color.org) or the terminal is dumb.

    Click removes the colours again if the output is not a terminal.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return click.style(text, **look)


def colour_by_text(colours: Mapping[str, str]) -> Callable[[str], str]:
    """Return a style for the cells of a column: a colour that depends on their text."""
    return lambda cell: style(cell, fg=colours[cell.strip()]) if cell.strip() in colours else cell


def terminal_width(stream: TextIO | None = None) -> int | None:
    """Return the terminal's width in characters, or None if the stream (stdout) is not a terminal."""
    import shutil

    return shutil.get_terminal_size().columns if (stream or sys.stdout).isatty() else None


def progress(items: Iterable[Item], what: str) -> Iterator[Item]:
    """Yield the items; on a terminal, show a bar once the work has taken over a second.

    Of items whose number is not known, it shows how many there were.
    """
    total = len(items) if isinstance(items, Sized) else 0
    started = time.monotonic()
    for n, item in enumerate(items):
        if sys.stderr.isatty() and time.monotonic() - started > 1:
            done = n * 24 // total if total else 0
            bar = f"[{'#' * done}{'.' * (24 - done)}] {n:,}/{total:,}" if total else f"{n:,}"
            if context := click.get_current_context(silent=True):
                context.meta[_BAR] = True
            click.echo(f"\r{what} {bar}", nl=False, err=True)
        yield item
    _erase_bar()


def show_progress(text: str) -> None:
    """Show how far a long work is, on the last line of a terminal."""
    if sys.stderr.isatty() and (context := click.get_current_context(silent=True)):
        _erase_bar()
        context.meta[_BAR] = True
        width = terminal_width(sys.stderr) or 80
        click.echo(f"\r{text[: width - 1]}", nl=False, err=True)


_BAR = "pressroom.bar"
"""The key of a command's context under which it says that a progress bar is on the terminal's last line."""


def _erase_bar() -> None:
    context = click.get_current_context(silent=True)
    if context and context.meta.pop(_BAR, False):
        click.echo("\r\x1b[K", nl=False, err=True)
