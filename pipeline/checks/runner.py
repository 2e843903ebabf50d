"""Runs the rules over editions and feeds, and sets aside what was silenced with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.checks.context import CheckContext
from pipeline.checks.feed_context import FeedContext
from pipeline.checks.rule import Rule
from pipeline.checks.rules import ALL_RULES, FEED_RULES, RULES
from pipeline.checks.size_budget import SizeBudget
from pipeline.checks.source_places import SETTINGS
from pipeline.checks.spamassassin import SpamReport
from pipeline.errors import NotFound, suggest
from pipeline.model import ComposedEdition, Finding, Place, Severity

_WORST_FIRST = list(Severity)


@dataclass(frozen=True, slots=True)
class Silence:
    """A code set aside, with the reason, by the file at `place`.

    `paths` are the files that it holds for; None means all.
    """

    code: str
    reason: str
    place: Place
    paths: frozenset[str] | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether this silence is meant for the finding."""
        return finding.code == self.code and (self.paths is None or finding.place.path in self.paths)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The findings in one edition, and the silenced ones, each with the reason."""

    edition: ComposedEdition
    budget: SizeBudget
    findings: tuple[Finding, ...]
    silenced: tuple[tuple[Finding, str], ...]
    spam: SpamReport | None = None


def run_rules(context: CheckContext, rules: Sequence[Rule[CheckContext]] = RULES) -> CheckResult:
    """Run the rules on an edition."""
    findings = dict.fromkeys(finding for rule in rules for finding in rule.findings(context))
    silences = tuple(silences_of(context))
    kept: list[Finding] = []
    silenced: list[tuple[Finding, str]] = []
    used: set[Silence] = set()
    for finding in findings:
        silence = next((each for each in silences if each.covers(finding)), None)
        if silence is None:
            kept.append(finding)
        else:
            used.add(silence)
            silenced.append((finding, silence.reason))
    kept += _about_silences(silences, used, {rule.code for rule in rules})
    return CheckResult(context.edition, context.budget, sort_findings(kept), tuple(silenced), context.spam)


def run_feed_rules(context: FeedContext) -> tuple[Finding, ...]:
    """Run the rules on feeds, but for those that the publication has silenced."""
    rules = (rule for rule in FEED_RULES if rule.code not in context.publication.silence)
    return sort_findings(dict.fromkeys(finding for rule in rules for finding in rule.findings(context)))


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by file and line, the worst first in each place."""

    def key(finding: Finding) -> tuple[str, int, int, str, str]:
        place, severity = finding.place, _WORST_FIRST.index(finding.severity)
        return place.path, place.line or 0, severity, finding.code, finding.message

    return tuple(sorted(findings, key=key))


def find_edition_rule(code: str) -> Rule[CheckContext]:
    """The rule of a code, in any case. Raises `NotFound` with the nearest one."""
    rule = find_rule(code)
    if rule in FEED_RULES:
        raise NotFound(
            f"the rule {rule.code} is about feeds, not issues.", hint="Run it with: pressroom feed --check"
        )
    return rule


def find_rule(code: str) -> Rule[Any]:
    """The rule of a code, also one on feeds. Raises `NotFound` with the nearest code."""
    for rule in ALL_RULES:
        if rule.code == code.upper():
            return rule
    raise NotFound(f'there is no rule "{code}".', hint=_nearest_code(code))


def rules_of_codes(
    rules: Iterable[Rule[CheckContext]], codes: Iterable[str]
) -> tuple[Rule[CheckContext], ...]:
    """The rules of these codes. Raises `NotFound` for a code that no rule has."""
    wanted = {find_edition_rule(code).code for code in codes}
    return tuple(rule for rule in rules if rule.code in wanted)


def _nearest_code(code: str) -> str | None:
    """A suggestion: the code of the same letters and number, or else the most similar one."""
    known = [rule.code for rule in ALL_RULES]
    parts = re.fullmatch(r"([A-Z]+)[-_ ]?0*(\d+)", code.upper())
    whole = f"{parts[1]}{int(parts[2]):03}" if parts else code
    return suggest(whole if whole in known else code, known)


# --- silences --------------------------------------------------------------------------------


def silences_of(context: CheckContext) -> Iterator[Silence]:
    """The silences that hold for this edition: its articles', the issue's, the publication's."""
    for composed in context.edition.articles:
        article = composed.article
        place = Place(article.place.path, article.lines.get("silence"))
        yield from _silences(article.silence, place, frozenset([place.path]))
    issue = context.edition.issue
    yield from _silences(issue.silence, Place(issue.place.path, issue.lines.get("silence")))
    yield from _silences(context.publication.silence, SETTINGS)


def _silences(
    reasons: Mapping[str, str], place: Place, paths: frozenset[str] | None = None
) -> Iterator[Silence]:
    for code, reason in reasons.items():
        yield Silence(code.upper(), reason, place, paths)


def _about_silences(silences: Sequence[Silence], used: set[Silence], running: set[str]) -> Iterator[Finding]:
    """Findings on the silences themselves: of a code that no rule has, or of nothing."""
    for each in silences:
        # A feed belongs to no single issue, so that only the publication can silence its rules.
        known = ALL_RULES if each.place == SETTINGS else RULES
        if all(rule.code != each.code for rule in known):
            yield Finding(
                "CHECK001",
                Severity.ERROR,
                f'"{each.code}" is silenced, and no rule has that code.',
                each.place,
                _nearest_code(each.code) or "The codes are listed by: pressroom check --rules",
            )
        # A publication's silence is for all its issues, so that one issue does not prove it idle.
        elif each not in used and each.place != SETTINGS and each.code in running:
            yield Finding(
                "CHECK002",
                Severity.NOTE,
                f"{each.code} is silenced, and there is nothing to silence.",
                each.place,
                "Delete the silence, so that it hides no later mistake.",
            )
