"""The bytes of each part of an email, which are known from one rendering."""

from __future__ import annotations

from dataclasses import replace

import pytest
from email_kit import PUBLICATION, article, edition, render
from workspace_kit import WorkspaceRunner
from workspace_kit import article as article_file

from pipeline.config.themes import read_theme, theme_names
from pipeline.model import Layout
from pipeline.render.email.renderer import EmailRenderer
from pipeline.support.templating import Templates


@pytest.mark.parametrize("theme", theme_names(None))
def test_the_parts_are_all_the_bytes_of_the_email(theme: str) -> None:
    publication = replace(PUBLICATION, theme=read_theme(theme, None, []))
    email = render(publication=publication, templates=Templates(None, theme))
    assert sum(part.size for part in email.parts) == len(email.html.encode())
    assert [part.what for part in email.parts][:2] == ["theme", "letter"]
    assert all(part.size > 0 for part in email.parts)


def test_a_longer_text_makes_its_own_part_larger_and_no_other() -> None:
    def sizes(dek: str, title: str = "Two") -> dict[str, int]:
        one = (article(slug="one", title="One"), Layout.CARD)
        two = (article(slug="two", title=title, dek=dek), Layout.CARD)
        return {part.what: part.size for part in render(edition(("A", (one, two)))).parts}

    short, long = sizes("Short."), sizes("Short." + " é" * 500)
    assert long.pop("Two") == short.pop("Two") + 1500
    assert long == short


def test_a_check_renders_each_edition_once(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    render_once = EmailRenderer.render

    def counted(self: EmailRenderer, edition: object) -> object:
        rendered.append(edition.audience)  # type: ignore[attr-defined]
        return render_once(self, edition)  # type: ignore[arg-type]

    monkeypatch.setattr(EmailRenderer, "render", counted)
    workspace.write(
        {
            **{f"issues/articles/a{n}.md": article_file(f"Article {n}") for n in range(5)},
            "issues/001-the-plastic-brain/issue.md": workspace.read(
                "issues/001-the-plastic-brain/issue.md"
            ).replace("title:", "audience: [everyone, clinicians]\ntitle:"),
        }
    )
    workspace.run("check", "1")
    assert rendered == ["everyone", "clinicians"]
    rendered.clear()
    workspace.ok("assemble", "1")
    workspace.run("export", "1", "--audience", "clinicians", "--force")
    assert rendered == ["clinicians"]
    rendered.clear()
    workspace.run("test", "1", "--to", "me@example.org")
    assert rendered == ["everyone"]
    rendered.clear()
    workspace.write(
        {
            "newsletter.toml": workspace.read("newsletter.toml") + "\n[approval]\nrequired = 1\n",
            "readers.csv": "email\nada@example.org\n",
        }
    )
    workspace.run("send", "1", "--to", str(workspace.root / "readers.csv"), "--plan")
    assert rendered == ["everyone", "clinicians"]
