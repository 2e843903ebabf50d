"""SendGrid Marketing Campaigns: Handlebars, with `insert` for fallbacks; a draft is a Single Send."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import SettingType, TagSupport, Target, TargetSetting

_NAME, _CATEGORIES = 100, 10
"""Characters of a name and number of categories at most, by the API's own description."""

_ADDRESS = "{{Sender_Address}}, {{Sender_City}}, {{Sender_State}} {{Sender_Zip}}"


def _body(edition: ServiceEdition) -> Body:
    settings = edition.settings
    readers = (("list_ids", "lists"), ("segment_ids", "segments"))
    return {
        "name": edition.name[:_NAME],
        "categories": list(edition.tags[:_CATEGORIES]),
        "send_to": {key: settings[name] for key, name in readers if name in settings},
        "email_config": {
            "subject": edition.subject,
            "html_content": edition.html,
            "plain_content": edition.text,
            "generate_plain_content": False,
            "editor": "code",
            "suppression_group_id": settings["suppression_group"],
            "sender_id": settings["sender"],
        },
    }


TARGET = Target(
    name="sendgrid",
    title="SendGrid",
    dialect=Dialect(
        custom=FieldTag("{{{name}}}", '{{insert {name} "default={fallback}"}}'),
        names={"first_name": "first_name", "last_name": "last_name"},
        fields={
            "email": FieldTag("{{email}}"),
            "unsubscribe_url": FieldTag("{{{unsubscribe}}}", parts=BODY),
            "preferences_url": FieldTag("{{{unsubscribe_preferences}}}", parts=BODY),
            "web_url": FieldTag("{{{weblink}}}", parts=BODY),
            "postal_address": FieldTag(_ADDRESS, parts=BODY),
        },
        lookalike=re.compile(r"\{\{"),
        not_in_fallback=frozenset('"{}\n'),
    ),
    checked="2026-11-23",
    documentation=(
        "https://www.twilio.com/docs/sendgrid/api-reference/single-sends/create-single-send",
        "https://www.twilio.com/docs/sendgrid/api-reference/single-sends/update-single-send",
        "https://www.twilio.com/docs/sendgrid/ui/sending-email/using-handlebars",
    ),
    setup=(
        "Marketing > Senders: have the sender confirmed; note the number of the sender.",
        "Suppressions > Unsubscribe groups: have a group; note its number.",
    ),
    # https://www.twilio.com/docs/sendgrid/ui/account-and-settings/tracking
    tracking="Settings > Tracking: set Open Tracking and Click Tracking to disabled.",
    steps=(
        "Marketing > Single Sends > Create > Blank template > Code editor: paste email.html.",
        "Settings: the sender, the recipients and the group. Copy `subject` and `preview_text` from "
        "issue.json.",
        "Plain content: switch off that it is made from the HTML, and paste email.txt.",
    ),
    unverified=(
        "fallbacks in subjects",
        "the tag for the web view, and those for the sender's address",
        "the address of a draft's own page",
    ),
    takes_preview=False,
    takes_reply_to=False,
    requires=("unsubscribe_url",),
    tags=TagSupport.MANY,
    settings=(
        TargetSetting(
            "sender", "the number of the sender, whose reply-to it has", SettingType.NUMBER, required=True
        ),
        TargetSetting(
            "suppression_group", "the number of the unsubscribe group", SettingType.NUMBER, required=True
        ),
        TargetSetting("lists", "the ids of the lists that get it", SettingType.TEXTS),
        TargetSetting("segments", "the ids of the segments that get it", SettingType.TEXTS),
    ),
    push=PushMethod(
        keys=("SENDGRID_API_KEY",),
        url="https://api.sendgrid.com",
        headers={"Authorization": "Bearer {key}"},
        path="/v3/marketing/singlesends",
        lists=({"page_size": "100"},),
        items="result",
        label=f"{{name:.{_NAME}}}",
        body=_body,
        update="PATCH",
        address="https://mc.sendgrid.com/single-sends/{id}/editor",
        draft="Single Send",
    ),
)
