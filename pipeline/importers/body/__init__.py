"""What is done to every foreign text once it is Markdown, whatever form it came in."""
