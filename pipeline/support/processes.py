"""Work shared out to processes where there is much of it; a small build stays in one.

Processes and not threads: what takes the time is Python, and mrml holds the interpreter's lock.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

Result = TypeVar("Result")

MOST = 4
"""Each process takes the memory of what it works on, and reading the workspace stays serial."""


def spread(work: Callable[[int], Result], count: int, few: int) -> Iterator[Result]:
    """`work(0)` to `work(count - 1)`, in this order; below `few`, in this process.

    `work` is handed to each process once, so that only numbers and results travel; it must be
    picklable. The first exception in the order of the numbers is raised.
    """
    workers = min(_processors(), MOST)
    if count < few or workers < 2:
        yield from map(work, range(count))
        return
    # Imported here: a small build would wait for it in vain.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # Or the first collection in each forked process would write to, and so copy, every object.
    gc.freeze()
    try:
        with ProcessPoolExecutor(workers, _context(), _begin, (work, os.getpid())) as pool:
            yield from pool.map(_do, range(count), chunksize=max(1, min(50, count // (workers * 8))))
    except BrokenProcessPool as error:
        raise PressroomError(
            "a process was ended from outside.",
            hint="Was there too little memory? Build fewer issues at once.",
        ) from error
    finally:
        gc.unfreeze()


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _context() -> BaseContext:
    """Forking shares what was read; it is safe only while no other thread may hold a lock."""
    import multiprocessing

    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


_work: Callable[[int], Any]


def _begin(work: Callable[[int], Any], parent: int) -> None:
    global _work
    _work = work
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process says what happened, once


def _end_with(parent: int) -> None:
    """End this process when its parent was killed; it would wait for work for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _do(number: int) -> Any:
    return _work(number)
