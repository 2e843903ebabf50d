"""What an issue is exported for: a service, described. Each has a file of its own in `targets/`.

A target's first half says what its screen takes (`Target`), its second how a draft gets there (`PushMethod`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from pipeline.export.dialect import Dialect, MessagePart

GMAIL = 102_000
"""Bytes of HTML at which Gmail cuts a message off (measured by many; Gmail does not document it)."""


class SettingType(StrEnum):
    """What a setting of a target holds."""

    TEXT = "text"
    NUMBER = "a number"
    TEXTS = "a list of texts"
    NUMBERS = "a list of numbers"


@dataclass(frozen=True, slots=True)
class TargetSetting:
    """A key under `[targets.NAME]`: what it is, as "the id of …", and whether a push needs it."""

    name: str
    what: str
    kind: SettingType = SettingType.TEXT
    required: bool = False


class TagSupport(StrEnum):
    """Whether a service has tags for a draft."""

    NONE = "none"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One edition on its way to a service, in the service's words.

    `name` is what the draft is called there, and `slug` the same in letters, digits and hyphens: both
    are the same for the same edition. `title` is the issue's own, `date` is in ISO 8601. `settings` are
    the target's own, checked. `archive` is a .zip of the HTML with its pictures, where they are packed.
    """

    name: str
    slug: str
    title: str
    date: str
    subject: str
    preview_text: str
    html: str
    text: str
    sender_name: str
    sender_address: str
    reply_to: str
    language: str
    web_url: str
    tags: tuple[str, ...]
    settings: Mapping[str, Any]
    archive: bytes = b""

    @property
    def sender(self) -> str:
        """The sender as a mailbox, with a quoted name where it needs one (RFC 5322, section 3.4)."""
        plain = self.sender_name.replace(" ", "").isalnum()
        escaped = self.sender_name.replace("\\", "\\\\").replace('"', '\\"')
        name = self.sender_name if plain else f'"{escaped}"'
        return f"{name} <{self.sender_address}>" if self.sender_name else self.sender_address


@dataclass(frozen=True, slots=True)
class DraftStatus:
    """What stands at a service under an id: `open` while it is a draft that may still be changed.

    `status` is the service's own word. `version` is what some ask to be told with a change.
    """

    id: str
    status: str
    open: bool
    version: str = ""


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """A draft as it was written: its id, and the address at which an editor opens it."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request as it goes out, but for its key. `moment` is when, for signatures that hold it.

    `said` is the body before it was written as bytes.
    """

    method: str
    url: str
    body: bytes
    moment: datetime
    said: Any = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys by the names of their variables, and the target's settings."""

    keys: Mapping[str, str]
    settings: Mapping[str, Any]


class ServiceApi(Protocol):
    """A service's API, as a push uses it. What it refuses is raised as `PressroomError`."""

    def get(self, path: str) -> Any:
        """The JSON at a path below the base address; None where the service says there is nothing."""

    def send(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """Send JSON, or a form, and give the JSON of the answer."""


@dataclass(frozen=True, slots=True)
class PushMethod:
    """How a draft gets to a service. None of these ever sends to readers.

    `keys` are the environment variables of the key, `optional` further ones. `headers` gives the
    headers that carry it; `url` the base address. `read` looks at the draft of an id, `find` for one of
    the delivery's name, of any status, and `write` puts the delivery into it, or into a new one where
    there is None. `draft` is what it is called there.
    """

    keys: tuple[str, ...]
    url: Callable[[Credentials], str]
    headers: Callable[[Credentials, ApiRequest], Mapping[str, str]]
    read: Callable[[ServiceApi, Delivery, str], DraftStatus | None]
    find: Callable[[ServiceApi, Delivery], DraftStatus | None]
    write: Callable[[ServiceApi, Delivery, DraftStatus | None], ServiceDraft]
    optional: tuple[str, ...] = ()
    draft: str = "draft"


@dataclass(frozen=True, slots=True)
class Target:
    """A service as its documentation describes it.

    `checked` is when these facts were last compared with `documentation`. `takes_text` and `takes_preview`
    say whether it has a field for a text part and for the preview text, `takes_images` whether for a .zip
    with pictures, `takes_reply_to` whether a draft says where answers go. `demands` are fields without
    which the service refuses a campaign. `limit` is that of the HTML, in bytes (0: none is documented),
    `adds` what the service's counting picture and rewritten links put into each message, in bytes a link.
    `steps` is what an editor does with the files, click by click; `before` what is set up there once.
    """

    name: str
    title: str
    dialect: Dialect
    checked: date
    documentation: tuple[str, ...]
    steps: tuple[str, ...]
    before: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    """What is known from use, and was not found in the documentation."""
    takes_text: bool = True
    takes_preview: bool = True
    takes_images: bool = False
    takes_reply_to: bool = True
    demands: tuple[str, ...] = ()
    limit: int = 0
    adds: int = 120
    shape: Callable[[str], str] = field(default=lambda html: html)
    """Makes of the email's HTML what the service's field takes."""
    loses: str = ""
    """What the service takes out of the HTML, as the end of "…: "."""
    tags: TagSupport = TagSupport.NONE
    settings: tuple[TargetSetting, ...] = ()
    push: PushMethod | None = None

    @property
    def parts(self) -> frozenset[MessagePart]:
        """The parts of a letter that it takes."""
        left_out = {MessagePart.TEXT: not self.takes_text, MessagePart.PREVIEW: not self.takes_preview}
        return frozenset(part for part in MessagePart if not left_out.get(part))
