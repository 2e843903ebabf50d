"""Examples for the rules on `no_tracking`."""

from check_kit import BODY, Case, Example

PROMISE = "no_tracking = true"
LINK = "https://journal.example/review"


def linked(url: str, settings: str = PROMISE) -> Case:
    """An article whose link leads elsewhere."""
    return Case(body=BODY.replace(LINK, url), settings=settings)


def pictured(image: str, settings: str = PROMISE) -> Case:
    """An email with one more picture."""
    return Case(html=("</body>", f"{image}</body>"), settings=settings)


EXAMPLES = {
    "TRACK001": Example(
        pictured('<img src="https://pixel.example/o.gif" width="1" height="1" alt="">'),
        pictured('<img src="https://pixel.example/o.gif" width="600" height="1" alt="">'),
    ),
    "TRACK002": Example(
        linked("https://u1.ct.sendgrid.net/ls/click?upn=x&to=https%3A%2F%2Fjournal.example%2F"),
        linked("https://journal.example/google.com/url?to=review"),
    ),
    "TRACK003": Example(linked(f"{LINK}?who={{{{ email }}}}"), linked(f"{LINK}?who={{{{ email }}}}", "")),
    "TRACK004": Example(
        Case(settings=f'{PROMISE}\nlinks = {{ parameters = {{ utm_source = "letter" }} }}'),
        Case(settings=PROMISE),
    ),
}
