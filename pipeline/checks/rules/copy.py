"""Rules on what work on a text left behind in it. `structure.py` has the rules on its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Violation, rule
from pipeline.checks.source_places import SETTINGS
from pipeline.checks.source_text import Passage, small_passages
from pipeline.config.placeholders import placeholders_left, starter_sentences_in
from pipeline.content.events import past_events
from pipeline.model import Place, Severity
from pipeline.support import merge

_PLACEHOLDER = re.compile(
    r"\[(?:\[TK\b[^\]]*\]\]|(?i:insert)\b[^\]]*\]|[A-Z' ]+ HERE\])"
    r"|\b(?:TK(?:TK)*\b|TODO\([^()]*\)|FIXME\b"
    r"|(?i:lorem ipsum|dolor sit amet|your text here|text goes here|placeholder text|insert text here)\b)"
)
_LIKELY = re.compile(r"\b(?:TODO\b(?!\()|XXX+\b|TB[DC]\b|blah blah\b)|\?\?\?+")
"""A placeholder in most texts, and a Spanish word, a Roman numeral or a quotation in some."""

_CODE_IN_FIELD = re.compile(r"`[^`]+`")

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
    r"\*\*|\]\(|\] \((?=https?:)|\(https?:\S*\)\[|!\[|\[\^[\w-]+\]|~~|:::|^\s*#{1,6} |^\s*#{2,6}(?=\w)"
    r"|(?<![\w\]])\[[^\[\]\n]+\]\[[^\[\]\n]*\]|\[\[(?=\S)[^\[\]\n]+\]\]"
    r"|(?<![\w_])__(?=[^\W_])|``|^\s*\|?(?:\s*:?-{3,}:?\s*\|)+"
    r"|&(?:nbsp|amp|lt|gt|quot|[mn]dash|shy|#\d+|#x[0-9a-f]+);|</?(?:br|p|b|i|em|strong|a|span|div)\b[^<>]*>",
    re.MULTILINE | re.IGNORECASE,
)
_IN_FIELDS = re.compile(r"(?<![\w*])\*[^\s*][^*]*\*(?![\w*])|`[^`]+`|(?<!\w)_[^\s_][^_]*_(?!\w)|\[[^\]]+\]\(")
_MARKS = re.compile(r",,|;;|(?<!\.)\.\.(?!\.)|\s[,](?=\s)|\(\s*\)|“”|,\.(?!\.)")
_DELETE_ARTICLE = "Write your own, or delete this file if the article is not yours."
_DELETE_LINKS = "Write your own, or delete the links that are not yours."
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|&copy;|\bcopyright\b)\D{0,30}?(\d{4})(?:\s*[-–—]\s*(\d{4}))?", re.IGNORECASE
)


def _around(text: str, match: re.Match[str]) -> str:
    """A match with some words before and after, so that an editor finds the place."""
    before, after = text[: match.start()], text[match.end() :]
    first, last = before.split(), after.split()
    # A space only where the text has one.
    inner = f"{' ' if before[-1:].isspace() else ''}{match[0].strip()}{' ' if after[:1].isspace() else ''}"
    start, end = "… " if len(first) > 4 else "", " …" if len(last) > 4 else ""
    return f"{start}{' '.join(first[-4:])}{inner}{' '.join(last[:4])}{end}"


@rule(
    "COPY001",
    Severity.ERROR,
    "A placeholder is left in the text",
    source="Journalism's TK; Cicero's lorem ipsum",
    remedy="Write what was to come, or delete it. In code (`TK`) it may stay.",
)
def placeholder(context: CheckContext) -> Iterator[Violation]:
    """Readers see that nobody read the piece before it went out.

    Placeholders are the whole words TK and FIXME, `TODO(…)`, `[[TK …]]`, `[insert …]`, `[… HERE]` in
    capitals and lorem ipsum. A warning are TODO, TBD, TBC, XXX and ???, which have other meanings too.
    """
    for passage in (
        *context.passages,
        *small_passages(context.edition, context.all_texts),
        *_settings(context),
    ):
        text = passage.text
        if not passage.tag:
            text = _CODE_IN_FIELD.sub(lambda code: "x" * len(code[0]), text)
        for pattern, severity in ((_PLACEHOLDER, None), (_LIKELY, Severity.WARNING)):
            for match in pattern.finditer(text):
                placeholder = " ".join(match[0].split())
                message = f'"{placeholder}" is left in the text: {_around(text, match)}'
                yield Violation(message, passage.place(match.start()), severity=severity)


def _settings(context: CheckContext) -> Iterator[Passage]:
    """The texts of newsletter.toml that are at the head or the foot of each email."""
    publication = context.publication
    for key in ("title", "tagline", "reason", "colophon", "postal_address"):
        # The text of a key may begin a line further down: all of it counts as the line of the key.
        text = getattr(publication, key).replace("\n", " ")
        yield Passage(text, *context.setting_place(key))
    for each in publication.disclaimers:
        yield Passage(each.text, SETTINGS.path, None)


@rule(
    "COPY002",
    Severity.WARNING,
    "A word is there twice",
    source="A convention",
    remedy="Delete one.",
)
def doubled_word(context: CheckContext) -> Iterator[Violation]:
    """Its writer cannot see this slip, which happens most often over the end of a line."""
    meant = set(_MEANT.get(context.language, "").split())
    for passage in context.passages:
        for match in _DOUBLED.finditer(passage.text):
            word = match[1]
            again = match[0][len(word) :].strip()
            # "the The Lancet" and names ("Duran Duran", "Baden-Baden") are correct.
            if word.lower() in meant or again[0].isupper():
                continue
            doubled = " ".join(match[0].split())
            yield Violation(f'"{doubled}" has a word twice.', passage.place(match.start()))


@rule(
    "COPY003",
    Severity.WARNING,
    "The text speaks of an attachment",
    source="The message holds text and HTML only (docs/checking.md)",
    remedy="Link to the file instead.",
)
def attachment(context: CheckContext) -> Iterator[Violation]:
    """A newsletter has no attachments; readers look for it and write to you."""
    languages = [each for each in dict.fromkeys((context.language, "en")) if each in _ATTACHED]
    patterns = [re.compile(rf"\b(?:{_ATTACHED[each]})", re.IGNORECASE) for each in languages]
    for passage in context.passages:
        for pattern in patterns:
            if match := pattern.search(passage.text):
                words = " ".join(match[0].split())
                message = f'the text says "{words}", and nothing is attached.'
                yield Violation(message, passage.place(match.start()))


@rule(
    "COPY004",
    Severity.WARNING,
    "Markup is shown to readers",
    source="CommonMark 0.31",
    remedy="Complete the markup; in a title or dek, leave it out. Put signs that you mean into `code`.",
)
def leftover_markdown(context: CheckContext) -> Iterator[Violation]:
    """It was meant as bold, a link or a note, and readers see its signs."""
    for passage in context.passages:
        match = _MARKDOWN.search(passage.text)
        if not match and not passage.tag:
            fields = (each for each in merge.TYPED.finditer(passage.text) if each["name"])
            match = _IN_FIELDS.search(passage.text) or next(fields, None)
        if match:
            message = f'"{match[0].strip()}" is shown to readers: {_around(passage.text, match)}'
            yield Violation(message, passage.place(match.start()))


@rule(
    "COPY005",
    Severity.WARNING,
    "A sentence was left unfinished",
    source="A convention",
    remedy="Finish the sentence, or delete the marks.",
)
def marks(context: CheckContext) -> Iterator[Violation]:
    """It shows that a part was cut or never written."""
    for passage in context.passages:
        for match in _MARKS.finditer(passage.text):
            message = f'"{match[0].strip()}" looks left over: {_around(passage.text, match)}'
            yield Violation(message, passage.place(match.start()))
        text = passage.text.rstrip()
        # A short line that ends in a comma is a greeting.
        if passage.tag == "p" and len(text.split()) > 10 and text.endswith((",", ";", " –", " —", "(")):
            message = f'a paragraph ends with "{text[-1]}": … {" ".join(text.split()[-5:])}'
            yield Violation(message, passage.place(len(text)))


@rule(
    "COPY006",
    Severity.WARNING,
    "The copyright year is past",
    source="Copyright needs no year (Berne Convention, Article 5(2))",
    remedy="Write the issue's year, or no year: a work is protected without it.",
)
def stale_copyright(context: CheckContext) -> Iterator[Violation]:
    """Readers take the publication for abandoned."""
    year = context.edition.issue.date.year
    # A year in an article is that of someone else's work.
    settings = ((each.place(), named) for each in _settings(context) for named in _years(each.text))
    for place, named in (*settings, *_theme_years(context.theme)):
        if named < year:
            yield Violation(f"the copyright year is {named}, and the issue is of {year}.", place)


def _years(text: str) -> list[int]:
    return [int(match[2] or match[1]) for match in _COPYRIGHT.finditer(text)]


# The theme is the same for all issues.
@lru_cache(maxsize=2)
def _theme_years(theme: tuple[tuple[str, str], ...]) -> list[tuple[Place, int]]:
    """The years of a copyright in the theme, and where each is written."""
    return [
        (Place(path, number), year)
        for path, text in theme
        for number, line in enumerate(text.splitlines(), 1)
        for year in _years(line)
    ]


@rule(
    "EVENT001",
    Severity.WARNING,
    "An event is past when the issue goes out",
    source="docs/writing.md",
    remedy="Give it its next date, or take it out.",
)
def past_event(context: CheckContext) -> Iterator[Violation]:
    """Nobody can come any more: the article waited for too long, or the date is last year's."""
    for source in context.all_texts:
        for finding in past_events(source.content, source.path, context.edition.issue.date):
            yield Violation(finding.message, finding.place)


@rule(
    "COPY012",
    Severity.ERROR,
    "The settings have a placeholder of `init`",
    source="docs/settings.md",
    remedy="Write yours in newsletter.toml.",
)
def settings_placeholder(context: CheckContext) -> Iterator[Violation]:
    """Readers see it, and their replies go nowhere. The host of `base_url` stays in the ids of the feeds."""
    for place, message, hint in placeholders_left(context.publication):
        yield Violation(message, place, hint)


@rule(
    "COPY015",
    Severity.ERROR,
    "A text is still the one that `init` wrote",
    source="docs/first-issue.md",
    remedy="Write your own, or delete it.",
)
def starter_text(context: CheckContext) -> Iterator[Violation]:
    """It explains Pressroom to the editor, and says nothing to readers."""
    edition = context.edition
    hints = dict.fromkeys((each.article.place.path for each in edition.articles), _DELETE_ARTICLE)
    hints |= dict.fromkeys((each.link.place.path for each in edition.links), _DELETE_LINKS)
    sentences: dict[str, list[tuple[str, Place]]] = {}
    for passage in context.passages:
        for offset, sentence in starter_sentences_in(passage.text):
            sentences.setdefault(passage.path, []).append((sentence, passage.place(offset)))
    for path, ((first, place), *others) in sentences.items():
        count = f" and {len(others)} more {'sentence' if len(others) == 1 else 'sentences'}" if others else ""
        message = f'"{first}"{count} {"are" if others else "is"} still what `init` wrote.'
        yield Violation(message, place, hints.get(path, ""))
