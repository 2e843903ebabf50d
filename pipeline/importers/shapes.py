"""Shapes of a text, whatever its words: a bare line, a sentence, a question, an address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pipeline.importers.phrases import CALL, READY

ADDRESS = re.compile(
    r"https?://[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,9}(?::\d{1,5})?(?:[/?#][^\s<>{}\\`\"|^\[\]]*)?"
    r"|(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,9}[A-Za-z]{2,24}(?![\w@])"
)
"""A web address that begins with its scheme, or a mail address, as it is written in running text."""

SITE = re.compile(
    r"(?<![\w./@-])(?:[A-Za-z0-9-]{1,63}\.){1,5}"
    r"(?:com|org|net|io|co|health|care|clinic|example|info|edu|gov|de|at|ch|fr|eu|uk|us|ca|au|nl|il)"
    r"(?![\w@-]|\.\w)(?:/[^\s<>{}\\`\"|^\[\]]*)?"
)
"""An address without its scheme, such as www.example.org/start."""

_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]?(?=\s)|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|Dr|Drs|Mr|Mrs|Ms|Prof|St|Jr|Sr|vs|etc|No|Nr|Fig|ca|approx|bzw|[A-Za-z]\.[A-Za-z])$"
)
_CLOSERS = "\"”’»)]'“"
_OPENERS = "\"“„«‘'([¿¡‚"


def without_tail(address: str) -> str:
    """An address without the marks that end the sentence around it (GFM, section 6.9)."""
    while address and (address[-1] in ".,;:!?'\"*_~”’»…" or _is_unopened(address)):
        address = address[:-1]
    return address


def _is_unopened(address: str) -> bool:
    return address[-1] == ")" and address.count(")") > address.count("(")


def ends(text: str) -> str:
    """The mark that a text ends with, before quotation marks and brackets; empty for a letter or digit."""
    bare = text.rstrip(_CLOSERS)
    return bare[-1] if bare and unicodedata.category(bare[-1])[0] in "PS" else ""


def is_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does."""
    return ends(text) in {".", "!", "?", "…", "。", "！", "？", "׃", "؟", "۔"}


def sentence_ends(text: str) -> Iterator[int]:
    """Where sentences end within a text, without the end of the text itself."""
    for match in _SENTENCE_END.finditer(text):
        if match[0][0] == "." and _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        if match.end() < len(text):
            yield match.end()


def last_sentence(text: str) -> int:
    """Where the last sentence begins."""
    start = max(sentence_ends(text), default=0)
    return start + (len(text[start:]) - len(text[start:].lstrip()))


def is_prose(text: str) -> bool:
    """Whether this is running text, by its length or because it is made of sentences."""
    return len(text) > 120 or (is_sentence(text) and ends(text) != "?" and len(text) > 24)


def is_bare(text: str, longest: int = 80) -> bool:
    """Whether a line may be a heading or a title: short, no sentence, begun with a capital or a digit.

    In scripts without capitals every line begins well.
    """
    if not 2 <= len(text) <= longest or ADDRESS.search(text):
        return False
    begin = text.lstrip(_OPENERS)
    if not begin or not begin[0].isalnum() or begin[0].islower():
        return False
    if ends(text) not in {"", "?", "%", "™", "®", "+", "*", "_"}:
        return False
    if sum(character.isalpha() for character in text) < 2:
        return False
    if text[0] in '"“„«' and text[-1] in '"”“»':
        return False
    return not any(text[end - 1] != "?" for end in sentence_ends(text))


def is_question(text: str) -> bool:
    """Whether a line is one question of at least three words."""
    return ends(text) in {"?", "؟", "？"} and (len(text.split()) > 2 or not text.isascii())


def is_call_shaped(text: str) -> bool:
    """Whether a short line, whole, asks the reader to do something."""
    if len(text) > 120 or ends(text) in {":", ","}:
        return False
    plain = text.rstrip("→›»> ")
    pieces = [plain[start:].lstrip() for start in (0, *sentence_ends(plain))]
    if not CALL.match(pieces[-1]) or len(pieces) > 2:
        return False
    return len(pieces) == 1 or READY.match(pieces[0]) is not None or ends(pieces[0][:-1]) == "?"


def same(text: str) -> str:
    """The letters and digits of a text without their case, for comparing lines that differ by marks alone."""
    return "".join(character for character in text.casefold() if character.isalnum())


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case."""
    return tuple(re.findall(r"\w+", text.casefold()))
