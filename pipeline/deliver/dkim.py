"""Signs messages with DKIM (RFC 6376): RSA-SHA256, and Ed25519-SHA256 (RFC 8463); relaxed/relaxed.

A message may have a signature of each: not every receiver reads Ed25519.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from pipeline.errors import PressroomError, collect, raise_all
from pipeline.support.secrets import where_to_store

DKIM_KEY = "PRESSROOM_DKIM_KEY"
"""The variable of the private keys, as PEM, one after the other."""

SMALLEST_RSA_BITS, SAFE_RSA_BITS = 1024, 2048
"""Bits that verifiers must take, and that signers should use (RFC 8301, section 3.2)."""

_PEM_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----", re.DOTALL)
_HEADER_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class DkimSigner:
    """A private key, and where its public one is: `SELECTOR._domainkey.DOMAIN`."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def kind(self) -> str:
        """The kind of key as DNS has it."""
        return "rsa" if isinstance(self.key, RSAPrivateKey) else "ed25519"

    @property
    def weakness(self) -> str:
        """Why receivers may not trust the key, empty if they do."""
        if isinstance(self.key, Ed25519PrivateKey) or self.key.key_size >= SAFE_RSA_BITS:
            return ""
        return (
            f"the RSA key of {self.selector} has {self.key.key_size} bits; {SAFE_RSA_BITS} are usual by now."
        )

    @property
    def dns_record(self) -> str:
        """The text of the TXT record with the public key (RFC 6376, 3.6.1; RFC 8463, section 4)."""
        public = self.key.public_key()
        if isinstance(self.key, RSAPrivateKey):
            data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            data = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k={self.kind}; p={b64encode(data).decode('ascii')}"

    def sign(self, headers: Sequence[tuple[str, str]], body_hash: bytes) -> tuple[str, str]:
        """Return the header that signs all of `headers`, of which each name comes once, and the body.

        `body_hash` is from `body_hash`. Values may be folded. From is signed twice, so that nobody can add
        one (RFC 6376, 8.15).
        """
        names = [*(name for name, _ in headers), "From"]
        lines = ":\n  ".join(":".join(names[start : start + 5]) for start in range(0, len(names), 5))
        value = (
            f"v=1; a={self.kind}-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};\n"
            f" h={lines};\n"
            f" bh={b64encode(body_hash).decode('ascii')};\n"
            " b="
        )
        signed = [*headers, ("DKIM-Signature", value)]
        data = "\r\n".join(
            f"{name.lower()}:{_HEADER_SPACE.sub(' ', each).strip(' ')}" for name, each in signed
        ).encode()
        if isinstance(self.key, RSAPrivateKey):
            signature = self.key.sign(data, PKCS1v15(), SHA256())
        else:
            signature = self.key.sign(hashlib.sha256(data).digest())
        encoded = b64encode(signature).decode("ascii")
        return "DKIM-Signature", value + "\n  ".join(re.findall(".{1,72}", encoded))


def body_hash(body: bytes) -> bytes:
    """The digest of a body in its relaxed form (RFC 6376, 3.4.4).

    A `PersonalMessage` has it at less cost.
    """
    relaxed = re.sub(rb"[ \t]+", b" ", body)
    relaxed = re.sub(rb" ?(?:\r\n|\Z)", b"\r\n", relaxed).rstrip(b"\r\n")
    return hashlib.sha256(relaxed + b"\r\n" if relaxed else b"").digest()


def sign_message(data: bytes, signers: Sequence[DkimSigner]) -> bytes:
    """Sign a finished message, of which each header comes once. The signatures come before its headers."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = re.split(r"\r\n(?![ \t])", head.decode())
    headers = [(name, value.strip(" ")) for name, _, value in (line.partition(":") for line in lines)]
    digest = body_hash(body)
    signatures = (signer.sign(headers, digest) for signer in signers)
    written = "".join(f"{name}: {value}\n" for name, value in signatures)
    return re.sub(r"\r?\n", "\r\n", written).encode() + data


def read_rsa_key(data: str) -> tuple[str, int] | None:
    """A public key in DNS (`p=`) as `dns_record` has it, and its size in bits; None if it is not RSA.

    RFC 6376 describes two forms of it, of which one is inside of the other.
    """
    try:
        key = load_der_public_key(b64decode(data, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, RSAPublicKey):
        return None
    usual = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(usual).decode("ascii"), key.key_size


def parse_keys(pem: str, domain: str, selectors: Sequence[str]) -> tuple[DkimSigner, ...]:
    """Read private keys in PEM, one for each checked selector, in their order.

    Raises `PressroomError` for what is not a key that DKIM knows, and never with a word of the key.
    """
    errors: list[PressroomError] = []
    # A keyring's prompt, and files of variables, have one line for a value.
    blocks = [match[0] for match in _PEM_BLOCK.finditer(pem.replace("\\n", "\n"))]
    if not pem.strip():
        errors.append(PressroomError("there is no key for DKIM.", hint=where_to_store(DKIM_KEY)))
    elif not blocks:
        errors.append(_error("has no private key in PEM.", 'It begins with "-----BEGIN PRIVATE KEY-----".'))
    elif len(blocks) != len(selectors):
        names = ", ".join(selectors) or "none"
        errors.append(
            _error(
                f'has {len(blocks)} keys, and "dkim_selector" has {len(selectors)} names ({names}).',
                "Name one selector for each key, in the same order.",
            )
        )
    raise_all(errors)
    signers = []
    for number, (selector, block) in enumerate(zip(selectors, blocks, strict=True), 1):
        with collect(errors):
            signers.append(DkimSigner(domain, selector, _read_key(block, number)))
    raise_all(errors)
    return tuple(signers)


def _read_key(pem: str, number: int) -> RSAPrivateKey | Ed25519PrivateKey:
    hint = "Make one without a password: openssl genrsa 2048, or openssl genpkey -algorithm ed25519"
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise _error(f"has a password on key {number}.", hint) from None
    except (ValueError, UnsupportedAlgorithm):
        # Without its cause, which may quote the key.
        raise _error(f"has a key that cannot be read, number {number}.", hint) from None
    if isinstance(key, RSAPrivateKey):
        if key.key_size < SMALLEST_RSA_BITS:
            raise _error(
                f"has an RSA key of {key.key_size} bits, number {number}, which receivers refuse.", hint
            )
    elif not isinstance(key, Ed25519PrivateKey):
        raise _error(f"has a key that is neither RSA nor Ed25519, number {number}.", hint)
    return key


def _error(what: str, hint: str) -> PressroomError:
    return PressroomError(f"{DKIM_KEY} {what}", hint=hint)
