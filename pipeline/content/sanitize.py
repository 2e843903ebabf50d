"""Sanitises HTML: only the elements, attributes and URL schemes listed here remain.

The only module that imports nh3, which parses by the HTML standard, as a reader's client does. An element
that is not listed is replaced by its text; an attribute that is not listed is removed.
"""

from __future__ import annotations

import nh3

from pipeline.support.urls import SCHEMES


def names(text: str) -> frozenset[str]:
    """The element names in a text, separated by spaces."""
    return frozenset(text.split())


BOXES = names("address article aside center details div fieldset footer form header main nav section summary")
"""Elements that only group: kept at first, so that the tree can separate their texts."""

ELEMENTS = names(
    "a abbr b bdi bdo blockquote br caption cite code dd del dfn dl dt em figcaption figure h1 h2 h3 h4 "
    "h5 h6 hr i img ins kbd li ol p pre s samp small span strong sub sup table tbody td tfoot th thead "
    "tr u ul var"
)
"""Elements allowed in an article's text; `h1` is kept at first, to be reported as a mistake."""

RAW_TEXT = names("iframe noembed noframes noscript plaintext script style textarea title xmp")
"""Elements in which a parser reads text only, up to their end tag (HTML Standard, section 13.2.5)."""

REMOVED_WHOLE = RAW_TEXT | names("applet audio canvas embed math object select svg template video")
"""Elements that are removed with their text."""

KNOWN = (
    ELEMENTS
    | BOXES
    | REMOVED_WHOLE
    | names(
        "acronym area base basefont bgsound big blink body button center col colgroup data "
        "datalist dialog dir font frame frameset head hgroup html image input keygen label legend "
        "link listing map mark marquee menu menuitem meta meter nobr optgroup option output param "
        "picture progress q rb rp rt rtc ruby search selectedcontent slot source spacer strike "
        "time track tt wbr"
    )
)
"""All elements that HTML has or had; of those that are not allowed, the text remains."""

LINE = "data-line"
FIELD = "data-field"
FOOTNOTE = "data-note"

ATTRIBUTES = {
    "*": {LINE, "lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "img": {"src", "alt", "title"},
    "li": {"value"},
    "ol": {"start"},
    "span": {FIELD},
    "sup": {FOOTNOTE},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
"""Attributes allowed on an element (`*`: on any); those that begin with `data-` are the parser's own."""

_cleaner = nh3.Cleaner(
    tags=set(ELEMENTS | BOXES),
    clean_content_tags=set(REMOVED_WHOLE),
    attributes=ATTRIBUTES,
    url_schemes=set(SCHEMES),
    link_rel=None,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """Any HTML as well-formed HTML of allowed elements and attributes only.

    Relative addresses are kept. The result is serialised by the HTML standard (section 13.3), on which
    `tree` relies.
    """
    return _cleaner.clean(html)
