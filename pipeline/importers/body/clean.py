"""The steps that make a foreign body clean, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.importers.body.blocks import Block, blocks_of, body_of
from pipeline.importers.draft import Draft

Step = Callable[[Draft, tuple[Block, ...]], tuple[Draft, tuple[Block, ...]]]
"""Takes a draft and its body as blocks, and gives both as they go on; the draft's own body is not read.

What a step takes out of the body goes into a field of the draft, or into its `left` with a reason.
"""

STEPS: tuple[Step, ...] = ()


def cleaned(draft: Draft) -> Draft:
    """The draft with a clean body. Cleaning what is clean changes nothing."""
    blocks = blocks_of(draft.body)
    for step in STEPS:
        draft, blocks = step(draft, blocks)
    return replace(draft, body=body_of(blocks))
