"""Hands messages to the API of Resend, a hundred in one request.

https://resend.com/docs/api-reference/emails/send-batch-emails

A request whose answer is lost is repeated with the same `Idempotency-Key`, by which Resend takes it once and
answers it alike for a day. So nothing is unknown before all repetitions have failed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.parser import BytesParser
from email.policy import default
from typing import Any

from pipeline import __version__
from pipeline.deliver.connection import Gate, OutgoingMessage
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.refusals import refusal_class
from pipeline.deliver.resend_server import RESEND_KEY, ResendServer
from pipeline.deliver.server_error import ServerError
from pipeline.deliver.smtp_reply import shown_text
from pipeline.export.client import LONGEST_WAIT, answer_words, retry_pause
from pipeline.support.http import HttpReply, NoAnswerError, request
from pipeline.support.json_text import read_json

TIME_LIMIT = 30.0
"""Seconds until an answer has begun, and between two pieces of it."""

_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0)
"""Seconds before a request is repeated, if the answer does not ask for more."""

_OWN_HEADERS = frozenset(
    {
        *("from", "to", "reply-to", "subject"),  # fields of their own
        *("date", "message-id", "mime-version", "content-type", "content-transfer-encoding"),
    }
)
"""What Resend writes itself; Amazon SES, by which it sends, replaces `Date` and `Message-ID`."""


class ResendConnection:
    """Takes messages for Resend; every request is an HTTP connection of its own.

    `failure` is set by the answer to a batch.
    """

    def __init__(
        self, server: ResendServer, sleep: Callable[[float], Awaitable[None]], time_limit: float
    ) -> None:
        self._server = server
        self._sleep = sleep
        self._time_limit = time_limit
        self.failure: ServerError | None = None
        self.domains: Mapping[str, str] | None = None
        """The state of each domain of the account; None if the key may not ask."""

    @classmethod
    async def open(
        cls,
        server: ResendServer,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        time_limit: float = TIME_LIMIT,
    ) -> ResendConnection:
        """Look whether Resend can be reached and accepts the key; raises `ServerError`.

        `sleep` waits between repetitions of a request.
        """
        connection = cls(server, sleep, time_limit)
        try:
            reply = await connection._request("GET", "/domains")
        except NoAnswerError as error:
            raise ServerError(f"{server.name}: {error}.", is_permanent=False) from error
        answer, words = connection._read(reply)
        if reply.status == 200 and isinstance(answer, dict) and isinstance(answer.get("data"), list):
            rows = [each for each in answer["data"] if isinstance(each, dict)]
            connection.domains = {str(each.get("name")): str(each.get("status")) for each in rows}
        elif not (reply.status == 401 and _name(answer) == "restricted_api_key"):  # it may only send
            is_permanent = reply.status < 500 and reply.status != 429
            raise connection._error(reply.status, words, is_permanent=is_permanent)
        return connection

    @property
    def is_usable(self) -> bool:
        """Whether further messages can be handed over."""
        return self.failure is None

    async def close(self) -> None:
        """There is nothing to close."""

    async def send(self, messages: Sequence[OutgoingMessage], gate: Gate) -> list[Outcome]:
        """Hand over at most a hundred messages; those that the gate holds back are not in the request.

        While Resend asks for pauses or does not answer, the request is repeated, for some minutes.
        """
        outcomes: dict[int, Outcome] = {}
        bodies: dict[int, dict[str, Any]] = {}
        for message in messages:
            body = _message_body(message)
            if body is None:
                reason = "Resend takes no pictures inside of messages that it gets in batches"
                outcomes[message.row] = Outcome(State.REFUSED, None, reason, RefusalClass.CONTENT)
            else:
                bodies[message.row] = body
        cleared = await gate([each for each in messages if each.row in bodies])
        ends = await self._post([bodies[each.row] for each in cleared])
        outcomes |= {each.row: end for each, end in zip(cleared, ends, strict=True)}
        return [outcomes.get(each.row, Outcome(State.SUPPRESSED, None, "")) for each in messages]

    async def _post(self, bodies: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Send a batch, and again until its end is known; one that is refused as a whole in two halves."""
        if not bodies:
            return []
        if self.failure:
            return [_put_off(None, str(self.failure))] * len(bodies)
        data = json.dumps(bodies, ensure_ascii=False).encode()
        # Each message names its send and its recipient in `X-Entity-Ref-ID`.
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": hashlib.sha256(data).hexdigest(),
            "x-batch-validation": "permissive",
        }
        may_be_taken = False
        status: int | None = None
        for attempt, pause in enumerate((*_PAUSES, None), 1):
            wait = pause
            try:
                reply = await self._request("POST", "/emails/batch", headers, data)
            except NoAnswerError as error:
                status, words = None, str(error)
                may_be_taken = may_be_taken or error.connected
            else:
                status = reply.status
                answer, words = self._read(reply)
                if status < 300 and (ends := _batch_ends(answer, len(bodies))):
                    return [*map(self._shown, ends)]
                is_over_quota = status == 429 and "quota" in _name(answer)
                if is_over_quota or (300 <= status < 500 and status not in (409, 429)):
                    return await self._refused(bodies, status, words, may_be_taken=may_be_taken)
                if status < 300:
                    words = "the answer does not say what was taken"
                # 409: an earlier request with the key is still under way.
                may_be_taken = may_be_taken or status != 429
                asked = retry_pause(reply.headers.get("retry-after", ""), attempt)
                wait = pause and max(pause, asked)
            if wait is None or wait > LONGEST_WAIT:
                break
            await self._sleep(wait)
        end = Outcome(State.UNKNOWN, status, words) if may_be_taken else _put_off(status, words)
        return [end] * len(bodies)

    async def _refused(
        self, bodies: Sequence[Mapping[str, Any]], status: int, words: str, *, may_be_taken: bool
    ) -> list[Outcome]:
        """The outcomes of a batch that was refused as a whole.

        `may_be_taken` is set if an earlier request with the same key had no answer.
        """
        is_account = status in (401, 403, 429)
        if is_account or status < 400 or status in (404, 405):
            self.failure = self._error(status, words, is_permanent=status != 429)
        if may_be_taken:
            return [Outcome(State.UNKNOWN, status, words)] * len(bodies)
        if self.failure:
            return [_put_off(status, words)] * len(bodies)
        if len(bodies) == 1:
            return [Outcome(State.REFUSED, status, words, _refusal(words))]
        half = len(bodies) // 2
        return [*await self._post(bodies[:half]), *await self._post(bodies[half:])]

    async def _request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, data: bytes = b""
    ) -> HttpReply:
        own = {"Authorization": f"Bearer {self._server.key}", "User-Agent": f"Pressroom/{__version__}"}
        return await request(
            method, self._server.url + path, {**own, **(headers or {})}, data, self._time_limit
        )

    def _read(self, reply: HttpReply) -> tuple[Any, str]:
        """The JSON of an answer, None if it is not JSON, and its words for people on one line."""
        try:
            answer = read_json(reply.data)
        except ValueError:
            return None, ""
        return answer, self._masked(answer_words(answer))

    def _masked(self, words: str) -> str:
        return shown_text(words.replace(self._server.key, "…"))

    def _shown(self, outcome: Outcome) -> Outcome:
        return Outcome(outcome.state, outcome.code, self._masked(outcome.reply), outcome.refusal)

    def _error(self, status: int, words: str, *, is_permanent: bool) -> ServerError:
        message = f"{self._server.name} says {status}: {words.rstrip('.') or 'nothing more'}."
        hint = "Start it again later: what is left goes on." if status == 429 else None
        if status in (400, 401, 403):
            hint = f"Compare {RESEND_KEY} with your account there, and look whether the domain is confirmed."
        elif status in (404, 405) or status < 400:
            hint = 'Its address is "resend://api.resend.com".'
        return ServerError(message, is_permanent=is_permanent, hint=hint)


def _message_body(message: OutgoingMessage) -> dict[str, Any] | None:
    """The message as the API takes it; None if it has more than a text and an HTML part."""
    email = BytesParser(policy=default).parsebytes(message.data)
    parts = {part.get_content_type(): part for part in email.iter_parts()}
    if set(parts) != {"text/plain", "text/html"}:
        return None
    headers = {name: str(value) for name, value in email.items() if name.lower() not in _OWN_HEADERS}
    # Which Resend names for this: https://resend.com/docs/dashboard/emails/custom-headers
    headers["X-Entity-Ref-ID"] = str(email["Message-ID"]).strip("<>")
    body = {
        "from": str(email["From"].addresses[0]),
        "to": [message.recipient],
        "subject": str(email["Subject"]),
        "html": _text(parts["text/html"]),
        "text": _text(parts["text/plain"]),
        "headers": headers,
    }
    if email["Reply-To"]:
        body["reply_to"] = [str(each) for each in email["Reply-To"].addresses]
    return body


def _text(part: Any) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def _batch_ends(answer: Any, count: int) -> list[Outcome] | None:
    """How each message of a batch ended; None if the answer does not account for all of them.

    `data` has those that were taken, in their order, and `errors` the others with their numbers:
    https://resend.com/docs/dashboard/emails/batch-validation-modes
    """
    try:
        ids = iter([str(each.get("id", "")) for each in answer["data"]])
        refusals = {each["index"]: str(each["message"]) for each in answer.get("errors") or ()}
        if len(answer["data"]) + len(refusals) != count or not set(refusals) <= set(range(count)):
            return None
    except (AttributeError, KeyError, TypeError):
        return None
    return [
        Outcome(State.REFUSED, 422, refusals[n], _refusal(refusals[n]))
        if n in refusals
        else Outcome(State.ACCEPTED, 200, next(ids))
        for n in range(count)
    ]


def _put_off(status: int | None, words: str) -> Outcome:
    return Outcome(State.DEFERRED, status, words, RefusalClass.POLICY if status else RefusalClass.OTHER)


def _refusal(words: str) -> RefusalClass:
    """The class of what Resend finds wrong with a message: its recipient's field is called `to`."""
    return RefusalClass.MAILBOX if "`to`" in words else refusal_class(None, None, words)


def _name(answer: Any) -> str:
    """The word by which Resend knows an error."""
    return str(answer.get("name", "")) if isinstance(answer, dict) else ""
