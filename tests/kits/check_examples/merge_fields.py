"""Examples for the rules on merge fields and audiences."""

from dataclasses import replace

from check_kit import BODY, LETTER, Case, Example

from pipeline.checks.context import CheckContext

ONLY = f"{LETTER}\n::: only audience=clinicians\nDoses stand in the table of our own edition.\n:::\n"
LEAK = Case(letter=ONLY, html=("The trial counted", "Doses stand in the table of our <b>own</b> edition."))


def private(audience: str) -> Case:
    """The sound issue with its article for one audience."""

    def change(subject: CheckContext) -> CheckContext:
        edition = subject.edition
        sections = tuple(
            replace(
                section,
                items=tuple(
                    (replace(each, article=each.article._replace(audience=(audience,))), layout)
                    for each, layout in section.items
                ),
            )
            for section in edition.sections
        )
        return replace(subject, edition=replace(edition, sections=sections))

    return Case(change=change)


EXAMPLES = {
    "MERGE001": Example(
        Case(letter="Hello {{ first_name }}, this month we look at how fast a mind can change, and why.\n"),
        Case(
            letter="Hello {{ first_name }}, see {{ web_url }}: how fast a mind can change, and why.\n",
            settings='[merge_fields]\nfirst_name = "there"',
        ),
    ),
    "MERGE002": Example(
        Case(html=("{{ first_name | there }}", "{{ first_name | there }")),
        Case(body=BODY + "\nTemplates write \\{{ name }} there.\n"),
    ),
    "MERGE003": Example(
        Case(letter="Hello *|FNAME|*, " + LETTER), Case(letter=LETTER + "\nFrom 5% to 7%, or |x|.\n")
    ),
    "AUD001": Example(LEAK, Case(letter=ONLY)),
    "AUD002": Example(private("clinicians"), private("everyone")),
}
