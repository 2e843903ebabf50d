"""Each rule finds its broken example, and leaves the sound one alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from check_examples import ELSEWHERE, EXAMPLES
from check_kit import Case, check_context

from pipeline.checks.rule import Violation, rule
from pipeline.checks.rules import ALL_RULES, RULES
from pipeline.checks.runner import find_edition_rule, run_rules
from pipeline.model import Place, Severity


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_broken_example_is_found(code: str) -> None:
    found = list(find_edition_rule(code).findings(check_context(EXAMPLES[code].broken)))
    assert found, f"{code} finds nothing in its broken example"
    assert all(each.message and each.hint and each.place.path for each in found)


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_sound_example_is_not_found(code: str) -> None:
    assert [
        each.message for each in find_edition_rule(code).findings(check_context(EXAMPLES[code].sound))
    ] == []


def test_every_rule_has_both_examples() -> None:
    assert set(EXAMPLES) | ELSEWHERE == {rule.code for rule in RULES}


def test_codes_are_given_once() -> None:
    codes = [rule.code for rule in ALL_RULES]
    assert len(codes) == len(set(codes))


def test_every_rule_says_what_a_violation_does_to_a_reader_and_what_it_rests_on() -> None:
    assert [
        rule.code for rule in ALL_RULES if not (rule.title and rule.why and rule.remedy and rule.source)
    ] == []


def test_every_title_of_a_rule_begins_with_a_capital() -> None:
    assert [rule.code for rule in ALL_RULES if not rule.title[0].isupper()] == []


def test_the_docstring_of_a_rule_is_its_reason_in_one_line() -> None:
    @rule("TEST001", Severity.NOTE, "A title", source="A source", remedy="A remedy")
    def example(context: None) -> Iterator[Violation]:
        """Readers lose something.

        And more
        than that.
        """
        yield Violation("it is broken.", Place("a.md", 3))
        yield Violation("it is worse.", Place("a.md"), "Another remedy", Severity.ERROR)

    assert example.why == "Readers lose something. And more than that."
    assert [(each.code, each.severity, each.hint) for each in example.findings(None)] == [
        ("TEST001", Severity.NOTE, "A remedy"),
        ("TEST001", Severity.ERROR, "Another remedy"),
    ]


def test_of_several_violations_about_one_thing_the_first_is_reported() -> None:
    @rule("TEST001", Severity.NOTE, "A title", source="A source", remedy="A remedy")
    def example(context: None) -> Iterator[Violation]:
        for about, line in (("size", 1), (None, 2), ("size", 3), (None, 4), ("font", 5)):
            yield Violation("it is broken.", Place("a.md", line), about=about)

    assert [each.place.line for each in example.findings(None)] == [1, 2, 4, 5]


def test_the_sound_issue_has_no_finding_at_all() -> None:
    found = run_rules(check_context(Case())).findings
    assert [f"{each.code} {each.message}" for each in found if each.severity is not Severity.NOTE] == []
