"""Brevo: a language like Django's, with attributes of the contact in capitals."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.export.auth import at, header
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


def _of(attribute: str) -> FieldTag:
    return FieldTag(f"{{{{ contact.{attribute} }}}}", f"{{{{ contact.{attribute}|default:'{{fallback}}' }}}}")


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"/emailCampaigns/{quote(id, safe='')}?excludeHtmlContent=true")
    return _standing(found) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    asked = {"type": "classic", "limit": "100", "sort": "desc", "excludeHtmlContent": "true"}
    listed = service.get(f"/emailCampaigns?{urlencode(asked)}")
    found = first((listed or {}).get("campaigns"), "name", delivery.name)
    return _standing(found) if found else None


def _standing(campaign: Any) -> DraftStatus:
    return DraftStatus(str(campaign["id"]), campaign["status"], campaign["status"] == "draft")


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    recipients: dict[str, Any] = {"listIds": delivery.settings["lists"]}
    if "segments" in delivery.settings:
        recipients = {"segmentIds": delivery.settings["segments"]}
    body: dict[str, Any] = {
        "name": delivery.name,
        "sender": {"name": delivery.sender_name, "email": delivery.sender_address},
        "subject": delivery.subject,
        "previewText": delivery.preview_text,
        "htmlContent": delivery.html,
        "replyTo": delivery.reply_to or delivery.sender_address,
        "recipients": recipients,
        "mirrorActive": True,
    }
    if delivery.tags:
        body["tag"] = delivery.tags[0]
    if found:
        service.send("PUT", f"/emailCampaigns/{quote(found.id, safe='')}", body)
    id = found.id if found else str(service.send("POST", "/emailCampaigns", body)["id"])
    return ServiceDraft(id, f"https://app.brevo.com/marketing-campaign/edit/{id}")


TARGET = Target(
    name="brevo",
    title="Brevo",
    dialect=Dialect(
        tags={
            "first_name": _of("FIRSTNAME"),
            "last_name": _of("LASTNAME"),
            "email": FieldTag("{{ contact.EMAIL }}"),
            "unsubscribe_url": FieldTag("{{ unsubscribe }}", parts=BODY),
            "preferences_url": FieldTag("{{ update_profile }}", parts=BODY),
            "web_url": FieldTag("{{ mirror }}", parts=BODY),
        },
        custom=_of("{name}"),
        own_name=str.upper,
        # The older language of the service has brackets and single braces.
        lookalike=re.compile(r"\{\{|\{%|\[(?:UNSUBSCRIBE|MIRROR|DEFAULT_FROM_NAME)\]|\{[A-Z][A-Z0-9_]+\}"),
        not_in_fallback=frozenset("'{}\\\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://developers.brevo.com/reference/createemailcampaign-1",
        "https://help.brevo.com/hc/en-us/articles/4402386448530",
        "https://help.sendinblue.com/hc/en-us/articles/360000946299",
    ),
    before=("Senders & IP: have the sender's address confirmed.",),
    steps=(
        "Campaigns > Create > Email > Standard. Subject: copy `subject` and `preview_text` from issue.json.",
        "Design > Code your own > Paste your code: paste email.html.",
        "Additional settings: switch the mirror link on.",
    ),
    unverified=(
        "the attribute LASTNAME",
        "fallbacks in subjects",
        "the names of the list and segment fields",
        "the address of a draft's own page",
    ),
    takes_text=False,
    limit=1_000_000,
    tags=TagSupport.ONE,
    settings=(
        TargetSetting("lists", "the numbers of the lists that get it", SettingType.NUMBERS, required=True),
        TargetSetting(
            "segments", "the numbers of the segments that get it, instead of lists", SettingType.NUMBERS
        ),
    ),
    push=PushMethod(
        keys=("BREVO_API_KEY",),
        url=at("https://api.brevo.com/v3"),
        headers=header("api-key"),
        read=_read,
        find=_find,
        write=_write,
    ),
)
