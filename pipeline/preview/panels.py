"""The panels beside the email, as values for the page: findings, size, plan, links, feeds, sends."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from pipeline.actions.plan import PlannedItem, plan_issue
from pipeline.actions.send_report import issue_sends, report_send
from pipeline.checks.html_page import parse_page
from pipeline.checks.page_text import page_links
from pipeline.deliver.open_ledger import has_ledger, open_ledger
from pipeline.deliver.refusals import PLAIN_WORDS
from pipeline.errors import PressroomError
from pipeline.model import Issue, Severity
from pipeline.preview.snapshot import Snapshot
from pipeline.support.limits import SIZE_WARNING
from pipeline.support.urls import hide_password, is_feed_file

_DIFF_LINES = 600
"""Lines of changes that are shown of a file: an editor looks for one change, not for a whole issue."""


def mistakes(error: PressroomError) -> list[dict[str, Any]]:
    """Return an error, or each of several, with its place."""
    return [_shown(each.values) for each in error.errors]


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: hide_password(value) if isinstance(value, str) else value for key, value in values.items()}


def findings(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """Findings of the rules, errors first."""
    checked = snapshot.checked(issue, audience)
    ordered = sorted(checked.findings, key=lambda each: list(Severity).index(each.severity))
    return {
        "findings": [_shown(each.values) for each in ordered],
        "counts": {kind.value: sum(each.severity is kind for each in ordered) for kind in Severity},
        "silenced": len(checked.silenced),
    }


def size(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """The size budget: parts of the HTML in bytes, the limit, and the images, which do not count."""
    budget = snapshot.checked(issue, audience).budget
    return {
        "parts": [asdict(each) for each in budget.parts],
        "bytes": budget.html_bytes,
        "added": budget.added.size,
        "total": budget.total,
        "limit": budget.limit,
        "warn": SIZE_WARNING,
        "images": [asdict(each) for each in budget.images],
        "all_images": budget.all_images,
    }


def plan(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """Each section with its articles in order, and each article that is out, with the reason."""
    prepared = snapshot.edition(issue, audience)
    layouts = {
        item.key: layout.value
        for edition in prepared.issue.assembled.editions
        if edition.audience == audience
        for section in edition.sections
        for item, layout in section.items
    }
    issue_plan = plan_issue(snapshot.workspace, issue)
    edition_plan = next(each for each in issue_plan.editions if each.audience == audience)
    excluded = set(map(snapshot.workspace.pool.key_of, issue.exclude))
    return {
        "frozen": issue_plan.frozen,
        "sections": [
            {
                "title": section.title,
                "limit": section.limit,
                "articles": [
                    _planned(each) | {"layout": layouts.get(each.key, ""), "pinned": each.pinned}
                    for each in section.items
                ],
            }
            for section in edition_plan.sections
        ],
        "out": [_planned(each) | {"excluded": each.key in excluded} for each in edition_plan.out],
    }


def _planned(planned: PlannedItem) -> dict[str, Any]:
    item = planned.item
    return {
        "slug": planned.key,
        "title": item.title if item else planned.key,
        "path": item.place.path if item else None,
        "reason": planned.decision.reason,
    }


def links(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """Every link of the email in reading order, each address once with all its texts."""
    prepared = snapshot.edition(issue, audience)
    value = prepared.field_values({})
    html = prepared.email.html.fill(lambda field: escape(value(field)))
    texts: dict[str, list[str]] = {}
    for link in page_links(parse_page(html), {}):
        words = texts.setdefault(link.url, [])
        if link.text and link.text not in words:
            words.append(link.text)
    return {"links": [{"address": url, "words": words} for url, words in texts.items()]}


def changes(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """Changes since the last build of this edition, in the text part and the HTML, line by line."""
    prepared = snapshot.edition(issue, audience)
    folder = snapshot.workspace.files.build / "issues" / prepared.edition.folder
    if not (folder / "email.html").is_file():
        return {"built": False, "files": []}
    now = snapshot.bundled(issue, audience)
    return {
        "built": True,
        "files": [
            {"name": name, "lines": list(_diff(_read(folder / name), now[name].decode()))}
            for name in ("email.txt", "email.html")
        ],
    }


def _diff(before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(_lines(before), _lines(after), lineterm="", n=2)
    for number, line in enumerate(lines):
        if number == _DIFF_LINES:
            yield "… and more"
            return
        if number > 1:  # without the names of the files
            yield line


def _lines(text: str) -> list[str]:
    return re.sub(r">\s*<", ">\n<", text).split("\n")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def sends(snapshot: Snapshot, issue: Issue) -> dict[str, Any]:
    """The sends of an issue from this machine, newest first, with what became of the messages so far."""
    root = snapshot.workspace.files.root
    if not has_ledger(root):
        return {"sends": []}
    with open_ledger(root) as ledger:
        reports = [report_send(ledger, each) for each in issue_sends(snapshot.workspace, issue, ledger)]
    return {
        "sends": [
            {
                "started": f"{each.send.started:%Y-%m-%d %H:%M}",
                "finished": each.send.finished is not None,
                "states": {state.value: count for state, count in each.states.items()},
                "refusals": [
                    {
                        "why": PLAIN_WORDS[kind.refusal],
                        "count": kind.count,
                        "domains": dict(kind.domains),
                        "reply": kind.reply,
                    }
                    for kind in each.refusals
                ],
            }
            for each in reversed(reports)
        ]
    }


def feeds(snapshot: Snapshot, issue: Issue) -> dict[str, Any]:
    """Each feed as a feed reader reads it, with this issue in it."""
    paths = (path for path in snapshot.site(issue) if is_feed_file(path, archived=False))
    return {
        "feeds": [
            {
                "path": each.path,
                "fault": each.fault,
                "items": [
                    {
                        "title": entry.title,
                        "date": entry.published.isoformat() if entry.published else "",
                        "summary": entry.summary,
                        "author": ", ".join(entry.authors),
                        "size": len(entry.html),
                    }
                    for entry in each.entries
                ],
            }
            for each in (snapshot.feed(issue, path) for path in paths)
        ]
    }


def feed_item(snapshot: Snapshot, issue: Issue, path: str, number: int) -> str:
    """Return the HTML that a feed reader shows for one item of a feed."""
    if not is_feed_file(path, archived=False):
        raise KeyError(path)
    html = snapshot.feed(issue, path).entries[number].html
    # Its images are those of the preview's site: the frame loads none from elsewhere.
    return html.replace(f"{snapshot.workspace.files.publication.base_url}/", "../site/")
