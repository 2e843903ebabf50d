"""Render editions and articles as email, web pages and feeds."""
