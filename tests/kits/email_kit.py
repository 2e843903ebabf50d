"""Composed editions as values, for the tests of the email: no files, no parsing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import model_kit
from model_kit import element, paragraph, prose

from pipeline.model import (
    Article,
    Author,
    Block,
    BlockKind,
    ComposedArticle,
    ComposedEdition,
    Content,
    FeedIdentity,
    Image,
    Issue,
    Layout,
    MergeField,
    Place,
    Publication,
    RenderedEmail,
    Section,
)
from pipeline.render.email.renderer import EmailRenderer
from pipeline.support import merge
from pipeline.support.templating import Templates

PUBLICATION = replace(
    model_kit.PUBLICATION,
    postal_address="Synapse\n12 Gower Mews\nLondon WC1E 6DP",
    tagline="Letters on the brain, mood and their treatment",
)
FEED_IDENTITY = FeedIdentity(
    "tag:synapse.example,2026:1", datetime(2026, 2, 1, 9, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
)
TEMPLATES = Templates()


def image(
    name: str = "drop", alt: str = "A drop falling on a dendrite", size: tuple[int, int] = (1600, 900)
) -> Image:
    url = f"https://synapse.example/news/images/{name}.png"
    return Image(f"{name}.png", f"issues/{name}.png", url, alt, *size, "image/png", 9, "0" * 64)


EVERY_BLOCK = (
    prose(
        paragraph("Glutamate is at work in ", element("strong", "nine of ten"), " synapses."),
        element("h2", "What happens"),
        element("ul", element("li", "Within hours"), element("li", "Within a day")),
        element("blockquote", paragraph("Too rigid.")),
    ),
    Block(BlockKind.CALLOUT, title="In plain words", blocks=(prose(paragraph("A window opens.")),)),
    Block(
        BlockKind.CTA,
        blocks=(prose(paragraph("Prepare the first talk.")),),
        link_text=("Get the checklist",),
        link_url="https://synapse.example/checklist?a=1&b=2",
    ),
    Block(BlockKind.SPONSOR, title="Lumen Journals", blocks=(prose(paragraph("A quiet notebook.")),)),
    Block(BlockKind.ONLY, title="clinicians", blocks=(prose(paragraph("For clinicians alone.")),)),
    Block(BlockKind.WEB_ONLY, blocks=(prose(paragraph("On the web alone.")),)),
    Block(BlockKind.EMAIL_ONLY, blocks=(prose(paragraph("In the email alone.")),)),
)


def article(
    slug: str = "glutamate-switch",
    title: str = "The glutamate switch",
    dek: str = "The transmitter that does most of the work.",
    blocks: tuple[Block, ...] = EVERY_BLOCK,
    lead: Image | None = None,
    url: str | None = "",
    link: str | None = None,
    related: tuple[str, ...] = (),
) -> ComposedArticle:
    """An article; its page is made from the slug unless `url` is None."""
    source = Article(
        slug=slug,
        title=title,
        date=datetime(2026, 1, 8, tzinfo=UTC),
        tags=("ketamine",),
        body_line=1,
        place=Place(f"issues/articles/{slug}.md"),
        digest="sha256:0",
        dek=dek,
        authors=(Author("The editors", "Synapse"),),
        link=link,
        related=related,
    )
    page = f"https://synapse.example/news/articles/{slug}/" if url == "" else url
    content = Content(blocks, images=(), lead=lead, thumbnail=lead, words=900, minutes=4)
    return ComposedArticle(source, content, FEED_IDENTITY, page, (), ("012-the-plastic-brain",))


def edition(
    *sections: tuple[str, tuple[tuple[ComposedArticle, Layout], ...]],
    title: str = "The plastic brain",
    subject: str = "The plastic brain",
    preview_text: str = "A newer account of depression: a network grown rigid.",
    letter: tuple[Block, ...] = (prose(paragraph("Hello ", MergeField("first_name", "there"), ",")),),
    disclaimers: tuple[str, ...] = ("Information, not medical advice.",),
    url: str | None = "https://synapse.example/news/issues/012-the-plastic-brain/",
) -> ComposedEdition:
    if not sections:
        sections = (
            (
                "Research",
                (
                    (article(lead=image(), related=("bdnf",)), Layout.FULL),
                    (article("bdnf", "BDNF", lead=image("bdnf")), Layout.CARD),
                    (article("integration", "The days after"), Layout.CARD),
                ),
            ),
            ("In brief", ((article("spravato", "Esketamine"), Layout.BRIEF),)),
        )
    issue = Issue(
        12,
        "012-the-plastic-brain",
        title,
        datetime(2026, 2, 1, 9, tzinfo=UTC),
        Place("issues/012-the-plastic-brain/issue.md"),
        "",
        1,
        (),
    )
    return ComposedEdition(
        issue=issue,
        audience="everyone",
        letter=Content(letter),
        sections=tuple(Section(name, articles) for name, articles in sections),
        feed_identity=FEED_IDENTITY,
        url=url,
        subject=merge.text(subject),
        preview_text=merge.text(preview_text),
        summary=preview_text,
        disclaimers=disclaimers,
        minutes=9,
    )


def render(
    one: ComposedEdition | None = None,
    publication: Publication = PUBLICATION,
    templates: Templates = TEMPLATES,
    logo: Image | None = None,
) -> RenderedEmail:
    return EmailRenderer(publication, templates, logo).render(one or edition())


def theme(folder: Path, **files: str) -> Templates:
    """A workspace's `templates/` with these files; `__` in a name stands for `/`, `_` for `.`."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/").replace("_", ".") + ".j2")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Templates(folder)
