"""Every rule's examples, by code."""

import examples_fields
import examples_html
import examples_images
import examples_inbox
import examples_links
import examples_message
import examples_outside
import examples_words
from check_kit import Example

EXAMPLES: dict[str, Example] = {
    **examples_images.EXAMPLES,
    **examples_html.EXAMPLES,
    **examples_links.EXAMPLES,
    **examples_words.EXAMPLES,
    **examples_inbox.EXAMPLES,
    **examples_message.EXAMPLES,
    **examples_fields.EXAMPLES,
    **examples_outside.EXAMPLES,
}

ELSEWHERE = {"LOCK001", "LINK001", "LINK002", "CHECK001", "CHECK002"}
"""Noticed outside the rules, over a whole workspace: `test_check_command.py` has their examples."""
