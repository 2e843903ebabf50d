"""Rules on the size of what is sent."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.size_budget import LIMIT, WARN
from pipeline.model import Place, Severity


def encoded_size(message: bytes) -> int:
    """Bytes of the HTML part as it travels, in its transfer encoding."""
    head = message.lower().find(b"content-type: text/html")
    if head < 0:
        return 0
    begin = message.find(b"\r\n\r\n", head)
    end = message.rfind(b"\r\n--")  # the last boundary: a line of the part may begin with hyphens too
    return max(0, (end if end > begin else len(message)) - begin - 4)


def _size(subject: CheckContext) -> tuple[int, bool]:
    """The larger of decoded and encoded size with the allowance, and whether it is the encoded one."""
    decoded, added = subject.budget.total - subject.budget.added.size, subject.budget.added.size
    encoded = encoded_size(subject.message)
    return max(decoded, encoded) + added, encoded > decoded


def too_large(subject: CheckContext) -> Iterator[Violation]:
    """Gmail shows the beginning, and "[Message clipped]"."""
    size, encoded = _size(subject)
    if size > LIMIT:
        yield _found(subject, size, encoded, f"Gmail cuts it off at {_kb(LIMIT)}")


def large(subject: CheckContext) -> Iterator[Violation]:
    """Before it is too late."""
    size, encoded = _size(subject)
    if WARN < size <= LIMIT:
        yield _found(subject, size, encoded, f"Gmail cuts off what has more than {_kb(LIMIT)}")


def _found(subject: CheckContext, size: int, encoded: bool, what: str) -> Violation:
    biggest = sorted(subject.budget.parts[1:], key=lambda each: (-each.size, each.what))[:3]
    named = ", ".join(f'"{each.what}" {_kb(each.size)}' for each in biggest if each.size > 0)
    how = "as it travels, encoded" if encoded else "with what a target adds"
    return Violation(
        f"the HTML has {_kb(size)} {how}: {what}.",
        subject.places.issue,
        f"Show an article as a card, or leave one for the next issue. The biggest: {named}.",
    )


def large_text(subject: CheckContext) -> Iterator[Violation]:
    """The same limit holds for the text, where it is shown."""
    size = len(subject.rendered.text.encode())
    if size > LIMIT:
        place = Place(f"build/issues/{subject.edition.folder}/email.txt")
        yield Violation(f"the text part has {_kb(size)}.", place)


def _kb(size: int) -> str:
    return f"{size / 1024:.0f} KB"


RULES = (
    Rule(
        "SIZE001",
        Severity.ERROR,
        "Gmail cuts the email off",
        "Its end is missing for every reader at Gmail, the unsubscribe link first.",
        "Show an article as a card, or leave one for the next issue.",
        "Gmail clips HTML beyond 102,400 bytes (measured; encoded or decoded, whichever is larger)",
        too_large,
    ),
    Rule(
        "SIZE002",
        Severity.WARNING,
        "The email is near the size at which Gmail cuts it off",
        "A target's tracking, or one more article, is too much.",
        "Show an article as a card, or leave one for the next issue.",
        "Gmail clips HTML beyond 102,400 bytes; 80 KB leave room",
        large,
    ),
    Rule(
        "SIZE003",
        Severity.WARNING,
        "The text part is very large",
        "Gmail cuts plain text off as well, and 100 KB are a small book.",
        "Show an article as a card, or leave one for the next issue.",
        "Gmail clips beyond 102,400 bytes",
        large_text,
    ),
)
