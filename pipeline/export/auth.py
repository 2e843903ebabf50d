"""Authentication by more than a header with the key: Ghost's JWT, and Amazon's Signature Version 4."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime

from pipeline.errors import PressroomError
from pipeline.export.push_values import Credentials
from pipeline.support.http import Auth, Request, Response


class GhostAuth(Auth):
    """A JWT that is valid for five minutes (RFC 7519), signed with the key after the colon."""

    def __init__(self, credentials: Credentials) -> None:
        self._id, _, secret = credentials.key.partition(":")
        try:
            self._secret = bytes.fromhex(secret)
        except ValueError:
            self._secret = b""
        if not self._id or not self._secret:
            raise PressroomError(
                "the key of Ghost has two parts with a colon between them.",
                "--to ghost",
                None,
                "Copy the Admin API key, not the Content API key, into GHOST_ADMIN_API_KEY.",
            )

    def auth_flow(self, request: Request) -> Generator[Request, Response, None]:
        """Add the token, issued now."""
        import jwt

        issued = int(datetime.now(UTC).timestamp())
        claims = {"iat": issued, "exp": issued + 300, "aud": "/admin/"}
        token = jwt.encode(claims, self._secret, algorithm="HS256", headers={"kid": self._id})
        request.headers.update({"Authorization": f"Ghost {token}", "Accept-Version": "v5.0"})
        yield request


class AmazonAuth(Auth):
    """Amazon's Signature Version 4 for SES, by the library that Amazon maintains for it."""

    requires_request_body = True

    def __init__(self, credentials: Credentials) -> None:
        try:
            from botocore.auth import SigV4Auth
            from botocore.credentials import Credentials as AmazonKeys
        except ImportError as error:
            raise PressroomError(
                "a push to Amazon SES needs a library that is not installed.",
                "--to ses",
                None,
                "Install it: pip install 'pressroom[ses]'",
            ) from error
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        keys = AmazonKeys(*(credentials.keys.get(name) for name in names))
        self._signer = SigV4Auth(keys, "ses", credentials.settings["region"])

    def auth_flow(self, request: Request) -> Generator[Request, Response, None]:
        """Add the signature of the method, the address, the body and the moment."""
        from botocore.awsrequest import AWSRequest

        unsigned = AWSRequest(request.method, str(request.url), data=request.content or None)
        self._signer.add_auth(unsigned)
        request.headers.update({name: str(value) for name, value in unsigned.headers.items()})
        yield request
