"""What editors set: newsletter.toml, themes, sections, front matter, typed fields, translations."""
