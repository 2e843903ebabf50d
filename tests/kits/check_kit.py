"""Examples for the rules: a small sound issue, and what a case changes in its sources or artefacts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from workspace_kit import SETTINGS, article, issue, png

from pipeline.actions.check import check_context as context_of
from pipeline.actions.prepare import prepare_edition
from pipeline.checks.context import CheckContext
from pipeline.compose import Composer
from pipeline.model import MergeText
from pipeline.support import merge
from pipeline.workspace import open_workspace

BODY = """\
Ketamine acts within hours, where older drugs take weeks. What it does in that time is the subject of
this piece, and [a review of its effects](https://journal.example/review) says more.

## What was measured

![A bar chart: seven in ten improved within a day](chart.png)

The trial counted those who improved.
"""
LETTER = """\
Hello {{ first_name | there }}, this month we look at how fast a mind can change, and at who may hope.
"""
CHART = "issues/articles/chart.png"


@dataclass(frozen=True)
class Case:
    """What differs from the sound issue.

    `body` and `letter` replace the Markdown; `front`, `issue` and `settings` are further lines of the
    article's and the issue's front matter and of newsletter.toml; `files` are laid over the workspace.
    `html`, `text` and `message` are replacements in the finished artefacts, and what they replace must
    be there. `change` is called with the finished subject.
    """

    body: str = BODY
    letter: str = LETTER
    title: str = "The glutamate switch"
    front: str = ""
    issue: str = ""
    settings: str = ""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    html: tuple[str, str] = ("", "")
    text: tuple[str, str] = ("", "")
    message: tuple[str, str] = ("", "")
    change: Callable[[CheckContext], CheckContext] = lambda subject: subject


@dataclass(frozen=True)
class Example:
    """A case in which a rule finds something, and a near one in which it finds nothing."""

    broken: Case
    sound: Case = Case()


def check_context(case: Case) -> CheckContext:
    """The subject of a case: its issue assembled and rendered, its artefacts changed."""
    sources = replace(case, html=("", ""), text=("", ""), message=("", ""), change=_same)
    subject = _built(_key(sources))
    rendered = replace(
        subject.rendered,
        html=_edited(subject.rendered.html, *case.html),
        text=_edited(subject.rendered.text, *case.text),
    )
    message = _replaced(subject.message.decode("ascii"), *case.message).encode("ascii")
    return case.change(replace(subject, rendered=rendered, message=message))


def _same(subject: CheckContext) -> CheckContext:
    return subject


def _edited(whole: MergeText, old: str, new: str) -> MergeText:
    return merge.html(_replaced(whole, old, new)) if old else whole


def _replaced(whole: str, old: str, new: str) -> str:
    if not old:
        return whole
    assert old in whole, f"{old!r} is not in the artefact"
    return whole.replace(old, new)


_Key = tuple[str, str, str, str, str, str, tuple[tuple[str, str | bytes], ...]]


def _key(case: Case) -> _Key:
    return (
        case.body,
        case.letter,
        case.title,
        case.front,
        case.issue,
        case.settings,
        tuple(sorted(case.files.items())),
    )


@cache
def _built(key: _Key) -> CheckContext:
    body, letter, title, front, more, settings, files = key
    written = article(title, body=body)
    written = written.replace("\n---\n", f"\ndek: How fast a mind can change\n{front}\n---\n", 1)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in {
            "newsletter.toml": f"{settings}\n{SETTINGS}"
            if "[" not in settings
            else f"{SETTINGS}\n{settings}",
            "issues/articles/glutamate-switch.md": written,
            "issues/001-the-plastic-brain/issue.md": issue(letter=letter, more=more),
            CHART: png(1200, 600),
            **dict(files),
        }.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        workspace = open_workspace(Path(folder))
        first = workspace.issues.find("1")
        return context_of(prepare_edition(Composer(workspace), first, first.audiences[0]))
