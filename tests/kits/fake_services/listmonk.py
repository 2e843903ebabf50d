"""listmonk: https://listmonk.app/docs/apis/campaigns/"""

from __future__ import annotations

from typing import Any

from fake_services import fake_service
from fake_services.fake_service import (
    Draft,
    Refusal,
    Reply,
    Request,
    filled,
    last,
    list_of,
    number,
    one_of,
    shaped,
)

_FIELDS = {
    "name": filled,
    "subject": filled,
    "lists": lambda value: list_of(int)(value) and bool(value),
    "type": one_of("regular"),
    "content_type": one_of("html"),
    "body": filled,
}
_MORE = {
    "from_email": filled,
    "altbody": str,
    "messenger": one_of("email"),
    "template_id": int,
    "tags": list_of(str),
    "headers": lambda value: list_of(dict)(value) and all(len(each) == 1 for each in value),
}


_QUERY = {
    "order_by": one_of("name", "status", "created_at", "updated_at"),
    "order": one_of("asc", "desc"),
    "no_body": one_of("true"),
}


class FakeService(fake_service.FakeService):
    target = "listmonk"
    keys = {"LISTMONK_API_TOKEN": "editor:Zq81-token"}
    settings = "lists = [3, 4]\ntemplate = 7\n"
    takes_preview = False
    sent_status = "finished"
    optional = ("uuid",)

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "token editor:Zq81-token"

    def reply(self, request: Request) -> Reply:
        if not request.path.startswith("/api/campaigns"):
            raise Refusal("no such route", 404)
        match request.method, request.path:
            case "GET", "/api/campaigns":
                # Its `query` is PostgreSQL's to_tsquery, which refuses most names: 500.
                query = shaped(request.query, {"page": number(1, 10**6), "per_page": number(1, 50)}, _QUERY)
                first, size = int(query["page"]) - 1, int(query["per_page"])
                newest_first = [_as_json(each) for each in reversed(self.drafts.values())]
                found = newest_first[first * size :][:size]
                return Reply(
                    200, {"data": {"results": found} | ({"total": len(newest_first)} if found else {})}
                )
            case "POST", "/api/campaigns":
                return self._save(
                    Draft(str(len(self.drafts) + 1), "", "draft"), shaped(request.json, _FIELDS, _MORE)
                )
            case "GET", path:
                return Reply(200, {"data": _as_json(self.find(last(path)))})
            case "PUT", path:
                draft = self.find(last(path))
                if draft.status not in {"draft", "paused", "scheduled"}:
                    raise Refusal("campaigns.cantUpdate")
                return self._save(
                    draft, shaped(request.json, {"lists": _FIELDS["lists"]}, {**_FIELDS, **_MORE})
                )
        raise Refusal("method not allowed", 405)

    def _save(self, draft: Draft, body: dict[str, Any]) -> Reply:
        draft.name, draft.subject, draft.html = body["name"], body["subject"], body["body"]
        draft.text, draft.tags, draft.extra = body["altbody"], tuple(body["tags"]), body
        return Reply(200, {"data": _as_json(self.store(draft))})


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"id": int(draft.id), "uuid": f"u-{draft.id}", "name": draft.name, "status": draft.status}
