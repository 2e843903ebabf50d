"""Each kind of bad input meets one clear error: where, what, what to do; and nothing is written."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass

import pytest
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png


@dataclass(frozen=True)
class Bad:
    """Files that spoil a sound workspace, and what the error says of them."""

    name: str
    files: dict[str, str | bytes]
    says: tuple[str, ...]
    command: tuple[str, ...] = ("build", "1")


ARTICLE = "issues/articles/bad.md"
ISSUE = "issues/001-the-plastic-brain/issue.md"

# fmt: off
BAD = (
    Bad("broken toml", {"newsletter.toml": 'title = "Synapse"\nbase_url = https://x\n'}, ("newsletter.toml:2: ", "not TOML")),
    Bad("broken yaml", {ARTICLE: "---\ntitle: A: B\ndate: 2026-01-01\n---\nx"}, (f"{ARTICLE}:2: ", "not YAML", "needs quotes")),
    Bad("broken toml front matter", {ARTICLE: '+++\ntitle = "x"\ndate = \n+++\nx'}, (f"{ARTICLE}:3: ", "not TOML")),
    Bad("toml with a number of 5000 digits", {ARTICLE: f'+++\ntitle = "x"\nn = {"9" * 5000}\n+++\nx'}, (f"{ARTICLE}:2: ", "a number of thousands of digits")),
    Bad("toml nested by its keys", {ARTICLE: '+++\ntitle = "x"\n' + "a." * 2000 + "b = 1\n+++\nx"}, (f"{ARTICLE}:2: ", "nested too deeply")),
    Bad("toml nested by its lists", {ARTICLE: '+++\ntitle = "x"\nn = ' + "[" * 2000 + "\n+++\nx"}, (f"{ARTICLE}:2: ", "nested too deeply")),
    Bad("no front matter", {ARTICLE: "Just text.\n"}, (f"{ARTICLE}:1: ", "no front matter", "---")),
    Bad("front matter without end", {ARTICLE: "---\ntitle: x\n"}, (f"{ARTICLE}:1: ", "has no end")),
    Bad("empty file", {ARTICLE: ""}, (f"{ARTICLE}:1: ", "no front matter")),
    Bad("key twice", {ARTICLE: "---\ntitle: x\ntitle: y\ndate: 2026-01-01\n---\n"}, (f"{ARTICLE}:3: ", "twice")),
    Bad("missing title", {ARTICLE: "---\ndate: 2026-01-01\n---\n"}, (f"{ARTICLE}:1: `title` is missing",)),
    Bad("missing date", {ARTICLE: "---\ntitle: x\n---\n"}, (f"{ARTICLE}:1: `date` is missing", "2026-01-31")),
    Bad("year of 3 digits", {ARTICLE: article(date="0226-02-01")}, (f"{ARTICLE}:3: ", "in the year 226.")),
    Bad("year far ahead", {ISSUE: issue(date="2206-02-01")}, (f"{ISSUE}:4: ", "in the year 2206.")),
    Bad("wrong date", {ARTICLE: article(date="next week")}, (f"{ARTICLE}:3: ", "must be a date")),
    Bad("impossible date", {ARTICLE: article(date="2026-02-30")}, (f"{ARTICLE}:3: ", '`date` is "2026-02-30", and there is no such day.')),
    Bad("tags as text", {ARTICLE: article(tags="one, two")}, (f"{ARTICLE}:4: ", "must be a list", "`tags: [one, two]`")),
    Bad("tags with semicolons", {ARTICLE: article(tags="one;two")}, (f"{ARTICLE}:4: ", "`tags: [one, two]`")),
    Bad("tags as number", {ARTICLE: article(tags="{a: b}")}, (f"{ARTICLE}:4: ", "must be a list")),
    Bad("tag twice", {ARTICLE: article(tags="[research, research]")}, (f"{ARTICLE}:4: ", '"research" twice')),
    Bad("misspelt key", {ARTICLE: article(titel="x")}, (f"{ARTICLE}:5: ", "`titel` is not known", "title")),
    Bad("own key", {ARTICLE: article(zzzz="x")}, (f"{ARTICLE}:5: ", "`zzzz` is not known", "extra")),
    Bad("draft as text", {ARTICLE: article(draft="maybe")}, (f"{ARTICLE}:5: ", "true or false")),
    Bad("unknown layout", {ARTICLE: article(layout="crad")}, (f"{ARTICLE}:5: ", 'Did you mean "card"?')),
    Bad("unknown audience", {ARTICLE: article(audience="clinician")}, (f"{ARTICLE}:5: ", 'Did you mean "clinicians"?')),
    Bad("words after a comment sign", {ARTICLE: article("The #1 kitchen")}, (f"{ARTICLE}:2: ", '"#1 kitchen" would be left out', '"The #1 kitchen"')),
    Bad("quoted words and a comment sign", {ARTICLE: article('An "A" #1')}, ('quotes, "An \\"A\\" #1", or',)),
    Bad("words after a comment sign in a list", {"issues/links/a.yml": "- title: A\n  url: https://a.example\n  comment: Of #rust\n"}, ("issues/links/a.yml:3: ", '"#rust" would be left out')),
    Bad("two words for dek", {ARTICLE: article(dek="a", summary="b")}, (f"{ARTICLE}:6: ", "two words for the dek")),
    Bad("unknown related", {ARTICLE: article(related="[glutamat]")}, (f"{ARTICLE}:5: ", 'Did you mean "glutamate"?')),
    Bad("two articles with one slug", {ARTICLE: article(slug="glutamate")}, ("glutamate.md:1: ", f'"glutamate" is taken by {ARTICLE}')),
    Bad("tag in two spellings", {ARTICLE: article(tags="[Research]")}, ("is spelt", "Use one spelling")),
    Bad("title with newline", {ARTICLE: "---\ntitle: |\n  one\n  two\ndate: 2026-01-01\n---\n"}, (f"{ARTICLE}:2: ", "line break")),
    Bad("slug leaves the workspace", {ARTICLE: article(slug="../x")}, (f"{ARTICLE}:5: ", '"../x"')),
    Bad("absolute slug", {ARTICLE: article(slug="/etc/passwd")}, (f"{ARTICLE}:5: ", "/etc/passwd")),
    Bad("slug with NUL", {ARTICLE: article(slug='"a\\0b"')}, (f"{ARTICLE}:5: ", "U+0000")),
    Bad("reserved slug", {ARTICLE: article(slug="nul")}, (f"{ARTICLE}:5: ", "reserved")),
    Bad("dot slug", {ARTICLE: article(slug="..")}, (f"{ARTICLE}:5: ",)),
    Bad("upper case file", {"issues/articles/Bad Name.md": article()}, ("issues/articles/Bad Name.md", '"bad-name"')),
    Bad("control character", {ARTICLE: article(body="a\x07b")}, (f"{ARTICLE}:6: ", "U+0007")),
    Bad("C1 control", {ARTICLE: article(body="a\x85b")}, (f"{ARTICLE}:6: ", "U+0085")),
    Bad("lone surrogate", {ARTICLE: article(body="a\ud800b")}, (f"{ARTICLE}:6: ", "not UTF-8")),
    Bad("escaped lone surrogate", {ARTICLE: article(title='"a\\ud800b"')}, (ARTICLE,)),
    Bad("not utf-8", {ARTICLE: article(body="café").encode("latin-1")}, (f"{ARTICLE}:6: ", "not UTF-8")),
    Bad("alias bomb", {ARTICLE: "---\na: &a [x, x]\nb: &b [*a, *a]\n---\n"}, (f"{ARTICLE}:2: ", "alias")),
    Bad("deep yaml", {ARTICLE: "---\na: " + "[" * 60_000 + "\n---\n"}, (f"{ARTICLE}:2: ", "too many")),
    Bad("image missing", {ARTICLE: article(body="![A](no.png)")}, (f"{ARTICLE}:6: ", '"no.png" does not exist')),
    Bad("image is none", {ARTICLE: article(body="![A](x.png)"), "issues/articles/x.png": b"text"}, (f"{ARTICLE}:6: ", "is not an image")),
    Bad("image cut short", {ARTICLE: article(body="![A](x.png)"), "issues/articles/x.png": png()[:-20]}, (f"{ARTICLE}:6: ", "is not an image")),
    Bad("svg image", {ARTICLE: article(body="![A](x.svg)"), "issues/articles/x.svg": "<svg/>"}, (f"{ARTICLE}:6: ", "PNG")),
    Bad("lead image missing", {ARTICLE: article(image="no.png", image_alt="A picture")}, (f"{ARTICLE}:5: ", '"no.png" does not exist')),
    Bad("lead image without alt", {ARTICLE: article(image="x.png"), "issues/articles/x.png": png()}, (f"{ARTICLE}:5: ", "image_alt")),
    Bad("image outside", {ARTICLE: article(body="![A](../../../x.png)")}, (f"{ARTICLE}:6: ", "leaves the workspace")),
    Bad("foreign image", {ARTICLE: article(body="![A](https://x.example/a.png)")}, (f"{ARTICLE}:6: ", "not in the workspace")),
    Bad("link to no article", {ARTICLE: article(body="[a](glutamat.md)")}, (f"{ARTICLE}:6: ", 'Did you mean "glutamate"?')),
    Bad("link to an issue", {ARTICLE: article(body="[a](../001-the-plastic-brain/issue.md)\n\n[b](../001-the-plastic-brain)")}, (f"{ARTICLE}:6: ", f"{ARTICLE}:8: ", "write https://synapse.example/news/issues/001-the-plastic-brain/\n")),
    Bad("image with spaces, missing", {ARTICLE: article(body="![A](my photo.png)")}, (f"{ARTICLE}:6: ", '"my photo.png" does not exist')),
    Bad("image with spaces, unclear", {ARTICLE: article(body="![A](my photo)")}, (f"{ARTICLE}:6: ", "contains a space", "`![…](<my photo.png>)`")),
    Bad("link with spaces", {ARTICLE: article(body="[a](my page.md)")}, (f"{ARTICLE}:6: ", '"my page.md" leads to no article')),
    Bad("web address with spaces", {ARTICLE: article(body="[a](https://x.example/my page)")}, (f"{ARTICLE}:6: ", "contains a space", "%20")),
    Bad("script link", {ARTICLE: article(body="[a](javascript:alert%281%29)")}, (f"{ARTICLE}:6: ",)),
    Bad("unknown container", {ARTICLE: article(body="::: calout\nx\n:::")}, (f"{ARTICLE}:6: ", "callout")),
    Bad("open container", {ARTICLE: article(body="::: callout\nx")}, (f"{ARTICLE}:6: ",)),
    Bad("audiences as text", {ARTICLE: article(audience="everyone and clinicians")}, (f"{ARTICLE}:5: ", "`audience: [everyone, clinicians]`")),
    Bad("unknown audience of a block", {ARTICLE: article(body="::: only audience=clinician\nx\n:::")}, (f"{ARTICLE}:6: ", 'Did you mean "clinicians"?')),
    Bad("unknown merge field", {ARTICLE: article(body="{{ frist_name }}")}, (f"{ARTICLE}:6: ", "first_name")),
    Bad("issue without number", {"issues/000-x/issue.md": "---\ntitle: x\ndate: 2026-02-01\n---\n"}, ("issues/000-x/issue.md", "a number from 1, a hyphen and a slug"), ("build", "000-x")),
    Bad("issue number as text", {ISSUE: issue().replace("number: 1", "number: one")}, (f"{ISSUE}:2: ", "whole number")),
    Bad("number and folder differ", {ISSUE: issue(2)}, (f"{ISSUE}:2: ", "Make them the same")),
    Bad("two issues with one number", {"issues/01-again/issue.md": issue()}, ("the number 1 is taken by", "next free number is 2"), ("build", "01-again")),
    Bad("folder without number", {"issues/later/issue.md": issue()}, ("issues/later/issue.md", "a number from 1, a hyphen and a slug"), ("build", "later")),
    Bad("misspelt preview text", {ISSUE: issue(more="previw_text: x\n")}, (f"{ISSUE}:5: ", 'Did you mean "preview_text"?')),
    Bad("unknown merge field in subject", {ISSUE: issue(more="subject: Dear {{ nam }}\n").replace("Dear {{ nam }}", "'Dear {{ nam }}'")}, (f"{ISSUE}:5: ", "`subject`", 'Did you mean "name"?')),
    Bad("unknown merge field in address", {"newsletter.toml": SETTINGS.replace("/unsubscribe", "/{{ emial }}")}, ("newsletter.toml:7: ", 'Did you mean "email"?')),
    Bad("unknown tag", {ISSUE: issue(more="sections:\n  - title: Research\n    tags: {any: [reserch]}\n")}, (f"{ISSUE}:6: ", '"reserch", which no article has', 'Did you mean "research"?')),
    Bad("unknown pin", {ISSUE: issue(more="sections:\n  - title: R\n    pin: [glutamat]\n")}, (f"{ISSUE}:6: ", 'pins "glutamat"', 'Did you mean "glutamate"?')),
    Bad("pinned draft", {ARTICLE: article(draft="true"), ISSUE: issue(more="sections:\n  - title: R\n    pin: [bad]\n")}, (f"{ISSUE}:6: ", "it is a draft")),
    Bad("pinned twice", {ISSUE: issue(more="sections:\n  - {title: A, pin: [glutamate]}\n  - {title: B, pin: [glutamate]}\n")}, (f"{ISSUE}:7: ", "pins too")),
    Bad("unknown exclude", {ISSUE: issue(more="exclude: [a-not]\n")}, ('excludes "a-not"', 'Did you mean "a-note"?')),
    Bad("nothing to read", {ISSUE: issue(date="2025-01-01", letter="<!-- later -->")}, (f"{ISSUE}:2: ", "selects no article", "pressroom plan 1")),
    Bad("none alone", {ISSUE: issue(more="sections:\n  - title: R\n    tags: {none: [research]}\n")}, (f"{ISSUE}:7: ", "takes nothing")),
    Bad("broken lock", {"issues/001-the-plastic-brain/issue.lock": "{\n  version: 2\n}\n"}, ("issue.lock:2: ", "broken", "--update")),
    Bad("colour by name", {"newsletter.toml": SETTINGS + '[theme.colors]\naccent = "teal"\n'}, ("newsletter.toml:", "six digits")),
    Bad("unknown time zone", {"newsletter.toml": SETTINGS.replace("Europe/London", "Europe/Londn")}, ("newsletter.toml:4: ", 'Did you mean "Europe/London"?')),
    Bad("sender is no address", {"newsletter.toml": SETTINGS.replace("<letters@synapse.example>", "")}, ("newsletter.toml:5: ", "mail address")),
    Bad("logo missing", {"newsletter.toml": SETTINGS + '[theme]\nlogo = "logo.png"\nlogo_alt = "Synapse"\n'}, ("newsletter.toml", '"logo.png" does not exist')),
    Bad("missing template", {"templates/email/issue.mjml.j2": '{% extends "default/email/isue.mjml.j2" %}'}, ("templates/email/issue.mjml.j2", "isue")),
    Bad("circular template", {"templates/email/issue.mjml.j2": '{% extends "email/issue.mjml.j2" %}'}, ("templates/email/issue.mjml.j2",)),
    *(
        Bad(f"template with {text}", {"templates/email/parts/letter.mjml.j2": f"x\n{text}"}, ("templates/email/parts/letter.mjml.j2:", *says))
        for text, says in (
            ("{% if %}", ("this is not a Jinja template: ",)),
            ("{% block a %}{% endblock %", ('there is "%" where `%}` should be.',)),
            ("{{ email.title }", ('"}" cannot be here.', "A printed value is `{{ … }}`")),
            ("{{ email title }}", ('there is "title" where `}}` should be.',)),
            ("{% if email %}", ("`{% if … %}` has no end.", "End it with `{% endif %}`.")),
            ("{% block a %}{% if email %}{% endblock %}", ("`{% if … %}` has no end before `{% endblock %}`.",)),
            ("{% iff email %}", ('there is no tag "iff".', 'Did you mean "if"?')),
            ("{% if email %}{% endfi %}", ('there is no tag "endfi".', 'Did you mean "endif"?')),
            ("{{ email | uper }}", ('there is no filter "uper".', 'Did you mean "upper"?')),
        )
    ),
    Bad("misspelt mjml element", {"templates/email/parts/letter.mjml.j2": "\n<mj-sectoin></mj-sectoin>"}, ("templates/email/parts/letter.mjml.j2:2: ", "mj-section")),
    Bad("misspelt mjml attribute", {"templates/email/parts/letter.mjml.j2": '<mj-section>\n<mj-column widht="2px"></mj-column></mj-section>'}, ("templates/email/parts/letter.mjml.j2:2: ", "width")),
)
# fmt: on


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name.replace(" ", "-"))
def test_bad_input_meets_a_clear_error(bad: Bad, workspace: WorkspaceRunner) -> None:
    workspace.write(bad.files)
    before = workspace.tree()
    said = workspace.error(*bad.command)
    for part in bad.says:
        assert part in said
    assert workspace.tree() == before


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (
            {"newsletter.toml": SETTINGS.replace("base_url", "base_ulr")},
            "newsletter.toml:2: the key `base_ulr`",
        ),
        ({ISSUE: issue().replace("title:", "titel:")}, f"{ISSUE}:3: the key `titel`"),
        ({ISSUE: issue().replace("date:", "dat:")}, f"{ISSUE}:4: the key `dat`"),
        (
            {"issues/links/a.yaml": "- title: A\n  ulr: https://a.org\n"},
            "issues/links/a.yaml:2: the key `ulr`",
        ),
    ],
)
def test_a_misspelt_key_that_has_to_be_there_is_one_mistake_and_not_missing_too(
    files: dict[str, str], place: str, workspace: WorkspaceRunner
) -> None:
    workspace.write(files)
    said = workspace.error("build")
    assert said.startswith(f"{place} is not known.\n    Did you mean ") and "missing" not in said


def test_hints_are_in_the_notation_of_the_file(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {"newsletter.toml": SETTINGS.replace("title =", "# title =", 1) + '[[sections]]\ntitle = "A"\n'}
    )
    assert 'Add a line `title = "…"`.' in workspace.error("build")
    assert '`tags = { any = ["a-tag"] }` or `pin = ["an-article"]`' in workspace.error("build")
    workspace.write({"newsletter.toml": SETTINGS + '[[sections]]\ntitle = "A"\ntags = { any = "a, b" }\n'})
    said = workspace.error("build")
    assert 'Write `any = ["a", "b"]`.' in said and "takes no articles" not in said
    workspace.write({"newsletter.toml": SETTINGS, ISSUE: issue(more="sections: [{title: A}]\n")})
    assert "Give it `tags: {any: [a-tag]}` or `pin: [an-article]`." in workspace.error("build", "1")


def test_all_mistakes_of_a_workspace_are_reported_in_one_run(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "newsletter.toml": SETTINGS.replace("Europe/London", "Nowhere"),
            "issues/articles/one.md": "---\ndate: soon\n---\n",
            "issues/articles/two.md": "---\ntitle: A: B\n---\n",
            "issues/002-two/issue.md": issue(3),
        }
    )
    said = workspace.error("build", "1")
    for part in ("newsletter.toml:4", "one.md:1", "one.md:2", "two.md:2", "002-two/issue.md:2"):
        assert part in said
    assert "5 mistakes. Nothing was written." in said
    for reading in (["plan", "1"], ["check"], ["status"], ["articles"]):
        assert workspace.error(*reading).endswith("\n5 mistakes.\n")


def test_no_workspace_says_how_to_make_one(tmp_path) -> None:
    said = WorkspaceRunner(tmp_path).error("status")
    assert "no newsletter.toml" in said
    assert "pressroom init DIR" in said


def test_an_edited_article_of_a_frozen_issue_is_an_error_that_names_both_ways_out(
    workspace: WorkspaceRunner,
) -> None:
    workspace.ok("assemble", "1")
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", body="Other words.")})
    said = workspace.error("build")
    assert 'issues/001-the-plastic-brain/issue.lock: the article "glutamate" was edited' in said
    assert "pressroom assemble 1 --refresh" in said
    workspace.ok("assemble", "1", "--refresh")
    workspace.ok("build")


def test_a_deleted_article_of_a_frozen_issue_is_an_error(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    (workspace.root / "issues/articles/glutamate.md").unlink()
    said = workspace.error("build")
    assert 'carries "glutamate", which is no longer in the pool' in said
    assert "pressroom assemble 1 --update" in said


def test_where_an_issue_has_to_be_chosen_again_nothing_else_is_advised(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    (workspace.root / "issues/articles/glutamate.md").unlink()
    workspace.write({"issues/articles/a-note.md": article("A note", tags="[notes]", body="Other words.")})
    for command in ("build", "assemble"):
        said = workspace.error(command, "1")
        assert "--refresh" not in said
        assert said.count("pressroom assemble 1 --update") == 2
    workspace.ok("assemble", "1", "--update")
    workspace.ok("build")


def test_a_default_section_and_an_article_that_spell_a_tag_differently_are_both_named(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({"issues/articles/a-note.md": article("A note", tags="[note]")})
    said = workspace.error("plan", "1")
    assert 'takes the tag "notes", which no article has, and issues/articles/a-note.md:4 has "note".' in said
    assert 'Write "notes" there, or "note" here.' in said
    workspace.write({"issues/articles/a-note.md": article("A note", tags="[note]", draft="true")})
    workspace.ok("plan", "1")


def test_an_edited_picture_counts_as_an_edit(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/glutamate.md": article(body="![A synapse](x.png)"),
            "issues/articles/x.png": png(),
        }
    )
    workspace.ok("assemble", "1")
    workspace.write({"issues/articles/x.png": png(16, 16)})
    assert '"glutamate" was edited' in workspace.error("build")


def test_a_title_with_quotes_is_sound(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article('"The \\"switch\\" & <more>"')})
    workspace.ok("build")
    assert 'The "switch" & <more>' in workspace.read("build/issues/001-the-plastic-brain/email.txt")


def test_a_failed_build_leaves_the_last_good_one(workspace: WorkspaceRunner) -> None:
    workspace.ok("build")
    before = workspace.tree("build")
    workspace.write({"issues/articles/glutamate.md": article(body="![A](no.png)")})
    workspace.error("build")
    assert workspace.tree("build") == before


def test_a_link_to_a_private_article_is_an_error_level_finding(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/private.md": article(audience="clinicians"),
            "issues/articles/glutamate.md": article(body="[a](private.md) and [b](later.md)"),
            "issues/articles/later.md": article(tags="[other]"),
        }
    )
    workspace.ok("assemble", "1")
    result = workspace.run("build")
    assert result.exit_code == 1
    assert "LINK002" in result.stderr and "it is for clinicians only" in result.stderr
    assert "LINK001" in result.stderr and '"later", which has no page yet' in result.stderr
    assert (workspace.root / "build/issues/001-the-plastic-brain/email.html").is_file()


@pytest.mark.parametrize(
    "command", [["assemble", "1"], ["build"], ["check", "1"], ["test", "1", "--to", "a@b.example"]]
)
@pytest.mark.parametrize(
    "swallows", ["The <title> element.", "<!-- a note", "<![CDATA[ a note", '<div title="x>\nWords.']
)
def test_what_would_swallow_the_words_after_it_is_an_error(
    workspace: WorkspaceRunner, swallows: str, command: list[str]
) -> None:
    workspace.write({
        "issues/articles/glutamate.md": article(body=f"One.\n\n{swallows}\n\nLast."),
        "issues/001-the-plastic-brain/issue.md": issue(letter=f"{swallows}\n\nLast."),
    })  # fmt: skip
    said = workspace.error(*command)
    assert (
        "issues/articles/glutamate.md:8: `<" in said
        and "is not closed, so that what follows would be lost" in said
    )
    assert "issues/001-the-plastic-brain/issue.md:6: `<" in said


@pytest.mark.parametrize("name", ["9" * 5000, "²", "\u0661"])
def test_what_looks_like_a_number_is_no_issue(workspace: WorkspaceRunner, name: str) -> None:
    assert f'there is no issue "{name}".' in workspace.error("build", name)


def test_an_unknown_issue_is_suggested(workspace: WorkspaceRunner) -> None:
    said = workspace.error("plan", "the-plastik-brain")
    assert 'Did you mean "the-plastic-brain"?' in said


@pytest.mark.parametrize(
    "arguments", [["build", "--nope"], ["export"], ["assemble", "1", "--update", "--refresh"]]
)
def test_wrong_usage_exits_with_2(workspace: WorkspaceRunner, arguments: list[str]) -> None:
    assert workspace.run(*arguments).exit_code == 2


def test_a_link_back_up_the_pool_is_not_followed(workspace: WorkspaceRunner) -> None:
    (workspace.root / "issues/articles/loop").symlink_to(".")
    assert [each["slug"] for each in workspace.json("articles")] == ["glutamate", "a-note"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_build_that_is_told_to_end_leaves_the_last_good_one(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.ok("build")
    before = workspace.tree("build")
    workspace.write({"issues/articles/glutamate.md": article("Another title")})
    monkeypatch.setattr(
        "pipeline.actions.built_parts._make_part", lambda *_: os.kill(os.getpid(), signal.SIGTERM)
    )
    earlier = signal.getsignal(signal.SIGTERM)
    try:
        assert workspace.run("build").exit_code == 128 + signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, earlier)
    assert workspace.tree("build") == before
    assert sorted(each.name for each in (workspace.root / "build").iterdir()) == ["issues", "site"]


def test_a_name_that_a_template_does_not_know_is_told_in_the_templates_words(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({"templates/email/parts/letter.mjml.j2": "{{ email.titel }}"})
    said = workspace.error("build", "1")
    assert 'templates/email/parts/letter.mjml.j2:1: "email" has no "titel".' in said
    assert 'Did you mean "title"?' in said


def test_a_missing_logo_names_its_setting(workspace: WorkspaceRunner) -> None:
    workspace.write({"newsletter.toml": SETTINGS + '\n[theme]\nlogo = "none.png"\nlogo_alt = "Synapse"\n'})
    assert 'newsletter.toml:28: `logo`: the image "none.png" does not exist.' in workspace.error("build", "1")


def test_a_missing_alt_text_is_reported_only_once_the_picture_is_there(workspace: WorkspaceRunner) -> None:
    folder = "issues/001-the-plastic-brain"
    workspace.write({
        "newsletter.toml": SETTINGS + '\n[theme]\nlogo = "logo.png"\n',
        "issues/articles/glutamate.md": article(image="lead.png"),
        f"{folder}/issue.md": issue(more="image: window.png\n"),
    })  # fmt: skip
    missing = workspace.error("build", "1") + workspace.error("check", "1")
    for name in ("lead.png", "window.png"):
        assert f'the image "{name}" does not exist' in missing
    assert "_alt" not in missing
    workspace.write({"issues/articles/lead.png": png(), f"{folder}/window.png": png()})
    without_alt = workspace.error("build", "1")
    assert "glutamate.md:5: the image has no `image_alt`." in without_alt
    assert f"{folder}/issue.md:5: the image has no `image_alt`." in without_alt
    workspace.write({"issues/articles/glutamate.md": article(), f"{folder}/issue.md": issue()})
    missing = workspace.error("build", "1")
    assert '"logo.png" does not exist' in missing and "_alt" not in missing
    workspace.write({"logo.png": png()})
    assert "newsletter.toml:28: the logo has no `logo_alt`." in workspace.error("build", "1")


def test_a_section_whose_tags_are_empty_takes_nothing_and_says_so(workspace: WorkspaceRunner) -> None:
    workspace.write({ISSUE: issue(more="sections:\n  - title: Research\n    tags: {any: []}\n")})
    assert "it takes no articles" in workspace.error("build", "1")


def test_a_merge_field_in_the_host_of_an_address_is_an_error_and_not_lost(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article(body="[Vote](https://{{email}}.example/)")})
    assert "glutamate.md:6: the address" in workspace.error("build", "1")
    workspace.write({"issues/articles/glutamate.md": article(body="[Leave]({{ unsubscribe_url }})")})
    workspace.ok("build", "1")


@pytest.mark.parametrize(
    "body",
    [
        "<div>\n::: only audience=clinicians\nSECRET\n:::\n</div>",
        "<p>\n::: email-only\nSECRET\n:::",
        "::: callout\n<div>\n::: only audience=clinicians\nSECRET\n:::\n</div>\n:::",
        "::: only audience=clinicians\n<div>\n:::\nSECRET\n</div>",
        ":: only audience=clinicians\nSECRET\n::",
        "：：： only audience=clinicians\nSECRET\n：：：",
        "\u200b::: only audience=clinicians\nSECRET\n:::",
        ":: : email-only\nSECRET",
    ],
)
def test_a_fence_that_is_not_read_as_one_never_publishes_what_it_was_to_hide(
    workspace: WorkspaceRunner, body: str
) -> None:
    workspace.write({"issues/articles/glutamate.md": article(body=body)})
    said = workspace.error("build")
    assert "issues/articles/glutamate.md:" in said
    assert not (workspace.root / "build").exists()


def test_colons_that_are_no_fence_are_text(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {"issues/articles/glutamate.md": article(body="The only rule:: none.\n\n`::: only`\n\n    ::: only")}
    )
    workspace.ok("build", "1")


def test_a_lock_for_an_audience_that_the_issue_no_longer_names_stops_the_build(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({ISSUE: issue(more="audience: [everyone, clinicians]\n")})
    workspace.ok("assemble", "1")
    workspace.write({ISSUE: issue(more="audience: clinicians\n")})
    assert 'it was frozen for "everyone", which the issue no longer names.' in workspace.error("build")
    lock = "issues/001-the-plastic-brain/issue.lock"
    workspace.write(
        {ISSUE: issue(), lock: workspace.read(lock).replace('"everyone"', '"../../../../tmp/evil"')}
    )
    assert "no longer names" in workspace.error("build")


def test_what_a_lock_hides_behind_an_escape_is_found(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    lock = "issues/001-the-plastic-brain/issue.lock"
    workspace.write({lock: workspace.read(lock).replace('"Research"', '"Re\\ud800search"')})
    assert "U+D800" in workspace.error("build")


def test_an_empty_audience_closes_nothing_and_is_an_error(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article(audience="[]")})
    assert "glutamate.md:5: `audience` is empty." in workspace.error("build")
    workspace.write({"issues/articles/glutamate.md": article(audience="")})
    assert "glutamate.md:5: `audience` is empty." in workspace.error("build")


def test_the_default_preview_text_says_nothing_that_the_web_does_not_show(workspace: WorkspaceRunner) -> None:
    letter = (
        "::: email-only\nA code for readers of this email alone, ABC-123.\n:::\n\nGood morning to all of you."
    )
    workspace.write({ISSUE: issue(letter=letter)})
    workspace.ok("assemble", "1")
    workspace.ok("build", "--now", "2026-02-02")
    assert not any(b"ABC-123" in data for data in workspace.tree("build/site").values())
    assert "ABC-123" in workspace.read("build/issues/001-the-plastic-brain/email.txt")


def test_related_names_no_article_of_an_issue_dated_later(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            ISSUE: issue(date="2030-01-01", more="exclude: [third]\n"),
            "issues/002-next/issue.md": issue(2, "Next", date="2026-03-01"),
            "issues/articles/third.md": article(
                "Third", tags="[research]", date="2026-02-20", related="[a-note]"
            ),
        }
    )
    workspace.write({"issues/articles/glutamate.md": article(date="2029-01-01")})
    workspace.ok("assemble", "1")
    workspace.ok("assemble", "2")
    workspace.ok("build", "2")
    assert "A note" not in workspace.read("build/issues/002-next/email.txt")


def test_an_export_never_takes_the_place_of_a_folder_with_other_files(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.ok("export", "1", "-o", str(workspace.root / "mine"))
    workspace.ok("export", "1", "-o", str(workspace.root / "mine"))
    workspace.write({"mine/notes.txt": "mine"})
    assert "exists already and is not an export." in workspace.error(
        "export", "1", "-o", str(workspace.root / "mine")
    )
    assert workspace.read("mine/notes.txt") == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes that are files")
def test_a_source_that_never_ends_is_an_error(workspace: WorkspaceRunner) -> None:
    os.mkfifo(workspace.root / ARTICLE)
    assert f"{ARTICLE}: is not a file." in workspace.error("build")


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_file_name_that_is_no_utf8_is_an_error(workspace: WorkspaceRunner) -> None:
    name = os.fsdecode(b"x\xff.md")
    (workspace.root / "issues/articles" / name).write_text(article(), encoding="utf-8")
    assert "is not UTF-8" in workspace.error("build")
