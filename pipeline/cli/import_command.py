"""`import`: foreign writing into the pool."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pipeline.cli import terminal
from pipeline.cli.options import MomentType, complete_tag, json_option, moment, now_option, workspace_of
from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from pipeline.importers.run import Import, Item
    from pipeline.workspace import Workspace


def _complete_form(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from pipeline.importers.forms import IMPORTERS

    return [
        CompletionItem(each.NAME, help=each.DESCRIPTION)
        for each in IMPORTERS
        if each.NAME.startswith(incomplete)
    ]


@click.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--title", default="", help="The article's title, where there is one article.")
@click.option(
    "--tag", "tags", multiple=True, shell_complete=complete_tag, help="One beside the source's tags."
)
@click.option("--date", "dated", type=MomentType(), help="The date, instead of the source's.")
@click.option("--author", "authors", multiple=True, help='Who wrote it; "Name, role" gives both.')
@click.option("--base-url", default="", help="What addresses like /about are relative to.")
@click.option("--form", shell_complete=_complete_form, help="Take every source for this form.")
@click.option("--update", is_flag=True, help="Take what has changed in a source, without asking.")
@click.option("--overwrite", is_flag=True, help="With --update: also where the article was edited by hand.")
@click.option("--no-fetch", is_flag=True, help="Fetch no pictures from the web.")
@click.option("--allow-private", is_flag=True, help="Fetch from private networks and this machine too.")
@click.option("--dry-run", is_flag=True, help="Show the articles and what is left out; write nothing.")
@json_option
@now_option
@click.pass_context
def import_(ctx: click.Context, /, sources: tuple[str, ...], **options: Any) -> None:
    """Bring foreign writing into the pool as clean articles.

    SOURCE is a file, a folder, an address, or - for standard input: Markdown of any content system, text,
    HTML, a feed, .docx, or an email as .eml. What an article does not take over stands in a sidecar beside
    it (.import.json) with the reason. Imported again, a source changes nothing; one that has changed shows
    the difference and asks.

    \b
    Examples:
      pressroom import old-site/content --dry-run
      pressroom import old-site/content --base-url https://old.example
      pressroom import https://example.org/feed.xml --tag elsewhere
      pressroom import letter.docx interview.txt --author "Jane Doe, editor"
      pbpaste | pressroom import - --title "The glutamate switch"
    """
    from pipeline.importers.gather import named

    workspace = workspace_of(ctx)
    errors: list[PressroomError] = []
    passed: list[str] = []
    try:
        found = named(sources, workspace.files, passed, errors)
        if options["title"] and len(found) > 1:
            raise click.UsageError("--title goes with one source.")
        run = _run(workspace, options)
        for source in terminal.progress(found, "Importing"):
            try:
                run.take(source)
            except PressroomError as error:
                errors.append(error)
        items = run.settle(errors)
    except RecursionError as error:
        raise PressroomError("a source is nested too deeply.") from error
    done = _write(run, items, sources, options)
    if options["as_json"]:
        terminal.as_json(_json(items, done, passed, errors, options["dry_run"]))
    else:
        _show(items, done, passed, options["dry_run"])
    if errors:
        terminal.mistakes(errors)
        ctx.exit(1)


def _run(workspace: Workspace, options: dict[str, Any]) -> Import:
    from pipeline import __version__
    from pipeline.importers.finish import Given
    from pipeline.importers.pictures import Pictures
    from pipeline.importers.run import Import as Run
    from pipeline.model import Author
    from pipeline.support.http import SafeClient

    dated: datetime | None = options["dated"]
    authors = tuple(
        Author(name.strip(), role.strip())
        for name, _, role in (each.partition(",") for each in options["authors"])
    )
    day = dated.date() if dated and dated.time() == datetime.min.time() and not dated.tzinfo else dated
    given = Given(options["title"], options["tags"], day, authors, options["base_url"])
    home = workspace.files.publication.base_url
    web = SafeClient(f"Pressroom/{__version__} (import; +{home})", options["allow_private"])
    now = moment(options["now"], workspace.files.zone)
    return Run(
        workspace, given, Pictures(web, not options["no_fetch"]), sys.stdin.buffer.read, now, options["form"]
    )


def _write(run: Import, items: Sequence[Item], sources: Sequence[str], options: dict[str, Any]) -> list[Item]:
    """Write what is new, and what has changed where that is wanted; gives the items written."""
    from pipeline.importers.run import State

    if options["dry_run"]:
        return []
    done = []
    for item in items:
        wanted = item.state is State.NEW
        if item.state in (State.CHANGED, State.EDITED):
            wanted = options["update"] and (item.state is State.CHANGED or options["overwrite"])
            if not wanted and not options["as_json"] and "-" not in sources:
                wanted = _asked(item, options["update"])
        if wanted:
            run.write(item)
            done.append(item)
    return done


def _asked(item: Item, update: bool) -> bool:
    from pipeline.importers.run import State

    edited = item.state is State.EDITED
    terminal.message(item.diff)
    what = "changed in its source, and was edited by hand since it was imported" if edited else "has changed"
    terminal.message(f"{item.path} {what}.")
    try:
        return click.confirm(
            "Take the source's text, and lose the edits?" if edited else "Take it?", err=True
        )
    except click.Abort:  # nobody is there to answer
        terminal.message("")
        hint = "--update --overwrite takes it" if edited else "--update takes it"
        terminal.message(f"{item.path}: left as it is; {hint}.")
        return False


# --- the report ------------------------------------------------------------------------------------


def _show(items: Sequence[Item], done: Sequence[Item], passed: Sequence[str], dry_run: bool) -> None:
    from pipeline.importers.run import State, counted

    for item in items:
        waits = item.state in (State.CHANGED, State.EDITED) and item not in done and not dry_run
        state = f"{item.state.value}{', left as it is' if waits else ''}"
        terminal.result(f"{item.path}  {state}  (from {item.material.name}, {item.importer.NAME})")
        if item.state is State.GONE:
            terminal.result(f"    deleted since; to bring it again, delete {item.record.sidecar}")
        if not item.text or waits:
            continue
        for each in item.draft.inferred:
            terminal.result(f"    inferred {each.field}: {each.value} ({each.why})")
        if item.pictures:
            terminal.result(
                f"    with {terminal.count(len(item.pictures), 'picture')}: {', '.join(item.pictures)}"
            )
        left = item.draft.left
        if left and not dry_run:
            terminal.result(
                f"    left out: {terminal.count(len(left), 'part')}, kept in {item.record.sidecar}"
            )
        if dry_run:
            for part in left:
                line = f"line {part.line}: " if part.line else ""
                terminal.result(f"    left out: {line}{_short(part.text)} ({part.reason})")
            text = item.diff if item.diff else item.text
            terminal.result(
                "\n" + "\n".join(f"  | {line}".rstrip() for line in text.rstrip().split("\n")) + "\n"
            )
    for name in passed:
        terminal.message(f"{name}: passed over, no form that can be imported")
    counts = ", ".join(f"{number} {state.value}" for state, number in counted(items).items())
    if items:
        terminal.message(
            f"\n{terminal.count(len(items), 'article')}: {counts}." + (" Nothing was written." * dry_run)
        )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f'"{words if len(words) <= 70 else words[:69] + "…"}"'


def _json(
    items: Sequence[Item],
    done: Sequence[Item],
    passed: Sequence[str],
    errors: Sequence[PressroomError],
    dry_run: bool,
) -> dict[str, Any]:
    from dataclasses import asdict

    from pipeline.errors import flatten

    articles = []
    for item in items:
        entry: dict[str, Any] = {
            "path": item.path,
            "state": item.state.value,
            "written": item in done,
            "source": item.material.name,
            "form": item.importer.NAME,
        }
        if item.text:
            entry["title"] = item.draft.title
            entry["inferred"] = [asdict(each) for each in item.draft.inferred]
            entry["left_out"] = [asdict(each) for each in item.draft.left]
            entry["pictures"] = list(item.pictures)
            entry["diff"] = item.diff
            if dry_run:
                entry["text"] = item.text
        articles.append(entry)
    mistakes = [single for error in errors for single in flatten(error)]
    return {
        "articles": articles,
        "passed_over": list(passed),
        "errors": [
            {"message": each.message, "path": each.path, "line": each.line, "hint": each.hint}
            for each in mistakes
        ],
    }
