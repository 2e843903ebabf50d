"""The nouns of Pressroom, as frozen values. Standard library only.

They follow the flow: the publication and its settings, an article and its content, an issue and its
sections, what assembly and composition make of them, and what is rendered. All dates are aware (they have a
UTC offset); widths and heights of images are in pixels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Self, TypeVar

Item = TypeVar("Item")
Other = TypeVar("Other")

EVERYONE = "everyone"
"""The audience of an edition that is for all readers."""


class Layout(StrEnum):
    """How an item appears in an email: whole, as a card with image and dek, as one line, or as a link.

    A link item is always a link.
    """

    FULL = "full"
    CARD = "card"
    BRIEF = "brief"
    LINK = "link"


class Order(StrEnum):
    """The order of a section's items, after the pinned ones."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


class Place(NamedTuple):
    """A place in a source file: a path relative to the workspace, and a line counted from 1."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


# --- the publication -------------------------------------------------------------------------

TARGETS = (
    *("beehiiv", "brevo", "buttondown", "ghost", "kit", "listmonk", "mailchimp", "mailerlite"),
    *("mailgun", "postmark", "resend", "sendgrid", "ses"),
)
"""The services that an issue can be exported for; each has a module in `export/targets/`."""

FORMATS = ("bundle", "eml")
"""What an issue can be exported as without a service."""


@dataclass(frozen=True, slots=True)
class TagRule:
    """Which tags a section takes: at least one of `any`, each of `all`, and not one of `none`."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def takes(self, tags: tuple[str, ...]) -> bool:
        """Whether an article with these tags fits. Without `any` and `all`, no article does."""
        if not self.any and not self.all:
            return False
        has = set(tags)
        return (
            (not self.any or not has.isdisjoint(self.any))
            and has.issuperset(self.all)
            and has.isdisjoint(self.none)
        )


@dataclass(frozen=True, slots=True)
class SectionRule:
    """A section as written in `issue.md` or `newsletter.toml`. `since` and `until` are inclusive.

    `pin` and `exclude` name articles by slug, and link items by id or address. `badges` maps tags to the
    words that mark a link with that tag. `waits` allows tags that no article has yet: it is set for the
    publication's default sections, and for an issue's section that repeats one of them.
    """

    title: str
    tags: TagRule
    place: Place
    pin: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int | None = None
    order: Order = Order.NEWEST
    since: datetime | None = None
    until: datetime | None = None
    layout: Layout | None = None
    reuse: bool = False
    badges: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False

    @property
    def label(self) -> str:
        """The section as messages name it."""
        return f'"{self.title}"' if self.title else "(no title)"


@dataclass(frozen=True, slots=True)
class Disclaimer:
    """A text that everything with an article that has one of the tags must show, once."""

    tags: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class RequiredFields:
    """Fields that an article with one of the tags must have, in its front matter or under `extra`."""

    tags: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """The readers that an edition is for. Only a public audience has web pages and feeds."""

    name: str
    title: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a light or dark scheme, as six-digit hex."""

    accent: str
    text: str
    muted: str
    background: str
    surface: str
    line: str


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """The theme chosen in `newsletter.toml`, with its colours, fonts and logo.

    `title_font` is the font of headings on web pages. `text_size` is the size of body text, in CSS pixels.
    `layout` applies to articles for which neither the article, its section nor its issue names one.
    """

    name: str
    colors: Palette
    dark: Palette
    description: str = ""
    body_font: str = "Georgia, 'Times New Roman', serif"
    heading_font: str = "'Helvetica Neue', Helvetica, Arial, sans-serif"
    title_font: str = "Georgia, 'Times New Roman', serif"
    text_size: int = 17
    logo: str | None = None
    logo_dark: str | None = None
    logo_alt: str = ""
    logo_line: int | None = None
    logo_dark_line: int | None = None
    layout: Layout = Layout.CARD
    card_pictures: bool = True


@dataclass(frozen=True, slots=True)
class Show:
    """What an issue shows beside its texts, in email, text part and page: the table `show` of the settings.

    `web_link` is the link to its page, `authors` are the names at an article, `contents` is the list of
    titles at the head of a long issue, and `code_colors` are those of code whose language is named.
    """

    date: bool = True
    reading_time: bool = True
    issue_number: bool = True
    section_titles: bool = True
    web_link: bool = True
    authors: bool = True
    contents: bool = True
    code_colors: bool = True


class LinkScope(StrEnum):
    """The addresses in an email that get parameters: those of the publication's own host, or all."""

    OWN = "own"
    ALL = "all"


LINK_PLACEHOLDERS = ("issue", "section", "target")
"""What the value of an added parameter may hold, in braces: number, title as in addresses, target."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote an article; `role` is the credential shown beside the name.

    `picture` is a path as written in the settings, at `picture_line`. `organization` is set for one that is
    not a person.
    """

    name: str
    role: str = ""
    url: str = ""
    picture: str = ""
    picture_line: int | None = None
    organization: bool = False


@dataclass(frozen=True, slots=True)
class LinkParameters:
    """The table `links`: parameters that are added to addresses in emails, each name with its value."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    add_to: LinkScope = LinkScope.OWN


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Where readers of the web pages subscribe: the table `subscribe`.

    `url` is a page of the service. Or else `form_action` is the address to which the pages post a form, with
    the reader's address as `email_field`, and with `fields`, which the reader does not see.
    """

    url: str = ""
    form_action: str = ""
    email_field: str = "email"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How issues are sent: the table `delivery`.

    `url` names the mail server, and `line` is where. `rate` is in messages a second, `per_domain` the same
    for receiving domains, with `*` for those that it does not name. `warm_up` is the limit of the first day
    of sending. `dkim_selectors` are in the order of the keys. `unsubscribe_endpoint` is an address with
    `{token}`, `return_path` the address that bounces go to, with `{recipient}` where it names the recipient.
    `complaints_to` is the address in CFBL-Address (RFC 9477).
    """

    url: str = ""
    line: int | None = None
    rate: float | None = None
    per_domain: Mapping[str, float] = field(default_factory=dict)
    warm_up: int | None = None
    connections: int = 4
    dkim_selectors: tuple[str, ...] = ()
    unsubscribe_endpoint: str = ""
    return_path: str = ""
    feedback_id: str = ""
    complaints_to: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """The settings in `newsletter.toml`.

    `base_url` has no trailing slash. `timezone` is an IANA name. `sender_address` and `reply_to` are RFC 5322
    addresses. `merge_fields` maps the name of each field to its default fallback. `hub` is the address of a
    WebSub hub. `editor_url` opens a file in the editor, with `{path}` and `{line}` for its place. `clients`
    are the families of mail clients that are checked for; empty means all. `silence` maps the codes of
    silenced checks to the reason. `targets` are the `[targets.NAME]` tables. `approval` is the number of
    approvals that an issue needs before it is pushed or sent, or the names or addresses of those who approve.
    `hidden_tags` are tags that no web page shows.
    `no_tracking` is the promise that no email tracks its readers, which the checks prove. `lines` has the
    lines of all keys and tables outside of lists, those of a table as `theme.logo`.
    """

    title: str
    base_url: str
    language: str
    timezone: str
    sender_name: str
    sender_address: str
    postal_address: str
    theme: ThemeSettings
    colophon: str = ""
    tagline: str = ""
    description: str = ""
    reply_to: str | None = None
    unsubscribe_url: MergeText | None = None
    preferences_url: MergeText | None = None
    reason: str = ""
    sections: tuple[SectionRule, ...] = ()
    disclaimers: tuple[Disclaimer, ...] = ()
    audiences: tuple[Audience, ...] = ()
    merge_fields: Mapping[str, str] = field(default_factory=dict)
    hub: str | None = None
    clients: tuple[str, ...] = ()
    silence: Mapping[str, str] = field(default_factory=dict)
    required_fields: tuple[RequiredFields, ...] = ()
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    editor_url: str = ""
    show: Show = Show()
    authors: Mapping[str, Author] = field(default_factory=dict)
    links: LinkParameters = LinkParameters()
    no_tracking: bool = False
    approval: int | tuple[str, ...] = 0
    subscribe: Subscribe | None = None
    hidden_tags: tuple[str, ...] = ()
    delivery: DeliverySettings = DeliverySettings()
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def postal_line(self) -> str:
        """The postal address on one line."""
        return ", ".join(
            line.strip().rstrip(",") for line in self.postal_address.splitlines() if line.strip()
        )

    @property
    def audience_names(self) -> tuple[str, ...]:
        """EVERYONE, then the declared audiences."""
        return (EVERYONE, *(each.name for each in self.audiences))


# --- an article ------------------------------------------------------------------------------


class ImageUse(StrEnum):
    """What a picture is for, which decides its size: in a text, beside a card, as a logo, in a container."""

    FULL = "full"
    THUMBNAIL = "thumbnail"
    LOGO = "logo"
    PORTRAIT = "portrait"
    POSTER = "poster"


@dataclass(frozen=True, slots=True)
class Image:
    """An image file that an article or the theme uses.

    `name` is the published file name, made from the content, so that the same picture always has the same
    address. `source` is the path of the file relative to the workspace, and `sha256` its digest. `recipe`
    is what is done to it before it is published; `width`, `height` and `size` (in bytes, None if it is not
    known yet) are those of the published file. `url` is its absolute address on the published site. `edge` is
    the colour at the edges of what is drawn on a transparent ground, of six digits, or empty.
    """

    name: str
    source: str
    url: str
    alt: str
    width: int
    height: int
    media_type: str
    size: int | None
    sha256: str
    recipe: str = ""
    edge: str = ""


# Every command makes all of the pool: dataclasses, if frozen, would take eight times as long.
class Article(NamedTuple):
    """One tagged piece of writing in the pool, without its body, for there may be thousands.

    The body begins at line `body_line` of the file; it has `length` characters and the web `addresses`.
    `image` is the lead image's path as written. `has_files` is False if it has no image, no audio and no
    snippet. `digest` is `sha256:…` over the file's text. `alt_title` is a second headline. `disclaimer` is
    shown wherever the article is, together with those of its tags. `audience` is empty if everyone may read
    it. `link` is its address if it is published elsewhere. `aliases` are earlier slugs, and paths at another
    system, whose addresses redirect to it. `silence` maps the codes of silenced checks to the reason.
    `feed_id` is the id that it had in an earlier feed. `lines` maps each field to its line.
    """

    slug: str
    title: str
    date: datetime
    tags: tuple[str, ...]
    body_line: int
    place: Place
    digest: str
    length: int = 0
    addresses: tuple[str, ...] = ()
    has_files: bool = False
    updated: datetime | None = None
    dek: str = ""
    authors: tuple[Author, ...] = ()
    alt_title: str = ""
    image: str | None = None
    image_alt: str = ""
    canonical_url: str | None = None
    disclaimer: str = ""
    audience: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    series: str = ""
    layout: Layout | None = None
    draft: bool = False
    link: str | None = None
    aliases: tuple[str, ...] = ()
    feed_id: str = ""
    silence: Mapping[str, str] = {}
    extra: Mapping[str, Any] = {}
    lines: Mapping[str, int] = {}

    @property
    def key(self) -> str:
        """Its name in selections and locks: the slug."""
        return self.slug


@dataclass(frozen=True, slots=True)
class LinkItem:
    """A pointer in a roundup: title, address and a line of comment; the comment is not parsed yet.

    `id` is a digest of the address unless the entry says another. `digest` is `sha256:…` over all that the
    entry says. `via` is where it was found, and `minutes` how long the piece takes to read or watch.
    """

    id: str
    url: str
    title: str
    place: Place
    digest: str
    comment: str = ""
    tags: tuple[str, ...] = ()
    date: datetime | None = None
    via: str = ""
    author: str = ""
    minutes: int | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name in selections and locks: the id."""
        return self.id

    @property
    def comment_line(self) -> int:
        """The line of its comment."""
        return self.lines.get("comment") or self.place.line or 1


PoolItem = Article | LinkItem
"""What an issue is assembled from."""


# --- content: the safe tree ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MergeField:
    """A per-recipient placeholder: `{{ first_name | there }}`.

    Within an address its value is percent-encoded (`encoded`), as its fallback is already.
    """

    name: str
    fallback: str = ""
    encoded: bool = False


class MergeText(str):
    """A text with merge fields, which `support.merge` makes.

    `segments` are its texts and its fields in turn. As a string it is in neutral form, as files have it.
    """

    __slots__ = ("segments",)
    segments: tuple[str | MergeField, ...]

    def __new__(cls, neutral: str, segments: tuple[str | MergeField, ...]) -> Self:
        """Make a text of its neutral form and its segments."""
        text = super().__new__(cls, neutral)
        text.segments = segments
        return text

    def __reduce__(self) -> tuple[type[MergeText], tuple[Any, ...]]:
        return MergeText, (str(self), self.segments)

    @property
    def fields(self) -> tuple[MergeField, ...]:
        """The fields, each once, in the order of the text."""
        return tuple(dict.fromkeys(each for each in self.segments if isinstance(each, MergeField)))

    def fill(self, value: Callable[[MergeField], str]) -> str:
        """Return the text with the value of each field, which is not escaped."""
        return "".join(value(each) if isinstance(each, MergeField) else each for each in self.segments)


@dataclass(frozen=True, slots=True)
class Element:
    """An HTML element of the safe tree. `line` is its line in the source file."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()
    line: int | None = None

    def __reduce__(self) -> tuple[type[Element], tuple[Any, ...]]:
        # The standard library pickles frozen dataclasses four times slower, and a pickled article
        # consists almost only of elements.
        return Element, (self.tag, self.attributes, self.children, self.line)

    def get(self, name: str) -> str | None:
        """Return the value of an attribute, or None."""
        for key, value in self.attributes:  # as a generator, it takes a thirtieth of rendering an email
            if key == name:
                return value
        return None


Node = str | Element | MergeField


class BlockKind(StrEnum):
    """The kinds of blocks: prose, or one of the containers."""

    PROSE = "prose"
    CTA = "cta"
    BUTTONS = "buttons"
    PERSON = "person"
    VIDEO = "video"
    EVENT = "event"
    AUDIO = "audio"
    COLUMNS = "columns"
    COLUMN = "column"
    SNIPPET = "snippet"
    CALLOUT = "callout"
    PULLQUOTE = "pullquote"
    SPONSOR = "sponsor"
    ONLY = "only"
    EMAIL_ONLY = "email-only"
    WEB_ONLY = "web-only"


@dataclass(frozen=True, slots=True)
class Event:
    """An event in a text. `start` and `end` keep the offset in which they are written.

    One of `all_day` begins with its first day and ends with its last. Composing adds the rest: `uid` is its
    permanent id, `url` the address of its calendar file, `page` that of the page with the text, and `revised`
    the last revision of the text; `when` and `days` are its time and its days in words, and `calendar` the
    words of the link to that file.
    """

    title: str
    start: datetime
    end: datetime | None = None
    all_day: bool = False
    place: str = ""
    address: str = ""
    link: str = ""
    line: int | None = None
    uid: str = ""
    url: str = ""
    page: str = ""
    revised: datetime | None = None
    when: str = ""
    days: str = ""
    calendar: str = ""

    @property
    def iso(self) -> str:
        """The start for machines: a day, or a time with its offset (ISO 8601)."""
        return self.start.date().isoformat() if self.all_day else self.start.isoformat(timespec="seconds")

    @property
    def location(self) -> str:
        """Place and address in one line."""
        return ", ".join(filter(None, (self.place, self.address)))


@dataclass(frozen=True, slots=True)
class Audio:
    """A piece of audio in a text: `size` in bytes, `minutes` if they are known.

    A file of the workspace has the path `source`, its digest `sha256`, and the `name` that it is published
    under; all three are empty for one at another address. `details` are kind and length in words, which
    composing adds.
    """

    url: str
    media_type: str
    size: int
    title: str = ""
    minutes: int | None = None
    name: str = ""
    source: str = ""
    sha256: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level piece of content.

    Prose has `nodes`; the containers have `blocks`. `title` is a callout's title, a sponsor's or a person's
    name, the person quoted in a pull quote, the audience of `only`, or a snippet's name. A call to action
    has its sentence as prose in `blocks`, and its one link as `link_text` and `link_url`. Buttons are calls
    to action without a sentence. A person has `role`, and the photo in `nodes`. A video has its poster in
    `link_text`. An event has its title in `nodes`, its location as `role`, and, once it is composed, the
    address of its calendar file; a piece of audio is a link with its title.
    """

    kind: BlockKind
    title: str = ""
    role: str = ""
    nodes: tuple[Node, ...] = ()
    blocks: tuple[Block, ...] = ()
    link_text: tuple[Node, ...] = ()
    link_url: str = ""
    line: int | None = None
    event: Event | None = None
    audio: Audio | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """An article's body or an issue's letter, parsed and made safe.

    Addresses in it are absolute. `footnotes` are the notes in order, each as nodes; a reference to note n is
    `<sup class="footnote">n</sup>`. `images` are those in the body; `lead` is the lead image, and, for a
    card, `thumbnail` a smaller version of it. `events` and `audio` are those of its blocks. `minutes` is the
    reading time, at least 1. `findings` are the warnings on what readers do not see.
    """

    blocks: Sequence[Block]
    footnotes: Sequence[tuple[Node, ...]] = ()
    images: tuple[Image, ...] = ()
    events: tuple[Event, ...] = ()
    audio: tuple[Audio, ...] = ()
    lead: Image | None = None
    thumbnail: Image | None = None
    words: int = 0
    minutes: int = 1
    findings: tuple[Finding, ...] = ()


# --- an issue --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Issue:
    """One numbered issue, as read from its `issue.md`; the letter is not parsed yet.

    `snippets` are the digests of the snippets in the letter.
    `folder` is the name of its folder below `issues/`, such as `001-the-plastic-brain`; `aliases` are earlier
    names of the folder, and paths at another system, whose addresses redirect to it. It has an edition for
    each of `audiences`; the first one is the main edition. `own_sections` is False if the sections are the
    publication's. `subject` and `preview_text` are as typed; without a subject, the title is used. `image` is
    the path of the picture at its head, as written. `theme_layout` is the layout of the theme.
    One that is `web_only` is never mailed. `feed_id` is the id that it had in an earlier feed. `lines` maps
    each field to its line.
    """

    number: int
    folder: str
    title: str
    date: datetime
    place: Place
    letter: str
    letter_line: int
    sections: tuple[SectionRule, ...]
    own_sections: bool = True
    subject: str | None = None
    preview_text: str | None = None
    image: str | None = None
    image_alt: str = ""
    layout: Layout | None = None
    theme_layout: Layout = Layout.CARD
    audiences: tuple[str, ...] = (EVERYONE,)
    draft: bool = False
    web_only: bool = False
    exclude: tuple[str, ...] = ()
    show: Show = Show()
    aliases: tuple[str, ...] = ()
    snippets: tuple[str, ...] = ()
    feed_id: str = ""
    silence: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The folder's name without its number."""
        return self.folder.partition("-")[2]


# --- what assembly makes ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section(Generic[Item]):
    """A group of articles and link items in an edition, selected and in order, each with its layout.

    `title` is empty for a section without a heading. `badges` are those of its rule.
    `Item` is `PoolItem`, `ComposedItem`, or `str` for the keys in a lock.
    """

    title: str
    items: tuple[tuple[Item, Layout], ...]
    badges: Mapping[str, str] = field(default_factory=dict)

    @property
    def headline_level(self) -> int:
        """The level of its articles' headlines, below its own heading and the title of the issue."""
        return 3 if self.title else 2


@dataclass(frozen=True, slots=True)
class Edition(Generic[Item]):
    """One variant of an issue for one audience."""

    audience: str
    sections: tuple[Section[Item], ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every article and link item of the edition, in reading order."""
        return tuple([item for section in self.sections for item, _ in section.items])

    def map(self, change: Callable[[Item], Other]) -> Edition[Other]:
        """Return the edition with `change` applied to each item."""
        sections = (
            Section(
                section.title,
                tuple((change(item), layout) for item, layout in section.items),
                section.badges,
            )
            for section in self.sections
        )
        return Edition(self.audience, tuple(sections))


def articles_of(edition: Edition[PoolItem]) -> tuple[Article, ...]:
    """Return the articles of an edition, without its link items."""
    return tuple(item for item in edition.items if isinstance(item, Article))


class Decision(NamedTuple):
    """Why one article or link item of the pool is in or out of one edition.

    `short` is the reason used as group heading in `pressroom plan`.
    """

    key: str
    audience: str
    taken: bool
    section: str | None
    reason: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class FeedIdentity:
    """The id and dates of a feed item, stored in issue.lock. `id` is an opaque `tag:` URI (RFC 4151)."""

    id: str
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class AssembledIssue:
    """An issue with its editions selected. `frozen` is True if the selection comes from a lock.

    `feed_identities` maps the slugs of the articles to theirs; `feed_identity` is the issue's own.
    `addresses` maps each public audience to the site paths that its page has had since it was frozen.
    """

    issue: Issue
    editions: tuple[Edition[PoolItem], ...]
    feed_identity: FeedIdentity
    feed_identities: Mapping[str, FeedIdentity]
    frozen: bool
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# --- what is composed: content parsed, addresses known, ready to render -----------------------


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """The place of an article in its series, counted from 1, among the parts that are known.

    `previous` and `next` are title and address of the parts before and after it that have a page.
    """

    series: str
    number: int
    count: int
    previous: tuple[str, str] | None
    next: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class ComposedArticle:
    """An article with its parsed content and its address.

    `url` is its page, or None if it is for private audiences only. `issues` are the folders of the issues
    that carry it, oldest first; the first one published it. `portraits` maps the names of its authors to
    their pictures.
    """

    article: Article
    content: Content
    feed_identity: FeedIdentity
    url: str | None
    disclaimers: tuple[str, ...]
    issues: tuple[str, ...]
    portraits: Mapping[str, Image] = field(default_factory=dict)

    def in_layout(self, layout: Layout) -> Layout:
        """The layout that it really gets: full if it cannot be read anywhere else."""
        return layout if self.url or self.article.link else Layout.FULL


@dataclass(frozen=True, slots=True)
class ComposedLink:
    """A link item with its parsed comment, of one paragraph, and its address as pages write it."""

    link: LinkItem
    content: Content
    url: str

    @property
    def comment(self) -> tuple[Node, ...]:
        """The comment as inline nodes."""
        return tuple(
            node
            for block in self.content.blocks
            for paragraph in block.nodes
            for node in (paragraph.children if isinstance(paragraph, Element) else ())
        )

    def in_layout(self, _: Layout) -> Layout:
        """The layout that it really gets: a link item is always a link."""
        return Layout.LINK


ComposedItem = ComposedArticle | ComposedLink


@dataclass(frozen=True, slots=True)
class ComposedEdition:
    """One edition of an issue, ready to be rendered as email, web page and feed item.

    `url` is its page, or None for a private audience. `preview_text` is the inbox line, and `summary` the
    same without merge fields, for pages and feeds. `disclaimers` are those of all its articles, each once.
    `minutes` is the reading time of the letter and of the items in their layouts. `related` maps slugs of
    related articles to title and address, and `series` slugs to places in a series, both as they were known
    when it appeared. `earlier_paths` are site paths that its page had before, and
    redirect to it.
    """

    issue: Issue
    audience: str
    letter: Content
    sections: tuple[Section[ComposedItem], ...]
    feed_identity: FeedIdentity
    url: str | None
    subject: MergeText
    preview_text: MergeText
    summary: str
    disclaimers: tuple[str, ...]
    minutes: int
    related: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    series: Mapping[str, SeriesPart] = field(default_factory=dict)
    earlier_paths: tuple[str, ...] = ()

    @property
    def is_main(self) -> bool:
        """Whether it is the issue's main edition, and not a further one."""
        return self.audience == self.issue.audiences[0]

    @property
    def folder(self) -> str:
        """Its folder below `build/issues/`; that of a further edition is inside the main edition's."""
        return self.issue.folder if self.is_main else f"{self.issue.folder}/{self.audience}"

    @property
    def file_name(self) -> str:
        """The beginning of the names of files made from it."""
        return self.folder.replace("/", "-")

    @property
    def title(self) -> str:
        """The issue's title, with the audience of a further edition."""
        return self.issue.title if self.is_main else f"{self.issue.title} ({self.audience})"

    @property
    def articles(self) -> tuple[ComposedArticle, ...]:
        """Every article of the edition, in reading order."""
        return tuple(item for item in self.items if isinstance(item, ComposedArticle))

    @property
    def links(self) -> tuple[ComposedLink, ...]:
        """Every link item of the edition, in reading order."""
        return tuple(item for item in self.items if isinstance(item, ComposedLink))

    @property
    def items(self) -> tuple[ComposedItem, ...]:
        """Every article and link item of the edition, in reading order."""
        return tuple(item for section in self.sections for item, _ in section.items)

    @property
    def only_article(self) -> ComposedArticle | None:
        """The only article, if it is shown in full and the issue's title contains its title; else None.

        Its title, date and reading time then appear once in each form.
        """
        placed = [each for section in self.sections for each in section.items]
        if len(placed) != 1:
            return None
        article, layout = placed[0]
        if isinstance(article, ComposedLink):
            return None
        title, issue_title = (
            " ".join(each.casefold().split()) for each in (article.article.title, self.issue.title)
        )
        repeated = re.search(rf"(?<!\w){re.escape(title)}(?!\w)", issue_title)
        return article if article.in_layout(layout) is Layout.FULL and repeated else None

    @property
    def contents(self) -> tuple[Content, ...]:
        """The letter, every article and every comment on a link, parsed, in reading order."""
        return (self.letter, *(item.content for item in self.items))

    @property
    def public_sections(self) -> tuple[Section[ComposedItem], ...]:
        """The sections without the articles that have no page; a section without any item is left out."""
        sections = (
            replace(section, items=tuple(each for each in section.items if each[0].url))
            for section in self.sections
        )
        return tuple(section for section in sections if section.items)


@dataclass(frozen=True, slots=True)
class ComposedIssue:
    """An assembled issue with its composed editions."""

    assembled: AssembledIssue
    editions: tuple[ComposedEdition, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """All that is public at one moment.

    `editions` (only public ones, of frozen issues that are not dated ahead) and `articles` are sorted newest
    first; `tags` are those of these articles, sorted.
    """

    publication: Publication
    editions: tuple[ComposedEdition, ...]
    articles: tuple[ComposedArticle, ...]
    tags: tuple[str, ...]
    logo: Image | None = None
    logo_dark: Image | None = None

    @property
    def issues(self) -> tuple[tuple[ComposedEdition, ...], ...]:
        """The public editions of each issue, its main one first."""

        def rank(edition: ComposedEdition) -> int:
            return (*edition.issue.audiences, edition.audience).index(edition.audience)

        by_issue: dict[str, list[ComposedEdition]] = {}
        for edition in self.editions:
            if edition.url:
                by_issue.setdefault(edition.issue.folder, []).append(edition)
        return tuple(tuple(sorted(editions, key=rank)) for editions in by_issue.values())


# --- what is rendered ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EmailPart:
    """A part of an email's HTML, or an image of it, with its size in bytes."""

    what: str
    size: int


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """One edition rendered as an email. As strings its parts have merge fields in neutral form.

    `html` and `mjml` refer to images by their absolute address. `parts` are the sizes of theme, letter and
    articles, which together are those of `html`. `reason` tells a reader why the email comes:
    the publication's setting, or the theme's default text. `plain_addresses` maps each address with
    parameters of `[links]` to the same without them.
    """

    audience: str
    subject: MergeText
    preview_text: MergeText
    html: MergeText
    text: MergeText
    mjml: str
    images: tuple[Image, ...]
    reason: str = ""
    parts: tuple[EmailPart, ...] = ()
    plain_addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def html_bytes(self) -> int:
        """Bytes of the HTML in UTF-8: the size that every command shows."""
        return len(self.html.encode())

    @property
    def merge_fields(self) -> tuple[MergeField, ...]:
        """The fields of all parts, each once."""
        parts = (self.subject, self.preview_text, self.html, self.text)
        return tuple(dict.fromkeys(each for part in parts for each in part.fields))


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A finished file: its bytes, and its path relative to the folder that it belongs to."""

    path: str
    data: bytes


FileMaker = Callable[[], Iterable[OutputFile]]
"""Makes some of a site's files, one at a time, so that not all need to be in memory at once."""


class SitePart(NamedTuple):
    """Some files of the site, and what makes them.

    `name` is that of no other part. `shown` has all values that the files depend on, beside the settings and
    the templates: while it is the same, they are.
    """

    name: str
    shown: Any
    make: FileMaker


class Severity(StrEnum):
    """How bad a finding is. An error-level finding makes the command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check: its stable code, where it is, what is wrong and what to do."""

    code: str
    severity: Severity
    message: str
    place: Place
    hint: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The finding as a dict for JSON."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "path": self.place.path,
            "line": self.place.line,
            "hint": self.hint,
        }
