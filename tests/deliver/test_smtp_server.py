"""The address of a mail server in the settings."""

from __future__ import annotations

import pytest

from pipeline.deliver.smtp_server import Security, SmtpServer, parse_server
from pipeline.errors import PressroomError


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://ada@mail.example", SmtpServer("mail.example", 465, Security.TLS, "ada", "x")),
        ("smtps://mail.example:1465/", SmtpServer("mail.example", 1465, Security.TLS)),
        ("SMTP+STARTTLS://Ada@Mail.example", SmtpServer("mail.example", 587, Security.STARTTLS, "Ada", "x")),
        (
            "smtp+starttls://ada%40org.example@mail.example:2587",
            SmtpServer("mail.example", 2587, Security.STARTTLS, "ada@org.example", "x"),
        ),
        (
            "smtps://ada@org.example@mail.example",
            SmtpServer("mail.example", 465, Security.TLS, "ada@org.example", "x"),
        ),
        ("smtps://bücher.example", SmtpServer("xn--bcher-kva.example", 465, Security.TLS)),
        ("smtp://127.0.0.1:2525", SmtpServer("127.0.0.1", 2525, Security.PLAIN)),
        ("smtp://[::1]:2525", SmtpServer("::1", 2525, Security.PLAIN)),
        ("smtp://localhost", SmtpServer("localhost", 25, Security.PLAIN)),
    ],
)
def test_an_address_is_read(url: str, server: SmtpServer) -> None:
    assert parse_server(url, "x") == server


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "https://mail.example",
            'does not begin with smtps://, smtp+starttls://, smtp:// or resend://. Write it like "smtps',
        ),
        ("mail.example:465", "does not begin with smtps://"),
        ("smtps://", "is not a user, a host and a port."),
        ("smtps://mail.example:many", "is not a user, a host and a port."),
        ("smtps://mail.example:99999", "is not a user, a host and a port."),
        ("smtps://[mail.example", "is not a user, a host and a port."),
        ("smtps://mail.example/inbox", "is not a user, a host and a port."),
        ("smtps://mail.example?ca=x", "is not a user, a host and a port."),
        (
            "smtp://mail.example",
            'would not be encrypted; only a server on this machine may do without. Write "smtps',
        ),
        ("smtp://127.0.0.1.example", "would not be encrypted"),
        ("smtp://[2001:db8::1]", "would not be encrypted"),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_write(url: str, words: str) -> None:
    with pytest.raises(PressroomError) as failure:
        parse_server(url, None)
    assert words in str(failure.value)


@pytest.mark.parametrize(
    "password", ["hunter2", "hunter2@", "hunter2/", "hunter2#", "hunter2?", "hunter2:", ":hunter2"]
)
def test_a_password_in_an_address_is_refused_and_never_shown(password: str) -> None:
    with pytest.raises(PressroomError) as failure:
        parse_server(f"smtps://ada:{password}@mail.example", "x")
    assert "hunter2" not in str(failure.value)


def test_a_user_needs_a_password_and_no_message_or_repr_has_it() -> None:
    with pytest.raises(
        PressroomError, match=r"no password for the mail server mail\.example\. .*PRESSROOM_SMTP_PASSWORD"
    ):
        parse_server("smtps://ada@mail.example", None)
    assert "hunter2" not in repr(parse_server("smtps://ada@mail.example", "hunter2"))


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("mail.example", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback_is_this_machine(host: str, is_loopback: bool) -> None:
    assert SmtpServer(host, 465, Security.TLS).is_loopback is is_loopback
