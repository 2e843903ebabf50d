"""What has left a feed stands in its archive (RFC 5005, section 4), at addresses that stay."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from feed_kit import (
    HOME,
    NS,
    PUBLICATION,
    PUBLISHED,
    ParsedFeeds,
    build_files,
    edition,
    long_article,
    many_issues,
)
from lxml import etree

FH = "{http://purl.org/syndication/history/1.0}archive"
MANY = build_files(many_issues(50))
FOLDERS = ("", "articles/")


def parts(files: dict[str, bytes], folder: str, kind: str) -> list[str]:
    """The documents of a feed as a client walks them: the current one, then older and older ones."""
    name = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}[kind]
    found, url = [], f"{HOME}{folder}{name}"
    while url:
        path = url.removeprefix(HOME)
        assert path not in found
        found.append(path)
        if kind == "json":
            url = json.loads(files[path]).get("next_url", "")
        else:
            url = linked(files[path]).get("prev-archive", "")
    return found


def linked(data: bytes) -> dict[str, str]:
    links = etree.fromstring(data).iterfind(".//a:link[@rel]", NS)
    return {
        link.get("rel"): link.get("href")
        for link in links
        if link.getparent().tag.endswith(("feed", "channel"))
    }


def ids(files: dict[str, bytes], path: str) -> list[str]:
    if path.endswith(".json"):
        return [item["id"] for item in json.loads(files[path])["items"]]
    root = etree.fromstring(files[path])
    return [each.text for each in root.findall("channel/item/guid") or root.findall("a:entry/a:id", NS)]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_whoever_walks_the_archive_meets_every_item(folder: str, kind: str) -> None:
    walked = parts(MANY, folder, kind)
    assert len(walked) > 2
    met = {each for path in walked for each in ids(MANY, path)}
    assert len(met) == 50
    assert len(ids(MANY, walked[0])) < 50


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_the_archive_is_linked_and_no_other_is_there(folder: str) -> None:
    walked = {path for kind in ("rss", "atom", "json") for path in parts(MANY, folder, kind)}
    assert walked == {path for path in MANY if path.rpartition("/")[0] == folder.rstrip("/")} - {"feeds.opml"}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_the_parts_of_an_archive_name_each_other(folder: str, kind: str) -> None:
    walked = parts(MANY, folder, kind)
    for place, path in enumerate(walked):
        root, links = etree.fromstring(MANY[path]), linked(MANY[path])
        assert links["self"] == HOME + path
        assert len(list(root.iter(FH))) == (place > 0)
        assert links.get("current") == (HOME + walked[0] if place else None)
        assert links.get("next-archive") == (HOME + walked[place - 1] if place > 1 else None)
        # The same feed throughout: one id, one title.
        now = etree.fromstring(MANY[walked[0]])
        for name in ("a:id", "a:title") if kind == "atom" else ("channel/title", "channel/link"):
            assert root.findtext(name, namespaces=NS) == now.findtext(name, namespaces=NS)


@pytest.mark.slow
def test_a_newer_issue_changes_no_item_of_the_archive_and_no_address() -> None:
    after = build_files(many_issues(53))
    for folder in FOLDERS:
        for kind in ("rss", "atom", "json"):
            walked, then = parts(MANY, folder, kind), parts(after, folder, kind)
            assert then[-len(walked) + 1 :] == walked[1:]
            newest = walked[1]
            assert ids(after, newest) == ids(MANY, newest)
            for path in walked[2:]:
                assert after[path] == MANY[path]
            if kind != "json" and after[newest] != MANY[newest]:
                # It has a follower now, and says so; nothing else is new.
                lines = set(after[newest].splitlines()) ^ set(MANY[newest].splitlines())
                assert [b'rel="next-archive"' in line for line in lines] == [True]


@pytest.mark.slow
def test_an_older_article_that_joins_a_new_issue_moves_no_other_in_the_archive() -> None:
    before = many_issues(50)
    late = replace(
        before, articles=(*before.articles[:-10], long_article(51, day=10), *before.articles[-10:])
    )
    after = build_files(late)
    for kind in ("rss", "atom", "json"):
        for path in parts(MANY, "articles/", kind)[3:]:
            assert after[path] == MANY[path]
        assert late.articles[-11].feed_identity.id in {
            each for path in parts(after, "articles/", kind) for each in ids(after, path)
        }


@pytest.mark.slow
def test_a_revision_changes_its_own_part_alone() -> None:
    before = many_issues(50)
    oldest = before.articles[-1]
    revised = replace(
        oldest,
        feed_identity=replace(
            oldest.feed_identity, updated=oldest.feed_identity.updated + timedelta(days=900)
        ),
    )
    after = build_files(replace(before, articles=(*before.articles[:-1], revised)))
    changed = {path for path in MANY if after[path] != MANY[path]}
    assert {path.rpartition("/")[0] for path in changed} == {"articles"}
    assert all(path.endswith(("-1.xml", "-1.json")) for path in changed)


def test_the_feed_of_a_tag_has_the_newest_articles_whose_archive_is_that_of_all() -> None:
    every = {each for path in parts(MANY, "articles/", "rss") for each in ids(MANY, path)}
    for folder in ("tags/ketamine/", "authors/ada-example/"):
        (path,) = parts(MANY, folder, "rss")
        assert len(ids(MANY, path)) == 20 and set(ids(MANY, path)) <= every
        assert {name.rpartition("/")[2] for name in MANY if name.startswith(folder)} == {
            *("feed.xml", "atom.xml", "feed.json"),
        }


def test_a_feed_that_holds_everything_has_no_archive() -> None:
    for data in build_files().values():
        assert b"archive" not in data and b"next_url" not in data and b"history" not in data


@pytest.mark.slow
def test_the_items_of_an_archive_are_those_of_a_feed() -> None:
    for folder in FOLDERS:
        for path in parts(MANY, folder, "json")[1:]:
            rss = feedparser.parse(MANY[path.replace(".json", ".xml")])
            atom = feedparser.parse(MANY[path.replace("feed", "atom").replace(".json", ".xml")])
            assert not rss.bozo and not atom.bozo
            items = json.loads(MANY[path])["items"]
            assert [e.id for e in rss.entries] == [e.id for e in atom.entries] == [e["id"] for e in items]
            dates = [item["date_published"] for item in items]
            assert dates == sorted(dates, reverse=True)


# --- the hub ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_hub_is_named_in_every_current_feed_and_in_no_archived_one() -> None:
    hub = "https://hub.example/?a=1&b=2"
    files = build_files(replace(many_issues(50), publication=replace(PUBLICATION, hub=hub)))
    archived = {path for path in MANY if any(character.isdigit() for character in path)}
    assert archived and archived <= set(files)
    for path, data in files.items():
        if path == "feeds.opml":
            continue
        found = (
            [each["url"] for each in json.loads(data).get("hubs", [])]
            if path.endswith(".json")
            else [link.get("href") for link in etree.fromstring(data).iterfind(".//a:link[@rel='hub']", NS)]
        )
        assert found == ([] if path in archived else [hub]), path


# --- audiences -------------------------------------------------------------------------------


def test_a_public_audience_has_a_feed_of_its_editions_and_a_private_one_has_none() -> None:
    private = replace(edition(4, "clinicians"), url=None)
    files = build_files(replace(PUBLISHED, editions=(private, *PUBLISHED.editions)))
    read = ParsedFeeds(files, "audiences/patients/")
    assert read.json["title"] == "Synapse & Co: Patients"
    assert read.json_values("url") == [f"{HOME}issues/001-issue/patients/"]
    # Beside the issue's main edition, it is an item of its own, under an id made from the one written down.
    assert (
        read.rss_values("guid") == ["tag:synapse.example,2026:issue-1/patients"] == read.atom_values("a:id")
    )
    assert not [path for path in files if "clinicians" in path]
    assert "issue-4" not in b"".join(files.values()).decode()


def test_an_audience_whose_edition_is_the_main_one_has_the_issues_own_id() -> None:
    one = edition(1, "patients")
    one = replace(one, issue=replace(one.issue, audiences=("patients",)))
    files = build_files(replace(PUBLISHED, editions=(one,)))
    assert ParsedFeeds(files, "audiences/patients/").json_values("id") == ParsedFeeds(files).json_values("id")
