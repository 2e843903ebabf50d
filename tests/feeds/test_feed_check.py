"""`pressroom feed --check`: each rule finds its broken example and leaves the sound one alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from check_examples.feeds import EXAMPLES, INDEX, NOW, Feeds
from feed_kit import PUBLICATION, build_files, edition, element, prose
from feed_kit import article as composed
from hypothesis import example, given
from hypothesis import strategies as st
from property_kit import tries
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

from pipeline.checks.feed_context import feed_context
from pipeline.checks.rules import FEED_RULES
from pipeline.checks.runner import run_feed_rules
from pipeline.model import Author, Content, Layout, Published

RULES = {rule.code: rule for rule in FEED_RULES}


@pytest.mark.parametrize("code", rows(sorted(EXAMPLES), EXAMPLES.keys() - {"FEED026", "FEED036"}))
def test_the_broken_example_is_found(code: str) -> None:
    found = list(RULES[code].findings(EXAMPLES[code].broken.subject()))
    assert found, f"{code} finds nothing in its broken example"
    for each in found:
        assert each.message and each.hint and each.place.path.startswith("build/site/")


@pytest.mark.parametrize("code", rows(sorted(EXAMPLES), EXAMPLES.keys() - {"FEED026", "FEED036"}))
def test_the_sound_example_is_not_found(code: str) -> None:
    assert [each.message for each in RULES[code].findings(EXAMPLES[code].sound.subject())] == []


def test_every_rule_has_both_examples_and_codes_are_given_once() -> None:
    assert set(EXAMPLES) == set(RULES) and len(RULES) == len(FEED_RULES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('text/css" href="feed.css"?>', 'text/xsl" href="feed.xsl"?>'),
        ('feed.css"?>', 'feed.css"?>\n<!DOCTYPE rss>'),
    ],
)
def test_before_the_root_only_a_style_sheet_in_css_is_allowed(old: str, new: str) -> None:
    (found,) = RULES["FEED001"].findings(Feeds((("feed.xml", old, new),)).subject())
    assert "at most a style sheet in CSS" in found.message and found.place.path == "build/site/feed.xml"


@pytest.mark.parametrize("name", rows(["few", "many", "hub"], {"few", "hub"}))
def test_what_is_built_breaks_no_rule(name: str) -> None:
    found = run_feed_rules(Feeds(of=name, earlier=()).subject())
    assert [f"{each.code} {each.place.path} {each.message}" for each in found] == []


# --- the command -----------------------------------------------------------------------------


def test_the_words_of_a_feed_are_in_the_publications_language(frozen: WorkspaceRunner) -> None:
    frozen.write({"newsletter.toml": frozen.read("newsletter.toml").replace('"en-GB"', '"de"')})
    frozen.ok("feed", "--now", "2026-02-02")
    feed = json.loads(frozen.read("build/site/articles/feed.json"))
    assert (feed["title"], feed["description"]) == ("Synapse: Artikel", "Alle Artikel in Synapse.")
    assert '"Dies ist ein Webfeed. ' in frozen.read("build/site/feed.css")


def test_the_feeds_alone_have_their_style_sheet(frozen: WorkspaceRunner) -> None:
    frozen.ok("feed", "--now", "2026-02-02")
    alone = frozen.read("build/site/feed.css")
    assert '"This is a web feed' in alone
    frozen.ok("build", "--now", "2026-02-02")
    assert frozen.read("build/site/feed.css") == alone


@pytest.fixture
def frozen(workspace: WorkspaceRunner) -> WorkspaceRunner:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    return workspace


def check(workspace: WorkspaceRunner, *more: str) -> tuple[int, list[dict[str, object]]]:
    done = workspace.run("feed", "--check", "--json", "--now", "2026-02-02", *more)
    return done.exit_code, json.loads(done.stdout)["findings"]


def test_a_sound_workspace_passes_and_nothing_is_written(frozen: WorkspaceRunner) -> None:
    before = frozen.tree()
    assert frozen.ok("feed", "--check", "--now", "2026-02-02") == (
        "12 feed documents: 0 errors, 0 warnings, 0 notes\n"
    )
    assert frozen.tree() == before


def test_a_date_that_moved_is_found_against_the_build_before(frozen: WorkspaceRunner) -> None:
    frozen.ok("build", "--now", "2026-02-02")
    assert check(frozen) == (0, [])
    lock = json.loads(frozen.read("issues/001-the-plastic-brain/issue.lock"))
    text = json.dumps(lock, indent=2).replace("2026-02-01T", "2026-01-31T")
    frozen.write({"issues/001-the-plastic-brain/issue.lock": text})
    before = frozen.tree()
    code, found = check(frozen)
    assert code == 1 and frozen.tree() == before
    assert {each["code"] for each in found} == {"FEED033"}
    said = frozen.run("feed", "--check", "--now", "2026-02-02").stdout
    assert 'error FEED033: "The glutamate switch" was published on' in said
    assert "pressroom check --explain FEED033" in said


def test_a_site_that_moved_changed_addresses_alone(frozen: WorkspaceRunner) -> None:
    frozen.ok("build", "--now", "2026-02-02")
    settings = frozen.read("newsletter.toml")
    frozen.write(
        {"newsletter.toml": settings.replace("https://synapse.example/news", "https://axon.example")}
    )
    code, found = check(frozen)
    assert code == 0
    assert [(each["code"], each["message"]) for each in found] == [
        (
            "FEED037",
            "the site was at https://synapse.example/news/, and is at https://axon.example/; "
            "all addresses changed.",
        )
    ]


def test_a_renamed_issue_and_article_changed_addresses_alone(workspace: WorkspaceRunner) -> None:
    """The note of the issue's letter and the headline of the article are links to the renamed pages."""
    old, new = "issues/articles/glutamate.md", "issues/articles/the-switch.md"
    folder = "issues/001-the-plastic-brain"
    workspace.write({f"{folder}/issue.md": issue(letter="Hello.[^1]\n\n[^1]: A note.")})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    text = workspace.read(old).replace("title:", "aliases: [glutamate]\ntitle:")
    (workspace.root / old).unlink()
    workspace.write({new: text})
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-01")
    (workspace.root / folder).rename(workspace.root / "issues/001-renamed")
    assert check(workspace) == (0, [])


def test_an_item_that_vanished_is_found_against_another_folder(
    frozen: WorkspaceRunner, tmp_path: Path
) -> None:
    frozen.write(
        {
            "issues/articles/late.md": article("Late", date="2026-01-20", tags="[late]"),
            "issues/002-late/issue.md": issue(2, "Late", more="sections: [{title: L, tags: [late]}]\n"),
        }
    )
    frozen.ok("assemble", "2", "--now", "2026-02-01")
    frozen.ok("build", "--now", "2026-02-02")
    copy = tmp_path / "copy of the site"
    shutil.copytree(frozen.root / "build/site", copy)
    shutil.rmtree(frozen.root / "issues/002-late")
    frozen.ok("build", "--now", "2026-02-02")
    assert check(frozen) == (0, [])
    code, found = check(frozen, "--against", str(copy))
    # Taken back on purpose, perhaps: a warning.
    assert code == 0
    messages = {(each["code"], each["message"]) for each in found}
    assert ("FEED034", '"Late" was in it, and no feed has it now.') in messages
    assert {code for code, _ in messages} == {"FEED031", "FEED034"}


def test_an_id_that_changed_is_found(frozen: WorkspaceRunner) -> None:
    frozen.ok("build", "--now", "2026-02-02")
    lock = "issues/001-the-plastic-brain/issue.lock"
    frozen.write({lock: frozen.read(lock).replace("tag:synapse.example", "tag:moved.example")})
    code, found = check(frozen)
    assert code == 1 and {each["code"] for each in found} == {"FEED032"}


def test_a_template_that_drops_the_feeds_is_found(frozen: WorkspaceRunner) -> None:
    frozen.write({"templates/web/index.html.j2": "<title>{{ site.title }}</title>\n"})
    code, found = check(frozen)
    assert code == 1 and {each["code"] for each in found} == {"FEED028"} and len(found) == 3
    assert {each["path"] for each in found} == {"build/site/index.html"}


def test_a_code_is_silenced_by_the_publication(frozen: WorkspaceRunner) -> None:
    frozen.ok("build", "--now", "2026-02-02")
    lock = "issues/001-the-plastic-brain/issue.lock"
    frozen.write({lock: frozen.read(lock).replace("2026-02-01T", "2026-01-31T")})
    assert check(frozen)[0] == 1
    frozen.write({"newsletter.toml": f'{SETTINGS}\n[checks.silence]\nFEED033 = "the dates were wrong"\n'})
    assert check(frozen) == (0, [])
    # The checks of an issue know the code, and find no fault with its silence.
    assert "CHECK001" not in frozen.run("check", "1").stdout


def test_feeds_of_the_build_before_that_cannot_be_read_are_no_measure(frozen: WorkspaceRunner) -> None:
    frozen.write(
        {"build/site/feed.xml": "<rss", "build/site/feed.json": "[]", "build/site/atom.xml": b"\xff"}
    )
    assert check(frozen) == (0, [])


def test_rules_on_feeds_are_explained_beside_the_others(workspace: WorkspaceRunner) -> None:
    assert "An item has another id than before" in workspace.ok("check", "--explain", "feed032")
    assert "FEED036" in workspace.ok("check", "--rules")
    assert "is about feeds, not issues" in workspace.error("check", "1", "--only", "FEED001")


@pytest.mark.parametrize("arguments", [("--check", "--ping"), ("--against", ".")])
def test_options_that_do_not_go_together_are_wrong_usage(
    workspace: WorkspaceRunner, arguments: tuple[str, ...]
) -> None:
    assert workspace.run("feed", *arguments).exit_code == 2


# --- whatever the text -----------------------------------------------------------------------

ANY = st.text(st.characters(), max_size=30)


@tries(80)
@given(title=ANY, dek=ANY, tag=ANY, name=ANY, words=ANY)
@example("]]>", "<b>&amp;", "a, b", "A, B", "<!-- {{ x }}")
@example("&lt;", "&", "\x00", "", "é 🧠 ]]>")
def test_no_text_breaks_a_rule(title: str, dek: str, tag: str, name: str, words: str) -> None:
    body = Content((prose(element("p", words)),))
    one = composed("x", 0, body, title=title, dek=dek, tags=(tag,), authors=(Author(name),))
    published = Published(PUBLICATION, (edition(1, "everyone", (one, Layout.FULL)),), (one,), (tag,))
    files = build_files(published)
    found = run_feed_rules(feed_context(published, NOW, files, files, INDEX))
    assert [f"{each.code} {each.place.path} {each.message}" for each in found] == []
