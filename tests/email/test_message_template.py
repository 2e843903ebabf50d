"""The message of a recipient: what they read is what the preview and the test message show."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from builds_kit import Builds
from email_kit import PUBLICATION, edition, paragraph, prose, render
from hypothesis import example, given
from hypothesis import strategies as st
from model_kit import typed
from property_kit import tries

from pipeline.actions.prepare import PreparedEdition, prepare_edition
from pipeline.compose import Composer
from pipeline.errors import PressroomError
from pipeline.model import ComposedEdition, DeliverySettings, MergeField, Publication
from pipeline.render.email.message import TestRecipient as Reader
from pipeline.render.email.message import build_message
from pipeline.render.email.message_template import MessageTemplate, PersonalMessage, message_template
from pipeline.support import merge
from pipeline.support.limits import ENCODED_LINE
from pipeline.workspace import open_workspace

DATE = datetime(2026, 12, 3, 7, tzinfo=UTC)
DELIVERY = DeliverySettings(feedback_id="synapse:letters:weekly", complaints_to="complaints@synapse.example")
NAMES = ("first_name", "last_name", "name", "email", "unsubscribe_url", "preferences_url", "web_url")

VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40),
    st.sampled_from(
        [
            *(
                "שלום עולם",
                "👩🏽‍🔬 Zoë",
                ".",
                "..",
                ". . .",
                "From me",
                "--boundary--",
                "-- ",
                "   ",
                "a  b   c ",
            ),
            *(
                "trailing ",
                "=",
                "=20",
                "=\u00a0=",
                "<b>&amp;</b>",
                "x" * 300,
                "ü" * 120,
                "a " * 200,
                "{{ email }}",
            ),
            *("https://synapse.example/leave/" + "abcdefgh" * 10, "- " * 80, "F" * 200, "." * 200),
        ]
    ),
)


@pytest.fixture(scope="module")
def editions(builds: Builds) -> list[tuple[PreparedEdition, MessageTemplate]]:
    """Every edition of the sample and of the golden publication."""
    prepared = []
    for root in (builds.sample().root, builds.golden().root):
        workspace = open_workspace(root)
        composer = Composer(workspace)
        prepared += [
            prepare_edition(composer, issue, audience)
            for issue in workspace.issues
            for audience in issue.audiences
        ]
    return [
        (each, message_template(each.email, each.composer.publication, each.edition, DATE))
        for each in prepared
    ]


def parse(data: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def parts(parsed: EmailMessage) -> list[tuple[str, str]]:
    return [(part.get_content_type(), part.get_content()) for part in parsed.iter_parts()]


def sent(
    address: str = "ada@x.example",
    one: ComposedEdition | None = None,
    publication: Publication = PUBLICATION,
    **reader: str,
) -> PersonalMessage:
    one = one or edition()
    template = message_template(render(one, publication), publication, one, DATE)
    return template.fill(address, "1.2@synapse.example", reader)


@pytest.mark.slow
@tries(60)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
@example({"first_name": "--=_", "email": ".", "unsubscribe_url": "From https://x.example/ -"})
def test_a_recipient_reads_what_a_test_message_shows(
    editions: list[tuple[PreparedEdition, MessageTemplate]], reader: dict[str, str]
) -> None:
    for prepared, template in editions:
        publication, to = prepared.composer.publication, "ada@x.example"
        message = template.fill(to, "1.2@synapse.example", reader)
        tester = Reader(to, {"email": to, **reader})
        tested = parse(build_message(prepared.email, publication, prepared.edition, None, tester))
        received = parse(written(message))
        assert parts(received) == parts(tested)
        own = {"Message-ID", "Date", "Subject", "Content-Type"}
        for name in {*received.keys(), *tested.keys()} - {*own, "X-Pressroom-Test"}:
            assert received.get_all(name) == tested.get_all(name), name
        assert f"[Test] {received['Subject']}".split() == str(tested["Subject"]).split()


def written(message: PersonalMessage) -> bytes:
    return message.head() + message.body


@tries(60)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_relay_has_a_reason_to_change_a_body(
    editions: list[tuple[PreparedEdition, MessageTemplate]], reader: dict[str, str]
) -> None:
    for _, template in editions:
        message = template.fill("ada@x.example", "1.2@synapse.example", reader)
        assert not any(line.startswith(b".") for line in message.head().split(b"\r\n"))
        body = message.body
        boundary = dict(template.mime_headers)["Content-Type"].partition('"')[2].strip('"').encode()
        assert body.endswith(b"--\r\n")
        assert body.isascii()
        assert b"\t" not in body
        assert b"  " not in body
        lines = body.split(b"\r\n")
        assert (
            sum(line.startswith(b"-") for line in lines)
            == sum(b"--" + boundary in line for line in lines)
            == 3
        )
        for line in lines:
            assert len(line) <= ENCODED_LINE
            assert not line.endswith(b" ")
            assert not line.startswith((b".", b"From "))
            assert not set(b"\r\n") & set(line)


def test_a_message_that_is_sent_has_each_header_once_and_no_mark_of_a_test() -> None:
    own = replace(PUBLICATION, delivery=DELIVERY)
    message = sent(publication=own, unsubscribe_url="https://synapse.example/leave/abc234")
    assert [f"{name}: {value}" for name, value in message.headers[:-1]] == [
        "From: Synapse <letters@synapse.example>",
        "To: ada@x.example",
        "Subject: The plastic brain",
        "Date: Thu, 03 Dec 2026 07:00:00 +0000",
        "Message-ID: <1.2@synapse.example>",
        "List-Id: <news.synapse.example>",
        "List-Unsubscribe: <https://synapse.example/leave/abc234>,\n"
        " <mailto:letters@synapse.example?subject=unsubscribe>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Feedback-ID: synapse:letters:weekly",
        "CFBL-Address: complaints@synapse.example; report=arf",
        "Content-Language: en",
        "MIME-Version: 1.0",
    ]
    assert message.headers[-1][0] == "Content-Type"


@pytest.mark.parametrize("setting", [None, "https://s.example/leave", "https://s.example/?{{ email }}"])
def test_the_link_in_the_body_is_the_signed_address_of_the_header(setting: str | None) -> None:
    url = "https://synapse.example/leave/abc234"
    endpoint = DeliverySettings(unsubscribe_endpoint="https://synapse.example/leave/{token}")
    own = merge.read_address(setting, {}) if setting else None
    publication = replace(PUBLICATION, delivery=endpoint, unsubscribe_url=own)
    parsed = parse(written(sent(publication=publication, unsubscribe_url=url)))
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://s.example" not in parsed["List-Unsubscribe"]
    assert f"<{url}>" in parsed["List-Unsubscribe"]
    (_, text), (_, html) = parts(parsed)
    assert url in text
    assert f'href="{url}"' in html
    assert "https://s.example" not in text + html


@pytest.mark.parametrize("url", [None, "https://synapse.example/leave"])
def test_one_click_is_not_promised_without_an_address_of_ones_own(url: str | None) -> None:
    own = replace(PUBLICATION, unsubscribe_url=typed(url) if url else None)
    assert "List-Unsubscribe-Post" not in dict(sent(publication=own).headers)


def test_a_setting_with_a_field_is_an_address_of_ones_own() -> None:
    own = replace(PUBLICATION, unsubscribe_url=merge.read_address("https://s.example/?to={{ email }}", {}))
    headers = dict(sent("ada+x@x.example", publication=own).headers)
    assert headers["List-Unsubscribe"].startswith("<https://s.example/?to=ada%2Bx@x.example>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_field_in_the_subject_is_filled_for_each() -> None:
    one = replace(edition(), subject=merge.read_line("{{ first_name | Reader }}, the plastic brain", {}))
    assert dict(sent(one=one).headers)["Subject"] == "Reader, the plastic brain"
    assert parse(written(sent(one=one, first_name="שרה 🧠")))["Subject"] == "שרה 🧠, the plastic brain"


def test_letters_outside_ascii_before_the_at_sign_are_utf_8() -> None:
    data = written(sent("זואי@bücher.example"))
    assert "\r\nTo: זואי@bücher.example\r\n".encode() in data
    assert (
        parse(data.replace("זואי@bücher".encode(), b"zoe@xn--bcher-kva"))["To"] == "zoe@xn--bcher-kva.example"
    )


@pytest.mark.parametrize("odd", ["\r\nBcc: x@y.example", "\n", "\x00", "\u2028"])
def test_a_value_that_would_start_a_header_is_refused(odd: str) -> None:
    one = replace(edition(), subject=merge.read_line("{{ first_name }}!", {}))
    with pytest.raises(PressroomError, match='"subject" has'):
        sent(one=one, first_name=f"Ada{odd}x")
    with pytest.raises(PressroomError, match='"To" has'):
        sent(f"ada@x.example{odd}")
    with pytest.raises(PressroomError, match='"unsubscribe_url" has'):
        sent(unsubscribe_url=f"https://x.example/{odd}x")


@pytest.mark.parametrize(("field", "value"), [("feedback_id", "a\nb"), ("complaints_to", "nobody")])
def test_a_setting_that_no_header_takes_is_named(field: str, value: str) -> None:
    with pytest.raises(PressroomError, match=field):
        sent(publication=replace(PUBLICATION, delivery=replace(DELIVERY, **{field: value})))


def test_a_field_at_the_end_of_a_part_adds_nothing_to_it() -> None:
    one = edition(letter=(prose(paragraph("Hello ", MergeField("first_name"))),))
    rendered = render(one)
    cut = next(i for i, each in enumerate(rendered.text.segments) if isinstance(each, MergeField))
    segments = rendered.text.segments[: cut + 1]
    rendered = replace(rendered, text=type(rendered.text)("", segments))
    message = message_template(rendered, PUBLICATION, one, DATE).fill(
        "a@x.example", "1@x", {"first_name": "Ada"}
    )
    (_, text), _ = parts(parse(written(message)))
    assert text.endswith("Hello Ada")
