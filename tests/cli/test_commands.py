"""The command as a user meets it: beginnings, listings, JSON, exports, help and completion."""

from __future__ import annotations

import email
import email.policy
import errno
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from table_kit import rows
from workspace_kit import ROOT, SETTINGS, WorkspaceRunner, article, issue, png, write_own_texts

from pipeline.actions.scaffold import KINDS
from pipeline.cli import LateCommand, main

ALL = [
    "init",
    "new",
    "add",
    "import",
    "articles",
    "links",
    "tags",
    "plan",
    "assemble",
    "build",
    "feed",
    "check",
    "preview",
    "test",
    "approve",
    "export",
    "send",
    "subscribers",
    "status",
    "doctor",
    "completion",
]


def test_init_makes_a_workspace_that_builds(tmp_path: Path) -> None:
    workspace = WorkspaceRunner(tmp_path)
    listed = workspace.ok(
        "init", str(tmp_path / "mine"), "--title", 'The "Harbour", Letter: №1', "--now", "2026-02-01"
    )
    assert str(tmp_path / "mine" / "newsletter.toml") in listed
    mine = WorkspaceRunner(tmp_path / "mine")
    mine.ok("build")
    assert 'The "Harbour", Letter: №1' in mine.read("build/issues/001-the-first-issue/email.txt")


def test_init_in_this_folder_says_no_way_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = WorkspaceRunner(tmp_path).run("init", ".").stderr
    assert "Next:  pressroom plan 1\n       pressroom build" in said and "cd " not in said


def test_the_way_into_a_folder_with_a_space_can_be_pasted(tmp_path: Path) -> None:
    said = WorkspaceRunner(tmp_path).run("init", "my letters").stderr
    words = shlex.split(said.partition("Next:")[2].splitlines()[0])
    assert words == ["cd", str(tmp_path / "my letters")]


@pytest.mark.parametrize("kind", KINDS)
def test_no_reader_sees_a_tagline_that_init_wrote(tmp_path: Path, kind: str) -> None:
    WorkspaceRunner(tmp_path).ok("init", "mine", "--kind", kind, "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    (example,) = re.findall('^# tagline = "(.+)"', mine.read("newsletter.toml"), re.MULTILINE)
    mine.ok("build")
    pages = [path for path in (mine.root / "build").rglob("*") if path.suffix in {".html", ".txt", ".xml"}]
    assert pages and not [path for path in pages if example in path.read_text()]


def test_every_path_that_is_typed_is_relative_to_the_folder_of_the_option(
    workspace: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    workspace.write({
        "in/note.md": "# A note\n\nWords of the note.\n", "in/people.csv": "email\nada@reader.example\n",
    })  # fmt: skip
    workspace.ok("assemble", "1")
    assert "in/people.csv:2: " in workspace.run("send", "1", "--to", "in/people.csv", "--plan").stderr
    workspace.ok("import", "in/note.md")
    workspace.ok("test", "1", "--to", "ada@reader.example", "--recipient", "in/people.csv", "-o", "out/t.eml")
    workspace.run("export", "1", "-o", "out/bundle", "--force")
    workspace.ok("build")
    workspace.ok("feed", "--check", "--against", "build/site")
    assert {"out/t.eml", "out/bundle/email.html"} <= workspace.tree().keys()
    assert Path.cwd() == elsewhere and not list(elsewhere.iterdir())


def test_init_inside_a_workspace_is_refused_without_the_option_for_it(workspace: WorkspaceRunner) -> None:
    before, inner = workspace.tree(), workspace.root / "issues" / "inner"
    said = workspace.error("init", str(inner))
    assert f"{inner}: is inside the workspace {workspace.root.resolve()}." in said
    assert "--nested" in said
    assert workspace.tree() == before
    workspace.ok("init", str(inner), "--nested")
    assert (inner / "newsletter.toml").is_file()


def test_init_inside_a_workspace_asks_on_a_terminal(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = workspace.root / "inner"
    for answer, code in (("n", 1), ("y", 0)):
        arguments = ["-C", str(workspace.root), "init", "inner"]
        with monkeypatch.context() as patch:
            patch.setattr("pipeline.cli.new_commands.stdin_is_terminal", lambda: True)
            result = CliRunner().invoke(main, arguments, input=f"{answer}\n\n\n\n", prog_name="pressroom")
        assert "Make another one there?" in result.stderr
        assert result.exit_code == code
        assert inner.exists() == (answer == "y")


def every_command(group: click.Group = main, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command with its names."""
    for name, late in group.commands.items():
        command = late.load() if isinstance(late, LateCommand) else late
        if isinstance(command, click.Group):
            yield from every_command(command, *names, name)
        else:
            yield (*names, name), command


@pytest.mark.parametrize(("names", "command"), [*every_command()], ids=lambda value: str(value)[:30])
def test_help_fits_into_80_columns(names: tuple[str, ...], command: click.Command) -> None:
    shown = CliRunner().invoke(main, [*names, "--help"], prog_name="pressroom", terminal_width=80).stdout
    assert [line for line in shown.splitlines() if len(line) > 80] == []


WITH_JSON = [
    names for names, command in every_command() if any("--json" in each.opts for each in command.params)
]


@pytest.mark.parametrize("names", WITH_JSON, ids=" ".join)
def test_with_json_a_failure_is_json_too(tmp_path: Path, names: tuple[str, ...]) -> None:
    """The same object for every command: all mistakes with their places and hints."""
    workspace = WorkspaceRunner(tmp_path)
    workspace.write({"newsletter.toml": "title = 1\n"})
    more = {"init": ["inner"], "test": ["1", "--to", "a@b.example"], "import": ["x.md"], "add": ["x"]}
    arguments = more.get(
        names[0], ["1"] if names[0] in {"new", "plan", "assemble", "approve", "export", "send"} else []
    )
    result = workspace.run(*names, *arguments, "--json")
    assert result.exit_code == 1
    errors = json.loads(result.stdout)["errors"]
    assert errors
    for each in errors:
        assert set(each) == {"message", "path", "line", "hint"}
        assert each["message"] in result.stderr


def test_a_list_of_nothing_says_what_to_do(workspace: WorkspaceRunner) -> None:
    links = workspace.run("links")
    assert (links.stdout, links.exit_code) == ("", 0)
    assert links.stderr == "There is no link yet. Add one: pressroom add https://…\n"
    assert workspace.run("tags").stderr == ""
    shutil.rmtree(workspace.root / "issues/articles")
    assert workspace.run("articles").stderr.endswith('pressroom new article "Its title"\n')
    assert workspace.run("tags").stderr == "No article has a tag yet.\n"
    workspace.write({"issues/links/one.yaml": "- url: https://example.org/\n  title: One\n  tags: [a]\n"})
    assert "No article" not in workspace.run("links", "--tag", "a").stderr


@pytest.mark.parametrize(
    "arguments", [("plan", "--json"), ("build", "--json", "--cleen"), ("assemble", "--json")]
)
def test_wrong_usage_leaves_stdout_empty_also_with_json(
    workspace: WorkspaceRunner, arguments: tuple[str, ...]
) -> None:
    result = workspace.run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "") and result.stderr.startswith("Usage: ")


def test_with_json_the_findings_that_stop_an_export_are_json(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article(body="[A](https://localhost/x)")})
    workspace.ok("assemble", "1")
    result = workspace.run("export", "1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["errors"]


def test_a_misspelt_target_is_answered_with_the_nearest(workspace: WorkspaceRunner) -> None:
    result = workspace.run("export", "1", "--to", "mailchmp")
    assert result.exit_code == 2
    assert 'Did you mean "mailchimp"?' in result.stderr


def test_an_export_of_a_draft_says_that_it_is_a_draft(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/001-the-plastic-brain/issue.md": issue(more="draft: true\n")})
    said = workspace.error("export", "1")
    assert "issues/001-the-plastic-brain/issue.md" in said
    assert "the issue is a draft." in said
    assert "Delete `draft: true`" in said


def test_no_file_is_made_with_a_date_that_no_other_command_would_take(workspace: WorkspaceRunner) -> None:
    before = workspace.tree()
    for kind in ("issue", "article"):
        result = workspace.run("new", kind, "Far away", "--date", "2206-01-01")
        assert result.exit_code == 2 and "'2206-01-01' is in the year 2206. Write it as" in result.stderr
    assert workspace.tree() == before


def test_init_never_overwrites(workspace: WorkspaceRunner) -> None:
    before = workspace.tree()
    assert "a workspace already" in workspace.error("init", str(workspace.root))
    assert workspace.tree() == before


def test_an_untouched_workspace_is_never_frozen(tmp_path: Path) -> None:
    """Its address would be in the ids of the feeds for good."""
    WorkspaceRunner(tmp_path).ok("init", "mine", "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    before = mine.tree()
    line = mine.read("newsletter.toml").partition("\nbase_url")[0].count("\n") + 2
    assert f"newsletter.toml:{line}: `base_url` is still" in mine.error("assemble", "1")
    assert mine.error("assemble", "--all").count(f"newsletter.toml:{line}: `base_url` is still") == 1
    assert mine.tree() == before


def test_all_placeholders_and_mistakes_that_stop_a_freeze_are_named_at_once(tmp_path: Path) -> None:
    WorkspaceRunner(tmp_path).ok("init", "mine", "--kind", "letter", "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    letter = "issues/001-the-first-letter/issue.md"
    mine.write({letter: f"{mine.read(letter)}{{{{ frist_name }}}}\n"})
    error = mine.error("assemble", "1")
    for name in ("`base_url`", "`sender`", "`postal_address`", "`frist_name`"):
        assert error.count(name) == 1
    assert "4 mistakes. Nothing was written." in error


def test_status_says_that_placeholders_come_before_freezing(tmp_path: Path) -> None:
    WorkspaceRunner(tmp_path).ok("init", "mine", "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    (untouched,) = mine.json("status")["issues"]
    assert untouched["next"] == "pressroom check 1  (newsletter.toml has placeholders)"
    settings = mine.read("newsletter.toml")
    mine.write({"newsletter.toml": settings.replace("https://newsletter.example", "https://harbour.example")})
    (with_address,) = mine.json("status")["issues"]
    assert with_address["next"] == "pressroom assemble 1"
    mine.ok("assemble", "1", "--now", "2026-02-01")


def test_a_workspace_with_placeholders_is_never_exported(tmp_path: Path) -> None:
    address = "https://harbour.example/letter"
    WorkspaceRunner(tmp_path).ok("init", "mine", "--base-url", address, "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    frozen = mine.run("assemble", "1", "--now", "2026-02-01")
    assert frozen.exit_code == 0
    exported = mine.run("export", "1")
    assert exported.exit_code == 1 and not (mine.root / "build").exists()
    keys = [line.partition(" =")[0] for line in mine.read("newsletter.toml").splitlines()]
    for setting in ("`sender` is still", '`postal_address` is still "Write your postal'):
        place = f"newsletter.toml:{keys.index(setting.split('`')[1]) + 1}"
        assert f"{place}: warning COPY012: {setting}" in frozen.stderr
        assert f"{place}: error COPY012: {setting}" in exported.stderr


def test_init_takes_what_an_export_needs(tmp_path: Path) -> None:
    given = ["--sender", "ada@harbour.example", "--postal-address", 'Pier "1", Harbour']
    given += ["--base-url", "https://harbour.example/letter"]
    WorkspaceRunner(tmp_path).ok("init", "mine", "--title", "Harbour, Ltd.", *given, "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    assert 'sender = "\\"Harbour, Ltd.\\" <ada@harbour.example>"' in mine.read("newsletter.toml")
    write_own_texts(mine)
    mine.ok("assemble", "1", "--now", "2026-02-01")
    mine.ok("export", "1")


def test_init_refuses_what_the_settings_cannot_have_and_writes_nothing(tmp_path: Path) -> None:
    error = WorkspaceRunner(tmp_path).error("init", "mine", "--sender", "ada", "--base-url", "ftp://x")
    assert '`base_url` is "ftp://x" and must be a web address.' in error and "`sender`" in error
    assert not (tmp_path / "mine").exists()


def test_init_asks_on_a_terminal_for_what_was_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cli.new_commands.stdin_is_terminal", lambda: True)
    arguments = ["-C", str(tmp_path), "init", "mine", "--sender", "Ada <ada@harbour.example>"]
    result = CliRunner().invoke(main, arguments, input="Pier 1\n\n")
    assert result.exit_code == 0, result.output
    assert "The address that the emails come from" not in result.stderr
    settings = (tmp_path / "mine" / "newsletter.toml").read_text()
    assert 'postal_address = "Pier 1"' in settings and 'base_url = "https://newsletter.example"' in settings


def test_init_asks_again_for_an_answer_that_the_settings_cannot_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cli.new_commands.stdin_is_terminal", lambda: True)
    answers = "ada\nada@harbour.example\nPier 1\nharbour.example\nhttps://harbour.example\n"
    result = CliRunner().invoke(main, ["-C", str(tmp_path), "init", "mine"], input=answers)
    assert result.exit_code == 0, result.output
    assert 'error: `sender` is "My newsletter <ada>" and must be an email address.' in result.stderr
    assert 'error: `base_url` is "harbour.example" and must be a web address.' in result.stderr
    assert [result.stderr.count(words) for words in ("emails come from", "postal address,", "will be")] == [
        2,
        1,
        2,
    ]
    settings = (tmp_path / "mine" / "newsletter.toml").read_text()
    assert "<ada@harbour.example>" in settings and 'base_url = "https://harbour.example"' in settings


def test_init_names_a_mistake_in_its_options_before_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cli.new_commands.stdin_is_terminal", lambda: True)
    error = WorkspaceRunner(tmp_path).error("init", "mine", "--kind", "leter")
    assert 'there is no kind "leter".' in error and "The address" not in error


@pytest.mark.parametrize("kind", ["article", "issue"])
def test_a_title_without_a_word_makes_no_file_and_says_why(workspace: WorkspaceRunner, kind: str) -> None:
    before = workspace.tree("issues")
    error = workspace.error("new", kind, "🎉🎉")
    assert "the title has no letter and no digit, which a file's name needs.\n    Add a word." in error
    assert workspace.tree("issues") == before


def test_new_article_says_at_once_that_no_section_takes_its_tag(workspace: WorkspaceRunner) -> None:
    result = workspace.run("new", "article", "Misspelt", "--tag", "reserch")
    assert result.stdout == "issues/articles/misspelt.md\n"
    assert 'No section takes the tag "reserch"' in result.stderr
    assert 'Did you mean "research"?' in result.stderr
    far = workspace.run("new", "article", "Far", "--tag", "zebras").stderr
    assert "Tags that sections take: notes, research." in far
    assert workspace.run("new", "article", "Sound", "--tag", "zebras", "--tag", "notes").stderr == ""


def test_new_issue_and_article_are_read_back_as_drafts(workspace: WorkspaceRunner) -> None:
    path = workspace.ok(
        "new", "article", 'Über: "quoted" & #1', "--tag", "no", "--tag", "1:30", "--date", "2026-01-02"
    ).strip()
    assert path == "issues/articles/über-quoted-1.md"
    found = {each["slug"]: each for each in workspace.json("articles")}["über-quoted-1"]
    assert found["title"] == 'Über: "quoted" & #1'
    assert found["tags"] == ["no", "1:30"] and found["draft"] is True
    assert (
        workspace.ok("new", "issue", "Second", "--date", "2026-03-01").strip() == "issues/002-second/issue.md"
    )
    assert workspace.json("status")["issues"][1]["state"] == "draft"


def test_a_new_issue_has_its_number_in_the_name_of_its_folder_alone(workspace: WorkspaceRunner) -> None:
    workspace.ok("new", "issue", "Second", "--date", "2026-03-01")
    assert "number" not in workspace.read("issues/002-second/issue.md")
    (workspace.root / "issues/002-second").rename(workspace.root / "issues/007-second")
    assert [each["number"] for each in workspace.json("status")["issues"]] == [1, 7]


def test_freezing_says_of_an_issue_dated_ahead_when_it_is_public(workspace: WorkspaceRunner) -> None:
    said = workspace.run("assemble", "1", "--now", "2026-01-20").stderr
    assert "It is dated 2026-02-01: until then it is in no page and no feed." in said
    assert "It is dated" not in workspace.run("assemble", "1", "--update", "--now", "2026-02-02").stderr


def test_a_slug_that_two_issues_have_names_neither(workspace: WorkspaceRunner) -> None:
    workspace.ok("new", "issue", "The plastic brain", "--date", "2026-03-01")
    said = workspace.error("plan", "the-plastic-brain")
    assert '2 issues have the slug "the-plastic-brain".' in said and "Name one: 1 or 2." in said
    for name in ("1", "2", "001-the-plastic-brain", "latest"):
        workspace.ok("plan", name)


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "...", "../x", "nul", "a\x00b"])
def test_new_refuses_titles_that_make_no_slug(workspace: WorkspaceRunner, title: str) -> None:
    before = workspace.tree()
    if title in {"../x"}:
        assert workspace.ok("new", "article", title).strip() == "issues/articles/x.md"
        return
    workspace.error("new", "article", title)
    assert workspace.tree() == before


def test_new_article_refuses_a_slug_that_is_taken(workspace: WorkspaceRunner) -> None:
    assert '"glutamate" is taken' in workspace.error("new", "article", "Glutamate")


def test_articles_and_tags_are_listed_and_filtered(workspace: WorkspaceRunner) -> None:
    assert [each["slug"] for each in workspace.json("articles")] == ["glutamate", "a-note"]
    assert [each["slug"] for each in workspace.json("articles", "--tag", "notes")] == ["a-note"]
    assert workspace.json("tags") == {"notes": 1, "research": 1}
    assert 'Did you mean "research"?' in workspace.error("articles", "--tag", "reserch")
    workspace.ok("assemble", "1")
    assert workspace.json("articles", "--unused") == []


def test_status_says_how_far_each_issue_is(workspace: WorkspaceRunner) -> None:
    def state() -> tuple[str, bool]:
        found = workspace.json("status")["issues"][0]
        return found["state"], found["built"]

    assert state() == ("open", False)
    workspace.ok("assemble", "1")
    assert state() == ("frozen", False)
    workspace.ok("build")
    assert state() == ("frozen", True)
    workspace.write({"issues/articles/glutamate.md": article(body="Other.")})
    assert state() == ("changed", True)


def test_status_claims_neither_that_an_export_is_missing_nor_that_a_size_is_of_today(
    workspace: WorkspaceRunner,
) -> None:
    workspace.ok("assemble", "1")
    workspace.ok("build")
    workspace.ok("export", "1")
    assert "pressroom export 1 (if not exported yet)\n" in workspace.ok("status")
    workspace.write({"issues/articles/glutamate.md": article("Glutamate", body="{{ nmae }}")})
    workspace.error("build")
    heading, row = workspace.ok("status").splitlines()[2:4]
    size = workspace.json("status")["issues"][0]["html_bytes"]
    assert row[heading.index("LAST BUILD") :].startswith(f"{round(size / 1024)} KB ")


def test_build_says_what_it_made(workspace: WorkspaceRunner) -> None:
    said = workspace.ok("build")
    assert "The plastic brain: 2 articles" in said
    assert "build/issues/001-the-plastic-brain/email.html" in said
    assert "[not frozen: pressroom assemble 1]" in said
    names = {"email.html", "email.txt", "email.eml", "email.mjml", "issue.json"}
    assert set(workspace.tree("build/issues/001-the-plastic-brain")) == names


def test_an_issue_is_public_once_it_is_frozen_and_not_before_its_date(workspace: WorkspaceRunner) -> None:
    workspace.ok("build")
    assert "issues/001-the-plastic-brain/index.html" not in workspace.tree("build/site")
    workspace.ok("assemble", "1")
    workspace.ok("build", "--now", "2026-01-31")
    assert "issues/001-the-plastic-brain/index.html" not in workspace.tree("build/site")
    workspace.ok("build", "--now", "2026-02-02")
    assert "issues/001-the-plastic-brain/index.html" in workspace.tree("build/site")


def test_a_build_of_many_issues_lists_the_newest_and_what_is_not_frozen(workspace: WorkspaceRunner) -> None:
    for number in range(2, 15):
        workspace.write(
            {f"issues/{number:03}-x/issue.md": issue(number, f"No {number}", f"2026-03-{number:02}")}
        )
    workspace.ok("assemble", "--all")
    (workspace.root / "issues/002-x/issue.lock").unlink()
    lines = workspace.ok("build", "--now", "2026-04-01").splitlines()
    assert lines[0] == "The newest of 14 issues:"
    assert [int(line[:4]) for line in lines[1:-1:2]] == [2, *range(5, 15)]
    assert len(json.loads(workspace.ok("build", "--json", "--now", "2026-04-01"))["editions"]) == 14
    named = workspace.ok("build", *map(str, range(3, 15)), "--now", "2026-04-01").splitlines()
    assert named[0].startswith("   3  No 3: ")


def test_a_build_says_once_which_addresses_are_gone_from_the_site(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/002-x/issue.md": issue(2, "Two", "2026-02-02", more="sections: []\n")})
    workspace.ok("assemble", "--all")
    workspace.ok("build", "--now", "2026-03-01")
    shutil.rmtree(workspace.root / "issues/001-the-plastic-brain")
    built = workspace.run("build", "--now", "2026-03-01")
    gone = "articles/a-note/, articles/glutamate/, issues/001-the-plastic-brain/"
    assert f"Gone from the site since the last build: {gone}.\n" in built.stderr and built.exit_code == 0
    docs = (Path(__file__).parents[2] / "docs/publishing.md").read_text(encoding="utf-8")
    example = docs[docs.index("Gone from") :].partition("```")[0]
    assert example.replace("articles/the-old-slug/", gone) in built.stderr
    assert "Gone" not in workspace.run("build", "--now", "2026-03-01").output
    assert "Gone" not in workspace.run("build", "--clean", "--now", "2026-03-01").output


def test_the_page_of_an_edition_that_is_gone_is_named_once_in_json_too(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "newsletter.toml": SETTINGS.replace('"Clinicians"', '"Clinicians"\npublic = true'),
            "issues/002-x/issue.md": issue(
                2, "Two", "2026-02-02", more="sections: []\naudience: [everyone, clinicians]\n"
            ),
        }
    )
    workspace.ok("assemble", "--all")
    workspace.ok("build", "--now", "2026-03-01")
    workspace.write({"issues/002-x/issue.md": issue(2, "Two", "2026-02-02", more="sections: []\n")})
    workspace.ok("assemble", "2", "--update")
    assert workspace.json("build", "--now", "2026-03-01")["gone"] == ["issues/002-x/clinicians/"]
    assert workspace.json("build", "--now", "2026-03-01")["gone"] == []


def test_feed_builds_the_same_feeds_as_build(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.ok("build")
    whole = workspace.tree("build/site")
    paths = workspace.json("feed")["feeds"]
    assert "build/site/feed.xml" in paths and "build/site/feeds.opml" in paths
    assert workspace.tree("build/site") == whole


# --- export ----------------------------------------------------------------------------------


def with_picture(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/glutamate.md": article(
                body="![A synapse](x.png)\n\nHi {{ first_name | there }}."
            ),
            "issues/articles/x.png": png(40, 20),
        }
    )
    workspace.ok("assemble", "1")


def test_export_writes_a_bundle_whose_listing_is_true(workspace: WorkspaceRunner) -> None:
    with_picture(workspace)
    workspace.ok("export", "1")
    files = workspace.tree("build/export/001-the-plastic-brain")
    listing = json.loads(files["issue.json"])
    assert listing["subject"] == "The plastic brain"
    assert listing["sender"] == {"name": "Synapse", "address": "letters@synapse.example"}
    written = {"fallback": "there", "percent_encoded": False, "written": "{{ first_name | there }}"}
    assert {"name": "first_name", **written} in listing["merge_fields"]
    assert {each["file"] for each in listing["files"]} == set(files) - {"issue.json"}
    for each in listing["files"]:
        assert each["bytes"] == len(files[each["file"]])
        assert each["sha256"] == hashlib.sha256(files[each["file"]]).hexdigest()
    image = listing["images"]["files"][0]
    assert image["url"].encode() in files["email.html"] and image["file"] in files


def test_packed_images_are_beside_the_html(workspace: WorkspaceRunner) -> None:
    with_picture(workspace)
    workspace.ok("export", "1", "--images", "packed")
    files = workspace.tree("build/export/001-the-plastic-brain")
    name = next(path for path in files if path.startswith("images/"))
    assert f'src="{name}"'.encode() in files["email.html"]


def test_the_zip_holds_the_same_files_and_the_same_bytes_each_time(workspace: WorkspaceRunner) -> None:
    with_picture(workspace)
    workspace.ok("export", "1")
    workspace.ok("export", "1", "-o", str(workspace.root / "out.zip"))
    first = (workspace.root / "out.zip").read_bytes()
    workspace.ok("export", "1", "-o", str(workspace.root / "out.zip"))
    assert (workspace.root / "out.zip").read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == workspace.tree("build/export/001-the-plastic-brain")


def test_the_message_opens_and_has_both_parts(workspace: WorkspaceRunner) -> None:
    with_picture(workspace)
    workspace.ok("export", "1")
    data = workspace.tree("build/export/001-the-plastic-brain")["email.eml"]
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert message["Subject"] == "The plastic brain"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "Hi there." in message.get_body(("plain",)).get_content()
    assert all(
        message.get_all(name) and len(message.get_all(name)) == 1
        for name in ("From", "To", "Date", "Message-ID")
    )


def test_export_refuses_what_is_not_frozen_and_audiences_without_edition(workspace: WorkspaceRunner) -> None:
    assert "pressroom assemble 1" in workspace.error("export", "1")
    workspace.ok("assemble", "1")
    assert 'no edition for "clinicians"' in workspace.error("export", "1", "--audience", "clinicians")


def test_export_never_replaces_a_folder_that_is_no_bundle(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    assert "is not an export" in workspace.error("export", "1", "-o", str(workspace.root / "issues"))
    assert "issues/articles/glutamate.md" in workspace.tree()


# --- help and completion -----------------------------------------------------------------------


@pytest.mark.parametrize(("word", "command"), [("freeze", "assemble"), ("render", "build")])
def test_a_word_that_others_use_for_a_command_is_answered_with_it(
    workspace: WorkspaceRunner, word: str, command: str
) -> None:
    result = workspace.run(word, "1")
    assert result.exit_code == 2
    assert f"No such command '{word}'. Here it is '{command}'." in result.stderr


def test_the_commands_are_those_of_the_design() -> None:
    assert list(main.commands) == ALL


@pytest.mark.parametrize("names", [(), ("new",), ("subscribers",)], ids=" ".join)
def test_a_list_of_commands_says_of_each_in_one_whole_line_what_it_does(names: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*names, "--help"], prog_name="pressroom", terminal_width=80).stdout
    lines = shown.partition("\nCommands:\n")[2].partition("\n\n")[0].splitlines()
    assert lines
    assert [each for each in lines if not each.endswith(".") or each.endswith("...")] == []


@pytest.mark.parametrize("name", ALL)
def test_each_help_has_an_example(name: str) -> None:
    said = CliRunner().invoke(main, [name, "--help"]).stdout
    assert "Examples:" in said and f"pressroom {name}" in said


def test_the_reference_is_up_to_date_and_has_each_command() -> None:
    check = subprocess.run(
        [sys.executable, ROOT / "docs/reference.py", "--check"], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stderr


@pytest.mark.parametrize("name", ALL)
def test_the_list_of_commands_says_what_the_help_of_each_begins_with(name: str) -> None:
    late = main.commands[name]
    assert isinstance(late, LateCommand)
    for width in (20, 60, 200):
        assert late.get_short_help_str(width) == late.load().get_short_help_str(width)


def test_help_and_a_build_of_what_was_not_changed_import_nothing_heavy(workspace: WorkspaceRunner) -> None:
    """Each of these costs milliseconds, where the answer takes about fifty."""
    _age(workspace)
    workspace.ok("build", "--now", "2026-03-01")
    helping = _imported_by(workspace, "--help")
    assert _of_pressroom(helping) == {"pipeline", "pipeline.cli", "pipeline.errors"}
    building = _imported_by(workspace, "build", "--now", "2026-03-01")
    assert "pipeline.support.last_run" in building and "pipeline.model" not in building
    assert not {each for each in building if each.startswith(("pipeline.actions", "pipeline.config"))}
    assert set() == (helping | building) & {*HEAVY, "idna", "json", "zoneinfo"}


@pytest.mark.parametrize(
    "command", rows([["status"], ["plan", "1"], ["articles"]], [["status"]], lambda each: each[0])
)
def test_what_parses_and_renders_is_not_imported_where_nothing_was_changed(
    workspace: WorkspaceRunner, command: list[str]
) -> None:
    _age(workspace)
    workspace.ok("status")
    modules = _imported_by(workspace, *command)
    assert "pipeline.workspace" in modules and "pipeline.compose" not in modules
    assert set() == modules & HEAVY


def test_freezing_imports_no_templates_and_an_export_for_no_service_nothing_of_services(
    workspace: WorkspaceRunner,
) -> None:
    workspace.ok("assemble", "1")
    assert "jinja2" not in _imported_by(workspace, "assemble", "1", "--refresh")
    exporting = _imported_by(workspace, "export", "1", "--force")
    assert "pipeline.export.bundle" in exporting
    assert set() == exporting & {"pipeline.export.package", "pipeline.export.targets"}


HEAVY = frozenset(
    {"PIL", "feedgen", "httpx", "jinja2", "lxml", "markdown_it", "mjml", "nh3", "starlette", "uvicorn"}
    | {"watchfiles", "yaml"}
)


def _age(workspace: WorkspaceRunner) -> None:
    """Let all files be older than what the cache takes for just changed."""
    for path in workspace.root.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


def _imported_by(workspace: WorkspaceRunner, *arguments: str) -> set[str]:
    """The modules that a command imports."""
    code = (
        "import sys; from pipeline.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: pass\n"
        "print(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=workspace.root, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split(" "))


def _of_pressroom(modules: set[str]) -> set[str]:
    return {each for each in modules if each.partition(".")[0] == "pipeline"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(workspace: WorkspaceRunner, shell: str) -> None:
    assert "_PRESSROOM_COMPLETE" in workspace.ok("completion", shell)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pressroom pl", "plan"),
        ("pressroom plan ", "the-plastic-brain"),
        ("pressroom articles --tag re", "research"),
        ("pressroom -C elsewhere plan ", "the-other"),
        ("pressroom -C nowhere pl", "plan"),
        ("pressroom -C nowhere plan ", ""),
    ],
)
def test_the_shell_completes_commands_issues_and_tags(
    workspace: WorkspaceRunner, words: str, expected: str
) -> None:
    workspace.write({"elsewhere/newsletter.toml": workspace.read("newsletter.toml")})
    workspace.write({"elsewhere/issues/002-the-other/issue.md": issue(2, "The other")})
    environment = {
        **os.environ,
        "_PRESSROOM_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    code = "from pipeline.cli import main; main(prog_name='pressroom')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=workspace.root, env=environment, capture_output=True, text=True
    )
    assert any(line.endswith(expected) for line in done.stdout.splitlines()) or not expected, done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("taken", ["notes.txt", "folder.zip/"])
def test_a_zip_never_takes_the_place_of_another_file(workspace: WorkspaceRunner, taken: str) -> None:
    workspace.ok("assemble", "1")
    if taken.endswith("/"):
        (workspace.root / taken).mkdir()
    else:
        workspace.write({taken: "mine"})
    assert "exists already and is not an export." in workspace.error(
        "export", "1", "--zip", "-o", str(workspace.root / taken)
    )
    workspace.ok("export", "1", "-o", str(workspace.root / "mine.zip"))
    workspace.ok("export", "1", "-o", str(workspace.root / "mine.zip"))


def test_a_language_has_its_own_words_for_why_a_reader_gets_this(workspace: WorkspaceRunner) -> None:
    workspace.write({"newsletter.toml": workspace.read("newsletter.toml").replace('"en-GB"', '"de"')})
    workspace.ok("build", "1")
    text = workspace.read("build/issues/001-the-plastic-brain/email.txt")
    assert "abonniert" in " ".join(text.split())


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_full_disk_under_stdout_is_an_error_in_one_line(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    echo = click.echo

    def echo_on_a_full_disk(text: str, err: bool = False) -> None:
        if not err:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        echo(text, err=True)

    monkeypatch.setattr(click, "echo", echo_on_a_full_disk)
    assert workspace.error("articles", *options) == "error: No space left on device.\n"
