"""Work shared between processes where there is much of it; a small build stays in one process.

Processes and not threads: what takes the time is Python, and mrml holds the interpreter's lock.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 4
"""Most processes: each takes the memory of what it works on, and reading the workspace stays serial."""


def spread(work: Callable[[Item], Result], items: Sequence[Item], few: int) -> Iterator[Result]:
    """Yield `work(item)` for each item in order; in this process if there are fewer than `few`.

    `work` and `items` must be picklable: each process gets them once, and afterwards only numbers and
    results travel. Raises the first exception in the order of the items.
    """
    workers = min(_processors(), MOST)
    if len(items) < few or workers < 2:
        yield from map(work, items)
        return
    # Imported here, because a small build does not need it.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # Without this, the first garbage collection of each forked process would write to every object, and
    # so copy it.
    gc.freeze()
    try:
        with ProcessPoolExecutor(workers, _context(), _begin, (work, items, os.getpid())) as pool:
            chunk = max(1, min(50, len(items) // (workers * 8)))
            yield from pool.map(_work_on, range(len(items)), chunksize=chunk)
    except BrokenProcessPool as error:
        raise PressroomError(
            "a process was ended from outside.",
            hint="Was there too little memory? Build fewer issues at once. A Python script that is not "
            'written below `if __name__ == "__main__":` ends them too.',
        ) from error
    finally:
        gc.unfreeze()


def _processors() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _context() -> BaseContext:
    """Fork where it is safe, because it shares what was read: while no other thread may hold a lock."""
    import multiprocessing

    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


_work: Callable[[Any], Any]
_items: Sequence[Any]


def _begin(work: Callable[[Any], Any], items: Sequence[Any], parent: int) -> None:
    global _work, _items
    _work, _items = work, items
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process reports Ctrl-C, once


def _end_with(parent: int) -> None:
    """End this process when its parent was killed; otherwise it would wait for work for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _work_on(number: int) -> Any:
    return _work(_items[number])
