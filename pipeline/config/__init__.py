"""Settings that editors write: newsletter.toml, themes, sections, front matter, translations."""
