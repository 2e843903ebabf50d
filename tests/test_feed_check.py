"""`pressroom feed --check`: each rule finds its broken feed and leaves the sound one alone."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import SETTINGS, Desk, article, issue, png

from pipeline.build import make_feeds
from pipeline.checks.feeds import Feeds
from pipeline.checks.rules import FEED_RULES
from pipeline.checks.run import findings_of, rule_of
from pipeline.newsroom import open_newsroom

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LOCK = "issues/001-the-plastic-brain/issue.lock"


def sources(desk: Desk) -> Desk:
    """A frozen issue with a picture, and one tag of two articles."""
    desk.write(
        {
            "issues/articles/glutamate.md": article(
                "Glutamate & co",
                body="Words with a [link](https://journal.example/).",
                image="a.png",
                image_alt="A",
            ),
            "issues/articles/second.md": article("A second piece", date="2026-01-02", body="More words."),
            "issues/articles/a.png": png(600, 300),
        }
    )
    desk.ok("assemble", "1", "--now", "2026-02-01")
    return desk


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Feeds:
    desk = Desk(tmp_path_factory.mktemp("feeds"))
    desk.write({"newsletter.toml": SETTINGS, "issues/001-the-plastic-brain/issue.md": issue()})
    made, _ = make_feeds(open_newsroom(sources(desk).root), NOW)
    files = {each.path: each.data for each in made}
    return Feeds(files=files, before=files, base_url="https://synapse.example/news", now=NOW)


@dataclass(frozen=True)
class Edit:
    """What is replaced in a file of the new feeds, or of those before; an empty `old` removes the file."""

    path: str
    old: str
    new: str
    before: bool = False


def edited(feeds: Feeds, edit: Edit) -> Feeds:
    files = dict(feeds.before if edit.before else feeds.files)
    if edit.old:
        data = files[edit.path].decode()
        assert re.search(edit.old, data, re.DOTALL), f"{edit.old} is not in {edit.path}"
        files[edit.path] = re.sub(edit.old, edit.new, data, count=1, flags=re.DOTALL).encode()
    else:
        del files[edit.path]
    return replace(feeds, before=files) if edit.before else replace(feeds, files=files)


ITEM_ID = r"tag:synapse\.example,[^<\"]+"
EXAMPLES = {
    "FEED001": (Edit("feed.xml", "</channel>", ""), Edit("feed.xml", "<docs>[^<]*</docs>", "")),
    "FEED002": (
        Edit("atom.xml", "<summary>.*?</summary>", "<summary></summary>"),
        Edit("feed.xml", "<generator>[^<]*</generator>", ""),
    ),
    "FEED003": (
        Edit("feed.xml", "news/feed.xml", "news/rss.xml"),
        Edit("feed.xml", "<generator>", "<generator> "),
    ),
    "FEED004": (
        Edit("atom.xml", r"<updated>2026-..-..T", "<updated>2027-01-01T"),
        Edit("atom.xml", "<subtitle>", "<subtitle> "),
    ),
    "FEED005": (
        Edit(
            "feed.xml",
            "<language>",
            "<image><url>https://a.example/l.png</url><title>Other</title><link>https://a.example/</link></image><language>",
        ),
        Edit(
            "feed.xml",
            "<language>",
            "<image><url>https://a.example/l.png</url><title>Synapse</title><link>https://synapse.example/news/</link></image><language>",
        ),
    ),
    "FEED006": (
        Edit("articles/feed.json", r'"date_published": "2026-01-02', '"date_published": "2026-02-27'),
        Edit("articles/feed.json", r'"date_published": "2026-01-02', '"date_published": "2026-01-03'),
    ),
    "FEED008": (
        Edit("feed.json", ITEM_ID, "https://synapse.example/1"),
        Edit("feed.json", ITEM_ID, "tag:other.example,2025:x"),
    ),
    "FEED009": (
        Edit("articles/feed.xml", "Glutamate &#x26; co", "Glutamate &amp; co"),
        Edit("articles/feed.xml", "A second piece", "A &#x3C;second"),
    ),
    "FEED010": (
        Edit("articles/atom.xml", 'term="research"', 'term="a, b"'),
        Edit("articles/atom.xml", 'term="research"', 'term="a b"'),
    ),
    "FEED011": (
        Edit("articles/feed.json", 'href=\\\\"https://journal.example/\\\\"', 'href=\\\\"/review\\\\"'),
        Edit(
            "articles/feed.json",
            'href=\\\\"https://journal.example/\\\\"',
            'href=\\\\"https://other.example/\\\\"',
        ),
    ),
    "FEED012": (
        Edit(
            "articles/atom.xml", r'<media:content url="[^"]*"', '<media:content url="https://a.example/x.png"'
        ),
        Edit("articles/atom.xml", 'medium="image"', 'medium="image" '),
    ),
    "FEED013": (
        Edit("articles/feed.json", "A second piece", "Another piece"),
        Edit("articles/feed.json", '"language": "[^"]*"', '"language": "en"'),
    ),
    "FEED014": (
        Edit("feeds.opml", 'xmlUrl="https://synapse.example/news/articles/feed.xml"', 'xmlUrl="x"'),
        Edit("feeds.opml", 'type="rss"', 'type="rss" '),
    ),
    "FEED015": (
        Edit("feed.json", ITEM_ID, "tag:synapse.example,2026:old", before=True),
        Edit("feed.json", '"summary": "[^"]*"', '"summary": "x"', before=True),
    ),
    "FEED016": (
        Edit(
            "feed.json",
            r'"date_published": "[^"]*"',
            '"date_published": "2025-01-01T00:00:00+00:00"',
            before=True,
        ),
        Edit(
            "feed.json",
            r'"date_modified": "[^"]*"',
            '"date_modified": "2025-01-01T00:00:00+00:00"',
            before=True,
        ),
    ),
    "FEED017": (
        Edit("articles/feed.xml", "<item>.*?</item>", ""),
        Edit("articles/feed.xml", "<item>.*?</item>", "", before=True),
    ),
    "FEED018": (
        Edit("feed.json", "Hello", "Good day", before=True),
        Edit("feed.json", '"summary": "[^"]*"', '"summary": "x"', before=True),
    ),
}


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_broken_feed_is_found(feeds: Feeds, code: str) -> None:
    found = list(findings_of(rule_of(code), edited(feeds, EXAMPLES[code][0])))
    assert found and all(each.message and each.hint and each.place.path for each in found)


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_sound_feed_is_not_found(feeds: Feeds, code: str) -> None:
    assert [each.message for each in findings_of(rule_of(code), edited(feeds, EXAMPLES[code][1]))] == []


def test_a_large_feed_is_found_and_one_large_item_is_not(feeds: Feeds) -> None:
    long = Edit("articles/feed.json", '"summary": "', '"summary": "' + "x" * 1_000_000)
    (found,) = findings_of(rule_of("FEED007"), edited(feeds, long))
    assert "the limit is 1,000,000" in found.message
    single = Edit("feed.json", '"summary": "', '"summary": "' + "x" * 1_000_000)
    assert list(findings_of(rule_of("FEED007"), edited(feeds, single))) == []


def test_every_feed_rule_has_both_examples() -> None:
    assert set(EXAMPLES) | {"FEED007"} == {rule.code for rule in FEED_RULES}


def test_sound_feeds_have_no_finding(feeds: Feeds) -> None:
    found = [each for rule in FEED_RULES for each in findings_of(rule, feeds)]
    assert [(each.code, each.message) for each in found] == []


def test_a_document_that_would_define_entities_is_not_parsed(feeds: Feeds) -> None:
    bomb = Edit("feed.xml", r"<rss ", '<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss ')
    assert "DOCTYPE" in next(findings_of(rule_of("FEED001"), edited(feeds, bomb))).message


# --- by the command --------------------------------------------------------------------------


def test_the_command_writes_nothing_and_exits_with_0(desk: Desk) -> None:
    sources(desk)
    before = desk.tree()
    assert desk.ok("feed", "--check", "--now", "2026-03-01") == "0 errors, 0 warnings\n"
    assert desk.tree() == before


def test_an_id_made_anew_and_a_piece_gone_are_found_against_the_last_build(desk: Desk) -> None:
    sources(desk).ok("build", "--now", "2026-03-01")
    lock = json.loads(desk.read(LOCK))
    lock["id"] = "tag:synapse.example,2026:another"
    desk.write({LOCK: json.dumps(lock)})
    result = desk.run("feed", "--check", "--now", "2026-03-01")
    assert result.exit_code == 1
    assert "error FEED015" in result.stdout and "build/site/feed.xml:" in result.stdout
    (desk.root / LOCK).unlink()
    assert "FEED017" in desk.run("feed", "--check", "--now", "2026-03-01").stdout


def test_a_download_of_the_site_can_be_named(desk: Desk, tmp_path: Path) -> None:
    sources(desk).ok("build", "--now", "2026-03-01")
    shutil.move(desk.root / "build/site", tmp_path / "download")
    (desk.root / LOCK).unlink()
    desk.ok("feed", "--check", "--now", "2026-03-01")
    found = json.loads(
        desk.run(
            "feed", "--check", "--against", str(tmp_path / "download"), "--json", "--now", "2026-03-01"
        ).stdout
    )["findings"]
    assert {each["code"] for each in found} == {"FEED017"}
