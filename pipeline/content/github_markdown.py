"""What GitHub adds to CommonMark, beyond what markdown-it-py has: bare addresses and task lists."""

from __future__ import annotations

import re
from typing import Any

from linkify_it import LinkifyIt

from pipeline.content.tree import TASK_BOXES

_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S|\Z)")


class BareAddresses(LinkifyIt):  # type: ignore[misc]
    """Finds the bare addresses that GFM makes links of (section 6.9): web, email, or with `www.`."""

    def pretest(self, text: str) -> bool:
        """Whether a text may have an address: the library's own pattern takes a quarter of all parsing."""
        return "@" in text or "://" in text or "www." in text.lower()

    def test(self, text: str) -> bool:
        """Whether a text has an address."""
        return self.pretest(text) and bool(super().test(text))

    def match_at_start(self, text: str) -> Any:
        """Return the address at the start of a text, or None."""
        match = super().match_at_start(text)
        return match if match and self._is_address(match) else None

    def match(self, text: str) -> list[Any] | None:
        """Return the addresses in a text, or None without one."""
        matches = [each for each in super().match(text) or () if self._is_address(each)]
        return matches or None

    def _is_address(self, match: Any) -> bool:
        if match.schema == "" and match.raw.lower().startswith("www."):
            match.url = f"https://{match.raw}"
            return True
        return match.schema in ("http:", "https:", "mailto:")


def task_lists(state: Any) -> None:
    """Write the boxes of a task list (GFM, section 5.3) as signs: mail programs drop form elements."""
    for item, paragraph, token in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (item.type, paragraph.type, token.type) == ("list_item_open", "paragraph_open", "inline"):
            # After the box of an item that begins with a link or bold words, its text ends with the space.
            text = token.children[0] if token.children else None
            if text and text.type == "text" and (match := _TASK.match(text.content)):
                text.content = TASK_BOXES[match[1] != " "] + text.content[match.end() :]
