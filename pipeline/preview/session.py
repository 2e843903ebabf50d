"""What the preview shows now: the last good snapshot of the workspace, and the mistakes made since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from pipeline.actions.plan_edit.plan_changes import PlanChange
from pipeline.actions.plan_edit.plan_file import PlanFile
from pipeline.deliver.recipient_list import open_list
from pipeline.deliver.rejected_row import RejectedRow
from pipeline.errors import NotFound, PressroomError
from pipeline.preview.panels import mistakes
from pipeline.preview.snapshot import Snapshot
from pipeline.workspace import edition_audience


@dataclass(frozen=True, slots=True)
class SelectedEdition:
    """The edition that is looked at: an issue by number, slug or `latest`; "" is its first audience."""

    issue: str = "latest"
    audience: str = ""


def first_readers(file: Path) -> tuple[list[Mapping[str, str]], list[PressroomError]]:
    """Read the values of the first 500 readers of a list, and why rows among them are left out."""
    readers: list[Mapping[str, str]] = []
    errors: list[PressroomError] = []
    for row in islice(open_list(str(file), allow_reserved=True), 500):
        if isinstance(row, RejectedRow):
            errors.append(row.error(str(file)))
        else:
            readers.append({"email": row.address, **row.values})
    return readers, errors


class PreviewSession:
    """The state of one preview. `refresh` may run in a thread of its own; other methods only read it.

    `recipients` are rows of a list of readers, with values by the names of merge fields.
    """

    def __init__(
        self, start: Path, selected: SelectedEdition, recipients: Sequence[Mapping[str, str]] = ()
    ) -> None:
        self.start = start
        self.selected = selected
        self.recipients = tuple(recipients)
        self.snapshot: Snapshot | None = None
        self.errors: list[dict[str, Any]] = []
        self.revision = 0
        self._not_found: NotFound | None = None
        self._plans: dict[tuple[str, str], PlanFile] = {}
        self._changing = Lock()

    def begin(self) -> None:
        """Read the workspace for the first time.

        Raises `PressroomError` for an issue or edition that does not exist. Any other mistake is shown on
        the page.
        """
        self.refresh()
        if self.snapshot:
            self.snapshot.workspace.files.cache.save()
        if self._not_found:
            raise self._not_found
        if self.snapshot and self.selected.audience:
            edition_audience(self.snapshot.issue(self.selected.issue), self.selected.audience)

    def refresh(self) -> None:
        """Read the workspace again, and render the selected edition.

        After a mistake the last good snapshot stays, with the mistake in `errors`.
        """
        self._not_found = None
        try:
            snapshot = Snapshot(self.start, self.snapshot)
            self._render_selected(snapshot)
            self.snapshot, self.errors = snapshot, []
        except PressroomError as error:
            self.errors = mistakes(error)
            self._not_found = error if isinstance(error, NotFound) else None
        self.revision += 1

    def _render_selected(self, snapshot: Snapshot) -> None:
        try:
            issue = snapshot.issue(self.selected.issue)
        except NotFound:
            if self.snapshot is None:
                raise
            # The selected issue was deleted or renamed: show the newest one instead.
            self.selected = SelectedEdition()
            issue = snapshot.issue(self.selected.issue)
        audience = self.selected.audience
        snapshot.edition(issue, audience if audience in issue.audiences else issue.audiences[0])

    def change(self, folder: str, audience: str, change: PlanChange) -> None:
        """Write a change of the plan into the issue's file. Raises what `PlanFile.change` raises."""
        with self._changing:
            self._plan_file(folder, audience).change(change)

    def undo(self, folder: str, audience: str) -> bool:
        """Undo the last change of the plan. Returns False as `PlanFile.undo` does."""
        with self._changing:
            return self._plan_file(folder, audience).undo()

    def _plan_file(self, folder: str, audience: str) -> PlanFile:
        if self.snapshot is None:
            raise PressroomError("the workspace cannot be read yet.")
        assembler = self.snapshot.workspace.assembler
        plan = self._plans.setdefault((folder, audience), PlanFile(assembler, folder, audience))
        plan.assembler = assembler
        return plan
