"""`no_tracking`: whatever could follow a reader is found, wherever in the finished email it is."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from check_kit import Case, check_context
from golden_kit import GOLDEN
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png

from pipeline.checks.context import CheckContext
from pipeline.checks.rules import RULES
from pipeline.checks.runner import rules_of_codes, run_rules
from pipeline.config.i18n import load_messages
from pipeline.export.targets import find
from pipeline.model import TARGETS, MergeField
from pipeline.support import merge
from pipeline.support.templating import Templates

PROMISE = "no_tracking = true"
RULES_ON_IT = rules_of_codes(RULES, ["TRACK001", "TRACK002", "TRACK003", "TRACK004"])
FOOTER = "templates/email/parts/footer.mjml.j2"

PICTURES = {
    "pixel": '<img src="https://p.example/o.gif" width="1" height="1" alt="">',
    "pixel by style": '<img src="https://p.example/o.gif" style="height:1px;width:1px" alt="">',
    "pixel of no size": '<img src="https://p.example/o.gif" width="0" height="0" alt="">',
    "pixel without height": '<img src="https://p.example/o.gif" width="1" alt="">',
    "picture of each reader": '<img src="https://p.example/{{ email:url }}.png" width="600" height="20" alt="A">',
    "background of each reader": '<div style="background:url(https://p.example/?{{ email:url }})">A</div>',
    "table of each reader": '<table background="https://p.example/?{{ name:url }}"></table>',
    "sheet of each reader": '<link rel="stylesheet" href="https://p.example/?{{ name:url }}">',
    "style of each reader": "<style>@import 'https://p.example/?{{ name:url }}';</style>",
    "sharper picture": '<img src="https://p.example/a.png" srcset="https://p.example/{{ name:url }} 2x" alt="A">',
}
REDIRECTS = {
    name: f'<a href="{url}">A</a>'
    for name, url in {
        "mailchimp": "https://x.us1.list-manage.com/track/click?u=1&id=2&e=3",
        "ses": "https://2g2zw50k.r.eu-central-1.awstrack.me/L0/https:%2F%2Fjournal.example%2F/1/2",
        "postmark": "https://click.pstmrk.it/3s/journal.example/1",
        "beehiiv": "https://link.mail.beehiiv.com/ss/c/u001.x",
        "kit": "https://bdfa326f.click.convertkit-mail2.com/p9/08/aHR0",
        "shortener": "https://bit.ly/3xYz",
        "gateway": "https://nam01.safelinks.protection.outlook.com/?url=x",
        "search": "https://www.google.com/url?q=x",
        "held": "https://go.example/?to=https%3A%2F%2Fjournal.example%2Freview&id=1",
        "held as it is": "https://go.example/?id=1&u=http://journal.example/",
    }.items()
}
OWN = {
    "link of each reader": '<a href="https://p.example/?who={{ email:url }}">A</a>',
    "view of each reader": '<a href="{{ web_url }}">A</a>',
    "form of each reader": '<form action="https://p.example/{{ email:url }}"></form>',
    "answer of each reader": '<a href="mailto:a@p.example?subject={{ name:url }}">A</a>',
}
KINDS = {"TRACK001": PICTURES, "TRACK002": REDIRECTS, "TRACK003": OWN}
PLACES = {
    "in the text": ("The trial counted those who improved.", "Counted. {}"),
    "at the end": ("</body>", "{}</body>"),
    "for Outlook": ("</body>", "<!--[if mso]>{}<![endif]--></body>"),
    "for all but Outlook": ("</body>", "<!--[if !mso]><!-->{}<!--<![endif]--></body>"),
    "for an old Outlook": ("</body>", "<!--[if lt mso 12]>{}<![endif]--></body>"),
    "in the head": ("</head>", "{}</head>"),
}


def codes(case: Case) -> set[str]:
    return {each.code for each in run_rules(check_context(case), RULES_ON_IT).findings}


@pytest.mark.parametrize("place", rows(PLACES, list(PLACES)[:1]))
@pytest.mark.parametrize(("code", "kind"), [(code, kind) for code, kinds in KINDS.items() for kind in kinds])
def test_each_kind_is_found_wherever_it_is(code: str, kind: str, place: str) -> None:
    old, new = PLACES[place]
    planted = (old, new.format(KINDS[code][kind]))
    assert codes(Case(settings=PROMISE, html=planted)) == {code}
    assert codes(Case(html=planted)) == set()


EMAIL = merge.mark(MergeField("email", "nobody", encoded=True))


@pytest.mark.parametrize(
    ("code", "address"),
    [
        ("TRACK002", "https://bit.ly/3xYz."),
        ("TRACK003", f"https://p.example/?who={EMAIL}&x"),
        ("TRACK003", f"mailto:a@p.example?subject={EMAIL}"),
        ("TRACK003", merge.mark(MergeField("web_url"))),
    ],
)
def test_an_address_of_the_text_part_is_found(code: str, address: str) -> None:
    def planted(context: CheckContext) -> CheckContext:
        text = merge.marked(context.rendered.text).replace("The trial", f"See {address} The trial")
        return replace(context, rendered=replace(context.rendered, text=merge.text(text)))

    assert codes(Case(settings=PROMISE, change=planted)) == {code}


def test_a_picture_file_of_one_pixel_is_found_with_its_line(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "newsletter.toml": f"{PROMISE}\n{SETTINGS}",
        "issues/articles/dot.png": png(1, 1),
        "issues/articles/glutamate.md": article(body="Words.\n\n![A dot](dot.png)"),
    })  # fmt: skip
    result = workspace.run("check", "1", "--only", "TRACK001")
    assert result.exit_code == 1
    assert "issues/articles/glutamate.md:8: error TRACK001: the picture" in result.stdout.replace("  ", " ")


def test_the_promise_stops_an_export_and_says_where_each_violation_is(workspace: WorkspaceRunner) -> None:
    footer = (Path(__file__).parents[2] / FOOTER).read_text(encoding="utf-8")
    settings = f"{PROMISE}\n{SETTINGS}\n"
    workspace.write({
        "newsletter.toml": f'{settings}[links.parameters]\nutm_source = "x"\n',
        FOOTER: footer.replace("<p style", '<img src="https://p.example/o.gif" width="1" height="1" alt="">\n<p style', 1),
        "issues/001-the-plastic-brain/issue.md": issue(letter="[Vote](https://p.example/?{{ email }})"),
        "issues/articles/glutamate.md": article(body="A [study](https://bit.ly/3xYz)."),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    result = workspace.run("export", "1", "--json")
    assert result.exit_code == 1
    told = workspace.run("check", "1", "--json")
    found = {
        each["code"]: f"{each['path']}:{each['line']}"
        for each in json.loads(told.stdout)["findings"]
        if "TRACK" in each["code"]
    }
    assert found == {
        "TRACK001": f"{FOOTER}:7",
        "TRACK002": "issues/articles/glutamate.md:6",
        "TRACK003": "issues/001-the-plastic-brain/issue.md:6",
        "TRACK004": f"newsletter.toml:{settings.count(chr(10)) + 1}",
    }


@pytest.mark.slow
def test_an_issue_with_every_block_keeps_the_promise_but_for_its_polls(tmp_path: Path) -> None:
    workspace = WorkspaceRunner(tmp_path / "golden")
    shutil.copytree(GOLDEN, workspace.root)
    workspace.write({"newsletter.toml": f"{PROMISE}\n{workspace.read('newsletter.toml')}"})
    told = json.loads(workspace.run("check", "1", "--json").stdout)["findings"]
    tracking = [each["message"] for each in told if each["code"].startswith("TRACK")]
    assert [each for each in tracking if "{{ " not in each] == []


@pytest.mark.parametrize("language", ["en", "en-US", "de", "es", "fr", "ar", "he"])
def test_the_footer_says_it_in_html_and_text(language: str, workspace: WorkspaceRunner) -> None:
    settings = SETTINGS.replace('language = "en-GB"', f'language = "{language}"')
    sentence = load_messages(Templates(), language).phrases["no_tracking"]
    for promise in (True, False):
        workspace.write({"newsletter.toml": f"no_tracking = {str(promise).lower()}\n{settings}"})
        workspace.ok("build", "1")
        for name in ("email.html", "email.txt"):
            built = workspace.read(f"build/issues/001-the-plastic-brain/{name}")
            assert (sentence in " ".join(built.split())) is promise


@pytest.mark.parametrize("target", rows(TARGETS, {"mailchimp", "listmonk"}))
def test_an_export_says_how_the_services_own_counting_is_switched_off(
    target: str, workspace: WorkspaceRunner
) -> None:
    workspace.write({"newsletter.toml": f"{PROMISE}\n{SETTINGS}"})
    workspace.ok("assemble", "1")
    result = workspace.run("export", "1", "--to", target, "--force")
    assert result.exit_code == 0, result.output
    told = " ".join(result.stderr.split())
    assert f"{find(target).title} may count opens and clicks itself" in told
    assert (find(target).tracking or "See in its settings whether it does.") in told
