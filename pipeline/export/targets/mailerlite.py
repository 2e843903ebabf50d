"""MailerLite: fields in braces with a dollar sign, fallbacks as in Smarty."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import SettingType, Target, TargetSetting


def _body(edition: ServiceEdition) -> Body:
    email = {
        "subject": edition.subject,
        "from_name": edition.sender_name,
        "from": edition.sender_address,
        "content": edition.html,
    }
    readers = {name: edition.settings[name] for name in ("groups", "segments") if name in edition.settings}
    return {"name": edition.name, "type": "regular", "emails": [email], **readers}


TARGET = Target(
    name="mailerlite",
    title="MailerLite",
    dialect=Dialect(
        custom=FieldTag("{${name}}", "{${name}|default('{fallback}')}"),
        names={"first_name": "name", "last_name": "last_name"},
        fields={
            "email": FieldTag("{$email}"),
            "unsubscribe_url": FieldTag("{$unsubscribe}", parts=BODY),
            "preferences_url": FieldTag("{$preferences}", parts=BODY),
            "web_url": FieldTag("{$url}", parts=BODY),
        },
        lookalike=re.compile(r"\{\$"),
        not_in_fallback=frozenset("'{}\n"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://developers.mailerlite.com/docs/campaigns.html",
        "https://developers.mailerlite.com/getting-started",
    ),
    setup=(
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
    requires=("unsubscribe_url", "postal_address"),
    settings=(
        TargetSetting("groups", "the ids of the groups that get it", SettingType.TEXTS),
        TargetSetting("segments", "the ids of the segments that get it", SettingType.TEXTS),
    ),
    push=PushMethod(
        keys=("MAILERLITE_API_KEY",),
        url="https://connect.mailerlite.com/api",
        headers={"Authorization": "Bearer {key}"},
        path="/campaigns",
        lists=tuple({"filter[status]": status, "limit": "100"} for status in ("draft", "ready", "sent")),
        items="data",
        item="data",
        body=_body,
        address="https://dashboard.mailerlite.com/campaigns/{id}/edit",
    ),
)
