"""Examples for the rules on the message, its footer, its text part and its size."""

from collections.abc import Callable
from dataclasses import replace

from check_kit import BODY, Case, Example

from pipeline.checks.context import CheckContext
from pipeline.model import EmailPart
from pipeline.support import merge

TEXT = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
HTML = TEXT.replace("plain", "html")
UNSUBSCRIBE = "https://synapse.example/unsubscribe?to="
HTTPS = f"<{UNSUBSCRIBE}letters@synapse.example>,\r\n "
POST = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
FOOTER_LINK = f'<a href="{UNSUBSCRIBE}{{{{ email:url }}}}"'
END = "The trial counted those who improved."


def header(old: str, new: str) -> Case:
    """The sound message with something else in it."""
    return Case(message=(old, new))


def raw(old: bytes, new: bytes) -> Case:
    """The same in bytes."""

    def change(subject: CheckContext) -> CheckContext:
        assert old in subject.message
        return replace(subject, message=subject.message.replace(old, new, 1))

    return Case(change=change)


def sender(address: str) -> Case:
    """The sound issue from another sender."""
    return Case(
        change=lambda s: replace(s, publication=replace(s.publication, sender_address=address)),
    )


def sized(size: int) -> Case:
    """The sound issue with HTML of so many bytes, allowance included."""

    def change(subject: CheckContext) -> CheckContext:
        rest = size - subject.budget.added.size
        return replace(
            subject,
            budget=replace(subject.budget, parts=(EmailPart("theme", 0), EmailPart("letter", rest))),
        )

    return Case(change=change)


def text(write: Callable[[str], str]) -> Case:
    """The sound issue with another text part."""
    return Case(
        change=lambda s: replace(s, rendered=replace(s.rendered, text=merge.html(write(s.rendered.text))))
    )


EXAMPLES = {
    "MAIL001": Example(header("multipart/alternative", "multipart/mixed")),
    "MAIL002": Example(header("text/html; charset=utf-8", "text/html; charset=iso-8859-1")),
    "MAIL003": Example(header(HTML, HTML.replace("quoted-printable", "8bit"))),
    "MAIL004": Example(
        header("\r\n\r\nSynapse\r\n", f"\r\n\r\n{'a' * 77}\r\n"),
        header("\r\n\r\nSynapse\r\n", f"\r\n\r\n{'a' * 76}\r\n"),
    ),
    "MAIL005": Example(raw(b"\r\nSubject", b"\nSubject")),
    "MAIL006": Example(header("Subject: ", "Subject: Two\r\nSubject: ")),
    "MAIL007": Example(
        header("@synapse.example>\r\nList-Id", "@mail.other.example>\r\nList-Id"),
        header("@synapse.example>\r\nList-Id", "@SYNAPSE.example>\r\nList-Id"),
    ),
    "MAIL008": Example(
        header("Date: Sun, 01 Feb 2026 00:00:00 +0000", "Date: 2026-02-01"),
        header("Date: Sun, 01 Feb 2026 00:00:00 +0000", "Date: 1 Feb 2026 00:00 +0100"),
    ),
    "MAIL009": Example(header(f"List-Unsubscribe: {HTTPS}", "List-Unsubscribe: ")),
    "MAIL016": Example(header(f"List-Unsubscribe: {HTTPS}", "List-Unsubscribe: =?utf-8?q?=3Chttps?=,\r\n ")),
    "MAIL010": Example(header(POST, "")),
    "MAIL011": Example(
        header("List-Id: <news.synapse.example>", "List-Id: Synapse"),
        header("List-Id: <news.synapse.example>", "List-Id: Synapse <news.synapse.example>"),
    ),
    "MAIL012": Example(
        raw(b"Subject: The", "Subject: Thé".encode()), header("Subject: The", "Subject: =?utf-8?q?Th=C3=A9?=")
    ),
    "MAIL013": Example(sender("synapse@gmail.com"), sender("synapse@mygmail.com.example")),
    "MAIL014": Example(
        Case(
            change=lambda s: replace(
                s,
                publication=replace(
                    s.publication, unsubscribe_url=merge.text("https://synapse.example/leave")
                ),
            )
        )
    ),
    "MAIL015": Example(
        header("Content-Language: en-GB\r\n", ""),
        header("Content-Language: en-GB", "content-language: en-GB"),
    ),
    "FOOT001": Example(
        Case(html=(FOOTER_LINK, '<a href="https://synapse.example/"')),
        Case(html=(f'{FOOTER_LINK} style="', f'{FOOTER_LINK} style="font-size:12px;')),
    ),
    "FOOT002": Example(
        Case(html=("1 Example Row, London", "London")),
        Case(html=("1 Example Row, London", "1 Example Row<br>London")),
    ),
    "FOOT003": Example(
        Case(text=("You are receiving this because you subscribed to Synapse.", "")),
        Case(text=("You are receiving this because", "You are receiving this\nbecause")),
    ),
    "FOOT004": Example(Case(html=(">View in browser<", "><")), Case(html=("View in browser", "On the web"))),
    "FOOT005": Example(
        Case(html=("Information, not medical advice.", "")),
        Case(html=("Information, not medical advice.", "<em>Information</em>, not medical advice.")),
    ),
    "PLAIN007": Example(
        text(lambda whole: whole.replace("[1]", "[3]", 1)),
        text(lambda whole: whole.replace("Ketamine acts", "Ketamine [1999] acts")),
    ),
    "PLAIN008": Example(
        text(lambda whole: whole.replace("Ketamine acts", "Ketamine[^1] acts")),
        Case(body=f"{BODY}\nA note `[^1]` in code, and one.[^a]\n\n[^a]: In mice.\n"),
    ),
    "PLAIN001": Example(text(lambda _: "\n")),
    "PLAIN002": Example(
        Case(text=(END, "")),
        # Raised figures, notes and tables read otherwise in text, and say the same.
        Case(
            body=f"{BODY}\n10<sup>3</sup> cells[^1].\n\n| Dose | Effect |\n|---|---|\n| 10 mg | none |\n\n[^1]: In mice.\n"
        ),
    ),
    "PLAIN003": Example(
        Case(text=("https://journal.example/review", "")), Case(body=f"{BODY}\n<m@journal.example>\n")
    ),
    "PLAIN004": Example(
        Case(text=(END, "word " * 20)), Case(text=(END, f"See https://journal.example/{'a' * 80}"))
    ),
    "PLAIN005": Example(
        Case(text=(END, "The trial<br>counted")),
        Case(body=BODY.replace(END, "The tag `<br>` breaks a < b > c.")),
    ),
    "PLAIN006": Example(
        Case(text=("The trial counted", "{% include trial %} counted")),
        Case(body=BODY.replace(END, "Write `{% include trial %}` there.")),
    ),
    "SIZE001": Example(sized(102_401), sized(102_400)),
    "SIZE002": Example(sized(81_921), sized(81_920)),
    "SIZE003": Example(text(lambda t: t * 120), text(lambda t: t * 20)),
}
