"""What docs/recipients.md shows is what the program says."""

from __future__ import annotations

import re
from pathlib import Path

from workspace_kit import ROOT

from pipeline.deliver.recipient import Recipient
from pipeline.deliver.recipient_list import open_list
from pipeline.deliver.rejected_row import RejectedRow

PAGE = (ROOT / "docs/recipients.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert match
    return match[1]


def test_the_example_is_read_as_the_page_says(tmp_path: Path) -> None:
    file = tmp_path / "readers.csv"
    file.write_text(block("csv"))
    rows = list(open_list(str(file), fields=["first_name"], audiences=["clinicians"]))
    assert rows[:2] == [
        Recipient("ada@synapse.org", "", {"first_name": "Ada"}, 2),
        Recipient("bo@synapse.org", "clinicians", {"first_name": "Bo", "language": "sv"}, 3),
    ]
    assert [f"{row.line}: {row.reason}" for row in rows if isinstance(row, RejectedRow)] == block(
        "text"
    ).splitlines()
