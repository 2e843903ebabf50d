"""Names of authors, and what stands beside them."""

from __future__ import annotations

import re

from pipeline.model import Author

_WORD = r"[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PARTICLE = "de|da|di|du|la|le|van|von|der|den|el|bin|ben|al"
_NAME = re.compile(
    rf"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.? ){{0,2}}{_WORD}(?: (?:{_WORD}|[^\W\d_a-z]\.|{_PARTICLE})){{1,4}}"
)
_HOUSE = re.compile(
    r"(?:the )?(?:[^\W_][\w&’'-]* ){0,3}(?:editors|editorial team|editorial staff|team|staff|workspace)",
    re.IGNORECASE,
)
_CREDENTIAL = re.compile(
    r"(?:[A-Z]{2,6}|Ph\.?D\.?|M\.?D\.?|D\.?O\.?|Psy\.?D\.?|Ed\.?D\.?|Pharm\.?D\.?|Dr(?:PH)?|M\.?A\.?|B\.?A\.?|M\.?S\.?|M\.?Sc\.?|"
    r"B\.?Sc\.?|FRCPsych|MRCPsych|Jr\.?|Sr\.?|[A-Z]{2,6}-[A-Z]{1,4})"
)
_POST = re.compile(
    r"\b(?:director|editor|physician|psychiatrist|psychologist|therapist|psychotherapist|nurse|founder|co-?founder|"
    r"writer|author|professor|researcher|scientist|neuroscientist|officer|counsell?or|journalist|contributor|"
    r"manager|coach|specialist|pharmacist|reporter|columnist|lecturer|fellow|advis[eo]r|practitioner|clinician|"
    r"an[ae]?esthe(?:sio|t)\w*|doctor|ceo|md|phd|lead|head of|member of|redakteur(?:in)?|ärztin|arzt|"
    r"psychologue|psychiatre|rédactrice|rédacteur|médecin)\b",
    re.IGNORECASE,
)


def is_name(text: str) -> bool:
    """Whether a text is shaped as a person's name of two to five words."""
    return (
        len(text) <= 60
        and not text[:1].islower()
        and _NAME.fullmatch(text) is not None
        and not _POST.search(text)
    )


def is_house(text: str) -> bool:
    """Whether a text names those who write without a name: "The editors"."""
    return len(text) <= 60 and _HOUSE.fullmatch(text) is not None


def is_role(text: str) -> bool:
    """Whether a line says what somebody is: short, no sentence, and naming a post or a credential."""
    if len(text) > 90 or text[-1:] in ".:?!":
        return False
    return _POST.search(text) is not None or all(map(_CREDENTIAL.fullmatch, re.split(r",? ", text)))


def authors_of(text: str) -> tuple[Author, ...]:
    """The authors in "Jane Doe, MD, and John Roe"; nothing unless every piece is understood."""
    if len(text) > 200:
        return ()
    if is_house(text):
        return (Author(text),)
    authors: list[Author] = []
    for piece in re.split(r"\s*(?:;|,? (?:and|und|et|y|&) )\s*", text):
        first, *rest = (part.strip() for part in re.split(r", |\s\|\s| [–—-] ", piece))
        if not is_name(first) and not is_house(first):
            return ()
        authors.append(Author(first))
        for part in rest:
            if is_name(part) and not _CREDENTIAL.fullmatch(part):
                authors.append(Author(part))
            elif _CREDENTIAL.fullmatch(part) or is_role(part):
                role = f"{authors[-1].role}, {part}" if authors[-1].role else part
                authors[-1] = Author(authors[-1].name, role)
            else:
                return ()
    return tuple(authors)
