"""Puts an edition at a service as a draft, in place of the draft that was put there before. It never sends.

The draft is looked for before one is made, by the id that was remembered and by its name, so that a second
push, or one after a cut connection, changes the same draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.errors import PressroomError
from pipeline.export.drafts import PushedDraft
from pipeline.export.target import Delivery, DraftStatus, PushMethod, ServiceApi, ServiceDraft, Target


@dataclass(frozen=True, slots=True)
class PushResult:
    """What a push did: the draft, and whether it was there before."""

    draft: ServiceDraft
    updated: bool


def put_draft(
    target: Target, delivery: Delivery, service: ServiceApi, before: PushedDraft | None, *, anew: bool = False
) -> PushResult:
    """Write the draft. `before` is what was remembered; `anew` makes a new one whatever there is.

    Raises `PressroomError` for what the service refuses, and for a draft that is none any more: it may
    have been sent, and a second one could be sent again.
    """
    push = push_of(target)
    try:
        found = None if anew else _standing(push, delivery, service, before)
        if found and not found.open:
            raise PressroomError(
                f'"{delivery.name}" is no draft at {target.title} any more: its status is "{found.status}".',
                f"--to {target.name}",
                None,
                "It may have been sent. To make another draft all the same: --anew",
            )
        return PushResult(push.write(service, delivery, found), found is not None)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise PressroomError(
            f"{target.title} answered in a form that its documentation does not have.",
            f"--to {target.name}",
            None,
            f"Look at `url` under [targets.{target.name}]; or it has changed since {target.checked}.",
        ) from error


def rehearse(
    target: Target, delivery: Delivery, service: ServiceApi, before: PushedDraft | None, *, anew: bool
) -> None:
    """Go the same way with a service that answers nothing: what was remembered is taken to stand."""
    push = push_of(target)
    found = None
    if before and not anew:
        push.read(service, delivery, before.id)
        found = DraftStatus(before.id, "draft", open=True, version="VERSION")
    elif not anew:
        push.find(service, delivery)
    push.write(service, delivery, found)


def _standing(
    push: PushMethod, delivery: Delivery, service: ServiceApi, before: PushedDraft | None
) -> DraftStatus | None:
    return (push.read(service, delivery, before.id) if before else None) or push.find(service, delivery)


def push_of(target: Target) -> PushMethod:
    """The target's push. Raises `PressroomError` where it has none."""
    if target.push is None:
        raise PressroomError(
            f"{target.title} has no way to take a draft.", f"--to {target.name}", None, "Leave out --push."
        )
    return target.push


def first(items: Any, name: str, value: str) -> Any:
    """The first of a list of mappings whose `name` holds this value, or None."""
    return next((each for each in items or () if str(each.get(name)) == value), None)
