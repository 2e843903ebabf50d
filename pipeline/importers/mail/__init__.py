"""Emails beneath the article: their parts, what was forwarded, their markup, and what mailings add."""
