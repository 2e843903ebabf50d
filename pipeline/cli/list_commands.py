"""`articles`, `tags` and `status`: what is in the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.columns import Column
from pipeline.cli.options import complete_tag, json_option, workspace_of
from pipeline.model import TARGETS

if TYPE_CHECKING:
    from pipeline.export.drafts import PushedDraft
    from pipeline.model import Article, Issue
    from pipeline.workspace import Workspace


@click.command()
@click.option(
    "--tag",
    "tags",
    multiple=True,
    help="Only articles with this tag; several: with all.",
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
    from pipeline.errors import NotFound, suggest

    workspace = workspace_of(ctx)
    for tag in tags:
        if tag not in workspace.pool.tags:
            raise NotFound(f'no article has the tag "{tag}".', hint=suggest(tag, workspace.pool.tags))
    carriers = workspace.assembler.history.carriers()
    found = [
        article
        for article in sorted(workspace.pool.values(), key=lambda each: (each.date, each.slug), reverse=True)
        if all(tag in article.tags for tag in tags) and not (unused and article.slug in carriers)
    ]
    if as_json:
        terminal.as_json([_article_json(article, carriers.get(article.slug, ())) for article in found])
        return
    rows = [
        (
            article.slug,
            article.title,
            f"{article.date:%Y-%m-%d}",
            _state(article, carriers.get(article.slug, ())),
            ", ".join(article.tags),
        )
        for article in found
    ]
    columns = (
        Column("ARTICLE", least=24),
        Column("TITLE", least=24, spare=True),
        "DATE",
        Column("STATE", look=terminal.coloured({"draft": {"fg": "yellow"}, "free": {"fg": "green"}})),
        Column("TAGS", least=24),
    )
    terminal.table(columns, rows)


def _state(article: Article, carriers: tuple[str, ...]) -> str:
    if article.draft:
        return "draft"
    if carriers:
        return "in " + ", ".join(folder.partition("-")[0] for folder in carriers)
    return f"for {', '.join(article.audience)}" if article.audience else "free"


def _article_json(article: Article, carriers: tuple[str, ...]) -> dict[str, object]:
    return {
        "slug": article.slug,
        "title": article.title,
        "date": article.date.isoformat(),
        "tags": list(article.tags),
        "audience": list(article.audience),
        "draft": article.draft,
        "path": article.place.path,
        "issues": list(carriers),
    }


@click.command()
@json_option
@click.pass_context
def tags(ctx: click.Context, as_json: bool) -> None:
    """List the tags and how many articles have each.

    \b
    Examples:
      pressroom tags
      pressroom tags --json
    """
    workspace = workspace_of(ctx)
    if as_json:
        terminal.as_json(workspace.pool.tags)
        return
    rows = sorted(workspace.pool.tags.items(), key=lambda each: (-each[1], each[0]))
    terminal.table(("TAG", "ARTICLES"), [(tag, str(number)) for tag, number in rows])


@click.command()
@json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show each issue and how far it is: draft, open, frozen, changed since, built; and its drafts.

    The drafts are those that were put at services: when, and where an editor opens them.

    \b
    Examples:
      pressroom status
      pressroom status --json
    """
    from pipeline.export.drafts import read_drafts

    workspace = workspace_of(ctx)
    rows = [(issue, *_progress(workspace, issue)) for issue in workspace.issues]
    drafts = {issue.folder: read_drafts(workspace.files.root, issue) for issue in workspace.issues}
    if as_json:
        terminal.as_json(
            {
                "publication": workspace.files.publication.title,
                "articles": len(workspace.pool),
                "issues": [
                    {
                        "number": issue.number,
                        "issue": issue.folder,
                        "title": issue.title,
                        "date": issue.date.isoformat(),
                        "state": state,
                        "built": built,
                        "next": todo,
                        "drafts": [
                            {
                                "target": each.target,
                                "audience": each.audience,
                                "id": each.id,
                                "address": each.address,
                                "pushed": each.pushed,
                            }
                            for each in drafts[issue.folder]
                        ],
                    }
                    for issue, state, built, todo in rows
                ],
            }
        )
        return
    terminal.result(
        f"{workspace.files.publication.title}: {terminal.count(len(workspace.pool), 'article')}, "
        f"{terminal.count(len(workspace.issues), 'issue')}"
    )
    if rows:
        terminal.result("")
        table = [
            (str(issue.number), f"{issue.date:%Y-%m-%d}", issue.title, state, "built" if built else "", todo)
            for issue, state, built, todo in rows
        ]
        columns = ("NO", "DATE", Column("TITLE", least=16), Column("STATE", look=_STATE_LOOK), "EMAIL", _NEXT)
        terminal.table(columns, table)
    _show_drafts([(issue, each) for issue in workspace.issues for each in drafts[issue.folder]])


_NEXT = Column("NEXT", least=24)
_STATE_LOOK = terminal.coloured(
    {"frozen": {"fg": "green"}, "changed": {"fg": "yellow"}, "broken lock": {"fg": "red"}}
)


def _show_drafts(drafts: Sequence[tuple[Issue, PushedDraft]]) -> None:
    from pipeline.export.targets import find

    if not drafts:
        return
    terminal.result("\nDrafts at services")
    for issue, each in drafts:
        audience = "" if each.audience == issue.audiences[0] else f", {each.audience}"
        title = find(each.target).title if each.target in TARGETS else each.target
        terminal.result(f"{issue.number}  {title}{audience}, pushed {each.pushed[:10]}\n   {each.address}")


def _progress(workspace: Workspace, issue: Issue) -> tuple[str, bool, str]:
    """An issue's state, whether its email is built, and the command that comes next."""
    from pipeline.assemble.lock import lock_conflicts

    built = (workspace.files.build / "issues" / issue.folder / "email.html").is_file()
    if issue.draft:
        return "draft", built, "delete `draft: true` when it is ready"
    if issue.folder in workspace.assembler.broken:
        return "broken lock", built, f"pressroom assemble {issue.number} --update"
    lock = workspace.assembler.locks.get(issue.folder)
    if lock is None:
        return "open", built, f"pressroom assemble {issue.number}"
    if lock_conflicts(issue, lock, workspace.assembler.digests(lock.slugs)):
        return "changed", built, f"pressroom build {issue.number}  (says what changed)"
    return "frozen", built, f"pressroom export {issue.number}" if built else f"pressroom build {issue.number}"
