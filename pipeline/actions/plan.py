"""Plan: which articles and link items an issue takes, section by section, and why each other one is out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.content.containers import arguments_in
from pipeline.model import Article, BlockKind, Decision, Finding, Issue, PoolItem
from pipeline.workspace import Workspace


class PlannedItem(NamedTuple):
    """An article or a link item in or out of an edition.

    `edited` is True if it was edited or deleted after the issue was frozen; a deleted one has no `item`.
    """

    item: PoolItem | None
    decision: Decision
    pinned: bool
    edited: bool

    @property
    def key(self) -> str:
        """The key of the article or link item."""
        return self.decision.key


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section with its items in reading order."""

    title: str
    limit: int | None
    items: tuple[PlannedItem, ...]


@dataclass(frozen=True, slots=True)
class PlannedEdition:
    """The plan of one edition: all sections, empty ones too, and the items that are out."""

    audience: str
    sections: tuple[PlannedSection, ...]
    out: tuple[PlannedItem, ...]


@dataclass(frozen=True, slots=True)
class IssuePlan:
    """The plan of an issue. `decisions` are in the order of the pool, edition by edition."""

    issue: Issue
    frozen: bool
    decisions: tuple[Decision, ...]
    editions: tuple[PlannedEdition, ...]
    findings: tuple[Finding, ...]


def plan_issue(workspace: Workspace, issue: Issue) -> IssuePlan:
    """Plan an issue by its lock, or from the pool as it is now. Raises `Mistakes` of its sections."""
    decisions = workspace.assembler.plan(issue)
    editions = tuple(_plan_edition(workspace, issue, audience, decisions) for audience in issue.audiences)
    empty = [each.audience for each in editions if not any(section.items for section in each.sections)]
    assembler = workspace.assembler
    findings = (
        *assembler.issue_findings(issue, empty),
        *dict.fromkeys(_past_events(workspace, issue, editions)),
        *assembler.tag_findings,
    )
    return IssuePlan(issue, issue.folder in assembler.locks, decisions, editions, findings)


def _past_events(
    workspace: Workspace, issue: Issue, editions: tuple[PlannedEdition, ...]
) -> Iterator[Finding]:
    """Report past events. Only texts that may hold one are parsed; what is wrong in them `build` reports."""
    texts: list[tuple[Issue | Article, str]] = []
    for edition in editions:
        items = (item.item for section in edition.sections for item in section.items)
        candidates: list[Issue | Article] = [issue, *(item for item in items if isinstance(item, Article))]
        for text in candidates:
            source = text.letter if isinstance(text, Issue) else workspace.files.body_of(text)
            if any(arguments_in(source, kind) for kind in (BlockKind.EVENT, BlockKind.SNIPPET)):
                texts.append((text, edition.audience))
    if not texts:
        return
    from pipeline.compose import Composer
    from pipeline.content.events import past_events
    from pipeline.content.medium import Medium, for_audience

    composer = Composer(workspace)
    for text, audience in texts:
        content = for_audience(composer.texts.parsed(text).content, Medium.EMAIL, audience)
        yield from past_events(content, text.place.path, issue.date)


def _plan_edition(
    workspace: Workspace, issue: Issue, audience: str, decisions: tuple[Decision, ...]
) -> PlannedEdition:
    edited = workspace.assembler.edited(issue)
    rules = {rule.title: rule for rule in issue.sections}
    pins = {rule.title: {workspace.pool.key_of(name) for name in rule.pin} for rule in issue.sections}
    entries = {
        each.key: PlannedItem(
            workspace.pool.candidates.get(each.key),
            each,
            each.key in pins.get(each.section or "", ()),
            each.key in edited,
        )
        for each in decisions
        if each.audience == audience
    }
    taken = [entries[key] for key in workspace.assembler.reading_order(issue, audience)]
    titles = dict.fromkeys(each.decision.section or "" for each in taken)
    if issue.folder not in workspace.assembler.locks:
        titles = dict.fromkeys(rules)  # in this order, so that an empty section keeps its place
    sections = (
        PlannedSection(
            title,
            rules[title].limit if title in rules else None,
            tuple(each for each in taken if each.decision.section == title),
        )
        for title in (titles | dict.fromkeys(rules))
    )
    out = tuple(each for each in entries.values() if not each.decision.taken)
    return PlannedEdition(audience, tuple(sections), out)
