"""Lists of links become link items: bookmarks, CSV, OPML, Markdown; and what only looks like a list does not."""

from __future__ import annotations

import re

import pytest
import yaml
from workspace_kit import ROOT, SETTINGS, WorkspaceRunner, article, issue

from pipeline.importers.readers.link_list import COLUMNS

NOW = ("--now", "2026-11-29")
LINK = "https://example.org/gcc"
NETSCAPE = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE><H1>Bookmarks</H1>
<DL><p><DT><H3>News</H3><DL><p>
    <DT><A HREF="https://example.org/gcc" ADD_DATE="1795737600" TAGS="{tags}">GCC 16 lands</A>
    <DD>A <b>*faster*</b> linker.
    <DT><A HREF="javascript:x()">A bookmarklet</A>
</DL><p></DL><p>"""
RSS = """<rss version="2.0"><channel><title>My bookmarks</title><link>https://bookmarks.example/me</link>
<item><title>GCC 16 lands</title><link>https://example.org/gcc</link><guid>1</guid>
<pubDate>Fri, 27 Nov 2026 10:00:00 GMT</pubDate><category>news</category>
<description>A *faster* linker.</description></item></channel></rss>"""
OPML = """<opml version="2.0"><body><outline text="news"><outline type="link" text="GCC 16 lands"
url="https://example.org/gcc" _note="A *faster* linker."/></outline></body></opml>"""
LISTS = {
    "bookmarks.html": NETSCAPE.replace("{tags}", "news"),
    "folders.html": NETSCAPE.replace(' TAGS="{tags}"', ""),
    "links.csv": f"title,url,description,tag,date\nGCC 16 lands,{LINK},A *faster* linker.,news,2026-11-27\n",
    "semicolons.csv": f"Title;URL;Note;Tags;Created\nGCC 16 lands;{LINK};A *faster* linker.;news;2026-11-27\n",
    "links.tsv": f"url\ttitle\tcomment\ttags\tdate\n{LINK}\tGCC 16 lands\tA *faster* linker.\tnews\t2026-11-27\n",
    "bookmarks.xml": RSS,
    "links.opml": OPML,
}


def entries(workspace: WorkspaceRunner) -> str:
    return workspace.read("issues/links/2026-11.yaml")


def run(workspace: WorkspaceRunner, name: str, text: str, *more: str) -> str:
    workspace.write({f"in/{name}": text})
    return workspace.ok("import", str(workspace.root / "in" / name), *more, *NOW)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_becomes_link_items(workspace: WorkspaceRunner, name: str) -> None:
    shown = run(workspace, name, LISTS[name])
    assert "issues/links/2026-11.yaml:1  GCC 16 lands" in shown
    day = "2026-11-29" if name == "links.opml" else "2026-11-27"
    assert entries(workspace) == (
        "- title: GCC 16 lands\n  comment: A \\*faster\\* linker.\n"
        f"  tags: [{'News' if name == 'folders.html' else 'news'}]\n  date: {day}\n  url: {LINK}\n"
    )


@pytest.mark.parametrize("added", ["²", "9" * 5000, "999999999999"])
def test_a_date_of_a_bookmark_that_is_none_is_left_out(workspace: WorkspaceRunner, added: str) -> None:
    run(workspace, "bookmarks.html", LISTS["bookmarks.html"].replace("1795737600", added))
    assert "  date: 2026-11-29\n" in entries(workspace)


def test_control_characters_that_bookmarks_escape_are_left_out(workspace: WorkspaceRunner) -> None:
    text = LISTS["bookmarks.html"].replace("lands", "&#27;[2Jlands").replace("linker", "&#7;linker")
    run(workspace, "bookmarks.html", text)
    [entry] = yaml.safe_load(entries(workspace))
    assert (entry["title"], entry["comment"]) == ("GCC 16 [2Jlands", r"A \*faster\* linker.")


def test_a_bookmark_has_its_own_note_and_its_own_folder(workspace: WorkspaceRunner) -> None:
    one, two, three, last = (f'<DT><A HREF="https://example.org/{n}">Page {n}</A>\n' for n in range(1, 5))
    folder = f"<DT><H3>News</H3>\n<DL><p>\n{one}{two}{three}<DD>About three.\n</DL><p>\n"
    source = f"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<H1>Bookmarks</H1>\n<DL><p>\n{folder}{last}</DL><p>\n"
    run(workspace, "bookmarks.html", source)
    read = {
        each["title"]: (each.get("comment"), each.get("tags")) for each in yaml.safe_load(entries(workspace))
    }
    assert read == {
        "Page 1": (None, ["News"]),
        "Page 2": (None, ["News"]),
        "Page 3": ("About three.", ["News"]),
        "Page 4": (None, None),
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bookmarks.html", LISTS["bookmarks.html"].replace("</DL>", '<DT><A HREF="place:sort=8">Recent</A>\n</DL>', 1)),
        ("links.csv", LISTS["links.csv"] + "A,javascript:x(),,,\nB,place:sort=8,,,\n"),
        ("links.opml", OPML.replace("</body>", "<outline url='javascript:x()'/><outline url='place:s'/></body>")),
    ],
)  # fmt: skip
def test_entries_that_lead_to_no_page_are_counted_with_the_reason(
    workspace: WorkspaceRunner, name: str, text: str
) -> None:
    workspace.write({f"in/{name}": text})
    file = str(workspace.root / "in" / name)
    report = workspace.json("import", file, "--dry-run", *NOW)
    assert report["omitted"] == {"a javascript: address": 1, "a place: address": 1}
    summary = workspace.run("import", file, *NOW).stderr
    assert "left out: 1, a javascript: address\nleft out: 1, a place: address\n" in summary
    assert entries(workspace).count("- title: ") == 1


def test_a_bookmark_with_tags_has_those_alone(workspace: WorkspaceRunner) -> None:
    run(workspace, "bookmarks.html", NETSCAPE.replace("{tags}", "gcc,tools"))
    assert "tags: [gcc, tools]" in entries(workspace)


def test_an_import_says_how_many_links_no_section_takes(workspace: WorkspaceRunner) -> None:
    lists = {
        "news": LISTS["links.csv"],
        "research": LISTS["links.csv"].replace("gcc", "g").replace("news", "research"),
    }
    said = []
    for name, text in lists.items():
        workspace.write({f"in/{name}.csv": text})
        said.append(workspace.run("import", str(workspace.root / f"in/{name}.csv"), *NOW).stderr)
    assert said == ["\n1 new link.\nIt has no tag that a section takes: news.\n", "\n1 new link.\n"]


@pytest.mark.parametrize(
    ("tags", "summary"),
    [
        ([""], "1 new link.\nIt has no tag, and sections take links by their tags.\n"),
        (["", "notes"], "2 new links.\n1 of them has no tag, and sections take links by their tags.\n"),
        (["", ""], "2 new links.\n2 of them have no tag, and sections take links by their tags.\n"),
        (["", "news", "a"], "3 new links.\n3 of them have no tag that a section takes: a, news.\n"),
        (["notes", "notes"], "2 new links.\n"),
    ],
)
def test_one_link_that_no_section_takes_is_not_called_they(
    workspace: WorkspaceRunner, tags: list[str], summary: str
) -> None:
    rows = "".join(f"{LINK}-{number},{tag}\n" for number, tag in enumerate(tags))
    workspace.write({"in/a.csv": f"url,tags\n{rows}"})
    assert workspace.run("import", str(workspace.root / "in/a.csv"), *NOW).stderr == f"\n{summary}"


# --- tags in one spelling ----------------------------------------------------------------------


def tags_of(workspace: WorkspaceRunner) -> list[list[str]]:
    return [each.get("tags") for each in yaml.safe_load(entries(workspace))]


def import_reading(workspace: WorkspaceRunner, *more: str) -> None:
    """Import a bookmark from the folder "Reading", and a row with the tag "READING"."""
    folder = NETSCAPE.replace(' TAGS="{tags}"', "").replace("News", "Reading")
    workspace.write({"in/a.html": folder, "in/b.csv": f"url,tags\n{LINK}-2,READING|x\n"})
    workspace.ok("import", str(workspace.root / "in"), *more, *NOW)
    assert "is spelt" not in workspace.run("links").stderr


def test_a_folder_and_the_tag_that_is_given_are_one_tag(workspace: WorkspaceRunner) -> None:
    import_reading(workspace, "--tag", "reading")
    assert tags_of(workspace) == [["reading"], ["reading", "x"]]


def test_without_a_given_tag_the_first_spelling_counts(workspace: WorkspaceRunner) -> None:
    import_reading(workspace)
    assert tags_of(workspace) == [["Reading"], ["Reading", "x"]]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("issues/articles/a.md", article(tags="[reAding]")),
        ("issues/links/a.yaml", "- {title: A, url: https://a.example/, tags: [reAding]}\n"),
        ("newsletter.toml", SETTINGS.replace('"notes"', '"reAding"')),
        ("issues/009-a/issue.md", issue(9, more="sections:\n  - {title: A, tags: [reAding]}\n")),
    ],
)
def test_imported_links_take_the_spelling_that_the_workspace_has(
    workspace: WorkspaceRunner, path: str, text: str
) -> None:
    workspace.write({path: text})
    import_reading(workspace, "--tag", "reading")
    assert tags_of(workspace) == [["reAding"], ["reAding", "x"]]


def test_the_tags_of_an_imported_article_are_spelt_as_the_one_that_is_given(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({"in/a.md": article("A", tags="[Reading, x]"), "in/b.md": article("B", tags="[READING]")})
    workspace.ok("import", str(workspace.root / "in"), "--tag", "reading", *NOW)
    assert "tags: [reading, x]" in workspace.read("issues/articles/a.md")
    assert "tags: [reading]" in workspace.read("issues/articles/b.md")


def test_the_tag_that_is_given_takes_the_spelling_that_is_there_and_the_import_says_so(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({"in/a.md": article("A", tags="[x]")})
    result = workspace.run("import", str(workspace.root / "in"), "--tag", "Notes", *NOW)
    assert 'The tag "Notes" is spelt "notes" here, so that is used.\n' in result.stderr
    assert "inferred tag" not in result.stdout
    assert "tags: [x, notes]" in workspace.read("issues/articles/a.md")


# --- columns that are not understood -------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "named", "hint"),
    [
        ("url,tags,tilte", "column tilte", 'tilte: Did you mean "title"? Links have the columns url, title,'),
        ("Link,Etiketten,Titel", "columns etiketten, titel", 'titel: Did you mean "title"? Links'),
        ("url,title,state", "column state", "    Links have the columns url, title, comment, tags, date;"),
    ],
)
def test_a_column_of_links_that_is_not_understood_is_named(
    workspace: WorkspaceRunner, header: str, named: str, hint: str
) -> None:
    workspace.write({"in/a.csv": f"{header},empty\n{LINK},notes,Words,\n"})
    file = str(workspace.root / "in/a.csv")
    shown = workspace.run("import", file, "--dry-run", *NOW).stderr
    assert f"a.csv:1: warning: left out what is in the {named}.\n" in shown and hint in shown
    (warning,) = workspace.json("import", file, *NOW)["warnings"]
    assert warning["line"] == 1 and warning["message"] in shown
    assert entries(workspace).count("- title: ") == 1


def test_a_table_whose_columns_are_known_has_no_warning(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/links.csv": LISTS["links.csv"]})
    assert workspace.json("import", str(workspace.root / "in/links.csv"), *NOW)["warnings"] == []


def test_dates_of_a_table_that_cannot_be_read_are_counted(workspace: WorkspaceRunner) -> None:
    dates = ("2026-01-31", "5/1/2026", "26-01-01", "1899-01-01", "")
    rows = "".join(f"{LINK}/{number},{when}\n" for number, when in enumerate(dates))
    workspace.write({"in/a.csv": f"url,date\n{rows}"})
    (warning,) = workspace.json("import", str(workspace.root / "in/a.csv"), *NOW)["warnings"]
    assert warning["message"] == ('3 dates cannot be read, such as "5/1/2026": today\'s is written instead.')
    assert entries(workspace).count("date: 2026-01-31") == 1


def test_the_page_on_links_has_the_name_of_each_column() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", (ROOT / "docs/links.md").read_text("utf-8"), re.MULTILINE)
    shown = {name: {name, *re.findall(r"\w+", others)} for name, others in rows}
    assert shown == {name: set(names) for name, names in COLUMNS.items()}


MARKDOWN = f"""# Links this week

## News

- [GCC 16 lands]({LINK}): a **faster** linker.
- [LLVM 23](https://example.org/llvm)

## Projects

- [helix 27](https://example.org/helix) – plugins at last.
"""


def test_markdown_of_nothing_but_links_becomes_link_items(workspace: WorkspaceRunner) -> None:
    run(workspace, "links.md", MARKDOWN, "--tag", "weekly")
    assert entries(workspace).count("- title: ") == 3
    assert "comment: a **faster** linker.\n  tags: [News, weekly]" in entries(workspace)
    assert "title: helix 27\n  comment: plugins at last.\n  tags: [Projects, weekly]" in entries(workspace)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("words.md", f"{MARKDOWN}\nAnd so the week went by.\n"),
        ("one.md", f"- [GCC 16 lands]({LINK})\n"),
        ("own.xml", RSS.replace("bookmarks.example/me", "example.org/")),
        ("long.xml", RSS.replace("linker.", "linker. " * 200)),
    ],
)
def test_what_is_more_than_a_list_becomes_an_article(
    workspace: WorkspaceRunner, name: str, text: str
) -> None:
    run(workspace, name, text)
    assert not (workspace.root / "issues/links/2026-11.yaml").exists()


def test_a_link_that_is_known_is_not_added_again(workspace: WorkspaceRunner) -> None:
    run(workspace, "links.csv", LISTS["links.csv"])
    before = entries(workspace)
    report = workspace.json("import", str(workspace.root / "in"), "--form", "links", *NOW)
    assert report["errors"] == []
    workspace.write({"in/links.csv": LISTS["links.csv"] + f"Again,{LINK}?utm_source=feed,,,\n"})
    report = workspace.json("import", str(workspace.root / "in/links.csv"), *NOW)
    assert (report["links"], report["known_links"]) == ([], 2)
    assert entries(workspace) == before


def test_a_dry_run_shows_the_links_and_writes_nothing(workspace: WorkspaceRunner) -> None:
    before = workspace.tree()
    tracked = LISTS["links.csv"].replace(LINK, f"{LINK}?utm_source=feed")
    assert run(workspace, "links.csv", tracked, "--dry-run") == f"{LINK}  GCC 16 lands  [news]\n"
    (workspace.root / "in/links.csv").unlink()
    (workspace.root / "in").rmdir()
    assert workspace.tree() == before


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "a.csv",
            "one,two\n1,2\n",
            "a.csv: is a table without texts or addresses: its columns are one, two.",
        ),
        ("b.csv", 'title,url\n"GCC,https://example.org\n', "b.csv:2: a quotation mark is out of place"),
        ("a.xml", RSS.replace("<rss", '<!DOCTYPE rss [<!ENTITY a "x">]><rss'), "declares entities"),
    ],
)
def test_csv_that_cannot_be_read_is_named(
    workspace: WorkspaceRunner, name: str, text: str, message: str
) -> None:
    workspace.write({f"in/{name}": text})
    assert message in workspace.error("import", str(workspace.root / "in" / name))


def test_form_links_refuses_what_is_no_list(workspace: WorkspaceRunner) -> None:
    workspace.write({"in/a.md": "A text.\n"})
    assert "is no list of links" in workspace.error(
        "import", str(workspace.root / "in/a.md"), "--form", "links"
    )
