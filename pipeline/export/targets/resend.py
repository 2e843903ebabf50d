"""Resend: three braces around a name, with the fallback behind a bar."""

from __future__ import annotations

import re
from datetime import date

from pipeline.export.dialect import BODY, Dialect, Tag
from pipeline.export.target import Target


def _of(name: str) -> Tag:
    return Tag(f"{{{{{{contact.{name}}}}}}}", f"{{{{{{contact.{name}|{{fallback}}}}}}}}")


TARGET = Target(
    name="resend",
    title="Resend",
    dialect=Dialect(
        tags={
            "first_name": _of("first_name"),
            "last_name": _of("last_name"),
            "email": Tag("{{{contact.email}}}"),
            "unsubscribe_url": Tag("{{{RESEND_UNSUBSCRIBE_URL}}}", parts=BODY),
        },
        custom=_of("{name}"),
        lookalike=re.compile(r"\{\{\{"),
        not_in_fallback=frozenset("{}|\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://resend.com/docs/api-reference/broadcasts/create-broadcast",
        "https://resend.com/docs/dashboard/broadcasts/send-broadcast-with-api",
    ),
    steps=(
        "Broadcasts > Create, and choose the segment. Subject: copy `subject` and `preview_text`.",
        "In the editor choose HTML, and paste email.html.",
    ),
    demands=("unsubscribe_url",),
)
