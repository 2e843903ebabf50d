"""A mail server with mailboxes on loopback: Postfix takes mail, Dovecot keeps it, and IMAP reads it back.

Both run with a configuration of their own in a temporary folder, and nothing can leave the machine.
"""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smtp_kit import server_context
from workspace_kit import skip_or_fail

USER, PASSWORD = "letters", "opensesame-green-42"

_INSTALL = {"postfix": "postfix", "dovecot": "dovecot-imapd dovecot-lmtpd"}

# dovecot.org, 2.3: all mailboxes have one password; each is made when its first mail comes.
_DOVECOT = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
recipient_delimiter =
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = nogroup
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = nogroup
default_login_user = {user}
protocol lmtp {{
  postmaster_address = postmaster@{domain}
}}
passdb {{
  driver = static
  args = password={{plain}}{password}
}}
userdb {{
  driver = static
  args = uid={user} gid=nogroup home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
service anvil {{
  chroot =
}}
"""

# postfix.org/postconf.5.html. `default_transport`: no mail for another domain can leave.
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
recipient_delimiter =
maillog_file = {folder}/mail.log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.{domain}
mydestination =
virtual_mailbox_domains = {domain}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:nothing leaves
smtpd_tls_cert_file = {folder}/server.pem
smtpd_tls_key_file = {folder}/server.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtputf8_enable = yes
lmtp_destination_recipient_limit = 1
"""

_MASTER = """\
{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class MailServer:
    """A mail server that takes mail for all addresses of `domain` from a sender who logs in over TLS."""

    folder: Path
    domain: str
    smtp_port: int
    imap_port: int

    @property
    def url(self) -> str:
        return f"smtp+starttls://{USER}@127.0.0.1:{self.smtp_port}"

    @property
    def authority(self) -> Path:
        """The certificate by which the server's own is trusted."""
        return self.folder / "authority.pem"

    @property
    def log(self) -> Path:
        return self.folder / "mail.log"

    def mail(self, address: str, count: int, seconds: float = 20) -> list[bytes]:
        """All messages in a mailbox, read by IMAP, once it has so many; waits for them at most so long."""
        end = time.monotonic() + seconds
        while True:
            with imaplib.IMAP4("127.0.0.1", self.imap_port) as imap:
                imap.login(address, PASSWORD)
                imap.select(readonly=True)
                numbers = imap.search(None, "ALL")[1][0].split()
                if len(numbers) >= count or time.monotonic() > end:
                    return [imap.fetch(each, "(RFC822)")[1][0][1] for each in numbers]  # type: ignore[index,misc]
            time.sleep(0.05)


@contextmanager
def mail_server(domain: str) -> Iterator[MailServer]:
    """Postfix and Dovecot for one domain; without them, or the rights to start them, the test is left out."""
    postfix, dovecot = _program("postfix"), _program("dovecot")
    if os.getuid():
        skip_or_fail("Postfix starts only as root")
    with tempfile.TemporaryDirectory(prefix="pressroom-mail-") as name:
        folder = Path(name)
        # Both give up root's rights, and look into the folder as others.
        folder.chmod(0o755)
        smtp, imap, lmtp, auth = _free_ports(4)
        values = {"folder": folder, "domain": domain, "password": PASSWORD, "user": "nobody"}
        values |= {"smtp": smtp, "imap": imap, "lmtp": lmtp, "auth": auth}
        for file, text in (("dovecot.conf", _DOVECOT), ("main.cf", _MAIN), ("master.cf", _MASTER)):
            (folder / file).write_text(text.format(**values))
        server_context(folder)
        for each, owner in (("mail", "nobody"), ("data", "postfix"), ("queue", "root")):
            (folder / each).mkdir()
            os.chown(folder / each, pwd.getpwnam(owner).pw_uid, -1)
        try:
            _run(dovecot, "-c", folder / "dovecot.conf")
            _run(postfix, "-c", folder, "start")
            for port in (smtp, imap, lmtp):
                _wait_for(port)
            yield MailServer(folder, domain, smtp, imap)
        finally:
            subprocess.run([postfix, "-c", folder, "abort"], capture_output=True)
            subprocess.run([dovecot, "-c", folder / "dovecot.conf", "stop"], capture_output=True)


def _program(name: str) -> str:
    # Debian keeps servers out of the PATH of users.
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return path or skip_or_fail(f"no {name}: apt-get install {_INSTALL[name]}")


def _run(*command: str | Path) -> None:
    with tempfile.TemporaryFile() as output:  # not a pipe: what is started keeps it open
        ended = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT)
        output.seek(0)
        assert ended.returncode == 0, output.read().decode()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _wait_for(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing answers at port {port}")
