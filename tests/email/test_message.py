"""email.eml: parsed back by the standard library, and kept within the standards' limits."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from email_kit import PUBLICATION, article, edition, paragraph, prose, render
from hypothesis import given
from hypothesis import strategies as st
from model_kit import typed
from property_kit import tries

from pipeline.errors import PressroomError
from pipeline.model import ComposedEdition, Layout, MergeField, Publication
from pipeline.render.email.message import build_message

SUBJECT = "Caf\u00e9 \u2764\ufe0f " + "a long subject that goes on and on \U0001f9e0 " * 4 + "end"


def message(
    one: ComposedEdition | None = None, publication: Publication = PUBLICATION
) -> tuple[bytes, EmailMessage]:
    one = one or edition()
    data = build_message(render(one, publication), publication, one)
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return data, parsed


def bodies(parsed: EmailMessage) -> tuple[str, str]:
    text, html = parsed.iter_parts()
    assert [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    return text.get_content(), html.get_content()


def test_text_stands_before_html_and_both_come_back_whole() -> None:
    text, html = bodies(message()[1])
    rendered = render()
    assert html.replace("\r\n", "\n") == rendered.html.replace("{{ first_name | there }}", "there").replace(
        "{{ unsubscribe_url }}", "mailto:letters@synapse.example?subject=unsubscribe"
    )
    assert "Hello there," in text
    assert "{{" not in text + html


def test_lines_are_short_and_end_in_crlf() -> None:
    data, parsed = message(edition(subject=SUBJECT))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 76
    for part in parsed.iter_parts():
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"


def test_headers_stand_once() -> None:
    _, parsed = message()
    for name in (
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "List-Id",
        "List-Unsubscribe",
    ):
        assert len(parsed.get_all(name, [])) == 1
    assert parsed["From"] == "Synapse <letters@synapse.example>"
    assert parsed["Date"] == "Sun, 01 Feb 2026 09:00:00 +0000"
    assert re.fullmatch(r"<[0-9a-f]{32}@synapse\.example>", parsed["Message-ID"])
    assert parsed["List-Id"] == "<news.synapse.example>"


def test_editions_of_one_issue_have_their_own_message_id() -> None:
    one = edition()
    assert message(one)[1]["Message-ID"] != message(replace(one, audience="clinicians"))[1]["Message-ID"]


def test_one_click_unsubscribe_is_plain_ascii_with_https_and_mailto() -> None:
    url = "https://s.example/unsubscribe/" + "long" * 40 + "?e={{ email }}&name=caf\u00e9"
    data, parsed = message(publication=replace(PUBLICATION, unsubscribe_url=typed(url)))
    head = data.split(b"\r\n\r\n")[0]
    assert b"=?" not in head
    assert (
        b"https://s.example/unsubscribe/" + b"long" * 40 + b"?e=letters@synapse.example&name=caf%C3%A9>"
        in head
    )
    assert parsed["List-Unsubscribe"].endswith("<mailto:letters@synapse.example?subject=unsubscribe>")
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_is_not_promised_without_an_https_address() -> None:
    _, parsed = message()
    assert parsed["List-Unsubscribe"] == "<mailto:letters@synapse.example?subject=unsubscribe>"
    assert "List-Unsubscribe-Post" not in parsed


def test_one_click_is_not_promised_for_an_address_that_is_the_same_for_everyone() -> None:
    _, parsed = message(publication=replace(PUBLICATION, unsubscribe_url=typed("https://s.example/leave")))
    assert parsed["List-Unsubscribe"].startswith("<https://s.example/leave>,")
    assert "List-Unsubscribe-Post" not in parsed


def test_names_and_long_subjects_outside_ascii_come_back() -> None:
    own = replace(
        PUBLICATION,
        sender_name="S\u00f8ren \u201cGl\u00fchwein\u201d \U0001f9e0",
        reply_to="Zo\u00eb <zoe@b\u00fccher.example>",
    )
    data, parsed = message(edition(subject=SUBJECT), own)
    assert parsed["Subject"] == SUBJECT
    assert parsed["From"].addresses[0].display_name == own.sender_name
    assert parsed["From"].addresses[0].addr_spec == "letters@synapse.example"
    assert parsed["Reply-To"].addresses[0].addr_spec == "zoe@xn--bcher-kva.example"
    data.decode("ascii")


def test_very_long_name_is_folded_and_comes_back() -> None:
    name = "S\u00f8ren \u201cGl\u00fchwein\u201d \U0001f9e0, " * 6 + "end"
    one = edition()
    data = build_message(render(one), replace(PUBLICATION, sender_name=name), one)
    head = data.split(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 76
    # Not by `policy.default`, whose parser puts spaces between the encoded words of a name.
    raw = email.message_from_bytes(data)["From"]
    assert str(make_header(decode_header(raw))) == f"{name} <letters@synapse.example>"


@tries(150)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200))
def test_any_subject_and_text_come_back(text: str) -> None:
    one = edition(("A", ((article(blocks=(prose(paragraph(text)),)), Layout.FULL),)), subject=text)
    data, parsed = message(one)
    assert max(map(len, data.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))) <= 76
    # A parser may read a run of white space at a fold as one space.
    assert " ".join(str(parsed["Subject"]).split()) == " ".join(text.split())


@pytest.mark.parametrize("odd", ["\r\nBcc: x@y.example", "\n", "\x00", "\x85", "\u2028"])
@pytest.mark.parametrize("field", ["sender_name", "sender_address", "reply_to", "title", "unsubscribe_url"])
def test_control_characters_in_a_setting_are_refused(field: str, odd: str) -> None:
    good = {"reply_to": "a@b.example", "unsubscribe_url": "https://s.example/"}
    setting = (getattr(PUBLICATION, field) or good[field]) + odd
    own = replace(PUBLICATION, **{field: typed(setting) if field == "unsubscribe_url" else setting})
    one = edition()
    with pytest.raises(PressroomError) as caught:
        build_message(render(one), own, one)
    assert caught.value.path == "newsletter.toml"
    assert "mail header" in caught.value.message


def test_line_break_in_the_subject_names_the_issue() -> None:
    one = edition(subject="One\r\nBcc: x@y.example")
    with pytest.raises(PressroomError, match=r'issue\.md: "subject" has a line break'):
        build_message(render(one), PUBLICATION, one)


@pytest.mark.parametrize(
    "address", ["letters", "letters@", "@x.example", "a b@x.example", "l\u00e9@x.example", "a@x..example"]
)
def test_impossible_sender_is_refused(address: str) -> None:
    one = edition()
    with pytest.raises(PressroomError, match="sender"):
        build_message(render(one), replace(PUBLICATION, sender_address=address), one)


def test_fallback_is_escaped_in_html_and_plain_in_text() -> None:
    letter = (prose(paragraph("Dear ", MergeField("first_name", "friend & <reader>"), "!")),)
    text, html = bodies(message(edition(letter=letter))[1])
    assert "Dear friend & <reader>!" in text
    assert "Dear friend &amp; &lt;reader&gt;!" in html
