"""What `init` writes for what only the editor knows. None of it may reach a reader.

Each is recognised by its exact text, never by a pattern: a publication may be at an `.example` address.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model import Publication

BASE_URL = "https://newsletter.example"
SENDER_ADDRESS = "letters@newsletter.example"
POSTAL_ADDRESS = "Write your postal address here: the law of most countries asks for it"


def placeholders_left(publication: Publication) -> Iterator[str]:
    """Yield what each placeholder that is still in the settings would do."""
    if publication.base_url == BASE_URL:
        yield f'`base_url` is still "{BASE_URL}": links and pictures of the email lead nowhere.'
    if publication.sender_address == SENDER_ADDRESS:
        yield f'`sender` is still "{SENDER_ADDRESS}", which nobody reads.'
    if publication.postal_address == POSTAL_ADDRESS:
        yield f'`postal_address` is still "{POSTAL_ADDRESS}", at the foot of each email.'
