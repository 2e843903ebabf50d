"""A broken and a sound example of every rule, by code; the examples of the rules on feeds are in `feeds.py`."""

from check_kit import Example

from check_examples import copy, html, images, inbox, links, merge_fields, message, online, tracking

EXAMPLES: dict[str, Example] = {
    **images.EXAMPLES,
    **html.EXAMPLES,
    **links.EXAMPLES,
    **copy.EXAMPLES,
    **inbox.EXAMPLES,
    **message.EXAMPLES,
    **merge_fields.EXAMPLES,
    **online.EXAMPLES,
    **tracking.EXAMPLES,
}

ELSEWHERE = {
    "DATE001",
    "LOCK001",
    "LOCK002",
    "LOCK003",
    "TAG001",
    "TAG002",
    "TAG003",
    "TMPL001",
    "TMPL002",
    "SEND001",
    "LINK001",
    "LINK002",
    "LINK019",
    "RAW001",
    "CHECK001",
    "CHECK002",
}
"""Rules on a whole workspace: `test_check_command.py` has their examples."""
