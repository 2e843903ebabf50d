"""The SMTP client against a server that fails in every phase: what it says became of a message is true."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_kit import recording_server
from programs_kit import start_program
from property_kit import tries
from smtp_kit import CUT, EXTENSIONS, SILENT, Fault, ScriptedServer, TakenMessage, server_context

from pipeline.deliver.connection import Gate, OutgoingMessage
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.server_error import ServerError
from pipeline.deliver.smtp_connection import SmtpConnection, SmtpTimeouts
from pipeline.deliver.smtp_server import Security, SmtpServer

SENDER = "letters@synapse.example"
MESSAGE = b"Message-ID: <1@synapse.example>\r\nSubject: The plastic brain\r\n\r\nHello.\r\n"
LONG = MESSAGE + b"A line of the letter.\r\n" * 20_000
ONE_BY_ONE = tuple(each for each in EXTENSIONS if each != "PIPELINING")
QUICK = SmtpTimeouts(connect=5, greeting=5, command=5, data=5, message=5, quit=5)
AT_ONCE = SmtpTimeouts(connect=0.05, greeting=0.05, command=0.05, data=0.05, message=0.05, quit=0.05)


async def open_gate(messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
    """The gate of a ledger that writes at once."""
    return messages


async def hand_over(
    connection: SmtpConnection, recipient: str, data: bytes = MESSAGE, gate: Gate = open_gate
) -> Outcome:
    (outcome,) = await connection.send([OutgoingMessage(SENDER, recipient, data)], gate)
    return outcome


def plain(server: ScriptedServer, user: str = "", password: str = "") -> SmtpServer:
    return SmtpServer("127.0.0.1", server.port, Security.PLAIN, user, password)


async def send_all(
    server: SmtpServer,
    recipients: list[str],
    data: bytes = MESSAGE,
    timeouts: SmtpTimeouts = QUICK,
) -> list[Outcome]:
    """Send one message to each, over a new connection only where the one before is of no use any more."""
    connection = None
    outcomes = []
    for recipient in recipients:
        if not (connection and connection.is_usable):
            connection = await SmtpConnection.open(server, timeouts)
        outcomes.append(await hand_over(connection, recipient, data))
    if connection:
        await connection.close()
    return outcomes


def send_one(server: ScriptedServer, data: bytes = MESSAGE, **options: SmtpTimeouts) -> Outcome:
    return asyncio.run(send_all(plain(server), ["ada@example.org"], data, **options))[0]


def assert_true(recipients: list[str], outcomes: list[Outcome], server: ScriptedServer, why: object) -> None:
    """Compare what the client says with what the server took: each recipient once, and none that is denied."""
    for recipient, outcome in zip(recipients, outcomes, strict=True):
        times = server.recipients.count(recipient)
        expected = {State.ACCEPTED: {1}, State.UNKNOWN: {0, 1}}.get(outcome.state, {0})
        assert times in expected, (why, recipient, outcome, times)
        assert all(message.data == MESSAGE for message in server.taken if recipient in message.recipients)
    assert not server.sent_ahead, why


REPLIES = (
    "421 4.3.2 shutting down",
    "450 4.2.1 receiving too quickly",
    "451 4.3.0 try again later",
    "452 4.2.2 out of storage",
    "550 5.1.1 no such user",
    "552 5.3.4 too big",
    "550 5.7.515 Access denied",
    "503 5.5.1 sender already specified",
    "554-5.7.1 one line\n554 5.7.1 and another",
)
GARBAGE = (
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\x16\x03\x01\x00\xff\r\n",
    b"250 " + b"x" * 5000 + b"\r\n",
    b"250-more\r\n" * 101 + b"250 end\r\n",
    b"250-one code\r\n550 and another\r\n",
    b"250 ok\r\n250 and one too many\r\n",
    b"550 no\r\n250 and yes\r\n",
    b"354 go on\r\n",
    b"199 what\r\n",
)
PHASES = ("MAIL", "RCPT", "DATA", "RSET", "wait", "body", "dot")
FAULTS = (
    *(
        Fault(phase, reply)
        for phase in PHASES
        for reply in (*REPLIES, *GARBAGE, CUT)
        if phase not in ("wait", "body")
    ),
    # Not those that say 250, which would be a lie.
    *(
        Fault(phase, reply)
        for phase in ("wait", "body")
        for reply in (*REPLIES, *GARBAGE[:2], *GARBAGE[6:], CUT)
    ),
    *(Fault("dot", reply, takes=True) for reply in (*GARBAGE[:6], CUT)),
    *(Fault("dot", b"221 2.0.0 bye\r\n", takes=takes) for takes in (False, True)),
    # An empty message to nobody, which the server may answer as it likes.
    Fault("DATA", "354 go ahead, whoever it is for", always=True),
)


@pytest.mark.parametrize(
    "extensions",
    [
        pytest.param(EXTENSIONS, id="pipelined"),
        pytest.param(ONE_BY_ONE, id="one by one", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("phase", PHASES)
def test_what_the_client_says_and_what_the_server_took_agree(phase: str, extensions: tuple[str, ...]) -> None:
    recipients = ["ada@example.org", "no@example.org", "bela@example.org", "carl@example.org"]
    # A refusal before, so that RSET is in the way too.
    refusal = Fault("RCPT", "550 5.1.1 no such user", after=1)
    for fault in FAULTS:
        if fault.phase == phase and fault.phase != "RCPT":
            with ScriptedServer([refusal, fault], extensions=extensions) as server:
                assert_true(recipients, asyncio.run(send_all(plain(server), recipients)), server, fault)
        elif fault.phase == phase:
            with ScriptedServer([fault], extensions=extensions) as server:
                assert_true(recipients, asyncio.run(send_all(plain(server), recipients)), server, fault)


@given(st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(0, 3)), max_size=5), st.booleans())
@tries(100)
def test_faults_one_after_the_other_make_no_outcome_untrue(
    faults: list[tuple[Fault, int]], is_pipelined: bool
) -> None:
    script = [Fault(each.phase, each.action, after, each.always, each.takes) for each, after in faults]
    recipients = [f"{name}@example.org" for name in ("ada", "bela", "carl", "dora", "emil")]
    with ScriptedServer(script, extensions=EXTENSIONS if is_pipelined else ONE_BY_ONE) as server:
        assert_true(recipients, asyncio.run(send_all(plain(server), recipients)), server, script)


@pytest.mark.parametrize(
    ("phase", "action", "state", "code", "refusal"),
    [
        ("MAIL", "451 4.3.0 later", State.DEFERRED, 451, RefusalClass.OTHER),
        ("MAIL", "550 5.7.1 banned", State.REFUSED, 550, RefusalClass.POLICY),
        ("RCPT", "450 4.2.1 too quickly", State.DEFERRED, 450, RefusalClass.MAILBOX),
        ("RCPT", "550 5.1.1 no such user", State.REFUSED, 550, RefusalClass.MAILBOX),
        ("DATA", "554 5.7.1 no", State.REFUSED, 554, RefusalClass.POLICY),
        ("dot", "452 4.3.1 out of space", State.DEFERRED, 452, RefusalClass.OTHER),
        ("dot", "552 5.3.4 too big", State.REFUSED, 552, RefusalClass.CONTENT),
        ("RCPT", "421 4.7.0 closing", State.DEFERRED, 421, RefusalClass.POLICY),
        ("dot", "421 4.3.0 closing", State.DEFERRED, 421, RefusalClass.OTHER),
        ("MAIL", CUT, State.DEFERRED, None, RefusalClass.OTHER),
        ("DATA", b"junk\r\n", State.DEFERRED, None, RefusalClass.OTHER),
        ("MAIL", b"354 go on\r\n", State.DEFERRED, None, RefusalClass.OTHER),
        ("DATA", b"250 ok\r\n", State.DEFERRED, None, RefusalClass.OTHER),
        ("dot", CUT, State.UNKNOWN, None, None),
        ("dot", b"junk\r\n", State.UNKNOWN, None, None),
        ("dot", b"354 go on\r\n", State.UNKNOWN, 354, None),
        *(("dot", f"{code} 2.0.0 bye", State.UNKNOWN, code, None) for code in (200, 211, 221, 251, 252, 299)),
    ],
)
@pytest.mark.parametrize("extensions", [EXTENSIONS, ONE_BY_ONE], ids=["pipelined", "one by one"])
def test_an_answer_becomes_an_outcome(
    phase: str,
    action: str | bytes,
    state: State,
    code: int | None,
    refusal: RefusalClass | None,
    extensions: tuple[str, ...],
) -> None:
    with ScriptedServer([Fault(phase, action)], extensions=extensions) as server:
        outcome = send_one(server)
    assert (outcome.state, outcome.code, outcome.refusal) == (state, code, refusal)


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA", "dot"])
def test_no_answer_in_time_is_deferred_before_the_dot_and_unknown_after_it(phase: str) -> None:
    with ScriptedServer([Fault(phase, SILENT)]) as server:
        outcome = send_one(server, timeouts=AT_ONCE)
    assert outcome.state is (State.UNKNOWN if phase == "dot" else State.DEFERRED)
    assert outcome.reply == "the server did not answer within 0.05 seconds"


def test_a_message_that_is_cut_in_its_middle_was_not_taken_and_is_unknown() -> None:
    with ScriptedServer([Fault("body", CUT)]) as server:
        assert send_one(server, LONG).state is State.UNKNOWN
        assert not server.taken


def test_an_answer_that_comes_late_is_never_that_of_the_next_message() -> None:
    recipients = ["ada@example.org", "bela@example.org"]
    faults = [Fault("RCPT", "550 5.1.1 no such user", after=1), Fault("dot", SILENT, takes=True)]
    with ScriptedServer(faults) as server:
        first, second = asyncio.run(send_all(plain(server), recipients, timeouts=AT_ONCE))
    assert (first.state, second.state) == (State.UNKNOWN, State.REFUSED)
    assert server.commands.count("QUIT") == 1  # two connections, the first of which ended without words


def test_a_connection_is_kept_open_and_a_refusal_is_followed_by_rset() -> None:
    recipients = ["ada@example.org", "no@example.org", "bela@example.org", "carl@example.org"]
    with ScriptedServer([Fault("RCPT", "550 5.1.1 no such user", after=1)]) as server:
        outcomes = asyncio.run(send_all(plain(server), recipients))
        verbs = [line.partition(" ")[0] for line in server.commands]
    assert [each.state for each in outcomes] == [
        State.ACCEPTED,
        State.REFUSED,
        State.ACCEPTED,
        State.ACCEPTED,
    ]
    assert outcomes[0].reply == "2.0.0 ok: queued as 4F2A"
    group = ["MAIL", "RCPT", "DATA"]
    assert verbs == ["EHLO", *group, *group, "RSET", *group, *group, "QUIT"]


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA", "dot"])
def test_after_421_a_connection_is_not_used_again(phase: str) -> None:
    with ScriptedServer([Fault(phase, "421 4.3.2 shutting down")]) as server:
        first, second = asyncio.run(send_all(plain(server), ["ada@example.org", "bela@example.org"]))
        assert len([line for line in server.commands if line.startswith("EHLO")]) == 2
    assert (first.state, first.code, second.state) == (State.DEFERRED, 421, State.ACCEPTED)


@pytest.mark.parametrize("extensions", [EXTENSIONS, ONE_BY_ONE], ids=["pipelined", "one by one"])
def test_a_server_that_refuses_rset_says_nothing_of_the_next_recipient(extensions: tuple[str, ...]) -> None:
    faults = [Fault("RCPT", "550 5.1.1 no such user"), Fault("RSET", "550 5.7.1 no")]
    with ScriptedServer(faults, extensions=extensions) as server:
        outcomes = asyncio.run(
            send_all(plain(server), ["no@example.org", "ada@example.org", "bela@example.org"])
        )
    assert [each.state for each in outcomes] == [State.REFUSED, State.DEFERRED, State.ACCEPTED]


def test_a_reply_too_many_ends_the_connection_before_it_counts_for_another_message() -> None:
    async def send_twice() -> tuple[Outcome, Outcome]:
        connection = await SmtpConnection.open(plain(server), QUICK)
        first = await hand_over(connection, "ada@example.org")
        return first, await hand_over(connection, "bela@example.org")

    with ScriptedServer([Fault("dot", b"250 ok\r\n250 and one too many\r\n")]) as server:
        first, second = asyncio.run(send_twice())
        assert len([line for line in server.commands if line.startswith("MAIL")]) == 1
    assert (first.state, second.state) == (State.ACCEPTED, State.DEFERRED)


def test_a_server_that_holds_an_earlier_sender_is_reset() -> None:
    with ScriptedServer(
        [Fault("MAIL", "503 5.5.1 sender already specified")], extensions=ONE_BY_ONE
    ) as server:
        assert send_one(server).state is State.ACCEPTED
        assert "RSET" in server.commands


def test_a_sender_that_stays_specified_is_no_bounce() -> None:
    with ScriptedServer([Fault("MAIL", "503 5.5.1 sender already specified", always=True)]) as server:
        assert send_one(server).state is State.DEFERRED


def test_data_that_is_taken_without_a_recipient_is_ended_by_one_dot() -> None:
    recipients = ["no@example.org", "ada@example.org"]
    faults = [Fault("RCPT", "550 5.1.1 no such user"), Fault("DATA", "354 go ahead, always")]
    with ScriptedServer(faults) as server:
        outcomes = asyncio.run(send_all(plain(server), recipients))
    assert [each.state for each in outcomes] == [State.REFUSED, State.ACCEPTED]
    assert [message for message in server.taken if message.recipients] == [
        TakenMessage(SENDER, ("ada@example.org",), f" SIZE={len(MESSAGE)}", MESSAGE)
    ]


def test_a_recipient_that_the_server_holds_without_a_sender_gets_no_empty_message() -> None:
    faults = [Fault("MAIL", "451 4.3.0 later"), Fault("RCPT", "250 ok"), Fault("DATA", "354 go ahead")]
    with ScriptedServer(faults) as server:
        assert send_one(server).state is State.DEFERRED
        assert not server.taken


def test_the_gate_opens_before_the_final_dot_and_what_it_raises_keeps_the_message_back() -> None:
    taken_at_gate: list[int] = []

    async def shut_gate(messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
        taken_at_gate.append(len(server.taken))
        raise OSError("the disk is full")

    async def send_twice() -> bool:
        connection = await SmtpConnection.open(plain(server))
        with pytest.raises(OSError, match="the disk is full"):
            await hand_over(connection, "ada@example.org", gate=shut_gate)
        return connection.is_usable

    with ScriptedServer() as server:
        assert not asyncio.run(send_twice())
    assert taken_at_gate == [0] and not server.taken


def test_a_message_that_the_gate_holds_back_does_not_leave() -> None:
    async def hold_back(messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
        return ()

    async def send() -> tuple[Outcome, bool]:
        connection = await SmtpConnection.open(plain(server))
        return await hand_over(connection, "ada@example.org", gate=hold_back), connection.is_usable

    with ScriptedServer() as server:
        outcome, is_usable = asyncio.run(send())
    assert outcome.state is State.SUPPRESSED and not is_usable and not server.taken


@pytest.mark.parametrize("action", [CUT, "421 4.3.2 shutting down"])
def test_a_server_that_leaves_while_the_gate_opens_surely_has_nothing(action: str) -> None:
    async def send() -> Outcome:
        async def wait_for_the_server(messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
            while connection.is_usable:
                await asyncio.sleep(0)
            return messages

        connection = await SmtpConnection.open(plain(server))
        return await hand_over(connection, "ada@example.org", gate=wait_for_the_server)

    with ScriptedServer([Fault("wait", action)]) as server:
        assert asyncio.run(send()).state is State.DEFERRED


def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    data = b".Subject: x\r\n\r\n.\r\n..\r\n. a\r\nlast"
    with ScriptedServer() as server:
        assert send_one(server, data).state is State.ACCEPTED
    assert server.taken[0].data == data + b"\r\n"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_no_line_end_smuggles_a_second_message_in(end: bytes) -> None:
    with ScriptedServer() as server:
        send_one(server, b"Subject: x\r\n\r\nHi" + end + b"." + end + b"MAIL FROM:<a@b.example>\r\n")
        assert len([line for line in server.commands if line.startswith("MAIL")]) == 1
    [message] = server.taken
    # Behind CRLF the server takes the second dot away again; behind a lone LF it stays, and does no harm.
    assert message.data.endswith(
        b"Hi" + end + (b"." if end == b"\r\n" else b"..") + end + b"MAIL FROM:<a@b.example>\r\n"
    )


def test_addresses_and_texts_beyond_ascii_go_where_the_server_knows_them() -> None:
    async def send(recipient: str, data: bytes) -> Outcome:
        return (await send_all(plain(server), [recipient], data))[0]

    text = "Subject: x\r\n\r\nשלום\r\n".encode()
    with ScriptedServer() as server:
        assert asyncio.run(send("jürgen@example.org", text)).state is State.ACCEPTED
        assert server.taken[0].recipients == ("jürgen@example.org",)
        assert server.taken[0].parameters == f" SIZE={len(text)} BODY=8BITMIME SMTPUTF8"
    with ScriptedServer(extensions=["8BITMIME"]) as server:
        assert asyncio.run(send("jürgen@example.org", text)).refusal is RefusalClass.OTHER
        assert asyncio.run(send("ada@example.org", text)).state is State.ACCEPTED
        assert server.taken[0].parameters == " BODY=8BITMIME"
    with ScriptedServer(extensions=[]) as server:
        assert asyncio.run(send("ada@example.org", text)).refusal is RefusalClass.CONTENT
        assert not server.taken


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<c@d.example", "a\n@b.example", "a>@b.example"])
def test_an_address_never_becomes_a_command(address: str) -> None:
    with ScriptedServer() as server:
        [outcome] = asyncio.run(send_all(plain(server), [address]))
        assert outcome.state is State.REFUSED
        assert not [line for line in server.commands if line.startswith(("MAIL", "RCPT"))]


def test_a_reply_is_shown_on_one_line_without_what_turns_a_terminal() -> None:
    reply = "550-5.1.1 \x1b[31mno\tsuch\n550 5.1.1 user \u202e" + "x" * 600
    with ScriptedServer([Fault("RCPT", reply)]) as server:
        outcome = send_one(server)
    assert outcome.reply.startswith("5.1.1 [31mno such user x")
    assert outcome.reply.endswith("x…") and len(outcome.reply) == 500


@pytest.mark.parametrize(
    ("faults", "is_permanent", "words"),
    [
        ([Fault("connect", "421 4.3.2 too many connections")], False, "takes no mail (421): 4.3.2 too many"),
        ([Fault("connect", "554 5.7.1 blocked")], True, "takes no mail (554): 5.7.1 blocked"),
        ([Fault("connect", CUT)], False, "the server closed the connection"),
        ([Fault("connect", b"HTTP/1.1 400 Bad Request\r\n")], False, "the server's answer is not SMTP"),
        ([Fault("connect", b"220 hello\r\n220 again\r\n")], False, "sent, without being asked: 220 again"),
        ([Fault("EHLO", "550 5.7.1 no")], True, "refuses the greeting (550): 5.7.1 no"),
        ([Fault("EHLO", CUT)], False, "the server closed the connection"),
        ([Fault("AUTH", "454 4.7.0 later")], False, "refuses the login (454): 4.7.0 later"),
    ],
)
def test_a_failure_of_the_server_is_no_outcome_of_a_recipient(
    faults: list[Fault], is_permanent: bool, words: str
) -> None:
    with (
        ScriptedServer(faults, users={"ada": "secret"}) as server,
        pytest.raises(ServerError) as failure,
    ):
        asyncio.run(SmtpConnection.open(plain(server, "ada", "secret"), QUICK))
    assert f"127.0.0.1:{server.port}" in str(failure.value) and words in str(failure.value)
    assert failure.value.is_permanent is is_permanent


@pytest.mark.parametrize(
    ("security", "words"),
    [
        (Security.PLAIN, "the server did not answer within 0.05 seconds. Port 465 mostly goes with smtps://"),
        (Security.TLS, "does not answer."),
    ],
)
def test_a_server_that_says_nothing_can_be_tried_again(security: Security, words: str) -> None:
    with ScriptedServer([Fault("connect", SILENT)]) as server, pytest.raises(ServerError) as failure:
        asyncio.run(SmtpConnection.open(SmtpServer("127.0.0.1", server.port, security), AT_ONCE))
    assert not failure.value.is_permanent and words in str(failure.value)


def test_a_server_that_wants_a_login_first_is_no_bounce() -> None:
    with ScriptedServer(users={"ada": "secret"}) as server, pytest.raises(ServerError) as failure:
        send_one(server)
    assert failure.value.is_permanent and "wants a login" in str(failure.value)


def test_nobody_at_the_port_can_be_tried_again_and_no_such_host_cannot() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    for server, is_permanent, words in (
        (SmtpServer("127.0.0.1", port, Security.PLAIN), False, f"127.0.0.1:{port} takes no connections."),
        (SmtpServer("a" * 70 + ".example", 465, Security.TLS), True, "there is no host aaa"),
    ):
        with pytest.raises(ServerError) as failure:
            asyncio.run(SmtpConnection.open(server, QUICK))
        assert failure.value.is_permanent is is_permanent and words in str(failure.value)


@pytest.mark.parametrize("mechanism", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH=LOGIN PLAIN"])
def test_a_login_goes_by_what_the_server_offers(mechanism: str) -> None:
    users = {"ada@example.org": "pässword"}
    with ScriptedServer(users=users, extensions=(*EXTENSIONS, mechanism)) as server:
        address = plain(server, "ada@example.org", "pässword")
        assert asyncio.run(send_all(address, ["bela@example.org"]))[0].state is State.ACCEPTED
        with pytest.raises(ServerError) as failure:
            asyncio.run(SmtpConnection.open(plain(server, "ada@example.org", "guessed"), QUICK))
    assert failure.value.is_permanent
    assert "refuses the login (535): 5.7.8 user or password is wrong" in str(failure.value)
    assert "PRESSROOM_SMTP_PASSWORD" in str(failure.value)


def test_a_server_that_offers_other_logins_alone_is_named() -> None:
    with (
        ScriptedServer(users={"ada": "x"}, extensions=["AUTH XOAUTH2"]) as server,
        pytest.raises(ServerError, match="offers no login by user and password"),
    ):
        asyncio.run(SmtpConnection.open(plain(server, "ada", "x"), QUICK))


BLOB, USER, WORD = (
    base64.b64encode(each).decode() for each in (b"\0adalovelace\0hunter2+x", b"adalovelace", b"hunter2+x")
)


@pytest.mark.parametrize("mechanism", ["AUTH PLAIN", "AUTH LOGIN"])
@pytest.mark.parametrize(
    "written",
    [
        "501 5.5.2 cannot decode: {0}",
        "501-cannot decode\n501 {0}",
        "501 cannot decode " + "x" * 470 + " {0}",
        "501 {1}\n501 {2}",
        "501 cannot decode: {1}…",
        "501 cannot decode: …{3}",
    ],
)
def test_what_was_sent_at_the_login_is_not_shown(mechanism: str, written: str) -> None:
    for secret in ("hunter2+x", BLOB, USER, WORD):
        for text in (secret, secret.upper()):
            reply = written.format(text, text[:8], text[8:], text[-8:])
            with (
                ScriptedServer([Fault("AUTH", reply)], users={"ada": "x"}, extensions=[mechanism]) as server,
                pytest.raises(ServerError) as failure,
            ):
                asyncio.run(SmtpConnection.open(plain(server, "adalovelace", "hunter2+x"), QUICK))
            assert "refuses the login (501) Compare" in str(failure.value)


def test_a_reply_that_nobody_asked_for_does_not_show_what_was_sent_at_the_login() -> None:
    async def send() -> Outcome:
        connection = await SmtpConnection.open(plain(server, "adalovelace", "hunter2+x"), QUICK)
        return await hand_over(connection, "ada@example.org")

    reply = f"235 welcome\r\n501 cannot decode: {BLOB}\r\n".encode()
    with ScriptedServer([Fault("AUTH", reply)], users={"adalovelace": "hunter2+x"}) as server:
        outcome = asyncio.run(send())
    assert outcome.state is State.DEFERRED and "501" in outcome.reply
    assert BLOB[:8] not in outcome.reply


class AddressLoop(asyncio.SelectorEventLoop):
    """A loop for which localhost has an IPv6 and an IPv4 address, some of which swallow all packets."""

    dead: frozenset[socket.AddressFamily]

    async def getaddrinfo(self, host: object, port: object, **options: object) -> list[object]:  # type: ignore[override]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ]

    async def sock_connect(self, sock: socket.socket, address: object) -> None:  # type: ignore[override]
        if sock.family in self.dead:
            await self.create_future()
        await super().sock_connect(sock, address)  # type: ignore[arg-type]


def connect_to_localhost(port: int, dead: set[socket.AddressFamily], timeouts: SmtpTimeouts) -> None:
    async def connect() -> None:
        server = SmtpServer("localhost", port, Security.PLAIN)
        await (await SmtpConnection.open(server, timeouts)).close()

    AddressLoop.dead = frozenset(dead)
    with asyncio.Runner(loop_factory=AddressLoop) as runner:
        runner.run(connect())


def test_a_dead_ipv6_route_does_not_keep_from_ipv4() -> None:
    with ScriptedServer() as server:
        connect_to_localhost(server.port, {socket.AF_INET6}, QUICK)
        assert "QUIT" in server.commands


def test_two_dead_routes_are_a_server_that_does_not_answer() -> None:
    with pytest.raises(ServerError, match="does not answer") as failure:
        connect_to_localhost(1, {socket.AF_INET, socket.AF_INET6}, AT_ONCE)
    assert not failure.value.is_permanent


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_an_encrypted_connection_checks_the_certificate(
    security: Security, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server_context(tmp_path)
    with ScriptedServer(
        context=context, starttls=security is Security.STARTTLS, users={"ada": "x"}
    ) as server:
        address = SmtpServer("127.0.0.1", server.port, security, "ada", "x")
        with pytest.raises(ServerError, match="of an authority that this machine does not know") as failure:
            asyncio.run(SmtpConnection.open(address, QUICK))
        assert failure.value.is_permanent
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert asyncio.run(send_all(address, ["bela@example.org"], LONG))[0].state is State.ACCEPTED
        assert server.taken[0].data == LONG
        greetings = ["EHLO [127.0.0.1]", "STARTTLS"] if security is Security.STARTTLS else []
        assert server.commands[-len(greetings) - 6 :][: len(greetings) + 2] == [
            *greetings,
            "EHLO [127.0.0.1]",
            "AUTH",
        ]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_of_another_name_is_refused(security: Security, tmp_path: Path) -> None:
    context = server_context(tmp_path, "mail.example")
    trusting = ssl.create_default_context(cafile=tmp_path / "authority.pem")
    with (
        ScriptedServer(context=context, starttls=security is Security.STARTTLS) as server,
        pytest.raises(ServerError) as failure,
    ):
        asyncio.run(SmtpConnection.open(SmtpServer("127.0.0.1", server.port, security), QUICK, trusting))
    assert failure.value.is_permanent
    assert f"the certificate of 127.0.0.1:{server.port} is of another name than 127.0.0.1." in str(
        failure.value
    )


def test_a_server_without_starttls_gets_no_password() -> None:
    with (
        ScriptedServer(users={"ada": "x"}) as server,
        pytest.raises(ServerError, match="offers no encryption") as failure,
    ):
        asyncio.run(
            SmtpConnection.open(SmtpServer("127.0.0.1", server.port, Security.STARTTLS, "ada", "x"), QUICK)
        )
    assert failure.value.is_permanent and "AUTH" not in server.commands


def test_replies_before_encryption_never_count_after_it(tmp_path: Path) -> None:
    injected = b"220 go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n"
    with (
        ScriptedServer(
            [Fault("STARTTLS", injected)], context=server_context(tmp_path), starttls=True
        ) as server,
        pytest.raises(ServerError, match="sent more before encryption began"),
    ):
        asyncio.run(SmtpConnection.open(SmtpServer("127.0.0.1", server.port, Security.STARTTLS), QUICK))


def test_a_port_without_tls_says_so() -> None:
    with ScriptedServer() as server, pytest.raises(ServerError, match="does not speak TLS there") as failure:
        asyncio.run(SmtpConnection.open(SmtpServer("127.0.0.1", server.port, Security.TLS), QUICK))
    assert failure.value.is_permanent and "smtp+starttls://" in str(failure.value)


def test_the_kit_runs_as_a_process_and_fails_by_chance(tmp_path: Path) -> None:
    record = tmp_path / "taken.jsonl"
    recipients = [f"reader{number}@example.org" for number in range(100)]
    with recording_server(record, rate=0.2, seed=3) as port:
        outcomes = asyncio.run(send_all(SmtpServer("127.0.0.1", port, Security.PLAIN), recipients))
    rows = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    taken = list(itertools.chain.from_iterable(row["recipients"] for row in rows))
    states = dict(zip(recipients, (each.state for each in outcomes), strict=True))
    assert len(taken) == len(set(taken))
    assert {each for each, state in states.items() if state is State.ACCEPTED} <= set(taken)
    assert set(taken) <= {each for each, state in states.items() if state in (State.ACCEPTED, State.UNKNOWN)}
    assert {State.ACCEPTED, State.UNKNOWN, State.DEFERRED, State.REFUSED} == set(states.values())
    assert {row["message_id"] for row in rows} == {"<1@synapse.example>"}


@pytest.mark.slow
def test_postfix_s_sink_takes_every_message_once(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    server = SmtpServer("127.0.0.1", port, Security.PLAIN)
    groups = [[f"reader{each}x{number}@example.org" for number in range(50)] for each in range(4)]

    async def send_groups() -> list[list[Outcome]]:
        while True:
            with contextlib.suppress(ServerError):
                await (await SmtpConnection.open(server)).close()
                break
            await asyncio.sleep(0)
        return await asyncio.gather(*(send_all(server, group, LONG) for group in groups))

    dump = tmp_path / "messages"
    user = ["-u", "root"] if os.geteuid() == 0 else []  # it wants to be asked
    with start_program("smtp-sink", *user, "-D", dump, f"127.0.0.1:{port}", "64"):
        outcomes = [each for group in asyncio.run(send_groups()) for each in group]
    assert {each.state for each in outcomes} == {State.ACCEPTED}
    dumped = dump.read_bytes()
    assert [dumped.count(f"X-Rcpt-Args: <{each}>".encode()) for group in groups for each in group] == [
        1
    ] * 200
