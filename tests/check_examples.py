"""Every rule's examples, by code."""

import examples_images
from check_kit import Example

EXAMPLES: dict[str, Example] = {
    **examples_images.EXAMPLES,
}

ELSEWHERE = {"LOCK001", "LINK001", "LINK002"}
"""Noticed by earlier stages, which need a whole workspace: `test_check_command.py` has their examples."""
