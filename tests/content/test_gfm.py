"""What GitHub adds to CommonMark: strikethrough, bare addresses, task lists."""

from __future__ import annotations

import json

import pytest
from content_kit import html
from workspace_kit import WorkspaceRunner, article

from pipeline.content.medium import Medium

BODY = """\
The ~~old~~ new plan, see https://example.org/a_b_c?x=1&y=2. Also (www.example.org/p) and ada@example.org,
but not example.com or `https://code.example`.

- [ ] to do
- [x] done
- [x] ~~done twice~~ and well
- [ ] **bold** to do
- [link](https://example.org/l)
"""


def test_they_are_in_email_text_page_and_feed(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body=BODY)})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    email = workspace.read("build/issues/001-the-plastic-brain/email.html")
    page = workspace.read("build/site/articles/glutamate/index.html")
    feed = json.loads(workspace.read("build/site/articles/feed.json"))["items"]
    (item,) = [each["content_html"] for each in feed if "old" in each["content_html"]]
    for form in (email, page, item):
        assert ">old</s>" in form
        assert 'href="https://example.org/a_b_c?x=1&amp;y=2"' in form
        assert 'href="https://www.example.org/p"' in form and 'href="mailto:ada@example.org"' in form
        assert "☐ to do" in form and "☑ done" in form
        assert "☑ <s" in form and "☐ <strong" in form
    # The box is in the place of a bullet.
    assert email.count("list-style-type:none") == page.count('<li class="task">') == 4
    text = workspace.read("build/issues/001-the-plastic-brain/email.txt")
    assert "https://example.org/a_b_c?x=1&y=2" in text and "☑ done" in text


@pytest.mark.parametrize(
    ("written", "boxes"),
    [
        ("- a\n  - [ ] b", 1), ("> - [x] a\n>\n> - [ ] b", 2), ("1. [ ] a\n2. [x] b", 0), ("1. a\n   - [ ] b", 1),
        ("- - [ ] a", 1), ("- > - [ ] a", 1), ("- > ☐ a", 0), ("- `☐ a`", 0), ("- [ ] לקנות חלב", 1),
    ],
)  # fmt: skip
def test_a_box_takes_the_place_of_its_own_items_bullet_and_of_no_number(written: str, boxes: int) -> None:
    assert html(written, Medium.EMAIL).count("list-style-type:none") == boxes
    assert html(written).count('<li class="task">') == boxes


@pytest.mark.parametrize("address", ["ftp://example.org/x", "//example.org", "javascript:alert(1)", "x.md"])
def test_no_other_text_becomes_a_link(workspace: WorkspaceRunner, address: str) -> None:
    workspace.write({"issues/articles/glutamate.md": article(body=f"See {address} there.")})
    workspace.ok("build", "1")
    email = workspace.read("build/issues/001-the-plastic-brain/email.html")
    assert f"See {address} there." in email


def test_a_merge_field_after_a_bare_address_is_an_error(workspace: WorkspaceRunner) -> None:
    body = "Vote at https://polls.example.org/?to={{ email }} today."
    workspace.write({"issues/articles/glutamate.md": article(body=body)})
    error = workspace.error("build", "1")
    assert "glutamate.md:6: the merge field after https://polls.example.org/?to= would not be" in error
    assert "[words](https://polls.example.org/?to={{ … }})" in error
