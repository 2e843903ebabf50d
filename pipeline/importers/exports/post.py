"""A post as another system exports it, and the article that it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.importers.draft import PAGE, Draft, Left, Material
from pipeline.importers.readers import markdown
from pipeline.importers.readers.feed_item import FeedText, Person, Recording, SourceItem, draft_of, joined

EMPTY = "an empty post"
TRASH = "in the trash"
PAID = "its readers paid for it"
MEMBERS = "it was for members alone"
EMAIL_ALONE = "it was sent as an email, and no page had it"

_PAYWALL = re.compile(
    r"<!--\s*(?:members-only|wp:jetpack/paywall)\b(?:(?!<!--|-->).)*-->"
    r"""|<div\b[^<>]{0,300}\bclass=["']?paywall-jump\b[^<>]{0,300}>""",
    re.DOTALL,
)
"""What Ghost, WordPress and Substack write where the part begins that the public does not see."""
_LONGEST = 60
"""Characters of a text's beginning in a message."""


@dataclass(frozen=True, slots=True)
class ExportedPost:
    """A post. `html` and `markdown` are two forms of its body; `title` and `dek` are HTML.

    `dek` is what the editor wrote below the title. `live` is false for whatever the public has not seen.
    `private` is the reason why only some readers got it, and `omitted` the one why no article is made of it.
    `path` is where its page is, of a system that leaves its own address out of the export.
    `feed_id` is the id that the system's feed has for it, if that is known.
    """

    id: str
    title: str
    html: str = ""
    markdown: str = ""
    dek: str = ""
    slug: str = ""
    link: str = ""
    path: str = ""
    published: str = ""
    updated: str = ""
    people: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    image_caption: str = ""
    recordings: tuple[Recording, ...] = ()
    live: bool = True
    private: str = ""
    left: tuple[Left, ...] = ()
    omitted: str = ""
    feed_id: str = ""


def draft_of_post(post: ExportedPost, base: str) -> Draft:
    """The article of a post; `base` is the address of its site."""
    if post.omitted and post.omitted != PAGE:
        return Draft(omitted=post.omitted)
    link = joined(base, post.link) if post.link else ""  # Squarespace leaves the site out
    item = SourceItem(
        id=post.id,
        link=link,
        title=FeedText(post.title, True),
        contents=(FeedText(post.html, True),) if post.html.strip() else (),
        published=post.published,
        updated=post.updated,
        people=post.people,
        tags=(*post.tags, *post.categories),
        images=(post.image,) if post.image else (),
        recordings=post.recordings,
        base=link or base,
        left=post.left,
        extra={"categories": list(post.categories), "image_caption": FeedText(post.image_caption).plain},
    )
    draft = draft_of(item)
    if post.markdown:
        body = markdown.read(Material("post.md", post.markdown.encode("utf-8", "replace")))[0]
        draft = replace(draft, blocks=body.blocks, left=(*draft.left, *body.left), source_text=post.markdown)
    dek = FeedText(post.dek).plain
    draft = replace(draft, dek=dek, slug=post.slug, draft=not post.live, image_alt=post.image_alt)
    draft = replace(draft, omitted=post.omitted or empty(draft), feed_id=post.feed_id, path=post.path)
    if post.private:
        why = f"{post.private}{_behind_paywall(post.html)}: name an `audience` before you publish it"
        draft = replace(draft, draft=True).inferring("draft", "true", why)
    return draft


def _behind_paywall(html: str) -> str:
    """Where the part begins that the public does not see, if anything is above it."""
    mark = _PAYWALL.search(html)
    words = (
        FeedText(html[mark.end() :], True).plain
        if mark and FeedText(html[: mark.start()], True).plain
        else ""
    )
    if len(words) > _LONGEST:
        words = f"{words[:_LONGEST].rpartition(' ')[0] or words[:_LONGEST]}…"
    return f', from "{words}" on' if words else ""


def empty(draft: Draft) -> str:
    """The reason to leave a post out that has neither words nor pictures."""
    return "" if draft.blocks or draft.title or draft.image or draft.left else EMPTY


def with_merge_tags(text: str, fields: re.Pattern[str]) -> str:
    """The text with a system's merge fields as those of Mailchimp, which the cleanup makes our own.

    `fields` has the groups `name` and `fallback`.
    """

    def tag(match: re.Match[str]) -> str:
        name, fallback = _MERGE_TAGS[match["name"]], (match["fallback"] or "").strip()
        return f"*|IF:{name}|**|{name}|**|ELSE:|*{fallback}*|END:IF|*" if fallback else f"*|{name}|*"

    return fields.sub(tag, text)


_MERGE_TAGS = {"first_name": "FNAME", "last_name": "LNAME", "email": "EMAIL"}
