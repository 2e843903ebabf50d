"""Rules on the elements around blocks, by their names, classes and roles."""

from __future__ import annotations

import re
from itertools import groupby

from pipeline.importers import phrases
from pipeline.importers.blocks import Box, Kind, SourceBlock, container
from pipeline.importers.cleanup.body import Body
from pipeline.importers.cleanup.calls import call_in
from pipeline.importers.draft import Link
from pipeline.importers.inline import inner, links, readable


def _named(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:.*[-_])?(?:{words})(?:[-_].*)?")


RELATED = _named("related|recommended|read-?next|more-?posts|you-may-(?:also-)?like|up-?next|relatedposts")
DEK = _named("dek|deck|subtitle|sub-?title|standfirst|subheading|lede?")
BYLINE = _named("by-?line|post-?meta|entry-?meta|article-?meta|meta|author|post-?info|posted-on")
FURNITURE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (_named(words), reason)
    for words, reason in (
        ("toc|contents|table-of-contents|tableofcontents|on-this-page", "table of contents"),
        (
            "nav|navigation|search|breadcrumbs?|crumbs|pagination|pager|page-?nav|post-?nav(?:igation)?|menu",
            "navigation of the page",
        ),
        ("shar(?:e|ing)|social|sharedaddy|addtoany|follow-us", "share buttons"),
        (
            "newsletter|subscribe|subscription|sign-?up|optin|mailing-?list|mc_embed_signup",
            "newsletter sign-up",
        ),
        ("comments?|respond|disqus|comment-form", "comments of the page"),
        ("cookies?|consent|gdpr", "notice about cookies"),
        (
            "sidebar|complementary|widgets?|promo|advert(?:isement)?|ads?|adsbygoogle|sponsored-links|popup|modal",
            "beside the article",
        ),
        ("author-?(?:bio|box|card|info)|about-?(?:the-)?author|bio", "about the author"),
        (
            "skip-?(?:link|to-content)|screen-reader-text|sr-only|visually-?hidden|print-only",
            "hidden in the page",
        ),
        ("site-?footer|page-?footer|contentinfo|colophon|copyright", "footer of the page"),
    )
)
_ELEMENTS = {
    "<footer>": "footer of the page",
    "<header>": "header of the page",
    "<aside>": "beside the article",
    "<nav>": "navigation of the page",
}
_CTA = _named("cta|btn|button|call-?to-?action")
_CALLOUT = _named(
    "note|tip|info|warning|alert|callout|admonition|notice|key-?takeaways?|infobox|(?:info|note|tip)-?box|panel"
)
_EMAIL_ALONE = re.compile(r"kg-email(?:-cta)?-card")
"""Cards of Ghost that its site does not show."""
_LONGEST = 300
"""Characters of a paragraph whose class may be a mere style of running text."""


def furniture_reason(boxes: tuple[Box, ...]) -> str:
    """What the page says that blocks in these elements are, if they are not its article; else nothing."""
    for box in reversed(boxes):
        for pattern, reason in FURNITURE:
            if is_named(box, pattern):
                return reason
    return ""


def place_reason(boxes: tuple[Box, ...]) -> str:
    """Where on its page a block outside of the article is."""
    elements = [_ELEMENTS[name] for box in reversed(boxes) for name in box.names if name in _ELEMENTS]
    return furniture_reason(boxes) or next(iter(elements), "outside of the article")


def is_named(box: Box, pattern: re.Pattern[str]) -> bool:
    """Whether a class, role or id of an element is as the pattern says."""
    return any(pattern.fullmatch(name) for name in box.names)


def _boxes(body: Body) -> dict[Box, list[SourceBlock]]:
    """The blocks in each box."""
    boxes: dict[Box, list[SourceBlock]] = {}
    for block in body.blocks:
        for box in block.boxes:
            boxes.setdefault(box, []).append(block)
    return boxes


def page_furniture(body: Body) -> None:
    """Menus, share buttons, sign-ups and the like, as their class says; a box of related pieces is a field.

    A box with half of the text, or a long paragraph, stays: its class is a style.
    """
    whole = sum(len(block.words) for block in body.blocks)
    for box, blocks in _boxes(body).items():
        inside = [block for block in blocks if body.has(block)]
        reason = furniture_reason((box,))
        size = sum(len(block.words) for block in inside)
        is_menu = "nav" in box.names
        if (
            not inside
            or (size * 2 > whole and not is_menu)
            or (len(inside) == 1 and size > _LONGEST and inside[0].is_text)
        ):
            continue
        if is_named(box, RELATED) and any(links(block.text) for block in inside):
            named = [each for block in inside for each in links(block.text)]
            body.relate(Link(readable(each.text), each.address) for each in named)
            for block in inside:
                body.take(block, "related articles")
        elif reason:
            for block in inside:
                body.take(block, reason)


def boxes(body: Body) -> None:
    """A box becomes `::: cta`, `::: callout` or `::: email-only`, as its class says."""
    for box, blocks in _boxes(body).items():
        inside = [block for block in blocks if body.has(block)]
        if not inside or any(block.kind is Kind.CONTAINER for block in inside):
            continue
        if is_named(box, _EMAIL_ALONE):
            body.replace(inside[0], container("email-only", inside, inside[0].line))
            for block in inside[1:]:
                body.take(block)
        elif is_named(box, _CTA):
            _calls(body, inside)
        elif is_named(box, _CALLOUT):
            title, blocks = "", inside
            if inside[0].kind is Kind.HEADING and inside[1:] and "{{" not in inside[0].text:
                title, blocks = inside[0].words, inside[1:]
            body.replace(inside[0], container(f"callout {title}", blocks, inside[0].line))
            for block in inside[1:]:
                body.take(block)


def _calls(body: Body, inside: list[SourceBlock]) -> None:
    """Each part of the box below a heading: a call to action with its words, or a sign-up, which goes."""
    parts = [list(part) for _, part in groupby(inside, key=_Counter())]
    for part in parts:
        held = [block for block in part if call_in(block, body.draft.base, in_box=True)]
        texts = all(block.is_text or block.kind in (Kind.HEADING, Kind.QUOTE) for block in part)
        is_share = all(phrases.SHARE.fullmatch(block.words) for block in part)
        if is_share or any(
            phrases.SIGN_UP.match(block.words) for block in part if len(parts) > 1 or block.is_line
        ):
            for block in part:
                body.take(block, "share buttons" if is_share else "newsletter sign-up")
        elif len(held) == 1 and texts:
            call = call_in(held[0], body.draft.base, in_box=True)
            words = [inner(block.text) for block in part if block is not held[0] and block.words]
            text = "\n\n".join([*words, call])
            body.replace(part[0], SourceBlock(Kind.CONTAINER, f"::: cta\n{text}\n:::", 0, part[0].line))
            for block in part[1:]:
                body.take(block)


class _Counter:
    """The number of the part that a block belongs to: a heading begins the next."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, block: SourceBlock) -> int:
        self.number += block.kind is Kind.HEADING
        return self.number
