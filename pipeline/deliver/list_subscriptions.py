"""What the cells of a list say of a subscription, as services and people write it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

_YES = frozenset({"true", "t", "yes", "y", "1", "1_0", "on"})
# pandas writes 0 and 1 as 0.0 and 1.0 where a column has empty cells.
_NO = frozenset({"false", "f", "no", "n", "0", "0_0", "off", "null", "none"})
_SUBSCRIBED = frozenset(
    (
        *("active", "subscribed", "resubscribed", "confirmed", "verified", "approved", "enabled", "live"),
        *("current", "valid", "deliverable", "opted_in", "opt_in", "optin", "single_opt_in", "double_opt_in"),
        *("free", "paid", "comped", "premium", "gifted", "regular"),
    )
)
_NOT_SUBSCRIBED = frozenset(
    (
        *("unsubscribed", "unsubscribe", "unsub", "unsubbed", "not_subscribed", "never_subscribed"),
        *("nonsubscribed", "non_subscribed", "opted_out", "opt_out", "optout", "do_not_email", "do_not_mail"),
        *("do_not_contact", "unconfirmed", "not_confirmed", "unverified", "unactivated", "pending"),
        *("validating", "inactive", "not_active", "deactivated", "disabled", "paused", "needs_attention"),
        *("cleaned", "canceled", "cancelled", "bounced", "bounce", "hard_bounced", "hard_bounce"),
        *("soft_bounced", "soft_bounce", "undeliverable", "invalid", "complained", "complaint", "spam"),
        *("spam_complaint", "spammy", "abuse", "junk", "blocked", "blocklisted", "blacklisted", "suppressed"),
        *("deleted", "removed", "archived", "redacted", "transactional", "rejected", "expired"),
    )
)
# github.com/buttondown/openapi, enums.json: `paused` is about a payment.
_BUTTONDOWN = frozenset({"trialed", "unpaid", "churning", "past_due", "paused"})

_OPT_OUT = re.compile(
    r"(?:is|has|hs|date|e?mail)*"
    r"(?:unsub(?:scribed?|scription)?(?:fromall(?:e?mails?)?)?|opt(?:ed)?out(?:of(?:all)?e?mails?)?"
    r"|bounced|complain(?:ed|t)|undeliverab(?:le|ility)|cleaned|deleted|blocked|bl(?:ock|ack)listed|suppressed"
    r"|do(?:no|n)t(?:e?mail|contact|send)|noe?mail|(?<=email)disabled|(?:clean|bounce)(?=date|time))"
    r"(?:at|on|date|time)?"
)
"""Such as `opted_out`, `Do not email`, and with a time Mailchimp's UNSUB_TIME; never `unsubscribe_reason`."""
_OPT_IN = re.compile(
    r"(?:is|has|e?mail|newsletter)*(?:subscribed(?:toe?mails?)?|opt(?:ed)?in|active|confirmed)"
    r"|accepts(?:email)?marketing|(?:email|marketing)consent"
)
_STATUS = re.compile(r"(?:subscription|subscriber|subscribe|e?mail|marketing|list|newsletter|optin)*status")
_TYPES = frozenset({"type", "subscribertype"})
_STATES = frozenset({"state", "contactstatus"})
_POSTAL = frozenset({"city", "town", "zip", "zip_code", "postcode", "postal_code", "country", "street"})
_DATE = re.compile(r"\d{4}_\d\d?_\d\d?|\d\d?_\d\d?_\d{4}")


@dataclass(frozen=True, slots=True)
class SubscriptionColumn:
    """A column that may say whether a person is subscribed.

    `not_subscribed` is None where any value that is not in `subscribed` says that they are not. A column
    that is not `certain` may be about something else, so that a value that is not known says nothing.
    """

    name: str
    index: int
    subscribed: frozenset[str]
    not_subscribed: frozenset[str] | None
    takes_dates: bool = False
    certain: bool = True

    def is_subscribed(self, value: str) -> bool | None:
        """Whether a value that is not empty says that a person is subscribed; None if it is not known."""
        word = plain_word(value)
        if word in self.subscribed or (self.takes_dates and _DATE.match(word)):
            return True
        return False if self.not_subscribed is None or word in self.not_subscribed else None


def subscription_column(
    name: str, index: int, service: str, meanings: Collection[str]
) -> SubscriptionColumn | None:
    """A column by its name, or None for one that says nothing of a subscription.

    What is `opted_out` is so by any value but an empty one and a no, often a date. What is `subscribed` or
    a `status` has words that are known, and in doubt its row gets no mail. `type` is certain in an export of
    Buttondown, and `state` in one of Kit without a column of a postal address: elsewhere they may
    also be a plan or a state of a country, and only the words for those who left count.
    """
    plain = plain_word(name).replace("_", "")
    if _OPT_OUT.fullmatch(plain):
        return SubscriptionColumn(name, index, _NO, None)
    if _OPT_IN.fullmatch(plain):
        return SubscriptionColumn(name, index, _SUBSCRIBED | _YES, _NOT_SUBSCRIBED | _NO, takes_dates=True)
    if _STATUS.fullmatch(plain):
        return SubscriptionColumn(name, index, _SUBSCRIBED | _YES, _NOT_SUBSCRIBED | _NO)
    if plain in _TYPES:
        subscribed, certain = _SUBSCRIBED | _BUTTONDOWN, service == "Buttondown"
        return SubscriptionColumn(name, index, subscribed, _NOT_SUBSCRIBED, certain=certain)
    if plain in _STATES:
        certain = service == "Kit" and _POSTAL.isdisjoint(meanings)
        return SubscriptionColumn(name, index, _SUBSCRIBED, _NOT_SUBSCRIBED, certain=certain)
    return None


@lru_cache(1024)
def plain_word(text: str) -> str:
    """A name or a word in small letters, with `_` between its parts: `Opt-out` is `opt_out`."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")
