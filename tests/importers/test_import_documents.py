"""Documents as they are imported: Word's, and emails (form 8)."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path

import pytest
from docx_kit import docx_of, docx_of_folder, pack_docx, paragraph
from hypothesis import given
from hypothesis import strategies as st
from import_kit import draft_report
from property_kit import tries
from workspace_kit import ROOT, png

from pipeline.errors import PressroomError
from pipeline.importers.cleanup import clean
from pipeline.importers.draft import Draft, Material
from pipeline.importers.readers import docx, message

SOURCES = ROOT / "tests" / "importers"
DOCUMENTS = sorted(each for each in (SOURCES / "docx").iterdir() if each.is_dir())


def read(data: bytes, name: str = "a.docx") -> Draft:
    (draft,) = docx.read(Material(name, data))
    return clean(draft)


def refused(data: bytes, name: str = "a.docx") -> PressroomError:
    material = Material(name, data)
    assert docx.takes(material)
    with pytest.raises(PressroomError) as caught:
        docx.read(material)
    assert caught.value.path == name
    return caught.value


written = draft_report

# --- Word documents ---------------------------------------------------------------------------


def source(path: Path) -> bytes:
    return docx_of_folder(path, {"word/media/image1.png": png()})


def test_a_title_in_the_properties_goes_before_that_of_the_page() -> None:
    core = '<cp:coreProperties xmlns:cp="x" xmlns:dc="y"><dc:title>{}</dc:title></cp:coreProperties>'
    body = f"{paragraph('On the page', 'Title')}{paragraph('Text.')}"
    for title, expected in (
        ("Within", "Within"),
        ("Document3", "On the page"),
        ("draft-2.docx", "On the page"),
    ):
        parts = {"docProps/core.xml": core.format(title)}
        with zipfile.ZipFile(io.BytesIO(docx_of(body))) as package:
            parts["word/document.xml"] = package.read("word/document.xml").decode()
        draft = read(pack_docx(parts))
        assert draft.title == expected
        assert any(each.text == title for each in draft.left) == (title != expected)


def with_bytes(data: bytes, path: str, part: bytes) -> bytes:
    """The package with one part put in place of another."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    return pack_docx(parts | {path: part})


TEXT = docx_of(paragraph("A text."))


def test_a_picture_linked_from_outside_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("mammoth.docx.files.urlopen", lambda address: opened.append(address))
    draft = read(source(SOURCES / "docx" / "reviewed"))
    assert not opened
    assert not draft.files
    assert [each.text for each in draft.left if "outside" in each.reason] == ["A graph from elsewhere"]


def test_a_picture_that_is_missing_costs_no_more_than_itself() -> None:
    draft = read(docx_of_folder(SOURCES / "docx" / "styled", {}))
    assert [each.text for each in draft.left if "missing" in each.reason] == [
        "Two regions of a brain, joined by a line"
    ]
    assert "![" not in draft.body
    assert "The brain never rests." in draft.body


def test_one_picture_shown_twice_is_one_file() -> None:
    data = source(SOURCES / "docx" / "styled")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = package.read("word/document.xml").decode()
    drawing = text[text.index("<w:drawing>") : text.index("</w:drawing>") + len("</w:drawing>")]
    draft = read(with_bytes(data, "word/document.xml", text.replace(drawing, drawing + drawing).encode()))
    assert draft.files == {"picture-1.png": png()}
    assert draft.body.count("(picture-1.png)") == 2


def test_a_document_is_known_by_what_is_in_it() -> None:
    assert docx.takes(Material("a", TEXT))
    assert docx.takes(Material("a.doc", TEXT))
    assert not docx.takes(Material("a.odt", packed_otherwise()))
    assert not docx.takes(Material("a.txt", b"PK is no more than two letters."))
    assert not docx.takes(Material("a.bin", b"PK\x03\x04 and then nothing"))
    assert not docx.takes(Material("a.doc", b"a text"))
    assert not docx.takes(Material("a.txt", b""))


def packed_otherwise() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr(zipfile.ZipInfo("content.xml"), "<x/>")
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (OLE, "old.doc", "is of Word 97 to 2003 (.doc)."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "shut.docx", "is protected by a password."),
        (b"{\\rtf1 A text.}", "a.rtf", "is RTF."),
        (b"", "a.docx", "is empty."),
        (docx_of(""), "a.docx", "is empty."),
        (docx_of(paragraph(" ")), "a.docx", "is empty."),
        (b"A text.", "a.docx", "is no document that can be read: the file is broken."),
        (TEXT[: len(TEXT) // 2], "a.docx", "is no document that can be read: the file is broken."),
        (packed_otherwise(), "a.docx", "is no document that can be read: it has no text part."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(data: bytes, name: str, message: str) -> None:
    error = refused(data, name)
    assert error.message == message
    assert error.hint or "empty" in message


@pytest.mark.slow
def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = bytes(40_000_000)
    with_zeros = {f"word/media/{n}.png": zeros for n in range(3)}
    bomb = pack_docx({"word/document.xml": "<w/>", **with_zeros})
    part = pack_docx({"word/document.xml": "<w/>", "word/theme.xml": bytes(15_000_000)})
    many = pack_docx({"word/document.xml": "<w/>", **{f"x/{n}.png": b"" for n in range(10_001)}})
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    assert refused(bomb).message == "unpacks to more than 100 MB."
    assert refused(part).message == "has a part `word/theme.xml` that unpacks to far more than it is."
    assert refused(many).message == "has more than 10000 files inside."
    monkeypatch.setattr("pipeline.importers.readers.office_package.MAX_XML_BYTES", 1000)
    assert "MB beside its pictures, which no article has." in refused(TEXT).message


@pytest.mark.slow
def test_a_size_that_is_a_lie_is_no_way_around() -> None:
    """The directory says 10 bytes where a part has 40 million."""
    data = pack_docx({"word/document.xml": bytes(40_000_000)})
    lie = data.replace(struct.pack("<I", 40_000_000), struct.pack("<I", 10))
    assert lie != data
    assert "is no document that can be read" in refused(lie).message


def test_a_part_with_a_password_is_refused() -> None:
    # Bit 0 of the flags, 8 bytes into each entry of the directory (APPNOTE, 4.3.12 and 4.4.4).
    data = bytearray(TEXT)
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data)).message == "is protected by a password."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("path", ["word/document.xml", "word/styles.xml", "docProps/core.xml", "_rels/.rels"])
@pytest.mark.parametrize(
    "head",
    ['<!DOCTYPE w [<!ENTITY a "aaaa">]>', '<!DOCTYPE w SYSTEM "file:///etc/hostname">', "<!DOCTYPE w>"],
)
def test_a_declaration_of_entities_is_refused(encoding: str, path: str, head: str) -> None:
    part = f'<?xml version="1.0" encoding="{encoding}"?>{head}<w/>'.encode(encoding)
    assert (
        refused(with_bytes(TEXT, path, part)).message
        == f"declares entities in `{path}`, which no word processor does."
    )


@pytest.mark.parametrize("element", ["w:ins", "w:tbl", "w:p", "x"])
@pytest.mark.parametrize("depth", [60, 5000])
def test_deep_nesting_is_an_error_or_none(element: str, depth: int) -> None:
    data = docx_of(f"<{element}>" * depth + paragraph("Deep.") + f"</{element}>" * depth)
    try:
        draft = read(data)
    except PressroomError as error:
        assert error.message in ("is nested too deeply.", "is empty.")
    else:
        assert depth == 60
        assert "Deep." in written(draft)


words = st.text("abcdefgh", min_size=1, max_size=8)


@tries(100)
@given(
    paragraphs=st.lists(
        st.tuples(
            st.lists(words, min_size=1, max_size=8).map(" ".join),
            st.sampled_from(["", "Title", "Subtitle", "Heading1", "Quote", "ListBullet", "TOC1", "Unknown"]),
        ),
        min_size=1,
        max_size=12,
    )
)
@pytest.mark.slow
def test_the_words_of_all_paragraphs_are_found(paragraphs: list[tuple[str, str]]) -> None:
    data = docx_of("".join(paragraph(text, style) for text, style in paragraphs))
    draft = read(data)
    assert draft == read(data)
    said = set(re.findall(r"\w+", written(draft)))
    assert {word for text, _ in paragraphs for word in text.split()} <= said


STYLED = source(SOURCES / "docx" / "styled")
with zipfile.ZipFile(io.BytesIO(STYLED)) as _package:
    STYLED_PARTS = {name: _package.read(name) for name in _package.namelist()}
changes = st.lists(
    st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 40)), min_size=1, max_size=6
)


def changed(data: bytes, by: list[tuple[float, bytes, int]]) -> bytes:
    for share, new, old in by:
        at = int(share * len(data))
        data = data[:at] + new + data[at + old :]
    return data


@tries(150)
@given(by=changes)
def test_a_broken_package_raises_nothing_else(by: list[tuple[float, bytes, int]]) -> None:
    only_a_pressroom_error(Material("a.docx", changed(STYLED, by)))


@tries(250)
@given(path=st.sampled_from(sorted(STYLED_PARTS)), by=changes, tags=st.booleans())
def test_a_broken_part_raises_nothing_else(path: str, by: list[tuple[float, bytes, int]], tags: bool) -> None:
    part = STYLED_PARTS[path]
    if tags:  # what stays well formed gets further: leave whole elements out, or put them twice
        pieces = re.split(rb"(?<=/>)|(?<=</w:p>)", part)
        for share, new, _ in by:
            at = int(share * (len(pieces) - 1))
            pieces[at] = pieces[at] * (len(new) % 3)
        part = b"".join(pieces)
    else:
        part = changed(part, by)
    only_a_pressroom_error(Material("a.docx", pack_docx({**STYLED_PARTS, path: part})))


def only_a_pressroom_error(material: Material) -> None:
    assert docx.takes(material)
    try:
        docx.read(material)
    except PressroomError as error:
        assert error.path == material.name


# --- emails -----------------------------------------------------------------------------------

EMAILS = sorted((SOURCES / "message").glob("*.eml"))


def mail(data: bytes, name: str = "a.eml") -> Draft:
    (draft,) = message.read(Material(name, data))
    return clean(draft)


HEAD = "From: Ada Example <ada@notes.example>\nSubject: On rest\nDate: Mon, 5 Jan 2026 08:30:00 +0000\n"


def text_mail(text: str, head: str = HEAD) -> Draft:
    return mail(f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}".encode())


def page_mail(page: str, head: str = HEAD) -> Draft:
    return mail(f"{head}Content-Type: text/html; charset=utf-8\n\n{page}".encode())


def reasons(draft: Draft) -> dict[str, str]:
    return {each.text: each.reason for each in draft.left}


def test_an_email_is_known_by_its_head() -> None:
    def takes(text: str, name: str = "a") -> bool:
        return message.takes(Material(name, text.encode()))

    assert takes(f"{HEAD}\nText.")
    assert takes(f"From ada Mon Jan 5\n{HEAD}\nText.")
    assert takes("Received: from a\n by b\nsubject: x\n\nText.")
    assert takes("anything", "a.EML")
    assert not takes("Subject: On rest\n\nText.")
    assert not takes("---\ndate: 2026-01-05\nsubject: x\n---\n")
    assert not takes("A text.\nFrom: a\nSubject: b")
    assert not takes("Text.\n\nFrom: a\nSubject: b")
    assert not takes("")


@pytest.mark.parametrize("prefix", ["Fwd: ", "FW: ", "Re: ", "WG: ", "Tr: ", "AW: Fwd: ", "RE[2]: ", "fwd:"])
def test_prefixes_of_subjects_are_no_title(prefix: str) -> None:
    assert text_mail("A text.", HEAD.replace("On", f"{prefix}On")).title == "On rest"


@pytest.mark.parametrize("subject", ["Rest: on it", "Reading", "Forward: march"])
def test_words_that_only_begin_alike_stay(subject: str) -> None:
    assert text_mail("A text.", HEAD.replace("On rest", subject)).title == subject


def test_the_address_comes_from_headers_of_lists_before_links() -> None:
    page = '<p><a href="https://notes.example/view?e=1&id=2">Read online</a></p><p>A text.</p>'
    post = f"{HEAD}List-Post: <https://notes.example/p/rest>\nList-Archive: <https://notes.example/archive>\n"
    assert page_mail(page).canonical_url == "https://notes.example/view?id=2"
    assert page_mail(page, post).canonical_url == "https://notes.example/p/rest"
    assert page_mail(page, HEAD + "List-Post: <mailto:list@notes.example>\n").canonical_url.endswith(
        "view?id=2"
    )
    assert (
        page_mail("<p>A text.</p>", HEAD + "List-Archive: <https://notes.example/archive>\n").canonical_url
        == ""
    )
    # An address that only counts the click leads somewhere else tomorrow.
    assert page_mail(page.replace("view", "ls/click")).canonical_url == ""


def test_markup_that_is_not_seen_goes() -> None:
    draft = page_mail(
        "<!-- note --><div style='DISPLAY: none'>Short and sweet, as always.</div><p>A text.</p>"
        "<p style='font-size:0'><span style='font-size:14px'>Seen.</span></p><div hidden>Not seen.</div>"
        "<img src='https://x.example/p.gif' style='width:1px'><img src='cid:gone' alt='A lost graph'><img>"
    )
    assert draft.dek == "Short and sweet, as always."
    assert draft.body == "A text.\n\nSeen.\n"
    assert reasons(draft) == {
        "Not seen.": "hidden in the page",
        "https://x.example/p.gif": "a picture of one pixel, which counts readers",
        "A lost graph": "a picture that did not come with the email",
    }


def test_hidden_text_below_what_is_seen_is_no_dek() -> None:
    draft = page_mail("<p>A text.</p><div style='display:none'>A copy for small screens.</div>")
    assert not draft.dek
    assert "A copy for small screens." in reasons(draft)


def test_tables_that_lay_out_become_text_and_tables_of_figures_stay() -> None:
    figures = "<table><tr><td>Rest</td><td>20</td></tr><tr><td>Work</td><td>21</td></tr></table>"
    draft = page_mail(
        f"<center><table><tr><td><p>One.</p></td><td>Two.</td></tr><tr><td>{figures}</td></tr></table></center>"
    )
    assert draft.body.startswith("One.\n\nTwo.\n\n|")
    assert "| Work | 21 |" in draft.body


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("You are receiving this email because you signed up.", "why the mailing was sent"),
        ("To unsubscribe, click here.", "how to unsubscribe"),
        ("© 2026 Notes. All rights reserved.", "footer of the page"),
        ("Sent from my telephone", "added by the mail program"),
        ("View this email in your browser", "a link to read it in a browser"),
        ("Forward to a friend", "a link of the mailing"),
    ],
)
def test_what_mailings_add_is_left(line: str, reason: str) -> None:
    for draft in (page_mail(f"<p>A text.</p><p>{line}</p>"), text_mail(f"A text.\n\n{line}")):
        assert reasons(draft) == {line: reason}
        assert draft.body == "A text.\n"


@pytest.mark.parametrize(
    "line",
    [
        "We received a grant, and with it a duty.",
        "Patients opt for it in autumn.",
        "You may opt out of pooling by not using an agent.",
        "They met at 12 Main Street, in 1997, and were friends.",
        "You can view the stars in your garden.",
    ],
)
def test_what_only_looks_like_it_stays(line: str) -> None:
    assert line in page_mail(f"<p>A text.</p><p>{line}</p>").body


HEADS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Ben Sample <ben@x.example>\nDate: Mon, 5 Jan 2026 at 09:30\nSubject: On company\nTo: <ada@x.example>\n\n",
    "apple": "Begin forwarded message:\n\nFrom: Ben Sample <ben@x.example>\nSubject: On company\nDate: 5 January 2026 at 09:30:00 GMT\nTo: ada@x.example\n\n",
    "outlook": "________________________________\nFrom: Ben Sample <ben@x.example>\nSent: Monday, January 5, 2026 9:30 AM\nTo: a@x.example\nSubject: On company\n\n",
    "bare": "From: Ben Sample <ben@x.example>\nSent: Monday, January 5, 2026 9:30 AM\nTo: a@x.example\nSubject: On company\n\n",
    "german": "Anfang der weitergeleiteten Nachricht:\n\nVon: Ben Sample <ben@x.example>\nBetreff: On company\nDatum: 5 January 2026\n\n",
    "twice": "---------- Forwarded message ---------\nFrom: Cleo <c@x.example>\nDate: Tue, 6 Jan 2026\nSubject: Fwd: On company\n\nSee this.\n\n---------- Forwarded message ---------\nFrom: Ben Sample <ben@x.example>\nDate: Mon, 5 Jan 2026 at 09:30\nSubject: On company\n\n",
}  # fmt: skip


@pytest.mark.parametrize("way", HEADS)
@pytest.mark.parametrize("quoted", [False, True])
def test_what_was_forwarded_is_the_article(way: str, quoted: bool) -> None:
    inner = f"{HEADS[way]}Nobody rests well alone, as most of us know from the holidays.\n\nSo call somebody today, and be it only for a short while."
    if quoted:
        inner = "\n".join(f"> {line}" for line in inner.split("\n"))
    draft = text_mail(f"Please run it.\n\n{inner}\n", HEAD.replace("On", "Fwd: On"))
    assert draft.title == "On company"
    assert [each.name for each in draft.authors] == ["Ben Sample"]
    assert str(draft.date).startswith("2026-01-05")
    assert (
        draft.body
        == "Nobody rests well alone, as most of us know from the holidays.\n\nSo call somebody today, and be it only for a short while.\n"
    )
    assert next(iter(reasons(draft))).startswith("Please run it.")


OUTLOOK = {
    "classic": "<div class=WordSection1><p class=MsoNormal>Please run this.<o:p></o:p></p><div><div style='border-top:solid 1pt'>"
    "<p class=MsoNormal><b>From:</b> Ben Sample &lt;ben@x.example&gt; <br><b>Sent:</b> Monday, January 5, 2026 8:30 AM<br>"
    "<b>To:</b> Ada &lt;ada@x.example&gt;; Dora &lt;d@x.example&gt;<br><b>Subject:</b> On company<o:p></o:p></p></div></div>"
    "<p class=MsoNormal>Nobody rests <b>well</b> alone.<o:p></o:p></p><p class=MsoNormal>Date: soon</p></div>",
    "web": "<div>Please run this. <img src='https://x.example/me.png' alt='Ada'></div><hr><div id='divRplyFwdMsg'><font>"
    "<b>Von:</b> Ben Sample &lt;ben@x.example&gt;<br><b>Gesendet:</b> 5.1.2026 08:30<br><b>An:</b> x@y.example<br>"
    "<b>Betreff:</b> On company</font><div>&nbsp;</div></div><table><tr><td><table><tr><td>Nobody rests <b>well</b> alone.</td>"
    "</tr></table></td></tr><tr><td>Date: soon</td></tr></table>",
}


@pytest.mark.parametrize("way", OUTLOOK)
def test_pages_that_outlook_forwarded(way: str) -> None:
    draft = page_mail(OUTLOOK[way], HEAD.replace("On", "WG: On"))
    assert (draft.title, draft.authors[0].name, str(draft.date)[:10]) == (
        "On company",
        "Ben Sample",
        "2026-01-05",
    )
    assert draft.body == "Nobody rests **well** alone.\n\nDate: soon\n"
    (note,) = reasons(draft)
    assert note.startswith("Please run this.")


def test_a_reply_is_no_forwarding() -> None:
    text = f"I have an article instead.\n\n-----Original Message-----\n{HEADS['bare']}Could you write on company?"
    draft = text_mail(text, HEAD.replace("On", "Re: On"))
    assert draft.title == "On rest"
    assert "I have an article instead." in draft.body
    assert "Could you write" in draft.body


def test_the_date_of_forwarding_stands_in_where_there_is_none() -> None:
    text = "Begin forwarded message:\n\nFrom: Ben Sample <ben@x.example>\nSubject: On company\nDate: last week\n\nA text."
    draft = text_mail(text)
    assert [each.why for each in draft.inferred if each.field == "date"] == ["it was forwarded then"]
    assert reasons(draft)["last week"] == "a date that cannot be read for certain"


@pytest.mark.parametrize(
    ("data", "message_"),
    [
        (b"", "is empty."),
        (b"From: a\nSubject: b\n\n", "is empty."),
        (f"{HEAD}Content-Type: text/html\n\n<p><img></p>".encode(), "is empty."),
        (OLE, "is Outlook's own form of an email (.msg)."),
        (f"{HEAD}\n{'a' * 5_000_001}".encode(), "has more than 5 MB of text."),
        (b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(60)), "is nested too deeply."),
        (b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)), "is nested too deeply."),
        (b"From: a\nContent-Type: message/rfc822\n\n" * 30 + b"A text.", "is nested too deeply."),
    ],
    ids=range(8),
)  # fmt: skip
def test_emails_that_cannot_be_read_are_named(data: bytes, message_: str) -> None:
    with pytest.raises(PressroomError) as caught:
        mail(data)
    assert caught.value.message == message_
    assert caught.value.path == "a.eml"


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; charset=no-such-charset",
        "Content-Type: text/plain; charset=zlib",
        "Content-Type: text/plain; charset=utf-16",
        "Content-Type: text/plain; charset=\x01\"'",
        "Content-Type: ;;;",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: uuencode",
        "Content-Transfer-Encoding: no-such-encoding",
        "Content-Disposition: ;;=",
        "Date: the day before yesterday",
        "From: =?utf-8?b?/////?= <<<>>>@@",
        "Subject: =?utf-8?q?=FF=FE?= =?x?y?z?=",
        "Message-ID: <<>",
        "Message-ID: " + "<a" * 30_000,
        "From: " + "a, " * 30_000,
        "MIME-Version: [",
    ],
    ids=lambda text: text[:40],
)
def test_broken_heads_and_encodings_are_read_as_far_as_they_go(head: str) -> None:
    body = "Words that last — for weeks, or for a year."
    draft = mail(f"Subject: Broken\nReceived: x\n{head}\n\n{body}".encode())
    assert draft.body


@pytest.mark.parametrize(
    "charset", ["utf-8", "windows-1252", "iso-8859-1", "iso-2022-jp", "koi8-r", "utf-16"]
)
@pytest.mark.parametrize("way", ["base64", "quoted-printable"])
def test_texts_are_read_in_their_encodings(charset: str, way: str) -> None:
    import base64
    import quopri

    words = {"iso-2022-jp": "休みは大切です。", "koi8-r": "Отдых полезен."}.get(
        charset, "Café, mañana, größer."
    )
    data = words.encode(charset)
    coded = base64.encodebytes(data) if way == "base64" else quopri.encodestring(data)
    head = f"{HEAD}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {way}\n\n"
    assert mail(head.encode() + coded).body.strip() == words


@tries(300)
@given(path=st.sampled_from(EMAILS), by=changes)
def test_a_broken_email_raises_nothing_else(path: Path, by: list[tuple[float, bytes, int]]) -> None:
    try:
        mail(changed(path.read_bytes(), by))
    except PressroomError as error:
        assert error.path == "a.eml"


lines = st.lists(
    st.one_of(
        st.lists(words, min_size=1, max_size=8).map(" ".join),
        st.sampled_from(
            ["-- ", "Begin forwarded message:", "From: a b <a@b.example>", "Subject: c", "Date: d", ""]
        ),
        st.sampled_from(["Unsubscribe", "View in browser", "© a b", "> a", "By Ada Example"]),
    ),
    min_size=1,
    max_size=14,
)


@tries(200)
@given(paragraphs=lines, page=st.booleans())
def test_the_words_of_all_lines_are_found(paragraphs: list[str], page: bool) -> None:
    kept = [*paragraphs, "And so it ends."]
    draft = page_mail("".join(f"<p>{each}</p>" for each in kept)) if page else text_mail("\n\n".join(kept))
    said = set(re.findall(r"\w+", written(draft)))
    heads = {"from", "subject", "date", "begin", "forwarded", "message", "b", "example", "by"}
    missing = {word for text in kept for word in re.findall(r"\w+", text) if word not in said}
    assert {word.casefold() for word in missing} <= heads | {"a", "c", "d"}
