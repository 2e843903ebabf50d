"""The rules by which a plain text is read, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.importers.plain import bylines, calls, closing, headings, heads, lists, wrap
from pipeline.importers.plain.lines import Fate, Marks, Role, Sheet, fate, lines_of, sheet_of


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, why it is there, and what it finds among the lines not judged yet."""

    name: str
    why: str
    marks: Callable[[Sheet], Marks]


RULES: tuple[Rule, ...] = (
    Rule("wrapped", "Mail and old editors break paragraphs into lines.", wrap.wrapped),
    Rule("lone bullets", "Some pages are copied with the mark in a line of its own.", lists.lone_bullets),
    Rule("underlines", "Lines of signs underline headings and part sections.", heads.underlines),
    Rule("breadcrumb", "A pasted page begins with the way to it.", heads.breadcrumb),
    Rule("furniture", "A pasted page brings its buttons.", heads.furniture),
    Rule("labelled", "Some lines say what they are: Summary, Tags.", heads.labelled),
    Rule("category", "Pages glue the category to the reading time.", bylines.category),
    Rule("byline", "Dates, reading times and names stand by the title.", bylines.byline),
    Rule("ambiguous date", "03/04/2026 is for a person to read.", bylines.ambiguous_date),
    Rule("updated", "Some texts say at the end when they were changed.", bylines.updated),
    Rule("contents", "A table of contents leads nowhere in a newsletter.", heads.contents),
    Rule("title twice", "A pasted page has its title in the head and above the text.", heads.title_twice),
    Rule("title first", "Most texts begin with their title.", heads.title_first),
    Rule("title again", "The title is a field, and stands once.", heads.title_again),
    Rule("author and role", "Pages put the name above the role.", bylines.author_and_role),
    Rule("role below", "A role may stand below the byline.", bylines.role_below),
    Rule("dek", "Between title and byline stands the dek.", heads.dek),
    Rule("title otherwise", "Pages have a second title for search engines.", heads.title_otherwise),
    Rule("picture", "A copied page has the words for its picture, without the picture.", heads.picture),
    Rule("share", "Share buttons are copied as names of networks.", closing.share),
    Rule("legal", "Copyright and policies belong to the page.", closing.legal),
    Rule("origin", "Where a text appeared first is its canonical address.", closing.origin),
    Rule("disclaimer", "A disclaimer is a field, so that it stands once in an issue.", closing.disclaimers),
    Rule("sign-up", "Readers of the newsletter need no sign-up.", closing.sign_up),
    Rule("regions", "Where a company works is no part of the article.", closing.regions),
    Rule("about", "About us is the publisher's own text.", closing.about),
    Rule("related", "Other pieces go to the field for them.", closing.related),
    Rule("repeated call", "Pages ask for the same two or three times.", calls.repeated),
    Rule("call", "What the reader is asked to do becomes a button.", calls.calls),
    Rule("bullets", "Lists are marked with a dot.", lists.bullets),
    Rule("dashes", "Lists are marked with hyphens or dashes, too.", lists.dashes),
    Rule(
        "numbered headings",
        "Numbered lines with paragraphs between them are headings.",
        lists.numbered_headings,
    ),
    Rule("numbers", "Lists are numbered.", lists.numbers),
    Rule("bare lists", "Below a colon, bare lines are a list.", lists.bare_lists),
    Rule("headings", "Bare lines above paragraphs are headings.", headings.headings),
)


def judged(text: str) -> Sheet:
    """The text with what each of its lines is; no mark means a paragraph.

    A text of which nothing would be left for the body was misread: it is taken as paragraphs.
    """
    lines = lines_of(text)
    sheet = sheet_of(lines, {})
    for rule in RULES:
        sheet = sheet.with_marks(rule.marks(sheet))
    if any(item.mark is None or fate(item.mark.role) is Fate.BODY for item in sheet.items):
        return sheet
    wrapped = {number: mark for number, mark in sheet.marks.items() if mark.role is Role.CONTINUATION}
    return sheet_of(lines, wrapped)
