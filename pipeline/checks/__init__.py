"""The rules that prove an issue before it is sent: each a small function, in an ordered list.

`rules.py` is the list; `subject.py` is what the rules look at; `run.py` runs them.
"""
