"""A local HTTP server that plays a service, strictly, and with faults where a test asks for them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

CUT, SLOW = "cut", "slow"


@dataclass(frozen=True)
class Asked:
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
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Held:
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


class Refused(Exception):
    """What a service answers to a request that its documentation does not allow."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


class FakeService:
    """Plays one service. A subclass says the key, the settings, and answers requests."""

    target: str
    keys: Mapping[str, str]
    """Environment variables that a push needs."""
    settings: str = ""
    """TOML below `[targets.NAME]`, but for `url`."""
    draft = "draft"
    """The status of what may still be changed."""
    sent = "sent"
    takes_text = True
    takes_preview = True
    base = ""
    """What stands between host and path in the address that is set as `url`."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}
        self.asked: list[Asked] = []
        self.faults: list[Answer | str] = []
        self.refused: list[str] = []
        self.released = threading.Event()
        self.url = ""

    # --- what a subclass says ---------------------------------------------------------------------

    def allowed(self, asked: Asked) -> bool:
        raise NotImplementedError

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def error(self, status: int, words: str) -> Any:
        """The body of an error in this service's form."""
        return {"message": words}

    # --- what it has in hand ------------------------------------------------------------------------

    def one(self) -> Held:
        (held,) = self.held.values()
        return held

    def hold(self, held: Held) -> Held:
        self.held[held.id] = held
        return held

    def find(self, id: str) -> Held:
        if id not in self.held:
            raise Refused("not found", 404)
        return self.held[id]

    def methods(self) -> list[str]:
        return [each.method for each in self.asked]

    def play(self, asked: Asked) -> Answer | str:
        self.asked.append(asked)
        if self.faults:
            fault = self.faults.pop(0)
            if not (isinstance(fault, str) and fault.startswith("after:")):
                return fault
            self._answered(asked)
            return fault.removeprefix("after:")
        return self._answered(asked)

    def _answered(self, asked: Asked) -> Answer:
        try:
            if not asked.headers.get("user-agent", "").startswith("Pressroom/"):
                raise Refused("no user agent of ours")
            if not self.allowed(asked):
                return Answer(401, self.error(401, "the key was refused"))
            return self.answer(asked)
        except Refused as error:
            if error.status != 404:
                self.refused.append(f"{asked.method} {asked.path}: {error}")
            return Answer(error.status, self.error(error.status, str(error)))
        except Exception as error:  # shown by the test, instead of hanging the client
            self.refused.append(f"{asked.method} {asked.path}: {error!r}")
            return Answer(400, self.error(400, repr(error)))


def shaped(body: Any, required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> Any:
    """The body, if it has the keys and types that are documented. A type may be a tuple or a function."""
    if not isinstance(body, dict):
        raise Refused(f"{body!r:.80} is no object")
    known = {**required, **(optional or {})}
    for key, value in body.items():
        if key not in known:
            raise Refused(f"the key {key!r} is not documented")
        kind = known[key]
        if isinstance(kind, type | tuple):
            fits = isinstance(value, kind) and not (isinstance(value, bool) and kind is int)
        else:
            fits = kind(value)
        if not fits:
            raise Refused(f"{key!r} cannot be {value!r:.80}")
    for key in required:
        if key not in body:
            raise Refused(f"{key!r} is missing")
    return body


def list_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list)
        and all(isinstance(each, kind) and not (kind is int and isinstance(each, bool)) for each in value)
    )


def exactly(*values: Any) -> Callable[[Any], bool]:
    return lambda value: any(value == each and type(value) is type(each) for each in values)


def filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def basic_auth(asked: Asked) -> str:
    kind, _, pair = asked.headers.get("authorization", "").partition(" ")
    return base64.b64decode(pair).decode() if kind == "Basic" else ""


def fake_service_for(target: str) -> FakeService:
    return import_module(f"fake_services.{target}").FakeService()


@contextmanager
def serve(service: FakeService) -> Iterator[FakeService]:
    """Serve on a free port of loopback; `service.url` is the address for the settings."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = parts.path
            asked = Asked(self.command, path, dict(parse_qsl(parts.query)), headers, data)
            answer = service.play(asked)
            self.close_connection = True
            if answer == SLOW:
                service.released.wait(20)
                return
            if isinstance(answer, str):
                self.wfile.write(
                    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"'
                )
                return
            body = b"" if answer.body is None else json.dumps(answer.body).encode()
            if isinstance(answer.body, bytes):
                body = answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
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
    """The last step of a path, as it was before it was quoted."""
    return unquote(path.rstrip("/").rpartition("/")[2])
