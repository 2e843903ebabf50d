"""Buttondown: Django's template language; names are metadata that the owner of the list has stored."""

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
    Target,
    TargetSetting,
)


def _stored(name: str) -> FieldTag:
    value = f"subscriber.metadata.{name}"
    return FieldTag(f"{{{{ {value} }}}}", f'{{{{ {value}|default:"{{fallback}}" }}}}')


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"/emails/{quote(id, safe='')}")
    return _standing(found) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    listed = service.get(f"/emails?{urlencode({'ordering': '-creation_date'})}")
    found = first(listed["results"] if listed else (), "slug", delivery.slug)
    return _standing(found) if found else None


def _standing(email: Any) -> DraftStatus:
    return DraftStatus(email["id"], email["status"], email["status"] == "draft")


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    # Without a status an email is sent at once.
    body: dict[str, Any] = {
        "subject": delivery.subject,
        "body": delivery.html,
        "status": "draft",
        "slug": delivery.slug,
        "description": delivery.preview_text,
    }
    if delivery.web_url:
        body["canonical_url"] = delivery.web_url
    if "subscriber_tag" in delivery.settings:
        one = {
            "field": "subscriber.tags",
            "operator": "contains",
            "value": delivery.settings["subscriber_tag"],
        }
        body["filters"] = {"filters": [one], "groups": [], "predicate": "and"}
    path = f"/emails/{quote(found.id, safe='')}" if found else "/emails"
    made = service.send("PATCH" if found else "POST", path, body)
    return ServiceDraft(made["id"], f"https://buttondown.com/emails/{made['id']}")


TARGET = Target(
    name="buttondown",
    title="Buttondown",
    dialect=Dialect(
        tags={
            "first_name": _stored("first_name"),
            "last_name": _stored("last_name"),
            "name": _stored("name"),
            "email": FieldTag("{{ subscriber.email }}"),
            "unsubscribe_url": FieldTag("{{ unsubscribe_url }}", parts=BODY),
            "preferences_url": FieldTag("{{ manage_subscription_url }}", parts=BODY),
            "web_url": FieldTag("{{ email_url }}", parts=BODY),
        },
        custom=_stored("{name}"),
        own_name=lambda name: name,
        # Django: a tag begins with {{, {% or {#.
        lookalike=re.compile(r"\{\{|\{%|\{#"),
        literal=lambda found: {
            "{{": "{% templatetag openvariable %}",
            "{%": "{% templatetag openblock %}",
            "{#": "{% templatetag opencomment %}",
        }[found],
        not_in_fallback=frozenset('"{}\\\n'),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://docs.buttondown.com/template-variables",
        "https://docs.buttondown.com/using-templating",
        "https://docs.buttondown.com/api-emails-create",
        "https://docs.buttondown.com/api-emails-update",
    ),
    before=("Settings > Design: choose the naked template, or Buttondown's own goes around the email.",),
    steps=(
        "Emails > New email. Subject: copy `subject` from issue.json.",
        "In the editor's menu choose the plain text editor, and paste email.html.",
    ),
    unverified=(
        "fallbacks in subjects",
        "that the tag for literal braces is switched on",
        "the address of a draft's own page",
    ),
    takes_text=False,
    takes_preview=False,
    takes_reply_to=False,
    shape="<!-- buttondown-editor-mode: plaintext -->\n{}".format,
    settings=(TargetSetting("subscriber_tag", "the tag of the subscribers that get it"),),
    push=PushMethod(
        keys=("BUTTONDOWN_API_KEY",),
        url=at("https://api.buttondown.com/v1"),
        # From this version on an email is a draft unless another status is given.
        headers=header("Authorization", "Token {}", X_API_Version="2026-04-01"),
        read=_read,
        find=_find,
        write=_write,
    ),
)
