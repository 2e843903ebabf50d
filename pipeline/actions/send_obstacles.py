"""What forbids to send an issue: sends from elsewhere, other keys, changes, a test that is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pipeline.deliver.ledger import Ledger, Send
from pipeline.deliver.open_ledger import LEDGER_PATH
from pipeline.deliver.sent_file import read_sent
from pipeline.deliver.tokens import TokenKeys
from pipeline.errors import PressroomError, raise_all
from pipeline.model import Issue
from pipeline.workspace import Workspace

_CLOCK_SET_BACK = timedelta(hours=1)


def check_known(workspace: Workspace, issue: Issue, sends: tuple[Send, ...]) -> None:
    """Raise for a send in `sent.json` that only another machine's ledger knows."""
    known = {each.id for each in sends}
    for record in read_sent(workspace.files.root, issue):
        if record.id not in known:
            raise PressroomError(
                f"the issue was sent on {record.started[:10]} from the machine {record.machine}, "
                "and the ledger that says to whom is not here.",
                *issue.place,
                f"Send it from there, or bring its {LEDGER_PATH} here: docs/sending.md",
            )


def check_ledger(
    workspace: Workspace, issue: Issue, ledger: Ledger, sends: tuple[Send, ...], now: datetime
) -> None:
    """Raise for sends that only another machine's ledger knows, and for a clock that was set back."""
    check_known(workspace, issue, sends)
    latest = ledger.latest()
    if latest and latest - now > _CLOCK_SET_BACK:
        raise PressroomError(
            f"the clock says {now:%Y-%m-%d %H:%M}, and the ledger was last written on "
            f"{latest.astimezone(now.tzinfo):%Y-%m-%d at %H:%M}.",
            LEDGER_PATH,
            hint="Set the clock of this machine right.",
        )


def check_key(keys: TokenKeys | None, ledger: Ledger) -> None:
    """Raise if links that were sent would no longer be answered with the keys of today."""
    former = ledger.last_key()
    if former and (keys is None or not any(keys.of(bytes.fromhex(former)))):
        raise PressroomError(
            "PRESSROOM_SECRET is another than in the last send, whose links to unsubscribe would fail.",
            hint="Set the former one as PRESSROOM_SECRET_OLD, or send with --force.",
        )


def check_unchanged(issue: Issue, unfinished: Send, emails: Mapping[str, str]) -> None:
    """Raise if a send that goes on would send something else than it began with."""
    if dict(unfinished.what.emails) != emails:
        raise PressroomError(
            "the issue has changed since its send began, and a part of the readers has it already.",
            *issue.place,
            "Restore it from version control, or go on with what it is now: --force",
        )


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
