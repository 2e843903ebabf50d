"""Mailgun: Handlebars, and no campaigns; a push stores a template."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import DraftStatus, ServiceApi, ServiceEdition
from pipeline.export.target import Target, TargetSetting
from pipeline.support.http import BasicAuth


def _body(edition: ServiceEdition) -> Body:
    headers = {"From": edition.sender, "Subject": edition.subject}
    headers |= {"Reply-To": edition.reply_to} if edition.reply_to else {}
    return {"template": edition.html, "headers": json.dumps(headers, ensure_ascii=False)}


def _save(
    service: ServiceApi, path: str, body: Body, edition: ServiceEdition, existing: DraftStatus | None
) -> Any:
    """Send a form; a change goes to the active version of the template."""
    if existing:
        version = f"{path}/versions/{quote(existing.version, safe='')}"
        return service.send("PUT", version, {**body, "active": "yes"}, form=True)
    return service.send("POST", path, body, form=True)


TARGET = Target(
    name="mailgun",
    title="Mailgun",
    dialect=Dialect(
        custom=FieldTag("{{{name}}}", "{{#if {name}}}{{{name}}}{{else}}{fallback}{{/if}}"),
        names={"first_name": "first_name", "last_name": "last_name", "name": "name"},
        fields={
            "email": FieldTag("%recipient%"),
            "unsubscribe_url": FieldTag("%unsubscribe_url%", parts=BODY),
        },
        # The template's braces, and names of Mailgun's own and of recipient variables.
        lookalike=re.compile(r"\{\{|%recipient(?=[.%_])|%(?:\w+_)?unsubscribe_(?:url|email)%"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-templates",
        "https://documentation.mailgun.com/docs/inboxready/api-reference/optimize/mailgun/domain-templates/"
        "post-v3--domain-name--templates",
    ),
    setup=(
        "Sending > Domain settings: have the domain confirmed, and unsubscribe tracking on.",
        'For a domain of the EU region write `url = "https://api.eu.mailgun.net"`.',
    ),
    # https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/domain-tracking
    tracking="Sending > Domain settings: switch click tracking and open tracking off.",
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
    requires=("unsubscribe_url",),
    settings=(TargetSetting("domain", "the domain that you send from", required=True),),
    push=PushMethod(
        keys=("MAILGUN_API_KEY",),
        url="https://api.mailgun.net",
        auth=lambda credentials: BasicAuth("api", credentials.key),
        path="/v3/{domain}/templates",
        query="active=yes",
        item="template",
        id="name",
        status=(),
        version="version.tag",
        body=_body,
        new={"name": "{slug}", "description": "{name}", "engine": "handlebars"},
        save=_save,
        address="https://app.mailgun.com/mg/sending/{domain}/templates/details/{slug}",
        draft="template",
    ),
)
