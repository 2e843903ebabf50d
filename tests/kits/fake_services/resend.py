"""Resend: https://resend.com/docs/api-reference/broadcasts/create-broadcast"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, list_of, number, shaped

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
    optional = ("object", "has_more", "name")
    settings = 'segment = "78261eea"\n'

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer re_0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"statusCode": status, "name": "validation_error", "message": words}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[1:]:
            case "GET", ["broadcasts"]:
                shaped(request.query, {}, {"limit": number(1, 100)})
                data = [{"id": each.id, "status": each.status} for each in self.drafts.values()]
                return Reply(200, {"object": "list", "has_more": False, "data": data})
            case "POST", ["broadcasts"]:
                return self._save(
                    Draft(f"b-{len(self.drafts) + 1}", "", "draft"), shaped(request.json, _FIELDS, _MORE)
                )
            case "GET", ["broadcasts", id]:
                draft = self.find(id)
                return Reply(
                    200, {"object": "broadcast", "id": id, "name": draft.name, "status": draft.status}
                )
            case "PATCH", ["broadcasts", id]:
                if self.find(id).status != "draft":
                    raise Refusal("You can only update broadcasts in draft", 422)
                return self._save(self.find(id), shaped(request.json, {}, {**_FIELDS, **_MORE}))
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any]) -> Reply:
        draft.name, draft.subject, draft.preview_text = body["name"], body["subject"], body["preview_text"]
        draft.html, draft.text, draft.extra = body["html"], body["text"], body
        return Reply(200, {"id": self.store(draft).id})
