"""`[authors]`: role, address and picture of an author, written once and shown wherever the author is named."""

from __future__ import annotations

import json
import re

import pytest
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png

ISSUE = "issues/001-the-plastic-brain/issue.md"
BUILT = "build/issues/001-the-plastic-brain"
AUTHORS = """
[authors."Ada Example"]
role = "editor"
url = "https://synapse.example/ada"
picture = "people/ada.png"

[authors."Bo Example"]
picture = "people/bo.png"
"""


@pytest.fixture
def staffed(workspace: WorkspaceRunner) -> WorkspaceRunner:
    workspace.write({
        "newsletter.toml": SETTINGS + AUTHORS,
        "people/ada.png": png(300, 200),
        "people/bo.png": png(240, 240),
        "issues/articles/glutamate.md": article("The glutamate switch", authors="[Ada Example, Cy Example]"),
        "issues/articles/a-second.md": article("A second", authors='{name: Ada Example, role: guest, url: "https://a.example/"}'),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    return workspace


def test_the_byline_has_role_and_picture_in_email_text_part_and_page(staffed: WorkspaceRunner) -> None:
    staffed.ok("build", "--now", "2026-03-01")
    html = staffed.read(f"{BUILT}/email.html")
    assert "Ada Example, editor · Cy Example" in html and "Ada Example, guest" in html
    pictures = re.findall(r'<img src="images/(ada-[^"]*)" alt="" width="40" height="40"', html)
    assert len(pictures) == 2 and len(set(pictures)) == 1 and "bo-" not in html
    assert "Ada Example, editor · Cy Example" in staffed.read(f"{BUILT}/email.txt")
    page = staffed.read("build/site/articles/glutamate/index.html")
    assert re.search(rf'<p class="byline">\s*<img src="../../images/{pictures[0]}" alt="" width="192"', page)
    assert '<a href="../../authors/ada-example/">Ada Example</a>, editor' in page
    assert 'href="https://synapse.example/ada"' in staffed.read("build/site/authors/ada-example/index.html")
    files = staffed.tree("build")
    assert (
        f"site/images/{pictures[0]}" in files
        and f"issues/001-the-plastic-brain/images/{pictures[0]}" in files
    )
    assert not [path for path in files if "/bo-" in path]


def test_machines_read_the_address_and_the_picture(staffed: WorkspaceRunner) -> None:
    staffed.ok("build", "--now", "2026-03-01")
    page = staffed.read("build/site/articles/glutamate/index.html")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    ada, cy = json.loads(data)["author"]
    assert ada["url"] == "https://synapse.example/ada" and ada["jobTitle"] == "editor"
    assert ada["image"].startswith("https://synapse.example/news/images/ada-")
    own = "https://synapse.example/news/authors/cy-example/"
    assert cy == {"@type": "Person", "name": "Cy Example", "url": own}
    atom = staffed.read("build/site/tags/research/atom.xml")
    assert re.search(r"<name>Ada Example</name>\s*<uri>https://synapse.example/ada</uri>", atom)
    (item,) = [
        each
        for each in json.loads(staffed.read("build/site/tags/research/feed.json"))["items"]
        if "glutamate" in each["url"]
    ]
    assert item["authors"] == [
        {"name": "Ada Example", "url": "https://synapse.example/ada"},
        {"name": "Cy Example"},
    ]
    staffed.ok("feed", "--check")


def test_show_leaves_the_authors_out_with_their_pictures(staffed: WorkspaceRunner) -> None:
    staffed.write({ISSUE: issue(more="show: {authors: false}\n")})
    staffed.ok("build", "1")
    for path, data in staffed.tree(BUILT).items():
        assert b"Ada Example" not in data and "ada-" not in path


def test_the_checks_find_nothing_wrong_with_a_picture_in_the_byline(staffed: WorkspaceRunner) -> None:
    found = json.loads(staffed.run("check", "1", "--json").stdout)["findings"]
    assert [
        each for each in found if each["severity"] != "note" and each["code"] not in {"COPY008", "INBOX010"}
    ] == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (
            "people/ada.png",
            "people/ida.png",
            30,
            'the image "people/ida.png" does not exist. Did you mean "ada.png"?',
        ),
        ("people/bo.png", "bo.svg", 33, 'the image "bo.svg" does not exist.'),
        ("people/bo.png", "newsletter.toml", 33, 'the image "newsletter.toml"'),
        ("people/bo.png", "https://a.example/bo.png", 33, "is not in the workspace."),
        ("role =", "rolle =", 28, 'the key `rolle` is not known. Did you mean "role"?'),
        ("https://synapse.example/ada", "ada", 29, '`url` is "ada" and must be a web address.'),
    ],
)
def test_a_mistake_is_said_with_file_and_line(
    old: str, new: str, line: int, said: str, staffed: WorkspaceRunner
) -> None:
    staffed.write({"newsletter.toml": (SETTINGS + AUTHORS).replace(old, new)})
    for command in ("build", "check"):
        error = " ".join(staffed.error(command, "1").split())
        assert f"newsletter.toml:{line}: " in error and said in error
        assert error.count(said) == 1


def test_all_missing_pictures_are_said_at_once(staffed: WorkspaceRunner) -> None:
    staffed.write({"newsletter.toml": (SETTINGS + AUTHORS).replace("people/", "faces/")})
    error = staffed.error("export", "1")
    assert "newsletter.toml:30: " in error and "newsletter.toml:33: " in error
