"""The sender: whatever a server answers, nothing is sent twice or lost, and it goes as fast as it may."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries
from sender_kit import START, FakeServer, close_ledgers, outgoing, readers, start
from smtp_kit import CUT, SILENT, Fault, ScriptedServer

from pipeline.deliver.connection import Connection, OutgoingMessage
from pipeline.deliver.group_commit import GroupCommit
from pipeline.deliver.ledger_records import ClaimedRow
from pipeline.deliver.outcome import RefusalClass, State
from pipeline.deliver.pace import daily_limit, days_of_sending
from pipeline.deliver.sender import EndKind, SendEnd, Sender
from pipeline.deliver.server_error import ServerError
from pipeline.deliver.smtp_connection import SmtpConnection, SmtpTimeouts
from pipeline.deliver.smtp_server import Security, SmtpServer
from pipeline.errors import PressroomError

FAULTS = (
    *("accept", "accept", "accept", "refuse at once", "defer at once", "lose before", "close before"),
    *("refuse after", "defer after", "close after", "lose after", "take and lose"),
)


@pytest.fixture(autouse=True)
def ledgers_are_closed() -> Iterator[None]:
    yield
    close_ledgers()


@given(faults=st.lists(st.sampled_from(FAULTS), max_size=60))
def test_whatever_a_server_does_nobody_gets_two_and_nobody_is_lost(
    tmp_path_factory: pytest.TempPathFactory, faults: list[str]
) -> None:
    server = FakeServer(iter(faults))
    send = start(tmp_path_factory.mktemp("send"), server, 25)
    while (end := send.run()).kind is EndKind.WAVE:
        pass
    assert end.kind is EndKind.FINISHED
    assert max(server.taken.values(), default=0) == 1
    states = {each.address: each.state for each in send.ledger.rows(send.id, State)}
    assert set(states.values()) <= {State.ACCEPTED, State.REFUSED, State.UNKNOWN}
    for address, state in states.items():
        if state is not State.UNKNOWN:
            assert server.taken[address] == (state is State.ACCEPTED)
    losses = sum(fault in {"lose after", "take and lose"} for fault in faults)
    assert sum(state is State.UNKNOWN for state in states.values()) <= losses
    send.ledger.close()


ACTIONS = (
    *("421 4.3.2 closing", "450 4.2.1 too quickly", "451 4.3.0 later", "452 4.3.1 out of space"),
    *("550 5.1.1 no such user", "552 5.3.4 too large", "550 5.7.515 not authenticated", "503 5.5.1 order"),
    *("250 2.0.0 ok", "354 go on", b"\x00garbage\r\n", CUT),
)
REAL_FAULTS = st.one_of(
    st.builds(
        Fault,
        st.sampled_from(["connect", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "body", "dot"]),
        st.sampled_from(ACTIONS),
        st.integers(0, 12),
    ),
    st.builds(  # its answer comes too late
        Fault,
        st.sampled_from(["connect", "EHLO", "MAIL", "RCPT", "DATA", "RSET"]),
        st.just(SILENT),
        st.integers(0, 12),
    ),
    st.builds(  # it takes the message, and the answer is lost
        Fault,
        st.just("dot"),
        st.sampled_from([CUT, b"\x00garbage\r\n"]),
        st.integers(0, 12),
        takes=st.just(True),
    ),
)


@tries(40)
@given(faults=st.lists(REAL_FAULTS, max_size=12))
def test_whatever_a_server_answers_on_the_wire_nobody_gets_two_and_nobody_is_lost(
    tmp_path_factory: pytest.TempPathFactory, faults: list[Fault]
) -> None:
    with ScriptedServer(faults) as peer:
        address = SmtpServer("127.0.0.1", peer.port, Security.PLAIN)
        timeouts = SmtpTimeouts(greeting=0.05, command=0.05, data=0.05, quit=0.05)
        send = start(
            tmp_path_factory.mktemp("send"),
            FakeServer(),
            15,
            connect=lambda: SmtpConnection.open(address, timeouts),
            message=lambda row: outgoing(row, b"Subject: Hello\r\n\r\n.\r\n"),
        )
        end = None
        while end is not EndKind.FINISHED:
            with suppress(ServerError):
                end = send.run().kind
        assert max(peer.recipients.count(each) for each in {*peer.recipients, ""}) <= 1
        rows = list(send.ledger.rows(send.id, State))
        assert len(rows) == 15
        for row in rows:
            assert row.state in {State.ACCEPTED, State.REFUSED, State.UNKNOWN}
            is_taken = row.address in peer.recipients
            assert row.state is State.UNKNOWN or is_taken == (row.state is State.ACCEPTED)
        losses = sum(each.phase in {"body", "dot"} for each in faults)
        assert sum(row.state is State.UNKNOWN for row in rows) <= losses
        send.ledger.close()


def test_deferred_messages_are_tried_again_after_growing_pauses(tmp_path: Path) -> None:
    server = FakeServer(iter(["defer at once"] * 3))
    send = start(tmp_path, server, 1)
    assert send.run().kind is EndKind.FINISHED
    pauses = [round((b - a) / 60) for (_, a), (_, b) in zip(server.times, server.times[1:], strict=False)]
    assert pauses == [5, 15, 30]
    assert any(each.waits_until for each in send.reports)


def test_a_message_that_is_deferred_for_two_days_is_refused_with_the_last_answer(tmp_path: Path) -> None:
    server = FakeServer(iter(["defer at once"] * 99))
    send = start(tmp_path, server, 1)
    assert send.run().kind is EndKind.FINISHED
    (row,) = send.ledger.rows(send.id, [State.REFUSED])
    assert row.reply == "Given up after 10 attempts: 4.2.0 later" and row.refusal is RefusalClass.POLICY


def test_a_closed_connection_is_opened_again_at_once(tmp_path: Path) -> None:
    server = FakeServer(iter(["close before", "lose before"]))
    send = start(tmp_path, server, 2, connections=1)
    assert send.run().kind is EndKind.FINISHED
    assert server.clock.passed == 0 and send.counts == {State.ACCEPTED: 2}


def test_a_message_whose_text_left_is_not_tried_again_at_once(tmp_path: Path) -> None:
    server = FakeServer(iter(["close after"]))
    send = start(tmp_path, server, 1)
    assert send.run().kind is EndKind.FINISHED
    assert server.clock.passed == pytest.approx(300) and server.taken.total() == 1


def test_a_wave_of_refusals_pauses_the_send_and_says_which(tmp_path: Path) -> None:
    server = FakeServer(iter(["refuse at once"] * 500))
    send = start(tmp_path, server, 500)
    end = send.run()
    assert end.kind is EndKind.WAVE
    assert end.reason == "20 of the last 20 messages were not taken (mailbox): 5.1.1 no such user"
    assert send.counts[State.PENDING] >= 470 and State.CLAIMED not in send.counts


def test_a_server_that_cannot_be_reached_is_tried_for_minutes_and_then_named(tmp_path: Path) -> None:
    server = FakeServer()
    server.refuses_connections = [
        ServerError("mail.example:25 cannot be reached.", is_permanent=False) for _ in range(99)
    ]
    send = start(tmp_path, server, 2, connections=1)
    end = send.run()
    assert end == SendEnd(EndKind.SERVER, "mail.example:25 cannot be reached.")
    assert 240 < server.clock.passed < 400 and send.counts == {State.PENDING: 2}


def test_a_server_that_takes_fewer_connections_gets_all_over_those(tmp_path: Path) -> None:
    server = FakeServer(most_connections=1)
    send = start(tmp_path, server, 300, connections=4)
    assert send.run().kind is EndKind.FINISHED
    assert send.counts == {State.ACCEPTED: 300} and set(server.taken.values()) == {1}


def test_a_send_that_is_stopped_before_it_begins_sends_nothing(tmp_path: Path) -> None:
    server = FakeServer()
    send = start(tmp_path, server, 3)
    sender = Sender(send.ledger, send.job, server.clock, send.reports.append)
    sender.stop_soon(SendEnd(EndKind.STOPPED))
    assert asyncio.run(sender.run()).kind is EndKind.STOPPED and sender.was_stopped
    assert send.counts == {State.PENDING: 3} and not server.taken


def test_messages_that_are_put_off_again_and_again_are_no_wave(tmp_path: Path) -> None:
    server = FakeServer(iter([*["defer at once"] * 15, *["accept"] * 85, *["defer at once"] * 45]))
    send = start(tmp_path, server, 100)
    assert send.run().kind is EndKind.FINISHED


def test_a_message_that_cannot_be_made_is_refused_and_stops_nobody(tmp_path: Path) -> None:
    def message(row: ClaimedRow) -> OutgoingMessage:
        if row.recipient.address.startswith("reader2@"):
            raise PressroomError("the subject has a line break in it.")
        return outgoing(row, b"words")

    server = FakeServer()
    send = start(tmp_path, server, 5, message=message)
    assert send.run().kind is EndKind.FINISHED
    assert send.counts == {State.ACCEPTED: 4, State.REFUSED: 1}


def test_a_wait_for_the_gate_that_was_cancelled_opens_nothing(tmp_path: Path) -> None:
    send = start(tmp_path, FakeServer(), 1)
    worker = send.ledger.start_worker()
    (row,) = send.ledger.claim(send.id, worker, 1, START)

    async def cancel() -> None:
        commits = GroupCommit(send.ledger, worker, lambda: START)
        waiting = asyncio.ensure_future(commits.open_gate([(row.row, b"")]))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        commits.flush()

    asyncio.run(cancel())
    assert send.counts == {State.CLAIMED: 1}


def test_a_wrong_password_ends_the_send_at_once(tmp_path: Path) -> None:
    server = FakeServer()
    error = ServerError("the password is refused.", is_permanent=True)
    server.refuses_connections = [error] * 3
    send = start(tmp_path, server, 2)
    with pytest.raises(PressroomError, match="password"):
        send.run()
    send.ledger.recover(send.id, START)
    assert server.clock.passed == 0 and sum(send.counts.values()) == 2


def test_messages_keep_to_the_rate(tmp_path: Path) -> None:
    server = FakeServer()
    send = start(tmp_path, server, 11, rate=2.0)
    assert send.run().kind is EndKind.FINISHED
    assert server.clock.passed == pytest.approx(5.0)


def test_each_receiving_domain_keeps_to_its_rate_and_stops_no_other(tmp_path: Path) -> None:
    server = FakeServer()
    send = start(tmp_path, server, 30, per_domain={"host0.example": 1.0, "*": 10.0})
    assert send.run().kind is EndKind.FINISHED
    last = {host: max(at for to, at in server.times if host in to) for host in ("host0", "host1", "host2")}
    assert last == pytest.approx({"host0": 9.0, "host1": 0.9, "host2": 0.9}, abs=0.2)


def test_the_first_days_of_a_sender_have_a_limit_that_doubles(tmp_path: Path) -> None:
    server = FakeServer()

    async def connect() -> Connection:
        for _ in range(10):  # a real one takes its time
            await asyncio.sleep(0)
        return await server.connect()

    # More connections than messages: one that finds no message left stops none that is still connecting.
    send = start(tmp_path, server, 20, warm_up=4, connections=7, connect=connect)
    taken = []
    while (end := send.run()).kind is EndKind.LIMIT and len(taken) < 3:
        taken.append(server.taken.total())
        server.clock.passed += 86_400 * 3
    assert end.kind is EndKind.FINISHED
    assert taken == [4, 12] and server.taken.total() == 20


def test_batches_keep_to_the_rates_and_the_limit_of_the_day(tmp_path: Path) -> None:
    server = FakeServer(batch=8)
    send = start(tmp_path, server, 30, rate=2.0, per_domain={"host0.example": 1.0}, warm_up=20)
    assert send.run().kind is EndKind.LIMIT and server.taken.total() == 20
    server.clock.passed += 86_400
    assert send.run().kind is EndKind.FINISHED and set(server.taken.values()) == {1}
    for host, rate in (("", 2.0), ("host0", 1.0)):
        times = sorted(at for to, at in server.times if host in to)
        assert all(len([at for at in times if 0 <= at - first < 1]) <= rate + 1 for first in times)


def test_rows_whose_turn_has_come_go_in_full_batches(tmp_path: Path) -> None:
    server = FakeServer(batch=100)
    send = start(tmp_path, server, 250, connections=2)
    assert send.run().kind is EndKind.FINISHED
    assert sorted(server.batches) == [50, 100, 100] and set(server.taken.values()) == {1}


def test_who_is_suppressed_while_a_batch_waits_is_taken_out_of_it(tmp_path: Path) -> None:
    server = FakeServer(batch=20)
    send = start(tmp_path, server, 60, connections=1)
    late = readers(60)[45]

    def suppress(count: int) -> None:
        send.ledger.suppress([send.ledger.person(late.key)], "unsubscribed", START)

    server.on_message = suppress
    assert send.run().kind is EndKind.FINISHED
    assert send.counts == {State.ACCEPTED: 59, State.SUPPRESSED: 1}
    assert late.address not in server.taken and set(server.taken.values()) == {1}


def test_days_without_mail_do_not_raise_the_limit() -> None:
    day = START.date()
    assert daily_limit(50, {}, day) == 50
    assert daily_limit(50, {day - timedelta(days=30): 50, day: 30}, day) == 70


def test_the_days_of_a_send_are_those_that_its_limit_makes(tmp_path: Path) -> None:
    day = START.date()
    assert [days_of_sending(50, {}, day, count) for count in (0, 50, 51, 150, 151)] == [0, 1, 2, 2, 3]
    assert days_of_sending(50, {day: 50}, day, 1) == 2  # nothing more goes today
    server = FakeServer()
    send = start(tmp_path, server, 40, warm_up=4)
    days = 1
    while send.run().kind is EndKind.LIMIT:
        server.clock.passed += 86_400
        days += 1
    assert days == days_of_sending(4, {}, day, 40)


def test_a_stopped_send_ends_what_is_under_way_and_frees_the_rest(tmp_path: Path) -> None:
    server = FakeServer()
    send = start(tmp_path, server, 200)

    def stop_after(count: int) -> None:
        if count == 10:
            assert send.sender
            send.sender.stop(SendEnd(EndKind.STOPPED))

    server.on_message = stop_after
    assert send.run().kind is EndKind.STOPPED
    assert set(send.counts) == {State.ACCEPTED, State.PENDING}
    assert 10 <= send.counts[State.ACCEPTED] <= 13
    assert send.run().kind is EndKind.FINISHED
    assert send.counts == {State.ACCEPTED: 200} and set(server.taken.values()) == {1}


def test_a_send_that_is_ended_at_once_says_which_messages_are_unknown(tmp_path: Path) -> None:
    server = FakeServer()
    send = start(tmp_path, server, 50)

    def interrupt(count: int) -> None:
        if count == 10:
            raise KeyboardInterrupt

    server.on_message = interrupt
    with pytest.raises(KeyboardInterrupt):
        send.run()
    assert set(send.counts) == {State.ACCEPTED, State.UNKNOWN, State.PENDING}
    assert 1 <= send.counts[State.UNKNOWN] <= send.job.connections
    server.on_message = lambda count: None
    assert send.run().kind is EndKind.FINISHED and set(server.taken.values()) == {1}


def test_only_an_editor_who_stops_a_send_is_told_of_a_second_ctrl_c(tmp_path: Path) -> None:
    server = FakeServer(iter(["refuse at once"] * 50))
    send = start(tmp_path, server, 50)
    assert send.run().kind is EndKind.WAVE
    assert not any(each.is_stopping for each in send.reports)
    server.on_message = lambda count: send.sender.stop(SendEnd(EndKind.STOPPED)) if send.sender else None
    server.faults = iter(())
    assert send.run().kind is EndKind.STOPPED
    assert any(each.is_stopping for each in send.reports)


def test_who_is_suppressed_while_the_send_runs_gets_nothing_more(tmp_path: Path) -> None:
    server = FakeServer()
    send = start(tmp_path, server, 100, connections=1)
    late = readers(100)[60]

    def suppress(count: int) -> None:
        if count == 5:
            send.ledger.suppress([send.ledger.person(late.key)], "unsubscribed", START)

    server.on_message = suppress
    assert send.run().kind is EndKind.FINISHED
    assert send.counts == {State.ACCEPTED: 99, State.SUPPRESSED: 1}
    assert late.address not in server.taken


def test_a_ledger_that_cannot_be_written_stops_before_the_message_leaves(tmp_path: Path) -> None:
    server = FakeServer()
    send = start(tmp_path, server, 30)

    def break_it(count: int) -> None:
        if count == 5:
            send.ledger._file.execute("PRAGMA query_only=ON")

    server.on_message = break_it
    with pytest.raises(PressroomError, match="read-only"):
        send.run()
    send.ledger._file.execute("PRAGMA query_only=OFF")
    assert server.taken.total() <= 5 + 3
    accepted = {each.address for each in send.ledger.rows(send.id, [State.ACCEPTED, State.SENDING])}
    assert set(server.taken) <= accepted
