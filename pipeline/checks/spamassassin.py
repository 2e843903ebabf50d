"""A spam score from SpamAssassin, where it is installed and an editor asks for it.

The only module that runs it. It runs without the network and without learning, so that a check
changes nothing, sends nothing, and has the same score tomorrow.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass

from pipeline.errors import PressroomError

PROGRAM = "spamassassin"
TIME_LIMIT = 60.0
"""Seconds; it takes one to five."""

# -t reports whatever the score, -L asks no servers, -x writes no preferences.
_OPTIONS = ("-L", "-t", "-x", "--cf=use_bayes 0", "--cf=bayes_auto_learn 0", "--cf=use_auto_welcomelist 0")
_TOTAL = re.compile(
    r"^Content analysis details:\s+\(\s*(-?[\d.]+) points,\s+(-?[\d.]+) required\)", re.MULTILINE
)
_HIT = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s+([A-Z][A-Z0-9_]+)\s+(\S.*)?$")
_MORE = re.compile(r"^\s{20,}(\S.*)$")


@dataclass(frozen=True, slots=True)
class SpamTest:
    """One of SpamAssassin's tests that the message matched, and its points."""

    name: str
    points: float
    text: str


@dataclass(frozen=True, slots=True)
class SpamReport:
    """The score of a message, the score from which it counts as spam, and the tests it matched."""

    score: float
    required: float
    hits: tuple[SpamTest, ...]


def spam_report(message: bytes) -> SpamReport:
    """SpamAssassin's report on a message, by its local tests alone.

    Raises `PressroomError` if the program is not installed, fails, or takes more than `TIME_LIMIT` seconds.
    """
    try:
        process = subprocess.run(
            [PROGRAM, *_OPTIONS],
            input=message,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise PressroomError(
            "SpamAssassin is not installed, so there is no spam score.",
            hint="Install it (Debian, Ubuntu: sudo apt install spamassassin), or check without --spam.",
        ) from error
    except OSError as error:
        raise PressroomError(f"SpamAssassin cannot be run: {error.strerror or error}.") from error
    except subprocess.TimeoutExpired as error:
        raise PressroomError(
            f"SpamAssassin gave no answer in {TIME_LIMIT:g} seconds.",
            hint="Try again, or check without --spam.",
        ) from error
    if process.returncode:
        lines = process.stderr.decode("utf-8", "replace").strip().splitlines()
        raise PressroomError(f"SpamAssassin failed: {lines[-1] if lines else process.returncode}.")
    return parse_report(process.stdout.decode("utf-8", "replace"))


def parse_report(output: str) -> SpamReport:
    """Parse the report at the end of `spamassassin -t`. Raises `PressroomError` if it is missing."""
    # The message comes before the report, and could hold one of its own.
    totals = list(_TOTAL.finditer(output))
    if not totals:
        raise PressroomError(
            "SpamAssassin's answer has no report.",
            hint="Does its configuration change `report` or clear the template?",
        )
    total = totals[-1]
    hits: list[SpamTest] = []
    for line in output[total.end() :].splitlines():
        if hit := _HIT.match(line):
            hits.append(SpamTest(hit[2], float(hit[1]), (hit[3] or "").strip()))
        elif hits and (more := _MORE.match(line)):
            hits[-1] = SpamTest(hits[-1].name, hits[-1].points, f"{hits[-1].text} {more[1].strip()}".strip())
    # SpamAssassin writes -0.0 where only tests without points matched.
    return SpamReport(float(total[1]) + 0.0, float(total[2]), tuple(hits))
