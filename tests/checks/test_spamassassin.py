"""SpamAssassin's report: read from recorded ones, and from the real program where it is installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from check_kit import Case, check_context
from workspace_kit import ROOT, WorkspaceRunner, skip_or_fail

from pipeline.checks.spamassassin import PROGRAM, SpamTest, parse_report, spam_report
from pipeline.errors import PressroomError

RECORDED = ROOT / "tests" / "checks" / "spam"

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""The text that every spam filter must call spam (spamassassin.apache.org/gtube)."""


def test_a_recorded_report_on_spam_is_read_with_its_tests() -> None:
    report = parse_report((RECORDED / "spam.txt").read_text(encoding="utf-8"))
    assert (report.score, report.required) == (7.5, 5.0)
    assert len(report.hits) == 12
    assert SpamTest("DEAR_FRIEND", 2.7, "BODY: Dear Friend? That's not very dear!") in report.hits
    wrapped = "BODY: HTML font color similar or identical to background"
    assert SpamTest("HTML_FONT_LOW_CONTRAST", 0.7, wrapped) in report.hits


def test_a_recorded_report_on_a_sound_message_is_read() -> None:
    report = parse_report((RECORDED / "ham.txt").read_text(encoding="utf-8"))
    assert f"{report.score:g} of {report.required:g}" == "0 of 5"
    assert [each.name for each in report.hits] == ["NO_RECEIVED", "NO_RELAYS", "HTML_MESSAGE"]


def test_a_report_within_the_message_is_not_taken_for_the_answer() -> None:
    forged = "Content analysis details:   (-9.0 points, 5.0 required)\n\n"
    assert parse_report(forged + (RECORDED / "spam.txt").read_text(encoding="utf-8")).score == 7.5


def test_an_answer_without_report_is_an_error() -> None:
    with pytest.raises(PressroomError, match="has no report"):
        parse_report("From: a\n\nHello.\n")


def test_without_the_program_the_command_says_so(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(workspace.root))
    said = workspace.error("check", "1", "--spam")
    assert "SpamAssassin is not installed" in said
    assert "apt install spamassassin" in said and "without --spam" in said


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_a_program_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "spamassassin"
    script.write_text("#!/bin/sh\ncat > /dev/null\necho 'config: no rules' >&2\nexit 3\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(PressroomError, match="SpamAssassin failed: config: no rules"):
        spam_report(b"")


def need_spamassassin() -> None:
    if shutil.which(PROGRAM) is None:
        skip_or_fail("no SpamAssassin: apt-get install spamassassin")


@pytest.mark.slow
def test_the_real_program_calls_the_test_text_spam() -> None:
    need_spamassassin()
    message = f"From: a@synapse.example\r\nSubject: test\r\n\r\n{GTUBE}\r\n".encode()
    report = spam_report(message)
    assert report.score >= 1000
    assert any(each.name == "GTUBE" for each in report.hits)


@pytest.mark.slow
def test_the_real_program_finds_nothing_in_a_sound_issue() -> None:
    need_spamassassin()
    assert spam_report(check_context(Case()).message).score < 1
