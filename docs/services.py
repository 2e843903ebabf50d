"""The pages of the services, made from the targets: `targets.md` for all, `targets/NAME.md` for each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pipeline.export.client import TIME_LIMIT
from pipeline.export.dialect import FieldTag, MessagePart
from pipeline.export.target import PushMethod, SettingType, Target, TargetSetting
from pipeline.export.target_settings import known_settings
from pipeline.export.targets import find
from pipeline.model import TARGETS

ALL = """\
# Every target

Made from the targets by `python docs/reference.py`; do not edit. How an issue is exported is told
under [Exporting](exporting.md#for-a-service), and how a service is added in
[Adding a service](adding-a-service.md).

[Merge fields](merge-fields.md) are written once, in neutral form; each service gets its own words,
fallback included. What only looks like a merge tag in an article stays text: in HTML it is written
with references, in text parts and subjects as the service's language writes literal text. What
cannot be said is refused, with the file and the line.

`checked` is the day on which a target's facts were last compared with the service's documentation.
Each page says what was not found there.

"""


def pages() -> Iterator[tuple[str, str]]:
    """Each page's path below `docs/`, and its text."""
    found = [find(name) for name in TARGETS]
    yield "targets.md", _matrix(found)
    for each in found:
        yield f"targets/{each.name}.md", _page(each)


def _matrix(found: list[Target]) -> str:
    can = [
        "| service | `--to` | a push makes | text part | preview text | reply-to | tags | pictures "
        "| checked |\n|---|---|---|---|---|---|---|---|---|\n"
    ]
    can += [
        f"| [{each.title}](targets/{each.name}.md) | `{each.name}` | {_made(each)} | "
        f"{_yes(each.takes_text)} | {_yes(each.takes_preview)} | {_yes(each.takes_reply_to)} | "
        f"{each.tags.value} | {'hosted or packed' if each.takes_images else 'hosted'} | {each.checked} |\n"
        for each in found
    ]
    says = [
        "\n| service | name | fallbacks | own fields | unsubscribe | preferences | web view | postal address "
        "| demands | HTML at most |\n|---|---|---|---|---|---|---|---|---|---|\n"
    ]
    says += [
        f"| {each.title} | {_names(each)} | {_yes(bool(each.dialect.tags['first_name'].otherwise))} | "
        f"{_yes(each.dialect.custom is not None)} | {_has(each, 'unsubscribe_url')} | "
        f"{_has(each, 'preferences_url')} | {_has(each, 'web_url')} | {_has(each, 'postal_address')} | "
        f"{_demands(each)} | {f'{each.limit // 1000} KB' if each.limit else 'not documented'} |\n"
        for each in found
    ]
    note = (
        "Where it says *ours*, the service has no such field, and the address from `newsletter.toml`, "
        "or the issue's own page, stands in."
    )
    return "".join([ALL, *can, *says, "\n", textwrap.fill(note, 100), "\n"])


def _page(target: Target) -> str:
    own = target.dialect.tag("city", {})
    fields = [
        f"| `{name}` | {_tag(tag.plain)} | {_fallback(tag)} | {_parts(tag)} |\n"
        for name, tag in target.dialect.tags.items()
    ]
    if own:
        fields.append(
            f"| `city`, say, of your own | {_tag(own.plain)} | {_fallback(own)} | {_parts(own)} |\n"
        )
    parts = [
        f"# {target.title}\n\nMade from `pipeline/export/targets/{target.name}.py` by "
        "`python docs/reference.py`; do not edit.\n",
        f"\n## Once\n\n{_numbered(target.before)}" if target.before else "",
        f"\n## By hand\n\n```sh\npressroom export latest --to {target.name}\n```\n\n",
        _numbered(target.steps),
        _pushing(target, target.push) if target.push else "",
        "\n## Merge fields\n\n| field | without a fallback | with one | where |\n|---|---|---|---|\n",
        *fields,
        "\nA field that is called otherwise there:\n\n"
        f'```toml\n[targets.{target.name}]\nfields = {{ city = "TOWN" }}\n```\n'
        if own
        else f"\n{target.title} has no fields of your own.\n",
        _limits(target),
        f"\n## Not found in the documentation\n\nKnown from use, so look at the draft before it is sent:\n\n"
        f"{''.join(f'- {each}{chr(10)}' for each in target.unverified)}"
        if target.unverified
        else "",
        f"\n## Sources\n\nChecked on {target.checked} against:\n\n",
        *(f"- <{each}>\n" for each in target.documentation),
    ]
    return "".join(parts)


def _pushing(target: Target, push: PushMethod) -> str:
    settings = known_settings(target)
    example = "".join(
        f"{each.name} = {_example(each)}\n"
        for each in settings
        if each.required or each in target.settings[:2]
    )
    keys = "".join(f"export {name}=…\n" for name in push.keys)
    rows = "".join(
        f"| `{each.name}` | {each.kind.value} | {_yes(each.required)} | {each.what} |\n" for each in settings
    )
    kept = (
        "A template is sent by whatever sends your mail: a push only stores it.\n" if _stores(target) else ""
    )
    toml = f"```toml\n[targets.{target.name}]\n{example}```\n\n" if example else ""
    return (
        f"\n## By a push\n\n{toml}```sh\n{keys}pressroom export latest --to {target.name} --push\n```\n\n"
        + textwrap.fill(
            f"A {push.draft} stands there afterwards, and nothing is sent to readers. A second push changes "
            f"the same one. {kept}{_optional(push)}The key may stand in the system's keyring instead: "
            f"`keyring set pressroom {push.keys[0]}`.",
            100,
        )
        + f"\n\n| setting | holds | needed | what it is |\n|---|---|---|---|\n{rows}"
        + f"\n`timeout` is {TIME_LIMIT:g} where it is not said. What differs for an audience stands under\n"
        f"`[targets.{target.name}.audiences.NAME]`.\n"
    )


def _optional(push: PushMethod) -> str:
    return f"`{push.optional[0]}` is used where it is set. " if push.optional else ""


def _stores(target: Target) -> bool:
    return target.push is not None and target.push.draft == "template"


def _limits(target: Target) -> str:
    absent = {
        "a text part of its own": not target.takes_text,
        "the preview text, which the HTML has at its head": not target.takes_preview,
        "a reply-to address": not target.takes_reply_to,
    }
    lines = [f"It takes no {name}." for name, missing in absent.items() if missing]
    lines = [line.replace("no the", "no field for the").replace("no a ", "no ") for line in lines]
    if target.loses:
        lines.append(f"It {target.loses}.")
    if target.demands:
        lines.append(f"Without {_demands(target)} in the email the export is refused.")
    if not target.dialect.literal and target.takes_text:
        lines.append("Text that looks like one of its tags is refused in subjects and text parts.")
    if target.limit:
        lines.append(f"The HTML may have {target.limit // 1000} KB.")
    return f"\n## Limits\n\n{''.join(f'- {line}{chr(10)}' for line in lines)}" if lines else ""


def _numbered(steps: tuple[str, ...]) -> str:
    return "".join(
        textwrap.fill(f"{number}. {step}", 100, subsequent_indent="   ", break_on_hyphens=False) + "\n"
        for number, step in enumerate(steps, 1)
    )


def _made(target: Target) -> str:
    return target.push.draft if target.push else "nothing"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _names(target: Target) -> str:
    found = [
        name.removesuffix("_name") for name in ("first_name", "last_name") if name in target.dialect.tags
    ]
    return ", ".join([*found, *(["whole"] if "name" in target.dialect.tags else [])])


def _has(target: Target, name: str) -> str:
    return "yes" if name in target.dialect.tags else "ours"


def _demands(target: Target) -> str:
    return ", ".join(f"`{each}`" for each in target.demands) or "nothing"


def _tag(written: str) -> str:
    return f"`{written}`".replace("|", "\\|") if written else "none"


def _fallback(tag: FieldTag) -> str:
    return _tag(tag.otherwise.replace("{fallback}", "there")) if tag.otherwise else "refused"


def _parts(tag: FieldTag) -> str:
    return "everywhere" if tag.parts == frozenset(MessagePart) else "HTML and text part"


def _example(setting: TargetSetting) -> str:
    return {
        SettingType.TEXT: '"…"',
        SettingType.NUMBER: "1",
        SettingType.TEXTS: '["…"]',
        SettingType.NUMBERS: "[1]",
    }[setting.kind]
