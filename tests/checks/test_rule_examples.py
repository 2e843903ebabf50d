"""Each rule finds its broken example, and leaves the sound one alone."""

from __future__ import annotations

import pytest
from check_examples import ELSEWHERE, EXAMPLES
from check_kit import Case, check_context

from pipeline.checks.rules import RULES
from pipeline.checks.runner import rule_of, run_rules
from pipeline.model import Severity


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_broken_example_is_found(code: str) -> None:
    found = list(rule_of(code).findings(check_context(EXAMPLES[code].broken)))
    assert found, f"{code} finds nothing in its broken example"
    assert all(each.message and each.hint and each.place.path for each in found)


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_sound_example_is_not_found(code: str) -> None:
    assert [each.message for each in rule_of(code).findings(check_context(EXAMPLES[code].sound))] == []


def test_every_rule_has_both_examples() -> None:
    assert set(EXAMPLES) | ELSEWHERE == {rule.code for rule in RULES}


def test_codes_are_given_once() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))


def test_the_sound_issue_has_no_finding_at_all() -> None:
    found = run_rules(check_context(Case())).findings
    assert [f"{each.code} {each.message}" for each in found if each.severity is not Severity.NOTE] == []
