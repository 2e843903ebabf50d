"""A roundup: link items in one file, through plan, lock, email, text part, page, feed and export."""

from __future__ import annotations

import json
import re

import pytest
from workspace_kit import WorkspaceRunner, article, issue

from pipeline.articles.link_items import link_id
from pipeline.support.limits import GMAIL_CLIP
from pipeline.support.urls import normalized_address, without_tracking

LINKS = "issues/links/2026-01.yaml"
ISSUE = "issues/001-the-plastic-brain/issue.md"
LOCK = "issues/001-the-plastic-brain/issue.lock"
SECTION = "sections:\n  - {title: News, tags: [news]}\n"


def entry(number: int = 1, **more: str) -> str:
    """An entry of a file of links; further keys as keyword arguments, in YAML."""
    fields = {
        "url": f"https://example.org/{number}",
        "title": f"Title {number}",
        "tags": "[news]",
        "date": "2026-01-20",
        **more,
    }
    lines = [f"{key}: {value}" for key, value in fields.items() if value]
    return "- " + "\n  ".join(lines) + "\n"


@pytest.fixture
def roundup(workspace: WorkspaceRunner) -> WorkspaceRunner:
    """A workspace whose issue takes 25 links of one file, and no article."""
    workspace.write(
        {
            LINKS: "\n".join(entry(number, comment=f"Why **{number}** matters.") for number in range(1, 26)),
            ISSUE: issue(more=SECTION),
        }
    )
    return workspace


def test_a_list_of_links_may_end_in_yml(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/links/a.yml": "- title: In a list\n  url: https://a.example\n"})
    assert "In a list" in workspace.ok("links")


def test_25_links_in_one_file_are_an_issue_in_every_form(roundup: WorkspaceRunner) -> None:
    assert "Edition for everyone: 25 links" in roundup.ok("plan", "1")
    assert "News  25\n  in  Title 1 " in roundup.ok("plan", "1")
    roundup.ok("assemble", "1", "--now", "2026-02-01")
    assert "25 links" in roundup.ok("build", "--now", "2026-02-02")
    roundup.ok("export", "1", "--force")
    build = "build/issues/001-the-plastic-brain"
    text = roundup.read(f"{build}/email.txt")
    page = roundup.read("build/site/issues/001-the-plastic-brain/index.html")
    feed = roundup.read("build/site/feed.json")
    for number in range(1, 26):
        link = f"https://example.org/{number}"
        assert f'href="{link}"' in roundup.read(f"{build}/email.html")
        assert re.search(rf"Title {number} \[\d+\]\nWhy {number} matters\.\nexample\.org\n", text)
        assert f"] {link}\n" in text
        assert f'<a href="{link}">Title {number}</a>\n<p>Why <strong>{number}</strong> matters.</p>' in page
        assert f'<a href=\\"{link}\\">Title {number}</a>' in feed
    listing = json.loads(roundup.read(f"{build}/issue.json"))
    assert [each["url"] for each in listing["links"][:1]] == ["https://example.org/1"]
    assert not [path for path in roundup.tree("build/site/articles") if "example" in path]
    assert "Title 7" not in roundup.read("build/site/articles/feed.json")
    assert "matters" in roundup.read("build/site/search/issues-1.json")


def test_the_lock_has_the_links_and_holds_whatever_joins_the_pool(roundup: WorkspaceRunner) -> None:
    roundup.ok("assemble", "1", "--now", "2026-02-01")
    lock = json.loads(roundup.read(LOCK))
    first = lock["editions"][0]["sections"][0]["items"][0]
    assert first == {"link": link_id("https://example.org/1"), "layout": "link"}
    assert lock["links"][first["link"]]["url"] == "https://example.org/1"
    assert lock["version"] == 2 and lock["articles"] == {}
    roundup.write({"issues/links/later.yaml": entry(99)})
    roundup.ok("build", "1")
    assert "the issue was frozen without it" in {
        each["reason"] for each in roundup.json("plan", "1")["links"]
    }


def test_a_lock_without_links_has_no_word_of_them(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    assert "link" not in workspace.read(LOCK) and "badges" not in workspace.read(LOCK)


def test_a_link_that_was_edited_or_deleted_since_stops_the_build(roundup: WorkspaceRunner) -> None:
    roundup.ok("assemble", "1")
    text = roundup.read(LINKS)
    roundup.write({LINKS: text.replace("Why **3**", "How **3**")})
    assert "the link https://example.org/3 was edited" in roundup.error("build", "1")
    assert "edited since" in roundup.ok("plan", "1")
    roundup.ok("assemble", "1", "--refresh")
    roundup.ok("build", "1")
    roundup.write({LINKS: text.replace("https://example.org/3\n", "https://example.org/three\n")})
    error = roundup.error("build", "1")
    assert "carries the link https://example.org/3, which is no longer in issues/links/" in error
    assert f"write `id: {link_id('https://example.org/3')}`" in error
    with_id = f"https://example.org/three\n  id: {link_id('https://example.org/3')}\n"
    roundup.write({LINKS: text.replace("https://example.org/3\n", with_id)})
    roundup.ok("assemble", "1", "--refresh")
    roundup.ok("build", "1")


def test_an_entry_that_gets_an_id_of_its_own_is_found_again_by_its_address(roundup: WorkspaceRunner) -> None:
    roundup.ok("assemble", "1")
    roundup.write({LINKS: roundup.read(LINKS).replace("title: Title 3\n", "title: Title 3\n  id: three\n")})
    roundup.ok("build", "1")
    roundup.write(
        {
            "issues/002-two/issue.md": issue(2, date="2026-03-01", more=SECTION),
            "issues/links/b.yaml": entry(99),
        }
    )
    assert [each["id"] for each in roundup.json("plan", "2")["links"] if each["taken"]] == [
        link_id("https://example.org/99")
    ]


def test_a_link_is_not_used_again_unless_asked_for(roundup: WorkspaceRunner) -> None:
    roundup.ok("assemble", "1")
    pin = SECTION.replace(
        "tags:", "pin: ['http://EXAMPLE.org:80/1/?utm_medium=x', 'https://example.org/2/#top'], tags:"
    )
    again = SECTION.replace("tags:", "reuse: true, limit: 3, tags:")
    roundup.write({"issues/002-two/issue.md": issue(2, date="2026-03-01", more=again)})
    assert sum(each["taken"] for each in roundup.json("plan", "2")["links"]) == 3
    roundup.write({"issues/002-two/issue.md": issue(2, date="2026-03-01", more=pin)})
    error = roundup.error("plan", "2")
    assert 'pins "http://EXAMPLE.org:80/1/?utm_medium=x", which no link item has as its address' in error
    roundup.write(
        {
            "issues/002-two/issue.md": issue(
                2, date="2026-03-01", more=pin.replace("http:", "https:").replace(":80", ":443")
            )
        }
    )
    taken = [each["id"] for each in roundup.json("plan", "2")["links"] if each["taken"]]
    assert sorted(taken) == sorted(map(link_id, ["https://example.org/1", "https://example.org/2"]))


def test_a_link_without_a_date_fits_no_window_and_the_plan_says_so(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            LINKS: entry(1) + entry(2, date="") + entry(3, date="2026-03-01"),
            ISSUE: issue(more="sections:\n  - {title: News, tags: [news], since: 2026-01-01}\n"),
        }
    )
    reasons = [each["reason"] for each in workspace.json("plan", "1")["links"]]
    assert reasons == [
        "tagged news",
        'it has no date, and section "News" takes only dated items',
        "it is dated 2026-03-01, after the issue (2026-02-01)",
    ]


def test_articles_and_links_share_a_section(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            LINKS: entry(1, date="2026-01-10") + entry(2, date="2026-01-06"),
            "issues/articles/a-note.md": article("A note", date="2026-01-08", tags="[news]", dek="Its dek."),
            ISSUE: issue(more="sections:\n  - {title: News, tags: [news], layout: link}\n"),
        }
    )
    workspace.ok("assemble", "1")
    workspace.ok("build", "--now", "2026-02-02")
    text = workspace.read("build/issues/001-the-plastic-brain/email.txt")
    assert text.index("Title 1 [1]") < text.index("A note [2]\nIts dek.") < text.index("Title 2 [3]")
    page = workspace.read("build/site/issues/001-the-plastic-brain/index.html")
    assert '<a href="../../articles/a-note/">A note</a>\n<p>Its dek.</p>' in page
    assert page.count('<ul class="links">') == 1


def test_a_badge_is_before_the_link_and_stays_in_a_frozen_issue(workspace: WorkspaceRunner) -> None:
    section = "sections:\n  - {title: News, tags: [news], badges: {sponsored: Sponsored}}\n"
    workspace.write({LINKS: entry(1, tags="[news, sponsored]") + entry(2), ISSUE: issue(more=section)})
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: issue(more=SECTION)})
    assert "LOCK001" in workspace.run("build", "--now", "2026-02-02").stderr
    assert "Sponsored · Title 1 [1]" in workspace.read("build/issues/001-the-plastic-brain/email.txt")
    assert workspace.read("build/issues/001-the-plastic-brain/email.html").count(">Sponsored</b>") == 1


def test_a_placeholder_in_a_badge_is_found(workspace: WorkspaceRunner) -> None:
    section = "sections:\n  - {title: News, tags: [news], badges: {news: TK}}\n"
    workspace.write({LINKS: entry(1), ISSUE: issue(more=section)})
    assert 'COPY001: "TK" is left in the text: TK' in workspace.run("check", "1").output


def test_a_link_whose_tag_no_section_takes_is_named(workspace: WorkspaceRunner) -> None:
    workspace.write({LINKS: entry(1, tags="[reserch]")})
    output = workspace.run("plan", "1").output
    assert (
        f'{LINKS}:3: warning TAG001: no section takes the tag "reserch", so no issue carries this link'
        in output
    )
    assert workspace.json("tags")["reserch"] == 1


def test_a_row_says_who_where_how_long_and_whence(workspace: WorkspaceRunner) -> None:
    more = {"author": "Ada", "minutes": "5", "via": "https://www.lobste.example/s/1"}
    workspace.write({LINKS: entry(1, **more), ISSUE: issue(more=SECTION)})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    details = "example.org · Ada · 5 min read · via lobste.example"
    text = workspace.read("build/issues/001-the-plastic-brain/email.txt")
    assert f"Title 1 [1]\n{details}" in text
    for path in ("issues/001-the-plastic-brain/index.html", "feed.xml", "atom.xml", "feed.json"):
        assert details in workspace.read(f"build/site/{path}")


# --- mistakes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- title: A\n", f"{LINKS}:1: `url` is missing."),
        ("- url: https://example.org/\n", f"{LINKS}:1: `title` is missing."),
        ("- url: example.org\n  title: A\n", f'{LINKS}:1: `url` is "example.org" and must be a web address.'),
        ("- url: https://[x/\n  title: A\n", f"{LINKS}:1: `url` is"),
        ("- url: https://example.org:no/\n  title: A\n", f"{LINKS}:1: `url` is"),
        ("- url: javascript:alert(1)\n  title: A\n", f"{LINKS}:1: `url` is"),
        (entry(tag="news"), f'{LINKS}:5: the key `tag` is not known.\n    Did you mean "tags"?'),
        (entry(minutes="soon"), f'{LINKS}:5: `minutes` is "soon" and must be a whole number'),
        (entry(id="No Id"), f'{LINKS}:5: the id "No Id" must be lower-case letters'),
        (
            entry(id="glutamate", tags="[research]"),
            f'{LINKS}:5: the id "glutamate" is taken by issues/articles/glutamate.md.',
        ),
        ("url: https://example.org/\n", f"{LINKS}:1: the file must be a list."),
        ("- just words\n", f"{LINKS}:1: the entry is a text and must be a table"),
        ("- url: [\n", f"{LINKS}:2: this is not YAML"),
        (entry(comment="'- a list'"), f"{LINKS}:5: the comment has more than running text."),
        (entry(comment="'## A heading'"), f"{LINKS}:5: the comment has more than running text."),
        (entry(comment="'![A](a.png)'"), f"{LINKS}:5: "),
        (entry(comment="|\n    One.\n\n    Two."), f"{LINKS}:5: the comment has more than running text."),
        (entry(comment="'[a](no-such.md)'"), f'{LINKS}:5: the link "no-such.md" leads to no article.'),
        (
            entry(1) + entry(2, url="HTTPS://example.org:443/1/?utm_source=x#y"),
            f"{LINKS}:5: the address HTTPS://example.org:443/1/?utm_source=x#y is taken by {LINKS}:1.",
        ),
        (entry(1, id="a") + entry(2, id="a"), f"{LINKS}:10: the id a is taken by {LINKS}:1."),
    ],
)
def test_a_mistake_in_a_link_names_file_and_line(
    workspace: WorkspaceRunner, text: str, expected: str
) -> None:
    workspace.write({LINKS: text, ISSUE: issue(more=SECTION + "  - {title: Research, tags: [research]}\n")})
    if "[news]" not in text:  # the plan needs one link with the tag
        workspace.write({"issues/links/2026-02.yaml": entry(90)})
    assert expected in workspace.error("build", "1")


def test_a_mistake_in_a_link_stops_only_what_may_use_it(workspace: WorkspaceRunner) -> None:
    workspace.write({LINKS: entry(1, tags="[other]", minutes="soon")})
    result = workspace.run("build", "1")
    assert result.exit_code == 0 and f'{LINKS}:5: warning: `minutes` is "soon"' in result.stderr
    workspace.ok("assemble", "1")
    workspace.write({LINKS: "- url: [\n"})
    assert workspace.run("build", "1").exit_code == 0


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"- " * 100_000, "there are too many lists and tables in one text."),
        (b"[" * 100_000, "there are too many lists and tables in one text."),
        (b"- title: \xff\n", "is not UTF-8 text."),
        (b"- &a {url: https://example.org/, title: A, tags: [news]}\n- *a\n", "an alias (`*name`)"),
        (b"- title: A\x00\n", "the character U+0000 is not allowed"),
        (b"- {url: https://example.org/, title: A, title: B}\n", "the key `title` occurs twice"),
        (b"\n".join(b"- " * depth + b"x" for depth in range(1, 60)), "this is nested more than 20 deep"),
    ],
)
def test_a_file_of_links_that_nobody_can_read_is_an_error(
    workspace: WorkspaceRunner, data: bytes, expected: str
) -> None:
    workspace.write({LINKS: data})
    error = workspace.error("plan", "1")
    assert error.startswith(f"{LINKS}:") and expected in error


def test_entries_on_one_line_keep_their_comments(workspace: WorkspaceRunner) -> None:
    links = ", ".join(
        f'{{url: "https://example.org/{n}", title: "{n}", tags: [news], comment: "Why {n}."}}' for n in "12"
    )
    workspace.write({LINKS: f"[{links}]\n", ISSUE: issue(more=SECTION)})
    workspace.ok("build", "1")
    text = workspace.read("build/issues/001-the-plastic-brain/email.txt")
    assert "1 [1]\nWhy 1." in text and "2 [2]\nWhy 2." in text


def test_a_corrected_link_dates_the_revision_of_its_issue(roundup: WorkspaceRunner) -> None:
    roundup.ok("assemble", "1", "--now", "2026-02-01")
    before = json.loads(roundup.read(LOCK))
    roundup.write({LINKS: roundup.read(LINKS).replace("Why **3**", "How **3**")})
    roundup.ok("assemble", "1", "--refresh", "--now", "2026-02-03T09:00:00+00:00")
    after = json.loads(roundup.read(LOCK))
    assert after["updated"] == "2026-02-03T09:00:00+00:00"
    assert (after["id"], after["editions"]) == (before["id"], before["editions"])


def test_a_broken_file_of_links_stops_the_frozen_issue_that_needs_it_and_says_so(
    roundup: WorkspaceRunner,
) -> None:
    roundup.ok("assemble", "1")
    roundup.write({LINKS: roundup.read(LINKS) + "- url: [\n"})
    assert "this is not YAML" in roundup.error("build", "1")


# --- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://a.example/?utm_source=x&b=1&fbclid=2", "https://a.example/?b=1"),
        ("https://a.example/x?UTM_Campaign=x#part", "https://a.example/x#part"),
        ("https://a.example/x?b", "https://a.example/x?b"),
        ("https://a.example/?utm=1&mc_eid=2", "https://a.example/?utm=1"),
    ],
)
def test_tracking_parameters_are_left_out(written: str, kept: str) -> None:
    assert without_tracking(written) == kept
    assert normalized_address(written) == normalized_address(kept)


@pytest.mark.parametrize(
    "other",
    ["HTTPS://A.Example/x", "https://a.example:443/x", "https://a.example/x/", "https://a.example/x#y"],
)
def test_addresses_of_one_page_are_alike(other: str) -> None:
    assert normalized_address(other) == "https://a.example/x"


def test_addresses_of_two_pages_differ() -> None:
    pages = [
        "https://a.example/x",
        "https://a.example/X",
        "https://a.example/x?b=1",
        "https://a.example:8443/x",
    ]
    assert len(set(map(normalized_address, pages))) == len(pages)


# --- sizes -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["default", "digest", "letter"])
def test_150_links_stay_below_the_limit_of_gmail_with_what_services_add(
    workspace: WorkspaceRunner, theme: str
) -> None:
    links = [
        entry(
            number,
            url=f"https://example.org/{number}-".ljust(50, "x"),
            title=f"Title {number} of a piece".ljust(45, "e"),
            comment=(f"What item {number} says. Why it matters to you".ljust(79, "e") + "."),
        )
        for number in range(150)
    ]
    settings = workspace.read("newsletter.toml").replace(
        "[[audiences]]", f'[theme]\nname = "{theme}"\n\n[[audiences]]', 1
    )
    workspace.write({"newsletter.toml": settings, LINKS: "".join(links), ISSUE: issue(more=SECTION)})
    checked = json.loads(workspace.run("check", "1", "--json").stdout)
    assert checked["editions"][0]["budget"]["html"]["total"] <= GMAIL_CLIP
    assert not [each for each in checked["findings"] if each["severity"] == "error"]


def test_a_workspace_of_links_is_not_told_of_articles(roundup: WorkspaceRunner) -> None:
    for file in (roundup.root / "issues/articles").iterdir():
        file.unlink()
    for section, message in (
        ("{title: N, tags: [newz]}", 'takes the tag "newz", which no link has.'),
        ("{title: N, pin: [nothing]}", 'pins "nothing", which no link has as its id.'),
    ):
        roundup.write({ISSUE: issue(more=f"sections:\n  - {section}\n")})
        error = roundup.error("plan", "1")
        assert message in error and "article" not in error
    assert 'no link has the tag "newz".' in roundup.error("links", "--tag", "newz")
    roundup.write({ISSUE: issue(more="sections: []\n", letter="<!-- later -->")})
    assert "selects no link, and its letter has no words." in roundup.error("build", "1")
    roundup.write({"issues/articles/one.md": article()})
    assert 'no article or link has the tag "newz".' in roundup.error("links", "--tag", "newz")
