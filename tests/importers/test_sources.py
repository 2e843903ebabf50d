"""Sources of each form as they are imported: each has beside it the article and the report that it becomes.

After a wanted change, look at the new files and accept them:
`PRESSROOM_ACCEPT=1 python -m pytest tests/importers/test_sources.py`
"""

from __future__ import annotations

from pathlib import Path

import pytest
from import_kit import SOURCES, SOURCES_FOLDER, assert_accepted, draft_report, material_of, source_id

from pipeline.importers.forms import importer_for

FORMS = {
    "text": ("text", 10),
    "markdown": ("markdown", 10),
    "html": ("html", 5),
    "message": ("message", 5),
    "feed": ("feed", 5),
    "docx": ("docx", 3),
}


@pytest.mark.parametrize("source", SOURCES, ids=source_id)
def test_a_source_becomes_the_accepted_article(source: Path) -> None:
    material = material_of(source)
    drafts = importer_for(material).read(material)
    report = "\n".join(draft_report(draft) for draft in drafts)
    assert_accepted(report, source.with_name(f"{source.name}.expected.md"))


@pytest.mark.parametrize("folder", FORMS)
def test_each_form_has_its_sources_and_is_recognized(folder: str) -> None:
    form, least = FORMS[folder]
    sources = [source for source in SOURCES if source.is_relative_to(SOURCES_FOLDER / folder)]
    assert len(sources) >= least
    assert {importer_for(material_of(source)).NAME for source in sources} == {form}
