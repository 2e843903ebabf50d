"""What forbids to send an issue: sends from elsewhere, other keys, changes, a test that is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import Send
from pipeline.deliver.open_ledger import LEDGER_PATH
from pipeline.deliver.outcome import State
from pipeline.deliver.sent_file import read_sent
from pipeline.deliver.tokens import TokenKeys
from pipeline.errors import PressroomError, raise_all
from pipeline.model import Issue
from pipeline.workspace import Workspace

_CLOCK_SET_BACK = timedelta(hours=1)
_OVERDUE = timedelta(hours=1)


def check_known(workspace: Workspace, issue: Issue, ledger: Ledger, sends: Sequence[Send]) -> None:
    """Raise for a send in `sent.json` that the ledger here does not know, or not all of."""
    known = {each.id for each in sends}
    for record in read_sent(workspace.files.root, issue):
        where = f"on {record.started[:10]} from the machine {record.machine}"
        hint = f"Send it from there, or bring its {LEDGER_PATH} here: docs/sending.md"
        if record.id not in known:
            message = f"the issue was sent {where}, and the ledger that says to whom is not here."
            raise PressroomError(message, *issue.place, hint)
        if ledger.counts(record.id).get(State.ACCEPTED, 0) < record.counts.get(State.ACCEPTED, 0):
            message = f"the issue was sent {where}, and the ledger here is an older copy: it knows of less."
            raise PressroomError(message, *issue.place, hint)


def check_ledger_is_here(workspace: Workspace, ledger: Ledger) -> None:
    """Raise if all that was ever sent is in another ledger: so is the list of those who must get no mail."""
    records = [each for issue in workspace.issues for each in read_sent(workspace.files.root, issue)]
    if not records or any(ledger.counts(each.id) for each in records):
        return
    last = max(records, key=lambda record: record.started)
    raise PressroomError(
        f"the last send, on {last.started[:10]}, was from the machine {last.machine}, whose ledger has the "
        "list of those who must get no mail, and is not here.",
        LEDGER_PATH,
        hint="Send from there, or bring that ledger here: docs/sending.md; or send without it: --force",
    )


def check_clock(ledger: Ledger, now: datetime) -> None:
    """Raise for a clock that was set back."""
    latest = ledger.latest()
    if latest and latest - now > _CLOCK_SET_BACK:
        raise PressroomError(
            f"the clock says {now:%Y-%m-%d %H:%M}, and the ledger was last written on "
            f"{latest.astimezone(now.tzinfo):%Y-%m-%d at %H:%M}.",
            LEDGER_PATH,
            hint="Set the clock of this machine right.",
        )


def check_not_running(ledger: Ledger, sends: Iterable[Send]) -> None:
    """Raise if another process is at one of these sends, or at any other: both would use up the limits."""
    if any(ledger.has_live_workers(each.id) for each in sends):
        hint = "To see how far it is: pressroom status"
        raise PressroomError("another process is sending this issue.", hint=hint)
    if ledger.has_live_workers():
        message = "another process is sending, and each would keep to `rate` and `warm_up` by itself."
        raise PressroomError(
            message, hint="Send this once it has ended. To see how far it is: pressroom status"
        )


def check_editions(issue: Issue, unfinished: Iterable[Send], editions: Collection[str]) -> None:
    """Raise for a send that goes on and has recipients of an edition that the issue has no more."""
    for each in unfinished:
        if missing := [audience for audience in each.emails if audience not in editions]:
            message = f'the issue has no edition for "{missing[0]}" any more, which its send began with.'
            raise PressroomError(message, *issue.place, "Restore it from version control.")


def check_again(issue: Issue, unfinished: Collection[Send], again: str) -> None:
    """Raise for a send to those who have the issue while another one is not finished."""
    if unfinished and again:
        hint = f"Finish it first: pressroom send {issue.number}"
        raise PressroomError("a send of the issue is not finished.", *issue.place, hint)


def check_key(keys: TokenKeys | None, ledger: Ledger) -> None:
    """Raise if links that were sent would no longer be answered with the keys of today."""
    former = ledger.last_key()
    if former and (keys is None or not any(keys.of(bytes.fromhex(former)))):
        raise PressroomError(
            "PRESSROOM_SECRET is another than in the last send, whose links to unsubscribe would fail.",
            hint="Set the former one as PRESSROOM_SECRET_OLD, or send with --force.",
        )


def check_unchanged(issue: Issue, ledger: Ledger, unfinished: Send, emails: Mapping[str, str]) -> None:
    """Raise if a send that goes on would send something else than it began with."""
    if dict(unfinished.emails) == emails:
        return
    message, restore = "the issue has changed since its send began", "Restore it from version control"
    if ledger.counts(unfinished.id).keys() <= {State.PENDING, State.SUPPRESSED}:
        message += "; nothing has left yet."
        restore = f"Begin again after: pressroom send {issue.number} --drop"
    else:
        message += ", and a part of the readers has it already."
    hint = f"{restore}; or go on with what it is now: --force"
    raise PressroomError(message, *issue.place, hint)


def check_tested(issue: Issue, ledger: Ledger, emails: Mapping[str, str]) -> None:
    """Raise for each edition that was not sent as a test, as it is now."""
    errors = []
    for audience, digest in emails.items():
        test = ledger.last_test(issue.folder, audience)
        option = f" --audience {audience}" if len(emails) > 1 else ""
        hint = f"pressroom test {issue.number} --send --to YOU{option}; or send without a test: --force"
        edition = f'the edition for "{audience}"' if len(emails) > 1 else "the issue"
        if test is None:
            errors.append(PressroomError(f"{edition} was not sent as a test.", *issue.place, hint))
        elif test[0] != digest:
            when = f"{test[1]:%Y-%m-%d at %H:%M}"
            message = f"{edition} has changed since its test of {when}."
            errors.append(PressroomError(message, *issue.place, hint))
    raise_all(errors)


def check_not_overdue(at: datetime | None, now: datetime) -> None:
    """Raise if the time of a send is long past, as when a machine was asleep."""
    # In UTC: within one time zone Python subtracts what the clocks show, also where they were set back.
    if at and now.astimezone(UTC) - at.astimezone(UTC) > _OVERDUE:
        raise PressroomError(
            f"{at:%Y-%m-%d %H:%M} has passed: it is {now:%Y-%m-%d %H:%M}.",
            "--at",
            hint="Leave out --at to send it now.",
        )
