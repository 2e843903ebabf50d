"""Kit: Liquid; the email is put into a template of the account."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.fragment import styled_fragment
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import SettingType, Target, TargetSetting


def _body(edition: ServiceEdition) -> Body:
    filters = [
        {"type": kind, "ids": edition.settings[name]}
        for kind, name in (("segment", "segments"), ("tag", "subscriber_tags"))
        if name in edition.settings
    ]
    # A moment to send at, or a public broadcast, would be more than a draft.
    return {
        "subject": edition.subject,
        "preview_text": edition.preview_text,
        "content": edition.html,
        "description": edition.name,
        "public": False,
        "published_at": edition.date,
        "send_at": None,
        "email_template_id": edition.settings["template"],
        "email_address": edition.sender_address,
        "subscriber_filter": [{"all": filters, "any": None, "none": None}] if filters else [],
        "thumbnail_alt": None,
        "thumbnail_url": None,
    }


TARGET = Target(
    name="kit",
    title="Kit",
    dialect=Dialect(
        custom=FieldTag("{{ subscriber.{name} }}", '{{ subscriber.{name} | default: "{fallback}" }}'),
        names={"first_name": "first_name"},
        fields={
            "email": FieldTag("{{ subscriber.email_address }}"),
            "unsubscribe_url": FieldTag("{{ unsubscribe_url }}", parts=BODY),
            "preferences_url": FieldTag("{{ subscriber_preferences_url }}", parts=BODY),
            "postal_address": FieldTag("{{ address }}", parts=BODY),
        },
        # Liquid: a tag begins with {{ or {%.
        lookalike=re.compile(r"\{\{|\{%"),
        literal=lambda found: f"{{% raw %}}{found}{{% endraw %}}",
        not_in_fallback=frozenset('"{}\n'),
        in_address=FieldTag("{{ {name} | url_encode }}", "{{ {name} | url_encode | default: '{encoded}' }}"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://developers.kit.com/api-reference/broadcasts/create-a-broadcast",
        "https://developers.kit.com/api-reference/broadcasts/update-a-broadcast",
        "https://developers.kit.com/api-reference/broadcasts/get-a-broadcast",
        "https://developers.kit.com/api-reference/response-codes",
    ),
    setup=(
        "Send > Email templates > New > HTML: a document with nothing in its body but "
        "`{{ message_content }}`, and Kit's own link to unsubscribe below it, which Kit asks for.",
    ),
    steps=(
        "Send > Broadcasts > New, and choose that template. Subject: copy `subject` from issue.json.",
        "In the editor add an HTML block, and paste email.html.",
        "Preview text: copy `preview_text`.",
    ),
    unverified=(
        "the names of fields but for those of unsubscribing, and their fallbacks",
        "fields within the content, instead of the template",
        "the address of a draft's own page",
    ),
    takes_text=False,
    takes_reply_to=False,
    convert=styled_fragment,
    requires=("unsubscribe_url",),
    settings=(
        TargetSetting(
            "template", "the number of the email template that holds it", SettingType.NUMBER, required=True
        ),
        TargetSetting("segments", "the numbers of the segments that get it", SettingType.NUMBERS),
        TargetSetting(
            "subscriber_tags", "the numbers of the tags whose subscribers get it", SettingType.NUMBERS
        ),
    ),
    push=PushMethod(
        keys=("KIT_API_KEY",),
        url="https://api.kit.com",
        headers={"X-Kit-Api-Key": "{key}"},
        path="/v4/broadcasts",
        lists=({"per_page": "100"},),
        items="broadcasts",
        item="broadcast",
        name="description",
        # The schema of a broadcast does not require its status. Kit refuses a change of one that was sent.
        open=frozenset({"draft", ""}),
        body=_body,
        address="https://app.kit.com/campaigns/{id}/draft",
        draft="broadcast",
    ),
)
