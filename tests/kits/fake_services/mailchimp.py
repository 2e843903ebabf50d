"""Mailchimp: https://mailchimp.com/developer/marketing/api/campaigns/"""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, basic_auth, exactly, filled, shaped

_SETTINGS = {
    "title": filled,
    "subject_line": filled,
    "preview_text": str,
    "from_name": filled,
    "reply_to": lambda value: filled(value) and "@" in value and "<" not in value,
}


class FakeService(fake_service.FakeService):
    target = "mailchimp"
    keys = {"MAILCHIMP_API_KEY": "0123456789abcdef-us7"}
    settings = 'list = "a1b2c3"\n'
    draft = "save"
    base = "/3.0"

    def allowed(self, asked: Asked) -> bool:
        return basic_auth(asked).partition(":")[2] == "0123456789abcdef-us7"

    def error(self, status: int, words: str) -> Any:
        return {"type": "https://mailchimp.com/errors", "title": "Bad", "status": status, "detail": words}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["campaigns"]:
                assert int(asked.query["count"]) <= 1000
                return Answer(200, {"campaigns": [_shown(each) for each in self.held.values()]})
            case "POST", ["campaigns"]:
                held = Held(f"c{len(self.held) + 1}", "", "save")
                body = shaped(asked.json, {"type": exactly("regular"), "recipients": dict, "settings": dict})
                return self._kept(held, body)
            case "GET", ["campaigns", id]:
                return Answer(200, _shown(self.find(id)))
            case "PATCH", ["campaigns", id]:
                return self._kept(self._open(id), shaped(asked.json, {"recipients": dict, "settings": dict}))
            case "PUT", ["campaigns", id, "content"]:
                return self._filled(self._open(id), asked.json)
        raise Refused("no such route", 404)

    def _open(self, id: str) -> Held:
        held = self.find(id)
        if held.status not in {"save", "paused", "schedule"}:
            raise Refused("This campaign cannot be edited.")
        return held

    def _kept(self, held: Held, body: dict[str, Any]) -> Answer:
        shaped(
            body["recipients"],
            {"list_id": exactly("a1b2c3")},
            {"segment_opts": lambda value: shaped(value, {"saved_segment_id": int})},
        )
        said = shaped(body["settings"], _SETTINGS)
        held.name, held.subject, held.preview_text = said["title"], said["subject_line"], said["preview_text"]
        held.extra = body
        return Answer(200, _shown(self.hold(held)))

    def _filled(self, held: Held, body: dict[str, Any]) -> Answer:
        shaped(body, {"plain_text": str}, {"html": filled, "archive": dict})
        if ("html" in body) == ("archive" in body):
            raise Refused("one of html and archive")
        held.text, held.html = body["plain_text"], body.get("html", "")
        if "archive" in body:
            packed = shaped(body["archive"], {"archive_content": str, "archive_type": exactly("zip")})
            with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed["archive_content"]))) as archive:
                held.extra["files"] = sorted(archive.namelist())
                held.html = archive.read("email.html").decode()
        if "*|UNSUB|*" not in held.html or "*|UNSUB|*" not in held.text:
            raise Refused("An unsubscribe link is required.")
        return Answer(200, {"html": held.html, "plain_text": held.text})


def _shown(held: Held) -> dict[str, Any]:
    return {
        "id": held.id,
        "web_id": int(held.id[1:]),
        "status": held.status,
        "settings": {"title": held.name},
    }
