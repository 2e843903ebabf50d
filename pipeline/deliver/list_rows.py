"""Judges the rows of a list of recipients: address, subscription, values, and who was seen before."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial

from pipeline.deliver.list_columns import AUDIENCE, EMAIL, ListColumns, read_columns
from pipeline.deliver.list_values import field_value, shown
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.rejected_row import RejectedRow, Rejection
from pipeline.deliver.seen_people import SeenPeople
from pipeline.deliver.sources.row import Row
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.support.mail_addresses import check_recipient, find_address, is_reserved

_WRITE_STATUS = 'Write "active" or "unsubscribed", or rename the column if it is about something else.'


@dataclass(frozen=True, slots=True)
class RowRules:
    """Which rows become recipients, and with what: see `open_list`."""

    fields: Collection[str] | None
    audiences: Collection[str] | None
    allow_reserved: bool


class ListRows:
    """The rows of one reading of a list, each judged in its turn."""

    def __init__(self, path: str, rules: RowRules, seen: SeenPeople) -> None:
        self._path = path
        self._rules = rules
        self._audiences = {each.casefold(): each for each in rules.audiences or ()}
        self._seen = seen
        self._names: tuple[str, ...] | None = None
        self._unused: dict[str, None] = {}
        self._understood: set[str] = set()
        self._read_columns = lru_cache(64)(partial(read_columns, fields=rules.fields))
        self._columns: ListColumns

    @property
    def unused(self) -> tuple[str, ...]:
        """The names of the columns that said nothing, as a terminal can show them."""
        return tuple(shown(name) for name in self._unused if name not in self._understood)

    def read(self, row: Row) -> Recipient | RejectedRow:
        """The recipient, or why the row gets no mail.

        Raises `PressroomError` if the columns of the first row are not those of a list.
        """
        if row.names is not self._names:
            try:
                self._columns = self._read_columns(row.names)
            except PressroomError as error:
                if self._names is None:
                    raise_all(
                        PressroomError(each.message, self._path, row.header, each.hint or _address_hint(row))
                        for each in error.errors
                    )
                (first, *_) = error.errors
                return RejectedRow(row.line, "", first.message, first.hint or _address_hint(row))
            self._names = row.names
            self._unused.update(dict.fromkeys(self._columns.unused))
        return self._judge(row, self._columns)

    def _judge(self, row: Row, columns: ListColumns) -> Recipient | RejectedRow:
        cells, line = row.cells, row.line
        written = cells[columns.email]
        key = ""
        try:
            address = self._address(written)
            key = Recipient(address, "", {}, line).key
            if refusal := self._check_subscription(row, columns):
                repeats = self._seen.first_line(key, line) is not None
                return RejectedRow(line, shown(address), refusal, None, Rejection.UNSUBSCRIBED, key, repeats)
            audience = self._audience(cells[columns.audience]) if columns.audience is not None else ""
            values = {
                name: text for name, index in columns.values if (text := field_value(name, cells[index]))
            }
        except PressroomError as error:
            return RejectedRow(line, shown(str(written or "")), error.message, error.hint, key=key)
        if first := self._seen.first_line(key, line):
            reason = f'"{shown(address)}" is in line {first} too.'
            return RejectedRow(line, shown(address), reason, None, Rejection.DUPLICATE, key)
        return Recipient(address, audience, values, line)

    def _check_subscription(self, row: Row, columns: ListColumns) -> str:
        """Why a person is not subscribed; empty if they are. Raises `PressroomError` if it is not known."""
        doubt = ""
        for column in columns.subscriptions:
            value = field_value(column.name, row.cells[column.index])
            is_subscribed = column.is_subscribed(value) if value else None
            if is_subscribed is not None and not column.certain:
                self._understood.add(column.name)
            if value and not is_subscribed:
                cell = f'"{shown(column.name)}" is "{shown(value)}"'
                if is_subscribed is False:
                    return f"not subscribed{f' at {columns.service}' if columns.service else ''}: {cell}."
                if column.certain:
                    doubt = doubt or f"{cell}, which is not known as subscribed."
        if doubt:
            raise PressroomError(doubt, hint=_WRITE_STATUS)
        return ""

    def _address(self, written: object) -> str:
        text = find_address(field_value(EMAIL, written))
        if not text:
            raise PressroomError("the row has no address.")
        try:
            address = check_recipient(text)
        except ValueError as error:
            raise PressroomError(f'"{shown(text)}" is not an email address.', hint=str(error)) from error
        domain = address.rpartition("@")[2]
        if not self._rules.allow_reserved and is_reserved(domain):
            raise PressroomError(
                f'no mail server has the domain "{shown(domain)}".',
                hint="Names such as .test, and those without a dot, only serve for tests.",
            )
        return address

    def _audience(self, written: object) -> str:
        text = field_value(AUDIENCE, written)
        if not text or self._rules.audiences is None:
            return text
        if text.casefold() not in self._audiences:
            names = self._audiences.values()
            hint = suggest(text, names) or f"The audiences are: {', '.join(names) or 'none'}."
            raise PressroomError(f'no audience is named "{shown(text)}".', hint=hint)
        return self._audiences[text.casefold()]


def _address_hint(row: Row) -> str:
    """Which column of a row has an address and is to be called `email`; without one, which columns it has."""
    for name, cell in zip(row.names, row.cells, strict=True):
        # A name with an address is the first person of a list without names.
        if name.strip() and "@" not in name:
            with suppress(ValueError):
                check_recipient(find_address(str(cell)))
                return f'"{shown(name)}" looks like the addresses: call it "email".'
    for name in row.names:
        with suppress(ValueError):
            check_recipient(find_address(name))
            return "The first row names the columns, and has an address: write `email` in a row above it."
    columns = ", ".join(filter(None, map(shown, row.names))) or "nothing"
    return f"The columns are: {columns}."
