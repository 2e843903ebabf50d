"""What every room uses: files, addresses on the web, HTTP, processes, templates, merge fields, recipients."""
