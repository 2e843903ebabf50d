"""Buttondown: Django's template language; names are metadata that the owner of the list has stored."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import Target, TargetSetting


def _body(edition: ServiceEdition) -> Body:
    # Without a status an email is sent at once.
    body: Body = {
        "subject": edition.subject,
        "body": edition.html,
        "status": "draft",
        "slug": edition.slug,
        "description": edition.preview_text,
    }
    if edition.web_url:
        body["canonical_url"] = edition.web_url
    if tag := edition.settings.get("subscriber_tag"):
        tagged = {"field": "subscriber.tags", "operator": "contains", "value": tag}
        body["filters"] = {"filters": [tagged], "groups": [], "predicate": "and"}
    return body


TARGET = Target(
    name="buttondown",
    title="Buttondown",
    dialect=Dialect(
        custom=FieldTag(
            "{{ subscriber.metadata.{name} }}", '{{ subscriber.metadata.{name}|default:"{fallback}" }}'
        ),
        names={"first_name": "first_name", "last_name": "last_name", "name": "name"},
        fields={
            "email": FieldTag("{{ subscriber.email }}"),
            "unsubscribe_url": FieldTag("{{ unsubscribe_url }}", parts=BODY),
            "preferences_url": FieldTag("{{ manage_subscription_url }}", parts=BODY),
            "web_url": FieldTag("{{ email_url }}", parts=BODY),
        },
        # Django: a tag begins with {{, {% or {#.
        lookalike=re.compile(r"\{\{|\{%|\{#"),
        literal=lambda found: {
            "{{": "{% templatetag openvariable %}",
            "{%": "{% templatetag openblock %}",
            "{#": "{% templatetag opencomment %}",
        }[found],
        not_in_fallback=frozenset('"{}\\\n'),
        in_address=FieldTag("{{ {name}|urlencode }}", "{{ {name}|urlencode|default:'{encoded}' }}"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://docs.buttondown.com/template-variables",
        "https://docs.buttondown.com/using-templating",
        "https://docs.buttondown.com/api-emails-create",
        "https://docs.buttondown.com/api-emails-update",
    ),
    setup=("Settings > Design: choose the naked template, or Buttondown's own goes around the email.",),
    steps=(
        "Emails > New email. Subject: copy `subject` from issue.json.",
        "In the editor's menu choose the plain text editor, and paste email.html.",
    ),
    unverified=(
        "fallbacks in subjects",
        "that the tag for literal braces is switched on",
        "the address of a draft's own page",
    ),
    takes_text=False,
    takes_preview=False,
    takes_reply_to=False,
    convert="<!-- buttondown-editor-mode: plaintext -->\n{}".format,
    settings=(TargetSetting("subscriber_tag", "the tag of the subscribers that get it"),),
    push=PushMethod(
        keys=("BUTTONDOWN_API_KEY",),
        url="https://api.buttondown.com/v1",
        # From this version on an email is a draft unless another status is given.
        headers={"Authorization": "Token {key}", "X-API-Version": "2026-04-01"},
        path="/emails",
        lists=({"ordering": "-creation_date"},),
        items="results",
        name="slug",
        label="{slug}",
        body=_body,
        update="PATCH",
        address="https://buttondown.com/emails/{id}",
    ),
)
