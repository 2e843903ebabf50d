"""Changes to the plan in an issue.md, which the preview makes, with undo."""
