"""`articles`, `tags` and `status`: list what is in the workspace."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.columns import Column
from pipeline.cli.options import complete_tag, json_option, workspace_of
from pipeline.support.urls import folder_number

if TYPE_CHECKING:
    from pipeline.actions.status import IssueStatus
    from pipeline.export.drafts import PushedDraft
    from pipeline.model import Article

NO_ARTICLE = 'There is no article yet. Make one: pressroom new article "Its title"'


@click.command()
@click.option(
    "--tag",
    "tags",
    multiple=True,
    help="Only articles with this tag; repeat it for articles with all of several tags.",
    shell_complete=complete_tag,
)
@click.option("--unused", is_flag=True, help="Only articles that no frozen issue carries.")
@json_option
@click.pass_context
def articles(ctx: click.Context, tags: tuple[str, ...], unused: bool, as_json: bool) -> None:
    """List the articles of the pool, newest first.

    \b
    Examples:
      pressroom articles
      pressroom articles --tag ketamine --unused
    """
    from pipeline.actions.list_articles import list_articles

    workspace = workspace_of(ctx)
    listed = list_articles(workspace, tags, unused=unused)
    if as_json:
        terminal.print_json([_article_json(*each) for each in listed])
        return
    rows = [
        (
            article.slug,
            article.title,
            f"{article.date:%Y-%m-%d}",
            _article_state(article, issues),
            ", ".join(article.tags),
        )
        for article, issues in listed
    ]
    columns = (
        Column("ARTICLE", shrink_to=24),
        Column("TITLE", shrink_to=24, optional=True),
        "DATE",
        Column("STATE", style=terminal.colour_by_text({"draft": "yellow", "free": "green"})),
        Column("TAGS", shrink_to=24),
    )
    terminal.print_table(columns, rows, "No article fits these options." if workspace.pool else NO_ARTICLE)


def _article_state(article: Article, issues: tuple[str, ...]) -> str:
    if article.draft:
        return "draft"
    if issues:
        return "in " + ", ".join(str(folder_number(folder) or folder) for folder in issues)
    return f"for {', '.join(article.audience)}" if article.audience else "free"


def _article_json(article: Article, issues: tuple[str, ...]) -> dict[str, object]:
    return {
        "slug": article.slug,
        "title": article.title,
        "date": article.date.isoformat(),
        "tags": list(article.tags),
        "audience": list(article.audience),
        "draft": article.draft,
        "path": article.place.path,
        "issues": list(issues),
    }


@click.command()
@json_option
@click.pass_context
def tags(ctx: click.Context, as_json: bool) -> None:
    """List the tags, with how many articles and links have each.

    \b
    Examples:
      pressroom tags
      pressroom tags --json
    """
    pool = workspace_of(ctx).pool
    if as_json:
        terminal.print_json(pool.tags)
        return
    links = Counter(tag for link in pool.links.values() for tag in link.tags)
    shown = 3 if links else 2
    rows = [
        (tag, f"{number - links[tag]:,}", f"{links[tag]:,}")[:shown]
        for tag, number in sorted(pool.tags.items(), key=lambda each: (-each[1], each[0]))
    ]
    terminal.print_table(("TAG", "ARTICLES", "LINKS")[:shown], rows, f"No {pool.noun} has a tag yet.")


@click.command()
@json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show how far each issue is, and what comes next.

    An issue is a draft, open, frozen, changed since it was frozen, being sent, or sent. LAST BUILD is
    the size of its email as it was built last, before any later change. A draft at a service is shown
    with the day it was pushed and the address where an editor opens it, a send with what became of its
    messages so far.

    \b
    Examples:
      pressroom status
      pressroom status --json
    """
    from pipeline.actions.status import issue_statuses

    workspace = workspace_of(ctx)
    statuses = issue_statuses(workspace)
    publication, items = workspace.files.publication, tuple(workspace.pool.candidates.values())
    if as_json:
        counts = {"articles": len(workspace.pool), "links": len(workspace.pool.links)}
        issues = [_status_json(each) for each in statuses]
        terminal.print_json({"publication": publication.title, **counts, "issues": issues})
        return
    shown = f"{terminal.count_items(items)}, {terminal.count(len(statuses), 'issue')}"
    terminal.result(f"{publication.title}: {shown}")
    if statuses:
        terminal.result("")
        rows = [
            (
                str(each.number),
                f"{each.date:%Y-%m-%d}" if each.date else "",
                each.title,
                each.state,
                "" if each.html_bytes is None else terminal.size(each.html_bytes),
                each.next_step,
            )
            for each in statuses
        ]
        terminal.print_table(_STATUS_COLUMNS, rows)
    if any(each.drafts for each in statuses):
        terminal.result("\nDrafts at services")
    for each in statuses:
        for draft in each.drafts:
            _show_draft(each, draft)
    if any(each.sends for each in statuses):
        terminal.result("\nSends")
    for each in statuses:
        for sent in each.sends:
            states = ", ".join(f"{count:,} {state}" for state, count in sent.counts.items())
            terminal.result(f"{each.number}  {sent.started[:16].replace('T', ' ')}  {states}")


_STATUS_COLUMNS = (
    "NO",
    Column("DATE", optional=True),
    Column("TITLE", shrink_to=16),
    Column(
        "STATE",
        style=terminal.colour_by_text(
            {
                "frozen": "green",
                "sent": "green",
                "sending": "yellow",
                "changed": "yellow",
                "broken lock": "red",
                "mistakes": "red",
            }
        ),
    ),
    Column("LAST BUILD", optional=True),
    # A command to copy.
    Column("NEXT"),
)


def _status_json(status: IssueStatus) -> dict[str, object]:
    return {
        "number": status.number,
        "issue": status.folder,
        "title": status.title,
        "date": status.date.isoformat() if status.date else None,
        "state": status.state,
        "built": status.html_bytes is not None,
        "html_bytes": status.html_bytes,
        "next": status.next_step,
        "drafts": [
            {name: getattr(draft, name) for name in ("target", "audience", "id", "address", "pushed")}
            for draft in status.drafts
        ],
        "sends": [asdict(each) for each in status.sends],
    }


def _show_draft(status: IssueStatus, draft: PushedDraft) -> None:
    from pipeline.export.targets import find
    from pipeline.model import TARGETS

    audience = "" if draft.audience == status.audience else f", {draft.audience}"
    title = find(draft.target).title if draft.target in TARGETS else draft.target
    terminal.result(f"{status.number}  {title}{audience}, pushed {draft.pushed[:10]}\n   {draft.address}")
