"""Reads the table `delivery`: the mail server, how fast mail goes, and what is in its headers."""

from __future__ import annotations

import re

from pipeline.config.fields import Fields
from pipeline.model import DeliverySettings
from pipeline.support.limits import MOST_CONNECTIONS
from pipeline.support.mail_addresses import check_address

_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(second|minute|hour|day)")
_WRITE_RATE = 'Write "20/second", "600/minute", "5000/hour" or "20000/day".'
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def read_delivery(table: Fields) -> DeliverySettings:
    """The settings of sending; a password in them is refused where the address is used."""
    endpoint, return_path = table.web_address("unsubscribe_endpoint"), table.text("return_path")
    connections = table.integer("connections") or DeliverySettings().connections
    if connections > MOST_CONNECTIONS:
        hint = "Servers take a few at once; 4 are enough for 100 messages a second."
        table.error("connections", f"`connections` is {connections}; the most are {MOST_CONNECTIONS}.", hint)
    if endpoint and (not endpoint.startswith("https://") or endpoint.count("{token}") != 1):
        hint = 'As "https://lists.example.org/leave/{token}".'
        message = "`unsubscribe_endpoint` must begin with https:// and have {token} in it once."
        table.error("unsubscribe_endpoint", message, hint)
    if return_path:
        _check_address(table, "return_path", return_path.replace("{recipient}", "x", 1))
    complaints = table.text("complaints_to")
    if complaints:
        _check_address(table, "complaints_to", complaints)
    selectors = table.texts("dkim_selector", or_one=True)
    for selector in selectors:
        if not _SELECTOR.fullmatch(selector):
            hint = 'It is the part before "._domainkey" of the record in your DNS.'
            table.error("dkim_selector", f'"{selector}" is not a selector.', hint)
    if table.text("url").lower().startswith("resend"):
        for key in ("return_path", "dkim_selector"):
            if table.field(key):
                message = f"Resend takes no `{key}`: it chooses where bounces go, and signs itself."
                table.error(key, message, "Take it out, or send over smtp.resend.com: docs/sending.md")
    settings = DeliverySettings(
        url=table.text("url"),
        line=table.line_of("url"),
        rate=_rate(table, "rate"),
        per_domain=_per_domain(table),
        warm_up=table.integer("warm_up"),
        connections=connections,
        dkim_selectors=selectors,
        unsubscribe_endpoint=endpoint,
        return_path=return_path,
        feedback_id=table.text("feedback_id"),
        complaints_to=complaints,
    )
    table.check_unknown()
    return settings


def _per_domain(table: Fields) -> dict[str, float]:
    """One rate for every receiving domain, or a table of them."""
    field = table.field("per_domain")
    if field is None or not isinstance(field.value, dict):
        rate = _rate(table, "per_domain")
        return {"*": rate} if rate else {}
    inner = table.table("per_domain", "delivery.per_domain")
    rates = {domain.lower(): _rate(inner, domain) for domain in inner.mapping}
    return {domain: rate for domain, rate in rates.items() if rate}


def _rate(table: Fields, key: str) -> float | None:
    """Messages a second, written as `20/second`, `600/minute`, `5000/hour` or `20000/day`."""
    text = table.text(key, hint=_WRITE_RATE)
    match = _RATE.fullmatch(text)
    if match and float(match[1]):
        return float(match[1]) / _SECONDS[match[2]]
    if text:
        table.error(key, f'`{key}` is "{text}", which is not a rate.', _WRITE_RATE)
    return None


def _check_address(table: Fields, key: str, address: str) -> None:
    try:
        check_address(address)
    except ValueError as error:
        table.error(key, f"`{key}` is not an email address that mail servers take.", str(error))
