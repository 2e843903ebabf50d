"""The golden issue leaves nothing out: whatever the content model or the theme knows is in it.

The lists are taken from the code, so that a new container, layout, element or part of the theme
fails here until the golden issue shows it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from table_kit import rows
from workspace_kit import ROOT, WorkspaceRunner

from pipeline.compose import Composer
from pipeline.content import sanitize
from pipeline.content.tree import elements
from pipeline.model import Block, BlockKind, ComposedEdition, Content, Element, Layout
from pipeline.workspace import open_workspace

WORKSPACE = ROOT / "tests" / "golden" / "workspace"
THEME = ROOT / "templates"


@pytest.fixture(scope="module")
def editions() -> tuple[ComposedEdition, ...]:
    workspace = open_workspace(WORKSPACE)
    (composed,) = Composer(workspace).compose(workspace.issues)
    return composed.editions


def blocks_of(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from blocks_of(block.blocks)


def elements_of(content: Content) -> Iterator[Element]:
    for block in blocks_of(content.blocks):
        yield from elements(block.nodes)
        yield from elements(block.link_text)
    for note in content.footnotes:
        yield from elements(note)


def contents(editions: tuple[ComposedEdition, ...]) -> Iterator[Content]:
    for edition in editions:
        yield edition.letter
        yield from (article.content for article in edition.articles)


def test_every_kind_of_block_is_in_it(editions: tuple[ComposedEdition, ...]) -> None:
    used = {block.kind for content in contents(editions) for block in blocks_of(content.blocks)}
    assert set(BlockKind) - used == set()


def test_every_layout_is_in_it(editions: tuple[ComposedEdition, ...]) -> None:
    used = {layout for edition in editions for section in edition.sections for _, layout in section.items}
    assert set(Layout) - used == set()


def test_every_element_of_a_text_is_in_it(editions: tuple[ComposedEdition, ...]) -> None:
    used = {element.tag for content in contents(editions) for element in elements_of(content)}
    # A heading of level 1 is a mistake that names itself.
    assert sanitize.ELEMENTS - {"h1"} - used == set()


def test_every_attribute_of_a_text_is_in_it(editions: tuple[ComposedEdition, ...]) -> None:
    known = {name for names in sanitize.ATTRIBUTES.values() for name in names if not name.startswith("data-")}
    used = {
        name
        for content in contents(editions)
        for element in elements_of(content)
        for name, _ in element.attributes
    }
    assert known - used == set()


PARTS = [each.relative_to(THEME).as_posix() for each in sorted((THEME / "email").glob("parts/*.j2"))]
PAGES = [f"web/{name}.html.j2" for name in ("index", "issue", "article", "parts", "base")]


@pytest.mark.parametrize("part", rows([*PARTS, *PAGES], {PARTS[0], PAGES[0]}))
def test_every_part_of_the_theme_is_used_by_it(part: str, tmp_path: Path) -> None:
    """With the part broken, by an override in the workspace, the issue can no longer be built."""
    workspace = WorkspaceRunner(tmp_path / "workspace")
    shutil.copytree(WORKSPACE, workspace.root)
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.write({f"templates/{part}": "{{ this_part_is_used.here }}"})
    assert part in workspace.error("build", "--now", "2026-02-02")
