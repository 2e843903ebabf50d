"""Office documents beneath the text: packages, properties, and what stands beside the article."""
