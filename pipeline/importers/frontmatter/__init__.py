"""The front matter of content systems: finding it, reading it, and what its keys mean here."""
