"""What a mail server answers: replies with their codes (RFC 5321, section 4.2), read from its bytes."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

MOST_LINE_BYTES = 4096
"""RFC 5321, section 4.5.3.1.5, asks for 512; some servers write longer lines."""
MOST_LINES = 100
MOST_SHOWN = 500

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_STATUS = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])\s*")
# Control characters, and those that turn the direction of a line on a terminal.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd\\s]+")


class GarbledReply(Exception):
    """What the server sent is not SMTP."""


def shown_text(text: str) -> str:
    """A foreign text as it may be shown and written down: one line, without control characters."""
    shown = _UNSAFE.sub(" ", text).strip()
    return shown if len(shown) <= MOST_SHOWN else f"{shown[: MOST_SHOWN - 1]}…"


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """One reply of a server: its code and its lines without the code."""

    code: int
    lines: tuple[str, ...]

    @property
    def kind(self) -> int:
        """The first digit: 2 done, 3 go on, 4 not now, 5 no."""
        return self.code // 100

    @property
    def status(self) -> str | None:
        """The enhanced status code, such as `5.1.1` (RFC 3463)."""
        match = _STATUS.match(self.lines[0])
        return match[1] if match else None

    @property
    def text(self) -> str:
        """The server's words on one line, with the status code once; safe to be shown."""
        status = self.status
        first, *rest = self.lines
        if status:
            rest = [each.removeprefix(status).lstrip() for each in rest]
        return shown_text(" ".join((first, *rest)))


class ReplyParser:
    """Splits the bytes of a server into replies."""

    def __init__(self) -> None:
        self._replies: deque[SmtpReply] = deque()
        self._bytes = b""
        self._lines: list[str] = []
        self._code = 0

    @property
    def is_empty(self) -> bool:
        """Whether all that the server sent was read."""
        return not (self._replies or self._bytes or self._lines)

    def feed(self, data: bytes) -> None:
        """Take bytes of the server; raises `GarbledReply`, behind which nothing more is read."""
        *lines, self._bytes = (self._bytes + data).split(b"\n")
        for line in lines:
            self._add_line(line.removesuffix(b"\r"))
        if len(self._bytes) > MOST_LINE_BYTES:
            raise GarbledReply

    def _add_line(self, line: bytes) -> None:
        match = _LINE.fullmatch(line)
        if not match or len(line) > MOST_LINE_BYTES or len(self._lines) == MOST_LINES:
            raise GarbledReply
        code = int(match[1])
        if self._lines and code != self._code:
            raise GarbledReply
        self._code = code
        self._lines.append((match[3] or b"").decode("utf-8", "replace"))
        if match[2] != b"-":
            if len(self._replies) == MOST_LINES:
                raise GarbledReply
            self._replies.append(SmtpReply(code, tuple(self._lines)))
            self._lines = []

    def next_reply(self) -> SmtpReply | None:
        """The oldest complete reply that was not read."""
        return self._replies.popleft() if self._replies else None
