"""Doctor: what receivers will think of the domain that a publication sends from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pipeline import __version__
from pipeline.actions.check_online import check_online
from pipeline.actions.mail_settings import dkim_signers, mail_server
from pipeline.actions.prepare import prepare_edition
from pipeline.compose import Composer
from pipeline.config.placeholders import SENDER_ADDRESS
from pipeline.deliver.dkim import DKIM_KEY
from pipeline.deliver.dns import Dns, NoDnsAnswer
from pipeline.deliver.doctor.diagnosis import Diagnosis, SendingSetup, is_below
from pipeline.deliver.doctor.dkim_record import diagnose_dkim
from pipeline.deliver.doctor.dmarc import diagnose_alignment, diagnose_dmarc
from pipeline.deliver.doctor.dmarc_record import organizational_domain, walk_tree
from pipeline.deliver.doctor.mail_exchange import diagnose_mx
from pipeline.deliver.doctor.one_click import diagnose_one_click
from pipeline.deliver.doctor.reverse_names import diagnose_ptr
from pipeline.deliver.doctor.server_login import diagnose_resend, diagnose_server
from pipeline.deliver.doctor.spf import diagnose_spf
from pipeline.deliver.resend_server import ResendServer
from pipeline.deliver.smtp_server import SmtpServer
from pipeline.deliver.tokens import token_keys
from pipeline.errors import PressroomError, collect
from pipeline.model import Issue, Publication, Severity
from pipeline.render.email.headers import checked_address, unsubscribe_mailto
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.mail_addresses import check_address, parse_mailbox
from pipeline.support.secrets import secret
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ExaminedSubject:
    """A subject of the report, and what is known of it."""

    name: str
    diagnoses: tuple[Diagnosis, ...]

    @property
    def values(self) -> list[dict[str, Any]]:
        """Its lines as dicts for JSON."""
        return [{"subject": self.name, **each.values} for each in self.diagnoses]


def examine(workspace: Workspace, dns: Dns, now: datetime) -> tuple[ExaminedSubject, ...]:
    """Look at all subjects, at once. A subject that cannot be looked at has an error that says why."""
    publication = workspace.files.publication
    errors: list[PressroomError] = []
    server = None
    with collect(errors):
        server = mail_server(publication.delivery) if publication.delivery.url else None
    setup = _setup(publication, server, dns, errors)
    domain_subjects: dict[str, Callable[[], Iterable[Diagnosis]]] = {
        "SPF": partial(diagnose_spf, setup, dns),
        "DKIM": partial(diagnose_dkim, setup, dns),
        "DMARC": partial(diagnose_dmarc, setup, dns),
        "Alignment": partial(diagnose_alignment, setup, dns),
        "MX": partial(diagnose_mx, setup, dns),
    }
    if publication.sender_address == SENDER_ADDRESS:
        domain_subjects = {"Sender": _placeholder_sender}
    subjects = domain_subjects | {
        "PTR": partial(diagnose_ptr, setup, dns),
        "Server": partial(_diagnose_server, publication, server, now),
        "Unsubscribe": partial(_diagnose_unsubscribe, publication),
        "Pages": partial(_diagnose_pages, workspace, now),
        "Settings": partial(map, partial(_as_diagnosis, Severity.ERROR), errors),
    }
    with ThreadPoolExecutor(len(subjects)) as pool:
        diagnoses = list(pool.map(_diagnoses, subjects.values()))
    examined = map(ExaminedSubject, subjects, diagnoses)
    return tuple(each for each in examined if each.diagnoses)


def _diagnoses(diagnose: Callable[[], Iterable[Diagnosis]]) -> tuple[Diagnosis, ...]:
    diagnoses: list[Diagnosis] = []
    try:
        for each in diagnose():
            diagnoses.append(each)  # what came before an error is kept
    except NoDnsAnswer as error:
        hint = "Nothing is known of it; try again, or with another DNS server: --resolver 9.9.9.9"
        diagnoses.append(Diagnosis(Severity.ERROR, error.query, f"{error}.", hint))
    except PressroomError as error:
        diagnoses.extend(_as_diagnosis(Severity.ERROR, each) for each in error.errors)
    return tuple(diagnoses)


def _diagnose_server(
    publication: Publication, server: SmtpServer | ResendServer | None, now: datetime
) -> Iterable[Diagnosis]:
    """Whether the server is there and accepts the login; nothing if a mistake of the settings is shown."""
    if isinstance(server, ResendServer):
        return diagnose_resend(server, publication.sender_address)
    if server:
        return diagnose_server(server, now)
    if publication.delivery.url:
        return ()
    message = "no mail server is set, so nothing is said of it."
    return [Diagnosis(Severity.NOTE, "url", message, "Set one under [delivery]: docs/sending.md")]


def _placeholder_sender() -> Iterator[Diagnosis]:
    message = f'it is still "{SENDER_ADDRESS}", so there is no domain of yours to look at.'
    yield Diagnosis(Severity.ERROR, "sender", message, f"Write your own `sender` in {SETTINGS_FILE} first.")


def _as_diagnosis(severity: Severity, error: PressroomError) -> Diagnosis:
    place = f"{error.path}:{error.line}" if error.line else error.path
    return Diagnosis(severity, place or SETTINGS_FILE, error.message, error.hint or "")


def _setup(
    publication: Publication,
    server: SmtpServer | ResendServer | None,
    dns: Dns,
    errors: list[PressroomError],
) -> SendingSetup:
    """Read what is looked at; adds to `errors` what is wrong with the keys that sign."""
    settings = publication.delivery
    sender = checked_address(publication.sender_address, "sender", SETTINGS_FILE)
    bounces_to = check_address(settings.return_path.replace("{recipient}", "x") or sender)
    _, replies_to = parse_mailbox(publication.reply_to or sender)
    domain, bounces, replies = (each.rpartition("@")[2] for each in (sender, bounces_to, replies_to))
    if isinstance(server, ResendServer):
        # What Resend has entered there: https://resend.com/docs/dashboard/domains/introduction
        return SendingSetup(sender, f"send.{domain}", replies, None, "", ("resend",), {}, server.service)
    signers = {}
    if secret(DKIM_KEY):
        with collect(errors):
            signers = {each.selector: each for each in dkim_signers(publication)}
    host = server.host if server else ""
    try:
        organization = organizational_domain(walk_tree(dns, domain), domain)
    except NoDnsAnswer:  # which the subjects report
        organization = domain
    own_server = host if is_below(host, organization) else ""
    return SendingSetup(sender, bounces, replies, server, own_server, settings.dkim_selectors, signers)


def _diagnose_unsubscribe(publication: Publication) -> Iterator[Diagnosis]:
    """Whether readers leave by one click, and where the mail of the others goes."""
    endpoint = publication.delivery.unsubscribe_endpoint
    mailto = unsubscribe_mailto(publication).removeprefix("mailto:").partition("?")[0]
    if endpoint:
        yield from diagnose_one_click(endpoint, f"Pressroom/{__version__}")
        if token_keys() is None:
            message = "PRESSROOM_SECRET is not set: mails get no address to unsubscribe by one click."
            yield Diagnosis(Severity.WARNING, "unsubscribe_endpoint", message, "Set it, as for a send.")
    elif publication.unsubscribe_url and publication.unsubscribe_url.fields:
        message = "it has to unsubscribe by a POST with no further click; that is not tried."
        yield Diagnosis(
            Severity.NOTE,
            "unsubscribe_url",
            message,
            "Send an issue to a list of your own address alone, and try its button.",
        )
    else:
        message = "no one-click address, which Gmail and Yahoo ask of senders of 5,000 mails a day."
        hint = "Set unsubscribe_endpoint in newsletter.toml to an address that answers there."
        yield Diagnosis(Severity.WARNING, "unsubscribe_endpoint", message, hint)
    yield Diagnosis(None, "mailto", f"mail that unsubscribes goes to {mailto}; somebody has to read it.")


def _diagnose_pages(workspace: Workspace, now: datetime) -> Iterator[Diagnosis]:
    """Whether the page and the pictures of the latest public issue are online."""
    locks = workspace.assembler.locks
    public = [
        each for each in workspace.issues if not each.draft and each.folder in locks and each.date <= now
    ]
    if not public:
        yield Diagnosis(Severity.NOTE, "issues", "no issue is public yet, so no page is looked for.")
        return
    issue: Issue = max(public, key=lambda each: each.number)
    place = f"issue {issue.number}"
    try:
        composer = Composer(workspace)
        check_online(
            [prepare_edition(composer, issue, each) for each in issue.audiences],
            workspace.files.publication.base_url,
            now,
        )
    except PressroomError as error:
        for each in error.errors:
            yield Diagnosis(Severity.WARNING, place, each.message, "Publish build/site: docs/publishing.md")
    else:
        yield Diagnosis(None, place, "its page and its pictures are online.")
