"""Limits, measures and file names that several rooms share, each with its source."""

from __future__ import annotations

SETTINGS_FILE = "newsletter.toml"
"""The settings of a publication. Commands find the workspace by this file."""

ISSUE_FILE = "issue.md"
"""An issue: front matter and the letter, in a folder of its own below issues/."""

YEARS = range(1900, 2200)
"""Years that a date may have: email and RSS have none before 1900 (RFC 5322, section 3.3), and one that is so
far ahead is a slip of the hand."""

# --- the email -------------------------------------------------------------------------------

GMAIL_CLIP = 102_400
"""Bytes of HTML above which Gmail cuts an email off, the unsubscribe link first.

Measured by many; Google publishes no figure. The larger of the decoded and the transfer-encoded size counts.
"""

SIZE_WARNING = 80 * 1024
"""Bytes of HTML from which one more article may be too much for `GMAIL_CLIP`."""

TRACKED_LINK = 120
"""Bytes by which a service's tracking lengthens each link: an allowance, since services do not say."""

EMAIL_WIDTH = 600
"""Width of an email in CSS pixels: what reading panes of desktop clients show without scrolling."""

EMAIL_GUTTER = 32
"""Space at both sides of an email, in CSS pixels."""

THUMBNAIL_WIDTH = 168
"""Width of the image beside a card's text, in CSS pixels."""

PORTRAIT_WIDTH = 96
"""Width and height of a person's photo, in CSS pixels."""

BYLINE_WIDTH = 40
"""Width and height of an author's picture in the byline, in CSS pixels."""

PHONE_WIDTH = 320
"""Width of the narrowest phone in use, in CSS pixels."""

TALLEST_IMAGE = 1728
"""Height in CSS pixels at which Outlook on Windows cuts an image: Word's 24 inches of 72 points."""

STYLE_CHARACTERS = 16_384
"""Characters of all style elements together, above which Gmail drops every one (measured by many)."""

ONE_IMAGE = 1_000_000
ALL_IMAGES = 2_000_000
"""Bytes of one image and of all images together: a phone loads them over the air. A convention."""

TAP_HEIGHT = 44
"""Height of a button in CSS pixels that a finger hits (WCAG 2.2, 2.5.5)."""

PREVIEW_TEXT = (40, 90)
"""Fewest and most characters of the preview text that the inbox lists of common clients show."""

TEXT_COLUMNS = 72
"""Width of the plain-text part. A convention: a reply that quotes it with `> ` still fits 80 columns."""

LONG_ISSUE = 10
"""Minutes of reading from which an issue of several articles lists them at its head. A convention."""

# --- the message -----------------------------------------------------------------------------

LINE_OCTETS = 998
"""Longest line of a message without its CRLF (RFC 5322, section 2.1.1)."""

ENCODED_LINE = 76
"""Longest line of quoted-printable and base64 (RFC 2045, sections 6.7 and 6.8)."""

# --- feeds -----------------------------------------------------------------------------------

FEED_BYTES = 1_000_000
"""Bytes above which a feed passes its older items on to its archive: some readers refuse larger ones."""

# --- sending ---------------------------------------------------------------------------------

MOST_CONNECTIONS = 50
"""Connections to one mail server: what postfix takes of one client (smtpd_client_connection_count_limit)."""
