"""The neutral bundle: an edition as plain files, with a list of what they are.

`email.html`, `email.txt` and `email.mjml` have merge fields in neutral form; `email.eml` is the
message that a reader without a name gets, and opens in any mail program. A build, which is for looking
at, has this reader's view in `email.html` and `email.txt` too. `issue.json` lists what is
in the bundle, with sizes and checksums.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any

from pipeline.model import (
    ComposedArticle,
    ComposedEdition,
    ComposedLink,
    Image,
    OutputFile,
    Publication,
    RenderedEmail,
)
from pipeline.render.email.field_values import FieldValues
from pipeline.render.email.message import build_message
from pipeline.support import merge
from pipeline.support.json_text import read_json
from pipeline.support.urls import image_path

# The earliest moment in the zip format, so that a bundle's bytes depend on its content alone.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


class ImageMode(StrEnum):
    """Where `email.html` has its pictures: at their address on the web, or beside it."""

    HOSTED = "hosted"
    PACKED = "packed"


def bundle(
    edition: ComposedEdition,
    rendered: RenderedEmail,
    publication: Publication,
    image_data: Callable[[Image], bytes],
    images: ImageMode,
    *,
    filled: bool = False,
) -> tuple[OutputFile, ...]:
    """The files of one edition, in the order in which `issue.json` lists them.

    If they are `filled`, HTML and text are what a reader without a name gets, to look at. Raises
    `PressroomError` if a header of the message would have a line break.
    """
    html, text, mjml = str(rendered.html), str(rendered.text), rendered.mjml
    if filled:
        value = FieldValues(publication, edition).of({})
        html = rendered.html.fill(lambda field: escape(value(field)))
        text = rendered.text.fill(value)
    if images is ImageMode.PACKED:
        for image in rendered.images:
            html = html.replace(image.url, image_path(image.name))
            mjml = mjml.replace(image.url, image_path(image.name))
    files = [
        OutputFile("email.html", html.encode()),
        OutputFile("email.txt", text.encode()),
        OutputFile("email.eml", build_message(rendered, publication, edition)),
        OutputFile("email.mjml", mjml.encode()),
        *(OutputFile(image_path(image.name), image_data(image)) for image in rendered.images),
    ]
    return (*files, listing_file(edition, rendered, publication, files, images))


def listing_file(
    edition: ComposedEdition,
    rendered: RenderedEmail,
    publication: Publication,
    files: Iterable[OutputFile],
    images: ImageMode,
    **of_service: Any,
) -> OutputFile:
    """`issue.json`, which lists every file but itself; values `of_service` come last, and win."""
    issue = edition.issue
    listing = {
        "version": 1,
        "publication": publication.title,
        "number": issue.number,
        "title": issue.title,
        "issue": issue.folder,
        "audience": edition.audience,
        "id": edition.feed_identity.id,
        "date": edition.feed_identity.published.isoformat(),
        "subject": rendered.subject,
        "preview_text": rendered.preview_text,
        "sender": {"name": publication.sender_name, "address": publication.sender_address},
        "reply_to": publication.reply_to,
        "web_url": edition.url,
        "language": publication.language,
        "reading_minutes": edition.minutes,
        "html_bytes": rendered.html_bytes,
        "articles": [
            {
                "slug": article.article.slug,
                "title": article.article.title,
                "section": section.title,
                "layout": layout.value,
                "url": article.url,
            }
            for section in edition.sections
            for article, layout in section.items
            if isinstance(article, ComposedArticle)
        ],
        "links": [
            {"id": item.link.id, "title": item.link.title, "section": section.title, "url": item.url}
            for section in edition.sections
            for item, _ in section.items
            if isinstance(item, ComposedLink)
        ],
        "merge_fields": [
            {
                "name": field.name,
                "fallback": field.fallback,
                "percent_encoded": field.encoded,
                "written": merge.neutral(field),
            }
            for field in rendered.merge_fields
        ],
        "images": {
            "in_html": images.value,
            "files": [
                {
                    "file": image_path(image.name),
                    "url": image.url,
                    "alt": image.alt,
                    "width": image.width,
                    "height": image.height,
                    "media_type": image.media_type,
                }
                for image in rendered.images
            ],
        },
        "files": [
            {
                "file": file.path,
                "bytes": len(file.data),
                "sha256": hashlib.sha256(file.data).hexdigest(),
            }
            for file in files
        ],
        **of_service,
    }
    return OutputFile("issue.json", f"{json.dumps(listing, indent=2, ensure_ascii=False)}\n".encode())


def zip_bytes(files: Iterable[OutputFile]) -> bytes:
    """The files as a .zip whose bytes depend on them alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in files:
            info = zipfile.ZipInfo(file.path, _ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3  # Unix, on every system
            archive.writestr(info, file.data, compresslevel=9)
    return out.getvalue()


def is_bundle(file: Path) -> bool:
    """Whether a file is a .zip of a bundle."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "issue.json" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def is_bundle_folder(folder: Path) -> bool:
    """Whether a folder has an older bundle and nothing else in it, or is empty."""
    present = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    try:
        listing = read_json((folder / "issue.json").read_bytes())
        known = {"issue.json", *(file["file"] for file in listing["files"])}
    except (OSError, ValueError, KeyError, TypeError):
        known = set()
    return present <= known
