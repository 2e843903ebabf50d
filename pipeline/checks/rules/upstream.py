"""Rules on what others notice: assembly and composing while they work, and `run.py` about silences.

Here they get their code and their explanation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Rule, Violation
from pipeline.model import Severity


def _noticed(code: str) -> Callable[[CheckContext], Iterator[Violation]]:
    def look(subject: CheckContext) -> Iterator[Violation]:
        for finding in subject.noticed:
            if finding.code == code:
                yield Violation(finding.message, finding.place, finding.hint, finding.severity)

    return look


RULES = (
    Rule(
        "LOCK001",
        Severity.WARNING,
        "An issue was changed after it was frozen",
        "What its lock holds is sent, and not what its sections now ask for.",
        "To choose anew: pressroom assemble NUMBER --update",
        "docs/assembling.md",
        _noticed("LOCK001"),
    ),
    Rule(
        "LINK001",
        Severity.WARNING,
        "A link leads to an article that has no page yet",
        "A reader who follows it finds nothing.",
        "The page appears with the first issue that carries the article.",
        "docs/publishing.md",
        _noticed("LINK001"),
    ),
    Rule(
        "LINK002",
        Severity.ERROR,
        "A link leads to an article that will have no page",
        "A reader who follows it finds nothing: the article is a draft, or for a private audience.",
        "Take the link out: the article will have no page to lead to.",
        "docs/publishing.md",
        _noticed("LINK002"),
    ),
    Rule(
        "CHECK001",
        Severity.ERROR,
        "A code is silenced that no rule has",
        "The mistake it was meant for is reported all the same, or a slip hides nothing.",
        "Write the code as `pressroom check --rules` lists it.",
        "docs/checking.md",
        _noticed("CHECK001"),
    ),
    Rule(
        "CHECK002",
        Severity.NOTE,
        "A silence has nothing to silence",
        "It would hide a later mistake.",
        "Delete it.",
        "docs/checking.md",
        _noticed("CHECK002"),
    ),
)
