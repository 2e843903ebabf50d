"""Measure sending against `smtp-source` of postfix, on the same `smtp-sink`, and write docs/sending-speed.md.

`python benchmarks/sending.py` needs the Debian package postfix; some minutes. With `--recipients 1000000` it
measures the memory of the command for so many too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from measure import run

from pipeline.actions.run_send import make_sender
from pipeline.actions.send import SendRequest, prepare_send, start_send
from pipeline.deliver.clock import SystemClock
from pipeline.deliver.open_ledger import open_ledger
from pipeline.deliver.outcome import State
from pipeline.workspace import open_workspace

ROOT = Path(__file__).parent.parent
MESSAGES = 3000
CONNECTIONS = (1, 4, 8, 16, 32)
SIGNING = {"without DKIM": 0, "Ed25519": 1, "Ed25519 and RSA-2048": 2}
WORDS = (
    "The lamp at the end of the pier has burnt since 1911, and nobody in the harbour knows who lights it. "
)


@contextmanager
def sink() -> Iterator[int]:
    """A server that takes everything; the block gets its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    server = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{port}", "512"])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        server.kill()
        server.wait()


def workspace(folder: Path, port: int, words: int) -> None:
    """A workspace with one frozen issue, whose letter has so many words."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    given = ["--sender", "letters@pier.example", "--postal-address", "Pier 1", "--kind", "letter"]
    subprocess.run([*command, "init", folder, *given, "--base-url", "https://pier.example"], check=True)
    settings = folder / "newsletter.toml"
    server = f'\n[delivery]\nurl = "smtp://127.0.0.1:{port}"\n'
    settings.write_text(settings.read_text() + server)
    letter = folder / "issues/001-the-first-letter/issue.md"
    paragraphs = "\n\n".join([WORDS * 4] * (words // 80))
    letter.write_text(
        f"---\ntitle: The lamp\ndate: 2026-02-01\n---\nDear {{{{ first_name | reader }}}},\n\n{paragraphs}\n"
    )
    subprocess.run([*command, "-C", folder, "assemble", "1"], check=True)


def recipients(file: Path, count: int) -> None:
    """Write a list of so many."""
    with file.open("w") as out:
        out.write("email,first_name\n")
        for number in range(count):
            out.write(f"reader{number}@host{number % 50}.example,Ada {number}\n")


def keys() -> str:
    """Return an Ed25519 and an RSA key as PEM."""
    ed25519 = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True)
    rsa = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True)
    return ed25519.stdout.decode() + "\n" + rsa.stdout.decode()


def pem(text: str, count: int) -> str:
    """Return the first keys of a text."""
    blocks = text.strip().split("\n\n")
    return "\n".join(blocks[:count])


def send(folder: Path, connections: int, key_count: int, all_keys: str) -> tuple[float, int]:
    """Send once more to everyone. Returns messages a second, and the bytes of one message."""
    settings = folder / "newsletter.toml"
    text = settings.read_text().partition("\nconnections")[0].rstrip()
    selectors = "".join(f'"s{number}", ' for number in range(key_count))
    settings.write_text(f"{text}\nconnections = {connections}\ndkim_selector = [{selectors}]\n")
    os.environ["PRESSROOM_DKIM_KEY"] = pem(all_keys, key_count)
    opened = open_workspace(folder)
    now = datetime.now(UTC)
    with open_ledger(folder) as ledger:
        issue = opened.issues.find("1")
        request = SendRequest(issue, str(folder / "readers.csv"), force=True, again="measured")
        prepared = prepare_send(opened, request, ledger, now)
        started = start_send(prepared, prepared.plan(), now)
        sender = make_sender(prepared, started, now, SystemClock(opened.files.zone), lambda progress: None)
        worker = ledger.start_worker()
        size = len(sender.job.message(ledger.claim(started.id, worker, 1, now)[0]).data)
        ledger.release(started.id, worker, now)
        begin = time.perf_counter()
        asyncio.run(sender.run())
        seconds = time.perf_counter() - begin
        assert ledger.counts(started.id) == {State.ACCEPTED: MESSAGES}
    return MESSAGES / seconds, size


def source(port: int, connections: int, size: int) -> float:
    """Send as many messages of the same size by `smtp-source`. Returns messages a second."""
    addresses = ["-f", "a@example.org", "-t", "b@example.org"]
    command = ["smtp-source", "-d", "-s", str(connections), "-m", str(MESSAGES), "-l", str(size), *addresses]
    begin = time.perf_counter()
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)
    return MESSAGES / (time.perf_counter() - begin)


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--recipients", type=int, nargs="*", default=[10_000])
    options = parser.parse_args()
    all_keys = keys()
    rows: list[tuple[str, int, float, float]] = []
    with tempfile.TemporaryDirectory() as name, sink() as port:
        folder = Path(name) / "long"
        workspace(folder, port, 6500)
        recipients(folder / "readers.csv", MESSAGES)
        size = 0
        for connections in CONNECTIONS:
            for signing, key_count in SIGNING.items():
                pairs = []
                for _ in range(options.rounds):
                    own, size = send(folder, connections, key_count, all_keys)
                    pairs.append((own, source(port, connections, size)))
                ratio = statistics.median(own / other for own, other in pairs)
                rows.append((signing, connections, statistics.median(own for own, _ in pairs), ratio))
                print(*rows[-1], flush=True)
        memory = []
        short = Path(name) / "short"
        workspace(short, port, 100)
        for count in options.recipients:
            recipients(short / "readers.csv", count)
            arguments = [
                "send",
                "1",
                "--to",
                short / "readers.csv",
                "--force",
                "--yes",
                "--again",
                "measured",
            ]
            command = [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", short]
            sample, _ = run([*command, *arguments])
            memory.append((count, sample.mib, count / sample.wall))
            print(*memory[-1], flush=True)
    (ROOT / "docs" / "sending-speed.md").write_text(page(rows, memory, size))


def page(rows: list[tuple[str, int, float, float]], memory: list[tuple[int, float, float]], size: int) -> str:
    """Return the page."""
    lines = [
        "# How fast it sends",
        "",
        "Written by `python benchmarks/sending.py`; do not edit. A personal message of "
        f"{size // 1024} KB to each of {MESSAGES:,}",
        "recipients, the ledger on disk before each message leaves, against postfix's `smtp-source`, which",
        "sends the same bytes again and again and remembers nothing. Both send to the same `smtp-sink` on",
        "the same two cores, in turns; the ratio is the median of the rounds, 1 is as fast.",
        "",
        "| signed with | connections | messages a second | `smtp-source` = 1 |",
        "|---|---:|---:|---:|",
        *(
            f"| {signing} | {connections} | {own:,.0f} | {ratio:.2f} |"
            for signing, connections, own, ratio in rows
        ),
        "",
        "The whole command with a short letter, and the memory of its process at the highest moment:",
        "",
        "| recipients | MiB | messages a second |",
        "|---:|---:|---:|",
        *(f"| {count:,} | {mib:,.0f} | {rate:,.0f} |" for count, mib, rate in memory),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
