"""What a block says, without its marks; and whether it is nothing but a link, a picture, bold or italics."""

from __future__ import annotations

import re

from pipeline.importers.addresses import Reference, references

_TAGS = re.compile(r"</?[A-Za-z][^<>]*>")
_WHOLLY = re.compile(r"(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=[^\s\\])\1", re.DOTALL)


def readable(markdown: str) -> str:
    """The words of a piece of Markdown, on one line."""
    text = re.sub(r"!?\[([^\[\]]*)\]\((?:<[^<>]*>|[^()\s]*)(?:\s+\"[^\"]*\")?\)", r"\1", markdown)
    text = re.sub(r"<(https?://[^<>\s]+|[^<>\s@]+@[^<>\s]+)>", r"\1", text)
    text = re.sub(r"^ {0,3}(?:>[ \t]?)+", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<!\\)(?:\*+|`+|(?<!\w)_+|_+(?!\w))", "", _TAGS.sub("", text))
    return " ".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text.replace("\\\n", " ")).split())


def unquoted(markdown: str) -> str:
    """The text of a block quote without its marks, one level."""
    return "\n".join(re.sub(r"^ {0,3}> ?", "", line) for line in markdown.split("\n"))


def inner(markdown: str) -> str:
    """The text within bold or italics, where these go around all of it; else the text itself."""
    text = markdown.strip()
    while (match := _WHOLLY.fullmatch(text)) and match[1] not in match[2].replace(f"\\{match[1][0]}", ""):
        text = match[2].strip()
    return text


def is_emphasised(markdown: str) -> bool:
    """Whether bold or italics go around all of it."""
    return inner(markdown) != markdown.strip()


def is_bold(markdown: str) -> bool:
    """Whether bold goes around all of it, and it is one line."""
    return bool(
        re.fullmatch(r"(\*\*|__)(?![*_\s])[^\n]+?(?<![*_\s\\])\1", markdown.strip())
    ) and is_emphasised(markdown)


def links(markdown: str) -> tuple[Reference, ...]:
    """Its links, automatic ones among them; images are none."""
    found = [each for each in references(markdown) if not each.image]
    automatic = re.findall(r"(?<![\w`\\])<((?:https?://|mailto:|tel:|sms:)[^<>\s]+)>", markdown)
    return (*found, *(Reference(address, address) for address in automatic))


def images(markdown: str) -> tuple[Reference, ...]:
    """Its images."""
    return tuple(each for each in references(markdown) if each.image)
