"""Create a new workspace, a new issue or a new article, as files for an editor to continue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.assemble.unplaced import nearest_tag, wanted_tags
from pipeline.config import placeholders
from pipeline.config.publication import read_publication
from pipeline.config.themes import theme_names
from pipeline.config.workspace_files import ISSUES, POOL
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.support.files import bad_name, check_characters, write_atomically
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.urls import path_part
from pipeline.workspace import Workspace

_SETTINGS = """\
title = {title}
tagline = "A few good pieces, every month"
base_url = {base_url}   # where build/site will be published
language = "en"
timezone = "UTC"                              # such as "Europe/London"
sender = {sender}
postal_address = {postal_address}
# unsubscribe_url = "https://…"               # without it, the sending service's own is used

[theme]
name = {theme}
# colors = {{ accent = "#1f5f5b" }}             # instead of the theme's own

[merge_fields]
first_name = "there"                          # used where a reader's name is not known

# The sections of an issue that names none. An article goes into the first one that takes it.
[[sections]]
title = "In depth"
tags = {{ any = ["essays"] }}
layout = "full"                               # full | card | brief

[[sections]]
title = "In brief"
tags = {{ any = ["notes"] }}
limit = 5
layout = "brief"

# [[disclaimers]]                             # shown with every article that has the tag
# tags = ["sponsored"]
# text = "This piece was paid for by its sponsor."
"""

_FIRST_ARTICLE = """\
---
title: How this newsletter is made
date: {date}
tags: [essays]
dek: From files to an issue, in four commands.
authors: [The editors]
---
Each article is a Markdown file with a few fields at its top. Its tags decide which section of an
issue takes it.

## From files to an issue

1. `pressroom new article "A title"` begins an article.
2. `pressroom plan 1` shows for each article why it is in or out.
3. `pressroom assemble 1` freezes the selection.
4. `pressroom build` makes the email, the web pages and the feeds.

::: callout Nothing is sent by accident
Pressroom makes files. Look at them as often as you like.
:::
"""

_SECOND_ARTICLE = """\
---
title: What a brief is
date: {date}
tags: [notes]
dek: A headline and a line under it; the piece itself is on the web.
---
This text is on the article's own page. In the email, the section's layout shows only the headline
and the dek.
"""

_FIRST_ISSUE = """\
---
number: 1
title: The first issue
date: {date}
---
Hello {{{{ first_name | there }}}},

this is the letter at the head of the issue. Write it in Markdown, as you would write to one
reader.
"""

_IGNORE = "/build/\n"


@dataclass(frozen=True, slots=True)
class NewPublication:
    """What `init` writes into the settings. Without a value, a placeholder is written.

    `sender` is an address, with or without a name; without one, the publication's title is the name.
    """

    title: str
    theme: str = "default"
    sender: str = ""
    postal_address: str = ""
    base_url: str = ""


def init_workspace(folder: Path, publication: NewPublication, now: datetime) -> tuple[str, ...]:
    """Create a workspace. Returns the paths written.

    Never overwrites a file: raises `PressroomError` instead, and for a value that the settings cannot have.
    """
    title, theme = publication.title, publication.theme
    _check_title(title)
    themes = theme_names(None)
    if theme not in themes:
        hint = suggest(theme, themes) or f"The themes are {', '.join(themes)}."
        raise PressroomError(f'there is no theme "{theme}".', "--theme", hint=hint)
    if (folder / SETTINGS_FILE).exists():
        raise PressroomError(
            "there is a workspace already.", str(folder / SETTINGS_FILE), hint="Name another folder."
        )
    sender = publication.sender.strip() or placeholders.SENDER_ADDRESS
    settings = _SETTINGS.format(
        title=_quoted(title),
        theme=_quoted(theme),
        sender=_quoted(sender if "<" in sender else f"{_display_name(title)} <{sender}>"),
        postal_address=_quoted(publication.postal_address or placeholders.POSTAL_ADDRESS),
        base_url=_quoted(publication.base_url or placeholders.BASE_URL),
    )
    errors: list[PressroomError] = []
    read_publication(settings, errors, None)
    raise_all(PressroomError(error.message, None, None, error.hint) for error in errors)
    date = f"{now:%Y-%m-%d}"
    files = {
        SETTINGS_FILE: settings,
        f"{POOL}/how-this-newsletter-is-made.md": _FIRST_ARTICLE.format(date=date),
        f"{POOL}/what-a-brief-is.md": _SECOND_ARTICLE.format(date=date),
        f"{ISSUES}/001-the-first-issue/issue.md": _FIRST_ISSUE.format(date=date),
        ".gitignore": _IGNORE,
    }
    taken = [path for path in files if (folder / path).exists() and path != ".gitignore"]
    if taken:
        raise PressroomError("exists already.", str(folder / taken[0]), hint="Name another folder.")
    if (folder / ".gitignore").exists():
        del files[".gitignore"]
    for path, text in files.items():
        write_atomically(folder / path, text.encode())
    return tuple(files)


def new_issue(workspace: Workspace, title: str, number: int | None, date: datetime) -> str:
    """Create a draft issue. Returns the path of its `issue.md`."""
    _check_title(title)
    taken = {issue.number for issue in workspace.issues}
    number = number or max(taken, default=0) + 1
    if number in taken:
        raise PressroomError(
            f"there is an issue {number} already.", hint=f"The next free number is {max(taken) + 1}."
        )
    folder = f"{number:03d}-{_slug(title)}"
    path = f"{ISSUES}/{folder}/issue.md"
    text = (
        f"---\nnumber: {number}\ntitle: {_quoted(title)}\ndate: {date:%Y-%m-%d}\n"
        "draft: true   # delete this line when the issue is ready to be frozen\n"
        "# preview_text: the inbox line beside the subject; default: the letter's first sentence\n"
        f"---\nHello {{{{ first_name | there }}}},\n\n"
    )
    return _write_new(workspace, path, text)


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
    """Say that no section takes an article with these tags, or return an empty text."""
    wanted = wanted_tags(workspace.files.publication, workspace.issues)
    if not tags or not wanted.isdisjoint(tags):
        return ""
    named = " and ".join(f'"{tag}"' for tag in tags)
    hint = nearest_tag(tags, wanted) or f"Tags that sections take: {', '.join(sorted(wanted)) or 'none'}."
    return f"No section takes the tag {named} yet, so no issue will carry the article. {hint}"


def _write_new(workspace: Workspace, path: str, text: str) -> str:
    file = workspace.files.root / path
    if file.exists() or (file.name == "issue.md" and file.parent.exists()):
        raise PressroomError("exists already.", path, hint="Choose another title.")
    write_atomically(file, text.encode())
    return path


def _check_title(title: str) -> None:
    check_characters(title, "the title")
    if not title.strip() or "\n" in title:
        raise PressroomError("the title must be a text of one line.")


def _slug(title: str) -> str:
    slug = path_part(title)[:80].strip("-")
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
