"""Examples for the rules on links."""

from dataclasses import replace

from check_kit import BODY, Case, Example

REVIEW = "https://journal.example/review"
LINK = f"[a review of its effects]({REVIEW})"


def to(url: str, text: str = "a review of its effects", **more: str) -> Case:
    """The sound issue with its one link leading elsewhere."""
    return Case(body=BODY.replace(LINK, f"[{text}](<{url}>)"), **more)  # type: ignore[arg-type]


def saying(text: str, language: str = "en-GB") -> Case:
    """The sound issue with its one link reading otherwise."""

    def change(subject):  # type: ignore[no-untyped-def]
        return replace(subject, publication=replace(subject.publication, language=language))

    return Case(body=BODY.replace(LINK, f"[{text}]({REVIEW})"), change=change)


def before(url: str) -> Case:
    """The sound issue after one that linked this address."""
    return Case(change=lambda subject: replace(subject, linked={url: ["000-the-first"]}))


HREF = f'href="{REVIEW}"'


def real(url: str) -> Case:
    """A publication at a host of its own, with a link to this address."""
    case = to(url)

    def change(subject):  # type: ignore[no-untyped-def]
        return replace(
            subject, publication=replace(subject.publication, base_url="https://synapse-letters.org")
        )

    return replace(case, change=change)


EXAMPLES = {
    "LINK003": Example(Case(html=(HREF, 'href="#"')), Case(html=(HREF, 'href="{{ web_url }}"'))),
    "LINK004": Example(Case(html=(HREF, 'href="#measured"')), to(f"{REVIEW}#measured")),
    "LINK005": Example(Case(html=(HREF, 'href="/review"')), to("https://journal.example/a/../review")),
    "LINK006": Example(
        Case(html=(HREF, 'href="javascript:alert(1)"')), Case(html=(HREF, 'href="tel:+44-800-123"'))
    ),
    "LINK007": Example(to("http://journal.example/review"), to("mailto:letters@synapse.example")),
    "LINK008": Example(to("https://bit.ly/3xYz"), to("https://habit.ly/review")),
    # A publication under a reserved name is itself an example.
    "LINK009": Example(real("https://www.example.com/"), to("https://journal.example/")),
    "LINK010": Example(to(f"{REVIEW}?id=7&utm_source=x"), to(f"{REVIEW}?id=7&utmost=x")),
    "LINK011": Example(to(f"{REVIEW}?{'a' * 2000}"), to(f"{REVIEW}?{'a' * 200}")),
    "LINK012": Example(
        to("https://wiki.example/Mercury_(planet"), to("https://wiki.example/Mercury_(planet)")
    ),
    "LINK013": Example(
        Case(body=f"{BODY}\nSee [it]({REVIEW}) again."), Case(body=f"{BODY}\nSee [it]({REVIEW}/2) again.")
    ),
    "LINK014": Example(before(REVIEW), before("https://synapse.example/news/articles/glutamate-switch/")),
    "LINK015": Example(
        Case(html=(">a review of its effects<", "> <")),
        Case(html=(">a review of its effects<", '><img src="https://a.example/i.png" alt="A review"><')),
    ),
    "LINK016": Example(saying("Read more…"), saying("more of its effects")),
    "LINK017": Example(
        to("https://elsewhere.example/", "https://journal.example/review"),
        to("https://www.journal.example/review?id=7", "journal.example/review"),
    ),
    "LINK018": Example(
        Case(body=f"{BODY}\n[A review of its effects](https://other.example/) came."),
        Case(body=f"{BODY}\n[A review of its effects]({REVIEW}/) came."),
    ),
    "LINK020": Example(
        Case(settings='[links.parameters]\nutm_source = "letter"'),
        Case(settings='[links]\nadd_to = "all"'),
    ),
}
