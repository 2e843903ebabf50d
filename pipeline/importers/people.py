"""Authors: names, `Name, role`, lists of both, and tables, in front matter and in lines of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.frontmatter.values import folded, is_empty, kept, text_of
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


# --- in lines of a text ---------------------------------------------------------------------------

_WORD = r"[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PERSON = re.compile(
    rf"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.? ){{0,2}}{_WORD}"
    rf"(?: (?:{_WORD}|[^\W\d_a-z]\.|de|da|di|du|la|le|van|von|der|den|el|bin|ben|al)){{1,4}}"
)
_HOUSE = re.compile(
    r"(?:the )?(?:[^\W_][\w&’'-]* ){0,3}(?:editors|editorial team|editorial staff|team|staff)", re.IGNORECASE
)
_POST = re.compile(
    r"\b(?:\w*(?:director|editor|founder|writer|author|researcher|scientist|counsell?or|manager|coach|reporter"
    r"|therapist|physician|iatrist|ologist|advis[eo]r|redakteur(?:in)?|arzt|ärztin|médecin|rédacteur|rédactrice)"
    r"|nurse|nursing|professor|officer|journalist|contributor|specialist|pharmacist|columnist|lecturer|fellow"
    r"|practitioner|clinician|doctor|ceo|md|phd|lead|head of|member of|psychologue|psychiatre)\b",
    re.IGNORECASE,
)


def is_name(text: str) -> bool:
    """Whether a text is shaped as a person's name of two to five words."""
    return len(text) <= 60 and _PERSON.fullmatch(text) is not None and not _POST.search(text)


def is_house(text: str) -> bool:
    """Whether a text names those who write without a name: "The editors"."""
    return len(text) <= 60 and _HOUSE.fullmatch(text) is not None


def is_role(text: str) -> bool:
    """Whether a line is a person's role: short, no sentence, and naming a post or a degree."""
    if len(text) > 90 or text[-1:] in ".:?!" or re.search(r"[·•|\d]", text):
        return False
    return _POST.search(text) is not None or all(map(_DEGREE.fullmatch, re.split(r",? ", text)))


def authors_of(text: str) -> tuple[Author, ...]:
    """The authors in "Jane Doe, MD, and John Roe"; nothing unless every piece is understood."""
    if len(text) > 200 or is_house(text):
        return (Author(text),) if is_house(text) else ()
    authors: list[Author] = []
    for piece in re.split(r"\s*(?:;|,? (?:and|und|et|y|&) )\s*", text):
        first, *rest = (part.strip() for part in re.split(r", |\s\|\s| [–—-] ", piece))
        if not is_name(first) and not is_house(first):
            return ()
        authors.append(Author(first))
        for part in rest:
            if is_name(part) and not _DEGREE.fullmatch(part):
                authors.append(Author(part))
            elif is_role(part):
                authors[-1] = Author(authors[-1].name, ", ".join(filter(None, (authors[-1].role, part))))
            else:
                return ()
    return tuple(authors)
