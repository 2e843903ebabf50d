"""Ghost: https://docs.ghost.org/admin-api/posts/creating-a-post"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, exactly, filled, list_of, shaped

_SECRET = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
_MORE = {
    "slug": filled,
    "lexical": filled,
    "status": exactly("draft"),
    "email_only": exactly(True),
    "email_subject": lambda value: isinstance(value, str) and len(value) <= 300,
    "custom_excerpt": lambda value: isinstance(value, str) and len(value) <= 300,
    "tags": list_of(dict),
}


class FakeService(fake_service.FakeService):
    target = "ghost"
    keys = {"GHOST_ADMIN_API_KEY": f"64b1f0a1c2:{_SECRET}"}
    takes_text = False

    def allowed(self, asked: Asked) -> bool:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind != "Ghost" or not asked.headers.get("accept-version", "").startswith("v"):
            return False
        head, claims, signature = token.split(".")
        signed = hmac.digest(bytes.fromhex(_SECRET), f"{head}.{claims}".encode(), "sha256")
        said, header = _decoded(claims), _decoded(head)
        now = datetime.now(UTC).timestamp()
        return (
            signature == base64.urlsafe_b64encode(signed).decode().rstrip("=")
            and header == {"alg": "HS256", "typ": "JWT", "kid": "64b1f0a1c2"}
            and said["aud"] == "/admin/"
            and said["exp"] - said["iat"] <= 300
            and abs(now - said["iat"]) < 60
        )

    def error(self, status: int, words: str) -> Any:
        return {"errors": [{"message": words, "context": None, "type": "ValidationError"}]}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[1:]:
            case "GET", ["ghost", "api", "admin", "posts", ""]:
                slug = asked.query["filter"].removeprefix("slug:")
                return Answer(
                    200, {"posts": [_shown(each) for each in self.held.values() if each.name == slug]}
                )
            case "POST", ["ghost", "api", "admin", "posts", ""]:
                (post,) = shaped(asked.json, {"posts": list_of(dict)})["posts"]
                shaped(post, {"title": filled}, _MORE)
                return self._kept(Held(f"p{len(self.held) + 1}", "", "draft"), post, 201)
            case "GET", ["ghost", "api", "admin", "posts", id, ""]:
                return Answer(200, {"posts": [_shown(self.find(id))]})
            case "PUT", ["ghost", "api", "admin", "posts", id, ""]:
                (post,) = shaped(asked.json, {"posts": list_of(dict)})["posts"]
                shaped(post, {"updated_at": filled}, {"title": filled, **_MORE})
                if post["updated_at"] != _shown(self.find(id))["updated_at"]:
                    raise Refused("Saving failed! Someone else is editing this post.", 409)
                return self._kept(self.find(id), post, 200)
        raise Refused("no such route", 404)

    def _kept(self, held: Held, post: dict[str, Any], status: int) -> Answer:
        (card,) = json.loads(post["lexical"])["root"]["children"]
        shaped(card, {"type": exactly("email"), "version": int, "html": filled})
        # A slug that is taken gets a number, so that two posts never share one.
        held.name, held.subject, held.html = post["slug"], post["email_subject"], card["html"]
        held.preview_text, held.tags = post["custom_excerpt"], tuple(each["name"] for each in post["tags"])
        held.extra = {**post, "saves": held.extra.get("saves", 0) + 1}
        if held.id not in self.held and any(each.name == held.name for each in self.held.values()):
            held.name = f"{held.name}-2"
        return Answer(status, {"posts": [_shown(self.hold(held))]})


def _shown(held: Held) -> dict[str, Any]:
    saved = f"2026-02-02T09:00:{held.extra['saves']:02d}.000Z"
    return {"id": held.id, "slug": held.name, "status": held.status, "updated_at": saved}


def _decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
