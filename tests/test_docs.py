"""The documentation: its links lead somewhere, its snippets are read, and it names every key there is."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from pipeline.fields import Fields
from pipeline.newsroom import open_newsroom

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")


def prose(page: Path) -> str:
    """A page without its code."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^( *)```.*?^\1```$", "", text))


def links(page: Path) -> list[str]:
    return [target for target in LINK.findall(prose(page)) if "://" not in target]


def anchors(page: Path) -> set[str]:
    """The fragments of a page's headings, as code hosts make them."""
    titles = re.findall(r"(?m)^#{1,6} (.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not fragment or fragment in anchors(file), target


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        reached.add(page)
        found = ((page.parent / target.partition("#")[0]).resolve() for target in links(page))
        todo += [each for each in found if each.suffix == ".md" and each not in reached]
    assert set(PAGES) - reached == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_snippets_are_well_formed(page: Path) -> None:
    for language, code in re.findall(r"(?ms)^```(toml|yaml)\n(.*?)^```$", page.read_text(encoding="utf-8")):
        if language == "toml":
            tomllib.loads(code)
        else:
            list(yaml.safe_load_all(code))


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(links(folder / "README.md"))
    assert listed == {each.name for each in folder.glob("*.md")} - {"README.md"}


# --- the keys --------------------------------------------------------------------------------


def documented(heading: str, level: str) -> set[str]:
    """The keys in the first columns of a part's tables."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    if heading != "theme.toml":
        text = re.sub(r"(?ms)^### theme\.toml$.*?^(?=##)", "", text)  # a file of its own
    part = re.split(rf"(?m)^#{{1,{len(level)}}} ", text.split(f"\n{level} {heading}\n", 1)[1], maxsplit=1)[0]
    rows = re.findall(r"(?m)^\| (`[^|]+) \|", part)
    return {key for row in rows for key in re.findall(r"`([\w.]+)`", row)}


def test_every_key_is_documented_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, set[str]] = defaultdict(set)
    read = Fields._get

    def recording(self: Fields, key: str):  # type: ignore[no-untyped-def]
        kind = "articles" if "/articles/" in self.path else self.path.rpartition("/")[2]
        asked[kind].add(key)
        return read(self, key)

    monkeypatch.setattr(Fields, "_get", recording)
    open_newsroom(ROOT)
    open_newsroom(ROOT / "tests" / "golden" / "workspace")
    # What a user names: merge fields and codes of rules.
    free = {"first_name", "city"} | {
        key for key in asked["newsletter.toml"] if re.fullmatch(r"[A-Z]+\d+", key)
    }
    shared = documented("sections", "###") | documented("tags", "###")
    assert asked["newsletter.toml"] - free == documented("newsletter.toml", "##")
    assert asked["articles"] == documented("Article front matter", "##")
    assert asked["issue.md"] == documented("Issue front matter", "##") | shared
