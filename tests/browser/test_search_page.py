"""Search: an index made at build, and a page that looks through it in the reader's browser."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from browser_kit import PageViewer, View, open_viewer
from workspace_kit import ROOT, SETTINGS, WorkspaceRunner, article, issue

from pipeline.render.site import search_index

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

SITE = "https://synapse.example/news"
PAGE = f"{SITE}/search/"
VIEW = View(375)

ARTICLES = {
    "glutamate": article("The glutamate switch", "2026-01-08", "[research]", "Receptors and a *naïve* view."),
    "cafe": article("Café culture", "2026-01-07", "[research]", "A Smørrebrød lunch; Straße and ÉCOLE."),
    "sleep": article("Sleep", "2026-01-06", "[notes, glutamate]", "Nothing of it here."),
    "deep": article(
        "Deep", "2026-01-05", "[notes]", "It ends on glutamate[^1].\n\n[^1]: A footnoted quokka."
    ),
    "odd": article("\"<b>Odd</b> & 'quoted'\"", "2026-01-04", "[notes]", "Plain."),
    "hebrew": article("המוח הגמיש", "2026-01-03", "[research]", "שָׁלוֹם"),
    "chinese": article("可塑的大脑", "2026-01-02", "[research]", "神经科学很有趣。"),
    "hindi": article("हिन्दी", "2026-01-01", "[research]", "मन की बात"),
    "sharp": article(
        "Languages",
        "2026-01-01",
        "[notes]",
        "Some like *C++*, some\nlike C#[^1]. Others do not.\n\n[^1]: No.",
    ),
    "private": article("Dose table", "2026-01-01", "[research]", "milligramzzz", audience="clinicians"),
    "unused": article("Unused", "2026-01-01", "[drafts]", "kept back"),
}


def build_workspace(root: Path, language: str = "en-GB") -> WorkspaceRunner:
    workspace = WorkspaceRunner(root)
    workspace.write({"newsletter.toml": SETTINGS.replace('"en-GB"', f'"{language}"')})
    workspace.write({f"issues/articles/{slug}.md": text for slug, text in ARTICLES.items()})
    hidden = (
        "Hello wombats.\n\n::: only audience=clinicians\nsecretzzz\n:::\n\n::: email-only\nmailzzz\n:::\n"
    )
    workspace.write(
        {"issues/001-first/issue.md": issue(letter=hidden, more="audience: [everyone, clinicians]\n")}
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    return workspace


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceRunner:
    """With an index in many parts, as that of a long archive is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_index, "PART", 300)
        patch.setattr(search_index, "SOURCES", 300)
        return build_workspace(tmp_path_factory.mktemp("search") / "workspace")


def index(workspace: WorkspaceRunner) -> list[dict[str, Any]]:
    """The entries of the index, each with its words from the parts."""
    files = json.loads(workspace.read("build/site/search/index.json"))
    rows = {
        kind: [row for name in names for row in json.loads(workspace.read(f"build/site/search/{name}"))]
        for kind, names in files.items()
    }
    words = dict(rows["texts"])
    return [{**each, "words": words.pop(each["href"])} for each in rows["titles"]]


def test_the_index_has_what_is_public_and_nothing_else(built: WorkspaceRunner) -> None:
    entries = index(built)
    shown = ("glutamate", "cafe", "sleep", "deep", "odd", "hebrew", "chinese", "hindi", "sharp")
    assert [each["href"] for each in entries] == [
        *(f"../articles/{slug}/" for slug in shown),
        "../issues/001-first/",
    ]
    text = json.dumps(entries)
    assert "wombats" in text and "quokka" in text
    assert not [word for word in ("zzz", "Dose", "kept") if word in text]


def test_an_entry_has_title_date_tags_and_folded_words(built: WorkspaceRunner) -> None:
    cafe = next(each for each in index(built) if each["title"] == "Café culture")
    assert (cafe["date"], cafe["tags"]) == ("7 January 2026", ["research"])
    assert cafe["words"] == "a and ecole lunch smorrebrod strasse"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Größe GRÖSSE gro\u0308ße", "grosse"),
        ("Tiếng Việt", "tieng viet"),
        ("Ἀθῆναι Σίσυφος", "αθηναι σισυφοσ"),
        ("Ёлка", "елка"),
        ("אֱלֹהִים", "אלהימ".replace("מ", "ם")),
        ("مُحَمَّد مـحـمد", "محمد"),
        ("ﬁne ①", "1 fine"),
        ("हिन्दी", "हिन्दी"),
        ("ガイド", "ガイド"),
        ("한국어", "한국어"),
        ("İstanbul ısı", "isi istanbul"),
        ("don't_stop", "don stop t"),
        ("C, C++ and C#; c++11 and #1, a+b", "1 11 a and b c c# c++"),
        ("C++ हिन्दी C#", "c# c++ हिन्दी"),
        ("", ""),
    ],
)
def test_words_are_folded(text: str, words: str) -> None:
    assert search_index.words_of([text]) == words


def test_a_newer_article_leaves_the_full_parts_as_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(search_index, "PART", 40)
    monkeypatch.setattr(search_index, "SOURCES", 40)
    workspace = build_workspace(tmp_path / "workspace")
    before = {path: data for path, data in workspace.tree("build/site/search").items() if "articles-" in path}
    assert len(before) > 3 and len(index(workspace)) == 10
    workspace.write(
        {
            "issues/articles/new.md": article("New", "2026-02-05", "[research]", "Quite new."),
            "issues/002-next/issue.md": issue(2, "Next", "2026-02-08"),
        }
    )
    workspace.ok("assemble", "2", "--now", "2026-02-08")
    workspace.ok("build", "--now", "2026-02-09")
    after = workspace.tree("build/site/search")
    changed = [path for path, data in sorted(before.items()) if after[path] != data]
    last = {max(path for path in before if ("titles" in path) == titles) for titles in (True, False)}
    assert last.issuperset(changed)
    assert len(index(workspace)) == 12
    largest = max(len(data) for path, data in after.items() if path.endswith("-1.json"))
    assert largest < 400 < sum(len(data) for data in after.values())


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_page_speaks_the_publications_language(tmp_path: Path, language: str) -> None:
    page = build_workspace(tmp_path / "workspace", language).read("build/site/search/index.html")
    assert {"de": "Gesuchte Wörter", "ar": "كلمات البحث"}[language] in page
    assert "Words to look for" not in page and "Results" not in page


# --- in a browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def viewer(browser: Browser, built: WorkspaceRunner) -> Iterator[PageViewer]:
    with open_viewer(browser, {SITE: lambda: built.root / "build/site"}) as viewer:
        yield viewer


@pytest.fixture(scope="module")
def page(viewer: PageViewer) -> Page:
    """The search page, for the tests that only ask it: the viewer's own page goes elsewhere."""
    page = viewer.context(VIEW).new_page()
    page.goto(PAGE)
    return page


def says(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page says this of its results."""
    from playwright.sync_api import expect

    expect(page.locator("#_status")).to_have_text(text)


def search_for(page: Page, query: str) -> list[str]:
    """Type, press Enter, wait until the page says what it found, and give the titles."""
    page.fill("#_query", "")
    says(page, "")
    page.fill("#_query", query)
    page.press("#_query", "Enter")
    says(page, re.compile("."))
    titles: list[str] = page.locator("#_results a").all_text_contents()
    return titles


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("glutamate", ["The glutamate switch", "Sleep", "Deep"]),  # in the title, a tag, the text
        ("GLUTAM", ["The glutamate switch", "Sleep", "Deep"]),
        ("glutamate switch", ["The glutamate switch"]),
        ("lutamate", []),  # not from the middle of a word
        ("cafe", ["Café culture"]),
        ("café", ["Café culture"]),
        ("smorrebrod STRASSE école", ["Café culture"]),
        ("naive", ["The glutamate switch"]),
        ("quokka", ["Deep"]),
        ("מוח", ["המוח הגמיש"]),
        ("שלום", ["המוח הגמיש"]),
        ("科学", ["可塑的大脑"]),
        ("大脑", ["可塑的大脑"]),
        ("मन", ["हिन्दी"]),
        ("wombats", ["The plastic brain"]),
        ("odd quoted", ["<b>Odd</b> & 'quoted'"]),
        ("C++", ["Languages"]),
        ("c#", ["Languages"]),
        ("secretzzz", []),
        ("<img src=x>", []),
    ],
)
def test_a_reader_finds(page: Page, query: str, titles: list[str]) -> None:
    assert search_for(page, query) == titles
    said = page.text_content("#_status")
    assert said is not None
    assert said.startswith(f"Results: {len(titles)}" if titles else f"Nothing found for “{query}”.")


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        *(("glutamatte", "glutamate"), ("glutmate", "glutamate"), ("glutemate", "glutamate")),
        *(("gultamate", "glutamate"), ("quokka glutamatw", "quokka glutamate"), ("zebra", None)),
        ("glutmatte", None),  # two slips
    ],
)
def test_one_slip_of_the_pen_is_forgiven(page: Page, query: str, offered: str | None) -> None:
    assert search_for(page, query) == []
    links = page.locator("#_status a")
    assert links.all_text_contents() == ([f"Did you mean “{offered}”?"] if offered else [])
    if offered:
        assert links.get_attribute("href") == f"?q={quote(offered)}"


@pytest.mark.parametrize(
    ("query", "sentence", "marked"),
    [
        ("quokka", "A footnoted quokka.", ["quokka"]),
        ("like", "Some like C++, some like C#.", ["like", "like"]),
        ("naive", "Receptors and a naïve view.", ["naïve"]),
    ],
)
def test_a_result_shows_the_sentence_that_has_the_words(
    page: Page, query: str, sentence: str, marked: list[str]
) -> None:
    from playwright.sync_api import expect

    search_for(page, query)
    expect(page.locator("#_results .excerpt")).to_have_text(sentence)
    assert page.locator("#_results mark").all_text_contents() == marked


def test_it_is_used_by_keyboard_and_announced(viewer: PageViewer) -> None:
    with viewer.page(PAGE, VIEW) as page:
        page.get_by_role("searchbox", name="Words to look for").focus()
        page.keyboard.type("glutamate switch")
        says(page, "Results: 1")
        assert page.get_by_role("status").get_attribute("aria-live") == "polite"
        assert not page.is_visible("#_lists")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{SITE}/articles/glutamate/")


def test_looking_twice_for_one_thing_shows_it_once(viewer: PageViewer) -> None:
    """The pause after typing starts a search, and Enter a second one before the first has its answer."""
    with viewer.page(PAGE, VIEW) as page:
        page.fill("#_query", "glutamate")
        page.evaluate("""() => {
            const press = () => document.querySelector("#_query").dispatchEvent(
                new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
            press();
            press();
        }""")
        says(page, "Results: 3")
        assert page.locator("#_results a").count() == 3


def test_a_search_can_be_linked_to_and_gone_back_to(viewer: PageViewer) -> None:
    with viewer.page(f"{PAGE}?q=caf%C3%A9", VIEW) as page:
        says(page, "Results: 1")
        assert page.input_value("#_query") == "café"
        page.fill("#_query", "")
        says(page, "")
        assert page.url == PAGE
        assert page.is_visible("#_lists")


def test_the_page_keeps_its_own_policy(viewer: PageViewer) -> None:
    with viewer.page(PAGE, VIEW) as page:
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        search_for(page, "glutamate")
        assert f"{PAGE}index.json" in asked
        assert all(each.startswith(f"{SITE}/") for each in asked)
        assert not [each for each in said if "Security Policy" in each or "Error" in each]


def test_an_index_that_does_not_load_is_said_and_the_lists_stay(viewer: PageViewer) -> None:
    with viewer.page(PAGE, VIEW) as page:
        page.route("**/index.json", lambda route: route.abort())
        page.fill("#_query", "glutamate")
        says(page, re.compile("could not be loaded"))
        assert page.is_visible("#_lists")
        page.unroute("**/index.json")
        assert search_for(page, "glutamates") == []


def test_without_scripts_the_page_lists_tags_and_articles(viewer: PageViewer) -> None:
    context = viewer.browser.new_context(java_script_enabled=False)
    try:
        context.route("**/*", lambda route: viewer._serve(route, VIEW))
        page = context.new_page()
        page.goto(PAGE)
        assert not page.is_visible("#_query")
        assert page.get_by_role("link", name="Café culture").is_visible()
        assert page.get_by_role("link", name="research").is_visible()
    finally:
        context.close()


def test_the_script_folds_letters_as_the_build_does(page: Page) -> None:
    letters = [chr(code) for code in range(0x20, 0x3100) if chr(code).isprintable()]
    code = (ROOT / "templates/web/search.js").read_text(encoding="utf-8")
    maker = code[code.index("const APART") : code.index("const words")]
    theirs = page.evaluate(f"(letters) => {{ {maker} return letters.map(fold); }}", letters)
    ours = [search_index.fold(letter) for letter in letters]
    different = {one: pair for one, *pair in zip(letters, ours, theirs, strict=True) if pair[0] != pair[1]}
    assert not different, sys.version
