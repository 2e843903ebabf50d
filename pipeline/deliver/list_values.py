"""Values of merge fields, as lists of recipients and `--field` have them."""

from __future__ import annotations

import re
from datetime import date

from pipeline.errors import PressroomError

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd-\uffff\ud800-\udfff]")
_SHOWN = 100
"""How many characters of a text that is wrong are shown."""


def field_value(name: str, value: object) -> str:
    """The text of a value, on one line; a database or JSON may also have a number, a date or nothing.

    Raises `PressroomError` without a place for control characters, for what was not decoded, and for values
    that are no text.
    """
    if isinstance(value, str):
        text = value.strip()
        # Nearly all values are printable, and this is quicker than the search.
        if text.isprintable() and text.isascii():
            return text
        if forbidden := _FORBIDDEN.search(text):
            raise _forbidden(name, forbidden[0])
        return text
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview | list | tuple | dict | set):
        raise PressroomError(
            f'the value of "{name}" is not a text.', hint="Write a text or a number, without brackets."
        )
    return field_value(name, str(value))


def shown(text: str) -> str:
    """A text of a list as a terminal can show it: printable and not too long."""
    text = "".join(each if each.isprintable() else "\ufffd" for each in text[: _SHOWN + 1].strip())
    return f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text


def _forbidden(name: str, character: str) -> PressroomError:
    if character == "\ufffd":
        hint = "Save the list again with the encoding UTF-8."
        return PressroomError(f'the value of "{name}" is not UTF-8 text.', hint=hint)
    return PressroomError(
        f'the value of "{name}" has the character U+{ord(character):04X} in it, which no email shows.',
        hint="Delete it.",
    )
