"""Untrusted HTML in, allow-listed HTML out. nh3 is wrapped here and nowhere else.

nh3 parses by the HTML standard, as a browser does, so that what is read here is what a reader's
client would read. Whatever the lists below do not name is dropped: elements to their text,
attributes wholly.
"""

from __future__ import annotations

import nh3


def names(text: str) -> frozenset[str]:
    """The element names in a text, parted by spaces."""
    return frozenset(text.split())


BOXES = names("address article aside center details div fieldset footer form header main nav section summary")
"""Elements that only group: let through so that the tree can part their texts from each other."""

ELEMENTS = names(
    "a abbr b bdi bdo blockquote br caption cite code dd del dfn dl dt em figcaption figure h1 h2 h3 h4 "
    "h5 h6 hr i img ins kbd li ol p pre s samp small span strong sub sup table tbody td tfoot th thead "
    "tr u ul var"
)
"""Elements that an article's text may hold; `h1` is let through to be named as a mistake."""

_REMOVED_WHOLE = names(
    "applet audio canvas embed frameset iframe math noembed noframes noscript object script select "
    "style svg template textarea title video"
)

LINE = "data-line"
FIELD = "data-field"
NOTE = "data-note"

ATTRIBUTES = {
    "*": {LINE, "lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "img": {"src", "alt", "title"},
    "li": {"value"},
    "ol": {"start"},
    "span": {FIELD},
    "sup": {NOTE},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
"""Attributes that an element may have, `*` being any; those that begin with `data-` are the parser's own."""

SCHEMES = frozenset({"http", "https", "mailto"})
"""The kinds of addresses that may stand in content."""

_cleaner = nh3.Cleaner(
    tags=set(ELEMENTS | BOXES),
    clean_content_tags=set(_REMOVED_WHOLE),
    attributes=ATTRIBUTES,
    url_schemes=set(SCHEMES),
    link_rel=None,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """Well-formed HTML of allowed elements and attributes only, from any HTML.

    Relative addresses stay as they are. The result is in the serialisation of the HTML standard
    (section 13.3), on which `tree` relies.
    """
    return _cleaner.clean(html)
