"""A target: the description of a service that issues are exported for. Each has a file in `targets/`.

`Target` describes what the service takes, and its `PushMethod` how a draft gets there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pipeline.errors import PressroomError
from pipeline.export.dialect import Dialect, MessagePart
from pipeline.export.push_method import PushMethod


class SettingType(StrEnum):
    """The type of a target's setting, in words."""

    TEXT = "text"
    NUMBER = "a number"
    TEXTS = "a list of texts"
    NUMBERS = "a list of numbers"

    @property
    def example(self) -> str:
        """A value of this type in TOML."""
        return {"TEXT": '"…"', "NUMBER": "1", "TEXTS": '["…"]', "NUMBERS": "[1]"}[self.name]


@dataclass(frozen=True, slots=True)
class TargetSetting:
    """A key under `[targets.NAME]`: what it means, as "the id of …", and whether a push needs it."""

    name: str
    what: str
    kind: SettingType = SettingType.TEXT
    required: bool = False


class TagSupport(StrEnum):
    """How many tags a draft may have at a service."""

    NONE = "none"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request without its key. `body` is JSON, or the fields of a form."""

    method: str
    url: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Target:
    """A service as its documentation describes it.

    `checked` is the day (ISO 8601) on which these facts were last compared with `documentation`. `takes_text`
    and `takes_preview` say whether it has a field for a text part and for the preview text, `takes_images`
    whether for a .zip with pictures, `takes_reply_to` whether for the address of answers. `requires` are
    fields without which the service refuses a campaign. `limit` is the largest HTML in bytes (0: none is
    documented). `steps` is what an editor does with the files, click by click; `setup` what is set up there
    once.
    """

    name: str
    title: str
    dialect: Dialect
    checked: str
    documentation: tuple[str, ...]
    steps: tuple[str, ...]
    push: PushMethod
    setup: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    """Facts that are known from use, and were not found in the documentation."""
    takes_text: bool = True
    takes_preview: bool = True
    takes_images: bool = False
    takes_reply_to: bool = True
    requires: tuple[str, ...] = ()
    limit: int = 0
    convert: Callable[[str], str] = field(default=lambda html: html)
    """Converts the email's HTML into what the service's field takes."""
    loses: str = ""
    """What the service removes from the HTML, as a sentence whose subject is the service."""
    tracking: str = ""
    """How its own counting of opens and clicks is switched off there, in a sentence; empty if not known."""
    tags: TagSupport = TagSupport.NONE
    settings: tuple[TargetSetting, ...] = ()

    @property
    def parts(self) -> frozenset[MessagePart]:
        """The parts of a message that it takes."""
        left_out = {MessagePart.TEXT: not self.takes_text, MessagePart.PREVIEW: not self.takes_preview}
        return frozenset(part for part in MessagePart if not left_out.get(part))

    def error(self, message: str, hint: str | None = None) -> PressroomError:
        """A mistake in an export for this service."""
        return PressroomError(message, f"--to {self.name}", None, hint)
