"""Saves become news for the page: files are watched, one worker reads anew, and the latest save wins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, awatch

from pipeline.preview.session import PreviewSession

_DEBOUNCE = 20
"""Milliseconds in which saves count as one: editors write a file in several steps."""

_STEP = 10
_HEARTBEAT = 15.0
"""Seconds between signs of life, so that a page that was closed is noticed."""

_LEFT_ALONE = frozenset({"build", "node_modules", "__pycache__"})


class Reloader:
    """Reads the workspace anew after saves, and tells each page that listens. Runs in one event loop."""

    def __init__(self, session: PreviewSession, root: Path) -> None:
        self.session = session
        self.root = root.resolve()
        self.stopping = asyncio.Event()
        self._dirty = asyncio.Event()
        self._listeners: set[asyncio.Queue[int | None]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to watch."""
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._work())]

    def end(self) -> None:
        """Let those go who listen; nothing is watched any more."""
        self.stopping.set()
        self._tell(None)

    async def stop(self) -> None:
        """End everything that waits."""
        self.end()
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def touch(self) -> None:
        """Read anew, as after a save."""
        self._dirty.set()

    async def news(self) -> AsyncIterator[str]:
        """Server-sent events (WHATWG HTML, 9.2): the number of each revision as it is there."""
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
            self.root, watch_filter=self._counts, debounce=_DEBOUNCE, step=_STEP, stop_event=self.stopping
        ):
            self._dirty.set()

    async def _work(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await asyncio.to_thread(self.session.refresh)
            self._tell(self.session.revision)

    def _tell(self, revision: int | None) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()  # only the newest revision is news
            queue.put_nowait(revision)

    def _counts(self, change: Change, path: str) -> bool:
        """Whether a change of this file can change what is shown."""
        try:
            parts = Path(path).relative_to(self.root).parts
        except ValueError:
            return False
        hidden = any(part.startswith(".") for part in parts)
        return not hidden and not _LEFT_ALONE & set(parts[:1]) and not path.endswith(("~", ".tmp", ".swp"))
