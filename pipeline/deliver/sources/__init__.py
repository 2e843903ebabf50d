"""Sources of recipients, one file a kind: CSV, JSON Lines, SQLite, PostgreSQL.

Each is a function that yields the rows one by one, so that memory does not grow with the list.
"""
