"""What the doctor says of the records in DNS, each on a DNS server of the test."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dns_kit import FAILS, SILENT, DnsServer, Zone, dns_server
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries

import pipeline.deliver.dns as dns_door
from pipeline.deliver.dkim import DkimSigner, parse_keys
from pipeline.deliver.dns import Dns, NoDnsAnswer
from pipeline.deliver.doctor.diagnosis import Diagnosis, DnsRecord, SendingSetup
from pipeline.deliver.doctor.dkim_record import diagnose_dkim
from pipeline.deliver.doctor.dmarc import diagnose_alignment, diagnose_dmarc
from pipeline.deliver.doctor.dmarc_record import organizational_domain, policy_record, tree_names, walk_tree
from pipeline.deliver.doctor.mail_exchange import diagnose_mx
from pipeline.deliver.doctor.reverse_names import diagnose_ptr
from pipeline.deliver.doctor.spf import diagnose_spf
from pipeline.deliver.smtp_server import Security, SmtpServer

DOMAIN = "synapse.example"
OWN = SmtpServer("mail.synapse.example", 465, Security.TLS)
RELAY = SmtpServer("smtp.relay.example", 465, Security.TLS)
SETUP = SendingSetup("letters@synapse.example", DOMAIN, DOMAIN, OWN, OWN.host, (), {})
BY_RELAY = replace(SETUP, server=RELAY, own_server="")

HOSTS: Zone = {
    "mail.synapse.example A": ["192.0.2.25"],
    "mail.synapse.example AAAA": ["2001:db8::25"],
    "smtp.relay.example A": ["198.51.100.7"],
}
Subject = Callable[[SendingSetup, Dns], Iterable[Diagnosis]]


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    with dns_server({}) as running:
        yield running


Examine = Callable[..., list[Diagnosis]]


@pytest.fixture
def examine(server: DnsServer) -> Examine:
    """Run one subject over a zone."""

    def run(subject: Subject, zone: Zone, setup: SendingSetup = SETUP) -> list[Diagnosis]:
        server.zone, server.queries = {**HOSTS, **zone}, []
        return list(subject(setup, Dns(server.address)))

    return run


def lines(diagnoses: Iterable[Diagnosis]) -> list[str]:
    return [f"{each.level}: {each.message}" for each in diagnoses]


# --- SPF -------------------------------------------------------------------------------------

PERMITTED = "v=spf1 a:mail.synapse.example -all"


def spf(text: str, **more: list[str] | str) -> Zone:
    return {f"{DOMAIN} TXT": [text, "google-site-verification=x"], **more}


@pytest.mark.parametrize(
    "text",
    [
        PERMITTED,
        "V=SPF1 A:MAIL.SYNAPSE.EXAMPLE ~ALL",
        "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all",
        "v=spf1 mx -all",
        "v=spf1 mx:synapse.example/24//64 ?include:void.example -all",
        "v=spf1 a:mail.synapse.example/32//128 exp=why.synapse.example -all",
        "v=spf1 include:_spf.synapse.example -all",
        "v=spf1 redirect=_spf.synapse.example",
        "v=spf1 exists:mail.synapse.example -all",
    ],
)
def test_a_record_that_permits_the_server_is_fine(examine: Examine, text: str) -> None:
    zone = {
        f"{DOMAIN} MX": ["10 mail.synapse.example."],
        "_spf.synapse.example TXT": ["v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"],
        "void.example TXT": ["v=spf1 -all"],
    }
    assert lines(examine(diagnose_spf, {**spf(text), **zone})) == [f"fine: {text}"]


def test_no_record_says_what_to_enter(examine: Examine) -> None:
    (missing,) = examine(diagnose_spf, {})
    assert missing.level == "error" and missing.looked_up == "synapse.example TXT"
    assert missing.message == "no SPF record: the name has no TXT record."
    assert missing.enter == DnsRecord(DOMAIN, "TXT", "v=spf1 a:mail.synapse.example ~all")
    (missing,) = examine(diagnose_spf, {f"{DOMAIN} TXT": ["v=spf10 -all"]}, BY_RELAY)
    assert missing.message == "no SPF record: none of its TXT records begins with v=spf1."
    assert missing.enter and missing.enter.value == "v=spf1 include:smtp.relay.example ~all"


def test_two_records_are_joined_into_one(examine: Examine) -> None:
    (two,) = examine(diagnose_spf, {f"{DOMAIN} TXT": ["v=spf1 mx -all", "v=spf1 include:x.example mx ~all"]})
    assert two.level == "error" and two.message.startswith("2 SPF records;")
    assert two.enter and set(two.enter.value.split()) == {"v=spf1", "mx", "include:x.example", "~all"}


def test_look_ups_are_counted_through_includes(examine: Examine) -> None:
    zone: dict[str, list[str]] = {
        f"n{n}.example TXT": [f"v=spf1 include:n{n + 1}.example -all"] for n in range(12)
    }
    zone["n9.example TXT"] = ["v=spf1 -all"]
    text = "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 include:n0.example -all"
    assert lines(examine(diagnose_spf, {**spf(text), **zone})) == [f"fine: {text}"]  # exactly ten
    zone["n9.example TXT"] = ["v=spf1 a:mail.synapse.example -all"]
    assert lines(examine(diagnose_spf, {**spf(text), **zone})) == [
        "error: the record takes more than 10 DNS look-ups, after which receivers give up."
    ]


def test_a_record_that_includes_itself_ends(examine: Examine, server: DnsServer) -> None:
    diagnoses = examine(diagnose_spf, spf("v=spf1 include:synapse.example include:synapse.example -all"))
    assert "more than 10 DNS look-ups" in diagnoses[0].message
    assert len(server.queries) < 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v=spf1 +all", 'warning: "+all" lets every server in the world send for you.'),
        ("v=spf1 all", 'warning: "all" lets every server'),
        (
            "v=spf1 a:mail.synapse.example",
            'warning: a record that does not end in "~all" or "-all" says nothing',
        ),
        ("v=spf1 a:mail.synapse.example ?all", 'warning: "?all" says nothing of all other servers.'),
        ("v=spf1 a:mail.synapse.example -all mx", 'warning: what comes after "-all" is never read: mx.'),
        ("v=spf1 ptr a:mail.synapse.example -all", 'warning: "ptr" is slow'),
        (
            "v=spf1 a:mail.synapse.example ipv4:1.2.3.4 -all",
            'error: "ipv4:1.2.3.4" in the record of synapse.e',
        ),
        ("v=spf1 a:mail.synapse.example ip4:1.2.3.400 -all", 'error: "ip4:1.2.3.400" in the record of'),
        ("v=spf1 include:void.example -all", "error: void.example has no SPF record."),
        (
            "v=spf1 a:mail.synapse.example a:x.example mx:y.example a:z.example -all",
            "error: 3 of its parts lead nowhere (x.example A, y.example MX, z.example A); after 2",
        ),
        ("v=spf1 a:mail.synapse.example/99 -all", 'error: "a:mail.synapse.example/99" in the record of'),
    ],
)
def test_a_record_that_is_weak_or_broken_says_so(examine: Examine, text: str, says: str) -> None:
    diagnoses = lines(examine(diagnose_spf, spf(text)))
    assert diagnoses[0].startswith(says)


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        ("-all", "it forbids it"),
        ("~all", "it says that it probably may not"),
        ("?all", "it says nothing of it"),
    ],
)
def test_a_server_of_ones_own_that_is_not_permitted_is_an_error(
    examine: Examine, end: str, verdict: str
) -> None:
    diagnoses = examine(diagnose_spf, spf(f"v=spf1 ip4:192.0.2.25 {end}"))
    (error,) = [each for each in diagnoses if each.level == "error"]
    assert error.message == f"the record does not permit mail.synapse.example (2001:db8::25): {verdict}."
    assert error.enter == DnsRecord(DOMAIN, "TXT", f"v=spf1 ip6:2001:db8::25 ip4:192.0.2.25 {end}")


def test_a_relay_that_is_not_permitted_is_a_note_only(examine: Examine) -> None:
    diagnoses = examine(diagnose_spf, spf(PERMITTED), BY_RELAY)
    assert [each.level for each in diagnoses] == ["fine", "note"]
    assert "A relay often sends from other addresses" in diagnoses[1].hint


def test_macros_are_not_judged(examine: Examine) -> None:
    diagnoses = examine(diagnose_spf, spf("v=spf1 exists:%{i}._spf.example -all"))
    assert {each.level for each in diagnoses} == {"fine", "note"}
    assert "depends on the single message" in diagnoses[1].message


# --- DMARC -----------------------------------------------------------------------------------


def test_the_tree_walk_asks_eight_names_at_most() -> None:
    assert tree_names("a.b.c.d.e.f.g.h.i.j.mail.example.com") == [
        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "g.h.i.j.mail.example.com",
        "h.i.j.mail.example.com",
        "i.j.mail.example.com",
        "j.mail.example.com",
        "mail.example.com",
        "example.com",
        "com",
    ]  # fmt: skip
    assert tree_names("a.mail.example.com") == [
        "a.mail.example.com",
        "mail.example.com",
        "example.com",
        "com",
    ]
    assert len(tree_names("1.2.3.4.5.6.7.8")) == 8


@pytest.mark.parametrize(
    ("domain", "records", "organization", "policy"),
    [
        ("a.mail.example.com", {"mail.example.com": "", "example.com": ""}, "example.com", "example.com"),
        (
            "a.mail.example.com",
            {"mail.example.com": "psd=n", "example.com": ""},
            "mail.example.com",
            "mail.example.com",
        ),
        ("a.mail.example.com", {"com": "psd=y"}, "example.com", "com"),
        ("giant.bank.example", {"giant.bank.example": "", "bank.example": "psd=y"}, "giant.bank.example", "giant.bank.example"),
        ("mail.mega.bank.example", {"bank.example": "psd=y"}, "mega.bank.example", "bank.example"),
        ("bank.example", {"bank.example": "psd=y"}, "bank.example", "bank.example"),
        ("signing.example.com", {"signing.example.com": "", "example.com": ""}, "example.com", "signing.example.com"),
        ("synapse.example", {}, "synapse.example", None),
    ],
)  # fmt: skip
def test_the_organizational_domain_is_as_in_the_rfc(
    server: DnsServer, domain: str, records: dict[str, str], organization: str, policy: str | None
) -> None:
    server.zone = {f"_dmarc.{name} TXT": [f"v=DMARC1; p=none; {tag}"] for name, tag in records.items()}
    walked = walk_tree(Dns(server.address), domain)
    assert organizational_domain(walked, domain) == organization
    record = policy_record(walked, domain)
    assert (record.domain if record else None) == policy


def dmarc(text: str) -> Zone:
    return {f"_dmarc.{DOMAIN} TXT": [text]}


RUA = "rua=mailto:dmarc@synapse.example"


@pytest.mark.parametrize(
    "text", [f"v=DMARC1; p=reject; {RUA}", f"v = DMARC1;p=QUARANTINE;{RUA}!10m,mailto:x@synapse.example"]
)
def test_a_sound_policy_is_fine(examine: Examine, text: str) -> None:
    assert lines(examine(diagnose_dmarc, dmarc(text))) == [f"fine: {text}"]


def test_no_dmarc_record_says_what_to_enter(examine: Examine) -> None:
    (missing,) = examine(diagnose_dmarc, {})
    assert missing.message == "no DMARC record: there is no such name, and none above it."
    assert missing.level == "error" and missing.enter == DnsRecord(
        f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1; p=none; rua=mailto:letters@synapse.example"
    )


@pytest.mark.parametrize(
    ("text", "line", "enter"),
    [
        (
            f"v=DMARC1; p=none; {RUA}",
            'note: with "p=none" others can send in the name of synapse.example.',
            f"v=DMARC1; p=quarantine; {RUA}",
        ),
        (
            "v=DMARC1; p=reject",
            "warning: nobody gets the reports of receivers (rua), which say whose mail fails.",
            "v=DMARC1; p=reject; rua=mailto:letters@synapse.example",
        ),
        (
            f"v=DMARC1; {RUA}; p=reject; pct=50; ri=3600; rf=afrf",
            'note: "pct=50", "rf=afrf", "ri=3600": DMARC no longer has that (RFC 9989), and newer receivers '
            "ignore it.",
            f"v=DMARC1; p=reject; {RUA}",
        ),
        (
            f"v=DMARC1; p=reject; {RUA}; t=y",
            'note: "t=y" marks a test: receivers apply "quarantine" in place of "reject".',
            f"v=DMARC1; p=reject; {RUA}",
        ),
        (
            f"v=DMARC1; p=rejct; {RUA}",
            'warning: "p=rejct" is no policy; receivers take it for "p=none".',
            f"v=DMARC1; p=none; {RUA}",
        ),
        (
            f"v=DMARC1; p=reject; psd=y; {RUA}",
            'warning: "psd=y" says that everybody can register names below this domain, as below "org".',
            f"v=DMARC1; p=reject; {RUA}",
        ),
        ("v=DMARC1; sp=none", "error: there is no p=; receivers ignore the whole record.", "v=DMARC1; p=none; sp=none"),
    ],
)  # fmt: skip
def test_a_record_of_dmarc_is_read(examine: Examine, text: str, line: str, enter: str) -> None:
    diagnoses = examine(diagnose_dmarc, dmarc(text))
    (diagnosis,) = [each for each in diagnoses if f"{each.level}: {each.message}" == line]
    assert diagnosis.enter == DnsRecord(f"_dmarc.{DOMAIN}", "TXT", enter)


def test_two_records_and_a_misspelt_one_do_not_count(examine: Examine) -> None:
    (two,) = examine(diagnose_dmarc, {f"_dmarc.{DOMAIN} TXT": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]})
    assert two.level == "error" and two.message.startswith("2 DMARC records;")
    misspelt, missing = examine(diagnose_dmarc, dmarc("v=dmarc1; p=none"))
    assert "is ignored: v=dmarc1; p=none" in misspelt.message
    assert missing.level == "error"


@pytest.mark.parametrize(
    ("text", "exists", "tag"),
    [
        ("p=reject; sp=none", True, "sp"),
        ("p=reject; sp=reject; np=none", False, "np"),
        ("p=reject; sp=none", False, "sp"),
        ("p=none; np=reject", True, "p"),
    ],
)
def test_a_subdomain_has_the_policy_of_its_organization(
    examine: Examine, text: str, exists: bool, tag: str
) -> None:
    zone: Zone = {
        **dmarc(f"v=DMARC1; {text}; {RUA}"),
        **({"news.synapse.example A": ["192.0.2.1"]} if exists else {}),
    }
    setup = replace(SETUP, sender="letters@news.synapse.example")
    assert [
        line
        for line in lines(examine(diagnose_dmarc, zone, setup))
        if f'with "{tag}=none" others can send in the name of news.synapse.example' in line
    ]


def test_another_domain_has_to_agree_to_reports(examine: Examine) -> None:
    zone = dmarc("v=DMARC1; p=reject; rua=mailto:x@reports.example")
    (warning,) = examine(diagnose_dmarc, zone)
    name = "synapse.example._report._dmarc.reports.example"
    assert warning.level == "warning" and warning.enter == DnsRecord(name, "TXT", "v=DMARC1")
    (fine,) = examine(diagnose_dmarc, {**zone, f"{name} TXT": ["v=DMARC1"]})
    assert fine.level == "fine"


def test_alignment_compares_organizational_domains(examine: Examine) -> None:
    records: Zone = {
        "bounces.synapse.example TXT": ["v=spf1 mx -all"],
        f"one._domainkey.{DOMAIN} TXT": [RSA.dns_record],
    }
    zone = dmarc("v=DMARC1; p=none") | records
    bounces = replace(SETUP, bounce_domain="bounces.synapse.example")
    assert [each.level for each in examine(diagnose_alignment, zone, bounces)] == ["fine"]
    strict = dmarc("v=DMARC1; p=none; aspf=s")
    (error,) = examine(diagnose_alignment, strict, bounces)
    assert error.level == "error" and 'the record says "aspf=s"' in error.message
    foreign = replace(SETUP, bounce_domain="relay.example", selectors=("one",))
    signed, warning = examine(diagnose_alignment, zone, foreign)
    assert (signed.level, warning.level) == ("fine", "warning")
    assert "all depends on DKIM" in warning.message


def test_what_has_no_record_is_not_called_fine(examine: Examine) -> None:
    signed = replace(SETUP, selectors=("one",))
    zone = dmarc("v=DMARC1; p=none")
    assert examine(diagnose_alignment, zone, signed) == []
    spf: Zone = {f"{DOMAIN} TXT": ["v=spf1 mx -all"]}
    assert [each.message for each in examine(diagnose_alignment, zone | spf, signed)] == [
        "SPF is about the same domain."
    ]


# --- DKIM ------------------------------------------------------------------------------------


def signer(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> DkimSigner:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return parse_keys(pem, DOMAIN, ("one",))[0]


RSA, OTHER = (signer(rsa.generate_private_key(65537, 2048)) for _ in range(2))
SMALL = signer(rsa.generate_private_key(65537, 1024))
ED25519 = signer(ed25519.Ed25519PrivateKey.generate())


def dkim(each: DkimSigner | None) -> SendingSetup:
    return replace(SETUP, selectors=("one",), signers={"one": each} if each else {})


@pytest.mark.parametrize(
    ("key", "record", "line"),
    [
        (RSA, RSA.dns_record, "fine: the key that signs (rsa)."),
        (RSA, RSA.dns_record.removeprefix("v=DKIM1; k=rsa; "), "fine: the key that signs (rsa)."),
        (RSA, RSA.dns_record[:90] + " " + RSA.dns_record[90:], "fine: the key that signs (rsa)."),
        (None, RSA.dns_record, "fine: a key; PRESSROOM_DKIM_KEY is not set to compare (rsa)."),
        (RSA, OTHER.dns_record, "error: another key than the one in PRESSROOM_DKIM_KEY, so no signature is valid."),
        (RSA, "v=DKIM1; k=rsa; p=", "error: the key is revoked: p= is empty."),
        (RSA, "v=DKIM1; k=rsa", "error: it has no key (p=)."),
        (RSA, "v=DKIM2; p=x", 'error: it begins with "v=DKIM2", not "v=DKIM1".'),
        (RSA, f"h=sha1; {RSA.dns_record}", 'error: "h=sha1" does not permit SHA-256, with which mail is signed.'),
        (RSA, RSA.dns_record[:200], "error: p= is not an RSA key: it was perhaps cut off when it was entered."),
        (RSA, f"{RSA.dns_record}; t=s:y", 'warning: "t=y" marks a test: receivers treat the mail as if it were not signed.'),
        (SMALL, SMALL.dns_record, "warning: the RSA key has 1024 bits; 2048 are usual by now."),
        (RSA, None, "error: no key: there is no such name."),
    ],
    ids=lambda value: str(value)[:20],  # the keys are others in each process
)  # fmt: skip
def test_the_key_in_dns_is_compared_with_the_one_that_signs(
    examine: Examine, key: DkimSigner | None, record: str | None, line: str
) -> None:
    zone: Zone = {f"one._domainkey.{DOMAIN} TXT": [record]} if record else {}
    (diagnosis,) = examine(diagnose_dkim, zone, dkim(key))
    assert f"{diagnosis.level}: {diagnosis.message}" == line
    if diagnosis.level == "error" and key:
        assert diagnosis.enter == DnsRecord(f"one._domainkey.{DOMAIN}", "TXT", key.dns_record)


def test_an_rsa_key_in_its_other_form_is_the_same_key(examine: Examine) -> None:
    assert isinstance(RSA.key, rsa.RSAPrivateKey)
    inner = RSA.key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    zone = {f"one._domainkey.{DOMAIN} TXT": [f"v=DKIM1; p={b64encode(inner).decode()}"]}
    assert lines(examine(diagnose_dkim, zone, dkim(RSA))) == ["fine: the key that signs (rsa)."]


def test_only_an_ed25519_key_is_warned_of(examine: Examine) -> None:
    zone = {f"one._domainkey.{DOMAIN} TXT": [ED25519.dns_record]}
    assert [each.level for each in examine(diagnose_dkim, zone, dkim(ED25519))] == ["fine", "warning"]
    both = replace(dkim(ED25519), selectors=("one", "two"))
    zone[f"two._domainkey.{DOMAIN} TXT"] = [RSA.dns_record]
    assert [each.level for each in examine(diagnose_dkim, zone, both)] == ["fine", "fine"]


def test_without_a_selector_the_server_has_to_sign(examine: Examine) -> None:
    (note,) = examine(diagnose_dkim, {})
    assert note.level == "note" and "the mail server has to" in note.message


# --- MX and PTR ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "line"),
    [
        ({f"{DOMAIN} MX": ["10 mail.synapse.example."]}, "fine: mail.synapse.example, for replies and bounces."),
        ({f"{DOMAIN} MX": ["0 ."]}, "error: the domain says that it takes no mail (null MX), so "),
        ({f"{DOMAIN} MX": ["10 gone.example."]}, "error: replies and bounces cannot arrive: gone.example has no IP address."),
        ({f"{DOMAIN} A": ["192.0.2.1"]}, "warning: the name has no MX record; replies and bounces"),
        ({}, "error: replies and bounces cannot arrive: the name has no MX record."),
    ],
)  # fmt: skip
def test_replies_and_bounces_need_a_server(examine: Examine, zone: Zone, line: str) -> None:
    (diagnosis,) = examine(diagnose_mx, zone)
    assert f"{diagnosis.level}: {diagnosis.message}".startswith(line)


def test_each_domain_that_mail_comes_back_to_is_looked_at(examine: Examine) -> None:
    setup = replace(SETUP, bounce_domain="bounces.example", reply_domain="home.example")
    diagnoses = examine(diagnose_mx, {f"{DOMAIN} MX": ["10 mail.synapse.example."]}, setup)
    assert [(each.looked_up, each.level) for each in diagnoses] == [
        ("home.example MX", "error"),
        ("bounces.example MX", "error"),
        ("synapse.example MX", "fine"),
    ]


V4, V6 = "25.2.0.192.in-addr.arpa", "5.2" + ".0" * 22 + ".8.b.d.0.1.0.0.2.ip6.arpa"


def test_an_address_needs_a_name_that_leads_back(examine: Examine) -> None:
    named = {f"{V4} PTR": ["mail.synapse.example."], f"{V6} PTR": ["smtp.relay.example."]}
    fine, error = examine(diagnose_ptr, named)
    assert fine.level == "fine" and fine.message == "192.0.2.25 is mail.synapse.example, and back."
    assert error.message == "2001:db8::25 is called smtp.relay.example, which does not lead back to it."
    assert error.level == "error" and error.enter == DnsRecord(V6, "PTR", "mail.synapse.example.")
    (note,) = examine(diagnose_ptr, {}, BY_RELAY)
    assert note.level == "note" and note.enter is None


# --- no answer -------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", [diagnose_spf, diagnose_dmarc, diagnose_alignment, diagnose_mx])
def test_a_look_up_that_fails_is_not_a_missing_record(examine: Examine, subject: Subject) -> None:
    zone = {f"{DOMAIN} TXT": FAILS, f"_dmarc.{DOMAIN} TXT": FAILS, f"{DOMAIN} MX": FAILS}
    with pytest.raises(NoDnsAnswer, match="could not look it up"):
        examine(subject, zone)


def test_a_silent_server_is_given_up(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_door, "TIME_LIMIT", 0.05)
    with pytest.raises(NoDnsAnswer, match="did not answer within") as caught:
        examine(diagnose_mx, {f"{DOMAIN} MX": SILENT})
    assert caught.value.query == "synapse.example MX"


def test_all_look_ups_together_have_a_limit(server: DnsServer) -> None:
    with pytest.raises(NoDnsAnswer, match="all look-ups together"):
        Dns(server.address, whole_limit=0).look_up(DOMAIN, "TXT")


def test_a_record_cannot_steer_the_terminal(examine: Examine) -> None:
    hostile = "\x1b[2J\u202e\x07"
    zone = {
        f"{DOMAIN} TXT": [f"v=spf1 a:{hostile} {hostile} ?all"],
        f"_dmarc.{DOMAIN} TXT": [f"v=DMARC1; p={hostile}"],
    }
    for diagnosis in (*examine(diagnose_spf, zone), *examine(diagnose_dmarc, zone)):
        assert f"{diagnosis.message}{diagnosis.hint}{diagnosis.enter}".isprintable()


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example", ".".join("abcdefgh" * 40)])
def test_a_name_that_cannot_be_one_is_not_there(server: DnsServer, name: str) -> None:
    answer = Dns(server.address).look_up(name, "TXT")
    assert answer.absence == "there is no such name"


# --- whatever the records say -----------------------------------------------------------------

SPF_WORDS = (
    *("mx", "a", "?a:mail.synapse.example/24", "-ip4:192.0.2.25", "ip6:2001:db8::/32", "ip4:x", "ptr", "all"),
    *(
        "~all",
        "-ALL",
        "?all",
        "include:synapse.example",
        "include:gone.example",
        "exists:%{i}.x",
        "a:..",
        "%",
    ),
    *("redirect=gone.example", "redirect=", "exp=x", "é", "ip4:", "mx/99", "a//200", "v=spf1"),
)
DMARC_PARTS = (
    *("p=none", "p=reject", "p=", "sp=x", "np=none", "t=y", "psd=y", "psd=n", "pct=10", "ri=1", "rf=", "x=1"),
    *("rua=mailto:a@synapse.example", "rua=mailto:a@b.example,", "rua=x", "p", "=", "é", "P=Quarantine", "adkim=s"),
)  # fmt: skip


def assert_what_to_enter_mends_it(server: DnsServer, subject: Subject, zone: Zone) -> None:
    """Enter each record that a diagnosis names: the same diagnosis is then gone."""
    server.zone = {**HOSTS, **zone}
    for diagnosis in subject(SETUP, Dns(server.address)):
        if diagnosis.enter:
            server.zone = {
                **HOSTS,
                **zone,
                f"{diagnosis.enter.name} {diagnosis.enter.kind}": [diagnosis.enter.value],
            }
            assert diagnosis.message not in [each.message for each in subject(SETUP, Dns(server.address))]


@tries(60)
@given(st.lists(st.lists(st.sampled_from(SPF_WORDS), max_size=6), max_size=2))
def test_entering_what_is_said_of_spf_mends_it(server: DnsServer, records: list[list[str]]) -> None:
    zone = {f"{DOMAIN} TXT": [" ".join(["v=spf1", *words]) for words in records]}
    assert_what_to_enter_mends_it(server, diagnose_spf, zone)


@tries(60)
@given(st.lists(st.lists(st.sampled_from(DMARC_PARTS), max_size=6), max_size=2))
def test_entering_what_is_said_of_dmarc_mends_it(server: DnsServer, records: list[list[str]]) -> None:
    zone = {f"_dmarc.{DOMAIN} TXT": [";".join(["v=DMARC1", *parts]) for parts in records]}
    assert_what_to_enter_mends_it(server, diagnose_dmarc, zone)


@tries(60)
@given(
    st.lists(
        st.sampled_from(
            ["v=DKIM1", "v=x", "p=", "p=AAAA", "p=é", "k=ed25519", "k=x", "t=y:s", "h=sha1", RSA.dns_record]
        )
    )
)
def test_entering_what_is_said_of_dkim_mends_it(server: DnsServer, parts: list[str]) -> None:
    zone = {f"one._domainkey.{DOMAIN} TXT": ["; ".join(parts)]}
    for key in (RSA, None):
        assert_what_to_enter_mends_it(server, lambda _, dns, key=key: diagnose_dkim(dkim(key), dns), zone)  # type: ignore[misc]
