"""listmonk: Go's templates with Sprig's functions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.export.auth import header
from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push import first
from pipeline.export.target import (
    Credentials,
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


def _of(value: str) -> FieldTag:
    return FieldTag(f"{{{{ {value} }}}}", f'{{{{ or {value} "{{fallback}}" }}}}')


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"/api/campaigns/{quote(id, safe='')}?no_body=true")
    return _standing(found["data"]) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    name = urlencode({"query": delivery.name, "per_page": "all", "no_body": "true"})
    listed = service.get(f"/api/campaigns?{name}")
    found = first(listed["data"]["results"] if listed else (), "name", delivery.name)
    return _standing(found) if found else None


def _standing(campaign: Any) -> DraftStatus:
    return DraftStatus(str(campaign["id"]), campaign["status"], campaign["status"] == "draft")


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    body = {
        "name": delivery.name,
        "subject": delivery.subject,
        "lists": delivery.settings["lists"],
        "from_email": delivery.sender,
        "type": "regular",
        "content_type": "html",
        "messenger": "email",
        "body": delivery.html,
        "altbody": delivery.text,
        "tags": list(delivery.tags),
        "headers": [{"Reply-To": delivery.reply_to}] if delivery.reply_to else [],
        "template_id": delivery.settings["template"],
    }
    path = f"/api/campaigns/{quote(found.id, safe='')}" if found else "/api/campaigns"
    made = service.send("PUT" if found else "POST", path, body)["data"]
    return ServiceDraft(
        str(made["id"]), f"{delivery.settings['url'].rstrip('/')}/admin/campaigns/{made['id']}"
    )


def _instance(login: Credentials) -> str:
    return str(login.settings["url"])


TARGET = Target(
    name="listmonk",
    title="listmonk",
    dialect=Dialect(
        tags={
            "first_name": _of(".Subscriber.FirstName"),
            "last_name": _of(".Subscriber.LastName"),
            "name": _of(".Subscriber.Name"),
            "email": FieldTag("{{ .Subscriber.Email }}"),
            "unsubscribe_url": FieldTag("{{ UnsubscribeURL }}", parts=BODY),
            "preferences_url": FieldTag("{{ UnsubscribeURL }}?manage=true", parts=BODY),
            "web_url": FieldTag("{{ MessageURL }}", parts=BODY),
        },
        custom=_of(".Subscriber.Attribs.{name}"),
        # Beside Go's braces, listmonk makes a tracked link of an address that ends in @TrackLink.
        lookalike=re.compile(r"\{\{|@TrackLink\b"),
        literal=lambda found: '{{ "{{" }}' if found == "{{" else '@{{ "TrackLink" }}',
        not_in_fallback=frozenset('"\\\n'),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://listmonk.app/docs/templating/",
        "https://listmonk.app/docs/apis/campaigns/",
    ),
    before=('Campaigns > Templates: have a template that is nothing but `{{ template "content" . }}`.',),
    steps=(
        "Campaigns > New: copy `subject` from issue.json; choose lists, that template, and Raw HTML.",
        "Content: paste email.html. Add plain text message: paste email.txt.",
    ),
    takes_preview=False,
    tags=TagSupport.MANY,
    settings=(
        TargetSetting("url", "the address of your listmonk", required=True),
        TargetSetting("lists", "the numbers of the lists that get it", SettingType.NUMBERS, required=True),
        TargetSetting(
            "template",
            "the number of the template that holds nothing else",
            SettingType.NUMBER,
            required=True,
        ),
    ),
    push=PushMethod(
        keys=("LISTMONK_API_TOKEN",),
        url=_instance,
        headers=header("Authorization", "token {}"),
        read=_read,
        find=_find,
        write=_write,
    ),
)
