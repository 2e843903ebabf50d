"""A publication of odd texts, to be read by programs that are not ours: markup in titles, scripts and hosts.

    python tests/kits/odd_publication.py FOLDER --issues 500

writes one of any length to look at by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workspace_kit import WorkspaceRunner, article, issue, png

from pipeline.workspace import open_workspace

BASE_URL = "https://xn--bcher-kva.example/z%C3%A9it"
"""`base_url` as feeds and pages write it."""

SETTINGS = """\
title = "Zeit & <b>Geist</b> ]]>"
description = "Was <i>Bücher</i> & Menschen sagen. 🧠"
base_url = "https://bücher.example/zéit"
language = "de"
timezone = "Europe/Berlin"
sender = "Zeit <zeit@example.org>"
postal_address = "Straße 1, Köln"
unsubscribe_url = "https://example.org/u?to={{ email }}"

[theme]
logo = "issues/images/logo.png"
logo_alt = "Zeit & <Geist>"

[[audiences]]
name = "leser"
title = "Leser & <Freunde>"
public = true

[[audiences]]
name = "kliniker"
title = "Kliniker"

[[sections]]
title = "Alles & <mehr>"
tags = { any = ["all"] }
layout = "full"
"""

TITLES = (
    "A <b>bold</b> & <script>alert(1)</script> claim",
    "]]> ends <![CDATA[ what begins",
    'המוח הגמיש: "שלום" & <b>עולם</b>',
    "الدماغ المرن، والمزيد",
    "可塑的大脑与《神经科学》",
    "脳は、変わる。",
    "Astral: 🧠 𝕏 👩\u200d⚕️ 𠮷野家",
    "&amp; &lt;b&gt; &#x41; {{ twice }} 'quoted' \"words\"",
    "C, C++ and C#; {% x %} \\u{a0} %20",
    "שלום (mixed) 漢字 e\u0301 \u2067x\u2069",
)
TAGS = ("C", "C++", "C#", "סרט", "大脑", "a & <b>", "été, hiver")
FIRST = datetime(2016, 1, 7, tzinfo=UTC)


def write_odd_publication(workspace: WorkspaceRunner, issues: int) -> None:
    """Write and freeze a publication with so many issues of two articles, and build its site."""
    workspace.write(
        {"newsletter.toml": SETTINGS, "issues/images/logo.png": png(300, 120), **_sources(issues)}
    )
    opened = open_workspace(workspace.root)
    for each in opened.issues:
        # As `pressroom assemble` does one by one.
        opened.assembler.write(each, opened.assembler.freeze(each, each.date)[1])
    workspace.ok("build", "--now", "2030-01-01")


def _sources(issues: int) -> Mapping[str, str | bytes]:
    files: dict[str, str | bytes] = {}
    for number in range(1, issues + 1):
        date = f"{FIRST + timedelta(days=7 * number):%Y-%m-%d}"
        slugs = [f"piece-{number}-{place}" for place in (1, 2)]
        for place, slug in enumerate(slugs):
            turn = 2 * number + place
            title = TITLES[turn % len(TITLES)]
            more = {"authors": _quoted(["Ada <Lovelace> & Söhne", "عدي"][: 1 + turn % 2])}
            if turn % 5 == 0:
                more["link"] = "https://bücher.example/päge?q=ä&b=<c>"
            if turn % 3 == 0:
                more |= {"image": "lead.png", "image_alt": _quoted(f"Bild & <{title}>")}
                files[f"issues/articles/{slug}/lead.png"] = png(640, 320)
            path = f"issues/articles/{slug}/index.md" if "image" in more else f"issues/articles/{slug}.md"
            tags = _quoted(["all", TAGS[turn % len(TAGS)]])
            text = (
                f"{title.translate({ord(each): f'&#{ord(each)};' for each in '<>&{}[]%'})}[^1]\n\n"
                "## Überschrift & <em>Rohes</em>\n\n| a | b |\n|---|---|\n| `]]>` | 2 |\n\n"
                "```html\n<b>]]></b> &amp;\n```\n\n"
                "::: only audience=leser\nNur für Leser.\n:::\n\n[^1]: Eine Note mit [Link](https://bücher.example/é).\n"
            )
            if turn % 4 == 0:
                text += "\n::: audio https://bücher.example/tön.mp3\ntitle: Ton & <Laut>\nbytes: 1234567\nminutes: 3\n:::\n"
            files[path] = article(_quoted(title), date, tags, text, **more)
        sections = _quoted([{"title": "Alles & <mehr>", "pin": slugs}])
        files[f"issues/{number:03}-ausgabe/issue.md"] = issue(
            number,
            _quoted(TITLES[number % len(TITLES)]),
            date,
            "Liebe {{ first_name | Leserin }}, schön, dass Sie da sind. Ein Brief & <b>mehr</b>.",
            f"audience: [everyone, leser, kliniker]\nsections: {sections}\n",
        )
    return files


def _quoted(value: object) -> str:
    """A text or a list as YAML has it too."""
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Write one to a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issues", type=int, default=3)
    options = parser.parse_args()
    write_odd_publication(WorkspaceRunner(options.folder), options.issues)


if __name__ == "__main__":
    main()
