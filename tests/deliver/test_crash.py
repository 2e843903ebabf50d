"""The promise of sending, counted at the server: killed at any moment, nobody gets two and nobody is lost.

The real command runs as a process and is ended by SIGKILL, over and over, against a server in another process
that writes each message down before it answers, and that fails by chance in every way.
"""

from __future__ import annotations

import json
import random
import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from process_kit import CommandProcess, recording_server
from resend_kit import KEY
from workspace_kit import WorkspaceRunner

from pipeline.deliver.resend_server import RESEND_KEY, ResendServer

pytestmark = pytest.mark.slow

KILLED = "the program ended while this message was on its way"
OPEN = {"pending", "claimed", "sending", "deferred"}


@dataclass
class Proof:
    """A send in a workspace, the processes that send it, and what the server has written down."""

    workspace: WorkspaceRunner
    folder: Path
    addresses: list[str]
    connections: int
    batch: int
    chance: random.Random
    commands: list[CommandProcess] = field(default_factory=list)
    kills: int = 0
    left_behind: set[str] = field(default_factory=set)
    """Whose message was under way when its process ended."""

    @property
    def record(self) -> Path:
        return self.folder / "taken.jsonl"

    @property
    def ledger(self) -> Path:
        return self.workspace.root / ".pressroom/deliver.sqlite"

    @property
    def arguments(self) -> tuple[str, ...]:
        root = str(self.workspace.root)
        return "-C", root, "send", "1", "--to", f"{root}/readers.csv", "--force"

    @property
    def taken(self) -> Counter[str]:
        """How often the server took a message, by address."""
        rows = map(json.loads, self.record.read_text().splitlines())
        return Counter(address for row in rows for address in row["recipients"])

    def query(self, query: str) -> list[tuple[str, str]]:
        if not self.ledger.exists():
            return []
        database = sqlite3.connect(self.ledger, timeout=30)
        try:
            with database:
                return database.execute(query).fetchall()
        finally:
            database.close()

    @property
    def states(self) -> dict[str, str]:
        return dict(self.query("SELECT address, state FROM rows"))

    @property
    def is_done(self) -> bool:
        states = self.states
        return bool(states) and not OPEN & set(states.values())

    def count_left_behind(self) -> None:
        """Look at what processes that have just ended were sending: at most a batch for each connection."""
        sending = {address for address, state in self.states.items() if state == "sending"}
        new = sending - self.left_behind
        assert len(new) <= self.connections * self.batch * len(self.commands)
        self.left_behind |= new

    def let_time_pass(self) -> None:
        """Let deferred messages be due."""
        self.query("UPDATE rows SET due = 0 WHERE state = 'deferred'")

    def send_and_kill(self) -> None:
        """Start the processes, and kill them at a random moment."""
        lines = self.record.read_bytes().count(b"\n")
        for each in self.commands:
            each.start(*self.arguments, "--yes")
        if self.chance.random() < 0.8:
            count = self.chance.randrange(1, 3 * self.connections)
            self.commands[0].wait_for_lines(self.record, lines + count, seconds=0.7)
            time.sleep(self.chance.uniform(0, 0.004))
        else:  # while it starts
            self.commands[0].wait_for_lines(self.record, lines + 1, self.chance.uniform(0, 0.15))
        codes = [each.kill() for each in self.chance.sample(self.commands, len(self.commands))]
        assert set(codes) <= {0, 1, -signal.SIGKILL}
        self.kills += codes.count(-signal.SIGKILL)
        self.count_left_behind()
        self.let_time_pass()

    def finish(self) -> None:
        """Send until no message is open. A process that waits for deferred ones is killed."""
        end = time.monotonic() + 90
        while not self.is_done:
            assert time.monotonic() < end, Counter(self.states.values())
            self.commands[0].start(*self.arguments, "--yes")
            while self.commands[0].wait(0.1) is None and time.monotonic() < end:
                if not {"pending", "claimed", "sending"} & set(self.states.values()):
                    break
            self.commands[0].kill()
            self.let_time_pass()

    def check(self) -> None:
        """Hold the ledger against what the server took."""
        taken, states = self.taken, self.states
        assert sorted(states) == sorted(self.addresses), "somebody is missing in the ledger"
        assert max(taken.values()) == 1, "somebody got it twice"
        for address, state in states.items():
            assert state in {"accepted", "refused", "unknown"}
            assert state == "unknown" or taken[address] == (state == "accepted"), (address, state)
        killed = {
            address for address, reply in self.query("SELECT address, reply FROM rows") if reply == KILLED
        }
        if len(self.commands) == 1:
            assert killed == self.left_behind
        else:  # one may see what another one left behind before this test does
            assert killed >= self.left_behind and len(killed) <= self.connections * self.batch * self.kills

    def check_resolved(self) -> None:
        """Have the editor look the unknown ones up and send the rest again: then each has it exactly once."""
        unknown = [address for address, state in self.states.items() if state == "unknown"]
        log = self.folder / "mail.log"
        named = self.workspace.json("send", "1", "--resolve")["unknown"]
        assert [each["address"] for each in named] == unknown
        while "unknown" in self.states.values():
            # As Exim notes what it has taken.
            log.write_text(re.sub("^", "1 <= sender id=", self.record.read_text(), flags=re.MULTILINE))
            self.workspace.ok("send", "1", "--resolve", "--log", str(log))
            self.workspace.ok("send", "1", "--resolve", "--decide", "again")
            self.finish()
        assert self.taken == Counter(address for address, state in self.states.items() if state == "accepted")


@contextmanager
def proof(
    workspace: WorkspaceRunner,
    folder: Path,
    people: int,
    connections: int,
    *,
    rate: float,
    processes: int = 1,
    scheme: str = "smtp",
    batch: int = 1,
) -> Iterator[Proof]:
    """A send to so many people over so many connections, each of whose commands fails at this rate."""
    addresses = [f"reader{n}@host{n % 5}.example" for n in range(people)]
    proof = Proof(workspace, folder, addresses, connections, batch, random.Random(people))
    kit = "smtp_kit.py" if scheme == "smtp" else "resend_kit.py"
    with recording_server(proof.record, rate, people, kit) as port:
        delivery = f'\n[delivery]\nurl = "{scheme}://127.0.0.1:{port}"\nconnections = {connections}\n'
        if batch > 1:  # so that batches are small, and the list lasts for many kills
            delivery += 'rate = "400/second"\n'
        workspace.write({"newsletter.toml": workspace.read("newsletter.toml") + delivery})
        workspace.write({"readers.csv": "\n".join(["email", *addresses])})
        workspace.ok("assemble", "1")
        with ExitStack() as stack:
            for number in range(processes):
                command = CommandProcess([*proof.arguments, "--plan"], folder / f"output{number}.txt")
                proof.commands.append(stack.enter_context(command))
            yield proof


@pytest.mark.parametrize(
    ("people", "connections", "rate", "processes", "kills"),
    [
        (1100, 4, 0.02, 1, 80),  # a server that fails now and then
        (450, 1, 0.08, 1, 50),  # one that fails all the time
        (1000, 4, 0.01, 2, 70),  # two processes that are started at once on one ledger
    ],
)
def test_killed_at_any_moment_nobody_gets_two_and_nobody_is_lost(
    workspace: WorkspaceRunner,
    tmp_path: Path,
    people: int,
    connections: int,
    rate: float,
    processes: int,
    kills: int,
) -> None:
    with proof(workspace, tmp_path, people, connections, rate=rate, processes=processes) as send:
        while send.kills < kills:
            assert not send.is_done, "the list is too short for so many kills"
            send.send_and_kill()
        send.finish()
        send.check()
        send.check_resolved()


def test_killed_at_any_moment_while_it_sends_batches_nobody_gets_two_and_nobody_is_lost(
    workspace: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RESEND_KEY, KEY)
    with proof(
        workspace, tmp_path, 600, 2, rate=0.02, scheme="resend+http", batch=ResendServer.batch
    ) as send:
        while send.kills < 15:
            assert not send.is_done, "the list is too short for so many kills"
            send.send_and_kill()
        send.finish()
        send.check()
        send.check_resolved()


def test_a_full_disk_ends_the_send_and_loses_nobody(workspace: WorkspaceRunner, tmp_path: Path) -> None:
    with proof(workspace, tmp_path, 250, 4, rate=0.0) as send:
        (command,) = send.commands
        failures = 0
        while not send.is_done:
            size = send.ledger.stat().st_size if send.ledger.exists() else 0
            # The log of the ledger, which is emptied when a process ends, outgrows this sooner or later.
            command.start(
                *send.arguments, "--yes", biggest_file=size + send.chance.randrange(60_000, 400_000)
            )
            code = command.wait(60)
            assert code in {0, 1}
            failures += code
            send.count_left_behind()
        assert failures > 3
        output = command.output.read_text()
        assert "deliver.sqlite: cannot be read or written" in output and "Traceback" not in output
        send.check()
        send.check_resolved()


def test_two_processes_that_send_once_more_at_the_same_time_make_one_send(
    workspace: WorkspaceRunner, tmp_path: Path
) -> None:
    with proof(workspace, tmp_path, 40, 2, rate=0.0, processes=2) as send:
        send.finish()
        codes = []
        for each in send.commands:
            each.start(*send.arguments, "--yes", "--again", "The link was wrong.")
        for each in send.commands:
            codes.append(each.wait(60))
        assert sorted(map(str, codes)) == ["0", "1"] and set(send.taken.values()) == {2}
