"""An edition as an email: HTML from the theme, text part, and MIME message."""
