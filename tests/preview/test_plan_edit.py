"""Changes to an issue's plan in its `issue.md`: what they ask for, and that nothing else changes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

from pipeline.actions.plan_edit.plan_changes import (
    Exclude,
    Include,
    Move,
    Pin,
    PlanChange,
    PlannedSections,
    Unpin,
    apply_change,
)
from pipeline.actions.plan_edit.plan_file import PlanFile
from pipeline.config import front_matter
from pipeline.config.publication import read_publication
from pipeline.config.source_spans import Span
from pipeline.config.toml import toml_fields, toml_spans
from pipeline.errors import NotFound, PressroomError
from pipeline.model import Publication
from pipeline.workspace import open_workspace

PUBLICATION = read_publication(SETTINGS, [])
PATH = "issues/001-the-plastic-brain/issue.md"
SHOWN: PlannedSections = [("Research", ["a", "b", "c", "d"]), ("Notes", ["m", "n"])]


def change(
    text: str, *changes: PlanChange, shown: PlannedSections = SHOWN, publication: Publication = PUBLICATION
) -> str:
    for each in changes:
        text = apply_change(text, PATH, each, shown, publication)
    return text


def with_sections(lines: str, more: str = "") -> str:
    return issue(more=f"{more}sections:\n{lines}", letter="A letter, with `pin: [a]` in it.")


def toml(more: str) -> str:
    return f'+++\nnumber = 1\ntitle = "The plastic brain"\ndate = 2026-02-01  # when\n{more}+++\nHello.\n'


RULES = "  - title: Research\n    tags: [research]\n{pin}  - title: Notes\n    tags: {{any: [notes]}}\n"
TOML_RULES = '[[sections]]\ntitle = "Research"\ntags = ["research"]\n{pin}\n[[sections]]\ntitle = "Notes"\ntags = {{ any = ["notes"] }}\n'


def yaml_issue(pin: str) -> str:
    return with_sections(RULES.format(pin=pin))


def toml_issue(pin: str, more: str = "") -> str:
    return toml(more + TOML_RULES.format(pin=pin))


# --- each list as it is written -----------------------------------------------------------------

# A list that holds a and b, and what becomes of it when c is put between them, and when a leaves.
LISTS = [
    ("yaml", "    pin: [a, b]\n", "    pin: [a, c, b]\n", "    pin: [b]\n"),
    (
        "yaml",
        "    pin: [ 'a', \"b\" ]   # why\n",
        "    pin: [ 'a', c, \"b\" ]   # why\n",
        '    pin: [ "b" ]   # why\n',
    ),
    ("yaml", "    pin: [a,\n      b]\n", "    pin: [a, c, b]\n", "    pin: [b]\n"),
    (
        "yaml",
        "    pin:\n      - a\n      - b\n",
        "    pin:\n      - a\n      - c\n      - b\n",
        "    pin:\n      - b\n",
    ),
    ("yaml", "    pin:\n    - a\n    - b\n", "    pin:\n    - a\n    - c\n    - b\n", "    pin:\n    - b\n"),
    (
        "yaml",
        "    pin: # both\n\n      # first\n      -  a # one\n      # second\n      -  'b' # two\n      # end\n",
        "    pin: # both\n\n      # first\n      -  a # one\n      -  c\n      # second\n      -  'b' # two\n      # end\n",
        "    pin: # both\n\n      # first\n      # second\n      -  'b' # two\n      # end\n",
    ),
    (
        "yaml",
        "    pin: [\n      a, # one\n      # second\n      b\n    ]\n",
        "    pin: [\n      a, # one\n      c,\n      # second\n      b\n    ]\n",
        "    pin: [\n      # second\n      b\n    ]\n",
    ),
    ("yaml", "    pin: [\n      a\n    , b\n    ]\n", "    pin: [a, c, b]\n", "    pin: [b]\n"),
    ("yaml", "    'pin' : !!seq [a, b]\n", "    'pin' : [a, c, b]\n", "    'pin' : [b]\n"),
    ("toml", "pin = [\"a\", 'b']\n", 'pin = ["a", "c", \'b\']\n', "pin = ['b']\n"),
    ("toml", '  "pin"=["a","b",] # why\n', '  "pin"=["a", "c", "b"] # why\n', '  "pin"=["b"] # why\n'),
    (
        "toml",
        'pin = [ # both\n  "a", # one, two]\n\n  """b"""\n]\n',
        'pin = [ # both\n  "a", # one, two]\n  "c",\n\n  """b"""\n]\n',
        'pin = [ # both\n\n  """b"""\n]\n',
    ),
    ("toml", 'pin = [\n\t"a",\n\t"b",\n]\n', 'pin = [\n\t"a",\n\t"c",\n\t"b",\n]\n', 'pin = [\n\t"b",\n]\n'),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("language", "pin", "more", "fewer"), LISTS)
def test_a_list_keeps_its_form(language: str, pin: str, more: str, fewer: str, line_end: str) -> None:
    made = yaml_issue if language == "yaml" else toml_issue
    before, longer, shorter = (made(each).replace("\n", line_end) for each in (pin, more, fewer))
    assert change(before, Move("c", "Research", 1)) == longer
    assert change(before, Unpin("a")) == shorter


@pytest.mark.parametrize(("language", "pin", "more", "fewer"), LISTS)
def test_the_loader_without_libyaml_tells_the_same_places(
    language: str, pin: str, more: str, fewer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_matter, "_Loader", yaml.SafeLoader)
    test_a_list_keeps_its_form(language, pin, more, fewer, "\n")


@pytest.mark.parametrize(
    ("pin", "left"),
    [
        ("    pin: [a]\n", ""),
        ("    pin:\n      - a\n", ""),
        ("    pin: [a] # why\n", "    pin: [] # why\n"),
        ("    pin: # why\n      - a # one\n", "    pin: [] # why\n"),
        ("    pin:\n      # who\n      - a\n", "    pin: []\n      # who\n"),
        ("    pin: [\n      # who\n      a\n    ]\n", "    pin: [\n      # who\n    ]\n"),
    ],
)
def test_an_emptied_list_goes_with_its_line_unless_a_comment_stands_there(pin: str, left: str) -> None:
    assert change(yaml_issue(pin), Unpin("a")) == yaml_issue(left)


def test_an_emptied_list_that_is_the_first_key_stays_as_an_empty_one() -> None:
    before = with_sections("  - pin: [a]\n    title: Research\n    tags: [research]\n")
    assert change(before, Unpin("a")) == before.replace("pin: [a]", "pin: []", 1)


def test_an_emptied_list_of_toml_goes_too() -> None:
    assert change(toml_issue('pin = ["a"]\n'), Unpin("a")) == toml_issue("")
    assert change(toml_issue('pin = ["a"] # x\n'), Unpin("a")) == toml_issue("pin = [] # x\n")


def test_a_new_pin_stands_below_the_title() -> None:
    after = change(yaml_issue(""), Move("b", "Research", 0))
    assert after == yaml_issue("").replace("title: Research\n", "title: Research\n    pin: [b]\n")
    after = change(toml_issue(""), Move("b", "Research", 0))
    assert after == toml_issue("").replace('title = "Research"\n', 'title = "Research"\npin = ["b"]\n')


@pytest.mark.parametrize(
    "title", ["Research # main", '"Research"', ">-\n      Research", "\n      Research # x", "!!str Research"]
)
def test_a_new_pin_stands_below_a_title_of_any_form(title: str) -> None:
    before = with_sections(f"  - title: {title}\n    tags: [research]\n  - title: Notes\n    tags: [notes]\n")
    assert change(before, Pin("b", "Research")) == before.replace(
        "    tags: [research]", "    pin: [b]\n    tags: [research]"
    )


def test_a_new_pin_in_braces_stands_at_their_end() -> None:
    before = with_sections("  - {title: Research, tags: {any: [research]} } # x\n")
    assert change(before, Pin("b", "Research")) == before.replace("} } # x", "}, pin: [b] } # x")
    before = toml('sections = [\n  { title = "Research", tags = ["research"] }, # x\n]\n')
    assert change(before, Pin("b", "Research")) == before.replace('"] }', '"], pin = ["b"] }')


@pytest.mark.parametrize("pin", ["    pin:\n", "    pin: # later\n", "    pin: ~ # later\n"])
def test_an_empty_key_is_filled(pin: str) -> None:
    after = change(yaml_issue(pin), Pin("b", "Research"))
    assert after == yaml_issue(re.sub(r"pin:( ~)?", "pin: [b]", pin))


def test_a_long_list_has_an_article_a_line() -> None:
    slugs = [f"an-article-with-a-rather-long-slug-{n}" for n in range(4)]
    after = change(yaml_issue(""), Move(slugs[3], "Research", 3), shown=[("Research", slugs)])
    assert after == yaml_issue("")  # it stands there
    after = change(yaml_issue(""), Move("z", "Research", 3), shown=[("Research", slugs)])
    rows = "".join(f"      - {slug}\n" for slug in [*slugs[:3], "z"])
    assert f"    pin:\n{rows}" in after
    after = change(toml_issue(""), Move("z", "Research", 3), shown=[("Research", slugs)])
    assert f'pin = [\n  "{slugs[0]}",\n' in after


def test_a_comment_that_would_be_lost_is_refused() -> None:
    with pytest.raises(
        PressroomError, match=r"issue\.md:8: the comments in this list would be lost\. Write each"
    ):
        change(yaml_issue("    pin: [a, # one\n      b, d]\n"), Unpin("a"))


def test_a_slug_that_yaml_might_take_for_something_else_is_quoted() -> None:
    for slug in ("no", "2026-01-05", "1e5", "on", "null", "12"):
        assert f'\nexclude: ["{slug}"]\n' in change(yaml_issue(""), Exclude(slug))
    assert "\nexclude: [études]\n" in change(yaml_issue(""), Exclude("études"))
    assert '\nexclude = ["études"]\n' in change(toml_issue(""), Exclude("études"))


# --- the other parts of the file ----------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_all_else_stays_byte_for_byte(mark: str, line_end: str) -> None:
    front = (
        "# the first issue 😀\n"
        "number:   1\n"
        'title: "Änderung: \\u00e9" # quoted\n'
        "date:  2026-02-01\n\n\n"
        "draft: no\n"
        "subject: >\n  Folded text\n  on two lines\n\n"
        "extra: {on: 1:30, b:   'no',   when: 2026-01-01, f: 1.0e+3}\n"
        "sections:\n"
        "- title: Research\n"
        "  tags: {any: [no, on, 1:30]}\n"
        "  since: 2025-01-01   \n"
        "  pin:   [a]\n"
        "  # about notes\n\n"
        "- tags: [notes]\n"
        "  title: Notes\n"
        "silence: {}\n"
        "# the end\n"
    )
    letter = "Hello\u2028there,  \n\n---\n\npin: [a]\n\tlast line without an end"
    before = f"{mark}---  \n{front}---\n{letter}".replace("\n", line_end)
    after = change(before, Move("m", "Research", 0), Exclude("zz"), Pin("b", "Notes"))
    assert after == (
        before.replace("  pin:   [a]", "  pin:   [m, a]")
        .replace("  title: Notes", f"  title: Notes{line_end}  pin: [b]")
        .replace("# the end" + line_end, f"# the end{line_end}exclude: [zz]{line_end}")
    )


def test_line_ends_that_are_mixed_stay_mixed() -> None:
    before = yaml_issue("    pin: [a]\n").replace("\n", "\r\n", 3).replace("Research\n", "Research\r")
    assert change(before, Pin("b", "Research")) == before.replace("pin: [a]", "pin: [a, b]", 1)


def test_keys_of_ones_own_named_as_ours_are_left_alone() -> None:
    more = "extra:\n  pin: [a]\n  exclude: [a]\n  sections: [{pin: [a]}]\n"
    before = with_sections(RULES.format(pin=""), more)
    assert change(before, Exclude("a")) == before.replace("\n---\nA letter", "\nexclude: [a]\n---\nA letter")
    tail = '[extra]\ntext = """\npin = [1]\n[[sections]]\n"""\n[[extra.sections]]\npin = ["a"]\n'
    before = toml(TOML_RULES.format(pin="") + tail)
    assert change(before, Exclude("a")) == before.replace("# when\n", '# when\nexclude = ["a"]\n')
    after = change(before, Pin("a", "Notes"))
    assert after == before.replace('title = "Notes"\n', 'title = "Notes"\npin = ["a"]\n')


def test_toml_that_is_nested_as_deeply_as_can_be_read_is_no_crash() -> None:
    for depth in (50, 150, 250, 330, 400, 2000):
        try:
            change(toml(f"extra = {{ a = {'[' * depth}{']' * depth} }}\n"), Exclude("a"))
        except PressroomError as error:
            assert "TOML" in str(error)


def test_front_matter_in_braces_is_changed_within_them() -> None:
    before = "---\n{number: 1, title: A, date: 2026-02-01,\n}\n---\nHello.\n"
    assert change(before, Exclude("a")) == before.replace("01,", "01, exclude: [a],")
    with pytest.raises(PressroomError, match="cannot be written into this front matter"):
        change(before, Pin("a", "Research"))


def test_what_cannot_be_changed_alone_is_refused() -> None:
    # The end of a YAML document: what is added below it would not be read.
    with pytest.raises(PressroomError, match=r"cannot be made without touching more .* by hand"):
        change("---\nnumber: 1\ntitle: A\ndate: 2026-02-01\n...\n---\n", Exclude("a"))


# --- what each change asks for ------------------------------------------------------------------


def pins(text: str) -> dict[str, list[str]]:
    document = front_matter.split_file(text, PATH)
    sections = document.fields["sections"].value
    return {
        each.value["title"].raw: [slug.value for slug in each.value["pin"].value]
        if "pin" in each.value
        else []
        for each in sections
    }


@pytest.mark.parametrize(
    ("pin", "move", "pinned"),
    [
        ("", Move("c", "Research", 0), ["c"]),
        ("", Move("a", "Research", 2), ["b", "c", "a"]),
        ("", Move("m", "Research", 4), ["a", "b", "c", "d", "m"]),
        ("[a, b, c]", Move("d", "Research", 1), ["a", "d", "b", "c"]),
        ("[a, b, c]", Move("a", "Research", 1), ["b", "a", "c"]),
        ("[a, b]", Move("a", "Research", 3), ["b", "c", "d", "a"]),
        ("[a, hidden, b]", Move("b", "Research", 0), ["b", "a", "hidden"]),
        ("[hidden, a]", Move("c", "Research", 2), None),
        ("[hidden, a]", Move("d", "Research", 1), ["hidden", "a", "d"]),
        ("[a]", Move("a", "Research", 0), None),
        ("", Move("d", "Research", 3), None),
    ],
)
def test_a_move_pins_what_stands_above(pin: str, move: Move, pinned: list[str] | None) -> None:
    before = yaml_issue(f"    pin: {pin}\n" if pin else "")
    after = change(before, move)
    if pinned is None:
        assert after == before
    else:
        assert pins(after) == {"Research": pinned, "Notes": []}


def test_a_move_leaves_other_pins_and_exclusions() -> None:
    lines = "  - {title: Research, tags: [x], pin: [a, b]}\n  - {title: Notes, tags: [y], exclude: [a, z]}\n"
    before = with_sections(lines, "exclude: [a, q]\n")
    after = change(before, Move("a", "Notes", 1))
    assert pins(after) == {"Research": ["b"], "Notes": ["m", "a"]}
    assert "\nexclude: [q]\n" in after
    assert "exclude: [z]" in after


def test_exclude_takes_out_of_all_pins_and_include_takes_it_back() -> None:
    before = yaml_issue("    pin: [a, b]\n")
    out = change(before, Exclude("a"))
    assert pins(out)["Research"] == ["b"]
    assert change(out, Exclude("a")) == out
    both = before.replace("number: 1\n", "number: 1\nexclude: [a]\n")
    assert change(both, Exclude("a")) == both.replace("    pin: [a, b]", "    pin: [b]")
    assert change(out, Include("a")) == yaml_issue("    pin: [b]\n")
    assert change(before, Include("a")) == before


def test_pin_goes_below_those_pinned_and_unpin_takes_it_back() -> None:
    before = yaml_issue("    pin: [b]\n")
    pinned = change(before, Pin("a", "Research"))
    assert pins(pinned)["Research"] == ["b", "a"]
    assert change(pinned, Pin("a", "Research")) == pinned
    assert change(pinned, Unpin("a")) == before
    assert change(before, Unpin("nowhere")) == before


def test_what_the_keys_cannot_say_is_refused_with_what_to_do() -> None:
    only = with_sections("  - {title: Lead, pin: [a]}\n  - {title: Notes, tags: [notes], exclude: [x]}\n")
    for each in (Exclude("a"), Unpin("a"), Move("a", "Notes", 0)):
        with pytest.raises(
            PressroomError, match=r'issue\.md:6: section "Lead" would take nothing.* Move another'
        ):
            change(only, each)
    with pytest.raises(PressroomError, match=r'section "Notes" excludes "x", not the issue.* Pin it'):
        change(only, Include("x"))
    with pytest.raises(NotFound, match=r'no section "Noets"\. Did you mean "Notes"\?'):
        change(only, Pin("x", "Noets"))
    for position in (-1, 3):
        with pytest.raises(PressroomError, match=r"no position .* It has 2 other articles"):
            change(only, Move("x", "Notes", position))
    twice = with_sections("  - {title: A, tags: [a]}\n  - {title: A, tags: [b]}\n")
    with pytest.raises(PressroomError, match=r'issue\.md:7: two sections have the title "A"\. Give'):
        change(twice, Pin("x", "A"))


def test_a_text_that_is_no_issue_is_refused_with_its_mistake() -> None:
    for text, message in (
        ("", "no front matter"),
        ("---\ntitle: [\n---\n", "not YAML"),
        (issue(more="a: 1\n"), "key `a`"),
    ):
        with pytest.raises(PressroomError, match=message):
            change(text, Exclude("a"))


# --- an issue without sections ------------------------------------------------------------------


DEFAULTS = """
[[sections]]
title = "No: \\"1\\""
tags = { any = ["no", "1:30"], all = ["été"], none = ["#x"] }
exclude = ["q"]
limit = 4
order = "oldest"
since = 2026-01-01
until = 2026-01-31
layout = "brief"
reuse = true

[[sections]]
title = "Second"
tags = ["b"]
order = "title"
pin = ["p", "2026-01-05"]
since = 2026-01-01T10:00:00
until = 2026-07-31T10:00:00+05:00
"""


@pytest.mark.parametrize("before", [issue(), toml("\n[extra]\na = 1\n"), issue().replace("\n", "\r\n")])
def test_default_sections_are_written_out_whole(before: str) -> None:
    errors: list[PressroomError] = []
    publication = read_publication(SETTINGS[: SETTINGS.index("[[sections]]")] + DEFAULTS, errors)
    assert not errors
    # `apply_change` itself compares what it reads back with every rule.
    after = change(before, Move("x", "Second", 1), shown=[("Second", ["p", "r"])], publication=publication)
    head, found, tail = before.rpartition("+++" if before.startswith("+") else "---")
    assert after.startswith(head)
    assert after.endswith(found + tail)
    assert "\r\n" in before or "\r" not in after
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in before else 0)
    assert re.search(r"since(:| =) 2026-01-01\r?\nuntil|since(:| =) 2026-01-01\r?\n +until", after)
    again = change(after, Unpin("x"), shown=[], publication=replace(publication, sections=()))
    assert "2026-01-05" in again


def test_exclude_alone_writes_no_sections() -> None:
    assert change(issue(), Exclude("a")) == issue(more="exclude: [a]\n")
    assert change(toml("[extra]\n"), Exclude("a")) == toml('exclude = ["a"]\n[extra]\n')


def test_an_empty_key_for_sections_is_refused() -> None:
    with pytest.raises(PressroomError, match="delete an empty `sections:`"):
        change(issue(more="sections:\n"), Pin("a", "Research"))


# --- whatever stands in the file ----------------------------------------------------------------

SLUGS = ["alpha", "béta", "no", "2026-01-05", "e-5"]
TITLES = ["Research", "Notes", "Third"]
ODD = st.text("ab #:'\"[]{},\\é😀\u2028-", max_size=12)


@st.composite
def yaml_lists(draw: st.DrawFn, key: str, slugs: Sequence[str], indent: str) -> str:
    """The lines of a list in one of the forms that YAML has for it."""
    quoted = [draw(st.sampled_from(['"{}"', "'{}'", "{}"])).format(slug) for slug in slugs]
    remark = draw(st.sampled_from(["", "  # why [a, b]", " # 😀"]))
    if not slugs:
        return draw(st.sampled_from(["", f"{indent}{key}: []{remark}\n", f"{indent}{key}:{remark}\n"]))
    match draw(st.sampled_from(["flow", "block", "lines"])):
        case "flow":
            return (
                f"{indent}{key}: [{draw(st.sampled_from([', ', ' , ', ',']))!s}".replace("[, ", "[")
                .replace("[ , ", "[")
                .replace("[,", "[")
                + f"{', '.join(quoted)}]{remark}\n"
            )
        case "block":
            rows = "".join(f"{indent}# over\n{indent}- {each}{remark}\n" for each in quoted)
            return f"{indent}{key}:{remark}\n{rows}"
    rows = "".join(f"{indent}  {each},{remark}\n" for each in quoted)
    return f"{indent}{key}: [{remark}\n{rows}{indent}]\n"


@st.composite
def issues(draw: st.DrawFn) -> tuple[str, dict[str, list[str]]]:
    """An issue in YAML, and the pins of its sections."""
    left = list(SLUGS)
    parts = []
    pinned: dict[str, list[str]] = {}
    for title in TITLES:
        mine = draw(st.lists(st.sampled_from(left), unique=True, max_size=3)) if left else []
        left = [slug for slug in left if slug not in mine]
        pinned[title] = mine
        keys = [
            f"    title: {title}{draw(st.sampled_from(['', ' # x']))}\n",
            "    tags: {any: [no, on],   none: ['1:30']}\n",
            draw(yaml_lists("pin", mine, "    ")),
            draw(st.sampled_from(["", "    limit: 0x2\n".replace("0x", ""), "\n    # a word\n"])),
        ]
        keys = [each for each in draw(st.permutations(keys)) if each]
        lines = "".join(keys)
        first = next(
            n for n, line in enumerate(lines.split("\n")) if line.startswith("    ") and "#" not in line[:5]
        )
        rows = lines.split("\n")
        rows[first] = "  - " + rows[first][4:]
        parts.append("\n".join(rows))
    out = draw(st.lists(st.sampled_from(left), unique=True)) if left else []
    exclude = draw(yaml_lists("exclude", out, ""))
    extra = f"extra: {{text: {json.dumps(draw(ODD), ensure_ascii=False)},  n: 1:30}}\n"
    tail = [exclude, extra, "sections:\n" + "".join(parts)]
    front = "number: 1\ntitle: 'A # title'\ndate: 2026-02-01\n" + "".join(draw(st.permutations(tail)))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    text = f"---\n{front}---\n{draw(ODD)}\npin: [x]\n".replace("\n", line_end)
    return draw(st.sampled_from(["", "\ufeff"])) + text, pinned


def without_lists(text: str) -> str:
    """A text without its `pin` and `exclude`, found by their looks alone."""
    front, _, letter = text.partition("\n---")
    slug = "|".join(map(re.escape, SLUGS))
    front = re.sub(rf"\n *- ['\"]?(?:{slug})['\"]?(?: *#[^\n]*)?\r?(?=\n|$)", "", front)
    front = re.sub(rf"\n *['\"]?(?:{slug})['\"]?,?(?: *#[^\n]*)?\r?(?=\n|$)", "", front)
    front = re.sub(r"\n *(?:- )?(?:pin|exclude):[^\n]*", "", front)
    front = re.sub(r"\n *(?:\]|# over)\r?(?=\n|$)", "", front)
    return front.rstrip("\r\n") + "\n---" + letter


@given(issues(), st.sampled_from(SLUGS), st.sampled_from(TITLES), st.integers(0, 2), st.data())
def test_only_pins_and_exclusions_change(
    made: tuple[str, dict[str, list[str]]], slug: str, title: str, position: int, data: st.DataObject
) -> None:
    text, pinned = made
    shown = list(pinned.items())
    asked = data.draw(
        st.sampled_from(
            [Move(slug, title, position), Exclude(slug), Include(slug), Pin(slug, title), Unpin(slug)]
        )
    )
    try:
        after = change(text, asked, shown=shown)
    except PressroomError as error:
        assert "has no position" in str(error)
        return
    assert without_lists(after) == without_lists(text)
    now = pins_of(after)
    expected = {name: [each for each in slugs if each != slug] for name, slugs in pinned.items()}
    if isinstance(asked, Include):
        expected = pinned
    if isinstance(asked, Move):
        expected[title].insert(position, slug)
    if isinstance(asked, Pin):
        expected[title] = pinned[title] if slug in pinned[title] else [*expected[title], slug]
    assert now == expected


def pins_of(text: str) -> dict[str, list[str]]:
    body = text.removeprefix("\ufeff").replace("\r\n", "\n")
    sections = front_matter.split_file(body, PATH).fields["sections"].value
    return {
        each.value["title"].value: [
            slug.raw or slug.value for slug in (each.value["pin"].value or ()) if "pin" in each.value
        ]
        if "pin" in each.value
        else []
        for each in sections
    }


TOML_SCALARS = st.one_of(
    st.integers().map(str),
    ODD.map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.sampled_from(["'a]#'", '"""\n]"x""""', "'''\n'a''''", "1979-05-27 07:32:00", "true", "-1.5e3", "inf"]),
)
TOML_BLANKS = st.sampled_from(["", " ", "\n", " # ], 😀\n  "])


@st.composite
def toml_arrays(draw: st.DrawFn) -> str:
    parts = [
        draw(TOML_BLANKS) + draw(TOML_VALUES) + draw(TOML_BLANKS) for _ in range(draw(st.integers(0, 3)))
    ]
    return (
        "["
        + ",".join(parts)
        + draw(TOML_BLANKS if not parts else st.sampled_from(["", ",", ",\n# x\n"]))
        + "]"
    )


TOML_VALUES: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        TOML_SCALARS,
        toml_arrays(),
        st.lists(TOML_VALUES, max_size=2).map(
            lambda values: "{ " + ", ".join(f"k{n}.'a b' = {value}" for n, value in enumerate(values)) + " }"
        ),
    )
)


@given(st.lists(TOML_VALUES, min_size=1, max_size=4))
def test_the_places_of_toml_hold_what_the_standard_library_reads(values: list[str]) -> None:
    lines = [f'"k {n}" = {value} # x\n' for n, value in enumerate(values)]
    text = "+++\n" + "".join(lines) + "[[t]]\nx = [1]\n\n [[ 't' ]]\n[t.u]\nx=2\n"
    spots = toml_spans(text, 4, len(text))
    read = toml_fields(text[4:], PATH)
    assert list(spots.entries) == list(read)
    for value, entry in zip(values, spots.entries.values(), strict=False):
        assert text[entry.value.start : entry.value.end] == value
        assert_same_shape(entry.value, toml_fields(f"a = {value}", PATH)["a"].value)
    assert [list(each.entries) for each in spots.entries["t"].value.items or ()] == [["x"], []]


def assert_same_shape(spot: Span, value: object) -> None:
    if isinstance(value, tuple):
        assert spot.items is not None
        assert len(spot.items) == len(value)
        for inner, each in zip(spot.items, value, strict=True):
            assert_same_shape(inner, each.value)
    elif isinstance(value, dict):
        assert list(spot.entries) == list(value)
    else:
        assert spot.items is None
        assert not spot.entries


# --- the file, and what assembly makes of it ----------------------------------------------------

FOLDER = "001-the-plastic-brain"


@pytest.fixture
def pool(workspace: WorkspaceRunner) -> WorkspaceRunner:
    """Four articles for Research, newest first w x y z, and one note."""
    for day, slug in enumerate(["z", "y", "x", "w"], start=10):
        text = article(slug.upper(), date=f"2026-01-{day}", **({"aliases": "[old-y]"} if slug == "y" else {}))
        workspace.write({f"issues/articles/{slug}.md": text})
    (workspace.root / "issues/articles/glutamate.md").unlink()
    return workspace


def plan_file(workspace: WorkspaceRunner, audience: str = "everyone") -> PlanFile:
    return PlanFile(open_workspace(workspace.root).assembler, FOLDER, audience)


def order(workspace: WorkspaceRunner, section: str = "Research") -> list[str]:
    """The section's articles as `assemble` freezes them, in the issue's first edition."""
    workspace.ok("assemble", "1")
    lock = workspace.root / f"issues/{FOLDER}/issue.lock"
    sections = json.loads(lock.read_text())["editions"][0]["sections"]
    lock.unlink()
    return next(
        ([each["article"] for each in found["items"]] for found in sections if found["title"] == section), []
    )


@pytest.mark.parametrize("name", ["https://example.org/2?utm_source=x", "two"])
def test_a_link_is_moved_excluded_and_unpinned_by_whatever_the_issue_calls_it(
    workspace: WorkspaceRunner, name: str
) -> None:
    links = [
        f"- {{url: https://example.org/{number}, title: {title}, tags: [research], id: {title}}}\n"
        for number, title in ((1, "one"), (2, "two"), (3, "three"))
    ]
    section = f'sections:\n  - {{title: Research, tags: [research], pin: ["{name}"], exclude: [glutamate]}}\n'
    workspace.write(
        {
            "issues/links/a.yaml": "".join(links),
            f"issues/{FOLDER}/issue.md": issue(more=section),
        }
    )

    def shown() -> list[str]:
        return [each["id"] for each in workspace.json("plan", "1")["links"] if each["taken"]]

    def in_order() -> list[str]:
        edition = open_workspace(workspace.root).assembler
        return list(edition.reading_order(edition.issues[0], "everyone"))

    assert in_order() == ["two", "one", "three"]
    plan_file(workspace).change(Move("three", "Research", 0))
    assert in_order() == ["three", "two", "one"]
    assert name in workspace.read(f"issues/{FOLDER}/issue.md")
    plan_file(workspace).change(Unpin("two"))
    assert in_order() == ["three", "one", "two"]
    plan_file(workspace).change(Exclude("two"))
    assert sorted(shown()) == ["one", "three"]


def planned(workspace: WorkspaceRunner) -> dict[str, str | None]:
    return {each["slug"]: each["section"] for each in workspace.json("plan", "1", "--all")["articles"]}


@pytest.mark.parametrize("position", rows(range(4), (0, 3)))
@pytest.mark.parametrize("slug", rows(["w", "y", "a-note"], {"y"}))
@pytest.mark.parametrize(
    "text", [issue(), toml(""), yaml_issue("    pin: [x]\n").replace("Notes", "In brief")]
)
def test_a_move_comes_out_in_the_plan(pool: WorkspaceRunner, slug: str, position: int, text: str) -> None:
    pool.write({PATH: text})
    before = [each for each in order(pool) if each != slug]
    plan_file(pool).change(Move(slug, "Research", position))
    assert order(pool) == [*before[:position], slug, *before[position:]]
    assert planned(pool)[slug] == "Research"


def test_a_move_into_a_full_section_puts_the_last_one_out_unless_it_is_pinned(pool: WorkspaceRunner) -> None:
    pool.write({PATH: with_sections("  - {title: Research, tags: [research], limit: 2}\n")})
    file = plan_file(pool)
    file.change(Move("z", "Research", 0))
    assert order(pool) == ["z", "w"]
    file.change(Move("y", "Research", 2))
    assert order(pool) == ["z", "w", "y"]
    file.change(Unpin("w"))
    assert order(pool) == ["z", "y"]


def test_every_change_comes_out_in_the_plan_and_can_be_undone(pool: WorkspaceRunner) -> None:
    file = plan_file(pool)
    texts = [pool.read(PATH)]
    for each in (Exclude("w"), Pin("old-y", "In brief"), Move("z", "Research", 0), Unpin("y"), Include("w")):
        file.change(each)
        texts.append(pool.read(PATH))
        assert pool.run("plan", "1").exit_code == 0
    assert order(pool) == ["z", "w", "x", "y"]
    assert planned(pool)["a-note"] == "In brief"
    for text in reversed(texts[:-1]):
        assert file.undo()
        assert pool.read(PATH) == text
    assert not file.undo()


def test_what_others_wrote_is_not_undone(pool: WorkspaceRunner) -> None:
    file = plan_file(pool)
    file.change(Exclude("w"))
    ours = pool.read(PATH)
    pool.write({PATH: ours + "More.\n"})
    assert not file.undo()
    assert pool.read(PATH) == ours + "More.\n"
    pool.write({PATH: ours})
    assert file.undo()
    file.change(Exclude("w"))
    (pool.root / PATH).unlink()
    assert not file.undo()
    with pytest.raises(PressroomError, match="cannot be read"):
        file.change(Exclude("w"))


def test_bytes_of_the_file_stay(pool: WorkspaceRunner) -> None:
    data = b"\xef\xbb\xbf" + issue(letter="É\n").replace("\n", "\r\n").encode()
    pool.write({PATH: data})
    file = plan_file(pool)
    file.change(Exclude("w"))
    assert (pool.root / PATH).read_bytes() == data.replace(b"\r\n---\r\n", b"\r\nexclude: [w]\r\n---\r\n", 1)
    assert file.undo()
    assert (pool.root / PATH).read_bytes() == data


def refused(workspace: WorkspaceRunner, asked: PlanChange, message: str, audience: str = "everyone") -> None:
    before = workspace.tree()
    with pytest.raises(PressroomError, match=message):
        plan_file(workspace, audience).change(asked)
    assert workspace.tree() == before


def test_what_would_not_come_out_is_not_written(pool: WorkspaceRunner) -> None:
    pool.write(
        {
            "issues/articles/late.md": article(date="2026-03-01"),
            "issues/articles/closed.md": article(audience="clinicians"),
        }
    )
    refused(pool, Move("late", "Research", 0), r'section "Research" pins "late", but it is dated 2026-03-01')
    refused(pool, Pin("yy", "Research"), 'no article has the slug "yy"')
    refused(pool, Exclude("a-not"), 'Did you mean "a-note"')
    pool.write({PATH: issue(more="audience: [everyone, clinicians]\n")})
    refused(pool, Pin("closed", "In brief"), "edition for everyone: it is for clinicians only")
    plan_file(pool, "clinicians").change(Move("closed", "In brief", 0))
    assert planned(pool)["closed"] == "In brief"


def test_a_default_section_that_waits_for_a_tag_is_written_out_and_waits_on(pool: WorkspaceRunner) -> None:
    pool.write({"newsletter.toml": SETTINGS.replace('["notes"]', '["notes", "puzzles"]')})
    plan_file(pool).change(Move("z", "Research", 0))
    assert "puzzles" in pool.read(f"issues/{FOLDER}/issue.md")
    assert planned(pool)["z"] == "Research"
    # A section of the issue's own is a slip, if no article has its tag.
    text = pool.read(f"issues/{FOLDER}/issue.md").replace("puzzles", "riddles")
    pool.write({f"issues/{FOLDER}/issue.md": text})
    assert 'takes the tag "riddles", which no article has' in pool.error("plan", "1")


def test_a_frozen_issue_is_refused(pool: WorkspaceRunner) -> None:
    pool.ok("assemble", "1")
    refused(pool, Exclude("w"), f"the issue is frozen.* pressroom assemble {FOLDER} --update")
