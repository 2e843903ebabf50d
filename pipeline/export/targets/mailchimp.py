"""Mailchimp: merge tags between asterisks and bars; a fallback is a block with a condition."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import quote

from pipeline.errors import PressroomError
from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import Credentials, DraftStatus, ServiceApi, ServiceEdition
from pipeline.export.target import SettingType, Target, TargetSetting
from pipeline.support.http import BasicAuth

_NAME = "*|FNAME|* *|LNAME|*"


def _url(credentials: Credentials) -> str:
    """The address of the data center whose name is behind the hyphen of the key."""
    center = (credentials.key or "-dc").rpartition("-")[2]
    if not re.fullmatch(r"[a-z]{2,4}[0-9]{0,3}", center):
        raise PressroomError(
            "the key of Mailchimp ends in a hyphen and the name of a data center, as -us7.",
            "--to mailchimp",
            None,
            "Copy all of it into MAILCHIMP_API_KEY.",
        )
    return f"https://{center}.api.mailchimp.com/3.0"


def _body(edition: ServiceEdition) -> Body:
    recipients: Body = {"list_id": edition.settings["list"]}
    if "segment" in edition.settings:
        recipients["segment_opts"] = {"saved_segment_id": edition.settings["segment"]}
    return {
        "recipients": recipients,
        "settings": {
            "title": edition.name,
            "subject_line": edition.subject,
            "preview_text": edition.preview_text,
            "from_name": edition.sender_name,
            # The address that mail comes from is also the one that answers go to.
            "reply_to": edition.reply_to or edition.sender_address,
        },
    }


def _save(
    service: ServiceApi, path: str, body: Body, edition: ServiceEdition, existing: DraftStatus | None
) -> Any:
    """Send the campaign, then its content: HTML, or an archive with the pictures."""
    campaign = service.send("PATCH" if existing else "POST", path, body)
    content: Body = {"plain_text": edition.text}
    if edition.archive:
        archive = base64.b64encode(edition.archive).decode()
        content["archive"] = {"archive_content": archive, "archive_type": "zip"}
    else:
        content["html"] = edition.html
    service.send("PUT", f"/campaigns/{quote(campaign['id'], safe='')}/content", content)
    return campaign


TARGET = Target(
    name="mailchimp",
    title="Mailchimp",
    dialect=Dialect(
        custom=FieldTag("*|{name}|*", "*|IF:{name}|**|{name}|**|ELSE:|*{fallback}*|END:IF|*"),
        names={"first_name": "FNAME", "last_name": "LNAME"},
        fields={
            "name": FieldTag(_NAME, f"*|IF:FNAME|*{_NAME}*|ELSE:|*{{fallback}}*|END:IF|*"),
            "email": FieldTag("*|EMAIL|*"),
            "unsubscribe_url": FieldTag("*|UNSUB|*", parts=BODY),
            "preferences_url": FieldTag("*|UPDATE_PROFILE|*", parts=BODY),
            "web_url": FieldTag("*|ARCHIVE|*", parts=BODY),
            "postal_address": FieldTag("*|LIST:ADDRESS|*", parts=BODY, in_html="*|HTML:LIST_ADDRESS_HTML|*"),
        },
        own_name=lambda name: re.sub(r"[^A-Z0-9_]", "", name.upper())[:10],
        lookalike=re.compile(r"\*\|[A-Za-z0-9_:;=<>!. -]{1,60}\|\*"),
        not_in_fallback=frozenset("|*\n"),
        in_address=FieldTag("*|URL:{name}|*", "*|IF:{name}|**|URL:{name}|**|ELSE:|*{encoded}*|END:IF|*"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://mailchimp.com/developer/marketing/docs/merge-fields",
        "http://kb.mailchimp.com/tag/unsubscribe",
    ),
    steps=(
        "Create > Regular email, and choose the audience.",
        "Subject: copy `subject` and `preview_text` from issue.json. From: your sender.",
        "Design email > Code your own > Paste in code: paste email.html.",
        "Preview and test > Plain text: paste email.txt.",
    ),
    unverified=(
        "the block with a fallback, in subjects above all",
        "the tag that percent-encodes a field within an address",
        "the tags for preferences, for the web view, and for the address in the text part",
    ),
    requires=("unsubscribe_url",),
    takes_images=True,
    settings=(
        TargetSetting(
            "list", "the id of the audience (Audience > Settings > Audience name and defaults)", required=True
        ),
        TargetSetting("segment", "the number of a saved segment", SettingType.NUMBER),
    ),
    push=PushMethod(
        keys=("MAILCHIMP_API_KEY",),
        url=_url,
        auth=lambda credentials: BasicAuth("pressroom", credentials.key),
        path="/campaigns",
        lists=(
            {
                "list_id": "{list}",
                "sort_field": "create_time",
                "sort_dir": "DESC",
                "count": "1000",
                "fields": "campaigns.id,campaigns.status,campaigns.settings.title",
            },
        ),
        items="campaigns",
        name="settings.title",
        open=frozenset({"save"}),
        body=_body,
        new={"type": "regular"},
        save=_save,
        address="https://admin.mailchimp.com/campaigns/edit?id={draft[web_id]}",
    ),
)
