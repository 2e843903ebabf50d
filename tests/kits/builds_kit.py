"""The golden and the sample publication, built once and shared by the tests that only read them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from workspace_kit import ROOT, WorkspaceRunner

GOLDEN = ROOT / "tests" / "golden" / "workspace"
GOLDEN_URL = "https://golden.example/letter"
SAMPLE_URL = "https://synapse.example/news"


def copy_golden(folder: Path) -> WorkspaceRunner:
    """A copy of the golden workspace, neither frozen nor built."""
    shutil.copytree(GOLDEN, folder)
    return WorkspaceRunner(folder)


@dataclass
class Builds:
    """Builds below `folder`, each made when it is first asked for. Whoever writes takes a copy."""

    folder: Path
    kept: dict[object, WorkspaceRunner] = field(default_factory=dict)

    def golden(
        self, theme: str = "default", language: str = "en-GB", base_url: str = GOLDEN_URL, logo: bool = True
    ) -> WorkspaceRunner:
        key = theme, language, base_url, logo
        if key not in self.kept:
            workspace = self.kept[key] = copy_golden(self.folder / f"golden-{len(self.kept)}")
            settings = workspace.read("newsletter.toml")
            for old, new in (
                ('language = "en-GB"', f'language = "{language}"'),
                (GOLDEN_URL, base_url),
                ("[theme]\n", f'[theme]\nname = "{theme}"\n'),
            ):
                assert old in settings
                settings = settings.replace(old, new)
            if not logo:
                settings = re.sub("(?m)^logo.*\n", "", settings)
            workspace.write({"newsletter.toml": settings})
            workspace.ok("assemble", "1", "--now", "2026-02-01")
            workspace.ok("build", "--now", "2026-02-02")
        return self.kept[key]

    def sample(self) -> WorkspaceRunner:
        """The publication that the repository is."""
        if "sample" not in self.kept:
            workspace = self.kept["sample"] = WorkspaceRunner(self.folder / "sample")
            shutil.copytree(ROOT / "issues", workspace.root / "issues")
            workspace.write({"newsletter.toml": (ROOT / "newsletter.toml").read_text(encoding="utf-8")})
            workspace.ok("build", "--now", "2026-04-01")
        return self.kept["sample"]
