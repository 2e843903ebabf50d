"""beehiiv: https://developers.beehiiv.com/api-reference/posts/create"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, list_of, shaped

_FLAG = exactly(True, False)
_MORE = {
    "subtitle": str,
    "status": exactly("draft"),
    "email_settings": lambda value: shaped(
        value,
        {"email_subject_line": filled, "email_preview_text": str},
        {
            "display_title_in_email": _FLAG,
            "display_byline_in_email": _FLAG,
            "display_subtitle_in_email": _FLAG,
        },
    ),
    "web_settings": lambda value: shaped(value, {"slug": filled}),
    "content_tags": list_of(str),
    "recipients": lambda value: shaped(
        value,
        {"email": lambda one: shaped(one, {"tier_ids": list_of(str)}, {"include_segment_ids": list_of(str)})},
    ),
}


class FakeService(fake_service.FakeService):
    target = "beehiiv"
    keys = {"BEEHIIV_API_KEY": "bh-0123456789"}
    settings = 'publication = "pub_77"\nsegments = ["seg_1"]\n'
    takes_text = False
    sent = "confirmed"
    base = "/v2"

    def allowed(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Bearer bh-0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"status": status, "statusText": "bad", "errors": [{"message": words, "code": "BAD"}]}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["publications", "pub_77", "posts"]:
                return Answer(200, {"data": [_shown(each) for each in self.held.values()]})
            case "POST", ["publications", "pub_77", "posts"]:
                body = shaped(
                    asked.json, {"title": filled, "body_content": filled, "status": _MORE["status"]}, _MORE
                )
                held = self._kept(Held(f"post_{len(self.held) + 1}", "", "draft"), body)
                return Answer(201, {"data": {"id": held.id}})
            case "GET", ["publications", "pub_77", "posts", id]:
                return Answer(200, {"data": _shown(self.find(id))})
            case "PATCH", ["publications", "pub_77", "posts", id]:
                body = shaped(asked.json, {}, {"title": filled, "body_content": filled, **_MORE})
                if "status" in body:
                    raise Refused("a status other than confirmed")
                return Answer(200, {"data": {"id": self._kept(self.find(id), body).id}})
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any]) -> Held:
        said = body["email_settings"]
        held.name, held.html, held.extra = body["web_settings"]["slug"], body["body_content"], body
        held.subject, held.preview_text = said["email_subject_line"], said["email_preview_text"]
        held.tags = tuple(body["content_tags"])
        if "<style" in held.html or "<html" in held.html:
            raise Refused("no style sheets, no documents")
        return self.hold(held)


def _shown(held: Held) -> dict[str, Any]:
    return {"id": held.id, "slug": held.name, "status": held.status, "web_url": "https://x.example/p"}
