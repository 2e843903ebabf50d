"""Rules on the size of what is sent."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity
from pipeline.support.limits import GMAIL_CLIP, SIZE_WARNING


def encoded_size(message: bytes) -> int:
    """Bytes of the HTML part in its transfer encoding."""
    head = message.lower().find(b"content-type: text/html")
    if head < 0:
        return 0
    begin = message.find(b"\r\n\r\n", head)
    end = message.rfind(b"\r\n--")  # the last boundary: a line of the part may begin with hyphens too
    return max(0, (end if end > begin else len(message)) - begin - 4)


def _kb(size: int) -> str:
    return f"{size / 1024:.0f} KB"


def _size(context: CheckContext) -> tuple[int, bool]:
    """The larger of decoded and encoded size with the allowance, and whether it is the encoded one."""
    decoded, added = context.budget.html_bytes, context.budget.added.size
    encoded = encoded_size(context.message)
    return max(decoded, encoded) + added, encoded > decoded


def _too_large(context: CheckContext, size: int, encoded: bool, limit: str) -> Violation:
    largest = sorted(context.budget.parts[1:], key=lambda each: (-each.size, each.what))[:3]
    named = ", ".join(f'"{each.what}" {_kb(each.size)}' for each in largest if each.size > 0)
    how = "in its transfer encoding" if encoded else "with what a target adds"
    return Violation(
        f"the HTML has {_kb(size)} {how}: {limit}.",
        context.places.issue,
        f"Show an article as a card, or leave one for the next issue. The largest: {named}.",
    )


@rule(
    "SIZE001",
    Severity.ERROR,
    "Gmail cuts the email off",
    source=f"Gmail clips HTML beyond {GMAIL_CLIP:,} bytes (measured; the larger of encoded and decoded)",
    remedy="Show an article as a card, or leave one for the next issue.",
)
def too_large(context: CheckContext) -> Iterator[Violation]:
    """Its end is missing for every reader at Gmail, the unsubscribe link first."""
    size, encoded = _size(context)
    if size > GMAIL_CLIP:
        yield _too_large(context, size, encoded, f"Gmail cuts it off at {_kb(GMAIL_CLIP)}")


@rule(
    "SIZE002",
    Severity.WARNING,
    "The email is near the size at which Gmail cuts it off",
    source=f"Gmail clips HTML beyond {GMAIL_CLIP:,} bytes; {_kb(SIZE_WARNING)} leave room",
    remedy="Show an article as a card, or leave one for the next issue.",
)
def large(context: CheckContext) -> Iterator[Violation]:
    """A target's tracking, or one more article, is too much."""
    size, encoded = _size(context)
    if SIZE_WARNING < size <= GMAIL_CLIP:
        yield _too_large(context, size, encoded, f"Gmail cuts off more than {_kb(GMAIL_CLIP)}")


@rule(
    "SIZE003",
    Severity.WARNING,
    "The text part is very large",
    source=f"Gmail clips beyond {GMAIL_CLIP:,} bytes",
    remedy="Show an article as a card, or leave one for the next issue.",
)
def large_text(context: CheckContext) -> Iterator[Violation]:
    """Gmail cuts plain text off as well, and 100 KB are a small book."""
    size = len(context.rendered.text.encode())
    if size > GMAIL_CLIP:
        yield Violation(f"the text part has {_kb(size)}.", context.built(name="email.txt"))
