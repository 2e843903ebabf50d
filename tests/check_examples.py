"""Every rule's examples, by code."""

import examples_html
import examples_images
from check_kit import Example

EXAMPLES: dict[str, Example] = {
    **examples_images.EXAMPLES,
    **examples_html.EXAMPLES,
}

ELSEWHERE = {"LOCK001", "LINK001", "LINK002", "CHECK001", "CHECK002"}
"""Noticed outside the rules, over a whole workspace: `test_check_command.py` has their examples."""
