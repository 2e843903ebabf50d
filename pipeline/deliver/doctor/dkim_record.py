"""DKIM: whether the public keys in DNS are those that sign (RFC 6376, section 3.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deliver.dkim import SAFE_RSA_BITS, SMALLEST_RSA_BITS, DkimSigner, read_rsa_key
from pipeline.deliver.dns import Dns
from pipeline.deliver.doctor.diagnosis import Diagnosis, DnsRecord, SendingSetup
from pipeline.deliver.doctor.tag_list import format_tags, parse_tags
from pipeline.model import Severity


def diagnose_dkim(setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Look at the key of each selector."""
    if not setup.selectors:
        yield Diagnosis(
            Severity.NOTE,
            "dkim_selector",
            "Pressroom does not sign, so the mail server has to; with which key is not known here.",
            "Send yourself a test (pressroom test 1 --send --to YOU) and look in its headers for "
            f"dkim=pass with header.d={setup.domain}.",
        )
    kinds = []
    for selector in setup.selectors:
        answer = dns.look_up(f"{selector}._domainkey.{setup.domain}", "TXT")
        signer = setup.signers.get(selector)
        enter = DnsRecord(answer.name, "TXT", signer.dns_record) if signer else None
        without_key = "" if signer else "With PRESSROOM_DKIM_KEY set, this says which record to enter."
        compared = "the key that signs" if signer else "a key; PRESSROOM_DKIM_KEY is not set to compare"
        if setup.service:
            without_key = f"{setup.service} shows the record to enter, at the domain."
            compared = f"a key of {setup.service}"
        if len(answer.records) != 1:
            message = f"no key: {answer.absence}."
            if answer.records:
                message = f"{len(answer.records)} records, where one is allowed; receivers may take either."
            yield Diagnosis(Severity.ERROR, answer.query, message, without_key, enter)
            continue
        tags = parse_tags(answer.records[0])
        problem = _problem(tags, signer)
        if problem:
            yield Diagnosis(Severity.ERROR, answer.query, problem, without_key, enter)
            continue
        kind = tags.get("k", "rsa").lower()
        kinds.append(kind)
        warnings = list(_warnings(tags, kind, answer.name))
        if not warnings:
            yield Diagnosis(None, answer.query, f"{compared} ({kind}).")
        yield from warnings
    if kinds and "rsa" not in kinds:
        yield Diagnosis(
            Severity.WARNING,
            "dkim_selector",
            "all keys are Ed25519, which not every receiver reads.",
            "Add a second selector with an RSA key: openssl genrsa 2048",
        )


def _problem(tags: dict[str, str], signer: DkimSigner | None) -> str:
    """Why receivers do not accept a signature by this record; empty if they do."""
    data = re.sub(r"\s", "", tags.get("p", ""))
    kind = tags.get("k", "rsa").lower()
    if tags.get("v", "DKIM1") != "DKIM1":
        return f'it begins with "v={tags["v"]}", not "v=DKIM1".'
    if not data:
        return "the key is revoked: p= is empty." if "p" in tags else "it has no key (p=)."
    if "sha256" not in tags.get("h", "sha256").lower().replace(" ", "").split(":"):
        return f'"h={tags["h"]}" does not permit SHA-256, with which mail is signed.'
    if kind == "rsa":
        rsa_key = read_rsa_key(data)
        if rsa_key is None:
            return "p= is not an RSA key: it was perhaps cut off when it was entered."
        data, bits = rsa_key
        if bits < SMALLEST_RSA_BITS:
            return f"the RSA key has {bits} bits; receivers refuse less than {SMALLEST_RSA_BITS}."
    if signer and (kind, data) != (signer.kind, parse_tags(signer.dns_record)["p"]):
        return "another key than the one in PRESSROOM_DKIM_KEY, so no signature is valid."
    return ""


def _warnings(tags: dict[str, str], kind: str, name: str) -> Iterator[Diagnosis]:
    if "y" in tags.get("t", "").lower().replace(" ", "").split(":"):
        value = format_tags({tag: each for tag, each in tags.items() if tag != "t"})
        message = '"t=y" marks a test: receivers treat the mail as if it were not signed.'
        yield Diagnosis(Severity.WARNING, f"{name} TXT", message, "", DnsRecord(name, "TXT", value))
    rsa_key = read_rsa_key(re.sub(r"\s", "", tags["p"])) if kind == "rsa" else None
    if rsa_key and rsa_key[1] < SAFE_RSA_BITS:
        message = f"the RSA key has {rsa_key[1]} bits; {SAFE_RSA_BITS} are usual by now."
        hint = "Make a new one (openssl genrsa 2048), with a selector of its own."
        yield Diagnosis(Severity.WARNING, f"{name} TXT", message, hint)
