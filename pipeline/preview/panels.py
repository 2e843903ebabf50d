"""What stands beside the email, as plain values for the page: findings, size, plan, links, differences."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pipeline.checks.feed_context import FeedDocument, read_document
from pipeline.checks.size_budget import WARN
from pipeline.errors import PressroomError, flatten
from pipeline.model import Decision, Issue
from pipeline.preview.snapshot import Snapshot
from pipeline.support import merge
from pipeline.support.urls import is_feed_file

_DIFF_LINES = 600
"""Lines of a difference that are shown; an editor looks for one change, not for all of an issue."""


def mistakes(error: PressroomError) -> list[dict[str, Any]]:
    """An error, or several, with their places."""
    return [
        {"message": each.message, "path": each.path, "line": each.line, "hint": each.hint}
        for each in flatten(error)
    ]


def findings(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """What the rules found, the worst first."""
    checked = snapshot.checked(issue, audience)
    order = ("error", "warning", "note")
    ordered = sorted(checked.findings, key=lambda each: order.index(each.severity.value))
    return {
        "findings": [each.values for each in ordered],
        "counts": {name: sum(each.severity.value == name for each in ordered) for name in order},
        "silenced": len(checked.silenced),
    }


def size(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """The size budget: parts of the HTML in bytes, the limit, and the pictures apart."""
    budget = snapshot.checked(issue, audience).budget
    return {
        "parts": [{"what": each.what, "size": each.size} for each in (*budget.parts, budget.added)],
        "total": budget.total,
        "limit": budget.limit,
        "warn": WARN,
        "images": [{"what": each.what, "size": each.size} for each in budget.images],
        "all_images": budget.all_images,
    }


def plan(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """Each section with its articles in order, and what is out, by its reason."""
    workspace = snapshot.workspace
    prepared = snapshot.edition(issue, audience)
    decisions = [each for each in workspace.assembler.plan(issue) if each.audience == audience]
    reasons = {each.slug: each for each in decisions if each.taken}
    rules = {each.title: each for each in issue.sections or workspace.files.publication.sections}
    shown = {each.title: each for each in prepared.edition.sections}
    sections = []
    for title in dict.fromkeys([*rules, *shown]):
        rule, section = rules.get(title), shown.get(title)
        sections.append(
            {
                "title": title,
                "limit": rule.limit if rule else None,
                "articles": [
                    {
                        "slug": composed.article.slug,
                        "title": composed.article.title,
                        "path": composed.article.place.path,
                        "layout": layout.value,
                        "pinned": bool(rule and composed.article.slug in rule.pin),
                        "reason": _reason(reasons.get(composed.article.slug)),
                    }
                    for composed, layout in (section.articles if section else ())
                ],
            }
        )
    out = [
        {
            "slug": each.slug,
            "title": workspace.pool[each.slug].title if each.slug in workspace.pool else each.slug,
            "path": workspace.pool[each.slug].place.path if each.slug in workspace.pool else None,
            "reason": each.reason,
            "excluded": each.slug in issue.exclude,
        }
        for each in decisions
        if not each.taken
    ]
    return {"frozen": prepared.issue.assembled.frozen, "sections": sections, "out": out}


def _reason(decision: Decision | None) -> str:
    return decision.reason if decision else ""


def links(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """Every link of the email in the order of snapshot, each address once with its words."""
    prepared = snapshot.edition(issue, audience)
    reader = _LinkCollector()
    reader.feed(prepared.email.html)
    found: dict[str, list[str]] = {}
    for href, words in reader.found:
        found.setdefault(merge.fill(href, prepared.field_value), []).append(" ".join(words.split()))
    return {
        "links": [
            {"address": href, "words": list(dict.fromkeys(filter(None, words)))}
            for href, words in found.items()
        ]
    }


class _LinkCollector(HTMLParser):
    """Each link's address and words; a picture within says its alternative text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = True
            self.found.append((dict(attrs).get("href") or "", ""))
        elif tag == "img" and self._open:
            self.handle_data(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._open:
            href, words = self.found[-1]
            self.found[-1] = (href, f"{words} {data}")


def difference(snapshot: Snapshot, issue: Issue, audience: str) -> dict[str, Any]:
    """What has changed since the last build of this edition, text part and HTML, line by line."""
    prepared = snapshot.edition(issue, audience)
    folder = snapshot.workspace.files.build / "issues" / prepared.edition.folder
    if not (folder / "email.html").is_file():
        return {"built": False, "files": []}
    now = snapshot.bundled(issue, audience)
    return {
        "built": True,
        "files": [
            {"name": name, "lines": list(_changed(_read(folder / name), now[name].decode()))}
            for name in ("email.txt", "email.html")
        ],
    }


def _changed(before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(_lines(before), _lines(after), lineterm="", n=2)
    for number, line in enumerate(lines):
        if number == _DIFF_LINES:
            yield "… and more"
            return
        if number > 1:  # after the names of the files
            yield line


def _lines(text: str) -> list[str]:
    return re.sub(r">\s*<", ">\n<", text).split("\n")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def feeds(snapshot: Snapshot, issue: Issue) -> dict[str, Any]:
    """Each feed document as a reader's program takes it, with this issue in it."""
    found = (_document(snapshot, issue, path) for path in snapshot.site(issue) if _is_feed(path))
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
            for each in found
        ]
    }


def feed_item(snapshot: Snapshot, issue: Issue, path: str, number: int) -> str:
    """The content of one item of a feed, as HTML that a feed reader would show."""
    if not _is_feed(path):
        raise KeyError(path)
    html = _document(snapshot, issue, path).entries[number].html
    # Its pictures are where those of the site are; from elsewhere the frame loads none.
    return html.replace(f"{snapshot.workspace.files.publication.base_url}/", "../site/")


def _is_feed(path: str) -> bool:
    return is_feed_file(path.rpartition("/")[2], archived=False)


def _document(snapshot: Snapshot, issue: Issue, path: str) -> FeedDocument:
    return read_document(path, snapshot.site(issue)[path]())
