"""`add` and `links`: entries of a roundup, from pages, from standard input, and by several people."""

from __future__ import annotations

import re
import shlex
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries
from workspace_kit import SETTINGS, WorkspaceRunner

from pipeline.actions.add_links import LinkRequest, add_links
from pipeline.articles.link_items import link_id
from pipeline.cli import main
from pipeline.compose import Composer
from pipeline.content.tree import elements
from pipeline.errors import PressroomError
from pipeline.importers.escape import foreign
from pipeline.model import ComposedLink, LinkItem, MergeField, Place
from pipeline.support.files import FORBIDDEN
from pipeline.workspace import open_workspace

FILE = "issues/links/2026-01.yaml"
NOW = ("--now", "2026-01-20")
PAGES = {
    "/gcc": """<html><head><title>GCC 16 lands | The Site</title>
<meta property="og:site_name" content="The Site"><meta name="author" content="Ada Example">
<meta name="description" content="A *faster* linker, {{ first_name }} ~~no~~ [x](javascript:alert(1)).">
<meta property="article:published_time" content="2026-01-03T10:00:00Z"></head><body>Words.</body></html>""",
    "/list": "<html><head><title>T</title><meta name='description' content='::: cta'></head></html>",
    "/large": f"<html><head><title>Größe</title></head><body>{('<p>' + 'ü' * 400) * 2_500}</body></html>",
    "/binary": "<title>x</title>%PDF\0\1\2",
    "/controls": "<title>GCC&#27;[2J 16 &#1;lands</title><meta name='author' content='Ada&#7;'>"
    "<meta name='description' content='Faster.&#8;'>",
    "/untitled": "<html><head></head><body>Words.</body></html>",
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A server of a few pages; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = PAGES.get(self.path.partition("?")[0])
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_add_takes_title_description_and_author_from_the_page(workspace: WorkspaceRunner, site: str) -> None:
    url = f"{site}/gcc?utm_source=feed&b=1"
    shown = workspace.ok("add", url, "--tag", "notes", "--allow-private", *NOW)
    assert shown.startswith(f"{FILE}:1  GCC 16 lands\n    Ada Example · published 2026-01-03\n")
    assert workspace.read(FILE).endswith(
        f"  author: Ada Example\n  tags: [notes]\n  date: 2026-01-20\n  url: {site}/gcc?b=1\n"
    )
    workspace.ok("build", "1")
    text = workspace.read("build/issues/001-the-plastic-brain/email.txt")
    # The words of a page are text, whatever Markdown or merge fields they look like.
    words = "A *faster* linker, {{ first_name }} ~~no~~ [x](javascript:alert(1))."
    assert words in " ".join(text.split())


def test_control_characters_that_a_page_escapes_are_left_out(workspace: WorkspaceRunner, site: str) -> None:
    workspace.ok("add", f"{site}/controls", "--tag", "notes", "--allow-private", *NOW)
    [entry] = yaml.safe_load(workspace.read(FILE))
    assert (entry["title"], entry["author"], entry["comment"]) == ("GCC[2J 16 lands", "Ada", "Faster.")


def test_of_a_large_page_the_beginning_is_enough(workspace: WorkspaceRunner, site: str) -> None:
    assert "Größe" in workspace.ok("add", f"{site}/large", "--allow-private", "--tag", "notes", *NOW)


def test_a_description_that_cannot_be_a_comment_is_left_out(workspace: WorkspaceRunner, site: str) -> None:
    workspace.ok("add", f"{site}/list", "--allow-private", "--tag", "notes", *NOW)
    workspace.ok("build", "1")


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        ("/gcc", (), "127.0.0.1 is on a private network.\n    Allow it with --allow-private."),
        ("/untitled", ("--allow-private",), "has no title that can be read.\n    Write its title yourself"),
        ("/binary", ("--allow-private",), "has no title that can be read.\n    Write its title yourself"),
        ("/none", ("--allow-private",), "cannot be fetched: the server says 404."),
        (
            "/gcc",
            ("--allow-private", "--comment", "- a list"),
            "--comment: the comment has more than running",
        ),
    ],
)
def test_what_cannot_be_added_says_why_and_writes_nothing(
    workspace: WorkspaceRunner, site: str, path: str, options: tuple[str, ...], expected: str
) -> None:
    assert expected in workspace.error("add", site + path, *options)
    assert not (workspace.root / "issues/links").exists()


def test_a_link_that_is_there_already_is_refused_at_once(workspace: WorkspaceRunner) -> None:
    url = "https://a.example/x"
    workspace.ok("add", url, "--title", "X", "--tag", "notes", *NOW)
    before = workspace.read(FILE)
    assert f"{url}?utm_source=y: is in {FILE}:1 already." not in before
    for written in (url, f"{url}/?utm_source=y#z", "HTTPS://A.EXAMPLE:443/x"):
        assert f": is in {FILE}:1 already." in workspace.error("add", written)
    workspace.ok("assemble", "1")
    assert ": was linked in issue 1 already." in workspace.error("add", url)
    workspace.write({FILE: ""})
    assert ": was linked in issue 1 already." in workspace.error("add", url)
    for bad in ("ftp://a.example/", "a.example", "https://a.example:no/"):
        assert f"{bad}: is not a web address." in workspace.error("add", bad, "--title", "X")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("example.org/foo", 'Write "https://example.org/foo".'),
        ("//example.org", 'Write "https://example.org".'),
        ("example.org:8080?a=b", 'Write "https://example.org:8080?a=b".'),
        ("ftp://example.org/", "As https://example.org/…"),
        ("mailto:ada@example.org", "As https://example.org/…"),
        ("GCC 16.", "As https://example.org/…"),
    ],
)
def test_an_address_without_https_is_repeated_with_it(
    workspace: WorkspaceRunner, typed: str, hint: str
) -> None:
    assert workspace.error("add", typed) == f"{typed}: is not a web address.\n    {hint}\n"
    workspace.write({FILE: f"- title: X\n  url: {typed}\n", "newsletter.toml": SETTINGS})
    assert hint in workspace.run("links").stderr
    settings = f'unsubscribe_url = "{typed}"'
    workspace.write({"newsletter.toml": re.sub("unsubscribe_url = .*", settings, SETTINGS)})
    assert hint in workspace.run("links").stderr


def test_the_hint_after_a_failed_fetch_has_all_that_was_typed(workspace: WorkspaceRunner, site: str) -> None:
    url = f"{site}/none"
    options = ("--tag", "two words", "--tag", "notes", "--comment", "Why.", "--via", "Ada")
    error = workspace.error("add", url, *options, "--allow-private")
    repeated = "--tag 'two words' --tag notes --comment Why. --via Ada"
    assert f"Write its title yourself: pressroom add {url} {repeated} --title" in error
    words = shlex.split(error.partition("pressroom ")[2])
    workspace.ok(*words, *NOW)
    assert "tags: [two words, notes]" in workspace.read(FILE)


def test_a_tag_is_added_in_the_spelling_that_is_there(workspace: WorkspaceRunner) -> None:
    workspace.write({FILE: "- {title: A, url: https://a.example/, tags: [tools]}\n"})
    result = workspace.run(
        "add", "https://a.example/2", "--title", "B", "--tag", "Tools", "--tag", "NOTES", *NOW
    )
    assert result.stderr == (
        'The tag "Tools" is spelt "tools" here, so that is used.\n'
        'The tag "NOTES" is spelt "notes" here, so that is used.\n'
    )
    assert workspace.json("links", "--tag", "tools", "--tag", "notes")[0]["title"] == "B"
    workspace.ok("new", "article", "The lamp", "--tag", "Tools")
    assert "tags: [tools]" in workspace.read("issues/articles/the-lamp.md")
    assert "Edition for everyone: " in workspace.ok("plan", "1")


@pytest.mark.parametrize("first", [True, False])
def test_the_spelling_that_fewer_items_have_is_the_mistake(workspace: WorkspaceRunner, first: bool) -> None:
    """Of two that as many have it is the later one, as in the second list."""
    odd = "- title: Odd\n  url: https://a.example/1\n  tags: [notes, Tools]\n"
    two, three = (f"- title: T{n}\n  url: https://a.example/{n}\n  tags: [tools]\n" for n in (2, 3))
    workspace.write({FILE: f"{odd}\n{two}\n{three}" if first else f"{two}\n{odd}"})
    own, others = (3, 7) if first else (7, 3)
    assert workspace.error("plan", "1") == (
        f'{FILE}:{own}: the tag "Tools" is spelt "tools" in {FILE}:{others}.\n    Use one spelling.\n'
    )


@pytest.mark.parametrize(
    "before",
    [
        b"- url: https://b.example/   # mine\n  title:   'B'\n",
        b"# Ours.\r\n- url: https://b.example/\r\n  title: B",
        b"\xef\xbb\xbf  - {url: https://b.example/, title: B}\n\n",
    ],
)
def test_add_touches_no_other_line(workspace: WorkspaceRunner, before: bytes) -> None:
    workspace.write({FILE: before})
    workspace.ok("add", "https://a.example/", "--title", "A: no", "--tag", "notes", *NOW)
    after = (workspace.root / FILE).read_bytes()
    assert after.startswith(before) and after.count(b"\r\n") in {0, after.count(b"\n")}
    assert [each["title"] for each in workspace.json("links")] == ["A: no", "B"]


@pytest.mark.parametrize("before", ["[{url: https://b.example/, title: B}]\n", "- url: [\n", "url: x\n"])
def test_a_file_that_cannot_be_added_to_stays_as_it_is(workspace: WorkspaceRunner, before: str) -> None:
    workspace.write({FILE: before})
    assert FILE in workspace.error("add", "https://a.example/", "--title", "A", *NOW)
    assert workspace.read(FILE) == before


def test_many_come_from_standard_input(workspace: WorkspaceRunner) -> None:
    lines = "https://a.example/1 The first: one\n\nhttps://a.example/2\tSecond\nhttps://a.example/1 again\n"
    result = CliRunner().invoke(
        main,
        ["-C", str(workspace.root), "add", "-", "--tag", "notes", "--via", "Ada", *NOW],
        input=lines,
        prog_name="pressroom",
    )
    assert result.exit_code == 1
    assert result.stderr == "-:4: https://a.example/1: is given twice; the first one counts.\n"
    assert [each["title"] for each in workspace.json("links")] == ["Second", "The first: one"]
    assert workspace.json("plan", "1")["links"][0]["taken"]


def test_an_unsound_link_among_many_is_named_and_the_others_are_added(workspace: WorkspaceRunner) -> None:
    lines = "https://a.example/?to={{email}} No\nhttps://a.example/2 Two\n"
    result = CliRunner().invoke(
        main, ["-C", str(workspace.root), "add", "-", *NOW], input=lines, prog_name="pressroom"
    )
    assert (
        result.exit_code == 1
        and "https://a.example/?to={{email}}: `url` is the same for all readers" in result.stderr
    )
    assert [each["title"] for each in workspace.json("links")] == ["Two"]
    blank = workspace.error("add", "https://a.example/3", "--title", "  ")
    assert "https://a.example/3: `title` is empty." in blank


def test_a_link_without_a_tag_is_pointed_out(workspace: WorkspaceRunner) -> None:
    added = workspace.run("add", "https://a.example/w", "--title", "Untagged")
    assert added.exit_code == 0 and "It has no tag yet" in added.stderr


def test_links_lists_what_waits_what_was_used_and_what_is_gone(workspace: WorkspaceRunner, site: str) -> None:
    workspace.ok("add", f"{site}/gcc", "--title", "Used", "--tag", "notes", *NOW)
    workspace.ok("assemble", "1")
    workspace.ok("add", f"{site}/none", "--title", "Gone", "--tag", "notes", "--now", "2026-02-03")
    rows = [line.split() for line in workspace.ok("links").splitlines()[1:]]
    assert [row[:4] for row in rows] == [
        ["Gone", "2026-02-03", "waits", "notes"],
        ["Used", "2026-01-20", "in", "1"],
    ]
    assert [each["title"] for each in workspace.json("links", "--unused")] == ["Gone"]
    assert "Did you mean" in workspace.error("links", "--tag", "note")
    result = workspace.run("links", "--online", "--allow-private")
    assert result.exit_code == 1
    assert f"issues/links/2026-02.yaml:1: {site}/none: the server says 404" in result.stdout
    assert f"{site}/gcc: " not in result.stdout


@given(
    title=st.text(min_size=1).filter(lambda text: not FORBIDDEN.search(text) and "\n" not in text.strip()),
    tag=st.text(min_size=1).filter(lambda text: not FORBIDDEN.search(text) and "\n" not in text),
)
@tries(100)
def test_any_title_and_tag_is_read_as_it_was_added(
    tmp_path_factory: pytest.TempPathFactory, title: str, tag: str
) -> None:
    if not " ".join(title.split()) or not tag.strip():
        return
    workspace = WorkspaceRunner(tmp_path_factory.mktemp("w"))
    workspace.write({"newsletter.toml": SETTINGS})
    opened = open_workspace(workspace.root)
    now = datetime(2026, 1, 20, tzinfo=ZoneInfo("UTC"))
    (added,) = add_links(opened, [LinkRequest("https://a.example/", title, tags=(tag,))], now, [])
    (link,) = open_workspace(workspace.root).pool.links.values()
    assert link == added.item
    assert (link.title, link.tags, link.id) == (title.strip(), (tag.strip(),), link_id("https://a.example/"))


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    workspace = WorkspaceRunner(tmp_path_factory.mktemp("composer"))
    workspace.write({"newsletter.toml": SETTINGS})
    return Composer(open_workspace(workspace.root))


MARKUP = st.lists(
    st.sampled_from(
        [*"*_`~<>[](){}#+-!|&:\\ \n", "{{ first_name }}", ":::", "~~", "](javascript:a)", "<b>", "1.", "word"]
    ),
    min_size=1,
    max_size=20,
).map("".join)


@given(MARKUP)
@tries(300)
def test_whatever_a_page_says_of_itself_is_words(composer: Composer, description: str) -> None:
    item = LinkItem(
        description, "https://a.example/", "", Place("a.yaml", 1), "", foreign(" ".join(description.split()))
    )
    try:
        content = composer.content(item)
    except PressroomError:
        return  # `add` leaves it out
    nodes = ComposedLink(item, content, item.url).comment
    assert not any(isinstance(node, MergeField) for node in nodes)
    assert {element.tag for element in elements(nodes)} <= {"br"}


@given(MARKUP)
@tries(300)
def test_a_comment_is_running_text_or_a_mistake_with_its_line(composer: Composer, comment: str) -> None:
    item = LinkItem(comment, "https://a.example/", "", Place("a.yaml", 7), "", comment)
    try:
        content = composer.content(item)
    except PressroomError as error:
        assert all(each.path == "a.yaml" and (each.line or 0) >= 7 for each in error.errors)
        return
    shown = ComposedLink(item, content, item.url).comment
    assert {element.tag for element in elements(shown)} <= {"a", "b", "br", "code", "em", "i", "strong"}
    assert len(content.blocks) <= 1


# --- several people --------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("earlier", [0, 2])
def test_the_links_of_two_people_merge_without_a_conflict(workspace: WorkspaceRunner, earlier: int) -> None:
    """Also where both begin the file of the month, and where tags, date and source are the same."""
    workspace.ok("add", "https://a.example/0", "--title", "0", "--tag", "notes", "--now", "2025-12-20")
    for number in range(earlier):
        workspace.ok("add", f"https://b.example/{number}", "--title", f"B{number}", "--tag", "notes", *NOW)
    git(workspace.root, "init", "-q")
    git(workspace.root, "add", ".")
    git(workspace.root, "commit", "-qm", "Before")
    for person in ("ada", "bo"):
        git(workspace.root, "checkout", "-qb", person, "main")
        for number in range(2):
            more = ("--tag", "notes", "--via", "Lobsters", *NOW)
            workspace.ok("add", f"https://{person}.example/{number}", "--title", f"{person} {number}", *more)
        git(workspace.root, "add", ".")
        git(workspace.root, "commit", "-qm", person)
    git(workspace.root, "checkout", "-q", "ada")
    git(workspace.root, "merge", "-q", "--no-edit", "bo")
    assert workspace.ok("links")
    listed = workspace.json("links")
    assert len(listed) == 5 + earlier
    assert {tuple(each["tags"]) for each in listed} == {("notes",)}
    assert {each["date"][:10] for each in listed} == {"2026-01-20", "2025-12-20"}
    assert "warning" not in workspace.run("plan", "1").stderr
