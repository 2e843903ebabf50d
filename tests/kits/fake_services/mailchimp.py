"""Mailchimp: https://mailchimp.com/developer/marketing/api/campaigns/"""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import (
    Draft,
    Refusal,
    Reply,
    Request,
    basic_auth,
    filled,
    number,
    one_of,
    shaped,
)

_SETTINGS = {
    "title": filled,
    "subject_line": filled,
    "preview_text": str,
    "from_name": filled,
    "reply_to": lambda value: filled(value) and "@" in value and "<" not in value,
}


_QUERY = {
    "list_id": filled,
    "sort_field": one_of("create_time", "send_time"),
    "sort_dir": one_of("ASC", "DESC"),
    "count": number(1, 1000),
    "fields": filled,
}


class FakeService(fake_service.FakeService):
    target = "mailchimp"
    keys = {"MAILCHIMP_API_KEY": "0123456789abcdef-us7"}
    settings = 'list = "a1b2c3"\n'
    open_status = "save"
    optional = ("web_id", "settings")
    base = "/3.0"

    def is_authorized(self, request: Request) -> bool:
        return basic_auth(request).partition(":")[2] == "0123456789abcdef-us7"

    def error(self, status: int, words: str) -> Any:
        return {"type": "https://mailchimp.com/errors", "title": "Bad", "status": status, "detail": words}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[2:]:
            case "GET", ["campaigns"]:
                shaped(request.query, {}, _QUERY)
                return Reply(200, {"campaigns": [_as_json(each) for each in self.drafts.values()]})
            case "POST", ["campaigns"]:
                draft = Draft(f"c{len(self.drafts) + 1}", "", "save")
                body = shaped(request.json, {"type": one_of("regular"), "recipients": dict, "settings": dict})
                return self._save(draft, body)
            case "GET", ["campaigns", id]:
                return Reply(200, _as_json(self.find(id)))
            case "PATCH", ["campaigns", id]:
                return self._save(
                    self._editable(id), shaped(request.json, {"recipients": dict, "settings": dict})
                )
            case "PUT", ["campaigns", id, "content"]:
                return self._save_content(self._editable(id), request.json)
        raise Refusal("no such route", 404)

    def _editable(self, id: str) -> Draft:
        draft = self.find(id)
        if draft.status not in {"save", "paused", "schedule"}:
            raise Refusal("This campaign cannot be edited.")
        return draft

    def _save(self, draft: Draft, body: dict[str, Any]) -> Reply:
        shaped(
            body["recipients"],
            {"list_id": one_of("a1b2c3")},
            {"segment_opts": lambda value: shaped(value, {"saved_segment_id": int})},
        )
        settings = shaped(body["settings"], _SETTINGS)
        draft.name, draft.subject, draft.preview_text = (
            settings["title"],
            settings["subject_line"],
            settings["preview_text"],
        )
        draft.extra = body
        return Reply(200, _as_json(self.store(draft)))

    def _save_content(self, draft: Draft, body: dict[str, Any]) -> Reply:
        shaped(body, {"plain_text": str}, {"html": filled, "archive": dict})
        if ("html" in body) == ("archive" in body):
            raise Refusal("one of html and archive")
        draft.text, draft.html = body["plain_text"], body.get("html", "")
        if "archive" in body:
            packed = shaped(body["archive"], {"archive_content": str, "archive_type": one_of("zip")})
            with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed["archive_content"]))) as archive:
                draft.extra["files"] = sorted(archive.namelist())
                draft.html = archive.read("email.html").decode()
        if "*|UNSUB|*" not in draft.html or "*|UNSUB|*" not in draft.text:
            raise Refusal("An unsubscribe link is required.")
        return Reply(200, {"html": draft.html, "plain_text": draft.text})


def _as_json(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "web_id": int(draft.id[1:]),
        "status": draft.status,
        "settings": {"title": draft.name},
    }
