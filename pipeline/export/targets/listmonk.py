"""listmonk: Go's templates with Sprig's functions."""

from __future__ import annotations

import re

from pipeline.export.dialect import BODY, Dialect, FieldTag
from pipeline.export.push_method import Body, PushMethod
from pipeline.export.push_values import ServiceEdition
from pipeline.export.target import SettingType, TagSupport, Target, TargetSetting

_CONDITIONAL = re.compile(r"<!(?:--)?\[if[^\]]*\](?:--)?>(?:<!-->)?|(?:<!--)?<!\[endif\](?:--)?>")
"""The marks around what only Outlook shows, and what only others do."""


def _keep_comments(html: str) -> str:
    """Write the marks of conditional comments as text that Go's html/template does not drop.

    That package removes comments and escapes the signs of `<![endif]`. `Safe` returns its text as it is:
    https://listmonk.app/docs/templating/
    """
    return _CONDITIONAL.sub(lambda mark: f'{{{{ Safe "{mark[0]}" }}}}', html)


def _body(edition: ServiceEdition) -> Body:
    return {
        "name": edition.name,
        "subject": edition.subject,
        "lists": edition.settings["lists"],
        "from_email": edition.sender,
        "type": "regular",
        "content_type": "html",
        "messenger": "email",
        "body": edition.html,
        "altbody": edition.text,
        "tags": list(edition.tags),
        "headers": [{"Reply-To": edition.reply_to}] if edition.reply_to else [],
        "template_id": edition.settings["template"],
    }


TARGET = Target(
    name="listmonk",
    title="listmonk",
    dialect=Dialect(
        custom=FieldTag(
            "{{ .Subscriber.Attribs.{name} }}", '{{ or .Subscriber.Attribs.{name} "{fallback}" }}'
        ),
        fields={
            "first_name": FieldTag(
                "{{ .Subscriber.FirstName }}", '{{ or .Subscriber.FirstName "{fallback}" }}'
            ),
            "last_name": FieldTag("{{ .Subscriber.LastName }}", '{{ or .Subscriber.LastName "{fallback}" }}'),
            "name": FieldTag("{{ .Subscriber.Name }}", '{{ or .Subscriber.Name "{fallback}" }}'),
            "email": FieldTag("{{ .Subscriber.Email }}"),
            "unsubscribe_url": FieldTag("{{ UnsubscribeURL }}", parts=BODY),
            "preferences_url": FieldTag("{{ UnsubscribeURL }}?manage=true", parts=BODY),
            "web_url": FieldTag("{{ MessageURL }}", parts=BODY),
        },
        # Go's braces, and @TrackLink at the end of an address, which listmonk makes a tracked link.
        lookalike=re.compile(r"\{\{|@TrackLink\b"),
        literal=lambda found: '{{ "{{" }}' if found == "{{" else '@{{ "TrackLink" }}',
        not_in_fallback=frozenset('"\\\n'),
        # Go's HTML templates encode each value in an address, unless it ends in this function.
        in_address=FieldTag("{{ .{name} | urlquery }}", '{{ or .{name} "{fallback}" | urlquery }}'),
    ),
    checked="2026-11-23",
    documentation=(
        "https://listmonk.app/docs/templating/",
        "https://listmonk.app/docs/apis/campaigns/",
    ),
    setup=('Campaigns > Templates: have a template that is nothing but `{{ template "content" . }}`.',),
    tracking="It is off as long as the template has no `{{ TrackView }}`.",
    steps=(
        "Campaigns > New: copy `subject` from issue.json; choose lists, that template, and Raw HTML.",
        "Content: paste email.html. Add plain text message: paste email.txt.",
    ),
    takes_preview=False,
    convert=_keep_comments,
    tags=TagSupport.MANY,
    settings=(
        TargetSetting("url", "the address of your listmonk", required=True),
        TargetSetting("lists", "the numbers of the lists that get it", SettingType.NUMBERS, required=True),
        TargetSetting(
            "template",
            "the number of the template that has nothing else in it",
            SettingType.NUMBER,
            required=True,
        ),
    ),
    push=PushMethod(
        keys=("LISTMONK_API_TOKEN",),
        headers={"Authorization": "token {key}"},
        path="/api/campaigns",
        query="no_body=true",
        # Not its `query`, which goes to PostgreSQL's to_tsquery: it answers 500 for a name with `(` or `&`.
        lists=({"order_by": "created_at", "order": "desc", "per_page": "50", "no_body": "true"},),
        page="page",
        items="data.results",
        item="data",
        body=_body,
        address="{url}/admin/campaigns/{id}",
    ),
)
