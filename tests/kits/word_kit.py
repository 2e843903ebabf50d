"""Words of a source as a reader sees them, and the places where an import puts them."""

from __future__ import annotations

import email
import email.policy
import html
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from io import BytesIO
from typing import Any

from bs4 import BeautifulSoup, Comment
from markdown_it import MarkdownIt
from yaml import safe_load

_WORD = re.compile(r"[^\W\d_]+|\d+")
_UNSEEN = ["script", "style", "template", "noscript", "title", "svg"]
_FRONT_MATTER = re.compile(
    r"\A(?:(?:---|\+\+\+|;;;).*?\n(?:---|\+\+\+|;;;)[ \t]*\n|\{.*?\n\}\n|[Tt]itle:[^\n]*\n(?:[\w \t][^\n]*\n)*\n)",
    re.DOTALL,
)
# The names of shortcodes, of their arguments and of boxes are no words of a text.
_SHORTCODE = re.compile(r"\{\{[<%].*?[%>]\}\}|\{%.*?%\}|\{\{ site\.(?:baseurl|url) \}\}")
_MARKUP = re.compile(
    r"^(?:!!!|\?\?\?|:::+)[ \t]*[\w{.-]*\}?|\[!\w+\]|\{:?[ ]?[#:.*].*?\}|\[\^[\w-]+\]", re.MULTILINE
)
_ADDRESS = re.compile(r"\]\((?:<[^<>]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)")


def words(text: str) -> list[str]:
    """Letters and digits of a text, word by word."""
    text = re.sub("[\u200b\u200c\u2060-\u2064\ufeff\u00ad\ufffc]", "", text)
    return _WORD.findall(html.unescape(text).casefold())


def source_words(name: str, data: bytes) -> list[str]:
    """The words that a reader sees in a source, in their order; for a feed those of its items."""
    ending = name.rpartition(".")[2].lower()
    if ending in ("md", "mdx"):
        return words(_markdown_text(_FRONT_MATTER.sub("", _decoded(data), count=1)))
    if ending == "html":
        return words(_page_text(_decoded(data)))
    if ending == "eml":
        return words(_mail_text(data))
    if ending == "docx":
        return words(_document_text(data))
    if ending in ("xml", "rdf"):
        return [word for item in _items(_decoded(data)) for word in words(item)]
    if ending == "json":
        items = json.loads(data)["items"]
        keys = ("title", "content_html", "content_text")
        return [word for item in items for key in keys for word in words(_page_text(item.get(key, "")))]
    return words(_decoded(data))


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _page_text(markup: str) -> str:
    soup = BeautifulSoup(markup, "lxml")
    for tag in soup.find_all(_UNSEEN):
        tag.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for shown in soup.find_all(["img", "iframe"]):
        shown.replace_with(f" {shown.get('alt') or shown.get('title') or ''} ")
    for mark in soup.select("[style*='mso-list:Ignore' i], a + a"):
        mark.insert_before(" ") if mark.name == "a" else mark.decompose()
    inline = ["a", "b", "strong", "i", "em", "span", "sub", "sup", "code", "font", "small", "u"]
    for tag in soup.find_all(inline):
        tag.unwrap()
    soup.smooth()
    return soup.get_text(" ")


def _markdown_text(body: str) -> str:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    body = re.sub(r"\{\{< highlight .*?>\}\}", " ", body)  # its arguments are about the looks of code
    body = _SHORTCODE.sub(lambda match: " ".join(re.findall('"([^"]*)"', match[0])), body)
    return _page_text(parser.render(_MARKUP.sub(" ", body)))


def _mail_text(data: bytes) -> str:
    message: Any = email.message_from_bytes(data, policy=email.policy.default)
    inner = [part.get_content() for part in message.walk() if part.get_content_type() == "message/rfc822"]
    texts = []
    for each in [message, *inner]:
        part = each.get_body(("html", "plain"))
        if part is not None:
            text = _decoded(part.get_payload(decode=True))
            texts.append(_page_text(text) if part.get_content_subtype() == "html" else text)
    return "\n".join(dict.fromkeys(texts))


def _document_text(data: bytes) -> str:
    texts: list[str] = []
    with zipfile.ZipFile(BytesIO(data)) as package:
        for path in sorted(package.namelist()):
            if re.fullmatch(r"word/(?:document|header\d|footer\d|footnotes|comments)\.xml", path):
                part = re.sub(
                    r"<mc:Fallback>.*?</mc:Fallback>", "", package.read(path).decode(), flags=re.DOTALL
                )
                paragraphs = re.split(r"</w:p>|<w:tab/>|<w:br/>", part)
                text = "\n".join(map(_paragraph_text, paragraphs))
                texts += [text] if text not in texts else []
    return "\n".join(texts)


def _paragraph_text(part: str) -> str:
    found = re.findall(r"<(?:w:t|w:delText|m:t)\b[^>]*>([^<]*)<|docPr [^>]*descr=\"([^\"]*)", part)
    return "".join("".join(each) for each in found)


def _items(xml: str) -> Iterator[str]:
    for item in re.findall(r"<(item|entry)\b[^>]*>(.*?)</\1>", xml, re.DOTALL):
        for _, element in re.findall(
            r"<(title|description|content|summary|content:encoded|excerpt:encoded)\b[^>]*>(.*?)</\1>",
            item[1],
            re.DOTALL,
        ):
            text = html.unescape(re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", element, flags=re.DOTALL))
            yield _page_text(text) if re.search("</|<br", text) else text


def article_words(text: str) -> tuple[list[str], list[str], list[str]]:
    """The words of an article's front matter, those of its body, and of these the ones that are seen."""
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    fields = [word for value in _values(safe_load(head)) for word in words(str(value))]
    return fields, all_words(body), seen_words(body)


def all_words(body: str) -> list[str]:
    """The words of Markdown, those of addresses too."""
    body = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"\\[*_]", " ", body))
    return words(
        re.sub(
            r"</?(?:strong|em|sub|sup|kbd|abbr|del)>|(?<![^\W_])[*_]+(?=\w)|\*+(?=\w)|(?<=\w)\*+", "", body
        )
    )


def seen_words(body: str) -> list[str]:
    """The words of Markdown without addresses, numbers of lists and notes, names of containers and of languages.

    The pieces that an article is related to are named below it, wherever they were.
    """
    body = re.sub(r"\n\nRelated:(?: |\n\n- )\[.*", "", body, flags=re.DOTALL)
    # A recording is said by fields, which its source has beside the text.
    body = re.sub(r"^::: audio \S+\n(?:\w+: .*\n)*:::$", "", body, flags=re.MULTILINE)
    # A picture that could not be had without a description is linked by the name of its file.
    body = re.sub(r"(?<!!)\[([\w.-]+)\](?=\([^()\s]*/\1[)?])", "[]", body)
    body = re.sub(
        r"^:{3,}[ \t]*(?:cta|callout)?|^ {0,3}[`~]{3,}\w+|^[ \t]*\d+[.)]|(?<!\\)\[\^\w+\]:?",
        " ",
        body,
        flags=re.MULTILINE,
    )
    return all_words(re.sub(r"<https?://[^<>]*>", "", _ADDRESS.sub("](", body)))


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each)
    elif value is not None:
        yield value


def lost_words(source: Iterable[str], *places: Iterable[str]) -> list[str]:
    """The words of a source that stand in none of these places as often as in the source."""
    missing = Counter(source)
    for place in places:
        missing -= Counter(place)
    return sorted(missing.elements())


def moved_words(source: list[str], body: list[str]) -> list[str]:
    """The words of a body that do not follow in the order of the source."""
    rest = iter(source)
    if all(any(word == each for each in rest) for word in body):
        return []
    steps = SequenceMatcher(None, source, body, autojunk=False).get_opcodes()
    return [
        word for step, _, _, start, end in steps if step in ("insert", "replace") for word in body[start:end]
    ]
