"""Watch the workspace's files, take a snapshot after each save, and notify the pages that are open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, awatch

from pipeline.preview.session import PreviewSession
from pipeline.support.file_stamps import NOT_SOURCES

_DEBOUNCE = 20
"""Milliseconds in which changes count as one save: editors write a file in several steps."""

_STEP = 10
"""Milliseconds between two looks for further changes."""

_HEARTBEAT = 15.0
"""Seconds between two signs of life, by which the server notices that a page was closed."""


class Reloader:
    """Refreshes the session after saves, and notifies each page that listens. Runs in one event loop.

    A save during a refresh leads to one more refresh, however many there are: the latest save wins.
    """

    def __init__(self, session: PreviewSession, root: Path) -> None:
        self.session = session
        self.root = root.resolve()
        self.stopping = asyncio.Event()
        self._dirty = asyncio.Event()
        self._listeners: set[asyncio.Queue[int | None]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start watching."""
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._refresh())]

    def end(self) -> None:
        """Stop watching, and disconnect the pages that listen."""
        self.stopping.set()
        self._notify(None)

    async def stop(self) -> None:
        """End every task."""
        self.end()
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def events(self) -> AsyncIterator[str]:
        """Server-sent events (WHATWG HTML, 9.2): the number of each revision once it is rendered."""
        queue: asyncio.Queue[int | None] = asyncio.Queue(maxsize=1)
        self._listeners.add(queue)
        try:
            yield f"data: {self.session.revision}\n\n"
            while not self.stopping.is_set():
                try:
                    revision = await asyncio.wait_for(queue.get(), _HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if revision is not None:
                    yield f"data: {revision}\n\n"
        finally:
            self._listeners.discard(queue)

    async def _watch(self) -> None:
        async for _ in awatch(
            self.root, watch_filter=self._matters, debounce=_DEBOUNCE, step=_STEP, stop_event=self.stopping
        ):
            self._dirty.set()

    async def _refresh(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await asyncio.to_thread(self.session.refresh)
            self._notify(self.session.revision)

    def _notify(self, revision: int | None) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()  # a page needs only the newest revision
            queue.put_nowait(revision)

    def _matters(self, change: Change, path: str) -> bool:
        """Whether a change of this file can change the preview."""
        try:
            parts = Path(path).relative_to(self.root).parts
        except ValueError:
            return False
        hidden = any(part.startswith(".") for part in parts)
        return not hidden and not NOT_SOURCES & set(parts[:1]) and not path.endswith(("~", ".tmp", ".swp"))
