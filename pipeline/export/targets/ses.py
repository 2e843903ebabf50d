"""Amazon SES: Handlebars, and no campaigns; a push stores an email template."""

from __future__ import annotations

import re

from pipeline.export.auth import AmazonAuth
from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import Target, TargetSetting


def _body(edition: ServiceEdition) -> Body:
    return {
        "TemplateContent": {"Subject": edition.subject, "Html": edition.html, "Text": edition.text},
    }


TARGET = Target(
    name="ses",
    title="Amazon SES",
    dialect=Dialect(
        custom=FieldTag("{{{name}}}", "{{#if {name}}}{{{name}}}{{else}}{fallback}{{/if}}"),
        names={"first_name": "first_name", "last_name": "last_name", "name": "name"},
        fields={
            "email": FieldTag("{{email}}"),
            "unsubscribe_url": FieldTag("{{amazonSESUnsubscribeUrl}}", parts=BODY),
        },
        lookalike=re.compile(r"\{\{"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailTemplate.html",
        "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_UpdateEmailTemplate.html",
        "https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html",
        "https://docs.aws.amazon.com/ses/latest/dg/sending-email-list-management.html",
    ),
    setup=(
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
    requires=("unsubscribe_url",),
    limit=500_000,
    settings=(TargetSetting("region", 'the region of your account, such as "eu-west-1"', required=True),),
    push=PushMethod(
        keys=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        optional=("AWS_SESSION_TOKEN",),
        url="https://email.{region}.amazonaws.com",
        auth=AmazonAuth,
        path="/v2/email/templates",
        id="TemplateName",
        status=(),
        body=_body,
        new={"TemplateName": "{slug}"},
        address="https://{region}.console.aws.amazon.com/ses/home?region={region}#/email-templates",
        draft="template",
    ),
)
