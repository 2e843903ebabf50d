"""The cleanup: ONE ordered list of rules over the blocks of a foreign text, whatever form it came in.

A rule takes out of the body what is certainly not the article's text, and puts it into a field of the
article or into the sidecar, with the reason. In doubt, the words stay in the article: an editor deletes a
line faster than finding a lost one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.importers.cleanup import boxes, byline, calls, end, head, markup
from pipeline.importers.cleanup.body import Body
from pipeline.importers.draft import Draft

Rule = Callable[[Body], None]

RULES: tuple[Rule, ...] = (
    markup.addresses,
    boxes.page_furniture,
    boxes.boxes,
    head.navigation,
    head.labels,
    head.contents,
    head.title,
    byline.byline,
    head.dek,
    head.picture,
    head.lead_image,
    end.disclaimer,
    end.share,
    end.footer,
    end.sign_up,
    end.about,
    end.related,
    calls.calls,
    calls.repeated,
    markup.headings,
    markup.rules,
    markup.levels,
    markup.fences,
    markup.escapes,
    markup.merge_tags,
    markup.notes,
    markup.tables,
)


def clean(draft: Draft) -> Draft:
    """The draft with a clean body. A body of which nothing would remain is kept as it was."""
    body = Body(draft)
    for rule in RULES:
        rule(body)
    left = sorted(body.draft.left, key=lambda each: each.line or 0)
    cleaned = replace(body.draft, blocks=tuple(body.blocks), left=tuple(left))
    return cleaned if cleaned.blocks or not draft.blocks else _kept(draft)


def _kept(draft: Draft) -> Draft:
    body = Body(draft)
    for rule in (
        markup.addresses,
        markup.headings,
        markup.levels,
        markup.fences,
        markup.escapes,
        markup.notes,
        markup.tables,
    ):
        rule(body)
    return replace(body.draft, blocks=tuple(body.blocks))
