"""Tables in a terminal: columns that hold, whatever the script, and what a plan shows."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_kit import rows
from workspace_kit import ROOT, WorkspaceRunner, article, issue

from pipeline.cli.columns import Column, fit_columns, truncate
from pipeline.support.display_width import display_width

SECTIONS = """\
sections:
  - title: Research
    tags: [research]
    pin: [a-note]
    limit: 1
  - title: Nothing yet
    tags: [other]
    since: 2026-01-30
"""


def in_terminal(workspace: WorkspaceRunner, columns: int, *arguments: str, **environment: str) -> str:
    """What a terminal of that many columns is sent on stdout."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    inherited = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "NO_COLOR"}}
    code = "from pipeline.cli import main; main(prog_name='pressroom')"
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=workspace.root,
        env={**inherited, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        stdin=theirs,
        stdout=theirs,
    ):
        os.close(theirs)
        said = b""
        try:
            while data := os.read(ours, 65536):
                said += data
        except OSError:  # how Linux says that the other end is closed
            pass
        finally:
            os.close(ours)
    return said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", rows([60, 80, 120], {80}))
def test_status_never_cuts_the_command_to_copy(workspace: WorkspaceRunner, columns: int) -> None:
    long = "The plastic brain and all that it remembers"
    draft = issue(number=2, title=long, more="draft: true\n")
    workspace.write(
        {"issues/001-the-plastic-brain/issue.md": issue(title=long), "issues/002-b/issue.md": draft}
    )
    shown = in_terminal(workspace, columns, "status")
    assert "pressroom assemble 1\n" in shown
    assert "delete `draft: true` when it is ready\n" in shown


@pytest.mark.slow
def test_findings_are_wrapped_to_the_terminal_between_words(workspace: WorkspaceRunner) -> None:
    words = "A long sentence without any end, that goes on and on, and on. "
    workspace.write({"issues/articles/glutamate.md": article(body=words * 20, dek=words * 6)})
    shown = re.sub(r"\x1b\[[\d;]*m", "", in_terminal(workspace, 60, "check", "1"))
    assert max(map(len, shown.split("\n"))) <= 60
    whole = workspace.run("check", "1").stdout
    assert max(map(len, whole.split("\n"))) > 100
    assert " ".join(shown.split()) == " ".join(whole.split())


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [("one two", 7, "one two"), ("one two", 5, "one…"), ("大脑的可塑性", 6, "大脑…"), ("a👩🏽‍⚕️b", 3, "a…")],
)
def test_a_cut_breaks_no_character(text: str, room: int, short: str) -> None:
    assert truncate(text, room) == short


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.integers(20, 90))
def test_rows_fit_and_columns_hold_for_any_text(texts: list[str], room: int) -> None:
    columns = (
        Column("A"),
        Column("B", shrink_to=5),
        Column("C", shrink_to=5),
        Column("D", shrink_to=30, optional=True),
    )
    rows = fit_columns(columns, [("x", text, text[::-1], "slug") for text in texts], room)
    assert all(sum(map(display_width, row)) + 2 * (len(row) - 1) <= room for row in rows)
    assert len({tuple(map(display_width, row[:-1])) for row in rows}) == 1


def with_titles(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/001-the-plastic-brain/issue.md": issue(more=SECTIONS),
            "issues/articles/glutamate.md": article("大脑的可塑性 " * 9),
            "issues/articles/hebrew.md": article("המוח 2026", date="2026-01-03"),
            "issues/articles/other.md": article("🧠 Other", tags="[other]"),
            "issues/articles/draft.md": article("A draft", draft="true"),
        }
    )


def test_a_plan_has_sections_with_their_limits_and_what_is_out_by_reason(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/001-the-plastic-brain/issue.md": issue(more=SECTIONS)})
    workspace.write({"issues/articles/other.md": article("Other", tags="[other]")})
    assert workspace.ok("plan", "1") == (
        "Issue 1, The plastic brain, 2026-02-01, not frozen yet\n"
        "\n"
        "Edition for everyone: 1 article\n"
        "\n"
        "Research  1 of at most 1\n"
        "  pinned  A note                2026-01-05  notes     a-note\n"
        "\n"
        "Nothing yet  0\n"
        "\n"
        'Out: "Research" is full  1\n'
        "  out     The glutamate switch  2026-01-08  research  glutamate\n"
        "\n"
        'Out: "Nothing yet" begins with 2026-01-30  1\n'
        "  out     Other                 2026-01-08  other     other\n"
    )


def test_a_plan_reads_as_the_issue_does(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/b.md": article("Newer", date="2026-01-20", tags="[research]")})
    said = workspace.ok("plan", "1")
    assert said.index("Newer") < said.index("The glutamate switch") < said.index("In brief")


def test_a_frozen_plan_says_so_and_marks_what_was_edited_or_deleted(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    assert "issue.lock has the selection" in workspace.ok("plan", "1")
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body="Other words.")})
    (workspace.root / "issues/articles/a-note.md").unlink()
    workspace.write({"issues/articles/new.md": article("New")})
    said = workspace.ok("plan", "1")
    assert re.search(r"in +The glutamate switch +2026-01-08 +edited since", said)
    assert re.search(r"in +a-note +deleted since", said)
    assert "Out: frozen without it  1" in said


def test_a_large_count_has_its_thousands_apart(workspace: WorkspaceRunner) -> None:
    links = "".join(
        f"- {{url: 'https://a.example/{n}', title: Link {n}, tags: [seldom], date: 2026-01-01}}\n"
        for n in range(1200)
    )
    workspace.write({"issues/links/many.yaml": links})
    assert re.search(r"seldom +0 +1,200\n", workspace.ok("tags"))
    assert re.search(r"Out: .*  1,20\d\n", workspace.ok("plan", "1", "--all"))
    assert re.search(r"1,20\d \w+ have only tags that no section takes", workspace.run("check", "1").stdout)


@pytest.mark.parametrize(
    "columns", [50, pytest.param(80, marks=pytest.mark.slow), pytest.param(120, marks=pytest.mark.slow)]
)
@pytest.mark.slow
def test_no_line_of_a_table_is_wider_than_the_terminal(workspace: WorkspaceRunner, columns: int) -> None:
    with_titles(workspace)
    workspace.write({"issues/002-two/issue.md": issue(2, title="A title that is rather long " * 4)})
    for command in (("plan", "1", "--all"), ("articles",), ("status",)):
        said = re.sub(r"\x1b\[[0-9;]*m", "", in_terminal(workspace, columns, *command))
        rows = [line for line in said.splitlines() if re.match(r"  (in|out|pinned) ", line)]
        assert rows or command != ("plan", "1", "--all")
        assert all(display_width(line) <= columns for line in said.splitlines()[3:]), said
        dates = {
            display_width(line[: line.index("2026-01")]) for line in rows if "…" in line or "Other" in line
        }
        assert len(dates) <= 1, said


def test_a_hebrew_title_takes_no_neighbour_along_in_a_terminal_and_is_itself_in_a_pipe(
    workspace: WorkspaceRunner,
) -> None:
    with_titles(workspace)
    assert "\u200eהמוח 2026" in in_terminal(workspace, 80, "plan", "1")
    assert "\u200e" not in workspace.ok("plan", "1")


@pytest.mark.slow
def test_colours_are_for_terminals_that_want_them(workspace: WorkspaceRunner) -> None:
    assert "\x1b[32min\x1b[0m" in in_terminal(workspace, 80, "plan", "1")
    assert "\x1b" not in in_terminal(workspace, 80, "plan", "1", NO_COLOR="1")
    assert "\x1b" not in in_terminal(workspace, 80, "plan", "1", TERM="dumb")
    assert "\x1b" not in workspace.ok("plan", "1")
