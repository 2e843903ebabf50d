"""The preview's web application. It changes no file except an issue's plan, through `PlanFile`."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from pipeline.actions.plan_edit.plan_changes import Exclude, Include, Move, Pin, Unpin
from pipeline.actions.prepare import PreparedEdition
from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.preview import panels
from pipeline.preview.editor import open_file
from pipeline.preview.email_variants import (
    ColorScheme,
    as_outlook,
    with_color_scheme,
    with_local_images,
)
from pipeline.preview.reload import Reloader
from pipeline.preview.session import PreviewSession, SelectedEdition
from pipeline.preview.snapshot import Snapshot
from pipeline.support.json_text import read_json
from pipeline.support.numbers_in_text import whole_number

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FRAME_POLICY = (
    "default-src 'none'; img-src {images}; media-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
)
"""No script runs in a frame; the page may measure its content, and restore its scroll position."""

_FILES = {
    **dict.fromkeys(("page.js", "panels.js", "plan.js"), "text/javascript"),
    "page.css": "text/css",
}

_CHANGES: dict[str, Callable[..., Any]] = {
    each.__name__.lower(): each for each in (Move, Exclude, Include, Pin, Unpin)
}


class PreviewPages:
    """Answers requests with what a session has."""

    def __init__(self, session: PreviewSession, reloader: Reloader) -> None:
        self.session = session
        self.reloader = reloader

    # --- the page itself ---------------------------------------------------------------------

    async def index(self, request: Request) -> Response:
        """The page itself."""
        return HTMLResponse(_page_file("index.html"), headers={"Content-Security-Policy": _PAGE_POLICY})

    async def file(self, request: Request) -> Response:
        """A script or the style sheet of the page."""
        name = request.path_params["name"]
        if name not in _FILES:
            return PlainTextResponse("There is no such file.", 404)
        return Response(_page_file(name), media_type=_FILES[name])

    async def events(self, request: Request) -> Response:
        """A stream with the number of each revision."""
        return StreamingResponse(self.reloader.events(), media_type="text/event-stream")

    # --- values ---------------------------------------------------------------------------------

    def state(self, request: Request) -> Any:
        """What can be selected, and the state of the selected edition."""
        session, snapshot = self.session, self.session.snapshot
        state: dict[str, Any] = {"revision": session.revision, "errors": session.errors, "issues": []}
        if snapshot is None:
            return state
        publication = snapshot.workspace.files.publication
        issue, audience = self._select(snapshot, request)
        session.selected = SelectedEdition(issue.folder, audience)
        prepared = snapshot.edition(issue, audience)
        value = self._field_value(prepared, request)
        return state | {
            "publication": publication.title,
            "issues": [
                {"folder": each.folder, "number": each.number, "title": each.title, "draft": each.draft}
                for each in reversed(snapshot.workspace.issues)
            ],
            "issue": issue.folder,
            "path": issue.place.path,
            "audiences": list(issue.audiences),
            "audience": audience,
            "frozen": prepared.issue.assembled.frozen,
            "recipients": [each.get("email") or f"row {n}" for n, each in enumerate(session.recipients, 1)],
            "fields": list(dict.fromkeys(each.name for each in prepared.email.merge_fields)),
            "inbox": {
                "sender": publication.sender_name,
                "subject": prepared.email.subject.fill(value),
                "preview_text": prepared.email.preview_text.fill(value),
            },
            "bytes": prepared.email.html_bytes,
            "page": snapshot.page(issue, audience) if request.query_params.get("view") == "web" else "",
            "editor_url": publication.editor_url,
            "root": str(snapshot.workspace.files.root),
        }

    def text(self, request: Request) -> Any:
        """The text part, or the source of the email as `kind` names it: html or mjml."""
        snapshot, issue, audience = self._selected(request)
        prepared = snapshot.edition(issue, audience)
        kind = request.query_params.get("kind", "text")
        if kind == "text":
            return {"text": prepared.email.text.fill(self._field_value(prepared, request))}
        return {"text": prepared.email.mjml if kind == "mjml" else prepared.email.html}

    def panel(self, request: Request) -> Any:
        """The values of one panel beside the email."""
        snapshot, issue, audience = self._selected(request)
        make: dict[str, Callable[[], Any]] = {
            "findings": partial(panels.findings, snapshot, issue, audience),
            "size": partial(panels.size, snapshot, issue, audience),
            "plan": partial(panels.plan, snapshot, issue, audience),
            "links": partial(panels.links, snapshot, issue, audience),
            "changes": partial(panels.changes, snapshot, issue, audience),
            "sends": partial(panels.sends, snapshot, issue),
            "feeds": partial(panels.feeds, snapshot, issue),
        }
        return make[request.path_params["name"]]()

    # --- frames ---------------------------------------------------------------------------------

    def email(self, request: Request) -> Response:
        """The email in the variant that the query names."""
        snapshot, issue, audience = self._selected(request)
        options = request.query_params
        prepared = snapshot.edition(issue, audience)
        value = self._field_value(prepared, request)
        html = prepared.email.html.fill(lambda field: escape(value(field)))
        if options.get("client") == "outlook":
            html = as_outlook(html)
        else:
            html = with_color_scheme(html, ColorScheme(options.get("scheme", "light")))
        query = urlencode({"issue": issue.folder, "audience": audience})
        html = with_local_images(html, prepared.email.images, query)
        return _framed(html.encode(), "text/html; charset=utf-8", images=options.get("images") != "off")

    def image(self, request: Request) -> Response:
        """An image of the selected edition."""
        snapshot, issue, audience = self._selected(request)
        image = snapshot.image(issue, audience, request.path_params["name"])
        if image is None:
            return PlainTextResponse("There is no such image.", 404)
        return Response(image[1], media_type=image[0].media_type)

    def site(self, request: Request) -> Response:
        """A file of the site, as if the selected issue were published."""
        snapshot, issue, _ = self._selected(request)
        path = request.path_params["path"]
        path = f"{path}index.html" if not path or path.endswith("/") else path
        file = snapshot.site(issue).get(path)
        if file is None:
            return PlainTextResponse("The preview does not include this page.", 404)
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        text = media_type.startswith("text/")
        return _framed(file(), f"{media_type}; charset=utf-8" if text else media_type)

    def feed_item(self, request: Request) -> Response:
        """One item of a feed, as a page."""
        snapshot, issue, _ = self._selected(request)
        query = request.query_params
        html = panels.feed_item(snapshot, issue, query["path"], int(query["item"]))
        style = "body{font:16px/1.5 system-ui,sans-serif;max-width:42em;margin:1em auto;padding:0 1em}"
        style += "img{max-width:100%;height:auto}"
        page = f"<!doctype html><meta charset=utf-8><style>{style}</style>{html}"
        return _framed(page.encode(), "text/html; charset=utf-8")

    # --- actions --------------------------------------------------------------------------------

    def open(self, request: Request, body: Any) -> Any:
        """Open a file in the editor."""
        snapshot, *_ = self._selected(request)
        line = body.get("line")
        open_file(snapshot.workspace.files.root, str(body["path"]), int(line) if line else None)
        return {"opened": True}

    def change(self, request: Request, body: Any) -> Any:
        """Change the plan. The file is saved, so a new revision follows."""
        _, issue, audience = self._selected(request)
        values = {
            name: int(value) if name == "position" else str(value) for name, value in body["values"].items()
        }
        self.session.change(issue.folder, audience, _CHANGES[body["kind"]](**values))
        return {"changed": True}

    def undo(self, request: Request, _body: Any) -> Any:
        """Undo the last change of the plan."""
        _, issue, audience = self._selected(request)
        return {"undone": self.session.undo(issue.folder, audience)}

    # --- the selected edition -------------------------------------------------------------------

    def _selected(self, request: Request) -> tuple[Snapshot, Issue, str]:
        snapshot = self.session.snapshot
        if snapshot is None:
            raise PressroomError("the workspace cannot be read yet.")
        return (snapshot, *self._select(snapshot, request))

    def _select(self, snapshot: Snapshot, request: Request) -> tuple[Issue, str]:
        issue = snapshot.issue(request.query_params.get("issue") or self.session.selected.issue)
        audience = request.query_params.get("audience") or self.session.selected.audience
        return issue, audience if audience in issue.audiences else issue.audiences[0]

    def _field_value(self, prepared: PreparedEdition, request: Request) -> Callable[[Any], str]:
        number = whole_number(request.query_params.get("recipient", ""))
        rows = self.session.recipients
        row = rows[number] if number is not None and number < len(rows) else {}
        return prepared.field_values(row)


def make_app(session: PreviewSession, reloader: Reloader) -> Starlette:
    """Make the application; `RequestGuard` must wrap it."""
    pages = PreviewPages(session, reloader)

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        reloader.start()
        yield
        await reloader.stop()

    return Starlette(
        lifespan=running,
        routes=[
            Route("/", pages.index),
            Route("/events", pages.events),
            Route("/state", _json(pages.state)),
            Route("/text", _json(pages.text)),
            Route("/panel/{name}", _json(pages.panel)),
            Route("/frame/email", _frame(pages.email)),
            Route("/frame/item", _frame(pages.feed_item)),
            Route("/images/{name}", _frame(pages.image)),
            Route("/site/{path:path}", _frame(pages.site)),
            Route("/open", _posted(pages.open), methods=["POST"]),
            Route("/change", _posted(pages.change), methods=["POST"]),
            Route("/undo", _posted(pages.undo), methods=["POST"]),
            Route("/{name}", pages.file),
        ],
    )


def _json(make: Callable[[Request], Any]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await _answer(partial(make, request))

    return answer


def _posted(make: Callable[[Request, Any], Any]) -> Callable[[Request], Any]:
    """Pass the JSON of the request to `make`, or None for anything else."""

    async def answer(request: Request) -> Response:
        try:
            body = read_json(await request.body())
        except ValueError:
            body = None
        return await _answer(partial(make, request, body))

    return answer


async def _answer(make: Callable[[], Any]) -> Response:
    """Answer with what `make` returns, as JSON, or with the mistakes that it raises."""
    try:
        return JSONResponse(await run_in_threadpool(make))
    except PressroomError as error:
        return JSONResponse({"errors": panels.mistakes(error)}, 409)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return JSONResponse({"errors": [{"message": "This request is not valid."}]}, 400)


def _frame(make: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            return await run_in_threadpool(make, request)
        except PressroomError as error:
            return PlainTextResponse("\n".join(each["message"] for each in panels.mistakes(error)), 409)
        except (KeyError, ValueError, IndexError):
            return PlainTextResponse("This request is not valid.", 400)

    return answer


def _framed(data: bytes, media_type: str, *, images: bool = True) -> Response:
    policy = _FRAME_POLICY.format(images="'self' data:" if images else "'none'")
    return Response(data, media_type=media_type, headers={"Content-Security-Policy": policy})


def _page_file(name: str) -> bytes:
    return (files("pipeline.preview") / "page" / name).read_bytes()
