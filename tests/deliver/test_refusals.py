"""Why a server refuses: real replies of Gmail, Outlook, Yahoo, Postfix and Exim, and their classes."""

from __future__ import annotations

import pytest

from pipeline.deliver.outcome import RefusalClass
from pipeline.deliver.refusals import PLAIN_WORDS, refusal_class
from pipeline.deliver.smtp_reply import SmtpReply

MAILBOX, POLICY, CONTENT, OTHER = (
    RefusalClass.MAILBOX,
    RefusalClass.POLICY,
    RefusalClass.CONTENT,
    RefusalClass.OTHER,
)

REPLIES = [
    # Google Workspace Help, "Gmail SMTP errors and codes", of February 2026.
    ("550 5.1.1 The email account that you tried to reach does not exist. Please double-check", MAILBOX),
    ("553 5.1.2 We weren't able to find the recipient domain. Please check for any spelling errors", MAILBOX),
    ("553 5.1.7 The sender address address is not a valid RFC 5321 address.", POLICY),
    ("550 5.2.1 The email account that you tried to reach is inactive.", MAILBOX),
    ("452 4.2.2 The recipient's inbox is out of storage space.", MAILBOX),
    ("552 5.2.2 The recipient's inbox is out of storage space and inactive.", MAILBOX),
    ("552 5.3.4 Your message exceeded Google's message size limits.", CONTENT),
    ("550 5.4.5 Daily user sending limit exceeded.", POLICY),
    ("554 5.6.0 Email message is malformed. Not accepted.", CONTENT),
    ("552 5.7.0 This message was blocked because its content presents a potential security issue.", CONTENT),
    ("550 5.7.1 This message is likely unsolicited email. To reduce the amount of spam", POLICY),
    ("550 5.7.1 This message is not RFC 5322 compliant because it has duplicate headers.", CONTENT),
    ("421 4.7.28 Gmail has detected an unusual rate of email. To protect our users from spam", POLICY),
    ("421 4.7.0 The IP address sending this message does not have a PTR record", POLICY),
    ("550 5.7.26 Unauthenticated email from synapse.example is not accepted due to domain's DMARC policy.", POLICY),
    ("421 4.3.0 Temporary System Problem. Try again later.", OTHER),
    # Outlook.com and Exchange Online: Microsoft's lists of their non-delivery reports, and replies in public logs.
    ("550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", MAILBOX),
    ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", MAILBOX),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@example.com not found by SMTP address lookup", MAILBOX),
    ("550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).", POLICY),
    ("550 5.7.515 Access denied, sending domain synapse.example does not meet the required authentication level.", POLICY),
    ("451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.", POLICY),
    # Yahoo, "SMTP Error Codes", of February 2026, and smtp.codes/yahoo.
    ("554 delivery error: dd This user doesn't have a yahoo.com account (testing123@yahoo.com) [-5]", MAILBOX),
    ("554 30 Sorry, your message to a@yahoo.fr cannot be delivered. This mailbox is disabled (554.30).", MAILBOX),
    ("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints", POLICY),
    ("450 User is receiving mail too quickly", MAILBOX),
    # Postfix, Exim and others.
    ("550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown in virtual mailbox table", MAILBOX),
    ("554 5.7.1 <ada@example.org>: Recipient address rejected: Access denied", MAILBOX),
    ("554 5.7.1 <ada@example.org>: Relay access denied", POLICY),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", POLICY),
    ("450 4.2.0 <ada@example.org>: Recipient address rejected: Greylisted, see https://postgrey.example", POLICY),
    ("450 4.1.8 <letters@synapse.example>: Sender address rejected: Domain not found", POLICY),
    ("550 5.6.7 Address requires SMTPUTF8", MAILBOX),
    ("550 No such user here", MAILBOX),
    ("550 Mailbox is full / Blocks limit exceeded / Inode limit exceeded", MAILBOX),
    ("550 This message contains a virus (Eicar-Test-Signature).", CONTENT),
    ("551 User not local; please try <ada@example.net>", MAILBOX),
    ("552 5.2.3 Message exceeds maximum fixed size", CONTENT),
    ("451 Temporary local problem - please try later", OTHER),
    ("550 administrative prohibition", OTHER),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), REPLIES)
def test_a_real_reply_has_its_class(line: str, expected: RefusalClass) -> None:
    reply = SmtpReply(int(line[:3]), (line[4:],))
    assert refusal_class(reply.code, reply.status, reply.text) is expected


def test_every_class_has_words_for_the_report() -> None:
    assert set(PLAIN_WORDS) == set(RefusalClass)
