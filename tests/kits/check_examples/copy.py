"""Examples for the rules on the writing."""

from dataclasses import replace

from check_kit import BODY, LETTER, Case, Example

from pipeline.config import placeholders

END = "The trial counted those who improved."


def ending(text: str) -> Case:
    """The sound issue with another last paragraph."""
    return Case(body=BODY.replace(END, text))


def with_empty_section(subject):  # type: ignore[no-untyped-def]
    sections = tuple(replace(section, items=()) for section in subject.edition.sections)
    return replace(subject, edition=replace(subject.edition, sections=sections))


def with_placeholder(subject):  # type: ignore[no-untyped-def]
    address = placeholders.SENDER_ADDRESS
    return replace(subject, publication=replace(subject.publication, sender_address=address))


EXAMPLES = {
    "COPY001": Example(
        ending("The trial counted TK patients."), ending("The trial marked `TODO(me)` and `TK`, not TKM.")
    ),
    "COPY002": Example(
        ending("The trial counted the\nthe improved."), ending("All that that implies, had had.")
    ),
    "COPY003": Example(
        ending("Please find attached the report."), ending("The receptors attached to the cell are few.")
    ),
    "COPY004": Example(
        ending("The trial counted \\*\\*those\\*\\*."),
        ending("The trial counted `**those**`, x[i][j] and [those] [there]."),
    ),
    "COPY005": Example(
        ending("The trial counted, , those who improved."), ending("They improved …, it said.")
    ),
    "COPY006": Example(
        Case(settings='colophon = "© 2024 Synapse Ltd"'),
        Case(settings='reason = "© 2019–2026 Synapse. You signed up."'),
    ),
    "EVENT001": Example(
        Case(body=f"{BODY}\n::: event A talk\nstart: 2026-01-31\n:::\n"),
        Case(body=f"{BODY}\n::: event A talk\nstart: 2026-02-01 19:00\n:::\n"),
    ),
    "COPY007": Example(Case(change=with_empty_section)),
    "COPY008": Example(Case(body="To be continued."), Case(body="Seen:\n\n![A chart](chart.png)")),
    "COPY009": Example(
        Case(body=f"{BODY}\n## What comes next\n"), Case(body=f"{BODY}\n## What comes next\n\n- Rest\n")
    ),
    "COPY010": Example(
        Case(body=BODY.replace("## What", "#### What")),
        Case(body=f"{BODY}\n### In days\n\nSeven.\n\n## In all\n\nNine.\n"),
    ),
    "COPY011": Example(ending("So it was. " * 70), Case(letter=LETTER + "\nSo it was. " * 20)),
    "COPY012": Example(
        Case(change=with_placeholder), Case(settings='description = "From newsletter.example"')
    ),
    "COPY015": Example(
        Case(letter=f"{LETTER}\nIt becomes an *email*, a page on\nthe web, and an item in the feeds.\n"),
        Case(
            letter="Hello {{ first_name | there }},\n\nIt becomes an email.\n\nUntil next month,\\\nThe editors\n"
        ),
    ),
    "COPY013": Example(
        Case(settings='[checks]\nrequire = [{ tags = ["research"], fields = ["authors", "reviewed_by"] }]'),
        Case(
            front="authors: [Ada]\nextra: {reviewed_by: Bo}\n",
            settings='[checks]\nrequire = [{ tags = ["research"], fields = ["authors", "reviewed_by"] }]',
        ),
    ),
    "COPY014": Example(
        Case(front="authors: [ada Exampel]\n", settings='[authors."Ada Example"]\nrole = "editor"'),
        Case(
            front="authors: [Bo Example, Ada Example]\n", settings='[authors."Ada Example"]\nrole = "editor"'
        ),
    ),
}
