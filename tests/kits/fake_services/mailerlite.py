"""MailerLite: https://developers.mailerlite.com/docs/campaigns.html"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, list_of, shaped

_FIELDS = {"name": filled, "type": exactly("regular"), "emails": list_of(dict)}
_MORE = {"groups": list_of(str), "segments": list_of(str)}
_EMAIL = {"subject": filled, "from_name": filled, "from": filled}


class FakeService(fake_service.FakeService):
    target = "mailerlite"
    keys = {"MAILERLITE_API_KEY": "ml-0123456789"}
    settings = 'groups = ["88"]\n'
    takes_text = False
    takes_preview = False
    base = "/api"

    def allowed(self, asked: Asked) -> bool:
        return (asked.headers.get("authorization"), asked.headers.get("accept")) == (
            "Bearer ml-0123456789",
            "application/json",
        )

    def error(self, status: int, words: str) -> Any:
        if status == 422:
            return {"message": "The given data was invalid.", "errors": {"emails.0.content": [words]}}
        return {"message": words}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["campaigns"]:
                status = asked.query["filter[status]"]
                return Answer(
                    200, {"data": [_shown(each) for each in self.held.values() if each.status == status]}
                )
            case "POST", ["campaigns"]:
                body = shaped(asked.json, _FIELDS, _MORE)
                return self._kept(Held(str(len(self.held) + 7), "", "draft"), body, 201)
            case "GET", ["campaigns", id]:
                return Answer(200, {"data": _shown(self.find(id))})
            case "PUT", ["campaigns", id]:
                if self.find(id).status != "draft":
                    raise Refused("only drafts", 422)
                return self._kept(self.find(id), shaped(asked.json, _FIELDS, _MORE), 200)
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any], status: int) -> Answer:
        (email,) = (shaped(each, _EMAIL, {"content": filled}) for each in body["emails"])
        held.name, held.subject, held.html, held.extra = (
            body["name"],
            email["subject"],
            email["content"],
            body,
        )
        return Answer(status, {"data": _shown(self.hold(held))})


def _shown(held: Held) -> dict[str, Any]:
    return {"id": held.id, "name": held.name, "status": held.status, "missing_data": [], "warnings": []}
