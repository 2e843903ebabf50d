"""Who wrote it: names, `Name, role`, lists of both, and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.head.keys import folded
from pipeline.importers.head.values import is_empty, kept, text_of
from pipeline.model import Author

_NAME = ("name", "fullname", "displayname", "author", "label")
_ROLE = ("role", "title", "jobtitle", "job", "position", "credential", "credentials", "occupation")
_URL = ("url", "website", "link", "web", "homepage", "site", "href")
_ROLES = re.compile(
    r"\b(?:editors?|writers?|authors?|reporter|correspondent|journalist|doctors?|physician|nurse|surgeon|"
    r"professor|prof|lecturer|fellow|director|head|chief|lead|leader|officer|founder|co-founder|ceo|cto|cmo|"
    r"manager|engineer|developer|designer|consultant|analyst|coordinator|researcher|student|staff|team|"
    r"contributor|columnist|guest|president|chair|medical|senior|junior|clinical|department|university|"
    r"institute|hospital|centre|center|clinic|laboratory|lab|school|college|of|at|for|the|\w+(?:ist|ologist|"
    r"ician|iatrist))\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"(?!C[A-Z]O$)[A-Z]{2,6}(?:-[A-Z]{1,4})?|(?:[A-Z][a-z]?\.){2,4}|(?:Ph|Psy|Pharm|Ed|Sc)\.? ?D\.?"
    r"|[MB](?:Sc|Phil|Ed)|D(?:Phil|NSc)|(?:F|M)RC[A-Z][a-z]{0,4}|Dr\.?"
)
_OF_A_NAME = re.compile(r"[JS]r\.?|I{2,3}")
_FULL_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+[\w.'’-]+){1,4}")
_MAIL = re.compile(r"\s*[<(][^<>()\s]+@[^<>()\s]+[>)]\s*$")


@dataclass(frozen=True, slots=True)
class People:
    """The authors that a value names, what of it has no place in them, and whether the reading is a guess."""

    authors: tuple[Author, ...] = ()
    rest: Any = None
    guessed: bool = False


def people_of(field: Field, *, several: bool) -> People:
    """The authors of a field; `several` says that its key is a plural, so that commas part names."""
    if not isinstance(field.value, tuple):
        return _one(field, several=several)
    found = [_one(item, several=False) for item in field.value]
    rest = [each.rest for each in found if each.rest is not None]
    return People(
        tuple(author for each in found for author in each.authors),
        rest or None,
        any(each.guessed for each in found),
    )


def _one(field: Field, *, several: bool) -> People:
    if isinstance(field.value, dict):
        return _table(field)
    text = text_of(field)
    if text is None:
        return People() if is_empty(field) else People(rest=kept(field))
    if mail := _MAIL.search(text):
        author = _named(text[: mail.start()], several=False)
        return People(author.authors, text, author.guessed)
    return _named(text, several=several)


def _named(text: str, *, several: bool) -> People:
    """A text of one or more names, each perhaps with degrees and a role behind commas."""
    for mark in (";", " & ", " and "):
        parts = [part.strip(" ,") for part in text.split(mark)]
        names = all(_FULL_NAME.fullmatch(part.partition(",")[0]) for part in parts)
        if len(parts) > 1 and all(parts) and (mark == ";" or (names and not _ROLES.search(text))):
            found = [_named(part, several=mark != ";") for part in parts]
            return People(tuple(a for each in found for a in each.authors), None, mark != ";")
    text = re.sub(r"^by\s+(?=[A-Z])", "", text, flags=re.IGNORECASE)
    name, *rest = [part.strip() for part in text.split(",") if part.strip()] or [text]
    while rest and _OF_A_NAME.fullmatch(rest[0]):
        name = f"{name}, {rest.pop(0)}"
    if not rest:
        return People((Author(name),))
    # "Ada Example, Ben Sample" are two people; what names a degree or an office is the first one's.
    offices = [bool(_DEGREE.fullmatch(part) or _ROLES.search(part)) for part in rest]
    names = all(_FULL_NAME.fullmatch(part) and part.istitle() for part in rest)
    if not any(offices) and (several or names):
        return People(tuple(Author(each) for each in (name, *rest)), None, not several)
    return People((Author(name, ", ".join(rest)),), None, several)


def _table(field: Field) -> People:
    """A table with a name, or one table for each name: `{ada: {name: …}}`."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for part, keys in (("name", _NAME), ("role", _ROLE), ("url", _URL)):
        for key in keys:
            at = next((each for each in field.value if folded(each) == key and each not in used), None)
            text = text_of(field.value[at]) if at is not None else None
            if at is None or text is None or (part == "url" and not re.match(r"https?://\S+$", text)):
                continue
            if found.setdefault(part, text) == text:
                used.add(at)
    if "name" not in found:
        return People(rest=kept(field))
    author = Author(found["name"], found.get("role", ""), found.get("url", ""))
    rest = {key: kept(each) for key, each in field.value.items() if key not in used and not is_empty(each)}
    return People((author,), {"name": author.name, **rest} if rest else None)
