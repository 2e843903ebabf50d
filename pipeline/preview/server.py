"""Serve the preview on loopback until Ctrl-C."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import uvicorn

from pipeline.errors import PressroomError
from pipeline.preview.app import make_app
from pipeline.preview.reload import Reloader
from pipeline.preview.request_guard import RequestGuard
from pipeline.preview.session import PreviewSession, SelectedEdition
from pipeline.support.workspace_root import find_root

HOST = "127.0.0.1"
PORT = 4780
"""The port that is tried first, so that its address stays the same; if it is taken, a free one is used."""


class PreviewServer:
    """A server that listens as soon as it is made. `address` contains the token of this run.

    Raises `PressroomError` if there is no workspace, issue or edition, or the port is taken.
    """

    def __init__(
        self,
        start: Path,
        selected: SelectedEdition,
        recipients: Sequence[Mapping[str, str]] = (),
        port: int | None = None,
    ) -> None:
        self._root = find_root(start)
        self._session = PreviewSession(start, selected, recipients)
        self._session.begin()
        self._socket = _listen(port)
        self._port = self._socket.getsockname()[1]
        self._token = secrets.token_urlsafe(24)
        self.address = f"http://{HOST}:{self._port}/{self._token}/"

    def run(self) -> None:
        """Serve until a signal ends it."""
        # The checks of the last save must not delay the next one, so threads switch every millisecond.
        sys.setswitchinterval(0.001)
        try:
            asyncio.run(self._serve())
        except KeyboardInterrupt:
            pass  # Ctrl-C is how it ends
        finally:
            self._socket.close()

    async def _serve(self) -> None:
        # The reloader's events belong to the loop in which it is made.
        reloader = Reloader(self._session, self._root)
        app = RequestGuard(make_app(self._session, reloader), self._token, self._port)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1
        )
        await _UvicornServer(config, reloader).serve(sockets=[self._socket])


class _UvicornServer(uvicorn.Server):
    """Disconnects the pages that listen for events before it waits for open connections."""

    def __init__(self, config: uvicorn.Config, reloader: Reloader) -> None:
        super().__init__(config)
        self.reloader = reloader

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        asyncio.get_running_loop().call_soon_threadsafe(self.reloader.end)
        super().handle_exit(sig, frame)


def _listen(port: int | None) -> socket.socket:
    for candidate in [port] if port is not None else [PORT, 0]:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, candidate))
        except OSError as error:
            listening.close()
            if port is not None:
                raise PressroomError(
                    f"the port {port} cannot be used: {error.strerror}.", "--port", None, "Name another one."
                ) from error
            continue
        listening.listen(64)
        return listening
    raise PressroomError("no port of this machine is free.", "preview")
