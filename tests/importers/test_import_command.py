"""`pressroom import`, as an editor uses it: many sources at a time, again, from the web, and broken ones."""

from __future__ import annotations

import http.server
import json
import shutil
import sys
import threading
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
from click.testing import CliRunner
from docx_kit import docx_of_folder
from table_kit import rows
from workspace_kit import ROOT, WorkspaceRunner, png

from pipeline.cli import main, terminal
from pipeline.errors import PressroomError
from pipeline.importers import item, pictures, run
from pipeline.support.files import write_atomically

HELD = ROOT / "tests" / "importers"
NOW = ("--now", "2026-03-01")
POOL = "issues/articles"
WORDS = "Glutamate is the main excitatory transmitter, at work in about nine of ten synapses of the brain."


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder with one file of each form, texts in each of their shapes."""
    made = tmp_path / "old"
    for name in (
        "text/page-full.txt",
        "text/titled-blocks.txt",
        "text/untitled-plain.txt",
        "text/lists-close.txt",
    ):
        copy(HELD / name, made)
    for name in ("markdown/hugo-toml.md", "html/clinic-blog.html", "feed/feed.json", "message/campaign.eml"):
        copy(HELD / name, made)
    (made / "memo.docx").write_bytes(
        docx_of_folder(HELD / "docx" / "styled", {"word/media/image1.png": png(40, 20)})
    )
    return made


def copy(file: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, to)


def articles(workspace: WorkspaceRunner) -> dict[str, str]:
    return {path: data.decode() for path, data in workspace.tree(POOL).items() if path.endswith(".md")}


def head(text: str) -> dict[str, Any]:
    from yaml import safe_load

    return dict(safe_load(text.split("---\n")[1]))


# --- all forms at once --------------------------------------------------------------------------


def test_a_folder_with_each_form_is_imported_by_one_command_and_an_issue_of_it_is_sound(
    workspace: WorkspaceRunner, sources: Path
) -> None:
    before = set(articles(workspace))
    said = workspace.json("import", str(sources), "--tag", "research", "--no-fetch", *NOW)
    assert said["errors"] == []
    assert {each["form"] for each in said["articles"]} == {
        "text",
        "markdown",
        "html",
        "feed",
        "docx",
        "message",
    }
    new = set(articles(workspace)) - before
    assert len(new) == len(said["articles"]) >= 9
    assert {each["state"] for each in said["articles"]} == {"new"}
    workspace.write(
        {f"{POOL}/{path}": text.replace("draft: true\n", "") for path, text in articles(workspace).items()}
    )
    workspace.ok("assemble", "1", *NOW)
    found = workspace.json("check", "1")
    assert [each for each in found["findings"] if each["severity"] == "error"] == []
    built = workspace.ok("build", *NOW)
    assert "email.html" in built


def test_importing_again_changes_nothing(workspace: WorkspaceRunner, sources: Path) -> None:
    workspace.ok("import", str(sources), "--no-fetch", *NOW)
    before = workspace.tree()
    said = workspace.json("import", str(sources), "--no-fetch", "--now", "2026-04-01")
    assert {each["state"] for each in said["articles"]} == {"unchanged"}
    assert workspace.tree() == before


def test_a_dry_run_shows_articles_and_what_is_left_out_and_writes_nothing(
    workspace: WorkspaceRunner, sources: Path
) -> None:
    before = workspace.tree()
    said = workspace.ok("import", str(sources / "page-full.txt"), "--dry-run", *NOW)
    assert workspace.tree() == before
    assert "  | title: Ketamine and the growing synapse" in said
    assert 'left out: line 1: "Home > Blog > Research" (breadcrumb)' in said
    assert "inferred dek: " in said


def test_the_report_can_be_read_by_programs(workspace: WorkspaceRunner, sources: Path) -> None:
    (one,) = workspace.json("import", str(sources / "page-full.txt"), "--dry-run", *NOW)["articles"]
    assert one["path"] == f"{POOL}/ketamine-and-the-growing-synapse.md"
    assert (one["form"], one["state"], one["written"]) == ("text", "new", False)
    assert {"text": "Home > Blog > Research", "reason": "breadcrumb", "line": 1} in one["left_out"]
    assert "dek" in {each["field"] for each in one["inferred"]}
    assert one["text"].startswith("---\n")


def test_what_is_left_out_stands_beside_the_article(workspace: WorkspaceRunner, sources: Path) -> None:
    workspace.ok("import", str(sources / "page-full.txt"), *NOW)
    held = json.loads(workspace.read(f"{POOL}/ketamine-and-the-growing-synapse.import.json"))
    assert {"line": 1, "reason": "breadcrumb", "text": "Home > Blog > Research"} in held["left_out"]
    assert held["source"].endswith("page-full.txt")


@pytest.mark.parametrize("source", sorted((HELD / "text").glob("*.txt")), ids=lambda path: path.stem)
def test_every_line_of_a_text_is_in_the_article_or_beside_it(
    workspace: WorkspaceRunner, source: Path
) -> None:
    (one,) = workspace.json("import", str(source), "--dry-run", *NOW)["articles"]
    assert [each for each in one["left_out"] if "found no place" in each["reason"]] == []


MARKDOWN = sorted(file for file in (HELD / "markdown").rglob("*.md*") if not file.stem.endswith(".expected"))


@pytest.mark.parametrize("source", MARKDOWN, ids=lambda path: path.stem)
def test_every_line_of_markdown_is_in_the_article_or_beside_it(
    workspace: WorkspaceRunner, source: Path
) -> None:
    (one,) = workspace.json("import", str(source), "--dry-run", *NOW)["articles"]
    assert [each for each in one["left_out"] if "found no place" in each["reason"]] == []


# --- what the user gives ------------------------------------------------------------------------


def test_options_give_what_would_be_inferred(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/a.txt": f"{WORDS}\n"})
    said = workspace.json(
        *(
            "import",
            str(workspace.root / "in/a.txt"),
            "--title",
            "The switch",
            "--tag",
            "research",
            "--tag",
            "sleep",
        ),
        *("--date", "2026-01-05", "--author", "Ada Example, MD", "--author", "Ben Sample"),
    )
    (one,) = said["articles"]
    assert (one["path"], one["inferred"]) == (f"{POOL}/the-switch.md", [])
    assert head(workspace.read(one["path"])) == {
        "title": "The switch",
        "date": date(2026, 1, 5),
        "authors": [{"name": "Ada Example", "role": "MD"}, "Ben Sample"],
        "tags": ["research", "sleep"],
    }


@pytest.mark.parametrize("name", ["1848-02-21-x.md", "0026-01-01-x.html", "2026-13-45-x.md"])
def test_a_name_with_a_date_that_no_article_may_have_dates_nothing(
    workspace: WorkspaceRunner, name: str
) -> None:
    text = "<h1>A title</h1><p>Words of it.</p>" if name.endswith("html") else "# A title\n\nWords of it.\n"
    workspace.write({f"in/{name}": text})
    (one,) = workspace.json("import", str(workspace.root / "in" / name), "--now", "2026-02-01")["articles"]
    assert ("date", "2026-02-01") in [(each["field"], each["value"]) for each in one["inferred"]]


def test_what_is_inferred_is_said(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/2026-01-05 note.txt": f"{WORDS} It is research that shows it.\n"})
    (one,) = workspace.json("import", str(workspace.root / "in"), *NOW)["articles"]
    assert [(each["field"], each["value"]) for each in one["inferred"]] == [
        ("title", WORDS.rstrip(".")[:88].rpartition(" ")[0] + "…")
        if len(WORDS) > 90
        else ("title", WORDS.rstrip(".")),
        ("date", "2026-01-05"),
    ]


def test_a_tag_of_the_publication_is_suggested_by_its_words(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/a.txt": f"Research on sleep\n\n{WORDS}\n"})
    (one,) = workspace.json("import", str(workspace.root / "in"), *NOW)["articles"]
    assert ("tag", "research") in [(each["field"], each["value"]) for each in one["inferred"]]
    assert head(workspace.read(one["path"]))["tags"] == ["research"]


def test_an_address_in_an_authors_name_is_not_published(workspace: WorkspaceRunner) -> None:
    authors = "[Ada Example <ada@x.example>, ben@x.example]"
    workspace.write({"in/a.md": f"---\ntitle: A\nauthors: {authors}\n---\n{WORDS}\n"})
    (one,) = workspace.json("import", str(workspace.root / "in"), *NOW)["articles"]
    assert head(workspace.read(one["path"]))["authors"] == ["Ada Example"]
    assert "ben@x.example" in str(one["left_out"])


def test_constants_become_the_publications_tags(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/a.md": f"---\ntitle: A\ncategories: [RESEARCH, CLINICAL_PRACTICE]\n---\n{WORDS}\n"})
    (one,) = workspace.json("import", str(workspace.root / "in"), *NOW)["articles"]
    assert head(workspace.read(one["path"]))["tags"] == ["research", "clinical-practice"]


def test_a_piece_for_an_audience_that_is_not_known_stays_a_draft(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/a.md": f"---\ntitle: A\ndate: 2026-01-05\naudience: investors\n---\n{WORDS}\n"})
    (one,) = workspace.json("import", str(workspace.root / "in"), *NOW)["articles"]
    text = head(workspace.read(one["path"]))
    assert (text["draft"], text["extra"]) == (True, {"audience": ["investors"]})


def test_one_title_for_several_articles_is_refused(workspace: WorkspaceRunner, sources: Path) -> None:
    assert "holds 2 articles" in workspace.error("import", str(sources / "feed.json"), "--title", "All")


# --- again ----------------------------------------------------------------------------------------


def changed(workspace: WorkspaceRunner) -> str:
    workspace.write({"in/a.md": f"---\ntitle: A\ndate: 2026-01-05\ntags: [research]\n---\n{WORDS}\n"})
    source = str(workspace.root / "in/a.md")
    workspace.ok("import", source)
    workspace.write(
        {"in/a.md": f"---\ntitle: A\ndate: 2026-01-05\ntags: [research]\n---\n{WORDS}\n\nMore.\n"}
    )
    return source


def test_a_changed_source_shows_the_difference_and_asks(workspace: WorkspaceRunner) -> None:
    source = changed(workspace)
    asked = CliRunner().invoke(main, ["-C", str(workspace.root), "import", source], input="n\n")
    assert "+More." in asked.output
    assert "Take it?" in asked.output
    assert "More." not in workspace.read(f"{POOL}/a.md")
    CliRunner().invoke(main, ["-C", str(workspace.root), "import", source], input="y\n")
    assert "More." in workspace.read(f"{POOL}/a.md")


def test_where_nobody_answers_it_is_left(workspace: WorkspaceRunner) -> None:
    source = changed(workspace)
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "import", source])
    assert result.exit_code == 0
    assert "left as it is; --update takes it" in result.stderr
    assert "More." not in workspace.read(f"{POOL}/a.md")


def test_ctrl_c_at_a_question_ends_the_import(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = changed(workspace)

    def interrupted(*_: Any, **__: Any) -> bool:
        try:  # as Click does
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise click.Abort from None

    monkeypatch.setattr(click, "confirm", interrupted)
    result = workspace.run("import", source)
    assert result.exit_code == 1 and "You stopped the import" in result.stderr
    assert "More." not in workspace.read(f"{POOL}/a.md")


def test_update_takes_it_without_asking(workspace: WorkspaceRunner) -> None:
    source = changed(workspace)
    assert workspace.json("import", source, "--update")["articles"][0]["state"] == "changed"
    assert "More." in workspace.read(f"{POOL}/a.md")


def test_an_edit_by_hand_is_lost_only_where_that_is_said(workspace: WorkspaceRunner) -> None:
    source = changed(workspace)
    workspace.write({f"{POOL}/a.md": workspace.read(f"{POOL}/a.md").replace("Glutamate", "GLUTAMATE")})
    (one,) = workspace.json("import", source, "--update")["articles"]
    assert (one["state"], one["written"]) == ("edited", False)
    assert "GLUTAMATE" in workspace.read(f"{POOL}/a.md")
    workspace.ok("import", source, "--update", "--overwrite")
    assert "More." in workspace.read(f"{POOL}/a.md")


def test_a_deleted_article_is_not_brought_again(workspace: WorkspaceRunner) -> None:
    source = changed(workspace)
    (workspace.root / POOL / "a.md").unlink()
    assert workspace.json("import", source)["articles"][0]["state"] == "gone"
    assert "a.md" not in articles(workspace)


def test_several_feeds_fill_one_pool_and_no_piece_comes_twice(workspace: WorkspaceRunner) -> None:
    item = '<item><guid isPermaLink="false">{}</guid><link>https://old.example/{}</link><title>{}</title><description>{}</description></item>'
    first = item.format("urn:a:1", "one", "One", WORDS) + item.format("g2", "two", "Two", f"Two. {WORDS}")
    second = item.format("urn:a:1", "one?from=2", "One", f"One. {WORDS}") + item.format(
        "other", "two", "Two", f"2. {WORDS}"
    )
    second += item.format("g3", "three", "Three", f"Three. {WORDS}")
    for name, items in (("first", first), ("second", second)):
        workspace.write(
            {f"in/{name}.xml": f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'}
        )
    said = workspace.json("import", str(workspace.root / "in"), "--no-fetch", *NOW)
    states = [(Path(each["source"]).stem, each["state"]) for each in said["articles"]]
    assert states.count(("first", "new")) == 2
    assert sorted(state for name, state in states if name == "second") == ["known", "known", "new"]
    assert {"one.md", "two.md", "three.md"} <= set(articles(workspace))


# --- links, pictures, the web ---------------------------------------------------------------------


def test_links_between_imported_files_lead_to_their_articles(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "in/first.md": f"---\ntitle: First\n---\n{WORDS}\n\nSee [the second](second.md) and [it](/blog/second/).\n",
            "in/second.md": f"---\ntitle: Second\nrelatedArticles: [first]\n---\n{WORDS}\n",
        }
    )
    workspace.ok("import", str(workspace.root / "in"), *NOW)
    assert "[the second](second.md) and [it](second.md)" in workspace.read(f"{POOL}/first.md")
    assert head(workspace.read(f"{POOL}/second.md"))["related"] == ["first"]


def test_pictures_beside_a_source_come_along(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "in/a.md": f"---\ntitle: A\nimage: img/lead.png\n---\n{WORDS}\n\n![Spines](img/s.png)\n\n![None](img/no.png)\n",
            "in/img/lead.png": png(40, 20),
            "in/img/s.png": png(20, 20),
        }
    )
    said = workspace.json("import", str(workspace.root / "in/a.md"), *NOW)
    assert sorted(said["articles"][0]["pictures"]) == ["lead.png", "s.png"]
    text = workspace.read(f"{POOL}/a/index.md")
    assert head(text)["image"] == "lead.png"
    assert "![Spines](s.png)" in text
    assert any("img/no.png" in each["text"] for each in said["articles"][0]["left_out"])


@pytest.mark.parametrize("where", [(pictures.Pictures, "of"), (run, "load")], ids=["pictures", "source"])
def test_an_import_that_was_stopped_keeps_what_is_done_and_goes_on(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, where: tuple[type, str]
) -> None:
    for name in "abc":
        workspace.write({f"in/{name}.md": f"---\ntitle: {name}\n---\n{WORDS} {name}\n\n![It]({name}.png)\n"})
        workspace.write({f"in/{name}.png": png(40, 20)})
    original = getattr(*where)
    calls: list[object] = []

    def stop_at_second(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*args)

    monkeypatch.setattr(*where, stop_at_second)
    result = workspace.run("import", str(workspace.root / "in"), *NOW)
    assert result.exit_code == 1 and "Import the same again to go on" in result.stderr
    assert (workspace.root / POOL / "a" / "index.md").is_file()
    assert not (workspace.root / POOL / "b").exists() and not (workspace.root / POOL / "b.md").exists()
    again = workspace.json("import", str(workspace.root / "in"), *NOW)
    assert [each["state"] for each in again["articles"]] == ["unchanged", "new", "new"]


def test_a_terminal_shows_how_far_an_import_is_within_one_long_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = count()
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with click.Context(main):
        for _ in terminal.progress([1, 2], "Importing"):
            for post in terminal.progress(iter("abcd"), "Importing"):
                terminal.result(post)
    shown = capsys.readouterr()
    assert "\rImporting 2\r\x1b[K" in shown.err and "\rImporting [############............] 1/2" in shown.err
    # A bar is gone from its line before a result is printed.
    assert shown.out == "a\nb\nc\nd\n" * 2 and shown.err.endswith("\r\x1b[K")


def test_pictures_that_obsidian_embeds_are_found_anywhere_in_the_vault(workspace: WorkspaceRunner) -> None:
    note = "# A\n\nWords.\n\n![[pic one.png]]\n\n![[shots/two.png|200]]\n\n![Not](pic%20one.png)\n"
    workspace.write(
        {
            "in/notes/a.md": note,
            "in/attached/pic one.png": png(9, 9),
            "in/old/attached/pic one.png": png(3, 3),
            "in/shots/two.png": png(20, 10),
        }
    )
    (one,) = workspace.json("import", str(workspace.root / "in"), *NOW)["articles"]
    assert "![](pic-one.png)\n\n![](two.png)\n" in workspace.read(f"{POOL}/a/index.md")
    assert workspace.tree(f"{POOL}/a")["pic-one.png"] == png(9, 9)
    # Other systems name a path, and another file of that name is another picture.
    assert "![Not](pic%20one.png)" in [each["text"] for each in one["left_out"]]


def test_links_to_what_makes_no_article_lead_elsewhere_even_from_what_was_written_before(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "b")):
        head = f"title: {name}\ncanonical_url: https://old.example/{name}"
        text = f"---\n{head}\n---\n{WORDS} {name}, see [it](https://old.example/{other}).\n"
        workspace.write({f"in/{name}.md": text})
    original = run.prove

    def prove(files: Any, item: Any, *more: Any) -> Any:
        if item.slug == "b":
            raise PressroomError("it is broken.")
        return original(files, item, *more)

    monkeypatch.setattr(run, "prove", prove)
    result = workspace.run("import", str(workspace.root / "in"), *NOW)
    assert (
        result.exit_code == 1 and "b.md: no sound article can be made of this: it is broken." in result.stderr
    )
    for name in "ac":
        assert "see [it](https://old.example/b)." in workspace.read(f"{POOL}/{name}.md")
    before = workspace.tree(POOL)
    monkeypatch.undo()
    states = [
        each["state"] for each in workspace.json("import", str(workspace.root / "in"), *NOW)["articles"]
    ]
    assert states == ["unchanged", "new", "unchanged"] and before.items() <= workspace.tree(POOL).items()


@pytest.mark.parametrize("stop_at", rows(range(1, 9), (2, 5)))
@pytest.mark.parametrize("where", [(pictures.Pictures, "of"), (run.Import, "write")], ids=["read", "write"])
@pytest.mark.slow
def test_an_import_that_was_stopped_anywhere_and_done_again_is_as_one_that_was_not(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, where: tuple[type, str], stop_at: int
) -> None:
    """Articles that lead to each other forwards and backwards, and two of one title."""
    for number, links in enumerate(((1, 3), (), (0, 2), (5,), (3,), (0,))):
        leads = "".join(f" See [{link}](https://old.example/{link}/)." for link in links)
        head = f"title: T{number % 5}\ncanonical_url: https://old.example/{number}/"
        text = f"---\n{head}\n---\n{WORDS} {number}.{leads}\n\n![It](it.png)\n"
        workspace.write({f"in/{number}.md": text, "in/it.png": png(40, 20)})
    source, before = str(workspace.root / "in"), set(workspace.tree(POOL))
    workspace.ok("import", source, *NOW)
    whole = workspace.tree(POOL)
    for path in set(whole) - before:
        (workspace.root / POOL / path).unlink()
    original = getattr(*where)
    calls: list[object] = []

    def stop(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == stop_at:
            raise KeyboardInterrupt
        return original(*args)

    monkeypatch.setattr(*where, stop)
    first = workspace.run("import", source, *NOW)
    monkeypatch.undo()
    assert first.exit_code == (1 if len(calls) >= stop_at else 0)
    workspace.ok("import", source, *NOW)
    assert workspace.tree(POOL) == whole


@pytest.mark.parametrize("failure", [PressroomError("the disk is full."), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("written", range(4))
def test_what_was_not_written_whole_is_taken_back(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, written: int, failure: BaseException
) -> None:
    """Two pictures, the record of the import and the article: whichever fails, none of them stays."""
    workspace.write(
        {
            "in/a.md": f"---\ntitle: A\nimage: lead.png\n---\n{WORDS}\n\n![Spines](s.png)\n",
            "in/lead.png": png(40, 20),
            "in/s.png": png(20, 20),
        }
    )
    before = workspace.tree(POOL)
    files: list[Path] = []

    def write(file: Path, data: bytes) -> None:
        if len(files) == written:
            raise failure
        write_atomically(file, data)
        files.append(file)

    monkeypatch.setattr(item, "write_atomically", write)
    result = workspace.run("import", str(workspace.root / "in/a.md"), *NOW)
    assert result.exit_code == 1
    assert len(files) == written
    assert workspace.tree(POOL) == before
    assert not (workspace.root / POOL / "a").exists()
    # And once there is room again, the same import does it all.
    monkeypatch.undo()
    workspace.ok("import", str(workspace.root / "in/a.md"), *NOW)
    assert len(workspace.tree(f"{POOL}/a")) == 4


class Site(http.server.BaseHTTPRequestHandler):
    """A small old site; it counts what is asked."""

    files: ClassVar[dict[str, tuple[str, bytes]]] = {}
    asked: ClassVar[list[str]] = []
    released: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/page.html")
            self.end_headers()
            return
        if self.path in ("/loop", "/away"):
            self.send_response(302)
            self.send_header("Location", "/loop" if self.path == "/loop" else "file:///etc/passwd")
            self.end_headers()
            return
        if self.path == "/silent":
            self.released.wait()
            return
        kind, data = self.files.get(self.path, ("", b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    Site.asked = []
    Site.released = threading.Event()
    page = (HELD / "html" / "magazine.html").read_text(encoding="utf-8")
    page = page.replace("https://harbour.example/img/", "/img/").replace(
        "https://harbour.example/2026/02/slow-fire/", ""
    )
    Site.files = {
        "/page.html": ("text/html; charset=utf-8", page.encode()),
        "/img/cytokines.jpg": ("image/png", png(60, 30)),
        "/large": ("text/html", b"<p>" + b"a" * 200_000),
    }
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Site.released.set()
    server.shutdown()
    server.server_close()


def test_a_page_is_fetched_with_its_pictures(workspace: WorkspaceRunner, site: str) -> None:
    (one,) = workspace.json("import", f"{site}/moved", "--allow-private", *NOW)["articles"]
    assert one["path"] == f"{POOL}/a-slow-fire/index.md"
    assert len(one["pictures"]) == 1
    text = workspace.read(one["path"])
    assert head(text)["canonical_url"] == f"{site}/page.html"
    assert f"![Three curves that rise together]({one['pictures'][0]} " in text
    before = workspace.tree()
    assert (
        workspace.json("import", f"{site}/moved", "--allow-private", *NOW)["articles"][0]["state"]
        == "unchanged"
    )
    assert workspace.tree() == before


def test_this_machine_and_private_networks_are_not_asked_unless_allowed(
    workspace: WorkspaceRunner, site: str
) -> None:
    for address in (site, "http://10.0.0.1/x", "http://[::1]/x", "http://169.254.169.254/latest"):
        said = workspace.error("import", f"{address}/page.html")
        assert "private" in said
        assert "--allow-private" in said
    assert Site.asked == []


def test_a_page_makes_nobody_ask_this_machine_for_pictures(workspace: WorkspaceRunner, site: str) -> None:
    workspace.write({"in/a.html": f'<p>{WORDS}</p><p><img src="{site}/img/cytokines.jpg" alt="A"></p>'})
    (one,) = workspace.json("import", str(workspace.root / "in/a.html"), *NOW)["articles"]
    assert Site.asked == []
    assert any("private" in each["reason"] for each in one["left_out"])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/loop", "more than 5 redirects"),
        ("/large", "it is larger than"),
        ("/nothing", "the server says 404"),
        ("/silent", "no answer in"),
        ("/away", "is no web address"),
    ],
)
@pytest.mark.slow
def test_an_address_that_gives_no_page_is_named_and_the_rest_goes_on(
    workspace: WorkspaceRunner, site: str, path: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.importers.gather.MAX_BYTES", 100_000)
    monkeypatch.setattr("pipeline.support.http.TIME_LIMIT", 0.2)
    result = workspace.run("import", f"{site}{path}", f"{site}/page.html", "--allow-private", *NOW)
    assert result.exit_code == 1
    assert f"{site}{path}: cannot be fetched: " in result.stderr
    assert said in result.stderr
    assert "a-slow-fire" in result.stdout


# --- standard input, and what cannot be imported -------------------------------------------------------


def test_standard_input_is_a_source(workspace: WorkspaceRunner) -> None:
    arguments = ["-C", str(workspace.root), "import", "-", "--title", "The switch", *NOW]
    result = CliRunner().invoke(main, arguments, input=f"{WORDS}\n")
    assert result.exit_code == 0, result.output
    assert WORDS in workspace.read(f"{POOL}/the-switch.md")
    again = CliRunner().invoke(main, arguments, input=f"{WORDS}\n")
    assert "unchanged" in again.output


def test_a_link_out_of_the_folder_is_not_followed(workspace: WorkspaceRunner, tmp_path: Path) -> None:
    old, private = tmp_path / "old", tmp_path / "private"
    for folder in (old / "inside", private):
        folder.mkdir(parents=True)
        (folder / "text.md").write_text(f"---\ntitle: {folder.name}\n---\n{WORDS}\n", encoding="utf-8")
        (folder / "picture.png").write_bytes(png())
    (old / "folder").symlink_to(private)
    (old / "file.md").symlink_to(private / "text.md")
    (old / "picture.png").symlink_to(private / "picture.png")
    (old / "same.md").symlink_to(old / "inside" / "text.md")
    (old / "shows.md").write_text(f"---\ntitle: Shows\n---\n![A dot](picture.png)\n\n{WORDS}\n")
    result = workspace.run("import", str(old), "--json", *NOW)
    assert result.exit_code == 1
    imported = json.loads(result.stdout)
    assert {each["title"] for each in imported["articles"]} == {"inside", "Shows"}
    assert [each["pictures"] for each in imported["articles"] if each["title"] == "Shows"] == [[]]
    out = {each["path"].rpartition("/")[2] for each in imported["errors"] if "link out of" in each["message"]}
    assert out == {"folder", "file.md", "picture.png"}


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_password_in_an_address_is_neither_printed_nor_written(
    workspace: WorkspaceRunner, site: str, form: list[str]
) -> None:
    address = site.replace("http://", "http://ada:s3cr@t!@")
    good = workspace.run("import", f"{address}/page.html", "--allow-private", *form, *NOW)
    bad = workspace.run("import", f"{address}/none", "--allow-private", *form, *NOW)
    assert (good.exit_code, bad.exit_code) == (0, 1)
    for result in (good, bad):
        assert "s3cr" not in result.output
    assert not any(b"s3cr" in data for data in workspace.tree().values())


def test_what_cannot_be_imported_is_named_and_the_rest_goes_on(
    workspace: WorkspaceRunner, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "good.md").write_text(f"---\ntitle: Good\n---\n{WORDS}\n", encoding="utf-8")
    (old / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (old / "empty.md").write_bytes(b" \n")
    (old / "bomb.docx").write_bytes(b"PK\x03\x04 not a package")
    (old / "entities.xml").write_text('<!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>', encoding="utf-8")
    (old / "notes.odt").write_bytes(png())
    with (old / "huge.txt").open("wb") as file:
        file.truncate(50_000_001)
    (old / "loop").symlink_to(old)
    (old / "dangling.md").symlink_to(old / "nowhere")
    result = workspace.run("import", str(old), *NOW)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "issues/articles/good.md  new" in result.stdout
    assert "notes.odt: skipped" in result.stderr
    for name, said in {
        "binary.txt": "is no text, nor a form that can be imported",
        "empty.md": "is empty",
        "bomb.docx": "is no document that can be read",
        "entities.xml": "entities",
        "huge.txt": "at most 50 MB can be read",
        "loop": "is a link to a folder above it",
        "dangling.md": "there is no such file",
    }.items():
        (line,) = [
            line for line in result.stderr.splitlines() if f"/{name}" in line and "skipped" not in line
        ]
        assert said in line, line


def test_a_source_that_is_not_there_is_named(workspace: WorkspaceRunner) -> None:
    assert "nowhere.md: there is no such file or folder." in workspace.error("import", "nowhere.md")


def test_an_unknown_form_is_named_with_those_there_are(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/a.txt": WORDS})
    sources = [str(workspace.root / "in/a.txt")] * 2
    assert workspace.error("import", *sources, "--form", "txt").count("there is no form") == 1
    assert 'Did you mean "text"?' in workspace.error("import", *sources, "--form", "txt")


@pytest.mark.parametrize(
    "data",
    [
        f"\ufeff{WORDS} “é”".encode(),
        f"{WORDS} “é”".encode("utf-16"),
        f"{WORDS} “é”".encode("cp1252"),
        f"{WORDS}\r\n“é”\r\n".encode(),
        f"{WORDS}\u200b\u00a0\u00a0“é”".encode(),
    ],
    ids=["utf-8 with a mark", "utf-16", "windows-1252", "crlf", "invisible characters"],
)
def test_every_encoding_is_read(workspace: WorkspaceRunner, data: bytes) -> None:
    (workspace.root / "in.txt").write_bytes(data)
    (one,) = workspace.json("import", str(workspace.root / "in.txt"), "--title", "A", *NOW)["articles"]
    text = workspace.read(one["path"])
    assert "“é”" in text
    assert not set("\r\u200b\ufeff") & set(text)


def test_what_a_source_says_is_never_a_template_nor_markup(workspace: WorkspaceRunner) -> None:
    body = "Dear {{ first_name }} {% raw %} <script>alert(1)</script>\n\n::: only audience=everyone\n"
    workspace.write({"in/a.md": f"---\ntitle: 'A {{{{ x }}}} <b>'\ntags: [research]\n---\n{WORDS}\n\n{body}"})
    workspace.ok("import", str(workspace.root / "in/a.md"), *NOW)
    text = workspace.read(f"{POOL}/a-x-b.md")
    assert r"\{{ first_name }}" in text
    assert "<script>" not in text
    assert ":::" not in text
    workspace.ok("assemble", "1", *NOW)
    workspace.ok("build", *NOW)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("publishDate: 2030-01-02", "its `publishDate` is ahead: the public has not seen it yet"),
        ("expiryDate: 2020-01-02", "its `expiryDate` is past: its site shows it no more"),
        ("build:\n  render: never", "its site has no page of it, as `build` says"),
        ("publishDate: 2020-01-02\nexpiryDate: 2030-01-02\nbuild:\n  render: always", ""),
    ],
)
def test_what_hugo_does_not_show_now_is_a_draft(workspace: WorkspaceRunner, fields: str, why: str) -> None:
    workspace.write({"../in/a.md": f"---\ntitle: A\ndate: 2020-01-01\n{fields}\n---\nWords.\n"})
    report = workspace.json("import", str(workspace.root.parent / "in"), "--now", "2026-03-01")
    assert ("\ndraft: true\n" in workspace.read("issues/articles/a.md")) == bool(why)
    assert [each["why"] for each in report["articles"][0]["inferred"] if each["field"] == "draft"] == [why][
        : bool(why)
    ]


def test_the_page_of_a_folder_is_no_article_unless_it_is_wanted(workspace: WorkspaceRunner) -> None:
    files = {"_index.md": "---\ntitle: All posts\n---\nWelcome.\n", "a.md": "---\ntitle: A\n---\nWords.\n"}
    workspace.write({f"../in/{name}": text for name, text in files.items()})
    folder = str(workspace.root.parent / "in")
    report = workspace.json("import", folder, "--dry-run")
    assert [each["title"] for each in report["articles"]] == ["A"]
    assert report["omitted"] == {"a page: bring pages too with --pages": 1}
    assert len(workspace.json("import", folder, "--pages")["articles"]) == 2


def test_a_note_of_nothing_but_a_list_is_titled_by_its_name(workspace: WorkspaceRunner) -> None:
    workspace.write({"../in/shopping.md": "- buy salt\n- buy rye\n"})
    workspace.ok("import", str(workspace.root.parent / "in"))
    assert "title: Shopping\n" in workspace.read("issues/articles/shopping.md")


def test_a_link_by_the_name_of_a_file_is_found_from_any_folder(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "../in/posts/rye/index.md": '---\ntitle: Rye\ndate: 2024-01-01\n---\nSee [oats]({{< ref "oats.md" >}}) and [two](two.md).\n',
        "../in/posts/oats.md": "---\ntitle: Oats\ndate: 2024-01-01\nslug: a-grain\n---\nOats are light.\n",
        "../in/a/two.md": "---\ntitle: Two A\ndate: 2024-01-01\nslug: a\n---\nA.\n",
        "../in/b/two.md": "---\ntitle: Two B\ndate: 2024-01-01\nslug: b\n---\nB.\n",
    })  # fmt: skip
    workspace.ok("import", str(workspace.root.parent / "in"), "--now", "2026-03-01")
    assert "See [oats](a-grain.md) and two." in workspace.read("issues/articles/rye.md")


def test_a_link_to_a_heading_of_another_imported_article_keeps_the_heading(
    workspace: WorkspaceRunner,
) -> None:
    files = {
        "../in/one.md": "---\ntitle: One\ndate: 2024-01-01\n---\n"
        "See [the cost](two.md#what-it-cost), and [what readers said](two.md#comments).\n",
        "../in/two.md": "---\ntitle: Two\ndate: 2024-01-01\n---\nRye.\n\n## What it cost\n\nOats.\n",
    }
    workspace.write(files)
    workspace.ok("import", str(workspace.root.parent / "in"), *NOW)
    assert "See [the cost](two.md#what-it-cost), and [what readers said](two.md).\n" in workspace.read(
        f"{POOL}/one.md"
    )


def test_a_link_within_the_page_stays_if_the_article_has_the_heading(workspace: WorkspaceRunner) -> None:
    text = "See [rye](#of-rye), [rye here](a.md#of-rye), [again](#of-rye-2), [oats](#oats) and [it](#cafe).\n"
    headings = "\n## Of *rye*\n\nRye.\n\n> ## Of rye\n\n## Barley\n\nBarley.\n"
    workspace.write({"../in/a.md": f"---\ntitle: A\ndate: 2024-01-01\n---\n{text}{headings}"})
    report = workspace.json("import", str(workspace.root.parent / "in"), *NOW)
    kept = "See [rye](#of-rye), [rye here](#of-rye), [again](#of-rye-2), oats and it.\n"
    assert kept in workspace.read(f"{POOL}/a.md")
    left = [(each["text"], each["reason"]) for each in report["articles"][0]["left_out"]]
    assert left == [("[oats](#oats)", "a link within the page"), ("[it](#cafe)", "a link within the page")]
