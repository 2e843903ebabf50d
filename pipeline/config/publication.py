"""`newsletter.toml`, read and validated: the publication.

The section reader serves an issue's own sections as well: both are written in the same words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pipeline.config.fields import Fields, toml_fields
from pipeline.config.themes import DEFAULT, read_look, read_theme, theme_names
from pipeline.errors import PressroomError, suggest
from pipeline.model import (
    EVERYONE,
    TARGETS,
    Audience,
    Disclaimer,
    Layout,
    Order,
    Place,
    Publication,
    SectionRule,
    TagRule,
    ThemeSettings,
)
from pipeline.support.files import bad_name
from pipeline.support.mail_addresses import format_mailbox, parse_mailbox
from pipeline.support.merge import BUILT_IN_FIELDS, from_line
from pipeline.support.urls import path_part

SETTINGS = "newsletter.toml"


def read_publication(
    text: str, errors: list[PressroomError], path: str = SETTINGS, templates: Path | None = None
) -> Publication:
    """The publication that a `newsletter.toml` describes; what is wrong in it goes to `errors`.

    `templates` is the workspace's folder of templates, where its own themes stand.

    Raises `PressroomError` where the text is no TOML at all.
    """
    fields = Fields(toml_fields(text, path), path, errors)
    zone, zone_name = _zone(fields)
    sender_name, sender_address = _mailbox(fields, "sender", required=True)
    reply_name, reply_address = _mailbox(fields, "reply_to")
    title = fields.text("title", required=True)
    merge_fields = _merge_fields(fields)
    clients, silence = _checks(fields.table("checks", "checks"))
    publication = Publication(
        title=title,
        base_url=_base_url(fields),
        language=_language(fields),
        timezone=zone_name,
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
        audiences=_audiences(fields),
        merge_fields=merge_fields,
        theme=_theme(fields.table("theme", "theme"), templates),
        hub=_hub(fields),
        clients=clients,
        silence=silence,
        targets=_targets(fields),
        editor_url=_editor_url(fields),
    )
    fields.done()
    return publication


def read_section(fields: Fields, zone: ZoneInfo) -> SectionRule:
    """One section as written in `newsletter.toml` or `issue.md`."""
    title = fields.text("title", required=True)
    fields.what = f'section "{title}"' if title else "section"
    layout = fields.choice("layout", Layout)
    since, until = fields.moment("since", zone), fields.moment("until", zone, end=True)
    if since and until and since > until:
        fields.error("until", "`until` is before `since`, so that no article can stand between them.")
    rule = SectionRule(
        title=title,
        tags=_tag_rule(fields),
        place=Place(fields.path, fields.line),
        pin=fields.texts("pin"),
        exclude=fields.texts("exclude"),
        limit=fields.whole("limit"),
        order=Order(fields.choice("order", Order, Order.NEWEST) or Order.NEWEST),
        since=since,
        until=until,
        layout=Layout(layout) if layout else None,
        reuse=fields.flag("reuse"),
    )
    for slug in rule.pin:
        if slug in rule.exclude:
            fields.error("exclude", f'"{slug}" is both pinned and excluded.', "Delete one of the two.")
    if not (rule.tags.any or rule.tags.all or rule.tags.none or rule.pin):
        fields.error(
            "tags", "it takes no articles.", "Give it `tags: {any: [a-tag]}` or `pin: [an-article]`."
        )
    fields.done()
    return rule


def read_audiences(fields: Fields, publication: Publication) -> tuple[str, ...]:
    """The audiences that an article or issue names; one needs no list."""
    named = fields.texts("audience", or_one=True)
    if "audience" in fields.mapping and not named:
        # Not everyone: an editor who wrote the key meant to close something.
        fields.error("audience", "`audience` is empty.", "Name an audience, or delete the key for everyone.")
    known = [EVERYONE, *(each.name for each in publication.audiences)]
    for name in named:
        if name not in known:
            fields.error(
                "audience",
                f'the audience "{name}" is not known.',
                suggest(name, known) or "Declare it in newsletter.toml under [[audiences]].",
            )
    return named


def read_silence(fields: Fields) -> dict[str, str]:
    """The codes of checks that are set aside, each with the reason."""
    table = fields.table("silence", "silence")
    if table is None:
        return {}
    found: dict[str, str] = {}
    for code in table.mapping:
        found[code] = table.text(code)
        if not found[code].strip():
            table.error(code, f"{code} is silenced without a reason.", f'Say why: `{code}: "because …"`.')
    return found


_CLIENTS = (
    "apple-mail gmail outlook yahoo aol samsung-email thunderbird protonmail fastmail hey gmx web-de "
    "t-online-de mail-ru orange sfr laposte free-fr ionos-1and1 rainloop wp-pl"
)
CLIENTS = tuple(_CLIENTS.split())
"""The families of mail clients that caniemail.com tests."""


def _checks(fields: Fields | None) -> tuple[tuple[str, ...], dict[str, str]]:
    """The client families that checks speak for, and the codes that are set aside."""
    if fields is None:
        return (), {}
    clients = fields.texts("clients")
    for name in clients:
        if name not in CLIENTS:
            fields.error(
                "clients",
                f'the client family "{name}" is not known.',
                suggest(name, CLIENTS) or f"The families are {', '.join(CLIENTS)}.",
            )
    silence = read_silence(fields)
    fields.done()
    return clients, silence


def _targets(fields: Fields) -> dict[str, dict[str, Any]]:
    """The settings of targets, a table for each; what they mean is theirs. No key of an API is among them."""
    table = fields.table("targets", "targets")
    if table is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for name, one in table.mapping.items():
        if name not in TARGETS:
            hint = suggest(name, TARGETS) or f"The targets are {', '.join(TARGETS)}."
            table.error(name, f'there is no target "{name}".', hint)
            continue
        if not isinstance(one.value, dict):
            table.error(name, f"`targets.{name}` must be a table of keys and values.")
            continue
        found[name] = table.anything(name)
        for key in found[name]:
            if re.search(r"(?:api_?)?key|token|secret|password", key.lower()):
                table.error(
                    name,
                    f"`targets.{name}.{key}` looks like a key, which does not belong into a file.",
                    "Take it out, have it replaced by the service, and set it in the environment.",
                )
    table.done(*TARGETS)
    return found


def _editor_url(fields: Fields) -> str:
    """An address such as `vscode://file/{path}:{line}`, by which the preview opens a file."""
    url = fields.text("editor_url")
    harmless = re.fullmatch(r"(?!(?:https?|javascript|data|file|vbscript):)[a-z][a-z0-9+.-]*:\S*", url)
    if url and (not harmless or "{path}" not in url):
        fields.error(
            "editor_url",
            f'"{url}" is no address that opens a file in an editor.',
            'Write it as "vscode://file/{path}:{line}", with the scheme of your editor.',
        )
        return ""
    return url


def _tag_rule(fields: Fields) -> TagRule:
    found = fields.raw("tags")
    if found is None:
        return TagRule()
    if isinstance(found.value, dict):
        table = Fields(found.value, fields.path, fields.errors, found.line, f"{fields.what}, tags")
        rule = TagRule(table.texts("any"), table.texts("all"), table.texts("none"))
        if rule.none and not rule.any and not rule.all:
            table.error(
                "none", "`none` alone takes nothing.", "Say with `any` or `all` which tags are taken."
            )
        table.done()
        return rule
    # A plain list is what most people write first; it means `any`.
    return TagRule(any=fields.texts("tags"))


def _disclaimer(fields: Fields) -> Disclaimer:
    fields.what = "disclaimer"
    disclaimer = Disclaimer(fields.texts("tags"), fields.text("text", required=True, multiline=True))
    if not disclaimer.tags:
        fields.error("tags", "`tags` is missing or empty.", "Name the tags whose articles carry this text.")
    fields.done()
    return disclaimer


def _audiences(fields: Fields) -> tuple[Audience, ...]:
    found: list[Audience] = []
    for each in fields.tables("audiences"):
        each.what = "audience"
        name = each.text("name", required=True)
        each.what = f'audience "{name}"'
        if name and path_part(name) != name:
            each.error(
                "name",
                "its name must be lower-case letters, digits and hyphens.",
                f'Write "{path_part(name)}".',
            )
        elif name and (why := bad_name(name)):
            each.error("name", f"its name {why}.", "Choose another.")
        if name == EVERYONE or any(name == other.name for other in found):
            each.error("name", "the name is taken.", "Choose another.")
        found.append(Audience(name, each.text("title", default=name), each.flag("public")))
        each.done()
    return tuple(found)


def _merge_fields(fields: Fields) -> dict[str, str]:
    names = dict.fromkeys(BUILT_IN_FIELDS, "")
    table = fields.table("merge_fields", "merge_fields")
    if table:
        for name in table.mapping:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
                table.error(name, f"`{name}` is no name for a merge field.", "Use a-z, 0-9 and _.")
            fallback = table.text(name)
            if re.search(r"[{}|]", fallback):
                table.error(name, f"the fallback of `{name}` holds one of {{ }} |.", "Write it without.")
            names[name] = fallback
    return names


def _theme(fields: Fields | None, templates: Path | None) -> ThemeSettings:
    if fields is None:
        return ThemeSettings()
    theme = read_theme(_theme_name(fields, templates), templates, fields.errors)
    settings = replace(
        read_look(fields, theme, "theme."),
        logo=fields.text("logo") or None,
        logo_alt=fields.text("logo_alt"),
    )
    if settings.logo and not settings.logo_alt:
        fields.error("logo", "the logo has no `logo_alt`.", 'Say what it shows: `logo_alt = "…"`.')
    fields.done()
    return settings


def _theme_name(fields: Fields, templates: Path | None) -> str:
    name, known = fields.text("name", default=DEFAULT), theme_names(templates)
    if name in known:
        return name
    hint = suggest(name, known) or f"The themes are {', '.join(known)}."
    fields.error("name", f'there is no theme "{name}".', hint)
    return DEFAULT


# --- single values ---------------------------------------------------------------------------


def _zone(fields: Fields) -> tuple[ZoneInfo, str]:
    name = fields.text("timezone", default="UTC")
    try:
        return ZoneInfo(name), name
    except (ValueError, OSError, KeyError):
        fields.error(
            "timezone",
            f'the time zone "{name}" is not known.',
            suggest(name, available_timezones()) or 'Write one like "Europe/London".',
        )
        return ZoneInfo("UTC"), "UTC"


def _mailbox(fields: Fields, key: str, required: bool = False) -> tuple[str, str]:
    value = fields.text(key, required=required)
    try:
        return parse_mailbox(value) if value else ("", "")
    except ValueError as error:
        hint = f"{error} Write it as `Name <name@example.org>`."
        fields.error(key, f'`{key}` is "{value}" and must be an email address.', hint)
        return "", ""


def _base_url(fields: Fields) -> str:
    value = fields.text("base_url", required=True).rstrip("/")
    if value and not _is_web_address(value):
        fields.error(
            "base_url", f'`base_url` is "{value}" and must be a web address.', "As https://example.org/news"
        )
    elif value and (urlsplit(value).query or urlsplit(value).fragment):
        fields.error("base_url", "`base_url` may hold no `?` or `#`.")
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and value.isascii()
            and " " not in value
        )
    except ValueError:
        return False


_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def _hub(fields: Fields) -> str | None:
    """The WebSub hub. What is told to it is public, but who tells it should be certain: https."""
    value = fields.text("hub")
    if not value:
        return None
    if not _is_web_address(value) or urlsplit(value).fragment:
        fields.error("hub", f'`hub` is "{value}" and must be a web address.', "As https://hub.example.org/")
        return None
    if urlsplit(value).scheme != "https" and urlsplit(value).hostname not in _THIS_MACHINE:
        fields.error("hub", f'`hub` is "{value}" and must begin with https://.')
        return None
    return value


def _url(fields: Fields, key: str, merge_fields: dict[str, str]) -> str | None:
    """A web address in neutral form; merge fields may stand in it, as in `?to={{ email }}`."""
    value = fields.text(key)
    if not value:
        return None
    if not _is_web_address(re.sub(r"\{\{[^{}]*\}\}", "x", value)):
        fields.error(key, f'`{key}` is "{value}" and must be a web address.', "As https://example.org/…")
        return None
    try:
        return from_line(value, merge_fields)
    except PressroomError as error:
        fields.error(key, f"`{key}`: {error.message}", error.hint)
        return None


def _language(fields: Fields) -> str:
    value = fields.text("language", default="en")
    # The shape of RFC 5646: a language of 2 to 3 letters, then subtags.
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", value):
        fields.error(
            "language", f'`language` is "{value}" and must be a language tag.', "As en, en-GB or ar."
        )
        return "en"
    return value
