"""Errors that a user can cause and mend; each says where, what and what to do.

Every expected error is a `PressroomError`, which the command line catches in one place. Whoever finds
several mistakes collects them and raises one `Mistakes`, so that an editor mends a file in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager


class PressroomError(Exception):
    """One mistake: `message` says what, `path` and `line` where, `hint` what to do.

    `path` is written as the user would type it: relative to the workspace, with forward slashes.
    """

    def __init__(
        self, message: str, path: str | None = None, line: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint

    @property
    def errors(self) -> tuple[PressroomError, ...]:
        """The single mistakes: this one, or each of several."""
        return (self,)

    @property
    def values(self) -> dict[str, str | int | None]:
        """The mistake as plain values, for JSON."""
        return {"message": self.message, "path": self.path, "line": self.line, "hint": self.hint}

    def __str__(self) -> str:
        place = self.path or ""
        if place and self.line is not None:
            place = f"{place}:{self.line}"
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} {self.hint}" if self.hint else text


class WorkspaceNotFound(PressroomError):
    """There is no `newsletter.toml` in this folder or any above it."""


class NotFound(PressroomError):
    """A named issue, article or tag does not exist."""


class Mistakes(PressroomError):
    """Several mistakes, in the order of their places or of what to mend first."""

    def __init__(self, errors: Sequence[PressroomError]) -> None:
        super().__init__(f"{len(errors):,} mistakes")
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[PressroomError, ...]:
        """The single mistakes, also those within others."""
        return tuple(single for each in self._errors for single in each.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


@contextmanager
def collect(errors: list[PressroomError]) -> Iterator[None]:
    """Add the mistakes of an error that ends the block to `errors`; what comes after the block goes on."""
    try:
        yield
    except PressroomError as error:
        errors.extend(error.errors)


def distinct(errors: Iterable[PressroomError]) -> list[PressroomError]:
    """The single mistakes, each once: one in an article or snippet is one, however many texts hold it."""
    every = [single for error in errors for single in error.errors]
    return list({(each.path, each.line, each.message, each.hint): each for each in every}.values())


def raise_all(errors: Iterable[PressroomError]) -> None:
    """Raise the error if there is one, or all of them as `Mistakes`."""
    singles = distinct(errors)
    if not singles:
        return
    singles.sort(key=lambda error: (error.path or "", error.line or 0))
    raise singles[0] if len(singles) == 1 else Mistakes(singles)


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The nearest of the known words, or None if all are too different.

    `likeness` is difflib's ratio, from 0 to 1.
    """
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in known}
    near = get_close_matches(word.casefold(), by_folded, n=1, cutoff=likeness)
    return by_folded[near[0]] if near else None


def suggest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """`Did you mean "…"?` for the `nearest` word, or None."""
    near = nearest(word, known, likeness)
    return f'Did you mean "{near}"?' if near else None
