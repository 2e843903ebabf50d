"""The preview: a local web page that shows an issue as its readers will see it, while it is written."""
