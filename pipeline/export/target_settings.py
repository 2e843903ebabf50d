"""What `newsletter.toml` says of a target: `[targets.NAME]`, and over it what is said for an audience."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.export.target import SettingType, TagSupport, Target, TargetSetting
from pipeline.model import Publication

SETTINGS = "newsletter.toml"

_SHARED = (
    TargetSetting("url", "the address of the API, where it is another than the service's own"),
    TargetSetting("timeout", "how many seconds to wait for an answer", SettingType.NUMBER),
)
_TAGS = TargetSetting("tags", "the tags of the draft there", SettingType.TEXTS)


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """Settings of a target for one audience.

    `fields` maps our names of merge fields to the service's. `tags` is None where none are said. `own`
    are the service's settings by name, `filter` those that were said for this audience alone.
    """

    fields: Mapping[str, str]
    tags: tuple[str, ...] | None
    own: Mapping[str, Any]
    filter: Mapping[str, Any]


def known_settings(target: Target) -> tuple[TargetSetting, ...]:
    """The settings that a target has, but for `fields` and `audiences`."""
    tags = () if target.tags is TagSupport.NONE else (_TAGS,)
    own = {each.name for each in target.settings}
    shared = (each for each in _SHARED if target.push and each.name not in own)
    return (*target.settings, *tags, *shared)


def settings_for(target: Target, publication: Publication, audience: str) -> TargetSettings:
    """The settings for an edition. Raises all that is wrong with them."""
    table = publication.targets.get(target.name, {})
    errors: list[PressroomError] = []
    place = f"targets.{target.name}"
    fields = _fields(table.get("fields", {}), place, errors)
    audiences = table.get("audiences", {})
    known = {each.name for each in publication.audiences} | {"everyone"}
    if not isinstance(audiences, Mapping) or not all(
        isinstance(each, Mapping) for each in audiences.values()
    ):
        errors.append(
            _error(place, "`audiences` must hold a table an audience.", f"Write [{place}.audiences.NAME].")
        )
        audiences = {}
    for name in audiences:
        if name not in known:
            hint = suggest(name, known) or f"The audiences are {', '.join(sorted(known))}."
            errors.append(_error(place, f'there is no audience "{name}".', hint))
    general = _checked(
        target, {k: v for k, v in table.items() if k not in {"fields", "audiences"}}, place, errors
    )
    special = {
        name: _checked(target, each, f"{place}.audiences.{name}", errors) for name, each in audiences.items()
    }.get(audience, {})
    raise_all(errors)
    own = {**general, **special}
    tags = own.pop("tags", None)
    if tags is not None and target.tags is TagSupport.ONE and len(tags) > 1:
        raise _error(place, f"{target.title} takes one tag.", 'Write as: tags = ["letter"]')
    return TargetSettings(fields, None if tags is None else tuple(tags), own, special)


def require(target: Target, own: Mapping[str, Any]) -> None:
    """Raises for each setting that a push needs and that is not there."""
    raise_all(
        _error(
            f"targets.{target.name}",
            f"{target.title} needs `{each.name}`, {each.what}.",
            f"Write under [targets.{target.name}]: {each.name} = {_example(each)}",
        )
        for each in target.settings
        if each.required and own.get(each.name) in (None, "", [])
    )


def _fields(value: Any, place: str, errors: list[PressroomError]) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        hint = 'Write as: fields = { city = "CITY" }'
        errors.append(_error(place, "`fields` must map names to names.", hint))
        return {}
    for name, own in value.items():
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", own, re.ASCII):
            errors.append(_error(place, f'"{own}" is no name for `{name}`.', "Use letters and digits."))
    return value


def _checked(
    target: Target, table: Mapping[str, Any], place: str, errors: list[PressroomError]
) -> dict[str, Any]:
    known = {each.name: each for each in known_settings(target)}
    for key, value in table.items():
        if key not in known:
            names = ", ".join(f"`{name}`" for name in ("fields", "audiences", *known))
            hint = suggest(key, known) or f"There are {names}."
            errors.append(_error(place, f"the key `{key}` is not known.", hint))
        elif not _fits(value, known[key].kind):
            hint = f"Write as: {key} = {_example(known[key])}"
            errors.append(_error(place, f"`{key}` must be {known[key].kind}.", hint))
    return dict(table)


def _fits(value: Any, kind: SettingType) -> bool:
    def number(one: Any) -> bool:
        return isinstance(one, int) and not isinstance(one, bool) and one >= 0

    match kind:
        case SettingType.TEXT:
            return isinstance(value, str) and value.isprintable()
        case SettingType.NUMBER:
            return number(value) or (isinstance(value, float) and value > 0)
        case SettingType.TEXTS:
            return isinstance(value, list) and all(
                isinstance(one, str) and one.isprintable() for one in value
            )
        case SettingType.NUMBERS:
            return isinstance(value, list) and all(map(number, value))


def _example(setting: TargetSetting) -> str:
    return {
        SettingType.TEXT: '"…"',
        SettingType.NUMBER: "1",
        SettingType.TEXTS: '["…"]',
        SettingType.NUMBERS: "[1]",
    }[setting.kind]


def _error(place: str, message: str, hint: str) -> PressroomError:
    return PressroomError(f"{place}: {message}", SETTINGS, None, hint)
