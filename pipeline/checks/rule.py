"""What a rule is: a function that yields violations, with a code and an explanation of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.model import Finding, Place, Severity

Context = TypeVar("Context")


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation of a rule: what is wrong, and where.

    `hint` replaces the rule's remedy, and `severity` the rule's severity, where this violation differs.
    Of several violations that are about the same thing (`about`) only the first is reported.
    """

    message: str
    place: Place
    hint: str = ""
    severity: Severity | None = None
    about: Hashable = None


@dataclass(frozen=True, slots=True)
class Rule(Generic[Context]):
    """A rule on an edition (`CheckContext`) or on all feeds (`FeedContext`).

    `code` is stable and never used for another rule. `title` is the violation in a few words, `source` the
    standard, client quirk or measurement that the rule rests on, `remedy` what to do, and `why` what
    the violation does to a reader.
    """

    code: str
    severity: Severity
    title: str
    source: str
    remedy: str
    why: str
    check: Callable[[Context], Iterator[Violation]]

    def findings(self, context: Context) -> Iterator[Finding]:
        """The violations of this rule, with its code, severity and remedy."""
        reported: set[Hashable] = set()
        for each in self.check(context):
            if each.about in reported:
                continue
            if each.about is not None:
                reported.add(each.about)
            yield Finding(
                self.code, each.severity or self.severity, each.message, each.place, each.hint or self.remedy
            )


def rule(
    code: str, severity: Severity, title: str, *, source: str, remedy: str
) -> Callable[[Callable[[Context], Iterator[Violation]]], Rule[Context]]:
    """Make a function a rule: its docstring is the reason that `pressroom check --explain` shows."""

    def decorate(check: Callable[[Context], Iterator[Violation]]) -> Rule[Context]:
        why = " ".join((inspect.getdoc(check) or "").split())
        return Rule(code, severity, title, source, remedy, why, check)

    return decorate
