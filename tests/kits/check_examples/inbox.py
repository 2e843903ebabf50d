"""Examples for the rules on what an inbox shows."""

from dataclasses import replace

from check_kit import Case, Example

from pipeline.checks.context import CheckContext
from pipeline.support import merge


def subject_line(line: str) -> Case:
    """The sound issue with this subject."""
    return Case(change=lambda s: replace(s, rendered=replace(s.rendered, subject=merge.html(line))))


def preview(line: str) -> Case:
    """The sound issue with this preview text in its front matter."""
    return Case(issue=f'preview_text: "{line}"\n')


def without_sender(subject: CheckContext) -> CheckContext:
    return replace(subject, publication=replace(subject.publication, sender_name=""))


HIDDEN = "display:none;max-height:0;overflow:hidden;mso-hide:all;"
FILLER = "&#8199;&#65279;&#847;"
GOOD = "How fast a mind can change, and who may hope for it"

EXAMPLES = {
    "INBOX001": Example(subject_line(" ")),
    "INBOX002": Example(subject_line("x" * 51), subject_line("x" * 50)),
    "INBOX003": Example(subject_line("x" * 61), subject_line("x" * 60)),
    "INBOX004": Example(subject_line("THE PLASTIC BRAIN"), subject_line("DMN, EEG and MRI")),
    "INBOX005": Example(subject_line("The plastic brain!!"), subject_line("The plastic brain!")),
    "INBOX006": Example(subject_line("The plastic\nBcc: all@synapse.example")),
    "INBOX007": Example(
        subject_line("{{ first_name }}, the plastic brain"),
        subject_line("{{ first_name | Reader }}, the plastic brain"),
    ),
    "INBOX008": Example(subject_line("Re: the plastic brain"), subject_line("Reading: the plastic brain")),
    "INBOX009": Example(Case(change=without_sender)),
    "INBOX010": Example(preview("How fast"), preview(GOOD)),
    "INBOX011": Example(
        preview("The plastic brain."), preview("The plastic brain, and what it asks of us today")
    ),
    "INBOX012": Example(Case(html=(f'{HIDDEN}">This', f'{HIDDEN}">View in browser. This')), preview(GOOD)),
    "INBOX013": Example(
        Case(html=(HIDDEN, f"{HIDDEN}color:#ffffff;font-size:1px;")), Case(html=(HIDDEN, "display: none"))
    ),
    "INBOX014": Example(Case(html=(FILLER, ""))),
}
