"""Reads the address in `[delivery]`, of a mail server or of Resend's API."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.deliver.resend_server import RESEND_KEY, RESEND_SCHEMES, ResendServer, parse_resend
from pipeline.deliver.smtp_server import PASSWORD, SmtpServer, parse_server
from pipeline.errors import PressroomError
from pipeline.model import DeliverySettings
from pipeline.support.limits import SETTINGS_FILE


def read_server(settings: DeliverySettings, secret: Callable[[str], str]) -> SmtpServer | ResendServer:
    """Read which server the settings name; `secret` returns the value of a variable.

    Raises `PressroomError` that names the line of the setting.
    """
    try:
        if settings.url.partition("://")[0].lower() in RESEND_SCHEMES:
            return parse_resend(settings.url, secret(RESEND_KEY))
        return parse_server(settings.url, secret(PASSWORD))
    except PressroomError as error:
        raise PressroomError(error.message, SETTINGS_FILE, settings.line, error.hint) from error
