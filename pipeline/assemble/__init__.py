"""Choosing: which articles an issue carries, in which order, and the lock that freezes them."""
