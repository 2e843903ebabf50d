"""Changes to an issue's plan, made in the preview and written into its `issue.md`, with undo."""
