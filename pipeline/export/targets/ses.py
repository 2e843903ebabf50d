"""Amazon SES: Handlebars, and no campaigns; what a push makes is an email template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import quote

from pipeline.export.auth import signed_for_amazon
from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.target import (
    ApiRequest,
    Credentials,
    Delivery,
    DraftStatus,
    PushMethod,
    ServiceApi,
    ServiceDraft,
    Target,
    TargetSetting,
)

_TEMPLATES = "/v2/email/templates"


def _of(name: str) -> FieldTag:
    return FieldTag(f"{{{{{name}}}}}", f"{{{{#if {name}}}}}{{{{{name}}}}}{{{{else}}}}{{fallback}}{{{{/if}}}}")


def _read(service: ServiceApi, delivery: Delivery, id: str) -> DraftStatus | None:
    found = service.get(f"{_TEMPLATES}/{quote(id, safe='')}")
    return DraftStatus(found["TemplateName"], "template", open=True) if found else None


def _find(service: ServiceApi, delivery: Delivery) -> DraftStatus | None:
    return _read(service, delivery, delivery.slug)


def _write(service: ServiceApi, delivery: Delivery, found: DraftStatus | None) -> ServiceDraft:
    content = {"Subject": delivery.subject, "Html": delivery.html, "Text": delivery.text}
    name = found.id if found else delivery.slug
    if found:
        service.send("PUT", f"{_TEMPLATES}/{quote(name, safe='')}", {"TemplateContent": content})
    else:
        service.send("POST", _TEMPLATES, {"TemplateName": name, "TemplateContent": content})
    region = delivery.settings["region"]
    return ServiceDraft(
        name, f"https://{region}.console.aws.amazon.com/ses/home?region={region}#/email-templates"
    )


def _region(login: Credentials) -> str:
    return f"https://email.{login.settings['region']}.amazonaws.com"


def _headers(login: Credentials, request: ApiRequest) -> Mapping[str, str]:
    return signed_for_amazon(login, request, "ses", login.settings["region"])


TARGET = Target(
    name="ses",
    title="Amazon SES",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "last_name": _of("last_name"),
            "name": _of("name"),
            "email": FieldTag("{{email}}"),
            "unsubscribe_url": FieldTag("{{amazonSESUnsubscribeUrl}}", parts=BODY),
        },
        custom=_of("{name}"),
        lookalike=re.compile(r"\{\{"),
        not_in_fallback=frozenset("{}\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailTemplate.html",
        "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_UpdateEmailTemplate.html",
        "https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html",
        "https://docs.aws.amazon.com/ses/latest/dg/sending-email-list-management.html",
    ),
    before=(
        "For a push: `pip install pressroom[ses]`, which brings Amazon's own library for signing requests.",
        "Have a contact list: the link to unsubscribe is filled in where a message names it "
        "(ListManagementOptions), at most twice, and only to one recipient a message.",
    ),
    steps=(
        "Configuration > Email templates > Create. Subject: copy `subject` from issue.json.",
        "HTML: paste email.html. Text: paste email.txt.",
        "Send it by that name (SendBulkEmail). Give each recipient every field, if only an empty one: "
        "Amazon drops a message whose template lacks one.",
    ),
    unverified=("the address of a template's own page (the list of templates is given)",),
    takes_preview=False,
    takes_reply_to=False,
    demands=("unsubscribe_url",),
    limit=500_000,
    settings=(TargetSetting("region", 'the region of your account, such as "eu-west-1"', required=True),),
    push=PushMethod(
        keys=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        optional=("AWS_SESSION_TOKEN",),
        url=_region,
        headers=_headers,
        read=_read,
        find=_find,
        write=_write,
        draft="template",
    ),
)
