"""Which lines of a page are its article. trafilatura is wrapped here and nowhere else.

It judges by the page's text alone and asks no network. The article itself is taken from the page's own
tree, so that nothing of its structure is lost on the way.
"""

from __future__ import annotations

import logging


def article_lines(html: str) -> tuple[str, ...]:
    """The lines of the article's text as trafilatura sees them, rather more than fewer; empty without one."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.extract(
        html,
        output_format="txt",
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        favor_recall=True,
        with_metadata=False,
    )
    return tuple(line.strip() for line in (found or "").split("\n") if line.strip())
