"""The messages of a send: each recipient's own bytes, filled, with their token, signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.deliver.connection import OutgoingMessage
from pipeline.deliver.ledger_records import ClaimedRow, Send, message_id
from pipeline.deliver.tokens import sign_token
from pipeline.render.email.headers import sender_domain
from pipeline.render.email.message_template import message_template

if TYPE_CHECKING:
    from pipeline.actions.send import PreparedSend


def message_maker(
    prepared: PreparedSend, send: Send, date: datetime
) -> Callable[[ClaimedRow], OutgoingMessage]:
    """Return the function that makes a recipient's message. All attempts of one run have the same bytes.

    A later run has a new date, because spam filters mark an old one, except where the server recognises a
    repeated message by an idempotency key: then the date stays that of the first run.
    """
    publication, settings = prepared.workspace.files.publication, prepared.settings
    endpoint, return_path = settings.unsubscribe_endpoint, settings.return_path
    salt, keys, signers = prepared.ledger.salt, prepared.keys, prepared.signers
    domain = sender_domain(publication)
    header = prepared.server.idempotency_header if prepared.server else ""
    templates = {
        audience: message_template(each.email, publication, each.edition, send.started if header else date)
        for audience, each in prepared.editions.items()
    }

    def make(row: ClaimedRow) -> OutgoingMessage:
        reader = dict(row.recipient.values)
        if endpoint and keys:
            token = sign_token(row.person, publication.base_url, keys)
            reader["unsubscribe_url"] = endpoint.replace("{token}", token)
        id = message_id(salt, send.id, row.person, domain)
        personal = templates[row.recipient.audience].fill(row.recipient.address, id, reader)
        signatures = [signer.sign(personal.headers, personal.body_hash) for signer in signers]
        head = personal.head(*([(header, id)] if header else []), *signatures)
        return OutgoingMessage(
            sender=return_path.replace("{recipient}", row.person.hex()) or publication.sender_address,
            recipient=row.recipient.address,
            data=head + personal.body,
            row=row.row,
            # Of the body's digest, which is there: to read the body once more is a tenth of sending it.
            digest=hashlib.sha256(head + personal.body_hash).digest(),
            may_have_dots=False,
        )

    return make
