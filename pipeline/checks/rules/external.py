"""Rules on what the world outside says of an issue: links that were tried, and a spam score.

They find nothing unless an editor asked for it, by `--online` and `--spam`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.online_links import LinkVerdict
from pipeline.checks.passages import split
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.rules.links import RESERVED, is_field, place_of
from pipeline.model import Severity

_WORTH_A_WORD = 1.0
_NEAR = 2.0
"""Points below SpamAssassin's limit from which a server that adds some of its own refuses."""


def to_try(subject: CheckContext) -> tuple[str, ...]:
    """The addresses that are worth trying.

    Not the publication's own pages, which may come with the issue; and no reserved name, for nobody
    can have one.
    """
    found = []
    for link in subject.links:
        url = link.url.partition("#")[0]
        if is_field(url) or not url.startswith(("http://", "https://")):
            continue
        host = split(url).hostname or ""
        if host and not RESERVED.fullmatch(host) and not url.startswith(subject.publication.base_url):
            found.append(url)
    return tuple(dict.fromkeys(found))


def _tried(verdict: LinkVerdict) -> Callable[[CheckContext], Iterator[Violation]]:
    def look(subject: CheckContext) -> Iterator[Violation]:
        told = set()
        for link in subject.links:
            url = link.url.partition("#")[0]
            answer = subject.answers.get(url)
            if answer is None or answer.verdict is not verdict or url in told:
                continue
            told.add(url)
            to = f" to {answer.location}" if answer.location else ""
            yield Violation(f'"{url}": {answer.why}{to}.', place_of(subject, link.url))

    return look


def spam_score(subject: CheckContext) -> Iterator[Violation]:
    """SpamAssassin's score, with the tests that gave points."""
    report = subject.spam
    if report is None or report.score < _WORTH_A_WORD:
        return
    tests = [each for each in sorted(report.hits, key=lambda each: -each.points) if each.points >= 0.1]
    listed = "; ".join(f"{each.points:g} {each.name} ({each.text})" for each in tests)
    if report.score >= report.required:
        severity = Severity.ERROR
    else:
        severity = Severity.WARNING if report.score >= report.required - _NEAR else Severity.NOTE
    yield Violation(
        f"SpamAssassin gives it {report.score:g} points, and calls {report.required:g} spam.",
        subject.places.issue,
        f"What gave points: {listed}." if listed else "",
        severity,
    )


RULES = (
    Rule(
        "WEB001",
        Severity.ERROR,
        "A link's page is not there (--online)",
        "A reader who follows it finds an error.",
        "Link to where the page is now, or to its copy at web.archive.org.",
        "RFC 9110, 15.5.5 (404) and 15.5.11 (410)",
        _tried(LinkVerdict.GONE),
    ),
    Rule(
        "WEB002",
        Severity.WARNING,
        "A link's server gave no answer (--online)",
        "A reader who follows it may find an error.",
        "Try it in a browser, and check again later.",
        "RFC 9110, 15.6; a time limit of 10 seconds",
        _tried(LinkVerdict.TROUBLE),
    ),
    Rule(
        "WEB003",
        Severity.NOTE,
        "A link's page has moved for good (--online)",
        "It works, until the old address is given up.",
        "Link to the new address.",
        "RFC 9110, 15.4.2 (301) and 15.4.9 (308)",
        _tried(LinkVerdict.MOVED),
    ),
    Rule(
        "WEB004",
        Severity.NOTE,
        "A link could not be tried (--online)",
        "Whether its page is there, only a reader sees.",
        "Try it in a browser. Addresses on a private network are tried with --allow-private.",
        "docs/decisions/online-links.md",
        _tried(LinkVerdict.UNTRIED),
    ),
    Rule(
        "SPAM001",
        Severity.WARNING,
        "SpamAssassin gives points (--spam)",
        "Servers that use it put the issue into the spam folder, or refuse it.",
        "Look at what gave points.",
        "SpamAssassin's local tests; 5 points are its default limit",
        spam_score,
    ),
)
