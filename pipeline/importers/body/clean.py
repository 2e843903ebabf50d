"""The steps that make a foreign body clean, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.importers.body import (
    calls,
    closing,
    contents,
    headings,
    inline_html,
    raw_html,
    related,
    sound,
    titles,
)
from pipeline.importers.body.blocks import Block, blocks_of, body_of
from pipeline.importers.body.shortcodes import shortcodes
from pipeline.importers.draft import Draft

Step = Callable[[Draft, tuple[Block, ...]], tuple[Draft, tuple[Block, ...]]]
"""Takes a draft and its body as blocks, and gives both as they go on; the draft's own body is not read.

What a step takes out of the body goes into a field of the draft, or into its `left` with a reason.
"""

STEPS: tuple[Step, ...] = (
    raw_html.boxes,
    inline_html.inline,
    titles.title,
    titles.opening,
    titles.lead_image,
    contents.contents,
    related.related,
    closing.disclaimer,
    closing.furniture,
    calls.calls,
    calls.repeated,
    headings.real,
    headings.rules,
    headings.levels,
    sound.fields,
    sound.fences,
    sound.notes,
    sound.tables,
    sound.proved,
)


_MOST_PASSES = 5


def cleaned(draft: Draft) -> Draft:
    """The draft with a clean body. Cleaning what is clean changes nothing.

    What one step takes away may show another what it is looking for, so that it is done until all is still.
    """
    for _ in range(_MOST_PASSES):
        made = _once(draft)
        if made.body == draft.body:
            return made
        draft = made
    return draft


def _once(draft: Draft) -> Draft:
    draft = sound.addresses(shortcodes(draft))
    blocks = blocks_of(draft.body)
    for step in STEPS:
        draft, blocks = step(draft, blocks)
    return replace(draft, body=body_of(blocks))
