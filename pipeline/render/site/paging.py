"""Long lists of articles and issues, split into years and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE = 50
"""Items on a page: in a phone's window, 375 pixels wide, at most 12,000 pixels of height."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Item]):
    """A page of a list, in a site folder. `number` counts the pages of the list from 1.

    `year` is set if the list has what was published in one year. `newer` and `older` are the folders of the
    pages before and after it, or None.
    """

    folder: str
    items: Sequence[Item]
    number: int = 1
    year: int | None = None
    newer: str | None = None
    older: str | None = None


def list_pages(folder: str, items: Sequence[Item], year: int | None = None) -> Iterator[ListPage[Item]]:
    """Split a list, newest first, into pages; a list without items has one page."""
    count = max(1, -(-len(items) // PAGE))
    folders = [folder, *(f"{folder}page/{number}/" for number in range(2, count + 1))]
    for position, each in enumerate(folders):
        yield ListPage(
            each,
            items[position * PAGE : (position + 1) * PAGE],
            position + 1,
            year,
            folders[position - 1] if position else None,
            folders[position + 1] if position + 1 < count else None,
        )


def archive_years(items: Sequence[Item], year: Callable[[Item], int]) -> dict[int, list[Item]]:
    """The items of each year, newest first; no years if one page has room for all."""
    years: dict[int, list[Item]] = {}
    for item in items if len(items) > PAGE else ():
        years.setdefault(year(item), []).append(item)
    return years


def archive_pages(
    folder: str, items: Sequence[Item], year: Callable[[Item], int]
) -> Iterator[ListPage[Item]]:
    """A page with the newest items, and those of each year if it does not have all."""
    yield ListPage(folder, items[:PAGE])
    for number, items_of_year in archive_years(items, year).items():
        yield from list_pages(f"{folder}year/{number}/", items_of_year, number)
