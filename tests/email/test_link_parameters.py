"""Parameters of `[links]`: in the addresses of the email, nowhere else, and never where they do harm."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from golden_kit import GOLDEN, golden_issue_for
from hypothesis import given
from hypothesis import strategies as st
from model_kit import PUBLICATION
from property_kit import tries
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

from pipeline.model import LinkParameters, LinkScope, MergeText
from pipeline.preview.snapshot import Snapshot
from pipeline.render.email.link_parameters import LinkTagger
from pipeline.support import merge

ISSUE = "issues/001-the-plastic-brain/issue.md"
LINKS = """
[links]
add_to = "all"

[links.parameters]
utm_source = "a letter & {target}"
"für & von" = "{issue}"
utm_content = "{section}"
"""
NAMES = [quote(name, safe="") for name in ("utm_source", "für & von", "utm_content")]
ADDED = re.compile(rf"[?&](?:{'|'.join(NAMES)})=[^&#\s\"]*(?:&(?:{'|'.join(NAMES)})=[^&#\s\"]*)*")


def without(text: str) -> str:
    """A text whose addresses do not have the parameters of `LINKS`."""
    return ADDED.sub("", unescape(text))


def links_of(html: str) -> list[str]:
    """The addresses of links, those that only Outlook reads included."""
    return [unescape(each) for each in re.findall(r'<(?:a|v:\w+)\b[^>]*?\bhref="([^"]*)"', html)]


def exported(workspace: WorkspaceRunner, target: str) -> tuple[str, str]:
    output = workspace.root / "build" / target
    workspace.ok("export", "1", "--to", target, "--force", "--output", str(output))
    html, text = ((output / name).read_text(encoding="utf-8") for name in ("email.html", "email.txt"))
    return html, text


@pytest.mark.parametrize("target", rows(["bundle", "mailchimp"], {"mailchimp"}))
@pytest.mark.slow
def test_but_for_the_parameters_an_email_is_what_it_is_without_the_table(target: str, tmp_path: Path) -> None:
    workspace = golden_issue_for("mailchimp", tmp_path / "golden")
    html, text = exported(workspace, target)
    workspace.write({"newsletter.toml": workspace.read("newsletter.toml") + LINKS})
    tagged_html, tagged_text = exported(workspace, target)
    assert without(tagged_html) == unescape(html)
    # The same address in two sections has two numbers.
    addresses = [set(re.findall(r"https?://\S+", each)) for each in (text, without(tagged_text))]
    assert addresses[0] == addresses[1]
    left_alone = ("/unsubscribe", "/preferences", "mailto:", "tel:", "sms:", "{{", "*|")
    for url in links_of(tagged_html):
        tagged = f"utm_source=a%20letter%20%26%20{target}&" in url
        assert tagged is not any(each in url for each in left_alone), url


@pytest.mark.slow
def test_pages_and_feeds_stay_clean(tmp_path: Path) -> None:
    sites = []
    for settings in ("", LINKS):
        workspace = WorkspaceRunner(tmp_path / str(len(settings)))
        shutil.copytree(GOLDEN, workspace.root)
        workspace.write({"newsletter.toml": workspace.read("newsletter.toml") + settings})
        workspace.ok("assemble", "1", "--now", "2026-02-01")
        workspace.run("build", "--now", "2026-03-01")
        sites.append(workspace.tree("build/site"))
    assert len(sites[0]) > 10
    assert sites[0] == sites[1]


def test_every_command_counts_the_same_bytes(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    plain = workspace.json("build", "1")["editions"][0]["html_bytes"]
    workspace.write({"newsletter.toml": SETTINGS + LINKS})
    built = workspace.json("build", "1")["editions"][0]["html_bytes"]
    budget = workspace.json("check", "1")["editions"][0]["budget"]
    (status,) = workspace.json("status")["issues"]
    snapshot = Snapshot(workspace.root)
    shown = snapshot.checked(snapshot.issue("1"), "everyone").budget.html_bytes
    workspace.ok("export", "1")
    exported = len((workspace.root / "build/export/001-the-plastic-brain/email.html").read_bytes())
    assert built == budget["html"]["bytes"] == status["html_bytes"] == shown == exported > plain
    assert sum(each["bytes"] for each in budget["parts"]) == built


def test_the_check_says_what_is_added(workspace: WorkspaceRunner) -> None:
    workspace.write({"newsletter.toml": f'{SETTINGS}\n[links.parameters]\nutm_source = "letter-{{issue}}"\n'})
    (finding,) = workspace.json("check", "1", "--only", "LINK020")["findings"]
    assert finding["severity"] == "note"
    assert finding["message"] == "`utm_source=letter-{issue}` is added to 4 addresses of the email."
    (finding,) = [each for each in workspace.json("check", "1")["findings"] if "LINK" in each["code"]]
    assert finding["code"] == "LINK020"


def test_a_section_is_named_as_in_addresses_and_left_out_where_a_link_is_in_none(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({
        "newsletter.toml": f'{SETTINGS}\n[links.parameters]\nutm_content = "in-{{section}}"\nutm_id = "{{issue}}"\n',
        ISSUE: issue(letter="[A page](https://synapse.example/a)"),
        "issues/articles/a-note.md": article("A note", tags="[notes]", link="https://synapse.example/b"),
        "issues/articles/glutamate.md": article("Glutamate", body="[Go](https://synapse.example/c?x=1#y)", related="[a-third]"),
        "issues/articles/a-third.md": article("A third", tags="[notes]"),
    })  # fmt: skip
    workspace.ok("build", "1")
    urls = set(links_of(workspace.read("build/issues/001-the-plastic-brain/email.html")))
    third = "https://synapse.example/news/articles/a-third/"
    assert urls >= {
        "https://synapse.example/a?utm_id=1",
        "https://synapse.example/b?utm_content=in-in-brief&utm_id=1",
        "https://synapse.example/c?x=1&utm_content=in-research&utm_id=1#y",
        f"{third}?utm_content=in-research&utm_id=1",
        f"{third}?utm_content=in-in-brief&utm_id=1",
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://synapse.example", "https://synapse.example?utm_source=n"),
        ("https://www.Synapse.example/?", "https://www.Synapse.example/?utm_source=n"),
        ("https://synapse.example/a?b=1&#c?d", "https://synapse.example/a?b=1&utm_source=n#c?d"),
        ("https://synapse.example/?UTM_source=me", "https://synapse.example/?UTM_source=me&utm_source=n"),
        ("https://synapse.example/?utm%5Fsource", None),
        ("https://synapse.example.evil.example/", None),
        ("https://notsynapse.example/", None),
        ("https://[x/", None),
        ("http:///synapse.example", None),
        ("#synapse", None),
        ("", None),
    ],
)
def test_parameters_are_added_to_addresses_of_the_own_host(url: str, expected: str | None) -> None:
    publication = replace(PUBLICATION, links=LinkParameters({"utm_source": "n"}))
    assert LinkTagger(publication, 1, "bundle").address(url) == (expected or url)


@pytest.mark.parametrize("host", ["müller.example", "m%C3%BCller.example", "xn--mller-kva.example"])
def test_a_host_in_its_own_script_is_the_own_one(host: str) -> None:
    links = LinkParameters({"utm_source": "n"})
    publication = replace(PUBLICATION, base_url="https://xn--mller-kva.example/news", links=links)
    url = f"https://{host}/"
    assert LinkTagger(publication, 1, "bundle").address(url) == f"{url}?utm_source=n"


@given(st.text(max_size=30), st.text(max_size=20), st.text(max_size=20), st.booleans())
@tries(200)
def test_what_is_added_can_be_taken_out_again(value: str, query: str, fragment: str, field: bool) -> None:
    value = value.replace("{", "").replace("}", "")
    publication = replace(PUBLICATION, links=LinkParameters({"utm source": value}, LinkScope.ALL))
    written = f"https://far.example/?q={quote(query)}{'&to={{ email }}' * field}#{quote(fragment)}"
    url = merge.read_address(written, {"email": ""})
    tagger = LinkTagger(publication, 1, "bundle")
    tagged = tagger.address(url)
    added = f"&utm%20source={quote(value, safe='')}"
    assert tagged.replace(added, "", 1) == url
    assert tagged.endswith(f"{added}#{quote(fragment)}")
    assert tagger.plain == {tagged: url}
    assert tagger.address(tagged) == tagged
    assert isinstance(tagged, MergeText) and tagged.fields == url.fields


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('add = "own"', 'the key `add` is not known. Did you mean "add_to"?'),
        ('add_to = "mine"', '`add_to` is "mine" and must be one of own, all.'),
        ('utm_source = "x"', "Parameters go under [links.parameters]."),
        ('parameters = { a = "{sction}" }', "`{sction}` is not a placeholder. Did you mean"),
        ('parameters = { a = "{" }', "They are {issue}, {section}, {target}."),
        ("parameters = { a = 1 }", "`a` is a number and must be a text."),
    ],
)
def test_a_mistake_in_the_table_is_said_with_its_line(
    line: str, said: str, workspace: WorkspaceRunner
) -> None:
    workspace.write({"newsletter.toml": f"{SETTINGS}\n[links]\n{line}\n"})
    error = workspace.error("check", "1")
    number = len(SETTINGS.splitlines()) + 3
    assert f"newsletter.toml:{number}: " in error
    assert said in " ".join(error.split())
