"""What Markdown means in one system alone: shortcodes, liquid tags, boxes, Obsidian's links, MDX's code.

A picture, a film or a link becomes Markdown, a box becomes `::: callout`; the rest is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from pipeline.importers.draft import Left
from pipeline.importers.inline import Reference, outside_code, outside_spans
from pipeline.importers.pictures import VAULT

_BOXES = frozenset(
    [
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
        "faq",
        "hint",
        "important",
        "info",
        "note",
        "notice",
        "question",
        "quote",
        "seealso",
        "success",
        "summary",
        "tip",
        "tldr",
        "todo",
        "warning",
    ]
)
"""Names of boxes that systems know."""
_NAMED_BOXES = frozenset(["caution", "danger", "important", "note", "tip", "warning"])
"""Those whose name their system shows above the text."""
_LARGEST = 400_000
"""Characters. What is larger is no article, and is not searched for boxes."""

_ARGUMENTS = r"((?:[^{}<>%\n]|(?<=[\w\"'/=: ])[<>%](?!\}))*?)"
_ARGUMENT = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))|"([^"]*)"|'([^']*)'|([^\s"'=]+)"""
)
_HUGO = re.compile(r"(?<!\\)\{\{[<%]\s*(/?)\s*([\w./-]+)" + _ARGUMENTS + r"\s*/?\s*[%>]\}\}")
_PAIRED = re.compile(
    r"(?<!\\)\{\{[<%]\s*(\w[\w-]*)" + _ARGUMENTS + r"\s*[%>]\}\}[ \t]*\n?"
    r"(.{0,5000}?)\n?[ \t]*\{\{[<%]\s*/\s*\1\s*[%>]\}\}",
    re.DOTALL,
)
_LIQUID = re.compile(r"\{%-?\s*(/?[\w./-]+)\s*([^{}%\n]*?)\s*-?%\}")
_HIGHLIGHT = re.compile(
    r"^\{%-?\s*highlight\s+(\w+)[^%\n]*%\}\n(.{0,5000}?)\n\{%-?\s*endhighlight\s*-?%\}[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.{0,5000}?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_KRAMDOWN = re.compile(
    r"^[ \t]*\{:(?!:)[^{}\n]*\}[ \t]*$|(?<=\S)\{:[ \t]*[.#\w][^{}\n]*\}[ \t]*$"
    r"|(?:(?<=[*_)\]>~])|\A)\{:[ \t]*[.#\w][^{}\n]*\}",  # behind a span; code is not in the text
    re.MULTILINE,
)
_COMPONENT = re.compile(r"</?(?:[A-Z][\w.]*)(?:\s+[^<>]*)?/?>")
_SITE = re.compile(r"(?:\{\{-?\s*(?:site\.(?:baseurl|url)|base_?url|@root)\s*-?\}\})+/?(?=[\w/])")
_SITE_ALONE = re.compile(r"(?<=\()(?:\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\})+(?=\{%)")
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
_ASIDE = re.compile(r"^<aside>[ \t]*\n(.{0,5000}?)\n?^</aside>[ \t]*$", re.MULTILINE | re.DOTALL)

_MORE = re.compile(
    r"<!--+\s*(?:more|excerpt|end[ _-]?excerpt|read[ _-]?more|truncate|preview)\s*--+>"
    r"|\{/\*\s*(?:truncate|more)\s*\*/\}|\{%-?\s*(?:end)?excerpt\s*-?%\}",
    re.IGNORECASE,
)
_EDITOR = re.compile(r"<!--\s*buttondown-editor-mode:[^<>]*-->")
_MDX_COMMENT = re.compile(r"\{/\*(.{0,2000}?)\*/\}", re.DOTALL)
_MDX_CODE = re.compile(r"^(?:import|export)\s+[\w{*\"'](?:.*\n?)+?(?=^[ \t]*$|\Z)", re.MULTILINE)
_IMPORT = re.compile(
    r"^import\s+(?:[\w*{][^;\"'\n]{0,500}\sfrom\s*)?[\"'][^\"'\n]+[\"'];?[ \t]*$", re.MULTILINE
)
_OBSIDIAN_COMMENT = re.compile(r"^%%[ \t]*\n(?:.*\n)*?%%[ \t]*$|%%[^%\n]+?%%", re.MULTILINE)
_WIKI = re.compile(r"(!?)\[\[([^\[\]|\n]*)(?:\|([^\[\]\n]*))?\]\]")
_MARKED = re.compile(r"(?<![\w=])==(?=[^\s=])([^=\n]*[^\s=])==(?![\w=])")
_BLOCK_ID = re.compile(r"[ \t]\^[a-z0-9-]{4,}[ \t]*$", re.IGNORECASE | re.MULTILINE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp|tiff?|heic)$", re.IGNORECASE)

_SIGNS = re.compile(
    r"\{\{|\{%|\{:|!!!|\?\?\?|:::|\[!|</?[A-Z]|\[\[|==|%%|<!--|<aside>|\{/\*|^(?:import|export)\s",
    re.MULTILINE,
)


def translate(body: str, *, mdx: bool) -> tuple[str, list[Left]]:
    """The body in Markdown as all systems read it, and what was taken out; code stays as it is."""
    left: list[Left] = []
    if not _SIGNS.search(body):
        return body, left
    obsidian = "[[" in body

    def leave(reason: str) -> Callable[[re.Match[str]], str]:
        def drop(match: re.Match[str]) -> str:
            left.append(Left(match[0].strip(), reason))
            return "\n" * match[0].count("\n")

        return drop

    def inline(text: str) -> str:
        text = _EDITOR.sub(
            leave("names the editor's program"), _MORE.sub(leave("marks the end of the excerpt"), text)
        )
        if mdx:
            text = _MDX_COMMENT.sub(leave("a comment (MDX)"), text)
        if obsidian:
            text = _BLOCK_ID.sub(leave("the name of a paragraph (Obsidian)"), text)
            text = _WIKI.sub(lambda match: _wiki(match, left), text)
        text = _MARKED.sub(lambda match: match[0][2:-2] if "**" in match[1] else f"**{match[1]}**", text)
        text = _REF_IN_LINK.sub(
            lambda match: f"]({_page(match[1] or match[2])}{match[3] or ''})", _SITE_ALONE.sub("", text)
        )
        text = _RELATIVE.sub(lambda match: match[1], _SITE.sub("/", text))
        text = _HUGO.sub(
            lambda match: _shortcode(match, left, "a shortcode, which only its system understands"), text
        )
        text = _LIQUID.sub(
            lambda match: _shortcode(match, left, "a tag, which only its system understands (Liquid)"), text
        )
        text = _KRAMDOWN.sub(leave("attributes for the page (Kramdown)"), text)
        return _COMPONENT.sub(leave("a component of the page's program (MDX)"), text)

    def whole(text: str) -> str:
        text = (_MDX_CODE if mdx else _IMPORT).sub(leave("code of the page's program (MDX)"), text)
        if obsidian or "%%" in text:
            text = _OBSIDIAN_COMMENT.sub(leave("a comment (Obsidian)"), text)
        return _boxes(text)

    body = outside_code(body, whole)
    return outside_code(body, lambda text: outside_spans(text, inline)), left


def _boxes(text: str) -> str:
    """Boxes of many systems as ours."""
    if len(text) > _LARGEST:
        return text
    text = _HIGHLIGHT.sub(lambda match: f"```{match[1]}\n{match[2]}\n```", text)
    text = _RAW.sub(lambda match: re.sub(r"(\{)(?=[{%])", r"\\\1", match[1]), text)
    text = _MKDOCS.sub(
        lambda match: _callout(match[1], match[2] or "", re.sub(r"(?m)^(?: {4}|\t)", "", match[3]), match[0]),
        text,
    )
    text = _GITHUB.sub(
        lambda match: _callout(match[1], match[2], re.sub("(?m)^> ?", "", match[3]), match[0]), text
    )
    text = _ASIDE.sub(lambda match: _callout("callout", "", match[1], match[0]), text)  # Notion
    text = _COLONS.sub(lambda match: _callout(match[2], match[3] or match[4] or "", match[5], match[0]), text)
    return _PAIRED.sub(_paired, text)


def _paired(match: re.Match[str]) -> str:
    name, arguments = match[1].lower(), _arguments(match[2])
    if name in ("highlight", "code"):
        return f"\n```{arguments.get('0', '')}\n{match[3]}\n```\n"
    if name in ("figure", "img", "image", "ref", "relref"):
        return match[0]
    first = arguments.get("0", "").lower()
    named = first if name in ("notice", "admonition", "callout", "alert") and first in _NAMED_BOXES else name
    return _callout(named, arguments.get("title", ""), match[3], match[0])


def _callout(name: str, title: str, inside: str, whole: str) -> str:
    """The box as `::: callout`, with more colons than are in it; the text itself for a name unknown."""
    ours = name == "callout" and whole.startswith(":::") and "[" not in whole.split("\n")[0]
    name = name.removeprefix("callout-")  # Quarto
    if name.lower() not in _BOXES or ours:
        return whole
    title = title or (name.capitalize() if name.lower() in _NAMED_BOXES else "")
    title = " ".join(re.sub(r"[*_`]|\{\{", "", title).split())
    colons = max([3, *(len(run) + 1 for run in re.findall(r"^(:{3,})", inside, re.MULTILINE))])
    return f"\n{':' * colons} callout {title}".rstrip() + f"\n{inside.strip(chr(10))}\n{':' * colons}\n\n"


def _shortcode(match: re.Match[str], left: list[Left], reason: str) -> str:
    """A shortcode of Hugo or a tag of Liquid as Markdown: a picture, a film or a link; else nothing."""
    liquid = match[0].startswith("{%")
    name = (match[1] if liquid else match[2]).lower().rpartition("/")[2]
    arguments = _arguments(match[2] if liquid else match[3])
    first = arguments.get("0", "")
    if name == "include" and re.match(r"figure|image|img", first):
        name, first = "figure", ""
    source = arguments.get("src") or arguments.get("url") or first
    address = arguments.get("href") or arguments.get("link", "")
    words = arguments.get("text") or arguments.get("label") or arguments.get("title") or first
    if liquid or not match[1]:
        if name in ("figure", "img", "image") and source:
            caption = arguments.get("caption") or arguments.get("title", "")
            if arguments.get("caption") and arguments.get("title"):
                left.append(Left(arguments["title"], "the title of a picture, which has a caption"))
            return Reference(_plain(arguments.get("alt", "")), source, caption, image=True).markdown
        if name in ("ref", "relref", "post_url", "link") and first:
            return _page(first)
        if film := _film(name, arguments.get("id") or first):
            left.append(Left(match[0], "emails show no embedded pages: a link is in its place"))
            return f"<{film}>"
        if name in ("button", "cta") and re.match("https?://", address) and words:
            return Reference(_plain(words), address).markdown
    left.append(Left(match[0], reason))
    return ""


def _page(path: str) -> str:
    return re.sub(r"^_posts/", "", path)


def _film(name: str, identity: str) -> str:
    """The address of an embedded film or post, if its identity says it."""
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
    """Arguments by name, and by number if they have none."""
    arguments: dict[str, str] = {}
    number = 0
    for name, double, single, bare, *alone in _ARGUMENT.findall(text):
        if name:
            arguments[name.lower()] = double or single or bare
        else:
            arguments[str(number)] = next(filter(None, alone), "")
            number += 1
    return arguments


def _plain(words: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", words)


def _wiki(match: re.Match[str], left: list[Left]) -> str:
    """`[[Page#Heading|text]]` as a link to the page's file, `![[picture.png|text]]` as an image."""
    wanted, text = match[2].strip(), (match[3] or "").strip()
    page, _, part = wanted.partition("#")
    if not page and not part:
        return match[0]
    if match[1] and _PICTURE.search(page):
        if re.fullmatch(r"\d+(?:x\d+)?", text):
            left.append(Left(match[0], "the picture's size"))
            text = ""
        return f"![{text}]({VAULT}{_path(page)})"
    if match[1]:
        left.append(
            Left(match[0], "the text of another note, which is not in this file: a link is in its place")
        )
    if part.startswith("^"):
        left.append(Left(match[0], "the name of a paragraph (Obsidian)"))
        part = ""
        if not page:
            return text or match[0]
    heading = part.rpartition("#")[2]
    anchor = re.sub(r"\W+", "-", heading.lower()).strip("-")
    fragment = f"#{quote(anchor)}" if part else ""
    shown = text or (f"{page} › {part}" if page and part else page or heading)
    name = page if re.search(r"\.\w{1,5}$", page) or not page else f"{page}.md"
    return f"[{shown}]({_path(name)}{fragment})"


def _path(path: str) -> str:
    return quote(path, safe="/.-_~!$&'*+,;=:@")
