"""Rules on the writing: what was left over from working on it. `structure.py` has its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Rule, Violation
from pipeline.model import Place, Severity

_PLACEHOLDER = re.compile(
    r"\bTK(?:TK)*\b|\bTODO\b|\bFIXME\b|\[(?i:insert)\b[^\]]*\]"
    r"|\b(?i:lorem ipsum|dolor sit amet|your text here|text goes here|placeholder text|insert text here)\b"
)
_LIKELY = re.compile(r"\bXXX+\b|\bTB[DC]\b|\?\?\?+|\bblah blah\b")
"""What is a placeholder in most texts, and a Roman numeral or a quotation in some."""

_DOUBLED = re.compile(r"(?<![\w’'-])([^\W\d_]{2,})\s+\1(?![\w’'-])", re.IGNORECASE)
_MEANT = {
    "en": "had that is do no so very really many bye ha night there well long much far never aye hear tut "
    "knock again more on in can will",
    "de": "die der das den dem sie sehr nein ja ha mehr nach so immer wieder dass weiter",
    "fr": "nous vous très non oui bien ha si",
    "es": "no sí muy ha bien",
    "it": "piano molto sì no lo la li le",
    "pt": "não sim muito nos",
    "nl": "dat die zeer heel nee ja",
}
"""Words that are doubled on purpose, or by grammar: "all that that implies", "nous nous levons"."""

_ATTACHED = {
    "en": r"(?:please )?(?:find|see) (?:the )?attached|(?:is|are) attached (?:to|below|here)? ?"
    r"(?:this )?(?:email|e-mail|mail|message|letter|newsletter)"
    r"|I(?:'ve|’ve| have)? attach(?:ed)? (?:a|the|my|our)"
    r"|the attached (?:file|document|pdf|form|letter|sheet|image|picture)|in the attachment|see attachment",
    "de": r"anbei (?:finden|sende|schicke|der|die|das)|im Anhang (?:finde[nt]|dieser|sende|schicke)"
    r"|hängt (?:dieser )?(?:E-)?Mail an|angehängte[nrs]? (?:Datei|Dokument|PDF)",
    "fr": r"ci-joint(?:e|s|es)?|en pièces? jointes?|le (?:fichier|document) joint",
    "es": r"(?:archivo|documento|fichero) adjunto|se adjunta|adjunto (?:encontrará|le envío|te envío)",
}

_MARKDOWN = re.compile(
    r"\*\*|\]\(|!\[|\[\^[\w-]+\]|~~|:::|^\s*#{1,6} |(?<![\w_])__(?=[^\W_])|``|^\s*\|?(?:\s*:?-{3,}:?\s*\|)+"
    r"|&(?:nbsp|amp|lt|gt|quot|[mn]dash|shy|#\d+|#x[0-9a-f]+);|</?(?:br|p|b|i|em|strong|a|span|div)\b[^<>]*>",
    re.MULTILINE | re.IGNORECASE,
)
_IN_FIELDS = re.compile(r"(?<![\w*])\*[^\s*][^*]*\*(?![\w*])|`[^`]+`|(?<!\w)_[^\s_][^_]*_(?!\w)|\[[^\]]+\]\(")
_MARKS = re.compile(r",,|;;|(?<!\.)\.\.(?!\.)|\s[,](?=\s)|\(\s*\)|“”|,\.(?!\.)")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|&copy;|\bcopyright\b)\D{0,30}?(\d{4})(?:\s*[-–—]\s*(\d{4}))?", re.IGNORECASE
)


def placeholder(subject: CheckContext) -> Iterator[Violation]:
    """What an editor wrote to come back to."""
    for passage in subject.passages:
        for pattern, severity in ((_PLACEHOLDER, None), (_LIKELY, Severity.WARNING)):
            for found in pattern.finditer(passage.text):
                yield Violation(
                    f'"{found[0]}" is left in the text: {_around(passage.text, found)}',
                    passage.place(found.start()),
                    severity=severity,
                )


def doubled_word(subject: CheckContext) -> Iterator[Violation]:
    """The same word twice, most often over the end of a line."""
    language = _language(subject)
    meant = set(_MEANT.get(language, "").split())
    for passage in subject.passages:
        for found in _DOUBLED.finditer(passage.text):
            word = found[1]
            again = found[0][len(word) :].strip()
            # "the The Lancet" and names ("Duran Duran", "Baden-Baden") are no slips.
            if word.lower() in meant or again[0].isupper():
                continue
            yield Violation(f'"{" ".join(found[0].split())}" has a word twice.', passage.place(found.start()))


def attachment(subject: CheckContext) -> Iterator[Violation]:
    """A newsletter has no attachment."""
    patterns = [re.compile(rf"\b(?:{_ATTACHED[key]})", re.IGNORECASE) for key in _two(subject)]
    for passage in subject.passages:
        for pattern in patterns:
            if found := pattern.search(passage.text):
                yield Violation(
                    f'the text says "{" ".join(found[0].split())}", and nothing is attached.',
                    passage.place(found.start()),
                )


def _two(subject: CheckContext) -> list[str]:
    return [key for key in dict.fromkeys((_language(subject), "en")) if key in _ATTACHED]


def leftover_markdown(subject: CheckContext) -> Iterator[Violation]:
    """Signs that were meant as markup, and are shown as they stand."""
    for passage in subject.passages:
        patterns = (_MARKDOWN,) if passage.tag else (_MARKDOWN, _IN_FIELDS)
        if found := next(chain.from_iterable(each.finditer(passage.text) for each in patterns), None):
            sign = found[0].strip()
            yield Violation(
                f'"{sign}" is shown to readers as it stands: {_around(passage.text, found)}',
                passage.place(found.start()),
            )


def marks(subject: CheckContext) -> Iterator[Violation]:
    """Marks that no sentence has: what an edit left behind."""
    for passage in subject.passages:
        for found in _MARKS.finditer(passage.text):
            yield Violation(
                f'"{found[0].strip()}" looks left over: {_around(passage.text, found)}',
                passage.place(found.start()),
            )
        text = passage.text.rstrip()
        # A short line that ends in a comma is a greeting.
        if passage.tag == "p" and len(text.split()) > 10 and text.endswith((",", ";", " –", " —", "(")):
            yield Violation(
                f'a paragraph ends with "{text[-1]}": … {" ".join(text.split()[-5:])}',
                passage.place(len(text)),
            )


def stale_copyright(subject: CheckContext) -> Iterator[Violation]:
    """The year in the theme or the settings; one in an article is another's."""
    year = subject.edition.issue.date.year
    publication = subject.publication
    settings = (
        publication.reason,
        publication.postal_address,
        publication.tagline,
        *(each.text for each in publication.disclaimers),
    )
    sources = [(Place("newsletter.toml"), text) for text in settings]
    for path, text in subject.theme:
        sources += [(Place(path, n), line) for n, line in enumerate(text.splitlines(), 1)]
    for place, text in sources:
        for found in _COPYRIGHT.finditer(text):
            named = int(found[2] or found[1])
            if named < year:
                yield Violation(f"the copyright year is {named}, and the issue is of {year}.", place)


def _language(subject: CheckContext) -> str:
    return subject.publication.language.lower().partition("-")[0]


def _around(text: str, found: re.Match[str]) -> str:
    """Some words before and after, so that an editor finds the place."""
    before, after = text[: found.start()].split(), text[found.end() :].split()
    # What stood beside it without a space goes on standing so.
    near = text[: found.start()][-1:].isspace(), text[found.end() :][:1].isspace()
    inner = f"{' ' if near[0] else ''}{found[0].strip()}{' ' if near[1] else ''}"
    start, end = "… " if len(before) > 4 else "", " …" if len(after) > 4 else ""
    return f"{start}{' '.join(before[-4:])}{inner}{' '.join(after[:4])}{end}"


RULES = (
    Rule(
        "COPY001",
        Severity.ERROR,
        "A placeholder is left in the text",
        "Readers see that nobody read the piece before it went out.",
        "Write what was to come, or delete it. In code (`TODO`) it may stay.",
        "Journalism's TK; Cicero's lorem ipsum",
        placeholder,
    ),
    Rule(
        "COPY002",
        Severity.WARNING,
        "A word stands twice",
        "It is the slip that its writer cannot see, most often at the end of a line.",
        "Delete one.",
        "A convention",
        doubled_word,
    ),
    Rule(
        "COPY003",
        Severity.WARNING,
        "The text speaks of an attachment",
        "A newsletter has none; readers look for it and write to you.",
        "Link to the file instead.",
        "The message holds text and HTML only (docs/checking.md)",
        attachment,
    ),
    Rule(
        "COPY004",
        Severity.WARNING,
        "Markup is shown as it stands",
        "It was meant as bold, a link or a note, and readers see its signs.",
        "Complete the markup; in a title or dek, leave it out. Signs that are meant go into `code`.",
        "CommonMark 0.31",
        leftover_markdown,
    ),
    Rule(
        "COPY005",
        Severity.WARNING,
        "A sentence was left unfinished",
        "It shows that a part was cut or never written.",
        "Finish the sentence, or delete the marks.",
        "A convention",
        marks,
    ),
    Rule(
        "COPY006",
        Severity.WARNING,
        "The copyright year is past",
        "Readers take the publication for abandoned.",
        "Write the issue's year, or none: a work is protected without it.",
        "Copyright needs no year (Berne Convention, Article 5(2))",
        stale_copyright,
    ),
)
