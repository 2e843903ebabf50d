"""Where in a page the article stands, and what around and in it is furniture."""

from __future__ import annotations

import re

from pipeline.importers.draft import Left
from pipeline.importers.markup.tree import BLOCKS, Tag, elements, holds_blocks, named, tags, text, value
from pipeline.importers.plain.shapes import same

_SHARE = 0.9
"""How much of the article's text its element has to hold: a line that strayed must not widen it."""

_LEAVES = tuple(BLOCKS - {"hr"})

_FURNITURE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?:.*[-_])?(?:{words})(?:[-_].*)?"), reason)
    for words, reason in (
        ("toc|contents|table-of-contents|tableofcontents|on-this-page", "table of contents"),
        (
            "breadcrumbs?|crumbs|pagination|pager|page-?nav|post-?nav(?:igation)?|menu",
            "navigation of the page",
        ),
        ("shar(?:e|ing)|social|sharedaddy|addtoany|follow-us", "share buttons"),
        (
            "newsletter|subscribe|subscription|sign-?up|signup|optin|mailing-?list|mc_embed_signup",
            "newsletter sign-up",
        ),
        ("comments?|respond|disqus|comment-form", "comments of the page"),
        ("cookies?|consent|gdpr", "notice about cookies"),
        (
            "sidebar|widgets?|promo|advert(?:isement)?|ads?|adsbygoogle|sponsored-links|banner|popup|modal",
            "beside the article",
        ),
        ("author-?(?:bio|box|card|info)|about-?(?:the-)?author|bio", "about the author"),
        (
            "skip-?(?:link|to-content)|screen-reader-text|sr-only|visually-hidden|visuallyhidden|print-only",
            "hidden in the page",
        ),
        ("site-?footer|page-?footer|colophon|copyright", "footer of the page"),
    )
)
_RELATED = re.compile(
    r"(?:.*[-_])?(?:related|recommended|read-?next|more-?posts|you-may-(?:also-)?like|up-?next)(?:[-_].*)?"
)


def article_of(body: Tag, lines: tuple[str, ...]) -> Tag:
    """The smallest element that holds the article whose lines these are; the body where none does."""
    wanted = {same(line.lstrip("-•*# |")) for line in lines} - {""}
    sizes: dict[int, int] = {}
    whole = 0
    holders: dict[int, Tag] = {}
    for leaf in elements(body, *_LEAVES):
        if holds_blocks(leaf) or not (plain := same(text(leaf))) or plain not in wanted:
            continue
        whole += len(plain)
        for holder in leaf.parents:
            holders[id(holder)] = holder
            sizes[id(holder)] = sizes.get(id(holder), 0) + len(plain)
            if holder is body:
                break
    if not whole:
        return _marked(body)
    best = body
    for key, holder in holders.items():
        deeper = len(list(holder.parents)) > len(list(best.parents))
        if sizes[key] >= _SHARE * whole and deeper:
            best = holder
    while best.name in ("ul", "ol", "table", "tbody", "tr", "blockquote", "p", "li") and best is not body:
        if best.parent is None:
            break
        best = best.parent
    return best


def with_its_title(article: Tag, body: Tag) -> Tag:
    """The article, or the element around it that holds its title too, where that is not the whole page.

    What follows the article there is taken out of it, and stays where it was.
    """
    if article is body or article.find("h1"):
        return article
    whole = len(text(article))
    for holder in article.parents:
        if holder is body or len(text(holder)) > 2 * whole + 400:
            return article
        if holder.find("h1"):
            _cut_behind(article, holder)
            return holder
    return article


def _cut_behind(article: Tag, holder: Tag) -> None:
    """Move what follows the article within the holder behind the holder, but for boxes of related pieces."""
    behind: list[Tag] = []
    node = article
    while node is not holder and node.parent is not None:
        behind += [each for each in node.find_next_siblings() if isinstance(each, Tag)]
        node = node.parent
    for each in reversed(behind):
        if not named(each, _RELATED):
            holder.insert_after(each.extract())


def _marked(body: Tag) -> Tag:
    """The element that the page itself marks as its article, or the body."""
    for tag in tags(body):
        if value(tag, "itemprop") == "articleBody":
            return tag
    for name in ("article", "main"):
        found = elements(body, name)
        if len(found) == 1:
            return found[0]
    return body


def around(body: Tag, article: Tag) -> list[Left]:
    """What stands outside of the article, block by block, with what it seems to be; the article goes."""
    article.extract()
    found: list[Left] = []
    for leaf in elements(body, *_LEAVES, "a", "span", "button"):
        if leaf.parent is None or holds_blocks(leaf) or not text(leaf):
            continue
        found.append(Left(text(leaf), _place(leaf)))
        leaf.decompose()
    rest = text(body)
    return list(dict.fromkeys([*found, *([Left(rest, "outside of the article")] if rest else [])]))


def _place(leaf: Tag) -> str:
    for tag in [leaf, *leaf.parents]:
        if tag.name in ("nav", "menu") or value(tag, "role") == "navigation":
            return "navigation of the page"
        for pattern, reason in _FURNITURE:
            if named(tag, pattern):
                return reason
        if tag.name in ("footer", "header"):
            return f"{tag.name} of the page"
        if tag.name == "aside":
            return "beside the article"
    return "outside of the article"


def furniture(article: Tag, left: list[Left]) -> None:
    """Take out what stands within the article and is none of it, as its class or its element says."""
    for tag in tags(article):
        if tag.parent is None or tag.name in ("body", "html", "h1"):
            continue
        reason = next((reason for pattern, reason in _FURNITURE if named(tag, pattern)), "")
        if tag.name == "nav" or value(tag, "role") in ("navigation", "search", "complementary"):
            reason = reason or "navigation of the page"
        if tag.name == "footer" and tag.parent is article:
            reason = reason or "footer of the article"
        words = text(tag)
        # A class may be a mere style of running text; furniture is short.
        if not reason or len(words) * 2 > len(text(article)) or (tag.name == "p" and len(words) > 300):
            continue
        if words:
            left.append(Left(words, reason))
        tag.decompose()


def related_in(article: Tag) -> list[tuple[str, str]]:
    """Titles and addresses of the pieces that a box of related articles names; the box is taken out."""
    found: list[tuple[str, str]] = []
    for tag in tags(article):
        if tag.parent is None or tag.name == "body" or not named(tag, _RELATED):
            continue
        links = [each for each in elements(tag, "a") if value(each, "href") and text(each)]
        if not links or len(text(tag)) * 2 > len(text(article)):
            continue
        for link in links:
            title, address = text(link), value(link, "href")
            if address not in [known for _, known in found]:
                found.append((title, address))
        tag.decompose()
    return found
