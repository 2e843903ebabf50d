"""The error of a connection to a mail server or service."""

from __future__ import annotations

from pipeline.errors import PressroomError


class ServerError(PressroomError):
    """A failure of the mail server or of its settings, and not of one recipient; nothing was sent.

    `is_permanent`: it fails again until someone changes the settings or the server, as for a wrong password.
    """

    def __init__(self, message: str, *, is_permanent: bool, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.is_permanent = is_permanent
