"""Resend: three braces around a name, with the fallback behind a bar."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import Target, TargetSetting


def _body(edition: ServiceEdition) -> Body:
    # It stays a draft, because there is no `send`.
    body: Body = {
        "name": edition.name,
        "segment_id": edition.settings["segment"],
        "from": edition.sender,
        "subject": edition.subject,
        "preview_text": edition.preview_text,
        "html": edition.html,
        "text": edition.text,
    }
    if edition.reply_to:
        body["reply_to"] = [edition.reply_to]
    if "topic" in edition.settings:
        body["topic_id"] = edition.settings["topic"]
    return body


TARGET = Target(
    name="resend",
    title="Resend",
    dialect=Dialect(
        custom=FieldTag("{{{contact.{name}}}}", "{{{contact.{name}|{fallback}}}}"),
        names={"first_name": "first_name", "last_name": "last_name"},
        fields={
            "email": FieldTag("{{{contact.email}}}"),
            "unsubscribe_url": FieldTag("{{{RESEND_UNSUBSCRIBE_URL}}}", parts=BODY),
        },
        lookalike=re.compile(r"\{\{\{"),
        not_in_fallback=frozenset("{}|\n"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://resend.com/docs/api-reference/broadcasts/create-broadcast",
        "https://resend.com/docs/api-reference/broadcasts/update-broadcast",
        "https://resend.com/docs/dashboard/broadcasts/send-broadcast-with-api",
    ),
    setup=("Domains: have the sender's domain confirmed. Audiences > Segments: note the id of the segment.",),
    # https://resend.com/docs/dashboard/domains/tracking
    tracking="It is off unless the domain's Configuration has it on: Domains > the sender's domain.",
    steps=(
        "Broadcasts > Create, and choose the segment. Subject: copy `subject` and `preview_text`.",
        "In the editor choose HTML, and paste email.html.",
    ),
    unverified=(
        "fallbacks in subjects",
        "that a draft takes a preview text",
        "the name in the list of broadcasts (each is read if it is missing)",
        "the address of a draft's own page",
    ),
    requires=("unsubscribe_url",),
    settings=(
        TargetSetting("segment", "the id of the segment that gets it", required=True),
        TargetSetting("topic", "the id of the topic that it belongs to"),
    ),
    push=PushMethod(
        keys=("RESEND_API_KEY",),
        url="https://api.resend.com",
        headers={"Authorization": "Bearer {key}"},
        path="/broadcasts",
        lists=({"limit": "100"},),
        items="data",
        reads_unnamed=20,
        body=_body,
        update="PATCH",
        address="https://resend.com/broadcasts/{id}",
    ),
)
