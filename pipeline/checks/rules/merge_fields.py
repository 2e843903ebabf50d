"""Rules on merge fields, and on text that is meant for other readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.page_text import words
from pipeline.checks.rule import Violation, rule
from pipeline.checks.rules.inbox import may_be_empty
from pipeline.checks.rules.links import place_of
from pipeline.checks.source_text import SourceText, text_passages
from pipeline.model import Block, BlockKind, Content, MergeField, Place, Severity
from pipeline.support import merge

_FEWEST_WORDS = 4
"""Words that a passage needs to be recognised: fewer may occur anywhere by chance."""

_FOOTNOTE_NUMBERS = re.compile(r"\[\^?\d+\]")
_NOT_SHOWN = re.compile(r"<style\b.*?</style>|<script\b.*?</script>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
# `*|FNAME|*` is emphasis to Markdown, which leaves the bars.
_DIALECTS = re.compile(
    r"\*\|[A-Z_:]+\|\*|(?-i:\|[A-Z]{4,}[A-Z_:]*\|)|%recipient\.\w+%|%%[\w-]+%%|\{\$\w+\}|<%[=-]?\s*\w+[^%]*%>"
    r"|\[\[?(?:first_?name|fname)\]\]?|%(?:FIRSTNAME|FNAME|UNSUBSCRIBE\w*)%|\{(?:first_?name|name)\}",
    re.IGNORECASE,
)


@rule(
    "MERGE001",
    Severity.WARNING,
    "A merge field has no fallback",
    source="docs/merge-fields.md",
    remedy="Write `{{ first_name | there }}`, or set a fallback under [merge_fields] in newsletter.toml.",
)
def no_fallback(context: CheckContext) -> Iterator[Violation]:
    """Readers whose name you do not know see a hole in the sentence."""
    known: set[str] = set()
    for source in context.shown_texts:
        for node, line in source.nodes:
            if isinstance(node, MergeField):
                known.add(node.name)
                if may_be_empty(node):
                    message = f"`{{{{ {node.name} }}}}` in {source.what} has no fallback."
                    yield Violation(message, source.place(line))
    for what, whole in (("HTML", context.rendered.html), ("text part", context.rendered.text)):
        for field in whole.fields:
            if may_be_empty(field) and not field.encoded and field.name not in known:
                place = context.places.of_theme(field.name) or context.built()
                message = f"`{{{{ {field.name} }}}}` in the {what} has no fallback."
                yield Violation(message, place, about=field.name)


@rule(
    "MERGE002",
    Severity.ERROR,
    "A merge field is broken",
    source="docs/merge-fields.md",
    remedy=r"Correct the template that prints it. In content, write braces that you mean as `\{{`.",
)
def broken(context: CheckContext) -> Iterator[Violation]:
    """No target replaces it: readers see its braces."""
    page, rendered = context.built(), context.rendered.html
    html = merge.marked(rendered)
    names = {*merge.BUILT_IN_FIELDS, *context.publication.merge_fields}
    if "{{" not in html and all(field.name in names for field in rendered.fields):
        return
    html = _NOT_SHOWN.sub(lambda match: "\n" * match[0].count("\n"), html)
    for field in merge.html(html).fields:
        if field.name not in names:
            place = context.places.of_theme(field.name) or page
            yield Violation(f'no merge field is named "{field.name}", and the HTML has it.', place)
    before, braces, after = html.partition("{{")
    if braces:
        broken_field = braces + re.split(r"[{}\n]", after[:30])[0]
        place = Place(page.path, before.count("\n") + 1)
        yield Violation(f'"{broken_field.strip()}" in the HTML is not a merge field.', place)


@rule(
    "MERGE003",
    Severity.WARNING,
    "A merge field is written as one service writes it",
    source="docs/merge-fields.md",
    remedy="Write `{{ first_name | there }}`: each target gets its own form of it.",
)
def other_dialect(context: CheckContext) -> Iterator[Violation]:
    """Readers see its signs, on the web and from any other service; an address leads elsewhere."""
    for passage in context.passages:
        for match in _DIALECTS.finditer(passage.text):
            yield Violation(f'"{match[0]}" is how one service writes a field.', passage.place(match.start()))
    for link in context.links:
        # So a browser copies an address with a field.
        if "%7b%7b" in link.url.lower():
            yield Violation(f'"%7B%7B" in {link.url} begins no merge field.', place_of(context, link.url))


# --- other audiences -------------------------------------------------------------------------


@rule(
    "AUD001",
    Severity.ERROR,
    "Text for one audience is in another's edition",
    source="docs/assembling.md#editions",
    remedy="Put it into `::: only`, or take it out of the template or the field that repeats it.",
)
def private_text(context: CheckContext) -> Iterator[Violation]:
    """Readers see what was not meant for them."""
    edition, rendered = context.edition, context.rendered
    sources = [(edition.letter, context.places.issue.path, edition.issue.letter_line)]
    sources += [(each.content, each.article.place.path, each.article.body_line) for each in edition.articles]
    hidden = [
        (block.title, passage)
        for content, path, first_line in sources
        for block in _for_others(content.blocks, edition.audience)
        for passage in text_passages(
            SourceText(block.title, path, block.line or first_line, Content(block.blocks))
        )
    ]
    if not hidden:
        return
    shown = {
        "the HTML": " ".join(run.text for run in context.runs),
        "the text part": _FOOTNOTE_NUMBERS.sub(" ", rendered.text),
        "the inbox line": f"{rendered.subject} {rendered.preview_text}",
    }
    shown = {name: f" {' '.join(words(text))} " for name, text in shown.items()}
    # The same words may be meant for this audience too; a field may be where they leaked to.
    own = {words(each.text) for each in context.passages if each.tag}
    for audience, passage in hidden:
        hidden_words = words(passage.text)
        if len(hidden_words) < _FEWEST_WORDS or hidden_words in own:
            continue
        needle = f" {' '.join(hidden_words)} "
        if where := [name for name, text in shown.items() if needle in text]:
            yield Violation(
                f'text for "{audience}" only is in {" and ".join(where)} of the edition '
                f'for "{edition.audience}".',
                passage.place(),
            )


def _for_others(blocks: Iterable[Block], audience: str) -> Iterator[Block]:
    for block in blocks:
        if block.kind is BlockKind.ONLY and block.title != audience:
            yield block
        else:
            yield from _for_others(block.blocks, audience)


@rule(
    "AUD002",
    Severity.ERROR,
    "An article for one audience is in another's edition",
    source="docs/assembling.md#editions",
    remedy="Select again: pressroom assemble NUMBER --update",
)
def private_article(context: CheckContext) -> Iterator[Violation]:
    """Readers see what was not meant for them."""
    audience = context.edition.audience
    for composed in context.edition.articles:
        article = composed.article
        if article.audience and audience not in article.audience:
            yield Violation(
                f'"{article.title}" is for {" and ".join(article.audience)}, and is in the edition '
                f'for "{audience}".',
                context.places.of_article(article.slug, "audience"),
            )
