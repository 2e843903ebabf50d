"""Odd text, written into files, built by the command, and read again by parsers that are not ours.

Where the other properties hold one stage to its promise, this one holds the whole way: what a reader
sees in email, message, web page and feed is what the editor wrote.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import string
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote, unquote

import feedparser
import html5lib
import pytest
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import strategies as st
from property_kit import tries
from workspace_kit import SETTINGS, WorkspaceRunner, article, png

ODD = (
    "10\u00a0mg", "\u00a0", "☀️", "👩\u200d⚕️", "🏳️\u200d🌈", "e\u0301", "n\u0303o", "\u200f", "\u202eabc\u202c", "\u2067שלום\u2069",
    "إيان", "]]>", "{{", "}}", "{{ first_name }}", '"', "'", "<b>", "&amp;", "&#x41;", "<!--", "-->", "</style>",
    "\\", "\\u{a0}", "漢字かな", "한국어", "ไทย", "\u00ad", "\u200b", "\u3000", "--", "...", "(c)", "#", "*", "_", "|",
    "x" * 90, "Donaudampfschifffahrt" * 5, "=?utf-8?q?x?=", "@", "%20", ",", ";", "$1", "\\1", "{% x %}", "\ue000",
)  # fmt: skip
characters = st.characters(
    exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufffe\uffff\ufeff"
)
pieces = st.one_of(st.sampled_from(ODD), st.text(characters, max_size=8), st.just(" "))
texts = st.lists(pieces, min_size=1, max_size=8).map("".join)
# The ends of a field are trimmed, as of every field.
trimmed = texts.map(str.strip)
named = trimmed.filter(lambda text: re.search(r"\w", text))
# Two braces in an address are refused as a merge field beside other text.
paths = (
    st.text(st.sampled_from("aZ09-._~!$&'()*+,;=:@/?#\"<>{}|^`% é漢☀"), max_size=12)
    .map(str.strip)
    .filter(lambda path: "{{" not in path)
)


@dataclass(frozen=True)
class Written:
    """What an editor wrote, one text a place; all of them are free."""

    issue: str
    section: str
    title: str
    dek: str
    author: str
    alt: str
    words: str
    link: str
    caption: str
    callout: str
    button: str
    address: str


ORDINARY = {field.name: f"an ordinary {field.name}" for field in fields(Written)} | {"address": "a/b?c=d&e"}


def in_yaml(text: str) -> str:
    """A double-quoted scalar (YAML 1.2, 5.7): whatever is not plain ASCII is escaped."""
    plain = "".join(
        each if " " <= each <= "~" and each not in '"\\' else f"\\U{ord(each):08x}" for each in text
    )
    return f'"{plain}"'


def in_markdown(text: str) -> str:
    """A text as Markdown that means just it; white space at either end as references."""
    marked = "".join(f"\\{each}" if each in string.punctuation else each for each in text)
    return re.sub(r"\A\s+|\s+\Z", lambda space: "".join(f"&#{ord(each)};" for each in space[0]), marked)


def shown(text: str) -> str:
    """A text as HTML shows it: ASCII white space collapsed (CSS Text 3, 4.1.1)."""
    return re.sub("[ \t\n\r\f]+", " ", text).strip(" ")


def packed(text: str) -> str:
    """A text without the white space at which a line of plain text may have been broken."""
    return re.sub(r"\s+", "", text)


def files(written: Written) -> dict[str, str | bytes]:
    address = re.sub(r"([<>{}&])", r"\\\1", written.address)
    article = f"""\
---
title: {in_yaml(written.title)}
date: 2026-01-08
tags: [research]
dek: {in_yaml(written.dek)}
authors: [{{name: {in_yaml(written.author)}}}]
image: picture.png
image_alt: {in_yaml(written.alt)}
---
Begin {in_markdown(written.words)} end.

[Link {in_markdown(written.link)} text](<https://odd.example/{address}>)

![Alt {in_markdown(written.alt)} text](other.png "Caption {in_markdown(written.caption)} text")

::: callout Title {written.callout.replace("{{", "{")} text
A callout.
:::

::: cta
[Button {in_markdown(written.button)} text](https://odd.example/button)
:::
"""
    issue = f"""\
---
number: 1
title: {in_yaml(written.issue)}
date: 2026-02-01
sections:
  - title: {in_yaml(written.section)}
    tags: {{any: [research]}}
    layout: full
---
A letter.
"""
    return {
        "newsletter.toml": SETTINGS.replace("?to={{ email }}", ""),
        "issues/001-odd/issue.md": issue,
        "issues/articles/odd/index.md": article,
        "issues/articles/odd/picture.png": png(1200, 600),
        "issues/articles/odd/other.png": png(1100, 500),
    }


class Page:
    """HTML as a browser reads it (html5lib follows the parsing rules of the HTML standard)."""

    def __init__(self, html: str) -> None:
        self.root = html5lib.parse(html, namespaceHTMLElements=False)

    def texts(self, path: str) -> list[str]:
        return [shown("".join(each.itertext())) for each in self.root.iterfind(path)]

    def values(self, path: str, name: str) -> list[str]:
        return [each.get(name) for each in self.root.iterfind(path) if each.get(name) is not None]

    def links(self) -> list[tuple[str, str]]:
        return [
            (shown("".join(each.itertext())), each.get("href")) for each in self.root.iterfind(".//a[@href]")
        ]


def check_article(page: Page, written: Written) -> None:
    """What an article's HTML says in each of its forms."""
    assert shown(f"Begin {written.words} end.") in page.texts(".//p")
    assert shown(f"Caption {written.caption} text") in page.texts(".//figcaption")
    assert shown(f"Alt {written.alt} text") in page.values(".//img", "alt")
    address = f"https://odd.example/{written.address}"
    assert [text for text, href in page.links() if same_address(href, address)] == [
        shown(f"Link {written.link} text")
    ]
    assert (shown(f"Button {written.button} text"), "https://odd.example/button") in page.links()
    title = shown(f"Title {written.callout.replace('{{', '{')} text")
    assert any(title in text for text in page.texts(".//p"))


def same_address(one: str, other: str) -> bool:
    """Whether two addresses differ at most in what is percent-encoded (RFC 3986, 6.2.2)."""
    return unquote(one) == unquote(quote(other, safe="%/:=&?~#+!$,;'@()*[]"))


def check(workspace: WorkspaceRunner, written: Written) -> None:
    folder = "build/issues/001-odd"
    html, text = workspace.read(f"{folder}/email.html"), workspace.read(f"{folder}/email.txt")
    with (workspace.root / folder / "email.eml").open("rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    parts = {
        part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()
    }

    in_issues = shown(written.title).casefold() in shown(written.issue).casefold()
    assert shown(message["subject"]) == shown(written.issue)
    for page in (Page(html), Page(parts["text/html"])):
        assert page.texts(".//h1") == [shown(written.issue)]
        headings = page.texts(".//h2") + page.texts(".//h3")
        if not headings:  # the issue is this article: its title says the article's
            assert in_issues
            assert any(shown(written.section) in each for each in page.texts(".//div"))
        else:
            assert headings == [shown(written.section), shown(written.title)]
        assert page.texts(".//title") == [shown(f"{written.issue} · Synapse")]
        assert shown(written.alt) in map(shown, page.values(".//img", "alt"))
        if shown(written.dek):
            assert shown(written.dek) in page.texts(".//p")
        check_article(page, written)
    text = text.replace("{{ email }}", "letters@synapse.example")  # whom the message is shown to
    plain = packed(text.replace('{{ "{{" }}', "{{"))
    assert packed(parts["text/plain"]) == plain
    for each in (written.issue, written.dek, written.author, written.words, written.link):
        assert packed(each) in plain
    assert in_issues or packed(written.title) in plain

    article = Page(workspace.read("build/site/articles/odd/index.html"))
    assert article.texts(".//h1") == [shown(written.title)]
    (script,) = article.root.iterfind(".//script")
    (shared,) = article.values(".//meta[@property='og:title']", "content")
    assert shown(json.loads(script.text)["headline"]) == shown(shared) == shown(written.title)
    check_article(article, written)
    issue = Page(workspace.read("build/site/issues/001-odd/index.html"))
    assert issue.texts(".//h1") == [shown(written.issue)]
    assert in_issues or shown(written.title) in issue.texts(".//h3")
    check_article(issue, written)

    (data,) = json.loads(workspace.read("build/site/articles/feed.json"))["items"]
    (atom,) = feedparser.parse((workspace.root / "build/site/articles/atom.xml").read_bytes()).entries
    assert data["title"] == shown(written.title)
    assert atom.title_detail.type == "text/plain" and shown(atom.title) == shown(written.title)
    assert shown(data["authors"][0]["name"]) == shown(written.author)
    check_article(Page(data["content_html"]), written)


@tries(
    60,
    phases=[Phase.explicit, Phase.generate],  # each try is a build: to shrink one takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    written=st.builds(
        Written,
        issue=named,
        section=named,
        title=named,
        dek=trimmed,
        author=named,
        alt=named,
        words=texts,
        link=texts,
        caption=texts,
        callout=texts,
        button=texts,
        address=paths,
    )
)
@example(Written(**ORDINARY))
@example(Written(**ORDINARY | dict.fromkeys(("words", "link", "caption", "button", "dek"), "two\nlines")))
def test_what_an_editor_wrote_is_what_a_reader_sees(written: Written) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = WorkspaceRunner(Path(folder))
        workspace.write(files(written))
        workspace.ok("assemble", "1", "--now", "2026-02-01")
        workspace.ok("build", "--now", "2026-02-02")
        check(workspace, written)


def test_no_break_spaces_stay_in_alternative_texts_deks_and_feeds(workspace: WorkspaceRunner) -> None:
    written = Written(**ORDINARY | dict.fromkeys(("title", "dek", "author", "alt"), "10\u00a0mg, 10\u3000mg"))
    workspace = WorkspaceRunner(workspace.root / "odd")
    workspace.write(files(written))
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    assert workspace.read("build/issues/001-odd/email.html").count('alt="10\u00a0mg, 10\u3000mg"') == 1
    check(workspace, written)


@pytest.mark.parametrize("field", ["title", "image_alt", "authors"])
def test_a_line_break_in_a_field_of_one_line_is_refused_with_its_line(
    workspace: WorkspaceRunner, field: str
) -> None:
    values = {
        "title": '"two\\nlines"',
        "image": "picture.png",
        "image_alt": '"two\\nlines"',
        "authors": '["two\\nlines"]',
    }
    kept = (
        {"title": "One line"}
        | ({"image": "picture.png"} if field == "image_alt" else {})
        | {field: values[field]}
    )
    workspace.write({"issues/articles/odd.md": article(**kept), "issues/articles/picture.png": png()})
    error = workspace.error("build", "--now", "2026-02-02")
    assert re.match(rf"(?m)issues/articles/odd\.md:\d+: .*{field}.* contains a line break", error), error
