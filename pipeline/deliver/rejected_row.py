"""A row of a list of recipients that gets no mail, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import PressroomError


class Rejection(StrEnum):
    """The kind of a rejected row: a mistake in it, a person whom the list has already, or one who left."""

    MISTAKE = "mistake"
    DUPLICATE = "duplicate"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that gets no mail. `reason` ends in a full stop; `hint` says what to do, if anything.

    `address` is for display: as the list has it, in printable characters, and shortened. `key` is the
    person's (`Recipient.key`), empty without a sound address. Who is unsubscribed in one row and was a
    recipient in a row before (`repeats`) must not get mail either: whoever freezes a list takes them out.
    """

    line: int
    address: str
    reason: str
    hint: str | None = None
    kind: Rejection = Rejection.MISTAKE
    key: str = ""
    repeats: bool = False

    def error(self, path: str) -> PressroomError:
        """The row as a mistake of the list at `path`."""
        return PressroomError(self.reason, path, self.line, self.hint)
