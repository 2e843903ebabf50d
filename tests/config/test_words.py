"""The theme's words: each language has all of them, with its plural forms, and says so where it has none."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

import pytest
from babel import Locale
from workspace_kit import ROOT, WorkspaceRunner

from pipeline.config.cldr import ONE_OR_OTHER, plural_categories, plural_category
from pipeline.config.i18n import PLURALS, direction, load_messages
from pipeline.support.templating import Templates

LANGUAGES = sorted(file.stem for file in (ROOT / "templates/words").glob("*.toml"))


def counts(language: str, key: str, numbers: Iterable[int]) -> list[str]:
    messages = load_messages(Templates(None), language)
    return [messages.format(key, **{PLURALS[key]: number}) for number in numbers]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_phrase(language: str) -> None:
    messages, english = (load_messages(Templates(None), each) for each in (language, "en"))
    plain = {key for key in messages.phrases if key.rpartition(".")[0] not in PLURALS}
    assert plain == {key for key in english.phrases if key.rpartition(".")[0] not in PLURALS}
    assert len(messages.months) == 12 and all(messages.phrases.values())


def test_the_direction_is_that_of_the_script() -> None:
    right = ("ar", "ckb", "dv", "fa-IR", "he", "pa-PK", "ps", "sd", "ug", "ur", "yi", "az_Arab", "ff-Adlm")
    left = ("en", "de", "pa", "az", "ff", "ar-Latn", "ja", "tlh", "")
    assert {direction(each) for each in right} == {"rtl"}
    assert {direction(each) for each in left} == {"ltr"}


@pytest.mark.parametrize(
    ("language", "subscribe"),
    [
        *(("zh", "订阅"), ("zh-CN", "订阅"), ("zh-SG", "订阅"), ("zh-Hans-HK", "订阅")),
        *(
            ("zh-Hant", "訂閱"),
            ("zh-TW", "訂閱"),
            ("zh_HK", "訂閱"),
            ("zh-MO", "訂閱"),
            ("zh-hant-sg", "訂閱"),
        ),
    ],
)
def test_chinese_words_are_written_as_its_readers_write(language: str, subscribe: str) -> None:
    assert load_messages(Templates(None), language).phrases["web.subscribe"] == subscribe


def test_traditional_chinese_leaves_no_word_to_simplified() -> None:
    simplified, traditional = (
        tomllib.loads((ROOT / f"templates/words/{name}.toml").read_text(encoding="utf-8"))
        for name in ("zh", "zh-hant")
    )
    assert list(traditional) == list(simplified) and list(traditional["web"]) == list(simplified["web"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_with_plural_forms_has_each_that_whole_numbers_need(language: str) -> None:
    messages = load_messages(Templates(None), language)
    # In Spanish, French, Italian and Portuguese `many` is for whole millions.
    needed = plural_categories(language) - ({"many"} if language[:2] in {"es", "fr", "it", "pt"} else set())
    for key in PLURALS:
        forms = {each.rpartition(".")[2] for each in messages.phrases if each.startswith(f"{key}.")}
        # No text takes no minutes.
        assert forms in (set(), needed, needed - {"zero"}), (key, forms)


@pytest.mark.parametrize(
    ("language", "key", "texts"),
    [
        ("en", "web.count", ["0 articles", "1 article", "2 articles"]),
        ("he", "minutes", ["0 דקות קריאה", "דקת קריאה", "שתי דקות קריאה"]),
        ("ar", "web.count", ["لا مقالات", "مقال واحد", "مقالان"]),
        ("fr", "web.count", ["0 article", "1 article", "2 articles"]),
        ("ru", "web.count", ["0 статей", "1 статья", "2 статьи"]),
        ("ja", "web.count", ["0件の記事", "1件の記事", "2件の記事"]),
        ("en-US", "minutes", ["0 min read", "1 min read", "2 min read"]),
    ],
)
def test_a_number_has_its_plural_form(language: str, key: str, texts: list[str]) -> None:
    assert counts(language, key, (0, 1, 2)) == texts


def test_arabic_has_six_forms() -> None:
    texts = counts("ar", "web.count", (0, 1, 2, 3, 11, 100, 103))
    assert texts[3:] == ["3 مقالات", "11 مقالًا", "100 مقال", "103 مقالات"]


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ('{ one = "x", few = "y", other = "z" }', '"web.count": the language has no plural form "few".'),
        ('{ one = "{count} x" }', '"web.count" lacks the plural form "other"'),
        ('{ one = "{number} x", other = "x" }', 'unknown placeholder "number"'),
        ('{ one = 1, other = "x" }', '"web.count.one" must be a text.'),
    ],
)
def test_a_wrong_plural_form_names_its_file(workspace: WorkspaceRunner, phrase: str, message: str) -> None:
    words = (ROOT / "templates/words/de.toml").read_text(encoding="utf-8")
    (line,) = (line for line in words.split("\n") if line.startswith("count = "))
    workspace.write(
        {
            "newsletter.toml": workspace.read("newsletter.toml").replace('"en-GB"', '"de"'),
            "templates/words/de.toml": words.replace(line, f"count = {phrase}"),
        }
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    said = workspace.error("build", "--now", "2026-02-02")
    assert "templates/words/de.toml" in said and message in said


@pytest.mark.parametrize("language", sorted(ONE_OR_OTHER))
def test_the_short_way_to_plural_forms_is_that_of_cldr(language: str) -> None:
    rule = Locale.parse(language).plural_form
    assert plural_categories(language) == plural_categories(f"{language}-XX") == frozenset(rule.rules)
    for number in (*range(200), 1000, 1_000_000):
        assert plural_category(language, number) == rule(number)
