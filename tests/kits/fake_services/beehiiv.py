"""beehiiv: https://developers.beehiiv.com/api-reference/posts/create"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, list_of, number, one_of, shaped

_FLAG = one_of(True, False)
_MORE = {
    "subtitle": str,
    "status": one_of("draft"),
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


_QUERY = {"status": one_of("draft", "confirmed", "archived", "all")}


class FakeService(fake_service.FakeService):
    target = "beehiiv"
    keys = {"BEEHIIV_API_KEY": "bh-0123456789"}
    settings = 'publication = "pub_77"\nsegments = ["seg_1"]\n'
    takes_text = False
    sent_status = "confirmed"
    optional = ("web_url",)
    base = "/v2"

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer bh-0123456789"

    def error(self, status: int, words: str) -> Any:
        return {"status": status, "statusText": "bad", "errors": [{"message": words, "code": "BAD"}]}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[2:]:
            case "GET", ["publications", "pub_77", "posts"]:
                query = shaped(request.query, {"slugs[]": filled, "limit": number(1, 100)}, _QUERY)
                found = [each for each in self.drafts.values() if each.name == query["slugs[]"]]
                return Reply(200, {"data": [_as_json(each) for each in found]})
            case "POST", ["publications", "pub_77", "posts"]:
                body = shaped(
                    request.json, {"title": filled, "body_content": filled, "status": _MORE["status"]}, _MORE
                )
                draft = self._save(Draft(f"post_{len(self.drafts) + 1}", "", "draft"), body)
                return Reply(201, {"data": {"id": draft.id}})
            case "GET", ["publications", "pub_77", "posts", id]:
                return Reply(200, {"data": _as_json(self.find(id))})
            case "PATCH", ["publications", "pub_77", "posts", id]:
                body = shaped(request.json, {}, {"title": filled, "body_content": filled, **_MORE})
                if "status" in body:
                    raise Refusal("a status other than confirmed")
                return Reply(200, {"data": {"id": self._save(self.find(id), body).id}})
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any]) -> Draft:
        settings = body["email_settings"]
        draft.name, draft.html, draft.extra = body["web_settings"]["slug"], body["body_content"], body
        draft.subject, draft.preview_text = settings["email_subject_line"], settings["email_preview_text"]
        draft.tags = tuple(body["content_tags"])
        if "<style" in draft.html or "<html" in draft.html:
            raise Refusal("no style sheets, no documents")
        return self.store(draft)


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "slug": draft.name, "status": draft.status, "web_url": "https://x.example/p"}
