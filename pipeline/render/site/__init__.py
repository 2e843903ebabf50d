"""The web edition: static pages that any host can serve."""
