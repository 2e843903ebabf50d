"""Writes a table as plain text: in aligned columns if they fit, otherwise row by row with column names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import zip_longest

from pipeline.content.text_width import collapse_spaces, width, wrap
from pipeline.model import Element, Node

_GAP = "  "


def table_lines(table: Element, cell_text: Callable[[Iterable[Node]], str], columns: int) -> list[str]:
    """The lines of a table, at most so many columns wide; `cell_text` writes the nodes of a cell."""
    caption = [text for part in _parts(table, "caption") for text in wrap(cell_text(part.children), columns)]
    head, body = table_grid(table)
    grid = [*head, *body]
    count = max(map(len, grid), default=0)
    if not count:
        return caption
    rows = [
        [
            collapse_spaces(cell_text(cell.children).replace("\v", " ")).strip(" ") if cell else ""
            for cell in cells
        ]
        for cells in grid
    ]
    widths = [max(width(row[column]) for row in rows) for column in range(count)]
    if sum(widths) + len(_GAP) * (count - 1) <= columns:
        return caption + _aligned_rows(rows, widths, _alignments(grid), len(head))
    names = [" ".join(text for text in column if text) for column in zip(*rows[: len(head)], strict=True)]
    return caption + _records(rows[len(head) :], names, columns)


def table_grid(table: Element) -> tuple[list[list[Element | None]], list[list[Element | None]]]:
    """The cells of a table's head and body by row and column; None where a cell spans or is missing."""
    head = [row for part in _parts(table, "thead") for row in _grid(part)]
    body = [row for part in _parts(table, "tbody", "tfoot") for row in _grid(part)]
    if not head and body and all(cell.tag == "th" for cell in body[0] if cell):
        head, body = body[:1], body[1:]
    count = max(map(len, (*head, *body)), default=0)
    for cells in (*head, *body):
        cells.extend([None] * (count - len(cells)))
    return head, body


def _aligned_rows(
    rows: list[list[str]], widths: list[int], alignments: list[str], header_rows: int
) -> list[str]:
    lines = []
    for index, row in enumerate(rows):
        cells = [_padded(cell, size, side) for cell, size, side in zip(row, widths, alignments, strict=True)]
        lines.append(_GAP.join(cells).rstrip(" "))
        if index + 1 == header_rows:
            lines.append(_GAP.join("-" * max(size, 1) for size in widths))
    return lines


def _records(rows: list[list[str]], names: list[str], columns: int) -> list[str]:
    if not rows:  # a table that is only a header
        return [text for name in names for text in wrap(name, columns)]
    lines: list[str] = []
    for row in rows:
        if lines:
            lines.append("")
        for name, cell in zip_longest(names, row, fillvalue=""):
            if cell or name:
                first, *rest = wrap(f"{name}: {cell}" if name else cell, columns - 2)
                lines.extend([first, *(f"  {text}" for text in rest)])
    return lines


def _padded(cell: str, size: int, side: str) -> str:
    space = size - width(cell)
    before = space if side == "right" else space // 2 if side == "center" else 0
    return " " * before + cell + " " * (space - before)


def _alignments(grid: list[list[Element | None]]) -> list[str]:
    """The alignment of each column: that of its first cell that has one."""
    aligns = [[cell.get("align") for cell in column if cell] for column in zip(*grid, strict=True)]
    return [next(filter(None, column), "") for column in aligns]


def _grid(part: Element) -> list[list[Element | None]]:
    """The cells of a table's part by row and column; None where a cell spans (HTML, 4.9.12.1)."""
    grid: list[list[Element | None]] = []
    covered: dict[int, int] = {}
    for row in _parts(part, "tr"):
        cells: list[Element | None] = []
        for cell in _parts(row, "th", "td"):
            _skip_covered(cells, covered)
            for extra in range(int(cell.get("colspan") or 1)):
                covered[len(cells)] = int(cell.get("rowspan") or 1) - 1
                cells.append(None if extra else cell)
        _skip_covered(cells, covered)
        while cells and cells[-1] is None:  # what spans beyond the last cell needs no column
            cells.pop()
        grid.append(cells)
    return grid


def _skip_covered(cells: list[Element | None], covered: dict[int, int]) -> None:
    """Skip the columns that a cell of a row above still covers."""
    while covered.get(len(cells)):
        covered[len(cells)] -= 1
        cells.append(None)


def _parts(element: Element, *tags: str) -> list[Element]:
    return [child for child in element.children if isinstance(child, Element) and child.tag in tags]
