"""What an issue is exported for: a service, described. Each has a file of its own in `targets/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.export.dialect import Dialect, Part

GMAIL = 102_000
"""Bytes of HTML at which Gmail cuts a message off (measured by many; Gmail does not document it)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service as its documentation describes it.

    `checked` is when these facts were last compared with `documentation`. `takes_text` and `takes_preview`
    say whether it has a field for a text part and for the preview text. `demands` are fields without which
    the service refuses a campaign. `limit` is that of the HTML, in bytes (0: none is documented), `adds` what
    the service's counting picture and rewritten links put into each message, in bytes a link. `steps` is what
    an editor does with the files, click by click.
    """

    name: str
    title: str
    dialect: Dialect
    checked: date
    documentation: tuple[str, ...]
    steps: tuple[str, ...]
    unverified: tuple[str, ...] = ()
    """What is known from use, and was not found in the documentation."""
    takes_text: bool = True
    takes_preview: bool = True
    demands: tuple[str, ...] = ()
    limit: int = 0
    adds: int = 120
    opening: str = ""
    """What the HTML begins with, so that the service takes it as it is."""

    @property
    def parts(self) -> frozenset[Part]:
        """The parts of a letter that it takes."""
        left_out = {Part.TEXT: not self.takes_text, Part.PREVIEW: not self.takes_preview}
        return frozenset(part for part in Part if not left_out.get(part))
