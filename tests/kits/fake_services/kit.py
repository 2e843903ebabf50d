"""Kit: https://developers.kit.com/api-reference/broadcasts/create-a-broadcast"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, list_of, number, one_of, shaped

_NONE = type(None)
_FIELDS = {
    "content": filled,
    "description": str,
    "public": one_of(False),
    "published_at": filled,
    "preview_text": str,
    "subject": filled,
    "subscriber_filter": list_of(dict),
    "send_at": one_of(None),
}
_MORE = {
    "email_template_id": int,
    "email_address": (str, _NONE),
    "thumbnail_alt": (str, _NONE),
    "thumbnail_url": (str, _NONE),
}


class FakeService(fake_service.FakeService):
    target = "kit"
    keys = {"KIT_API_KEY": "kit_0123456789abcdef"}
    settings = "template = 5\nsubscriber_tags = [11]\n"
    takes_text = False
    sent_status = "completed"
    optional = ("status", "description", "public_url")

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("x-kit-api-key") == "kit_0123456789abcdef"

    def error(self, status: int, words: str) -> Any:
        return {"errors": [words]}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[1:]:
            case "GET", ["v4", "broadcasts"]:
                shaped(request.query, {}, {"per_page": number(1, 1000)})
                return Reply(200, {"broadcasts": [_as_json(each) for each in self.drafts.values()]})
            case "POST", ["v4", "broadcasts"]:
                body = shaped(request.json, _FIELDS, _MORE)
                return self._save(Draft(str(len(self.drafts) + 900), "", "draft"), body, 201)
            case "GET", ["v4", "broadcasts", id]:
                return Reply(200, {"broadcast": _as_json(self.find(id))})
            case "PUT", ["v4", "broadcasts", id]:
                if self.find(id).status != "draft":
                    raise Refusal("sending has started", 422)
                return self._save(self.find(id), shaped(request.json, {**_FIELDS, **_MORE}), 200)
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any], status: int) -> Reply:
        for each in body["subscriber_filter"]:
            (group,) = [
                value for value in shaped(each, {"all": list, "any": _NONE, "none": _NONE}).values() if value
            ]
            for one in group:
                shaped(one, {"type": one_of("segment", "tag"), "ids": list_of(int)})
        draft.name, draft.subject, draft.html = body["description"], body["subject"], body["content"]
        draft.preview_text, draft.extra = body["preview_text"], body
        return Reply(status, {"broadcast": _as_json(self.store(draft))})


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"id": int(draft.id), "description": draft.name, "status": draft.status, "public_url": None}
