"""Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-templates"""

from __future__ import annotations

import json
from typing import Any

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, basic_auth, exactly, filled, shaped

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
    draft = "template"
    sent = ""

    def allowed(self, asked: Asked) -> bool:
        return basic_auth(asked) == "api:key-0123456789"

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[1:]:
            case "POST", ["v3", "mg.synapse.example", "templates"]:
                more = {"description": str, "createdBy": str, "engine": exactly("handlebars"), **_VERSION}
                body = shaped(asked.form, {"name": filled}, more)
                if body["name"] in self.held:
                    raise Refused("duplicate template")
                held = Held(body["name"].lower(), body["description"], "template")
                return self._kept(held, body, "template has been stored")
            case "GET", ["v3", "mg.synapse.example", "templates", name]:
                if asked.query != {"active": "yes"}:
                    raise Refused("only the active version has its tag")
                held = self.find(name)
                return Answer(200, {"template": {"name": held.id, "version": {"tag": "initial"}}})
            case "PUT", ["v3", "mg.synapse.example", "templates", name, "versions", "initial"]:
                body = shaped(asked.form, {}, {**_VERSION, "active": exactly("yes")})
                return self._kept(self.find(name), body, "version has been updated")
        raise Refused("no such route", 404)

    def _kept(self, held: Held, body: dict[str, Any], words: str) -> Answer:
        held.subject, held.html = json.loads(body["headers"])["Subject"], body["template"]
        held.extra = body
        self.hold(held)
        return Answer(200, {"template": {"name": held.id}, "message": words})
