"""What the columns of a list mean, by their names: those of a spreadsheet, and of what services export.

All of it is data: a service's export is read as it is, and whom the service does not write to gets no mail.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.deliver.field_values import shown
from pipeline.errors import PressroomError, raise_all, suggest

EMAIL, AUDIENCE, LANGUAGE = "email", "audience", "language"

_MEANINGS = {
    **dict.fromkeys(("e_mail", "email_address", "e_mail_address", "emailaddress", "mail"), EMAIL),
    **dict.fromkeys(("firstname", "fname", "given_name"), "first_name"),
    **dict.fromkeys(("lastname", "lname", "surname", "family_name"), "last_name"),
    "lang": LANGUAGE,
}
"""Names that mean another one. FNAME and LNAME are Mailchimp's merge tags."""

_SERVICES = (
    ("Mailchimp", ("leid", "euid")),
    ("Ghost", ("subscribed_to_emails",)),
    ("Substack", ("email_disabled",)),
    ("beehiiv", ("status", "tier", "created_at")),
    ("Buttondown", ("type", "creation_date")),
    ("Buttondown", ("subscriber_type", "creation_date")),
    ("Kit", ("state", "first_name", "created_at")),
    ("Kit", ("status", "first_name", "created_at")),
)
"""Columns by which an export is known, for its name in a message. The sources, with the rows below:

Mailchimp, Substack, beehiiv: github.com/TryGhost/migrate, `packages/mg-*-members*/**/fixtures/*.csv` ·
Ghost: github.com/TryGhost/Ghost, `members-csv/lib/unparse.js` · Buttondown: docs.buttondown.com,
api-subscribers-introduction and -type · Kit: developers.kit.com, api-reference/subscribers/list-subscribers.
"""

_YES = frozenset({"true", "t", "yes", "y", "1"})
_NO = frozenset({"false", "f", "no", "n", "0"})
_BEEHIIV = ("inactive", "pending", "validating", "invalid", "paused", "needs_attention")
_KIT = ("inactive", "cancelled", "bounced", "complained")
_BUTTONDOWN = ("unactivated", "undeliverable", "complained", "blocked", "spammy", "removed", "disabled")
_STATUS = frozenset(("unsubscribed", "unconfirmed", "cleaned", "canceled", *_BEEHIIV, *_KIT, *_BUTTONDOWN))
_NOT_SUBSCRIBED: Mapping[str, frozenset[str] | None] = {
    "subscribed_to_emails": _NO,  # Ghost
    "deleted_at": None,  # Ghost
    "email_disabled": _YES,  # Substack; its `active_subscription` says who pays
    "unsub_time": None,  # Mailchimp
    "clean_time": None,  # Mailchimp: an address that bounced
    "unsubscribed_at": None,  # beehiiv
    "unsubscription_date": None,  # Buttondown
    "undeliverability_date": None,  # Buttondown
    "type": _STATUS,  # Buttondown
    "subscriber_type": _STATUS,  # Buttondown, until 2024
    "status": _STATUS,  # beehiiv, Kit
    "state": _STATUS,  # Kit; it may be a state of a country too
    "subscribed": _NO,
    "unsubscribed": _YES,
}
"""The values of a column that say that a person is not subscribed; None for any value but an empty one."""

_LIKENESS = 0.8
"""How like a needed column a name is that is taken for a slip: `frist_name` is, `first_seen` is not."""


@dataclass(frozen=True, slots=True)
class ListColumns:
    """Where in a row what is: indices of its cells. `values` has those of merge fields, by name."""

    email: int
    audience: int | None
    values: tuple[tuple[str, int], ...]
    service: str
    not_subscribed: tuple[tuple[str, int, frozenset[str] | None], ...]


def read_columns(names: Sequence[str], fields: Collection[str] | None) -> ListColumns:
    """Read the names of the columns; of merge fields those in `fields`, or all if it is None.

    Raises `PressroomError` without a place where no column has the address, where two mean the same, and for
    a name that is nearly that of a column that is needed.
    """
    fields = None if fields is None else sorted(fields)
    meanings = [_meaning(name) for name in names]
    _check(names, meanings, fields)
    index = {meaning: number for number, meaning in enumerate(meanings)}
    known = index if fields is None else (*fields, LANGUAGE)
    values = dict.fromkeys(name for name in known if name in index and name not in {"", EMAIL, AUDIENCE})
    return ListColumns(
        index[EMAIL],
        index.get(AUDIENCE),
        tuple((name, index[name]) for name in values),
        next((service for service, marks in _SERVICES if all(mark in index for mark in marks)), ""),
        # By each column, since two may have the same name.
        tuple(
            (name, number, _NOT_SUBSCRIBED[meaning])
            for number, (name, meaning) in enumerate(zip(names, meanings, strict=True))
            if meaning in _NOT_SUBSCRIBED
        ),
    )


def _check(names: Sequence[str], meanings: Sequence[str], fields: Collection[str] | None) -> None:
    wanted = dict.fromkeys((EMAIL, AUDIENCE, LANGUAGE, *(fields or ())))
    missing = [each for each in wanted if each not in meanings]
    errors = []
    for name, meaning in zip(names, meanings, strict=True):
        if meaning in wanted or fields is None:
            if meaning and meanings.count(meaning) > 1:
                errors.append(
                    PressroomError(f'two columns are read as "{shown(meaning)}".', hint="Rename one.")
                )
        elif hint := suggest(meaning, missing, _LIKENESS):
            errors.append(PressroomError(f'the column "{shown(name)}" is not known.', hint=hint))
    if EMAIL in missing and not errors:
        columns = ", ".join(filter(None, map(shown, names))) or "nothing"
        errors.append(PressroomError('no column is named "email".', hint=f"The columns are: {columns}."))
    raise_all(errors)


def _meaning(name: str) -> str:
    plain = re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
    return _MEANINGS.get(plain, plain)
