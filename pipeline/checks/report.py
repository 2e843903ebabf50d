"""Findings in the forms that other programs read: SARIF 2.1.0, and GitHub's annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pipeline import __version__
from pipeline.checks.rule import Rule
from pipeline.model import Finding, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def sarif(
    findings: Iterable[Finding], silenced: Iterable[tuple[Finding, str]], rules: Iterable[Rule[Any]]
) -> str:
    """A SARIF 2.1.0 log (OASIS, section 3) of one run; paths are relative to the workspace."""
    results = [_result(each) for each in findings]
    results += [
        _result(each) | {"suppressions": [{"kind": "inSource", "justification": reason}]}
        for each, reason in silenced
    ]
    driver = {"name": "pressroom", "version": __version__, "rules": [_rule(each) for each in rules]}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, indent=2, ensure_ascii=False)


def _rule(rule: Rule[Any]) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.remedy}\n\nRests on: {rule.source}"},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": finding.place.path}}
    if finding.place.line:
        place["region"] = {"startLine": finding.place.line}
    return {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": f"{finding.message} {finding.hint}".strip()},
        "locations": [{"physicalLocation": place}],
    }


def workflow_commands(findings: Iterable[Finding]) -> str:
    """Findings as workflow commands, which GitHub shows beside the lines of a change.

    (docs.github.com, "Workflow commands for GitHub Actions")
    """
    return "\n".join(
        f"::{_COMMANDS[each.severity]} file={_property(each.place.path)}"
        + (f",line={each.place.line}" if each.place.line else "")
        + f",title={_property(each.code)}::{_data(f'{each.message} {each.hint}'.strip())}"
        for each in findings
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
