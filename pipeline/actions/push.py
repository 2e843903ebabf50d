"""Push: an exported edition as a draft at its service. Nothing is ever sent to readers."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from pipeline import __version__
from pipeline.actions.export import PackedExport
from pipeline.export.client import TIME_LIMIT, DryRunClient, ServiceClient
from pipeline.export.drafts import PushedDraft, draft_of, moment, read_drafts, remember
from pipeline.export.keys import keys_of
from pipeline.export.package import Package
from pipeline.export.push import dry_run_push, push_of
from pipeline.export.push import push_draft as push_to_service
from pipeline.export.target import ApiRequest, Credentials, Target
from pipeline.export.target_settings import require


def check_settings(packed: PackedExport) -> None:
    """Raise `PressroomError` for each setting that a push needs and that is missing."""
    target, made = _service(packed)
    push_of(target)
    require(target, made.delivery.settings)


def check_keys(packed: PackedExport) -> None:
    """Raise `PressroomError` for each setting and each key that is missing."""
    check_settings(packed)
    target, _ = _service(packed)
    keys_of(target, push_of(target))


def dry_run_requests(packed: PackedExport, *, new_draft: bool) -> tuple[ApiRequest, ...]:
    """List the requests of a push without making one. No key is needed, and none is in them."""
    target, made = _service(packed)
    client = DryRunClient(target, push_of(target), Credentials({}, made.delivery.settings))
    dry_run_push(target, made.delivery, client, _remembered(packed, target), new_draft=new_draft)
    return tuple(client.requests)


def push_draft(packed: PackedExport, now: datetime, *, new_draft: bool) -> tuple[PushedDraft, bool]:
    """Make or update the draft at the service, and remember it. Also returns whether it was updated.

    With `new_draft` an earlier draft is left alone. Raises `PressroomError` for a key that is missing,
    and for what the service refuses.
    """
    target, made = _service(packed)
    settings = made.delivery.settings
    client = ServiceClient(
        target,
        push_of(target),
        Credentials(keys_of(target, push_of(target)), settings),
        f"Pressroom/{__version__}",
        float(settings.get("timeout", TIME_LIMIT)),
    )
    result = push_to_service(target, made.delivery, client, _remembered(packed, target), new_draft=new_draft)
    digest = sha256(b"".join(each.data for each in made.files)).hexdigest()
    source = packed.source
    draft = PushedDraft(
        target.name, source.audience, result.draft.id, result.draft.address, moment(now), digest
    )
    remember(source.workspace.files.root, source.request.issue, draft)
    return draft, result.updated


def _service(packed: PackedExport) -> tuple[Target, Package]:
    service = packed.source.request.service
    if service is None or packed.package is None:
        raise ValueError("only an export for a service can be pushed")
    return service, packed.package


def _remembered(packed: PackedExport, target: Target) -> PushedDraft | None:
    source = packed.source
    drafts = read_drafts(source.workspace.files.root, source.request.issue)
    return draft_of(drafts, target.name, source.audience)
