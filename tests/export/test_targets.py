"""Issues as each service's own screen takes them: one suite for all targets, and what is only one's own."""

from __future__ import annotations

import hashlib
import json
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path

import pytest
from golden_kit import fills_subjects, golden_issue_for
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png

from pipeline.export.targets import find
from pipeline.model import TARGETS
from pipeline.support.merge import BUILT_IN_FIELDS

NEUTRAL = re.compile(r"\{\{ (?:first_name|last_name|name|email|\w+_url|city)(?: \||\s*\}\})")

WRITTEN = {
    "ghost": ("{first_name}", '{first_name, "there"}', "{unsubscribe_url}", ""),
    "mailgun": (
        "{{first_name}}",
        "{{#if first_name}}{{first_name}}{{else}}there{{/if}}",
        "%unsubscribe_url%",
        "{{#if city}}{{city}}{{else}}your town{{/if}}",
    ),
    "postmark": (
        "{{first_name}}",
        "{{#first_name}}{{.}}{{/first_name}}{{^first_name}}there{{/first_name}}",
        "{{{ pm:unsubscribe }}}",
        "{{#city}}{{.}}{{/city}}{{^city}}your town{{/city}}",
    ),
    "sendgrid": (
        "{{first_name}}",
        '{{insert first_name "default=there"}}',
        "{{{unsubscribe}}}",
        '{{insert city "default=your town"}}',
    ),
    "ses": (
        "{{first_name}}",
        "{{#if first_name}}{{first_name}}{{else}}there{{/if}}",
        "{{amazonSESUnsubscribeUrl}}",
        "{{#if city}}{{city}}{{else}}your town{{/if}}",
    ),
    "beehiiv": (
        "{{first_name}}",
        "{{first_name|there}}",
        "{{unsubscribe_url}}",
        "{{city|your town}}",
    ),
    "kit": (
        "{{ subscriber.first_name }}",
        '{{ subscriber.first_name | default: "there" }}',
        "{{ unsubscribe_url }}",
        '{{ subscriber.city | default: "your town" }}',
    ),
    "mailerlite": (
        "{$name}",
        "{$name|default('there')}",
        "{$unsubscribe}",
        "{$city|default('your town')}",
    ),
    "brevo": (
        "{{ contact.FIRSTNAME }}",
        "{{ contact.FIRSTNAME|default:'there' }}",
        "{{ unsubscribe }}",
        "{{ contact.CITY|default:'your town' }}",
    ),
    "buttondown": (
        "{{ subscriber.metadata.first_name }}",
        '{{ subscriber.metadata.first_name|default:"there" }}',
        "{{ unsubscribe_url }}",
        '{{ subscriber.metadata.city|default:"your town" }}',
    ),
    "listmonk": (
        "{{ .Subscriber.FirstName }}",
        '{{ or .Subscriber.FirstName "there" }}',
        "{{ UnsubscribeURL }}",
        '{{ or .Subscriber.Attribs.city "your town" }}',
    ),
    "mailchimp": (
        "*|FNAME|*",
        "*|IF:FNAME|**|FNAME|**|ELSE:|*there*|END:IF|*",
        "*|UNSUB|*",
        "*|IF:CITY|**|CITY|**|ELSE:|*your town*|END:IF|*",
    ),
    "resend": (
        "{{{contact.first_name}}}",
        "{{{contact.first_name|there}}}",
        "{{{RESEND_UNSUBSCRIBE_URL}}}",
        "{{{contact.city|your town}}}",
    ),
}
"""First name without and with a fallback, the address to leave, and a field of the list's own."""

LOOKALIKES = {
    "ghost": "{first_name} and {uuid}",
    "mailgun": r"\{{ x }} and %recipient.name% and %unsubscribe_url%",
    "postmark": r"\{{ product_name }} and \{{\{ pm:unsubscribe }}}",
    "sendgrid": r"\{{ Sender_Name }}",
    "ses": r"\{{ x }} and \{{#if x}}",
    "beehiiv": r"\{{ live_url }}",
    "kit": r"\{{ subscriber.x }} and {% if x %}",
    "mailerlite": "{$unsubscribe} and {$x}",
    "brevo": "[UNSUBSCRIBE] and {FIRSTNAME}",
    "buttondown": r"\{{ x }} and {% now %} and {# note #}",
    "listmonk": r"\{{ .Campaign.UUID }} and https://x@TrackLink",
    "mailchimp": r"\*|FNAME|\* and \*|UNSUB|\*",
    "resend": r"\{{\{contact.email}}}",
}
"""Text of an article that the service would execute."""


def not_in_fallback(target: str) -> list[str]:
    """The signs that end a tag there, and that a fallback of ours can hold."""
    return sorted(find(target).dialect.not_in_fallback - {"{", "}", "\n", "|"})


every_target = pytest.mark.parametrize("target", TARGETS)
core_targets = pytest.mark.parametrize("target", rows(TARGETS, {"brevo", "mailchimp", "mailgun", "resend"}))
"""For what the translation does for all of them: the other targets are seen in CI."""


@pytest.fixture(autouse=True)
def no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They have tests of their own, and would take most of the time of these."""
    monkeypatch.setattr("pipeline.actions.check.RULES", ())


@pytest.fixture
def workspace(tmp_path: Path) -> WorkspaceRunner:
    """A workspace whose service puts in its own address to leave."""
    workspace = WorkspaceRunner(tmp_path / "letter")
    settings = re.sub(r"(?m)^unsubscribe_url.*\n", "", SETTINGS)
    workspace.write(
        {
            "newsletter.toml": f'{settings}\n[merge_fields]\ncity = "your town"\n',
            "issues/articles/one.md": article("One", body="Words."),
            "issues/001-one/issue.md": issue(title="One"),
        }
    )
    return workspace


def letter(workspace: WorkspaceRunner, text: str, more: str = "") -> None:
    workspace.write({"issues/001-one/issue.md": issue(title="One", letter=text, more=more)})


def exported(workspace: WorkspaceRunner, target: str, *options: str) -> dict[str, str]:
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-01")
    place = Path(workspace.json("export", "1", "--to", target, "--force", *options)["output"])
    return {path: data.decode() for path, data in WorkspaceRunner(place).tree().items()}


# --- every target --------------------------------------------------------------------------------


@core_targets
def test_the_golden_issue_with_every_block_is_exported(target: str, tmp_path: Path) -> None:
    workspace = golden_issue_for(target, tmp_path / "golden")
    said = workspace.json("export", "1", "--to", target, "--force")
    files = WorkspaceRunner(Path(said["output"])).tree()
    listing = json.loads(files["issue.json"])
    assert listing["target"] == target
    for each in listing["files"]:
        assert hashlib.sha256(files[each["file"]]).hexdigest() == each["sha256"]
    whole = b"\n".join(data for path, data in files.items() if path != "issue.json").decode()
    for tag in find(target).dialect.tags.values():  # some look like ours
        whole = whole.replace(tag.plain, "")
    assert not NEUTRAL.search(whole)
    assert "שלום" in whole


@core_targets
def test_every_field_with_and_without_a_fallback_is_said_or_refused(
    workspace: WorkspaceRunner, target: str
) -> None:
    """What it can say arrives in its words; what it cannot is refused, all of it at once."""
    dialect = find(target).dialect
    stand_in = {"web_url", "postal_address"}  # what is the same for all readers, where it has no such field
    said: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name in (*BUILT_IN_FIELDS, "city"):
        tag = dialect.tag(name, {})
        for fallback in ("", "some words"):
            written = f"{{{{ {name} | {fallback} }}}}" if fallback else f"{{{{ {name} }}}}"
            if name == "city" and not fallback:
                continue  # it has one in newsletter.toml
            if tag is None:
                # Where the service has no such field, the same words for all readers do.
                (said if name in stand_in else refused)[written] = ""
            elif fallback and not tag.with_fallback:
                refused[written] = "has no fallback for this field"
            else:
                said[written] = tag.with_fallback.replace("{fallback}", fallback) if fallback else tag.plain
    letter(workspace, "\n\n".join(said))
    files = exported(workspace, target)
    for written, words in said.items():
        in_html = words if words != "*|LIST:ADDRESS|*" else "*|HTML:LIST_ADDRESS_HTML|*"
        assert in_html in files["email.html"], written
        if find(target).takes_text:
            assert words in " ".join(files["email.txt"].split()), written
    letter(workspace, "\n\n".join(refused))
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-01")
    told = workspace.error("export", "1", "--to", target, "--force")
    for number, (written, words) in enumerate(refused.items()):
        name = written.split()[1]
        line = rf"(?m)^issues/001-one/issue\.md:\d+: `\{{\{{ {name}[ |].*{find(target).title} .*{words or 'no such field'}"
        assert re.search(line, told), (number, written)


@every_target
def test_each_field_is_in_the_services_own_words(workspace: WorkspaceRunner, target: str) -> None:
    plain, otherwise, leave, own = WRITTEN[target]
    letter(workspace, "Hello {{ first_name | there }}, or {{ first_name }}, of {{ city }}.")
    if not own:
        workspace.ok("assemble", "1", "--now", "2026-02-01")
        said = workspace.error("export", "1", "--to", target, "--force")
        assert re.search(r"issues/001-one/issue\.md:\d: `\{\{ city \}\}`: .* has no such field\.", said)
        letter(workspace, "Hello {{ first_name | there }}, or {{ first_name }}, of your town.")
        own = "your town"
    files = exported(workspace, target)
    listing = json.loads(files["issue.json"])
    for text in (files["email.html"], *([files["email.txt"]] if find(target).takes_text else [])):
        assert f"Hello {otherwise}, or {plain}, of {own}." in " ".join(text.split())
        assert leave in text
        assert not NEUTRAL.search(text.replace(leave, ""))
    named = {each["name"]: each["written"] for each in listing["merge_fields"]}
    assert set(named) - {"city"} == {"first_name", "unsubscribe_url"}
    assert set(named["first_name"]) == {plain, otherwise}


@core_targets
def test_subject_and_preview_text_are_in_its_words_too(workspace: WorkspaceRunner, target: str) -> None:
    _, otherwise, _, _ = WRITTEN[target]
    letter(
        workspace,
        "Hello.",
        more='subject: "For {{ first_name | there }}"\npreview_text: "Read, {{ first_name | there }}"\n',
    )
    if not fills_subjects(target):
        workspace.ok("assemble", "1", "--now", "2026-02-01")
        said = workspace.error("export", "1", "--to", target, "--force")
        assert "has no such field in the subject" in said
        assert "has no such field in the preview text" in said
        return
    listing = json.loads(exported(workspace, target)["issue.json"])
    assert listing["subject"] == f"For {otherwise}"
    assert listing["preview_text"] == (f"Read, {otherwise}" if find(target).takes_preview else None)


@core_targets
def test_text_that_looks_like_a_tag_stays_text_in_html(
    workspace: WorkspaceRunner, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # with the checks: it is they that name the place
    letter(workspace, LOOKALIKES[target])
    text = LOOKALIKES[target].replace("\\", "")
    dialect = find(target).dialect
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    result = workspace.run("export", "1", "--to", target, "--force", "--json")
    if result.exit_code:  # a text part that has no way to say it
        assert "reads it as a merge tag" in result.stderr
        assert "issues/001-one/issue.md:" in result.stderr
        return
    html = WorkspaceRunner(Path(json.loads(result.stdout)["output"])).tree()["email.html"].decode()
    (paragraph,) = (
        each
        for each in re.findall(r"<p\b[^>]*>([^<]*(?:<a[^>]*>[^<]*</a>)?[^<]*)</p>", html)
        if text.split()[-1] in unescape(re.sub("<[^>]*>", "", each))
    )
    assert not dialect.lookalike.search(paragraph)
    assert text in unescape(re.sub("<[^>]*>", "", paragraph))


@core_targets
def test_any_script_and_sign_goes_through(workspace: WorkspaceRunner, target: str) -> None:
    letter(workspace, "שלום, 日本, é, 🧠 & <b> “quoted” 100 % *|x {y} [z]")
    html = exported(workspace, target)["email.html"]
    assert "שלום, 日本, é, 🧠 &amp; " in html
    assert "100 % *|x {y} [z]" in unescape(html)


@pytest.mark.parametrize(
    ("target", "bad"), [(name, bad) for name in TARGETS for bad in not_in_fallback(name)]
)
def test_a_fallback_that_would_end_the_tag_is_refused_with_its_place(
    workspace: WorkspaceRunner, target: str, bad: str
) -> None:
    letter(workspace, f"One.\n\nHello {{{{ first_name | a{bad}b }}}}.")
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    said = workspace.error("export", "1", "--to", target, "--force")
    assert "in a fallback" in said
    assert "issues/001-one/issue.md:" in said


@core_targets
def test_the_same_edition_gives_the_same_bytes(workspace: WorkspaceRunner, target: str) -> None:
    assert exported(workspace, target) == exported(workspace, target)


@core_targets
def test_the_steps_say_what_to_do_there(workspace: WorkspaceRunner, target: str) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    result = workspace.run("export", "1", "--to", target, "--force")
    assert f"In {find(target).title}:" in result.stderr
    assert "paste email.html" in result.stderr
    assert all(step in result.stderr for step in (*find(target).setup, *find(target).steps))
    assert "subject       One" in result.stdout


# --- what is refused, and why -----------------------------------------------------------------------


def test_every_mistake_is_told_at_once_with_its_place(workspace: WorkspaceRunner) -> None:
    letter(
        workspace,
        "Hello.\n\n{{ name | you }} and {{ last_name | you }}",
        more='subject: "{{ preferences_url }}"\n',
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    said = workspace.error("export", "1", "--to", "brevo", "--force")
    assert re.search(r"issues/001-one/issue\.md:\d+: `\{\{ name \}\}`: Brevo has no such field", said)
    assert "no such field in the subject" in said


def test_a_field_that_is_the_same_for_all_stands_in(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "newsletter.toml": workspace.read("newsletter.toml").replace(
                "[[aud", 'preferences_url = "https://synapse.example/p"\n\n[[aud', 1
            )
        }
    )
    letter(workspace, "[Change it]({{ preferences_url }})")
    assert 'href="https://synapse.example/p"' in exported(workspace, "resend")["email.html"]


def own_addresses(workspace: WorkspaceRunner, target: str, own_links: str = "") -> None:
    """The publication has addresses of its own; `own_links` is the value of that setting."""
    workspace.write(
        {
            "newsletter.toml": (
                'unsubscribe_url = "https://x.example/leave?to={{ email }}"\n'
                f'preferences_url = "https://x.example/change"\n{workspace.read("newsletter.toml")}'
                + (f"\n[targets.{target}]\nown_links = {own_links}\n" if own_links else "")
            )
        }
    )


@core_targets
def test_the_services_own_links_are_in_place_of_the_publications(
    workspace: WorkspaceRunner, target: str
) -> None:
    own_addresses(workspace, target)
    files, service = exported(workspace, target), find(target)
    for path in ("email.html", "email.txt") if service.takes_text else ("email.html",):
        assert "x.example/leave" not in files[path]
        assert service.dialect.tags["unsubscribe_url"].plain in files[path]
        preferences = service.dialect.tags.get("preferences_url")
        assert (preferences.plain if preferences else "https://x.example/change") in files[path]


def test_addresses_stay_where_the_settings_say_so(workspace: WorkspaceRunner) -> None:
    own_addresses(workspace, "listmonk", '["unsubscribe_url", "preferences_url"]')
    files = exported(workspace, "listmonk")
    for path in ("email.html", "email.txt"):
        assert "https://x.example/leave?to=" in files[path]
        assert "https://x.example/change" in files[path]
        assert "UnsubscribeURL" not in files[path]


def test_the_export_notes_in_one_line_which_links_are_replaced(workspace: WorkspaceRunner) -> None:
    own_addresses(workspace, "brevo", '["preferences_url"]')
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    stderr = workspace.run("export", "1", "--to", "brevo", "--force").stderr
    (note,) = (line for line in stderr.splitlines() if "own link" in line)
    assert note == (
        "Brevo's own link is in place of `unsubscribe_url`, because its list does not know yours. "
        'To keep yours: own_links = ["unsubscribe_url"] under [targets.brevo].'
    )


def test_a_service_that_demands_its_own_link_is_asked_for_it(workspace: WorkspaceRunner) -> None:
    own_addresses(workspace, "mailchimp", '["unsubscribe_url"]')
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    said = workspace.error("export", "1", "--to", "mailchimp", "--force")
    assert "newsletter.toml: Mailchimp sends nothing without its own link for `unsubscribe_url`" in said
    assert "Take `unsubscribe_url` out of `own_links`" in said


def test_a_misspelt_address_in_own_links_is_named(workspace: WorkspaceRunner) -> None:
    own_addresses(workspace, "brevo", '["unsubscribe"]')
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    said = workspace.error("export", "1", "--to", "brevo", "--force")
    assert 'targets.brevo: "unsubscribe" in `own_links` is not such an address.' in said
    assert 'Did you mean "unsubscribe_url"?' in said


def test_a_field_may_have_another_name_there(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "newsletter.toml": f'{workspace.read("newsletter.toml")}\n[targets.mailchimp]\nfields = {{ city = "TOWN" }}\n'
        }
    )
    letter(workspace, "Of {{ city }}.")
    assert "*|IF:TOWN|**|TOWN|**|ELSE:|*your town*|END:IF|*" in exported(workspace, "mailchimp")["email.html"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[targets.mailchip]\n", 'there is no target "mailchip".'),
        ('[targets.mailchimp]\napi_key = "x"\n', "looks like a key"),
        ("[targets]\nbrevo = 1\n", "must be a table"),
    ],
)
def test_settings_of_targets_that_are_wrong_are_named(
    workspace: WorkspaceRunner, settings: str, said: str
) -> None:
    workspace.write({"newsletter.toml": f"{workspace.read('newsletter.toml')}\n{settings}"})
    assert said in workspace.error("plan", "1")


@pytest.mark.slow
def test_what_is_too_large_for_a_service_is_refused(workspace: WorkspaceRunner) -> None:
    letter(workspace, "A sentence that goes on and on. " * 40_000)
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    assert "Brevo adds; it takes 1000" in workspace.error("export", "1", "--to", "brevo", "--force")


def test_what_gmail_would_cut_is_said(workspace: WorkspaceRunner) -> None:
    letter(workspace, "A sentence that goes on and on. " * 4_000)
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    assert "Gmail cuts it off" in workspace.run("export", "1", "--to", "listmonk", "--force").stderr


def test_an_unknown_target_is_named_with_those_there_are(workspace: WorkspaceRunner) -> None:
    result = workspace.run("export", "1", "--to", "mailchump")
    assert result.exit_code == 2
    assert "mailchimp" in result.stderr


def test_packed_pictures_where_a_service_takes_none_are_refused(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    said = workspace.error("export", "1", "--to", "brevo", "--images", "packed", "--force")
    assert "--to brevo: Brevo takes no pictures with the email." in said


def test_a_zip_holds_the_same(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    place = Path(workspace.json("export", "1", "--to", "resend", "--zip", "--force")["output"])
    assert place.name == "001-one-resend.zip"
    assert place.read_bytes()[:2] == b"PK"


# --- as a message, and as a bundle ---------------------------------------------------------------------


def with_picture(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "issues/articles/one/a.png": png(),
            "issues/articles/one/index.md": article("Óne", body="![A dot](a.png)\n\nWords, é 日本."),
        }
    )
    (workspace.root / "issues/articles/one.md").unlink()
    workspace.ok("assemble", "1", "--now", "2026-02-01")


def message_of(said: dict[str, str]) -> EmailMessage:
    found = message_from_bytes((Path(said["output"]) / "email.eml").read_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def test_eml_is_the_bundles_message(workspace: WorkspaceRunner) -> None:
    with_picture(workspace)
    alone = workspace.json("export", "1", "--to", "eml", "--force")
    whole = workspace.json("export", "1", "--to", "bundle", "--force")
    assert set(alone["files"]) == {"email.eml", "issue.json"}
    message = (Path(alone["output"]) / "email.eml").read_bytes()
    assert message == (Path(whole["output"]) / "email.eml").read_bytes()
    assert [part.get_content_type() for part in message_of(alone).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_eml_with_packed_pictures_has_them_inside(workspace: WorkspaceRunner) -> None:
    with_picture(workspace)
    said = workspace.json("export", "1", "--to", "eml", "--images", "packed", "--force")
    message = message_of(said)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    html = message.get_body(("html",)).get_content()
    (picture,) = (part for part in message.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert picture.get_content().startswith(b"\x89PNG")
    assert "https://synapse.example/news/images/" not in html
    again = workspace.json("export", "1", "--to", "eml", "--images", "packed", "--force")
    assert message_of(again).as_bytes() == message.as_bytes()


def test_the_postal_address_is_a_field(workspace: WorkspaceRunner) -> None:
    letter(workspace, "From {{ postal_address }}.")
    assert "From *|HTML:LIST_ADDRESS_HTML|*." in exported(workspace, "mailchimp")["email.html"]
    assert "From *|LIST:ADDRESS|*." in exported(workspace, "mailchimp")["email.txt"]
    assert "From 1 Example Row, London." in exported(workspace, "resend")["email.html"]
    assert "From 1 Example Row, London." in exported(workspace, "resend")["email.txt"]


# --- one edition of several ----------------------------------------------------------------------------


@pytest.fixture
def second_edition_broken(workspace: WorkspaceRunner) -> WorkspaceRunner:
    """A frozen issue for everyone, and for clinicians with an article whose merge field was taken away."""
    settings = workspace.read("newsletter.toml")
    workspace.write(
        {
            "newsletter.toml": settings.replace("[merge_fields]", '[merge_fields]\nclinic = "yours"'),
            "issues/articles/doses.md": article("Doses", body="Your {{ clinic }}.", audience="clinicians"),
            "issues/001-one/issue.md": issue(title="One", more="audience: [everyone, clinicians]\n"),
        }
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.write({"newsletter.toml": settings})
    return workspace


@pytest.mark.parametrize("target", ["bundle", "eml", "mailchimp"])
def test_a_sound_edition_is_exported_though_another_of_its_issue_is_broken(
    second_edition_broken: WorkspaceRunner, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # with the checks
    said = second_edition_broken.json("export", "1", "--to", target, "--audience", "everyone")
    assert Path(said["output"]).is_dir()
    forgotten = 'The edition for "clinicians" is another export: --audience clinicians'
    assert forgotten in second_edition_broken.run("export", "1", "--to", target).stderr
    told = second_edition_broken.error("export", "1", "--to", target, "--audience", "clinicians")
    assert "issues/articles/doses.md:7: " in told
    assert "clinic" in told


def test_a_sound_edition_is_tested_though_another_of_its_issue_is_broken(
    second_edition_broken: WorkspaceRunner,
) -> None:
    second_edition_broken.ok("test", "1", "--to", "me@example.org", "--audience", "everyone")
    told = second_edition_broken.error("test", "1", "--to", "me@example.org", "--audience", "clinicians")
    assert "issues/articles/doses.md:7: " in told
