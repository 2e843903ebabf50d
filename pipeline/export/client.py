"""A service's API over HTTPS. httpx is wrapped here and nowhere else.

What may be asked again is asked again, a few times and no faster than the service allows; what might be
done twice is not. The key goes into a header and into nothing else: no message, file or log holds it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import PressroomError
from pipeline.export.target import ApiRequest, Credentials, PushMethod, Target

TIME_LIMIT = 30.0
"""Seconds until an answer has begun, and between two pieces of it."""

TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds: a service that asks for a longer pause is told of instead."""

_FOR_NOW = frozenset({500, 502, 503, 504})
_GONE = frozenset({404, 410})
_REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Methods whose second request leaves what the first left (RFC 9110, section 9.2.2).

PATCH is among them here, because ours name whole values.
"""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

pause: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class ServiceClient:
    """A `Service` on the web. `time_limit` is in seconds; `requests` are those that went out so far."""

    target: Target
    push: PushMethod
    login: Credentials
    agent: str
    time_limit: float = TIME_LIMIT
    requests: list[ApiRequest] = field(default_factory=list)

    def get(self, path: str) -> Any:
        """The JSON at a path, or None. Raises `PressroomError` for every refusal but "not found"."""
        status, answer = self._ask("GET", path, None, form=False)
        return None if status in _GONE else answer

    def send(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """Send JSON or a form. Raises `PressroomError` with the service's own words where it refuses."""
        status, answer = self._ask(method, path, body, form=form)
        if status in _GONE:
            raise self._error(
                f"{self.target.title} says {status}: {_words(answer) or 'there is no such thing'}"
            )
        return answer

    def _ask(self, method: str, path: str, body: Any, *, form: bool) -> tuple[int, Any]:
        import httpx

        content, kind = written(body, form)
        url = base(self.target, self.push, self.login) + path
        request = ApiRequest(method, url, content, datetime.now(UTC), body)
        self.requests.append(request)
        headers = {"User-Agent": self.agent, "Accept": "application/json"}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= self.push.headers(self.login, request)
        repeatable = method in _REPEATABLE
        # A connection is not used twice: one that the other side has closed looks like one cut in the middle.
        limits = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(timeout=self.time_limit, trust_env=False, limits=limits) as client:
            for number in range(1, TRIES + 1):
                last = number == TRIES
                try:
                    reply = client.request(method, request.url, content=content or None, headers=headers)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    # A connection that was never made has done nothing there.
                    unmade = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                    if last or not (unmade or repeatable):
                        raise self._unanswered(error, certain=unmade or repeatable) from error
                    pause(2.0 ** (number - 1))
                    continue
                asked = reply.headers.get("Retry-After", "")
                # 429 is said before anything is done (RFC 6585, section 4).
                again = reply.status_code == 429 or (repeatable and reply.status_code in _FOR_NOW)
                # Accepted, and still being made: some say when to come again (RFC 9110, section 15.3.3).
                again = again or bool(repeatable and reply.status_code == 202 and asked)
                wait = _wait(asked, request.moment, number)
                if again and not last and wait <= LONGEST_WAIT:
                    pause(wait)
                    continue
                return self._answer(reply.status_code, reply.text, asked, reply.headers.get("Location", ""))
        raise AssertionError("the last try returns or raises")

    def _answer(self, status: int, text: str, retry_after: str, location: str) -> tuple[int, Any]:
        name = self.target.title
        try:
            answer: Any = json.loads(text) if text.strip() else {}
        except ValueError as error:
            if status < 300:
                hint = f"Look at `url` under [targets.{self.target.name}], if it stands there."
                raise self._error(f"{name} answers, but not as its API does", hint) from error
            answer = " ".join(re.sub(r"<[^>]*>", " ", text).split())[:300]
        if status < 300 or status in _GONE:
            return status, answer
        if status < 400:
            raise self._error(f"{name} says {status}: it has moved to {location}", "Write it as `url`.")
        said = _words(answer)
        hints: dict[int, str] = {
            401: f"Look at the key in {self.push.keys[0]}: it may be mistyped, or taken back.",
            403: f"The key in {self.push.keys[0]} may not do this, or the plan does not allow it.",
            429: f"Try again later{f', in {retry_after} seconds' if retry_after.isdigit() else ''}.",
        }
        raise self._error(
            f"{name} says {status}{f': {said}' if said else ''}",
            hints.get(status) or ("Try again later." if status >= 500 else None),
        )

    def _unanswered(self, error: Exception, *, certain: bool) -> PressroomError:
        import httpx

        why = "the connection was cut"
        if isinstance(error, httpx.TimeoutException):
            why = f"nothing came within {self.time_limit:g} seconds"
        elif isinstance(error, httpx.ConnectError):
            why = "it cannot be reached"
        elif isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            why = "its address is none"
        hint = (
            "Try again."
            if certain
            else (
                "It may have taken it all the same. Push again: the draft is looked for before one is made."
            )
        )
        return self._error(f"{self.target.title} gave no answer: {why}", hint)

    def _error(self, message: str, hint: str | None = None) -> PressroomError:
        return PressroomError(f"{self._masked(message).rstrip('.')}.", f"--to {self.target.name}", None, hint)

    def _masked(self, text: str) -> str:
        for key in self.login.keys.values():
            # A service may quote a part of what it was given, such as the user before the colon.
            for part in sorted({key, *key.split(":")}, key=len, reverse=True):
                text = text.replace(part, "…") if len(part) > 5 else text
        return text


@dataclass(slots=True)
class DryRunClient:
    """A `Service` that writes down what would be asked, and asks nothing."""

    target: Target
    push: PushMethod
    login: Credentials
    requests: list[ApiRequest] = field(default_factory=list)

    def get(self, path: str) -> Any:
        """Nothing stands anywhere."""
        self._note("GET", path, b"", None)
        return None

    def send(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """An answer whose every value is unknown."""
        self._note(method, path, written(body, form)[0], body)
        return _UnknownAnswer()

    def _note(self, method: str, path: str, content: bytes, said: Any) -> None:
        url = base(self.target, self.push, self.login) + path
        self.requests.append(ApiRequest(method, url, content, datetime.now(UTC), said))


class _UnknownAnswer(str):
    """What only the service knows, whatever is asked of it."""

    __slots__ = ()

    def __new__(cls) -> _UnknownAnswer:
        return super().__new__(cls, "ID")

    def __getitem__(self, key: Any) -> _UnknownAnswer:
        return self

    def get(self, key: str, default: Any = None) -> _UnknownAnswer:
        """As a mapping has it."""
        return self


def base(target: Target, push: PushMethod, login: Credentials) -> str:
    """The address of the API without a slash at its end.

    Raises `PressroomError` for one over which the key would travel in the clear.
    """
    url = str(login.settings.get("url") or push.url(login)).rstrip("/")
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not parts.hostname or not safe or parts.username or parts.query or parts.fragment:
        raise PressroomError(
            f'targets.{target.name}: "{url}" is not the address of an API.',
            "newsletter.toml",
            None,
            "Write it as https://… without a user, a query or a fragment; http is for this machine only.",
        )
    return url


def written(body: Any, form: bool) -> tuple[bytes, str]:
    """A body as bytes, with its media type."""
    if body is None:
        return b"", ""
    if form:
        return _multipart(body)
    return json.dumps(body, ensure_ascii=False).encode(), "application/json"


def _multipart(fields: Mapping[str, str]) -> tuple[bytes, str]:
    """Fields as a form (RFC 7578), the boundary made from all of them."""
    boundary = f"pressroom{sha256(json.dumps(fields).encode()).hexdigest()[:40]}"
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"{parts}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _wait(asked: str, now: datetime, number: int) -> float:
    """Seconds to wait: what the service asks for (RFC 9110, section 10.2.3), or twice as long each time."""
    if asked.strip().isdigit():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - now).total_seconds())
    except (ValueError, TypeError):
        return 2.0 ** (number - 1)


def _words(answer: Any) -> str:
    """The words for a person in a service's answer, wherever it has them."""
    return " – ".join(dict.fromkeys(_said(answer)))[:500]


_WORDS = ("detail", "message", "Message", "msg", "error_description", "context", "title", "error", "errors")


def _said(answer: Any) -> list[str]:
    if isinstance(answer, str):
        return [answer.strip()] if answer.strip() else []
    if isinstance(answer, list):
        return [said for each in answer[:5] for said in _said(each)]
    if not isinstance(answer, Mapping):
        return []
    found = [said for name in _WORDS for said in _said(answer.get(name))]
    return found or [f"{name}: {said}" for name, each in answer.items() for said in _said(each)][:5]
