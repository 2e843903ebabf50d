"""Refuse every request that does not come from the preview's own page, on this machine.

A page of another site can send requests to loopback, and can make its own domain name lead there (DNS
rebinding). So the Host must be loopback, an Origin must be the preview's own, and every address contains
a secret token that is new in each run.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class RequestGuard:
    """Wraps an ASGI application that listens on `port`. `token` is the first part of each path."""

    def __init__(self, app: App, token: str, port: int) -> None:
        self.app = app
        self.token = token
        self.hosts = {f"{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on an allowed request, without the token in its path; refuse any other with 403."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        token, _, rest = scope["path"].lstrip("/").partition("/")
        right_token = hmac.compare_digest(token.encode(), self.token.encode())
        if not right_token or not self._is_own_page(scope["method"], headers):
            await _refuse(send)
            return
        inner = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode()}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self.app(inner, receive, send_with_headers)

    def _is_own_page(self, method: str, headers: dict[bytes, str]) -> bool:
        """Whether Host and Origin are the preview's own. Only a request that reads may lack an Origin."""
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if host not in self.hosts:
            return False
        if origin is None:
            return method in {"GET", "HEAD"}
        return origin == f"http://{host}"


async def _refuse(send: Send) -> None:
    text = b"This is not the preview's own page. Open the address that `pressroom preview` printed.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(text)),
        *_HEADERS,
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": text})
