"""Image files: decoded, resized, stripped of metadata, drawn, and named by their content."""
