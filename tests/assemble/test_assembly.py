"""Assembly through the command: which articles an issue gets, in which order, and why."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png

from pipeline import open_workspace
from pipeline.actions.assemble import assemble_issue
from pipeline.articles.digest import content_digest
from pipeline.articles.pool import Pool
from pipeline.assemble.select import select_edition, select_items
from pipeline.errors import PressroomError
from pipeline.model import Article, Issue, Layout, LinkItem, Order, Place, SectionRule, TagRule

ISSUE = "issues/001-the-plastic-brain/issue.md"


def sections(
    workspace: WorkspaceRunner, number: str = "1", audience: str = "everyone"
) -> list[tuple[str, list[str]]]:
    """The issue's sections with their articles, as the plan gives them."""
    found: dict[str, list[str]] = {}
    for each in workspace.json("plan", number)["articles"]:
        if each["taken"] and each["audience"] == audience:
            found.setdefault(each["section"], []).append(each["slug"])
    return list(found.items())


def reasons(workspace: WorkspaceRunner, number: str = "1", audience: str = "everyone") -> dict[str, str]:
    return {
        e["slug"]: e["reason"]
        for e in workspace.json("plan", number)["articles"]
        if e["audience"] == audience
    }


def locked(workspace: WorkspaceRunner, folder: str = "001-the-plastic-brain") -> Any:
    return json.loads(workspace.read(f"issues/{folder}/issue.lock"))


def with_sections(text: str, more: str = "") -> str:
    return issue(more="sections:\n" + text + more)


def test_an_issue_without_sections_takes_the_default_ones(workspace: WorkspaceRunner) -> None:
    assert dict(sections(workspace)) == {"Research": ["glutamate"], "In brief": ["a-note"]}


def test_any_all_and_none_are_obeyed(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/both.md": article(tags="[research, notes]"),
            "issues/articles/old.md": article(tags="[research, history]"),
            ISSUE: with_sections(
                "  - {title: All, tags: {all: [research, notes]}}\n"
                "  - {title: Any, tags: {any: [research], none: [history]}}\n"
            ),
        }
    )
    assert dict(sections(workspace)) == {"All": ["both"], "Any": ["glutamate"]}
    assert reasons(workspace)["old"] == "no section takes its tags"


def test_an_article_goes_into_the_first_section_that_takes_it_and_once(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {ISSUE: with_sections("  - {title: A, tags: [research]}\n  - {title: B, tags: [research, notes]}\n")}
    )
    assert dict(sections(workspace)) == {"A": ["glutamate"], "B": ["a-note"]}


def test_a_pin_wins_over_an_earlier_section_and_stands_first(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/newer.md": article(date="2026-01-20", tags="[notes]"),
            ISSUE: with_sections(
                "  - {title: A, tags: [research]}\n  - {title: B, tags: [notes], pin: [glutamate]}\n"
            ),
        }
    )
    found = locked_sections(workspace)
    assert found == {"B": ["glutamate", "newer", "a-note"]}


def locked_sections(workspace: WorkspaceRunner) -> dict[str, list[str]]:
    workspace.ok("assemble", "1")
    return {
        section["title"]: [each["article"] for each in section["items"]]
        for section in locked(workspace)["editions"][0]["sections"]
    }


@pytest.mark.parametrize(
    ("order", "expected"),
    [("newest", ["c", "a", "b"]), ("oldest", ["b", "a", "c"]), ("title", ["b", "c", "a"])],
)
def test_a_section_has_an_order(workspace: WorkspaceRunner, order: str, expected: list[str]) -> None:
    workspace.write(
        {
            "issues/articles/a.md": article("Zebra", date="2026-01-10", tags="[x]"),
            "issues/articles/b.md": article("apple", date="2026-01-09", tags="[x]"),
            "issues/articles/c.md": article("Mango", date="2026-01-11", tags="[x]"),
            ISSUE: with_sections(f"  - {{title: X, tags: [x], order: {order}}}\n"),
        }
    )
    assert locked_sections(workspace)["X"] == expected


def test_limit_since_until_and_exclude_are_obeyed_and_explained(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            **{f"issues/articles/x{n}.md": article(date=f"2026-01-0{n}", tags="[x]") for n in range(1, 7)},
            ISSUE: with_sections(
                "  - title: X\n    tags: [x]\n    since: 2026-01-02\n    until: 2026-01-05\n    limit: 2\n"
                "    exclude: [x4]\n"
            ),
        }
    )
    why = reasons(workspace)
    assert why["x5"] == "tagged x" and why["x3"] == "tagged x"
    assert why["x1"] == 'section "X" begins with 2026-01-02'
    assert why["x6"] == 'section "X" ends with 2026-01-05'
    assert why["x4"] == 'section "X" excludes it'
    assert why["x2"] == 'section "X" has its 2 already'


def test_drafts_and_articles_dated_after_the_issue_stay_out_and_the_plan_says_so(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write(
        {
            "issues/articles/draft.md": article(draft="true"),
            "issues/articles/later.md": article(date="2026-03-01"),
        }
    )
    said = workspace.ok("plan", "1")
    assert "Out: draft  1" in said and "Out: dated after the issue  1" in said
    why = reasons(workspace)
    assert why["draft"] == "it is a draft"
    assert why["later"] == "it is dated 2026-03-01, after the issue (2026-02-01)"
    assert dict(sections(workspace))["Research"] == ["glutamate"]


def test_an_article_is_not_used_again_in_a_later_issue_unless_asked_for(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write(
        {
            "issues/articles/fresh.md": article(date="2026-02-03"),
            "issues/002-two/issue.md": issue(2, date="2026-03-01"),
            "issues/003-three/issue.md": issue(
                3, date="2026-03-02", more="sections:\n  - {title: Again, tags: [research], reuse: true}\n"
            ),
            "issues/004-four/issue.md": issue(
                4, date="2026-03-03", more="sections:\n  - {title: Pinned, pin: [glutamate]}\n"
            ),
        }
    )
    assert dict(sections(workspace, "2")) == {"Research": ["fresh"]}
    assert reasons(workspace, "2")["glutamate"] == "issue 001-the-plastic-brain carried it"
    assert sorted(dict(sections(workspace, "3"))["Again"]) == ["fresh", "glutamate"]
    assert dict(sections(workspace, "4")) == {"Pinned": ["glutamate"]}


def test_a_plan_counts_what_grows_with_each_issue_and_lists_it_with_all(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write(
        {
            "issues/articles/other.md": article("Other", tags="[gardening]"),
            "issues/articles/late.md": article("Late", date="2027-01-01"),
            "issues/002-two/issue.md": issue(2, "Two", "2026-03-01"),
        }
    )
    shown, everything = workspace.ok("plan", "2"), workspace.ok("plan", "2", "--all")
    (counts,) = [line for line in shown.splitlines() if line.startswith("and ")]
    assert counts.endswith(
        " that earlier issues carried, 1 article whose tags no section takes (--all lists them)"
    )
    assert "Late" in shown and "Other" not in shown and "Out: carried by issue 1" not in shown
    assert "Other" in everything and "Out: carried by issue 1" in everything and "--all" not in everything


def test_each_edition_is_chosen_for_its_audience(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/private.md": article(audience="clinicians"),
            ISSUE: issue(
                more="audience: [everyone, clinicians]\n",
                letter="Hello.\n\n::: only audience=clinicians\nDear colleagues.\n:::",
            ),
        }
    )
    assert dict(sections(workspace))["Research"] == ["glutamate"]
    assert sorted(dict(sections(workspace, audience="clinicians"))["Research"]) == ["glutamate", "private"]
    workspace.ok("assemble", "1")
    workspace.ok("build")
    main = workspace.read("build/issues/001-the-plastic-brain/email.html")
    own = workspace.read("build/issues/001-the-plastic-brain/clinicians/email.html")
    assert "Dear colleagues." in own and "Dear colleagues." not in main
    site = b"".join(workspace.tree("build/site").values())
    assert b"Dear colleagues." not in site and b"articles/private" not in site


def test_the_lock_holds_whatever_joins_the_pool(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.ok("build", "1")
    before = workspace.tree("build")
    workspace.write({"issues/articles/late.md": article(date="2026-01-30")})
    workspace.ok("build", "1")
    assert workspace.tree("build") == before
    assert reasons(workspace)["late"] == "the issue was frozen without it"


def test_update_chooses_anew_and_keeps_every_id(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    before = locked(workspace)
    workspace.write({"issues/articles/late.md": article(date="2026-01-30")})
    workspace.ok("assemble", "1", "--update", "--now", "2026-02-10")
    after = locked(workspace)
    assert set(after["articles"]) == {"a-note", "glutamate", "late"}
    assert after["id"] == before["id"] and after["published"] == before["published"]
    assert after["updated"].startswith("2026-02-10")
    assert after["articles"]["glutamate"] == before["articles"]["glutamate"]


def test_refresh_takes_an_edit_and_moves_its_date_of_revision(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    before = locked(workspace)
    workspace.write(
        {
            "issues/articles/glutamate.md": article("The glutamate switch", body="Corrected."),
            "issues/articles/late.md": article(date="2026-01-30"),
        }
    )
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-11T10:00:00+00:00")
    after = locked(workspace)
    assert after["editions"] == before["editions"]
    assert after["articles"]["glutamate"]["id"] == before["articles"]["glutamate"]["id"]
    assert after["articles"]["glutamate"]["updated"] == "2026-02-11T10:00:00+00:00"
    assert after["articles"]["a-note"] == before["articles"]["a-note"]


def test_an_article_keeps_its_id_in_a_later_issue(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write(
        {
            "newsletter.toml": workspace.read("newsletter.toml").replace(
                "synapse.example/news", "moved.example"
            ),
            "issues/002-two/issue.md": issue(
                2, date="2026-03-01", more="sections:\n  - {title: A, pin: [glutamate]}\n"
            ),
        }
    )
    workspace.ok("assemble", "2")
    first, second = locked(workspace), locked(workspace, "002-two")
    assert first["articles"]["glutamate"]["id"] == second["articles"]["glutamate"]["id"]
    assert first["id"] != second["id"]


def test_a_second_assemble_changes_nothing(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    before = workspace.tree()
    workspace.ok("assemble", "1")
    assert workspace.tree() == before


def test_changed_sections_of_a_frozen_issue_are_pointed_out(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: with_sections("  - {title: A, tags: [notes]}\n")})
    result = workspace.run("build", "1")
    assert result.exit_code == 0
    assert "LOCK001" in result.stderr and "pressroom assemble 1 --update" in result.stderr


@pytest.mark.parametrize("command", ["plan", "check", "assemble"])
def test_an_issue_dated_before_an_earlier_one_is_pointed_out(
    workspace: WorkspaceRunner, command: str
) -> None:
    later = "issues/002-the-next/issue.md"
    workspace.write({later: issue(2, "The next", "2025-02-08")})  # the year before
    message = f"{later}:4: warning DATE001: it is dated 2025-02-08, before issue 1 (2026-02-01)"
    assert message in workspace.run(command, "2").output
    assert "DATE001" not in workspace.run(command, "1").output


def test_a_date_of_the_same_day_or_before_a_draft_is_no_mistake(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/002-the-next/issue.md": issue(2, "The next", "2026-02-01"),
        "issues/003-some-day/issue.md": issue(3, "Some day", "2027-01-01", more="draft: true\n"),
        "issues/004-the-fourth/issue.md": issue(4, "The fourth", "2026-02-02"),
    })  # fmt: skip
    assert "DATE001" not in workspace.run("check").output


def test_of_two_issues_of_one_day_the_times_are_named(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/002-noon/issue.md": issue(2, "Noon", "2026-02-02 12:00"),
        "issues/003-morning/issue.md": issue(3, "Morning", "2026-02-02 08:00"),
    })  # fmt: skip
    message = "DATE001: it is dated 2026-02-02 08:00, before issue 2 (2026-02-02 12:00)"
    assert message in workspace.run("check", "3").output


def test_a_draft_issue_is_not_frozen_and_not_built_unasked(workspace: WorkspaceRunner) -> None:
    workspace.write({ISSUE: issue(more="draft: true\n")})
    assert "is a draft" in workspace.error("assemble", "1")
    assert workspace.json("build")["editions"] == []
    assert len(workspace.json("build", "1")["editions"]) == 1


def test_an_article_that_became_private_does_not_slip_in_by_a_refresh(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write({"issues/articles/glutamate.md": article(audience="clinicians")})
    assert 'no longer open to "everyone"' in workspace.error("assemble", "1", "--refresh")


def test_what_an_update_leaves_out_is_free_for_the_next_issue_in_the_same_process(
    workspace: WorkspaceRunner,
) -> None:
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: issue(more="exclude: [glutamate]\n")})
    workspace.write({"issues/002-next/issue.md": issue(2, "Next", "2026-03-01")})
    opened, now = open_workspace(workspace.root), datetime(2026, 3, 1, tzinfo=UTC)
    assemble_issue(opened, opened.issues[0], now, update=True)
    (edition,) = assemble_issue(opened, opened.issues[1], now).assembled.editions
    assert "glutamate" in [item.key for item in edition.items]


# --- properties ------------------------------------------------------------------------------

TAGS = ["a", "b", "c", "d"]
DAY = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    articles = [
        Article(
            slug=f"s{n}",
            title=draw(st.text(min_size=1, max_size=8)),
            date=DAY + timedelta(days=draw(st.integers(0, 30))),
            tags=tuple(draw(st.lists(st.sampled_from(TAGS), unique=True))),
            body_line=1,
            place=Place(f"s{n}.md"),
            digest="sha256:0",
            draft=draw(st.booleans()),
            layout=draw(st.none() | st.sampled_from(Layout)),
        )
        for n in range(draw(st.integers(1, 12)))
    ]
    links = [
        LinkItem(
            id=f"l{n}",
            url=f"https://example.org/{n}",
            title=draw(st.text(min_size=1, max_size=8)),
            place=Place("issues/links/a.yaml", n + 1),
            digest="sha256:0",
            tags=tuple(draw(st.lists(st.sampled_from(TAGS), unique=True))),
            date=draw(st.none() | st.integers(0, 30).map(lambda day: DAY + timedelta(days=day))),
        )
        for n in range(draw(st.integers(0, 12)))
    ]
    return Pool(articles, links=links)


tags = st.lists(st.sampled_from(TAGS), unique=True).map(tuple)
rules = st.builds(
    SectionRule,
    title=st.sampled_from(["One", "Two", "Three"]),
    tags=st.builds(TagRule, tags, tags, tags),
    place=st.just(Place("issue.md", 1)),
    limit=st.none() | st.integers(1, 3),
    order=st.sampled_from(Order),
    # A link item is named by its id or by its address, however it is written.
    exclude=st.sampled_from([(), ("l0",), ("HTTPS://example.org:443/0/?utm_source=x#y",), ("s1",)]),
    since=st.none() | st.just(DAY + timedelta(days=3)),
    reuse=st.booleans(),
    waits=st.just(True),
)


@given(
    pools(),
    st.lists(rules, min_size=1, max_size=4),
    st.integers(0, 30),
    st.sets(st.sampled_from(["s0", "s1", "l0", "l1"])),
)
@tries(200)
def test_whatever_the_rules_an_edition_is_sound(
    pool: Pool, wanted: list[SectionRule], day: int, used: set[str]
) -> None:
    issue = Issue(
        1,
        "001-x",
        "X",
        DAY + timedelta(days=day),
        Place("issue.md", 1),
        "",
        1,
        tuple(wanted),
        own_sections=False,
    )
    known = {name for rule in wanted for name in rule.exclude if pool.key_of(name)}
    wanted = [replace(rule, exclude=tuple(known.intersection(rule.exclude))) for rule in wanted]
    issue = replace(issue, sections=tuple(wanted))
    carried = dict.fromkeys(used, "000-before")
    _, decisions = select_edition(issue, issue.audiences[0], pool, carried)
    assert [each.key for each in decisions] == list(pool.candidates)
    assert all(each.reason for each in decisions)
    try:
        editions = select_items(issue, pool, carried, _unused(pool, used))
    except PressroomError:
        assert not any(each.taken for each in decisions)
        return
    chosen = [item.key for item in editions[0].items]
    assert len(chosen) == len(set(chosen))
    assert {each.key for each in decisions if each.taken} == set(chosen)
    for section in editions[0].sections:
        assert section.items
        for member, layout in section.items:
            is_link = isinstance(member, LinkItem)
            assert layout is Layout.LINK if is_link else not member.draft
            assert member.date is None or member.date <= issue.date
            assert any(
                rule.title == section.title
                and rule.tags.takes(member.tags)
                and (member.key not in used or rule.reuse)
                and member.key not in {pool.key_of(name) for name in rule.exclude}
                and (rule.since is None or (member.date is not None and member.date >= rule.since))
                for rule in wanted
            )
    shuffled = Pool(reversed(list(pool.values())), links=reversed(list(pool.links.values())))
    assert select_items(issue, shuffled, carried, _unused(shuffled, used)) == editions


def _unused(pool: Pool, used: set[str]) -> dict[str, Article | LinkItem]:
    return {key: item for key, item in pool.by_date.items() if key not in used}


def test_a_full_build_removes_what_belongs_to_no_issue_any_more(workspace: WorkspaceRunner) -> None:
    workspace.ok("build")
    (workspace.root / "issues/001-the-plastic-brain").rename(workspace.root / "issues/001-another-title")
    workspace.ok("build", "1")
    assert (workspace.root / "build/issues/001-the-plastic-brain").is_dir()
    workspace.ok("build")
    assert [each.name for each in (workspace.root / "build/issues").iterdir()] == ["001-another-title"]


def test_the_site_has_the_pictures_of_a_private_editions_email(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/private.md": article(
                "Private", audience="clinicians", body="![A chart](chart.png)"
            ),
            "issues/articles/chart.png": png(),
            "issues/001-the-plastic-brain/issue.md": issue(more="audience: [everyone, clinicians]\n"),
        }
    )
    workspace.ok("assemble", "1")
    workspace.ok("build")
    workspace.ok("export", "1", "--audience", "clinicians")
    html = workspace.read("build/export/001-the-plastic-brain-clinicians/email.html")
    (address,) = set(re.findall(r'src="https://synapse\.example/news/(images/[^"]+)"', html))
    assert (workspace.root / "build/site" / address).is_file()
    assert not any(
        address.encode() in data
        for path, data in workspace.tree("build/site").items()
        if not path.startswith("images/")
    )


def test_a_refresh_does_not_hide_that_the_sections_were_changed(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: issue(more="exclude: [a-note]\n")})
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body="Corrected.")})
    workspace.ok("assemble", "1", "--refresh")
    assert "LOCK001" in workspace.run("build").stderr


@pytest.mark.parametrize(
    "body", ["![A][p]\n\n[p]: chart.png", '<img src="chart.png" alt="A">', "![A](chart.png)"]
)
def test_a_lock_sees_a_picture_replaced_however_it_is_named(workspace: WorkspaceRunner, body: str) -> None:
    workspace.write({"issues/articles/glutamate.md": article(body=body), "issues/articles/chart.png": png()})
    workspace.ok("assemble", "1")
    workspace.write({"issues/articles/chart.png": png(9, 9)})
    assert "edited after the issue was frozen" in workspace.error("build")


def test_the_date_of_an_issue_that_nobody_has_seen_may_be_corrected(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-01-20")
    before = json.loads(workspace.read("issues/001-the-plastic-brain/issue.lock"))
    workspace.write({ISSUE: issue(date="2026-02-03")})
    workspace.ok("assemble", "1", "--update", "--now", "2026-01-21")
    after = json.loads(workspace.read("issues/001-the-plastic-brain/issue.lock"))
    assert after["published"].startswith("2026-02-03") and after["id"] == before["id"]
    workspace.write({ISSUE: issue(date="2026-02-05")})
    workspace.ok("assemble", "1", "--update", "--now", "2026-02-10")
    assert (
        json.loads(workspace.read("issues/001-the-plastic-brain/issue.lock"))["published"]
        == after["published"]
    )


def test_a_default_section_waits_for_its_first_article_without_a_far_guess(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write(
        {"issues/articles/a-note.md": article("A note", date="2026-01-05", tags="[other, research]")}
    )
    workspace.ok("assemble", "1")


@pytest.mark.parametrize(
    "written",
    ["![A](my photo.png)", "![A](my photo.png 'T')", "![A](<my photo.png>)", "![A](my%20photo.png)"],
)
def test_a_changed_picture_whose_name_has_spaces_changes_the_lock(
    workspace: WorkspaceRunner, written: str
) -> None:
    workspace.write({
        "issues/articles/glutamate.md": article(body=written), "issues/articles/my photo.png": png(8, 4)
    })  # fmt: skip
    workspace.ok("assemble", "1")
    before = locked(workspace)
    workspace.write({"issues/articles/my photo.png": png(9, 4)})
    workspace.ok("assemble", "1", "--refresh")
    assert locked(workspace) != before


@pytest.mark.slow
def test_a_megabyte_of_one_sign_has_a_digest_at_once(workspace: WorkspaceRunner) -> None:
    begun = time.process_time()
    for sign in ("![", "[a\n", "<img "):
        workspace.write({"issues/articles/glutamate.md": article(body=sign * (1_000_000 // len(sign)))})
        opened = open_workspace(workspace.root)
        assert content_digest(opened.pool["glutamate"], opened.files)
    assert time.process_time() - begun < 5


def test_an_article_whose_tag_no_section_takes_is_named_with_the_nearest_tag(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write(
        {
            "issues/articles/misspelt.md": article(tags="[reserch]"),
            "issues/articles/without.md": article(tags="[]"),
            "issues/articles/draft.md": article(tags="[reserch]", draft="true"),
        }
    )
    for command in (["plan", "1"], ["assemble", "1"], ["check", "1"], ["plan", "1"]):
        output = workspace.run(*command).output
        assert (
            'issues/articles/misspelt.md:4: warning TAG001: no section takes the tag "reserch", so no issue '
            'carries this article.\n    Did you mean "research"?' in output
        )
        assert "issues/articles/without.md:4: warning TAG001: it has no tag" in output
        assert "draft.md" not in output


def test_an_article_that_an_issue_names_or_has_carried_needs_no_tag(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/pinned.md": article(tags="[other]"),
            "issues/articles/left-out.md": article(tags="[another]"),
            ISSUE: with_sections(
                "  - {title: A, tags: [research], pin: [pinned]}\n", "exclude: [left-out]\n"
            ),
        }
    )
    assert "TAG001" not in workspace.run("plan", "1").output
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: issue(more="exclude: [left-out]\n")})
    assert "TAG001" not in workspace.run("plan", "1").output


def test_a_misspelt_tag_of_a_disclaimer_or_a_required_field_is_named(workspace: WorkspaceRunner) -> None:
    more = '[[disclaimers]]\ntags = ["reserch", "ketamine"]\ntext = "X."\n'
    more += '[checks]\nrequire = [{ tags = ["resarch"], fields = ["authors"] }]\n'
    workspace.write({"newsletter.toml": f"{SETTINGS}\n{more}"})
    for command in (["plan", "1"], ["assemble", "1"], ["check", "1"]):
        output = workspace.run(*command).output
        for what in ('a disclaimer is for the tag "reserch"', '`require` is for the tag "resarch"'):
            assert f"newsletter.toml: warning TAG003: {what}, which no article has." in output
        assert output.count("TAG003: ") == 2


def test_an_imported_archive_of_other_tags_is_counted_and_not_listed(workspace: WorkspaceRunner) -> None:
    workspace.write({f"issues/articles/old-{n}.md": article(tags=f"[zebra{n}]") for n in range(20)})
    output = workspace.run("plan", "1").output
    assert output.count("TAG001") == 4
    assert "20 articles have only tags that no section takes, these 3 among them." in output


def test_a_text_with_a_mistake_is_not_frozen(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body="![A](no.png)")})
    assert 'glutamate.md:6: the image "no.png" does not exist' in workspace.error("assemble", "1")
    assert not (workspace.root / "issues/001-the-plastic-brain/issue.lock").exists()


@pytest.mark.parametrize("link", ["memory.md", "memory/index.md", "memory/"])
def test_a_link_still_leads_to_an_article_that_moves_into_a_folder_and_out_of_it(
    workspace: WorkspaceRunner, link: str
) -> None:
    file, in_folder = "issues/articles/memory.md", "issues/articles/memory/index.md"
    workspace.write({
        file: article("Memory"),
        "issues/articles/linking.md": article("Linking", body=f"[There]({link}#how)."),
    })  # fmt: skip
    for there, gone in ((file, in_folder), (in_folder, file), (file, in_folder)):
        workspace.write({there: article("Memory")})
        (workspace.root / gone).unlink(missing_ok=True)
        workspace.ok("build", "1")
        email = workspace.read("build/issues/001-the-plastic-brain/email.html")
        assert 'href="https://synapse.example/news/articles/memory/#how"' in email
    (workspace.root / file).unlink()
    assert f'the link "{link}#how" leads to no article.' in workspace.error("build", "1")


def test_an_accent_is_the_same_as_a_letter_of_its_own_and_in_one(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/articles/u\u0308ber-uns.md": article("About us"),
        "issues/articles/linking.md": article("Linking", body="[There](\u00fcber-uns.md)."),
    })  # fmt: skip
    assert "file name" not in workspace.run("build", "1").stderr
    email = workspace.read("build/issues/001-the-plastic-brain/email.html")
    assert 'href="https://synapse.example/news/articles/%C3%BCber-uns/"' in email
