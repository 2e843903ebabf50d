"""What the tests of content share: a resolver without files, and readers of the written forms."""

from __future__ import annotations

from pipeline.content.html import blocks_to_html
from pipeline.content.html_nodes import HtmlOptions
from pipeline.content.medium import Medium
from pipeline.content.parse import parse_content
from pipeline.content.text import LinkList, blocks_to_text
from pipeline.errors import PressroomError
from pipeline.model import Audio, Content, Image, ImageUse
from pipeline.support import merge

PERMALINK = "https://synapse.example/a/"

SNIPPETS = {
    "signature": "Yours,\n\n![A hand](hand.png)\n",
    "nested": "::: snippet signature\n:::",
    "noted": "A claim.[^1]\n\n[^1]: A note.",
    "broken": "x\n\n[a](missing.md)",
}


class Resolver:
    """Knows every image; article paths lead to `https://synapse.example/`."""

    def link(self, target: str) -> str:
        if target.startswith(("http:", "https:", "mailto:", "tel:", "sms:")):
            return target
        if "missing" in target:
            raise PressroomError(f'the link "{target}" leads to no article.', hint="Look again.")
        return f"https://synapse.example/{target}"

    def image(self, target: str, alt: str, use: ImageUse = ImageUse.FULL) -> Image:
        if "missing" in target:
            raise PressroomError(f'the image "{target}" does not exist.')
        name = target if use is ImageUse.FULL else f"{use}-{target}"
        url = f"https://synapse.example/images/{name}"
        return Image(target, target, url, alt, 1200, 801, "image/png", 1000, "0" * 64)

    def audio(self, target: str) -> Audio:
        if "missing" in target:
            raise PressroomError(f'the audio "{target}" does not exist.')
        if target.startswith("https:"):
            return Audio(target, "audio/mpeg", 0)
        return Audio(f"https://synapse.example/audio/{target}", "audio/mpeg", 9, name=target, source=target)

    def snippet(self, name: str) -> tuple[str, str, Resolver]:
        if name not in SNIPPETS:
            raise PressroomError(f'there is no snippet "{name}".', hint="Look again.")
        return SNIPPETS[name], f"snippets/{name}.md", self


def parse(text: str, first_line: int = 1, **fields: str) -> Content:
    return parse_content(text, path="a.md", first_line=first_line, resolver=Resolver(), merge_fields=fields)


def writer(form: Medium, **options: object) -> HtmlOptions:
    anchor = PERMALINK if form is Medium.FEED else ""
    return HtmlOptions(**{"medium": form, "anchor": anchor, **options})  # type: ignore[arg-type]


def html(text: str, form: Medium = Medium.WEB, **options: object) -> str:
    return merge.html(blocks_to_html(parse(text).blocks, writer(form, **options)))


def plain(text: str, width: int = 72) -> str:
    content = parse(text)
    return merge.text(blocks_to_text(content.blocks, LinkList(), content.footnotes, width))
