"""What every room uses: files, URLs, HTTP, processes, templates, merge fields."""
