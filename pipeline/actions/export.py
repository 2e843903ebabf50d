"""Export: one edition as a bundle, as a message, or as a service takes it.

The edition is composed and rendered once: it is checked, packed and written from the same values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.actions.check import check_edition
from pipeline.actions.prepare import PreparedEdition, prepare_edition
from pipeline.compose import Composer
from pipeline.errors import PressroomError, suggest
from pipeline.export.bundle import (
    ImageMode,
    bundle,
    is_bundle,
    is_bundle_folder,
    listing_file,
    zip_bytes,
)
from pipeline.model import (
    FORMATS,
    TARGETS,
    DeliverySettings,
    Finding,
    Image,
    Issue,
    MergeField,
    OutputFile,
    Place,
    Severity,
)
from pipeline.render.email.message import build_message
from pipeline.support import merge
from pipeline.support.files import read_source, write_atomically, write_folder
from pipeline.support.limits import SETTINGS_FILE
from pipeline.workspace import Workspace, edition_audience

if TYPE_CHECKING:
    from pipeline.export.package import Package
    from pipeline.export.target import Target


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export. `target` is a service or a format.

    Without `audience` it is the issue's first edition; without `output` it goes below `build/export`. It is a
    .zip if `zipped` is set or `output` ends in .zip.
    """

    issue: Issue
    target: str = "bundle"
    audience: str | None = None
    images: ImageMode = ImageMode.HOSTED
    output: Path | None = None
    zipped: bool = False


@dataclass(frozen=True, slots=True)
class PreparedExport:
    """The edition of a request, composed, rendered and checked.

    `replaced` are the settings of addresses in whose place the email has merge fields: the service's links.
    """

    workspace: Workspace
    request: ExportRequest
    prepared: PreparedEdition
    findings: tuple[Finding, ...]
    replaced: tuple[str, ...] = ()

    @property
    def audience(self) -> str:
        """The audience of the edition."""
        return self.prepared.edition.audience


@dataclass(frozen=True, slots=True)
class PackedExport:
    """The files of an export, not yet written; `package` is set where they are for a service."""

    source: PreparedExport
    files: tuple[OutputFile, ...]
    package: Package | None = None


def export_issue(
    workspace: Workspace,
    issue: Issue,
    *,
    target: str = "bundle",
    audience: str | None = None,
    output: Path | str | None = None,
    force: bool = False,
) -> Path:
    """Check and write one edition of a frozen issue for a target. Returns the folder or .zip file.

    It is a .zip where `output` ends in .zip. Raises `PressroomError` for findings at error level (unless
    `force`), for what the target cannot express, and for an output that exists and is not an earlier export.
    """
    if target not in (*FORMATS, *TARGETS):
        hint = suggest(target, (*FORMATS, *TARGETS)) or f"The targets are {', '.join((*FORMATS, *TARGETS))}."
        raise PressroomError(f'there is no target "{target}".', hint=hint)
    request = ExportRequest(issue, target, audience, output=None if output is None else Path(output))
    prepared = prepare_export(workspace, request)
    errors = [each for each in prepared.findings if each.severity is Severity.ERROR]
    if errors and not force:
        raise PressroomError(
            f"the checks find {len(errors):,} errors, the first of them: {errors[0].message}",
            *errors[0].place,
            errors[0].hint,
        )
    return write_export(pack_export(prepared))


def prepare_export(workspace: Workspace, request: ExportRequest) -> PreparedExport:
    """Compose, render and check the edition that is exported, and no other.

    Raises `PressroomError` for an audience without an edition, and for an issue that is not frozen.
    """
    issue = request.issue
    audience = edition_audience(issue, request.audience)
    check_frozen(workspace, issue)
    publication = workspace.files.publication
    replaced: tuple[str, ...] = ()
    if request.target in TARGETS:
        from pipeline.export.target_settings import replaced_links
        from pipeline.export.targets import find

        # What only our own sending fills.
        publication = replace(publication, delivery=DeliverySettings())
        replaced = replaced_links(find(request.target), publication, audience)
        if "unsubscribe_url" in replaced:
            publication = replace(publication, unsubscribe_url=None)
        if "preferences_url" in replaced:
            field = merge.text(merge.mark(MergeField("preferences_url")))
            publication = replace(publication, preferences_url=field)
    with_links = replace(workspace, files=replace(workspace.files, publication=publication))
    prepared = prepare_edition(Composer(with_links), issue, audience, request.target)
    return PreparedExport(workspace, request, prepared, check_edition(prepared).findings, replaced)


def check_frozen(workspace: Workspace, issue: Issue) -> None:
    """Raise `PressroomError` for an issue that must not leave: a draft, one of the web, or one not frozen."""
    if issue.draft:
        hint = f"Delete `draft: true` when it is ready, then: pressroom assemble {issue.number}"
        raise PressroomError("the issue is a draft.", *issue.place, hint)
    if issue.web_only:
        hint = "If readers are to be mailed it, delete the line."
        line = issue.lines.get("web_only")
        raise PressroomError("the issue is for the web alone.", issue.place.path, line, hint)
    if workspace.assembler.lock_of(issue) is None:
        raise PressroomError(
            "the issue is not frozen, so what is sent could not be made again.",
            *issue.place,
            f"Freeze it: pressroom assemble {issue.number}",
        )


def pack_export(source: PreparedExport) -> PackedExport:
    """Make the files of an export. Raises `PressroomError` for what the target cannot express."""
    edition, email, composer = source.prepared.edition, source.prepared.email, source.prepared.composer
    publication, images = composer.publication, source.request.images
    image_data = composer.images.data if images is ImageMode.PACKED else None
    if source.request.target == "bundle":
        return PackedExport(source, bundle(edition, email, publication, composer.images.data, images))
    if source.request.target == "eml":
        message = OutputFile("email.eml", build_message(email, publication, edition, image_data))
        listing = listing_file(edition, email, publication, [message], images)
        return PackedExport(source, (message, listing))
    return _pack_for_service(source, image_data)


def _pack_for_service(source: PreparedExport, image_data: Callable[[Image], bytes] | None) -> PackedExport:
    # Imported here, because most exports are for no service.
    from pipeline.export.package import package
    from pipeline.export.targets import find

    edition, email, composer = source.prepared.edition, source.prepared.email, source.prepared.composer
    service = find(source.request.target)
    if image_data and not service.takes_images:
        raise service.error(
            f"{service.title} takes no pictures with the email.",
            "Leave out --images packed: it shows them from the published site.",
        )
    paths = [edition.issue.place.path, *(each.article.place.path for each in edition.articles)]
    paths += [*(each.link.place.path for each in edition.links), SETTINGS_FILE]
    find_source = partial(_source_of, source.workspace.files.root, tuple(dict.fromkeys(paths)))
    result = package(edition, email, composer.publication, service, find_source, image_data)
    if source.replaced:
        result = replace(result, warnings=(_note_on_links(service, source.replaced), *result.warnings))
    return PackedExport(source, result.files, result)


def _note_on_links(service: Target, replaced: tuple[str, ...]) -> str:
    names = " and ".join(f"`{name}`" for name in replaced)
    note = f"{service.title}'s own link is in place of {names}, because its list does not know yours."
    optional = [f'"{name}"' for name in replaced if name not in service.requires]
    keep = f"own_links = [{', '.join(optional)}]"
    return f"{note} To keep yours: {keep} under [targets.{service.name}]." if optional else note


def write_export(packed: PackedExport) -> Path:
    """Write an export. Returns the folder or .zip file.

    Raises `PressroomError` for an output that exists and is not an earlier export.
    """
    request, edition = packed.source.request, packed.source.prepared.edition
    suffix = "" if request.target == "bundle" else f"-{request.target}"
    name = f"{edition.file_name}{suffix}{'.zip' if request.zipped else ''}"
    output = request.output or packed.source.workspace.files.build / "export" / name
    zipped = request.zipped or output.suffix == ".zip"
    _check_replaceable(output, zipped)
    if zipped:
        write_atomically(output, zip_bytes(packed.files))
    else:
        write_folder(output, packed.files)
    return output


def _source_of(root: Path, paths: tuple[str, ...], text: str) -> Place | None:
    """Find the first line of these files that contains a text, white space aside."""
    wanted = "".join(text.split())
    for path in paths:
        for number, line in enumerate(read_source(root / path, path).split("\n"), 1):
            if wanted in "".join(line.split()):
                return Place(path, number)
    return None


def _check_replaceable(output: Path, zipped: bool) -> None:
    """An export replaces only an older export, never a user's other files."""
    if not output.exists():
        return
    earlier = is_bundle(output) if zipped else output.is_dir() and is_bundle_folder(output)
    if not earlier:
        raise PressroomError(
            "exists already and is not an export.", str(output), hint="Name another place with --output."
        )
