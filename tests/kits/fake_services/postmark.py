"""Postmark: https://postmarkapp.com/developer/api/templates-api"""

from __future__ import annotations

import re
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, number, one_of, shaped

_FIELDS = {
    "Name": filled,
    "Subject": filled,
    "HtmlBody": filled,
    "TextBody": str,
    "Alias": lambda value: filled(value) and bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", value)),
    "TemplateType": one_of("Standard"),
}


class FakeService(fake_service.FakeService):
    target = "postmark"
    keys = {"POSTMARK_SERVER_TOKEN": "0123-4567-89ab"}
    takes_preview = False
    open_status = "template"
    sent_status = ""
    optional = ("Name", "Active", "TotalCount")

    def is_authorized(self, request: Request) -> bool:
        return (request.headers.get("x-postmark-server-token"), request.headers.get("accept")) == (
            "0123-4567-89ab",
            "application/json",
        )

    def error(self, status: int, words: str) -> Any:
        return {"ErrorCode": 1101, "Message": words}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[1:]:
            case "GET", ["templates"]:
                shaped(request.query, {"count": number(1, 500), "offset": number(0, 10**6)})
                found = [_as_json(each) for each in self.drafts.values()]
                return Reply(200, {"TotalCount": len(found), "Templates": found})
            case "POST", ["templates"]:
                body = shaped(request.json, {"Name": filled, "Subject": filled}, _FIELDS)
                if any(each.extra["Alias"] == body["Alias"] for each in self.drafts.values()):
                    raise Refusal("The alias is taken", 422)
                return self._save(Draft(str(len(self.drafts) + 70), "", "template"), body)
            case "PUT", ["templates", id]:
                return self._save(self.find(id), shaped(request.json, {}, _FIELDS))
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any]) -> Reply:
        draft.name, draft.subject = body["Name"], body["Subject"]
        draft.html, draft.text, draft.extra = body["HtmlBody"], body["TextBody"], body
        return Reply(200, _as_json(self.store(draft)))


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"TemplateId": int(draft.id), "Name": draft.name, "Active": True, "Alias": draft.extra["Alias"]}
