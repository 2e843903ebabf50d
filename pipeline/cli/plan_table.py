"""Print the plan of an issue: each edition's sections with their items, and what is out, by reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.assemble.select import CARRIED, NO_SECTION
from pipeline.cli import terminal
from pipeline.cli.columns import Column

if TYPE_CHECKING:
    from pipeline.actions.plan import IssuePlan, PlannedEdition, PlannedItem

_FROZEN = "frozen"
_EDITED = "edited since"

_COLUMNS = (
    Column(style=terminal.colour_by_text({"in": "green", "pinned": "cyan", "out": "yellow"})),
    Column(shrink_to=24),
    Column(style=lambda cell: terminal.style(cell, dim=True)),
    Column(shrink_to=16, style=terminal.colour_by_text({_EDITED: "red"})),
    Column(optional=True, style=lambda cell: terminal.style(cell, dim=True)),
)
"""Mark, title, date, tags, and the slug or id if there is room for it."""

_COUNTED = {CARRIED: "that earlier issues carried", NO_SECTION: "whose tags no section takes"}
"""Why an item is only counted, by what its reason begins with."""

_Row = tuple[str, ...]


class _RowGroup(NamedTuple):
    """Rows below one heading, and the count shown beside it."""

    heading: str
    size: str
    rows: list[_Row]


def show_plan(plan: IssuePlan, everything: bool) -> None:
    """Print the plan of an issue. `everything` includes the items of which there are more with each issue."""
    issue = plan.issue
    state = (
        terminal.style("frozen", fg="green") if plan.frozen else terminal.style("not frozen yet", fg="yellow")
    )
    title = terminal.style(f"Issue {issue.number}, {issue.title}", bold=True)
    terminal.result(f"{title}, {issue.date:%Y-%m-%d}, {state}")
    if plan.frozen:
        text = (
            "issue.lock has the selection: what is new in the pool changes nothing. To choose again: "
            f"pressroom assemble {issue.number} --update"
        )
        terminal.result(terminal.style(text, dim=True))
    for edition in plan.editions:
        taken = [each.item for section in edition.sections for each in section.items]
        # Without articles and words it cannot be frozen: that is not the letter alone.
        contents = terminal.count_contents(taken) if issue.letter.strip() else terminal.count_items(taken)
        heading = f"Edition for {edition.audience}: {contents}"
        terminal.result("\n" + terminal.style(heading, bold=True, underline=True))
        shown, counts = (edition.out, "") if everything else _counted(edition.out)
        _show_groups([*_section_groups(edition), *_reason_groups(shown)])
        if counts:
            terminal.result(f"\nand {counts} (--all lists them)")


def _counted(out: Iterable[PlannedItem]) -> tuple[Sequence[PlannedItem], str]:
    """Return the items that are out and listed, and the counts of the others in words."""
    shown: list[PlannedItem] = []
    counted: dict[str, list[PlannedItem]] = {why: [] for why in _COUNTED}
    for each in out:
        why = next((why for why in counted if each.decision.short.startswith(why)), None)
        (counted[why] if why else shown).append(each)
    counts = (
        f"{terminal.count_items([each.item for each in items])} {_COUNTED[why]}"
        for why, items in counted.items()
        if items
    )
    return shown, ", ".join(counts)


def _show_groups(groups: Sequence[_RowGroup]) -> None:
    """Print each group below its heading, with the same columns for all groups."""
    width = terminal.terminal_width()
    rows = [row for group in groups for row in group.rows]
    lines = terminal.format_rows(_COLUMNS, rows, width and width - 2)
    for group in groups:
        heading, count = terminal.style(group.heading, bold=True), terminal.style(group.size, dim=True)
        terminal.result("\n".join((f"\n{heading}  {count}", *(f"  {next(lines)}" for _ in group.rows))))


def _section_groups(edition: PlannedEdition) -> Iterable[_RowGroup]:
    """Yield the sections in reading order, then the empty ones."""
    for section in sorted(edition.sections, key=lambda each: not each.items):
        rows = []
        for each in section.items:
            reason = each.decision.reason.removesuffix(f"; {_FROZEN}").removeprefix("tagged ")
            if each.pinned or reason == _FROZEN:
                reason = _tags(each)
            rows.append(_row("pinned" if each.pinned else "in", each, _EDITED if each.edited else reason))
        count = f"{len(rows):,}" + (f" of at most {section.limit:,}" if section.limit else "")
        yield _RowGroup(section.title or "(no title)", count, rows)


def _reason_groups(out: Iterable[PlannedItem]) -> Iterable[_RowGroup]:
    """Yield what is out, by reason; items whose tags no section takes come last."""
    by_reason: dict[str, list[_Row]] = {}
    for each in out:
        by_reason.setdefault(each.decision.short, []).append(_row("out", each, _tags(each)))
    for reason in sorted(by_reason, key=lambda each: each == NO_SECTION):
        rows = sorted(by_reason[reason], key=lambda row: row[2], reverse=True)  # by date
        yield _RowGroup(f"Out: {reason}", f"{len(rows):,}", rows)


def _tags(planned: PlannedItem) -> str:
    return ", ".join(planned.item.tags) if planned.item else planned.decision.reason


def _row(mark: str, planned: PlannedItem, note: str) -> _Row:
    item = planned.item
    if item is None:
        return mark, planned.key, "", "deleted since", ""
    return (
        mark,
        item.title,
        f"{item.date:%Y-%m-%d}" if item.date and item.date.year > 1 else "",
        note,
        planned.key,
    )
