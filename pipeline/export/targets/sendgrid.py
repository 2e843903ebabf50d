"""SendGrid Marketing Campaigns: Handlebars, with `insert` for fallbacks; a draft is a Single Send."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from pipeline.export.auth import at, bearer
from pipeline.export.dialect import BODY, Dialect, Tag
from pipeline.export.push import first
from pipeline.export.target import Delivery, Draft, Kind, Push, Service, Setting, Standing, Tags, Target

_NAME, _CATEGORIES = 100, 10
"""Characters of a name and number of categories at most, by the API's own description."""

_SINGLE_SENDS = "/v3/marketing/singlesends"
_ADDRESS = "{{Sender_Address}}, {{Sender_City}}, {{Sender_State}} {{Sender_Zip}}"


def _of(name: str) -> Tag:
    return Tag(f"{{{{{name}}}}}", f'{{{{insert {name} "default={{fallback}}"}}}}')


def _read(service: Service, delivery: Delivery, id: str) -> Standing | None:
    found = service.get(f"{_SINGLE_SENDS}/{quote(id, safe='')}")
    return _standing(found) if found else None


def _find(service: Service, delivery: Delivery) -> Standing | None:
    listed = service.get(f"{_SINGLE_SENDS}?page_size=100")
    found = first((listed or {}).get("result"), "name", delivery.name[:_NAME])
    return _standing(found) if found else None


def _standing(single_send: Any) -> Standing:
    return Standing(single_send["id"], single_send["status"], single_send["status"] == "draft")


def _write(service: Service, delivery: Delivery, found: Standing | None) -> Draft:
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
    return Draft(made["id"], f"https://mc.sendgrid.com/single-sends/{made['id']}/editor")


TARGET = Target(
    name="sendgrid",
    title="SendGrid",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "last_name": _of("last_name"),
            "email": Tag("{{email}}"),
            "unsubscribe_url": Tag("{{{unsubscribe}}}", parts=BODY),
            "preferences_url": Tag("{{{unsubscribe_preferences}}}", parts=BODY),
            "web_url": Tag("{{{weblink}}}", parts=BODY),
            "postal_address": Tag(_ADDRESS, parts=BODY),
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
    tags=Tags.MANY,
    settings=(
        Setting("sender", "the number of the sender, whose reply-to it has", Kind.NUMBER, required=True),
        Setting("suppression_group", "the number of the unsubscribe group", Kind.NUMBER, required=True),
        Setting("lists", "the ids of the lists that get it", Kind.TEXTS),
        Setting("segments", "the ids of the segments that get it", Kind.TEXTS),
    ),
    push=Push(
        keys=("SENDGRID_API_KEY",),
        url=at("https://api.sendgrid.com"),
        headers=bearer(),
        read=_read,
        find=_find,
        write=_write,
        draft="Single Send",
    ),
)
