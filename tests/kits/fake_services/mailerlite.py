"""MailerLite: https://developers.mailerlite.com/docs/campaigns.html"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, list_of, one_of, shaped

_FIELDS = {"name": filled, "type": one_of("regular"), "emails": list_of(dict)}
_MORE = {"groups": list_of(str), "segments": list_of(str)}
_EMAIL = {"subject": filled, "from_name": filled, "from": filled}


_QUERY = {
    "filter[status]": one_of("sent", "draft", "ready"),
    "limit": one_of("10", "25", "50", "100"),
}


class FakeService(fake_service.FakeService):
    target = "mailerlite"
    keys = {"MAILERLITE_API_KEY": "ml-0123456789"}
    settings = 'groups = ["88"]\n'
    takes_text = False
    takes_preview = False
    optional = ("missing_data", "warnings")
    base = "/api"

    def is_authorized(self, request: Request) -> bool:
        return (request.headers.get("authorization"), request.headers.get("accept")) == (
            "Bearer ml-0123456789",
            "application/json",
        )

    def error(self, status: int, words: str) -> Any:
        if status == 422:
            return {"message": "The given data was invalid.", "errors": {"emails.0.content": [words]}}
        return {"message": words}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[2:]:
            case "GET", ["campaigns"]:
                status = shaped(request.query, {}, _QUERY)["filter[status]"]
                return Reply(
                    200, {"data": [_as_json(each) for each in self.drafts.values() if each.status == status]}
                )
            case "POST", ["campaigns"]:
                body = shaped(request.json, _FIELDS, _MORE)
                return self._save(Draft(str(len(self.drafts) + 7), "", "draft"), body, 201)
            case "GET", ["campaigns", id]:
                return Reply(200, {"data": _as_json(self.find(id))})
            case "PUT", ["campaigns", id]:
                if self.find(id).status != "draft":
                    raise Refusal("only drafts", 422)
                return self._save(self.find(id), shaped(request.json, _FIELDS, _MORE), 200)
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any], status: int) -> Reply:
        (email,) = (shaped(each, _EMAIL, {"content": filled}) for each in body["emails"])
        draft.name, draft.subject, draft.html, draft.extra = (
            body["name"],
            email["subject"],
            email["content"],
            body,
        )
        return Reply(status, {"data": _as_json(self.store(draft))})


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "name": draft.name, "status": draft.status, "missing_data": [], "warnings": []}
