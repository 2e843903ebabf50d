"""The preview in a real browser: every view, live while files are saved, the plan by mouse and by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_kit import FOLDER, expect
from builds_kit import copy_golden
from preview_kit import RunningPreview, run_preview
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue, png

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow  # a server, a page and its scripts for each

AXE = (FOLDER / "axe" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"], iframes: false });
    return JSON.stringify(found.violations.map((rule) => ({
        rule: rule.id, why: rule.help, where: rule.nodes.map((node) => node.html.slice(0, 200)),
    })));
}"""


@pytest.fixture(scope="module")
def golden(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPreview]:
    workspace = copy_golden(tmp_path_factory.mktemp("preview") / "golden")
    workspace.write({"readers.csv": "email,first_name\nada@example.org,Ada\n"})
    workspace.ok("build", "1")
    with run_preview(workspace.root, "--recipients", str(workspace.root / "readers.csv")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that tells of anything that goes wrong in it, and asks nobody but the preview."""
    context = browser.new_context(viewport={"width": 1400, "height": 850})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda each: wrong.append(each.text) if each.type == "error" else None)
    page.on(
        "request",
        lambda each: (
            None if "127.0.0.1" in each.url or each.url.startswith("data:") else wrong.append(each.url)
        ),
    )
    yield page
    context.close()
    blocked = re.compile(
        r"violates the following Content Security Policy directive: \"img-src 'none'\"|409 \(Conflict\)"
    )
    assert [each for each in wrong if not blocked.search(each)] == []


SHOWN = "#stage > iframe:not(.coming)"


def shown_with(page: Page, chosen: str) -> None:
    expect(page.locator(SHOWN)).to_have_attribute("src", re.compile(re.escape(chosen)))


def opened(page: Page, running: RunningPreview, chosen: str = "") -> Page:
    page.goto(f"{running.url}#{chosen}")
    expect(page.locator("#live")).to_have_text("live")
    return page


def frame(page: Page):
    return page.frame_locator(SHOWN)


# --- the views -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "width"), [("Phone", 375), ("Tablet", 768)])
def test_the_email_at_the_width_of(page: Page, golden: RunningPreview, name: str, width: int) -> None:
    opened(page, golden).get_by_label(name, exact=True).check()
    expect(frame(page).get_by_role("heading", name="Every block", exact=True)).to_be_visible()
    expect(page.locator(SHOWN)).to_have_css("width", f"{width}px")


def test_dark_as_authored_and_forced(page: Page, golden: RunningPreview) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    opened(page, golden)
    expect(frame(page).locator("body")).to_be_visible()
    light = frame(page).locator("body").evaluate(f"() => {ground}")
    page.get_by_label("Dark", exact=True).check()
    shown_with(page, "scheme=dark")
    assert frame(page).locator("body").evaluate(f"() => {ground}") != light
    page.get_by_label("Dark, forced (approximation)").check()
    shown_with(page, "scheme=forced")
    turned = frame(page).locator("html").evaluate("each => getComputedStyle(each).filter")
    assert turned == "invert(1) hue-rotate(180deg)"
    expect(page.locator("#note")).to_contain_text("approximation")


def test_pictures_blocked_leave_their_words(page: Page, golden: RunningPreview) -> None:
    opened(page, golden)
    loaded = "each => each.naturalWidth"
    picture = frame(page).get_by_alt_text("A grey field").first
    expect(picture).to_be_visible()
    assert picture.evaluate(loaded) > 0
    page.get_by_label("Pictures blocked").check()
    shown_with(page, "images=off")
    assert frame(page).get_by_alt_text("A grey field").first.evaluate(loaded) == 0


def test_outlooks_branch_is_shown_with_a_word_of_warning(page: Page, golden: RunningPreview) -> None:
    opened(page, golden).get_by_label("As Outlook").check()
    expect(page.locator("#note")).to_contain_text("Word")
    shown_with(page, "client=outlook")
    assert "[if mso" not in frame(page).locator("html").evaluate("each => each.innerHTML")


def test_the_text_the_inbox_and_the_sources(page: Page, golden: RunningPreview) -> None:
    opened(page, golden).get_by_role("tab", name="Plain text").click()
    expect(page.locator("#stage pre")).to_contain_text("Hello there, this letter stands")
    page.get_by_role("tab", name="Inbox").click()
    expect(page.locator(".list.phone .row").first).to_contain_text("Every block: “quoted”, there")
    expect(page.locator(".list.desktop .row").first).to_contain_text("Éditors & Co")
    page.get_by_role("tab", name="Source").click()
    expect(page.locator("#stage pre")).to_contain_text("<!doctype html>")
    page.get_by_label("MJML").check()
    expect(page.locator("#stage pre")).to_contain_text("<mjml")


def test_the_web_page_and_the_feeds(page: Page, golden: RunningPreview) -> None:
    opened(page, golden).get_by_role("tab", name="Web page").click()
    expect(frame(page).get_by_role("heading", name="Every block", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Feeds").click()
    expect(page.locator("#feed option")).not_to_have_count(0)
    expect(page.locator(".items h2").first).to_have_text("Every block")
    page.get_by_text("Read it").first.click()
    expect(page.frame_locator(".items iframe").first.get_by_text("this letter stands").first).to_be_visible()
    page.locator("#feed").select_option("articles/atom.xml")
    expect(page.locator(".items article")).not_to_have_count(1)


def test_a_recipient_and_an_edition_are_chosen_and_kept_in_the_address(
    page: Page, golden: RunningPreview
) -> None:
    opened(page, golden)
    page.get_by_label("Read by").select_option(label="ada@example.org")
    expect(frame(page).get_by_text("Hello Ada, this letter")).to_be_visible()
    page.get_by_label("Edition").select_option("clinicians")
    expect(frame(page).get_by_text("For clinicians").first).to_be_visible()
    page.reload()
    expect(frame(page).get_by_text("For clinicians").first).to_be_visible()
    expect(frame(page).get_by_text("Hello Ada, this letter")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chosen", ["panel=findings", "panel=plan", "view=text&panel=size", "view=inbox&panel=links", "view=feeds&panel=changes", "view=source"])  # fmt: skip
def test_everyone_can_use_the_page(
    browser: Browser, golden: RunningPreview, chosen: str, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 1400, "height": 850}, color_scheme=scheme, bypass_csp=True
    )  # type: ignore[arg-type]
    page = opened(context.new_page(), golden, chosen)
    expect(page.locator("#panel > *").first).to_be_visible()
    expect(page.locator("#stage > *").first).to_be_visible()
    page.evaluate(AXE)
    found = json.loads(page.evaluate(RUN_AXE))
    context.close()
    assert found == []


def test_tabs_go_by_arrow_keys(page: Page, golden: RunningPreview) -> None:
    opened(page, golden).get_by_role("tab", name="Email").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Plain text")).to_be_focused()
    expect(page.locator("#stage pre")).to_be_visible()


# --- live -------------------------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> WorkspaceRunner:
    workspace = WorkspaceRunner(tmp_path / "w")
    settings = SETTINGS.replace(
        "[[audiences]]", 'editor_url = "vscode://file{path}:{line}"\n\n[[audiences]]', 1
    )
    workspace.write(
        {
            "newsletter.toml": settings,
            "issues/articles/one.md": article("One", date="2026-01-03", body="First words."),
            "issues/articles/two.md": article("Two", date="2026-01-02", body="Words."),
            "issues/articles/three.md": article("Three", date="2026-01-01", body="Words."),
            "issues/articles/short.md": article("Short", tags="[notes]", body="Words."),
            "issues/articles/other.md": article("Other", tags="[else]", body="Words."),
            "issues/001-one/issue.md": issue(
                title="One issue", letter="Hello. " * 200, more="# a comment\nextra: {kept: yes}\n"
            ),
        }
    )
    return workspace


@pytest.fixture
def live(workspace: WorkspaceRunner, page: Page) -> Iterator[Page]:
    with run_preview(workspace.root) as running:
        yield opened(page, running)
        page.goto("about:blank")  # before it ends, or the page would rightly complain


def test_a_save_shows_and_the_place_is_kept(live: Page, workspace: WorkspaceRunner) -> None:
    expect(frame(live).get_by_text("First words.")).to_be_attached()
    live.evaluate("document.querySelector('#stage iframe').contentWindow.scrollTo(0, 400)")
    workspace.write({"issues/articles/one.md": article("One", date="2026-01-03", body="Second words.")})
    expect(frame(live).get_by_text("Second words.")).to_be_attached()
    assert live.evaluate("document.querySelector('#stage iframe').contentWindow.scrollY") == 400


def test_many_saves_end_in_the_last(live: Page, workspace: WorkspaceRunner) -> None:
    expect(frame(live).get_by_text("First words.")).to_be_attached()
    for number in range(100):
        workspace.write(
            {"issues/articles/one.md": article("One", date="2026-01-03", body=f"Words {number}.")}
        )
    expect(frame(live).get_by_text("Words 99.")).to_be_attached()
    state = live.evaluate("fetch('state').then((answer) => answer.json())")
    assert state["revision"] < 50


def test_a_mistake_stands_over_the_last_good_email_and_clears(live: Page, workspace: WorkspaceRunner) -> None:
    expect(frame(live).get_by_text("First words.")).to_be_attached()
    workspace.write(
        {"issues/articles/one.md": "---\ntitel: One\ndate: 2026-01-03\ntags: [research]\n---\nWords.\n"}
    )
    box = live.get_by_role("alert")
    expect(box).to_be_visible()
    expect(box).to_contain_text("titel")
    expect(box.get_by_role("link", name="issues/articles/one.md:2")).to_have_attribute(
        "href", re.compile(r"^vscode://file/.*/issues/articles/one\.md:2$")
    )
    expect(frame(live).get_by_text("First words.")).to_be_attached()
    workspace.write({"issues/articles/one.md": article("One", date="2026-01-03", body="Mended words.")})
    expect(box).to_be_hidden()
    expect(frame(live).get_by_text("Mended words.")).to_be_attached()


def test_a_new_article_a_picture_and_the_settings_are_watched_too(
    live: Page, workspace: WorkspaceRunner
) -> None:
    workspace.write(
        {
            "issues/articles/new/index.md": article(
                "New", date="2026-01-09", body="![A dot](a.png)\n\nNew words."
            ),
            "issues/articles/new/a.png": png(),
        }
    )
    expect(frame(live).get_by_alt_text("A dot")).to_be_attached()
    workspace.write(
        {"newsletter.toml": workspace.read("newsletter.toml").replace('title = "Synapse"', 'title = "Axon"')}
    )
    expect(live.locator("#publication")).to_have_text("Axon")


# --- the plan -----------------------------------------------------------------------------------------------


def expect_slugs(page: Page, section: int, *wanted: str) -> None:
    rows = page.locator("#panel ol").nth(section).locator(".article")
    expect(rows).to_have_count(len(wanted))
    for number, slug in enumerate(wanted):
        expect(rows.nth(number)).to_have_attribute("data-slug", slug)


@pytest.fixture
def plan(live: Page) -> Page:
    live.get_by_role("tab", name="Plan").click()
    expect_slugs(live, 0, "one", "two", "three")
    return live


def test_an_article_is_dragged_within_and_between_sections(plan: Page, workspace: WorkspaceRunner) -> None:
    before = workspace.read("issues/001-one/issue.md")
    plan.locator("[data-slug=three]").drag_to(
        plan.locator("[data-slug=one]"), target_position={"x": 30, "y": 4}
    )
    expect_slugs(plan, 0, "three", "one", "two")
    plan.locator("[data-slug=two]").drag_to(
        plan.locator("[data-slug=short]"), target_position={"x": 30, "y": 4}
    )
    expect_slugs(plan, 1, "two", "short")
    expect_slugs(plan, 0, "three", "one")
    text = workspace.read("issues/001-one/issue.md")
    assert "# a comment\nextra: {kept: yes}\n" in text
    assert text.endswith(before.partition("---\nHello")[2])
    expect(frame(plan).get_by_role("heading", name="Three")).to_be_attached()
    plan.get_by_role("button", name="Undo").click()
    expect_slugs(plan, 0, "three", "one", "two")
    plan.get_by_role("button", name="Undo").click()
    expect_slugs(plan, 0, "one", "two", "three")
    assert workspace.read("issues/001-one/issue.md") == before


def test_a_row_under_the_pointer_is_not_replaced(plan: Page, workspace: WorkspaceRunner) -> None:
    row = plan.locator("[data-slug=three]")
    row.evaluate("row => { row.isTheSame = true }")
    with plan.expect_response(re.compile("panel/plan")):
        plan.get_by_role("tab", name="Plan").click()
    assert row.evaluate("row => row.isTheSame"), "the same plan again replaces nothing"
    row.hover()
    plan.mouse.down()
    with plan.expect_response(re.compile("panel/plan")):
        workspace.write({"issues/articles/four.md": article("Four", date="2026-01-08", tags="[research]")})
    plan.evaluate("() => new Promise((done) => setTimeout(done))")
    assert row.evaluate("row => row.isTheSame"), "a newer plan waits until the pointer is up"
    plan.mouse.up()
    expect(plan.locator("[data-slug=four]")).to_be_attached()


def test_an_article_that_is_out_is_dragged_in(plan: Page) -> None:
    plan.locator("[data-slug=other]").drag_to(
        plan.locator("[data-slug=short]"), target_position={"x": 30, "y": 4}
    )
    expect_slugs(plan, 1, "other", "short")


def test_the_plan_is_changed_by_keyboard_alone(plan: Page, workspace: WorkspaceRunner) -> None:
    plan.locator("[data-slug=two]").focus()
    plan.keyboard.press("Alt+ArrowUp")
    expect_slugs(plan, 0, "two", "one", "three")
    expect(plan.locator("[data-slug=two]")).to_be_focused()
    plan.keyboard.press("Alt+ArrowDown")
    expect_slugs(plan, 0, "one", "two", "three")
    expect(plan.locator("[data-slug=two]")).to_be_focused()
    plan.keyboard.press("Alt+ArrowDown")
    expect_slugs(plan, 0, "one", "three", "two")
    expect(plan.locator("[data-slug=two]")).to_be_focused()
    plan.keyboard.press("Alt+ArrowDown")
    expect_slugs(plan, 1, "two", "short")
    expect(plan.locator("#said")).to_contain_text("“Two” is now in “In brief”.")


def test_pin_unpin_exclude_and_include(plan: Page, workspace: WorkspaceRunner) -> None:
    plan.get_by_role("button", name="Pin “Three”").click()
    expect(plan.get_by_role("button", name="Unpin “Three”")).to_be_visible()
    expect_slugs(plan, 0, "three", "one", "two")
    plan.get_by_role("button", name="Unpin “Three”").click()
    expect_slugs(plan, 0, "one", "two", "three")
    plan.get_by_role("button", name="Out: exclude “Two”").click()
    expect_slugs(plan, 0, "one", "three")
    assert "two" in workspace.read("issues/001-one/issue.md")
    plan.get_by_role("button", name="In: let “Two” in again").click()
    expect_slugs(plan, 0, "one", "two", "three")


def test_no_other_file_is_ever_changed(plan: Page, workspace: WorkspaceRunner) -> None:
    def others() -> dict[str, bytes]:
        return {path: data for path, data in workspace.tree().items() if path != "issues/001-one/issue.md"}

    before = others()
    plan.get_by_role("button", name="Pin “Three”").click()
    expect(plan.get_by_role("button", name="Unpin “Three”")).to_be_visible()
    plan.get_by_role("button", name="Undo").click()
    expect(plan.get_by_role("button", name="Pin “Three”")).to_be_visible()
    assert others() == before


def test_a_frozen_issue_says_why_it_cannot_be_changed(live: Page, workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    live.get_by_role("tab", name="Plan").click()
    expect(live.locator("#panel")).to_contain_text("This issue is frozen")
    expect(live.get_by_role("button", name="Out: exclude “Two”")).to_have_count(0)


def test_findings_show_as_they_come_and_go(live: Page, workspace: WorkspaceRunner) -> None:
    workspace.write(
        {"issues/articles/one.md": article("One", date="2026-01-03", body="[here](https://example.org/)")}
    )
    live.get_by_role("tab", name="Findings").click()
    expect(live.locator("#panel")).to_contain_text("one.md:")
    expect(live.locator("#panel .severity").first).to_be_visible()


def test_changes_since_the_last_build_are_shown(live: Page, workspace: WorkspaceRunner) -> None:
    workspace.ok("build", "1")
    workspace.write({"issues/articles/one.md": article("One", date="2026-01-03", body="Later words.")})
    live.get_by_role("tab", name="Changes").click()
    expect(live.locator(".diff .plus", has_text="Later words.").first).to_be_visible()
    expect(live.locator(".diff .minus", has_text="First words.").first).to_be_visible()
