"""Examples for the rules on images."""

from check_kit import BODY, Case, Example

ALT = 'alt="A bar chart: seven in ten improved within a day"'

EXAMPLES = {
    "IMG001": Example(Case(html=(f" {ALT}", "")), Case(html=(ALT, 'alt=""'))),
    "IMG002": Example(
        Case(body=BODY.replace("A bar chart: seven in ten improved within a day", "chart.png")),
        Case(body=BODY.replace("A bar chart: seven in ten improved within a day", "A chart as PNG")),
    ),
    "IMG003": Example(
        Case(
            html=(f"{ALT}", 'alt=""'),
            body="[![A bar chart: seven in ten improved within a day](chart.png)](https://journal.example/)",
        ),
        Case(body="[![A bar chart](chart.png)](https://journal.example/)"),
    ),
}
