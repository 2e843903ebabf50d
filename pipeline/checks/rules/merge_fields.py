"""Rules on merge fields, and on what is meant for other readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.checks.context import CheckContext
from pipeline.checks.passages import passages_of, words
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.rules.inbox import unfilled
from pipeline.checks.source_places import SourceText
from pipeline.model import Block, BlockKind, Content, Element, MergeField, Node, Place, Severity
from pipeline.support import merge

_FEWEST = 4
"""Words that a passage must have to be recognised: fewer may stand anywhere by chance."""

_NUMBERS = re.compile(r"\[\^?\d+\]")
_MACHINE = re.compile(r"<style\b.*?</style>|<script\b.*?</script>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
# `*|FNAME|*` is emphasis to Markdown, which leaves the bars.
_DIALECTS = re.compile(
    r"\*\|[A-Z_:]+\|\*|(?-i:\|[A-Z]{4,}[A-Z_:]*\|)|%recipient\.\w+%|%%[\w-]+%%|\{\$\w+\}|<%[=-]?\s*\w+[^%]*%>|\[\[?(?:first_?name|fname)\]\]?"
    r"|%(?:FIRSTNAME|FNAME|UNSUBSCRIBE\w*)%|\{(?:first_?name|name)\}",
    re.IGNORECASE,
)


def no_fallback(subject: CheckContext) -> Iterator[Violation]:
    """A hole in a sentence, for readers whose name is not known."""
    known: set[str] = set()
    for written in subject.writings:
        for field, line in _fields(written.content, written.first_line):
            known.add(field.name)
            if unfilled(field):
                yield Violation(
                    f"`{{{{ {field.name} }}}}` in {written.what} has no fallback.", written.place(line)
                )
    for what, whole in (("HTML", subject.rendered.html), ("text part", subject.rendered.text)):
        for field in merge.fields_in(whole):
            if unfilled(field) and field.name not in known:
                known.add(field.name)
                place = subject.places.of_theme(field.name) or subject.at()
                yield Violation(f"`{{{{ {field.name} }}}}` in the {what} has no fallback.", place)


def _fields(content: Content, line: int) -> Iterator[tuple[MergeField, int]]:
    yield from _in_blocks(content.blocks, line)
    for note in content.footnotes:
        yield from _in_nodes(note, line)


def _in_blocks(blocks: Iterable[Block], line: int) -> Iterator[tuple[MergeField, int]]:
    for block in blocks:
        line = block.line or line
        yield from _in_nodes((*block.nodes, *block.link_text), line)
        yield from _in_blocks(block.blocks, line)


def _in_nodes(nodes: Iterable[Node], line: int) -> Iterator[tuple[MergeField, int]]:
    for node in nodes:
        if isinstance(node, MergeField):
            yield node, line
        elif isinstance(node, Element):
            yield from _in_nodes(node.children, node.line or line)


def broken(subject: CheckContext) -> Iterator[Violation]:
    """Braces that are no field any more: no target would replace them."""
    html = _MACHINE.sub(lambda found: "\n" * found[0].count("\n"), subject.rendered.html)
    names = {*merge.BUILT_IN_FIELDS, *subject.publication.merge_fields}
    for what, whole, ending in (
        ("HTML", html, ".html"),
        ("text part", subject.rendered.text, ".txt"),
        ("subject", subject.rendered.subject, ""),
        ("preview text", subject.rendered.preview_text, ""),
    ):
        path = f"build/issues/{subject.edition.folder}/email{ending}"
        for field in merge.fields_in(whole):
            if field.name not in names:
                place = subject.places.of_theme(field.name) or Place(path) if ending else subject.places.issue
                yield Violation(f'no merge field is named "{field.name}", and the {what} has it.', place)
        rest = merge.fill(whole.replace(merge.LITERAL, ""), lambda _: "")
        if found := re.search(r"\{\{[^{}\n]{0,30}", rest):
            line = rest.count("\n", 0, found.start()) + 1
            place = Place(path, line) if ending else subject.places.issue
            yield Violation(f'"{found[0].strip()}" in the {what} is no merge field.', place)


def other_dialect(subject: CheckContext) -> Iterator[Violation]:
    """A field as some service writes it. Readers see it as it stands, unless that service sends."""
    for passage in subject.passages:
        for found in _DIALECTS.finditer(passage.text):
            yield Violation(f'"{found[0]}" is how one service writes a field.', passage.place(found.start()))


# --- other audiences -------------------------------------------------------------------------


def private_text(subject: CheckContext) -> Iterator[Violation]:
    """Passages of `::: only` for others, wherever they may have come in."""
    edition = subject.edition
    whole = f" {' '.join(words(' '.join(run.text for run in subject.runs)))} "
    line = f" {' '.join(words(f'{subject.rendered.subject} {subject.rendered.preview_text}'))} "
    text = f" {' '.join(words(_NUMBERS.sub(' ', subject.rendered.text)))} "
    # A field of the front matter may be where it leaked to.
    own = {words(each.text) for each in subject.passages if each.tag}
    sources = [(edition.letter, subject.places.issue.path, edition.issue.letter_line)]
    sources += [(each.content, each.article.place.path, each.article.body_line) for each in edition.articles]
    for content, path, first in sources:
        for block in _for_others(content.blocks, edition.audience):
            hidden = SourceText(block.title, path, block.line or first, Content(block.blocks))
            for passage in passages_of(hidden):
                said = words(passage.text)
                if len(said) < _FEWEST or said in own:
                    continue
                where = [
                    name
                    for name, shown in (
                        ("the HTML", whole),
                        ("the text part", text),
                        ("the inbox line", line),
                    )
                    if f" {' '.join(said)} " in shown
                ]
                if where:
                    yield Violation(
                        f'text for "{block.title}" only stands in {" and ".join(where)} of the edition '
                        f'for "{edition.audience}".',
                        passage.place(),
                    )


def _for_others(blocks: Iterable[Block], audience: str) -> Iterator[Block]:
    for block in blocks:
        if block.kind is BlockKind.ONLY and block.title != audience:
            yield block
        else:
            yield from _for_others(block.blocks, audience)


def private_article(subject: CheckContext) -> Iterator[Violation]:
    """An article for others."""
    edition = subject.edition
    for composed in edition.articles:
        article = composed.article
        if article.audience and edition.audience not in article.audience:
            yield Violation(
                f'"{article.title}" is for {" and ".join(article.audience)}, and stands in the edition '
                f'for "{edition.audience}".',
                subject.places.of_article(article.slug, "audience"),
            )


RULES = (
    Rule(
        "MERGE001",
        Severity.WARNING,
        "A merge field has no fallback",
        "Readers whose name you do not know see a hole in the sentence.",
        "Write `{{ first_name | there }}`, or give a fallback under [merge_fields] in newsletter.toml.",
        "docs/merge-fields.md",
        no_fallback,
    ),
    Rule(
        "MERGE002",
        Severity.ERROR,
        "A merge field is broken",
        "No target replaces it: readers see its braces.",
        r"Mend the template that prints it; braces that are meant are written `\{{` in content.",
        "docs/merge-fields.md",
        broken,
    ),
    Rule(
        "MERGE003",
        Severity.WARNING,
        "A merge field is written as one service writes it",
        "Readers see its signs, on the web and from any other service.",
        "Write `{{ first_name | there }}`: each target gets its own form of it.",
        "docs/merge-fields.md",
        other_dialect,
    ),
    Rule(
        "AUD001",
        Severity.ERROR,
        "Text for one audience stands in another's edition",
        "Readers see what was not meant for them.",
        "Put it into `::: only`, or take it out of the template or the field that repeats it.",
        "docs/assembling.md#editions",
        private_text,
    ),
    Rule(
        "AUD002",
        Severity.ERROR,
        "An article for one audience stands in another's edition",
        "Readers see what was not meant for them.",
        "Choose anew: pressroom assemble NUMBER --update",
        "docs/assembling.md#editions",
        private_article,
    ),
)
