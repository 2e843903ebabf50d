"""A query of a PostgreSQL database, whose answer stays on the server and is fetched piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

from pipeline.deliver.sources.row import Row
from pipeline.errors import PressroomError
from pipeline.support.urls import without_password

_FETCHED = 2000
"""How many rows are fetched at a time."""
# libpq takes what follows a `/` in a password for the database, and its message would show it.
_CREDENTIALS = re.compile(r"\w+:[^?]*:[^?]*@")
_PASSWORD = "the address of the database has a password in it."
_LEAVE_OUT = "Leave it out, and set PGPASSWORD or write it into ~/.pgpass."
_ANY = "postgresql"


def shown_address(url: str) -> str:
    """The server and database of a connection URI. Raises `PressroomError` for one that has a password."""
    if _CREDENTIALS.match(url):
        raise PressroomError(_PASSWORD, _ANY, None, _LEAVE_OUT)
    return without_password(url.partition("?")[0])


def postgres_rows(url: str, path: str, query: str) -> Iterator[Row]:
    """Each row of the answer, in a transaction that can only read.

    `url` is a connection URI of libpq (PostgreSQL's manual, 34.1.1.2) without a password, which libpq finds
    in PGPASSWORD or ~/.pgpass. Raises `PressroomError`, which never repeats one, for a database that cannot
    be reached and a query that it does not take.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise PressroomError(
            "a list from PostgreSQL needs a library that is not installed.",
            _ANY,
            None,
            "Install it: pip install 'pressroom[postgres]'",
        ) from error
    try:
        settings = conninfo_to_dict(url)
    except psycopg.Error as error:
        hint = "Write postgresql://user@host/database?query=SELECT …"
        raise PressroomError("is not the address of a database.", _ANY, None, hint) from error
    if any("password" in name or "secret" in name for name in settings):
        raise PressroomError(_PASSWORD, _ANY, None, _LEAVE_OUT)
    try:
        with closing(psycopg.connect(url, client_encoding="UTF8")) as database:
            database.read_only = True
            with database.cursor("recipients") as answer:
                answer.itersize = _FETCHED
                answer.execute(query.encode())
                names = tuple(column.name for column in answer.description or ())
                for number, cells in enumerate(answer, 1):
                    yield Row(number, names, cells)
    except psycopg.Error as error:
        # The whole text of a query quotes the cursor that is declared for it; a connection has no other.
        reason = error.diag.message_primary or " ".join(str(error).split())
        raise PressroomError(f"PostgreSQL says: {reason}", path) from error
