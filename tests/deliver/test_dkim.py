"""DKIM: what is signed here is verified by dkimpy, which shares no code with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from email_kit import PUBLICATION, edition, render
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.deliver.dkim import DkimSigner, body_hash, parse_keys
from pipeline.errors import PressroomError
from pipeline.model import DeliverySettings
from pipeline.render.email.message_template import message_template

DOMAIN = "synapse.example"
Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def pem(key: Key, encryption: KeySerializationEncryption = NoEncryption()) -> str:  # noqa: B008 - frozen
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


RSA_KEY, ED25519_KEY = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()
SIGNERS = parse_keys(pem(ED25519_KEY) + pem(RSA_KEY), DOMAIN, ("one", "two"))

HEADERS = (
    ("From", "=?utf-8?q?S=C3=B8ren?=\n <letters@synapse.example>"),
    ("To", "זואי@bücher.example"),
    ("Subject", "A  subject \n of  several\n\tlines "),
    ("Message-ID", "<1.2@synapse.example>"),
    ("List-Unsubscribe", "<https://synapse.example/leave/abc>,\n <mailto:letters@synapse.example>"),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
)


def message(headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """The message as it is received: SMTP ends a last line (RFC 5321, 4.1.1.4)."""
    body += b"\r\n" if body and not body.endswith(b"\r\n") else b""
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    return head.replace("\n", "\r\n").encode() + b"\r\n" + body


def verifies(signer: DkimSigner, data: bytes) -> bool:
    records = {f"{signer.selector}._domainkey.{DOMAIN}.".encode(): signer.dns_record.encode()}

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        return records.get(name)

    return bool(dkim.verify(data, dnsfunc=look_up))


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.kind)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"Hello\r\n",
        b"Hello",
        b"a \t b\t\r\n  c  \r\n\r\n \r\n\r\n",
        b"  ",
        b"\r\n\r\nx",
        "שלום\r\n".encode(),
    ],
)
def test_every_body_verifies_with_headers_folded_and_outside_ascii(signer: DkimSigner, body: bytes) -> None:
    signature = signer.sign(HEADERS, body_hash(body))
    assert verifies(signer, message((signature, *HEADERS), body))
    assert max(map(len, signature[1].split("\n"))) <= 100


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.kind)
@tries(60)
@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b"=20", b"\xc3\xa9"])).map(b"".join))
def test_any_body_verifies(signer: DkimSigner, body: bytes) -> None:
    assert verifies(signer, message((signer.sign(HEADERS, body_hash(body)), *HEADERS), body))


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.kind)
@tries(30)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_a_personal_message_verifies_and_its_body_is_signed_as_it_is(signer: DkimSigner, name: str) -> None:
    one = edition()
    delivery = DeliverySettings(feedback_id="a:b", complaints_to="complaints@synapse.example")
    own = replace(PUBLICATION, delivery=delivery)
    template = message_template(render(one), own, one, datetime(2026, 12, 3, tzinfo=UTC))
    url = "https://synapse.example/leave/abc"
    filled = template.fill("ada@x.example", "1@synapse.example", {"first_name": name, "unsubscribe_url": url})
    digest = filled.body_hash
    assert digest == body_hash(filled.body)
    signatures = [each.sign(filled.headers, digest) for each in SIGNERS]
    head = filled.head(*[each for each in signatures if f"s={signer.selector};" in each[1]])
    assert verifies(signer, head + filled.body)
    signed = signatures[0][1].partition("h=")[2].partition(";")[0].replace("\n  ", "").split(":")
    assert signed == [*(name for name, _ in filled.headers), "From"]
    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "CFBL-Address"} < set(signed)


def test_several_signatures_of_a_message_verify_each() -> None:
    body = b"Hello\r\n"
    data = message([*(each.sign(HEADERS, body_hash(body)) for each in SIGNERS), *HEADERS], body)
    for index, signer in enumerate(SIGNERS):
        record = signer.dns_record.encode()
        assert dkim.DKIM(data).verify(idx=index, dnsfunc=lambda name, timeout=5, record=record: record)


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.kind)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello", b"Hallo"),
        (b"One-Click", b"Two-Click"),
        (b"leave/abc", b"leave/abd"),
        (b"To:", b"From: x@y.example\r\nTo:"),
    ],
)
def test_what_was_changed_on_the_way_does_not_verify(signer: DkimSigner, old: bytes, new: bytes) -> None:
    data = message((signer.sign(HEADERS, body_hash(b"Hello\r\n")), *HEADERS), b"Hello\r\n")
    assert verifies(signer, data)
    assert not verifies(signer, data.replace(old, new, 1))


def test_a_dns_record_has_the_public_key() -> None:
    assert SIGNERS[0].dns_record.startswith("v=DKIM1; k=ed25519; p=")
    assert len(SIGNERS[0].dns_record.partition("p=")[2]) == 44
    assert SIGNERS[1].dns_record.startswith("v=DKIM1; k=rsa; p=MIIB")


def test_keys_on_one_line_are_read() -> None:
    one_line = (pem(ED25519_KEY) + pem(RSA_KEY)).replace("\n", "\\n")
    assert [each.dns_record for each in parse_keys(one_line, DOMAIN, ("one", "two"))] == [
        each.dns_record for each in SIGNERS
    ]


def test_an_rsa_key_that_no_receiver_takes_is_refused() -> None:
    p, q, e = 2**521 - 1, 2**127 - 1, 65537  # of a size that the library does not make any more
    d = pow(e, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    with pytest.raises(PressroomError, match="an RSA key of 648 bits, number 1, which receivers refuse"):
        parse_keys(pem(numbers.private_key()), DOMAIN, ("one",))


def test_a_short_rsa_key_is_warned_of() -> None:
    (signer,) = parse_keys(pem(rsa.generate_private_key(65537, 1024)), DOMAIN, ("one",))
    assert signer.weakness == "the RSA key of one has 1024 bits; 2048 are usual by now."
    assert not any(each.weakness for each in SIGNERS)


PUBLIC = ED25519_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    ("keys", "selectors", "says"),
    [
        ("", ("one",), "no key for DKIM. Set PRESSROOM_DKIM_KEY"),
        ("hunter2", ("one",), "no private key in PEM"),
        (pem(RSA_KEY), ("one", "two"), r'has 1 keys, and "dkim_selector" has 2 names \(one, two\)'),
        (pem(RSA_KEY) * 2, ("one",), r'has 2 keys, and "dkim_selector" has 1 names \(one\)'),
        (pem(RSA_KEY, BestAvailableEncryption(b"x")), ("one",), "has a password on key 1"),
        (PUBLIC, ("one",), "cannot be read, number 1"),
        (pem(RSA_KEY).replace("M", "!"), ("one",), "cannot be read, number 1"),
        (pem(RSA_KEY)[:200] + pem(RSA_KEY)[400:], ("one",), "cannot be read, number 1"),
        (pem(ec.generate_private_key(ec.SECP256R1())), ("one",), "neither RSA nor Ed25519, number 1"),
    ],
    ids=lambda value: str(value)[:20],  # the keys are others in each process
)  # fmt: skip
def test_a_key_that_is_not_sound_is_refused_and_not_shown(
    keys: str, selectors: tuple[str, ...], says: str
) -> None:
    with pytest.raises(PressroomError, match=says) as caught:
        parse_keys(keys, DOMAIN, selectors)
    assert caught.value.__cause__ is None
    shown = str(caught.value)
    for line in keys.splitlines():
        assert line.startswith("-----") or line not in shown


def test_all_keys_that_are_not_sound_are_named_at_once() -> None:
    broken = pem(RSA_KEY).replace("M", "!")
    with pytest.raises(PressroomError, match=r"number 1(.|\n)*number 2"):
        parse_keys(broken + broken, DOMAIN, ("one", "two"))


def test_a_key_is_not_in_what_is_shown_of_a_signer() -> None:
    assert "object at" not in repr(SIGNERS)
