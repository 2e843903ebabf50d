"""SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/single-sends/create-single-send"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, list_of, shaped

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
            "generate_plain_content": exactly(True, False),
            "editor": exactly("code"),
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
    sent = "triggered"

    def allowed(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Bearer SG.0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"errors": [{"field": "name", "message": words, "error_id": "x"}]}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["marketing", "singlesends"]:
                return Answer(200, {"result": [_shown(each) for each in self.held.values()], "_metadata": {}})
            case "POST", ["marketing", "singlesends"]:
                held = Held(f"s-{len(self.held) + 1}", "", "draft")
                return self._kept(held, shaped(asked.json, _NAME, _MORE), 201)
            case "GET", ["marketing", "singlesends", id]:
                return Answer(200, _shown(self.find(id)))
            case "PATCH", ["marketing", "singlesends", id]:
                if self.find(id).status != "draft":
                    raise Refused("cannot be edited")
                return self._kept(self.find(id), shaped(asked.json, {}, {**_NAME, **_MORE}), 200)
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any], status: int) -> Answer:
        said = body["email_config"]
        held.name, held.subject = body["name"], said["subject"]
        held.html, held.text, held.extra = said["html_content"], said["plain_content"], body
        return Answer(status, _shown(self.hold(held)))


def _shown(held: Held) -> dict[str, Any]:
    return {"id": held.id, "name": held.name, "status": held.status}
