"""Examples for the rules on what was asked outside: links that were tried, and a spam score."""

from dataclasses import replace

from check_kit import Case, Example

from pipeline.checks.online_links import LinkAnswer, LinkVerdict
from pipeline.checks.spamassassin import SpamReport, SpamTest

REVIEW = "https://journal.example/review"
WEB_VERDICTS = {
    "WEB001": LinkAnswer(LinkVerdict.GONE, "the server says 404: there is no such page"),
    "WEB002": LinkAnswer(LinkVerdict.TROUBLE, "no answer in 10 seconds"),
    "WEB003": LinkAnswer(LinkVerdict.MOVED, "it moved for good", "https://journal.example/reviews/1"),
    "WEB004": LinkAnswer(LinkVerdict.UNTRIED, "journal.example is on a private network"),
}


def answered(answer: LinkAnswer) -> Case:
    """The sound issue, its link tried."""
    return Case(change=lambda subject: replace(subject, answers={REVIEW: answer}))


def scored(points: float) -> Case:
    """The sound issue with so many points of SpamAssassin's."""
    hits = (
        SpamTest("HTML_MESSAGE", 0.0, "BODY: HTML included in message"),
        SpamTest("FREE_OFFER", points, "BODY: free"),
    )
    return Case(change=lambda subject: replace(subject, spam=SpamReport(points, 5.0, hits)))


EXAMPLES = {
    **{
        code: Example(answered(answer), answered(LinkAnswer(LinkVerdict.FINE)))
        for code, answer in WEB_VERDICTS.items()
    },
    "SPAM001": Example(scored(2.5), scored(0.9)),
}
