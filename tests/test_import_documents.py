"""Documents as they are imported: Word's, and emails (form 8).

After a wanted change, look at the new files and accept them:
`PRESSROOM_ACCEPT=1 python -m pytest tests/test_import_documents.py`
"""

from __future__ import annotations

import difflib
import io
import os
import re
import struct
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, png
from hypothesis import given, settings
from hypothesis import strategies as st
from office_kit import document, folder, packed, paragraph

from pipeline.errors import PressroomError
from pipeline.importers import docx, message
from pipeline.importers.draft import Draft, Material

SOURCES = ROOT / "tests" / "importers"
DOCUMENTS = sorted(each for each in (SOURCES / "docx").iterdir() if each.is_dir())


def read(data: bytes, name: str = "a.docx") -> Draft:
    (draft,) = docx.read(Material(name, data))
    return draft


def refused(data: bytes, name: str = "a.docx") -> PressroomError:
    material = Material(name, data)
    assert docx.takes(material)
    with pytest.raises(PressroomError) as caught:
        docx.read(material)
    assert caught.value.path == name
    return caught.value


def written(draft: Draft) -> str:
    """A draft as a person reads it: its fields, its body, what was guessed and what was left."""
    rows = []
    for name in Draft.__slots__:
        value = getattr(draft, name)
        if name in {"body", "inferred", "left"} or not value:
            continue
        if name == "authors":
            value = "; ".join(f"{each.name} ({each.role})" if each.role else each.name for each in value)
        if name == "files":
            value = {address: f"{len(data)} bytes" for address, data in value.items()}
        rows.append(f"{name}: {value}")
    guessed = [f"- {each.field}: {each.value} ({each.why})" for each in draft.inferred]
    out = [f"- {each.text} ({each.reason})" for each in draft.left]
    parts = [
        "\n".join(rows),
        draft.body.rstrip("\n"),
        "\n".join(["Guessed:", *guessed]),
        "\n".join(["Left:", *out]),
    ]
    return "\n\n=====\n\n".join(parts) + "\n"


def held_as_accepted(draft: Draft, held: Path) -> None:
    made = written(draft)
    if os.environ.get("PRESSROOM_ACCEPT"):
        held.write_text(made, encoding="utf-8")
    before, after = held.read_text(encoding="utf-8").splitlines(), made.splitlines()
    assert before == after, "\n".join(difflib.unified_diff(before, after, "held", "made", lineterm="", n=1))


# --- Word documents ---------------------------------------------------------------------------


def source(path: Path) -> bytes:
    return folder(path, {"word/media/image1.png": png()})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_becomes_the_draft_that_was_accepted(path: Path) -> None:
    held_as_accepted(read(source(path), f"{path.name}.docx"), path.with_suffix(".expected.txt"))


def test_there_are_three_documents() -> None:
    assert len(DOCUMENTS) >= 3


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_word_of_a_document_stands_somewhere(path: Path) -> None:
    draft = read(source(path))
    said = set(re.findall(r"\w+", written(draft)))
    for file in (path / "word").glob("*.xml"):
        text = " ".join(re.findall(r"<(?:w:t|w:delText|m:t)\b[^>]*>([^<]*)<", file.read_text()))
        assert set(re.findall(r"\w+", text.replace("&lt;", "").replace("&gt;", ""))) <= said


def test_a_title_in_the_properties_goes_before_that_of_the_page() -> None:
    core = '<cp:coreProperties xmlns:cp="x" xmlns:dc="y"><dc:title>{}</dc:title></cp:coreProperties>'
    body = f"{paragraph('On the page', 'Title')}{paragraph('Text.')}"
    for title, expected in (
        ("Within", "Within"),
        ("Document3", "On the page"),
        ("draft-2.docx", "On the page"),
    ):
        parts = {"docProps/core.xml": core.format(title)}
        with zipfile.ZipFile(io.BytesIO(document(body))) as package:
            parts["word/document.xml"] = package.read("word/document.xml").decode()
        draft = read(packed(parts))
        assert draft.title == expected
        assert any(each.text == title for each in draft.left) == (title != expected)


def with_bytes(data: bytes, path: str, part: bytes) -> bytes:
    """The package with one part put in place of another."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    return packed(parts | {path: part})


TEXT = document(paragraph("A text."))


def test_a_picture_linked_from_outside_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("mammoth.docx.files.urlopen", lambda address: opened.append(address))
    draft = read(source(SOURCES / "docx" / "reviewed"))
    assert not opened
    assert not draft.files
    assert [each.text for each in draft.left if "outside" in each.reason] == ["A graph from elsewhere"]


def test_a_picture_that_is_missing_costs_no_more_than_itself() -> None:
    draft = read(folder(SOURCES / "docx" / "styled", {}))
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
        package.writestr("content.xml", "<x/>")
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (OLE, "old.doc", "is of Word 97 to 2003 (.doc)."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "shut.docx", "is protected by a password."),
        (b"{\\rtf1 A text.}", "a.rtf", "is RTF."),
        (b"", "a.docx", "is empty."),
        (document(""), "a.docx", "is empty."),
        (document(paragraph(" ")), "a.docx", "is empty."),
        (b"A text.", "a.docx", "is no document that can be read: File is not a zip file."),
        (TEXT[: len(TEXT) // 2], "a.docx", "is no document that can be read: File is not a zip file."),
        (packed_otherwise(), "a.docx", "is no document that can be read: it has no text part."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(data: bytes, name: str, message: str) -> None:
    error = refused(data, name)
    assert error.message == message
    assert error.hint or "empty" in message


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = bytes(40_000_000)
    with_zeros = {f"word/media/{n}.png": zeros for n in range(3)}
    bomb = packed({"word/document.xml": "<w/>", **with_zeros})
    part = packed({"word/document.xml": "<w/>", "word/theme.xml": bytes(15_000_000)})
    many = packed({"word/document.xml": "<w/>", **{f"x/{n}.png": b"" for n in range(10_001)}})
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    assert refused(bomb).message == "unpacks to more than 100 MB."
    assert refused(part).message == "has a part `word/theme.xml` that unpacks to far more than it is."
    assert refused(many).message == "has more than 10000 files inside."
    monkeypatch.setattr("pipeline.importers.office.package.MAX_XML_BYTES", 1000)
    assert "MB beside its pictures, which no article has." in refused(TEXT).message


def test_a_size_that_is_a_lie_is_no_way_around() -> None:
    """The directory says 10 bytes where a part has 40 million."""
    data = packed({"word/document.xml": bytes(40_000_000)})
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
    data = document(f"<{element}>" * depth + paragraph("Deep.") + f"</{element}>" * depth)
    try:
        draft = read(data)
    except PressroomError as error:
        assert error.message in ("is nested too deeply.", "is empty.")
    else:
        assert depth == 60
        assert "Deep." in written(draft)


words = st.text("abcdefgh", min_size=1, max_size=8)


@settings(deadline=None, derandomize=True, max_examples=100)
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
def test_the_words_of_all_paragraphs_are_found(paragraphs: list[tuple[str, str]]) -> None:
    data = document("".join(paragraph(text, style) for text, style in paragraphs))
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


@settings(deadline=None, derandomize=True, max_examples=150)
@given(by=changes)
def test_a_broken_package_raises_nothing_else(by: list[tuple[float, bytes, int]]) -> None:
    only_a_pressroom_error(Material("a.docx", changed(STYLED, by)))


@settings(deadline=None, derandomize=True, max_examples=250)
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
    only_a_pressroom_error(Material("a.docx", packed({**STYLED_PARTS, path: part})))


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
    return draft


@pytest.mark.parametrize("path", EMAILS, ids=lambda path: path.stem)
def test_an_email_becomes_the_draft_that_was_accepted(path: Path) -> None:
    assert message.takes(Material("no-ending", path.read_bytes()))
    held_as_accepted(mail(path.read_bytes(), path.name), path.with_suffix(".expected.txt"))
