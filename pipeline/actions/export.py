"""An issue as it leaves the house: a bundle, a message, or a service's package, and the draft there.

Each goes the one path of `press.py`, from a frozen issue, so that what is exported can be made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from pipeline import __version__
from pipeline.actions.press import Press, bundled, press_of, render
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError
from pipeline.export.bundle import ImageMode, is_bundle, is_bundle_folder, listing_file, listing_of, zip_bytes
from pipeline.export.client import TIME_LIMIT, DryRunClient, ServiceClient
from pipeline.export.drafts import PushedDraft, draft_of, moment, read_drafts, remember
from pipeline.export.keys import keys_of
from pipeline.export.package import Package, package
from pipeline.export.push import dry_run_push, push_draft, push_of
from pipeline.export.target import ApiRequest, Credentials, Target
from pipeline.export.target_settings import SETTINGS, require
from pipeline.model import ComposedEdition, Issue, OutputFile, Place
from pipeline.render.email.message import build_message
from pipeline.support.files import read_source, write_atomically, write_folder
from pipeline.workspace import Workspace, audience_of


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be exported, and where it goes: below `build/export` where `output` is None."""

    issue: Issue
    audience: str
    images: ImageMode
    output: Path | None
    zipped: bool


def audience_to_export(workspace: Workspace, issue: Issue, named: str | None) -> str:
    """The audience whose edition is exported: the one named, or the issue's first.

    Raises `PressroomError` for an audience that the issue has no edition for, and for an issue that
    is not frozen.
    """
    audience = audience_of(issue, named)
    if issue.folder not in workspace.assembler.locks:
        raise PressroomError(
            "the issue is not frozen, so what is sent could not be made again.",
            issue.place.path,
            issue.place.line,
            f"Freeze it: pressroom assemble {issue.number}",
        )
    return audience


def export_bundle(workspace: Workspace, wanted: ExportRequest) -> tuple[Path, tuple[OutputFile, ...]]:
    """Write the neutral bundle; gives where it stands and its files.

    Raises `PressroomError` for an output that is there already and is no bundle.
    """
    press, edition = _edition(workspace, wanted)
    files = bundled(press, edition)
    return _written(workspace.files, wanted, "", files), files


def export_message(workspace: Workspace, wanted: ExportRequest) -> tuple[Path, tuple[OutputFile, ...]]:
    """Write the finished message, with its pictures inside where they are packed. Raises as above."""
    press, edition = _edition(workspace, wanted)
    publication, data = press.composer.publication, press.composer.images.data
    rendered = render(press, edition)
    pictures = data if wanted.images is ImageMode.PACKED else None
    message = OutputFile("email.eml", build_message(rendered, publication, edition, pictures))
    listing = listing_of(edition, rendered, publication, [message], wanted.images)
    files = (message, listing_file(listing))
    return _written(workspace.files, wanted, "-eml", files), files


def export_for(
    workspace: Workspace,
    wanted: ExportRequest,
    target: Target,
    ready: Callable[[Target, Package], None] = lambda target, made: None,
) -> tuple[Path, Package]:
    """Write an edition as a service takes it; gives where it stands, and what it is.

    `ready` looks at it before anything is written. Raises `PressroomError` for what the target cannot take,
    for an output that is no bundle, and what `ready` raises.
    """
    if wanted.images is ImageMode.PACKED and not target.takes_images:
        raise PressroomError(
            f"{target.title} takes no pictures with the email.",
            f"--to {target.name}",
            None,
            "Leave out --images packed: it shows them from the published site.",
        )
    press, edition = _edition(workspace, wanted)
    where = partial(_written_at, workspace.files, _sources(edition))
    composer = press.composer
    data = composer.images.data if wanted.images is ImageMode.PACKED else None
    made = package(edition, render(press, edition), composer.publication, target, where, data)
    ready(target, made)
    return _written(workspace.files, wanted, f"-{target.name}", made.files), made


def check_settings(target: Target, made: Package) -> None:
    """Raises for each setting that a push needs and that is missing."""
    push_of(target)
    require(target, made.delivery.settings)


def check_keys(target: Target, made: Package) -> None:
    """Raises as `check_settings`, and for each key that is missing."""
    check_settings(target, made)
    keys_of(target, push_of(target))


def dry_run(
    workspace: Workspace, wanted: ExportRequest, target: Target, made: Package, *, anew: bool
) -> tuple[ApiRequest, ...]:
    """The requests of a push, of which none is made. No key is needed, and none is in them."""
    service = DryRunClient(target, push_of(target), Credentials({}, made.delivery.settings))
    remembered = _remembered(workspace, wanted, target)
    dry_run_push(target, made.delivery, service, remembered, new_draft=anew)
    return tuple(service.requests)


def push(
    workspace: Workspace, wanted: ExportRequest, target: Target, made: Package, now: datetime, *, anew: bool
) -> tuple[PushedDraft, bool]:
    """Put the edition at the service as a draft, and remember it; also whether it was there before.

    Raises `PressroomError` for a key that is missing, and for what the service refuses.
    """
    settings = made.delivery.settings
    before = _remembered(workspace, wanted, target)
    service = ServiceClient(
        target,
        push_of(target),
        Credentials(keys_of(target, push_of(target)), settings),
        f"Pressroom/{__version__}",
        float(settings.get("timeout", TIME_LIMIT)),
    )
    done = push_draft(target, made.delivery, service, before, new_draft=anew)
    digest = sha256(b"".join(each.data for each in made.files)).hexdigest()
    draft = PushedDraft(target.name, wanted.audience, done.draft.id, done.draft.address, moment(now), digest)
    remember(workspace.files.root, wanted.issue, draft)
    return draft, done.updated


def _remembered(workspace: Workspace, wanted: ExportRequest, target: Target) -> PushedDraft | None:
    return draft_of(read_drafts(workspace.files.root, wanted.issue), target.name, wanted.audience)


def _edition(workspace: Workspace, wanted: ExportRequest) -> tuple[Press, ComposedEdition]:
    return press_of(workspace, wanted.issue, wanted.audience, wanted.images)


def _written(
    workspace: WorkspaceFiles, wanted: ExportRequest, suffix: str, files: tuple[OutputFile, ...]
) -> Path:
    other = "" if wanted.audience == wanted.issue.audiences[0] else f"-{wanted.audience}"
    name = f"{wanted.issue.folder}{other}{suffix}{'.zip' if wanted.zipped else ''}"
    place = wanted.output or workspace.build / "export" / name
    _check_replaceable(place, wanted.zipped)
    if wanted.zipped:
        write_atomically(place, zip_bytes(files))
    else:
        write_folder(place, files)
    return place


def _sources(edition: ComposedEdition) -> tuple[str, ...]:
    """The files in which the words of an edition are written."""
    articles = (each.article.place.path for each in edition.articles)
    return (edition.issue.place.path, *dict.fromkeys(articles), SETTINGS)


def _written_at(workspace: WorkspaceFiles, paths: tuple[str, ...], text: str) -> Place | None:
    """Where a text is written first, spaces aside."""
    wanted = "".join(text.split())
    for path in paths:
        for number, line in enumerate((read_source(workspace.root / path, path) or "").split("\n"), 1):
            if wanted in "".join(line.split()):
                return Place(path, number)
    return None


def _check_replaceable(target: Path, zipped: bool) -> None:
    """A bundle takes the place of an older bundle only: never of a user's other files."""
    if not target.exists():
        return
    bundle = is_bundle(target) if zipped else target.is_dir() and is_bundle_folder(target)
    if not bundle:
        raise PressroomError(
            "is there already and is no bundle.", str(target), hint="Name another place with --output."
        )
