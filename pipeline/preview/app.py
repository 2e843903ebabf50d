"""The pages of the preview. Nothing here changes a file but the plan of an issue, through `PlanFile`."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from pipeline.actions.prepare import PreparedEdition
from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.plan_edit.plan_changes import Exclude, Include, Move, Pin, Unpin
from pipeline.preview import email_variants, panels
from pipeline.preview.editor import open_file
from pipeline.preview.reload import Reloader
from pipeline.preview.session import PreviewSession, SelectedEdition
from pipeline.preview.snapshot import Snapshot

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FRAME_POLICY = (
    "default-src 'none'; img-src {images}; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
)
"""No script runs in what was written by others; the page may measure it, and scroll it back to its place."""

_FILES = {"page.js": "text/javascript", "panels.js": "text/javascript", "plan.js": "text/javascript"}
_FILES |= {"page.css": "text/css"}

_CHANGES: dict[str, Callable[..., Any]] = {
    "move": Move,
    "exclude": Exclude,
    "include": Include,
    "pin": Pin,
    "unpin": Unpin,
}


class PreviewPages:
    """Answers requests from a session."""

    def __init__(self, session: PreviewSession, live: Reloader) -> None:
        self.session = session
        self.live = live

    # --- the page itself ---------------------------------------------------------------------

    async def index(self, request: Request) -> Response:
        """The page."""
        return HTMLResponse(_page_file("index.html"), headers={"Content-Security-Policy": _PAGE_POLICY})

    async def file(self, request: Request) -> Response:
        """A script or the style edition of the page."""
        name = request.path_params["name"]
        if name not in _FILES:
            return PlainTextResponse("There is no such file.", 404)
        return Response(_page_file(name), media_type=_FILES[name])

    async def events(self, request: Request) -> Response:
        """Tells of each revision."""
        return StreamingResponse(self.live.news(), media_type="text/event-stream")

    # --- what it asks -------------------------------------------------------------------------

    def state(self, request: Request) -> Any:
        """What there is to choose, and how the chosen edition stands."""
        session, snapshot = self.session, self.session.snapshot
        said: dict[str, Any] = {"revision": session.revision, "errors": session.errors, "issues": []}
        if snapshot is None:
            return said
        publication = snapshot.workspace.files.publication
        issue, audience = self._chosen(snapshot, request)
        session.chosen = SelectedEdition(issue.folder, audience)
        prepared = snapshot.edition(issue, audience)
        read = self._reads(prepared, request)
        return said | {
            "publication": publication.title,
            "issues": [
                {"folder": each.folder, "number": each.number, "title": each.title, "draft": each.draft}
                for each in reversed(list(snapshot.workspace.issues))
            ],
            "issue": issue.folder,
            "path": issue.place.path,
            "audiences": list(issue.audiences),
            "audience": audience,
            "frozen": prepared.issue.assembled.frozen,
            "recipients": [each.get("email") or f"row {n}" for n, each in enumerate(session.recipients, 1)],
            "fields": [each.name for each in prepared.email.merge_fields],
            "inbox": {
                "sender": publication.sender_name,
                "subject": email_variants.filled(prepared.email.subject, read, html=False),
                "preview_text": email_variants.filled(prepared.email.preview_text, read, html=False),
            },
            "bytes": len(prepared.email.html.encode()),
            "page": snapshot.page(issue, audience) if request.query_params.get("view") == "web" else "",
            "editor_url": publication.editor_url,
            "root": str(snapshot.workspace.files.root),
        }

    def text(self, request: Request) -> Any:
        """The text part, and the sources, as text."""
        snapshot, issue, audience = self._asked(request)
        prepared = snapshot.edition(issue, audience)
        kind = request.query_params.get("kind", "text")
        if kind == "text":
            return {
                "text": email_variants.filled(prepared.email.text, self._reads(prepared, request), html=False)
            }
        return {"text": prepared.email.mjml if kind == "mjml" else prepared.email.html}

    def panel(self, request: Request) -> Any:
        """One of the panels beside the email."""
        snapshot, issue, audience = self._asked(request)
        made: dict[str, Callable[[], Any]] = {
            "findings": partial(panels.findings, snapshot, issue, audience),
            "size": partial(panels.size, snapshot, issue, audience),
            "plan": partial(panels.plan, snapshot, issue, audience),
            "links": partial(panels.links, snapshot, issue, audience),
            "changes": partial(panels.difference, snapshot, issue, audience),
            "feeds": partial(panels.feeds, snapshot, issue),
        }
        return made[request.path_params["name"]]()

    # --- what stands in frames ------------------------------------------------------------------

    def email(self, request: Request) -> Response:
        """The email, for the frame."""
        snapshot, issue, audience = self._asked(request)
        asked = request.query_params
        prepared = snapshot.edition(issue, audience)
        html = email_variants.filled(prepared.email.html, self._reads(prepared, request), html=True)
        if asked.get("client") == "outlook":
            html = email_variants.by_outlook(html)
        else:
            html = email_variants.coloured(html, email_variants.ForcedScheme(asked.get("scheme", "light")))
        query = urlencode({"issue": issue.folder, "audience": audience})
        html = email_variants.shown_here(html, prepared.email.images, query)
        return _framed(html.encode(), "text/html; charset=utf-8", images=asked.get("images") != "off")

    def image(self, request: Request) -> Response:
        """A picture of the chosen edition."""
        snapshot, issue, audience = self._asked(request)
        found = snapshot.image(issue, audience, request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is no such picture.", 404)
        return Response(found[1], media_type=found[0].media_type)

    def site(self, request: Request) -> Response:
        """A file of the site, as if the chosen issue were published."""
        snapshot, issue, _ = self._asked(request)
        path = request.path_params["path"]
        path = f"{path}index.html" if not path or path.endswith("/") else path
        made = snapshot.site(issue).get(path)
        if made is None:
            return PlainTextResponse("This page is not made for the preview.", 404)
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return _framed(made(), f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)

    def feed_item(self, request: Request) -> Response:
        """One item of a feed, for the frame."""
        snapshot, issue, _ = self._asked(request)
        asked = request.query_params
        html = panels.feed_item(snapshot, issue, asked["path"], int(asked["item"]))
        style = "body{font:16px/1.5 system-ui,sans-serif;max-width:42em;margin:1em auto;padding:0 1em}"
        style += "img{max-width:100%;height:auto}"
        page = f"<!doctype html><meta charset=utf-8><style>{style}</style>{html}"
        return _framed(page.encode(), "text/html; charset=utf-8")

    # --- what it does -----------------------------------------------------------------------------

    async def open(self, request: Request) -> Response:
        """Open a file in the editor."""
        body = await _body(request)
        line = body.get("line")

        def start() -> Any:
            snapshot, *_ = self._asked(request)
            open_file(snapshot.workspace.files.root, str(body["path"]), int(line) if line else None)
            return {"opened": True}

        return await _answered(start)

    async def change(self, request: Request) -> Response:
        """Change the plan."""
        body = await _body(request)

        def change() -> Any:
            _, issue, audience = self._asked(request)
            values = {
                name: int(value) if name == "position" else str(value)
                for name, value in body["values"].items()
            }
            self.session.change(issue.folder, audience, _CHANGES[body["kind"]](**values))
            return {"changed": True}

        answer = await _answered(change)
        self.live.touch()
        return answer

    async def undo(self, request: Request) -> Response:
        """Take the last change of the plan back."""

        def undo() -> Any:
            _, issue, audience = self._asked(request)
            return {"undone": self.session.undo(issue.folder, audience)}

        answer = await _answered(undo)
        self.live.touch()
        return answer

    # --- which edition ------------------------------------------------------------------------------

    def _asked(self, request: Request) -> tuple[Snapshot, Issue, str]:
        snapshot = self.session.snapshot
        if snapshot is None:
            raise PressroomError("the workspace cannot be read yet.")
        return (snapshot, *self._chosen(snapshot, request))

    def _chosen(self, snapshot: Snapshot, request: Request) -> tuple[Issue, str]:
        issue = snapshot.issue(request.query_params.get("issue") or self.session.chosen.issue)
        audience = request.query_params.get("audience") or self.session.chosen.audience
        return issue, audience if audience in issue.audiences else issue.audiences[0]

    def _reads(self, prepared: PreparedEdition, request: Request) -> Callable[[Any], str]:
        number = request.query_params.get("recipient", "")
        rows = self.session.recipients
        row = rows[int(number)] if number.isdigit() and int(number) < len(rows) else {}
        return email_variants.reads(prepared.field_value, row)


def make_app(session: PreviewSession, live: Reloader) -> Starlette:
    """The application, to be wrapped in a `Guard`."""
    pages = PreviewPages(session, live)

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        live.start()
        yield
        await live.stop()

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
            Route("/open", pages.open, methods=["POST"]),
            Route("/change", pages.change, methods=["POST"]),
            Route("/undo", pages.undo, methods=["POST"]),
            Route("/{name}", pages.file),
        ],
    )


def _json(make: Callable[[Request], Any]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await _answered(partial(make, request))

    return answer


async def _answered(make: Callable[[], Any]) -> Response:
    """What is made in a thread, as JSON; a mistake of the editor's as its words and places."""
    try:
        return JSONResponse(await run_in_threadpool(make))
    except PressroomError as error:
        return JSONResponse({"errors": panels.mistakes(error)}, 409)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return JSONResponse({"errors": [{"message": "This cannot be asked."}]}, 400)


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object that was sent; an empty one for anything else."""
    try:
        found = await request.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _frame(make: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            return await run_in_threadpool(make, request)
        except PressroomError as error:
            return PlainTextResponse("\n".join(each["message"] for each in panels.mistakes(error)), 409)
        except (KeyError, ValueError, IndexError):
            return PlainTextResponse("This cannot be asked.", 400)

    return answer


def _framed(data: bytes, kind: str, *, images: bool = True) -> Response:
    policy = _FRAME_POLICY.format(images="'self' data:" if images else "'none'")
    return Response(data, media_type=kind, headers={"Content-Security-Policy": policy})


def _page_file(name: str) -> bytes:
    return (files("pipeline.preview") / "page" / name).read_bytes()
