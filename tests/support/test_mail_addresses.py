"""Email addresses are judged by their syntax alone, in one place."""

from __future__ import annotations

import pytest

from pipeline.support.mail_addresses import check_address, format_mailbox, parse_mailbox


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
