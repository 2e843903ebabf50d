from __future__ import annotations

import pytest

from pipeline.support.display_width import display_width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("plain", 5),
        ("大脑", 4),
        ("שלום", 4),
        ("שָׁלוֹם", 4),
        ("e\u0301", 1),
        ("한국", 4),
        ("\u1112\u1161\u11ab", 2),
        ("🧠", 2),
        ("👩🏽‍⚕️", 2),
        ("👨‍👩‍👧", 2),
        ("👍🏽", 2),
        ("🇩🇪🇫🇷", 4),
        ("❤️", 2),
        ("zero\u200bwidth", 9),
        ("", 0),
    ],
)
def test_the_width_is_what_a_terminal_shows(text: str, columns: int) -> None:
    assert display_width(text) == columns
