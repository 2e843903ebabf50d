"""The editor's desk: a page on loopback that shows an issue as its readers will, while it is written."""
