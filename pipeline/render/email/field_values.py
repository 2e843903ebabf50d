"""What each merge field reads for one reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.model import ComposedEdition, MergeField, Publication
from pipeline.render.email.headers import unsubscribe_mailto
from pipeline.support.merge import encoded_value
from pipeline.support.urls import home_url


class FieldValues:
    """The values of merge fields in an edition, for one reader after the other."""

    def __init__(self, publication: Publication, edition: ComposedEdition) -> None:
        self._publication = publication
        self._defaults = {
            "email": publication.sender_address,
            "unsubscribe_url": unsubscribe_mailto(publication),
            "preferences_url": home_url(publication),
            "web_url": edition.url or home_url(publication),
            "postal_address": publication.postal_line,
        }

    def of(self, reader: Mapping[str, str]) -> Callable[[MergeField], str]:
        """Return the text of each merge field for a reader of whom only `reader` is known.

        Otherwise it is the field's fallback, and for addresses one that works.
        """
        defaults = self._defaults

        def value(field: MergeField) -> str:
            own, default = reader.get(field.name), defaults.get(field.name, "")
            if field.encoded:
                return encoded_value(own) if own else field.fallback or encoded_value(default)
            return own or field.fallback or default

        # Settings may have fields in them, such as the reader's address.
        defaults = defaults | {
            name: setting.fill(value)
            for name in ("unsubscribe_url", "preferences_url")
            if (setting := getattr(self._publication, name))
        }
        return value
