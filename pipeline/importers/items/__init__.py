"""The items of a feed, whatever its format, on their way to drafts."""
