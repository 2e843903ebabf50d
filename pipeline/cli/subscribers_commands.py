"""`subscribers`: who must get no mail, and the deletion of what is known of a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import now_option, time_or_now, workspace_of

if TYPE_CHECKING:
    from collections.abc import Collection
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
    from pipeline.deliver.open_ledger import open_ledger
    from pipeline.errors import PressroomError, collect, raise_all

    if not (addresses or file or tokens or bounced):
        raise click.UsageError("Name an address, or a list with --from.")
    workspace = workspace_of(ctx)
    errors: list[PressroomError] = []
    keys: set[str] = set()
    unsubscribed: set[bytes] = set()
    returned: set[bytes] = set()
    for address in addresses:
        with collect(errors):
            keys.add(_key(address))
    with collect(errors):
        unsubscribed = _token_people(tokens, workspace.files.publication.base_url)
    with collect(errors):
        returned = _bounced_people(bounced)
    raise_all(errors)
    if file:
        keys |= _keys_of(file)
        count = len(keys) + len(unsubscribed | returned)
        people = f"{count:,} people" if count > 1 else "1 person"
        if not keys:
            raise PressroomError("no row has an address.", file, None, "Nobody was suppressed.")
        if not yes and not click.confirm(f"Send nothing to {people} from now on?", err=True):
            terminal.message("Nobody was suppressed.")
            return
    at = time_or_now(now, workspace.files.zone)
    with open_ledger(workspace.files.root) as ledger:
        unsubscribed |= {ledger.person(key) for key in keys}
        ledger.suppress(sorted(unsubscribed), reason or "unsubscribed", at)
        ledger.suppress(sorted(returned), reason or "bounced", at)
    terminal.result(f"Suppressed: {len(unsubscribed | returned):,}.")


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
    from pipeline.deliver.recipient import recipient_key
    from pipeline.errors import PressroomError
    from pipeline.support.mail_addresses import check_recipient

    try:
        check_recipient(address.strip())
    except ValueError as error:
        raise PressroomError(f'"{address}" is not an email address.', hint=str(error)) from error
    return recipient_key(address)


def _token_people(tokens: Collection[str], publication: str) -> set[bytes]:
    """Read the people of tokens. Raises `PressroomError` for each that was not signed for the publication."""
    from pipeline.deliver.list_values import shown
    from pipeline.deliver.tokens import read_token, token_keys
    from pipeline.errors import PressroomError, raise_all

    if not tokens:
        return set()
    keys = token_keys()
    if not keys:
        hint = "Set it as for a send."
        raise PressroomError("without PRESSROOM_SECRET no token can be read.", hint=hint)
    people = {token: read_token(token, publication, keys) for token in tokens}
    hint = "If the secret was changed since, set the former one as PRESSROOM_SECRET_OLD."
    raise_all(
        PressroomError(f'"{shown(token)}" is not a token of this publication.', hint=hint)
        for token, person in people.items()
        if not person
    )
    return {person for person in people.values() if person}


def _bounced_people(texts: Collection[str]) -> set[bytes]:
    """Read what replaced `{recipient}` in `return_path`. Raises `PressroomError` for each other text."""
    from pipeline.deliver.list_values import shown
    from pipeline.errors import PressroomError, raise_all

    hint = "It has 32 digits and letters from a to f, as in the address that the bounce came to."
    raise_all(
        PressroomError(f'"{shown(text)}" is not the {{recipient}} of a return_path.', hint=hint)
        for text in texts
        if not re.fullmatch("[0-9a-fA-F]{32}", text)
    )
    return {bytes.fromhex(text) for text in texts}


def _keys_of(source: str) -> set[str]:
    """Read the people of a list, those who are unsubscribed there among them. Shows each bad row."""
    from pipeline.deliver.recipient_list import open_list
    from pipeline.deliver.rejected_row import RejectedRow

    readers = open_list(source, fields=(), allow_reserved=True)
    keys: set[str] = set()
    for row in readers:
        if row.key:
            keys.add(row.key)
        elif isinstance(row, RejectedRow):
            terminal.show_mistakes([row.error(readers.path)], as_warnings=True)
    return keys
