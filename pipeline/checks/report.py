"""Findings in the forms that other programs read: SARIF 2.1.0, and GitHub's annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from pipeline import __version__
from pipeline.checks.rule import Rule
from pipeline.errors import PressroomError
from pipeline.model import Finding, Place, Severity
from pipeline.support.limits import SETTINGS_FILE

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def folder_in_repository(root: Path) -> str:
    """Return the folder of a workspace in its git repository, from whose top a code host names files."""
    # In a worktree or a submodule `.git` is a file.
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return root.relative_to(top).as_posix()


def of_mistakes(
    mistakes: Iterable[PressroomError], severity: Severity = Severity.ERROR
) -> tuple[Finding, ...]:
    """Return mistakes as findings without a code."""
    return tuple(
        # GitHub refuses a whole log in which one result has no location.
        Finding("", severity, each.message, Place(each.path or SETTINGS_FILE, each.line), each.hint or "")
        for each in mistakes
    )


def sarif(
    findings: Iterable[Finding],
    silenced: Iterable[tuple[Finding, str]],
    rules: Iterable[Rule[Any]],
    folder: str,
) -> str:
    """A SARIF 2.1.0 log (OASIS, section 3) of one run; paths begin with the workspace's `folder`."""
    results = [_result(each, folder) for each in findings]
    results += [
        _result(each, folder) | {"suppressions": [{"kind": "inSource", "justification": reason}]}
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


def _result(finding: Finding, folder: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(_path(finding, folder))}}
    if finding.place.line:
        place["region"] = {"startLine": finding.place.line}
    return {
        **({"ruleId": finding.code} if finding.code else {}),
        "level": finding.severity.value,
        "message": {"text": f"{finding.message} {finding.hint}".strip()},
        "locations": [{"physicalLocation": place}],
    }


def workflow_commands(findings: Iterable[Finding], folder: str) -> str:
    """Findings as workflow commands, which GitHub shows beside the lines of a change.

    (docs.github.com, "Workflow commands for GitHub Actions")
    """
    return "\n".join(_workflow_command(each, folder) for each in findings)


def _workflow_command(finding: Finding, folder: str) -> str:
    values = {"file": _path(finding, folder), "line": finding.place.line, "title": finding.code}
    shown = ",".join(f"{name}={_property(str(value))}" for name, value in values.items() if value)
    text = _data(f"{finding.message} {finding.hint}".strip())
    return f"::{_COMMANDS[finding.severity]} {shown}".rstrip() + f"::{text}"


def _path(finding: Finding, folder: str) -> str:
    return str(PurePosixPath(folder, finding.place.path)) if finding.place.path else ""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
