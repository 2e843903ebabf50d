"""Signed tokens of addresses that unsubscribe a recipient (RFC 8058): who it is, but no address of theirs.

A token is lower-case base32, without padding: a mail program may end an address before a `-` or `_`, and
some gateways change the case of letters.
"""

from __future__ import annotations

import base64
import hmac
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.errors import PressroomError, raise_all
from pipeline.support.secrets import secret

SECRET, OLD_SECRET = "PRESSROOM_SECRET", "PRESSROOM_SECRET_OLD"
"""Variables of the secret that signs tokens, and of the one before, whose tokens are still accepted."""

_SHORTEST = 16
"""Characters of a secret."""

_ID_BYTES = 4
_PERSON_BYTES = 16
_MAC_BYTES = 16

TOKEN_LENGTH = math.ceil((_ID_BYTES + _PERSON_BYTES + _MAC_BYTES) * 8 / 5)
"""Characters of a token of a person as the ledger knows them."""

_PURPOSE = b"pressroom unsubscribe 1\0"


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key of tokens. `id` tells keys apart, and says nothing of the secret."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """The beginning of a token."""
        return self.mac(b"pressroom key id")[:_ID_BYTES]

    def mac(self, data: bytes) -> bytes:
        """HMAC-SHA256, shortened (RFC 2104, section 5)."""
        return hmac.digest(self.secret, data, "sha256")[:_MAC_BYTES]


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The key that signs, and the older one that is still accepted."""

    current: TokenKey
    old: TokenKey | None = None

    def of(self, id: bytes) -> Iterator[TokenKey]:
        """Yield the keys with this id."""
        yield from (key for key in (self.current, self.old) if key and key.id == id)


def token_keys() -> TokenKeys | None:
    """The keys of the environment or the keyring, or None. Raises `PressroomError` for a short secret."""
    current, old = secret(SECRET), secret(OLD_SECRET)
    raise_all(
        PressroomError(
            f"{name} has {len(text)} characters; it needs {_SHORTEST} or more, so that nobody guesses it.",
            hint='Make one: python -c "import secrets; print(secrets.token_urlsafe(32))"',
        )
        for name, text in ((SECRET, current), (OLD_SECRET, old))
        if text and len(text) < _SHORTEST
    )
    if not current:
        return None
    return TokenKeys(TokenKey(current.encode()), TokenKey(old.encode()) if old else None)


def sign_token(person: bytes, publication: str, keys: TokenKeys) -> str:
    """The token of a person on the list of a publication; both are ids."""
    key = keys.current
    data = key.id + person + key.mac(_signed(person, publication))
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def read_token(token: str, publication: str, keys: TokenKeys) -> bytes | None:
    """The person of a token; None if it was not signed for this publication, or was changed."""
    try:
        data = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    id, person, mac = data[:_ID_BYTES], data[_ID_BYTES:-_MAC_BYTES], data[-_MAC_BYTES:]
    for key in keys.of(id):
        # The last character has bits to spare, which decoding ignores.
        whole = base64.b32encode(data).decode("ascii").rstrip("=") == token.upper()
        if hmac.compare_digest(mac, key.mac(_signed(person, publication))) and whole:
            return person
    return None


def _signed(person: bytes, publication: str) -> bytes:
    return _PURPOSE + publication.encode() + b"\0" + person
