"""Mailchimp: merge tags between asterisks and bars; a fallback is a block with a condition."""

from __future__ import annotations

import re
from datetime import date

from pipeline.export.dialect import BODY, Dialect, Tag
from pipeline.export.target import Target

_NAME = "*|FNAME|* *|LNAME|*"


def _or(tag: str) -> str:
    return f"*|IF:{tag}|**|{tag}|**|ELSE:|*{{fallback}}*|END:IF|*"


TARGET = Target(
    name="mailchimp",
    title="Mailchimp",
    dialect=Dialect(
        tags={
            "first_name": Tag("*|FNAME|*", _or("FNAME")),
            "last_name": Tag("*|LNAME|*", _or("LNAME")),
            "name": Tag(_NAME, f"*|IF:FNAME|*{_NAME}*|ELSE:|*{{fallback}}*|END:IF|*"),
            "email": Tag("*|EMAIL|*"),
            "unsubscribe_url": Tag("*|UNSUB|*", parts=BODY),
            "preferences_url": Tag("*|UPDATE_PROFILE|*", parts=BODY),
            "web_url": Tag("*|ARCHIVE|*", parts=BODY),
        },
        custom=Tag("*|{name}|*", _or("{name}")),
        own_name=lambda name: re.sub(r"[^A-Z0-9_]", "", name.upper())[:10],
        lookalike=re.compile(r"\*\|[A-Za-z0-9_:;=<>!. -]{1,60}\|\*"),
        not_in_fallback=frozenset("|*\n"),
    ),
    checked=date(2026, 11, 23),
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
        "the block that gives a fallback, in subjects above all",
        "the tags for preferences and for the web view",
    ),
    demands=("unsubscribe_url",),
)
