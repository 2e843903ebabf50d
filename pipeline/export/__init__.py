"""Exports finished editions: as plain files, as a message, or for a service and as a draft there."""
