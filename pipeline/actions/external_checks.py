"""External checks: links tried on the web and SpamAssassin's report, added to what the rules look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from pipeline.checks.context import CheckContext
from pipeline.checks.online_links import LinkTester
from pipeline.checks.rules.external import links_to_try
from pipeline.checks.spamassassin import spam_report
from pipeline.workspace import Workspace


def external_checks(
    workspace: Workspace, now: datetime, *, online: bool, allow_private: bool, spam: bool
) -> Callable[[CheckContext], CheckContext]:
    """Return the function that adds the answers that were asked for: of the web, of SpamAssassin."""
    files = workspace.files
    cache = files.build / ".cache" / "links.json"
    tester = LinkTester(files.publication.base_url, now, cache, allow_private=allow_private)

    def complete(context: CheckContext) -> CheckContext:
        if online:
            context = replace(context, answers=tester.answers(links_to_try(context)))
        return replace(context, spam=spam_report(context.message)) if spam else context

    return complete
