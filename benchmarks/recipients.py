"""Measure how a list of recipients is read: the time, and the memory, which must not grow with the list.

    python benchmarks/recipients.py [--rows 10000 1000000 10000000]

Each list is a CSV of four columns; one row of a hundred is a duplicate, and one of a thousand a mistake.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import run

READ = """
import sys
from collections import Counter
from pipeline.deliver.recipient_list import open_list
rows = open_list(sys.argv[1], fields=["first_name", "last_name"])
print(dict(Counter(str(getattr(row, "kind", "recipient")) for row in rows)))
"""
GOAL_MIB = 300


def write_list(path: Path, rows: int) -> None:
    """Write a list whose addresses come in no order, as those of a real one do."""
    with path.open("w") as file:
        file.write("email,first_name,last_name,city\n")
        for number in range(rows):
            person = number - 50 if number % 100 == 99 else number
            at = "" if number % 1000 == 500 else "@"
            address = f"reader.{person * 2654435761 % 2**32}{at}mail{person % 977}.org"
            file.write(f"{address},Ada{person},Lovelace,London\n")


def main() -> None:
    """Print a line for each size of list; exit 1 if one takes more memory than the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000, 10_000_000])
    missed = False
    for rows in parser.parse_args().rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "readers.csv"
            write_list(path, rows)
            sample, output = run((sys.executable, "-c", READ, path))
        print(
            f"{rows:12,} rows  {sample.wall:7.1f} s  {sample.mib:5.0f} MiB  {output.decode().strip()}",
            flush=True,
        )
        missed |= sample.mib > GOAL_MIB
    sys.exit(missed)


if __name__ == "__main__":
    main()
