"""From an issue to its email: `assemble → compose → render → bundle`, the one path of every command.

Build, check and export all go it, so that what is looked at is what is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pipeline.compose import Composer, ParsedText
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError, raise_all
from pipeline.export.bundle import ImageMode, bundle
from pipeline.model import Article, AssembledIssue, ComposedEdition, Image, Issue, OutputFile, RenderedEmail
from pipeline.render.email.renderer import render_email
from pipeline.support.processes import spread
from pipeline.support.templating import Templates
from pipeline.workspace import Workspace

Composed = tuple[AssembledIssue, tuple[ComposedEdition, ...]]


@dataclass(frozen=True, slots=True)
class Press:
    """What each edition is rendered and bundled with."""

    composer: Composer
    carriers: Mapping[str, tuple[str, ...]]
    dates: Mapping[str, datetime]
    templates: Templates
    logo: Image | None
    images: ImageMode


def compose(workspace: Workspace, issues: Iterable[Issue], composer: Composer) -> tuple[Composed, ...]:
    """Assemble and compose these issues. Raises the mistakes of all of them at once."""
    errors: list[PressroomError] = []
    assembled: list[AssembledIssue] = []
    for issue in issues:
        try:
            assembled.append(workspace.assembler.assemble(issue))
        except PressroomError as error:
            errors.append(error)
    _read_texts(composer, assembled)
    carriers = workspace.assembler.carriers()
    composed: list[Composed] = []
    for each in assembled:
        try:
            composed.append((each, composer.editions(each, carriers)))
        except PressroomError as error:
            errors.append(error)
    raise_all(errors)
    return tuple(composed)


def _read_texts(composer: Composer, issues: Iterable[AssembledIssue]) -> None:
    """Read every letter and article of these issues; the composer keeps what they gave."""
    found: dict[str, Article | Issue] = {}
    for each in issues:
        found[each.issue.place.path] = each.issue
        found |= {article.place.path: article for edition in each.editions for article in edition.articles}
    texts = tuple(found.values())
    readings = spread(partial(_read_text, composer, texts), len(texts), few=200)
    for text, reading in zip(texts, readings, strict=True):
        composer.take(text, reading)


def _read_text(composer: Composer, texts: Sequence[Article | Issue], number: int) -> ParsedText:
    return composer.read(texts[number])


def make_press(workspace: Workspace, composer: Composer, images: ImageMode) -> Press:
    """The press of a workspace."""
    templates = templates_of(workspace.files)
    dates = {issue.folder: issue.date for issue in workspace.issues}
    return Press(composer, workspace.assembler.carriers(), dates, templates, composer.logo(), images)


def render(press: Press, edition: ComposedEdition) -> RenderedEmail:
    """Render an edition's email: the one path by which an email is made."""
    related = press.composer.related(edition, press.carriers, press.dates)
    return render_email(edition, press.composer.publication, press.logo, press.templates, related)


def bundled(press: Press, edition: ComposedEdition) -> tuple[OutputFile, ...]:
    """Render an edition and bundle it."""
    composer = press.composer
    rendered = render(press, edition)
    return bundle(edition, rendered, composer.publication, composer.images.data, press.images)


def press_of(
    workspace: Workspace, issue: Issue, audience: str, images: ImageMode
) -> tuple[Press, ComposedEdition]:
    """One edition of an issue, composed, with the press that renders it."""
    composer = Composer(workspace.files, workspace.pool)
    composed = compose(workspace, [issue], composer)
    press = make_press(workspace, composer, images)
    (edition,) = (each for _, editions in composed for each in editions if each.audience == audience)
    return press, edition


def templates_of(workspace: WorkspaceFiles) -> Templates:
    """The workspace's own templates over those of the theme that it names."""
    return Templates(workspace.templates, workspace.publication.theme.name)
