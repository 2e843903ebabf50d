from __future__ import annotations

import pytest
from content_kit import parse, plain

from pipeline.content.text import LinkList, blocks_to_text
from pipeline.content.text_width import width
from pipeline.support import merge


def test_the_whole_text_form_reads_well() -> None:
    content = parse("""\
Hello {{ first_name | there }}, read [the study](https://x.example/s) or <https://x.example/t>.

## What it shows

### In short

- one
- two words that are long enough to be wrapped at the end of the line, I should think
  1. inner
- three

9. nine

10. ten

> Quoted
> text.

![A brain](b.png "Its parts")
![](c.png)

| Name | Dose |
|------|-----:|
| a    |  0.5 |

```
code  stays   as it is, however long the line may be, because it is code and not a paragraph
```

***

::: callout Mind this
See [the study](https://x.example/s) again.[^n]
:::

::: cta
Come along. [Book](mailto:a@x.example)
:::

::: sponsor Acme
They pay.
:::

[^n]: A note.
""")
    notes = LinkList()
    written = merge.text(blocks_to_text(content.blocks, notes, content.footnotes))
    assert (
        written
        == """\
Hello {{ first_name | there }}, read the study [1] or
https://x.example/t.

What it shows
=============

In short
--------

- one
- two words that are long enough to be wrapped at the end of the line, I
  should think
  1. inner
- three

 9. nine

10. ten

> Quoted text.

[Image: A brain]
Its parts

Name  Dose
----  ----
a      0.5

    code  stays   as it is, however long the line may be, because it is code and not a paragraph

* * *

-- Mind this -----------------------------------------------------------

See the study [1] again.¹

------------------------------------------------------------------------

Come along.

Book [2]

-- Sponsored by Acme ---------------------------------------------------

They pay.

------------------------------------------------------------------------

--------------------

¹ A note."""
    )
    assert notes.to_text() == "[1] https://x.example/s\n[2] mailto:a@x.example"


def test_cells_stand_below_their_heading_where_others_reach_over() -> None:
    table = (
        "<table><thead><tr><th>Group</th><th>Before</th><th align=right>After</th></tr></thead><tbody>"
        "<tr><th rowspan=2>Both</th><td>5</td><td>7.5</td></tr><tr><td colspan=2>none</td></tr>"
        "<tr><td colspan=2>All</td><td>8</td></tr></tbody></table>"
    )
    assert plain(table).splitlines() == [
        "Group  Before  After",
        "-----  ------  -----",
        "Both   5         7.5",
        "       none",
        "All                8",
    ]


def test_a_wide_table_becomes_records() -> None:
    long = "word " * 12
    assert plain(f"| Name | Effect |\n|---|---|\n| a | {long} |\n| b | {long} |", 40) == (
        "Name: a\nEffect: word word word word word word\n  word word word word word word\n\n"
        "Name: b\nEffect: word word word word word word\n  word word word word word word"
    )


def test_lines_are_measured_as_they_show() -> None:
    assert [width(text) for text in ("abc", "漢字", "e\u0301", "a\u200d", "한국", "☀\ufe0f")] == [
        3,
        4,
        1,
        1,
        4,
        2,
    ]
    for line in plain("漢字かな交じり文。" * 20).split("\n"):
        assert width(line) <= 72
        assert not line.startswith("。")


def test_no_line_is_longer_than_asked_where_words_allow_it() -> None:
    text = plain("> - " + "some words here and there " * 30 + "\n\n## " + "long heading " * 12, 50)
    assert max(width(line) for line in text.split("\n")) <= 50


def test_a_merge_field_never_breaks() -> None:
    for count in range(60, 75):
        written = plain("x" * count + " {{ first_name | dear reader of ours }} more")
        assert "{{ first_name | dear reader of ours }}" in written


def test_literal_braces_are_written_apart_from_fields() -> None:
    assert plain(r"a \{{ name }} b `{{ c }}`") == 'a {{ "{{" }} name }} b {{ "{{" }} c }}'


@pytest.mark.parametrize(
    ("markup", "written"),
    [
        ("10<sup>3</sup> CO<sub>2</sub> 1<sup>st</sup> x<sup>ab2</sup>", "10³ CO₂ 1st x^(ab2)"),
        ("<s>ten</s> five", "~ten~ five"),
        ("a  \nb", "a\nb"),
        ("[x.example](https://x.example/)", "https://x.example/"),
        ("[a@x.example](mailto:a@x.example)", "a@x.example"),
        ("<mailto:a@x.example>", "mailto:a@x.example"),
        ("[up](#top)", "up"),
        ("See ![a chart](c.png) and ![](d.png).", "See [Image: a chart] and ."),
        ("<dl><dt>BDNF</dt><dd>A factor.</dd></dl>", "BDNF\n    A factor."),
        ("-\n- b", "-\n- b"),
        ("> a\n>\n> > b", "> a\n>\n> > b"),
        ("- a\n\n      code\n- b", "- a\n\n      code\n\n- b"),
    ],
)
def test_small_things_keep_their_meaning(markup: str, written: str) -> None:
    assert plain(markup) == written


def test_a_linked_image_is_numbered() -> None:
    content, notes = parse("[![a chart](c.png)](https://x.example/)"), LinkList()
    assert merge.text(blocks_to_text(content.blocks, notes)) == "[Image: a chart] [1]"
    assert notes.addresses == ("https://x.example/",)


def test_numbers_go_on_through_several_texts() -> None:
    notes = LinkList()
    texts = ("[a](https://x.example/a)", "[b](https://x.example/b) [a](https://x.example/a)")
    first, second = (merge.text(blocks_to_text(parse(text).blocks, notes)) for text in texts)
    assert (first, second) == ("a [1]", "b [2] a [1]")


def test_a_pull_quote_is_a_quotation_with_its_name() -> None:
    assert plain("::: pullquote Ada\nA window opens.\n:::") == "> A window opens.\n>\n> — Ada"
