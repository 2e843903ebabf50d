"""What Substack's editor embeds: elements without a text, whose content is JSON in their `data-attrs`.

Its export and its feed leave them so; a script of its site fills them in.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.importers.draft import Left
from pipeline.importers.html.tree import Tag, elements, make, named, tags, text, value
from pipeline.support.json_text import read_json

_SHOWN = ("img", "iframe", "audio", "video", "hr", "table", "pre")
"""Elements that show something without a text."""
_WORDS = ("full_text", "title", "name", "persistentExpression", "text", "label", "caption", "hero_text")
"""What the embedded has to say, the more telling first."""
_ADDRESSES = ("url", "canonical_url", "base_url")
_SHARE = re.compile(r"%%\w+%%")
"""The mark in place of an address that differs by reader."""
_PUBLISHED = re.compile(r"https://open\.substack\.com/pub/([\w-]+)/p/([\w-]+).*")
"""The address of a post in Substack's app."""


def embeds(root: Tag, left: list[Left]) -> None:
    """Mentions, posts of other sites, galleries and the like as their words, pictures and links."""
    for tag in elements(root, "label"):
        if named(tag, re.compile("hide-text")):
            left.append(Left(text(tag), "words of Substack's editor for whoever writes"))
            tag.decompose()
    for tag in elements(root, "div"):
        if named(tag, re.compile("pullquote")):
            tag.name = "blockquote"
    for tag in elements(root, "a"):
        if tag.parent is None:
            continue
        if _SHARE.fullmatch(value(tag, "href")):
            _leave_button(tag, left)
        elif post := _PUBLISHED.fullmatch(value(tag, "href")):
            tag["href"] = f"https://{post[1]}.substack.com/p/{post[2]}"
    for tag in tags(root):
        is_empty = not text(tag) and not tag.find(_SHOWN) and tag.name not in _SHOWN
        if is_empty and value(tag, "data-component-name"):
            _fill(tag, left)


def _leave_button(link: Tag, left: list[Left]) -> None:
    """Leave out a button with the words above it that ask for a click."""
    holder = link.find_parent("div", class_="captioned-button-wrap") or link
    left.append(Left(text(holder), "a button of Substack, which leads each reader elsewhere"))
    holder.decompose()


def _fill(tag: Tag, left: list[Left]) -> None:
    """Replace an empty element by what its attribute says."""
    try:
        found = read_json(value(tag, "data-attrs"))
    except ValueError:
        found = None
    attributes: dict[str, Any] = found if isinstance(found, dict) else {}
    if isinstance(gallery := attributes.get("gallery"), dict):
        attributes = gallery
    words = list(dict.fromkeys(filter(None, (_text(attributes.get(key)) for key in _WORDS))))
    address = next(filter(None, (_text(attributes.get(key)) for key in _ADDRESSES)), "")
    listed = attributes.get("images")
    images = [each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, dict)]
    alt = _text(attributes.get("alt"))
    parts: list[Tag | str] = [
        make("img", src=source, alt=alt) for each in images if (source := _text(each.get("src")))
    ]
    parts += [make("a", (words or [address])[0], href=address), *words[1:]] if address else words
    if not parts:
        name = value(tag, "data-component-name").removesuffix("ToDOM")
        found_text = f"{name}: {value(tag, 'data-attrs')}"
        left.append(Left(found_text, "Substack does not export what it shows here"))
    if tag.name == "span":
        tag.replace_with(*[each for part in parts for each in (" ", part)][1:])
        return
    tag.replace_with(*(make("p", part) for part in parts))


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
