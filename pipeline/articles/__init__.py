"""The pool: article files, their front matter, and their content as one safe tree with its forms."""
