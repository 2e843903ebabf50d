"""SendGrid Marketing Campaigns: Handlebars, with `insert` for fallbacks; a draft is a Single Send."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from pipeline.export.auth import at, bearer
from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push import first
from pipeline.export.target import (
    Delivery,
    DraftStatus,
    PushMethod,
    ServiceApi,
    ServiceDraft,
    SettingType,
    TagSupport,
    Target,
    TargetSetting,
)

_NAME, _CATEGORIES = 100, 10
"""Characters of a name and number of categories at most, by the API's own description."""

_SINGLE_SENDS = "/v3/marketing/singlesends"
_ADDRESS = "{{Sender_Address}}, {{Sender_City}}, {{Sender_State}} {{Sender_Zip}}"


def _of(name: str) -> FieldTag:
    return FieldTag(f"{{{{{name}}}}}", f'{{{{insert {name} "default={{fallback}}"}}}}')


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"{_SINGLE_SENDS}/{quote(id, safe='')}")
    return _standing(found) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    listed = service.get(f"{_SINGLE_SENDS}?page_size=100")
    found = first((listed or {}).get("result"), "name", delivery.name[:_NAME])
    return _standing(found) if found else None


def _standing(single_send: Any) -> DraftStatus:
    return DraftStatus(single_send["id"], single_send["status"], single_send["status"] == "draft")


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    said = {"list_ids": "lists", "segment_ids": "segments"}
    send_to = {key: delivery.settings[name] for key, name in said.items() if name in delivery.settings}
    body = {
        "name": delivery.name[:_NAME],
        "categories": list(delivery.tags[:_CATEGORIES]),
        "send_to": send_to,
        "email_config": {
            "subject": delivery.subject,
            "html_content": delivery.html,
            "plain_content": delivery.text,
            "generate_plain_content": False,
            "editor": "code",
            "suppression_group_id": delivery.settings["suppression_group"],
            "sender_id": delivery.settings["sender"],
        },
    }
    path = f"{_SINGLE_SENDS}/{quote(found.id, safe='')}" if found else _SINGLE_SENDS
    made = service.send("PATCH" if found else "POST", path, body)
    return ServiceDraft(made["id"], f"https://mc.sendgrid.com/single-sends/{made['id']}/editor")


TARGET = Target(
    name="sendgrid",
    title="SendGrid",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "last_name": _of("last_name"),
            "email": FieldTag("{{email}}"),
            "unsubscribe_url": FieldTag("{{{unsubscribe}}}", parts=BODY),
            "preferences_url": FieldTag("{{{unsubscribe_preferences}}}", parts=BODY),
            "web_url": FieldTag("{{{weblink}}}", parts=BODY),
            "postal_address": FieldTag(_ADDRESS, parts=BODY),
        },
        custom=_of("{name}"),
        lookalike=re.compile(r"\{\{"),
        not_in_fallback=frozenset('"{}\n'),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://www.twilio.com/docs/sendgrid/api-reference/single-sends/create-single-send",
        "https://www.twilio.com/docs/sendgrid/api-reference/single-sends/update-single-send",
        "https://www.twilio.com/docs/sendgrid/ui/sending-email/using-handlebars",
    ),
    before=(
        "Marketing > Senders: have the sender confirmed; note the number of the sender.",
        "Suppressions > Unsubscribe groups: have a group; note its number.",
    ),
    steps=(
        "Marketing > Single Sends > Create > Blank template > Code editor: paste email.html.",
        "Settings: the sender, the recipients and the group. Copy `subject` and `preview_text` from "
        "issue.json.",
        "Plain content: switch off that it is made from the HTML, and paste email.txt.",
    ),
    unverified=(
        "fallbacks in subjects",
        "the tag for the web view, and those for the sender's address",
        "the address of a draft's own page",
    ),
    takes_preview=False,
    takes_reply_to=False,
    demands=("unsubscribe_url",),
    tags=TagSupport.MANY,
    settings=(
        TargetSetting(
            "sender", "the number of the sender, whose reply-to it has", SettingType.NUMBER, required=True
        ),
        TargetSetting(
            "suppression_group", "the number of the unsubscribe group", SettingType.NUMBER, required=True
        ),
        TargetSetting("lists", "the ids of the lists that get it", SettingType.TEXTS),
        TargetSetting("segments", "the ids of the segments that get it", SettingType.TEXTS),
    ),
    push=PushMethod(
        keys=("SENDGRID_API_KEY",),
        url=at("https://api.sendgrid.com"),
        headers=bearer(),
        read=_read,
        find=_find,
        write=_write,
        draft="Single Send",
    ),
)
