"""Brevo: https://developers.brevo.com/reference/createemailcampaign-1"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, list_of, shaped

_FIELDS = {
    "name": filled,
    "sender": lambda value: shaped(value, {"name": filled, "email": filled}),
    "subject": filled,
    "previewText": str,
    "htmlContent": lambda value: filled(value) and 10 < len(value.encode()) < 1_000_000,
    "replyTo": lambda value: filled(value) and "@" in value and "<" not in value,
    "recipients": lambda value: shaped(value, {}, {"listIds": list_of(int), "segmentIds": list_of(int)}),
    "mirrorActive": exactly(True, False),
    "tag": filled,
}


class FakeService(fake_service.FakeService):
    target = "brevo"
    keys = {"BREVO_API_KEY": "xkeysib-0123456789"}
    settings = "lists = [2]\n"
    takes_text = False
    base = "/v3"

    def allowed(self, asked: Asked) -> bool:
        return asked.headers.get("api-key") == "xkeysib-0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"code": "invalid_parameter", "message": words}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["emailCampaigns"]:
                if not 1 <= int(asked.query["limit"]) <= 100:
                    raise Refused("limit out of range")
                found = [_shown(each) for each in self.held.values()]
                # Where there are none, the key is left out.
                return Answer(200, {"campaigns": found, "count": 1} if found else {"count": 0})
            case "POST", ["emailCampaigns"]:
                needed = {name: _FIELDS[name] for name in ("name", "sender", "subject", "htmlContent")}
                held = self._kept(
                    Held(str(len(self.held) + 40), "", "draft"), shaped(asked.json, needed, _FIELDS)
                )
                return Answer(201, {"id": int(held.id)})
            case "GET", ["emailCampaigns", id]:
                return Answer(200, _shown(self.find(id)))
            case "PUT", ["emailCampaigns", id]:
                if self.find(id).status not in {"draft", "scheduled"}:
                    raise Refused("Campaign is already sent")
                self._kept(self.find(id), shaped(asked.json, {}, _FIELDS))
                return Answer(204)
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any]) -> Held:
        held.name, held.subject, held.html = body["name"], body["subject"], body["htmlContent"]
        held.preview_text, held.extra = body["previewText"], body
        return self.hold(held)


def _shown(held: Held) -> dict[str, Any]:
    return {"id": int(held.id), "name": held.name, "status": held.status}
