"""An issue of words alone: every command and target takes it, in each theme."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise, product
from pathlib import Path
from urllib.parse import quote

import pytest
from html_kit import HtmlReader
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png, write_own_texts

from pipeline.actions.scaffold import KINDS
from pipeline.config.themes import theme_names
from pipeline.model import FORMATS, TARGETS
from pipeline.preview import panels
from pipeline.preview.snapshot import Snapshot

LETTER = """\
---
title: The cold kitchen
date: 2026-02-01
---
Hello {{ first_name | there }},

The kettle is the only thing in this house that speaks before six. I have come to think of it as a
colleague, who says [little](https://example.org/little), and is always right.

## A rule I broke

Every writer whom I know has a rule about mornings, and I broke mine in the first week of January.

Until next week,\\
Mara
"""
ISSUE = "issues/001-the-cold-kitchen/issue.md"
ONLY_SETTINGS = SETTINGS.partition("[[audiences]]")[0]
each_theme = pytest.mark.parametrize("theme", rows(theme_names(None), {"letter"}))


@pytest.fixture
def letter(tmp_path: Path) -> WorkspaceRunner:
    """A publication without sections, whose one file is a letter."""
    workspace = WorkspaceRunner(tmp_path / "letters")
    workspace.write({"newsletter.toml": ONLY_SETTINGS, ISSUE: LETTER})
    return workspace


@each_theme
def test_words_alone_go_through_every_command_and_target(letter: WorkspaceRunner, theme: str) -> None:
    letter.write({"newsletter.toml": f'{ONLY_SETTINGS}\n[theme]\nname = "{theme}"\n'})
    for command in (
        *(("plan", "1"), ("check", "1"), ("build", "1"), ("assemble", "1"), ("assemble", "1", "--update")),
        *(("check",), ("build",), ("feed",), ("feed", "--check"), ("status",), ("articles",), ("tags",)),
        *(("export", "1", "--to", target) for target in (*FORMATS, *TARGETS)),
        ("test", "1", "--to", "me@example.org"),
    ):
        result = letter.run(*command)
        assert result.exit_code == 0, (command, result.output)
        assert ": warning " not in result.output, (command, result.output)
    snapshot = Snapshot(letter.root)
    issue = snapshot.issue("latest")
    assert panels.plan(snapshot, issue, "everyone") == {"frozen": True, "sections": [], "out": []}
    assert [each["what"] for each in panels.size(snapshot, issue, "everyone")["parts"]][:2] == [
        "theme",
        "letter",
    ]
    for panel in (panels.findings, panels.links, panels.changes):
        assert panel(snapshot, issue, "everyone")
    assert snapshot.page(issue, "everyone") and panels.feeds(snapshot, issue)


@pytest.mark.parametrize(
    ("settings", "more", "line"),
    [
        ('[[sections]]\ntitle = "Essays"\ntags = ["essays"]\n', "", 1),
        ("", "sections: [{title: Essays, tags: [essays]}]\n", 4),
    ],
    ids=["newsletter.toml", "issue.md"],
)
def test_sections_that_take_nothing_are_a_warning_and_the_letter_goes_on(
    letter: WorkspaceRunner, settings: str, more: str, line: int
) -> None:
    letter.write({"issues/articles/later.md": article(date="2026-03-01", tags="[essays]")})
    letter.write(
        {
            "newsletter.toml": ONLY_SETTINGS + settings,
            ISSUE: LETTER.replace("---\nHello", f"{more}---\nHello"),
        }
    )
    warning = f'{ISSUE}:{line}: warning TAG002: its sections take nothing for "everyone".'
    for command in (("plan", "1"), ("build",), ("check",), ("assemble", "1"), ("build",), ("export", "1")):
        result = letter.run(*command)
        assert result.exit_code == 0 and warning in result.output, result.output
    letter.write({ISSUE: LETTER.replace("---\nHello", "sections: []\n---\nHello")})
    letter.ok("assemble", "1", "--update")
    assert "TAG002" not in letter.run("check").output


def test_sections_without_an_article_do_not_speak_of_those_beside_them(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/a-note.md": article("A note", date="2026-03-05", tags="[notes]")})
    assert "TAG002" not in workspace.run("check").output


@pytest.mark.parametrize(
    "words",
    [
        "",
        "<!-- later -->",
        "&nbsp;\n\n---",
        "::: only audience=clinicians\nFor you.\n:::",
        "::: web-only\nHere.\n:::",
    ],
)
@pytest.mark.parametrize("more", ["", "sections: []\n"])
def test_an_issue_without_articles_and_words_stays_an_error(
    workspace: WorkspaceRunner, words: str, more: str
) -> None:
    workspace.write({ISSUE.replace("001", "002"): f"---\ntitle: A\ndate: 2025-01-01\n{more}---\n{words}\n"})
    for command in ("build", "check", "assemble"):
        assert "the issue selects no article, and its letter has no words." in workspace.error(command, "2")
    assert not (workspace.root / "issues/002-the-cold-kitchen/issue.lock").exists()


def test_the_plan_of_a_letter_pins_no_article_into_it(letter: WorkspaceRunner) -> None:
    letter.write({"issues/articles/a.md": article("A")})
    assert "Edition for everyone: the letter alone" in letter.ok("plan", "1")


def test_a_site_of_letters_has_no_way_to_lists_that_are_empty(letter: WorkspaceRunner) -> None:
    letter.ok("assemble", "1")
    letter.ok("build")
    home = letter.read("build/site/index.html")
    assert "The cold kitchen" in home and "In this issue" not in home
    assert 'href="articles/"' not in home and 'href="tags/"' not in home


# --- said once -------------------------------------------------------------------------------

ESSAY = {
    "newsletter.toml": f'{ONLY_SETTINGS}\n[[sections]]\ntitle = "Essays"\ntags = ["essays"]\nlayout = "full"\n',
    ISSUE: "---\ntitle: The cold kitchen\ndate: 2026-02-01\n---\n",
    "issues/articles/kitchen.md": article(
        "The cold kitchen",
        date="2026-02-01",
        tags="[essays]",
        body="Words of it.\n\n## A rule\n\nMore of it.",
    ),
}


def outputs(workspace: WorkspaceRunner, file: str) -> Iterator[tuple[str, str]]:
    """The forms of an issue: what a reader sees of its email and page, and its text part."""
    workspace.ok("assemble", "1", "--update")
    workspace.ok("build")
    folder = file.removesuffix("/issue.md")
    # No line breaks within a date there.
    yield "email", workspace.read(f"build/{folder}/email.html").partition("<body")[2].replace("\u00a0", " ")
    page = workspace.read(f"build/site/{folder}/index.html")
    yield "page", page.partition("<main")[2].partition("</main>")[0]
    yield "text part", workspace.read(f"build/{folder}/email.txt")


def words_of(form: str, output: str) -> list[str]:
    """The texts of a form, between elements, lines and middle dots."""
    texts = output.split("\n") if form == "text part" else HtmlReader(output).texts
    return [part.strip() for text in texts for part in text.split(" · ")]


@each_theme
@pytest.mark.parametrize("kind", ["letter", "essay", "letter and essay"])
def test_an_issue_of_one_text_says_nothing_twice(letter: WorkspaceRunner, kind: str, theme: str) -> None:
    if "essay" in kind:
        letter.write(ESSAY)
    if kind == "letter and essay":
        letter.write({ISSUE: LETTER})
    settings = letter.read("newsletter.toml")
    letter.write({"newsletter.toml": f'{settings}\n[theme]\nname = "{theme}"\n'})
    for form, output in outputs(letter, ISSUE):
        texts = words_of(form, output)
        for words in ("The cold kitchen", "1 February 2026", "1 min read", "Issue 1"):
            assert texts.count(words) == 1, (form, words)
        assert texts.count("Synapse") == (form != "page"), form
        assert not any("“The cold kitchen”" in each for each in texts), form


def test_an_article_of_another_title_and_day_says_both(letter: WorkspaceRunner) -> None:
    essay = article("The kettle", date="2026-01-20", tags="[essays]")
    letter.write({**ESSAY, "issues/articles/kitchen.md": essay})
    for form, output in outputs(letter, ISSUE):
        texts = words_of(form, output)
        for words in ("The cold kitchen", "The kettle", "1 February 2026", "20 January 2026", "1 min read"):
            assert texts.count(words) == 1, (form, words)


def test_the_inbox_line_of_one_article_without_a_letter_is_its_beginning(letter: WorkspaceRunner) -> None:
    letter.write(ESSAY)
    letter.ok("build")
    bundle = json.loads(letter.read("build/issues/001-the-cold-kitchen/issue.json"))
    assert bundle["preview_text"].startswith("Words of it.")


# --- headings and what is shown --------------------------------------------------------------

PLASTIC = "issues/001-the-plastic-brain/issue.md"
SHOWN = {
    "date": ("1 February 2026", "8 January 2026"),
    "reading_time": ("min read",),
    "issue_number": ("Issue 1",),
    "section_titles": ("the laboratory", "in brief"),
    "web_link": ("view in browser", "on the web"),
    "authors": ("ada example",),
}


@pytest.mark.parametrize("place", [pytest.param("newsletter.toml", marks=pytest.mark.slow), "issue.md"])
@pytest.mark.parametrize("key", rows(SHOWN, {"date", "section_titles"}))
def test_what_is_not_to_be_shown_is_in_no_form(workspace: WorkspaceRunner, place: str, key: str) -> None:
    essay = article("The switch", authors="[Ada Example]", body=LETTER.partition("there }},")[2])
    settings = SETTINGS.replace('title = "Research"', 'title = "The laboratory"')
    workspace.write({"issues/articles/glutamate.md": essay, "newsletter.toml": settings})
    before = dict(outputs(workspace, PLASTIC))
    for words in SHOWN[key]:
        assert all(words.lower() in before[form].lower() for form in ("email", "text part")), words
    own = place == "issue.md"
    workspace.write({
        "newsletter.toml": f"{settings}\n[show]\n{key} = {str(own).lower()}\n",
        PLASTIC: issue(more=f"show: {{{key}: false}}\n" if own else ""),
    })  # fmt: skip
    for form, output in outputs(workspace, PLASTIC):
        text = " ".join(words_of(form, output)).lower()
        assert not any(words.lower() in text for words in SHOWN[key]), form
    assert workspace.run("check").exit_code == 0


@pytest.mark.parametrize("place", [pytest.param("newsletter.toml", marks=pytest.mark.slow), "issue.md"])
def test_code_has_colors_unless_show_says_otherwise(workspace: WorkspaceRunner, place: str) -> None:
    own = place == "issue.md"

    def built(show: str) -> dict[str, str]:
        more = f"show: {{code_colors: {show}}}\n" if own and show else ""
        settings = SETTINGS if own or not show else f"{SETTINGS}\n[show]\ncode_colors = {show}\n"
        body = "Code:\n\n```python\nprint('Lamps')\n```\n"
        workspace.write({"newsletter.toml": settings, PLASTIC: issue(more=more, letter=body)})
        return dict(outputs(workspace, PLASTIC))

    colored, plain = built(""), built("false")
    for form in ("email", "page"):
        assert 'class="hs"' in colored[form]
        assert 'class="hs"' not in plain[form]
    assert colored["text part"] == plain["text part"]
    assert workspace.run("check").exit_code == 0


def test_a_misspelt_key_of_show_is_suggested(workspace: WorkspaceRunner) -> None:
    workspace.write({PLASTIC: issue(more="show: {reading_tim: false}\n")})
    assert 'Did you mean "reading_time"?' in workspace.error("build")


@each_theme
@pytest.mark.parametrize(
    "titles", rows(product(["Research", ""], ["In brief", ""]), [("Research", ""), ("", "In brief")])
)
@pytest.mark.parametrize("articles", [1, 2])
@pytest.mark.slow
def test_no_heading_level_is_skipped_whatever_sections_have_titles(
    workspace: WorkspaceRunner, theme: str, titles: tuple[str, str], articles: int
) -> None:
    body = "First.\n\n## A heading\n\nText.\n\n### A lower one\n\nText."
    workspace.write({
        "issues/articles/glutamate.md": article("The plastic brain", body=body),
        "newsletter.toml": f'{SETTINGS}\n[theme]\nname = "{theme}"\n'
        .replace('title = "Research"', f'title = "{titles[0]}"').replace('title = "In brief"', f'title = "{titles[1]}"'),
        **({"issues/articles/a-note.md": article(draft="true")} if articles == 1 else {}),
    })  # fmt: skip
    built = dict(outputs(workspace, PLASTIC))
    feed = json.loads(workspace.read("build/site/feed.json"))["items"][0]["content_html"]
    for form, html, top in (("email", built["email"], 0), ("page", built["page"], 0), ("feed", feed, 1)):
        levels = [top, *map(int, re.findall(r"<h([1-6])\b", html))]
        assert all(after <= before + 1 for before, after in pairwise(levels)), (form, levels)
        assert not re.search(r"<h[1-6][^>]*>\s*</h", html), form
    for title in filter(None, titles):
        assert (title.lower() in built["text part"].lower()) == (title == "Research" or articles == 2)
    assert workspace.run("check").exit_code == 0


def test_a_section_without_a_title_is_named_as_such(workspace: WorkspaceRunner) -> None:
    settings = workspace.read("newsletter.toml").replace('title = "Research"', 'title = ""')
    workspace.write({"newsletter.toml": settings})
    assert "\n(no title)  1\n" in workspace.ok("plan", "1")
    assert "\n  (no title)\n" in workspace.ok("assemble", "1")
    workspace.write({"newsletter.toml": settings.replace('title = ""\n', "")})
    assert '`title` is missing.\n    Add a line `title = "…"`, or `title = ""`' in workspace.error("build")


# --- the picture at the head -----------------------------------------------------------------

PICTURE = "image: window.png\nimage_alt: A window in winter\n"


@each_theme
@pytest.mark.parametrize("words", ["Hello.", LETTER.rpartition("---\n")[2]])
def test_the_picture_of_an_issue_is_at_its_head_in_every_form(
    letter: WorkspaceRunner, theme: str, words: str
) -> None:
    letter.write({
        "newsletter.toml": f'{ONLY_SETTINGS}\n[theme]\nname = "{theme}"\n',
        ISSUE: issue(title="The cold kitchen", more=PICTURE, letter=words),
        "issues/001-the-cold-kitchen/window.png": png(2400, 1200),
    })  # fmt: skip
    built = dict(outputs(letter, ISSUE))
    for form in ("email", "page"):
        (picture,) = HtmlReader(built[form]).all("img")
        assert picture["alt"] == "A window in winter", form
        assert built[form].index("<h1") < built[form].index("<img") < built[form].rindex("Hello")
    assert "[Image: A window in winter]\n\nHello" in built["text part"]
    address = "https://synapse.example/news/images/window-"
    page = letter.read("build/site/issues/001-the-cold-kitchen/index.html")
    assert f'<meta property="og:image" content="{address}' in page
    item = json.loads(letter.read("build/site/feed.json"))["items"][0]
    assert item["image"].startswith(address)
    assert item["content_html"].startswith(f'<p><img src="{address}')
    assert f'<media:content url="{address}' in letter.read("build/site/feed.xml")
    assert not list((letter.root / "build/site/images").glob("social-001-*"))
    (packed,) = (letter.root / "build/issues/001-the-cold-kitchen/images").iterdir()
    assert (letter.root / "build/site/images" / packed.name).is_file()
    assert letter.run("check").exit_code == 0


@pytest.mark.parametrize(
    ("more", "line", "message"),
    [
        ("image: window.png\n", 5, "the image has no `image_alt`."),
        ("image: windw.png\nimage_alt: A window\n", 5, 'the image "windw.png" does not exist.'),
        ("image: sea.png\nimage_alt: The sea\n", 5, "Save it as issues/001-the-cold-kitchen/sea.png."),
        ("image: ../../../window.png\nimage_alt: A window\n", 5, "leaves the workspace."),
    ],
)
def test_a_picture_that_cannot_be_shown_is_named_with_its_line(
    letter: WorkspaceRunner, more: str, line: int, message: str
) -> None:
    letter.write({ISSUE: issue(more=more), "issues/001-the-cold-kitchen/window.png": png()})
    for command in ("build", "check", "assemble"):
        error = letter.error(command, "1")
        assert error.startswith(f"{ISSUE}:{line}: ") and message in error


def test_another_picture_dates_the_revision_of_a_frozen_issue(letter: WorkspaceRunner) -> None:
    letter.write({"issues/001-the-cold-kitchen/window.png": png()})
    letter.ok("assemble", "1", "--now", "2026-02-01")
    letter.write({ISSUE: LETTER.replace("---\nHello", f"{PICTURE}---\nHello")})
    letter.ok("assemble", "1", "--refresh", "--now", "2026-02-03")
    lock = json.loads(letter.read("issues/001-the-cold-kitchen/issue.lock"))
    assert lock["updated"].startswith("2026-02-03")


# --- the first one, and the next -------------------------------------------------------------

MINE = (
    *("--sender", "mara@smallhours.example", "--postal-address", "1 Row"),
    *("--base-url", "https://smallhours.example"),
)


@pytest.mark.parametrize("kind", rows(KINDS, {"letter"}))
def test_no_text_of_a_starter_is_exported(tmp_path: Path, kind: str) -> None:
    WorkspaceRunner(tmp_path).ok("init", "mine", "--kind", kind, *MINE, "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    mine.ok("assemble", "1", "--now", "2026-02-01")
    exported = mine.run("export", "1")
    assert exported.exit_code == 1 and not (mine.root / "build").exists()
    for path in (path for path in mine.tree("issues") if path.endswith((".md", ".yaml"))):
        assert re.search(rf"issues/{path}:\d+: error COPY015: .* still what `init` wrote", exported.stderr), (
            path
        )


@pytest.mark.parametrize("kind", ["magazine", "roundup"])
def test_what_to_do_with_a_text_of_the_starter_fits_its_file(tmp_path: Path, kind: str) -> None:
    WorkspaceRunner(tmp_path).ok("init", "mine", "--kind", kind, *MINE, "--now", "2026-02-01")
    findings = json.loads(WorkspaceRunner(tmp_path / "mine").run("check", "1", "--json").stdout)["findings"]
    hints = {each["path"].split("/")[1]: each["hint"] for each in findings if each["code"] == "COPY015"}
    letter, item = hints.values()
    assert letter == "Write your own, or delete it."
    assert ("the article" if kind == "magazine" else "the links") in item and "not yours" in item


def test_a_sentence_of_the_starter_that_is_left_in_a_letter_is_named_with_its_line(tmp_path: Path) -> None:
    WorkspaceRunner(tmp_path).ok("init", "mine", "--kind", "letter", *MINE, "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    issue = "issues/001-the-first-letter/issue.md"
    before, _, after = mine.read(issue).partition("This file is")
    left = "The next one begins with"
    mine.write({issue: f"{before}The kettle speaks.\n\n{left}{after.partition(left)[2]}"})
    errors = mine.run("check", "1").output
    assert f'{issue}:11: error COPY015: "The next one begins with x." is still what `init` wrote.' in errors


@pytest.mark.parametrize("kind", rows(KINDS, {"letter"}))
def test_every_kind_of_workspace_goes_out_without_a_warning(tmp_path: Path, kind: str) -> None:
    WorkspaceRunner(tmp_path).ok("init", "mine", "--kind", kind, *MINE, "--now", "2026-02-01")
    mine = WorkspaceRunner(tmp_path / "mine")
    assert f'name = "{KINDS[kind]}"' in mine.read("newsletter.toml")
    write_own_texts(mine)
    for command in (
        ("check", "--strict"),
        ("assemble", "1"),
        ("build",),
        ("export", "1"),
        ("feed", "--check"),
    ):
        result = mine.run(*command)
        assert result.exit_code == 0 and ": warning " not in result.output, result.output


def test_a_workspace_of_letters_has_nothing_of_a_magazine(tmp_path: Path) -> None:
    shown = (
        WorkspaceRunner(tmp_path).run("init", "mine", "--kind", "letter", "--theme", "digest", *MINE).output
    )
    mine = WorkspaceRunner(tmp_path / "mine")
    assert sorted(mine.tree()) == [".gitignore", "issues/001-the-first-letter/issue.md", "newsletter.toml"]
    assert "sections" not in mine.read("newsletter.toml") and 'name = "digest"' in mine.read(
        "newsletter.toml"
    )
    assert "pressroom preview 1" in shown and "plan" not in shown


def test_a_misspelt_kind_is_suggested(tmp_path: Path) -> None:
    assert 'Did you mean "letter"?' in WorkspaceRunner(tmp_path).error("init", "mine", "--kind", "leter")
    assert not (tmp_path / "mine").exists()


TAKEN = """---
number: 1   # the first
title: The plastic brain
date: 2026-02-01
subject: What a brain is
preview_text: >
  A line that only this issue
  can have.
image: window.png
image_alt: A window
id: tag:synapse.example,2019:12
aliases:
  - 001-the-brain   # as it was called
# The sections, in their order.
sections:
  - {title: Research, tags: {any: [research]}, since: 2026-01-01}
  - title: "In brief"
    tags: [notes]
    pin: [a-note]
show: {date: no}
silence: {COPY008: "briefs are brief"}
---
Hello.
"""
NEXT = """---
number: 2   # the first
title: "Dear \\"reader\\": a b"
date: 2026-03-01
# The sections, in their order.
sections:
  - {title: Research, tags: {any: [research]}, since: 2026-01-01}
  - title: "In brief"
    tags: [notes]
    pin: [a-note]
show: {date: no}
silence: {COPY008: "briefs are brief"}
draft: true
---
Hello {{ first_name | there }},

"""


def test_the_next_issue_takes_sections_and_settings_as_they_are(workspace: WorkspaceRunner) -> None:
    workspace.write({PLASTIC: TAKEN, "issues/001-the-plastic-brain/window.png": png()})
    result = workspace.run("new", "issue", 'Dear "reader": a b', "--from", "1", "--date", "2026-03-01")
    assert workspace.read("issues/002-dear-reader-a-b/issue.md") == NEXT
    assert 'Look at section "Research": it has the dates of issue 1.' in result.stderr
    assert 'Look at section "In brief": it has the pins of issue 1.' in result.stderr
    workspace.ok("build", "2")


def test_the_next_issue_takes_the_sections_of_toml(workspace: WorkspaceRunner) -> None:
    workspace.write({
        PLASTIC: '+++\ntitle = "The plastic brain"\ndate = 2026-02-01\nsubject = "S"\n\n[show]\ndate = false\n\n'
        '[[sections]]\ntitle = "Research"\ntags = ["research"]\n+++\nHello.\n',
    })  # fmt: skip
    workspace.ok("new", "issue", "The next", "--from", "the-plastic-brain", "--date", "2026-03-01")
    assert workspace.read("issues/002-the-next/issue.md") == (
        '+++\ndraft = true\ntitle = "The next"\ndate = 2026-03-01\n\n[show]\ndate = false\n\n'
        '[[sections]]\ntitle = "Research"\ntags = ["research"]\n+++\nHello {{ first_name | there }},\n\n'
    )
    workspace.ok("build", "2")


@pytest.mark.parametrize(
    "title", ["Übermorgen", "Straße", "رسالة قصيرة", "手紙", "हिन्दी में", "C++ & I", "— 12 —"]
)
def test_an_issue_has_a_title_in_any_script(letter: WorkspaceRunner, title: str) -> None:
    path = letter.ok("new", "issue", title, "--date", "2026-03-01").splitlines()[0]
    letter.write({path: letter.read(path).replace("draft: true", "").replace("\n---\n", "\n---\nWords.\n")})
    letter.ok("assemble", "2")
    letter.ok("build")  # reads the lock
    folder = Path(path).parent.name
    assert f"/issues/{quote(folder)}/" in letter.read("build/site/feed.xml")
    assert (letter.root / f"build/site/issues/{folder}/index.html").is_file()


@pytest.mark.parametrize(
    ("folder", "hint"),
    [
        ("002-Die Straße", "Rename it to 002-die-strasse."),
        ("2_Übermorgen", "Rename it to 002-übermorgen."),
        ("002-U\u0308bermorgen", "Rename it to 002-übermorgen."),
        (
            "002-u\u0308bermorgen",
            "Rename it to 002-übermorgen, in Unicode's form NFC, or to one without accents.",
        ),
        ("002-", "Rename it, as in 004-the-plastic-brain."),
        ("000-nothing", "Rename it, as in 004-the-plastic-brain."),
        ("notes", "Rename it, as in 004-the-plastic-brain."),
    ],
)
def test_the_name_of_a_folder_is_proposed(letter: WorkspaceRunner, folder: str, hint: str) -> None:
    letter.write({f"issues/{folder}/issue.md": LETTER})
    result = letter.run("build")
    assert result.exit_code == 1
    assert f'the folder "{folder}" must be a number from 1, a hyphen and a slug.' in result.stderr
    assert hint in result.stderr


@pytest.mark.parametrize(
    ("language", "direction", "side", "other"),
    [("en", "rtl", "right", "left"), ("he", "ltr", "left", "right")],
)
def test_text_between_tags_with_a_direction_runs_in_it(
    letter: WorkspaceRunner, language: str, direction: str, side: str, other: str
) -> None:
    box = f'<div dir="{direction}" lang="ar">\n\nWords.\n\n- An item\n  - inside\n\n> Quoted.\n\n</div>\n'
    letter.write({
        "newsletter.toml": ONLY_SETTINGS.replace('language = "en-GB"', f'language = "{language}"'),
        ISSUE: LETTER + f"\n{box}\n> Theirs.\n",
    })  # fmt: skip
    letter.ok("assemble", "1")
    letter.ok("build")
    marked = f' lang="ar" dir="{direction}"'
    for file in ("issues/001-the-cold-kitchen/index.html", "feed.xml"):
        text = unescape(letter.read(f"build/site/{file}"))
        assert all(f"<{tag}{marked}>" in text for tag in ("p", "ul", "blockquote")), file
    email = letter.read("build/issues/001-the-cold-kitchen/email.html")
    lists = re.findall(r'<ul[^>]* style="([^"]*)"', email)
    assert len(lists) == 2 and all(f"margin-{side}:24px" in css and other not in css for css in lists)
    assert re.search(rf'<p{marked} style="[^"]*text-align:{side}', email)
    quoted, theirs = re.findall(r'<td class="quote" style="([^"]*)"', email)
    assert f"border-{side}" in quoted and f"text-align:{side}" in quoted and other not in quoted
    assert f"border-{other}" in theirs and side not in theirs


def test_a_block_in_one_of_the_other_direction_begins_at_its_own_side(letter: WorkspaceRunner) -> None:
    wide = "".join(
        f"<td>{word * 9}</td>" for word in ("aleph", "beth", "gimel", "daleth", "he", "waw", "zayin")
    )
    table = f"<table dir='rtl'><tr>{wide}</tr></table>"
    quoted = '<blockquote dir="rtl"><p>Theirs.</p><p dir="ltr">Ours.</p></blockquote>'
    letter.write({ISSUE: f"{LETTER}\n{quoted}\n\n{table}\n"})
    letter.run("build", "1")
    email = letter.read("build/issues/001-the-cold-kitchen/email.html")
    theirs, ours = re.findall(r'<p(?: dir="ltr")? style="([^"]*)">(?:Theirs|Ours)', email)
    assert "text-align" not in theirs and "text-align:left" in ours
    assert '<table class="records" role="presentation" width="100%" dir="rtl"' in email


# --- contents --------------------------------------------------------------------------------

LONG = {
    f"issues/articles/{name}.md": article(f"The {name}", date="2026-01-08", body="Word " * 900)
    for name in ("lamp", "river", "stair")
}


def test_a_long_issue_has_its_titles_at_its_head(workspace: WorkspaceRunner) -> None:
    workspace.write(LONG)
    forms = dict(outputs(workspace, PLASTIC))
    page = "https://synapse.example/news/issues/001-the-plastic-brain/"
    for name in ("lamp", "river", "stair"):
        assert f'href="{page}#{name}"' in forms["email"]
        assert f'href="#{name}"' in forms["page"]
        assert f'id="{name}"' in forms["page"]
    head, *_ = forms["text part"].partition("-----")
    assert "In this issue:\n- The glutamate switch\n- The lamp\n- The river\n- The stair\n" in head
    checked = workspace.run("check")
    assert checked.exit_code == 0
    assert "PLAIN003" not in checked.stderr + checked.stdout


@pytest.mark.parametrize("change", ["shorter", "fewer", "show"])
def test_an_issue_that_is_not_long_has_no_contents(workspace: WorkspaceRunner, change: str) -> None:
    workspace.write(LONG)
    if change == "shorter":
        workspace.write({"issues/articles/stair.md": article("The stair", body="Words.")})
        workspace.write({"issues/articles/river.md": article("The river", body="Words.")})
    elif change == "fewer":
        (workspace.root / "issues/articles/stair.md").unlink()
    else:
        workspace.write({PLASTIC: issue(more="show: {contents: false}\n")})
    for form, output in outputs(workspace, PLASTIC):
        assert "In this issue" not in output, form


def test_plan_assemble_and_build_say_the_same_of_a_letter(letter: WorkspaceRunner) -> None:
    for command in ("plan", "build", "assemble"):
        assert ": the letter alone" in letter.ok(command, "1"), command
    letter.write({"issues/002-no-words/issue.md": issue(2)[: -len("Hello.\n")]})
    assert "Edition for everyone: 0 articles" in letter.ok("plan", "2")


def test_a_build_says_which_issues_are_not_on_the_site(letter: WorkspaceRunner) -> None:
    at = ("--now", "2026-02-01")
    shown = letter.ok("build", *at)
    assert shown.splitlines()[-1].endswith(" files), without 1 issue that is not frozen")
    letter.write({
        "issues/002-two/issue.md": issue(2, date="2026-02-02"),
        "issues/003-three/issue.md": issue(3, title="Three", more="draft: true\n"),
        "issues/004-four/issue.md": issue(4),
    })  # fmt: skip
    letter.ok("assemble", "2", *at)
    shown = letter.ok("build", *at)
    assert "   3  Three  [not built: it is a draft]\n" in shown
    assert shown.endswith(", without 2 issues that are not frozen and 1 issue that is dated ahead\n")
    letter.ok("assemble", "--all", *at)
    assert letter.ok("build", "--now", "2026-02-02").endswith(" files)\n")


def test_a_build_in_which_nothing_has_changed_says_so(letter: WorkspaceRunner) -> None:
    letter.ok("assemble", "1")
    unchanged = "Nothing has changed since the last build.\n"
    for arguments in ((), ("1",)):
        letter.write({ISSUE: LETTER.replace("kettle", f"kettle{len(arguments)}")})
        first, second = letter.run("build", *arguments), letter.run("build", *arguments)
        assert (first.stdout, first.stderr, second.stderr) == (second.stdout, "", unchanged)
    assert letter.run("build", "--clean").stderr == ""
