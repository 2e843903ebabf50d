"""The guard over content: what a theme prints is in the compiled email as often as in the MJML."""

from __future__ import annotations

from pathlib import Path

import pytest
from email_kit import edition, render, theme

from pipeline.errors import PressroomError
from pipeline.render.email.content_tokens import check_counts, cut

CONTENT, TEXT = "<div>zqC0zq</div>", "<p>zqT1zq</p>"
MJML = CONTENT + TEXT


def check(mjml: str, compiled: str) -> None:
    check_counts(cut(mjml), cut(compiled), issued=2, content=frozenset([0]))


@pytest.mark.parametrize("compiled", [MJML, TEXT + CONTENT, MJML + TEXT])
def test_content_is_there_once_and_a_text_may_be_repeated(compiled: str) -> None:
    check(MJML, compiled)


@pytest.mark.parametrize(
    "compiled",
    [
        pytest.param(TEXT, id="content lost"),
        pytest.param(MJML + CONTENT, id="content doubled"),
        pytest.param(CONTENT, id="text lost"),
        pytest.param("", id="all lost"),
    ],
)
def test_a_piece_that_is_lost_or_doubled_is_refused(compiled: str) -> None:
    with pytest.raises(PressroomError, match="lost or doubled a piece of content"):
        check(MJML, compiled)


def test_a_token_that_no_template_printed_is_refused() -> None:
    unknown = "<p>zqT2zq</p>"
    with pytest.raises(PressroomError, match="lost or doubled"):
        check(MJML + unknown, MJML + unknown)  # it came through, and was never issued
    with pytest.raises(PressroomError, match="lost or doubled"):
        check_counts(cut(MJML), cut(MJML + unknown), issued=3, content=frozenset([0]))


@pytest.mark.parametrize(
    ("head", "why"),
    [
        pytest.param(
            "<!-- <p>{{ '<b>this</b>' | safe }}</p> -->",
            "lost or doubled a piece of content",
            id="never: mrml drops a comment of the head",
        ),
        pytest.param(
            "<mj-title>Read {{ '<b>this</b>' | safe }}</mj-title>",
            "HTML inside an attribute",
            id="twice: mrml repeats the title in an attribute",
        ),
    ],
)
def test_a_theme_that_shows_content_twice_or_never_is_refused(tmp_path: Path, head: str, why: str) -> None:
    extended = '{% extends "default/email/issue.mjml.j2" %}{% block head %}' + head + "{% endblock %}"
    with pytest.raises(PressroomError, match=why):
        render(edition(), templates=theme(tmp_path, email__issue_mjml=extended))
