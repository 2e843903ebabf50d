"""An edition as an email: the theme, the text part and the message."""
