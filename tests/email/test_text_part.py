"""The text part: made for reading, at 72 columns."""

from __future__ import annotations

from dataclasses import replace

from email_kit import PUBLICATION, article, edition, render
from model_kit import typed

from pipeline.model import Layout

LONG = "A headline that goes on for so long that it cannot possibly stand in one line of the text part"


def test_text_part_says_what_the_html_says_in_order() -> None:
    text = render().text
    wanted = [
        "Synapse\nLetters on the brain, mood and their treatment\nIssue 12 · 1 February 2026 · 9 min read\n",
        "=\nThe plastic brain\n=",
        "Hello {{ first_name | there }},",
        "RESEARCH\n",
        "The glutamate switch\n====================\nThe editors, Synapse\n8 January 2026 · 4 min read\n",
        "What happens\n------------\n",
        "Within hours",
        "Get the checklist",
        "“The glutamate switch” on the web [",
        "Related:\n",
        "BDNF\n====\n",
        "Read “BDNF” [",
        "IN BRIEF\n",
        "Esketamine\nThe transmitter that does most of the work.\nRead “Esketamine” [",
        "Information, not medical advice.",
        "You are receiving this because you subscribed to Synapse.",
        "12 Gower Mews\n",
        "Unsubscribe: {{ unsubscribe_url }}",
        "View in browser: https://synapse.example/news/issues/012-the-plastic-brain/",
        "Links:\n[1] https://",
    ]
    at = 0
    for each in wanted:
        assert each in text[at:], each
        at = text.index(each, at) + len(each)


def test_lines_fit_72_columns_save_addresses() -> None:
    long = article(title=LONG, dek=LONG)
    text = render(
        edition((LONG, ((long, Layout.FULL), (long, Layout.CARD), (long, Layout.BRIEF))), title=LONG)
    ).text
    assert [line for line in text.splitlines() if len(line) > 72 and "https://" not in line] == []


def test_same_address_has_one_number() -> None:
    text = render().text
    links = text[text.index("Links:\n") :].splitlines()[1:]
    addresses = [line.partition("] ")[2] for line in links]
    assert len(addresses) == len(set(addresses))


def test_braces_in_a_title_are_no_merge_field() -> None:
    rendered = render(edition(title="The {{ first_name }} field"))
    assert 'The {{ "{{" }} first_name }} field' in rendered.text
    assert "View" in rendered.text


def test_footer_has_preferences_where_set() -> None:
    text = render(publication=replace(PUBLICATION, preferences_url=typed("https://s.example/p"))).text
    assert "Change your preferences: https://s.example/p" in text


def test_a_title_with_a_joined_emoji_is_underlined_as_wide_as_it_shows() -> None:
    text = render(edition(("Research", ((article(title="Home 👨‍👩‍👧"), Layout.FULL),)))).text
    assert "\nHome 👨‍👩‍👧\n=======\n" in text
