"""Brevo: https://developers.brevo.com/reference/createemailcampaign-1"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, list_of, number, one_of, shaped

_FIELDS = {
    "name": filled,
    "sender": lambda value: shaped(value, {"name": filled, "email": filled}),
    "subject": filled,
    "previewText": str,
    "htmlContent": lambda value: filled(value) and 10 < len(value.encode()) < 1_000_000,
    "replyTo": lambda value: filled(value) and "@" in value and "<" not in value,
    "recipients": lambda value: shaped(value, {}, {"listIds": list_of(int), "segmentIds": list_of(int)}),
    "mirrorActive": one_of(True, False),
    "tag": filled,
}


_QUERY = {
    "type": one_of("classic", "trigger"),
    "limit": number(1, 100),
    "sort": one_of("asc", "desc"),
    "excludeHtmlContent": one_of("true", "false"),
}


class FakeService(fake_service.FakeService):
    target = "brevo"
    keys = {"BREVO_API_KEY": "xkeysib-0123456789"}
    settings = "lists = [2]\n"
    takes_text = False
    base = "/v3"

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("api-key") == "xkeysib-0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"code": "invalid_parameter", "message": words}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[2:]:
            case "GET", ["emailCampaigns"]:
                shaped(request.query, {}, _QUERY)
                found = [_as_json(each) for each in self.drafts.values()]
                # Where there are none, the key is left out.
                return Reply(200, {"campaigns": found, "count": 1} if found else {"count": 0})
            case "POST", ["emailCampaigns"]:
                needed = {name: _FIELDS[name] for name in ("name", "sender", "subject", "htmlContent")}
                draft = self._save(
                    Draft(str(len(self.drafts) + 40), "", "draft"), shaped(request.json, needed, _FIELDS)
                )
                return Reply(201, {"id": int(draft.id)})
            case "GET", ["emailCampaigns", id]:
                return Reply(200, _as_json(self.find(id)))
            case "PUT", ["emailCampaigns", id]:
                if self.find(id).status not in {"draft", "scheduled"}:
                    raise Refusal("Campaign is already sent")
                self._save(self.find(id), shaped(request.json, {}, _FIELDS))
                return Reply(204)
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any]) -> Draft:
        draft.name, draft.subject, draft.html = body["name"], body["subject"], body["htmlContent"]
        draft.preview_text, draft.extra = body["previewText"], body
        return self.store(draft)


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"id": int(draft.id), "name": draft.name, "status": draft.status}
