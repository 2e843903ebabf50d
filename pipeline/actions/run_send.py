"""Run a send: each of its messages, until no row is open or something stops it; or delete it before."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from pipeline.actions.mail_settings import connect
from pipeline.actions.personal_messages import message_maker
from pipeline.actions.send import PreparedSend, note_sent
from pipeline.actions.send_obstacles import check_not_running
from pipeline.deliver.clock import Clock
from pipeline.deliver.connection import Connection
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import Send
from pipeline.deliver.outcome import RefusalClass
from pipeline.deliver.sender import Progress, SendEnd, Sender, SendJob
from pipeline.deliver.sent_file import remove_sent
from pipeline.deliver.smtp_server import Security, SmtpServer
from pipeline.errors import Mistakes, PressroomError
from pipeline.model import Issue
from pipeline.workspace import Workspace


def make_senders(
    prepared: PreparedSend,
    sends: Iterable[Send],
    date: datetime,
    clock: Clock,
    report: Callable[[Send], Callable[[Progress], None]],
) -> list[Sender]:
    """Make the senders of some sends, and let the refused messages that the request names wait again.

    Raises `PressroomError` if another process is sending one of them.
    """
    retry = prepared.request.retry
    for send in prepared.unfinished if retry else ():
        prepared.ledger.retry_refused(send.id, None if retry == "all" else RefusalClass(retry), date)
    return [make_sender(prepared, send, date, clock, report(send)) for send in sends]


def make_sender(
    prepared: PreparedSend, send: Send, date: datetime, clock: Clock, report: Callable[[Progress], None]
) -> Sender:
    """Make the sender of a send, whose messages have this `date`.

    Raises `PressroomError` if another process is sending it.
    """
    ledger, settings = prepared.ledger, prepared.settings
    check_not_running(ledger, [send])
    server = prepared.server
    if server is None:
        raise Mistakes(prepared.obstacles)
    is_encrypted = isinstance(server, SmtpServer) and server.security is not Security.PLAIN
    context = ssl.create_default_context() if is_encrypted else None

    async def open_connection() -> Connection:
        return await connect(server, context, clock.sleep)

    job = SendJob(
        send=send.id,
        connect=open_connection,
        message=message_maker(prepared, send, date),
        connections=settings.connections,
        batch=server.batch,
        rate=settings.rate,
        per_domain=settings.per_domain,
        warm_up=settings.warm_up,
    )
    return Sender(ledger, job, clock, report)


def run_senders(
    senders: Iterable[Sender], interruptible: Callable[[Sender], AbstractContextManager[None]]
) -> SendEnd | None:
    """Run senders one after the other, up to one that was stopped. Returns how the last one ended.

    `interruptible` is the block in which each runs, from which it can be stopped. Raises as `Sender.run`.
    """
    end = None
    for sender in senders:
        with interruptible(sender):
            end = asyncio.run(sender.run())
        if sender.was_stopped:
            break
    return end


def note_sends(workspace: Workspace, issue: Issue, ledger: Ledger, sends: Sequence[Send]) -> list[Send]:
    """Write what became of some sends into `sent.json`. Returns them as the ledger has them now."""
    ids = {each.id for each in sends}
    current = [each for each in ledger.sends(sends[0].issue) if each.id in ids]
    for send in current:
        note_sent(workspace, issue, ledger, send)
    return current


def drop_send(workspace: Workspace, issue: Issue, ledger: Ledger, send: Send) -> None:
    """Delete a send of which nothing has left. Raises `PressroomError` for any other."""
    if not ledger.drop_send(send.id):
        hint = f"See what became of it: pressroom send {issue.number} --status"
        raise PressroomError("messages of the send may have left, so it stays.", *issue.place, hint)
    remove_sent(workspace.files.root, issue, send.id)


def drop_unfinished(workspace: Workspace, issue: Issue, ledger: Ledger, sends: Iterable[Send]) -> None:
    """Delete the unfinished ones of these sends. Raises `PressroomError` if all are finished."""
    unfinished = [each for each in sends if not each.finished]
    if not unfinished:
        raise PressroomError("the issue has no unfinished send.", *issue.place)
    for send in unfinished:
        drop_send(workspace, issue, ledger, send)
