"""What the preview shows now: the last good snapshot of the workspace, and what is wrong since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from pipeline.errors import NotFound, PressroomError
from pipeline.plan_edit.plan_changes import PlanChange
from pipeline.plan_edit.plan_file import PlanFile
from pipeline.preview.panels import mistakes
from pipeline.preview.snapshot import Snapshot
from pipeline.workspace import edition_audience


@dataclass(frozen=True, slots=True)
class SelectedEdition:
    """Which edition is looked at: of an issue by number, slug or `latest`; "" is its first audience."""

    issue: str = "latest"
    audience: str = ""


class PreviewSession:
    """The state of one preview. `refresh` may run in a thread of its own; the rest only reads.

    `recipients` are rows of a list, by the names of merge fields.
    """

    def __init__(
        self, start: Path, chosen: SelectedEdition, recipients: Sequence[Mapping[str, str]] = ()
    ) -> None:
        self.start = start
        self.chosen = chosen
        self.recipients = tuple(recipients)
        self.snapshot: Snapshot | None = None
        self.errors: list[dict[str, Any]] = []
        self.revision = 0
        self.missing: NotFound | None = None
        self._plans: dict[tuple[str, str], PlanFile] = {}
        self._changing = Lock()

    def begin(self) -> None:
        """Read the workspace for the first time.

        Raises `PressroomError` for an issue or edition that is not there; any other mistake is for the
        page to show.
        """
        self.refresh()
        if self.missing:
            raise self.missing
        if self.snapshot and self.chosen.audience:
            edition_audience(self.snapshot.issue(self.chosen.issue), self.chosen.audience)

    def refresh(self) -> None:
        """Read the workspace anew, and render what is looked at.

        A mistake is kept beside the last good snapshot, which stays.
        """
        try:
            snapshot = Snapshot(self.start)
            self.snapshot = self._rendered(snapshot)
            self.errors = []
        except PressroomError as error:
            self.errors = mistakes(error)
            self.missing = error if isinstance(error, NotFound) else None
        self.revision += 1

    def _rendered(self, snapshot: Snapshot) -> Snapshot:
        try:
            issue = snapshot.issue(self.chosen.issue)
        except NotFound:
            if self.snapshot is None:
                raise
            # The issue that was looked at is gone: the newest is there instead.
            self.chosen = SelectedEdition()
            issue = snapshot.issue(self.chosen.issue)
        audience = self.chosen.audience
        snapshot.edition(issue, audience if audience in issue.audiences else issue.audiences[0])
        return snapshot

    def change(self, folder: str, audience: str, change: PlanChange) -> None:
        """Write a change of the plan into the issue's file. Raises what `PlanFile.change` raises."""
        with self._changing:
            self._plan_file(folder, audience).change(change)

    def undo(self, folder: str, audience: str) -> bool:
        """Take the last change of the plan back; False where there is none, or the file was changed since."""
        with self._changing:
            return self._plan_file(folder, audience).undo()

    def _plan_file(self, folder: str, audience: str) -> PlanFile:
        if self.snapshot is None:
            raise PressroomError("the workspace cannot be read yet.")
        assembler = self.snapshot.workspace.assembler
        plan = self._plans.setdefault((folder, audience), PlanFile(assembler, folder, audience))
        plan.assembler = assembler
        return plan
