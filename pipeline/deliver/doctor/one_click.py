"""The address that unsubscribes by one click: whether it answers the POST of a mail program (RFC 8058)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deliver.doctor.diagnosis import Diagnosis
from pipeline.deliver.tokens import TOKEN_LENGTH
from pipeline.model import Severity
from pipeline.support.http import NoAnswerError, send_request

_TOKEN = "a" * TOKEN_LENGTH
"""As long as a real one, and signed by nobody."""
_PASSWORD_FIELD = re.compile(rb"<input[^>]*type=[\"']?password", re.IGNORECASE)


def diagnose_one_click(endpoint: str, agent: str) -> Iterator[Diagnosis]:
    """Post what Gmail and others post, with a token that is not valid. Nobody is unsubscribed by that."""
    url = endpoint.replace("{token}", _TOKEN)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": agent}
    looked_up = f"POST {endpoint}"
    try:
        reply = send_request("POST", url, headers, b"List-Unsubscribe=One-Click")
    except NoAnswerError as error:
        message = f"it does not answer: {error}."
        yield Diagnosis(
            Severity.ERROR, looked_up, message, "Start what answers there, or correct the address."
        )
        return
    status = reply.status
    problem = ""
    if 300 <= status < 400:
        problem = f"it redirects ({status}), which mail programs do not follow (RFC 8058, section 3.1)"
    elif status in (401, 403) or _PASSWORD_FIELD.search(reply.data):
        problem = f"it asks for a login ({status}), which a mail program does not have"
    elif status in (405, 501):
        problem = f"it takes no POST ({status})"
    elif status >= 500:
        problem = f"it fails ({status})"
    if problem:
        hint = "It must unsubscribe at once: no other page, no login, no further click."
        yield Diagnosis(Severity.ERROR, looked_up, f"{problem}.", hint)
    elif status == 404:
        message = "it answers 404 to a token that is not valid. That is right if it knows valid ones."
        hint = "Send an issue to a list of your own address alone, and try its button."
        yield Diagnosis(Severity.NOTE, looked_up, message, hint)
    else:
        yield Diagnosis(None, looked_up, f"answers {status} to a token that is not valid.")
