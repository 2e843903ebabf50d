"""A client for the API of a service, and one for a dry run.

What may be repeated is tried again, a few times and no faster than the service allows; what might be
done twice is not. The key goes into a header only: no message, file or log has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from time import sleep
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import PressroomError
from pipeline.export.push_values import Credentials
from pipeline.export.target import ApiRequest, Target
from pipeline.support.http import HttpReply, NoAnswerError, send_request
from pipeline.support.json_text import read_json
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.numbers_in_text import whole_number
from pipeline.support.urls import is_this_machine

TIME_LIMIT = 30.0
"""Seconds until an answer has begun, and between two pieces of it."""

TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds: if a service asks for a longer pause, that is an error."""

_TEMPORARY = frozenset({500, 502, 503, 504})
_NOT_FOUND = frozenset({404, 410})
_REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Methods whose second request has no further effect (RFC 9110, section 9.2.2).

PATCH is among them here, because ours set whole values.
"""


@dataclass(slots=True)
class _RequestLog:
    """What both clients have. `requests` are those made so far."""

    target: Target
    credentials: Credentials
    requests: list[ApiRequest] = field(default_factory=list, init=False)

    def _record(self, method: str, path: str, body: Any) -> str:
        """Record a request, and return its address."""
        url = self._base_url() + path
        self.requests.append(ApiRequest(method, url, body))
        return url

    def _base_url(self) -> str:
        """The address of the API without a slash at its end.

        Raises `PressroomError` for one over which the key would travel unencrypted.
        """
        settings, default = self.credentials.settings, self.target.push.url
        default = default.format(**settings) if isinstance(default, str) else default(self.credentials)
        url = str(settings.get("url") or default).rstrip("/")
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname))
        if not parts.hostname or not safe or "@" in parts.netloc or parts.query or parts.fragment:
            raise PressroomError(
                f'targets.{self.target.name}: "{url}" is not the address of an API.',
                SETTINGS_FILE,
                None,
                "Write it as https://… without a user, a query or a fragment; http is for this machine only.",
            )
        return url


@dataclass(slots=True)
class ServiceClient(_RequestLog):
    """A `ServiceApi` over HTTP. `time_limit` is in seconds."""

    agent: str
    time_limit: float = TIME_LIMIT

    def get(self, path: str) -> Any:
        """Return the JSON at a path, or None. Raises `PressroomError` for every refusal but "not found"."""
        status, answer = self._request("GET", path)
        return None if status in _NOT_FOUND else answer

    def send(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """Send JSON or a form. Raises `PressroomError` with the service's own words if it refuses."""
        status, answer = self._request(method, path, body, form)
        if status in _NOT_FOUND:
            raise self._error(f"{self.target.title} says {status}: {answer_words(answer) or 'not found'}")
        return answer

    def _request(self, method: str, path: str, body: Any = None, form: bool = False) -> tuple[int, Any]:
        url = self._record(method, path, body)
        data, media_type = _encode_body(body, form)
        headers = {"User-Agent": self.agent, "Accept": "application/json"}
        headers |= {"Content-Type": media_type} if media_type else {}
        push = self.target.push
        headers |= {name: value.format(key=self.credentials.key) for name, value in push.headers.items()}
        auth = push.auth(self.credentials) if push.auth else None
        repeatable = method in _REPEATABLE
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES
            try:
                reply = send_request(method, url, headers, data, self.time_limit, auth)
            except NoAnswerError as error:
                # A connection that was never made has changed nothing there.
                certain = repeatable or not error.connected
                if last or not certain:
                    raise self._no_answer(error, certain) from error
                sleep(2.0 ** (attempt - 1))
                continue
            retry_after = reply.headers.get("retry-after", "")
            wait = retry_pause(retry_after, attempt)
            # 429 is said before anything is done (RFC 6585, section 4). 202 is accepted, and still being
            # made: some say when to come again (RFC 9110, section 15.3.3).
            again = reply.status in _TEMPORARY or (reply.status == 202 and bool(retry_after))
            if last or wait > LONGEST_WAIT or not (reply.status == 429 or (repeatable and again)):
                return self._answer(reply)
            sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _answer(self, reply: HttpReply) -> tuple[int, Any]:
        name, status, text = self.target.title, reply.status, reply.data.decode("utf-8", "replace")
        try:
            answer: Any = read_json(text) if text.strip() else {}
        except ValueError as error:
            if status < 300 and not isinstance(error, json.JSONDecodeError):
                raise self._error(f"{name} answers with JSON that cannot be read: {error}") from error
            if status < 300:
                hint = f"Check `url` under [targets.{self.target.name}], if you have set it."
                raise self._error(f"{name} answers, but not as its API does", hint) from error
            answer = " ".join(re.sub(r"<[^>]*>", " ", text).split())[:300]
        if status < 300 or status in _NOT_FOUND:
            return status, answer
        if status < 400:
            location = reply.headers.get("location", "")
            raise self._error(f"{name} says {status}: it has moved to {location}", "Write it as `url`.")
        words = answer_words(answer)
        seconds = reply.headers.get("retry-after", "")
        hints: dict[int, str] = {
            401: f"Check the key in {self.target.push.keys[0]}: it may be mistyped, or revoked.",
            403: f"The key in {self.target.push.keys[0]} may not do this, or the plan does not allow it.",
            429: f"Try again later{f', in {seconds} seconds' if seconds.isdigit() else ''}.",
        }
        raise self._error(
            f"{name} says {status}{f': {words}' if words else ''}",
            hints.get(status) or ("Try again later." if status >= 500 else None),
        )

    def _no_answer(self, error: NoAnswerError, certain: bool) -> PressroomError:
        hint = (
            "Try again."
            if certain
            else "It may have been taken all the same. Push again: a draft that exists is found first."
        )
        return self._error(f"the request to {self.target.title} failed: {error}", hint)

    def _error(self, message: str, hint: str | None = None) -> PressroomError:
        return self.target.error(f"{self._masked(message).rstrip('.')}.", hint)

    def _masked(self, text: str) -> str:
        for key in self.credentials.keys.values():
            # A service may quote a part of the key, such as the user before the colon.
            for part in sorted({key, *key.split(":")}, key=len, reverse=True):
                text = text.replace(part, "…") if len(part) > 5 else text
        return text


class DryRunClient(_RequestLog):
    """A `ServiceApi` that records requests and sends none."""

    def get(self, path: str) -> Any:
        """Record the request; nothing is found."""
        self._record("GET", path, None)
        return None

    def send(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """Record the request; every value of the answer is unknown."""
        self._record(method, path, body)
        return _UnknownAnswer()


class _UnknownAnswer(str):
    """A value that only the service knows; each of its fields is unknown too."""

    __slots__ = ()

    def __new__(cls) -> _UnknownAnswer:
        return super().__new__(cls, "ID")

    def __getitem__(self, key: Any) -> _UnknownAnswer:
        return self


def _encode_body(body: Any, form: bool) -> tuple[bytes, str]:
    """A body as bytes, with its media type."""
    if body is None:
        return b"", ""
    if form:
        return _multipart(body)
    return json.dumps(body, ensure_ascii=False).encode(), "application/json"


def _multipart(fields: Mapping[str, str]) -> tuple[bytes, str]:
    """Fields as a form (RFC 7578), with a boundary derived from all of them."""
    boundary = f"pressroom{sha256(json.dumps(fields).encode()).hexdigest()[:40]}"
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"{parts}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def retry_pause(retry_after: str, attempt: int) -> float:
    """Return seconds to wait: what the service asks for (RFC 9110, 10.2.3), or twice as long each time."""
    if (seconds := whole_number(retry_after.strip())) is not None:
        return float(seconds)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 2.0 ** (attempt - 1)


def answer_words(answer: Any) -> str:
    """Return the words for a person in a service's error, in whatever field they are."""
    return " – ".join(dict.fromkeys(_texts(answer)))[:500]


_WORDS = ("detail", "message", "Message", "msg", "error_description", "context", "title", "error", "errors")


def _texts(answer: Any) -> list[str]:
    if isinstance(answer, str):
        return [answer.strip()] if answer.strip() else []
    if isinstance(answer, list):
        return [text for item in answer[:5] for text in _texts(item)]
    if not isinstance(answer, Mapping):
        return []
    texts = [text for name in _WORDS for text in _texts(answer.get(name))]
    return texts or [f"{name}: {text}" for name, value in answer.items() for text in _texts(value)][:5]
