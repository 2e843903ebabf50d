"""What a content system puts into a text for its own program: shortcodes, liquid tags, boxes of its own.

A picture, a film or a link becomes Markdown, a box becomes `::: callout`; the rest is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipeline.importers.addresses import Reference
from pipeline.importers.body.lines import outside_code, outside_spans
from pipeline.importers.draft import Draft, Left

_BOXES = frozenset(
    {
        *(
            "abstract",
            "admonition",
            "alert",
            "bug",
            "callout",
            "caution",
            "cite",
            "danger",
            "example",
            "failure",
        ),
        *("faq", "hint", "important", "info", "note", "notice", "question", "quote", "seealso", "success"),
        *("summary", "tip", "tldr", "todo", "warning"),
    }
)
"""Names of boxes that systems know."""

_SAYING = frozenset({"caution", "danger", "important", "note", "tip", "warning"})
"""Those whose name their system shows above the text."""

_LARGEST = 400_000
"""Characters. What is larger is no article, and is not searched for boxes."""

_HUGO_ARGUMENTS = r"((?:[^{}<>%\n]|(?<=[\w\"'/=: ])[<>%](?!\}))*?)"
_QUOTED = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))|"([^"]*)"|'([^']*)'|([^\s"'=]+)"""
)
_HUGO = re.compile(r"(?<!\\)\{\{[<%]\s*(/?)\s*([\w./-]+)" + _HUGO_ARGUMENTS + r"\s*/?\s*[%>]\}\}")
_PAIRED = re.compile(
    r"(?<!\\)\{\{[<%]\s*(\w[\w-]*)" + _HUGO_ARGUMENTS + r"\s*[%>]\}\}[ \t]*\n?"
    r"(.{0,5000}?)\n?[ \t]*\{\{[<%]\s*/\s*\1\s*[%>]\}\}",
    re.DOTALL,
)
_LIQUID = re.compile(r"\{%-?\s*(/?[\w./-]+)\s*([^{}%\n]*?)\s*-?%\}")
_HIGHLIGHT = re.compile(
    r"^\{%-?\s*highlight\s+(\w+)[^%\n]*%\}\n(.{0,5000}?)\n\{%-?\s*endhighlight\s*-?%\}[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_WORDPRESS = re.compile(
    r"\[(/?)(caption|gallery|embed|video|audio|playlist|vc_\w+|contact-form-7|button)\b([^\[\]\n]*)\](?!\()"
)
_COMPONENT = re.compile(r"</?(?:[A-Z][\w.]*)(?:\s+[^<>]*)?/?>")
_SITE = re.compile(r"\{\{-?\s*(?:site\.(?:baseurl|url)|base_?url|@root)\s*-?\}\}/?(?=[\w/])")
_RELATIVE = re.compile(r"""\{\{-?\s*["']([^"'{}]*)["']\s*\|\s*(?:relative|absolute)_url\s*-?\}\}""")
_REF_IN_LINK = re.compile(
    r"""\]\(\s*(?:\{\{[<%]\s*(?:rel)?ref\s+["']?([^"'<>%{}\s]+)["']?\s*[%>]\}\}"""
    r"""|\{%-?\s*(?:link|post_url)\s+([^%{}\s]+)\s*-?%\})(#[\w-]+)?\s*\)"""
)
_MKDOCS = re.compile(
    r"^(?:!!!|\?\?\?\+?)[ \t]+([\w-]+)(?:[ \t]+\"([^\"\n]*)\")?[ \t]*\n"
    r"((?:(?: {4}|\t)[^\n]*(?:\n|$)|[ \t]*\n(?=(?: {4}|\t)))+)",
    re.MULTILINE,
)
_COLONS = re.compile(
    r"^(:{3,})[ \t]*(?:\{\.)?([a-z-]+)\}?(?:\[([^\]\n]*)\]|\{[^}\n]*\}|[ \t]+([^\n]*))?[ \t]*\n"
    r"(.{0,5000}?)^\1[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_GITHUB = re.compile(r"^> ?\[!(\w+)\][+-]?[ \t]*([^\n]*)\n((?:>[^\n]*(?:\n|$))*)", re.MULTILINE)


def shortcodes(draft: Draft) -> Draft:
    """The draft with its body in Markdown alone: what only its system understands goes, code stays."""
    left: list[Left] = []

    body = draft.body
    if re.search(r"\{\{|\{%|!!!|\?\?\?|:::|\[!|\[/?\w+[ \]]|</?[A-Z]", body):
        body = outside_code(body, _boxes)
        body = outside_code(body, lambda text: outside_spans(text, lambda part: _inline(part, left)))
        body = re.sub(r"\n{3,}", "\n\n", body) if body != draft.body else body
    return replace(draft, body=body, left=(*draft.left, *left))


def _boxes(text: str) -> str:
    """Boxes of many systems as ours."""
    if len(text) > _LARGEST:
        return text
    text = _HIGHLIGHT.sub(lambda match: f"```{match[1]}\n{match[2]}\n```", text)
    text = _MKDOCS.sub(
        lambda match: _callout(match[1], match[2] or "", _without(r"^(?: {4}|\t)", match[3]), match[0]), text
    )
    text = _GITHUB.sub(lambda match: _callout(match[1], match[2], _without("^> ?", match[3]), match[0]), text)
    text = _COLONS.sub(lambda match: _callout(match[2], match[3] or match[4] or "", match[5], match[0]), text)
    return _PAIRED.sub(_paired, text)


def _without(start: str, text: str) -> str:
    return re.sub(start, "", text, flags=re.MULTILINE)


def _paired(match: re.Match[str]) -> str:
    name, arguments, inside = match[1], _arguments(match[2]), match[3]
    if name.lower() in ("figure", "img", "image", "ref", "relref", "highlight", "code"):
        return match[0]
    title = arguments.get("title", "")
    return _callout(name, title, inside, match[0])


def _callout(name: str, title: str, inside: str, whole: str) -> str:
    """The box as `::: callout`, with more colons than stand in it; the text itself for a name unknown."""
    if name.lower() not in _BOXES or (
        name == "callout" and whole.startswith(":::") and "[" not in whole.split("\n")[0]
    ):
        return whole
    title = title or (name.capitalize() if name.lower() in _SAYING else "")
    title = " ".join(re.sub(r"[*_`]|\{\{", "", title).split())
    colons = max([3, *(len(run) + 1 for run in re.findall(r"^(:{3,})", inside, re.MULTILINE))])
    return f"\n{':' * colons} callout {title}".rstrip() + f"\n{inside.strip(chr(10))}\n{':' * colons}\n\n"


def _inline(text: str, left: list[Left]) -> str:
    def leave(reason: str) -> Callable[[re.Match[str]], str]:
        def drop(match: re.Match[str]) -> str:
            left.append(Left(match[0].strip(), reason))
            return ""

        return drop

    text = _REF_IN_LINK.sub(lambda match: f"]({_page(match[1] or match[2])}{match[3] or ''})", text)
    text = _RELATIVE.sub(lambda match: match[1], _SITE.sub("/", text))
    text = _HUGO.sub(lambda match: _hugo(match, left), text)
    text = _LIQUID.sub(lambda match: _liquid(match, left), text)
    text = _WORDPRESS.sub(leave("a shortcode of WordPress"), text)
    return _COMPONENT.sub(leave("a component of the page's program (MDX)"), text)


def _page(path: str) -> str:
    return re.sub(r"^_posts/", "", path)


def _hugo(match: re.Match[str], left: list[Left]) -> str:
    name, arguments = match[2].lower().rpartition("/")[2], _arguments(match[3])
    first = arguments.get("0", "")
    if not match[1]:
        if name in ("figure", "img", "image") and (source := arguments.get("src") or first):
            title = arguments.get("caption") or arguments.get("title", "")
            return Reference(_text(arguments.get("alt", "")), source, title, image=True).markdown
        if name in ("ref", "relref") and first:
            return first
        if address := _film(name, arguments.get("id") or first):
            left.append(Left(match[0], "emails show no embedded pages: a link stands for it"))
            return f"<{address}>"
        if name in ("button", "cta") and re.match(
            "https?://", arguments.get("href") or arguments.get("link", "")
        ):
            words = arguments.get("text") or arguments.get("label") or arguments.get("title") or first
            if words:
                return Reference(_text(words), arguments.get("href") or arguments["link"]).markdown
    left.append(Left(match[0], "a shortcode, which only its system understands"))
    return ""


def _liquid(match: re.Match[str], left: list[Left]) -> str:
    name, arguments = match[1].lower(), _arguments(match[2])
    if address := _film(name, arguments.get("0", "")):
        left.append(Left(match[0], "emails show no embedded pages: a link stands for it"))
        return f"<{address}>"
    if name in ("post_url", "link") and "0" in arguments:
        return _page(arguments["0"])
    left.append(Left(match[0], "a tag, which only its system understands (Liquid)"))
    return ""


def _film(name: str, identity: str) -> str:
    """The address of an embedded film or post, where its identity says it."""
    if re.match(r"https?://[^\s<>]+$", identity):
        return identity if name in ("youtube", "vimeo", "tweet", "twitter", "x", "embed", "video") else ""
    if not re.fullmatch(r"[\w-]{3,40}", identity):
        return ""
    return {
        "youtube": f"https://www.youtube.com/watch?v={identity}",
        "vimeo": f"https://vimeo.com/{identity}",
        "tweet": f"https://x.com/i/status/{identity}",
        "twitter": f"https://x.com/i/status/{identity}",
    }.get(name, "")


def _arguments(text: str) -> dict[str, str]:
    """Arguments by name, and by number where they have none."""
    found: dict[str, str] = {}
    number = 0
    for name, double, single, bare, *alone in _QUOTED.findall(text):
        if name:
            found[name.lower()] = double or single or bare
        else:
            found[str(number)] = next(filter(None, alone), "")
            number += 1
    return found


def _text(words: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", words)
