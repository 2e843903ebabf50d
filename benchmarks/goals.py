"""What was asked for: a limit for each figure, absolute or against a peer of the same run."""

from __future__ import annotations

from dataclasses import dataclass

from measure import Samples

UNITS = {"wall": "s", "cpu": "CPU s", "mib": "MiB", "times": "×"}


@dataclass(frozen=True)
class Goal:
    """At most `most` for a figure of what was measured with so many issues.

    With a `peer`, it is the ratio of the processor's time; with `than_issues`, the ratio to the same
    figure with that number of issues.
    """

    title: str
    what: str
    issues: int
    most: float
    figure: str = "cpu"
    peer: str = ""
    than_issues: int = 0

    def reached(self, samples: Samples) -> float | None:
        """Return the figure, or None if the run has not measured it."""
        if self.peer:
            return samples.ratio(self.what, self.issues, self.peer)
        figure = samples.median(self.what, self.issues, self.figure)
        if not self.than_issues:
            return figure
        other = samples.median(self.what, self.than_issues, self.figure)
        return figure / other if figure and other else None

    def show(self, value: float) -> str:
        """Return a value with its unit, in at most three digits."""
        number = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
        if self.peer:
            return f"{number} × {self.peer}"
        if self.than_issues:
            return f"{number} × that of {self.than_issues}"
        return f"{number} {UNITS[self.figure]}"


GOALS = (
    *(
        Goal("Preview: from a save to the finished email", "preview: save to email", issues, 0.15, "wall")
        for issues in (10, 100, 1000)
    ),
    Goal("Build, nothing changed", "build, nothing changed", 1000, 0.02, peer="Hugo"),
    Goal("Build of one issue, an article changed", "build N, one article changed", 1000, 0.08, peer="Hugo"),
    Goal("Build of all, an article changed", "build, one article changed", 1000, 0.12, peer="Hugo"),
    Goal("Cold build, emails alone", "build 1 2 3 …, cold", 1000, 2, peer="Hugo"),
    Goal("Cold build of all", "build, cold", 1000, 5, peer="Hugo"),
    Goal("Cold build of all, memory", "build, cold", 1000, 250, "mib"),
    Goal("Cold build of all, memory", "build, cold", 3000, 1.3, "mib", than_issues=100),
    Goal("Size of output against sources", "size of output", 1000, 12, "times"),
    Goal("Freezing all issues", "assemble --all", 1000, 3),
    Goal("Feeds alone, cold", "feed, cold", 1000, 12),
    Goal("Feeds alone, cold, memory", "feed, cold", 1000, 150, "mib"),
    *(Goal(f"`{what}`", what, 1000, 0.3) for what in ("status", "plan N", "build N", "export N")),
    Goal("Check of all issues, cold", "check, cold", 100, 6),
    Goal("Check of one issue of twelve, cold", "check 1, cold", 1, 0.5, "wall"),
    Goal("One issue of twelve, cold", "build 1, cold", 1, 0.4, peer="Nunjucks + mjml"),
    Goal("One issue of twelve, cold", "build 1, cold", 1, 2, peer="Hugo"),
    Goal("Size of the email against npm mjml's", "size of the email", 1, 0.9, "times"),
    Goal("`pressroom --help`", "pressroom --help", 1, 1.1, peer="hugo version"),
    Goal("RSS of 10,000 entries", "pressroom: rss", 1, 1.2, peer="feedgen: rss"),
    Goal("Atom of 10,000 entries", "pressroom: atom", 1, 1.2, peer="feedgen: atom"),
)
