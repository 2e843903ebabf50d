"""Resend: three braces around a name, with the fallback behind a bar."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from pipeline.export.auth import at, bearer
from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.target import (
    Delivery,
    DraftStatus,
    PushMethod,
    ServiceApi,
    ServiceDraft,
    Target,
    TargetSetting,
)

_LOOKED_AT = 20
"""Broadcasts that are looked into for a name, newest first, where the list has none."""


def _of(name: str) -> FieldTag:
    return FieldTag(f"{{{{{{contact.{name}}}}}}}", f"{{{{{{contact.{name}|{{fallback}}}}}}}}")


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"/broadcasts/{quote(id, safe='')}")
    return _standing(found) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    listed = service.get("/broadcasts?limit=100")
    for each in ((listed or {}).get("data") or [])[:_LOOKED_AT]:
        whole = each if "name" in each else service.get(f"/broadcasts/{quote(each['id'], safe='')}") or {}
        if whole.get("name") == delivery.name:
            return _standing({**each, **whole})
    return None


def _standing(broadcast: Any) -> DraftStatus:
    return DraftStatus(broadcast["id"], broadcast["status"], broadcast["status"] == "draft")


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    # It stays a draft, because `send` is not said.
    body: dict[str, Any] = {
        "name": delivery.name,
        "segment_id": delivery.settings["segment"],
        "from": delivery.sender,
        "subject": delivery.subject,
        "preview_text": delivery.preview_text,
        "html": delivery.html,
        "text": delivery.text,
    }
    if delivery.reply_to:
        body["reply_to"] = [delivery.reply_to]
    if "topic" in delivery.settings:
        body["topic_id"] = delivery.settings["topic"]
    path = f"/broadcasts/{quote(found.id, safe='')}" if found else "/broadcasts"
    made = service.send("PATCH" if found else "POST", path, body)
    return ServiceDraft(made["id"], f"https://resend.com/broadcasts/{made['id']}")


TARGET = Target(
    name="resend",
    title="Resend",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "last_name": _of("last_name"),
            "email": FieldTag("{{{contact.email}}}"),
            "unsubscribe_url": FieldTag("{{{RESEND_UNSUBSCRIBE_URL}}}", parts=BODY),
        },
        custom=_of("{name}"),
        lookalike=re.compile(r"\{\{\{"),
        not_in_fallback=frozenset("{}|\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://resend.com/docs/api-reference/broadcasts/create-broadcast",
        "https://resend.com/docs/api-reference/broadcasts/update-broadcast",
        "https://resend.com/docs/dashboard/broadcasts/send-broadcast-with-api",
    ),
    before=(
        "Domains: have the sender's domain confirmed. Audiences > Segments: note the id of the segment.",
    ),
    steps=(
        "Broadcasts > Create, and choose the segment. Subject: copy `subject` and `preview_text`.",
        "In the editor choose HTML, and paste email.html.",
    ),
    unverified=(
        "fallbacks in subjects",
        "that a draft takes a preview text",
        "the name in the list of broadcasts (each is looked into where it is missing)",
        "the address of a draft's own page",
    ),
    demands=("unsubscribe_url",),
    settings=(
        TargetSetting("segment", "the id of the segment that gets it", required=True),
        TargetSetting("topic", "the id of the topic that it belongs to"),
    ),
    push=PushMethod(
        keys=("RESEND_API_KEY",),
        url=at("https://api.resend.com"),
        headers=bearer(),
        read=_read,
        find=_find,
        write=_write,
    ),
)
