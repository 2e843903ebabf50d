"""Forms of code, quotations and tables that mail programs draw alike, and places where long words may break.

Outlook on Windows, Yahoo, Samsung and Gmail's apps each lack some of `white-space`, `word-break` and
`overflow-wrap` (caniemail.com), and Word reads padding on table cells alone. So nothing here rests on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from pipeline.content.text_table import table_grid
from pipeline.content.tree import elements
from pipeline.content.tree_text import tree_text
from pipeline.model import Element, MergeField, Node
from pipeline.support.limits import EMAIL_GUTTER, EMAIL_WIDTH, PHONE_WIDTH

TEXT_WIDTH = EMAIL_WIDTH - 2 * EMAIL_GUTTER
"""Width of text in an email, in CSS pixels."""

PHONE_TEXT_WIDTH = PHONE_WIDTH - 2 * 16
"""Width of text on the narrowest phone, between the margins that themes leave there."""

_LONG_WORD = 30
"""Characters from which a word may break: a shorter one fits a phone."""

_LONG_CODE = 17
_PIECE = 14
"""Most characters between two places to break; as wide as a phone in the type of a headline."""

_NAME = "Christopher-Lee"
"""A name of usual length, in place of a merge field."""

# A character of finished HTML text, be it written as a reference; a merge field's mark never breaks.
_SIGN = r"(?:&[#\w]+;|[^\s<>&\x02\x03\x1f])"
_MARK = r"\x02[^\x03]*\x03"
_WORD = re.compile(rf"{_MARK}|{_SIGN}{{{_LONG_WORD},}}")
_CODE = re.compile(rf"{_MARK}|{_SIGN}{{{_LONG_CODE},}}")
# As long as may be, and after a sign that divides words if there is one.
_PIECES = re.compile(
    rf"(?:{_SIGN}{{2,{_PIECE - 1}}}(?:&[#\w]+;|[^\w\s<>&]|_)|{_SIGN}{{{_PIECE}}})(?={_SIGN})"
)


def break_words(html: str, words: re.Pattern[str] = _WORD) -> str:
    """HTML text in which a line may break inside long words.

    `<wbr>` is known to nearly every client that lacks `word-break`, and is not copied with the text.
    """

    def with_breaks(word: re.Match[str]) -> str:
        return word[0] if word[0][0] == "\x02" else _PIECES.sub(r"\g<0><wbr>", word[0])

    # Few texts have a long word, and the pattern tries every letter of a short one.
    has_long_word = len(html) >= _LONG_CODE and max(map(len, html.split()), default=0) >= _LONG_CODE
    return words.sub(with_breaks, html) if has_long_word else html


def code_lines(html: str) -> str:
    """Preformatted HTML text as lines that keep their indentation and may break.

    Of several spaces all but the last are `&nbsp;`, which browsers copy as spaces. Long lines break at
    spaces, and in words as `break_words` does it.
    """
    html = re.sub(r"(?m)^ +| {2,}", _kept_spaces, html.expandtabs(4))
    return "<br>".join(break_words(line, _CODE) for line in html.split("\n"))


def _kept_spaces(spaces: re.Match[str]) -> str:
    at_start = spaces.start() == 0 or spaces.string[spaces.start() - 1] == "\n"
    return "&nbsp;" * len(spaces[0]) if at_start else "&nbsp;" * (len(spaces[0]) - 1) + " "


def one_cell(inner: str, style: str, attributes: str) -> str:
    """HTML in a table of one cell: the table has the margin of `style`, the cell all else."""
    # Quotes in it are references already, whose semicolons end no declaration.
    declarations = re.split(r"(?<!&#x27);", style)
    margin = _style(each for each in declarations if each.startswith("margin"))
    rest = _style(each for each in declarations if not each.startswith("margin"))
    ground = re.search(r"background(?:-color)?:(#[0-9A-Fa-f]{6})", rest)
    bgcolor = f' bgcolor="{ground[1]}"' if ground else ""
    table = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
    return f"{table}{margin}><tr><td{attributes}{bgcolor}{rest}>{inner}</td></tr></table>"


def _style(declarations: Iterable[str]) -> str:
    css = ";".join(filter(None, declarations))
    return f' style="{css}"' if css else ""


class TableForm(Enum):
    """How a table is shown: as it is, row by row on phones, or row by row everywhere."""

    COLUMNS = ""
    ROWS_ON_PHONES = "rows"
    ROWS = "records"


def table_form(table: Element, phone: float = PHONE_TEXT_WIDTH, desk: float = TEXT_WIDTH) -> TableForm:
    """The form of a table in which no number and no short word is cut, for the room on phone and desk."""
    head, body = table_grid(table)
    widths: dict[int, float] = {}
    for row in (*head, *body):
        for number, cell in enumerate(row):
            if cell and int(cell.get("colspan") or 1) == 1:
                widths[number] = max(widths.get(number, 0), _least_width(cell))
    width = sum(widths.values())
    if width <= phone or not body:
        return TableForm.COLUMNS
    return TableForm.ROWS_ON_PHONES if width <= desk else TableForm.ROWS


def fit_in_a_row(buttons: Iterable[tuple[Node, ...]], room: float) -> bool:
    """Whether buttons with these words fit beside each other without cutting a word in two."""
    words = [[*tree_text(button, _usual_name, alt=True).split(), ""] for button in buttons]
    # Bold type of 16 px, and 16 px at each side and 8 between two.
    return sum(9.5 * max(map(len, each)) + 40 for each in words) - 8 <= room


def _usual_name(_: MergeField) -> str:
    return _NAME


def _least_width(cell: Element) -> float:
    """About how wide a cell is whose lines break at every place: its longest piece, and its padding."""
    code = any(each.tag in {"code", "kbd", "samp"} for each in elements((cell,)))
    words = tree_text((cell,), _usual_name).split()
    longest = max((len(word) if len(word) < _LONG_WORD else _PIECE for word in words), default=0)
    return (9.1 if code else 8.5) * longest + 12
