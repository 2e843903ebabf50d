"""Buttondown: Django's template language; names are metadata that the owner of the list has stored."""

from __future__ import annotations

import re
from datetime import date

from pipeline.export.dialect import BODY, Dialect, Tag
from pipeline.export.target import Target


def _stored(name: str) -> Tag:
    value = f"subscriber.metadata.{name}"
    return Tag(f"{{{{ {value} }}}}", f'{{{{ {value}|default:"{{fallback}}" }}}}')


TARGET = Target(
    name="buttondown",
    title="Buttondown",
    dialect=Dialect(
        tags={
            "first_name": _stored("first_name"),
            "last_name": _stored("last_name"),
            "name": _stored("name"),
            "email": Tag("{{ subscriber.email }}"),
            "unsubscribe_url": Tag("{{ unsubscribe_url }}", parts=BODY),
            "preferences_url": Tag("{{ manage_subscription_url }}", parts=BODY),
            "web_url": Tag("{{ email_url }}", parts=BODY),
        },
        custom=_stored("{name}"),
        own_name=lambda name: name,
        # Django: a tag begins with {{, {% or {#.
        lookalike=re.compile(r"\{\{|\{%|\{#"),
        literal=lambda found: {
            "{{": "{% templatetag openvariable %}",
            "{%": "{% templatetag openblock %}",
            "{#": "{% templatetag opencomment %}",
        }[found],
        not_in_fallback=frozenset('"{}\\\n'),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://docs.buttondown.com/template-variables",
        "https://docs.buttondown.com/using-templating",
        "https://docs.buttondown.com/api-emails-create",
    ),
    steps=(
        "Emails > New email. Subject: copy `subject` from issue.json.",
        "In the editor's menu choose the plain text editor, and paste email.html.",
        "Settings > Design: choose the naked template, or Buttondown's own goes around it.",
    ),
    unverified=("fallbacks in subjects", "that the tag for literal braces is switched on"),
    takes_text=False,
    takes_preview=False,
    shape="<!-- buttondown-editor-mode: plaintext -->\n{}".format,
)
