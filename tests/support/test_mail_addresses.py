"""Email addresses are judged by their syntax alone, in one place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.support.mail_addresses import check_address, check_recipient, format_mailbox, parse_mailbox


@pytest.mark.parametrize(
    "domain", ["synapse.example", "a.test", "a.invalid", "mail.local", "localhost", "a.onion"]
)
def test_a_reserved_name_is_syntax_like_any_other(domain: str) -> None:
    assert check_address(f"me@{domain}") == f"me@{domain}"


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert check_address("me@b\u00fccher.example") == "me@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address",
    [
        *("", "me", "@x.org", "me@", "a b@x.org", "a..b@x.org", "a@x..org", "a@-x.org", "j\u00fcrgen@x.org"),
        *("me@[127.0.0.1]", "Me <me@x.org>", "me@x.org, you@x.org"),
    ],
)
def test_what_is_not_an_address_says_why(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        check_address(address)


@pytest.mark.parametrize("name", ["", "Zo\u00eb", "Doe, Jane", 'The "Plastic" Brain', "a\\b", "Dr. No"])
def test_a_name_with_any_sign_comes_back(name: str) -> None:
    assert parse_mailbox(format_mailbox(name, "me@x.org")) == (name, "me@x.org")


@pytest.mark.parametrize(
    "name",
    ["Ward Letter, St Example", "Ada Example, MD", "News (St Example)", "Care; news", "a@b", "[St] Ex"],
)
def test_a_name_with_any_sign_needs_no_quotes(name: str) -> None:
    assert parse_mailbox(f" {name} <me@x.org>") == (name, "me@x.org")


@pytest.mark.parametrize(
    "mailbox", ["a@x.org, b@x.org", "Ada <a@x.org>, Bo <b@x.org>", "Ada <a@x.org", "Ada <>"]
)
def test_what_is_not_one_mailbox_is_refused(mailbox: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_mailbox(mailbox)


ATOM = st.text(st.sampled_from("aB9.+_'-!#"), min_size=1, max_size=70)
DOMAIN = st.lists(st.text(st.sampled_from("aZ7-xn\u00fc"), min_size=1, max_size=66), min_size=1, max_size=5)
ROLES = st.sampled_from(
    ["INFO", "Postmaster", "ab..c", ".a", "a.", "j\u00fcrgen", '"a b"', "a" * 64, "a" * 65]
)


@tries(600)
@given(
    local=ATOM | ROLES, labels=DOMAIN, ending=st.sampled_from(["", ".org", ".Museum", ".7", ".xn--p1ai", "."])
)
def test_the_quick_way_agrees_with_the_library(local: str, labels: list[str], ending: str) -> None:
    address = f"{local}@{'.'.join(labels)}{ending}"
    try:
        expected = check_address(address)
    except ValueError:
        expected = None
    try:
        result = check_recipient(address)
    except ValueError:
        assert expected is None
    else:
        assert result == expected or not result.isascii()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Ada.Lovelace+news@Mail.X.ORG", "Ada.Lovelace+news@mail.x.org"),
        ("INFO@x.org", "info@x.org"),
        ("ada@b\u00fccher.de", "ada@xn--bcher-kva.de"),
        ("ju\u0308rgen@xn--bcher-kva.de", "j\u00fcrgen@b\u00fccher.de"),
    ],
)
def test_a_recipients_address_is_normalised(address: str, expected: str) -> None:
    assert check_recipient(address) == expected


@pytest.mark.parametrize(
    "address", ["a" * 100_000, "a." * 50_000 + "@x.org", "a@" + "b-" * 50_000, "a@" + "b." * 50_000]
)
def test_a_long_text_is_judged_quickly(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        check_recipient(address)
