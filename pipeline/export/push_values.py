"""Values of a push: the edition in a service's words, credentials, and the draft that the service has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.support.mail_addresses import format_mailbox


@dataclass(frozen=True, slots=True)
class ServiceEdition:
    """An edition as a draft at a service has it: its merge fields are that service's tags.

    `name` is the draft's name at the service, and `slug` the same in letters, digits and hyphens: both
    are always the same for the same edition. `title` is the issue's own, `date` is in ISO 8601. `settings`
    are the target's settings, checked. `archive` is a .zip of the HTML and its pictures if they are packed.
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
    web_url: str
    tags: tuple[str, ...]
    settings: Mapping[str, Any]
    archive: bytes = b""

    @property
    def sender(self) -> str:
        """The sender as a mailbox, with a quoted name where it needs one."""
        return format_mailbox(self.sender_name, self.sender_address)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys by the names of their variables, and the target's settings."""

    keys: Mapping[str, str]
    settings: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The first key, or an empty text in a dry run."""
        return next(iter(self.keys.values()), "")


@dataclass(frozen=True, slots=True)
class DraftStatus:
    """A draft that a service has; `open` while it may still be changed.

    `status` is the service's own word. `version` is a value that some services require with a change.
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


class ServiceApi(Protocol):
    """A service's API, as a push uses it. Both methods raise `PressroomError` for what it refuses."""

    def get(self, path: str) -> Any:
        """Return the JSON at a path below the base address; None where the service says "not found"."""

    def send(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """Send JSON, or a form, and return the JSON of the answer."""
