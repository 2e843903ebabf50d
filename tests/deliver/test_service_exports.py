"""Exports of services are read as they are, and whom the service does not write to gets no mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.deliver.recipient import Recipient
from pipeline.deliver.recipient_list import open_list
from pipeline.deliver.rejected_row import RejectedRow, Rejection

# The header rows are those of github.com/TryGhost/migrate (its fixtures) and of TryGhost/Ghost (`unparse.js`);
# Buttondown's and Kit's have the names of their APIs.
MAILCHIMP = "Email Address,First Name,Last Name,Company,MEMBER_RATING,OPTIN_TIME,LEID,EUID,NOTES,TAGS"
EXPORTS = {
    "Mailchimp, subscribed": (
        MAILCHIMP,
        ['a@x.org, Ada ,Lovelace,,2,2023-04-21 11:16:57,1,2,,"""Editors"""'],
        [],
    ),
    "Mailchimp, unsubscribed": (
        f"{MAILCHIMP},UNSUB_TIME,UNSUB_REASON",
        [],
        ["a@x.org,Ada,,,,2018-02-12 10:54:27,1,2,,,2018-07-23 12:19:27,"],
    ),
    "Mailchimp, cleaned": (
        f"{MAILCHIMP},CLEAN_TIME",
        [],
        ["a@x.org,Ada,,,1,2018-02-12 10:54:27,1,2,,,2020-03-23 17:30:05"],
    ),
    "Substack": (
        "email,active_subscription,expiry,email_disabled,created_at",
        ["a@x.org,false,,false,2018-08-27T15:06:27.713Z", "b@x.org,,,false,2018-08-27T15:06:27.713Z"],
        ["c@x.org,true,2021-07-06T16:20:44.000Z,true,2018-08-27T15:06:27.713Z"],
    ),
    "Substack, subscriber dashboard": (
        "Email,Name,Stripe plan,Cancel date,Start date,Paid upgrade date,Activity,Type",
        ["a@x.org,Ada,,,2025-01-01T00:00:00.000Z,,5,Free", "b@x.org,Bo,Monthly,,,,3,Paid"],
        [],
    ),
    "beehiiv": (
        "email,First Name,Last Name,status,tier,created_at,stripe_customer_id,unsubscribed_at",
        ["a@x.org,Ada,,active,free,2023-03-24 10:23:10 UTC,,"],
        [
            "b@x.org,,,inactive,free,2023-03-24 10:36:48 UTC,,",
            "c@x.org,,,pending,free,2023-04-11 14:02:46 UTC,,",
            "d@x.org,,,active,premium,2023-04-11 14:02:46 UTC,cus_1234,2024-03-13 11:33:53 UTC",
        ],
    ),
    "Buttondown": (
        "id,creation_date,email_address,notes,type,unsubscription_date",
        [
            f"{number},2024-01-01,{kind}@x.org,,{kind},"
            for number, kind in enumerate(["regular", "premium", "gifted", "past_due", "paused"])
        ],
        ["3,2024-01-01,c@x.org,,unsubscribed,2024-02-02", "4,2024-01-01,d@x.org,,Unactivated,"],
    ),
    "Ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers",
        ["m1,a@x.org,Ada Lovelace,,true,,,2024-01-15T10:00:00.000Z,,,"],
        ["m2,b@x.org,Bo,,false,,,2024-02-01T12:30:00.000Z,,,"],
    ),
    "Kit": (
        "id,first_name,email_address,state,created_at",
        ["1,Ada,a@x.org,active,2023-01-27T11:43:55Z"],
        ["2,Bo,b@x.org,cancelled,2023-01-27T11:43:55Z", "3,Cy,c@x.org,bounced,2023-01-27T11:43:55Z"],
    ),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_read_as_it_is(tmp_path: Path, export: str) -> None:
    header, subscribed, gone = EXPORTS[export]
    file = tmp_path / "export.csv"
    file.write_text("\n".join([header, *subscribed, *gone]))
    rows = list(open_list(str(file), fields=["first_name", "last_name", "name"]))
    assert [type(row) for row in rows] == [Recipient] * len(subscribed) + [RejectedRow] * len(gone)
    for row in rows[len(subscribed) :]:
        assert isinstance(row, RejectedRow)
        assert row.kind is Rejection.UNSUBSCRIBED
        assert row.reason.startswith(f"not subscribed at {export.partition(',')[0]}: ")
        assert row.key == row.address


def test_names_of_an_export_are_merge_fields(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(f"{MAILCHIMP}\na@x.org, Ada ,Lovelace,,2,,1,2,,\n")
    (row,) = open_list(str(file), fields=["first_name", "last_name"])
    assert isinstance(row, Recipient)
    assert row.values == {"first_name": "Ada", "last_name": "Lovelace"}


def test_who_is_unsubscribed_in_one_row_is_no_recipient_by_a_later_one(tmp_path: Path) -> None:
    file = tmp_path / "readers.csv"
    file.write_text("email,unsubscribed\na@x.org,yes\nA@x.org,no\nb@x.org,no\nb@x.org,yes\n")
    rows = list(open_list(str(file)))
    assert [getattr(row, "kind", "recipient") for row in rows] == [
        *("unsubscribed", "duplicate", "recipient", "unsubscribed")
    ]
    # The last can only be known after its first row: its key tells who is taken out again.
    assert rows[3].key == rows[2].key
