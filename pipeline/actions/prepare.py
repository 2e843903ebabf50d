"""One edition assembled, composed and rendered once, for whatever is done with it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.compose import Composer
from pipeline.errors import PressroomError
from pipeline.model import ComposedEdition, ComposedIssue, Issue, MergeField, RenderedEmail
from pipeline.render.email.field_values import FieldValues
from pipeline.render.email.renderer import EmailRenderer
from pipeline.workspace import Workspace, edition_audience


@dataclass(frozen=True, slots=True)
class PreparedEdition:
    """A rendered edition with what made it. `issue` may contain further editions."""

    composer: Composer
    renderer: EmailRenderer
    issue: ComposedIssue
    edition: ComposedEdition
    email: RenderedEmail

    def field_values(self, reader: Mapping[str, str]) -> Callable[[MergeField], str]:
        """Returns the values of merge fields for a reader of whom only `reader` is known."""
        return FieldValues(self.composer.publication, self.edition).of(reader)


def render_email(workspace: Workspace, issue: Issue, audience: str | None = None) -> RenderedEmail:
    """Render the email of an issue: the edition for `audience`, or the issue's first one.

    Merge fields are in neutral form. Raises `PressroomError` or `Mistakes` for everything wrong in it.
    """
    return prepare_edition(Composer(workspace), issue, edition_audience(issue, audience)).email


def prepare_edition(
    composer: Composer, issue: Issue, audience: str, target: str = "bundle"
) -> PreparedEdition:
    """Assemble, compose and render the edition of an issue for one audience, and no other edition.

    Raises `PressroomError` or `Mistakes` for everything wrong in it.
    """
    (composed,) = composer.compose([issue], audience)
    if not composed.editions:
        message = f'the issue was frozen without an edition for "{audience}", which it names now.'
        hint = f"Freeze that one too: pressroom assemble {issue.number} --update"
        raise PressroomError(message, *issue.place, hint)
    (edition,) = composed.editions
    renderer = EmailRenderer.for_composer(composer, target)
    return PreparedEdition(composer, renderer, composed, edition, renderer.render(edition))
