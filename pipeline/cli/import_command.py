"""`import`: bring foreign writing into the pool."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pipeline.cli import terminal
from pipeline.cli.options import (
    MomentType,
    complete_tag,
    json_option,
    now_option,
    spelt_tags,
    time_or_now,
    workspace_of,
)

if TYPE_CHECKING:
    from pipeline.actions.add_links import AddedLink, LinkRequest
    from pipeline.actions.import_sources import ImportRun
    from pipeline.importers.item import Item, ItemState
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
@click.option("--title", default="", help="The article's title; for a source with one article.")
@click.option(
    "--tag", "tags", multiple=True, shell_complete=complete_tag, help="A tag besides the source's own."
)
@click.option("--date", type=MomentType(), help="The date, instead of the source's.")
@click.option("--author", "authors", multiple=True, help='The author: "Name" or "Name, role".')
@click.option("--base-url", default="", help="The site that addresses like /about belong to.")
@click.option(
    "--form", shell_complete=_complete_form, help="Read every source as this form, such as html or text."
)
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
    Medium, Blogger, Notion, Mailchimp, beehiiv or Buttondown. What is left out of an article is kept in a
    sidecar beside it (.import.json), with the reason. Importing an unchanged source again changes nothing;
    for a changed one, the difference is shown before you decide.

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
    from pipeline.actions.import_sources import ImportRequest, ImportRun

    workspace = workspace_of(ctx)
    options["tags"] = spelt_tags(workspace, options["tags"])
    request = ImportRequest(
        sources,
        fetch=not options["no_fetch"],
        **{name: options[name] for name in _REQUEST_OPTIONS},
    )
    now = time_or_now(options["now"], workspace.files.zone)
    importing = ImportRun(workspace, request, now, sys.stdin.buffer.read)
    report = _Report(dry_run=options["dry_run"], as_json=options["as_json"])
    try:
        for item in importing.articles(partial(terminal.progress, what="Importing")):
            try:
                report.add(item, written=_write(importing, item, sources, options))
            except KeyboardInterrupt:
                importing.run.stop()
    except KeyboardInterrupt:
        importing.run.stop()
    links, known_links = importing.links()
    added = () if options["dry_run"] else importing.write_links(links)
    if options["as_json"]:
        terminal.print_json(
            {
                "articles": [entry for _, entry in sorted(report.entries, key=itemgetter(0))],
                "links": [{"url": each.url, "title": each.title, "tags": list(each.tags)} for each in links],
                "known_links": known_links,
                "omitted": dict(importing.run.omitted),
                "passed_over": importing.run.skipped,
                "warnings": [each.values for each in importing.run.warnings],
                "errors": [each.values for error in importing.run.errors for each in error.errors],
            }
        )
    else:
        report.summarize(importing)
        _show_links(workspace, links, known_links, added)
    terminal.show_mistakes(importing.run.warnings, as_warnings=True)
    terminal.show_mistakes(importing.run.errors)
    if importing.run.stopped:
        terminal.message("You stopped the import. Import the same again to go on.")
    if importing.run.errors or importing.run.stopped:
        ctx.exit(1)


_TAGS = 8
"""So many tags that no section takes are named."""

_REQUEST_OPTIONS = ("title", "tags", "date", "authors", "base_url", "form", "allow_private", "pages")


def _write(importing: ImportRun, item: Item, sources: Sequence[str], options: dict[str, Any]) -> bool:
    """Write an article that is new, or that has changed if the user wants it. Returns whether it did."""
    from pipeline.actions.import_sources import replaces
    from pipeline.importers.item import ItemState

    if options["dry_run"]:
        return False
    wanted = replaces(item, update=options["update"], overwrite=options["overwrite"])
    may_ask = not options["as_json"] and "-" not in sources and not importing.run.stopped
    if not wanted and may_ask and item.state in (ItemState.CHANGED, ItemState.EDITED):
        wanted = _confirm(item)
    if wanted:
        importing.run.write(item)
    return wanted


def _confirm(item: Item) -> bool:
    """Show the difference, and ask whether to take it."""
    from pipeline.importers.item import ItemState

    edited = item.state is ItemState.EDITED
    terminal.message(item.diff)
    what = "changed in its source, and was edited by hand since it was imported" if edited else "has changed"
    terminal.message(f"{item.path} {what}.")
    try:
        return click.confirm(
            "Take the source's text, and lose the edits?" if edited else "Take it?", err=True
        )
    except click.Abort as abort:
        if isinstance(abort.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from abort
        # Nobody is there to answer.
        option = "--update --overwrite" if edited else "--update"
        terminal.message(f"\n{item.path}: left as it is; {option} takes it.")
        return False


# --- the report ------------------------------------------------------------------------------------


@dataclass
class _Report:
    """Reports the articles, each as it comes; `entries` are for JSON, each with its place."""

    dry_run: bool
    as_json: bool
    counts: Counter[ItemState] = field(default_factory=Counter)
    drafts: int = 0
    entries: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def add(self, item: Item, *, written: bool) -> None:
        """Report an article."""
        from pipeline.importers.item import ItemState

        self.counts[item.state] += 1
        self.drafts += bool(item.text) and item.draft.draft
        if self.as_json:
            self.entries.append((item.number, _json(item, written, self.dry_run)))
            return
        kept = item.state in (ItemState.CHANGED, ItemState.EDITED) and not written and not self.dry_run
        state = f"{item.state.value}{', left as it is' if kept else ''}"
        terminal.result(f"{item.path}  {state}  (from {item.material.name}, {item.importer.NAME})")
        if item.state is ItemState.GONE:
            terminal.result(f"    deleted since; to import it again, delete {item.record.sidecar}")
        if item.text and not kept:
            _show_article(item, self.dry_run)

    def summarize(self, importing: ImportRun) -> None:
        """Show how many articles there are of each kind, and what was left out by reason."""
        for name in importing.run.skipped:
            why = "it has no form that can be imported"
            if name.lower().endswith((".csv", ".tsv")):
                why = "it is a table without posts; if it has your readers, `send --to` reads it as it is"
            terminal.message(f"{name}: skipped, {why}")
        for reason, number in importing.run.omitted.items():
            terminal.message(f"left out: {number:,}, {reason}")
        if self.counts:
            counts = ", ".join(f"{number:,} {state.value}" for state, number in self.counts.items())
            articles = terminal.count(self.counts.total(), "article")
            among = f"; {terminal.count(self.drafts, 'draft')} among them" if self.drafts else ""
            terminal.message(f"\n{articles}: {counts}{among}." + " Nothing was written." * self.dry_run)


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


def _show_links(
    workspace: Workspace, links: Sequence[LinkRequest], known_links: int, added: Sequence[AddedLink]
) -> None:
    """Show new links, how many there are already, and of how many no section takes a tag."""
    from pipeline.assemble.unplaced import wanted_tags

    for link in added:
        terminal.result(f"{link.item.place}  {link.item.title}")
    if not added:
        for request in links:
            tagged = f"  [{', '.join(request.tags)}]" if request.tags else ""
            terminal.result(f"{request.url}  {request.title}{tagged}")
    if links or known_links:
        known = f", {known_links} known already" if known_links else ""
        terminal.message(f"\n{terminal.count(len(links), 'new link')}{known}.")
    wanted = wanted_tags(workspace.files.publication, workspace.issues)
    if unplaced := [each.tags for each in links if wanted.isdisjoint(each.tags)]:
        tags = sorted({tag for each in unplaced for tag in each})
        named = ", ".join(tags[:_TAGS]) + ", …" * (len(tags) > _TAGS)
        have = f"{len(unplaced):,} of them {'has' if len(unplaced) == 1 else 'have'}"
        have = "It has" if len(links) == 1 else have
        which = f" that a section takes: {named}" if tags else ", and sections take links by their tags"
        terminal.message(f"{have} no tag{which}.")


def _json(item: Item, written: bool, dry_run: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "path": item.path,
        "state": item.state.value,
        "written": written,
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
    return entry
