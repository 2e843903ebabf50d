"""Writes an edition to a service as a draft, in place of the draft of an earlier push. It never sends.

An existing draft is looked up first, by the id that was remembered and by its name, so that a second push,
or one after a cut connection, changes the same draft.
"""

from __future__ import annotations

from pipeline.export.drafts import PushedDraft
from pipeline.export.push_values import DraftStatus, ServiceApi, ServiceDraft, ServiceEdition
from pipeline.export.target import Target


def write_draft(
    target: Target,
    edition: ServiceEdition,
    service: ServiceApi,
    remembered: PushedDraft | None,
    *,
    new_draft: bool = False,
) -> tuple[ServiceDraft, bool]:
    """Write the draft, over the `remembered` one if there is one. Also returns whether it existed before.

    `new_draft` makes another in any case. Raises `PressroomError` for what the service refuses, and for a
    draft that is not open any more: it may have been sent, and a second one could be sent again.
    """
    push = target.push
    try:
        existing = None
        if not new_draft:
            existing = push.read(service, edition, remembered.id) if remembered else None
            existing = existing or push.find(service, edition)
        if existing and not existing.open:
            raise target.error(
                f'"{edition.name}" is not a draft at {target.title} any more: its status is '
                f'"{existing.status or "not in the answer"}".',
                "It may have been sent. To make another draft all the same: --new-draft",
            )
        return push.write(service, edition, existing), existing is not None
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise target.error(
            f"{target.title} answered in a form that its documentation does not have.",
            f"Check `url` under [targets.{target.name}]; or it has changed since {target.checked}.",
        ) from error


def dry_run_push(
    target: Target,
    edition: ServiceEdition,
    service: ServiceApi,
    remembered: PushedDraft | None,
    *,
    new_draft: bool,
) -> None:
    """Make the requests of a push to a service that answers nothing.

    A remembered draft counts as existing.
    """
    push = target.push
    existing = None
    if remembered and not new_draft:
        push.read(service, edition, remembered.id)
        existing = DraftStatus(remembered.id, "draft", open=True, version="VERSION")
    elif not new_draft:
        push.find(service, edition)
    push.write(service, edition, existing)
