"""Settings of a target: `[targets.NAME]` of newsletter.toml with the audience's overrides applied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.export.target import SettingType, TagSupport, Target, TargetSetting
from pipeline.model import Publication
from pipeline.support.limits import SETTINGS_FILE

_SHARED = (
    TargetSetting("url", "the address of the API, if it is not the service's usual one"),
    TargetSetting("timeout", "how many seconds to wait for an answer", SettingType.NUMBER),
    TargetSetting(
        "own_links",
        "which addresses stay yours, where the service has its own: `unsubscribe_url`, `preferences_url`",
        SettingType.TEXTS,
    ),
)
_LINKS = ("unsubscribe_url", "preferences_url")
_TAGS = TargetSetting("tags", "the tags of the draft there", SettingType.TEXTS)


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """Settings of a target for one audience.

    `fields` maps our names of merge fields to the service's. `tags` is None if the settings have none. `own`
    are the service's settings by name, `filter` those that were set for this audience alone.
    """

    fields: Mapping[str, str]
    tags: tuple[str, ...] | None
    own: Mapping[str, Any]
    filter: Mapping[str, Any]


def known_settings(target: Target) -> tuple[TargetSetting, ...]:
    """The settings that a target has, except `fields` and `audiences`."""
    tags = () if target.tags is TagSupport.NONE else (_TAGS,)
    own = {setting.name for setting in target.settings}
    shared = (setting for setting in _SHARED if setting.name not in own)
    return (*target.settings, *tags, *shared)


def settings_for(target: Target, publication: Publication, audience: str) -> TargetSettings:
    """The settings for an edition. Raises every mistake in them at once."""
    table = dict(publication.targets.get(target.name, {}))
    errors: list[PressroomError] = []
    place = f"targets.{target.name}"
    fields = _fields(table.pop("fields", {}), place, errors)
    audiences = _audiences(table.pop("audiences", {}), publication, place, errors)
    _check(target, table, place, errors)
    for name, overrides in audiences.items():
        _check(target, overrides, f"{place}.audiences.{name}", errors)
    raise_all(errors)
    overrides = dict(audiences.get(audience, {}))
    own = {**table, **overrides}
    tags = own.pop("tags", None)
    if tags is not None and target.tags is TagSupport.ONE and len(tags) > 1:
        raise _error(place, f"{target.title} takes one tag.", 'Write as: tags = ["letter"]')
    return TargetSettings(fields, None if tags is None else tuple(tags), own, overrides)


def replaced_links(target: Target, publication: Publication, audience: str) -> tuple[str, ...]:
    """The settings of addresses that the service's own links replace, for its list knows only those."""
    kept = settings_for(target, publication, audience).own.get("own_links", ())
    return tuple(
        name
        for name in _LINKS
        if getattr(publication, name) and name in target.dialect.tags and name not in kept
    )


def require(target: Target, own: Mapping[str, Any]) -> None:
    """Raises for each setting that a push needs and that is missing."""
    raise_all(
        _error(
            f"targets.{target.name}",
            f"{target.title} needs `{setting.name}`, {setting.what}.",
            f"Write under [targets.{target.name}]: {setting.name} = {setting.kind.example}",
        )
        for setting in target.settings
        if setting.required and own.get(setting.name) in (None, "", [])
    )


def _fields(value: Any, place: str, errors: list[PressroomError]) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value.values()):
        hint = 'Write as: fields = { city = "CITY" }'
        errors.append(_error(place, "`fields` must map names to names.", hint))
        return {}
    for name, own in value.items():
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", own, re.ASCII):
            errors.append(_error(place, f'"{own}" is not a name for `{name}`.', "Use letters and digits."))
    return value


def _audiences(
    value: Any, publication: Publication, place: str, errors: list[PressroomError]
) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, Mapping) or not all(isinstance(table, Mapping) for table in value.values()):
        hint = f"Write [{place}.audiences.NAME]."
        errors.append(_error(place, "`audiences` must have a table for each audience.", hint))
        return {}
    known = publication.audience_names
    for name in value:
        if name not in known:
            hint = suggest(name, known) or f"The audiences are {', '.join(sorted(known))}."
            errors.append(_error(place, f'there is no audience "{name}".', hint))
    return value


def _check(target: Target, table: Mapping[str, Any], place: str, errors: list[PressroomError]) -> None:
    known = {setting.name: setting for setting in known_settings(target)}
    for key, value in table.items():
        if key not in known:
            names = ", ".join(f"`{name}`" for name in ("fields", "audiences", *known))
            hint = suggest(key, known) or f"The keys are {names}."
            errors.append(_error(place, f"the key `{key}` is not known.", hint))
        elif not _fits(value, known[key].kind):
            hint = f"Write as: {key} = {known[key].kind.example}"
            errors.append(_error(place, f"`{key}` must be {known[key].kind}.", hint))
        elif key == "own_links" and (bad := set(value).difference(_LINKS)):
            name = min(bad)
            hint = suggest(name, _LINKS) or f"Write {' or '.join(_LINKS)}."
            errors.append(_error(place, f'"{name}" in `own_links` is not such an address.', hint))


def _fits(value: Any, kind: SettingType) -> bool:
    match kind:
        case SettingType.TEXT:
            return isinstance(value, str) and value.isprintable()
        case SettingType.NUMBER:
            whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
            return whole or (isinstance(value, float) and value > 0)
        case SettingType.TEXTS:
            return isinstance(value, list) and all(_fits(item, SettingType.TEXT) for item in value)
        case SettingType.NUMBERS:
            return isinstance(value, list) and all(
                isinstance(item, int) and _fits(item, SettingType.NUMBER) for item in value
            )


def _error(place: str, message: str, hint: str) -> PressroomError:
    return PressroomError(f"{place}: {message}", SETTINGS_FILE, None, hint)
