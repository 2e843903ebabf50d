"""MJML's elements: the attributes of each, and the elements it may contain.

From the documentation of MJML 4.18 (https://documentation.mjml.io/) and its validator's tables.
`mj-include`, `mj-html-attributes` and `mj-selector` are left out, because mrml does not do what MJML
documents for them.
"""

from __future__ import annotations

from pipeline.content.sanitize import names

_PADDING = "padding padding-bottom padding-left padding-right padding-top"
_BORDER = "border border-bottom border-left border-radius border-right border-top"
_CELL = f"align container-background-color {_PADDING}"
_FONT = "color font-family font-size font-style font-weight letter-spacing line-height"
_TEXT = f"{_FONT} text-decoration text-transform"
_LINK = "href name rel target title"
_BACKGROUND = (
    "background-color background-position background-position-x background-position-y "
    "background-repeat background-size background-url"
)
_SECTION = f"{_BACKGROUND} {_BORDER} {_PADDING} direction full-width text-align text-padding"
_ICON = (
    "icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url icon-width "
    "icon-wrapped-alt icon-wrapped-url"
)
_INNER = "inner-padding inner-padding-bottom inner-padding-left inner-padding-right inner-padding-top"

_ATTRIBUTES = {
    "mjml": "lang dir owa",
    "mj-head": "",
    "mj-attributes": "",
    "mj-breakpoint": "width",
    "mj-font": "href name",
    "mj-preview": "",
    "mj-style": "",
    "mj-title": "",
    "mj-raw": "position",
    "mj-body": "background-color width",
    "mj-wrapper": f"{_SECTION} gap",
    "mj-section": _SECTION,
    "mj-group": "background-color direction vertical-align width",
    "mj-column": f"background-color {_BORDER} {_PADDING} direction inner-background-color inner-border "
    "inner-border-bottom inner-border-left inner-border-radius inner-border-right inner-border-top "
    "vertical-align width",
    "mj-hero": f"background-color background-height background-position background-url background-width "
    f"border-radius container-background-color height inner-background-color {_INNER} mode {_PADDING} "
    "vertical-align",
    "mj-text": f"{_CELL} {_TEXT} background-color height vertical-align",
    "mj-button": f"{_CELL} {_BORDER} {_TEXT} {_LINK} background-color height inner-padding text-align "
    "vertical-align width",
    "mj-image": f"{_CELL} {_BORDER} {_LINK} alt fluid-on-mobile font-size height max-height sizes src "
    "srcset usemap width",
    "mj-divider": f"{_CELL} border-color border-style border-width width",
    "mj-spacer": f"{_CELL} border border-bottom border-left border-right border-top height",
    "mj-table": f"{_CELL} border cellpadding cellspacing color font-family font-size font-weight "
    "line-height role table-layout vertical-align width",
    "mj-social": f"{_CELL} border-radius color font-family font-size font-style font-weight icon-height "
    "icon-padding icon-size inner-padding line-height mode table-layout text-decoration text-padding "
    "vertical-align",
    "mj-social-element": f"align alt background-color border-radius color font-family font-size "
    f"font-style font-weight {_LINK} icon-height icon-padding icon-position icon-size line-height "
    f"{_PADDING} sizes src srcset text-decoration text-padding vertical-align",
    "mj-navbar": f"align base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size "
    "ico-line-height ico-open ico-padding ico-padding-bottom ico-padding-left ico-padding-right "
    f"ico-padding-top ico-text-decoration ico-text-transform {_PADDING}",
    "mj-navbar-link": f"{_TEXT} {_LINK} {_PADDING}",
    "mj-accordion": f"border container-background-color font-family {_ICON} {_PADDING}",
    "mj-accordion-element": f"background-color border font-family {_ICON}",
    "mj-accordion-title": f"background-color color font-family font-size font-weight {_PADDING}",
    "mj-accordion-text": f"background-color color font-family font-size font-weight letter-spacing "
    f"line-height {_PADDING}",
    "mj-carousel": f"{_CELL} border-radius icon-width left-icon right-icon tb-border tb-border-radius "
    "tb-hover-border-color tb-selected-border-color tb-width thumbnails",
    "mj-carousel-image": "alt border-radius href rel src target tb-border tb-border-radius "
    "thumbnails-src title",
}

_EVERYWHERE = names("css-class mj-class")
_PLAIN = names("mjml mj-head mj-attributes mj-breakpoint mj-font mj-preview mj-style mj-title")

ATTRIBUTES: dict[str, frozenset[str]] = {
    name: names(attributes) | (frozenset() if name in _PLAIN else _EVERYWHERE)
    for name, attributes in _ATTRIBUTES.items()
}
_ALL = frozenset().union(*(ATTRIBUTES[name] for name in ATTRIBUTES if name not in _PLAIN))
ATTRIBUTES["mj-all"] = _ALL
ATTRIBUTES["mj-class"] = _ALL | {"name"}

_PIECES = (
    "mj-accordion mj-button mj-carousel mj-divider mj-image mj-navbar mj-raw mj-social mj-spacer "
    "mj-table mj-text"
)

CHILDREN: dict[str, frozenset[str]] = {
    name: names(children)
    for name, children in {
        "mjml": "mj-head mj-body mj-raw",
        "mj-head": "mj-attributes mj-breakpoint mj-font mj-preview mj-raw mj-style mj-title",
        "mj-attributes": " ".join(ATTRIBUTES),
        "mj-body": "mj-hero mj-raw mj-section mj-wrapper",
        "mj-wrapper": "mj-hero mj-raw mj-section",
        "mj-section": "mj-column mj-group mj-raw",
        "mj-group": "mj-column mj-raw",
        "mj-column": _PIECES,
        "mj-hero": _PIECES,
        "mj-social": "mj-raw mj-social-element",
        "mj-navbar": "mj-navbar-link mj-raw",
        "mj-accordion": "mj-accordion-element mj-raw",
        "mj-accordion-element": "mj-accordion-text mj-accordion-title mj-raw",
        "mj-carousel": "mj-carousel-image",
    }.items()
}
"""What each element that contains other elements of MJML may contain. The rest contain HTML or nothing."""

CONTAIN_HTML = names(
    "mj-accordion-text mj-accordion-title mj-button mj-navbar-link mj-preview mj-raw mj-social-element "
    "mj-style mj-table mj-text mj-title"
)

FREE = names("alt dir href lang name rel src srcset title")
"""Attributes that may contain an editor's text; mrml reads the others as sizes, colours and keywords."""

VOID = names("area base br col embed hr img input link meta source track wbr")
"""HTML elements without an end tag (HTML Living Standard, 13.1.2)."""
