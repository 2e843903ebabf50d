"""An edition in the form that a service takes: files to paste, and a list of what goes where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from pipeline.errors import PressroomError
from pipeline.export.bundle import ImageMode, listing_file, zip_bytes
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import TagSupport, Target
from pipeline.export.target_settings import settings_for
from pipeline.export.translate import TranslatedEmail, Where, translate
from pipeline.model import ComposedEdition, Image, MergeText, OutputFile, Publication, RenderedEmail
from pipeline.support.limits import GMAIL_CLIP, SETTINGS_FILE, TRACKED_LINK
from pipeline.support.mail_addresses import parse_mailbox
from pipeline.support.urls import image_path


@dataclass(frozen=True, slots=True)
class Package:
    """The files for a target, warnings for the editor, and what a push sends."""

    target: Target
    files: tuple[OutputFile, ...]
    edition: ServiceEdition
    warnings: tuple[str, ...]


def package(
    edition: ComposedEdition,
    rendered: RenderedEmail,
    publication: Publication,
    target: Target,
    where: Where,
    image_data: Callable[[Image], bytes] | None = None,
) -> Package:
    """The edition in a target's dialect. `image_data` returns the bytes of pictures that go with it.

    Raises `PressroomError` for every merge field that the target cannot express, for a field that it
    requires, and for HTML that is too large.
    """
    settings = settings_for(target, publication, edition.audience)
    constants = _constants(edition, publication)
    letter = translate(
        rendered, target.title, target.dialect, settings.fields, constants, where, target.parts
    )
    _check_required(letter, target, publication)
    html = target.convert(letter.html)
    pictures: tuple[OutputFile, ...] = ()
    if image_data:
        for image in rendered.images:
            html = html.replace(image.url, image_path(image.name))
        pictures = tuple(OutputFile(image_path(image.name), image_data(image)) for image in rendered.images)
    page = OutputFile("email.html", html.encode())
    files = [page, *([OutputFile("email.txt", letter.text.encode())] if target.takes_text else []), *pictures]
    tags = _tags(edition, target) if settings.tags is None else settings.tags
    listing = listing_file(
        edition,
        rendered,
        publication,
        files,
        ImageMode.PACKED if image_data else ImageMode.HOSTED,
        target=target.name,
        subject=letter.subject,
        preview_text=letter.preview_text if target.takes_preview else None,
        tags=tags,
        audience_filter=settings.filter,
        merge_fields=[{"name": name, "written": tags} for name, tags in letter.fields.items()],
    )
    name, slug = _names(edition, publication)
    service_edition = ServiceEdition(
        name=name,
        slug=slug,
        title=edition.issue.title,
        date=edition.feed_identity.published.isoformat(),
        subject=letter.subject,
        preview_text=letter.preview_text,
        html=html,
        text=letter.text,
        sender_name=publication.sender_name,
        sender_address=publication.sender_address,
        reply_to=parse_mailbox(publication.reply_to)[1] if publication.reply_to else "",
        web_url=edition.url or "",
        tags=tags,
        settings=settings.own,
        archive=zip_bytes([page, *pictures]) if image_data else b"",
    )
    warnings = tuple(_warnings(page.data, target, publication))
    return Package(target, (*files, listing), service_edition, warnings)


def _names(edition: ComposedEdition, publication: Publication) -> tuple[str, str]:
    """The draft's name at a service, for people and for addresses."""
    slug = re.sub(r"[^a-z0-9]+", "-", edition.file_name.lower()).strip("-")
    return f"{publication.title} {edition.issue.number}: {edition.title}", slug


def _tags(edition: ComposedEdition, target: Target) -> tuple[str, ...]:
    """The tags of its articles, the most frequent first; empty for a service that takes only one."""
    if target.tags is not TagSupport.MANY:
        return ()
    counts = Counter(tag for article in edition.articles for tag in article.article.tags)
    return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))


def _constants(edition: ComposedEdition, publication: Publication) -> Mapping[str, str]:
    """Fields that read the same for every reader, for a service that has no such field."""
    values = {
        "web_url": edition.url,
        "preferences_url": publication.preferences_url,
        "unsubscribe_url": publication.unsubscribe_url,
        "postal_address": publication.postal_line,
    }
    return {
        name: value
        for name, value in values.items()
        if value and not (isinstance(value, MergeText) and value.fields)
    }


def _check_required(letter: TranslatedEmail, target: Target, publication: Publication) -> None:
    for name in target.requires:
        if name in letter.fields or (name == "postal_address" and _shows_address(letter, publication)):
            continue
        own = name == "unsubscribe_url" and publication.unsubscribe_url
        hint = (
            f"Take `unsubscribe_url` out of `own_links`, so that {target.title} puts in its own."
            if own
            else f"Write `{{{{ {name} }}}}` into the theme's footer."
        )
        raise PressroomError(
            f"{target.title} sends nothing without its own link for `{name}`, and this email has none.",
            SETTINGS_FILE if own else None,
            None,
            hint,
        )


def _shows_address(letter: TranslatedEmail, publication: Publication) -> bool:
    return publication.postal_address.strip().splitlines()[0].strip() in unescape(letter.html)


def _warnings(html: bytes, target: Target, publication: Publication) -> Iterator[str]:
    """Warnings for the editor: what gets lost at the service, and what Gmail would cut off."""
    size = len(html) + TRACKED_LINK * html.count(b"href=")
    if target.limit and size > target.limit:
        raise PressroomError(
            f"the HTML has {size // 1000} KB with what {target.title} adds; it takes {target.limit // 1000}.",
            hint="Set long articles to `layout: card`, or take some out.",
        )
    if size > GMAIL_CLIP:
        yield f"With what {target.title} adds the HTML has about {size // 1000} KB: Gmail cuts it off at 102."
    if target.loses:
        yield f"{target.title} {target.loses}."
    if publication.no_tracking:
        how = target.tracking or "See in its settings whether it does."
        yield f"{target.title} may count opens and clicks itself, which `no_tracking` cannot see. {how}"
    if publication.reply_to and not target.takes_reply_to:
        yield f"{target.title} takes no reply-to address with a draft: set {publication.reply_to} there."
