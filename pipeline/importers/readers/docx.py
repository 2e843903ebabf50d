"""Word documents: .docx. mammoth is wrapped here and nowhere else.

What a document says by styles (title, subtitle, quotations, lists) is kept, how it looks is not.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree import ElementTree

from pipeline.config.fields import Field
from pipeline.errors import PressroomError
from pipeline.importers.dates import date_of
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Draft, Left, Material
from pipeline.importers.html import wash
from pipeline.importers.people import people_of
from pipeline.importers.readers import office_package as package
from pipeline.importers.readers.docx_parts import beside, mended

NAME = "docx"
DESCRIPTION = "a Word document (.docx)"

_RTF = b"{\\rtf"
_MAIN = re.compile(r"word/document\d*\.xml")

# Word stores the names of its own styles in English, whatever language it is used in.
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p.dek:fresh
p[style-name^='toc '] => p.toc:fresh
p[style-name='TOC Heading'] => p.toc:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='Preformatted Text'] => pre:separator('\\n')
p:unordered-list(2) => ul|ol > li > ul > li:fresh
p:ordered-list(2) => ul|ol > li > ol > li:fresh
p[style-name='List Bullet'] => ul > li:fresh
p[style-name='List Bullet 2'] => ul|ol > li > ul > li:fresh
p[style-name='List Number'] => ol > li:fresh
p[style-name='List Number 2'] => ul|ol > li > ol > li:fresh
"""


def takes(material: Material) -> bool:
    """Whether it is a Word document, or one that `read` can only say that of. Never raises."""
    data, ending = material.data, material.ending
    if ending in (".docx", ".docm", ".dotx", ".dotm"):
        return True
    if ending in (".doc", ".dot", ".rtf"):
        return data.startswith((package.OLE, _RTF)) or _has_document(data)
    return _has_document(data)


def _has_document(data: bytes) -> bool:
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return any(_MAIN.fullmatch(name) for name in file.namelist())
    except Exception:  # whatever is wrong with it, it is not known to be a document
        return False


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` where it is empty, broken, protected or too large."""
    name = material.name
    _check_kind(material.data, name)
    parts = package.parts_of(material.data, name)
    if not any(_MAIN.fullmatch(path) for path in parts):
        raise package.unreadable("it has no text part", name)
    left = beside(parts, name)
    for path, part in parts.items():
        if re.fullmatch(r"word/(?:document\d*|footnotes|endnotes)\.xml", path):
            root = package.tree_of(part, name)
            left += mended(root)
            parts[path] = ElementTree.tostring(root, "utf-8")
    try:
        made = _converted(parts)
    except RecursionError as error:
        raise PressroomError("is nested too deeply.", name) from error
    except Exception as error:  # mammoth takes much for granted, and raises whatever comes of it
        raise package.unreadable(str(error) or type(error).__name__, name) from error
    washed = wash(made.html)
    if not washed.blocks:
        raise PressroomError("is empty.", name)
    source = "\n".join(
        package.text_of(package.tree_of(part, name)) for path, part in parts.items() if _MAIN.fullmatch(path)
    )
    draft = Draft(washed.blocks, files=made.files, left=(*left, *made.left, *washed.left), source_text=source)
    return (described(draft, parts.get("docProps/core.xml"), name),)


def _check_kind(data: bytes, name: str) -> None:
    if not data.strip():
        raise PressroomError("is empty.", name)
    if data.startswith(package.OLE):
        what = "is protected by a password." if _UTF16_ENCRYPTED in data else "is of Word 97 to 2003 (.doc)."
        raise PressroomError(what, name, hint="Open it in a word processor, and save it as .docx.")
    if data.startswith(_RTF):
        raise PressroomError("is RTF.", name, hint="Open it in a word processor, and save it as .docx.")


_UTF16_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


# --- what mammoth makes of it -------------------------------------------------------------------


@dataclass(slots=True)
class _Made:
    """A converted document: its HTML, its pictures by the address in it, and what was left out."""

    html: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def _converted(parts: dict[str, bytes]) -> _Made:
    import mammoth

    made = _Made()

    def picture(image: Any) -> list[Any]:
        alt = " ".join((image.alt_text or "").split())
        try:
            with image.open() as file:
                data = file.read()
        except (KeyError, ValueError, OSError) as error:
            why = "linked from outside" if isinstance(error, ValueError) else "missing in the document"
            made.left.append(Left(alt or "a picture", f"a picture that is {why}"))
            return []
        address = next((name for name, known in made.files.items() if known == data), "")
        kind = (image.content_type or "").partition("/")[2].partition("+")[0].removeprefix("x-") or "png"
        ending = {"jpeg": "jpg"}.get(kind, re.sub(r"\W", "", kind) or "png")
        address = address or f"picture-{len(made.files) + 1}.{ending}"
        made.files[address] = data
        return [mammoth.html.element("img", {"alt": alt, "src": address})]

    result = mammoth.convert_to_html(
        package.packed(parts),
        style_map=_STYLES,
        convert_image=picture,
        include_embedded_style_map=False,
        external_file_access=False,
    )
    made.html = cleaned(result.value).replace("\t", " ").replace("<table>", '<table class="data">')
    made.html = re.sub(r'<a id="[^"]*"></a>', "", made.html)
    for message in dict.fromkeys(each.message for each in result.messages):
        if symbol := re.search(r"^A w:sym .*: (char \w+ in font .*)", message):
            made.left.append(Left(symbol[1], "a symbol of a font, for which text has no character"))
        elif message.startswith(("Could not find image", "A v:imagedata")):
            made.left.append(Left("a picture", "a picture that is missing in the document"))
    return made


# --- properties (`docProps/core.xml`; ECMA-376, part 2, clause 11) --------------------------------

_NO_TITLE = re.compile(
    r"(?:(?:new |neues )?(?:microsoft )?(?:word )?(?:document|dokument|doc|untitled|title)"
    r"(?: document)?[ _-]*\d*|microsoft word\b.*|powerpoint.*|.*\b(?:template|vorlage)"
    r"|.*\.(?:docx?|dotx?|odt|rtf))",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:microsoft package.*|(?:windows |office |default )?user\d*|admin(?:istrator)?|owner|unknown|author"
    r"|python-docx|apache poi|un-?named|\S+@\S+)",
    re.IGNORECASE,
)
_TEMPLATE = "2013-12-23T23:15:00Z"
"""When python-docx's template was made, which its documents keep."""


def described(draft: Draft, part: bytes | None, name: str) -> Draft:
    """The draft with what its properties say. Raises `PressroomError` if their XML is broken."""
    if part is None:
        return draft
    said = {package.local(each): " ".join((each.text or "").split()) for each in package.tree_of(part, name)}
    title, creator, created = (said.get(key, "") for key in ("title", "creator", "created"))
    if _NO_TITLE.fullmatch(title):
        draft = draft.leaving(Left(title, "the title in the document's properties, which says nothing"))
    elif title:
        draft = replace(draft, title=title)
    if _NO_AUTHOR.fullmatch(creator):
        draft = draft.leaving(Left(creator, "the author in the document's properties, which is no name"))
    elif creator:
        authors = people_of(Field(creator, 1), several=False).authors
        names = "; ".join(each.name for each in authors)
        draft = replace(draft, authors=authors)
        draft = draft.inferring("authors", names, "the document's properties name who made it")
    reading = date_of(Field(created, 1)) if created and created != _TEMPLATE else None
    if reading and reading.moment:
        draft = replace(draft, date=reading.moment)
        draft = draft.inferring("date", str(reading.moment), "the document was made then")
    elif created:
        draft = draft.leaving(Left(created, "when the document was made, which is no date of the article"))
    if said.get("description", "").lower().startswith("generated by"):
        draft = draft.leaving(Left(said.pop("description"), "the program that made the document"))
    names_of = {"subject": "subject", "description": "comments", "contentStatus": "status"}
    extra = {names_of[key]: text for key, text in said.items() if key in names_of and text}
    tags = [said.get("category", ""), *re.split("[,;]", said.get("keywords", ""))]
    is_draft = extra.get("status", "").casefold() == "draft"
    kept = dict.fromkeys(tag.strip() for tag in tags if tag.strip())
    return replace(draft, tags=tuple(kept), draft=is_draft, extra=extra)
