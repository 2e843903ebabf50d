"""An address with spaces is read as meant, or it is an error: readers never see its raw brackets."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from content_kit import html, parse, plain
from workspace_kit import WorkspaceRunner, article, png

from pipeline.errors import PressroomError

SITE = "https://synapse.example"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("![A photo](my photo.png)", "images/my%20photo.png"),
        ("![A photo](Screenshot 2026-01-08 at 9.41.00.PNG)", "images/Screenshot%202026-01-08%20at%209.41.00.PNG"),
        ("![A photo](photo (1).png)", "images/photo%20(1).png"),
        ("![A photo]( ../my photos/a b.jpeg )", "images/../my%20photos/a%20b.jpeg"),
        ("![A photo](my\nphoto.png)", "images/my%20photo.png"),
        ("| a |\n|---|\n| ![A photo](my photo.png) |", "images/my%20photo.png"),
        ("[a page](my page.md)", "my%20page.md"),
        ("[a page](my page.md#a-part)", "my%20page.md#a-part"),
        ("[a page](my page.md#a part)", "my%20page.md#a%20part"),
        ("[a page](page.md#a part 'T')", "page.md#a%20part"),
        (r"[a page](my page.md?a=1&amp;b\_c=2)", "my%20page.md?a=1&amp;b_c=2"),
        ("**[a page](my page.md)**", "my%20page.md"),
        ("- [a page](my page (2).md)", "my%20page%20(2).md"),
    ],
)  # fmt: skip
def test_a_files_name_with_spaces_is_read_as_meant(written: str, address: str) -> None:
    assert f'"{SITE}/{address}"' in html(written)
    assert "](" not in plain(written)


def test_a_title_after_an_address_with_spaces_is_its_title() -> None:
    assert "<figcaption>The harbour</figcaption>" in html('![A photo](my photo.png "The harbour")')
    assert 'title="The page"' in html("[a page](my page.md 'The page')")
    assert 'title="see b.md"' in html('[a page](page.md "see b.md")')


def test_an_image_with_spaces_may_be_the_text_of_a_link() -> None:
    written = html("[![A photo](my photo.png)](my page.md)")
    assert f'href="{SITE}/my%20page.md"' in written and f'src="{SITE}/images/my%20photo.png"' in written


@pytest.mark.parametrize(
    "text",
    [
        "[1](see the notes below)", "[sic] (and so on)", "`[a](my page.md)`", "    [a](my page.md)",
        "f[i](x, y) is a call", "[a](see\n\nb.md)", r"\[a](my page.md)", r"!\[a](my photo.png)",
        "[Note]: the details are in the report.pdf", "[1](written in Node.js, and well)",
    ],
)  # fmt: skip
def test_prose_and_code_that_look_like_a_link_stay_as_they_are(text: str) -> None:
    assert "<a " not in html(text) and "<img" not in html(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x\n![A photo](my photo)", 'a.md:2: the address "my photo" contains a space. Write `![…](<my photo.png>)`'),
        ("![A photo](photo.png The harbour)", "a title in straight quotes"),
        ("![A photo](photo.png “The harbour”)", "a title in straight quotes"),
        ("[a](page.md “The harbour”)", "a title has straight quotes"),
        ("x\n\n[a](https://x.example/my page)", "a.md:3: the address"),
        ("[a](https://x.example The title)", "`(<https://x.example The title>)`, or %20"),
        ("[a](www.x.example the page)", "contains a space"),
        ("[a](page.md words)", "contains a space"),
        ("[a](mailto:a@b.example and so on)", "contains a space"),
        ("See [the page][p].\n\n[p]: my page.md", "a.md:3: the address \"my page.md\" contains a space. Write `[p]: <…>`"),
        ("![the page][p].\n\n[P]: my photo.png 'T'", "contains a space"),
        ("[a](missing my page.md)", "leads to no article"),
        ("![a](missing photo.png)", "does not exist"),
    ],
)  # fmt: skip
def test_what_was_meant_and_cannot_be_read_is_an_error_with_its_remedy(text: str, says: str) -> None:
    with pytest.raises(PressroomError) as caught:
        parse(text)
    assert says in str(caught.value)
    assert str(caught.value).count("a.md:") == 1


def test_the_file_with_spaces_beside_the_text_is_published(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/articles/My Page.md": article("Mine", slug="my-page"),
        "issues/articles/my photo.png": png(),
        "issues/articles/glutamate.md": article(body="[It](My Page.md)\n\n![A photo](my photo.png 'The harbour')"),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    workspace.ok("build", "1")
    written = b"".join(workspace.tree("build").values()).decode(errors="replace")
    assert "articles/my-page/" in written and "images/my-photo-" in written
    assert "](My" not in written and "](my" not in written


@pytest.mark.parametrize(
    "text", ["[a](b " * 5000, "![a](b " * 5000, "[a](b.md " * 5000, '[a](b "' * 5000, "[a]: b c.md\n" * 3000]
)
def test_long_text_with_many_open_brackets_is_read_at_once(text: str) -> None:
    begun = time.process_time()
    with suppress(PressroomError):
        parse(text)
    assert time.process_time() - begun < 2.5
