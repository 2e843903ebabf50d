"""`pressroom subscribers`, run as a user runs it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from workspace_kit import SETTINGS, WorkspaceRunner

from pipeline.cli import main
from pipeline.deliver.open_ledger import open_ledger

EXPORT = (
    "email,status\nada@x.org,active\nADA@x.org,\nbo@x.org,unsubscribed\ncy@,\ndi@x.org,foo\ncy@x.org,active\n"
)


@pytest.fixture
def publication(workspace: WorkspaceRunner) -> WorkspaceRunner:
    workspace.write({"newsletter.toml": SETTINGS, "lists/readers.csv": EXPORT})
    return workspace


def suppress(publication: WorkspaceRunner, *arguments: str, answer: str = "") -> Result:
    command = ["-C", str(publication.root), "subscribers", "suppress", *arguments]
    return CliRunner().invoke(main, command, input=answer, prog_name="pressroom", catch_exceptions=False)


def suppressed(publication: WorkspaceRunner, *names: str) -> list[bool]:
    with open_ledger(publication.root) as ledger:
        return [ledger.suppression(ledger.person(f"{name}@x.org")) is not None for name in names]


def test_people_are_counted_and_not_rows(publication: WorkspaceRunner) -> None:
    result = suppress(publication, "A@B.org", "a@b.org", "c@d.org")
    assert result.stdout == "Suppressed: 2.\n"


@pytest.mark.parametrize(("arguments", "answer"), [(("--yes",), ""), ((), "y\n")])
def test_a_list_is_suppressed_whoever_is_on_it(
    publication: WorkspaceRunner, arguments: tuple[str, ...], answer: str
) -> None:
    file = str(publication.root / "lists/readers.csv")
    result = suppress(publication, "--from", file, "ada@x.org", *arguments, answer=answer)
    assert result.exit_code == 0
    assert result.stdout == "Suppressed: 4.\n"
    assert f'{file}:5: warning: "cy@" is not an email address.\n    There must be' in result.stderr
    assert ("Send nothing to 4 people from now on? [y/N]" in result.stderr) is (not arguments)
    assert all(suppressed(publication, "ada", "bo", "cy", "di"))


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_written(publication: WorkspaceRunner, answer: str) -> None:
    before = publication.tree()
    file = str(publication.root / "lists/readers.csv")
    result = suppress(publication, "--from", file, "ada@x.org", answer=answer)
    assert "Suppressed" not in result.stdout
    assert publication.tree() == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lists/reader.csv", 'there is no such file.\n    Did you mean "readers.csv"?'),
        ("lists", "is a folder, not a list."),
        ("lists/none.csv", "no row has an address."),
        ("lists/empty.csv", "is empty."),
    ],
)
def test_a_list_that_has_nobody_is_an_error(publication: WorkspaceRunner, name: str, message: str) -> None:
    publication.write({"lists/none.csv": "email\ncy@\n", "lists/empty.csv": ""})
    result = suppress(publication, "--from", str(publication.root / name))
    assert result.exit_code == 1
    assert f"{publication.root / name}: {message}" in result.stderr


@pytest.mark.parametrize("command", [("preview", "--recipients"), ("test", "--to", "a@x.org", "--recipient")])
@pytest.mark.parametrize("name", ["reader.csv", "https://x.org/readers.csv"])
def test_every_command_says_what_is_not_a_list(
    publication: WorkspaceRunner, command: tuple[str, ...], name: str
) -> None:
    publication.write(
        {"issues/001-one/issue.md": "---\nnumber: 1\ntitle: One\ndate: 2026-02-01\n---\nHello.\n"}
    )
    first, *options = command
    error = publication.error(first, "1", *options, name)
    assert "read from the web" in error if ":" in name else "there is no such file" in error
