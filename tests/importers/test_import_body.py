"""What is done to every foreign body once it is Markdown, step by step, and what holds for any text."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from content_kit import parse
from hypothesis import example, given
from hypothesis import strategies as st
from property_kit import tries

from pipeline.errors import PressroomError
from pipeline.importers.cleanup import clean as clean_draft
from pipeline.importers.cleanup.markup import with_text_at
from pipeline.importers.decode import cleaned as text_cleaned
from pipeline.importers.draft import Draft, Material
from pipeline.importers.inline import readable
from pipeline.importers.readers import markdown
from pipeline.model import Author

SENTENCE = (
    "Depression touches about one person in twenty, and for a third the usual medicines do not help enough."
)
MORE = "Ketamine blocks one of the receptors of glutamate, and new synapses form within hours of a low dose."
CALL = "[Book a consultation](https://clinic.example/book)"
DISCLAIMER = "This article is for informational purposes only and is not medical advice."


def read(body: str, **fields: object) -> Draft:
    (draft,) = markdown.read(Material("a.md", body.encode()))
    return replace(draft, **fields)  # type: ignore[arg-type]


def clean(body: str, **fields: object) -> Draft:
    return clean_draft(read(body, **fields))


def reasons(draft: Draft) -> set[str]:
    return {each.reason for each in draft.left}


BODIES = {
    # --- headings -------------------------------------------------------------------------
    "headings begin on the second level": ("### A\n\nx\n\n##### B\n\ny\n", "## A\n\nx\n\n### B\n\ny\n"),
    "an underlined heading": ("A\n---\n\nx\n", "## A\n\nx\n"),
    "none is skipped": ("## A\n\n#### B\n\n### C\n\nx\n", "## A\n\n### B\n\n### C\n\nx\n"),
    "bold in a heading is its look": ("## **A word**\n\nx\n", "## A word\n\nx\n"),
    "short lines in bold are headings": (
        f"{SENTENCE}\n\n**What is known**\n\n{MORE}\n",
        f"{SENTENCE}\n\n## What is known\n\n{MORE}\n",
    ),
    "but not where there are headings": (
        f"## A\n\n**What is known**\n\n{MORE}\n",
        f"## A\n\n**What is known**\n\n{MORE}\n",
    ),
    "an anchor goes": ("## A {#first}\n\nx\n", "## A\n\nx\n"),
    "an empty heading goes": ("##\n\nx\n", "x\n"),
    # --- rules ----------------------------------------------------------------------------
    "a rule before a heading parts nothing": ("x\n\n---\n\n## A\n\ny\n", "x\n\n## A\n\ny\n"),
    "a rule between paragraphs stays": ("x\n\n* * *\n\ny\n", "x\n\n---\n\ny\n"),
    "rules at the ends go": ("---\n\nx\n\n---\n", "x\n"),
    # --- boxes and shortcodes -----------------------------------------------------------------
    "Docusaurus": (":::tip[Slowly]\nRest.\n:::\n", "::: callout Slowly\nRest.\n:::\n"),
    "VuePress": ("::: warning\nRest.\n:::\n", "::: callout Warning\nRest.\n:::\n"),
    "MkDocs": ('!!! note "Slowly"\n    Rest.\n\n    More.\n', "::: callout Slowly\nRest.\n\nMore.\n:::\n"),
    "GitHub": ("> [!NOTE]\n> Rest.\n", "::: callout Note\nRest.\n:::\n"),
    "Hugo's pairs": ('{{< notice info >}}\nRest.\n{{< /notice >}}\n', "::: callout\nRest.\n:::\n"),
    "a figure of Hugo": (
        '{{< figure src="/a b.png" alt="Spines" caption="Grown" >}}\n',
        '![Spines](</a b.png> "Grown")\n',
    ),
    "a film": ("{{< youtube dQw4w9WgXcQ >}}\n", "<https://www.youtube.com/watch?v=dQw4w9WgXcQ>\n"),
    "a reference": ('[a]({{< ref "b.md#c" >}})\n', "[a](b.md#c)\n"),
    "a reference of Jekyll": ("[a]({% post_url 2026-01-05-b %})\n", "[a](2026-01-05-b)\n"),
    "Jekyll's base": ("[a]({{ site.baseurl }}/b)\n", "[a](/b)\n"),
    "Jekyll's base twice": ("[a]({{ site.url }}{{ site.baseurl }}/b)\n", "[a](/b)\n"),
    "attributes of Kramdown": ('*a*{: .x} and [b](https://b.example){:target="_blank"}, `c`{:.y}\n{: .lead}\n', "*a* and [b](https://b.example), `c`\n"),
    "an aside of Notion": ("<aside>\n💡 Rest.\n\n</aside>\n", "::: callout\n💡 Rest.\n:::\n"),
    "Jekyll's code": ("{% highlight py %}\nx = 1\n{% endhighlight %}\n", "```py\nx = 1\n```\n"),
    "an include goes": ("x\n\n{% include sign-up.html %}\n", "x\n"),
    "a component goes, its text stays": ("<Aside>\n\nRest.\n\n</Aside>\n", "Rest.\n"),
    "in code they stay": ("```\n{{< x >}} {% y %}\n```\n", "```\n{{< x >}} {% y %}\n```\n"),
    # --- HTML -----------------------------------------------------------------------------
    "a box with Markdown in it": ('<div class="note">\n\nRest **well**.\n\n</div>\n', "::: callout\nRest **well**.\n:::\n"),
    "a box that is a call": (
        f'<div class="cta">\n\n### Ready?\n\n{CALL}\n\n</div>\n',
        f"::: cta\nReady?\n\n{CALL}\n:::\n",
    ),
    "a wrapper goes": ('<div class="row">\n\nRest.\n\n</div>\n', "Rest.\n"),
    "a figure": (
        '<figure><img src="a.png" alt="A"><figcaption>Grown</figcaption></figure>\n',
        '![A](a.png "Grown")\n',
    ),
    "what unfolds stands open": (
        "<details><summary>Why?</summary>\n\nSo.\n\n</details>\n",
        "## Why?\n\nSo.\n",
    ),
    "a link in a line": ('x <a href="https://a.example/?b=1&amp;c">y *z*</a>\n', "x [y *z*](https://a.example/?b=1&c)\n"),
    "tags without a meaning": ("x <span class='a'>y</span> <b>z</b>\n", "x y **z**\n"),
    "sub and sup stay": ("H<sub>2</sub>O\n", "H<sub>2</sub>O\n"),
    "a break": ("x<br>y<br/>\n", "x\\\ny\n"),
    "a comment goes": ("x <!-- y --> z\n", "x  z\n"),
    # --- what Pressroom reads as its own ------------------------------------------------------
    "braces": ("Dear {{ first_name }}\n", "Dear \\{{ first_name }}\n"),
    "braces behind backslashes": ("\\\\{{ x }}\n", "\\\\\\{{ x }}\n"),
    "fences without an end": ("::: nothing\nx\n", "x\n"),
    "fences of other systems": ("a\n\n:::: {.columns}\n::: {.column width=\"50%\"}\nx\n:::\n::: {.column}\ny\n:::\n::::\n", "a\n\nx\n\ny\n"),
    "a title on a fence": (":::spoiler One day\nx\n:::\n\n:::details[Two]{open=true}\ny\n:::\n", "One day\n\nx\n\nTwo\n\ny\n"),
    "fences in lists and quotes": ("- ::: tabs\n  x\n  :::\n\n> ::: tabs\n> y\n> :::\n", "-\n  x\n\n> y\n"),
    "fences in code": ("```\n::: tabs\n```\n", "```\n::: tabs\n```\n"),
    "a box of Quarto": ("::: {.callout-note}\nx\n:::\n", "::: callout Note\nx\n:::\n"),
    "our own containers stay": ("::: only audience=clinicians\nx\n:::\n", "::: only audience=clinicians\nx\n:::\n"),
    "a footnote without a text": ("x[^1]\n", "x\\[^1]\n"),
    "a row that is too long": ("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n", "| a | b |\n|---|---|\n| 1 | 2 \\| 3 |\n"),
    "a script as an address": ("[x](javascript:alert(1))\n", "x\n"),
    "addresses stand inline": ("[x][1]\n\n[1]: https://a.example\n", "[x](https://a.example)\n"),
    # --- calls ----------------------------------------------------------------------------
    "a link alone that asks": (f"{SENTENCE}\n\n{CALL}\n\n{MORE}\n", f"{SENTENCE}\n\n::: cta\n{CALL}\n:::\n\n{MORE}\n"),
    "with an arrow, in bold": (
        f"{SENTENCE}\n\n**[Book a consultation →](https://clinic.example/book)**\n",
        f"{SENTENCE}\n\n::: cta\n[Book a consultation →](https://clinic.example/book)\n:::\n",
    ),
    "a question leads to it": (
        f"{SENTENCE}\n\nReady to begin?\n\n{CALL}\n",
        f"{SENTENCE}\n\n::: cta\nReady to begin? {CALL}\n:::\n",
    ),
    "a sentence at the end": (
        f"{SENTENCE}\n\n> If you wonder, {CALL}.\n",
        f"{SENTENCE}\n\n::: cta\nIf you wonder, {CALL}.\n:::\n",
    ),
    "a link in a text is none": (f"{SENTENCE} {CALL} {MORE}\n", f"{SENTENCE} {CALL} {MORE}\n"),
    "it stands once": (f"{SENTENCE}\n\n{CALL}\n\n{MORE}\n\n{CALL}\n", f"{SENTENCE}\n\n::: cta\n{CALL}\n:::\n\n{MORE}\n"),
    # --- around the text ------------------------------------------------------------------------
    "a table of contents": ("## Contents\n\n- [A](#a)\n- [B](#b)\n\n## A\n\nx\n", "## A\n\nx\n"),
    "its mark": ("[TOC]\n\n## A\n\nx\n", "## A\n\nx\n"),
    "a sign-up": (f"{SENTENCE}\n\n## Subscribe to our newsletter\n\nEvery week.\n", f"{SENTENCE}\n"),
    "copyright": (f"{SENTENCE}\n\n© 2026 The Clinic. All rights reserved.\n", f"{SENTENCE}\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), BODIES.values(), ids=BODIES)
def test_a_body_is_made_clean(before: str, after: str) -> None:
    assert clean(before).body == after


def test_what_goes_is_told_with_its_reason() -> None:
    draft = clean(
        f"## Contents\n\n- [A](#a)\n- [B](#b)\n\n{SENTENCE}\n\n{{% include x %}}\n\n{CALL}\n\n{CALL}\n"
    )
    assert reasons(draft) == {
        "table of contents",
        "a tag, which only its system understands (Liquid)",
        "repeated call to action",
    }
    assert [each.field for each in draft.inferred] == ["cta"]


# --- fields ----------------------------------------------------------------------------------


def test_a_title_that_the_body_repeats_is_dropped() -> None:
    draft = clean(f"# Why six  sessions?\n\n{SENTENCE}\n", title="Why six sessions")
    assert (draft.title, draft.alt_title, draft.body) == ("Why six sessions", "", f"{SENTENCE}\n")
    assert reasons(draft) == {"the title once more"}


def test_a_title_that_the_body_words_otherwise_is_the_other_headline() -> None:
    draft = clean(f"![A](a.png)\n\n# Six sessions, and why\n\n{SENTENCE}\n\n## Then\n\nx\n", title="Why six?")
    assert (draft.title, draft.alt_title) == ("Why six?", "Six sessions, and why")
    assert draft.body == f"![A](a.png)\n\n{SENTENCE}\n\n## Then\n\nx\n"


def test_the_first_heading_is_the_title_where_there_is_none() -> None:
    draft = clean(f"# *Why* six?\n\n{SENTENCE}\n")
    assert (draft.title, draft.alt_title, draft.body) == ("Why six?", "", f"{SENTENCE}\n")


def test_a_heading_below_text_is_no_title() -> None:
    draft = clean(f"{SENTENCE}\n\n# A part\n\nx\n", title="Why six?")
    assert (draft.alt_title, draft.body) == ("", f"{SENTENCE}\n\n## A part\n\nx\n")


def test_byline_dek_and_reading_time_above_the_text_are_in_the_head_already() -> None:
    body = (
        f"A short answer.\n\n*By Ada Example, Clinical editor · 5 January 2026*\n\n7 min read\n\n{SENTENCE}\n"
    )
    draft = clean(body, title="Why six?", dek="A short answer.")
    assert draft.body == f"{SENTENCE}\n"
    assert draft.authors == (Author("Ada Example", "Clinical editor"),)
    assert len(draft.left) == 3


def test_another_byline_stays() -> None:
    draft = clean(f"By Ben Sample\n\n{SENTENCE}\n", authors=(Author("Ada Example"),))
    assert draft.body == f"By Ben Sample\n\n{SENTENCE}\n"


def test_the_lead_image_is_not_shown_twice() -> None:
    draft = clean(
        f"![Spines](/a.png)\n\n{SENTENCE}\n", image="https://x.example/a.png", base="https://x.example/b"
    )
    assert (draft.body, draft.image_alt) == (f"{SENTENCE}\n", "Spines")


def test_the_caption_of_a_lead_image_that_goes_from_the_body_stays() -> None:
    shown = '![A pier](p.png "Photo: Jane Doe, *1911* &quot;A&quot;")'
    draft = clean(f"{shown}\n\n{SENTENCE}\n", image="p.png")
    assert draft.body == f'*Photo: Jane Doe, \\*1911\\* "A"*\n\n{SENTENCE}\n'
    assert [(each.text, each.reason) for each in draft.left] == [(shown, "the lead image once more")]


@pytest.mark.parametrize(
    "body",
    [
        f"{SENTENCE}\n\n> **Related:** [One](/one) and [Two](/two)\n",
        f"{SENTENCE}\n\nRead next: [One](/one), [Two](/two)\n",
        f"{SENTENCE}\n\n## Related articles\n\n- [One](/one)\n- [Two](/two)\n",
        f"> Related:\n> [One](/one)\n> [Two](/two)\n\n{SENTENCE}\n",
    ],
)
def test_pointers_to_other_pieces_become_related_articles(body: str) -> None:
    draft = clean(body)
    assert [(each.title, each.address) for each in draft.related] == [("One", "/one"), ("Two", "/two")]
    assert draft.body == f"{SENTENCE}\n"


def test_a_quote_that_says_more_than_its_link_stays() -> None:
    body = f"> Related: [One](/one) says that nothing of it is so.\n\n{SENTENCE}\n"
    assert (clean(body).related, clean(body).body) == ((), body)


@pytest.mark.parametrize(
    "end",
    [
        f"*{DISCLAIMER}*",
        f"*Disclaimer: {DISCLAIMER}*",
        f"**Medical disclaimer:** {DISCLAIMER}",
        f"## Disclaimer\n\n{DISCLAIMER}",
        f"> {DISCLAIMER}",
        f"---\n\n{DISCLAIMER}\n\n---",
    ],
)
def test_a_disclaimer_below_the_text_is_a_field(end: str) -> None:
    draft = clean(f"{SENTENCE}\n\n{MORE}\n\n{end}\n")
    assert (draft.disclaimer, draft.body) == (DISCLAIMER, f"{SENTENCE}\n\n{MORE}\n")


# --- any text ----------------------------------------------------------------------------------

PIECES = (
    *("# Title\n", "## H\n", "### H {#a}\n", "- a\n", "  - b\n", "1. x\n", "> q\n", "> [!NOTE]\n> x\n"),
    *(
        "```\ncode {{ x }}\n```\n",
        "    indented\n",
        "---\n",
        "***\n",
        "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n",
    ),
    *("[^1]: note\n", "[^1]", "[^2]", "{{ x }}", '{{< y z="1" >}}', "{{< /y >}}", "{% include a %}", ":::\n"),
    *("::: cta\n", ":::: note\n", "::: only audience=x\n", '<div class="cta">\n', "</div>\n", "<p>x</p>\n"),
    *("<b>bold</b>", "<br>", '<a href="https://x.example">l</a>', "[l](https://x.example/a)", "![i](a.png)"),
    *(
        "[l](javascript:x)",
        "![i][r]",
        "[r]: https://r.example\n",
        "**bold**",
        "*it*",
        "_u_",
        "`c`",
        "``",
        "text ",
    ),
    *(
        "word",
        "\n",
        "\n\n",
        " ",
        "\\",
        "<!-- c -->",
        "<script>x</script>",
        "Related: ",
        "Book a call",
        "[TOC]\n",
    ),
    *(
        "Disclaimer: not medical advice for educational purposes",
        "!!! note\n    x\n",
        "By Ada Example\n",
        "&amp;",
    ),
    *(
        "：：：only\n",
        "<span",
        "<details><summary>Q</summary>\n",
        "</details>\n",
        "<!--",
        "{:.x}\n",
        "\t",
        "| x\n",
    ),
    *("=\n", "- \n", "*", "_", "[", "]", "(", ")", "#", "~~~\n", ":"),
)


def proved(draft: Draft) -> Draft:
    """The draft as an import writes it: what no article can hold is plain text."""
    for _ in range(12):
        try:
            parse(draft.body)
        except PressroomError as error:
            line = next((each.line for each in error.errors if each.line), 1)
            draft = with_text_at(draft, line) or draft
    return draft


bodies = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=25).map("".join)

# Names of elements, containers and shortcodes, which are no words of a text.
MARKUP = re.compile(r"</?[a-zA-Z]\w*|class=|href=|!!! note|\[!NOTE\]|:{3,} ?\w*|[\"']cta[\"']")


@given(bodies)
@example("\\\\{{ x }}")
@example("<br># Title\n::: cta\n")
@example('<div class="cta">\n<br><div class="cta">\n# Title\n')
@example("![i][r][^1]: note\n<a href='https://x.example'>l</a>")
@tries(150)
def test_any_text_becomes_a_sound_body_and_loses_nothing(body: str) -> None:
    body = text_cleaned(body)
    if not body.strip():
        return
    try:
        draft = clean(body, title="Title")
    except PressroomError:  # what only looks like front matter
        return
    assert not re.search(r"^\W*?\\:::", draft.body, re.MULTILINE)  # a fence is never printed
    draft = proved(draft)
    assert parse(draft.body) is not None  # raises if an article cannot have it
    parts = [draft.body, draft.title, draft.alt_title, draft.disclaimer]
    parts += [f"{each.text} {each.reason}" for each in draft.left]
    parts += [f"{each.title} {each.address}" for each in draft.related]
    parts += [f"{each.name} {each.role}" for each in draft.authors]
    found = "".join(re.findall(r"[^\W_]+", html.unescape(" ".join(parts)).casefold()))
    words = re.findall(r"[^\W_]+", html.unescape(MARKUP.sub(" ", body)).casefold())
    assert [word for word in words if word not in found] == []


@given(st.text())
def test_the_words_of_any_markdown_can_be_read(text: str) -> None:
    assert "\n" not in readable(text)
