"""Finds in the log of a mail server (Postfix, Exim or sendmail) which messages it took."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Postfix notes a Message-ID while the text comes in; it has the message once the queue manager names it. Exim
# and sendmail note it with the message that they have taken. Any other line says nothing: filters that refuse
# a message name it too.
_POSTFIX_COMING = re.compile(r"/cleanup\[\d+\]: (\w+): message-id=")
_POSTFIX_TAKEN = re.compile(r"/qmgr\[\d+\]: (\w+): from=")
_TAKEN = re.compile(r" <= .* id=| sendmail\[\d+\]: \w+: from=.*, msgid=")


def find_in_log(message_ids: Iterable[str], log: Iterable[str]) -> set[str]:
    """Return those of some Message-IDs, without brackets, whose messages a server took, by its log."""
    wanted = set(message_ids)
    domains = {re.escape(id.partition("@")[2]) for id in wanted}
    # A log has millions of lines: to look for each of the messages in each of them would take hours.
    any_id = re.compile(rf"[\w.-]+@(?:{'|'.join(sorted(domains))})")
    taken: set[str] = set()
    coming: dict[str, set[str]] = {}
    for line in log:
        ids = wanted.intersection(any_id.findall(line))
        if match := _POSTFIX_COMING.search(line):
            coming[match[1]] = ids
        elif match := _POSTFIX_TAKEN.search(line):
            taken |= coming.get(match[1], set())
        elif _TAKEN.search(line):
            taken |= ids
    return taken
