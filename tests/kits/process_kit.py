"""The command as a process that can be killed, forked off one that has all modules loaded: it starts in no time."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType


class CommandProcess:
    """Runs the command, one process after the other. `warm_up` are arguments of a first run, which loads all.

    `output` gets what the processes print. As long as no other one is started, the last one's number is its own.
    """

    def __init__(self, warm_up: Sequence[str], output: Path) -> None:
        self.output = output
        self._warm_up = warm_up

    def __enter__(self) -> CommandProcess:
        options = json.dumps([self._warm_up, str(self.output)])
        self._parent = subprocess.Popen(
            [sys.executable, __file__, options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert self._line(60) == "ready", self.output.read_text()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parent.kill()
        self._parent.communicate()

    def start(self, *arguments: str, biggest_file: int | None = None) -> None:
        """Start the command; the one before must have ended. Files cannot grow beyond so many bytes."""
        assert self._parent.stdin
        self._parent.stdin.write(json.dumps([arguments, biggest_file]).encode() + b"\n")
        self._pid = int(self._line(60) or 0)
        self._code: int | None = None

    def wait(self, seconds: float) -> int | None:
        """Wait for its end, at most so long. Returns the exit code; None if it runs, negative if it was killed."""
        if self._code is None and (line := self._line(seconds)) is not None:
            self._code = int(line)
        return self._code

    def wait_for_lines(self, file: Path, count: int, seconds: float) -> None:
        """Wait until a file has so many lines or the process has ended, at most so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.wait(0.001) is None:
            if file.read_bytes().count(b"\n") >= count:
                break

    def kill(self) -> int:
        """End it as a loss of power would. Returns its exit code: it may have ended before."""
        os.kill(self._pid, signal.SIGKILL)
        code = self.wait(60)
        assert code is not None
        return code

    def _line(self, seconds: float) -> str | None:
        assert self._parent.stdout
        if not select.select([self._parent.stdout], [], [], seconds)[0]:
            return None
        return self._parent.stdout.readline().decode().strip()


@contextmanager
def recording_server(
    record: Path, rate: float = 0.0, seed: int = 0, kit_name: str = "smtp_kit.py"
) -> Iterator[int]:
    """A mail server in a process of its own that writes each message down before it answers, as its port."""
    record.touch()
    kit = Path(__file__).with_name(kit_name)
    options = ("--record", str(record), "--rate", str(rate), "--seed", str(seed))
    with subprocess.Popen([sys.executable, str(kit), *options], stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _serve(warm_up: list[str], output: str) -> None:
    from pipeline.cli import main

    answers = os.fdopen(os.dup(1), "w", buffering=1)
    printed = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    main(warm_up, prog_name="pressroom", standalone_mode=False)
    print("ready", file=answers)
    child = 0
    for line in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if not child:
            answers.close()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            arguments, biggest_file = json.loads(line)
            if biggest_file:
                resource.setrlimit(resource.RLIMIT_FSIZE, (biggest_file, biggest_file))
            main(arguments, prog_name="pressroom")
        print(child, file=answers)
        # It stays a zombie until the next one starts, so that nothing else gets its number.
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert ended
        print(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status, file=answers)


if __name__ == "__main__":
    _serve(*json.loads(sys.argv[1]))
