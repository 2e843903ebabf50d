"""The pages of the services, made from the targets: `targets.md` for all, `targets/NAME.md` for each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pipeline.export.client import TIME_LIMIT
from pipeline.export.dialect import FieldTag, MessagePart
from pipeline.export.push_method import PushMethod
from pipeline.export.target import Target
from pipeline.export.target_settings import known_settings
from pipeline.export.targets import find
from pipeline.model import TARGETS

ALL = """\
# Every target

Made from the targets by `python docs/reference.py`; do not edit. How an issue is exported is
described under [Exporting](exporting.md#for-a-service), and how a service is added in
[Adding a service](adding-a-service.md).

[Merge fields](merge-fields.md) are written once, in neutral form; each service gets its own tags,
fallback included. Text in an article that looks like a merge tag stays text: in HTML it is written
with character references, in text parts and subjects as literal text of the service's language.
What a service cannot express is refused, with the file and the line.

`checked` is the day on which a target's facts were last compared with the service's documentation.
Each page lists what was not found there.

"""


def pages() -> Iterator[tuple[str, str]]:
    """Each page's path below `docs/`, and its text."""
    targets = [find(name) for name in TARGETS]
    yield "targets.md", _matrix(targets)
    for target in targets:
        yield f"targets/{target.name}.md", _page(target)


def _matrix(targets: list[Target]) -> str:
    services = [
        "| service | `--to` | a push makes | text part | preview text | reply-to | tags | pictures "
        "| checked |\n|---|---|---|---|---|---|---|---|---|\n"
    ]
    services += [
        f"| [{each.title}](targets/{each.name}.md) | `{each.name}` | "
        f"{each.push.draft} | {_yes(each.takes_text)} | "
        f"{_yes(each.takes_preview)} | {_yes(each.takes_reply_to)} | "
        f"{each.tags.value} | {'hosted or packed' if each.takes_images else 'hosted'} | {each.checked} |\n"
        for each in targets
    ]
    dialects = [
        "\n| service | name | fallbacks | own fields | unsubscribe | preferences | web view | postal address "
        "| requires | HTML at most |\n|---|---|---|---|---|---|---|---|---|---|\n"
    ]
    dialects += [
        f"| {each.title} | {_names(each)} | {_yes(bool(each.dialect.tags['first_name'].with_fallback))} | "
        f"{_yes(each.dialect.custom is not None)} | {_has(each, 'unsubscribe_url')} | "
        f"{_has(each, 'preferences_url')} | {_has(each, 'web_url')} | {_has(each, 'postal_address')} | "
        f"{_requires(each)} | {f'{each.limit // 1000} KB' if each.limit else 'not documented'} |\n"
        for each in targets
    ]
    note = (
        "Where it says *ours*, the service has no such field, and the address from `newsletter.toml`, "
        "or the issue's own page, stands in."
    )
    return "".join([ALL, *services, *dialects, "\n", textwrap.fill(note, 100), "\n"])


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
        f"\n## Once\n\n{_numbered(target.setup)}" if target.setup else "",
        f"\n## By hand\n\n```sh\npressroom export latest --to {target.name}\n```\n\n",
        _numbered(target.steps),
        _pushing(target),
        "\n## Merge fields\n\n| field | without a fallback | with one | where |\n|---|---|---|---|\n",
        *fields,
        _within_address(target),
        "\nA field that has another name there:\n\n"
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


def _pushing(target: Target) -> str:
    push = target.push
    settings = known_settings(target)
    example = "".join(
        f"{each.name} = {each.kind.example}\n"
        for each in settings
        if each.required or each in target.settings[:2]
    )
    keys = "".join(f"export {name}=…\n" for name in push.keys)
    rows = "".join(
        f"| `{each.name}` | {each.kind.value} | {_yes(each.required)} | {each.what} |\n" for each in settings
    )
    template = push.draft == "template"
    stored = "A template is sent by whatever sends your mail: a push only stores it.\n" if template else ""
    toml = f"```toml\n[targets.{target.name}]\n{example}```\n\n" if example else ""
    return (
        f"\n## By a push\n\n{toml}```sh\n{keys}pressroom export latest --to {target.name} --push\n```\n\n"
        + textwrap.fill(
            f"This makes a {push.draft}, and nothing is sent to readers. A second push changes the same one. "
            f"{stored}{_optional(push)}The key may be in the system's keyring instead: "
            f"`keyring set pressroom {push.keys[0]}`.",
            100,
        )
        + f"\n\n| setting | type | needed | what it is |\n|---|---|---|---|\n{rows}"
        + f"\n`timeout` is {TIME_LIMIT:g} if it is not set. Settings of one audience are under\n"
        f"`[targets.{target.name}.audiences.NAME]`.\n"
    )


def _optional(push: PushMethod) -> str:
    return f"`{push.optional[0]}` is used if it is set. " if push.optional else ""


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
    if target.requires:
        lines.append(f"Without {_requires(target)} in the email the export is refused.")
    if not target.dialect.literal and target.takes_text:
        lines.append("Text that looks like one of its tags is refused in subjects and text parts.")
    if target.tracking:
        lines.append(f"How to switch off its counting of opens and clicks. {target.tracking}")
    if target.limit:
        lines.append(f"The HTML may have {target.limit // 1000} KB.")
    return f"\n## Limits\n\n{''.join(f'- {line}{chr(10)}' for line in lines)}" if lines else ""


def _numbered(steps: tuple[str, ...]) -> str:
    return "".join(
        textwrap.fill(f"{number}. {step}", 100, subsequent_indent="   ", break_on_hyphens=False) + "\n"
        for number, step in enumerate(steps, 1)
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _names(target: Target) -> str:
    words = {"first_name": "first", "last_name": "last", "name": "whole"}
    return ", ".join(word for name, word in words.items() if name in target.dialect.tags)


def _has(target: Target, name: str) -> str:
    return "yes" if name in target.dialect.tags else "ours"


def _requires(target: Target) -> str:
    return ", ".join(f"`{each}`" for each in target.requires) or "nothing"


def _tag(written: str) -> str:
    return f"`{written}`".replace("|", "\\|") if written else "none"


def _within_address(target: Target) -> str:
    tag = target.dialect.address_tag("email", {})
    if tag is None:
        return (
            f"\nA field within an address is refused: {target.title} documents no way to percent-encode it.\n"
        )
    return f"\nWithin an address `email` is {_tag(tag.plain)}, so that the value is percent-encoded.\n"


def _fallback(tag: FieldTag) -> str:
    return _tag(tag.with_fallback.replace("{fallback}", "there")) if tag.with_fallback else "refused"


def _parts(tag: FieldTag) -> str:
    return "everywhere" if tag.parts == frozenset(MessagePart) else "HTML and text part"
