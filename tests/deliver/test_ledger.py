"""The ledger against a model: whatever workers do and whenever they die, no row is lost or sent twice."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.deliver import ledger_file
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import OPEN, NewSend, message_id
from pipeline.deliver.open_ledger import LEDGER_PATH, open_ledger
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.recipient import Recipient
from pipeline.errors import PressroomError

START = datetime(2026, 2, 1, 7, 0, tzinfo=UTC)
PEOPLE = 6
_ACCEPTED = Outcome(State.ACCEPTED, 250, "queued", None)


def new_send(again: str = "") -> NewSend:
    return NewSend(
        "tag:synapse.example,2026:1", "001-one", {"everyone": "sha256:1"}, "list.csv", again, "", START
    )


def people(count: int = PEOPLE) -> list[Recipient]:
    return [Recipient(f"reader{n}@host{n % 2}.example", "", {"first_name": f"R{n}"}, n) for n in range(count)]


@dataclass
class Worker:
    """A worker with its own connection to the ledger, and the rows that it believes to have."""

    ledger: Ledger
    name: str
    claimed: set[int] = field(default_factory=set)
    sending: set[int] = field(default_factory=set)

    def die(self) -> None:
        """End as a killed process does: its lock is gone, and it has cleaned up nothing."""
        assert self.ledger._lock
        os.close(self.ledger._lock._handle)
        self.ledger._lock._handle = -1
        self.ledger._file._database.close()


@contextmanager
def ledger_in(folder: Path) -> Iterator[Ledger]:
    ledger = Ledger(folder / "deliver.sqlite", "deliver.sqlite", folder / "workers")
    try:
        yield ledger
    finally:
        ledger.close()


class LedgerMachine(RuleBasedStateMachine):
    """Two workers, an editor, and death at any moment. `may_have_left` counts messages by row."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.now = START
        self.editor = self.open()
        self.send = self.editor.start_send(new_send(), people()).id
        self.workers: list[Worker] = []
        self.states = dict.fromkeys(range(1, PEOPLE + 1), State.PENDING)
        self.owner: dict[int, Worker] = {}
        self.may_have_left = dict.fromkeys(range(1, PEOPLE + 1), 0)
        self.allowed = dict.fromkeys(range(1, PEOPLE + 1), 1)
        self.suppressed: set[int] = set()

    def open(self) -> Ledger:
        return Ledger(self.root / "deliver.sqlite", "deliver.sqlite", self.root / "workers")

    def teardown(self) -> None:
        self.editor.close()
        for worker in self.workers:
            worker.ledger.close()
        self.folder.cleanup()

    @precondition(lambda self: len(self.workers) < 2)
    @rule()
    def start_worker(self) -> None:
        ledger = self.open()
        self.workers.append(Worker(ledger, ledger.start_worker()))

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), most=st.integers(1, 3), domain=st.sampled_from([None, "host0.example"]))
    def claim(self, data: st.DataObject, most: int, domain: str | None) -> None:
        worker = data.draw(st.sampled_from(self.workers), label="worker")
        for each in worker.ledger.claim(self.send, worker.name, most, self.now, domain):
            assert self.states[each.row] in {State.PENDING, State.DEFERRED}
            assert each.row not in self.suppressed
            assert domain in {None, each.recipient.domain}
            self.states[each.row] = State.CLAIMED
            worker.claimed.add(each.row)
        for row, state in self.states.items():
            if row in self.suppressed and state in {State.PENDING, State.DEFERRED}:
                (own,) = [each for each in self.editor.rows(self.send, State) if each.row == row]
                self.states[row] = own.state
                assert own.state in {State.SUPPRESSED, state}

    @precondition(lambda self: any(worker.claimed for worker in self.workers))
    @rule(data=st.data())
    def open_gate(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from([each for each in self.workers if each.claimed]), label="worker")
        row = data.draw(st.sampled_from(sorted(worker.claimed)), label="row")
        worker.claimed.discard(row)
        if row in worker.ledger.write([], [(row, b"digest")], worker.name, self.now):
            assert row not in self.suppressed
            self.states[row] = State.SENDING
            self.may_have_left[row] += 1
            worker.sending.add(row)
        else:
            assert row in self.suppressed
            self.states[row] = State.SUPPRESSED

    @precondition(lambda self: any(worker.sending for worker in self.workers))
    @rule(
        data=st.data(),
        state=st.sampled_from([State.ACCEPTED, State.REFUSED, State.DEFERRED, State.UNKNOWN]),
    )
    def answer(self, data: st.DataObject, state: State) -> None:
        worker = data.draw(st.sampled_from([each for each in self.workers if each.sending]), label="worker")
        row = data.draw(st.sampled_from(sorted(worker.sending)), label="row")
        worker.sending.discard(row)
        refusal = RefusalClass.MAILBOX if state in {State.REFUSED, State.DEFERRED} else None
        due = self.now + timedelta(minutes=5) if state is State.DEFERRED else None
        worker.ledger.write([(row, Outcome(state, 250, "text", refusal), due)], [], worker.name, self.now)
        self.states[row] = state
        if state in {State.REFUSED, State.DEFERRED}:
            self.may_have_left[row] -= 1  # the server said that it did not take it

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(self.workers), label="worker")
        worker.ledger.release(self.send, worker.name, self.now)
        for row in worker.claimed:
            self.states[row] = State.PENDING
        for row in worker.sending:
            self.states[row] = State.UNKNOWN
        worker.claimed.clear()
        worker.sending.clear()

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def kill(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(self.workers), label="worker")
        self.workers.remove(worker)
        worker.die()
        self.editor.recover(self.send, self.now)
        for row in worker.claimed:
            self.states[row] = State.PENDING
        for row in worker.sending:
            self.states[row] = State.UNKNOWN

    @rule(minutes=st.integers(1, 10))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(again=st.booleans())
    def resolve(self, again: bool) -> None:
        rows = [row for row, state in self.states.items() if state is State.UNKNOWN]
        state = State.PENDING if again else State.ACCEPTED
        for row in rows:
            self.editor.resolve(row, state, "as the editor says", self.now)
            self.states[row] = state
            self.allowed[row] += again

    @rule(refusal=st.sampled_from([None, RefusalClass.MAILBOX, RefusalClass.POLICY]))
    def retry(self, refusal: RefusalClass | None) -> None:
        rows = [row for row, state in self.states.items() if state is State.REFUSED]
        self.editor.retry_refused(self.send, refusal, self.now)
        for row in rows if refusal is not RefusalClass.POLICY else ():
            self.states[row] = State.PENDING

    @rule(row=st.integers(1, PEOPLE))
    def suppress(self, row: int) -> None:
        person = self.editor.person(people()[row - 1].key)
        self.editor.suppress([person], "asked", self.now)
        self.suppressed.add(row)

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        assert {each.row: each.state for each in self.editor.rows(self.send, State)} == self.states

    @invariant()
    def never_twice_but_by_decision(self) -> None:
        assert all(self.may_have_left[row] <= self.allowed[row] for row in self.states)

    @invariant()
    def finished_only_when_no_row_is_open(self) -> None:
        finished = self.editor.finish_send(self.send, self.now)
        assert finished == (not any(state in OPEN for state in self.states.values()))


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(stateful_step_count=30)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path) as opened:
        yield opened


def test_recipients_that_end_in_an_error_leave_no_send(ledger: Ledger) -> None:
    def broken() -> Iterator[Recipient]:
        yield from people(3)
        raise PressroomError("the list ends here.")

    with pytest.raises(PressroomError):
        ledger.start_send(new_send(), broken())
    assert ledger.sends(new_send().issue) == ()


def test_an_issue_has_one_send_at_a_time(ledger: Ledger) -> None:
    ledger.start_send(new_send(), people(3))
    with pytest.raises(PressroomError, match="another process has begun"):
        ledger.start_send(new_send(), people(3))
    assert len(ledger.sends(new_send().issue)) == 1


def test_a_send_that_began_and_ended_while_the_list_was_read_is_seen(ledger: Ledger, tmp_path: Path) -> None:
    """The list was compared with the ledger as it was before: its readers have the issue by now."""

    def slow_list() -> Iterator[Recipient]:
        yield from people(2)
        with ledger_in(tmp_path) as other:
            send = other.start_send(new_send(), people(2)).id
            worker = other.start_worker()
            rows = [(each.row, b"") for each in other.claim(send, worker, 9, START)]
            other.write([], rows, worker, START)
            other.write([(row, _ACCEPTED, None) for row, _ in rows], [], worker, START)
            assert other.finish_send(send, START)
        yield from people(4)[2:]

    with pytest.raises(PressroomError, match="another process has begun"):
        ledger.start_send(new_send(), slow_list())
    assert [ledger.counts(each.id) for each in ledger.sends(new_send().issue)] == [{State.ACCEPTED: 2}]


def test_others_write_while_a_list_is_read_and_suppression_is_judged_at_the_end(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_file, "_WAIT", 0)

    def slow_list() -> Iterator[Recipient]:
        yield from people(3)
        with ledger_in(tmp_path) as other:
            other.suppress([other.person("reader1@host1.example")], "unsubscribed", START)
        yield from people()[3:]

    send = ledger.start_send(new_send(), slow_list()).id
    assert [each.address for each in ledger.rows(send, State)] == [each.address for each in people()]
    assert [each.row for each in ledger.rows(send, [State.SUPPRESSED])] == [2]


@pytest.mark.parametrize("was_suppressed", [False, True])
def test_who_is_forgotten_while_the_list_is_read_has_no_address_in_the_send(
    ledger: Ledger, tmp_path: Path, was_suppressed: bool
) -> None:
    def slow_list() -> Iterator[Recipient]:
        yield from people()[:3]
        with ledger_in(tmp_path) as other:
            person = other.person("reader1@host1.example")
            other.suppress([person] if was_suppressed else [], "unsubscribed", START)
            other.forget(person, START)
        yield from people()[3:]

    send = ledger.start_send(new_send(), slow_list()).id
    assert [each.address for each in ledger.rows(send, [State.SUPPRESSED])] == [""]
    assert len(list(ledger.rows(send, [State.PENDING]))) == len(people()) - 1
    ledger.close()
    assert b"reader1@" not in (tmp_path / "deliver.sqlite").read_bytes()


def test_a_person_who_is_in_a_list_twice_is_an_error_in_words(ledger: Ledger) -> None:
    with pytest.raises(PressroomError, match="a recipient twice"):
        ledger.start_send(new_send(), people() + people(1))
    assert ledger.sends(new_send().issue) == ()
    ledger.start_send(new_send(), people())


def test_a_message_id_is_the_same_for_all_attempts_and_names_nobody(ledger: Ledger) -> None:
    one, two = (ledger.person(each.key) for each in people(2))
    assert message_id(ledger.salt, "s", one, "a.example") == message_id(ledger.salt, "s", one, "a.example")
    assert len({message_id(ledger.salt, send, who, "a.example") for send in "st" for who in (one, two)}) == 4
    assert "reader" not in message_id(ledger.salt, "s", one, "a.example")


def test_a_forgotten_person_is_in_no_file_of_the_ledger(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        send = ledger.start_send(new_send(), people()).id
        person = ledger.person("reader3@host1.example")
        assert ledger.forget(person, START) == 1
        assert [each.address for each in ledger.rows(send, [State.SUPPRESSED])] == [""]
        assert ledger.suppression(person) == "forgotten"
        for file in tmp_path.glob("deliver.sqlite*"):
            assert b"reader3" not in file.read_bytes() and b"R3" not in file.read_bytes()
    assert b"reader2" in (tmp_path / "deliver.sqlite").read_bytes()


def test_forgetting_says_when_another_process_keeps_the_former_values_on_the_disk(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.start_send(new_send(), people())
    monkeypatch.setattr(ledger_file, "_WAIT", 0)
    with ledger_in(tmp_path) as one, ledger_in(tmp_path) as reader:
        reading = reader._file.execute("SELECT * FROM rows")
        reading.fetchone()
        with pytest.raises(PressroomError, match="when no send runs"):
            one.forget(one.person("reader3@host1.example"), START)
        reading.close()
        assert one.forget(one.person("reader3@host1.example"), START) == 1
    assert not (tmp_path / "deliver.sqlite-wal").read_bytes()


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("state", [State.REFUSED, State.UNKNOWN, State.DEFERRED, State.CLAIMED])
def test_a_forgotten_person_gets_nothing_and_no_answer_is_kept(
    ledger: Ledger, state: State, allowed: bool
) -> None:
    """Whatever was under way when they were forgotten, and even if they are allowed later."""
    send, person = ledger.start_send(new_send(), people(1)).id, ledger.person(people(1)[0].key)
    worker = ledger.start_worker()
    rows = [(each.row, b"") for each in ledger.claim(send, worker, 1, START)]
    if state is not State.CLAIMED:
        ledger.write([], rows, worker, START)
    ledger.forget(person, START)
    if allowed:
        ledger.allow(person)
    answer = Outcome(state, 550, "no reader0@host0.example here", RefusalClass.MAILBOX)
    if state is State.CLAIMED:
        ledger.release(send, worker, START)
    else:
        due = START if state is State.DEFERRED else None
        ledger.write([(1, answer, due)], [], worker, START)
    (row,) = ledger.rows(send, State)
    assert row.reply == ""
    ledger.retry_refused(send, None, START)
    assert [each.state for each in ledger.rows(send, State)] == [row.state]
    ledger.resolve(1, State.PENDING, "again", START)
    assert ledger.claim(send, worker, 1, START) == ()
    assert ledger.finish_send(send, START)


def test_a_person_who_is_not_to_get_mail_is_suppressed_from_the_start(ledger: Ledger) -> None:
    ledger.suppress([ledger.person("reader1@host1.example")], "unsubscribed", START)
    send = ledger.start_send(new_send(), people()).id
    assert ledger.counts(send) == {State.PENDING: PEOPLE - 1, State.SUPPRESSED: 1}


def test_messages_are_counted_by_day(ledger: Ledger) -> None:
    send = ledger.start_send(new_send(), people()).id
    worker = ledger.start_worker()
    rows = [(each.row, b"") for each in ledger.claim(send, worker, 9, START)]
    ledger.write([], rows[:2], worker, START)
    ledger.write([], rows[2:], worker, START + timedelta(days=1))
    assert ledger.days() == {START.date(): 2, START.date() + timedelta(days=1): PEOPLE - 2}


def test_a_backup_of_a_running_send_repeats_nothing_in_another_place(tmp_path: Path) -> None:
    """As docs/sending.md says: what was accepted stays so, claimed is free, sending is unknown."""
    with ledger_in(tmp_path / "here") as ledger:
        send = ledger.start_send(new_send(), people()).id
        worker = ledger.start_worker()
        rows = [(each.row, b"digest") for each in ledger.claim(send, worker, 5, START)]
        ledger.write([], rows[:3], worker, START)
        ledger.write([(row, _ACCEPTED, None) for row, _ in rows[:2]], [], worker, START)
        (tmp_path / "there").mkdir()
        copy = sqlite3.connect(tmp_path / "there/deliver.sqlite")
        ledger._file._database.backup(copy)
        copy.close()
        ledger.release(send, worker, START)
    with ledger_in(tmp_path / "there") as moved:
        moved.recover(send, START)
        states = [each.state for each in moved.rows(send, State)]
        assert states == [State.ACCEPTED] * 2 + [State.UNKNOWN] + [State.PENDING] * 3
        assert [each.row for each in moved.claim(send, moved.start_worker(), 9, START)] == [4, 5, 6]


def test_a_ledger_is_opened_without_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_file, "_WAIT", 0)
    with ledger_in(tmp_path) as sending, sending._file.transaction(), ledger_in(tmp_path) as status:
        send = status.salt.hex()
        status.recover(send, START)
        assert status.counts(send) == {}


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_another_database_in_the_ledgers_place_is_not_changed(tmp_path: Path, journal: str) -> None:
    file = tmp_path / "deliver.sqlite"
    other = sqlite3.connect(file)
    other.execute(f"PRAGMA journal_mode={journal}")
    other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(PressroomError, match="not a ledger"), ledger_in(tmp_path):
        pass
    assert file.read_bytes() == before


def test_all_is_flushed_to_the_drive_also_on_macos(ledger: Ledger) -> None:
    settings = {"synchronous": 2, "fullfsync": 1, "checkpoint_fullfsync": 1, "secure_delete": 1}
    assert {name: ledger._file._number(f"PRAGMA {name}") for name in settings} == settings


@pytest.mark.parametrize("link", [".pressroom", LEDGER_PATH, ".pressroom/workers"])
def test_a_link_in_the_ledgers_place_is_refused(tmp_path: Path, link: str) -> None:
    root, elsewhere = tmp_path / "workspace", tmp_path / "elsewhere"
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(elsewhere)
    with pytest.raises(PressroomError, match="is a link") as caught, open_ledger(root):
        pass
    assert caught.value.path == link
    assert not elsewhere.exists()


def test_a_file_in_the_place_of_the_ledgers_folder_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / ".pressroom").write_text("")
    with pytest.raises(PressroomError, match="cannot be written"), open_ledger(tmp_path):
        pass


def test_nobody_else_reads_the_ledger(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.start_send(new_send(), people())
        modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / ".pressroom").glob("deliver*")}
        assert modes == {0o600}


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda file: file.write_bytes(b"words" * 400), "is not a ledger"),
        (lambda file: _pragma(file, "user_version=99"), "newer Pressroom"),
        (lambda file: _pragma(file, "application_id=7"), "not a ledger"),
    ],
    ids=["another file", "newer version", "another database"],
)
def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path: Path, break_it, message: str) -> None:
    with ledger_in(tmp_path):
        pass
    break_it(tmp_path / "deliver.sqlite")
    with pytest.raises(PressroomError, match=message), ledger_in(tmp_path):
        pass


def _pragma(file: Path, setting: str) -> None:
    database = sqlite3.connect(file)
    database.execute(f"PRAGMA {setting}")
    database.close()
