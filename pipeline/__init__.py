"""Pressroom: from tagged article files to a newsletter issue that is ready to send.

Read `build.py` first: it holds the stages in their order.
"""

__version__ = "0.1.0"
