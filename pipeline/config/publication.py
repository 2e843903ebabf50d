"""Reads and validates `newsletter.toml`: the publication."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pipeline.config.audiences import declared_audiences
from pipeline.config.delivery_settings import read_delivery
from pipeline.config.fields import Field, Fields
from pipeline.config.sections import read_section
from pipeline.config.themes import DEFAULT_THEME, read_theme, read_theme_settings, theme_names
from pipeline.config.toml import toml_fields
from pipeline.config.web_settings import read_hidden_tags, read_subscribe
from pipeline.errors import PressroomError, suggest
from pipeline.model import (
    LINK_PLACEHOLDERS,
    TARGETS,
    Author,
    Disclaimer,
    LinkParameters,
    LinkScope,
    MergeText,
    Publication,
    RequiredFields,
    Show,
    ThemeSettings,
)
from pipeline.support import merge
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.mail_addresses import format_mailbox, parse_mailbox
from pipeline.support.urls import ascii_address, is_this_machine, web_address_hint

_REQUIRED = ("title", "base_url", "sender", "postal_address")
_OPTIONAL = (
    *("language", "timezone", "tagline", "description", "reply_to", "unsubscribe_url", "preferences_url"),
    *("colophon", "reason", "editor_url", "hub", "no_tracking"),
)
_TOP_KEYS = (*_REQUIRED, *_OPTIONAL)
"""The keys above the first `[table]`."""


def read_publication(text: str, errors: list[PressroomError], templates: Path | None = None) -> Publication:
    """The publication that `newsletter.toml` describes. Mistakes are added to `errors`.

    `templates` is the workspace's folder of templates, which contains its own themes.
    Raises `PressroomError` if the text is not TOML.
    """
    fields = Fields(toml_fields(text, SETTINGS_FILE), SETTINGS_FILE, errors, top_keys=_TOP_KEYS)
    zone = _zone(fields)
    sender_name, sender_address = _mailbox(fields, "sender", required=True)
    reply_name, reply_address = _mailbox(fields, "reply_to")
    title = fields.text("title", required=True)
    merge_fields = _merge_fields(fields)
    clients, silence, required_fields = _checks(fields.table("checks"))
    publication = Publication(
        title=title,
        base_url=_base_url(fields),
        language=_language(fields),
        timezone=zone.key,
        sender_name=sender_name or title,
        sender_address=sender_address,
        postal_address=fields.text("postal_address", required=True, multiline=True),
        colophon=fields.text("colophon", multiline=True),
        tagline=fields.text("tagline"),
        description=fields.text("description"),
        reply_to=format_mailbox(reply_name, reply_address) if reply_address else None,
        unsubscribe_url=_url(fields, "unsubscribe_url", merge_fields),
        preferences_url=_url(fields, "preferences_url", merge_fields),
        reason=fields.text("reason"),
        sections=tuple(replace(read_section(each, zone), waits=True) for each in fields.tables("sections")),
        disclaimers=tuple(_disclaimer(each) for each in fields.tables("disclaimers")),
        audiences=declared_audiences(fields),
        merge_fields=merge_fields,
        theme=_theme(fields.table("theme"), templates, errors),
        hub=_hub(fields),
        clients=clients,
        silence=silence,
        required_fields=required_fields,
        targets=_targets(fields),
        editor_url=_editor_url(fields),
        show=read_show(fields, Show()),
        authors=_authors(fields.table("authors")),
        links=_link_parameters(fields.table("links")),
        no_tracking=fields.boolean("no_tracking"),
        approval=_approval(fields.table("approval")),
        subscribe=read_subscribe(fields.table("subscribe")) if fields.has("subscribe") else None,
        hidden_tags=read_hidden_tags(fields.table("tags")),
        delivery=read_delivery(fields.table("delivery")),
        lines=dict(_lines(fields.mapping)),
    )
    fields.check_unknown()
    return publication


def _lines(mapping: Mapping[str, Field], table: str = "") -> Iterator[tuple[str, int]]:
    """Each key and table with its line, those of a table as `theme.logo`."""
    for key, field in mapping.items():
        yield f"{table}{key}", field.line
        if isinstance(field.value, dict):
            yield from _lines(field.value, f"{table}{key}.")


def read_silence(fields: Fields) -> dict[str, str]:
    """The codes of silenced checks, each with the reason."""
    table = fields.table("silence")
    reasons: dict[str, str] = {}
    for code in table.mapping:
        reasons[code] = table.text(code)
        if not reasons[code]:
            table.error(code, f"{code} is silenced without a reason.", f'Say why: `{code}: "because …"`.')
    return reasons


def read_show(fields: Fields, default: Show) -> Show:
    """What an issue shows beside its texts; a key that is missing is as in `default`."""
    table = fields.table("show")
    names = [each.name for each in dataclasses.fields(Show)]
    show = Show(**{name: table.boolean(name, getattr(default, name)) for name in names})
    table.check_unknown(hint=f"The keys are {', '.join(names)}.")
    return show


CLIENTS = (
    *("apple-mail", "gmail", "outlook", "yahoo", "aol", "samsung-email", "thunderbird", "protonmail"),
    *("fastmail", "hey", "gmx", "web-de", "t-online-de", "mail-ru", "orange", "sfr", "laposte", "free-fr"),
    *("ionos-1and1", "rainloop", "wp-pl"),
)
"""The families of mail clients that caniemail.com tests."""


def _checks(fields: Fields) -> tuple[tuple[str, ...], dict[str, str], tuple[RequiredFields, ...]]:
    """The client families to check for, the silenced codes with their reasons, and the required fields."""
    clients = fields.texts("clients")
    for name in clients:
        if name not in CLIENTS:
            fields.error(
                "clients",
                f'the client family "{name}" is not known.',
                suggest(name, CLIENTS) or f"The families are {', '.join(CLIENTS)}.",
            )
    silence = read_silence(fields)
    required = []
    for table in fields.tables("require"):
        required.append(RequiredFields(table.texts("tags"), table.texts("fields")))
        for key in ("tags", "fields"):
            if not table.texts(key):
                table.error(key, f"`{key}` is missing.", 'As { tags = ["medical"], fields = ["authors"] }.')
        table.check_unknown()
    fields.check_unknown()
    return clients, silence, tuple(required)


def _approval(table: Fields) -> int | tuple[str, ...]:
    """How many approvals are required, or whose."""
    field = table.field("required")
    if field is not None and isinstance(field.value, tuple | str):
        required: int | tuple[str, ...] = table.texts("required")
    else:
        required = table.integer("required") or 0
    table.check_unknown()
    return required


def _authors(table: Fields) -> dict[str, Author]:
    """What is said of authors once, by their names."""
    authors: dict[str, Author] = {}
    for name in table.mapping:
        author = table.table(name, f'author "{name}"')
        role, url, picture = author.text("role"), author.web_address("url"), author.text("picture")
        line, organization = author.line_of("picture"), author.boolean("organization")
        authors[name] = Author(name, role, url, picture, line, organization)
        author.check_unknown()
    return authors


def _link_parameters(table: Fields) -> LinkParameters:
    """The parameters that are added to the addresses in emails."""
    parameters: dict[str, str] = {}
    inner = table.table("parameters", "links.parameters")
    for name in inner.mapping:
        parameters[name] = inner.text(name, required=True)
        for placeholder in re.findall(r"\{[^{}]*\}|[{}]", parameters[name]):
            if placeholder[1:-1] not in LINK_PLACEHOLDERS:
                known = ", ".join(f"{{{each}}}" for each in LINK_PLACEHOLDERS)
                near = suggest(placeholder[1:-1], LINK_PLACEHOLDERS)
                inner.error(name, f"`{placeholder}` is not a placeholder.", near or f"They are {known}.")
    links = LinkParameters(parameters, table.choice("add_to", LinkScope) or LinkScope.OWN)
    table.check_unknown(hint="Parameters go under [links.parameters].")
    return links


def _targets(fields: Fields) -> dict[str, dict[str, Any]]:
    """The settings of targets, a table for each, which the target itself validates. API keys are refused."""
    table = fields.table("targets")
    settings: dict[str, dict[str, Any]] = {}
    for name in table.mapping:
        if name not in TARGETS:
            hint = suggest(name, TARGETS) or f"The targets are {', '.join(TARGETS)}."
            table.error(name, f'there is no target "{name}".', hint)
            continue
        settings[name] = table.plain_table(name)
        for key in settings[name]:
            if re.search(r"(?:api_?)?key|token|secret|password", key.lower()):
                table.error(
                    name,
                    f"`targets.{name}.{key}` looks like a key, which does not belong in a file.",
                    "Take it out, have it replaced by the service, and set it in the environment.",
                )
    return settings


def _editor_url(fields: Fields) -> str:
    """The address by which the preview opens a file in an editor, such as `vscode://file{path}:{line}`."""
    url = fields.text("editor_url")
    harmless = re.fullmatch(r"(?!(?:https?|javascript|data|file|vbscript):)[a-z][a-z0-9+.-]*:\S*", url)
    if url and (not harmless or "{path}" not in url):
        fields.error(
            "editor_url",
            f'"{url}" is not an address that opens a file in an editor.',
            'Write it as "vscode://file{path}:{line}", with the scheme of your editor.',
        )
        return ""
    return url


def _disclaimer(fields: Fields) -> Disclaimer:
    fields.what = "disclaimer"
    disclaimer = Disclaimer(fields.texts("tags"), fields.text("text", required=True, multiline=True))
    if not disclaimer.tags:
        fields.error("tags", "`tags` is missing or empty.", "Name the tags whose articles carry this text.")
    fields.check_unknown()
    return disclaimer


def _merge_fields(fields: Fields) -> dict[str, str]:
    names = dict.fromkeys(merge.BUILT_IN_FIELDS, "")
    table = fields.table("merge_fields")
    for name in table.mapping:
        if name in _REQUIRED and not fields.has(name):
            table.misplaced(name)
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
            table.error(name, f"`{name}` is not a name for a merge field.", "Use a-z, 0-9 and _.")
        names[name] = table.text(name)
        if re.search(r"[{}|]", names[name]):
            table.error(name, f"the fallback of `{name}` contains one of {{ }} |.", "Write it without.")
    return names


def _theme(fields: Fields, templates: Path | None, errors: list[PressroomError]) -> ThemeSettings:
    theme = read_theme(_theme_name(fields, templates), templates, errors)
    settings = replace(
        read_theme_settings(fields, theme, "theme."),
        logo=fields.text("logo") or None,
        logo_dark=fields.text("logo_dark") or None,
        logo_alt=fields.text("logo_alt"),
        logo_line=fields.line_of("logo"),
        logo_dark_line=fields.line_of("logo_dark"),
    )
    if settings.logo_dark and not settings.logo:
        fields.error("logo_dark", "there is no `logo` beside it.", "`logo` is the one on a light ground.")
    fields.check_unknown()
    return settings


def _theme_name(fields: Fields, templates: Path | None) -> str:
    name, known = fields.text("name", default=DEFAULT_THEME.name), theme_names(templates)
    if name in known:
        return name
    hint = suggest(name, known) or f"The themes are {', '.join(known)}."
    fields.error("name", f'there is no theme "{name}".', hint)
    return DEFAULT_THEME.name


# --- single values ---------------------------------------------------------------------------


def _zone(fields: Fields) -> ZoneInfo:
    name = fields.text("timezone", default="UTC")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        fields.error(
            "timezone",
            f'the time zone "{name}" is not known.',
            _zone_hint(name),
        )
        return ZoneInfo("UTC")


def _zone_hint(name: str) -> str:
    """What to write for a time zone that is not known. An abbreviation is near to zones of other hours."""
    cities = sorted(zone for zone in available_timezones() if zone.count("/") and zone[:4] != "Etc/")
    if offset := re.fullmatch(r"(?:GMT|UTC)? ?([+-])0?(\d{1,2})(?::?00)?", name, re.IGNORECASE):
        # POSIX counts the hours west of Greenwich: Etc/GMT-1 is an hour ahead of it.
        fixed = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{offset[2]}"
        also = f' Without summer time it is "{fixed}".' if fixed in available_timezones() else ""
        return f'Write a city, such as "Europe/Paris".{also}'
    city = name.replace(" ", "_").casefold()
    here = [zone for zone in cities if zone.rpartition("/")[2].casefold() == city]
    near = f'Did you mean "{here[0]}"?' if here else suggest(name, cities)
    return near or 'Write a city, such as "Europe/London".'


def _mailbox(fields: Fields, key: str, required: bool = False) -> tuple[str, str]:
    value = fields.text(key, required=required)
    try:
        return parse_mailbox(value) if value else ("", "")
    except ValueError as error:
        hint = f"{error} Write it as `Name <name@example.org>`."
        fields.error(key, f'`{key}` is "{value}" and must be an email address.', hint)
        return "", ""


def _base_url(fields: Fields) -> str:
    typed = fields.text("base_url", required=True).rstrip("/")
    try:
        value = ascii_address(typed)
    except ValueError:
        value = typed
    if value and not _is_web_address(value):
        hint = web_address_hint(typed, "https://example.org/news")
        fields.error("base_url", f'`base_url` is "{typed}" and must be a web address.', hint)
    elif value and (urlsplit(value).query or urlsplit(value).fragment):
        fields.error("base_url", "`base_url` may not contain `?` or `#`.")
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and "@" not in parts.netloc  # a user and a password, for all to read
            and value.isascii()
            and " " not in value
        )
    except ValueError:
        return False


def _hub(fields: Fields) -> str | None:
    """The address of the WebSub hub; by https, so that nobody else can answer for it."""
    value = fields.text("hub")
    if not value:
        return None
    if not _is_web_address(value) or urlsplit(value).fragment:
        hint = web_address_hint(value, "https://hub.example.org/")
        fields.error("hub", f'`hub` is "{value}" and must be a web address.', hint)
        return None
    if urlsplit(value).scheme != "https" and not is_this_machine(urlsplit(value).hostname):
        fields.error("hub", f'`hub` is "{value}" and must begin with https://.')
        return None
    return value


def _url(fields: Fields, key: str, merge_fields: dict[str, str]) -> MergeText | None:
    """A web address, which may contain merge fields, as in `?to={{ email }}`."""
    value = fields.text(key)
    if not value:
        return None
    try:
        url = merge.read_address(value, merge_fields)
    except PressroomError as error:
        fields.error(key, f"`{key}`: {error.message}", error.hint)
        return None
    if not _is_web_address(url.fill(lambda _: "x")):
        fields.error(key, f'`{key}` is "{value}" and must be a web address.', web_address_hint(value))
        return None
    return url


def _language(fields: Fields) -> str:
    value = fields.text("language", default="en")
    # The form of a tag by RFC 5646: a language of 2 to 3 letters, then subtags.
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", value):
        fields.error(
            "language", f'`language` is "{value}" and must be a language tag.', "As en, en-GB or ar."
        )
        return "en"
    return value
