"""Deliver: a frozen issue to each of its recipients, and a ledger of what became of each message."""
