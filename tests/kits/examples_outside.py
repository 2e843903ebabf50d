"""Examples for the rules on what was asked outside: links that were tried, and a spam score."""

from dataclasses import replace

from check_kit import Case, Example

from pipeline.checks.online_links import Answer, Verdict
from pipeline.checks.spamassassin import Hit, SpamReport

REVIEW = "https://journal.example/review"
WEB_VERDICTS = {
    "WEB001": Answer(Verdict.GONE, "the server says 404: there is no such page"),
    "WEB002": Answer(Verdict.TROUBLE, "no answer in 10 seconds"),
    "WEB003": Answer(Verdict.MOVED, "it moved for good", "https://journal.example/reviews/1"),
    "WEB004": Answer(Verdict.UNTRIED, "journal.example is on a private network"),
}


def answered(answer: Answer) -> Case:
    """The sound issue, its link tried."""
    return Case(change=lambda subject: replace(subject, answers={REVIEW: answer}))


def scored(points: float) -> Case:
    """The sound issue with so many points of SpamAssassin's."""
    hits = (
        Hit("HTML_MESSAGE", 0.0, "BODY: HTML included in message"),
        Hit("FREE_OFFER", points, "BODY: free"),
    )
    return Case(change=lambda subject: replace(subject, spam=SpamReport(points, 5.0, hits)))


EXAMPLES = {
    **{
        code: Example(answered(answer), answered(Answer(Verdict.FINE)))
        for code, answer in WEB_VERDICTS.items()
    },
    "SPAM001": Example(scored(2.5), scored(0.9)),
}
