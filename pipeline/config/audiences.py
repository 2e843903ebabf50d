"""Audiences: declared in `newsletter.toml`, named by articles and issues."""

from __future__ import annotations

import re

from pipeline.config.fields import Fields
from pipeline.errors import suggest
from pipeline.model import EVERYONE, Audience, Publication
from pipeline.support.files import bad_name
from pipeline.support.urls import path_part


def declared_audiences(fields: Fields) -> tuple[Audience, ...]:
    """The audiences that `newsletter.toml` declares."""
    audiences: list[Audience] = []
    for table in fields.tables("audiences"):
        table.what = "audience"
        name = table.text("name", required=True)
        table.what = f'audience "{name}"'
        if name and path_part(name) != name:
            table.error(
                "name",
                "its name must be lower-case letters, digits and hyphens.",
                f'Write "{path_part(name)}".',
            )
        elif name and (why := bad_name(name)):
            table.error("name", f"its name {why}.", "Choose another.")
        if name == EVERYONE or any(name == other.name for other in audiences):
            table.error("name", "the name is taken.", "Choose another.")
        audiences.append(Audience(name, table.text("title", default=name), table.boolean("public")))
        table.check_unknown()
    return tuple(audiences)


def read_audiences(fields: Fields, publication: Publication) -> tuple[str, ...]:
    """The audiences that an article or issue names; a single one may be written without a list."""
    named = fields.texts("audience", or_one=True)
    if "audience" in fields.mapping and not named:
        # Not everyone: an editor who wrote the key meant to close something.
        fields.error("audience", "`audience` is empty.", "Name an audience, or delete the key for everyone.")
    known = publication.audience_names
    for name in named:
        if name not in known:
            parts = re.split(r"\s*[,;]\s*|\s+and\s+", name)
            hint = suggest(name, known) or "Declare it in newsletter.toml under [[audiences]]."
            if len(parts) > 1 and {*parts} <= {*known}:
                hint = f"Write `{fields.written_list('audience', parts)}`."
            fields.error("audience", f'the audience "{name}" is not known.', hint)
    return named
