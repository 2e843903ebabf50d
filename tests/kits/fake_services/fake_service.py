"""A local HTTP server that acts as a service, strictly, and with faults if a test wants them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

CUT, GONE, SLOW = "cut", "gone", "slow"
"""Half an answer, none at all, and one that comes too late."""


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        assert self.headers.get("content-type", "").split(";")[0] == "application/json", self.headers
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form, read by the standard library's reader of messages."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        assert message.get_content_type() == "multipart/form-data" and not message.defects
        parts = {}
        for part in message.iter_parts():
            name = part["content-disposition"].params["name"]
            assert name not in parts
            parts[name] = part.get_payload(decode=True).decode()
        return parts


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Draft:
    """A draft as the service has it. `status` is its own word."""

    id: str
    name: str
    status: str
    subject: str = ""
    preview_text: str | None = None
    html: str = ""
    text: str | None = None
    tags: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """What a service answers to a request that its documentation does not allow."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


class FakeService:
    """A fake of one service. A subclass has its key and settings, and answers requests."""

    target: str
    keys: Mapping[str, str]
    """Environment variables that a push needs."""
    settings: str = ""
    """TOML below `[targets.NAME]`, without `url`."""
    open_status = "draft"
    """The status of a draft that may still be changed."""
    sent_status = "sent"
    takes_text = True
    takes_preview = True
    optional: tuple[str, ...] = ()
    """The fields of an answer that the service's schema does not require."""
    without = ""
    """One of them, which all answers lack."""
    base = ""
    """The path in the address that is set as `url`."""

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}
        self.requests: list[Request] = []
        self.faults: list[Reply | str] = []
        self.refusals: list[str] = []
        self.released = threading.Event()
        self.url = ""

    # --- what a subclass has ---------------------------------------------------------------------

    # Not abstract: a subclass with a `play` of its own needs neither.

    def is_authorized(self, request: Request) -> bool:
        raise NotImplementedError

    def reply(self, request: Request) -> Reply:
        raise NotImplementedError

    def error(self, status: int, words: str) -> Any:
        """The body of an error in this service's form."""
        return {"message": words}

    # --- drafts and requests ------------------------------------------------------------------------

    def only_draft(self) -> Draft:
        (draft,) = self.drafts.values()
        return draft

    def store(self, draft: Draft) -> Draft:
        self.drafts[draft.id] = draft
        return draft

    def find(self, id: str) -> Draft:
        if id not in self.drafts:
            raise Refusal("not found", 404)
        return self.drafts[id]

    def play(self, request: Request) -> Reply | str:
        self.requests.append(request)
        if self.faults:
            fault = self.faults.pop(0)
            if not (isinstance(fault, str) and fault.startswith("after:")):
                return fault
            self._reply(request)
            return fault.removeprefix("after:")
        return self._reply(request)

    def _reply(self, request: Request) -> Reply:
        try:
            if not request.headers.get("user-agent", "").startswith("Pressroom/"):
                raise Refusal("no user agent of ours")
            if not self.is_authorized(request):
                return Reply(401, self.error(401, "the key was refused"))
            reply = self.reply(request)
            return replace(reply, body=_without(reply.body, self.without)) if self.without else reply
        except Refusal as error:
            if error.status != 404:
                self.refusals.append(f"{request.method} {request.path}: {error}")
            return Reply(error.status, self.error(error.status, str(error)))
        except Exception as error:  # shown by the test, instead of hanging the client
            self.refusals.append(f"{request.method} {request.path}: {error!r}")
            return Reply(400, self.error(400, repr(error)))


def _without(value: Any, name: str) -> Any:
    """A value without the fields of this name in it."""
    if isinstance(value, dict):
        return {key: _without(each, name) for key, each in value.items() if key != name}
    return [_without(each, name) for each in value] if isinstance(value, list) else value


def number(least: int, most: int) -> Callable[[Any], bool]:
    """A number in a query, within its limits."""
    return lambda value: value.isdecimal() and least <= int(value) <= most


def shaped(body: Any, required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> Any:
    """The body, if it has the keys and types that are documented. A type may be a tuple or a function."""
    if not isinstance(body, dict):
        raise Refusal(f"{body!r:.80} is not an object")
    known = {**required, **(optional or {})}
    for key, value in body.items():
        if key not in known:
            raise Refusal(f"the key {key!r} is not documented")
        kind = known[key]
        if isinstance(kind, type | tuple):
            fits = isinstance(value, kind) and not (isinstance(value, bool) and kind is int)
        else:
            fits = kind(value)
        if not fits:
            raise Refusal(f"{key!r} cannot be {value!r:.80}")
    for key in required:
        if key not in body:
            raise Refusal(f"{key!r} is missing")
    return body


def list_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list)
        and all(isinstance(each, kind) and not (kind is int and isinstance(each, bool)) for each in value)
    )


def one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: any(value == each and type(value) is type(each) for each in values)


def filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def basic_auth(request: Request) -> str:
    kind, _, pair = request.headers.get("authorization", "").partition(" ")
    return base64.b64decode(pair).decode() if kind == "Basic" else ""


def fake_service_for(target: str) -> FakeService:
    return import_module(f"fake_services.{target}").FakeService()


@contextmanager
def serving(service: FakeService) -> Iterator[FakeService]:
    """Serve on a free port of loopback; `service.url` is the address for the settings."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = parts.path
            request = Request(self.command, path, dict(parse_qsl(parts.query)), headers, data)
            reply = service.play(request)
            self.close_connection = True
            if reply == SLOW:
                service.released.wait(20)
                return
            if reply == GONE:
                return
            if isinstance(reply, str):
                self.wfile.write(
                    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"'
                )
                return
            body = b"" if reply.body is None else reply.body
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            kind = "text/html" if isinstance(reply.body, bytes) else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}{service.base}"
    try:
        yield service
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def last(path: str) -> str:
    """The last step of a path, unquoted."""
    return unquote(path.rstrip("/").rpartition("/")[2])
