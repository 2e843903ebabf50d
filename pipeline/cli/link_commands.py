"""`add` and `links`: put links into a roundup's list, and say which of them wait."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.columns import Column
from pipeline.cli.options import complete_tag, json_option, now_option, spelt_tags, time_or_now, workspace_of
from pipeline.support.urls import folder_number

if TYPE_CHECKING:
    from pipeline.actions.add_links import AddedLink
    from pipeline.actions.list_links import ListedLink
    from pipeline.model import LinkItem

NO_LINK = "There is no link yet. Add one: pressroom add https://…"


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--tag", "tags", multiple=True, help="A tag; repeat it for more.", shell_complete=complete_tag)
@click.option("--title", default="", help="The title, instead of the page's; then nothing is fetched.")
@click.option("--comment", default="", help="The comment in Markdown, instead of the page's description.")
@click.option("--via", default="", help="Where you found it: a name or an address.")
@click.option("--allow-private", is_flag=True, help="Also fetch from private networks and this machine.")
@json_option
@now_option
@click.pass_context
def add(
    ctx: click.Context,
    urls: tuple[str, ...],
    tags: tuple[str, ...],
    title: str,
    comment: str,
    via: str,
    allow_private: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Add the link URL to this month's list.

    Title, description and author are taken from the page, tracking parameters are left out, and today
    is its date. A link that is in a list or in an earlier issue already is not added again. URL is -
    for many from standard input: one address a line, with an optional title after it.

    \b
    Examples:
      pressroom add https://example.org/gcc-16 --tag news
      pressroom add https://example.org/gcc-16 --comment "A **faster** linker."
      pressroom add https://example.org/gcc-16 --title "GCC 16"    without the web
      pressroom add - --tag news < addresses.txt
    """
    from pipeline.actions.add_links import LinkRequest, add_links, read_requests
    from pipeline.actions.scaffold import tag_without_section
    from pipeline.errors import PressroomError

    if (title or comment) and (len(urls) > 1 or urls == ("-",)):
        raise click.UsageError("--title and --comment are for one link.")
    workspace = workspace_of(ctx)
    tags = spelt_tags(workspace, tags)
    if urls == ("-",):
        requests = read_requests(sys.stdin.read(), tags, via)
    else:
        requests = tuple(LinkRequest(url, title, comment, tags, via) for url in urls)
    at = time_or_now(now, workspace.files.zone)
    errors: list[PressroomError] = []
    watch = partial(terminal.progress, what="Fetching")
    added = add_links(workspace, requests, at, errors, allow_private=allow_private, watch=watch)
    if as_json:
        terminal.print_json(
            {
                "links": [_added_json(each) for each in added],
                "errors": [each.values for each in errors],
            }
        )
    else:
        for each in added:
            _show_added(each)
    if added and (warning := tag_without_section(workspace, tags)):
        terminal.message(warning)
    if errors:
        terminal.show_mistakes(errors)
        ctx.exit(1)


def _show_added(added: AddedLink) -> None:
    item = added.item
    terminal.result(f"{item.place}  {item.title}")
    published = f"published {added.published:%Y-%m-%d}" if added.published else ""
    if facts := " · ".join(each for each in (item.author, published) if each):
        terminal.result(f"    {facts}")
    if item.comment:
        terminal.result(f"    {item.comment}")


def _added_json(added: AddedLink) -> dict[str, object]:
    published = added.published.isoformat() if added.published else None
    return {**_link_json(added.item), "published": published}


def _link_json(link: LinkItem) -> dict[str, object]:
    return {
        "id": link.id,
        "url": link.url,
        "title": link.title,
        "comment": link.comment,
        "tags": list(link.tags),
        "date": link.date.isoformat() if link.date else None,
        "path": link.place.path,
        "line": link.place.line,
    }


@click.command()
@click.option(
    "--tag",
    "tags",
    multiple=True,
    help="Only links with this tag; repeat it for links with all of several tags.",
    shell_complete=complete_tag,
)
@click.option("--unused", is_flag=True, help="Only links that no frozen issue carries.")
@click.option("--online", is_flag=True, help="Also try the links on the web. Answers are kept for a day.")
@click.option("--allow-private", is_flag=True, help="With --online: also try addresses on private networks.")
@json_option
@now_option
@click.pass_context
def links(
    ctx: click.Context,
    tags: tuple[str, ...],
    unused: bool,
    online: bool,
    allow_private: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """List the links, first those that wait for an issue.

    With --online it exits with 1 if a page is gone.

    \b
    Examples:
      pressroom links
      pressroom links --tag news --unused
      pressroom links --online
    """
    from pipeline.actions.list_links import list_links, try_links
    from pipeline.checks.online_links import LinkVerdict

    workspace = workspace_of(ctx)
    listed = list_links(workspace, tags, unused=unused)
    if online:
        at = time_or_now(now, workspace.files.zone)
        listed = try_links(workspace, listed, at, allow_private=allow_private)
    if as_json:
        terminal.print_json([_listed_json(each) for each in listed])
    else:
        _show_listed(listed, "No link fits these options." if workspace.pool.links else NO_LINK)
    if any(each.answer and each.answer.verdict is LinkVerdict.GONE for each in listed):
        ctx.exit(1)


def _show_listed(listed: tuple[ListedLink, ...], nothing: str) -> None:
    columns = (
        Column("TITLE", shrink_to=24),
        Column("DATE", optional=True),
        Column("STATE", style=terminal.colour_by_text({"waits": "green"})),
        Column("TAGS", shrink_to=16),
        Column("ADDRESS", shrink_to=24, optional=True),
    )
    rows = [
        (
            each.link.title,
            f"{each.link.date:%Y-%m-%d}" if each.link.date else "",
            "in " + ", ".join(str(folder_number(folder) or folder) for folder in each.issues)
            if each.issues
            else "waits",
            ", ".join(each.link.tags),
            each.link.url,
        )
        for each in listed
    ]
    terminal.print_table(columns, rows, nothing)
    for each in listed:
        if each.answer and each.answer.why:
            to = f": {each.answer.location}" if each.answer.location else ""
            terminal.result(f"{each.link.place}: {each.link.url}: {each.answer.why}{to}")


def _listed_json(listed: ListedLink) -> dict[str, object]:
    data = {**_link_json(listed.link), "issues": list(listed.issues)}
    if answer := listed.answer:
        data["online"] = {"verdict": answer.verdict.value, "why": answer.why, "location": answer.location}
    return data
