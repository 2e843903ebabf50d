"""Resend: https://resend.com/docs/api-reference/broadcasts/create-broadcast"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, filled, list_of, shaped

_FIELDS = {"segment_id": filled, "from": lambda value: filled(value) and "@" in value, "subject": filled}
_MORE = {
    "name": filled,
    "reply_to": list_of(str),
    "preview_text": str,
    "html": filled,
    "text": str,
    "topic_id": filled,
}


class FakeService(fake_service.FakeService):
    target = "resend"
    keys = {"RESEND_API_KEY": "re_0123456789"}
    settings = 'segment = "78261eea"\n'

    def allowed(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Bearer re_0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"statusCode": status, "name": "validation_error", "message": words}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[1:]:
            case "GET", ["broadcasts"]:
                data = [{"id": each.id, "status": each.status} for each in self.held.values()]
                return Answer(200, {"object": "list", "has_more": False, "data": data})
            case "POST", ["broadcasts"]:
                return self._kept(
                    Held(f"b-{len(self.held) + 1}", "", "draft"), shaped(asked.json, _FIELDS, _MORE)
                )
            case "GET", ["broadcasts", id]:
                held = self.find(id)
                return Answer(
                    200, {"object": "broadcast", "id": id, "name": held.name, "status": held.status}
                )
            case "PATCH", ["broadcasts", id]:
                if self.find(id).status != "draft":
                    raise Refused("You can only update broadcasts in draft", 422)
                return self._kept(self.find(id), shaped(asked.json, {}, {**_FIELDS, **_MORE}))
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any]) -> Answer:
        held.name, held.subject, held.preview_text = body["name"], body["subject"], body["preview_text"]
        held.html, held.text, held.extra = body["html"], body["text"], body
        return Answer(200, {"id": self.hold(held).id})
