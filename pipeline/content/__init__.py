"""Markdown to one safe tree of blocks, and from it HTML for email, web and feeds, and plain text."""
