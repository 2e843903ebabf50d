from __future__ import annotations

import re
import string
import time

import pytest
from content_kit import parse, writer
from html_kit import HtmlReader
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from property_kit import tries
from table_kit import rows

from pipeline.content.html import blocks_to_html, footnotes_to_html
from pipeline.content.medium import Medium, for_audience, select_blocks
from pipeline.content.text import LinkList, blocks_to_text
from pipeline.errors import PressroomError
from pipeline.model import Content
from pipeline.support import merge

ODD = [
    "👩\u200d⚕️", "☀️", "e\u0301", "n\u0303o", "\u200f", "\u202e", "\u2066", "\u2069", "\u00a0", "]]>", "{{",
    "}}", "{{ first_name }}", '"', "'", "<b>", "&amp;", "&#x41;", "\\", "漢字かな", "한국어", "ไทย", "\u00ad", "\u200b",
    "\u3000", "\u2028", "--", "...", "(c)", ":::", "[^1]", "```", "\ufeff", "*", "|", "<!--", "http://x.example/",
]  # fmt: skip
characters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
pieces = st.one_of(st.sampled_from(ODD), st.text(characters, max_size=12), st.just(" "))
texts = st.lists(pieces, max_size=12).map(lambda parts: " ".join("".join(parts).split(" ")))
HTML_FORMS = (Medium.WEB, Medium.FEED, Medium.EMAIL)

markup = st.lists(
    st.one_of(
        st.sampled_from([
            "\n", "\n\n", "    ", "- ", "1. ", "> ", "# ", "## ", "::: cta\n", ":::\n", "::: only audience=x\n",
            "::: event T\n", "start: 2026-03-03 19:00\n", "end: 21:00\n", "::: audio a.mp3\n", "title: T\n", "x: y\n",
            ":::: callout T\n", "::::\n", "```", "~~~\n", "|a|b|\n|-|-|\n|1|2|\n", "[a](b)", "![a](b.png \"t\")",
            "[^1]", "[^1]: ", "^[n]", "<div>", "</div>", "<b>", "</p>", "<table><tr><td>", "<script>", "</script>",
            "<a href='javascript:x'>", "<img src=x onerror=y>", "{{ name }}", "{{", "\\{{", "\\", "***", "_", "`",
            "<svg><style>", "<!--", "-->", "<![CDATA[", "<?", "&#1;", "&#x80;", "\t", "---\n", "===\n", "<x:y>",
            "<span data-field=0>", "<sup data-note=0>", "<p data-line=99999999999999>", "[a]: {{ name }}\n", "[a]",
            "[x]({{ name | y }})", "<h1>", "<plaintext>", "\"", "'", "--", "...",
        ]),
        st.text(max_size=6),
    ),
    max_size=25,
).map("".join)  # fmt: skip


def escaped(text: str) -> str:
    """Text as Markdown that means just it."""
    return "".join("\\" + character if character in string.punctuation else character for character in text)


def all_forms(content: Content) -> list[str]:
    written = []
    for form in HTML_FORMS:
        shown = for_audience(content, form, "x")
        written.append(blocks_to_html(shown.blocks, writer(form, styles={"p": "margin:0"})))
        written.append(footnotes_to_html(shown.footnotes, writer(form)))
    shown = for_audience(content, Medium.TEXT, "x")
    notes = LinkList()
    written.append(blocks_to_text(shown.blocks, notes, shown.footnotes) + notes.to_text())
    return written


def whole_forms(content: Content) -> list[str]:
    """Each form with its footnotes."""
    *written, text = all_forms(content)
    return [*map("".join, zip(written[::2], written[1::2], strict=True)), text]


def literally(field: object) -> str:
    raise AssertionError(f"{field} was never written")


@tries(400)
@given(text=texts)
@example(text="{ {{{ }}")
@example(text="x " * 60 + "{{ y")
def test_any_text_comes_out_of_every_form_as_it_was(text: str) -> None:
    # markdown-it takes all white space, NBSP included, from either end of a paragraph.
    shown = re.sub(r"\A[\s\ufeff]+|[\s\ufeff]+\Z", "", text)
    content = parse(escaped(shown))
    for form in HTML_FORMS:
        written = merge.html(blocks_to_html(select_blocks(content.blocks, form, "x"), writer(form)))
        assert HtmlReader(written.fill(literally)).text == shown
    lines = merge.text(blocks_to_text(content.blocks, LinkList())).fill(literally)
    # A line may break between Chinese and Japanese characters, where no space was.
    assert re.sub("[ \n]", "", lines) == re.sub("[ \n]", "", shown)


@tries(600)
@given(text=markup)
def test_any_input_is_parsed_or_refused_with_a_place(text: str) -> None:
    try:
        content = parse(text)
    except PressroomError as error:
        singles = getattr(error, "errors", (error,))
        assert all(each.path == "a.md" and each.line for each in singles), error
        assert all(1 <= each.line <= len(re.split("\r\n|\r|\n", text)) for each in singles), error
        return
    first, second = all_forms(content), all_forms(parse(text))
    assert first == second
    for written in first[:-1]:
        for tag, attributes in HtmlReader(written).tags:
            assert tag in SAFE_TAGS, written
            assert set(attributes) <= SAFE_ATTRIBUTES, written
            for name in ("href", "src"):
                address = attributes.get(name)
                assert address is None or re.match(r"https?://|mailto:|tel:|sms:|#|\{\{", address), written


RAW_ELEMENTS = [
    "applet", "audio", "canvas", "iframe", "math", "noembed", "noframes", "noscript", "object", "plaintext", "script",
    "select", "style", "svg", "template", "textarea", "title", "video", "xmp",
]  # fmt: skip
SWALLOWING = [
    *(f"<{name}>" for name in RAW_ELEMENTS), *(f"</{name}>" for name in RAW_ELEMENTS), "<embed src=x>",
    "<!--", "-->", "<![CDATA[", "]]>", "<?php", "?>", "<!doctype html>", "<!x", "</ ", "<frameset>", "<svg/>", "<source>",
    '<div title="', "<div ", "<p =\">\">", "'>", '">', ">", "</div", "<b", "<b>", "</b>", "<table>", "<td>", "</table>",
    "<div>", "</div>", "<p>", "</p>", "<a href=x>", "<option>", "<user>", "<br/>", "<![endif]-->", "<head>", "<body>",
]  # fmt: skip
BREAKS = [
    "\n",
    "\n\n",
    " ",
    "\n\n- ",
    "\n\n> ",
    "\n\n    ",
    "\n```\n",
    "`",
    "\n\n# ",
    "\n\n::: callout T\n",
    "\n:::\n\n",
    "*",
]
swallowing = st.lists(
    st.one_of(st.sampled_from(SWALLOWING), st.sampled_from(BREAKS), st.just("word")), max_size=12
).map(lambda parts: "".join(f"word{n} " if part == "word" else part for n, part in enumerate(parts)))


def words_with_lines(text: str) -> dict[str, int]:
    """The words that readers of a text see by CommonMark, outside tags, each with its line."""
    words: dict[str, int] = {}
    parser = MarkdownIt("commonmark")
    for token in parser.parse(text):
        line = token.map[0] + 1 if token.map else 1
        for each in (token, *(token.children or ())):
            if each.type in ("text", "code_inline", "fence", "code_block"):
                words |= dict.fromkeys(re.findall(r"word\d+", each.content), line)
            elif each.type == "html_block":
                words |= dict.fromkeys(re.findall(r"word\d+", re.sub("<[^>]*>?", "", each.content)), line)
    return words


@tries(1200)
@given(text=swallowing)
@example(text="The <title> word1 element\n\nword2")
@example(text="<script><!--<script></script>\n\nword1")
@example(text="<p ='><title>'>word1")
@example(text="<div><!--\n\nword1\n\n--></div>")
@example(text="<svg><style></svg>\n\nword1")
@example(text="<video><title></video>word1</title>\n\nword2")
def test_every_word_is_in_each_form_or_a_finding_says_why_not(text: str) -> None:
    try:
        content = parse(text)
    except PressroomError as error:
        assert all(each.line for each in error.errors)
        return
    first_finding = min((each.place.line or 0 for each in content.findings), default=10_000)
    for written in whole_forms(content):
        for word, line in words_with_lines(text).items():
            assert word in written or line >= first_finding, (word, written)


@pytest.mark.parametrize("name", sorted({*RAW_ELEMENTS} - {"plaintext"}))
def test_what_follows_an_element_that_is_left_out_is_seen(name: str) -> None:
    text = f"One.\n\nBefore <{name}>word1</{name}> after.\n\n<{name}>\nword2\n</{name}>\n\nLast."
    content = parse(text)
    assert [each.place for each in content.findings] == [("a.md", 3), ("a.md", 5)]
    assert all(f"<{name}>" in each.message and each.hint for each in content.findings)
    for written in whole_forms(content):
        assert "after" in written and "Last" in written and "word" not in written


SAFE_TAGS = frozenset(
    [
        "a",
        "abbr",
        "aside",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "wbr",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
SAFE_ATTRIBUTES = frozenset(
    [
        "href",
        "src",
        "alt",
        "bgcolor",
        "border",
        "cellpadding",
        "cellspacing",
        "title",
        "width",
        "height",
        "class",
        "id",
        "style",
        "role",
        "aria-label",
        "tabindex",
        "align",
        "colspan",
        "rowspan",
        "scope",
        "start",
        "value",
        "lang",
        "dir",
    ]
)


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href=' data:text/html,x'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<iframe src=https://evil.example></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
        "<form action=https://evil.example><input></form>",
        "<style>p{background:url(javascript:x)}</style>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<object data=javascript:x></object><embed src=x><base href=//evil.example><meta http-equiv=refresh>",
        "<b onclick=alert(1) style=x class=y id=z>x</b>",
    ],
)
def test_nothing_dangerous_survives(attack: str) -> None:
    try:
        content = parse(f"Before.\n\n{attack}\n\nAfter {attack} text.")
    except PressroomError:
        return
    for written in all_forms(content):
        tags = HtmlReader(written).tags
        assert not {tag for tag, _ in tags} & {
            "script",
            "style",
            "iframe",
            "form",
            "svg",
            "math",
            "object",
            "base",
        }
        for _, attributes in tags:
            assert not any(name.startswith("on") for name in attributes)
            style = attributes.get("style") or "margin:0"
            assert re.fullmatch("margin:0|width:100%;max-width:[0-9]+px", style)
            assert not re.match(r"\s*(javascript|data|vbscript)", attributes.get("href") or "")


DEEP = [
    *(
        mark * 5000
        for mark in (">", "> ", "[", "*", "_", "- ", "1. ", "![", "[^a", "^[", "(", "<b>", "`", "&")
    ),
    *(
        mark * 5000
        for mark in ("**a ", "*a ", "{{", "\\", "<", "<!--", '"', "'", "[a](", "|", "#", ":::\n", "{")
    ),
    "::: callout x\n" * 3000 + ":::\n" * 3000,
    "::: callout x\n" * 3000,
    "\n".join("  " * depth + "- a" for depth in range(300)),
    "<div>" * 5000 + "x",
    "**a " * 5000 + " b**" * 5000,
    "<a href=x><b title=y>" * 2000,
    "\n\n".join(f"[^{number}]: a [^{number + 1}]" for number in range(1000)) + "\n\n[^1000]: b\n\n[^0]",
    "~~~\n" * 5000,
    "漢" * 20000,
    "a" * 20000,
]


@pytest.mark.parametrize("text", rows(DEEP, DEEP[:14], lambda text: text[:12]))
def test_deep_or_long_input_is_read_or_refused_at_once(text: str) -> None:
    begun = time.process_time()
    try:
        all_forms(parse(text))
    except PressroomError as error:
        assert "a.md:" in str(error)
    assert time.process_time() - begun < 2.5


SIGNS = [
    "![",
    "{{",
    '"',
    "'",
    "&",
    "[",
    "<",
    "*",
    "`",
    "|",
    ">",
    "_",
    ":",
    "<!--",
    "[a](",
    "^[",
    "<b>",
    "~",
    "\\",
]


@pytest.mark.parametrize("sign", rows(SIGNS, {"{{", "[", "*", "<"}))
def test_a_megabyte_of_one_sign_is_read_or_refused_with_one_clear_error(sign: str) -> None:
    text = (sign * (1_000_000 // len(sign) + 1))[:1_000_000]
    begun = time.process_time()
    try:
        all_forms(parse(f"One.\n\n{text}"))
    except PressroomError as error:
        assert re.match(r"a\.md:\d+: ", str(error)) and len(str(error)) < 300 and len(error.errors) == 1
    assert time.process_time() - begun < 5


def test_a_paragraph_with_thousands_of_links_is_named_by_its_line() -> None:
    parse("[a](b.md) " * 2000)
    with pytest.raises(PressroomError, match=r"^a\.md:3: this paragraph has 2,001 times the sign `\[`"):
        parse("One.\n\n" + "[a](b.md) " * 2001)
