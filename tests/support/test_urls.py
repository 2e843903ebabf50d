"""Addresses in messages: a password in one is never shown, and nothing else is changed."""

from __future__ import annotations

import pytest
from workspace_kit import WorkspaceRunner, article

from pipeline.support.urls import hide_password, without_password


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
