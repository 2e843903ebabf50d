"""The `issue.md` whose plan the preview changes, with undo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.actions.plan_edit.plan_changes import (
    Exclude,
    Move,
    Pin,
    PlanChange,
    PlannedSections,
    apply_change,
    read_issue,
)
from pipeline.assemble.assembler import Assembler
from pipeline.config.workspace_files import ISSUES
from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.support.files import read_source, write_atomically


class PlanFile:
    """The `issue.md` of one issue, with its content before and after each change made here.

    `assembler` has the pool and the locks; replace it after the workspace was read again. Changes are made
    in the edition for `audience`.
    """

    def __init__(self, assembler: Assembler, folder: str, audience: str) -> None:
        self.assembler = assembler
        self.folder = folder
        self.audience = audience
        self._path = f"{ISSUES}/{folder}/issue.md"
        self._versions: list[tuple[bytes, bytes]] = []

    @property
    def _file(self) -> Path:
        return (self.assembler.files.root / self._path).resolve()  # a symbolic link stays one

    def change(self, change: PlanChange) -> None:
        """Make one change in the file. The article may be named by an alias.

        Raises `PressroomError` or `Mistakes`, and writes nothing, if `apply_change` refuses the change, the
        issue is frozen, or the changed file would not lead to the plan that was asked for.
        """
        pool, publication = self.assembler.pool, self.assembler.files.publication
        if self.folder in self.assembler.locks or self.folder in self.assembler.broken:
            raise PressroomError(
                "the issue is frozen: its lock says what it carries.",
                self._path,
                hint="Change `pin` and `exclude` by hand, then choose again: "
                f"pressroom assemble {self.folder} --update",
            )
        change = replace(change, slug=pool.current.get(change.slug, change.slug))
        if change.slug not in pool.links:
            pool.find(change.slug)
        issue = read_issue(read_source(self._file, self._path), self._path, publication)
        # The issue may name a link item by its address.
        named = [*issue.exclude, *(name for rule in issue.sections for name in (*rule.pin, *rule.exclude))]
        names = {key: name for name in named if (key := pool.key_of(name))}
        plan = [(title, [names.get(key, key) for key in keys]) for title, keys in self._plan(issue)]
        written = replace(change, slug=names.get(change.slug, change.slug))
        before = self._bytes()
        text = apply_change(before.decode(), self._path, written, plan, publication)
        after = text.encode()
        if after != before:
            self._check(change, read_issue(text, self._path, publication))
            write_atomically(self._file, after)
            self._versions.append((before, after))

    def undo(self) -> bool:
        """Undo the last change. Returns False if there is no change, or the file was edited since then.

        Earlier changes can then be undone in the same way.
        """
        if not self._versions or not self._file.is_file() or self._bytes() != self._versions[-1][1]:
            return False
        write_atomically(self._file, self._versions[-1][0])
        self._versions.pop()
        return True

    def _bytes(self) -> bytes:
        try:
            return self._file.read_bytes()
        except OSError as error:
            raise PressroomError(f"cannot be read: {error.strerror or error}.", self._path) from error

    def _plan(self, issue: Issue) -> PlannedSections:
        edition = self.assembler.select(issue, self.audience).edition
        return [(section.title, [item.key for item, _ in section.items]) for section in edition.sections]

    def _check(self, change: PlanChange, after: Issue) -> None:
        """Raise if the changed issue would not assemble as the change asks."""
        positions = {
            slug: (title, position)
            for title, slugs in self._plan(after)
            for position, slug in enumerate(slugs)
        }
        section, position = positions.get(change.slug, (None, None))
        match change:
            case Move():
                as_asked = (section, position) == (change.section, change.position)
            case Pin():
                as_asked = section == change.section
            case Exclude():
                as_asked = section is None
            case _:
                as_asked = True
        if as_asked:
            return
        decisions = self.assembler.select(after, self.audience).decisions
        reason = next(each.reason for each in decisions if each.key == change.slug)
        raise PressroomError(
            f'"{change.slug}" would not be there in the edition for {self.audience}: {reason}.',
            self._path,
            hint="Change the article, or make the change in another edition.",
        )
