"""MailerLite: fields in braces with a dollar sign, fallbacks as in Smarty."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

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
    Target,
    TargetSetting,
)


def _of(name: str) -> FieldTag:
    return FieldTag(f"{{${name}}}", f"{{${name}|default('{{fallback}}')}}")


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"/campaigns/{quote(id, safe='')}")
    return _standing(found["data"]) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    for status in ("draft", "ready", "sent"):
        listed = service.get(f"/campaigns?{urlencode({'filter[status]': status, 'limit': '100'})}")
        if found := first((listed or {}).get("data"), "name", delivery.name):
            return _standing(found)
    return None


def _standing(campaign: Any) -> DraftStatus:
    return DraftStatus(str(campaign["id"]), campaign["status"], campaign["status"] == "draft")


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    body: dict[str, Any] = {
        "name": delivery.name,
        "type": "regular",
        "emails": [
            {
                "subject": delivery.subject,
                "from_name": delivery.sender_name,
                "from": delivery.sender_address,
                "content": delivery.html,
            }
        ],
    }
    body |= {name: delivery.settings[name] for name in ("groups", "segments") if name in delivery.settings}
    path = f"/campaigns/{quote(found.id, safe='')}" if found else "/campaigns"
    made = service.send("PUT" if found else "POST", path, body)["data"]
    return ServiceDraft(str(made["id"]), f"https://dashboard.mailerlite.com/campaigns/{made['id']}/edit")


TARGET = Target(
    name="mailerlite",
    title="MailerLite",
    dialect=Dialect(
        tags={
            "first_name": _of("name"),
            "last_name": _of("last_name"),
            "email": FieldTag("{$email}"),
            "unsubscribe_url": FieldTag("{$unsubscribe}", parts=BODY),
            "preferences_url": FieldTag("{$preferences}", parts=BODY),
            "web_url": FieldTag("{$url}", parts=BODY),
        },
        custom=_of("{name}"),
        lookalike=re.compile(r"\{\$"),
        not_in_fallback=frozenset("'{}\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://developers.mailerlite.com/docs/campaigns.html",
        "https://developers.mailerlite.com/getting-started",
    ),
    before=(
        "Have a plan with the custom HTML editor: without it MailerLite refuses the content of a draft.",
        "Account settings > Domains: have the sender's address confirmed.",
    ),
    steps=(
        "Campaigns > Create > Regular campaign. Subject and preheader: copy `subject` and `preview_text`.",
        "Content > Custom HTML editor: paste email.html.",
    ),
    unverified=(
        "the form of fallbacks, in subjects above all",
        "the tag for preferences",
        "the address of a draft's own page",
    ),
    takes_text=False,
    takes_preview=False,
    takes_reply_to=False,
    demands=("unsubscribe_url", "postal_address"),
    settings=(
        TargetSetting("groups", "the ids of the groups that get it", SettingType.TEXTS),
        TargetSetting("segments", "the ids of the segments that get it", SettingType.TEXTS),
    ),
    push=PushMethod(
        keys=("MAILERLITE_API_KEY",),
        url=at("https://connect.mailerlite.com/api"),
        headers=bearer(),
        read=_read,
        find=_find,
        write=_write,
    ),
)
