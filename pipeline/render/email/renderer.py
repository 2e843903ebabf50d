"""A composed edition rendered as an email: HTML, text part and MJML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.compose import Composer
from pipeline.config.i18n import Messages, load_messages
from pipeline.content.email_forms import break_words
from pipeline.content.medium import Medium, for_audience
from pipeline.model import (
    ComposedArticle,
    ComposedEdition,
    EmailPart,
    Image,
    Layout,
    Publication,
    RenderedEmail,
    ThemeSettings,
)
from pipeline.render.email.content_styles import read_styles
from pipeline.render.email.content_tokens import (
    ContentHtml,
    as_html,
    check_counts,
    fill_mjml,
    mark_safe,
    print_token,
    printed_values,
)
from pipeline.render.email.email_context import EmailContext, grouped_items
from pipeline.render.email.email_view import email_view, has_thumbnails
from pipeline.render.email.link_parameters import LinkTagger
from pipeline.render.email.mjml import compile_layout
from pipeline.render.email.mjml_lint import annotate
from pipeline.render.email.part_sizes import part_sizes
from pipeline.render.email.text_part import email_text
from pipeline.render.email.theme_values import theme_view
from pipeline.support import merge
from pipeline.support.templating import WEB, Markup, TemplateOptions, Templates

# `fixed` is for words of the theme itself, which mrml must see as they are.
EMAIL = TemplateOptions(annotate, print_token, {"safe": mark_safe, "fixed": Markup})


@dataclass(frozen=True, slots=True)
class EmailRenderer:
    """Renders the emails of one publication. Every command makes its emails by this one way.

    `target` is what they are rendered for, which the parameters of `[links]` may name.
    """

    publication: Publication
    templates: Templates
    logo: Image | None = None
    target: str = "bundle"

    @classmethod
    def for_composer(cls, composer: Composer, target: str = "bundle") -> EmailRenderer:
        """Make the renderer of the workspace whose editions are composed."""
        return cls(composer.publication, composer.workspace.templates, composer.logo(), target)

    def render(self, edition: ComposedEdition) -> RenderedEmail:
        """Render an edition.

        Raises `PressroomError` for a mistake in the theme, with file and line.
        """
        publication = self.publication
        messages, styles = _theme(self.templates, publication.theme, publication.language)
        links = LinkTagger(publication, edition.issue.number, self.target)
        context = EmailContext(links.edition(edition), publication, messages, styles, links)
        template = self.templates.environment(EMAIL).get_template("email/issue.mjml.j2")
        with printed_values() as values:
            marked = template.render(
                email=email_view(context, self.logo),
                theme=theme_view(publication.theme, publication.language),
                words=messages.phrases,
            )
        layout = compile_layout(marked, publication.theme.colors.text)
        content = frozenset(n for n, value in enumerate(values) if isinstance(value, ContentHtml))
        check_counts(layout.mjml, layout.html, len(values), content)
        written = [as_html(value) for value in values]
        # Content has its breaks already.
        texts = [
            written[number] if inside or number in content else break_words(written[number])
            for number, inside in layout.html.slots
        ]
        return RenderedEmail(
            audience=edition.audience,
            subject=edition.subject,
            preview_text=edition.preview_text,
            html=merge.html(layout.html.fill(texts)),
            text=email_text(context),
            mjml=fill_mjml(layout.mjml, written),
            images=_images(edition, self.logo, publication.theme),
            reason=context.reason,
            parts=_parts(edition, part_sizes(layout.html, values, texts)),
            plain_addresses=links.plain,
        )


@lru_cache(maxsize=8)
def _theme(templates: Templates, theme: ThemeSettings, language: str) -> tuple[Messages, Mapping[str, str]]:
    """Load what is the same for all issues: the theme's messages and the inline styles of content."""
    name = "email/content.css.j2"
    css = templates.environment(WEB).get_template(name).render(theme=theme_view(theme, language))
    template = templates.find(name)
    return load_messages(templates, language), read_styles(css, template[1] if template else name)


def _parts(edition: ComposedEdition, sizes: Mapping[int, int]) -> tuple[EmailPart, ...]:
    """Name the sizes of the parts: theme, letter, then each article and each group of links by its title."""
    names = ["theme", "letter"]
    for section in edition.sections:
        for each in grouped_items(section):
            if isinstance(each, list):
                names.append(f"{section.title}, {len(each)} link{'' if len(each) == 1 else 's'}")
            else:
                names.append(each[0].article.title)
    return tuple(EmailPart(name, sizes.get(number, 0)) for number, name in enumerate(names))


def _images(edition: ComposedEdition, logo: Image | None, theme: ThemeSettings) -> tuple[Image, ...]:
    """List the images that the email shows, each once, in reading order."""
    letter = for_audience(edition.letter, Medium.EMAIL, edition.audience)
    shown = [logo, letter.lead, *letter.images]
    for section in edition.sections:
        thumbnails = has_thumbnails(section, theme)
        for article, asked in section.items:
            layout = article.in_layout(asked)
            if layout is Layout.CARD and theme.card_pictures:
                shown.append(article.content.thumbnail if thumbnails else article.content.lead)
            if layout is Layout.FULL:
                shown.append(article.content.lead)
                shown += for_audience(article.content, Medium.EMAIL, edition.audience).images
                if edition.issue.show.authors and isinstance(article, ComposedArticle):
                    shown += article.portraits.values()
    return tuple({image.name: image for image in shown if image}.values())
