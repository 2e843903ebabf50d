"""The rules that check an issue before it is sent: each a small function, in an ordered list.

`rules/` has the rules, `context.py` what they look at, and `runner.py` runs them.
"""
