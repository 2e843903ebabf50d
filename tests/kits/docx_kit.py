"""Word documents for tests, made from small XML parts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": _W,
        "r": _R,
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
    }.items()
)
_STYLES = {
    "Title": "Title", "Subtitle": "Subtitle", "Heading1": "heading 1", "Heading2": "heading 2",
    "Heading3": "heading 3", "Quote": "Quote", "ListBullet": "List Bullet", "ListNumber": "List Number",
    "TOC1": "toc 1", "TOCHeading": "TOC Heading", "ListParagraph": "List Paragraph",
    "FootnoteText": "footnote text", "Caption": "caption",
}  # fmt: skip
_BASICS = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Default Extension="jpg" ContentType="image/jpeg"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>""",
    "word/styles.xml": f'<w:styles xmlns:w="{_W}">'
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in _STYLES.items()
    )
    + "</w:styles>",
    "word/numbering.xml": f'<w:numbering xmlns:w="{_W}">'
    + "".join(
        f'<w:abstractNum w:abstractNumId="{number}">'
        + "".join(f'<w:lvl w:ilvl="{at}"><w:numFmt w:val="{kind}"/></w:lvl>' for at in range(3))
        + "</w:abstractNum>"
        for number, kind in (("1", "bullet"), ("2", "decimal"))
    )
    + "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in ("1", "2")
    )
    + "</w:numbering>",
}


def pack_docx(parts: dict[str, str | bytes]) -> bytes:
    """A package of the parts, and of the basics that each document needs. Same parts, same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for path, part in {**_BASICS, **parts}.items():
            package.writestr(zipfile.ZipInfo(path), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def docx_of(body: str, **more: str | bytes) -> bytes:
    """A document whose text is these elements of WordprocessingML; `more` are parts below `word/`."""
    parts: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    }
    return pack_docx(parts | {f"word/{name}.xml": part for name, part in more.items()})


def docx_of_folder(path: Path, more: dict[str, bytes]) -> bytes:
    """A document of the parts that stand in a folder, in which `NS` stands for the namespaces, and of more."""
    parts: dict[str, str | bytes] = {**more}
    for file in sorted(each for each in path.rglob("*") if each.is_file()):
        data = file.read_bytes()
        name = file.relative_to(path).as_posix()
        parts[name] = data.decode().replace(" NS>", f" {NAMESPACES}>", 1) if name.endswith(".xml") else data
    return pack_docx(parts)


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of plain text."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
