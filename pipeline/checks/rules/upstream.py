"""Rules that report findings of earlier stages (DATE, LOCK, TAG, TMPL, LINK, RAW), and SEND and CHECK.

Assembling and composing find the former while they work; silences are looked at in `runner.py`, and the mail
server in `actions/check.py`. Here they get their explanation.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity


def _stage_findings(context: CheckContext, code: str) -> Iterator[Violation]:
    for finding in context.stage_findings:
        if finding.code == code:
            yield Violation(finding.message, finding.place, finding.hint, finding.severity)


@rule(
    "DATE001",
    Severity.WARNING,
    "An issue is dated before an earlier one",
    source="docs/publishing.md",
    remedy="Correct the `date` here or there, unless you mean it.",
)
def dated_back(context: CheckContext) -> Iterator[Violation]:
    """Often a wrong month or year. Feeds sort by date, so a feed reader may never see the issue as new."""
    return _stage_findings(context, "DATE001")


@rule(
    "LOCK001",
    Severity.WARNING,
    "An issue was changed after it was frozen",
    source="docs/assembling.md",
    remedy="To select again: pressroom assemble NUMBER --update",
)
def changed_after_freezing(context: CheckContext) -> Iterator[Violation]:
    """The issue is sent as its lock has it, not as its sections now ask for."""
    return _stage_findings(context, "LOCK001")


@rule(
    "LOCK002",
    Severity.WARNING,
    "An address that readers were given leads to another issue",
    source="docs/publishing.md",
    remedy="Give the other issue's folder another name.",
)
def address_taken(context: CheckContext) -> Iterator[Violation]:
    """The links in emails that were sent lead to the wrong issue."""
    return _stage_findings(context, "LOCK002")


@rule(
    "LOCK003",
    Severity.WARNING,
    "An id for feeds was written after the first freeze",
    source="docs/publishing.md",
    remedy="Delete the `id`.",
)
def id_after_freezing(context: CheckContext) -> Iterator[Violation]:
    """Readers know the item by the id in the lock; under another one they would get it again as new."""
    return _stage_findings(context, "LOCK003")


@rule(
    "TAG001",
    Severity.WARNING,
    "An article has only tags that no section takes",
    source="docs/assembling.md",
    remedy="Give it a tag that a section takes, name its tag in a section, or pin it.",
)
def tag_without_section(context: CheckContext) -> Iterator[Violation]:
    """The article is in no issue: its tag is misspelt, or new."""
    return _stage_findings(context, "TAG001")


@rule(
    "TAG002",
    Severity.WARNING,
    "The sections of an issue take no article",
    source="docs/assembling.md",
    remedy="Look at the tags that the sections take, or write `sections: []` for a letter alone.",
)
def sections_without_articles(context: CheckContext) -> Iterator[Violation]:
    """The issue goes out as its letter alone, although articles were asked for."""
    return _stage_findings(context, "TAG002")


@rule(
    "TAG003",
    Severity.WARNING,
    "A disclaimer or a required field is for a tag that no article has",
    source="docs/settings.md, disclaimers and checks",
    remedy="Write the tag as the articles do.",
)
def unused_tag(context: CheckContext) -> Iterator[Violation]:
    """The tag is misspelt: articles go out without the disclaimer, or without the field."""
    return _stage_findings(context, "TAG003")


@rule(
    "TMPL001",
    Severity.WARNING,
    "A template of the workspace is not used",
    source="docs/themes.md",
    remedy="Give it the name of the file that it replaces, or include it in a template.",
)
def unused_template(context: CheckContext) -> Iterator[Violation]:
    """A misspelt name leaves the theme's own file in use, and the changes are not seen."""
    return _stage_findings(context, "TMPL001")


@rule(
    "TMPL002",
    Severity.WARNING,
    "The theme has no words in the publication's language",
    source="docs/theme.md",
    remedy="Translate the theme's words into it.",
)
def language_without_words(context: CheckContext) -> Iterator[Violation]:
    """Readers find "Unsubscribe" and "View in browser" in a language that the letter is not in."""
    return _stage_findings(context, "TMPL002")


@rule(
    "SEND001",
    Severity.WARNING,
    "The mail server is not one that mail is handed to",
    source="docs/sending.md",
    remedy="Correct `url` under [delivery] in newsletter.toml.",
)
def refused_server(context: CheckContext) -> Iterator[Violation]:
    """`pressroom send` refuses the address. On the day of sending it would be late to find out."""
    return _stage_findings(context, "SEND001")


@rule(
    "LINK001",
    Severity.WARNING,
    "A link leads to an article that has no page yet",
    source="docs/publishing.md",
    remedy="The page appears with the first issue that carries the article.",
)
def link_to_a_later_page(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it finds nothing."""
    return _stage_findings(context, "LINK001")


@rule(
    "LINK002",
    Severity.ERROR,
    "A link leads to an article that will have no page",
    source="docs/publishing.md",
    remedy="Take the link out: the article will have no page to lead to.",
)
def link_to_no_page(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it finds nothing: the article is a draft, or for a private audience."""
    return _stage_findings(context, "LINK002")


@rule(
    "LINK019",
    Severity.WARNING,
    "A link leads to a heading that does not exist",
    source="docs/writing.md",
    remedy="Write the heading's words in lower case, with hyphens: `other.md#a-heading`.",
)
def link_to_no_heading(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it arrives at the top of the page, or nowhere."""
    return _stage_findings(context, "LINK019")


@rule(
    "RAW001",
    Severity.WARNING,
    "Raw HTML in a text is left out",
    source="docs/writing.md",
    remedy=r"Write the words as text (`\<title>`) or code, or a link in place of a video.",
)
def raw_html_left_out(context: CheckContext) -> Iterator[Violation]:
    """Mail programs refuse such elements, so that no reader sees what is in them."""
    return _stage_findings(context, "RAW001")


@rule(
    "CHECK001",
    Severity.ERROR,
    "A silenced code belongs to no rule",
    source="docs/checking.md",
    remedy="Write the code as `pressroom check --rules` lists it.",
)
def unknown_silence(context: CheckContext) -> Iterator[Violation]:
    """Nothing is silenced: the finding that it was meant for is reported all the same."""
    return _stage_findings(context, "CHECK001")


@rule(
    "CHECK002",
    Severity.NOTE,
    "A silence has nothing to silence",
    source="docs/checking.md",
    remedy="Delete it.",
)
def idle_silence(context: CheckContext) -> Iterator[Violation]:
    """It would hide a later mistake."""
    return _stage_findings(context, "CHECK002")
