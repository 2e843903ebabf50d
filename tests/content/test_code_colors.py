"""Code keeps every character and place to break, whatever its language and its colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.colors import DARK, LIGHT
from pipeline.content.code_colors import CODE_COLORS, color_html, colored_pieces
from pipeline.content.email_forms import code_lines
from pipeline.content.html_nodes import escaped
from pipeline.model import Palette
from pipeline.render.code_palette import code_palette
from pipeline.support.color_contrast import contrast

LANGUAGES = (
    "python",
    "js",
    "diff",
    "html",
    "json",
    "yaml",
    "toml",
    "sql",
    "sh",
    "css",
    "c",
    "rust",
    "console",
)
COLORS = dict.fromkeys(CODE_COLORS, "#123456")
CODE = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60),
    st.lists(
        st.sampled_from(
            ["def f(x):", '"""', "'a'", "\n", "    ", "<a href='x'>", "&amp;", "# c", "1.5", "+ in", "@@"]
        )
    ).map("".join),
)


def without_spans(html: str) -> str:
    return re.sub(r"</?span[^>]*>", "", html)


@given(code=CODE, language=st.sampled_from(LANGUAGES))
def test_colors_change_no_character(code: str, language: str) -> None:
    pieces = colored_pieces(code, language)
    assert "".join(text for _, text in pieces) == code
    for html in (escaped(code), code_lines(escaped(code))):
        assert without_spans(color_html(html, pieces, COLORS)) == html


def test_a_language_that_is_not_known_has_no_colors() -> None:
    assert colored_pieces("let x = 1", "klingon") == []


@pytest.mark.parametrize(
    "palette",
    [
        LIGHT,
        DARK,
        Palette("#0000ff", "#000000", "#333333", "#ffe066", "#fff3bf", "#cccccc"),
        Palette("#0000ff", "#ffffff", "#dddddd", "#5f2c82", "#49107c", "#cccccc"),
    ],
)
def test_every_color_of_code_is_readable_on_the_grounds_of_any_theme(palette: Palette) -> None:
    colors = code_palette(palette)
    assert set(colors) == set(CODE_COLORS)
    for color in colors.values():
        assert contrast(color, palette.background) >= 4.5
        assert contrast(color, palette.surface) >= 4.5
