"""`pressroom check` as a user meets it: places, formats, silences, exit codes."""

from __future__ import annotations

import json
import re

from workspace_kit import Desk, article, issue, png

ISSUE = "issues/001-the-plastic-brain/issue.md"


def broken(desk: Desk, **more: str) -> Desk:
    """The desk with an article that has a file name as alt text, in line 8."""
    desk.write(
        {
            "issues/articles/chart.png": png(1200, 600),
            "issues/articles/glutamate.md": article(
                "The glutamate switch", body="Words.\n\n![chart.png](chart.png)", **more
            ),
        }
    )
    return desk


def test_a_finding_names_the_articles_line_and_exits_with_1(desk: Desk) -> None:
    result = broken(desk).run("check", "1", "--only", "IMG002")
    assert result.exit_code == 1
    assert (
        'issues/articles/glutamate.md:8: error IMG002: the alt text "chart.png" is a file name.'
        in result.stdout
    )
    assert "Say what the picture shows." in result.stdout
    assert "1 error, 0 warnings, 0 notes" in result.stdout


def test_a_sound_issue_exits_with_0_and_shows_its_budget(desk: Desk) -> None:
    out = desk.ok("check", "1", "--only", "IMG002")
    assert "of 100 KB, 0 images" in out
    assert "theme" in out and "letter" in out and "The glutamate switch" in out
    assert "0 errors, 0 warnings, 0 notes" in out


def test_the_budget_adds_up_to_the_html(desk: Desk) -> None:
    desk.ok("build", "1")
    budget = desk.json("check", "1", "--only", "IMG002")["editions"][0]["budget"]
    parts = sum(each["bytes"] for each in budget["parts"])
    page = "https://synapse.example/news/images/"
    assert page not in desk.read("build/issues/001-the-plastic-brain/email.html")
    assert parts == len(desk.read("build/issues/001-the-plastic-brain/email.html").encode())
    assert budget["html"]["total"] == parts + budget["added"]["bytes"]


def test_json_holds_place_code_remedy_and_what_it_rests_on(desk: Desk) -> None:
    found = json.loads(broken(desk).run("check", "1", "--json", "--only", "IMG002").stdout)["findings"]
    assert found == [
        {
            "code": "IMG002",
            "severity": "error",
            "message": 'the alt text "chart.png" is a file name.',
            "path": "issues/articles/glutamate.md",
            "line": 8,
            "hint": "Say what the picture shows.",
            "rests_on": "WCAG 2.2, 1.1.1; technique F30",
        }
    ]


def test_sarif_holds_rules_results_and_suppressions(desk: Desk) -> None:
    broken(desk, silence="{IMG002: it is the subject}")
    log = json.loads(desk.ok("check", "1", "--format", "sarif", "--only", "IMG002"))
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    assert "IMG002" in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    (result,) = run["results"]
    assert result["ruleId"] == "IMG002" and result["level"] == "error"
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "issues/articles/glutamate.md"},
        "region": {"startLine": 9},
    }
    assert result["suppressions"] == [{"kind": "inSource", "justification": "it is the subject"}]


def test_annotations_escape_what_a_workflow_would_read(desk: Desk) -> None:
    out = broken(desk).run("check", "1", "--format", "github", "--only", "IMG002").stdout
    assert out == (
        "::error file=issues/articles/glutamate.md,line=8,title=IMG002::"
        'the alt text "chart.png" is a file name. Say what the picture shows.\n'
    )


def test_a_silence_in_the_article_the_issue_or_the_settings_holds(desk: Desk) -> None:
    broken(desk, silence="{IMG002: it is the subject}")
    assert "1 silenced" in desk.ok("check", "1", "--only", "IMG002")
    broken(desk)
    desk.write({ISSUE: issue(more="silence: {img002: it is the subject}\n")})
    assert "1 silenced" in desk.ok("check", "1", "--only", "IMG002")
    desk.write({ISSUE: issue()})
    settings = desk.read("newsletter.toml")
    desk.write({"newsletter.toml": settings + '\n[checks.silence]\nIMG002 = "we know"\n'})
    assert "1 silenced" in desk.ok("check", "1", "--only", "IMG002")


def test_a_silence_without_a_reason_is_refused(desk: Desk) -> None:
    desk.write({ISSUE: issue(more='silence: {IMG002: ""}\n')})
    said = desk.error("check", "1")
    assert f"{ISSUE}:5: silence: IMG002 is silenced without a reason." in said


def test_a_silence_of_no_rule_and_an_idle_one_are_found(desk: Desk) -> None:
    desk.write({ISSUE: issue(more="silence: {IMG02: a slip, IMG002: not needed}\n")})
    result = desk.run("check", "1")
    assert result.exit_code == 1
    assert f'{ISSUE}:5: error CHECK001: "IMG02" is silenced, and no rule has that code.' in result.stdout
    assert 'Did you mean "IMG002"?' in result.stdout
    assert f"{ISSUE}:5: note CHECK002: IMG002 is silenced, and there is nothing to silence." in result.stdout


def test_a_private_article_behind_a_link_is_found_by_check(desk: Desk) -> None:
    desk.write(
        {
            "issues/articles/glutamate.md": article(
                body="See [the draft](hidden.md) and [a note](a-note.md)."
            ),
            "issues/articles/hidden.md": article("Hidden", draft="true"),
        }
    )
    result = desk.run("check", "1")
    assert "error LINK002" in result.stdout and "it is a draft" in result.stdout
    assert "LINK001" not in result.stdout


def test_a_link_to_an_article_of_no_issue_is_a_warning(desk: Desk) -> None:
    desk.write(
        {
            "issues/articles/glutamate.md": article(body="See [another](another.md)."),
            "issues/articles/another.md": article("Another", tags="[other]"),
        }
    )
    assert (
        'warning LINK001: it links to the article "another", which has no page yet.'
        in desk.run("check").stdout
    )


def test_a_lock_that_no_longer_fits_the_sections_is_a_warning(desk: Desk) -> None:
    desk.ok("assemble", "1")
    desk.write({ISSUE: issue(more="exclude: [a-note]\n")})
    assert f"{ISSUE}:2: warning LOCK001" in desk.run("check", "1").stdout


def test_strict_fails_for_warnings(desk: Desk) -> None:
    desk.ok("assemble", "1")
    desk.write({ISSUE: issue(more="exclude: [a-note]\n")})
    assert desk.run("check", "1", "--only", "LOCK001").exit_code == 0
    assert desk.run("check", "1", "--only", "LOCK001", "--strict").exit_code == 1


def test_explain_says_why_what_to_do_and_what_it_rests_on(desk: Desk) -> None:
    out = desk.ok("check", "--explain", "img001")
    assert out.startswith("IMG001 (error): An image has no alt text\n")
    assert "Rests on: WCAG 2.2, 1.1.1" in out
    assert 'Did you mean "IMG001"?' in desk.error("check", "--explain", "IMG01")


def test_all_rules_are_listed(desk: Desk) -> None:
    assert re.search(r"^IMG001 +error +An image has no alt text$", desk.ok("check", "--rules"), re.MULTILINE)


def test_export_stops_at_an_error_and_writes_nothing(desk: Desk) -> None:
    broken(desk).ok("assemble", "1")
    said = desk.error("export", "1")
    assert "issues/articles/glutamate.md:8: error IMG002" in said
    assert "--force" in said
    assert not (desk.root / "build").exists()
    desk.ok("export", "1", "--force")
    assert (desk.root / "build/export/001-the-plastic-brain/issue.json").is_file()
