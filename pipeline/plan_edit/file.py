"""The `issue.md` whose plan the preview changes, with undo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.assemble.assembler import Assembler
from pipeline.assemble.issues import issue_of
from pipeline.assemble.select import explain_selection, select_edition
from pipeline.config.workspace_files import ISSUES
from pipeline.errors import PressroomError, raise_all
from pipeline.model import Issue
from pipeline.plan_edit.changes import Change, Exclude, Move, Pin, Shown, change_plan
from pipeline.support.files import read_source, source_text, write_atomically


class PlanFile:
    """The `issue.md` of one issue, and its content before each change made here.

    `assembler` knows the pool and the locks; replace it when the workspace was read again. Changes are made
    in the edition for `audience`, or in the main one where that is None.
    """

    def __init__(self, assembler: Assembler, folder: str, audience: str | None = None) -> None:
        self.assembler = assembler
        self.folder = folder
        self.audience = audience
        self._path = f"{ISSUES}/{folder}/issue.md"
        self._done: list[tuple[bytes, bytes]] = []

    @property
    def _file(self) -> Path:
        return (self.assembler.files.root / self._path).resolve()  # a link stays one

    def shown(self) -> Shown:
        """Return the plan of the file as it is now. Raises `PressroomError` or `Mistakes` if it has none."""
        return self._plan(self._issue(read_source(self._file, self._path)))

    def change(self, change: Change) -> None:
        """Make one change in the file. The article may be named by an alias.

        Raises `PressroomError` or `Mistakes`, and writes nothing, if `change_plan` refuses the change, the
        issue is frozen, or the changed file would not lead to the plan that was asked for.
        """
        if self.folder in self.assembler.locks or self.folder in self.assembler.broken:
            raise PressroomError(
                "the issue is frozen: its lock says what it carries.",
                self._path,
                hint="Change `pin` and `exclude` by hand, then choose again: "
                f"pressroom assemble {self.folder} --update",
            )
        change = replace(change, slug=self.assembler.pool.current.get(change.slug, change.slug))
        self.assembler.pool.find(change.slug)
        issue = self._issue(read_source(self._file, self._path))
        before = self._bytes()
        publication = self.assembler.files.publication
        result = change_plan(before.decode(), self._path, change, self._plan(issue), publication)
        after = result.encode()
        if after != before:
            self._check(change, self._issue(source_text(result, self._path)))
            write_atomically(self._file, after)
            self._done.append((before, after))

    def undo(self) -> bool:
        """Undo the last change. Returns False if there is no change, or the file was edited since then.

        Earlier changes can then be undone in the same way.
        """
        if not self._done or not self._file.is_file() or self._bytes() != self._done[-1][1]:
            return False
        write_atomically(self._file, self._done[-1][0])
        self._done.pop()
        return True

    def _bytes(self) -> bytes:
        try:
            return self._file.read_bytes()
        except OSError as error:
            raise PressroomError(f"cannot be read: {error.strerror or error}.", self._path) from error

    def _issue(self, text: str) -> Issue:
        errors: list[PressroomError] = []
        files = self.assembler.files
        issue = issue_of(text, self.folder, self._path, files.publication, files.zone, errors)
        raise_all(errors)
        return issue

    def _plan(self, issue: Issue) -> Shown:
        audience = self.audience or issue.audiences[0]
        edition = select_edition(
            issue, audience, self.assembler.pool, self.assembler.history.used_before(issue)
        )
        return [
            (section.title, [article.slug for article, _ in section.articles]) for section in edition.sections
        ]

    def _check(self, change: Change, after: Issue) -> None:
        """Raise if the changed issue would not assemble as the change asks."""
        plan = self._plan(after)
        place = next(
            ((title, n) for title, slugs in plan for n, slug in enumerate(slugs) if slug == change.slug), None
        )
        match change:
            case Move():
                asked = place == (change.section, change.position)
            case Pin():
                asked = place is not None and place[0] == change.section
            case Exclude():
                asked = place is None
            case _:
                asked = True
        if not asked:
            audience = self.audience or after.audiences[0]
            why = next(
                each.reason
                for each in explain_selection(
                    after, self.assembler.pool, self.assembler.history.used_before(after)
                )
                if (each.slug, each.audience) == (change.slug, audience)
            )
            raise PressroomError(
                f'"{change.slug}" would not be there in the edition for {audience}: {why}.',
                self._path,
                hint="Change the article, or make the change in another edition.",
            )
