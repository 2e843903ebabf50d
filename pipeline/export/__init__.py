"""Finished editions as what a service or a mail program takes."""
