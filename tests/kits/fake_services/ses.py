"""Amazon SES: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailTemplate.html"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import quote

from fake_services import fake_service
from fake_services.fake_service import Draft, Refusal, Reply, Request, filled, last, shaped

_CONTENT = {"Subject": str, "Html": str, "Text": str}


class FakeService(fake_service.FakeService):
    target = "ses"
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE0123", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG"}
    settings = 'region = "eu-west-1"\n'
    takes_preview = False
    open_status = "template"
    sent_status = ""
    optional = ("TemplateContent",)

    def is_authorized(self, request: Request) -> bool:
        """The signature is calculated by the written description and not by the library."""
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE0123/(\d{8})/eu-west-1/ses/aws4_request, "
            r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
            request.headers.get("authorization", ""),
        )
        if not found:
            return False
        day, names, signature = found.groups()
        signed = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names.split(";"))
        digest = hashlib.sha256(request.body).hexdigest()
        canonical = "\n".join([request.method, quote(request.path), "", signed, names, digest])
        scope = f"{day}/eu-west-1/ses/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hashed])
        key = b"AWS4" + self.keys["AWS_SECRET_ACCESS_KEY"].encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex() == signature

    def reply(self, request: Request) -> Reply:
        match request.method, request.path.split("/")[1:]:
            case "POST", ["v2", "email", "templates"]:
                body = shaped(request.json, {"TemplateName": filled, "TemplateContent": dict})
                name = body["TemplateName"]
                if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or name in self.drafts:
                    raise Refusal("AlreadyExistsException")
                return self._save(Draft(name, name, "template"), body["TemplateContent"])
            case "GET", ["v2", "email", "templates", _]:
                draft = self.find(last(request.path))
                return Reply(200, {"TemplateName": draft.id, "TemplateContent": draft.extra})
            case "PUT", ["v2", "email", "templates", _]:
                body = shaped(request.json, {"TemplateContent": dict})
                return self._save(self.find(last(request.path)), body["TemplateContent"])
        raise Refusal("no such route", 404)

    def _save(self, draft: Draft, content: dict[str, Any]) -> Reply:
        shaped(content, {}, _CONTENT)
        draft.subject, draft.html, draft.text = content["Subject"], content["Html"], content["Text"]
        draft.extra = content
        self.store(draft)
        return Reply(200, {})
