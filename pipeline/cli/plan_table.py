"""How a plan looks: the sections of each edition with their articles, and what is out, by reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.assemble.select import NO_SECTION
from pipeline.cli import terminal
from pipeline.cli.columns import Column

if TYPE_CHECKING:
    from pipeline.model import Article, Decision, Issue
    from pipeline.workspace import Workspace

_FROZEN = "frozen"
_EDITED = "edited since"

_COLUMNS = (
    Column(
        look=terminal.coloured({"in": {"fg": "green"}, "pinned": {"fg": "cyan"}, "out": {"fg": "yellow"}})
    ),
    Column(least=24),
    Column(look=lambda cell: terminal.style(cell, dim=True)),
    Column(least=16, look=terminal.coloured({_EDITED: {"fg": "red"}})),
    Column(spare=True, look=lambda cell: terminal.style(cell, dim=True)),
)
"""Mark, title, date, tags, and the slug where there is workspace."""

_Row = tuple[str, ...]


class _RowGroup(NamedTuple):
    """Rows below one heading, and the count that stands beside it."""

    name: str
    size: str
    rows: list[_Row]


def show_plan(workspace: Workspace, issue: Issue, decisions: Sequence[Decision], everything: bool) -> None:
    """Print the plan of an issue. `everything` lists articles whose tags no section takes, too."""
    lock = workspace.assembler.locks.get(issue.folder)
    state = terminal.style("frozen", fg="green") if lock else terminal.style("not frozen yet", fg="yellow")
    title = terminal.style(f"Issue {issue.number}, {issue.title}", bold=True)
    terminal.result(f"{title}, {issue.date:%Y-%m-%d}, {state}")
    if lock:
        terminal.result(
            terminal.style("issue.lock holds the choice: what joins the pool changes nothing.", dim=True)
        )
    edited = workspace.assembler.edited(issue)
    for audience in issue.audiences:
        mine = [each for each in decisions if each.audience == audience]
        place = {slug: n for n, slug in enumerate(workspace.assembler.reading_order(issue, audience))}
        taken = sorted((each for each in mine if each.taken), key=lambda each: place[each.slug])
        out = [each for each in mine if not each.taken]
        hidden = 0 if everything else sum(each.short == NO_SECTION for each in out)
        groups = [
            *_sections(workspace, issue, taken, edited),
            *_reasons(workspace, (each for each in out if everything or each.short != NO_SECTION)),
        ]
        said = f"Edition for {audience}: {terminal.count(len(taken), 'article')}"
        terminal.result("\n" + terminal.style(said, bold=True, underline=True))
        _show_groups(groups)
        if hidden:
            terminal.result(
                f"\nand {terminal.count(hidden, 'article')} whose tags no section takes (--all lists them)"
            )


def _show_groups(groups: Sequence[_RowGroup]) -> None:
    """Each group below its heading; the columns are those of all groups, so that the eye runs down."""
    workspace = terminal.columns_of_terminal()
    rows = [row for group in groups for row in group.rows]
    lines = terminal.lines(_COLUMNS, rows, workspace and workspace - 2)
    for group in groups:
        terminal.result(f"\n{terminal.style(group.name, bold=True)}  {terminal.style(group.size, dim=True)}")
        for _ in group.rows:
            terminal.result(f"  {next(lines)}")


def _sections(
    workspace: Workspace, issue: Issue, taken: Sequence[Decision], edited: frozenset[str]
) -> Iterable[_RowGroup]:
    """The sections in reading order, and then those that get nothing."""
    limits = {rule.title: rule.limit for rule in issue.sections}
    titles = dict.fromkeys([*(each.section or "" for each in taken), *limits])
    for title in titles:
        rows = []
        for each in taken:
            if each.section == title:
                why = each.reason.removesuffix(f"; {_FROZEN}").removeprefix("tagged ")
                pinned = why == "pinned"
                article = workspace.pool.get(each.slug)
                tags = ", ".join(article.tags) if article and (pinned or why == _FROZEN) else why
                note = _EDITED if each.slug in edited else tags
                rows.append(_row("pinned" if pinned else "in", each.slug, article, note))
        limit = limits.get(title)
        count = str(len(rows)) if limit is None else f"{len(rows)} of at most {limit}"
        yield _RowGroup(title, count, rows)


def _reasons(workspace: Workspace, out: Iterable[Decision]) -> Iterable[_RowGroup]:
    """What is out, by reason; what the issue asks nothing of comes last."""
    by_reason: dict[str, list[_Row]] = {}
    for each in out:
        article = workspace.pool.get(each.slug)
        tags = ", ".join(article.tags) if article else ""
        by_reason.setdefault(each.short, []).append(_row("out", each.slug, article, tags))
    for reason in sorted(by_reason, key=lambda each: each == NO_SECTION):
        rows = by_reason[reason]
        yield _RowGroup(f"Out: {reason}", str(len(rows)), sorted(rows, key=_date, reverse=True))


def _date(row: _Row) -> str:
    return row[2]


def _row(mark: str, slug: str, article: Article | None, note: str) -> _Row:
    if article is None:
        return mark, slug, "", "deleted since", ""
    return mark, article.title, f"{article.date:%Y-%m-%d}", note, slug
