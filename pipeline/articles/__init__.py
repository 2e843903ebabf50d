"""The pool of articles, and what the links and images in a text refer to."""
