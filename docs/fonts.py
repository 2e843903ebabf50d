"""Makes the two small fonts that social pictures are set in, from Debian's `fonts-noto-core`.

    python -m pip install fonttools uharfbuzz
    python docs/fonts.py /usr/share/fonts/truetype/noto

Each keeps the letters of Latin, Greek and Cyrillic that stand alone. Their kerning is written into
the old `kern` table as well, which FreeType reads without a shaping library: so a picture is the
same wherever it is made.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

import uharfbuzz
from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0

FONTS = {"serif": "NotoSerif-Bold.ttf", "sans": "NotoSans-Bold.ttf"}
FOLDER = Path(__file__).parent.parent / "pipeline" / "articles" / "fonts"
KEPT = (
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x180),  # Latin-1, Latin Extended-A
    *(0x192, 0x218, 0x219, 0x21A, 0x21B, 0x1E9E),  # Romanian; the capital sharp s
    *(0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA)),  # Vietnamese
    *range(0x384, 0x3CF),  # Greek
    *range(0x400, 0x460),  # Cyrillic
    *(0x490, 0x491),
    *(0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E),
    *(0x2020, 0x2022, 0x2026, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2116, 0x2122, 0x2212),
)
KERNED = [
    *range(0x21, 0x7F), 0xA0, *range(0xC0, 0x100), 0x2013, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026,
    *range(0x391, 0x3CA), *range(0x410, 0x450),
]  # fmt: skip


def shrunk(source: Path) -> TTFont:
    """The font with those letters, without tables that nothing here reads."""
    font = TTFont(source)
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14]
    )
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "meta", "STAT"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=KEPT)
    maker.subset(font)
    font["head"].modified = font["head"].created  # the same file each time
    font.recalcTimestamp = False
    return font


def pairs(source: Path, font: TTFont) -> dict[tuple[str, str], int]:
    """How much closer or wider two letters stand than by their own widths, in font units."""
    shaper = uharfbuzz.Font(uharfbuzz.Face(source.read_bytes()))
    names = font.getBestCmap()
    found: dict[tuple[str, str], int] = {}

    def width(text: str, kern: bool) -> int:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(shaper, buffer, {"kern": kern, "liga": False, "ccmp": False})
        return sum(each.x_advance for each in buffer.glyph_positions)

    for left in (each for each in KERNED if each in names):
        for right in (each for each in KERNED if each in names):
            text = chr(left) + chr(right)
            if moved := width(text, True) - width(text, False):
                found[names[left], names[right]] = moved
    return found


def runs(codes: Iterable[int]) -> str:
    """Code points as runs, one a line: `41-5A`."""
    found: list[list[int]] = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"{first:X}-{last:X}\n" for first, last in found)


def main(folder: Path) -> None:
    """Make both fonts, with what each can set, from those in the folder."""
    for name, file in FONTS.items():
        font = shrunk(folder / file)
        table = KernTable_format_0()
        table.version, table.coverage, table.apple = 0, 1, False
        table.kernTable = pairs(folder / file, font)
        font["kern"] = newTable("kern")
        font["kern"].version, font["kern"].kernTables = 0, [table]
        out = io.BytesIO()
        font.save(out)
        (FOLDER / f"{name}.ttf").write_bytes(out.getvalue())
        (FOLDER / f"{name}.txt").write_text(runs(font.getBestCmap()), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
