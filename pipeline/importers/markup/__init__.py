"""HTML to Markdown: the tree is tidied by named steps, then written."""

from pipeline.importers.markup.convert import Converted, converted, markdown_of
from pipeline.importers.markup.tree import soup_of

__all__ = ["Converted", "converted", "markdown_of", "soup_of"]
