"""A merge field within an address: percent-encoded in body, text part and header, empty for the public."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from content_kit import html, parse
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

from pipeline.content.medium import Medium
from pipeline.errors import PressroomError
from pipeline.export.targets import find
from pipeline.model import TARGETS

ISSUE = "issues/001-the-plastic-brain/issue.md"
POLL = "https://polls.example.org/q7?v=3&to="
ADA = "ada+x@reader.example"
ENCODED = "ada%2Bx@reader.example"


@pytest.fixture
def polls(workspace: WorkspaceRunner) -> WorkspaceRunner:
    leave = "https://synapse.example/leave?who={{ email }}"
    settings = SETTINGS.replace("https://synapse.example/unsubscribe?to={{ email }}", leave)
    change = 'preferences_url = "https://synapse.example/change/{{email}}"\n'
    workspace.write({
        "newsletter.toml": f'{change}{settings}\n[merge_fields]\ncity = "New York & co"\n',
        ISSUE: issue(letter=f"[Great]({POLL}{{{{ email }}}}&in={{{{ city }}}})"),
        "issues/articles/glutamate.md": article(body=f"[Vote]({POLL}{{{{ email }}}}&in={{{{ city | nowhere }}}})"),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    return workspace


def test_a_recipients_value_is_the_same_in_body_text_part_and_header(polls: WorkspaceRunner) -> None:
    (written,) = polls.json("test", "1", "--to", ADA)["tests"]
    message = email.message_from_bytes(Path(written["output"]).read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert written["fields"]["email"] == ADA
    addresses = [
        f"{POLL}{ENCODED}&in=New%20York%20%26%20co",
        f"{POLL}{ENCODED}&in=nowhere",
        f"https://synapse.example/leave?who={ENCODED}",
        f"https://synapse.example/change/{ENCODED}",
    ]
    for kind in ("html", "plain"):
        part = message.get_body((kind,))
        assert part is not None
        body = str(part.get_content()).replace("&amp;", "&")
        assert [each for each in addresses if each not in body] == []
        assert "{{" not in body and ADA not in re.sub("href=[^>]*", "", body)
    assert f"<https://synapse.example/leave?who={ENCODED}>" in message["List-Unsubscribe"]


def test_pages_and_feeds_have_the_fallback_encoded_and_leave_out_what_is_a_readers_own(
    polls: WorkspaceRunner,
) -> None:
    polls.ok("build", "--now", "2026-03-01")
    site = polls.tree("build/site")
    for path in ("issues/001-the-plastic-brain/index.html", "feed.xml", "atom.xml", "feed.json"):
        page = site[path].decode().replace("&amp;", "&").replace("&amp;", "&")
        assert f"{POLL}&in=New%20York%20%26%20co" in page, path
        assert "email:url" not in page and "{{ " not in page, path


def test_the_neutral_form_says_that_a_value_is_to_be_encoded(polls: WorkspaceRunner) -> None:
    polls.ok("assemble", "1")
    folder = "build/export/001-the-plastic-brain"
    polls.ok("export", "1", "--force")
    for name in ("email.html", "email.txt"):
        neutral = polls.read(f"{folder}/{name}").replace("&amp;", "&")
        assert f"{POLL}{{{{ email:url }}}}&in={{{{ city:url | New%20York%20%26%20co }}}}" in neutral
        assert "leave?who={{ email:url }}" in neutral
    assert '"percent_encoded": true,\n      "written": "{{ email:url }}"' in polls.read(
        f"{folder}/issue.json"
    )


@pytest.mark.parametrize("target", TARGETS)
def test_a_service_percent_encodes_it_or_the_field_is_refused_by_name(
    workspace: WorkspaceRunner, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.actions.check.RULES", ())
    links = f"[Great]({POLL}{{{{ email }}}}) and\n[good]({POLL}{{{{ city }}}})"
    settings = re.sub(r"(?m)^unsubscribe_url.*\n", "", SETTINGS)
    workspace.write({
        "newsletter.toml": f'{settings}\n[merge_fields]\ncity = "New York"\n', ISSUE: issue(letter=links)
    })  # fmt: skip
    workspace.ok("assemble", "1")
    if find(target).dialect.in_address is None:
        said = workspace.error("export", "1", "--to", target, "--force")
        assert f"{ISSUE}:6: `{{{{ email }}}}` within an address: {find(target).title} cannot" in said
        assert f"{ISSUE}:7: `{{{{ city }}}}` within an address" in said
        return
    place = Path(workspace.json("export", "1", "--to", target, "--force")["output"])
    email_tag, city_tag = WRITTEN[target]
    for name in ("email.html", *(["email.txt"] if find(target).takes_text else [])):
        written = (place / name).read_text().replace("&amp;", "&")
        assert POLL + email_tag in written and POLL + city_tag in written


WRITTEN = {
    "brevo": ("{{ contact.EMAIL|urlencode }}", "{{ contact.CITY|urlencode|default:'New%20York' }}"),
    "buttondown": (
        "{{ subscriber.email|urlencode }}", "{{ subscriber.metadata.city|urlencode|default:'New%20York' }}"
    ),
    "kit": (
        "{{ subscriber.email_address | url_encode }}", "{{ subscriber.city | url_encode | default: 'New%20York' }}"
    ),
    "listmonk": ("{{ .Subscriber.Email | urlquery }}", '{{ or .Subscriber.Attribs.city "New York" | urlquery }}'),
    "mailchimp": ("*|URL:EMAIL|*", "*|IF:CITY|**|URL:CITY|**|ELSE:|*New%20York*|END:IF|*"),
}  # fmt: skip
"""A field without and with a fallback, within an address."""


@pytest.mark.parametrize(
    "written",
    [
        "[x](https://a.example/?to={{email}})", "[x](https://a.example/?to={{ email }})",
        "[x](<https://a.example/?to={{ email }}> 'T')", '<a href="https://a.example/?to={{ email }}">x</a>',
        "[x][y]\n\n[y]: https://a.example/?to={{ email }}", "::: cta\n[x](https://a.example/?to={{ email }})\n:::",
    ],
)  # fmt: skip
def test_it_is_read_in_every_kind_of_link(written: str) -> None:
    assert 'href="https://a.example/?to={{ email:url }}"' in html(written, Medium.EMAIL)


@pytest.mark.parametrize(
    "written", ["[x](<{}>)", '[x](<{}> "T")', "[x][y]\n\n[y]: <{}>", '<a href="{}">x</a>']
)
def test_what_is_around_it_is_encoded_in_every_kind_of_link(written: str) -> None:
    address = "https://bücher.example/ü%20é/{a}?x=y z&to={{ name | Müller & co }}/ä{b}{{email}}"
    encoded = (
        "https://xn--bcher-kva.example/%C3%BC%20%C3%A9/%7Ba%7D?x=y%20z&amp;to="
        "{{ name:url | M%C3%BCller%20%26%20co }}/%C3%A4%7Bb%7D{{ email:url }}"
    )
    assert f'href="{encoded}"' in html(written.replace("{}", address), Medium.EMAIL)


@pytest.mark.parametrize(
    "written",
    [
        "[x](https://a.example/?q=%7B%7Bemail%7D%7D)", "<https://a.example/?q=%7B%7Bemail%7D%7D>",
        "https://a.example/?q=%7B%7Bemail%7D%7D", '<a href="https://a.example/?q=%7B%7Bemail%7D%7D">x</a>',
        r'<a href="https://a.example/?q=\{{email}}">x</a>',
    ],
)  # fmt: skip
def test_encoded_braces_are_braces(written: str) -> None:
    shown = html(written, Medium.EMAIL)
    assert 'href="https://a.example/?q=%7B%7Bemail' in shown and "email:url" not in shown


@pytest.mark.parametrize(
    "written", ["[x]({})", "[x](<{}>)", "[x][y]\n\n[y]: {}", "[x][y]\n\n[y]: <{}>", '<a href="{}">x</a>']
)
@pytest.mark.parametrize(
    "braces",
    [
        r"\{{email}}", r"\{{ email }}", r"\{\{email}}", "%7B%7Bemail%7D%7D", "%7b%7bemail%7d%7d",
        "&#123;&#123;email}}", "{&#x7B;email}}", "&lcub;{email}&#125;",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["", "&to={{ email }}"])
def test_escaped_braces_are_braces_beside_a_field_too(written: str, braces: str, field: str) -> None:
    shown = html(written.replace("{}", f"https://a.example/?q={braces}{field}"), Medium.EMAIL)
    (address,) = re.findall('href="([^"]*)"', shown)
    assert address.count("{{") == bool(field)
    readable = unquote(unescape(address)).replace(" ", "")
    assert readable == f"https://a.example/?q={{{{email}}}}{'&to={{email:url}}' * bool(field)}"


def test_an_address_as_a_browser_copies_it_is_questioned(polls: WorkspaceRunner) -> None:
    polls.write({ISSUE: issue(letter=f"Hello, [great]({POLL}%7B%7Bemail%7D%7D).")})
    output = polls.run("check", "1").output
    assert (
        f'{ISSUE}:6: warning MERGE003: "%7B%7B" in {POLL}%7B%7Bemail%7D%7D begins no merge field.' in output
    )


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("[x](https://{{ email }}.example/)", "is not a web address"),
        ('<a href="//{{ email }}/">x</a>', "has a merge field beside other text"),
        ("[x](mailto:a@b.example?subject={{ email }})", "has a merge field beside other text"),
        ("[x](<mailto:a@b.example?subject={{ email }}>)", "has a merge field beside other text"),
        ("[x](page.md?to={{ email }})", "beside other text"), ("[x](<page.md?{{ email }}>)", "beside other text"),
        ("[x]({{ web_url }}#a)", "beside other text"), ("[x](<{{ web_url }}#a>)", "beside other text"),
        ("[x](https://a.example/{{ emial }})", 'Did you mean "email"?'),
        ("<https://a.example/?to={{email}}>", "would show its merge field"),
        ("<https://a.example/?to={{ email }}>", "would show its merge field"),
        ("<{{ web_url }}>", "`<{{ web_url }}>` would show its merge field as it is written. Write words"),
        ("[see <{{unsubscribe_url}}> here](page.md)", "would show its merge field"),
        ("<mailto:{{ email }}>", 'the address "mailto:{{ email }}" has a merge field beside other text.'),
        ("[x](https://a%20b.example/)", "is not a web address"), ("[x](https://[)", "is not a web address"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_address_is_an_error_with_its_line(written: str, says: str) -> None:
    with pytest.raises(PressroomError, match=r"^a\.md:1: ") as caught:
        parse(written)
    assert says in str(caught.value)
    assert str(caught.value).count("a.md:") == 1


@pytest.mark.parametrize("written", ["Ada <{{ email }}>", r"\<{{ web_url }}>", "&lt;{{ web_url }}>"])
def test_angle_brackets_that_are_no_address_stay_text(written: str) -> None:
    assert re.search(r"&lt;\{\{ (email|web_url) \}\}&gt;", html(written, Medium.EMAIL))


def test_escaped_braces_in_raw_html_are_text_in_every_place() -> None:
    code = '<pre><code>&lt;a href="&#123;&#123; url }}"&gt;</code></pre>'
    assert 'href="&#123;&#123; url' in html(code, Medium.EMAIL)
    titled = '<a href="https://a.example/" title="&#123;&#123; email }}">&#123;&#123; email }}</a>'
    assert html(titled, Medium.EMAIL).count("&#123;&#123; email &#125;&#125;") == 2
