"""`check`: find what is wrong with an issue before its readers do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pipeline.cli import terminal
from pipeline.cli.options import complete_issue, named_issues, time_or_now, workspace_of

if TYPE_CHECKING:
    from pipeline.checks.rule import Rule
    from pipeline.checks.runner import CheckResult
    from pipeline.errors import PressroomError
    from pipeline.model import Finding


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the codes of the rules, with their titles as help."""
    from pipeline.checks.rules import ALL_RULES

    return [
        CompletionItem(rule.code, help=rule.title)
        for rule in ALL_RULES
        if rule.code.startswith(incomplete.upper())
    ]


@click.command()
@click.argument("issues", nargs=-1, metavar="[ISSUE]...", shell_complete=complete_issue)
@click.option("--explain", metavar="CODE", help="Explain one rule.", shell_complete=complete_code)
@click.option("--rules", "list_rules", is_flag=True, help="List all rules.")
@click.option(
    "--only", metavar="CODE", multiple=True, help="Run only this rule.", shell_complete=complete_code
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to print findings; `github` makes annotations in a GitHub workflow.",
)
@click.option("--json", "output_format", flag_value="json", help="The same as --format json.")
@click.option("--online", is_flag=True, help="Also try the links on the web. Answers are kept for a day.")
@click.option("--allow-private", is_flag=True, help="With --online: also try addresses on private networks.")
@click.option("--spam", is_flag=True, help="Also ask SpamAssassin, if it is installed.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, not only for errors.")
@click.pass_context
def check(
    ctx: click.Context,
    issues: tuple[str, ...],
    explain: str | None,
    list_rules: bool,
    only: tuple[str, ...],
    output_format: str,
    online: bool,
    allow_private: bool,
    spam: bool,
    strict: bool,
) -> None:
    """Find mistakes in ISSUE, or in all of them.

    It looks at the HTML, Outlook's view of it, the text part, the message, images and words.

    A finding says where, what and what to do. To silence a code, write it with the reason under
    `silence` in an article's or an issue's front matter, or under [checks.silence] in newsletter.toml.

    \b
    Examples:
      pressroom check latest
      pressroom check 3 --only IMG001
      pressroom check --explain IMG001
      pressroom check latest --online --spam
      pressroom check --format sarif > findings.sarif
    """
    ctx.meta[terminal.AS_JSON] = output_format == "json"
    if explain or list_rules:
        _explain(explain, output_format == "json")
        return
    from pipeline.actions.check import check_issues, external_checks, findings_of_all
    from pipeline.checks.rules import RULES
    from pipeline.checks.runner import rules_of_codes
    from pipeline.workspace import mistakes_of_issues, without_drafts

    with _mistakes_for_host(output_format):
        workspace = workspace_of(ctx)
        chosen = named_issues(workspace, issues) or without_drafts(workspace.issues)
        errors = [] if issues else mistakes_of_issues(workspace)
        rules = rules_of_codes(RULES, only) if only else RULES

        watch = partial(terminal.progress, what="checking")
        now = time_or_now(None, workspace.files.zone)
        complete = external_checks(workspace, now, online=online, allow_private=allow_private, spam=spam)
        checked = check_issues(workspace, chosen, rules, watch, complete, errors)
    findings = findings_of_all(checked)
    others = [each for each in workspace.mistakes if all(each is not other for other in errors)]
    _print(output_format, checked, findings, errors, others)
    if drafts := [] if issues else [str(each.number) for each in workspace.issues if each.draft]:
        terminal.message(f"Drafts are checked by name alone: pressroom check {' '.join(drafts)}")
    severities = {each.severity.value for each in findings} | {"warning" for _ in others}
    if errors or "error" in severities or (strict and "warning" in severities):
        ctx.exit(1)


@contextmanager
def _mistakes_for_host(output_format: str) -> Iterator[None]:
    """Print also for a code host the mistakes with which nothing can be checked."""
    from pipeline.checks import report
    from pipeline.errors import PressroomError

    try:
        yield
    except PressroomError as error:
        if output_format in _HOST_FORMATS:
            _print_for_host(output_format, report.of_mistakes(error.errors), ())
        raise


def _explain(code: str | None, as_json: bool) -> None:
    from pipeline.checks.rules import ALL_RULES
    from pipeline.checks.runner import find_rule

    if as_json:
        rules = ALL_RULES if code is None else (find_rule(code),)
        terminal.print_json({"rules": [_rule_json(each) for each in rules]})
        return
    if code is None:
        terminal.print_table(
            ("CODE", "SEVERITY", "RULE"), [(r.code, r.severity.value, r.title) for r in ALL_RULES]
        )
        return
    rule = find_rule(code)
    terminal.result(f"{rule.code} ({rule.severity.value}): {rule.title}\n")
    width = min(terminal.terminal_width() or 80, 80)
    for paragraph in (rule.why, rule.remedy, f"Rests on: {rule.source}"):
        terminal.result(click.wrap_text(paragraph, width=width) + "\n")


def _rule_json(rule: Rule[Any]) -> dict[str, str]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "title": rule.title,
        "why": rule.why,
        "remedy": rule.remedy,
        "rests_on": rule.source,
    }


_HOST_FORMATS = ("sarif", "github")
"""The formats that code hosts read."""


def _print_for_host(
    output_format: str, findings: Sequence[Finding], silenced: Sequence[tuple[Finding, str]]
) -> None:
    from pipeline.checks import report
    from pipeline.checks.rules import RULES
    from pipeline.support.workspace_root import find_root

    folder = report.folder_in_repository(find_root(Path()))
    if output_format == "sarif":
        terminal.result(report.sarif(findings, silenced, RULES, folder))
    elif text := report.workflow_commands(findings, folder):
        terminal.result(text)


def _print(
    output_format: str,
    checked: tuple[CheckResult, ...],
    findings: tuple[Finding, ...],
    errors: Sequence[PressroomError],
    others: Sequence[PressroomError],
) -> None:
    from pipeline.checks import report
    from pipeline.checks.rules import RULES
    from pipeline.model import Severity

    silenced = tuple(dict.fromkeys(each for one in checked for each in one.silenced))
    if output_format in _HOST_FORMATS:
        mistakes = report.of_mistakes(errors) + report.of_mistakes(others, Severity.WARNING)
        _print_for_host(output_format, mistakes + findings, silenced)
    elif output_format == "json":
        sources = {rule.code: {"rests_on": rule.source} for rule in RULES}
        terminal.print_json(
            {
                "editions": [_edition_json(one) for one in checked],
                "findings": [each.values | sources[each.code] for each in findings],
                "errors": [each.values for each in errors],
                "warnings": [each.values for each in others],
                "silenced": [each.values | sources[each.code] | {"reason": why} for each, why in silenced],
            }
        )
    else:
        _print_text(checked, findings, errors, len(silenced))
        return
    terminal.show_mistakes(errors)


def _print_text(
    checked: tuple[CheckResult, ...],
    findings: tuple[Finding, ...],
    errors: Sequence[PressroomError],
    silenced: int,
) -> None:
    terminal.show_mistakes(errors)
    terminal.show_findings(findings, terminal.result)
    if findings:
        terminal.result("")
    for one in checked:
        _print_budget(one, whole=len(checked) == 1)
    after = f", {silenced} silenced" if silenced else ""
    if errors:
        after += f"; what has {terminal.count(len(errors), 'mistake')} could not be checked"
    terminal.print_counts(findings, after=after)


def _print_budget(one: CheckResult, whole: bool) -> None:
    """Print the size of an edition against the limit; `whole` adds a line for each part."""
    edition, budget = one.edition, one.budget
    terminal.result(
        f"{edition.issue.number:>4}  {edition.title}: "
        f"email {terminal.size(budget.html_bytes)} of {terminal.size(budget.limit)}, "
        f"{terminal.count(len(budget.images), 'image')} {terminal.size(budget.all_images)}"
    )
    if one.spam:
        score, limit = one.spam.score, one.spam.required
        terminal.result(f"      {score:>8g}  of {limit:g} points by SpamAssassin")
    if whole:
        for item in budget.parts:
            share = round(24 * item.size / budget.limit)
            terminal.result(
                f"      {terminal.size(item.size):>8}  {'=' * share}{' ' if share else ''}{item.what}"
            )
        for item in budget.images:
            terminal.result(f"      {terminal.size(item.size):>8}  {item.what}")
        terminal.result(
            f"      A service adds {terminal.size(budget.added.size)} at most, for tracked links."
        )
        terminal.result("")


def _edition_json(one: CheckResult) -> dict[str, object]:
    edition, budget = one.edition, one.budget
    data: dict[str, object] = {
        "issue": edition.issue.folder,
        "number": edition.issue.number,
        "audience": edition.audience,
        "budget": {
            "html": {"bytes": budget.html_bytes, "total": budget.total, "limit": budget.limit},
            "parts": [{"what": each.what, "bytes": each.size} for each in budget.parts],
            "added": {"what": budget.added.what, "bytes": budget.added.size},
            "images": [{"what": each.what, "bytes": each.size} for each in budget.images],
        },
    }
    if one.spam:
        tests = [asdict(each) for each in one.spam.hits]
        data["spam"] = {"score": one.spam.score, "required": one.spam.required, "tests": tests}
    return data
