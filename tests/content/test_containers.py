"""The containers with a form of their own: what each becomes in every form, and what it refuses."""

from __future__ import annotations

import pytest
from content_kit import html, parse, plain

from pipeline.content.medium import Medium
from pipeline.errors import PressroomError

BUTTONS = """::: buttons
[Yes](https://x.example/poll?a=1&b=yes)
[Not *yet*](https://x.example/poll?name={{ first_name }})
:::"""


def mistake(text: str) -> str:
    with pytest.raises(PressroomError) as error:
        parse(text, first_name="there")
    return str(error.value)


# --- buttons ----------------------------------------------------------------------------------


def test_buttons_are_links_in_a_row() -> None:
    text = BUTTONS.replace("{{ first_name }}", "x")
    yes = '<a class="button" href="https://x.example/poll?a=1&amp;b=yes">Yes</a>'
    no = '<a class="button" href="https://x.example/poll?name=x">Not <em>yet</em></a>'
    assert html(text) == f'<div class="buttons"><p>{yes} {no}</p></div>'
    assert html(text, Medium.FEED) == f"<p>{yes} · {no}</p>".replace(' class="button"', "")
    assert plain(text) == "- Yes [1]\n- Not yet [2]"


def test_the_address_of_a_button_may_have_a_merge_field() -> None:
    (block,) = parse(BUTTONS, first_name="there").blocks
    assert block.blocks[1].link_url == "https://x.example/poll?name={{ first_name:url | there }}"


def test_buttons_may_be_paragraphs_or_a_list() -> None:
    links = "[a](https://x.example/a)", "[b](https://x.example/b)"
    in_lines = html("::: buttons\n{}\n{}\n:::".format(*links))
    assert html("::: buttons\n{}\n\n{}\n:::".format(*links)) == in_lines
    assert html("::: buttons\n- {}\n- {}\n:::".format(*links)) == in_lines


@pytest.mark.parametrize(
    ("inner", "problem"),
    [
        ("", "`::: buttons` contains no links; it takes up to 5."),
        ("[a](https://x.example/)\n" * 6, "`::: buttons` contains 6 links; it takes up to 5."),
        ("Or [a](https://x.example/)", "`::: buttons` contains something between its links."),
        ("[a](#b)", 'the link of `::: buttons` leads to "#b".'),
        ("[a](https://x.example/)\n[ ](https://x.example/)", "the link of `::: buttons` has no text."),
        ("::: cta\n[a](b.md)\n:::", "`::: buttons` contains another container."),
    ],
)
def test_buttons_hold_links_alone(inner: str, problem: str) -> None:
    told = mistake(f"::: buttons\n{inner}\n:::")
    assert problem in told
    assert "Write" in told or "It must" in told
