"""The usual ways in which an API is told who asks, and where it is."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from pipeline.errors import PressroomError
from pipeline.export.target import ApiRequest, Credentials


def header(
    name: str, form: str = "{}", **more: str
) -> Callable[[Credentials, ApiRequest], Mapping[str, str]]:
    """A header that holds the first key, as `form` says; `more` are headers that are always the same."""
    others = {each.replace("_", "-"): value for each, value in more.items()}

    def headers(login: Credentials, request: ApiRequest) -> Mapping[str, str]:
        return {name: form.format(_key(login)), **others}

    return headers


def bearer(**more: str) -> Callable[[Credentials, ApiRequest], Mapping[str, str]]:
    """A bearer token (RFC 6750, section 2.1)."""
    return header("Authorization", "Bearer {}", **more)


def basic(user: str) -> Callable[[Credentials, ApiRequest], Mapping[str, str]]:
    """A user with the key for a password (RFC 7617)."""

    def headers(login: Credentials, request: ApiRequest) -> Mapping[str, str]:
        pair = base64.b64encode(f"{user}:{_key(login)}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    return headers


def at(url: str) -> Callable[[Credentials], str]:
    """The same address for everyone."""
    return lambda login: url


def ghost_token(login: Credentials, request: ApiRequest) -> Mapping[str, str]:
    """A token of five minutes, signed with the key that has an id before its colon (RFC 7519)."""
    import jwt

    id, _, secret = _key(login).partition(":")
    try:
        key = bytes.fromhex(secret)
    except ValueError:
        key = b""
    if not id or not key:
        raise PressroomError(
            "the key of Ghost has two parts with a colon between them.",
            "--to ghost",
            None,
            "Copy the Admin API key, not the Content API key, into GHOST_ADMIN_API_KEY.",
        )
    begun = int(request.moment.timestamp())
    claims = {"iat": begun, "exp": begun + 300, "aud": "/admin/"}
    token = jwt.encode(claims, key, algorithm="HS256", headers={"kid": id})
    return {"Authorization": f"Ghost {token}", "Accept-Version": "v5.0"}


def signed_for_amazon(
    login: Credentials, request: ApiRequest, service: str, region: str
) -> Mapping[str, str]:
    """Amazon's Signature Version 4, by the library that Amazon keeps for it."""
    try:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
    except ImportError as error:
        raise PressroomError(
            "a push to Amazon SES needs a library that is not installed.",
            "--to ses",
            None,
            "Install it: pip install 'pressroom[ses]'",
        ) from error
    keys = login.keys
    credentials = Credentials(
        keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], keys.get("AWS_SESSION_TOKEN")
    )
    asked = AWSRequest(request.method, request.url, data=request.body or None)
    SigV4Auth(credentials, service, region).add_auth(asked)
    return {name: str(value) for name, value in asked.headers.items()}


def _key(login: Credentials) -> str:
    return next(iter(login.keys.values()), "KEY")
