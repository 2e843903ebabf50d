"""What receivers will think of the domain that a publication sends from, a file a subject."""
