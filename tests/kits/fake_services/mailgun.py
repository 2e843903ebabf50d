"""Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-templates"""

from __future__ import annotations

import json
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, basic_auth, filled, one_of, shaped

_VERSION = {
    "template": filled,
    "tag": filled,
    "comment": str,
    "headers": lambda value: shaped(
        json.loads(value), {}, {"From": filled, "Subject": filled, "Reply-To": filled}
    ),
}


class FakeService(fake_service.FakeService):
    target = "mailgun"
    keys = {"MAILGUN_API_KEY": "key-0123456789"}
    settings = 'domain = "mg.synapse.example"\n'
    takes_text = False
    takes_preview = False
    open_status = "template"
    sent_status = ""
    optional = ("message",)

    def is_authorized(self, request: Request) -> bool:
        return basic_auth(request) == "api:key-0123456789"

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[1:]:
            case "POST", ["v3", "mg.synapse.example", "templates"]:
                more = {"description": str, "createdBy": str, "engine": one_of("handlebars"), **_VERSION}
                body = shaped(request.form, {"name": filled}, more)
                if body["name"] in self.drafts:
                    raise Refusal("duplicate template")
                draft = Draft(body["name"].lower(), body["description"], "template")
                return self._save(draft, body, "template has been stored")
            case "GET", ["v3", "mg.synapse.example", "templates", name]:
                if request.query != {"active": "yes"}:
                    raise Refusal("only the active version has its tag")
                draft = self.find(name)
                return Reply(200, {"template": {"name": draft.id, "version": {"tag": "initial"}}})
            case "PUT", ["v3", "mg.synapse.example", "templates", name, "versions", "initial"]:
                body = shaped(request.form, {}, {**_VERSION, "active": one_of("yes")})
                return self._save(self.find(name), body, "version has been updated")
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, body: dict[str, Any], words: str) -> Reply:
        draft.subject, draft.html = json.loads(body["headers"])["Subject"], body["template"]
        draft.extra = body
        self.store(draft)
        return Reply(200, {"template": {"name": draft.id}, "message": words})
