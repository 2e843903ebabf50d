"""Lists of recipients: each row becomes a recipient, or says why it gets no mail, and stops nothing."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.deliver.recipient import Recipient, recipient_key
from pipeline.deliver.recipient_list import RecipientList, open_list
from pipeline.deliver.rejected_row import RejectedRow, Rejection
from pipeline.errors import PressroomError
from pipeline.support.mail_addresses import check_recipient

FIELDS = ("first_name", "last_name", "name", "city")
AUDIENCES = ("everyone", "clinicians")

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CELLS = ANY_TEXT | st.sampled_from(['"', '",', '"\n', "=1+1", "a\rb", " Ada "])
ADDRESSES = st.sampled_from(["ada@x.org", "ADA@x.org", "bo@x.org", "j\u00fcrgen@x.org", "a@b.test", "a@@x"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def open_file(folder: Path, name: str, content: str | bytes, **options: Any) -> RecipientList:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return open_list(str(folder / name), **{"fields": FIELDS, "audiences": AUDIENCES, **options})


def read(folder: Path, content: str | bytes, name: str = "readers.csv", **options: Any) -> list[Any]:
    return list(open_file(folder, name, content, **options))


def rejected(rows: list[Any]) -> list[tuple[int, str, str]]:
    return [(row.line, row.kind.value, row.reason) for row in rows if isinstance(row, RejectedRow)]


def refused(folder: Path, content: str | bytes, name: str = "readers.csv") -> str:
    with pytest.raises(PressroomError) as error:
        read(folder, content, name)
    return str(error.value).replace(f"{folder}/", "")


# --- what holds for every list --------------------------------------------------------------------


@tries(200)
@given(rows=st.lists(st.tuples(ADDRESSES | CELLS, CELLS, CELLS), min_size=1))
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_each_row_of_a_csv_is_yielded_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([("email", "first_name", "notes"), *rows])
    filled = [cells for cells in rows if any(each.strip() for each in cells)]
    path = tmp_path_factory.mktemp("list") / "readers.csv"
    path.write_bytes(text.getvalue().encode())
    if not filled:
        return
    results = list(open_list(str(path), fields=FIELDS, allow_reserved=True))
    assert len(results) == len(filled)
    assert [row.line for row in results] == sorted({row.line for row in results})
    for result, cells in zip(results, filled, strict=True):
        if isinstance(result, Recipient):
            assert result.values == ({"first_name": cells[1].strip()} if cells[1].strip() else {})
            assert result.address.partition("@")[0] in cells[0]
    people = [row.key for row in results if isinstance(row, Recipient)]
    assert len(people) == len(set(people))
    duplicates = {
        row.key for row in results if isinstance(row, RejectedRow) and row.kind is Rejection.DUPLICATE
    }
    assert duplicates <= set(people)


@tries(200)
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from(["first_name", "city", "x"]), CELLS | st.none() | st.integers())
    ),
    addresses=st.lists(ADDRESSES, min_size=1),
)
def test_each_row_is_the_same_from_json_lines_and_from_sqlite(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], addresses: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("list")
    columns = ("email", "first_name", "city", "x")
    people = [
        [
            address,
            *(str(row[name]) if isinstance(row.get(name), int) else row.get(name) for name in columns[1:]),
        ]
        for address, row in zip(addresses, [*rows, *([{}] * len(addresses))], strict=False)
    ]
    lines = "\n".join(json.dumps(dict(zip(columns, each, strict=True))) for each in people)
    (folder / "readers.jsonl").write_text(lines)
    with closing(sqlite3.connect(folder / "readers.db")) as database, database:
        database.execute("CREATE TABLE people (email, first_name, city, x)")
        database.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", people)
    from_json = list(open_list(str(folder / "readers.jsonl"), fields=FIELDS))
    from_table = list(open_list(f"sqlite:{folder}/readers.db?table=people", fields=FIELDS))
    assert from_json == from_table
    assert [row.line for row in from_json] == list(range(1, len(people) + 1))


@tries(400)
@given(
    start=st.sampled_from(
        [b"", b"email\n", b"\xef\xbb\xbfemail,first_name\r\n", b"\xff\xfe", b'{"email": "', b"PK"]
    ),
    garbage=st.binary(max_size=400)
    | st.lists(
        st.sampled_from(
            [b'"', b",", b"\n", b"\r", b"a@x.org", b"\0", b"\xff", b"{", b"[" * 3000, b"1" * 5000]
        )
    ).map(b"".join),
)
@pytest.mark.parametrize("ending", ["csv", "jsonl", "db"])
def test_bytes_that_are_no_list_only_raise_an_error_for_an_editor(
    tmp_path_factory: pytest.TempPathFactory, ending: str, start: bytes, garbage: bytes
) -> None:
    path = tmp_path_factory.mktemp("list") / f"readers.{ending}"
    path.write_bytes(start + garbage)
    source = f"sqlite:{path}?table=people" if ending == "db" else str(path)
    try:
        rows = list(open_list(source, fields=FIELDS))
    except PressroomError as error:
        str(error).encode()
    else:
        for row in rows:
            assert row.address.isprintable()
            row.address.encode()


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_spreadsheets_csv_is_read_however_it_is_saved(
    folder: Path, encoding: str, delimiter: str, ending: str
) -> None:
    lines = ["Email;First Name;City", 'zo\u00eb@x.org;Zo\u00eb;"A ""town"""', "", ";;"]
    text = ending.join(lines).replace(";", delimiter).replace("zo\u00eb@", "zoe@")
    assert read(folder, text.encode(encoding)) == [
        Recipient("zoe@x.org", "", {"first_name": "Zo\u00eb", "city": 'A "town"'}, 2)
    ]


def test_an_open_quote_costs_its_own_row_only(folder: Path) -> None:
    rows = read(folder, 'email,city\na@x.org,"Lund\n' + "".join(f"r{n}@x.org,Turku\n" for n in range(3000)))
    assert rejected(rows) == [(2, "mistake", "the row is not CSV: the double quotes of a cell do not fit.")]
    assert len(rows) == 3001


def test_a_cell_with_line_breaks_counts_its_lines(folder: Path) -> None:
    rows = read(folder, 'email,notes,city\na@x.org,"one\ntwo\nthree",Lund\nb@x.org,,Turku\n')
    assert [(row.line, row.values) for row in rows] == [(2, {"city": "Lund"}), (5, {"city": "Turku"})]


def test_only_the_row_that_is_not_utf_8_is_left_out(folder: Path) -> None:
    rows = read(folder, b"email,city,notes\na@x.org,Lund,\xe9\nb@x.org,Malm\xf6,\nc@x.org,Turku,\n")
    assert rejected(rows) == [(3, "mistake", 'the value of "city" is not UTF-8 text.')]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "readers.csv: is empty."),
        ("\ufeff\r\n \n", "readers.csv: is empty."),
        (b"\xff\xfe", "readers.csv: is empty."),
        ("sep=;\nname;town\nAda;Lund\n", 'readers.csv:2: no column is named "email".'),
        ("sep=;\n", "readers.csv: no row has a recipient."),
        ("email,city\n", "readers.csv: no row has a recipient."),
        ("name,town\nAda,Lund\n", 'readers.csv:1: no column is named "email". The columns are: name, town.'),
        ("emial,city\nada@x.org,Lund\n", 'the column "emial" is not known. Did you mean "email"?'),
        (
            "email,frist_name\nada@x.org,Ada\n",
            'the column "frist_name" is not known. Did you mean "first_name"?',
        ),
        ("email,audiance\nada@x.org,Ada\n", 'the column "audiance" is not known. Did you mean "audience"?'),
        ("email,E-Mail\nada@x.org,\n", 'two columns are read as "email". Rename one.'),
        ('"email\nada@x.org\n', "readers.csv:1: is not CSV"),
        ("email\na@x.org\n".encode("utf-16-le"), "readers.csv: is not UTF-8 text."),
        (b"PK\x03\x04\x14\0\x06\0", "readers.csv: is not UTF-8 text."),
        ("email\n" + "a" * (1 << 20), "readers.csv:2: the line is too long"),
    ],
)
def test_what_is_not_a_list_is_refused_as_a_whole(folder: Path, content: str | bytes, said: str) -> None:
    assert said in refused(folder, content)


@pytest.mark.parametrize(
    "name", ["mail adress", "E-Mail-Adresse", "Courriel", "Contact 1", "\u96fb\u5b50\u90f5\u4ef6"]
)
def test_a_column_that_has_addresses_and_another_name_is_to_be_called_email(folder: Path, name: str) -> None:
    said = f'readers.csv:1: no column is named "email". "{name}" looks like the addresses: call it "email".'
    assert said in refused(folder, f"town,{name},@\nLund,Ada <ada@x.org>,@ada\n")


def test_a_list_without_names_of_columns_is_not_told_to_rename_an_address(folder: Path) -> None:
    assert "has an address: write `email` in a row above it" in refused(
        folder, "ada@x.org,Ada\nbo@x.org,Bo\n"
    )


def test_all_wrong_columns_are_said_at_once(folder: Path) -> None:
    assert len(refused(folder, "emial,frist_name,city,City\na@x.org,Ada,,\n").splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("readers.json", "Write one object a line"),
        ("readers.xlsx", "save it as CSV"),
        ("readers.sqlite", "sqlite:FILE?table=NAME"),
    ],
)
def test_a_file_of_another_kind_says_what_to_do(folder: Path, name: str, said: str) -> None:
    assert said in refused(folder, "[]", name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("reader.csv", 'reader.csv: there is no such file. Did you mean "readers.csv"?'),
        ("elsewhere/readers.csv", "elsewhere/readers.csv: there is no such file."),
        ("zzz", "zzz: there is no such file."),
        (".", ".: is a folder, not a list. Name the file of the list."),
        ("sqlite:raeders.db?table=people", 'raeders.db: there is no such file. Did you mean "readers.db"?'),
        ("sqlite:.?table=people", ".: is a folder, not a list. Name the file of the list."),
        (
            "https://x.org/readers.csv?a=1",
            "https://x.org/readers.csv?a=1: a list is not read from the web. Download the list first, "
            "and name the file.",
        ),
    ],
)
def test_what_is_not_a_file_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(folder)
    for existing in ("readers.csv", "readers.db"):
        Path(existing).write_text("")
    with pytest.raises(PressroomError) as error:
        open_list(name)
    assert str(error.value) == message
    assert sorted(each.name for each in folder.iterdir()) == ["readers.csv", "readers.db"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_line_for_excel_names_the_delimiter(
    folder: Path, delimiter: str, first: str, ending: str
) -> None:
    lines = ["email;city", "ada;b@x.org", "ada@x.org;Lund", ""]
    text = ending.join([first, *lines]).replace(";", delimiter)
    assert read(folder, "\ufeff" + text)[1] == Recipient("ada@x.org", "", {"city": "Lund"}, 4)


def test_lines_that_are_not_objects_are_left_out(folder: Path) -> None:
    lines = [
        '{"email": "a@x.org", "city": 7}',
        "[1]",
        "{",
        "",
        '{"email": "b@x.org", "city": ["x"]}',
        '{"emial": 1}',
    ]
    rows = read(folder, "\n".join(lines), "readers.ndjson")
    assert rows[0] == Recipient("a@x.org", "", {"city": "7"}, 1)
    assert rejected(rows) == [
        (2, "mistake", "the line is not a JSON object."),
        (3, "mistake", "the line is not a JSON object."),
        (5, "mistake", 'the value of "city" is not a text.'),
        (6, "mistake", 'the column "emial" is not known.'),
    ]


# --- SQLite ---------------------------------------------------------------------------------------


@pytest.fixture
def database(folder: Path) -> Path:
    path = folder / "readers 100%.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('CREATE TABLE "our ""readers""" (email, first_name, city)')
        database.execute(
            "INSERT INTO \"our \"\"readers\"\"\" VALUES ('a@x.org', 'Ada', 'Lund'), ('b@x.org', NULL, 7),"
            " ('c@x.org', CAST(x'ff' AS TEXT), NULL), ('d@x.org', NULL, x'00'), (NULL, NULL, NULL)"
        )
    return path


def test_a_table_of_sqlite_is_a_list(database: Path) -> None:
    rows = list(open_list(f'sqlite:{database}?table=our "readers"', fields=FIELDS))
    assert rows[0] == Recipient("a@x.org", "", {"first_name": "Ada", "city": "Lund"}, 1)
    assert rows[1] == Recipient("b@x.org", "", {"city": "7"}, 2)
    assert rejected(rows) == [
        (3, "mistake", 'the value of "first_name" is not UTF-8 text.'),
        (4, "mistake", 'the value of "city" is not a text.'),
        (5, "mistake", "the row has no address."),
    ]


def test_a_query_of_sqlite_is_a_list(database: Path) -> None:
    query = (
        """SELECT email, city AS "First Name" FROM [our "readers"] WHERE email LIKE 'a%' OR email = '?&'"""
    )
    assert list(open_list(f"sqlite:{database}?query={query}")) == [
        Recipient("a@x.org", "", {"first_name": "Lund"}, 1)
    ]


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("", "has no table and no query"),
        ("?table=", "has no table and no query"),
        ("?table=nobody", "no such table: nobody"),
        ("?query=SELEC 1", "syntax error"),
        ('?query=DELETE FROM [our "readers"]', "readonly database"),
        ("?query=SELECT 1; SELECT 2", "one statement"),
        ("?query=PRAGMA foreign_keys = ON", "has no answer"),
    ],
)
def test_what_sqlite_does_not_take_is_an_error_and_changes_nothing(
    database: Path, rest: str, said: str
) -> None:
    before = database.read_bytes()
    with pytest.raises(PressroomError, match=said):
        list(open_list(f"sqlite:{database}{rest}"))
    assert database.read_bytes() == before


# --- rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        (" ada@x.org\u00a0", "ada@x.org"),
        ("\ufeffada@x.org,", "ada@x.org"),
        ("mailto:ada@x.org", "ada@x.org"),
        ("Ada, Countess <ada@x.org>;", "ada@x.org"),
        ("<MAILTO:ada@x.org>", "ada@x.org"),
        ("Ada@X.ORG", "Ada@x.org"),
        ("ada@b\u00fccher.de", "ada@xn--bcher-kva.de"),
        ("ada+news@x.org", "ada+news@x.org"),
        ("o'brien@x.org", "o'brien@x.org"),
    ],
)
def test_what_is_certainly_meant_is_read(folder: Path, cell: str, address: str) -> None:
    (row,) = read(folder, 'email,city\n"' + cell + '",Lund\n')
    assert row == Recipient(address, "", {"city": "Lund"}, 2)


@pytest.mark.parametrize(
    "cell",
    [
        "ada",
        "ada@",
        "@x.org",
        "a b@x.org",
        "ada@x.org bo@x.org",
        "ada@x.org, bo@x.org",
        "a@x..org",
        "a@[127.0.0.1]",
        "a\x01@x.org",
    ],
)
def test_what_is_no_address_is_a_mistake(folder: Path, cell: str) -> None:
    (row,) = read(folder, f'email\n"{cell}"\n')
    assert isinstance(row, RejectedRow)
    assert (row.line, row.kind) == (2, Rejection.MISTAKE)
    assert row.hint


@pytest.mark.parametrize(
    "domain",
    ["a.test", "a.example", "x.invalid", "localhost", "a.localhost", "example.com", "a.example.org", "mail"],
)
def test_a_domain_that_is_nobodys_is_only_for_tests(folder: Path, domain: str) -> None:
    (row,) = read(folder, f"email\nada@{domain}\n")
    assert row.reason == f'no mail server has the domain "{domain}".'
    assert read(folder, f"email\nada@{domain}\n", allow_reserved=True)[0].address == f"ada@{domain}"


def test_letters_outside_ascii_are_one_address_however_they_are_written(folder: Path) -> None:
    content = "email\nJ\u00fcrgen@b\u00fccher.de\nju\u0308rgen@xn--bcher-kva.de\n"
    first, second = read(folder, content)
    assert (first.address, second.kind) == ("J\u00fcrgen@b\u00fccher.de", Rejection.DUPLICATE)


def test_the_same_person_is_a_duplicate_that_names_the_first_line(folder: Path) -> None:
    rows = read(folder, "email\nada@x.org\nbo@x.org\nADA@X.org\nAda <ada@x.org>\n")
    assert rejected(rows) == [
        (4, "duplicate", '"ADA@x.org" is in line 2 too.'),
        (5, "duplicate", '"ada@x.org" is in line 2 too.'),
    ]


def test_a_row_with_a_mistake_does_not_make_a_sound_one_a_duplicate(folder: Path) -> None:
    rows = read(folder, "email,city\nada@x.org,A\x01\nada@x.org,Lund\n")
    assert [type(row) for row in rows] == [RejectedRow, Recipient]


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\n", "\u2028", "\x85", "\ufffd"])
def test_a_value_is_one_line(folder: Path, character: str) -> None:
    (row,) = read(folder, f'email,city\nada@x.org,"A{character}b"\n')
    assert row.key == "ada@x.org" and 'the value of "city"' in row.reason


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "@SUM", "-2", "{{ x }}", "<b>", "\u202eabc", "\U0001f600"]
)
def test_any_other_value_is_plain_text(folder: Path, text: str) -> None:
    assert read(folder, f'email,city\nada@x.org,"{text}"\n')[0].values == {"city": text}


def test_columns_that_are_not_asked_for_are_ignored_but_the_language(folder: Path) -> None:
    content = "email,Lang,plan,plan,first_name\nada@x.org,de,\x01,x,Ada\n"
    assert read(folder, content)[0].values == {"first_name": "Ada", "language": "de"}


def test_without_fields_each_column_is_kept(folder: Path) -> None:
    row = read(folder, "FNAME,email,Favourite Colour,\nAda,ada@x.org,red,x\n", fields=None)[0]
    assert row.values == {"first_name": "Ada", "favourite_colour": "red"}


def test_a_name_stays_a_name(folder: Path) -> None:
    assert read(folder, "email,name\nada@x.org,Ada Lovelace\n")[0].values == {"name": "Ada Lovelace"}


def test_the_audience_is_one_of_the_publications(folder: Path) -> None:
    rows = read(folder, "email,Audience\na@x.org,Clinicians\nb@x.org,\nc@x.org,clinicans\nd@x.org,zzz\n")
    assert [row.audience for row in rows[:2]] == ["clinicians", ""]
    assert [(row.reason, row.hint) for row in rows[2:]] == [
        ('no audience is named "clinicans".', 'Did you mean "clinicians"?'),
        ('no audience is named "zzz".', "The audiences are: everyone, clinicians."),
    ]


def test_a_list_can_be_read_twice(folder: Path) -> None:
    readers = open_file(folder, "readers.csv", "email\na@x.org\n")
    assert list(readers) == list(readers)


@pytest.mark.parametrize(
    "written",
    [*("ada@bücher.de", "ada@xn--bcher-kva.de", "ADA@BÜCHER.DE", " ada@bu\u0308cher.de ")],
)
def test_an_address_is_found_however_its_domain_is_written(folder: Path, written: str) -> None:
    for listed in ("ada@bücher.de", "ada@xn--bcher-kva.de"):
        recipients = open_file(folder, "readers.csv", f"email\n{listed}\n")
        assert recipients.find(written).key == recipient_key(written) == "ada@xn--bcher-kva.de"


@given(ADDRESSES | st.text(max_size=10))
def test_every_row_of_a_person_has_the_key_of_their_address(written: str) -> None:
    try:
        address = check_recipient(written.strip())
    except ValueError:
        assert recipient_key(written) == Recipient(written.strip(), "", {}, 0).key
    else:
        assert recipient_key(written) == Recipient(address, "", {}, 0).key
