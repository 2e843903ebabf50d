"""Draw how time and memory grow with the number of issues, as an SVG for a light and a dark page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from measure import Samples

SERIES = (
    ("build, cold", "Pressroom: all", "own"),
    ("build 1 2 3 …, cold", "emails alone", "own"),
    ("build, one article changed", "an article changed", "own"),
    ("preview: save to email", "preview of a save", "own"),
    ("build, nothing changed", "nothing changed", "own"),
    ("Hugo", "Hugo", "hugo"),
    ("Eleventy", "Eleventy", "eleventy"),
)
MEMORY = ("build, cold", "Hugo", "Eleventy")
STYLE = """
svg { font: 13px system-ui, sans-serif; }
.page { fill: #ffffff; } text { fill: #1f2328; } .grid { --color: #d9dde2; }
.own { --color: #0a6bd6; } .hugo { --color: #c2410c; } .eleventy { --color: #6b7280; }
path { fill: none; stroke: var(--color); stroke-width: 2; } path.grid { stroke-width: 1; }
circle { fill: var(--color); }
.title { font-weight: 600; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; } text { fill: #e6edf3; } .grid { --color: #30363d; }
  .own { --color: #58a6ff; } .hugo { --color: #ff9b5e; } .eleventy { --color: #9ca3af; }
}
"""
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 330, 400, 56, 48, 50
LABELS, LINE = 150, 17
"""Room for the names right of a panel, and the least distance between two of them."""

Curve = tuple[str, str, Sequence[tuple[int, float]]]


def draw_growth(samples: Samples) -> str:
    """Draw two panels on logarithmic scales: seconds of processor, and memory in MiB."""
    panels = (
        ("CPU seconds", list(_curves(samples, "cpu", [what for what, _, _ in SERIES]))),
        ("Memory at its highest, MiB", list(_curves(samples, "mib", MEMORY))),
    )
    step = LEFT + WIDTH + LABELS
    drawn = "".join(
        f'<g transform="translate({position * step + LEFT},{TOP})">{"".join(_panel(title, curves))}</g>\n'
        for position, (title, curves) in enumerate(panels)
        if curves
    )
    width, height = 2 * step, TOP + HEIGHT + BOTTOM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">\n'
        f"<title>Time and memory by the number of issues</title><style>{STYLE}</style>\n"
        f'<rect class="page" width="{width}" height="{height}"/>\n{drawn}</svg>\n'
    )


def _curves(samples: Samples, figure: str, names: Sequence[str]) -> Iterator[Curve]:
    sizes = sorted({issues for _, issues in samples.rows if issues > 1})
    for what, label, kind in SERIES:
        values = [(issues, samples.median(what, issues, figure)) for issues in sizes]
        points = [(issues, value) for issues, value in values if value]
        if what in names and points:
            yield label, kind, points


def _panel(title: str, curves: Sequence[Curve]) -> Iterator[str]:
    yield f'<text class="title" y="-18">{title}</text>'
    sizes = sorted({issues for _, _, points in curves for issues, _ in points})
    values = [value for _, _, points in curves for _, value in points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(sizes[0]), math.log10(max(sizes[-1], sizes[0] + 1))

    def x(issues: int) -> float:
        return round((math.log10(issues) - first) / (last - first) * WIDTH, 1)

    def y(value: float) -> float:
        return round(HEIGHT - (math.log10(value) - low) / max(1, high - low) * HEIGHT, 1)

    for power in range(low, high + 1):
        level = y(10.0**power)
        yield f'<path class="grid" d="M0 {level}H{WIDTH}"/>'
        yield f'<text x="-8" y="{level + 4}" text-anchor="end">{10.0**power:,g}</text>'
    for issues in sizes:
        yield f'<text x="{x(issues)}" y="{HEIGHT + 20}" text-anchor="middle">{issues:,}</text>'
    yield f'<text x="{WIDTH / 2}" y="{HEIGHT + 40}" text-anchor="middle">issues of ten articles</text>'
    below = math.inf
    for label, kind, points in sorted(curves, key=lambda curve: curve[2][-1][1]):
        places = [(x(issues), y(value)) for issues, value in points]
        line = " ".join(f"{across} {down}" for across, down in places)
        yield f'<path class="{kind}" d="M{line}"/>'
        yield from (f'<circle class="{kind}" cx="{across}" cy="{down}" r="3.5"/>' for across, down in places)
        below = min(places[-1][1], below - LINE)  # the names lie from the bottom to the top
        yield f'<text x="{places[-1][0] + 10}" y="{below + 4}">{escape(label)}</text>'
