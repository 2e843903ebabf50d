"""Why a server refuses or defers a message, read from its reply."""

from __future__ import annotations

import re

from pipeline.deliver.outcome import RefusalClass

PLAIN_WORDS = {
    RefusalClass.MAILBOX: "there is no such mailbox, or it takes no mail",
    RefusalClass.POLICY: "the receiver does not take mail from this sender, or not so much",
    RefusalClass.CONTENT: "the receiver does not take this message, or it is too big",
    RefusalClass.OTHER: "another reason",
}

# Enhanced status codes without their first digit: the exact one, or else its subject. RFC 3463, sections 3.2
# to 3.8, and IANA's registry of them.
_STATUSES = {
    "1": RefusalClass.MAILBOX,
    "1.7": RefusalClass.POLICY,  # the sender's address, not the recipient's
    "1.8": RefusalClass.POLICY,
    "2": RefusalClass.MAILBOX,
    "2.3": RefusalClass.CONTENT,  # longer than this mailbox takes
    "3.4": RefusalClass.CONTENT,  # longer than the system takes
    "6": RefusalClass.CONTENT,
    "6.7": RefusalClass.MAILBOX,  # RFC 6531: an address outside ASCII
    "7": RefusalClass.POLICY,
}
# Servers use these for anything, so that their words say more: Exchange answers 5.7.1 for unknown users,
# Gmail 5.7.0 for forbidden attachments, Postgrey 4.2.0 for its greylist.
_VAGUE = frozenset({"2.0", "7.0", "7.1"})

# Words of Postfix, Exim, Exchange, Gmail, Outlook.com and Yahoo, for where no status code says it; the first
# row that matches counts. tests/deliver/test_refusals.py has whole replies, with their sources.
_WORDS = (
    (RefusalClass.POLICY, r"gr[ae]y-?list|sender address rejected"),
    (
        RefusalClass.CONTENT,
        r"virus|malware|content (?:presents|rejected|blocked)|attachment|malformed|RFC 5322 compliant"
        r"|(?:message|size).{0,30}(?:exceed|too (?:big|large))",
    ),
    (
        RefusalClass.MAILBOX,
        r"(?:user|recipient|mailbox|address|account).{0,30}"
        r"(?:unknown|not found|unavailable|does ?n[o']t exist|disabled|inactive|suspended|full|over ?quota)"
        r"|(?:unknown|no such|invalid|non-?existent) (?:user|recipient|mailbox|address|account|person)"
        r"|receiving mail too|doesn't have an? \S+ account|mailbox full|over quota|no mailbox"
        r"|recipient address rejected",
    ),
    (
        RefusalClass.POLICY,
        r"spam|unsolicited|block(?:ed|ing|list| list)|blacklist|reputation|\bSPF\b|DKIM|DMARC|authenti"
        r"|\brates?\b|rate limit|too (?:many|much|fast)|complaint|unusual|polic(?:y|ies)|relay|\bPTR\b"
        r"|reverse DNS|access denied|banned|sending limit",
    ),
)
_PATTERNS = tuple((refusal, re.compile(words, re.IGNORECASE)) for refusal, words in _WORDS)


def refusal_class(code: int | None, status: str | None, text: str) -> RefusalClass:
    """The class of a reply: by its enhanced status code such as `5.1.1`, else by its words.

    `code` is the reply's own: 551 names another mailbox (RFC 5321, section 4.2.3).
    """
    detail = status.partition(".")[2] if status else ""
    if detail not in _VAGUE:
        by_status = _STATUSES.get(detail) or _STATUSES.get(detail.partition(".")[0])
        if by_status:
            return by_status
    for refusal, pattern in _PATTERNS:
        if pattern.search(text):
            return refusal
    if code == 551:
        return RefusalClass.MAILBOX
    return _STATUSES.get(detail.partition(".")[0], RefusalClass.OTHER)
