"""An edition as a service's own screen asks for it: files to paste, and a list of what goes where."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import PressroomError
from pipeline.export.bundle import Images, listing_of
from pipeline.export.target import GMAIL, Target
from pipeline.export.translate import Letter, Where, translated
from pipeline.model import ComposedEdition, OutputFile, Publication, RenderedEmail

SETTINGS = "newsletter.toml"


@dataclass(frozen=True, slots=True)
class Package:
    """The files for a target, and what an editor should know before pasting them."""

    files: tuple[OutputFile, ...]
    letter: Letter
    warnings: tuple[str, ...]


def package(
    edition: ComposedEdition, rendered: RenderedEmail, publication: Publication, target: Target, where: Where
) -> Package:
    """The edition in a target's words.

    Raises `PressroomError`, all of it at once, for what the target cannot say, lacks or is too large for.
    """
    settings = publication.targets.get(target.name, {})
    given = _given(settings, target)
    known = _known(edition, publication)
    letter = translated(rendered, target.title, target.dialect, given, known, where, target.parts)
    _demanded(letter, target, publication)
    html = f"{target.opening}{letter.html}".encode()
    files = [OutputFile("email.html", html)]
    if target.takes_text:
        files.append(OutputFile("email.txt", letter.text.encode()))
    listing = listing_of(edition, rendered, publication, files, Images.HOSTED)
    listing |= {
        "target": target.name,
        "subject": letter.subject,
        "preview_text": letter.preview_text if target.takes_preview else None,
        "merge_fields": [{"name": name, "written": list(tags)} for name, tags in letter.fields.items()],
    }
    text = json.dumps(listing, indent=2, ensure_ascii=False) + "\n"
    warnings = _sizes(html, target)
    return Package((*files, OutputFile("issue.json", text.encode())), letter, warnings)


def _given(settings: Mapping[str, Any], target: Target) -> Mapping[str, str]:
    """The names of fields at the service, as the settings map them."""
    fields = settings.get("fields", {})
    unknown = sorted(set(settings) - {"fields"})
    place = f"targets.{target.name}"
    if unknown:
        raise PressroomError(
            f"{place}: the key `{unknown[0]}` is not known.", SETTINGS, None, "There is `fields`."
        )
    if not isinstance(fields, Mapping) or not all(isinstance(each, str) for each in fields.values()):
        hint = 'Write as: fields = { city = "CITY" }'
        raise PressroomError(f"{place}: `fields` must map names to names.", SETTINGS, None, hint)
    for name, own in fields.items():
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", own):
            raise PressroomError(
                f'{place}: "{own}" is no name for `{name}`.', SETTINGS, None, "Use letters and digits."
            )
    return fields


def _known(edition: ComposedEdition, publication: Publication) -> Mapping[str, str]:
    """What reads the same for every reader, and so can stand in for a field that the service lacks."""
    found = {
        "web_url": edition.url,
        "preferences_url": publication.preferences_url,
        "unsubscribe_url": publication.unsubscribe_url,
    }
    return {name: value for name, value in found.items() if value and "{{" not in value}


def _demanded(letter: Letter, target: Target, publication: Publication) -> None:
    for name in target.demands:
        if name in letter.fields:
            continue
        own = name == "unsubscribe_url" and publication.unsubscribe_url
        hint = (
            f"Take `unsubscribe_url` out of {SETTINGS}, so that {target.title} puts in its own."
            if own
            else f"Let the theme's footer hold `{{{{ {name} }}}}`."
        )
        raise PressroomError(
            f"{target.title} sends nothing without its own link for `{name}`, and this email has none.",
            SETTINGS if own else None,
            None,
            hint,
        )


def _sizes(html: bytes, target: Target) -> tuple[str, ...]:
    size = len(html) + target.adds * html.count(b"href=")
    if target.limit and size > target.limit:
        raise PressroomError(
            f"the HTML has {size // 1000} KB with what {target.title} adds; it takes {target.limit // 1000}.",
            hint="Set long articles to `layout: card`, or take some out.",
        )
    if size > GMAIL:
        return (
            f"With what {target.title} adds the HTML has about {size // 1000} KB: Gmail cuts it off at 102.",
        )
    return ()
