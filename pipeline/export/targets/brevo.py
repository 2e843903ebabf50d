"""Brevo: a language like Django's, with attributes of the contact in capitals."""

from __future__ import annotations

import re
from datetime import date

from pipeline.export.dialect import BODY, Dialect, Tag
from pipeline.export.target import Target


def _of(attribute: str) -> Tag:
    return Tag(f"{{{{ contact.{attribute} }}}}", f"{{{{ contact.{attribute}|default:'{{fallback}}' }}}}")


TARGET = Target(
    name="brevo",
    title="Brevo",
    dialect=Dialect(
        tags={
            "first_name": _of("FIRSTNAME"),
            "last_name": _of("LASTNAME"),
            "email": Tag("{{ contact.EMAIL }}"),
            "unsubscribe_url": Tag("{{ unsubscribe }}", parts=BODY),
            "preferences_url": Tag("{{ update_profile }}", parts=BODY),
            "web_url": Tag("{{ mirror }}", parts=BODY),
        },
        custom=_of("{name}"),
        own_name=str.upper,
        # The older language of the service has brackets and single braces.
        lookalike=re.compile(r"\{\{|\{%|\[(?:UNSUBSCRIBE|MIRROR|DEFAULT_FROM_NAME)\]|\{[A-Z][A-Z0-9_]+\}"),
        not_in_fallback=frozenset("'{}\\\n"),
    ),
    checked=date(2026, 11, 23),
    documentation=(
        "https://developers.brevo.com/reference/createemailcampaign-1",
        "https://help.brevo.com/hc/en-us/articles/4402386448530",
    ),
    steps=(
        "Campaigns > Create > Email > Standard. Subject: copy `subject` and `preview_text` from issue.json.",
        "Design > Code your own > Paste your code: paste email.html.",
        "Additional settings: switch the mirror link on.",
    ),
    unverified=("the attribute LASTNAME", "fallbacks in subjects"),
    takes_text=False,
    limit=1_000_000,
)
