"""After any change, a build has byte for byte what a clean build has: nothing that was kept is out of date."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries
from table_kit import rows
from workspace_kit import ROOT, SETTINGS, WorkspaceRunner, article, issue, png

from pipeline.cli.build_command import GONE, UNCHANGED

pytestmark = pytest.mark.slow  # two whole builds for each

NOW = "2026-06-01"

AUTHORS = """
[authors."Ada Byron"]
role = "Editor"
picture = "issues/ada.png"
"""

SOURCES: dict[str, str | bytes] = {
    "newsletter.toml": SETTINGS + AUTHORS,
    "issues/ada.png": png(64, 64),
    "issues/snippets/about.md": "About *us*.",
    "issues/links/2026.yaml": "- url: https://example.org/one\n  title: One link\n  tags: [notes]\n"
    "  date: 2026-01-03\n  comment: Worth *reading*.\n",
    "issues/articles/switch/index.md": article(
        "The switch",
        tags="[research, notes, receptors]",
        authors="[Ada Byron]",
        series="Receptors",
        image="lead.png",
        image_alt="A lead",
        body="First words. See [the other](../other.md) and [its end](../other.md#end).\n\n"
        "![A plot](plot.png)\n\n::: snippet about\n:::\n\nWords[^1].\n\n[^1]: A note.",
    ),
    "issues/articles/switch/lead.png": png(32, 16),
    "issues/articles/switch/plot.png": png(40, 20),
    "issues/articles/other.md": article(
        "The other",
        date="2026-01-05",
        series="Receptors",
        related="[switch]",
        body="Words.\n\n## End\n\nMore.",
    ),
    "issues/articles/brief.md": article("A brief", date="2026-01-06", tags="[notes]", authors="[Grace]"),
    "issues/articles/clinic.md": article(
        "For the clinic",
        date="2026-02-03",
        audience="[clinicians]",
        body="::: event Reading group\nstart: 2026-07-01 18:00\nend: 2026-07-01 20:00\nplace: Room 1\n:::",
    ),
    "issues/articles/meeting.md": article(
        "A meeting",
        date="2026-01-07",
        tags="[notes, meetings]",
        body="::: event Open day\nstart: 2026-07-01 10:00\nend: 2026-07-01 12:00\n:::",
    ),
    "issues/articles/later.md": article(
        "Later", date="2026-02-20", tags="[research, receptors]", body="Words.\n\n## Why\n\nMore."
    ),
    "issues/articles/last.md": article("Last", date="2026-03-20", tags="[research]", related="[switch]"),
    "issues/001-one/issue.md": issue(1, "One", "2026-01-10"),
    "issues/002-two/issue.md": issue(
        2, "Two", "2026-02-10", more="audience: [everyone, clinicians]\n", letter="Dear {{ email }}."
    ),
    "issues/003-three/issue.md": issue(3, "Three", "2026-03-10"),
    "issues/004-four/issue.md": issue(
        4,
        "Four",
        "2026-07-10",
        letter="See [it](https://example.org/seen) and [why](../articles/later.md#why).",
    ),
}


class Publication(WorkspaceRunner):
    """The workspace, whose files are minutes apart by their times, and the moment of the next build."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.now = NOW
        self._minutes = itertools.count()
        self.change(SOURCES)
        self.freeze()

    def change(self, files: dict[str, str | bytes]) -> None:
        self.write(files)
        for path in files:
            self._age(path)

    def replace(self, path: str, old: str, new: str) -> None:
        # An earlier change may have deleted it, or be the same one.
        text = self.read(path) if (self.root / path).exists() else ""
        if old in text and new not in text:
            self.change({path: text.replace(old, new)})

    def freeze(self, *options: str) -> None:
        for folder in sorted(each.name for each in self.root.glob("issues/0*")):
            self.run("assemble", folder, "--now", self.now, *options)
            if (self.root / f"issues/{folder}/issue.lock").exists():
                self._age(f"issues/{folder}/issue.lock")

    def _age(self, path: str) -> None:
        moment = 1_700_000_000 + 60 * next(self._minutes)
        os.utime(self.root / path, (moment, moment))


def _build_and_check(workspace: WorkspaceRunner, now: str) -> tuple[int, str, int, str]:
    built = workspace.run("build", "--now", now)
    checked = workspace.run("check", "--json")
    # A clean build knows of no earlier one.
    output = re.sub(f"{UNCHANGED}\n|{GONE}.*\n.*\n", "", built.output)
    return built.exit_code, output, checked.exit_code, checked.output


def _body(each: Publication) -> None:
    each.replace("issues/articles/other.md", "More.", "More words.")


def _title(each: Publication) -> None:
    each.replace("issues/articles/switch/index.md", "title: The switch", "title: The new switch")


def _heading(each: Publication) -> None:
    each.replace("issues/articles/other.md", "## End", "## The end")


def _tag(each: Publication) -> None:
    each.replace("issues/articles/later.md", "receptors]", "synapses]")


def _date(each: Publication) -> None:
    each.replace("issues/articles/brief.md", "2026-01-06", "2026-01-02")


def _author(each: Publication) -> None:
    each.replace("issues/articles/brief.md", "[Grace]", "[Ada Byron]")


def _picture(each: Publication) -> None:
    each.change({"issues/articles/switch/plot.png": png(44, 20)})


def _portrait(each: Publication) -> None:
    each.change({"issues/ada.png": png(72, 72)})


def _snippet(each: Publication) -> None:
    each.change({"issues/snippets/about.md": "About **them**."})


def _letter(each: Publication) -> None:
    each.replace("issues/002-two/issue.md", "Dear", "Good morning")


def _issue_title(each: Publication) -> None:
    each.replace("issues/001-one/issue.md", "title: One", "title: The first")


def _template(each: Publication) -> None:
    own = each.root / "templates/web/parts.html.j2"
    text = (own if own.exists() else ROOT / "templates/web/parts.html.j2").read_text()
    each.change({"templates/web/parts.html.j2": f"{text}{{# again #}}\n"})


def _message(each: Publication) -> None:
    each.change({"templates/email/parts/disclaimer.mjml.j2": "<mj-text>Be careful.</mj-text>\n"})


def _setting(each: Publication) -> None:
    each.replace("newsletter.toml", 'title = "Synapse"', 'title = "The Synapse"')


def _address(each: Publication) -> None:
    each.replace("newsletter.toml", "synapse.example/news", "synapse.example/letters")


def _new_article(each: Publication) -> None:
    each.change({"issues/articles/new.md": article("New", date="2026-03-01", tags="[research, receptors]")})
    each.run("assemble", "3", "--update", "--now", each.now)


def _deleted_article(each: Publication) -> None:
    (each.root / "issues/articles/last.md").unlink(missing_ok=True)


def _link(each: Publication) -> None:
    each.replace("issues/links/2026.yaml", "One link", "The first link")


def _seen(each: Publication) -> None:
    each.replace("issues/001-one/issue.md", "Hello.", "Hello, [here](https://example.org/seen) it is.")


def _linked_heading(each: Publication) -> None:
    each.replace("issues/articles/later.md", "## Why", "## Wherefore")


def _new_issue(each: Publication) -> None:
    each.change({"issues/005-five/issue.md": issue(5, "Five", "2026-05-10")})


def _deleted_issue(each: Publication) -> None:
    shutil.rmtree(each.root / "issues/003-three", ignore_errors=True)


def _renamed_issue(each: Publication) -> None:
    folder = each.root / "issues/001-one"
    if folder.exists():
        folder.rename(each.root / "issues/001-first")


def _clock(each: Publication) -> None:
    each.now = "2026-08-01"


def _moved_picture(each: Publication) -> None:
    (each.root / "issues/articles/switch/plot.png").unlink(missing_ok=True)


def _slug(each: Publication) -> None:
    each.replace("issues/articles/other.md", "title:", "slug: another\naliases: [other]\ntitle:")


def _lead(each: Publication) -> None:
    each.change({"issues/articles/switch/lead.png": png(36, 18)})


def _longer(each: Publication) -> None:
    each.replace("issues/articles/brief.md", "Words.", "Words. " * 700)


def _newest_longer(each: Publication) -> None:
    each.replace("issues/articles/last.md", "Words.", "Words. " * 700)
    each.replace("issues/articles/later.md", "Words.", "Words. " * 700)


def _issue_picture(each: Publication) -> None:
    each.change({"issues/003-three/head.png": png(80, 40)})
    each.replace(
        "issues/003-three/issue.md", "title: Three", "title: Three\nimage: head.png\nimage_alt: Head"
    )


def _event(each: Publication) -> None:
    each.replace("issues/articles/meeting.md", "2026-07-01", "2026-07-02")


def _untagged(each: Publication) -> None:
    for file in sorted(each.root.glob("issues/articles/**/*.md")):
        path = file.relative_to(each.root).as_posix()
        each.change({path: re.sub(r"tags: .*", "tags: []", each.read(path))})


def _nothing(each: Publication) -> None:
    pass


CHANGES: tuple[Callable[[Publication], None], ...] = (
    *(_nothing, _body, _title, _heading, _tag, _date, _author, _picture, _portrait, _snippet, _letter),
    *(_issue_title, _template, _setting, _address, _new_article, _deleted_article, _link, _new_issue),
    *(_deleted_issue, _renamed_issue, _clock, _moved_picture, _slug, _lead, _longer, _event, _untagged),
    *(_newest_longer, _issue_picture, _seen, _linked_heading),
)


Outcome = tuple[tuple[int, str, int, str], dict[str, bytes]]
"""What a build and a check say, and what is built."""


def _outcome(workspace: WorkspaceRunner, now: str) -> Outcome:
    results = _build_and_check(workspace, now)
    return results, workspace.tree("build") if results[0] == 0 else {}


def _clean_outcome(each: Publication, clean: Path) -> Outcome:
    """Build and check a copy without anything that is kept."""
    shutil.copytree(each.root, clean, ignore=shutil.ignore_patterns("build", ".pressroom"))
    return _outcome(WorkspaceRunner(clean), each.now)


def _compare(each: Publication, clean: Path) -> None:
    """Build and check what was changed, and do the same to a copy without anything that is kept."""
    assert _outcome(each, each.now) == _clean_outcome(each, clean)


@pytest.mark.parametrize(
    "change",
    rows(
        CHANGES,
        (_nothing, _title, _template),
        lambda change: change.__name__.strip("_"),
    ),
)
def test_after_one_change_a_build_has_what_a_clean_build_has(
    change: Callable[[Publication], None], tmp_path: Path
) -> None:
    each = Publication(tmp_path / "workspace")
    _build_and_check(each, each.now)
    change(each)
    each.freeze("--refresh")
    _compare(each, tmp_path / "clean")


@tries(12)
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.booleans()), min_size=2, max_size=6))
def test_after_any_changes_a_build_has_what_a_clean_build_has(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[Callable[[Publication], None], bool]]
) -> None:
    folder = tmp_path_factory.mktemp("changes")
    each = Publication(folder / "workspace")
    for number, (change, frozen_again) in enumerate(changes):
        change(each)
        if frozen_again:
            each.freeze("--refresh")
        _compare(each, folder / f"clean-{number}")
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("link", "file", "text"),
    [
        ("templates", "email/parts/disclaimer.mjml.j2", "<mj-text>Be {}.</mj-text>"),
        pytest.param(
            *("templates/email", "parts/disclaimer.mjml.j2", "<mj-text>Be {}.</mj-text>"),
            marks=pytest.mark.slow,
        ),
        ("issues/articles/more", "below/new.md", article("New {}", date="2026-13-02")),
        pytest.param(*("templates/web", ".hidden.html.j2", "{}"), marks=pytest.mark.slow),
    ],
)
def test_what_is_behind_a_link_is_looked_at(link: str, file: str, text: str, tmp_path: Path) -> None:
    each = Publication(tmp_path / "workspace")
    target = tmp_path / "elsewhere" / file
    target.parent.mkdir(parents=True)
    (each.root / link).parent.mkdir(exist_ok=True)
    (each.root / link).symlink_to(tmp_path / "elsewhere")
    clean: dict[str, Outcome] = {}
    for word in ("", "quick", "careful", ""):
        target.write_text(text.format(word)) if word else target.unlink(missing_ok=True)
        for path in (target, *target.parents[:3]):
            if path.exists() and path.stat().st_mtime > 1_700_000_000:
                os.utime(path, (1_700_000_000, 1_700_000_000))
        if word not in clean:
            clean[word] = _clean_outcome(each, tmp_path / f"clean-{word}")
        assert _outcome(each, each.now) == clean[word]
