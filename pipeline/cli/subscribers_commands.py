"""`subscribers`: who must get no mail, and the deletion of what is known of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import now_option, time_or_now, workspace_of

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def subscribers() -> None:
    """Keep the list of those who must get no mail.

    It also forgets people. The list is part of the ledger, .pressroom/deliver.sqlite, and has digests
    in place of addresses. `send` looks at it before each message.

    \b
    Examples:
      pressroom subscribers suppress ada@example.org
      pressroom subscribers forget ada@example.org
    """


@subscribers.command()
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option(
    "--from",
    "file",
    metavar="LIST",
    help="All people of a list, such as those who unsubscribed at another service; asks first.",
)
@click.option("--token", "tokens", multiple=True, metavar="TOKEN", help="Who has this {token}; repeatable.")
@click.option(
    "--bounced",
    multiple=True,
    metavar="HEX",
    help="Whose mail came back, by the {recipient} of return_path; repeatable.",
)
@click.option("--reason", help="Why, in words.  [default: unsubscribed, or bounced]")
@click.option("--yes", is_flag=True, help="With --from: do not ask.")
@now_option
@click.pass_context
def suppress(
    ctx: click.Context,
    addresses: tuple[str, ...],
    file: str | None,
    tokens: tuple[str, ...],
    bounced: tuple[str, ...],
    reason: str | None,
    yes: bool,
    now: datetime | None,
) -> None:
    """Send nothing to ADDRESS from now on.

    --token and --bounced take what came in at unsubscribe_endpoint and at return_path.

    \b
    Examples:
      pressroom subscribers suppress ada@example.org
      pressroom subscribers suppress --from lists/unsubscribed.csv
      pressroom subscribers suppress --bounced 5f1d0c9be2a74c86b3f0de12a9487c35
    """
    from pipeline.actions.subscribers import find_people, suppress_people

    if not (addresses or file or tokens or bounced):
        raise click.UsageError("Name an address, or a list with --from.")
    workspace = workspace_of(ctx)
    people = find_people(workspace, addresses, tokens, bounced, file)
    terminal.show_mistakes(people.errors, as_warnings=True)
    if file and not yes:
        whom = f"{people.count:,} people" if people.count > 1 else "1 person"
        if not click.confirm(f"Send nothing to {whom} from now on?", err=True):
            terminal.message("Nobody was suppressed.")
            return
    count = suppress_people(workspace, people, reason, time_or_now(now, workspace.files.zone))
    terminal.result(f"Suppressed: {count:,}.")


@subscribers.command()
@click.argument("address")
@click.pass_context
def allow(ctx: click.Context, address: str) -> None:
    """Send to ADDRESS again, who asked for it.

    \b
    Example:
      pressroom subscribers allow ada@example.org
    """
    from pipeline.actions.subscribers import allow_person

    allow_person(workspace_of(ctx), address)
    terminal.result(f"{address} gets mail again if a list has it.")


@subscribers.command()
@click.argument("address")
@now_option
@click.pass_context
def forget(ctx: click.Context, address: str, now: datetime | None) -> None:
    """Delete what the ledger knows of ADDRESS.

    A digest is kept, so that no mail is sent to it again. Delete the row from your own lists too.

    \b
    Example:
      pressroom subscribers forget ada@example.org
    """
    from pipeline.actions.subscribers import forget_person

    workspace = workspace_of(ctx)
    count = forget_person(workspace, address, time_or_now(now, workspace.files.zone))
    terminal.result(f"Deleted from {terminal.count(count, 'message')}. No mail is sent to it any more.")
