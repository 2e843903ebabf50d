"""A page of Notion's export as Markdown: its title as a heading, then properties as lines, then the text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.config.front_matter import write_yaml
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.readers import markdown

NAME = "notion"
DESCRIPTION = "a page of Notion's export (.md)"

_NAMED = re.compile(r"(.*?) ?[0-9a-f]{32}")
"""Notion adds the page's id to the name of its file."""
_PAGE = re.compile(
    r"\s*# (?P<title>[^\n]+)\n+(?P<fields>(?:[^\W\d][\w /()-]{0,40}: [^\n]*\n)*)(?P<body>.*)", re.DOTALL
)


def takes(material: Material) -> bool:
    """Whether its name ends in an id of Notion. Never raises."""
    path = PurePosixPath(material.name)
    return path.suffix.lower() == ".md" and _NAMED.fullmatch(path.stem) is not None


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` for what is no text."""
    text = text_of(material)
    page = _PAGE.fullmatch(text)
    if page is None or text.startswith("---"):
        return markdown.read(material)
    fields = dict(line.split(": ", 1) for line in page["fields"].splitlines())
    head: dict[str, str | list[str]] = {"title": page["title"].strip()}
    head |= {re.sub(r"\W+", "_", key).lower(): value.strip() for key, value in fields.items()}
    if isinstance(tags := head.get("tags"), str):
        head["tags"] = [each.strip() for each in tags.split(",")]
    source = f"---\n{write_yaml(head)}---\n{page['body']}"
    stem = _NAMED.fullmatch(PurePosixPath(material.name).stem)
    drafts = markdown.read(replace(material, name=f"{stem[1] if stem else 'page'}.md", data=source.encode()))
    return tuple(replace(each, source_text=text, numbered=False) for each in drafts)
