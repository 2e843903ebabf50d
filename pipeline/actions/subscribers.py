"""Subscribers: suppress people, allow them again, or forget what the ledger knows of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.deliver.list_values import shown
from pipeline.deliver.open_ledger import open_ledger
from pipeline.deliver.recipient import recipient_key
from pipeline.deliver.recipient_list import open_list
from pipeline.deliver.rejected_row import RejectedRow
from pipeline.deliver.tokens import read_token, token_keys
from pipeline.errors import NotFound, PressroomError, collect, raise_all
from pipeline.support.mail_addresses import check_recipient
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """People who are to get no mail, each by what names them.

    `keys` are those of addresses. `unsubscribed` and `returned` map people to what names them: a token, or
    what a bounce came to. `errors` are the rows of a list that name nobody.
    """

    keys: frozenset[str]
    unsubscribed: Mapping[bytes, str]
    returned: Mapping[bytes, str]
    errors: tuple[PressroomError, ...]

    @property
    def count(self) -> int:
        """The number of people."""
        return len(self.keys) + len({*self.unsubscribed, *self.returned})


def find_people(
    workspace: Workspace,
    addresses: Collection[str],
    tokens: Collection[str],
    bounced: Collection[str],
    source: str | None,
) -> NamedPeople:
    """Find the people of addresses, tokens and bounces, and all of the list `source`.

    Raises `PressroomError` or `Mistakes` for all that name nobody, and for a list without any address.
    """
    errors: list[PressroomError] = []
    keys: set[str] = set()
    unsubscribed: dict[bytes, str] = {}
    returned: dict[bytes, str] = {}
    for address in addresses:
        with collect(errors):
            keys.add(_key(address))
    with collect(errors):
        unsubscribed = _token_people(tokens, workspace.files.publication.base_url)
    with collect(errors):
        returned = _bounced_people(bounced)
    raise_all(errors)
    rows: list[PressroomError] = []
    if source:
        keys |= _list_keys(source, rows)
        if not keys:
            raise_all(
                [*rows, PressroomError("no row has an address.", source, None, "Nobody was suppressed.")]
            )
    return NamedPeople(frozenset(keys), unsubscribed, returned, tuple(rows))


def suppress_people(workspace: Workspace, people: NamedPeople, reason: str | None, now: datetime) -> int:
    """Put people on the suppression list. Returns how many.

    Raises `Mistakes` for tokens and bounces of people to whom no send of this ledger was: each ledger knows
    a person by a digest of its own, so that nobody would be suppressed.
    """
    with open_ledger(workspace.files.root) as ledger:
        hint = "It is of a send from another machine, whose ledger knows the person: suppress them there."
        raise_all(
            PressroomError(f'"{shown(text)}" is of nobody whom this ledger has sent to.', hint=hint)
            for person, text in (*people.unsubscribed.items(), *people.returned.items())
            if not ledger.has_person(person)
        )
        unsubscribed = {*people.unsubscribed, *map(ledger.person, people.keys)}
        ledger.suppress(sorted(unsubscribed), reason or "unsubscribed", now)
        ledger.suppress(sorted(people.returned), reason or "bounced", now)
    return len(unsubscribed | people.returned.keys())


def allow_person(workspace: Workspace, address: str) -> None:
    """Take a person off the suppression list. Raises `NotFound` if they are not on it."""
    with open_ledger(workspace.files.root) as ledger:
        if not ledger.allow(ledger.person(_key(address))):
            raise NotFound(f"{address} is not on the suppression list.")


def forget_person(workspace: Workspace, address: str, now: datetime) -> int:
    """Delete a person's address and values from the ledger. Returns from how many messages."""
    with open_ledger(workspace.files.root) as ledger:
        return ledger.forget(ledger.person(_key(address)), now)


def _key(address: str) -> str:
    """Read an address. Raises `PressroomError` for one that is not an address."""
    try:
        check_recipient(address.strip())
    except ValueError as error:
        raise PressroomError(f'"{address}" is not an email address.', hint=str(error)) from error
    return recipient_key(address)


def _token_people(tokens: Collection[str], publication: str) -> dict[bytes, str]:
    """Read the people of tokens. Raises `PressroomError` for each that was not signed for the publication."""
    if not tokens:
        return {}
    keys = token_keys()
    if not keys:
        hint = "Set it as for a send."
        raise PressroomError("without PRESSROOM_SECRET no token can be read.", hint=hint)
    people = [(token, read_token(token, publication, keys)) for token in tokens]
    hint = "If the secret was changed since, set the former one as PRESSROOM_SECRET_OLD."
    raise_all(
        PressroomError(f'"{shown(token)}" is not a token of this publication.', hint=hint)
        for token, person in people
        if not person
    )
    return {person: token for token, person in people if person}


def _bounced_people(texts: Collection[str]) -> dict[bytes, str]:
    """Read what replaced `{recipient}` in `return_path`. Raises `PressroomError` for each other text."""
    hint = "It has 32 digits and letters from a to f, as in the address that the bounce came to."
    raise_all(
        PressroomError(f'"{shown(text)}" is not the {{recipient}} of a return_path.', hint=hint)
        for text in texts
        if not re.fullmatch("[0-9a-fA-F]{32}", text)
    )
    return {bytes.fromhex(text): text for text in texts}


def _list_keys(source: str, errors: list[PressroomError]) -> set[str]:
    """Read the people of a list, those who are unsubscribed there among them; bad rows go to `errors`."""
    readers = open_list(source, fields=(), allow_reserved=True)
    keys: set[str] = set()
    for row in readers:
        if row.key:
            keys.add(row.key)
        elif isinstance(row, RejectedRow):
            errors.append(row.error(readers.path))
    return keys
