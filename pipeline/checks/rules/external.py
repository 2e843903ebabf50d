"""Rules on what only others know: links that were tried (`--online`) and a spam score (`--spam`).

They find nothing unless an editor asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.online_links import LinkVerdict
from pipeline.checks.page_text import split_url
from pipeline.checks.rule import Violation, rule
from pipeline.checks.rules.links import RESERVED, is_field, place_of
from pipeline.model import Severity

_FEWEST_POINTS = 1.0
_NEAR = 2.0
"""Points below SpamAssassin's limit from which a server that adds some of its own refuses."""


def links_to_try(context: CheckContext) -> tuple[str, ...]:
    """The addresses that are worth trying.

    The publication's own pages are left out, since they may be published with the issue, and so are
    reserved names, which nobody can own.
    """
    urls = []
    for link in context.links:
        url = link.url.partition("#")[0]
        if is_field(url) or not url.startswith(("http://", "https://")):
            continue
        host = split_url(url).hostname or ""
        if host and not RESERVED.fullmatch(host) and not url.startswith(context.publication.base_url):
            urls.append(url)
    return tuple(dict.fromkeys(urls))


def _tried(context: CheckContext, verdict: LinkVerdict) -> Iterator[Violation]:
    for link in context.links:
        url = link.url.partition("#")[0]
        answer = context.answers.get(url)
        if answer is not None and answer.verdict is verdict:
            to = f" to {answer.location}" if answer.location else ""
            yield Violation(f'"{url}": {answer.why}{to}.', place_of(context, link.url), about=url)


@rule(
    "WEB001",
    Severity.ERROR,
    "A link's page does not exist (--online)",
    source="RFC 9110, 15.5.5 (404) and 15.5.11 (410)",
    remedy="Link to where the page is now, or to its copy at web.archive.org.",
)
def page_gone(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it finds an error."""
    return _tried(context, LinkVerdict.GONE)


@rule(
    "WEB002",
    Severity.WARNING,
    "A link's server gave no answer (--online)",
    source="RFC 9110, 15.6; a time limit of 10 seconds",
    remedy="Try it in a browser, and check again later.",
)
def no_answer(context: CheckContext) -> Iterator[Violation]:
    """A reader who follows it may find an error."""
    return _tried(context, LinkVerdict.TROUBLE)


@rule(
    "WEB003",
    Severity.NOTE,
    "A link's page has moved for good (--online)",
    source="RFC 9110, 15.4.2 (301) and 15.4.9 (308)",
    remedy="Link to the new address.",
)
def page_moved(context: CheckContext) -> Iterator[Violation]:
    """It works only until the old address is given up."""
    return _tried(context, LinkVerdict.MOVED)


@rule(
    "WEB004",
    Severity.NOTE,
    "A link could not be tried (--online)",
    source="docs/decisions/online-links.md",
    remedy="Try it in a browser. Addresses on a private network are tried with --allow-private.",
)
def untried(context: CheckContext) -> Iterator[Violation]:
    """Only a reader who follows it learns whether the page exists."""
    return _tried(context, LinkVerdict.UNTRIED)


@rule(
    "SPAM001",
    Severity.WARNING,
    "SpamAssassin counts points against the issue (--spam)",
    source="SpamAssassin's local tests; 5 points are its default limit",
    remedy="Look at what the points are for.",
)
def spam_score(context: CheckContext) -> Iterator[Violation]:
    """Servers that use it put the issue into the spam folder, or refuse it."""
    report = context.spam
    if report is None or report.score < _FEWEST_POINTS:
        return
    tests = [each for each in sorted(report.hits, key=lambda each: -each.points) if each.points >= 0.1]
    listed = "; ".join(f"{each.points:g} {each.name} ({each.text})" for each in tests)
    severity = Severity.WARNING if report.score >= report.required - _NEAR else Severity.NOTE
    if report.score >= report.required:
        severity = Severity.ERROR
    yield Violation(
        f"SpamAssassin counts {report.score:g} points; {report.required:g} make spam.",
        context.places.issue,
        f"The points are for: {listed}." if listed else "",
        severity,
    )
