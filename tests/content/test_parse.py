from __future__ import annotations

import pytest
from content_kit import parse

from pipeline.content.reading_time import count_words
from pipeline.errors import Mistakes, PressroomError
from pipeline.model import Block, BlockKind, Element, MergeField


def mistakes(text: str, **fields: str) -> list[str]:
    with pytest.raises(PressroomError) as caught:
        parse(text, **fields)
    return [str(each) for each in caught.value.errors]


def only_block(text: str) -> Block:
    (block,) = parse(text).blocks
    return block


def first_node(text: str) -> Element:
    node = only_block(text).nodes[0]
    assert isinstance(node, Element)
    return node


# --- places ---------------------------------------------------------------------------------------


def test_elements_carry_the_line_of_the_file() -> None:
    content = parse("One\n\n- a\n- b\n\n> quote [link](x.md)\n> more\n> [far](y.md)\n", first_line=10)
    paragraph, items, quote = content.blocks[0].nodes
    assert isinstance(paragraph, Element) and paragraph.line == 10
    assert isinstance(items, Element) and items.line == 12
    assert [item.line for item in items.children if isinstance(item, Element)] == [12, 13]
    assert isinstance(quote, Element) and isinstance(quote.children[0], Element)
    links = [node for node in quote.children[0].children if isinstance(node, Element)]
    assert [link.line for link in links] == [15, 17]


def test_windows_line_ends_count_as_one_line() -> None:
    assert mistakes("One\r\n\r\n# Two\r\n") == [
        'a.md:3: a heading of level 1; the title is the only one. Write "## …".'
    ]


def test_raw_html_cannot_pretend_another_line() -> None:
    assert first_node('x\n\n<h2 data-line="99">y</h2>').line == 1
    block = only_block('x\n\n<h2 data-line="99">y</h2>').nodes[1]
    assert isinstance(block, Element) and block.line == 3


def test_all_mistakes_are_reported_together_in_order() -> None:
    with pytest.raises(Mistakes):
        parse("# A\n\n[x](missing.md)\n\n![x](missing.png)\n\n{{ frist_name }}\n")
    found = mistakes("# A\n\n[x](missing.md)\n\n![x](missing.png)\n\n{{ frist_name }}\n")
    assert [line.split(" ")[0] for line in found] == ["a.md:1:", "a.md:3:", "a.md:5:", "a.md:7:"]
    assert found[1] == 'a.md:3: the link "missing.md" leads to no article. Look again.'


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", [0, 1, 8, 0xB, 0xC, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F, 0xD800, 0xFFFE, 0xFFFF]
)
def test_a_forbidden_character_is_named_with_its_line(code: int) -> None:
    (found,) = mistakes(f"fine\nnot {chr(code)} fine")
    assert found.startswith(f"a.md:2: the character U+{code:04X} is not allowed")


@pytest.mark.parametrize(
    "written", ["<div>&#1;</div>", "<div>a<br>&#x1f</div>", '<div><abbr title="&#11;">a</abbr></div>']
)
def test_a_character_reference_is_no_way_around(written: str) -> None:
    (found,) = mistakes(f"x\n\n{written}")
    assert found.startswith("a.md:3: the character U+00")


def test_a_reference_to_a_control_character_is_what_a_browser_makes_of_it() -> None:
    assert "€" in str(parse("<div>&#x80;</div>"))  # HTML Standard, section 13.2.5.80


# --- merge fields ---------------------------------------------------------------------------------


def test_merge_fields_are_read_in_text_and_raw_html() -> None:
    field = MergeField("first_name", "there")
    assert first_node("{{ first_name | there }}").children == (field,)
    assert first_node("<div>{{first_name|there}}</div>").children == (field,)
    assert first_node("<b>{{first_name|there}}</b>\n{: x}").children[0].children == (field,)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["`{{ x }}`", "    {{ x }}", "```\n{{ x }}\n```", "<code>{{ x }}</code>", "<pre>{{ x }}</pre>"]
)
def test_merge_fields_are_text_in_code(text: str) -> None:
    assert "MergeField" not in str(parse(text))
    assert "{{ x }}" in str(parse(text))


@pytest.mark.parametrize("text", [r"\{{ x }}", r"{\{ x }}", r"\{\{ x }}", r"<div>\{{ x }}</div>"])
def test_escaped_braces_are_text(text: str) -> None:
    assert first_node(text).children == ("{{ x }}",)


@pytest.mark.parametrize("text", ["{{ name", "{{ }}", "{{ a b }}", "{{ a\nb }}", "<div>{{ a b }}</div>"])
def test_a_broken_merge_field_is_a_mistake(text: str) -> None:
    (found,) = mistakes(text)
    assert "is not a merge field" in found
    assert r"\{{" in found


def test_a_merge_field_may_be_a_whole_address() -> None:
    link = first_node("[Stop]({{unsubscribe_url}}) [x][y]\n\n[y]: {{ web_url }}\n").children
    assert isinstance(link[0], Element) and link[0].get("href") == "{{ unsubscribe_url }}"
    assert isinstance(link[2], Element) and link[2].get("href") == "{{ web_url }}"


def test_a_fallback_address_must_be_safe() -> None:
    (found,) = mistakes("[x]({{ web_url | javascript:alert(1) }})")
    assert "must be a web, mail or telephone address" in found


def test_quotation_marks_turn_around_a_merge_field() -> None:
    assert first_node('"{{ name }}\'s"').children == ("“", MergeField("name"), "’s”")


# --- typography -----------------------------------------------------------------------------------


def test_quotes_dashes_and_dots_become_typographic() -> None:
    assert first_node('"It\'s" -- so---and...').children == ("“It’s” – so—and…",)


def test_typography_leaves_code_and_addresses_alone() -> None:
    node = first_node('`"a" -- ...` <https://x.example/a--b...>')
    assert "children=('\"a\" -- ...',)" in str(node)
    assert "a--b..." in str(node)


def test_an_enumeration_keeps_its_c() -> None:
    assert first_node("(a) one (b) two (c) three (r) +- 1,, ????").children == (
        "(a) one (b) two (c) three (r) +- 1,, ????",
    )


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "vbscript:x", "file:///x"]
)
def test_a_dangerous_address_is_a_mistake(address: str) -> None:
    (found,) = mistakes(f"x\n\n[x]({address})")[:1]
    assert found.startswith("a.md:3: an address that begins with")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://[", "https://exa mple/", "data:x"])
def test_a_link_of_raw_html_does_not_lose_its_address_without_a_word(address: str) -> None:
    (found,) = mistakes(f'x\n\nSee <a href="{address}">it</a>.')
    assert found.startswith(f'a.md:3: `<a href="{address}">` has an address that is not allowed here.')
    assert parse('<a name="x">it</a> <a href="https://x.example/">it</a>').findings == ()


@pytest.mark.parametrize("text", ["[x]()", "[x](#)", "[x](<>)"])
def test_a_link_to_nowhere_is_a_mistake(text: str) -> None:
    assert "leads nowhere" in mistakes(text)[0]


def test_relative_links_go_through_the_resolver_and_fragments_stay() -> None:
    nodes = first_node("[a](b.md) [c](#d) <a href='e.md'>e</a>").children
    assert [node.get("href") for node in nodes if isinstance(node, Element)] == [
        "https://synapse.example/b.md",
        "#d",
        "https://synapse.example/e.md",
    ]


# --- images and tables ----------------------------------------------------------------------------


def test_an_image_alone_is_a_figure_with_its_title_as_caption() -> None:
    figure = first_node('![A *brain*](b.png "Its parts")')
    image, caption = figure.children
    assert figure.tag == "figure"
    assert isinstance(image, Element) and isinstance(caption, Element)
    assert image.attributes == (
        ("src", "https://synapse.example/images/b.png"),
        ("alt", "A brain"),
        ("width", "1200"),
        ("height", "801"),
    )
    assert caption.children == ("Its parts",)
    assert [each.name for each in parse("![a](b.png) ![c](b.png) ![d](e.png)").images] == ["b.png", "e.png"]


def test_images_that_share_a_paragraph_are_figures_each() -> None:
    nodes = only_block('![a](b.png "B")\n[![c](d.png "D")](e.md)').nodes
    assert [node.tag for node in nodes if isinstance(node, Element)] == ["figure", "figure"]


def test_an_image_among_words_stays_in_the_line() -> None:
    assert first_node("See ![a](b.png) there").tag == "p"


def test_a_table_says_what_its_heads_head_and_how_it_aligns() -> None:
    table = str(first_node("| a | b |\n|:-:|--:|\n| 1 | 2 |"))
    assert "('scope', 'col'), ('align', 'center')" in table
    assert "('align', 'right')" in table
    raw = str(first_node("<table><tr><th>r</th><td>1</td></tr></table>"))
    assert "('scope', 'row')" in raw


def test_a_row_with_too_many_cells_is_a_mistake_instead_of_a_loss() -> None:
    assert mistakes("x\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | `x|y` |\n") == [
        "a.md:6: this row has 3 cells, but the table has 2 columns. Write a bar that belongs to the text as `\\|`."
    ]


# --- footnotes ------------------------------------------------------------------------------------


def test_footnotes_are_numbered_as_they_are_met() -> None:
    content = parse(
        "A[^b] B[^a] C[^b] ^[in line]\n\n[^a]: Note a, see [^c].\n[^b]: Note b\n\n    - more\n[^c]: C\n"
    )
    references = [node for node in content.blocks[0].nodes[0].children if isinstance(node, Element)]  # type: ignore[union-attr]
    assert [node.children[0] for node in references] == ["1", "2", "1", "3"]
    assert len(content.footnotes) == 4
    assert [node.tag for node in content.footnotes[0] if isinstance(node, Element)] == ["p", "ul"]
    assert "'4'" in str(content.footnotes[1])


def test_footnotes_that_do_not_meet_are_mistakes() -> None:
    found = mistakes("A[^x]\n\n[^y]: Y\n\n[^z]: Z\n\n[^z]: Z again\n")
    assert found == [
        "a.md:1: there is no footnote [^x]. Write `[^x]: …` below the text, or `\\[^` for the characters themselves.",
        "a.md:3: nothing refers to the footnote [^y]. Write [^y] in the text.",
        "a.md:7: there are two footnotes [^z]. Rename one of them.",
        "a.md:7: nothing refers to the footnote [^z]. Write [^z] in the text.",
    ]


def test_a_note_that_only_a_description_refers_to_is_a_mistake() -> None:
    (found,) = mistakes("![x[^n]](a.png)\n\n[^n]: Lost.\n")
    assert "nothing refers to the footnote [^n]" in found


# --- containers -----------------------------------------------------------------------------------


def test_containers_become_blocks_in_order() -> None:
    kinds = [block.kind for block in parse("a\n\n::: callout T\nb\n:::\nc\n\n::: sponsor S\nd\n:::\n").blocks]
    assert kinds == [BlockKind.PROSE, BlockKind.CALLOUT, BlockKind.PROSE, BlockKind.SPONSOR]


@pytest.mark.parametrize("inner", [":::", "::::", ":::::"])
def test_containers_nest_with_any_number_of_colons(inner: str) -> None:
    text = f"::::: email-only\n{inner} callout T\nb\n{inner}\nc\n:::::"
    block = only_block(text)
    assert [each.kind for each in block.blocks] == [BlockKind.CALLOUT, BlockKind.PROSE]


def test_an_audience_is_read_and_a_fence_in_code_is_not() -> None:
    block = only_block("::: only audience=clinicians\n```\n:::\n```\n:::")
    assert (block.kind, block.title) == (BlockKind.ONLY, "clinicians")
    assert "children=(':::\\n',)" in str(block)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x\n\n::: calout T\ny\n:::", 'a.md:3: there is no container `calout`. Did you mean "callout"?'),
        ("x\n\n::: callout T\ny", "a.md:3: this container has no end."),
        ("::::: callout T\n::: cta\ny\n:::::", "a.md:2: this container has no end."),
        ("x\n\n:::", "a.md:3: `:::` closes nothing."),
        ("- x\n\n  ::: cta\n  y\n  :::", "a.md:3: a container is inside a list, a quote or a footnote."),
        ("> ::: cta\n> y\n> :::", "a.md:1: a container is inside a list, a quote or a footnote."),
        ("::: only clinicians\nx\n:::", "a.md:1: `::: only` does not say for whom."),
        ("::: sponsor\nx\n:::", "a.md:1: `::: sponsor` does not name the sponsor."),
        ("::: web-only now\nx\n:::", "a.md:1: `::: web-only` takes nothing after its name."),
        ("::: callout {{ name }}\nx\n:::", "a.md:1: the line of `::: callout` cannot contain merge fields."),
    ],
)
def test_a_wrong_container_is_named_with_its_line(text: str, message: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(message)
    assert len(found) > len(message) or found.endswith("?")


def test_a_call_to_action_is_its_sentence_and_its_link() -> None:
    block = only_block("::: cta\nCome **along**.\n\n[Book *now*](https://x.example/).\n:::")
    assert block.link_url == "https://x.example/"
    assert block.link_text[0] == "Book "
    assert "Come " in str(block.blocks)
    assert "Book" not in str(block.blocks)


def test_a_call_to_action_may_be_only_its_link() -> None:
    block = only_block("::: cta\n[Write]({{ preferences_url }})\n:::")
    assert (block.blocks, block.link_url) == ((), "{{ preferences_url }}")


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("Nothing here.", "`::: cta` contains no link; it needs exactly one."),
        ("[a](b.md) [c](d.md)", "`::: cta` contains 2 links; it needs exactly one."),
        ("[a](#b)", 'the link of `::: cta` leads to "#b".'),
        ("[ ](https://x.example/)", "the link of `::: cta` has no text."),
        (":::: callout\n[a](b.md)\n::::", "`::: cta` contains another container."),
    ],
)
def test_a_call_to_action_without_one_link_says_what_it_needs(inner: str, message: str) -> None:
    (found,) = mistakes(f"::: cta\n{inner}\n:::")
    assert message in found


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("", "`::: pullquote` is empty."),
        ("- a list", "`::: pullquote` contains more than paragraphs."),
        ("Words.\n\n## A heading", "`::: pullquote` contains more than paragraphs."),
        (":::: callout\nx\n::::", "`::: pullquote` contains more than paragraphs."),
    ],
)
def test_a_pull_quote_holds_paragraphs_only(inner: str, message: str) -> None:
    (found,) = mistakes(f"x\n\n::: pullquote Ada\n{inner}\n:::")
    assert found.startswith(f"a.md:3: {message}")


# --- counting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one two-three four's — !", 3),
        ("", 0),
        ("漢字漢字", 2),
        ("한국어 단어", 2),
        ("สวัสดีครับ", 2),
        ("a 漢字 b", 3),
    ],
)
def test_words_are_counted_in_any_script(text: str, words: int) -> None:
    assert count_words(text) == words


def test_reading_time_counts_every_visible_word() -> None:
    content = parse("word " * 231 + "\n\n::: callout Big title\n`code`\n:::")
    assert (content.words, content.minutes) == (234, 2)
    assert parse("").minutes == 1


def test_words_of_raw_boxes_do_not_run_together() -> None:
    assert parse("<div>one</div><div>two</div>").words == 2
