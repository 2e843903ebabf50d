"""Ghost: a post that is email only, with the email in an email card; its frame is Ghost's own."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.export.auth import ghost_token
from pipeline.export.dialect import BODY, Dialect, FieldTag, MessagePart
from pipeline.export.fragment import styled_fragment
from pipeline.export.target import (
    Credentials,
    Delivery,
    DraftStatus,
    PushMethod,
    ServiceApi,
    ServiceDraft,
    TagSupport,
    Target,
    TargetSetting,
)

_POSTS = "/ghost/api/admin/posts/"
_EXCERPT = 300
"""Characters of an excerpt at most; it is the preview text of the email."""


def _of(name: str) -> FieldTag:
    return FieldTag(f"{{{name}}}", f'{{{name}, "{{fallback}}"}}', BODY)


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"{_POSTS}{quote(id, safe='')}/")
    return _standing(found["posts"][0]) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    listed = service.get(f"{_POSTS}?{urlencode({'filter': f'slug:{delivery.slug}', 'limit': '1'})}")
    posts = (listed or {}).get("posts")
    return _standing(posts[0]) if posts else None


def _standing(post: Any) -> DraftStatus:
    return DraftStatus(post["id"], post["status"], post["status"] == "draft", post["updated_at"])


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    # Fields are filled in where they stand in an email card, which no HTML can say: hence Ghost's own form.
    card = {"type": "email", "version": 1, "html": delivery.html}
    root = {"type": "root", "version": 1, "children": [card], "direction": None, "format": "", "indent": 0}
    post: dict[str, Any] = {
        "title": delivery.title,
        "slug": delivery.slug,
        "lexical": json.dumps({"root": root}, ensure_ascii=False),
        "status": "draft",
        "email_only": True,
        "email_subject": delivery.subject,
        "custom_excerpt": delivery.preview_text[:_EXCERPT],
        "tags": [{"name": tag} for tag in delivery.tags],
    }
    if found:
        post["updated_at"] = found.version
        made = service.send("PUT", f"{_POSTS}{quote(found.id, safe='')}/", {"posts": [post]})
    else:
        made = service.send("POST", _POSTS, {"posts": [post]})
    id = made["posts"][0]["id"]
    return ServiceDraft(id, f"{delivery.settings['url'].rstrip('/')}/ghost/#/editor/post/{id}")


def _site(login: Credentials) -> str:
    return str(login.settings["url"])


TARGET = Target(
    name="ghost",
    title="Ghost",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "name": _of("name"),
            "email": FieldTag("{email}", parts=BODY),
            "unsubscribe_url": FieldTag("{unsubscribe_url}", parts=BODY),
        },
        # Within a card a word in braces is a field; in what is rendered of it, the same between %%.
        lookalike=re.compile(r'\{\w*(?:,? *"[^"]*")?\}|%%\{'),
        not_in_fallback=frozenset('"{}\n'),
        reads=frozenset({MessagePart.HTML}),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://docs.ghost.org/admin-api/posts/creating-a-post",
        "https://docs.ghost.org/admin-api/#token-authentication",
        "https://ghost.org/help/email-design/",
    ),
    before=("Settings > Integrations > Add custom integration: its Admin API key is what a push needs.",),
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
    shape=styled_fragment,
    tags=TagSupport.MANY,
    settings=(TargetSetting("url", "the address of your Ghost", required=True),),
    push=PushMethod(
        keys=("GHOST_ADMIN_API_KEY",),
        url=_site,
        headers=ghost_token,
        read=_read,
        find=_find,
        write=_write,
        draft="post",
    ),
)
