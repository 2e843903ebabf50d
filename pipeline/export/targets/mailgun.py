"""Mailgun: Handlebars, and no campaigns; what a push makes is a stored template."""

from __future__ import annotations

import json
import re
from datetime import date
from urllib.parse import quote

from pipeline.export.auth import at, basic
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


def _of(name: str) -> FieldTag:
    return FieldTag(f"{{{{{name}}}}}", f"{{{{#if {name}}}}}{{{{{name}}}}}{{{{else}}}}{{fallback}}{{{{/if}}}}")


def _templates(delivery: Delivery) -> str:
    return f"/v3/{quote(delivery.settings['domain'], safe='')}/templates"


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"{_templates(delivery)}/{quote(id, safe='')}?active=yes")
    if not found:
        return None
    template = found["template"]
    return DraftStatus(template["name"], "template", open=True, version=template["version"]["tag"])


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    return _read(service, delivery, delivery.slug)


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    headers = {"From": delivery.sender, "Subject": delivery.subject}
    headers |= {"Reply-To": delivery.reply_to} if delivery.reply_to else {}
    version = {"template": delivery.html, "headers": json.dumps(headers, ensure_ascii=False)}
    if found:
        path = f"{_templates(delivery)}/{quote(found.id, safe='')}/versions/{quote(found.version, safe='')}"
        service.send("PUT", path, {**version, "active": "yes"}, form=True)
    else:
        new = {"name": delivery.slug, "description": delivery.name, "engine": "handlebars", **version}
        service.send("POST", _templates(delivery), new, form=True)
    domain = quote(delivery.settings["domain"], safe="")
    place = f"https://app.mailgun.com/mg/sending/{domain}/templates/details/{delivery.slug}"
    return ServiceDraft(found.id if found else delivery.slug, place)


TARGET = Target(
    name="mailgun",
    title="Mailgun",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "last_name": _of("last_name"),
            "name": _of("name"),
            "email": FieldTag("%recipient%"),
            "unsubscribe_url": FieldTag("%unsubscribe_url%", parts=BODY),
        },
        custom=_of("{name}"),
        # Beside the template's braces, names of Mailgun's own and of recipient variables.
        lookalike=re.compile(r"\{\{|%recipient(?=[.%_])|%(?:\w+_)?unsubscribe_(?:url|email)%"),
        not_in_fallback=frozenset("{}\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-templates",
        "https://documentation.mailgun.com/docs/inboxready/api-reference/optimize/mailgun/domain-templates/"
        "post-v3--domain-name--templates",
    ),
    before=(
        "Sending > Domain settings: have the domain confirmed, and unsubscribe tracking on.",
        'For a domain of the EU region write `url = "https://api.eu.mailgun.net"`.',
    ),
    steps=(
        "Send > Templates > Create message template > Code: paste email.html.",
        "Name it; in its headers copy `subject` from issue.json.",
        "Send it to your readers by that name, with `t:text=yes`, and their fields as `t:variables` or "
        "recipient variables: without these everyone sees all addresses.",
    ),
    unverified=(
        "fields in the header Subject, and the form of fallbacks there",
        "`%recipient%` within a template",
        "the address of a template's own page",
    ),
    takes_text=False,
    takes_preview=False,
    demands=("unsubscribe_url",),
    settings=(TargetSetting("domain", "the domain that you send from", required=True),),
    push=PushMethod(
        keys=("MAILGUN_API_KEY",),
        url=at("https://api.mailgun.net"),
        headers=basic("api"),
        read=_read,
        find=_find,
        write=_write,
        draft="template",
    ),
)
