"""The documents: their links lead somewhere, and what they say of settings is what is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from workspace_kit import ROOT, WorkspaceRunner, article, issue, png
from workspace_kit import SETTINGS as WORKSPACE

from pipeline.config.fields import Fields
from pipeline.config.themes import read_theme
from pipeline.errors import PressroomError
from pipeline.workspace import open_workspace

DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
SETTINGS = DOCS / "settings.md"

_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """The page without its code: links in examples lead nowhere."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return re.sub(r"(`+)[^`].*?\1", "code", text)


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """The file and the anchor of each relative link."""
    for target in _LINK.findall(prose(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield ((page.parent / path).resolve() if path else page), anchor


@cache
def anchors(page: Path) -> list[str]:
    """The anchors of the page's headings, as GitHub and others make them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found: list[str] = []
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        again = sum(1 for other in found if re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", other))
        found.append(f"{anchor}-{again}" if again else anchor)
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for file, anchor in links(page):
        assert file.exists(), f"{name(page)} links to {file}"
        if anchor:
            assert anchor in anchors(file), f"{name(page)} links to {name(file)}#{anchor}"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, ahead = {PAGES[0]}, [PAGES[0]]
    while ahead:
        for file, _ in links(ahead.pop()):
            if file.suffix == ".md" and file.is_file() and file not in reached:
                reached.add(file)
                ahead.append(file)
    assert not [name(page) for page in PAGES if page not in reached]


# --- snippets --------------------------------------------------------------------------------


def snippets(*languages: str) -> list[tuple[str, str]]:
    """Page with line, and text, of each snippet in one of these languages."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            if match[2].strip() in languages:
                found.append((f"{name(page)}:{text.count(chr(10), 0, match.start()) + 1}", match[3]))
    return found


@pytest.mark.parametrize(("place", "text"), snippets("toml"), ids=lambda value: value.split("\n")[0])
def test_a_toml_snippet_parses(place: str, text: str) -> None:
    tomllib.loads(text)


@pytest.mark.parametrize(("place", "text"), snippets("yaml"), ids=lambda value: value.split("\n")[0])
def test_a_yaml_snippet_parses(place: str, text: str) -> None:
    front = text.split("---\n")[1] if text.startswith("---\n") else text
    assert isinstance(yaml.safe_load(front), dict)


def front_of(text: str) -> dict[str, object]:
    """The front matter of a snippet that is a whole file, or the snippet's own keys."""
    found = yaml.safe_load(text.split("---\n")[1] if text.startswith("---\n") else text)
    assert isinstance(found, dict)
    return found


def with_stand_ins(workspace: WorkspaceRunner, front: dict[str, object]) -> None:
    """Give the workspace what a snippet only names: tags, pinned and related articles, pictures."""
    sections = front.get("sections", [])
    assert isinstance(sections, list)
    rules = [each.get("tags", []) for each in sections]
    lists = [each for rule in rules for each in (rule.values() if isinstance(rule, dict) else [rule])]
    tags = sorted({tag for each in lists for tag in each} - {"research", "notes"})
    related = front.get("related", [])
    assert isinstance(related, list)
    slugs = [*(slug for each in sections for slug in each.get("pin", [])), *related]
    if tags:
        slugs.append("tagged")
    workspace.write(
        {f"issues/articles/{slug}.md": article(slug, tags=f"[{', '.join(tags)}]") for slug in slugs}
    )
    if image := front.get("image"):
        workspace.write({f"issues/articles/{image}": png(40, 20)})


WHOLE = [each for each in snippets("yaml") if each[1].startswith("---\n")]
PARTS = [each for each in snippets("yaml") if {"sections", "audience", "silence"} & set(front_of(each[1]))]


@pytest.mark.parametrize(("place", "text"), WHOLE, ids=lambda value: value.split("\n")[0])
def test_a_whole_file_in_the_docs_is_accepted(workspace: WorkspaceRunner, place: str, text: str) -> None:
    front = front_of(text)
    with_stand_ins(workspace, front)
    if number := front.get("number"):
        assert isinstance(number, int)
        workspace.write({f"issues/{number:03d}-from-the-docs/issue.md": text})
        workspace.ok("build", str(number))
    else:
        workspace.write({"issues/articles/from-the-docs.md": text})
        assert "from-the-docs" in [each["slug"] for each in workspace.json("articles")]
        workspace.write({"issues/002-with-it/issue.md": issue(2, date="2026-12-01", more=PINNED)})
        workspace.ok("build", "2")


PINNED = "sections:\n  - title: From the docs\n    pin: [from-the-docs]\n"


@pytest.mark.parametrize(("place", "text"), PARTS, ids=lambda value: value.split("\n")[0])
def test_a_part_of_an_issues_front_matter_is_accepted(
    workspace: WorkspaceRunner, place: str, text: str
) -> None:
    with_stand_ins(workspace, front_of(text))
    workspace.write({"issues/002-with-it/issue.md": issue(2, more=text)})
    workspace.ok("plan", "2")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param(*each, marks=() if number % 4 == 0 else pytest.mark.slow)
        for number, each in enumerate(snippets("toml"))
    ],
    ids=lambda value: value.split("\n")[0],
)
def test_a_toml_snippet_is_accepted(workspace: WorkspaceRunner, place: str, text: str) -> None:
    keys = tomllib.loads(text)
    if "description" in keys and "colors" in keys:  # the look of a theme
        workspace.write({"templates/themes/harbour/theme.toml": text})
        text, keys = '[theme]\nname = "harbour"\n', {"theme": {}}
    if "logo" in keys.get("theme", {}):
        workspace.write({keys["theme"]["logo"]: png(400, 100)})
    # The snippet's own keys take the place of the workspace's; keys without a table come first.
    top, tables = WORKSPACE.partition("\n\n")[::2]
    kept = "".join(line for line in top.splitlines(True) if line.partition(" ")[0] not in keys)
    if "audiences" in keys:
        tables = re.sub(r"(?s)\[\[audiences\]\].*?\n\n", "", tables)
    workspace.write({"newsletter.toml": f"{kept}\n{text}\n{tables}"})
    workspace.ok("build")


# --- settings: the keys of the page are those of the program -----------------------------------

# What a mapping is called in messages, and its heading in the page.
_HEADINGS = (
    (r"section \".*\", tags", "tags"),
    (r"section \".*\", badges", ""),  # its keys are tags
    (r"section( \".*\")?", "sections"),
    (r"disclaimer", "disclaimers"),
    (r"audience( \".*\")?", "audiences"),
    (r"author", "authors"),
    (r"author \".*\"", "authors.NAME"),
    (r"theme", "theme"),
    (r"theme\.(colors|dark)|(?<!\.)(colors|dark)", "theme.colors and theme.dark"),
    (r"(theme\.)?fonts", "theme.fonts"),
    (r"merge_fields", "merge_fields"),
    (r"checks", "checks"),
    (r"show", "show"),
    (r"links", "links"),
    (r"links\.parameters", ""),  # its keys are names of parameters
    (r"approval", "approval"),
    (r"subscribe", "subscribe"),
    (r"subscribe\.fields", ""),  # its keys are the service's
    (r"tags", "tags on web pages"),
    (r"delivery", "delivery"),
    (r"delivery\.per_domain", ""),  # its keys are domains
)


def heading_of(fields: Fields) -> str:
    """Under which heading of the page the keys of this mapping stand."""
    for pattern, heading in _HEADINGS:
        if re.fullmatch(pattern, fields.what):
            return heading
    if fields.what in {"authors", "silence", "targets", "extra"}:
        return ""  # their keys are names, codes, and the user's own
    assert not fields.what, f"the page has no heading for {fields.what!r}"
    file = Path(fields.path)
    if file.name in {"newsletter.toml", "theme.toml"}:
        return file.name
    if file.suffix == ".yaml":
        return "Link items"
    return "Issue front matter" if file.name == "issue.md" else "Article front matter"


def keys_asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The keys that the program asks each mapping for, while it reads the golden workspace."""
    made: list[Fields] = []
    begin = Fields.__init__

    def noting(self: Fields, *arguments: object, **named: object) -> None:
        begin(self, *arguments, **named)  # type: ignore[arg-type]
        made.append(self)

    monkeypatch.setattr(Fields, "__init__", noting)
    errors: list[PressroomError] = []
    open_workspace(ROOT / "tests" / "golden" / "workspace")
    read_theme("letter", None, errors)
    assert not errors
    asked: dict[str, set[str]] = {}
    for fields in made:
        # A single author, written as a plain name, is read as a mapping of its own.
        if set(fields.mapping) != {"authors"}:
            asked.setdefault(heading_of(fields), set()).update(fields.read_keys)
    return asked


def keys_described() -> dict[str, set[str]]:
    """The keys in the tables of the page, by heading."""
    described: dict[str, set[str]] = {}
    heading = ""
    for line in SETTINGS.read_text(encoding="utf-8").split("\n"):
        if found := re.match(r"#+ (.*)", line):
            heading = found[1]
        elif line.startswith("| `"):
            described.setdefault(heading, set()).update(re.findall(r"`([^`]+)`", line.split("|")[1]))
    return described


def test_the_settings_are_those_that_the_program_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, described = keys_asked(monkeypatch), keys_described()
    asked.pop("merge_fields")  # its keys are the user's own
    asked.pop("")
    look = asked.pop("theme.toml")
    assert look == described.pop("theme.toml") | {"layout", "card_pictures", "colors", "dark", "fonts"}
    assert described == asked


def test_every_decision_is_listed() -> None:
    folder = DOCS / "decisions"
    listed = {file for file, _ in links(folder / "README.md")}
    assert listed == set(folder.glob("*.md")) - {folder / "README.md"}


# From help texts, rules and targets, by docs/reference.py.
MADE = {DOCS / "commands.md", DOCS / "checks.md", DOCS / "targets.md", *(DOCS / "targets").glob("*.md")}


@pytest.mark.parametrize("page", [page for page in PAGES if page not in MADE], ids=name)
def test_no_line_of_prose_is_wider_than_100_columns(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    # A row of a table is one line, and so is a picture.
    lines = [line for line in text.split("\n") if not line.startswith(("|", "!["))]
    assert [line for line in lines if len(line) > 100] == []


def test_the_rule_that_developing_shows_is_one_of_ours() -> None:
    (shown,) = re.findall(r"```py\n(.*?)```", (DOCS / "developing.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown in (ROOT / "pipeline/checks/rules/html_head.py").read_text(encoding="utf-8")


def test_the_picture_of_the_code_has_each_room_once_and_no_other() -> None:
    page = (DOCS / "developing.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"^pipeline/\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    rooms = [room.rstrip("/") for room in re.findall(r"^  (\w[\w/.]*)", picture, re.MULTILINE)]
    shown = sorted({room.partition("/")[0] for room in rooms})
    ours = (
        each.name for each in (ROOT / "pipeline").iterdir() if each.name not in {"__pycache__", "py.typed"}
    )
    assert shown == sorted(ours)
    assert len(set(rooms)) == len(rooms)
    assert all((ROOT / "pipeline" / room).exists() for room in rooms)


@pytest.mark.parametrize(
    "page", [DOCS / "developing.md", ROOT / "CONTRIBUTING.md", DOCS / "adding-a-service.md"], ids=name
)
def test_every_file_that_a_page_for_developers_names_is_there(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    roots = (ROOT, ROOT / "pipeline", ROOT / "tests")
    paths = {
        path
        for path in re.findall(r"`([\w.-]+/[\w.*/-]*)`", text)
        if path.endswith(".py") or any((root / path.partition("/")[0]).is_dir() for root in roots)
    }
    assert paths
    lost = {path for path in paths if not any(any(root.glob(path)) for root in roots)}
    assert all(path == "issues/articles/x.md" or "acme" in path for path in lost), lost
