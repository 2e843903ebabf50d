"""Check: the rules run over each edition with everything that is made of it. Nothing is rendered twice."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from pipeline.actions.prepare import PreparedEdition
from pipeline.checks.context import CheckContext
from pipeline.checks.dead_links import dead_links_of
from pipeline.checks.rule import Rule
from pipeline.checks.rules import RULES
from pipeline.checks.rules.external import links_to_try
from pipeline.checks.runner import CheckResult, run_rules, sort_findings
from pipeline.checks.size_budget import SizeBudget, make_budget
from pipeline.checks.spamassassin import SpamReport, spam_report
from pipeline.compose import Composer
from pipeline.config.i18n import missing_words
from pipeline.content.value_key import ValueKeys
from pipeline.deliver.server_address import read_server
from pipeline.errors import PressroomError, distinct, raise_all
from pipeline.model import ComposedEdition, ComposedIssue, DeliverySettings, Finding, Issue, Place, Severity
from pipeline.render.email.message import build_message
from pipeline.render.email.renderer import EmailRenderer
from pipeline.support.file_cache import cache_folder
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.processes import spread
from pipeline.support.urls import folder_number
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.checks.online_links import LinkTester


def check_issues(
    workspace: Workspace,
    issues: Iterable[Issue],
    rules: Sequence[Rule[CheckContext]] = RULES,
    watch: Callable[[Iterable[Issue]], Iterable[Issue]] = iter,
    complete: Callable[[CheckContext], CheckContext] | None = None,
    errors: list[PressroomError] | None = None,
) -> tuple[CheckResult, ...]:
    """Run these rules over each edition of these issues.

    `watch` wraps the issues as they are checked, to show progress. `complete` adds what other
    programs or the web answer (`external_checks`). The mistakes of issues that cannot be built are added to
    `errors`; without such a list, or if there is no sound issue, all of them are raised at once.
    """
    composer = Composer(workspace)
    mistakes = [] if errors is None else errors
    composed = composer.compose_sound(issues, mistakes)
    mistakes[:] = distinct(mistakes)
    if errors is None or not composed:
        raise_all(mistakes)
    renderer = EmailRenderer.for_composer(composer)
    shared = _Shared.of(composer, renderer)
    kept = _KeptResults(composer, renderer, shared) if complete is None and rules is RULES else None
    parts = {each.assembled.issue.folder: kept.get(each) for each in composed} if kept else {}
    todo = [each for each in composed if not parts.get(each.assembled.issue.folder)]
    check = partial(_check, composer, renderer, shared, {each.code for each in rules}, complete)
    # What the web answers is asked from one process.
    checked = spread(check, todo, few=8) if complete is None else map(check, todo)
    # `watch` comes first in zip: it shows the issue that is being checked.
    for _, each, result in zip(watch([each.assembled.issue for each in todo]), todo, checked, strict=True):
        parts[each.assembled.issue.folder] = result
        if kept:
            kept.put(each, result)
    return tuple(
        CheckResult(edition, *part)
        for each in composed
        for edition, part in zip(each.editions, parts[each.assembled.issue.folder] or (), strict=True)
    )


_Parts = tuple[SizeBudget, tuple[Finding, ...], tuple[tuple[Finding, str], ...], SpamReport | None]
"""What `CheckResult` has beside its edition."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What is the same for all issues: who links an address, the theme, and findings on the workspace."""

    linked: Mapping[str, Collection[str]]
    theme: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, composer: Composer, renderer: EmailRenderer) -> _Shared:
        assembler, templates = composer.workspace.assembler, renderer.templates
        linked: dict[str, list[str]] = {}
        for folder, addresses in assembler.history.addresses():
            for address in addresses:
                linked.setdefault(address, []).append(folder)
        return cls(
            linked=linked,
            theme=templates.sources("email/"),
            findings=(
                *assembler.tag_findings,
                *templates.unused(),
                *missing_words(templates, composer.publication.language),
                *_refused_server(composer.publication.delivery),
            ),
        )


def _refused_server(settings: DeliverySettings) -> Iterator[Finding]:
    """Report an address of a mail server that `send` would refuse; no secret is asked for."""
    if settings.url:
        try:
            read_server(settings, lambda _: "unknown")
        except PressroomError as error:
            place = Place(SETTINGS_FILE, settings.line)
            yield Finding("SEND001", Severity.WARNING, error.message, place, error.hint or "")


class _KeptResults:
    """The results of earlier runs. One holds as long as all is the same that the rules look at.

    That is what the issue shows, the theme, the findings of earlier stages, and what earlier issues link.
    """

    def __init__(self, composer: Composer, renderer: EmailRenderer, shared: _Shared) -> None:
        self._composer = composer
        self._shared = shared
        self._cache = composer.workspace.files.cache
        self._keys = ValueKeys()
        logo = composer.logo("logo_dark")
        self._theme = self._keys.key(renderer.templates.digest(), renderer.logo, logo)
        self._issues: dict[str, bytes] = {}
        self._numbers: list[int] = []
        self._digests: list[bytes] = []
        digest = hashlib.blake2b(digest_size=16)
        for folder, addresses in composer.workspace.assembler.history.addresses():
            if folder_number(folder) not in self._numbers[-1:]:
                self._numbers.append(folder_number(folder))
                self._digests.append(digest.digest())
            digest.update(f"{folder} {' '.join(addresses)} ".encode())
        self._digests.append(digest.digest())

    def get(self, issue: ComposedIssue) -> list[_Parts] | None:
        """Return the result for an issue that is what it was; None for any other."""
        assembled = issue.assembled.issue
        findings = [_stage_findings(self._composer, self._shared, issue, each) for each in issue.editions]
        earlier_links = self._digests[bisect_left(self._numbers, assembled.number)]
        key = self._keys.key(self._theme, issue.editions, findings, earlier_links)
        self._issues[assembled.folder] = key
        before = self._cache.get(f"checked {assembled.folder}")
        return before[1] if before and before[0] == key else None

    def put(self, issue: ComposedIssue, result: list[_Parts]) -> None:
        """Keep the result for an issue that `get` was asked for."""
        folder = issue.assembled.issue.folder
        self._cache.put(f"checked {folder}", {}, (self._issues[folder], result))


def _check(
    composer: Composer,
    renderer: EmailRenderer,
    shared: _Shared,
    codes: set[str],
    complete: Callable[[CheckContext], CheckContext] | None,
    issue: ComposedIssue,
) -> list[_Parts]:
    """Check the editions of an issue."""
    # By their codes: a rule is not picklable.
    rules = [rule for rule in RULES if rule.code in codes]
    results = []
    for edition in issue.editions:
        prepared = PreparedEdition(composer, renderer, issue, edition, renderer.render(edition))
        context = _context(prepared, shared)
        result = run_rules(complete(context) if complete else context, rules)
        results.append((result.budget, result.findings, result.silenced, result.spam))
    return results


def external_checks(
    workspace: Workspace, now: datetime, *, online: bool, allow_private: bool, spam: bool
) -> Callable[[CheckContext], CheckContext] | None:
    """Return the function that adds the answers that were asked for: of the web, of SpamAssassin."""
    if not online and not spam:
        return None
    tester = link_tester(workspace, now, allow_private) if online else None

    def complete(context: CheckContext) -> CheckContext:
        if tester:
            context = replace(context, answers=tester.answers(links_to_try(context)))
        return replace(context, spam=spam_report(context.message)) if spam else context

    return complete


def link_tester(workspace: Workspace, now: datetime, allow_private: bool) -> LinkTester:
    """Return the tester of links that remembers its answers in this workspace."""
    from pipeline.checks.online_links import LinkTester

    cache = cache_folder(workspace.files.root) / "links.json"
    home = workspace.files.publication.base_url
    return LinkTester(home, now, cache, allow_private=allow_private)


def check_issue(workspace: Workspace, issue: Issue) -> tuple[Finding, ...]:
    """Run all rules over each edition of one issue. Returns the findings by file and line.

    Raises `PressroomError` or `Mistakes` if the issue cannot be built.
    """
    return findings_of_all(check_issues(workspace, [issue]))


def findings_of_all(results: Iterable[CheckResult]) -> tuple[Finding, ...]:
    """Return the findings of several editions by file and line, each once."""
    return sort_findings(dict.fromkeys(finding for result in results for finding in result.findings))


def check_edition(prepared: PreparedEdition) -> CheckResult:
    """Run all rules over one prepared edition."""
    return run_rules(check_context(prepared), RULES)


def check_context(prepared: PreparedEdition) -> CheckContext:
    """Collect what the rules look at: an edition and everything that is made of it."""
    return _context(prepared, _Shared.of(prepared.composer, prepared.renderer))


def _context(prepared: PreparedEdition, shared: _Shared) -> CheckContext:
    composer, edition, email = prepared.composer, prepared.edition, prepared.email
    sizes = {image.url: len(composer.images.data(image)) for image in email.images}
    return CheckContext(
        publication=composer.publication,
        edition=edition,
        rendered=email,
        message=build_message(email, composer.publication, edition),
        budget=make_budget(email, sizes),
        image_sizes=sizes,
        linked=shared.linked,
        theme=shared.theme,
        stage_findings=_stage_findings(composer, shared, prepared.issue, edition),
    )


def _stage_findings(
    composer: Composer, shared: _Shared, issue: ComposedIssue, edition: ComposedEdition
) -> tuple[Finding, ...]:
    """Collect the findings of earlier stages on an edition."""
    empty = () if edition.items else (edition.audience,)
    return (
        *composer.workspace.assembler.issue_findings(edition.issue, empty),
        *shared.findings,
        *dead_links_of(composer, issue.assembled),
        *(finding for content in edition.contents for finding in content.findings),
    )
