"""SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/single-sends/create-single-send"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, list_of, number, one_of, shaped

_NAME = {"name": lambda value: filled(value) and len(value) <= 100}
_MORE = {
    "categories": lambda value: list_of(str)(value) and len(value) <= 10,
    "send_to": lambda value: shaped(value, {}, {"list_ids": list_of(str), "segment_ids": list_of(str)}),
    "email_config": lambda value: shaped(
        value,
        {},
        {
            "subject": str,
            "html_content": str,
            "plain_content": str,
            "generate_plain_content": one_of(True, False),
            "editor": one_of("code"),
            "suppression_group_id": int,
            "sender_id": int,
        },
    ),
}


class FakeService(fake_service.FakeService):
    target = "sendgrid"
    keys = {"SENDGRID_API_KEY": "SG.0123456789"}
    settings = 'sender = 12\nsuppression_group = 34\nlists = ["l-1"]\n'
    takes_preview = False
    sent_status = "triggered"
    optional = ("_metadata",)

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer SG.0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"errors": [{"field": "name", "message": words, "error_id": "x"}]}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[2:]:
            case "GET", ["marketing", "singlesends"]:
                shaped(request.query, {}, {"page_size": number(1, 100)})
                return Reply(
                    200, {"result": [_as_json(each) for each in self.drafts.values()], "_metadata": {}}
                )
            case "POST", ["marketing", "singlesends"]:
                draft = Draft(f"s-{len(self.drafts) + 1}", "", "draft")
                return self._save(draft, shaped(request.json, _NAME, _MORE), 201)
            case "GET", ["marketing", "singlesends", id]:
                return Reply(200, _as_json(self.find(id)))
            case "PATCH", ["marketing", "singlesends", id]:
                if self.find(id).status != "draft":
                    raise Refusal("cannot be edited")
                return self._save(self.find(id), shaped(request.json, {}, {**_NAME, **_MORE}), 200)
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any], status: int) -> Reply:
        config = body["email_config"]
        draft.name, draft.subject = body["name"], config["subject"]
        draft.html, draft.text, draft.extra = config["html_content"], config["plain_content"], body
        return Reply(status, _as_json(self.store(draft)))


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "name": draft.name, "status": draft.status}
