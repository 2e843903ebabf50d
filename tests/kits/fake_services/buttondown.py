"""Buttondown: https://docs.buttondown.com/api-emails-create"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, shaped

_MORE = {
    "body": str,
    "status": exactly("draft"),
    "slug": lambda value: filled(value) and len(value) <= 100,
    "description": str,
    "canonical_url": filled,
    "filters": lambda value: shaped(
        value, {"filters": list, "groups": list, "predicate": exactly("and", "or")}
    ),
}
_SUBJECT = {"subject": lambda value: filled(value) and len(value) <= 2000}


class FakeService(fake_service.FakeService):
    target = "buttondown"
    keys = {"BUTTONDOWN_API_KEY": "bd-0123-4567"}
    settings = 'subscriber_tag = "readers"\n'
    takes_text = False
    takes_preview = False
    base = "/v1"

    def allowed(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Token bd-0123-4567"

    def error(self, status: int, words: str) -> Any:
        if status == 422:
            return {"detail": [{"type": "value_error", "loc": ["body"], "msg": words}]}
        return {"code": "bad", "detail": words, "metadata": {}}

    def answer(self, asked: Asked) -> Answer:
        if "x-buttondown-live-dangerously" in asked.headers:
            raise Refused("it would be sent")
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["emails"]:
                return Answer(200, {"results": [_shown(each) for each in self.held.values()], "count": 1})
            case "POST", ["emails"]:
                body = shaped(asked.json, {**_SUBJECT, "status": _MORE["status"]}, _MORE)
                if any(
                    each.extra["slug"] == body["slug"]
                    for each in self.held.values()
                    if each.status == "draft"
                ):
                    return Answer(409, {"code": "email_duplicate", "detail": "already exists"})
                return self._kept(Held(f"em_{len(self.held) + 1}", "", "draft"), body, 201)
            case "GET", ["emails", id]:
                return Answer(200, _shown(self.find(id)))
            case "PATCH", ["emails", id]:
                if self.find(id).status != "draft":
                    raise Refused("not a draft")
                return self._kept(self.find(id), shaped(asked.json, {}, {**_SUBJECT, **_MORE}), 200)
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any], status: int) -> Answer:
        held.name, held.subject, held.html, held.extra = body["slug"], body["subject"], body["body"], body
        if held.html.startswith("---"):
            raise Refused("body_contains_frontmatter")
        return Answer(status, _shown(self.hold(held)))


def _shown(held: Held) -> dict[str, Any]:
    return {"id": held.id, "slug": held.extra["slug"], "status": held.status, "subject": held.subject}
