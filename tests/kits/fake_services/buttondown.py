"""Buttondown: https://docs.buttondown.com/api-emails-create"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, one_of, shaped

_MORE = {
    "body": str,
    "status": one_of("draft"),
    "slug": lambda value: filled(value) and len(value) <= 100,
    "description": str,
    "canonical_url": filled,
    "filters": lambda value: shaped(
        value, {"filters": list, "groups": list, "predicate": one_of("and", "or")}
    ),
}
_SUBJECT = {"subject": lambda value: filled(value) and len(value) <= 2000}


class FakeService(fake_service.FakeService):
    target = "buttondown"
    keys = {"BUTTONDOWN_API_KEY": "bd-0123-4567"}
    settings = 'subscriber_tag = "readers"\n'
    takes_text = False
    takes_preview = False
    optional = ("subject",)
    base = "/v1"

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Token bd-0123-4567"

    def error(self, status: int, words: str) -> Any:
        if status == 422:
            return {"detail": [{"type": "value_error", "loc": ["body"], "msg": words}]}
        return {"code": "bad", "detail": words, "metadata": {}}

    def reply(self, request: Request) -> Reply:
        if "x-buttondown-live-dangerously" in request.headers:
            raise Refusal("it would be sent")
        match request.method, request.path.split("/")[2:]:
            case "GET", ["emails"]:
                shaped(request.query, {}, {"ordering": one_of("creation_date", "-creation_date")})
                return Reply(200, {"results": [_as_json(each) for each in self.drafts.values()], "count": 1})
            case "POST", ["emails"]:
                body = shaped(request.json, {**_SUBJECT, "status": _MORE["status"]}, _MORE)
                if any(
                    each.extra["slug"] == body["slug"]
                    for each in self.drafts.values()
                    if each.status == "draft"
                ):
                    return Reply(409, {"code": "email_duplicate", "detail": "already exists"})
                return self._save(Draft(f"em_{len(self.drafts) + 1}", "", "draft"), body, 201)
            case "GET", ["emails", id]:
                return Reply(200, _as_json(self.find(id)))
            case "PATCH", ["emails", id]:
                if self.find(id).status != "draft":
                    raise Refusal("not a draft")
                return self._save(self.find(id), shaped(request.json, {}, {**_SUBJECT, **_MORE}), 200)
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any], status: int) -> Reply:
        draft.name, draft.subject, draft.html, draft.extra = body["slug"], body["subject"], body["body"], body
        if draft.html.startswith("---"):
            raise Refusal("body_contains_frontmatter")
        return Reply(status, _as_json(self.store(draft)))


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "slug": draft.extra["slug"], "status": draft.status, "subject": draft.subject}
