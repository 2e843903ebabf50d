"""Postmark: Mustachio, and no campaigns; what a push makes is a template, to be sent by its alias."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from pipeline.export.auth import at, header
from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push import first
from pipeline.export.target import Delivery, DraftStatus, PushMethod, ServiceApi, ServiceDraft, Target


def _of(name: str) -> FieldTag:
    # Within a section the value is the dot.
    given = f"{{{{#{name}}}}}{{{{.}}}}{{{{/{name}}}}}"
    return FieldTag(f"{{{{{name}}}}}", f"{given}{{{{^{name}}}}}{{fallback}}{{{{/{name}}}}}")


def _alias(delivery: Delivery) -> str:
    """An alias begins with a letter."""
    return f"issue-{delivery.slug}"


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    return _standing(service, "TemplateId", id)


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    return _standing(service, "Alias", _alias(delivery))


def _standing(service: ServiceApi, name: str, value: str) -> DraftStatus | None:
    # Asked for a template that is not there, Postmark answers 422 as for any other mistake; a list is clear.
    listed = service.get("/templates?count=500&offset=0")
    found: Any = first((listed or {}).get("Templates"), name, value)
    return DraftStatus(str(found["TemplateId"]), "template", open=True) if found else None


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    body = {
        "Name": delivery.name,
        "Alias": _alias(delivery),
        "Subject": delivery.subject,
        "HtmlBody": delivery.html,
        "TextBody": delivery.text,
    }
    path = f"/templates/{quote(found.id, safe='')}" if found else "/templates"
    made = service.send("PUT" if found else "POST", path, body)
    return ServiceDraft(str(made["TemplateId"]), "https://account.postmarkapp.com/servers")


TARGET = Target(
    name="postmark",
    title="Postmark",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "last_name": _of("last_name"),
            "name": _of("name"),
            "email": FieldTag("{{email}}"),
            "unsubscribe_url": FieldTag("{{{ pm:unsubscribe }}}", parts=BODY),
        },
        custom=_of("{name}"),
        lookalike=re.compile(r"\{\{"),
        not_in_fallback=frozenset("{}\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://postmarkapp.com/developer/api/templates-api",
        "https://postmarkapp.com/support/article/1077-template-syntax",
    ),
    before=("Have a message stream for broadcasts: without it the link to unsubscribe is not filled in.",),
    steps=(
        "Your server > Templates > Add template > Code your own. Subject: copy `subject` from issue.json.",
        "HTML: paste email.html. Text: paste email.txt. Save, and note the alias.",
        "Send it to your readers by that alias over a broadcast stream, with their fields as the model.",
    ),
    unverified=(
        "the dot for the value within a section",
        "an address of a template's own page (the list of servers is given)",
    ),
    takes_preview=False,
    takes_reply_to=False,
    demands=("unsubscribe_url",),
    push=PushMethod(
        keys=("POSTMARK_SERVER_TOKEN",),
        url=at("https://api.postmarkapp.com"),
        headers=header("X-Postmark-Server-Token"),
        read=_read,
        find=_find,
        write=_write,
        draft="template",
    ),
)
