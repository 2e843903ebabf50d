"""Serves the preview on loopback until Ctrl-C."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

import uvicorn

from pipeline.config.workspace_files import find_root
from pipeline.errors import PressroomError
from pipeline.preview.app import make_app
from pipeline.preview.reload import Reloader
from pipeline.preview.request_guard import RequestGuard
from pipeline.preview.session import PreviewSession, SelectedEdition

HOST = "127.0.0.1"
PORT = 4780
"""Tried first, so that a bookmark of the port holds; any other where it is taken."""


def serve(
    start: Path,
    chosen: SelectedEdition,
    recipients: Sequence[Mapping[str, str]],
    port: int | None,
    ready: Callable[[str], None],
) -> None:
    """Serve until a signal ends it. `ready` is told the address, which holds the token of this run.

    Raises `PressroomError` where there is no workspace or no such issue, or the port is taken.
    """
    root = find_root(start)
    session = PreviewSession(start, chosen, recipients)
    session.begin()
    token = secrets.token_urlsafe(24)
    listening = _listening(port)
    bound = listening.getsockname()[1]

    async def application(scope: object, receive: object, send: object) -> None:
        raise AssertionError("replaced before the first request")

    config = uvicorn.Config(
        application, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1
    )
    server = _PreviewServer(config)

    async def run() -> None:
        # What waits for events belongs to the loop in which it is made.
        live = Reloader(session, root)
        server.live = live
        config.app = RequestGuard(make_app(session, live), token, bound)
        ready(f"http://{HOST}:{bound}/{token}/")
        await server.serve(sockets=[listening])

    # The checks of the last save must not keep the next one waiting: threads take turns of a millisecond.
    sys.setswitchinterval(0.001)
    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        pass  # Ctrl-C is how it ends
    finally:
        listening.close()


class _PreviewServer(uvicorn.Server):
    """Lets the pages that listen for news go before it waits for open connections."""

    live: Reloader | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.live:
            asyncio.get_running_loop().call_soon_threadsafe(self.live.end)
        super().handle_exit(sig, frame)


def _listening(port: int | None) -> socket.socket:
    for each in [port] if port is not None else [PORT, 0]:
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((HOST, each))
        except OSError as error:
            found.close()
            if port is not None:
                raise PressroomError(
                    f"the port {port} cannot be used: {error.strerror}.", "--port", None, "Name another one."
                ) from error
            continue
        found.listen(64)
        return found
    raise PressroomError("no port of this machine is free.", "preview")
