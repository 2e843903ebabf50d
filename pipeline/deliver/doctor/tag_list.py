"""The form of the records of DKIM and DMARC: `v=DMARC1; p=none` (RFC 6376, section 3.2)."""

from __future__ import annotations


def parse_tags(text: str) -> dict[str, str]:
    """Read the tags in their order, names in lower case; of a tag that comes twice the first counts."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, mark, value = part.partition("=")
        if mark:
            tags.setdefault(name.strip().lower(), value.strip())
    return tags


def format_tags(tags: dict[str, str]) -> str:
    """The text of a record."""
    return "; ".join(f"{name}={value}" for name, value in tags.items())
