"""Ghost: https://docs.ghost.org/admin-api/posts/creating-a-post"""

from __future__ import annotations

import base64
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, list_of, number, one_of, shaped

_SECRET = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
_MORE = {
    "slug": filled,
    "lexical": filled,
    "status": one_of("draft"),
    "email_only": one_of(True),
    "email_subject": lambda value: isinstance(value, str) and len(value) <= 300,
    "custom_excerpt": lambda value: isinstance(value, str) and len(value) <= 300,
    "tags": list_of(dict),
}


_FILTER = re.compile(r"slug:(?:'[^']+'|[a-z0-9-]+)")


class FakeService(fake_service.FakeService):
    target = "ghost"
    keys = {"GHOST_ADMIN_API_KEY": f"64b1f0a1c2:{_SECRET}"}
    takes_text = False

    def is_authorized(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Ghost" or not request.headers.get("accept-version", "").startswith("v"):
            return False
        head, claims, signature = token.split(".")
        signed = hmac.digest(bytes.fromhex(_SECRET), f"{head}.{claims}".encode(), "sha256")
        claim, header = _decoded(claims), _decoded(head)
        now = datetime.now(UTC).timestamp()
        return (
            signature == base64.urlsafe_b64encode(signed).decode().rstrip("=")
            and header == {"alg": "HS256", "typ": "JWT", "kid": "64b1f0a1c2"}
            and claim["aud"] == "/admin/"
            and claim["exp"] - claim["iat"] <= 300
            and abs(now - claim["iat"]) < 60
        )

    def error(self, status: int, words: str) -> Any:
        return {"errors": [{"message": words, "context": None, "type": "ValidationError"}]}

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[1:]:
            case "GET", ["ghost", "api", "admin", "posts", ""]:
                # NQL: digits without quotes are a number or a date, which equals no slug.
                query = shaped(request.query, {"filter": _FILTER.fullmatch}, {"limit": number(1, 100)})
                slug = query["filter"].removeprefix("slug:")
                wanted = None if re.fullmatch(r"[\d-]+", slug) else slug.strip("'")
                found = [_as_json(each) for each in self.drafts.values() if each.name == wanted]
                return Reply(200, {"posts": found})
            case "POST", ["ghost", "api", "admin", "posts", ""]:
                (post,) = shaped(request.json, {"posts": list_of(dict)})["posts"]
                shaped(post, {"title": filled}, _MORE)
                return self._save(Draft(f"p{len(self.drafts) + 1}", "", "draft"), post, 201)
            case "GET", ["ghost", "api", "admin", "posts", id, ""]:
                return Reply(200, {"posts": [_as_json(self.find(id))]})
            case "PUT", ["ghost", "api", "admin", "posts", id, ""]:
                (post,) = shaped(request.json, {"posts": list_of(dict)})["posts"]
                shaped(post, {"updated_at": filled}, {"title": filled, **_MORE})
                if post["updated_at"] != _as_json(self.find(id))["updated_at"]:
                    raise Refusal("Saving failed! Someone else is editing this post.", 409)
                return self._save(self.find(id), post, 200)
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, post: dict[str, Any], status: int) -> Reply:
        (card,) = json.loads(post["lexical"])["root"]["children"]
        shaped(card, {"type": one_of("email"), "version": int, "html": filled})
        # A slug that is taken gets a number, so that two posts never share one.
        draft.name, draft.subject, draft.html = post["slug"], post["email_subject"], card["html"]
        draft.preview_text, draft.tags = post["custom_excerpt"], tuple(each["name"] for each in post["tags"])
        draft.extra = {**post, "saves": draft.extra.get("saves", 0) + 1}
        if draft.id not in self.drafts and any(each.name == draft.name for each in self.drafts.values()):
            draft.name = f"{draft.name}-2"
        return Reply(status, {"posts": [_as_json(self.store(draft))]})


def _as_json(draft: Draft) -> dict[str, Any]:
    saved = f"2026-02-02T09:00:{draft.extra['saves']:02d}.000Z"
    return {"id": draft.id, "slug": draft.name, "status": draft.status, "updated_at": saved}


def _decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
