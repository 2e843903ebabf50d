"""The check stage: each edition with all that is made of it, and the feeds, handed to the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pipeline.actions.press import compose, make_press, render, templates_of
from pipeline.checks.context import CheckContext, linked_addresses
from pipeline.checks.feed_context import feed_context
from pipeline.checks.rule import Rule
from pipeline.checks.runner import CheckResult
from pipeline.checks.runner import run_feed_rules as run_feed_rules
from pipeline.checks.runner import run_rules as run_rules
from pipeline.checks.size_budget import make_budget
from pipeline.compose import Composer
from pipeline.export.bundle import ImageMode
from pipeline.model import Finding, Issue
from pipeline.render.email.message import build_message
from pipeline.render.feeds.feed_list import build_feeds
from pipeline.render.site.pages import site_parts
from pipeline.support.urls import is_feed_file
from pipeline.workspace import Workspace, ready


def check(
    workspace: Workspace,
    issues: Iterable[Issue],
    rules: Sequence[Rule[CheckContext]],
    watch: Callable[[Iterable[Issue]], Iterable[Issue]] = iter,
    complete: Callable[[CheckContext], CheckContext] = lambda subject: subject,
) -> tuple[CheckResult, ...]:
    """Run these rules over each edition of these issues.

    `complete` adds to a subject what only the world outside knows, where an editor asked for it.
    Raises the mistakes of all issues at once, as a build does: rules look at finished artefacts.
    """
    return tuple(
        run_rules(complete(subject), rules)
        for issue in watch(issues)
        for subject in subjects(workspace, issue)
    )


def subjects(workspace: Workspace, issue: Issue) -> Iterator[CheckContext]:
    """Each edition of an issue with all that is made of it, for the checks."""
    composer = Composer(workspace.files, workspace.pool)
    composed = compose(workspace, [issue], composer)
    press = make_press(workspace, composer, ImageMode.HOSTED)
    before = linked_addresses(workspace.assembler.earlier_texts(issue))
    carried = {slug for slug in press.carriers if slug in workspace.pool}
    for assembled, editions in composed:
        carried |= {article.slug for edition in assembled.editions for article in edition.articles}
        pages = {slug for slug in carried if composer.url_of(workspace.pool[slug])}
        noticed = (*workspace.assembler.stale_rules(issue), *composer.dead_links_of(assembled, pages))
        for edition in editions:
            rendered = render(press, edition)
            sizes = {image.url: len(composer.images.data(image)) for image in rendered.images}
            yield CheckContext(
                publication=composer.publication,
                edition=edition,
                rendered=rendered,
                message=build_message(rendered, composer.publication, edition),
                budget=make_budget(edition, rendered.html, lambda each: render(press, each).html, sizes),
                image_sizes=sizes,
                linked_before=before,
                theme=press.templates.sources("email/"),
                noticed=noticed,
            )


def check_feeds(workspace: Workspace, now: datetime, before: Path) -> tuple[int, tuple[Finding, ...]]:
    """Run the rules on the feeds that would be built; nothing is written. Gives how many there are, too.

    `before` is a folder with the site of an earlier build, or with its feeds alone; where it has none,
    nothing is compared.
    """
    composer = Composer(workspace.files, workspace.pool)
    published = composer.published(compose(workspace, ready(workspace.issues), composer), now)
    made = {each.path: each.data for each in build_feeds(published)}
    earlier = {
        file.relative_to(before).as_posix(): file.read_bytes()
        for file in sorted(before.rglob("*"))
        if is_feed_file(file.name) and file.is_file()
    }
    # The index page comes first; the workspace may have a template of its own for it.
    (index, *_) = site_parts(published, templates_of(workspace.files))[0]()
    subject = feed_context(published, now, made, earlier, index.data.decode())
    return len(subject.documents), run_feed_rules(subject)
