"""Who left gets no mail, however a list says so; in doubt nobody does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.deliver.list_subscriptions import subscription_column
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.recipient_list import open_list
from pipeline.deliver.rejected_row import RejectedRow, Rejection

OPT_OUT = (
    *(
        "unsubscribed",
        "unsubscribe",
        "Unsub",
        "unsubscribe_date",
        "UNSUB_TIME",
        "unsubscribed_at",
        "Date Unsubscribed",
    ),
    *(
        "is_unsubscribed",
        "opted_out",
        "opt_out",
        "optout",
        "Opt-Out",
        "opted_out_at",
        "email_opt_out",
        "hs_email_optout",
    ),
    *(
        "Has Opted Out Of Email",
        "Unsubscribed from all email",
        "do_not_email",
        "DoNotEmail",
        "do not contact",
    ),
    *(
        "don't email",
        "no_email",
        "email_disabled",
        "deleted_at",
        "CLEAN_TIME",
        "cleaned",
        "bounced",
        "bounce_date",
    ),
    *("complained", "undeliverability_date", "blocklisted", "blacklisted", "suppressed"),
)
OPT_IN = (
    *(
        "subscribed",
        "is_subscribed",
        "subscribed_to_emails",
        "opt_in",
        "opted-in",
        "active",
        "is_active",
        "confirmed",
    ),
    *("accepts_marketing", "Accepts Email Marketing", "email_consent"),
)
STATUS = ("status", "Status", "subscription_status", "email_status", "Email Marketing Status", "list status")
NOT_ABOUT_IT = (
    *(
        "unsubscribe_reason",
        "unsubscribe_url",
        "OPTIN_TIME",
        "CONFIRM_IP",
        "bounces",
        "subscribed_at",
        "created_at",
    ),
    *("activity", "active_subscription", "statue", "order_status", "address", "notes"),
)
LEFT = (
    *(
        "Unsub",
        "unsubscribed",
        "opt-out",
        "Opted out",
        "Not subscribed",
        "bounced",
        "Spam complaint",
        "inactive",
    ),
    *("pending", "CLEANED", "archived", "do not email"),
)
STAYED = ("active", "Subscribed", "confirmed", "live", "opted-in", "Double Opt-In")


def judge(folder: Path, header: str, *rows: str) -> list[str]:
    """How each row is taken."""
    file = folder / "readers.csv"
    file.write_text("\n".join([header, *rows]))
    return [getattr(row, "kind", "recipient") for row in open_list(str(file), fields=())]


@tries(300)
@given(name=st.sampled_from([*OPT_OUT, *OPT_IN, *STATUS]), rest=st.text())
def test_a_word_that_is_not_known_never_gets_mail(name: str, rest: str) -> None:
    column = subscription_column(name, 0, "", ())
    assert column and column.certain
    assert not column.is_subscribed(f"q{rest}")  # no word that is known begins with it


@pytest.mark.parametrize("name", OPT_OUT)
def test_who_opted_out_gets_no_mail(tmp_path: Path, name: str) -> None:
    values = ("yes", "TRUE", "1", "1.0", "x", "2024-02-02", "2 Feb 2024", "no", "False", "0", "0.0", "")
    rows = [f"r{number}@x.org,{value}" for number, value in enumerate(values)]
    assert judge(tmp_path, f"email,{name}", *rows) == ["unsubscribed"] * 7 + ["recipient"] * 5


@pytest.mark.parametrize("name", OPT_IN)
def test_who_has_not_opted_in_gets_no_mail(tmp_path: Path, name: str) -> None:
    values = ("no", "false", "0", "yes", "TRUE", "1", "2024-02-02 10:00", "1.2.2024", "", "perhaps")
    rows = [f"r{number}@x.org,{value}" for number, value in enumerate(values)]
    assert judge(tmp_path, f"email,{name}", *rows) == [
        *["unsubscribed"] * 3,
        *["recipient"] * 6,
        "mistake",
    ]


@pytest.mark.parametrize("name", [*STATUS, *OPT_IN])
def test_words_of_a_status_are_known(tmp_path: Path, name: str) -> None:
    rows = [f"r{number}@x.org,{word}" for number, word in enumerate([*LEFT, *STAYED])]
    assert judge(tmp_path, f"email,{name}", *rows) == [
        *["unsubscribed"] * len(LEFT),
        *["recipient"] * len(STAYED),
    ]


@pytest.mark.parametrize("name", NOT_ABOUT_IT)
def test_a_column_about_something_else_says_nothing(tmp_path: Path, name: str) -> None:
    assert judge(tmp_path, f"email,{name}", "a@x.org,yes", "b@x.org,foo") == ["recipient"] * 2


def test_a_word_that_is_not_known_is_a_mistake_with_column_and_value(tmp_path: Path) -> None:
    file = tmp_path / "readers.csv"
    file.write_text("email,Status\nada@x.org,foo\n")
    (row,) = open_list(str(file))
    assert isinstance(row, RejectedRow)
    assert (row.kind, row.key) == (Rejection.MISTAKE, "ada@x.org")
    assert row.reason == '"Status" is "foo", which is not known as subscribed.'
    assert row.hint and 'Write "active" or "unsubscribed"' in row.hint


def test_who_left_by_one_column_left_whatever_another_says(tmp_path: Path) -> None:
    assert judge(tmp_path, "email,status,opted_out", "a@x.org,foo,yes", "b@x.org,active,yes") == [
        "unsubscribed",
        "unsubscribed",
    ]


@pytest.mark.parametrize(
    "header", ["email,state", "email,type", "email,subscriber_type", "email,contact_status"]
)
def test_of_a_column_that_may_be_about_something_else_only_words_for_leaving_count(
    tmp_path: Path, header: str
) -> None:
    rows = ("a@x.org,OR", "b@x.org,NO", "c@x.org,gold", "d@x.org,active", "e@x.org,unsub", "f@x.org,Bounced")
    assert judge(tmp_path, header, *rows) == ["recipient"] * 4 + ["unsubscribed"] * 2


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("email_address,first_name,state,created_at", "a@x.org,Ada,OR,2024-01-01"),
        ("email_address,type,creation_date", "a@x.org,gold,2024-01-01"),
        ("email_address,subscriber_type,creation_date", "a@x.org,gold,2024-01-01"),
    ],
)
def test_in_an_export_of_its_service_such_a_column_is_certain(tmp_path: Path, header: str, row: str) -> None:
    assert judge(tmp_path, header, row) == ["mistake"]


def test_a_state_beside_a_city_is_a_state_of_a_country(tmp_path: Path) -> None:
    header = "email,first_name,city,state,created_at"
    assert judge(tmp_path, header, "a@x.org,Ada,Salem,OR,2024-01-01") == ["recipient"]


# --- columns that are not used --------------------------------------------------------------------


def test_the_columns_that_are_not_used_are_known_after_reading(tmp_path: Path) -> None:
    file = tmp_path / "readers.csv"
    file.write_text(
        "Plan,email,first_name,Lang,audience,status,left?,,city\nx,a@x.org,Ada,,,active,yes,,Lund\n"
    )
    readers = open_list(str(file), fields=["first_name"])
    assert readers.unused == ()
    assert [type(row) for row in readers] == [Recipient]
    assert readers.unused == ("Plan", "left?", "city")


def test_without_fields_every_column_is_used(tmp_path: Path) -> None:
    file = tmp_path / "readers.csv"
    file.write_text("Plan,email\nx,a@x.org\n")
    readers = open_list(str(file))
    assert list(readers) and readers.unused == ()


@pytest.mark.parametrize(("value", "unused"), [("OR", ("state",)), ("bounced", ()), ("active", ())])
def test_a_state_is_used_if_a_row_has_a_word_of_a_subscription(
    tmp_path: Path, value: str, unused: tuple[str, ...]
) -> None:
    file = tmp_path / "readers.csv"
    file.write_text(f"email,state\na@x.org,{value}\nb@x.org,WA\n")
    readers = open_list(str(file), fields=())
    assert len(list(readers)) == 2
    assert readers.unused == unused


def test_the_columns_not_used_of_json_lines_are_those_of_all_rows(tmp_path: Path) -> None:
    file = tmp_path / "readers.jsonl"
    file.write_text('{"email": "a@x.org", "plan": 1}\n{"x\\u0007": 1, "email": "b@x.org"}\n')
    readers = open_list(str(file), fields=())
    assert len(list(readers)) == 2
    assert readers.unused == ("plan", "x\ufffd")
