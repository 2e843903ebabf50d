"""Postmark: Mustachio, and no campaigns; a push stores a template, to be sent by its alias."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import Target

_ALIAS = "issue-{slug}"
"""An alias begins with a letter."""


def _body(edition: ServiceEdition) -> Body:
    return {
        "Name": edition.name,
        "Alias": _ALIAS.format(slug=edition.slug),
        "Subject": edition.subject,
        "HtmlBody": edition.html,
        "TextBody": edition.text,
    }


TARGET = Target(
    name="postmark",
    title="Postmark",
    dialect=Dialect(
        # Inside a section the dot is the value.
        custom=FieldTag("{{{name}}}", "{{#{name}}}{{.}}{{/{name}}}{{^{name}}}{fallback}{{/{name}}}"),
        names={"first_name": "first_name", "last_name": "last_name", "name": "name"},
        fields={
            "email": FieldTag("{{email}}"),
            "unsubscribe_url": FieldTag("{{{ pm:unsubscribe }}}", parts=BODY),
        },
        lookalike=re.compile(r"\{\{"),
    ),
    checked="2026-11-23",
    documentation=(
        "https://postmarkapp.com/developer/api/templates-api",
        "https://postmarkapp.com/support/article/1077-template-syntax",
    ),
    setup=("Have a message stream for broadcasts: without it the link to unsubscribe is not filled in.",),
    # https://postmarkapp.com/support/article/1058-how-do-i-enable-link-tracking
    tracking="The server's Settings > Outbound: switch open tracking and link tracking off.",
    steps=(
        "Your server > Templates > Add template > Code your own. Subject: copy `subject` from issue.json.",
        "HTML: paste email.html. Text: paste email.txt. Save, and note the alias.",
        "Send it to your readers by that alias over a broadcast stream, with their fields as the model.",
    ),
    unverified=(
        "the dot for the value within a section",
        "an address of a template's own page (the list of servers is given)",
    ),
    takes_preview=False,
    takes_reply_to=False,
    requires=("unsubscribe_url",),
    push=PushMethod(
        keys=("POSTMARK_SERVER_TOKEN",),
        url="https://api.postmarkapp.com",
        headers={"X-Postmark-Server-Token": "{key}"},
        path="/templates",
        lists=({"count": "500", "offset": "0"},),
        items="Templates",
        # For a template that does not exist Postmark answers 422, as for any other mistake; its list is
        # clear.
        reads_list=True,
        id="TemplateId",
        name="Alias",
        label=_ALIAS,
        status=(),
        body=_body,
        address="https://account.postmarkapp.com/servers",
        draft="template",
    ),
)
