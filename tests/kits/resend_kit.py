"""Resend's API for sending on loopback: it takes batches, honours keys of idempotency, and fails as a test wants.

https://resend.com/docs/api-reference/emails/send-batch-emails
https://resend.com/docs/dashboard/emails/idempotency-keys

In a test: `with serving(ResendApi([Fault(GONE, takes=True)])) as api:`. As a process of its own, failing by chance:
`python tests/kits/resend_kit.py --record FILE --rate 0.1 --seed 7`, which prints its port.
"""

from __future__ import annotations

import argparse
import json
import random
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import CUT, GONE, Refusal, Reply, Request, filled, list_of, serving, shaped

KEY = "re_0123456789"
MOST = 100
INVALID = "Invalid `to` field. The email address needs to follow the `email@example.com` format."

_REQUIRED = {"from": lambda value: filled(value) and "@" in value, "to": list_of(str), "subject": filled}
_OPTIONAL = {"html": filled, "text": str, "headers": dict, "reply_to": list_of(str)}


def error(status: int, name: str, message: str = "Something is wrong", **headers: str) -> Reply:
    """An error in Resend's form: https://resend.com/docs/api-reference/errors"""
    return Reply(status, {"statusCode": status, "name": name, "message": message}, headers)


TOO_FAST = error(429, "rate_limit_exceeded", "Too many requests.", **{"retry-after": "1"})


@dataclass(frozen=True)
class Fault:
    """What comes in place of the answer to one batch. `takes`: the batch is taken all the same."""

    answer: Reply | str
    takes: bool = False


CHANCE_FAULTS = (
    *(Fault(GONE), Fault(GONE, takes=True), Fault(CUT), Fault(CUT, takes=True)),
    *(Fault(TOO_FAST), Fault(error(500, "internal_server_error"), takes=True)),
    *(Fault(error(503, "service_unavailable")), Fault(Reply(200, b"<html>"), takes=True)),
    Fault(error(422, "validation_error")),
)


class ResendApi(fake_service.FakeService):
    """The service; `faults` come one after the other, each in place of an answer to a batch.

    Addresses at `invalid.example` are refused, one by one where the request asks for that.
    """

    def __init__(
        self,
        faults: Iterable[Fault] = (),
        *,
        record: Path | None = None,
        rate: float = 0,
        seed: int = 0,
        domains: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.batch_faults = list(faults)
        self.taken: list[dict[str, Any]] = []
        self.domains = domains
        """The states of the account's domains; None for a key that may only send."""
        self._record, self._rate, self._random = record, rate, random.Random(seed)
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[bytes, Reply]] = {}

    @property
    def address(self) -> str:
        """Its address as the settings have it."""
        return self.url.replace("http://", "resend+http://")

    @property
    def recipients(self) -> list[str]:
        """The recipients of all messages that were taken, one for each time."""
        return [to for message in self.taken for to in message["to"]]

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, status: int, words: str) -> Any:
        return error(status, "validation_error", words).body

    def play(self, request: Request) -> Reply | str:
        answer = self._play(request)
        if self._rate:  # as over the internet: a batch is taken a while before its answer is there
            time.sleep(self._random.uniform(0, 0.05))
        return answer

    def _play(self, request: Request) -> Reply | str:
        with self._lock:  # one batch after the other
            fault = None
            if request.method == "POST":
                fault = self.batch_faults.pop(0) if self.batch_faults else None
                if fault is None and self._random.random() < self._rate:
                    fault = self._random.choice(CHANCE_FAULTS)
            self.requests.append(request)
            if fault is None:
                reply = self._reply(request)
                if self._rate:  # as if a day passed before a client that was killed starts again
                    self._answers.pop(request.headers.get("idempotency-key", ""), None)
                return reply
            if fault.takes:
                self._reply(request)
            return fault.answer

    def reply(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET", "/domains" if self.domains is None:
                return error(401, "restricted_api_key", "This API key is restricted to only send emails.")
            case "GET", "/domains":
                rows = [{"id": f"d{n}", "name": name, "status": state} for n, (name, state) in self._rows()]
                return Reply(200, {"object": "list", "has_more": False, "data": rows})
            case "POST", "/emails/batch":
                return self._take(request)
        raise Refusal("no such route", 404)

    def _rows(self) -> Iterable[tuple[int, tuple[str, str]]]:
        return enumerate((self.domains or {}).items())

    def _take(self, request: Request) -> Reply:
        messages = request.json
        if not isinstance(messages, list) or not 1 <= len(messages) <= MOST:
            raise Refusal(f"a batch has 1 to {MOST} emails", 422)
        for each in messages:
            shaped(each, _REQUIRED, _OPTIONAL)
            assert all(isinstance(value, str) and "\n" not in value for value in each["headers"].values())
        key = request.headers["idempotency-key"]
        assert 1 <= len(key) <= 256
        if key in self._answers:
            body, stored = self._answers[key]
            return stored if body == request.body else error(409, "invalid_idempotent_request")
        invalid = [n for n, each in enumerate(messages) if each["to"][0].endswith("@invalid.example")]
        if invalid and request.headers.get("x-batch-validation") != "permissive":
            raise Refusal(INVALID, 422)
        taken = [each for n, each in enumerate(messages) if n not in invalid]
        self.taken += taken
        if self._record:
            rows = ({"recipients": m["to"], "message_id": m["headers"]["X-Entity-Ref-ID"]} for m in taken)
            with self._record.open("a", encoding="utf-8") as file:
                file.write("".join(json.dumps(row) + "\n" for row in rows))
        answer: dict[str, Any] = {"data": [{"id": f"{key[:8]}-{n}"} for n in range(len(taken))]}
        if invalid:
            answer["errors"] = [{"index": n, "message": INVALID} for n in invalid]
        self._answers[key] = request.body, Reply(200, answer)
        return Reply(200, answer)


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", type=Path)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with serving(ResendApi(record=options.record, rate=options.rate, seed=options.seed)) as api:
        print(api.url.rpartition(":")[2], flush=True)  # noqa: T201 - whoever started the process reads it
        threading.Event().wait()


if __name__ == "__main__":
    _main()
