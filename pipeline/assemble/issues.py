"""Read the issues: each `issue.md` with its front matter, and the letter as its body."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

from pipeline.articles.digest import snippet_digests
from pipeline.articles.pool import Pool
from pipeline.assemble.lock import lock_path
from pipeline.config.audiences import read_audiences
from pipeline.config.fields import Fields
from pipeline.config.publication import read_show, read_silence
from pipeline.config.sections import read_section
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import NotFound, PressroomError, collect, raise_all, suggest
from pipeline.model import EVERYONE, Issue, Layout, Place, Publication
from pipeline.support.file_cache import SOURCES
from pipeline.support.numbers_in_text import whole_number
from pipeline.support.urls import (
    folder_number,
    folder_slug,
    folders_of,
    is_old_address,
    old_address_mistake,
    path_part,
)

_FOLDER = re.compile(r"\d{1,6}-([^-].*)")


@dataclass(frozen=True, slots=True)
class BrokenIssue:
    """An issue with mistakes in its front matter. `number` is that of its folder, 0 without one."""

    folder: str
    draft: bool
    mistakes: tuple[PressroomError, ...]

    @property
    def number(self) -> int:
        """The number that its folder begins with."""
        return folder_number(self.folder)


class Issues(tuple[Issue, ...]):
    """The issues of a workspace, sorted by number; `broken` are those that cannot be read."""

    broken: tuple[BrokenIssue, ...] = ()

    def find(self, name: str | int) -> Issue:
        """Return the issue with this number, slug or folder, or `latest`.

        Raises `NotFound`, with the nearest name as its hint, and the mistakes of an issue that cannot be
        read.
        """
        name = str(name)
        everything: list[Issue | BrokenIssue] = sorted((*self, *self.broken), key=lambda each: each.number)
        number = whole_number(name)
        named = everything[-1:] if name == "latest" else []
        named = named or [each for each in everything if number == each.number or name == each.folder]
        of_slug = [each for each in everything if folder_slug(each.folder) == name]
        if not named and len(of_slug) > 1:
            numbers = " or ".join(str(each.number) for each in of_slug)
            raise NotFound(f'{len(of_slug)} issues have the slug "{name}".', hint=f"Name one: {numbers}.")
        for issue in named or of_slug:
            if isinstance(issue, Issue):
                return issue
            raise_all(issue.mistakes)
        if not self:
            raise NotFound("there is no issue yet.", hint='Make one: pressroom new issue "Its title"')
        known = [each for issue in self for each in (issue.slug, issue.folder, "latest")]
        hint = suggest(name, known) or f"The latest is {self[-1].number}."
        raise NotFound(f'there is no issue "{name}".', hint=hint)


def read_issues(files: WorkspaceFiles, pool: Pool) -> Issues:
    """Read every issue. One with mistakes, each with file, line and what to do, is in `broken`.

    `pool` has the addresses that are taken by articles.
    """
    issues: list[Issue] = []
    mistakes: dict[str, list[PressroomError]] = {}
    cache = files.cache
    for source in files.issue_sources():
        errors = mistakes.setdefault(source.name, [])
        kept: Issue | None = cache.get(source.path)
        if kept is not None:
            issues.append(kept)
            continue
        with collect(errors), cache.noted() as stamps:
            cache.note(source.path)
            issue = parse_issue(source.text(), source.name, source.path, files.publication, errors)
            issue = replace(issue, snippets=snippet_digests(issue.letter, files))
            issues.append(issue)
            if not errors:
                cache.put(source.path, stamps, issue, group=SOURCES)
    counts = Counter(issue.number for issue in issues)

    def order_of_claim(issue: Issue) -> tuple[bool, bool]:
        is_frozen = counts[issue.number] == 1 or (files.root / lock_path(issue.folder)).is_file()
        return issue.draft, not is_frozen

    # Of two issues with one number the draft is the one to be mended, or else the one that is not frozen.
    for issue, error in _taken_names(sorted(issues, key=order_of_claim), pool):
        mistakes[issue.folder].append(error)
    drafts = {issue.folder for issue in issues if issue.draft}
    sound = Issues(
        sorted((each for each in issues if not mistakes[each.folder]), key=lambda each: each.number)
    )
    sound.broken = tuple(
        BrokenIssue(folder, folder in drafts, tuple(errors)) for folder, errors in mistakes.items() if errors
    )
    return sound


def parse_issue(
    text: str, folder: str, path: str, publication: Publication, errors: list[PressroomError]
) -> Issue:
    """Read an issue from the text of its `issue.md`. Adds mistakes in its fields to `errors`."""
    zone = ZoneInfo(publication.timezone)
    from pipeline.config.front_matter import split_file

    document = split_file(text, path)
    fields = Fields(document.fields, path, errors, 1)
    in_folder = folder_number(folder)
    number = fields.integer("number")
    _check_folder(fields, folder, number)
    title = fields.text("title", required=True)
    # A section that repeats a default one may wait for its first article, as the default one may.
    defaults = {(each.title, each.tags) for each in publication.sections}
    own = tuple(
        replace(rule, waits=(rule.title, rule.tags) in defaults)
        for rule in (read_section(each, zone) for each in fields.tables("sections"))
    )
    has_own = fields.has("sections")
    date = fields.date("date", zone, required=True)
    issue = Issue(
        number=number or in_folder,
        folder=folder,
        title=title,
        # A missing date is in `errors` already, so this value is never used.
        date=date or datetime.min.replace(tzinfo=UTC),
        place=Place(path, fields.line_of("number")),
        letter=document.body,
        letter_line=document.body_line,
        sections=own if has_own else publication.sections,
        own_sections=has_own,
        subject=fields.text("subject") or None,
        preview_text=fields.text("preview_text") or None,
        image=fields.text("image") or None,
        image_alt=fields.text("image_alt"),
        layout=fields.choice("layout", Layout),
        theme_layout=publication.theme.layout,
        audiences=read_audiences(fields, publication) or (EVERYONE,),
        draft=fields.boolean("draft"),
        web_only=fields.boolean("web_only"),
        exclude=fields.texts("exclude"),
        show=read_show(fields, publication.show),
        aliases=_aliases(fields),
        feed_id=fields.feed_id(),
        silence=read_silence(fields),
        extra=fields.plain_table("extra"),
        lines={key: field.line for key, field in document.fields.items()},
    )
    fields.check_unknown(hint="Keys of your own go under `extra:`.")
    return issue


def _check_folder(fields: Fields, folder: str, number: int | None) -> None:
    in_folder = folder_number(folder)
    if not _is_folder_name(folder) or not in_folder:
        slug = path_part(folder.lstrip("0123456789"))
        proposed = f"{in_folder:03d}-{slug}"
        # macOS writes accents as letters of their own, and the two names look the same.
        is_form = proposed == normalize("NFC", folder)
        form = ", in Unicode's form NFC, or to one without accents" if is_form else ""
        fields.errors.append(
            PressroomError(
                f'the folder "{folder}" must be a number from 1, a hyphen and a slug.',
                fields.path,
                hint=f"Rename it to {proposed}{form}."
                if in_folder and slug != "-"
                else "Rename it, as in 004-the-plastic-brain.",
            )
        )
    elif number not in (None, in_folder):
        fields.error(
            "number",
            f'`number` is {number}, but the folder is "{folder}".',
            "Make them the same.",
        )


def _is_folder_name(name: str) -> bool:
    match = _FOLDER.fullmatch(name)
    return match is not None and path_part(match[1]) == re.sub("-+", "-", match[1]).strip("-")


def _aliases(fields: Fields) -> tuple[str, ...]:
    aliases = fields.texts("aliases")
    for alias in aliases:
        if is_old_address(alias):
            if mistake := old_address_mistake(alias):
                fields.error("aliases", *mistake)
        elif not _is_folder_name(alias):
            fields.error(
                "aliases", f'"{alias}" cannot be the folder of an issue.', "Such as 003-the-old-title."
            )
    return aliases


def _taken_names(issues: Sequence[Issue], pool: Pool) -> Iterator[tuple[Issue, PressroomError]]:
    """Yield an issue and its error for each number, folder name or alias that another one has."""
    by_number: dict[int, Issue] = {}
    # An article's former slug is below articles/: only an old address is one of an issue, too.
    addresses = {
        alias: each.place.path for each in pool.values() for alias in each.aliases if is_old_address(alias)
    }
    by_name = addresses | {issue.folder: issue.place.path for issue in issues}
    folders = {folder: path for alias, path in addresses.items() for folder in folders_of(alias)}
    folders |= {
        folder: each.place.path for each in issues for alias in each.aliases for folder in folders_of(alias)
    }
    for issue in issues:
        other = by_number.setdefault(issue.number, issue)
        if other is not issue and issue.number:
            yield (
                issue,
                PressroomError(
                    f"the number {issue.number} is taken by {other.place.path}.",
                    *issue.place,
                    f"The next free number is {max(each.number for each in issues) + 1}.",
                ),
            )
        for alias in issue.aliases:
            path = by_name.setdefault(alias, issue.place.path)
            above = next((each for each in folders_of(alias) if each in addresses), None)
            if path != issue.place.path or alias == issue.folder:
                message = f'the alias "{alias}" is taken by {path}.'
                hint = "Delete it here, or rename the other."
            elif alias in folders:
                message = f'the alias "{alias}" is a page, and {folders[alias]} has one below it.'
                hint = "Delete one of the two."
            elif above:
                message = f'the alias "{alias}" is below the page "{above}" of {addresses[above]}.'
                hint = "Delete one of the two."
            else:
                continue
            yield issue, PressroomError(message, issue.place.path, issue.lines.get("aliases"), hint)
