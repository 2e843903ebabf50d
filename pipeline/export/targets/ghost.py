"""Ghost: an email-only post, with the email in an email card; the template around it is Ghost's own."""

from __future__ import annotations

import json
import re
from typing import Any

from pipeline.export.auth import GhostAuth
from pipeline.export.dialect import BODY, Dialect, FieldTag, MessagePart
from pipeline.export.fragment import styled_fragment
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import DraftStatus, ServiceApi, ServiceEdition
from pipeline.export.target import TagSupport, Target, TargetSetting

_EXCERPT = 300
"""Characters of an excerpt at most; it is the preview text of the email."""


def _body(edition: ServiceEdition) -> Body:
    # Fields are filled in inside an email card only, which HTML cannot express: hence Ghost's own format.
    card = {"type": "email", "version": 1, "html": edition.html}
    root = {"type": "root", "version": 1, "children": [card], "direction": None, "format": "", "indent": 0}
    return {
        "title": edition.title,
        "slug": edition.slug,
        "lexical": json.dumps({"root": root}, ensure_ascii=False),
        "status": "draft",
        "email_only": True,
        "email_subject": edition.subject,
        "custom_excerpt": edition.preview_text[:_EXCERPT],
        "tags": [{"name": tag} for tag in edition.tags],
    }


def _save(
    service: ServiceApi, path: str, post: Body, edition: ServiceEdition, existing: DraftStatus | None
) -> Any:
    """Send a post in a list of one; a change names the version that it changes."""
    if existing:
        return service.send("PUT", path, {"posts": [{**post, "updated_at": existing.version}]})
    return service.send("POST", path, {"posts": [post]})


TARGET = Target(
    name="ghost",
    title="Ghost",
    dialect=Dialect(
        fields={
            "first_name": FieldTag("{first_name}", '{first_name, "{fallback}"}', BODY),
            "name": FieldTag("{name}", '{name, "{fallback}"}', BODY),
            "email": FieldTag("{email}", parts=BODY),
            "unsubscribe_url": FieldTag("{unsubscribe_url}", parts=BODY),
        },
        # In a card a word in braces is a field; Ghost renders it as the same between %%.
        lookalike=re.compile(r'\{\w*(?:,? *"[^"]*")?\}|%%\{'),
        not_in_fallback=frozenset('"{}\n'),
        reads=frozenset({MessagePart.HTML}),
    ),
    checked="2026-11-23",
    documentation=(
        "https://docs.ghost.org/admin-api/posts/creating-a-post",
        "https://docs.ghost.org/admin-api/#token-authentication",
        "https://ghost.org/help/email-design/",
    ),
    setup=("Settings > Integrations > Add custom integration: its Admin API key is what a push needs.",),
    steps=(
        "Push it, if the email has fields: they are filled in within an email card, which only a push makes.",
        "Without fields: Posts > New post, type /html, and paste email.html into the card.",
        "Settings of the post: copy `subject` as the email's subject, and `preview_text` as the excerpt.",
        "Publish > Email only.",
    ),
    unverified=(
        "a style sheet within an email card",
        "fields but for the names, in an email card",
        "a post by its Lexical form, as the editor saves it",
    ),
    takes_text=False,
    takes_reply_to=False,
    convert=styled_fragment,
    tags=TagSupport.MANY,
    settings=(TargetSetting("url", "the address of your Ghost", required=True),),
    push=PushMethod(
        keys=("GHOST_ADMIN_API_KEY",),
        auth=GhostAuth,
        path="/ghost/api/admin/posts/",
        # Without quotes Ghost's filter language takes a slug of digits for a number.
        lists=({"filter": "slug:'{slug}'", "limit": "1"},),
        items="posts",
        item="posts.0",
        name="slug",
        label="{slug}",
        version="updated_at",
        body=_body,
        save=_save,
        address="{url}/ghost/#/editor/post/{id}",
        draft="post",
    ),
)
