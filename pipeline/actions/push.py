"""Push: an exported edition as a draft at its service. Nothing is ever sent to readers."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from pipeline import __version__
from pipeline.actions.approve import check_approval
from pipeline.actions.export import PreparedExport
from pipeline.actions.prepare import render_email
from pipeline.errors import PressroomError, collect, raise_all
from pipeline.export.approvals import email_digest
from pipeline.export.client import TIME_LIMIT, DryRunClient, ServiceClient
from pipeline.export.draft_writer import dry_run_push, write_draft
from pipeline.export.drafts import PushedDraft, read_drafts, remember
from pipeline.export.keys import keys_of
from pipeline.export.package import Package
from pipeline.export.push_values import Credentials
from pipeline.export.target import ApiRequest, Target
from pipeline.export.target_settings import require


def check_settings(package: Package) -> None:
    """Raise `PressroomError` for each setting that a push needs and that is missing."""
    require(package.target, package.edition.settings)


def check_ready(source: PreparedExport, package: Package) -> None:
    """Raise `PressroomError` for each setting and each key that is missing, or for a missing approval."""
    errors: list[PressroomError] = []
    with collect(errors):
        check_settings(package)
    with collect(errors):
        keys_of(package.target)
    with collect(errors):
        _check_approval(source)
    raise_all(errors)


def _check_approval(source: PreparedExport) -> None:
    workspace, issue, audience = source.workspace, source.request.issue, source.audience
    if workspace.files.publication.approval:
        email = email_digest(render_email(workspace, issue, audience))
        check_approval(workspace, issue, audience, email)


def dry_run_requests(source: PreparedExport, package: Package, *, new_draft: bool) -> tuple[ApiRequest, ...]:
    """List the requests of a push without making one. No key is needed, and none is in them."""
    target, edition = package.target, package.edition
    client = DryRunClient(target, Credentials({}, edition.settings))
    dry_run_push(target, edition, client, _remembered(source, target), new_draft=new_draft)
    return tuple(client.requests)


def push_draft(
    source: PreparedExport, package: Package, now: datetime, *, new_draft: bool
) -> tuple[PushedDraft, bool]:
    """Make or update the draft at the service, and remember it. Also returns whether it was updated.

    With `new_draft` an earlier draft is left alone. Raises `PressroomError` for a key that is missing,
    and for what the service refuses.
    """
    target, edition = package.target, package.edition
    settings = edition.settings
    client = ServiceClient(
        target,
        Credentials(keys_of(target), settings),
        f"Pressroom/{__version__}",
        float(settings.get("timeout", TIME_LIMIT)),
    )
    remembered = _remembered(source, target)
    written, updated = write_draft(target, edition, client, remembered, new_draft=new_draft)
    digest = sha256(b"".join(each.data for each in package.files)).hexdigest()
    pushed = now.isoformat(timespec="seconds")
    draft = PushedDraft(target.name, source.audience, written.id, written.address, pushed, digest)
    remember(source.workspace.files.root, source.request.issue, draft)
    return draft, updated


def _remembered(source: PreparedExport, target: Target) -> PushedDraft | None:
    drafts = read_drafts(source.workspace.files.root, source.request.issue)
    key = (target.name, source.audience)
    return next((draft for draft in drafts if (draft.target, draft.audience) == key), None)
