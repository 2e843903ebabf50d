"""What the columns of a list mean, by their names: those of a spreadsheet, and of what services export.

A service's export is read as it is; `list_subscriptions` has the columns that say who gets no mail.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.deliver.list_subscriptions import SubscriptionColumn, plain_word, subscription_column
from pipeline.deliver.list_values import shown
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
"""Columns by which an export is known. The sources, also of what it says of subscriptions:

Mailchimp, Substack, beehiiv: github.com/TryGhost/migrate, `packages/mg-*-members*/**/fixtures/*.csv` ·
Ghost: github.com/TryGhost/Ghost, `members-csv/lib/unparse.js` · Buttondown: docs.buttondown.com,
api-subscribers-introduction and -type · Kit: developers.kit.com, api-reference/subscribers/list-subscribers.
"""

_LIKENESS = 0.8
"""How like a needed column a name is that is taken for a slip: `frist_name` is, `first_seen` is not."""


@dataclass(frozen=True, slots=True)
class ListColumns:
    """Where in a row what is: indices of its cells. `values` has those of merge fields, by name.

    `unused` has the names of the columns that are not read, and of those that say something of a subscription
    only if a row has a word for it.
    """

    email: int
    audience: int | None
    values: tuple[tuple[str, int], ...]
    service: str
    subscriptions: tuple[SubscriptionColumn, ...]
    unused: tuple[str, ...]


def read_columns(names: Sequence[str], fields: Collection[str] | None) -> ListColumns:
    """Read the names of the columns; of merge fields those in `fields`, or all if it is None.

    Raises `PressroomError` without a place where no column has the address (and without a hint, for which a
    row is needed), where two mean the same, and for a name that is nearly that of a column that is needed.
    """
    fields = None if fields is None else sorted(fields)
    meanings = [_meaning(name) for name in names]
    _check(names, meanings, fields)
    index = {meaning: number for number, meaning in enumerate(meanings)}
    known = index if fields is None else (*fields, LANGUAGE)
    values = dict.fromkeys(name for name in known if name in index and name not in {"", EMAIL, AUDIENCE})
    service = next((service for service, marks in _SERVICES if all(mark in index for mark in marks)), "")
    # By each column, since two may have the same name.
    columns = (subscription_column(name, number, service, meanings) for number, name in enumerate(names))
    subscriptions = tuple(filter(None, columns))
    used = {index[name] for name in (EMAIL, AUDIENCE, *values) if name in index}
    used |= {column.index for column in subscriptions if column.certain}
    return ListColumns(
        index[EMAIL],
        index.get(AUDIENCE),
        tuple((name, index[name]) for name in values),
        service,
        subscriptions,
        tuple(name for number, name in enumerate(names) if number not in used and name.strip()),
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
        errors.append(PressroomError('no column is named "email".'))
    raise_all(errors)


def _meaning(name: str) -> str:
    plain = plain_word(name)
    return _MEANINGS.get(plain, plain)
