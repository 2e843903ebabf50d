"""listmonk: Go's templates with Sprig's functions."""

from __future__ import annotations

import re
from datetime import date

from pipeline.export.dialect import BODY, Dialect, Tag
from pipeline.export.target import Target


def _of(value: str) -> Tag:
    return Tag(f"{{{{ {value} }}}}", f'{{{{ or {value} "{{fallback}}" }}}}')


TARGET = Target(
    name="listmonk",
    title="listmonk",
    dialect=Dialect(
        tags={
            "first_name": _of(".Subscriber.FirstName"),
            "last_name": _of(".Subscriber.LastName"),
            "name": _of(".Subscriber.Name"),
            "email": Tag("{{ .Subscriber.Email }}"),
            "unsubscribe_url": Tag("{{ UnsubscribeURL }}", parts=BODY),
            "preferences_url": Tag("{{ UnsubscribeURL }}?manage=true", parts=BODY),
            "web_url": Tag("{{ MessageURL }}", parts=BODY),
        },
        custom=_of(".Subscriber.Attribs.{name}"),
        # Beside Go's braces, listmonk makes a tracked link of an address that ends in @TrackLink.
        lookalike=re.compile(r"\{\{|@TrackLink\b"),
        literal=lambda found: '{{ "{{" }}' if found == "{{" else '@{{ "TrackLink" }}',
        not_in_fallback=frozenset('"\\\n'),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://listmonk.app/docs/templating/",
        "https://listmonk.app/docs/apis/campaigns/",
    ),
    steps=(
        'Campaigns > Templates: have a template that is nothing but `{{ template "content" . }}`.',
        "Campaigns > New: copy `subject` from issue.json; choose lists, that template, and Raw HTML.",
        "Content: paste email.html. Add plain text message: paste email.txt.",
    ),
    takes_preview=False,
)
