"""From an issue to its email: `assemble → compose → render → bundle`, the one path of every command.

Build, check and export all go it, so that what is looked at is what is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pipeline.compose import Composer, Reading
from pipeline.config.workspace_files import Workspace
from pipeline.errors import PressroomError, raise_all
from pipeline.export.bundle import Images, bundle
from pipeline.model import Article, AssembledIssue, ComposedEdition, Image, Issue, OutputFile, RenderedEmail
from pipeline.render.email.renderer import render_email
from pipeline.support.processes import spread
from pipeline.support.templating import Templates
from pipeline.workspace import Newsroom

Composed = tuple[AssembledIssue, tuple[ComposedEdition, ...]]


@dataclass(frozen=True, slots=True)
class Press:
    """What each edition is rendered and bundled with."""

    composer: Composer
    carriers: Mapping[str, tuple[str, ...]]
    dates: Mapping[str, datetime]
    templates: Templates
    logo: Image | None
    images: Images


def compose(newsroom: Newsroom, issues: Iterable[Issue], composer: Composer) -> tuple[Composed, ...]:
    """Assemble and compose these issues. Raises the mistakes of all of them at once."""
    errors: list[PressroomError] = []
    assembled: list[AssembledIssue] = []
    for issue in issues:
        try:
            assembled.append(newsroom.desk.assembled(issue))
        except PressroomError as error:
            errors.append(error)
    _read_texts(composer, assembled)
    carriers = newsroom.desk.carriers()
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


def _read_text(composer: Composer, texts: Sequence[Article | Issue], number: int) -> Reading:
    return composer.read(texts[number])


def make_press(newsroom: Newsroom, composer: Composer, images: Images) -> Press:
    """The press of a workspace."""
    templates = templates_of(newsroom.workspace)
    dates = {issue.folder: issue.date for issue in newsroom.issues}
    return Press(composer, newsroom.desk.carriers(), dates, templates, composer.logo(), images)


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
    newsroom: Newsroom, issue: Issue, audience: str, images: Images
) -> tuple[Press, ComposedEdition]:
    """One edition of an issue, composed, with the press that renders it."""
    composer = Composer(newsroom.workspace, newsroom.pool)
    composed = compose(newsroom, [issue], composer)
    press = make_press(newsroom, composer, images)
    (edition,) = (each for _, editions in composed for each in editions if each.audience == audience)
    return press, edition


def templates_of(workspace: Workspace) -> Templates:
    """The workspace's own templates over those of the theme that it names."""
    return Templates(workspace.templates, workspace.publication.theme.name)
