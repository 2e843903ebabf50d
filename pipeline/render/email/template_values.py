"""The values that email templates see.

These names are the theme's interface. Fields whose names contain `html` are finished content, all
others are text.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.render.email.content_tokens import ContentHtml


@dataclass(frozen=True, slots=True)
class EmailLink:
    """A link whose text says where it leads."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class EmailImage:
    """An image as shown: width and height in CSS pixels; `url` is what the logo links to."""

    src: str
    alt: str
    width: int
    height: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class EmailBlock:
    """A block of content: prose has `html`, containers have `blocks`; `image` is a person's photo.

    An event has its location as `role`, its time as `details`, `url` if it has one of its own, and a link to
    its calendar file; audio is a link, whose `details` are kind and length.

    `width` is the room in a container, in CSS pixels. `fits` is False for buttons that must be one below the
    other.
    """

    kind: str
    html: ContentHtml = ContentHtml("")  # noqa: RUF009 (an immutable string)
    title: str = ""
    role: str = ""
    image: EmailImage | None = None
    width: int = 0
    fits: bool = True
    blocks: tuple[EmailBlock, ...] = ()
    link_html: ContentHtml = ContentHtml("")  # noqa: RUF009 (an immutable string)
    link_url: str = ""
    details: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class EmailArticle:
    """An article of the email.

    `title` is empty if the issue's title has said it; `level` is that of the headline. `url` is the article's
    address or empty; only a brief one's headline links to it, for the others have `more`. `lead` is the
    picture at full width, `thumbnail` the one beside a card's text, and `portraits` are those of the authors.
    `host` is that of one on another site.
    """

    layout: str
    title: str
    level: int
    url: str
    byline: str
    portraits: tuple[EmailImage, ...]
    details: str
    minutes: str
    dek: str
    lead: EmailImage | None
    thumbnail: EmailImage | None
    blocks: tuple[EmailBlock, ...]
    notes_html: ContentHtml
    series: tuple[EmailLink, ...]
    related: tuple[EmailLink, ...]
    more: EmailLink | None
    host: str


@dataclass(frozen=True, slots=True)
class EmailLinkRow:
    """A row of a roundup; `details` are host, author, time and source in one line."""

    title: str
    url: str
    badge: str
    comment_html: ContentHtml
    details: str


@dataclass(frozen=True, slots=True)
class EmailLinks:
    """Neighbouring rows of a roundup, in the place of an article; `layout` is `link`."""

    rows: tuple[EmailLinkRow, ...]
    layout: str = "link"


@dataclass(frozen=True, slots=True)
class EmailSection:
    """A group of articles and links. `title` is empty without a heading, and where the issue line has it."""

    title: str
    articles: tuple[EmailArticle | EmailLinks, ...]


@dataclass(frozen=True, slots=True)
class EmailView:
    """One edition, as `email/issue.mjml.j2` sees it under the name `email`."""

    language: str
    title: str
    document_title: str
    preview_text: str
    issue_line: str
    publication: str
    tagline: str
    home_url: str
    logo: EmailImage | None
    lead: EmailImage | None
    letter: tuple[EmailBlock, ...]
    letter_notes_html: ContentHtml
    contents: tuple[EmailLink, ...]
    sections: tuple[EmailSection, ...]
    disclaimers: tuple[str, ...]
    reason: str
    no_tracking: str
    colophon: tuple[str, ...]
    postal_address: tuple[str, ...]
    unsubscribe_url: str
    preferences_url: str
    browser_url: str
    has_code: bool
