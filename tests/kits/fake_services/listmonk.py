"""listmonk: https://listmonk.app/docs/apis/campaigns/"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, last, list_of, shaped

_FIELDS = {
    "name": filled,
    "subject": filled,
    "lists": lambda value: list_of(int)(value) and bool(value),
    "type": exactly("regular"),
    "content_type": exactly("html"),
    "body": filled,
}
_MORE = {
    "from_email": filled,
    "altbody": str,
    "messenger": exactly("email"),
    "template_id": int,
    "tags": list_of(str),
    "headers": lambda value: list_of(dict)(value) and all(len(each) == 1 for each in value),
}


class FakeService(fake_service.FakeService):
    target = "listmonk"
    keys = {"LISTMONK_API_TOKEN": "editor:Zq81-token"}
    settings = "lists = [3, 4]\ntemplate = 7\n"
    takes_preview = False
    sent = "finished"

    def allowed(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "token editor:Zq81-token"

    def answer(self, asked: Asked) -> Answer:
        if not asked.path.startswith("/api/campaigns"):
            raise Refused("no such route", 404)
        match asked.method, asked.path:
            case "GET", "/api/campaigns":
                found = [_shown(each) for each in self.held.values() if asked.query["query"] in each.name]
                return Answer(200, {"data": {"results": found, "total": len(found)}})
            case "POST", "/api/campaigns":
                return self._kept(
                    Held(str(len(self.held) + 1), "", "draft"), shaped(asked.json, _FIELDS, _MORE)
                )
            case "GET", path:
                return Answer(200, {"data": _shown(self.find(last(path)))})
            case "PUT", path:
                held = self.find(last(path))
                if held.status not in {"draft", "paused", "scheduled"}:
                    raise Refused("campaigns.cantUpdate")
                return self._kept(held, shaped(asked.json, {"lists": _FIELDS["lists"]}, {**_FIELDS, **_MORE}))
        raise Refused("method not allowed", 405)

    def _kept(self, held: Held, body: dict[str, Any]) -> Answer:
        held.name, held.subject, held.html = body["name"], body["subject"], body["body"]
        held.text, held.tags, held.extra = body["altbody"], tuple(body["tags"]), body
        return Answer(200, {"data": _shown(self.hold(held))})


def _shown(held: Held) -> dict[str, Any]:
    return {"id": int(held.id), "uuid": f"u-{held.id}", "name": held.name, "status": held.status}
