"""What editors write, sound and not: a checker that cries wolf is silenced, and then misses the wolf."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes

import pytest
from check_examples.copy import ending
from check_examples.links import real, saying, to
from check_kit import BODY, LETTER, Case, check_context

from pipeline.checks.page_text import words
from pipeline.checks.rules import RULES
from pipeline.checks.rules.size import encoded_size
from pipeline.checks.runner import find_edition_rule

SOUND_WRITING = [
    "The enzyme TK1 (thymidine kinase) and TKO mice.",
    "Baden-Baden, Duran Duran and the The Lancet of old.",
    "He had had a fever, and that that was so is very, very clear.",
    "It was a long long time ago, in and in-patient care.",
    "A protein attached to the membrane is attached to it.",
    "The attached cells moved. An attached figure legend is none.",
    "A range of 5–7 mg, 3 * 4 = 12, a*b*c, snake_case_name and __init__.",
    "Use `**bold**`, `[a](b)`, `&nbsp;` and `:::` there.",
    "R&D at AT&T; x < y and y > z; 1 ~ 2.",
    "He wrote: “So … it goes.” And so on, etc. … Then: 1, 2, 3.",
    "U.S., U.K., e.g., this, i.e., that, etc., and more.",
    "See the Q. and A., Fig. 2., and .NET or .5 of it.",
    "Is it so? Yes! “Why?” he asked. (No.)",
    "In this trial, one in ten (n = 7) left early; see p. 3 ff.",
    "A [mail](mailto:a@b.example), mailto:c@b.example and <https://journal.example/x_(y)>.",
    "He paid $$ for it? No: {x} and {2} are sets, and 100% of 50%.",
    "Written in 2019; © 2019 The Authors (CC BY).",
    "- one\n- two\n\n1. first\n2. second\n\n> Quoted.\n\n    code ** here TODO",
    "Line one  \nline two, with a break\\\nand another.",
    "H<sub>2</sub>O and 10<sup>-3</sup> mol, the 1<sup>st</sup> and 2<sup>nd</sup>.",
    "| Drug | Dose | Note |\n|:--|--:|---|\n| ketamine | 0.5 mg/kg | over forty minutes, slowly |\n| placebo | – | saline |",
    "A note[^1] and another[^2], and both[^1].\n\n[^1]: The first, see [the report](https://journal.example/r1).\n[^2]: The second.",
    "::: callout In short\nSleep well, and walk.\n:::\n\n::: sponsor Example Ltd\nWe sell pillows.\n:::",
    "::: cta\nThere is more to be said.\n[Write to the editors](mailto:editors@synapse.example)\n:::",
    "Le mot « fin » ; c'est tout ! Et « voilà » ?",
    "שלום עולם, וגם 你好，世界。Und „so“ weiter …",
    "The address is https://journal.example/a?b=1&c=2, and www is not.",
    "<del>Deleted</del> words, <kbd>Ctrl</kbd> and <abbr>fMRI</abbr> are kept.",
    "- [x] ~~done~~ www.example.org.\n- [ ] **Sleep** well.",
    "Dear reader,\n\nall is well here.\n\nYours,\n\nthe editors",
]


@pytest.mark.parametrize("first", range(3))
def test_sound_writing_has_no_finding(first: int) -> None:
    subject = check_context(ending("\n\n".join(SOUND_WRITING[first::3])))
    found = [
        f"{rule.code} {each.message}"
        for rule in RULES
        if rule.code[:3] != "CSS" and rule.code[:5] != "LINK0"
        for each in rule.findings(subject)
    ]
    links = [
        f"{rule.code} {e.message}"
        for rule in RULES
        if rule.code[:5] == "LINK0"
        for e in rule.findings(subject)
    ]
    assert found + links == []


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("COPY001", "The dose is TKTK mg.", '"TKTK" is left in the text'),
        ("COPY001", "A TK-year-old man.", '"TK" is left in the text'),
        ("COPY001", "It is [[TK name of\nthe study]].", '"[[TK name of the study]]" is left in the text'),
        ("COPY001", "TODO(ada: look up) later.", '"TODO(ada: look up)" is left in the text'),
        ("COPY001", "![TK](chart.png)", '"TK" is left in the text'),
        ("COPY001", "\n::: web-only\nA TK man.\n:::", '"TK" is left in the text: A TK man.'),
        ("COPY001", "\n::: callout\n::: web-only\nA TK.\n:::\n:::", '"TK" is left in the text: A TK.'),
        ("COPY001", "Lorem ipsum dolor: lorem ipsum.", '"Lorem ipsum"'),
        ("COPY001", "The figure is [insert number] now.", '"[insert number]"'),
        ("COPY001", "It began. [ADD QUOTE HERE] So it was.", '"[ADD QUOTE HERE]"'),
        ("COPY002", "It goes\nto to the brain.", '"to to" has a word twice'),
        ("COPY002", "The *brain* brain acts.", '"brain brain"'),
        ("COPY003", "The report is attached to this email.", '"is attached to this email"'),
        ("COPY004", "A \\[link](https://a.example) is here.", '"]("'),
        ("COPY004", "A &amp;nbsp; space.", '"&nbsp;"'),
        ("COPY004", "The ~~old word.", '"~~"'),
        ("COPY004", "\n##A heading", '"##" is shown to readers: ##A heading'),
        ("COPY004", "A [link] (https://a.example) is here.", '"] ("'),
        ("COPY004", "A (https://a.example)[link] is here.", '"(https://a.example)["'),
        ("COPY004", "Read [the book][book] now.", '"[the book][book]"'),
        ("COPY004", "See [[wiki]].", '"[[wiki]]"'),
        ("COPY005", "So it went, and they all lived on for ever after,\nand so the tale,", 'ends with ","'),
        ("COPY005", "He said so,, and left.", '",,"'),
    ],
)  # fmt: skip
def test_slips_are_found_where_they_stand(code: str, text: str, said: str) -> None:
    (found,) = list(find_edition_rule(code).findings(check_context(ending(text))))[:1]
    assert said in found.message
    first = 8 + BODY.split("\n").index("The trial counted those who improved.")
    assert found.place.path == "issues/articles/glutamate-switch.md"
    assert found.place.line is not None and first <= found.place.line <= first + text.count("\n")


def test_a_merge_field_in_a_title_is_shown_as_it_is_written_and_in_a_subject_it_is_filled() -> None:
    issue = 'subject: "News for {{ first_name | you }}"\npreview_text: "Dear {{ first_name }}"\n'
    case = Case(title="For {{ first_name }}", issue=issue)
    (violation,) = find_edition_rule("COPY004").findings(check_context(case))
    assert '"{{ first_name }}" is shown to readers: For {{ first_name }}' in violation.message


def test_a_slip_in_the_second_line_of_a_paragraph_is_found_there() -> None:
    one = next(find_edition_rule("COPY001").findings(check_context(ending("A line.\nAnother TK line."))))
    two = next(find_edition_rule("COPY001").findings(check_context(ending("A TK line.\nAnother line."))))
    assert one.place.line == (two.place.line or 0) + 1


@pytest.mark.parametrize(
    ("field", "line"),
    [("title: TK", 2), ("dek: Lorem ipsum", 5)],
)
def test_placeholders_in_front_matter_are_found(field: str, line: int) -> None:
    key, _, value = field.partition(": ")
    case = Case(title=value) if key == "title" else Case()
    subject = check_context(case)
    if key == "dek":
        composed, layout = subject.edition.sections[0].items[0]
        article = composed.article._replace(dek=value)
        section = replace(subject.edition.sections[0], items=((replace(composed, article=article), layout),))
        subject = replace(subject, edition=replace(subject.edition, sections=(section,)))
    (found,) = find_edition_rule("COPY001").findings(subject)
    assert (found.place.path, found.place.line) == ("issues/articles/glutamate-switch.md", line)


@pytest.mark.parametrize(
    ("language", "text", "nothing"),
    [
        ("en", "Click here", True),
        ("en", "READ MORE →", True),
        ("en", "here’s why", False),
        ("de", "Weiterlesen …", True),
        ("de-AT", "hier", True),
        ("fr", "En savoir plus", True),
        ("fr", "plus de sommeil", False),
        ("es", "haz clic aquí", True),
        ("sv", "read more", True),
        ("en", "hier", False),
    ],
)
def test_empty_link_texts_by_language(language: str, text: str, nothing: bool) -> None:
    assert bool(list(find_edition_rule("LINK016").findings(check_context(saying(text, language))))) is nothing


@pytest.mark.parametrize(
    ("shown", "url", "severity"),
    [
        ("journal.example", "https://journal.example/review", None),
        ("https://journal.example/review/", "https://journal.example/review", None),
        ("www.journal.example", "http://journal.example/", None),
        ("journal.example/…", "https://journal.example/review", None),
        ("https://journal.example/größe?q={a}", "https://journal.example/gr%C3%B6%C3%9Fe?q=%7Ba%7D", None),
        (
            "journal.example/हिन्दी",
            "https://journal.example/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80",
            None,
        ),
        ("Node.js", "https://nodes.example/", None),
        ("e.g.", "https://nodes.example/", None),
        ("a@synapse.example", "mailto:a@synapse.example?subject=x", None),
        ("mailto:a@synapse.example", "mailto:a@synapse.example", None),
        ("mailto:a@synapse.example", "mailto:b@synapse.example", "error"),
        ("a+ü@synapse.example", "mailto:a+%C3%BC@synapse.example", None),
        ("Booking.com", "https://news.example/booking", "warning"),
        ("https://bank.example", "https://thief.example/", "error"),
        ("www.bank.example", "https://bank.example.thief.example/", "error"),
        ("journal.example/a", "https://journal.example/b", "warning"),
        ("a@synapse.example", "mailto:b@synapse.example", "error"),
        ("+44 (0)20 7946 0958", "tel:+44-20-7946-0958", None),
        ("020 7946 0958", "tel:+442079460958", None),
        ("020 7946 0958", "tel:+442079460957", "error"),
    ],
)
def test_shown_addresses_and_their_targets(shown: str, url: str, severity: str | None) -> None:
    found = list(find_edition_rule("LINK017").findings(check_context(to(url, shown))))
    assert [each.severity.value for each in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("url", "broken"),
    [
        ("https://en.wiki.example/wiki/Example_Inc.", False),
        ("https://a.example/x_(y)_(z)", False),
        ("https://a.example/page.", True),
        ("https://a.example/page,", True),
        ("https://a.example/page)", True),
        ("https://a.example/page%20", True),
    ],
)
def test_torn_addresses(url: str, broken: bool) -> None:
    assert bool(list(find_edition_rule("LINK012").findings(check_context(to(url))))) is broken


@pytest.mark.parametrize(
    ("url", "stands_in"),
    [
        ("https://example.com/page", True),
        ("https://docs.example.org", True),
        ("https://yoursite.com", True),
        ("https://TODO", True),
        ("http://localhost:8000/", True),
        ("http://127.0.0.2/page", True),
        ("https:///x", True),
        ("https:/journal.org/a", True),
        ("https://https://journal.org/a", True),
        ("https://journal,org/a", True),
        ("https://synapse-letters.org/about", False),
        ("https://exampleproject.org/", False),
        ("https://www.link.springer.com/article", False),
        ("https://website.design.studio/", False),
    ],
)
def test_placeholder_addresses_of_a_real_publication(url: str, stands_in: bool) -> None:
    found = find_edition_rule("LINK009").findings(check_context(real(url)))
    assert any(url in each.message for each in found) is stands_in


def test_an_address_that_cannot_be_read_stops_no_rule() -> None:
    subject = check_context(Case(html=('href="https://journal.example/review"', 'href="http://[oops"')))
    for rule in RULES:
        list(rule.findings(subject))


def test_raised_figures_compare_alike_in_both_forms() -> None:
    assert words("10³ cells") == words("10 3 cells") == ("10", "3", "cells")
    assert words("STRASSE, “Ä”") == words("Straße ä")


def test_the_encoded_size_is_that_of_the_html_part() -> None:
    subject = check_context(Case())
    part = message_from_bytes(subject.message).get_payload(1)
    assert not isinstance(part, str)
    assert encoded_size(subject.message) == len(part.get_payload().encode())
    assert encoded_size(subject.message) > subject.budget.total - subject.budget.added.size


def test_a_word_that_the_text_part_lost_is_named() -> None:
    subject = check_context(Case(text=("those who improved", "those who")))
    (found,) = find_edition_rule("PLAIN002").findings(subject)
    assert '"improved"' in found.message or "improved" in found.message
    assert found.place.path == "build/issues/001-the-plastic-brain/email.txt"


def test_private_text_in_the_inbox_line_is_found() -> None:
    leak = "Doses stand in the table of our own edition."
    case = Case(
        letter=f"{LETTER}\n::: only audience=clinicians\n{leak}\n:::\n", issue=f'preview_text: "{leak}"\n'
    )
    (found,) = find_edition_rule("AUD001").findings(check_context(case))
    assert "the inbox line" in found.message and "clinicians" in found.message
