"""Brevo: a language like Django's, with attributes of the contact in capitals."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import SettingType, TagSupport, Target, TargetSetting


def _body(edition: ServiceEdition) -> Body:
    recipients: Body = {"listIds": edition.settings["lists"]}
    if "segments" in edition.settings:
        recipients = {"segmentIds": edition.settings["segments"]}
    body: Body = {
        "name": edition.name,
        "sender": {"name": edition.sender_name, "email": edition.sender_address},
        "subject": edition.subject,
        "previewText": edition.preview_text,
        "htmlContent": edition.html,
        "replyTo": edition.reply_to or edition.sender_address,
        "recipients": recipients,
        "mirrorActive": True,
    }
    return body | ({"tag": edition.tags[0]} if edition.tags else {})


TARGET = Target(
    name="brevo",
    title="Brevo",
    dialect=Dialect(
        custom=FieldTag("{{ contact.{name} }}", "{{ contact.{name}|default:'{fallback}' }}"),
        names={"first_name": "FIRSTNAME", "last_name": "LASTNAME"},
        fields={
            "email": FieldTag("{{ contact.EMAIL }}"),
            "unsubscribe_url": FieldTag("{{ unsubscribe }}", parts=BODY),
            "preferences_url": FieldTag("{{ update_profile }}", parts=BODY),
            "web_url": FieldTag("{{ mirror }}", parts=BODY),
        },
        own_name=str.upper,
        in_address=FieldTag("{{ {name}|urlencode }}", "{{ {name}|urlencode|default:'{encoded}' }}"),
        # The older language of the service has brackets and single braces.
        lookalike=re.compile(r"\{\{|\{%|\[(?:UNSUBSCRIBE|MIRROR|DEFAULT_FROM_NAME)\]|\{[A-Z][A-Z0-9_]+\}"),
        not_in_fallback=frozenset("'{}\\\n"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://developers.brevo.com/reference/createemailcampaign-1",
        "https://help.brevo.com/hc/en-us/articles/4402386448530",
        "https://help.sendinblue.com/hc/en-us/articles/360000946299",
    ),
    setup=("Senders & IP: have the sender's address confirmed.",),
    steps=(
        "Campaigns > Create > Email > Standard. Subject: copy `subject` and `preview_text` from issue.json.",
        "Design > Code your own > Paste your code: paste email.html.",
        "Additional settings: switch the mirror link on.",
    ),
    unverified=(
        "the attribute LASTNAME",
        "the filter that percent-encodes a field within an address",
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
        url="https://api.brevo.com/v3",
        headers={"api-key": "{key}"},
        path="/emailCampaigns",
        query="excludeHtmlContent=true",
        lists=({"type": "classic", "limit": "100", "sort": "desc", "excludeHtmlContent": "true"},),
        items="campaigns",
        body=_body,
        address="https://app.brevo.com/marketing-campaign/edit/{id}",
    ),
)
