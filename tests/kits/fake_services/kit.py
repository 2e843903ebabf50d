"""Kit: https://developers.kit.com/api-reference/broadcasts/create-a-broadcast"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, list_of, shaped

_NONE = type(None)
_FIELDS = {
    "content": filled,
    "description": str,
    "public": exactly(False),
    "published_at": filled,
    "preview_text": str,
    "subject": filled,
    "subscriber_filter": list_of(dict),
    "send_at": exactly(None),
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
    sent = "completed"

    def allowed(self, asked: Asked) -> bool:
        return asked.headers.get("x-kit-api-key") == "kit_0123456789abcdef"

    def error(self, status: int, words: str) -> Any:
        return {"errors": [words]}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[1:]:
            case "GET", ["v4", "broadcasts"]:
                return Answer(200, {"broadcasts": [_shown(each) for each in self.held.values()]})
            case "POST", ["v4", "broadcasts"]:
                body = shaped(asked.json, _FIELDS, _MORE)
                return self._kept(Held(str(len(self.held) + 900), "", "draft"), body, 201)
            case "GET", ["v4", "broadcasts", id]:
                return Answer(200, {"broadcast": _shown(self.find(id))})
            case "PUT", ["v4", "broadcasts", id]:
                if self.find(id).status != "draft":
                    raise Refused("sending has started", 422)
                return self._kept(self.find(id), shaped(asked.json, {**_FIELDS, **_MORE}), 200)
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any], status: int) -> Answer:
        for each in body["subscriber_filter"]:
            (group,) = [
                value for value in shaped(each, {"all": list, "any": _NONE, "none": _NONE}).values() if value
            ]
            for one in group:
                shaped(one, {"type": exactly("segment", "tag"), "ids": list_of(int)})
        held.name, held.subject, held.html = body["description"], body["subject"], body["content"]
        held.preview_text, held.extra = body["preview_text"], body
        return Answer(status, {"broadcast": _shown(self.hold(held))})


def _shown(held: Held) -> dict[str, Any]:
    return {"id": int(held.id), "description": held.name, "status": held.status, "public_url": None}
