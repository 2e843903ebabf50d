"""Tables: those that only place things are taken apart, those with data get one width and a head."""

from __future__ import annotations

from pipeline.importers.draft import Left
from pipeline.importers.html.tree import BLOCKS, Tag, elements, make, style, text, value

_WIDEST = 40
_SPANS = 20
_IN_CELLS = frozenset({"p", "div", "center", "ul", "ol", "li"})
_LONGEST_CELL = 300


def layout(root: Tag, left: list[Left]) -> None:
    """A table without data becomes its cells, one below the other; tables within it stay what they are.

    Such a table holds tables or blocks, says so by its role, or has a single column.
    """
    for table in elements(root, "table")[::-1]:
        if table.parent is None or not _is_layout(table):
            continue
        parts = elements(table, "td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup")
        for part in [each for each in parts if each.find_parent("table") is table]:
            part.name = "div"
            part.attrs = {key: one for key, one in part.attrs.items() if key in ("class", "style", "id")}
        table.name = "div"
        table.attrs = {key: one for key, one in table.attrs.items() if key in ("class", "id")}


def _is_layout(table: Tag) -> bool:
    if value(table, "role") in ("presentation", "none") or table.find("table"):
        return True
    if "data" in value(table, "class").split():  # of a word processor
        return False
    rows = elements(table, "tr")
    if not rows or max(len(_cells(row)) for row in rows) < 2:
        return True
    cells = [cell for row in rows for cell in _cells(row)]
    blocks = [each for cell in cells for each in elements(cell, *BLOCKS, "img") if each.name not in _IN_CELLS]
    if table.find("th") and not any(each.name[0] == "h" for each in blocks):
        return False
    if len(rows) == 1:
        return True
    long = [cell for cell in cells if len(text(cell)) > _LONGEST_CELL or len(elements(cell, "p", "li")) > 4]
    empty = [cell for cell in cells if not text(cell) and not cell.find("img")]
    return bool(blocks or long) or len(empty) * 2 > len(cells)


def data(root: Tag, left: list[Left]) -> None:
    """Each row gets as many cells as the widest, the first row is the head, a caption is a line before it."""
    for table in elements(root, "table"):
        rows = [row for row in elements(table, "tr") if _cells(row)]
        if caption := table.find("caption"):
            if text(caption):
                table.insert_before(make("p", make("strong", text(caption))))
            caption.extract()
        grid = _grid(rows)
        width = max((len(row) for row in grid), default=0)
        body = make("tbody")
        for number, row in enumerate(grid):
            body.append(made := make("tr"))
            for cell in [*row, *[None] * (width - len(row))]:
                made.append(one := make("th" if number == 0 else "td"))
                for child in _content(cell, number == 0) if cell is not None else ():
                    one.append(child)
        table.clear()
        table.append(body)
        table.attrs = {}


def _content(cell: Tag, head: bool) -> list[Tag]:
    """The content of a cell, its blocks as text beside each other; bold of a whole head is its look."""
    for block in elements(cell, *BLOCKS):
        block.insert_after(", " if block.name == "li" and block.find_next_sibling("li") else " ")
        block.unwrap()
    only = [each for each in cell.children if not isinstance(each, str) or each.strip()]
    if head and len(only) == 1 and isinstance(only[0], Tag) and only[0].name in ("strong", "b"):
        only[0].unwrap()
    return list(cell.children)  # type: ignore[arg-type]


def _grid(rows: list[Tag]) -> list[list[Tag | None]]:
    """The cells by row, with None where a cell of another row or column reaches."""
    grid: list[list[Tag | None]] = []
    reach: dict[int, int] = {}  # column: for how many rows more it is taken from above
    for row in rows:
        made: list[Tag | None] = []
        for cell in _cells(row):
            while reach.get(len(made), 0):
                reach[len(made)] -= 1
                made.append(None)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            for number in range(across):
                if down > 1:
                    reach[len(made)] = down - 1
                made.append(cell if number == 0 else None)
                if len(made) >= _WIDEST:
                    break
        grid.append(made)
    return grid


def _cells(row: Tag) -> list[Tag]:
    return [
        each for each in row.find_all(["td", "th"], recursive=False) if style(each).get("display") != "none"
    ]


def _span(cell: Tag, name: str) -> int:
    number = value(cell, name)
    return (
        max(1, min(int(number), _SPANS)) if number.isascii() and number.isdigit() and len(number) < 4 else 1
    )
