"""The containers with a form of their own: what each becomes in every form, and what it refuses."""

from __future__ import annotations

import pytest
from content_kit import html, parse, plain

from pipeline.content.medium import Medium
from pipeline.errors import PressroomError

PERSON = """::: person Ada & Bo, "editors"
![a group](ada.jpg "In May")

They *write*.
:::"""
VIDEO = """::: video https://x.example/watch?a=1&b=2
![Watch it](poster.jpg)

In English.
:::"""
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


# --- a person ---------------------------------------------------------------------------------


def test_a_person_is_a_square_photo_a_name_a_role_and_words() -> None:
    photo = (
        '<p><img src="https://synapse.example/images/portrait-ada.jpg" alt="Ada &amp; Bo" '
        'width="96" height="96"></p>'
    )
    words = '<p><strong>Ada &amp; Bo</strong><br>"editors"</p>\n<p>In May</p>\n<p>They <em>write</em>.</p>'
    assert html(PERSON) == f'<div class="person">{photo}\n<div class="about">{words}</div></div>'
    assert html(PERSON, Medium.FEED) == f"{photo}\n{words}"
    assert plain(PERSON) == 'Ada & Bo, "editors"\n\nIn May\n\nThey write.'


def test_a_person_may_have_neither_photo_nor_role_nor_words() -> None:
    assert html("::: person Ada\n:::", Medium.FEED) == "<p><strong>Ada</strong></p>"


@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["next line", "paragraph"])
def test_the_first_picture_alone_is_the_photo(between: str) -> None:
    text = f"::: person Ada\n![](ada.jpg){between}Words.\n\n![A hill](hill.jpg)\n:::\n\n![A dale](dale.jpg)"
    written = html(text, Medium.FEED)
    assert written.count("portrait-") == 1 and "images/hill.jpg" in written and "images/dale.jpg" in written


def test_the_name_and_role_of_a_person_are_words_that_a_reader_reads() -> None:
    assert parse("::: person Ada Example, chief editor\n:::").words == 4


def test_a_person_has_a_name() -> None:
    assert mistake("x\n\n::: person\n:::").startswith("a.md:3: `::: person` does not say who it is.")
    assert mistake("::: person , editor\n:::").startswith("a.md:1: `::: person` has no name.")


# --- a video ----------------------------------------------------------------------------------


def test_a_video_is_its_poster_as_a_link_that_says_its_words() -> None:
    poster = (
        '<p><a href="https://x.example/watch?a=1&amp;b=2">'
        '<img src="https://synapse.example/images/poster-poster.jpg" alt="Watch it" width="1200" height="801">'
        "</a></p>\n<p>In English.</p>"
    )
    assert html(VIDEO) == f'<div class="video">{poster}</div>'
    assert html(VIDEO, Medium.FEED) == poster
    assert plain(VIDEO) == "Watch it [1]\n\nIn English."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("::: video\n:::", "`::: video` does not say where the video is."),
        ("::: video mailto:a@x.example\n![a](b.jpg)\n:::", "`::: video` does not say where the video is."),
        ("::: video https://x.example/\nWords.\n:::", "`::: video` does not begin with its poster."),
        ("::: video https://x.example/\n[![a](b.jpg)](c.md)\n:::", "`::: video` does not begin with"),
        ("::: video https://x.example/\n![](b.jpg)\n:::", "the poster of `::: video` has no words"),
        ("::: video ../film.md\n![a](b.jpg)\n:::", "`::: video` does not say where the video is."),
    ],
)
def test_a_video_has_an_address_and_a_poster_with_words(text: str, problem: str) -> None:
    assert problem in mistake(text)


# --- columns ----------------------------------------------------------------------------------

COLUMNS = """::: columns
::: column
One *half*.[^1]
:::
::: column
::: callout Two
The other.
:::
:::
:::

[^1]: A note."""


def test_columns_are_side_by_side_on_the_web_and_in_order_elsewhere() -> None:
    written = html(COLUMNS)
    assert written.startswith('<div class="columns"><div><p>One <em>half</em>')
    assert '</div>\n<div><aside class="callout">' in written and written.endswith("</aside></div></div>")
    feed = html(COLUMNS, Medium.FEED)
    assert feed.startswith("<p>One <em>half</em>") and feed.endswith("<p>The other.</p></blockquote>")
    assert "div" not in feed
    assert plain(COLUMNS).startswith("One half.¹\n\n-- Two ---")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("::: columns\n:::", "a.md:1: `::: columns` contains no columns."),
        ("::: columns\n::: column\na\n:::\n:::", "a.md:1: `::: columns` contains 1 column."),
        ("::: columns\n" + "::: column\na\n:::\n" * 4 + ":::", "a.md:1: `::: columns` contains 4 columns."),
        (
            "::: columns\n::: column\na\n:::\nb\n\n::: column\nc\n:::\n:::",
            "a.md:5: `::: columns` contains something outside its columns.",
        ),
        ("x\n\n::: column\na\n:::", "a.md:3: `::: column` is not in a `::: columns`."),
        ("::: callout\n::: column\na\n:::\n:::", "a.md:2: `::: column` is not in a `::: columns`."),
        ("::: columns\n::: column\n:::\n::: column\na\n:::\n:::", "a.md:2: `::: column` is empty."),
        (
            "::: columns\n::: column\n"
            + COLUMNS[: COLUMNS.index("\n\n[")].replace("[^1]", "")
            + "\n:::\n::: column\na\n:::\n:::",
            "a.md:2: `::: column` is divided into columns again, for which an email has no room.",
        ),
    ],
)
def test_columns_hold_two_or_three_columns(text: str, problem: str) -> None:
    assert mistake(text).startswith(problem) and "\n" not in mistake(text)


# --- snippets ---------------------------------------------------------------------------------


def test_a_snippet_is_its_text_where_it_is_held() -> None:
    text = "Words.\n\n::: snippet signature\n:::\n\nAfter."
    figure = (
        '<figure><img src="https://synapse.example/images/hand.png" alt="A hand" width="1200" height="801">'
    )
    written = f"<p>Words.</p>\n<p>Yours,</p>\n{figure}</figure>\n<p>After.</p>"
    assert html(text) == html(text, Medium.FEED) == written
    assert plain(text) == "Words.\n\nYours,\n\n[Image: A hand]\n\nAfter."
    content = parse(text)
    assert [each.name for each in content.images] == ["hand.png"] and content.words == 3
    assert {each.line for each in content.blocks[1].blocks} == {3}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x\n\n::: snippet\n:::", "a.md:3: `::: snippet` does not say which."),
        ("x\n\n::: snippet signatur\n:::", 'a.md:3: there is no snippet "signatur".'),
        ("x\n\n::: snippet ../a\n:::", 'a.md:3: there is no snippet "../a".'),
        ("x\n\n::: snippet signature\nwords\n:::", "a.md:3: `::: snippet` has words in it."),
        ("x\n\n::: snippet noted\n:::", 'a.md:3: the snippet "noted" has a footnote.'),
        ("x\n\n::: snippet nested\n:::", "snippets/nested.md:1: a snippet is in a snippet."),
        ("::: snippet broken\n:::\n::: snippet broken\n:::", 'snippets/broken.md:3: the link "missing.md"'),
    ],
)
def test_a_broken_snippet_says_where_and_what(text: str, problem: str) -> None:
    assert mistake(text).startswith(problem) and "\n" not in mistake(text)
