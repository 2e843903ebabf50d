"""Long lists of articles and issues, split into years and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE = 50
"""Items on a page: in a phone's window, 375 pixels wide, at most 12,000 pixels of height."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Item]):
    """A page of a list, in a site folder. `number` counts the pages from the oldest; the newest's is 0.

    `year` is set if the list has what was published in one year. `newer` and `older` are the folders and
    numbers of the pages before and after it, or None.
    """

    folder: str
    items: Sequence[Item]
    number: int = 0
    year: int | None = None
    newer: tuple[str, int] | None = None
    older: tuple[str, int] | None = None


def list_pages(folder: str, items: Sequence[Item], year: int | None = None) -> Iterator[ListPage[Item]]:
    """Split a list, newest first, into pages; a list without items has one page.

    They are filled from the oldest: a page keeps its address and its items when newer ones are added. The
    first page has the newest, from half a page to one and a half.
    """
    newest = len(items) % PAGE
    if newest < PAGE // 2:
        newest = min(newest + PAGE, len(items))
    full = (len(items) - newest) // PAGE
    places = [(folder, 0), *((f"{folder}page/{number}/", number) for number in range(full, 0, -1))]
    starts = [0, *range(newest, len(items), PAGE), len(items)]
    for position, (each, number) in enumerate(places):
        yield ListPage(
            each,
            items[starts[position] : starts[position + 1]],
            number,
            year,
            places[position - 1] if position else None,
            places[position + 1] if position < full else None,
        )


def archive_years(items: Sequence[Item], year: Callable[[Item], int]) -> dict[int, list[Item]]:
    """The items of each year, newest first; no years if one page has room for all."""
    years: dict[int, list[Item]] = {}
    for item in items if len(items) > PAGE else ():
        years.setdefault(year(item), []).append(item)
    return years


def archive_pages(
    folder: str, items: Sequence[Item], years: Mapping[int, Sequence[Item]]
) -> Iterator[ListPage[Item]]:
    """A page with the newest items, and those of each year if it does not have all."""
    yield ListPage(folder, items[:PAGE])
    for year, items_of_year in years.items():
        yield from list_pages(f"{folder}year/{year}/", items_of_year, year)
