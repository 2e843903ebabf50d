"""Writes `docs/commands.md` from the help texts, `checks.md` from the rules, `targets.md` from the targets.

With `--check` it writes nothing, and fails where one is out of date.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.checks.rules import EXPLAINED
from pipeline.cli import main
from pipeline.export.dialect import Part, Tag
from pipeline.export.target import Target
from pipeline.export.targets import find
from pipeline.model import TARGETS

FOLDER = Path(__file__).parent

COMMANDS = """\
# Every command

Made from the help texts by `python docs/reference.py`; do not edit.

- stdout is the result, stderr is progress and messages; `--json` on everything that reports.
- Exit code 0: done. 1: findings at error level, or a failure. 2: wrong usage.
"""

CHECKS = """\
# Every rule

Made from the rules by `python docs/reference.py`; do not edit. How to run them, and how to set one
aside, is in [Checking an issue](checking.md).

"""


SERVICES = """\
# Every target

Made from the targets by `python docs/reference.py`; do not edit. How an issue is exported is told
under [Exporting](exporting.md#for-a-service).

[Merge fields](merge-fields.md) are written once, in neutral form; each service gets its own words,
fallback included. What only looks like a merge tag in an article stays text: in HTML it is written
with references, in text parts and subjects as the service's language writes literal text. What
cannot be said is refused, with the file and the line.

"""


def targets() -> str:
    """What each target can do, and what an editor does there, as Markdown."""
    found = [find(name) for name in TARGETS]
    rows = "".join(
        f"| [{each.title}](#{each.title.lower()}) | `{each.name}` | {_yes(each.takes_text)} | "
        f"{_yes(each.takes_preview)} | {_yes(each.dialect.literal is not None)} | {_demands(each)} | "
        f"{f'{each.limit // 1000} KB' if each.limit else 'not documented'} | {each.checked} |\n"
        for each in found
    )
    head = (
        "| service | `--to` | text part | preview text | braces in subjects "
        "| demands | HTML at most | checked |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    return "".join([SERVICES, head, rows, *map(_service, found)])


def _service(target: Target) -> str:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(target.steps, 1))
    tags = dict(target.dialect.tags)
    fields = "".join(
        f"| `{name}` | {_tag(tag.plain)} | {_fallback(tag)} | {_parts(tag)} |\n" for name, tag in tags.items()
    )
    own = target.dialect.tag("city", {})
    if own:
        fields += f"| `city`, say, of your own | {_tag(own.plain)} | {_fallback(own)} | {_parts(own)} |\n"
    unverified = "".join(f"- {each}\n" for each in target.unverified)
    parts = [
        f"\n## {target.title}\n\n```\npressroom export latest --to {target.name}\n```\n\n",
        "\n".join(textwrap.fill(each, 100, subsequent_indent="   ") for each in steps.split("\n")),
        "\n\n| field | without a fallback | with one | where |\n|---|---|---|---|\n",
        fields,
        f'\nA field that is called otherwise there: `fields = {{ city = "TOWN" }}` under '
        f"`[targets.{target.name}]`\nin `newsletter.toml`.\n"
        if own
        else "",
        f"\nKnown from use, and not found in the documentation:\n\n{unverified}" if unverified else "",
        f"\nChecked on {target.checked} against:\n\n"
        + "".join(f"- <{each}>\n" for each in target.documentation),
    ]
    return "".join(parts)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _demands(target: Target) -> str:
    return ", ".join(f"`{each}`" for each in target.demands) or "nothing"


def _tag(written: str) -> str:
    return f"`{written}`".replace("|", "\\|") if written else "none"


def _fallback(tag: Tag) -> str:
    return _tag(tag.otherwise.replace("{fallback}", "there")) if tag.otherwise else "refused"


def _parts(tag: Tag) -> str:
    return "everywhere" if tag.parts == frozenset(Part) else "HTML and text part"


def contexts(context: click.Context) -> Iterator[click.Context]:
    """The command's context and those of all commands below it, in the order of the help."""
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from contexts(click.Context(below, info_name=name, parent=context))


def commands() -> str:
    """Every command's help as Markdown."""
    root = click.Context(main, info_name="pressroom", max_content_width=88, terminal_width=88)
    parts = [COMMANDS]
    for context in contexts(root):
        parts.append(f"\n## {_path(context)}\n\n```text\n{context.get_help()}\n```\n")
    return "".join(parts)


def checks() -> str:
    """Every rule's explanation as Markdown."""
    rows = "".join(f"| [{r.code}](#{r.code.lower()}) | {r.severity} | {r.title} |\n" for r in EXPLAINED)
    parts = [CHECKS, "| code | severity | rule |\n|---|---|---|\n", rows]
    for rule in EXPLAINED:
        paragraphs = (f"**{rule.title}** ({rule.severity}).", rule.why, rule.remedy)
        wrapped = "\n\n".join(textwrap.fill(each, 100, break_on_hyphens=False) for each in paragraphs)
        parts.append(f"\n## {rule.code}\n\n{wrapped}\n\nRests on: {rule.source}\n")
    return "".join(parts)


def _path(context: click.Context) -> str:
    return f"{_path(context.parent)} {context.info_name}" if context.parent else str(context.info_name)


if __name__ == "__main__":
    for name, text in (("commands.md", commands()), ("checks.md", checks()), ("targets.md", targets())):
        target = FOLDER / name
        if "--check" not in sys.argv[1:]:
            target.write_text(text, encoding="utf-8")
        elif not target.is_file() or target.read_text(encoding="utf-8") != text:
            sys.exit(f"{target} is out of date: run python docs/reference.py")
