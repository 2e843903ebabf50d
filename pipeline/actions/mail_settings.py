"""The mail server and keys that `[delivery]` names; their secrets are in the environment or keyring."""

from __future__ import annotations

from pipeline.deliver.dkim import DKIM_KEY, DkimSigner, parse_keys
from pipeline.deliver.smtp_server import SmtpServer, parse_server
from pipeline.errors import PressroomError
from pipeline.model import DeliverySettings, Publication
from pipeline.render.email.headers import sender_domain
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.secrets import secret

PASSWORD = "PRESSROOM_SMTP_PASSWORD"
"""The variable of the password for the mail server."""


def mail_server(settings: DeliverySettings) -> SmtpServer:
    """Read which server the settings name, with its password. Raises `PressroomError` naming the setting."""
    if not settings.url:
        raise PressroomError(
            "no mail server is set.",
            SETTINGS_FILE,
            hint='Add: [delivery] with url = "smtps://user@mail.example". docs/sending.md says more.',
        )
    try:
        return parse_server(settings.url, secret(PASSWORD))
    except PressroomError as error:
        raise PressroomError(error.message, SETTINGS_FILE, settings.line, error.hint) from error


def dkim_signers(publication: Publication) -> tuple[DkimSigner, ...]:
    """Read the keys that sign; none without selectors. Raises `PressroomError` for a key that is missing."""
    selectors = publication.delivery.dkim_selectors
    if not selectors:
        return ()
    return parse_keys(secret(DKIM_KEY), sender_domain(publication), selectors)
