"""Amazon SES: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailTemplate.html"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import quote

from fake_services import fake_service
from fake_services.fake_service import Answer, Asked, Held, Refused, filled, last, shaped

_CONTENT = {"Subject": str, "Html": str, "Text": str}


class FakeService(fake_service.FakeService):
    target = "ses"
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE0123", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG"}
    settings = 'region = "eu-west-1"\n'
    takes_preview = False
    draft = "template"
    sent = ""

    def allowed(self, asked: Asked) -> bool:
        """The signature is worked out anew, by the written description and not by the library."""
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE0123/(\d{8})/eu-west-1/ses/aws4_request, "
            r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
            asked.headers.get("authorization", ""),
        )
        if not found:
            return False
        day, names, signature = found.groups()
        signed = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in names.split(";"))
        digest = hashlib.sha256(asked.body).hexdigest()
        canonical = "\n".join([asked.method, quote(asked.path), "", signed, names, digest])
        scope = f"{day}/eu-west-1/ses/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", asked.headers["x-amz-date"], scope, hashed])
        key = b"AWS4" + self.keys["AWS_SECRET_ACCESS_KEY"].encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex() == signature

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.split("/")[1:]:
            case "POST", ["v2", "email", "templates"]:
                body = shaped(asked.json, {"TemplateName": filled, "TemplateContent": dict})
                name = body["TemplateName"]
                if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or name in self.held:
                    raise Refused("AlreadyExistsException")
                return self._kept(Held(name, name, "template"), body["TemplateContent"])
            case "GET", ["v2", "email", "templates", _]:
                held = self.find(last(asked.path))
                return Answer(200, {"TemplateName": held.id, "TemplateContent": held.extra})
            case "PUT", ["v2", "email", "templates", _]:
                body = shaped(asked.json, {"TemplateContent": dict})
                return self._kept(self.find(last(asked.path)), body["TemplateContent"])
        raise Refused("no such route", 404)

    def _kept(self, held: Held, content: dict[str, Any]) -> Answer:
        shaped(content, {}, _CONTENT)
        held.subject, held.html, held.text = content["Subject"], content["Html"], content["Text"]
        held.extra = content
        self.hold(held)
        return Answer(200, {})
