"""A clinic can be called: `tel:` and `sms:` links work wherever a link may be written."""

from __future__ import annotations

import email
import email.policy
import json
import re

import pytest
from workspace_kit import WorkspaceRunner, article, issue

BODY = """\
Call [the clinic](tel:+44-20-7946-0951), [the ward][ward] or <tel:+44-20-7946-0953>.

A <a href="tel:+44 20 7946 0954">raw link</a>, an [SMS](sms:+44-20-7946-0955?body=Ring%20me),
a [pasted number](tel:+44 20 7946 0956) and [020 7946 0957](tel:+44-20-7946-0957).

[ward]: tel:+44(20)7946.0952

::: cta
We answer at night. [Call the night nurse](tel:+44-20-7946-0958)
:::
"""
ADDRESSES = (
    "tel:+44-20-7946-0951",
    "tel:+44(20)7946.0952",
    "tel:+44-20-7946-0953",
    "tel:+44-20-7946-0954",
    "sms:+44-20-7946-0955?body=Ring%20me",
    "tel:+44-20-7946-0956",
    "tel:+44-20-7946-0957",
    "tel:+44-20-7946-0958",
    "tel:+44-20-7946-0959",
)


@pytest.fixture
def clinic(workspace: WorkspaceRunner) -> WorkspaceRunner:
    workspace.write({
        "issues/articles/glutamate.md": article("The glutamate switch", body=BODY),
        "issues/001-the-plastic-brain/issue.md": issue(letter="Call [us](tel:+44-20-7946-0959) first."),
    })  # fmt: skip
    return workspace


def build(clinic: WorkspaceRunner) -> None:
    clinic.ok("assemble", "1")
    clinic.ok("build", "1")
    clinic.ok("build")


def hrefs(html: str) -> list[str]:
    return re.findall(r'href="((?:tel|sms):[^"]*)"', html.replace("&amp;", "&"))


def test_a_phone_link_is_in_email_text_part_page_and_feed(clinic: WorkspaceRunner) -> None:
    build(clinic)
    (eml,) = (data for path, data in clinic.tree("build").items() if path.endswith(".eml"))
    message = email.message_from_bytes(eml, policy=email.policy.default)
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))  # type: ignore[union-attr]
    assert sorted(set(hrefs(html))) == sorted(ADDRESSES)
    for address in ADDRESSES:
        # A number that is shown needs no address beside it.
        assert address in text or address.partition(":")[2] in text
    site = {path: data.decode() for path, data in clinic.tree("build/site").items() if path.endswith("l")}
    assert set(hrefs(site["articles/glutamate/index.html"])) == set(ADDRESSES[:-1])
    (page,) = (html for path, html in site.items() if re.fullmatch("issues/[^/]*/index.html", path))
    assert ADDRESSES[-1] in hrefs(page)
    feed = json.loads(clinic.read("build/site/articles/feed.json"))
    content = next(item["content_html"] for item in feed["items"] if "glutamate" in item["url"])
    assert set(hrefs(content)) == set(ADDRESSES[:-1])
    assert ">+44-20-7946-0953</a>" in content


def test_a_phone_link_passes_every_rule(clinic: WorkspaceRunner) -> None:
    clinic.ok("assemble", "1")
    found = json.loads(clinic.run("check", "1", "--json").stdout)
    assert "LINK" not in json.dumps(found) and "tel:" not in json.dumps(found)
    build(clinic)
    assert "tel:" not in clinic.ok("feed", "--check")


@pytest.mark.parametrize("target", ["listmonk", "buttondown", "ghost", "eml"])
def test_a_phone_link_is_left_as_it_is_for_every_service(clinic: WorkspaceRunner, target: str) -> None:
    clinic.ok("assemble", "1")
    clinic.ok("export", "1", "--to", target, "--force")
    files = clinic.tree("build").items()
    written = b"".join(data for path, data in files if "/export" in f"/{path}").decode().replace("=\n", "")
    assert "tel:+44-20-7946-0951" in written


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("[a](tel:)", "does not have a telephone number"),
        ("[a](tel:1-800-FLOWERS)", "Write it in digits"),
        ("[a](<tel:the clinic>)", "tel:+44-20-7946-0958"),
        ("[a](sms:?body=x)", "sms:+44-20-7946-0958"),
        ("[a](tel:+44%0A20)", ""),
        ("[a](callto:+44207946)", "tel:…"),
    ],
)
def test_an_address_without_a_number_is_an_error(clinic: WorkspaceRunner, link: str, says: str) -> None:
    clinic.write({"issues/articles/glutamate.md": article("The glutamate switch", body=link)})
    result = clinic.run("build", "1")
    assert (result.exit_code == 1) is bool(says), result.output
    if says:
        assert "issues/articles/glutamate.md:6: " in result.stderr and says in result.stderr


def test_a_number_as_typed_becomes_one_that_phones_read(clinic: WorkspaceRunner) -> None:
    addresses = {
        "TEL:112": "tel:112",
        "tel:*100#": "tel:*100%23",
        "tel:+44-20-7946-0958;ext=12": "tel:+44-20-7946-0958;ext=12",
        "<tel:+44\u00a020 7946\u20110958>": "tel:+44-20-7946-0958",
        "sms:+4420794609,+4420794610": "sms:+4420794609,+4420794610",
    }
    body = "".join(f"- [a]({written})\n" for written in addresses)
    clinic.write({"issues/articles/glutamate.md": article("The glutamate switch", body=body)})
    build(clinic)
    assert hrefs(clinic.read("build/site/articles/glutamate/index.html")) == list(addresses.values())


def test_an_import_keeps_phone_links(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "old.html": "<html><head><title>The ward</title></head><body><article><h1>The ward</h1>"
        '<p>All day long we are here for you, and you may <a href="tel:+44 20 7946 0951">call us</a>, or '
        '<a href="sms:+442079460952">write</a>, or <a href="tel:help">hope</a> that we will call you.</p>'
        "<p>Another paragraph, so that there is enough of a text to be an article of its own.</p>"
        "</article></body></html>",
        "old.md": "---\ntitle: The desk\ndate: 2026-01-01\n---\nCall [us](tel:+442079460953) now.\n",
    })  # fmt: skip
    workspace.ok("import", str(workspace.root / "old.html"), "--date", "2026-01-02")
    workspace.ok("import", str(workspace.root / "old.md"))
    written = "".join(data.decode() for data in workspace.tree("issues/articles").values())
    for link in ("(tel:+44-20-7946-0951)", "(sms:+442079460952)", "(tel:+442079460953)"):
        assert link in written
    assert "or hope that we will call you" in written
    assert "an address without a telephone number" in written
