"""`pressroom test`: what one reader gets, marked, in a file of its own."""

from __future__ import annotations

import email
import email.policy
import socket
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_kit import WorkspaceRunner, article, issue, png

from pipeline.actions.send_test import _file_name
from pipeline.errors import PressroomError
from pipeline.render.email.headers import checked_address

LETTER = "Hello {{ first_name | there }} of {{ city }}, at {{ email | you }}."
FOLDER = "build/tests/001-the-plastic-brain"


@pytest.fixture
def letters(workspace: WorkspaceRunner) -> WorkspaceRunner:
    workspace.write(
        {
            "newsletter.toml": workspace.read("newsletter.toml").replace(
                'unsubscribe_url = "https://synapse.example/unsubscribe?to={{ email }}"',
                'unsubscribe_url = "https://synapse.example/leave?who={{ email }}"',
            )
            + '\n[merge_fields]\ncity = "your town"\n',
            "issues/001-the-plastic-brain/issue.md": issue(
                letter=LETTER, more="subject: For {{ name | you }}\n"
            ),
        }
    )
    return workspace


def made(workspace: WorkspaceRunner, address: str = "me@example.org", *more: str) -> EmailMessage:
    (found,) = workspace.json("test", "1", "--to", address, *more)["tests"]
    message = email.message_from_bytes(Path(found["output"]).read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage) and not message.defects
    return message


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def headers_and_body(data: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = data.partition(b"\r\n\r\n")
    return dict(email.message_from_bytes(head).items()), body


def test_only_the_headers_differ_from_the_exported_message(workspace: WorkspaceRunner) -> None:
    alike = workspace.read("newsletter.toml").replace("?to={{ email }}", "")
    workspace.write({"newsletter.toml": alike})
    workspace.ok("assemble", "1")
    workspace.ok("export", "1")
    workspace.ok("test", "1", "--to", "me@example.org")
    real, body = headers_and_body(workspace.tree("build/export/001-the-plastic-brain")["email.eml"])
    tested, its_body = headers_and_body(
        workspace.tree(FOLDER.rpartition("/")[0])[f"{Path(FOLDER).name}-me@example.org.eml"]
    )
    assert its_body == body
    differing = {name for name in real.keys() | tested.keys() if real.get(name) != tested.get(name)}
    assert differing == {"To", "Subject", "Message-ID", "X-Pressroom-Test"}
    assert tested["To"] == "me@example.org" and tested["Subject"] == "[Test] The plastic brain"


def test_the_command_says_where_it_stands_and_how_to_open_it(workspace: WorkspaceRunner) -> None:
    result = workspace.run("test", "1", "--to", "me@example.org")
    assert result.exit_code == 0
    path = str(workspace.root / f"{FOLDER}-me@example.org.eml")
    assert result.stdout.splitlines()[0] == path and Path(path).is_file()
    assert "subject  [Test] The plastic brain" in result.stdout
    assert "Nothing was sent." in result.stderr and path in result.stderr
    assert "not frozen yet: pressroom assemble 1" in result.stderr


def test_fields_hold_their_fallbacks_save_the_address(letters: WorkspaceRunner) -> None:
    message = made(letters, "a+b@example.org")
    assert "Hello there of your town, at a+b@example.org." in text(message)
    assert "https://synapse.example/leave?who=a%2Bb@example.org" in message["List-Unsubscribe"]


def test_fields_are_filled_by_hand(letters: WorkspaceRunner) -> None:
    message = made(letters, "me@example.org", "--field", "first_name=<Ada & Bo>", "--field", "name=Åsa")
    assert "Hello <Ada & Bo> of" in text(message)
    assert message["Subject"] == "[Test] For Åsa"
    page = message.get_body(("html",))
    assert page is not None and "&lt;Ada &amp; Bo&gt;" in page.get_content()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_fields_come_from_the_readers_row(letters: WorkspaceRunner, delimiter: str) -> None:
    rows = [
        ["Email Address", "First Name", "City", "Notes"],
        ["other@example.org", "Bo", "Turku", "x"],
        ["Ada@Example.org", " Ada ", '"A ""town"""', ""],
        [],
    ]
    letters.write({"readers.csv": "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)})
    readers = ("--recipient", str(letters.root / "readers.csv"))
    assert 'Hello Ada of A "town", at' in text(made(letters, "ada@example.org", *readers))
    by_hand = made(letters, "ada@example.org", *readers, "--field", "city=Lund")
    assert "Hello Ada of Lund" in text(by_hand)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("email\nadda@example.org\n", 'no row has the email "ada@example.org".\n    Did you mean "adda@'),
        ("name,city\nAda,Lund\n", ':1: no column is named "email".\n    The columns are: name, city.'),
        ("", "readers.csv: is empty."),
        ("email\n", "no row has a recipient"),
        ("email,status\nada@example.org,foo\n", ':2: "status" is "foo", which is not known as subscribed.'),
        ("email,opted_out\nada@example.org,yes\n", ':2: not subscribed: "opted_out" is "yes".'),
        ("email,city,City\na@x,b,c\n", 'two columns are read as "city"'),
        (
            "email\nada@example.org\nADA@example.org\n",
            'readers.csv:3: "ADA@example.org" is in line 2 too.',
        ),
        ("email,city\nada@example.org,Lund,Skåne\n", ":2: the row has more cells than the header."),
        ('email,city\nada@example.org,"Lund\nSkåne"\n', 'the value of "city" has the character U+000A'),
        ('email,city\nada@example.org,"Lund" x\n', "readers.csv:2: the row is not CSV: the double quotes"),
        (b"email\n\xff\n", 'readers.csv:2: the value of "email" is not UTF-8 text'),
    ],
)
def test_a_list_that_does_not_serve_is_refused(
    letters: WorkspaceRunner, content: str | bytes, said: str
) -> None:
    letters.write({"readers.csv": content})
    readers = str(letters.root / "readers.csv")
    assert said in letters.error("test", "1", "--to", "ada@example.org", "--recipient", readers)
    assert not (letters.root / "build/tests").exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "me",
        "me@",
        "@example.org",
        "me@example.org\r\nBcc: you@example.org",
        "me@example.org\nX: y",
        "me@exa\u2028mple.org",
        "me\udcff@example.org",
        "Ada <me@example.org>",
        "me@example.org, you@example.org",
        "me@a/../../b",
        "me@-/x",
        "jürgen@example.org",
        "a" * 300 + "@example.org",
        "me@" + "a" * 64 + ".org",
        "me@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_refused_and_writes_nothing(workspace: WorkspaceRunner, address: str) -> None:
    before = workspace.tree()
    assert '"--to"' in workspace.error("test", "1", "--to", address)
    assert workspace.tree() == before


@pytest.mark.parametrize(
    "address",
    [
        "../../x@example.org",
        "a/b@example.org",
        '"a b\\\\c"@example.org',
        "x" * 64 + "@" + "b." * 60 + "org",
        "CON@x",
        "..@x",
    ],
)
def test_an_address_never_leads_out_of_its_folder(workspace: WorkspaceRunner, address: str) -> None:
    result = workspace.run("test", "1", "--to", address)
    assert result.exit_code in (0, 1)
    new = [path for path in workspace.tree() if path.endswith(".eml")]
    assert len(new) == (result.exit_code == 0)
    assert all(path.startswith(f"{FOLDER}-") and path.count("/") == 2 for path in new)


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_addresses_have_two_names_that_are_one_part_of_a_path(one: str, other: str) -> None:
    try:
        first, second = checked_address(f"{one}@a.org", "--to"), checked_address(f"{other}@a.org", "--to")
    except PressroomError:
        return
    assert not set('/\\:*?"<>|\r\n\0') & set(_file_name(first))
    assert len(_file_name(first)) <= 100
    assert (_file_name(first) == _file_name(second)) == (first.lower() == second.lower())


def test_an_address_with_letters_of_its_own_script_in_the_domain_is_written_in_ascii(
    workspace: WorkspaceRunner,
) -> None:
    assert made(workspace, "me@bücher.example")["To"] == "me@xn--bcher-kva.example"


def test_several_addresses_have_a_file_each_and_the_same_one_twice_has_one(
    workspace: WorkspaceRunner,
) -> None:
    to = ("--to", "a@x.org", "--to", "b@x.org", "--to", "A@x.org")
    found = workspace.json("test", "1", *to)["tests"]
    assert sorted(workspace.tree("build/tests")) == [
        f"001-the-plastic-brain-{name}@x.org.eml" for name in "ab"
    ]
    assert len(found) == 2
    result = workspace.run("test", "1", *to, "-o", str(workspace.root / "x.eml"))
    assert result.exit_code == 2 and "use it with one --to" in result.stderr


def test_the_same_test_has_the_same_bytes_and_a_correction_another_identity(
    workspace: WorkspaceRunner,
) -> None:
    first = made(workspace)
    assert made(workspace).as_bytes() == first.as_bytes()
    assert made(workspace, "you@example.org")["Message-ID"] != first["Message-ID"]
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body="Corrected.")})
    assert made(workspace)["Message-ID"] != first["Message-ID"]
    assert made(workspace)["Date"] == first["Date"]


def test_output_replaces_a_test_message_and_nothing_else(workspace: WorkspaceRunner) -> None:
    mine = workspace.root / "issues/001-the-plastic-brain/issue.md"
    assert "is not a test message" in workspace.error("test", "1", "--to", "me@x.org", "-o", str(mine))
    assert "is not a test message" in workspace.error(
        "test", "1", "--to", "me@x.org", "-o", str(workspace.root)
    )
    out = workspace.root / "new/x.eml"
    for address in ("me@x.org", "you@x.org"):
        workspace.ok("test", "1", "--to", address, "-o", str(out))
    assert b"\r\nTo: you@x.org\r\n" in out.read_bytes()


def test_errors_are_warnings_here(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/glutamate.md": article(body="![x.png](x.png)\n\nWords."),
            "issues/articles/x.png": png(40, 20),
        }
    )
    assert workspace.run("check", "1").exit_code == 1
    result = workspace.run("test", "1", "--to", "me@example.org")
    assert result.exit_code == 0 and "glutamate.md" in result.stderr and "warning IMG" in result.stderr
    assert workspace.json("test", "1", "--to", "me@example.org")["findings"][0]["severity"] == "warning"


def test_packed_pictures_are_in_the_message(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/glutamate.md": article(body="![A synapse](x.png)"),
            "issues/articles/x.png": png(40, 20),
        }
    )
    assert not [part for part in made(workspace).walk() if part.get_content_maintype() == "image"]
    packed = made(workspace, "me@example.org", "--images", "packed")
    assert [part for part in packed.walk() if part.get_content_type() == "image/png"]


def test_each_audience_has_its_own(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {"issues/001-the-plastic-brain/issue.md": issue(more="audience: [everyone, clinicians]\n")}
    )
    found = workspace.json("test", "1", "--to", "me@x.org", "--audience", "clinicians")
    assert found["audience"] == "clinicians" and found["frozen"] is False
    assert list(workspace.tree("build/tests")) == ["001-the-plastic-brain-clinicians-me@x.org.eml"]
    assert "no edition for" in workspace.error("test", "1", "--to", "me@x.org", "--audience", "patients")


@pytest.mark.parametrize("field", ["first_name", "=x", ""])
def test_a_field_without_a_value_is_wrong_usage(workspace: WorkspaceRunner, field: str) -> None:
    result = workspace.run("test", "1", "--to", "me@x.org", "--field", field)
    assert result.exit_code == 2 and "first_name=Ada" in result.stderr


def test_a_field_that_is_not_known_and_a_value_with_a_line_break_are_refused(
    workspace: WorkspaceRunner,
) -> None:
    said = workspace.error("test", "1", "--to", "me@x.org", "--field", "frist_name=Ada")
    assert 'Did you mean "first_name"?' in said
    said = workspace.error("test", "1", "--to", "me@x.org", "--field", "first_name=Ada\r\nBcc: you@x.org")
    assert "U+000D" in said


def test_it_needs_no_network(workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    workspace.ok("test", "1", "--to", "me@x.org")
