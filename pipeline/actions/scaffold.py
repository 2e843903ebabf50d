"""Create a new workspace, a new issue or a new article, as files for an editor to continue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template

from pipeline.assemble.unplaced import nearest_tag, wanted_tags
from pipeline.config import placeholders
from pipeline.config.front_matter_edits import replace_keys
from pipeline.config.placeholders import STARTERS
from pipeline.config.publication import read_publication
from pipeline.config.themes import theme_names
from pipeline.config.workspace_files import ISSUES, POOL
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.model import Issue
from pipeline.support.files import bad_name, check_characters, read_source, write_atomically
from pipeline.support.limits import ISSUE_FILE, SETTINGS_FILE
from pipeline.support.urls import path_part
from pipeline.workspace import Workspace

KINDS = {"letter": "letter", "roundup": "digest", "magazine": "default"}
"""The kinds of a new workspace, each a folder of `config/starters/`, and the theme that suits it."""

_IGNORE = "/build/\n/.pressroom/\n/lists/\n"
"""What is made again, what is this machine's, and the addresses of readers."""

_OWN_KEYS = ("subject", "preview_text", "image", "image_alt", "id", "aliases", "web_only")
"""Keys of an issue that the next one does not take over."""


@dataclass(frozen=True, slots=True)
class NewPublication:
    """What `init` writes into the settings. Without a value, a placeholder is written.

    `kind` is one of `KINDS`, whose theme is used where `theme` is empty. `sender` is an address, with or
    without a name; without one, the publication's title is the name.
    """

    title: str
    kind: str = "magazine"
    theme: str = ""
    sender: str = ""
    postal_address: str = ""
    base_url: str = ""


def new_workspace_files(folder: Path, publication: NewPublication, now: datetime) -> dict[str, str]:
    """Return the files of a new workspace by their paths, the settings first. Writes nothing.

    Raises `PressroomError` for a value that the settings cannot have, and for a file that exists already.
    """
    title, kind = publication.title, publication.kind
    _check_title(title)
    if kind not in KINDS:
        hint = suggest(kind, KINDS) or f"The kinds are {', '.join(KINDS)}."
        raise PressroomError(f'there is no kind "{kind}".', "--kind", hint=hint)
    theme = publication.theme or KINDS[kind]
    themes = theme_names(None)
    if theme not in themes:
        hint = suggest(theme, themes) or f"The themes are {', '.join(themes)}."
        raise PressroomError(f'there is no theme "{theme}".', "--theme", hint=hint)
    if (folder / SETTINGS_FILE).exists():
        raise PressroomError(
            "there is a workspace already.", str(folder / SETTINGS_FILE), hint="Name another folder."
        )
    sender = publication.sender.strip() or placeholders.SENDER_ADDRESS
    values = {
        "title": _quoted(title),
        "theme": _quoted(theme),
        "sender": _quoted(sender if "<" in sender else f"{_display_name(title)} <{sender}>"),
        "postal_address": _quoted(publication.postal_address or placeholders.POSTAL_ADDRESS),
        "base_url": _quoted(publication.base_url or placeholders.BASE_URL),
        "date": f"{now:%Y-%m-%d}",
    }
    # The settings come first, then the articles.
    paths = [file.relative_to(STARTERS / kind).as_posix() for file in (STARTERS / kind).rglob("*.*")]
    paths.sort(key=lambda path: (path != SETTINGS_FILE, not path.startswith(POOL), path))
    files = {
        path: Template((STARTERS / kind / path).read_text(encoding="utf-8")).substitute(values)
        for path in paths
    }
    errors: list[PressroomError] = []
    read_publication(files[SETTINGS_FILE], errors, None)
    raise_all(PressroomError(error.message, None, None, error.hint) for error in errors)
    files[".gitignore"] = _IGNORE
    taken = [path for path in files if (folder / path).exists() and path != ".gitignore"]
    if taken:
        raise PressroomError("exists already.", str(folder / taken[0]), hint="Name another folder.")
    if (folder / ".gitignore").exists():
        del files[".gitignore"]
    return files


def init_workspace(folder: Path, publication: NewPublication, now: datetime) -> tuple[str, ...]:
    """Create a workspace. Returns the paths written. Raises as `new_workspace_files` does."""
    files = new_workspace_files(folder, publication, now)
    for path, text in files.items():
        write_atomically(folder / path, text.encode())
    return tuple(files)


def new_issue(
    workspace: Workspace, title: str, number: int | None, date: datetime, earlier: Issue | None = None
) -> str:
    """Create a draft issue, with the sections and settings of an `earlier` one. Returns its path."""
    _check_title(title)
    taken = {issue.number for issue in workspace.issues}
    number = number or max(taken, default=0) + 1
    if number in taken:
        raise PressroomError(
            f"there is an issue {number} already.", hint=f"The next free number is {max(taken) + 1}."
        )
    folder = f"{number:03d}-{_slug(title)}"
    path = f"{ISSUES}/{folder}/issue.md"
    values = {"title": _quoted(title), "date": f"{date:%Y-%m-%d}", "draft": "true"}
    if earlier is None:
        head = (
            "---\n"
            + "".join(f"{key}: {value}\n" for key, value in values.items()).rstrip("\n")
            + "   # delete this line when the issue is ready to be frozen\n"
            "# preview_text: the inbox line beside the subject; default: the letter's first sentence\n---\n"
        )
    else:
        source = earlier.place.path
        if "number" in earlier.lines:
            values["number"] = str(number)
        head = replace_keys(read_source(workspace.files.root / source, source), source, values, _OWN_KEYS)
    text = f"{head}Hello {{{{ first_name | there }}}},\n\n"
    return _write_new(workspace, path, text)


def taken_over(earlier: Issue) -> Iterator[str]:
    """Say which sections of a copied issue name what was meant for that issue."""
    for rule in earlier.sections if earlier.own_sections else ():
        parts = (("pins", rule.pin), ("dates", rule.since or rule.until))
        if own := " and ".join(name for name, value in parts if value):
            yield f"Look at section {rule.label}: it has the {own} of issue {earlier.number}."


def new_article(
    workspace: Workspace, title: str, tags: tuple[str, ...], date: datetime, with_images: bool
) -> str:
    """Create a draft article. Returns the path of its file."""
    _check_title(title)
    for tag in tags:
        check_characters(tag, "--tag")
        if not tag.strip() or "\n" in tag:
            raise PressroomError("a tag must be a text of one line.", "--tag")
    slug = _slug(title)
    if slug in workspace.pool:
        raise PressroomError(
            f'the slug "{slug}" is taken by {workspace.pool[slug].place.path}.', hint="Choose another title."
        )
    path = f"{POOL}/{slug}/index.md" if with_images else f"{POOL}/{slug}.md"
    listed = ", ".join(_quoted(tag) if path_part(tag) != tag else tag for tag in tags)
    text = (
        f"---\ntitle: {_quoted(title)}\ndate: {date:%Y-%m-%d}\ntags: [{listed}]\n"
        'dek: ""\n'
        "draft: true   # delete this line when the article is ready\n"
        "---\n"
    )
    return _write_new(workspace, path, text)


def tag_without_section(workspace: Workspace, tags: tuple[str, ...]) -> str:
    """Say that no section takes an article or link with these tags, or return an empty text."""
    wanted = wanted_tags(workspace.files.publication, workspace.issues)
    if not wanted.isdisjoint(tags) or not (wanted or tags):
        return ""
    if not tags:
        return "It has no tag yet, by which a section would take it."
    named = " and ".join(f'"{tag}"' for tag in tags)
    hint = nearest_tag(tags, wanted) or f"Tags that sections take: {', '.join(sorted(wanted)) or 'none'}."
    return f"No section takes the tag {named} yet, so no issue will carry it. {hint}"


def _write_new(workspace: Workspace, path: str, text: str) -> str:
    file = workspace.files.root / path
    if file.exists() or (file.name == ISSUE_FILE and file.parent.exists()):
        raise PressroomError("exists already.", path, hint="Choose another title.")
    write_atomically(file, text.encode())
    return path


def _check_title(title: str) -> None:
    check_characters(title, "the title")
    if not title.strip() or "\n" in title:
        raise PressroomError("the title must be a text of one line.")


def _slug(title: str) -> str:
    slug = path_part(title)[:80].strip("-")
    if not slug:
        hint = "Add a word. In the file you can take it out of `title` again."
        raise PressroomError("the title has no letter and no digit, which a file's name needs.", hint=hint)
    if reason := bad_name(slug):
        raise PressroomError(
            f'the title makes the slug "{slug}", which {reason}.', hint="Choose another title."
        )
    return slug


def _quoted(text: str) -> str:
    """Return the text as a double-quoted scalar, valid in YAML 1.2, TOML and JSON."""
    return json.dumps(text.strip(), ensure_ascii=False)


def _display_name(text: str) -> str:
    """Return a mailbox's display name, quoted where RFC 5322 section 3.2.3 asks for it."""
    plain = all(c.isalnum() or c in " -'!" for c in text)
    return text.strip() if plain else '"' + text.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'
