"""`import`: bring foreign writing into the pool."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pipeline.cli import terminal
from pipeline.cli.options import MomentType, complete_tag, json_option, now_option, time_or_now, workspace_of

if TYPE_CHECKING:
    from pipeline.actions.add_links import AddedLink
    from pipeline.actions.import_sources import PreparedImport
    from pipeline.errors import PressroomError
    from pipeline.importers.run import Item


def _complete_form(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from pipeline.importers.forms import IMPORTERS

    return [
        CompletionItem(each.NAME, help=each.DESCRIPTION)
        for each in IMPORTERS
        if each.NAME.startswith(incomplete)
    ]


@click.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--title", default="", help="The article's title; for a source with one article.")
@click.option(
    "--tag", "tags", multiple=True, shell_complete=complete_tag, help="A tag besides the source's own."
)
@click.option("--date", type=MomentType(), help="The date, instead of the source's.")
@click.option("--author", "authors", multiple=True, help='The author: "Name" or "Name, role".')
@click.option("--base-url", default="", help="The site that addresses like /about belong to.")
@click.option("--form", shell_complete=_complete_form, help="Read every source as this form.")
@click.option("--pages", is_flag=True, help="Bring the pages of a site too, and not its posts alone.")
@click.option("--update", is_flag=True, help="Take what has changed in a source, without asking.")
@click.option("--overwrite", is_flag=True, help="With --update: also where the article was edited by hand.")
@click.option("--no-fetch", is_flag=True, help="Fetch no images from the web.")
@click.option("--allow-private", is_flag=True, help="Also fetch from private networks and this machine.")
@click.option("--dry-run", is_flag=True, help="Show the articles and what is left out; write nothing.")
@json_option
@now_option
@click.pass_context
def import_(ctx: click.Context, /, sources: tuple[str, ...], **options: Any) -> None:
    """Bring foreign writing into the pool as clean articles.

    SOURCE is a file, a folder, a .zip, an address, or - for standard input: Markdown of any content system,
    text, HTML, a feed, .docx, an email as .eml, or an export of WordPress, Squarespace, Ghost, Substack,
    Medium, Blogger, Notion, beehiiv or Buttondown. What is left out of an article is kept in a sidecar
    beside it (.import.json), with the reason. Importing an unchanged source again changes nothing; for a
    changed one, the difference is shown before you decide.

    A list of links becomes link items in issues/links: a browser's or a service's bookmarks (.html, RSS),
    OPML, CSV or TSV with a header, or Markdown with nothing but links in lists.

    \b
    Examples:
      pressroom import old-site/content --dry-run
      pressroom import old-site/content --base-url https://old.example
      pressroom import https://example.org/feed.xml --tag elsewhere
      pressroom import letter.docx interview.txt --author "Jane Doe, editor"
      pressroom import substack-export.zip --dry-run
      pressroom import bookmarks.html reading.csv
      pbpaste | pressroom import - --title "The glutamate switch"
    """
    from pipeline.actions.import_sources import ImportRequest, prepare_import, write_links

    workspace = workspace_of(ctx)
    request = ImportRequest(
        sources,
        fetch=not options["no_fetch"],
        **{name: options[name] for name in _REQUEST_OPTIONS},
    )
    watch = partial(terminal.progress, what="Importing")
    now = time_or_now(options["now"], workspace.files.zone)
    prepared = prepare_import(workspace, request, now, sys.stdin.buffer.read, watch)
    written = [] if options["dry_run"] else _write(prepared, sources, options)
    errors = list(prepared.errors)
    added = () if options["dry_run"] else write_links(workspace, prepared, now, errors)
    if options["as_json"]:
        terminal.print_json(_json(prepared, written, errors, options["dry_run"]))
    else:
        _show(prepared, written, options["dry_run"])
        _show_links(prepared, added)
    if errors:
        terminal.show_mistakes(errors)
    if prepared.stopped:
        terminal.message("You stopped the import. Import the same again to go on.")
    if errors or prepared.stopped:
        ctx.exit(1)


_REQUEST_OPTIONS = ("title", "tags", "date", "authors", "base_url", "form", "allow_private", "pages")


def _write(prepared: PreparedImport, sources: Sequence[str], options: dict[str, Any]) -> list[Item]:
    """Write what is new, and what has changed if the user wants it. Returns the items written."""
    from pipeline.actions.import_sources import replaces
    from pipeline.importers.run import State

    update = options["update"]
    may_ask = not options["as_json"] and "-" not in sources
    written = []
    for item in prepared.items:
        wanted = replaces(item, update=update, overwrite=options["overwrite"])
        if not wanted and may_ask and item.state in (State.CHANGED, State.EDITED):
            wanted = _confirm(item)
        if wanted:
            prepared.run.write(item)
            written.append(item)
    return written


def _confirm(item: Item) -> bool:
    """Show the difference, and ask whether to take it."""
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
        option = "--update --overwrite" if edited else "--update"
        terminal.message(f"\n{item.path}: left as it is; {option} takes it.")
        return False


# --- the report ------------------------------------------------------------------------------------


def _show(prepared: PreparedImport, written: Sequence[Item], dry_run: bool) -> None:
    from pipeline.importers.run import State, counted

    for item in prepared.items:
        kept = item.state in (State.CHANGED, State.EDITED) and item not in written and not dry_run
        state = f"{item.state.value}{', left as it is' if kept else ''}"
        terminal.result(f"{item.path}  {state}  (from {item.material.name}, {item.importer.NAME})")
        if item.state is State.GONE:
            terminal.result(f"    deleted since; to import it again, delete {item.record.sidecar}")
        if item.text and not kept:
            _show_article(item, dry_run)
    for name in prepared.skipped:
        terminal.message(f"{name}: skipped, it has no form that can be imported")
    for reason, number in prepared.omitted.items():
        terminal.message(f"left out: {number}, {reason}")
    if prepared.items:
        counts = ", ".join(f"{number} {state.value}" for state, number in counted(prepared.items).items())
        articles = terminal.count(len(prepared.items), "article")
        drafts = sum(item.draft.draft for item in prepared.items if item.text)
        among = f"; {terminal.count(drafts, 'draft')} among them" if drafts else ""
        terminal.message(f"\n{articles}: {counts}{among}." + " Nothing was written." * dry_run)


def _show_article(item: Item, dry_run: bool) -> None:
    for each in item.draft.inferred:
        terminal.result(f"    inferred {each.field}: {each.value} ({each.why})")
    if item.pictures:
        images = terminal.count(len(item.pictures), "picture")
        terminal.result(f"    with {images}: {', '.join(item.pictures)}")
    left_out = item.draft.left
    if left_out and not dry_run:
        parts = terminal.count(len(left_out), "part")
        terminal.result(f"    left out: {parts}, kept in {item.record.sidecar}")
    if dry_run:
        for part in left_out:
            line = f"line {part.line}: " if part.line else ""
            words = " ".join(part.text.split())
            short = words if len(words) <= 70 else f"{words[:69]}…"
            terminal.result(f'    left out: {line}"{short}" ({part.reason})')
        text = (item.diff or item.text).rstrip()
        terminal.result("\n" + "\n".join(f"  | {line}".rstrip() for line in text.split("\n")) + "\n")


def _show_links(prepared: PreparedImport, added: Sequence[AddedLink]) -> None:
    for link in added:
        terminal.result(f"{link.item.place}  {link.item.title}")
    if not added:
        for request in prepared.links:
            terminal.result(f"{request.url}  {request.title}")
    if prepared.links or prepared.known_links:
        known = f", {prepared.known_links} known already" if prepared.known_links else ""
        terminal.message(f"\n{terminal.count(len(prepared.links), 'new link')}{known}.")


def _json(
    prepared: PreparedImport, written: Sequence[Item], errors: Sequence[PressroomError], dry_run: bool
) -> dict[str, Any]:
    from dataclasses import asdict

    from pipeline.errors import flatten

    articles = []
    for item in prepared.items:
        entry: dict[str, Any] = {
            "path": item.path,
            "state": item.state.value,
            "written": item in written,
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
    return {
        "articles": articles,
        "links": [{"url": each.url, "title": each.title, "tags": list(each.tags)} for each in prepared.links],
        "known_links": prepared.known_links,
        "omitted": dict(prepared.omitted),
        "passed_over": list(prepared.skipped),
        "errors": [each.values for error in errors for each in flatten(error)],
    }
