"""Examples for the rules on images."""

import io
from dataclasses import replace

from check_kit import BODY, CHART, Case, Example
from PIL import Image as Pillow
from workspace_kit import article, png

from pipeline.checks.context import CheckContext

ALT = 'alt="A bar chart: seven in ten improved within a day"'
CAPTION = "A bar chart: seven in ten improved within a day"


def weighing(size: int) -> Case:
    """The sound issue with an image of so many bytes."""

    def change(subject: CheckContext) -> CheckContext:
        return replace(subject, image_sizes=dict.fromkeys(subject.image_sizes, size))

    return Case(change=change)


def many(count: int, size: int) -> Case:
    """The sound issue with so many images of so many bytes each."""
    sizes = {f"https://synapse.example/news/images/{n}.png": size for n in range(count)}
    return Case(change=lambda subject: replace(subject, image_sizes=sizes))


def of_type(media_type: str) -> Case:
    """The sound issue with an image of another format."""

    def change(subject: CheckContext) -> CheckContext:
        images = tuple(replace(image, media_type=media_type) for image in subject.rendered.images)
        return replace(subject, rendered=replace(subject.rendered, images=images))

    return Case(change=change)


def captioned(caption: str) -> Case:
    """The sound issue with a caption below the chart."""
    return Case(
        html=("The trial counted", f"<figure><img {ALT}><figcaption>{caption}</figcaption></figure>The")
    )


def drawing(color: str) -> bytes:
    """A bar in a colour on a transparent ground."""
    picture = Pillow.new("RGBA", (1072, 536))
    picture.paste(color, (200, 100, 400, 536))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def only(body: str) -> Case:
    """An article without a dek."""
    return Case(files={"issues/articles/glutamate-switch.md": article("A chart", body=body)})


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
    "IMG015": Example(only("![](chart.png)"), only("![](chart.png)\n\nSeven in ten improved.")),
    "IMG004": Example(Case(html=('width="536"', 'width="100%"')), Case(html=('width="536"', 'width="600"'))),
    "IMG005": Example(
        Case(html=("display:block;border:0", "border:0")),
        # An icon among words stands on their line.
        Case(
            html=(
                "The trial counted",
                'The <img src="https://synapse.example/i.png" alt="" width="16" height="16"> trial counted',
            )
        ),
    ),
    "IMG006": Example(
        Case(html=("height:auto;font-size:16px", "height:auto;font-size:9px")),
        Case(html=("height:auto;font-size:16px", "height:auto;font-size:14px")),
    ),
    "IMG007": Example(Case(files={CHART: png(600, 300)}), Case(files={CHART: png(1072, 536)})),
    "IMG016": Example(Case(files={CHART: drawing("#14508c")}), Case(files={CHART: drawing("#7cc9c1")})),
    "IMG008": Example(of_type("image/webp"), of_type("image/jpeg")),
    "IMG009": Example(
        Case(html=('src="https://synapse.example', 'src="')),
        Case(html=('src="https://synapse.example', 'src="HTTPS://synapse.example')),
    ),
    "IMG010": Example(
        Case(html=('height="268"', 'height="1729"')), Case(html=('height="268"', 'height="1728"'))
    ),
    "IMG011": Example(weighing(1_000_001), weighing(1_000_000)),
    "IMG012": Example(many(3, 700_000), many(2, 1_000_000)),
    "IMG013": Example(
        Case(html=(ALT, f'alt="{"A chart. " * 30}"')), Case(html=(ALT, f'alt="{"A chart. " * 25}"'))
    ),
    "IMG014": Example(captioned(f"{CAPTION}."), captioned("Source: the trial's report")),
}
