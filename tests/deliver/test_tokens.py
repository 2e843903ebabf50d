"""Signed tokens: they say who, to whom has the secret, and cannot be made or changed without it."""

from __future__ import annotations

import re

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.deliver.tokens import TOKEN_LENGTH, TokenKey, TokenKeys, read_token, sign_token, token_keys
from pipeline.errors import PressroomError

KEYS = TokenKeys(TokenKey(b"a secret of our own, long enough"))
LIST = "news.synapse.example"
PERSON = bytes(range(16))


@given(st.binary(max_size=40), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_token_comes_back_as_the_person_that_it_was_signed_for(person: bytes, publication: str) -> None:
    token = sign_token(person, publication, KEYS)
    assert re.fullmatch("[a-z2-7]+", token)
    assert read_token(token, publication, KEYS) == person
    assert read_token(token.upper(), publication, KEYS) == person
    assert read_token(token, publication + "x", KEYS) is None


def test_the_token_of_a_person_of_the_ledger_has_the_length_that_the_doctor_posts() -> None:
    assert len(sign_token(PERSON, LIST, KEYS)) == TOKEN_LENGTH == 58


@tries(300)
@given(st.binary(min_size=16, max_size=33), st.data())
def test_a_token_that_was_changed_in_any_character_is_not_accepted(
    person: bytes, data: st.DataObject
) -> None:
    token = sign_token(person, LIST, KEYS)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.one_of(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567=-_ \n\0"), st.characters()))
    if other.lower() != token[place]:
        assert read_token(token[:place] + other + token[place + 1 :], LIST, KEYS) is None
    assert read_token(token + other, LIST, KEYS) is None
    assert read_token(token[:place], LIST, KEYS) is None


@given(st.text(max_size=100))
def test_what_is_not_a_token_is_nobody(text: str) -> None:
    assert read_token(text, LIST, KEYS) is None


def test_a_token_of_the_secret_before_is_accepted_while_that_is_named() -> None:
    token = sign_token(PERSON, LIST, KEYS)
    new = TokenKey(b"another secret, as long as that")
    assert read_token(token, LIST, TokenKeys(new, KEYS.current)) == PERSON
    assert read_token(token, LIST, TokenKeys(new)) is None
    assert sign_token(PERSON, LIST, TokenKeys(new, KEYS.current)) != token


def test_keys_come_from_the_environment_and_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSROOM_SECRET", "a secret of our own, long enough")
    monkeypatch.delenv("PRESSROOM_SECRET_OLD", raising=False)
    monkeypatch.setattr(keyring, "get_password", lambda service, user: None)
    assert token_keys() == KEYS
    monkeypatch.setenv("PRESSROOM_SECRET_OLD", "what was the secret before")
    keys = token_keys()
    assert keys is not None
    assert keys.old == TokenKey(b"what was the secret before")
    assert "secret" not in repr(keys).replace("secret=", "")


def test_without_a_secret_there_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRESSROOM_SECRET", raising=False)
    monkeypatch.setattr(keyring, "get_password", lambda service, user: None)
    assert token_keys() is None


@pytest.mark.parametrize("name", ["PRESSROOM_SECRET", "PRESSROOM_SECRET_OLD"])
def test_a_short_secret_is_refused_and_not_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSROOM_SECRET", "a secret of our own, long enough")
    monkeypatch.setenv(name, "hunter2")
    with pytest.raises(PressroomError, match=f"^{name} has 7 characters") as caught:
        token_keys()
    assert "token_urlsafe(32)" in str(caught.value)
    assert "hunter2" not in str(caught.value)
