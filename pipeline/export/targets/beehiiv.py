"""beehiiv: a post with the email inside; the template around it, with the footer, is beehiiv's own."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.fragment import fragment
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import SettingType, TagSupport, Target, TargetSetting


def _body(edition: ServiceEdition) -> Body:
    body: Body = {
        "title": edition.title,
        "subtitle": edition.preview_text,
        "body_content": edition.html,
        "email_settings": {
            "email_subject_line": edition.subject,
            "email_preview_text": edition.preview_text,
            # The email has its own head.
            "display_title_in_email": False,
            "display_byline_in_email": False,
            "display_subtitle_in_email": False,
        },
        "web_settings": {"slug": edition.slug},
        "content_tags": list(edition.tags),
    }
    if "segments" in edition.settings:
        everyone = {"tier_ids": ["all"], "include_segment_ids": edition.settings["segments"]}
        body["recipients"] = {"email": everyone}
    return body


TARGET = Target(
    name="beehiiv",
    title="beehiiv",
    dialect=Dialect(
        custom=FieldTag("{{{name}}}", "{{{name}|{fallback}}}"),
        names={"first_name": "first_name", "last_name": "last_name"},
        fields={
            "email": FieldTag("{{email}}"),
            "unsubscribe_url": FieldTag("{{unsubscribe_url}}", parts=BODY),
            "preferences_url": FieldTag("{{subscriber_preferences_url}}", parts=BODY),
            "web_url": FieldTag("{{live_url}}", parts=BODY),
        },
        lookalike=re.compile(r"\{\{"),
        not_in_fallback=frozenset("{}|\n"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://developers.beehiiv.com/api-reference/posts/create",
        "https://developers.beehiiv.com/api-reference/posts/update",
        "https://developers.beehiiv.com/api-reference/posts/show",
        "https://developers.beehiiv.com/welcome/rate-limiting",
    ),
    setup=("The API for posts needs a plan that has it (Max or Enterprise, when this was checked).",),
    steps=(
        "Posts > Start writing. Title and subject: copy `title` and `subject` from issue.json.",
        "In the editor add an HTML snippet, and paste email.html.",
        "Email > Preview text: copy `preview_text`.",
    ),
    unverified=(
        "the names of fields and their fallbacks",
        "the address of a draft's own page",
    ),
    takes_text=False,
    takes_reply_to=False,
    convert=fragment,
    loses="removes style sheets, so the email has no dark mode there, and columns are below each other",
    tags=TagSupport.MANY,
    settings=(
        TargetSetting("publication", "the id of the publication, which begins with pub_", required=True),
        TargetSetting("segments", "the ids of the segments that get it", SettingType.TEXTS),
    ),
    push=PushMethod(
        keys=("BEEHIIV_API_KEY",),
        url="https://api.beehiiv.com/v2",
        headers={"Authorization": "Bearer {key}"},
        path="/publications/{publication}/posts",
        lists=({"slugs[]": "{slug}", "status": "all", "limit": "100"},),
        items="data",
        item="data",
        name="slug",
        label="{slug}",
        # A post that is still being created has a state instead of a status.
        status=("status", "state"),
        open=frozenset({"draft", "pending"}),
        body=_body,
        # Older documentation: a post without a status is published at once.
        new={"status": "draft"},
        update="PATCH",
        address="https://app.beehiiv.com/posts/{short_id}/edit",
    ),
)
