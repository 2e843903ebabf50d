"""Sending by Resend's API: whatever it answers, nobody gets two, nobody is lost, and who is unknown is named."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_services.fake_service import CUT, GONE, SLOW, Reply, serving
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries
from resend_kit import INVALID, KEY, TOO_FAST, Fault, ResendApi, error
from sender_kit import FakeServer, Send, VirtualClock, close_ledgers, outgoing, start
from table_kit import rows

from pipeline.deliver.connection import OutgoingMessage
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.resend_connection import ResendConnection
from pipeline.deliver.resend_server import parse_resend
from pipeline.deliver.sender import EndKind
from pipeline.deliver.server_error import ServerError
from pipeline.errors import PressroomError

MESSAGE = (
    b"From: =?utf-8?q?Synapse=2C_=C3=BCber?= <letters@synapse.example>\r\nTo: {to}\r\n"
    b"Reply-To: Ada <ada@synapse.example>\r\nSubject: =?utf-8?b?16nXnNeV150=?= {to}\r\n"
    b"Date: Sun, 01 Feb 2026 07:00:00 +0000\r\nMessage-ID: <{to}.1>\r\n"
    b"List-Unsubscribe: <https://lists.example/{to}>,\r\n <mailto:letters@synapse.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"=D7=A9=D7=9C=D7=95=D7=9D=0A{to}=\r\n=2E=20\r\n\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"<p>=F0=9F=A7=A0 {to}</p>=\r\n\r\n--b--\r\n"
)


@pytest.fixture(autouse=True)
def ledgers_are_closed() -> Iterator[None]:
    yield
    close_ledgers()


def data_for(address: str) -> bytes:
    return MESSAGE.replace(b"{to}", address.encode())


def messages_to(*addresses: str) -> list[OutgoingMessage]:
    return [OutgoingMessage("b@synapse.example", each, data_for(each), n) for n, each in enumerate(addresses)]


async def open_gate(messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
    return messages


@dataclass
class Client:
    """The adapter at a service, with a clock that jumps over its pauses."""

    api: ResendApi
    clock: VirtualClock
    time_limit: float = 20

    async def connect(self) -> ResendConnection:
        return await ResendConnection.open(
            parse_resend(self.api.address, KEY), self.clock.sleep, self.time_limit
        )

    def send(self, *addresses: str) -> tuple[list[Outcome], ServerError | None]:
        async def send() -> tuple[list[Outcome], ServerError | None]:
            connection = await self.connect()
            return await connection.send(messages_to(*addresses), open_gate), connection.failure

        return asyncio.run(send())


def start_at(api: ResendApi, folder: Path, count: int, batch: int) -> Send:
    server = FakeServer()
    return start(
        folder,
        server,
        count,
        connect=Client(api, server.clock).connect,
        batch=batch,
        message=lambda row: outgoing(row, data_for(row.recipient.address)),
    )


LOSSES = (
    *(Fault(answer, takes) for answer in (GONE, CUT, SLOW) for takes in (False, True)),
    *(Fault(error(500, "internal_server_error"), takes) for takes in (False, True)),
    *(Fault(error(503, "service_unavailable"), takes) for takes in (False, True)),
    *(Fault(error(409, "concurrent_idempotent_requests"), takes) for takes in (False, True)),
    *(
        Fault(Reply(200, body), takes)
        for body in (b"<html>", b'{"data":', {}, [], None)
        for takes in (False, True)
    ),
    *(Fault(Reply(200, {"data": data}), True) for data in ([], None, [{"id": "1"}], "no", ["1"] * 3)),
    *(
        Fault(Reply(200, {"data": [], "errors": errors}), True)
        for errors in ([{}], [{"index": 999, "message": ""}])
    ),
)
"""After which it cannot be known whether the batch was taken."""
QUICK_LOSSES = tuple(each for each in LOSSES if each.answer != SLOW)
REFUSALS = (
    *(Fault(TOO_FAST), Fault(error(422, "validation_error")), Fault(error(413, "too_large"))),
    *(Fault(error(400, "validation_error")), Fault(error(451, "security_error"))),
)
"""Which say that it was not."""


@pytest.mark.parametrize("fault", rows(LOSSES, LOSSES[::4], repr))
def test_a_lost_answer_is_asked_for_again_and_nothing_stays_unknown(fault: Fault) -> None:
    with serving(ResendApi([fault])) as api:
        time_limit = 0.5 if fault.answer == SLOW else 20
        outcomes, failure = Client(api, VirtualClock(), time_limit).send(
            "ada@x.example", "no@invalid.example", "bo@x.example"
        )
        assert [each.state for each in outcomes] == [State.ACCEPTED, State.REFUSED, State.ACCEPTED]
        assert api.recipients == ["ada@x.example", "bo@x.example"] and failure is None
        first, second = (each for each in api.requests if each.method == "POST")
        assert (first.body, first.headers["idempotency-key"]) == (
            second.body,
            second.headers["idempotency-key"],
        )


@given(faults=st.lists(st.sampled_from((*QUICK_LOSSES, *REFUSALS)), max_size=25))
@tries(30)
def test_whatever_resend_answers_nobody_gets_two_and_nobody_is_lost(
    tmp_path_factory: pytest.TempPathFactory, faults: list[Fault]
) -> None:
    with serving(ResendApi(faults)) as api:
        send = start_at(api, tmp_path_factory.mktemp("send"), 40, batch=10)
        while send.run().kind is not EndKind.FINISHED:
            pass
        rows = list(send.ledger.rows(send.id, State))
        assert len(rows) == 40 and len(api.recipients) == len(set(api.recipients))
        for row in rows:
            assert row.state in {State.ACCEPTED, State.REFUSED, State.UNKNOWN}
            assert row.state is State.UNKNOWN or (row.address in api.recipients) == (
                row.state is State.ACCEPTED
            )
        assert sum(row.state is State.UNKNOWN for row in rows) <= sum(each in LOSSES for each in faults) * 10
        close_ledgers()


def test_a_batch_that_stays_without_an_answer_is_unknown_after_minutes() -> None:
    with serving(ResendApi([Fault(GONE, takes=True)] * 8)) as api:
        clock = VirtualClock()
        outcomes, failure = Client(api, clock).send("ada@x.example", "bo@x.example")
        assert [each.state for each in outcomes] == [State.UNKNOWN] * 2 and failure is None
        assert len(api.recipients) == 2 and 60 < clock.passed < 300


def test_a_service_that_is_away_has_nothing_and_is_named() -> None:
    with serving(ResendApi()) as api:
        client = Client(api, VirtualClock())
        connection = asyncio.run(client.connect())
    outcomes = asyncio.run(connection.send(messages_to("ada@x.example"), open_gate))
    assert [each.state for each in outcomes] == [State.DEFERRED] and "the connection failed" in outcomes[
        0
    ].reply
    with pytest.raises(ServerError, match=r"Resend \(127.0.0.1\): the connection failed") as failure:
        asyncio.run(client.connect())
    assert not failure.value.is_permanent


def test_a_refused_batch_is_cut_in_halves_until_the_bad_message_is_alone() -> None:
    words = error(422, "validation_error", "The `html` field is too large.")
    with serving(ResendApi([Fault(words)] * 3)) as api:  # all four, the first two, the first
        outcomes, _ = Client(api, VirtualClock()).send(*(f"{name}@x.example" for name in "abcd"))
        assert [each.state for each in outcomes] == [State.REFUSED, *[State.ACCEPTED] * 3]
        assert (outcomes[0].code, outcomes[0].reply) == (422, "The `html` field is too large.")
        assert sorted(api.recipients) == ["b@x.example", "c@x.example", "d@x.example"]


def test_a_refused_address_is_refused_alone_in_resends_words() -> None:
    with serving(ResendApi()) as api:
        outcomes, _ = Client(api, VirtualClock()).send("ada@x.example", "no@invalid.example")
    assert outcomes[1] == Outcome(State.REFUSED, 422, INVALID, RefusalClass.MAILBOX)
    assert outcomes[0].code == 200 and outcomes[0].reply.endswith("-0")


def test_a_pause_that_resend_asks_for_is_kept() -> None:
    slow_down = error(429, "rate_limit_exceeded", "Too many requests.", **{"retry-after": "7"})
    with serving(ResendApi([Fault(slow_down)])) as api:
        clock = VirtualClock()
        outcomes, _ = Client(api, clock).send("ada@x.example")
    assert outcomes[0].state is State.ACCEPTED and clock.passed == 7
    long = error(429, "rate_limit_exceeded", "Too many requests.", **{"retry-after": "3600"})
    with serving(ResendApi([Fault(long)])) as api:
        outcomes, _ = Client(api, VirtualClock()).send("ada@x.example")
        assert outcomes[0].state is State.DEFERRED and not api.taken


@pytest.mark.parametrize("name", ["daily_quota_exceeded", "monthly_quota_exceeded"])
def test_a_quota_pauses_the_send_with_resends_words(name: str, tmp_path: Path) -> None:
    over = error(429, name, "You have reached your email sending quota.")
    with serving(ResendApi([Fault(over)] * 2)) as api:
        send = start_at(api, tmp_path, 4, batch=2)
        end = send.run()
    assert end.kind is EndKind.SERVER and "says 429: You have reached your email sending quota." in end.reason
    assert not api.taken and set(send.counts) <= {State.DEFERRED, State.PENDING}


@pytest.mark.parametrize("status", rows([401, 403, 404, 301], {401}))
def test_an_account_that_is_refused_ends_the_send_and_nothing_is_unknown(status: int, tmp_path: Path) -> None:
    with serving(ResendApi([Fault(error(status, "validation_error", f"no, {KEY}"))] * 9)) as api:
        send = start_at(api, tmp_path, 40, batch=10)
        with pytest.raises(ServerError, match=f"says {status}: no, …") as failure:
            send.run()
    assert KEY not in str(failure.value) and not api.taken
    assert set(send.counts) == {State.DEFERRED, State.PENDING}


def test_a_wrong_key_ends_a_send_before_anything_leaves() -> None:
    with serving(ResendApi()) as api, pytest.raises(ServerError, match="Compare RESEND_API_KEY") as failure:
        asyncio.run(ResendConnection.open(parse_resend(api.address, "re_wrong")))
    assert failure.value.is_permanent


def test_what_is_sent_is_what_the_message_says() -> None:
    with serving(ResendApi()) as api:
        Client(api, VirtualClock()).send("ada@x.example")
    assert api.taken == [
        {
            "from": '"Synapse, über" <letters@synapse.example>',
            "to": ["ada@x.example"],
            "subject": "שלום ada@x.example",
            "html": "<p>🧠 ada@x.example</p>",
            "text": "שלום\nada@x.example. \n",
            "headers": {
                "List-Unsubscribe": "<https://lists.example/ada@x.example>, <mailto:letters@synapse.example>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "X-Entity-Ref-ID": "ada@x.example.1",
            },
            "reply_to": ["Ada <ada@synapse.example>"],
        }
    ]


def test_pictures_inside_of_a_message_are_refused_before_it_leaves() -> None:
    data = data_for("ada@x.example").replace(b"multipart/alternative", b"multipart/related")
    data = data.replace(b"text/html", b"image/png")
    with serving(ResendApi()) as api:
        connection = asyncio.run(Client(api, VirtualClock()).connect())
        message = OutgoingMessage("b@synapse.example", "ada@x.example", data)
        outcomes = asyncio.run(connection.send([message], open_gate))
        assert outcomes[0].state is State.REFUSED and "pictures" in outcomes[0].reply
        assert not [each for each in api.requests if each.method == "POST"]


def test_who_the_gate_holds_back_is_not_in_the_request() -> None:
    async def gate(messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
        return messages[1:]

    with serving(ResendApi()) as api:
        connection = asyncio.run(Client(api, VirtualClock()).connect())
        outcomes = asyncio.run(connection.send(messages_to("ada@x.example", "bo@x.example"), gate))
    assert [each.state for each in outcomes] == [State.SUPPRESSED, State.ACCEPTED]
    assert api.recipients == ["bo@x.example"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("resend://", "is not a host"),
        ("resend://api.resend.com/v1", "is not a host"),
        ("resend://api.resend.com:many", "is not a host"),
        ("resend://re_0123@api.resend.com", "has a user or a key"),
        ("resend://:re_0123@api.resend.com", "has a user or a key"),
        ("resend+http://api.resend.com", "would not be encrypted"),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_write(url: str, words: str) -> None:
    with pytest.raises(PressroomError, match=words) as failure:
        parse_resend(url, KEY)
    assert "resend://api.resend.com" in str(failure.value) and "re_0123" not in str(failure.value)


def test_the_key_is_in_no_representation() -> None:
    server = parse_resend("resend://api.resend.com", KEY)
    assert server.url == "https://api.resend.com" and KEY not in repr(server)
    with pytest.raises(PressroomError, match="RESEND_API_KEY"):
        parse_resend("resend://api.resend.com", "")
