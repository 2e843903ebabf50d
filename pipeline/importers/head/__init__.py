"""The front matter of content systems: where it stands, how it reads, and what its keys mean here."""
