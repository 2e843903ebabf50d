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
@click.option("--reason", default="unsubscribed", show_default=True, help="Why, in words.")
@click.option("--yes", is_flag=True, help="With --from: do not ask.")
@now_option
@click.pass_context
def suppress(
    ctx: click.Context,
    addresses: tuple[str, ...],
    file: str | None,
    reason: str,
    yes: bool,
    now: datetime | None,
) -> None:
    """Send nothing to ADDRESS from now on.

    \b
    Examples:
      pressroom subscribers suppress ada@example.org
      pressroom subscribers suppress --from lists/unsubscribed.csv
    """
    from pipeline.deliver.open_ledger import open_ledger
    from pipeline.errors import PressroomError

    if not addresses and not file:
        raise click.UsageError("Name an address, or a list with --from.")
    workspace = workspace_of(ctx)
    keys = {_key(address) for address in addresses}
    if file:
        keys |= _keys_of(file)
        people = f"{len(keys):,} people" if len(keys) > 1 else "1 person"
        if not keys:
            raise PressroomError("no row has an address.", file, None, "Nobody was suppressed.")
        if not yes and not click.confirm(f"Send nothing to {people} from now on?", err=True):
            terminal.message("Nobody was suppressed.")
            return
    at = time_or_now(now, workspace.files.zone)
    with open_ledger(workspace.files.root) as ledger:
        ledger.suppress([ledger.person(key) for key in sorted(keys)], reason, at)
    terminal.result(f"Suppressed: {len(keys):,}.")


@subscribers.command()
@click.argument("address")
@click.pass_context
def allow(ctx: click.Context, address: str) -> None:
    """Send to ADDRESS again, who asked for it.

    \b
    Example:
      pressroom subscribers allow ada@example.org
    """
    from pipeline.deliver.open_ledger import open_ledger
    from pipeline.errors import NotFound

    with open_ledger(workspace_of(ctx).files.root) as ledger:
        if not ledger.allow(ledger.person(_key(address))):
            raise NotFound(f"{address} is not on the suppression list.")
    terminal.result(f"{address} gets mail again if a list has it.")


@subscribers.command()
@click.argument("address")
@now_option
@click.pass_context
def forget(ctx: click.Context, address: str, now: datetime | None) -> None:
    """Delete what the ledger knows of ADDRESS; a digest is kept, so that no mail is sent to it again.

    Delete the row from your own lists too.

    \b
    Example:
      pressroom subscribers forget ada@example.org
    """
    from pipeline.deliver.open_ledger import open_ledger

    workspace = workspace_of(ctx)
    with open_ledger(workspace.files.root) as ledger:
        person = ledger.person(_key(address))
        count = ledger.forget(person, time_or_now(now, workspace.files.zone))
    terminal.result(f"Deleted from {terminal.count(count, 'message')}. No mail is sent to it any more.")


def _key(address: str) -> str:
    """Read an address. Raises `PressroomError` for one that is not an address."""
    from pipeline.deliver.recipient import Recipient
    from pipeline.errors import PressroomError
    from pipeline.support.mail_addresses import check_recipient

    try:
        return Recipient(check_recipient(address.strip()), "", {}, 0).key
    except ValueError as error:
        raise PressroomError(f'"{address}" is not an email address.', hint=str(error)) from error


def _keys_of(source: str) -> set[str]:
    """Read the people of a list, those who are unsubscribed there among them. Shows each bad row."""
    from pipeline.deliver.recipient_list import open_list
    from pipeline.deliver.rejected_row import RejectedRow

    readers = open_list(source, fields=(), smtputf8=True, allow_reserved=True)
    keys: set[str] = set()
    for row in readers:
        if row.key:
            keys.add(row.key)
        elif isinstance(row, RejectedRow):
            terminal.show_mistakes([row.error(readers.path)], as_warnings=True)
    return keys
