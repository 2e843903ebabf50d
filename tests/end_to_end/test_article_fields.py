"""A disclaimer that an article brings along, and another headline that it goes by."""

from __future__ import annotations

import json
import re

import pytest
from workspace_kit import WorkspaceRunner, article, issue


def test_an_articles_own_disclaimer_stands_beside_those_of_its_tags_wherever_it_is_carried(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write(
        {
            "issues/articles/one.md": article("One", disclaimer="Paid for by a friend."),
            "issues/articles/two.md": article("Two", disclaimer="Paid for by a friend."),
            "issues/001-the-plastic-brain/issue.md": issue(),
        }
    )
    workspace.ok("assemble", "1")
    workspace.ok("build")
    for path in (
        "issues/001-the-plastic-brain/email.html",
        "issues/001-the-plastic-brain/email.txt",
        "site/issues/001-the-plastic-brain/index.html",
    ):
        text = (workspace.root / "build" / path).read_text(encoding="utf-8")
        assert text.count("Paid for by a friend.") == 1, path
        assert text.count("Information, not medical advice.") == 1, path
    page = (workspace.root / "build/site/articles/one/index.html").read_text(encoding="utf-8")
    assert page.count("Paid for by a friend.") == 1
    feed = (workspace.root / "build/site/feed.xml").read_text(encoding="utf-8")
    assert "Paid for by a friend." in feed


@pytest.mark.parametrize("authors", ["Ada <ada@example.org>", "[Bo, ada@example.org]", "{name: a@b.example}"])
def test_an_address_in_an_authors_name_is_an_error(workspace: WorkspaceRunner, authors: str) -> None:
    workspace.write({"issues/articles/one.md": article("One", authors=authors)})
    assert re.search(r'one\.md:5: (author: )?".*" has an email address in it', workspace.error("build"))


def test_another_headline_is_told_to_search_engines(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/one.md": article("One", alt_title="The first </script> piece")})
    workspace.write({"issues/001-the-plastic-brain/issue.md": issue()})
    workspace.ok("assemble", "1")
    workspace.ok("build")
    page = (workspace.root / "build/site/articles/one/index.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found and json.loads(found[1])["alternativeHeadline"] == "The first </script> piece"
