"""Lists of recipients from a PostgreSQL server, which the tests start."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from postgres_kit import postgres_server

from pipeline.deliver.recipient import Recipient
from pipeline.deliver.recipient_list import RecipientList, open_list
from pipeline.deliver.rejected_row import RejectedRow
from pipeline.errors import PressroomError


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    import psycopg

    with postgres_server() as address:
        with psycopg.connect(address) as connection:
            connection.execute(
                "CREATE TABLE readers (email text, first_name text, since date, points numeric, tags text[]);"
                "INSERT INTO readers SELECT 'ada' || n || '@x.org', 'Ada', '2026-01-02', 7.5, '{a}'"
                " FROM generate_series(1, 5000) n;"
                "INSERT INTO readers VALUES ('ADA1@x.org', 'Ada'), ('j\u00fcrgen', 'J'), (NULL, NULL)"
            )
        yield address


def open_query(database: str, query: str) -> RecipientList:
    return open_list(f"{database}&query={query}", fields=["first_name", "since", "points"])


@pytest.mark.slow
def test_each_row_of_a_query_is_a_recipient_or_rejected(database: str) -> None:
    rows = list(open_query(database, "SELECT * FROM readers WHERE first_name LIKE '%d%' OR email IS NULL"))
    assert rows[0] == Recipient(
        "ada1@x.org", "", {"first_name": "Ada", "since": "2026-01-02", "points": "7.5"}, 1
    )
    assert len(rows) == 5002
    assert all(isinstance(row, Recipient) for row in rows[:5000])
    assert [row.reason for row in rows[5000:] if isinstance(row, RejectedRow)] == [
        '"ADA1@x.org" is in line 1 too.',
        "the row has no address.",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT nothing FROM readers", 'column "nothing" does not exist'),
        ("SELECT first_name FROM readers", "The columns are: first_name."),
        ("SELECT * FROM readers WHERE false", "no row has a recipient"),
        ("SELECT tags AS email FROM readers WHERE false", "no row has a recipient"),
        ("DELETE FROM readers", "DELETE"),
        ("WITH gone AS (DELETE FROM readers RETURNING email) SELECT * FROM gone", "PostgreSQL says"),
        (
            "SELECT pg_catalog.set_config('transaction_read_only', 'off', false), lo_creat(1)",
            "PostgreSQL says",
        ),
        ("SELECT 1; DROP TABLE readers", "PostgreSQL says"),
    ],
)
def test_a_query_that_does_not_serve_is_refused_and_changes_nothing(
    database: str, query: str, said: str
) -> None:
    with pytest.raises(PressroomError, match=said) as error:
        list(open_query(database, query))
    assert "LINE 1" not in str(error.value)
    assert len(list(open_query(database, "SELECT email FROM readers"))) == 5003


@pytest.mark.slow
def test_a_list_that_is_not_read_to_its_end_leaves_no_connection(database: str) -> None:
    rows = iter(open_query(database, "SELECT * FROM readers"))
    next(rows)
    del rows
    count = open_query(
        database, "SELECT count(*) || '@x.org' AS email FROM pg_stat_activity WHERE state LIKE 'idle%'"
    )
    assert [row.address for row in count] == ["0@x.org"]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ada:s3cret@localhost/db?query=SELECT 1",
        "postgresql://ada:s3/cr@et@localhost/db?query=SELECT 1",
        "postgres://ada:s3cret@localhost/db",
        "postgresql://ada@localhost/db?password=s3cret&query=SELECT 1",
        "postgresql://ada@localhost/db?sslpassword=s3cret&query=SELECT 1",
        "postgresql:ada:s3cret@localhost/db?query=SELECT 1",
        "postgresql:ada:s3cret@localhost/db",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(PressroomError) as error:
        list(open_list(address))
    assert "s3" not in str(error.value)
    assert "cr" not in str(error.value)


def test_without_the_library_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(PressroomError, match=r"pip install 'pressroom\[postgres\]'"):
        list(open_list("postgresql://ada@localhost/db?query=SELECT 1"))


def test_a_server_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(PressroomError, match=r"postgresql://127\.0\.0\.1:1/db: PostgreSQL says"):
        list(open_list("postgresql://ada@127.0.0.1:1/db?query=SELECT 1"))
