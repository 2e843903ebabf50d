"""`pressroom check` as a user meets it: places, formats, silences, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from check_examples.images import drawing
from workspace_kit import ROOT, SETTINGS, WorkspaceRunner, article, issue, png

ISSUE = "issues/001-the-plastic-brain/issue.md"


def broken(workspace: WorkspaceRunner, **more: str) -> WorkspaceRunner:
    """The desk with an article that has a file name as alt text, in line 8."""
    workspace.write(
        {
            "issues/articles/chart.png": png(1200, 600),
            "issues/articles/glutamate.md": article(
                "The glutamate switch", body="Words.\n\n![chart.png](chart.png)", **more
            ),
        }
    )
    return workspace


def test_a_finding_names_the_articles_line_and_exits_with_1(workspace: WorkspaceRunner) -> None:
    result = broken(workspace).run("check", "1", "--only", "IMG002")
    assert result.exit_code == 1
    assert (
        'issues/articles/glutamate.md:8: error IMG002: the alt text "chart.png" is a file name.'
        in result.stdout
    )
    assert "Say what the picture shows." in result.stdout
    assert "1 error, 0 warnings, 0 notes" in result.stdout


def test_a_sound_issue_exits_with_0_and_shows_its_budget(workspace: WorkspaceRunner) -> None:
    out = workspace.ok("check", "1", "--only", "IMG002")
    assert "of 100 KB, 0 images" in out
    assert "theme" in out and "letter" in out and "The glutamate switch" in out
    assert "0 errors, 0 warnings, 0 notes" in out


def test_the_budget_adds_up_to_the_html(workspace: WorkspaceRunner) -> None:
    workspace.ok("build", "1")
    workspace.ok("assemble", "1")
    exported = Path(workspace.json("export", "1", "--images", "packed")["output"])
    budget = workspace.json("check", "1", "--only", "IMG002")["editions"][0]["budget"]
    parts = sum(each["bytes"] for each in budget["parts"])
    page = "https://synapse.example/news/images/"
    assert page not in (exported / "email.html").read_text()
    assert parts == len((exported / "email.html").read_bytes())
    assert budget["html"]["total"] == parts + budget["added"]["bytes"]


def test_a_short_preview_text_is_shown_wherever_it_is_from(workspace: WorkspaceRunner) -> None:
    for letter, preview in {"Dear Ada,\n\nHello.": "Hello.", "Dear Ada,": "The plastic brain"}.items():
        workspace.write({"issues/001-the-plastic-brain/issue.md": issue(letter=letter)})
        output = workspace.run("check", "1", "--only", "INBOX010").output
        assert f'INBOX010: the preview text "{preview}" has {len(preview)} characters' in output


def test_json_holds_place_code_remedy_and_what_it_rests_on(workspace: WorkspaceRunner) -> None:
    found = json.loads(broken(workspace).run("check", "1", "--json", "--only", "IMG002").stdout)["findings"]
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


def test_sarif_holds_rules_results_and_suppressions(workspace: WorkspaceRunner) -> None:
    broken(workspace, silence="{IMG002: it is the subject}")
    log = json.loads(workspace.ok("check", "1", "--format", "sarif", "--only", "IMG002"))
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


def test_annotations_escape_what_a_workflow_would_read(workspace: WorkspaceRunner) -> None:
    out = broken(workspace).run("check", "1", "--format", "github", "--only", "IMG002").stdout
    assert out == (
        "::error file=issues/articles/glutamate.md,line=8,title=IMG002::"
        'the alt text "chart.png" is a file name. Say what the picture shows.\n'
    )


def test_a_text_of_newsletter_toml_is_found_there(workspace: WorkspaceRunner) -> None:
    settings = SETTINGS.replace('title = "Synapse"', 'title = "TK"').replace('"Research"', '"TK Research"')
    workspace.write({"newsletter.toml": settings})
    found = json.loads(workspace.run("check", "--only", "COPY001", "--json").stdout)["findings"]
    section = settings[: settings.index("[[sections]]")].count("\n") + 1
    assert [(each["path"], each["line"]) for each in found] == [
        ("newsletter.toml", 1),
        ("newsletter.toml", section),
    ]


def test_a_text_with_braces_that_is_too_faint_is_named_as_it_is(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "newsletter.toml": f'{SETTINGS}\n[theme.colors]\ntext = "#aaaaaa"\n',
            "issues/001-the-plastic-brain/issue.md": issue(letter="Call {x} or {0.y}."),
        }
    )
    shown = workspace.run("check", "1", "--only", "COLOR001")
    assert shown.exit_code == 1 and '"Call {x} or {0.y}." is text (#aaaaaa)' in shown.stdout


def test_each_result_of_sarif_has_a_location_without_which_github_refuses_all(
    workspace: WorkspaceRunner,
) -> None:
    (result,) = json.loads(workspace.run("check", "nope", "--format", "sarif").stdout)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "newsletter.toml"


BROKEN = "---\ntitle: Broken\ndate 2026\n---\n"


def test_formats_for_code_hosts_name_files_from_the_top_of_the_repository(workspace: WorkspaceRunner) -> None:
    workspace.root = workspace.root.rename(workspace.root.parent / "a letter, größer, 100%")
    (workspace.root.parent / ".git").write_text("gitdir: elsewhere\n")
    broken(workspace)
    options = ("check", "1", "--only", "IMG002", "--format")
    assert workspace.run(*options, "github").stdout.startswith(
        "::error file=a letter%2C größer%2C 100%25/issues/articles/glutamate.md,line=8,title=IMG002::"
    )
    (result,) = json.loads(workspace.run(*options, "sarif").stdout)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20letter%2C%20gr%C3%B6%C3%9Fer%2C%20100%25/issues/articles/glutamate.md"


@pytest.mark.parametrize(
    ("path", "text", "level", "line", "exit_code"),
    [
        ("newsletter.toml", SETTINGS + "x =\n", "error", SETTINGS.count("\n") + 1, 1),
        ("issues/002-second/issue.md", BROKEN, "error", 3, 1),
        ("issues/articles/broken.md", BROKEN, "warning", 3, 0),
        ("issues/links/broken.yaml", "- url: https://example.org\n  title\n", "warning", 2, 0),
    ],
)
def test_mistakes_are_in_the_formats_for_code_hosts_and_in_json(
    workspace: WorkspaceRunner, path: str, text: str, level: str, line: int, exit_code: int
) -> None:
    workspace.ok("assemble", "1")
    workspace.write({path: text})
    only = ("check", "--only", "IMG002", "--format")
    annotations = workspace.run(*only, "github")
    assert annotations.exit_code == exit_code
    assert re.fullmatch(rf"::{level} file={path},line={line}::[^:]+: .+\n", annotations.stdout)
    (result,) = json.loads(workspace.run(*only, "sarif").stdout)["runs"][0]["results"]
    assert result["level"] == level and "ruleId" not in result
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line}
    (mistake,) = json.loads(workspace.run(*only, "json").stdout)[f"{level}s"]
    assert mistake["path"] == path and mistake["line"] == line
    assert workspace.run("check", "--only", "IMG002", "--strict").exit_code == 1


def test_rules_are_json_with_json(workspace: WorkspaceRunner) -> None:
    (rule,) = workspace.json("check", "--explain", "img002")["rules"]
    assert rule in workspace.json("check", "--rules")["rules"]
    assert rule["code"] == "IMG002" and rule["severity"] == "error"
    assert list(rule) == ["code", "severity", "title", "why", "remedy", "rests_on"]


def test_a_silence_in_the_article_the_issue_or_the_settings_holds(workspace: WorkspaceRunner) -> None:
    broken(workspace, silence="{IMG002: it is the subject}")
    assert "1 silenced" in workspace.ok("check", "1", "--only", "IMG002")
    broken(workspace)
    workspace.write({ISSUE: issue(more="silence: {img002: it is the subject}\n")})
    assert "1 silenced" in workspace.ok("check", "1", "--only", "IMG002")
    workspace.write({ISSUE: issue()})
    settings = workspace.read("newsletter.toml")
    workspace.write({"newsletter.toml": settings + '\n[checks.silence]\nIMG002 = "we know"\n'})
    assert "1 silenced" in workspace.ok("check", "1", "--only", "IMG002")


def test_a_silence_without_a_reason_is_refused(workspace: WorkspaceRunner) -> None:
    workspace.write({ISSUE: issue(more='silence: {IMG002: ""}\n')})
    said = workspace.error("check", "1")
    assert f"{ISSUE}:5: silence: IMG002 is silenced without a reason." in said


def test_a_silence_of_no_rule_and_an_idle_one_are_found(workspace: WorkspaceRunner) -> None:
    workspace.write({ISSUE: issue(more="silence: {IMG02: a slip, IMG002: not needed}\n")})
    result = workspace.run("check", "1")
    assert result.exit_code == 1
    assert f'{ISSUE}:5: error CHECK001: "IMG02" is silenced, and no rule has that code.' in result.stdout
    assert 'Did you mean "IMG002"?' in result.stdout
    assert f"{ISSUE}:5: note CHECK002: IMG002 is silenced, and there is nothing to silence." in result.stdout


def test_a_private_article_behind_a_link_is_found_by_check(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/glutamate.md": article(
                body="A [note](a-note.md).\n\nSee [the draft](hidden.md#end)."
            ),
            "issues/articles/hidden.md": article("Hidden", draft="true"),
        }
    )
    result = workspace.run("check", "1")
    assert "glutamate.md:8: error LINK002" in result.stdout and "it is a draft" in result.stdout
    assert "LINK001" not in result.stdout


def test_a_link_to_an_article_of_no_issue_is_a_warning(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/glutamate.md": article(body="One.\n\nSee [another](another.md)."),
            "issues/articles/another.md": article("Another", tags="[other]"),
        }
    )
    assert (
        'issues/articles/glutamate.md:8: warning LINK001: it links to the article "another", which has no page yet.'
        in workspace.run("check").stdout
    )


def test_a_link_to_a_heading_that_does_not_exist_is_found_with_its_line(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/articles/glutamate.md": article(
            body="## Of mice\n\n[a](a-note.md#part-one) [b](a-note.md#Part-One)\n\n[c](#of-mice) [d](#of-mise)\n\n"
            "::: cta\n[e](a-note.md#nowhere)\n:::"
        ),
        "issues/articles/a-note.md": article("A note", tags="[notes]", body="## Part one\n\n## Part one"),
        ISSUE: issue(letter="See\n[f](../articles/a-note.md#part-one-2) and [g](../articles/a note.md#part 3)."),
        "issues/articles/a note.md": article("Spaced", tags="[notes]", slug="spaced"),
    })  # fmt: skip
    found = workspace.json("check", "1", "--only", "LINK019")["findings"]
    places = [(Path(each["path"]).name, each["line"], each["message"], each["hint"]) for each in found]
    assert places == [
        ("issue.md", 7, 'it links to "#part 3", and no heading in "spaced" has that name.', "It has none."),
        (
            "glutamate.md", 8, 'it links to "#Part-One", and no heading in "a-note" has that name.',
            'Did you mean "part-one"?',
        ),
        (
            "glutamate.md", 10, 'it links to "#of-mise", and no heading in this text has that name.',
            'Did you mean "of-mice"?',
        ),
        (
            "glutamate.md", 12, 'it links to "#nowhere", and no heading in "a-note" has that name.',
            "Its headings are #part-one, #part-one-2.",
        ),
    ]  # fmt: skip
    workspace.ok("assemble", "1")
    assert "LINK019" in workspace.run("build", "--now", "2026-03-01").stderr


def test_raw_html_that_no_reader_sees_is_a_warning_with_its_line(workspace: WorkspaceRunner) -> None:
    video = '<iframe src="https://video.example/7"></iframe>'
    known = '<iframe src="//player.vimeo.com/video/7"></iframe>'
    workspace.write({
        "issues/articles/glutamate.md": article(body=f"The <title>name</title> of it.\n\n{video}\n\n{known}\n"),
        ISSUE: issue(letter="Write to <user>@synapse.example.\n"),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    expected = [
        "issues/articles/glutamate.md:6: warning RAW001: `<title>` is left out with all that is in it.",
        "issues/articles/glutamate.md:8: warning RAW001: `<iframe>` is left out with all that is in it.",
        "Write a link in its place, such as `[Watch it](https://video.example/7)`.",
        "Write `::: video https://player.vimeo.com/video/7` with its poster, or a link in its place.",
        f"{ISSUE}:6: warning RAW001: `<user>` is left out: HTML has no element of that name.",
    ]
    for output in (workspace.run("check", "1").stdout, workspace.run("build").stderr):
        assert [each for each in expected if each not in " ".join(output.split())] == [], output


def test_a_lock_that_no_longer_fits_the_sections_is_a_warning(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: issue(more="exclude: [a-note]\n")})
    assert f"{ISSUE}:2: warning LOCK001" in workspace.run("check", "1").stdout


def test_a_date_that_was_changed_after_the_freeze_says_what_feeds_keep(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.write({ISSUE: issue(date="2026-02-15")})
    said = " ".join(workspace.run("check", "1").stdout.split())
    assert "email and page have the new one, and feeds keep 2026-02-01." in said
    assert "If nobody has read it yet, delete issues/001-the-plastic-brain/issue.lock before." in said


def test_drafts_that_were_not_checked_are_named(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/002-a-draft/issue.md": issue(number=2, more="draft: true\n")})
    said = "Drafts are checked by name alone: pressroom check 2"
    assert said in workspace.run("check").stderr
    assert said not in workspace.run("check", "1").stderr


def test_strict_fails_for_warnings(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: issue(more="exclude: [a-note]\n")})
    assert workspace.run("check", "1", "--only", "LOCK001").exit_code == 0
    assert workspace.run("check", "1", "--only", "LOCK001", "--strict").exit_code == 1


def test_explain_says_why_what_to_do_and_what_it_rests_on(workspace: WorkspaceRunner) -> None:
    out = workspace.ok("check", "--explain", "img001")
    assert out.startswith("IMG001 (error): An image has no alt text\n")
    assert "Rests on: WCAG 2.2, 1.1.1" in out
    assert 'Did you mean "IMG001"?' in workspace.error("check", "--explain", "IMG01")


FIGURES = {
    "COPY008": "at least 15 words",
    "COPY011": "at most 200 words",
    "IMG013": "at most 250 characters",
    "IMG016": "3 to 1",
    "LINK011": "2,000 leave room",
    "BODY017": "40 characters or more",
    "WORD010": "16 px or more",
    "WORD012": "28 characters of code",
    "TYPE004": "less than 120 characters",
    "COLOR001": "4.5 to 1, large text 3 to 1",
}


@pytest.mark.parametrize("code", FIGURES)
def test_explain_names_the_figure_that_a_rule_checks(workspace: WorkspaceRunner, code: str) -> None:
    assert FIGURES[code] in " ".join(workspace.ok("check", "--explain", code).split())


def test_all_rules_are_listed(workspace: WorkspaceRunner) -> None:
    assert re.search(
        r"^IMG001 +error +An image has no alt text$", workspace.ok("check", "--rules"), re.MULTILINE
    )


def test_export_stops_at_an_error_and_writes_nothing(workspace: WorkspaceRunner) -> None:
    broken(workspace).ok("assemble", "1")
    said = workspace.error("export", "1")
    assert "issues/articles/glutamate.md:8: error IMG002" in said
    assert "--force" in said
    assert not (workspace.root / "build").exists()
    workspace.ok("export", "1", "--force")
    assert (workspace.root / "build/export/001-the-plastic-brain/issue.json").is_file()


def test_a_template_that_replaces_none_is_a_warning_with_the_nearest_name(workspace: WorkspaceRunner) -> None:
    misspelt, own = "templates/email/parts/mast_head.mjml.j2", "templates/email/parts/mine.mjml.j2"
    workspace.write(
        {
            misspelt: "<mj-section></mj-section>",
            own: "",
            "templates/email/parts/letter.mjml.j2": '{% include "email/parts/mine.mjml.j2" %}',
            "templates/notes.txt": "No template.",
        }
    )
    for command in (("check", "1"), ("build",), ("build", "1")):
        output = workspace.run(*command).output
        assert f"{misspelt}: warning TMPL001: this template replaces none of the theme's" in output
        assert 'Did you mean "email/parts/masthead.mjml.j2"?' in output
        assert output.count("TMPL001: ") == 1
    assert "TMPL001" in workspace.ok("check", "--explain", "TMPL001")


def test_a_language_for_which_the_theme_has_no_words_is_a_warning(workspace: WorkspaceRunner) -> None:
    workspace.write({"newsletter.toml": workspace.read("newsletter.toml").replace('"en-GB"', '"cy-GB"')})
    for command in (("check", "1"), ("build",)):
        output = workspace.run(*command).output
        assert 'newsletter.toml: warning TMPL002: the theme has no words in the language "cy-GB"' in output
        assert output.count("TMPL002: ") == 1
    english = (ROOT / "templates/words/en.toml").read_text(encoding="utf-8")
    workspace.write({"templates/words/cy.toml": english})
    assert "TMPL002" not in workspace.run("build").output


def test_a_picture_that_the_settings_name_is_placed_on_its_line_there(workspace: WorkspaceRunner) -> None:
    settings = f"""{workspace.read("newsletter.toml")}
[theme]
logo = "/logo.png"
logo_alt = "Synapse"

[authors."Ada Example"]
role = "editor"
picture = "ada.png"
"""
    dark = drawing("#14508c")
    essay = article("The switch", authors="[Ada Example]")
    workspace.write(
        {
            "newsletter.toml": settings,
            "logo.png": dark,
            "ada.png": dark,
            "issues/articles/glutamate.md": essay,
        }
    )
    output = workspace.run("check", "1", "--only", "IMG016").output
    for name, line in (("logo.png", 'logo = "/logo.png"'), ("ada.png", 'picture = "ada.png"')):
        number = settings.split("\n").index(line) + 1
        assert f'newsletter.toml:{number}: warning IMG016: the image "{name}" is transparent' in output


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("smtp://mail.example", "mail to mail.example:25 would not be encrypted"),
        ("smtps://ada:secret@mail.example", "the address of the mail server has a password"),
        ("mail.example:465", "does not begin with smtps://"),
        ("resend://api.resend.com/emails", "the address of Resend is not a host and a port."),
    ],
)
def test_a_mail_server_that_send_would_refuse_is_a_warning_before(
    workspace: WorkspaceRunner, url: str, says: str
) -> None:
    settings = workspace.read("newsletter.toml")
    workspace.write({"newsletter.toml": f'{settings}\n[delivery]\nurl = "{url}"\n'})
    line = settings.count("\n") + 3
    output = workspace.run("check", "1").output
    assert f"newsletter.toml:{line}: warning SEND001: " in output and says in output
    assert "secret" not in output
    workspace.write({"people.csv": "email\nada@example.org\n"})
    workspace.ok("assemble", "1")
    assert (
        says
        in workspace.run("send", "1", "--to", str(workspace.root / "people.csv"), "--yes", "--force").stderr
    )


def test_a_mail_server_is_checked_without_its_password(workspace: WorkspaceRunner) -> None:
    settings = workspace.read("newsletter.toml")
    for url in ("smtps://ada@mail.example", "resend://api.resend.com"):
        workspace.write({"newsletter.toml": f'{settings}\n[delivery]\nurl = "{url}"\n'})
        assert "SEND001" not in workspace.run("check", "1").output


def test_a_theme_of_ones_own_is_looked_at_for_templates_that_replace_none(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "newsletter.toml": workspace.read("newsletter.toml") + '\n[theme]\nname = "mine"\n',
            "templates/themes/mine/theme.toml": 'description = "Mine"\n',
            "templates/themes/mine/email/content.css.j2": '{% include "default/email/content.css.j2" %}',
            "templates/themes/mine/email/parts/foter.mjml.j2": "",
            "templates/themes/other/email/parts/any.mjml.j2": "",
        }
    )
    output = workspace.run("build").output
    assert "templates/themes/mine/email/parts/foter.mjml.j2: warning TMPL001" in output
    assert 'Did you mean "email/parts/footer.mjml.j2"?' in output
    assert output.count("TMPL001") == 1


def test_placeholders_stop_an_export_and_are_listed_all_at_once(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "newsletter.toml": SETTINGS.replace("Information, not", "[[TK a lawyer]] not"),
        "issues/001-the-plastic-brain/issue.md": issue(letter="One.\n\nTK two.", more="subject: A TK day\n"),
        "issues/articles/glutamate.md": article(
            "The `TK` habit",
            body="TKM and OTK, `TK`, `TODO(x)`.\n\n    TK\n\n```\nTODO(later)\n```\n\nAt\nTODO(ask him).",
            authors="{name: Ada, role: TK}",
        ),
        "issues/articles/a-note.md": article("A note", tags="[notes]", body="TODO is Spanish."),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    result = workspace.run("export", "1")
    assert result.exit_code == 1
    listed = re.findall(r"(\S+:\d+|newsletter\.toml): error COPY001", re.sub(r" +", " ", result.output))
    assert listed == [
        "issues/001-the-plastic-brain/issue.md:5",
        "issues/001-the-plastic-brain/issue.md:9",
        "issues/articles/glutamate.md:5",
        "issues/articles/glutamate.md:16",
        "newsletter.toml",
    ]
    silence = "silence:\n  COPY001: TK is the name of an insurance\n"
    workspace.write({"issues/001-the-plastic-brain/issue.md": issue(more=silence)})
    workspace.ok("assemble", "1", "--refresh")
    workspace.ok("export", "1")
