"""Runs the rules over editions, and sets aside what was silenced with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Rule, RuleInfo
from pipeline.checks.rules import EXPLAINED, RULES
from pipeline.checks.size_budget import SizeBudget
from pipeline.checks.spamassassin import SpamReport
from pipeline.errors import NotFound, suggest
from pipeline.model import ComposedEdition, Finding, Place, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Silence:
    """A code set aside, with the reason, by the file at `place`.

    It reaches findings in the files `paths`, or all where that is None.
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
    """What the rules found in one edition, and what was silenced, with the reason of each."""

    edition: ComposedEdition
    budget: SizeBudget
    findings: tuple[Finding, ...]
    silenced: tuple[tuple[Finding, str], ...]
    spam: SpamReport | None = None


def run_rules(subject: CheckContext, rules: Sequence[Rule] = RULES) -> CheckResult:
    """Everything the rules find in an edition: by file and line, the worst first in each place."""
    found = dict.fromkeys(finding for rule in rules for finding in findings_of(rule, subject))
    silences = tuple(silences_of(subject))
    kept: list[Finding] = []
    silenced: list[tuple[Finding, str]] = []
    used: set[Silence] = set()
    for finding in found:
        hushed = next((each for each in silences if each.covers(finding)), None)
        if hushed is None:
            kept.append(finding)
        else:
            used.add(hushed)
            silenced.append((finding, hushed.reason))
    kept += _about(silences, used, subject, rules)
    return CheckResult(subject.edition, subject.budget, sort(kept), tuple(silenced), subject.spam)


def sort(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by file and line, the worst first in each place."""
    return tuple(
        sorted(
            findings,
            key=lambda each: (
                each.place.path,
                each.place.line or 0,
                _ORDER[each.severity],
                each.code,
                each.message,
            ),
        )
    )


def findings_of(rule: Rule, subject: CheckContext) -> Iterator[Finding]:
    """What one rule finds."""
    for found in rule.check(subject):
        yield Finding(
            rule.code, found.severity or rule.severity, found.message, found.place, found.hint or rule.remedy
        )


def rule_of(code: str) -> Rule:
    """The rule of a code, in any case. Raises `NotFound` with the nearest one."""
    for rule in RULES:
        if rule.code == code.upper():
            return rule
    if any(rule.code == code.upper() for rule in EXPLAINED):
        raise NotFound(
            f"the rule {code.upper()} is about feeds, not issues.", hint="Run it with: pressroom feed --check"
        )
    raise NotFound(f'there is no rule "{code}".', hint=_near(code))


def explained(code: str) -> RuleInfo:
    """What the rule of a code says of itself, also one on feeds. Raises `NotFound` as `rule_of` does."""
    return next((rule for rule in EXPLAINED if rule.code == code.upper()), None) or rule_of(code)


def _near(code: str) -> str | None:
    """The code that was meant: the same letters and number, or else the likest."""
    known = [rule.code for rule in EXPLAINED]
    found = re.fullmatch(r"([A-Z]+)[-_ ]?0*(\d+)", code.upper())
    whole = f"{found[1]}{int(found[2]):03}" if found else code
    return suggest(whole if whole in known else code, known)


# --- silences --------------------------------------------------------------------------------


def silences_of(subject: CheckContext) -> Iterator[Silence]:
    """The silences that reach this edition: its articles', the issue's, the publication's."""
    for composed in subject.edition.articles:
        article = composed.article
        line = article.lines.get("silence")
        yield from _silences(
            article.silence, Place(article.place.path, line), frozenset([article.place.path])
        )
    issue = subject.edition.issue
    yield from _silences(issue.silence, Place(issue.place.path, issue.lines.get("silence")), None)
    yield from _silences(subject.publication.silence, Place("newsletter.toml"), None)


def _silences(written: Mapping[str, str], place: Place, paths: frozenset[str] | None) -> Iterator[Silence]:
    for code, reason in written.items():
        yield Silence(code.upper(), reason, place, paths)


def _about(
    silences: Sequence[Silence], used: set[Silence], subject: CheckContext, rules: Sequence[Rule]
) -> Iterator[Finding]:
    """What is wrong with the silences themselves: a code that is none, or that nothing is found of."""
    known = {rule.code for rule in RULES}
    everywhere = {rule.code for rule in EXPLAINED}
    running = {rule.code for rule in rules}
    for each in silences:
        # A feed is not one issue's, so that the publication alone can silence what is said of it.
        if each.code not in (everywhere if each.place.path == "newsletter.toml" else known):
            yield Finding(
                "CHECK001",
                Severity.ERROR,
                f'"{each.code}" is silenced, and no rule has that code.',
                each.place,
                _near(each.code) or "The codes are listed by: pressroom check --rules",
            )
        # A publication's silence is for all its issues, so that one issue does not prove it idle.
        elif each not in used and each.place.path != "newsletter.toml" and each.code in running:
            yield Finding(
                "CHECK002",
                Severity.NOTE,
                f"{each.code} is silenced, and there is nothing to silence.",
                each.place,
                "Delete the silence, lest it hide a later mistake.",
            )


def only(rules: Iterable[Rule], codes: Iterable[str]) -> tuple[Rule, ...]:
    """The rules of these codes. Raises `NotFound` for a code that is none."""
    wanted = {rule_of(code).code for code in codes}
    return tuple(rule for rule in rules if rule.code in wanted)
