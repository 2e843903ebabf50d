"""Postmark: https://postmarkapp.com/developer/api/templates-api"""

from __future__ import annotations

import re
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, shaped

_FIELDS = {
    "Name": filled,
    "Subject": filled,
    "HtmlBody": filled,
    "TextBody": str,
    "Alias": lambda value: filled(value) and bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", value)),
    "TemplateType": exactly("Standard"),
}


class FakeService(fake_service.FakeService):
    target = "postmark"
    keys = {"POSTMARK_SERVER_TOKEN": "0123-4567-89ab"}
    takes_preview = False
    draft = "template"
    sent = ""

    def allowed(self, asked: Asked) -> bool:
        return (asked.headers.get("x-postmark-server-token"), asked.headers.get("accept")) == (
            "0123-4567-89ab",
            "application/json",
        )

    def error(self, status: int, words: str) -> Any:
        return {"ErrorCode": 1101, "Message": words}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[1:]:
            case "GET", ["templates"]:
                if not (1 <= int(asked.query["count"]) <= 500 and int(asked.query["offset"]) >= 0):
                    raise Refused("count and offset")
                found = [_shown(each) for each in self.held.values()]
                return Answer(200, {"TotalCount": len(found), "Templates": found})
            case "POST", ["templates"]:
                body = shaped(asked.json, {"Name": filled, "Subject": filled}, _FIELDS)
                if any(each.extra["Alias"] == body["Alias"] for each in self.held.values()):
                    raise Refused("The alias is taken", 422)
                return self._kept(Held(str(len(self.held) + 70), "", "template"), body)
            case "PUT", ["templates", id]:
                return self._kept(self.find(id), shaped(asked.json, {}, _FIELDS))
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any]) -> Answer:
        held.name, held.subject = body["Name"], body["Subject"]
        held.html, held.text, held.extra = body["HtmlBody"], body["TextBody"], body
        return Answer(200, _shown(self.hold(held)))


def _shown(held: Held) -> dict[str, Any]:
    return {"TemplateId": int(held.id), "Name": held.name, "Active": True, "Alias": held.extra["Alias"]}
