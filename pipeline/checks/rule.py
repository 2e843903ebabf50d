"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.checks.context import CheckContext
from pipeline.model import Place, Severity


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of a rule: where, what, and what to do where that is more than the rule says.

    `severity` stands where one breach weighs otherwise than the rule's breaches do.
    """

    message: str
    place: Place
    hint: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a rule says of itself, under a stable code, which is never given to another rule.

    `title` is the breach in a few words, `why` what it does to a reader, `remedy` what to do, and
    `source` the standard, client quirk or measurement that it rests on.
    """

    code: str
    severity: Severity
    title: str
    why: str
    remedy: str
    source: str


@dataclass(frozen=True, slots=True)
class Rule(RuleInfo):
    """A rule on an edition."""

    check: Callable[[CheckContext], Iterator[Violation]]
