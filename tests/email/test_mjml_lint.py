"""A theme's mistakes are named with file and line, before mrml sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from email_kit import PUBLICATION, edition, render, theme
from workspace_kit import ROOT

from pipeline.errors import Mistakes, PressroomError
from pipeline.model import MergeField
from pipeline.render.email.content_styles import read_styles
from pipeline.render.email.mjml_lint import check_source
from pipeline.support.templating import Templates

MASTHEAD = "email__parts__masthead_mjml"
FRAME = (
    '<mjml lang="en" dir="ltr">\n<mj-head><mj-title>{{ email.title }}</mj-title></mj-head>\n'
    "<mj-body><mj-section><mj-column>\n%s\n</mj-column></mj-section></mj-body>\n</mjml>\n"
)


def refused(templates: Templates) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        render(edition(), templates=templates)
    return caught.value


@pytest.mark.parametrize(
    ("source", "line", "message", "hint"),
    [
        (
            "\n<mj-sectoin></mj-sectoin>",
            2,
            "<mj-sectoin> is not an element of MJML.",
            'Did you mean "mj-section"?',
        ),
        (
            '<mj-section>\n<mj-column>\n<mj-image\n  src="x" widht="1px" />\n</mj-column></mj-section>',
            3,
            '<mj-image> has no attribute "widht".',
            'Did you mean "width"?',
        ),
        (
            '<mj-include path="x.mjml" />',
            1,
            "<mj-include> is not supported.",
            'Write {% include "email/parts/….mjml.j2" %} instead.',
        ),
        (
            "<mj-section>\n\n<mj-text>x</mj-text></mj-section>",
            3,
            "<mj-text> cannot be in <mj-section>.",
            "It belongs in mj-column or mj-hero.",
        ),
        (
            "<mj-section><mj-column>\n<p>x</p></mj-column></mj-section>",
            2,
            "<p> cannot be in <mj-column> itself.",
            "Put it into mj-text.",
        ),
        (
            "<mj-section>\n<mj-column></mj-section>",
            2,
            "</mj-section> comes while <mj-column>, opened at templates/email/parts/masthead.mjml.j2:2,"
            " is still open.",
            None,
        ),
        (
            '<mj-section><mj-column>\n<mj-text padding="{{ email.title }}">x</mj-text>'
            "</mj-column></mj-section>",
            2,
            '"padding" of <mj-text> is set from a text, which may contain anything.',
            "Use a value of the theme or a number.",
        ),
        (
            "<mj-section><mj-column><mj-text>\na < b</mj-text></mj-column></mj-section>",
            2,
            '"< b</mj-text></mj-column></mj-" is not a well-formed tag.',
            'Each attribute needs quotes and each tag a ">"; a plain "<" is written "&lt;".',
        ),
        (
            "<mj-section><mj-column><mj-text>\n<p class=x>b</p></mj-text></mj-column></mj-section>",
            2,
            '"<p class=x>b</p></mj-text></mj" is not a well-formed tag.',
            'Each attribute needs quotes and each tag a ">"; a plain "<" is written "&lt;".',
        ),
        ("\n{{ email.titel }}", 2, None, 'Did you mean "title"?'),
        ("\n\n{{ emial.title }}", 3, '"emial" is undefined.', 'Did you mean "email"?'),
        (
            "\n{% if %}",
            2,
            'this is not a Jinja template: Expected an expression, got "end of statement block".',
            "A printed value is `{{ … }}`, a statement `{% … %}`, and a comment `{# … #}`.",
        ),
        (
            '\n{% include "email/parts/foter.mjml.j2" %}',
            2,
            'there is no template "email/parts/foter.mjml.j2".',
            'Did you mean "email/parts/footer.mjml.j2"?',
        ),
        ("\n{{ 1 / 0 }}", 2, "this template failed: division by zero.", None),
    ],
)
def test_mistake_names_file_and_line(
    tmp_path: Path, source: str, line: int, message: str | None, hint: str | None
) -> None:
    error = refused(theme(tmp_path, **{MASTHEAD: source}))
    assert (error.path, error.line) == ("templates/email/parts/masthead.mjml.j2", line)
    assert message is None or error.message == message
    assert error.hint == hint


def test_all_mistakes_of_a_file_are_reported_even_in_a_branch_not_taken(tmp_path: Path) -> None:
    source = '{% if false %}\n<mj-txt></mj-txt>\n{% endif %}\n<mj-divider witdh="1px" />'
    error = refused(theme(tmp_path, **{MASTHEAD: source}))
    assert isinstance(error, Mistakes)
    assert [each.line for each in error.errors] == [2, 4]


def test_unclosed_element_is_named_where_it_opens(tmp_path: Path) -> None:
    error = refused(theme(tmp_path, email__issue_mjml=FRAME.replace("</mjml>", "") % ""))
    assert str(error) == "templates/email/issue.mjml.j2:1: <mjml> is never closed."


def test_template_that_includes_itself(tmp_path: Path) -> None:
    error = refused(theme(tmp_path, **{MASTHEAD: '\n{% include "email/parts/masthead.mjml.j2" %}'}))
    assert error.message.startswith("this template includes or extends itself")
    assert error.path is not None


def test_template_that_extends_itself_is_told_of_the_default_one(tmp_path: Path) -> None:
    error = refused(theme(tmp_path, email__issue_mjml='{% extends "email/issue.mjml.j2" %}'))
    assert (error.path, error.line) == ("templates/email/issue.mjml.j2", 1)
    assert error.hint and '"default/"' in error.hint


def test_workspace_replaces_one_part(tmp_path: Path) -> None:
    source = "<mj-section><mj-column><mj-text><h1>{{ email.title }}!</h1></mj-text></mj-column></mj-section>"
    html = render(templates=theme(tmp_path, **{MASTHEAD: source})).html
    assert "<h1>The plastic brain!</h1>" in html
    assert "Unsubscribe" in html


def test_workspace_extends_the_default_template(tmp_path: Path) -> None:
    source = (
        '{% extends "default/email/issue.mjml.j2" %}\n'
        "{% block footer %}<mj-section><mj-column><mj-text>Own</mj-text></mj-column></mj-section>"
        "{{ super() }}{% endblock %}"
    )
    html = render(templates=theme(tmp_path, email__issue_mjml=source)).html
    assert ">Own</div>" in html
    assert "Unsubscribe" in html


def test_theme_folder_of_the_repository_is_not_an_override_of_itself() -> None:
    folder = ROOT / "templates"
    templates = Templates(folder)
    assert render(templates=templates) == render()
    assert templates.read("email/issue.mjml.j2")[1] == "templates/email/issue.mjml.j2"


def test_template_cannot_leave_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.mjml.j2").write_text("secret")
    error = refused(theme(tmp_path / "templates", **{MASTHEAD: '{% include "../secret.mjml.j2" %}'}))
    assert "there is no template" in error.message


def test_template_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "email/parts/masthead.mjml.j2"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\n\xff")
    error = refused(Templates(tmp_path))
    assert str(error) == "templates/email/parts/masthead.mjml.j2:2: this template is not UTF-8 text."


def test_safe_vouches_for_html_which_still_bypasses_mrml(tmp_path: Path) -> None:
    html = render(
        templates=theme(tmp_path, email__issue_mjml=FRAME % "<mj-text>{{ '<li>a\u00a0b' | safe }}</mj-text>")
    ).html
    assert "<li>a\u00a0b</div>" in html


def test_a_field_that_a_template_writes_is_a_field_as_written(tmp_path: Path) -> None:
    text = "<mj-text>{% raw %}{{first_name|R&amp;D}} {{ a b }}{% endraw %}</mj-text>"
    rendered = render(templates=theme(tmp_path, email__issue_mjml=FRAME % text))
    assert rendered.html.fields == (MergeField("first_name", "R&D"),)
    assert ">{{first_name|R&amp;D}} {{ a b }}</div>" in rendered.html
    assert sum(part.size for part in rendered.parts) == len(rendered.html.encode())


def test_html_in_an_attribute_is_refused(tmp_path: Path) -> None:
    frame = FRAME % """<mj-text><a title="{{ '<b>' | safe }}">x</a></mj-text>"""
    error = refused(theme(tmp_path, email__issue_mjml=frame))
    assert "inside an attribute" in error.message


def test_deep_nesting_is_refused_before_mrml(tmp_path: Path) -> None:
    frame = (
        FRAME
        % "<mj-text>{% for n in range(500) %}<b>{% endfor %}{% for n in range(500) %}</b>{% endfor %}</mj-text>"
    )
    assert "nested more than" in refused(theme(tmp_path, email__issue_mjml=frame)).message


def test_jinja_inside_tags_is_no_mistake() -> None:
    check_source(
        '<mj-image {% if a < b %}width="1px"{% endif %} src="{{ x["y"] }}" alt="{# <mj-x #}" />', "a.mjml.j2"
    )


@pytest.mark.parametrize(
    ("css", "line", "message"),
    [
        ("p { margin: 0 }\n\n.x { margin: 0 }", 3, '".x" is not a selector that can be written inline.'),
        ("p {\n margin 0 }", 2, '"margin 0" is not a declaration.'),
        ("p { margin: 0 }\npp { margin: 0 }", 2, '"pp" is not an element of an article\'s text.'),
        ("p { margin: 0 }\n@media x", 2, "this is not a rule: selector { property: value; }."),
        ('a {\n font-family: "Georgia" }', 2, '"font-family: "Georgia"" is not a declaration.'),
    ],
)
def test_content_style_names_file_and_line(tmp_path: Path, css: str, line: int, message: str) -> None:
    error = refused(theme(tmp_path, email__content_css=css))
    assert (error.path, error.line, error.message) == ("templates/email/content.css.j2", line, message)


def test_content_style_is_read_as_written() -> None:
    assert read_styles("/* x\n{ */ p, li p { margin: 0  0 1px; }\nli p{color:#111111}", "c") == {
        "p": "margin:0 0 1px;",
        "li p": "margin:0 0 1px;color:#111111;",
    }


def test_workspace_adds_a_language(tmp_path: Path) -> None:
    from dataclasses import replace

    english = Templates().read("words/en.toml")[0]
    folder = tmp_path / "words"
    folder.mkdir(parents=True)
    (folder / "cy.toml").write_text(english.replace("February", "Chwefror"), encoding="utf-8")
    html = render(publication=replace(PUBLICATION, language="cy-GB"), templates=Templates(tmp_path)).html
    assert "1\u00a0Chwefror\u00a02026" in html
    (folder / "cy.toml").write_text(english.replace("unsubscribe =", "unsubscrbe ="), encoding="utf-8")
    with pytest.raises(PressroomError, match=r'templates/words/cy.toml: there is no phrase "unsubscrbe"'):
        render(publication=replace(PUBLICATION, language="cy"), templates=Templates(tmp_path))


@pytest.mark.parametrize("language", ["de", "fr", "es", "he", "ar"])
def test_languages_of_the_theme_are_complete(language: str) -> None:
    from pipeline.config.i18n import load_messages

    words = load_messages(Templates(), language)
    assert words.format("unsubscribe") != "Unsubscribe"
