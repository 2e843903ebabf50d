"""Addresses: as they are published, and in messages, where a password is never shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_kit import WorkspaceRunner, article

from pipeline.support.urls import ascii_address, hide_password, path_part, without_password


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pass@host/", "https://…@host/"),
        ("see https://user:p@ss@host/a?b=c and more", "see https://…@host/a?b=c and more"),
        ("HTTP://u:p@host", "HTTP://…@host"),
        ("postgres://token@host:1/x", "postgres://…@host:1/x"),
        ('{"url": "https://u:p@h", "to": "a@b.example"}', '{"url": "https://…@h", "to": "a@b.example"}'),
    ],
)
def test_user_and_password_are_hidden(text: str, shown: str) -> None:
    assert hide_password(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://medium.com/@user",
        "https://host/?to=a@b.example",
        "https://host#a@b",
        "https://host?to=a@b.example",
        "mailto:a@b.example",
        "a@b.example",
        "https://host and a@b.example",
        '<a href="https://host">a@b.example</a>',
    ],
)
def test_other_addresses_are_shown_as_they_are(text: str) -> None:
    assert hide_password(text) == without_password(text) == text


def test_a_long_text_is_searched_at_once() -> None:
    for text in ("a." * 500_000 + "@", "://a" * 250_000 + "@", "a+" * 500_000 + "://@"):
        assert hide_password(text).endswith("@")


@pytest.mark.parametrize("form", [[], ["--json"], ["--format", "sarif"], ["--format", "github"]])
def test_findings_show_no_password(workspace: WorkspaceRunner, form: list[str]) -> None:
    body = "[Here](https://ada:s3cret@localhost/x) and [there](http://ada:s3cret@10.0.0.1)."
    workspace.write({"issues/articles/glutamate.md": article(body=body)})
    result = workspace.run("check", "1", *form)
    assert "localhost" in result.stdout
    assert "s3cret" not in result.output


def test_mistakes_in_settings_show_no_password(workspace: WorkspaceRunner) -> None:
    settings = workspace.read("newsletter.toml").replace("https://synapse", "ftp://ada:s3cret@synapse")
    workspace.write({"newsletter.toml": settings})
    result = workspace.run("build", "--json")
    assert result.exit_code == 1
    assert "…@synapse.example" in result.stdout
    assert "s3cret" not in result.output


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("https://bücher.example/zéit?q=ä#ö", "https://xn--bcher-kva.example/z%C3%A9it?q=%C3%A4#%C3%B6"),
        ("https://bücher.example:8080/a%20b", "https://xn--bcher-kva.example:8080/a%20b"),
        ("https://ada@bücher.example/", "https://ada@xn--bcher-kva.example/"),
        ("https://example.org/a%20b?c=d&e", "https://example.org/a%20b?c=d&e"),
    ],
)
def test_an_address_is_ascii_however_it_is_written(written: str, published: str) -> None:
    assert ascii_address(written) == published
    assert ascii_address(published) == published


@pytest.mark.parametrize(
    ("tag", "part"),
    [
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("#climate", "climate"),
        ("R&D", "r-d"),
        ("a _b_ c", "a-b-c"),
        ("+1", "1"),
        ("हिन्दी में", "हिन्दी-में"),  # vowels are marks
        ("की", "की"),
        ("कि", "कि"),
        ("مدرّسة", "مدرّسة"),
        ("☀️ Sun", "sun"),
        ("2️⃣ two", "2-two"),
    ],
)
def test_tags_that_differ_in_signs_have_addresses_of_their_own(tag: str, part: str) -> None:
    assert path_part(tag) == part


@given(st.text())
def test_the_address_of_a_name_is_a_name_with_this_address(text: str) -> None:
    assert path_part(path_part(text)) == path_part(text)


def test_front_matter_and_settings_may_have_addresses_in_any_script(workspace: WorkspaceRunner) -> None:
    settings = workspace.read("newsletter.toml").replace("synapse.example/news", "bücher.example/zéit")
    workspace.write(
        {
            "newsletter.toml": settings,
            "issues/articles/glutamate.md": article(
                "The glutamate switch", link="https://example.org/päge", tags='[research, "C++", C, "C#"]'
            ),
        }
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    feed = workspace.read("build/site/articles/feed.xml")
    assert "https://example.org/p%C3%A4ge" in feed and "https://xn--bcher-kva.example/z%C3%A9it/" in feed
    for folder in ("c", "c-plus-plus", "c-sharp"):
        assert (workspace.root / "build/site/tags" / folder / "index.html").is_file()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "[::1]"])
def test_what_stays_on_this_machine_needs_no_https(workspace: WorkspaceRunner, host: str) -> None:
    settings = workspace.read("newsletter.toml")
    form = f'[subscribe]\nform_action = "http://{host}/join"\n'
    workspace.write({"newsletter.toml": f'hub = "http://{host}/"\n{settings}\n{form}'})
    workspace.ok("build", "1", "--now", "2026-02-02")


def test_a_host_that_cannot_be_is_an_error(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article(link="https://ü..example/")})
    assert "glutamate.md:5: `link` is" in workspace.error("build", "1")


def test_each_address_in_a_text_has_its_host_in_punycode(workspace: WorkspaceRunner) -> None:
    places = (
        "[md]({})",
        '<a href="{}">raw</a>',
        "[r]\n\n[r]: {}",
        "::: cta\n[Go]({})\n:::",
        "::: audio {}.mp3\ntitle: A\nbytes: 9\n:::",
    )
    body = "\n\n".join(each.format(f"https://bücher{n}.example/ä") for n, each in enumerate(places))
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body=body)})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    for path in ("site/feed.xml", "site/articles/atom.xml", "issues/001-the-plastic-brain/email.html"):
        text = workspace.read(f"build/{path}")
        for number in range(len(places)):
            host = f"bücher{number}.example".encode("idna").decode()
            assert f"https://{host}/%C3%A4" in text
        assert not re.search(r"https://b[^x/ ]*cher", text)
