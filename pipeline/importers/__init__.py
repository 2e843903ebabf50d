"""Import: foreign writing as clean article files. Each form has a reader, and all of them the same cleanup.

The flow is in `run`: a source (`draft.Material`) goes to the first of `forms.IMPORTERS` that takes it. It
reads fields and blocks (`draft.Draft`, `blocks.SourceBlock`). `cleanup` takes out of the blocks what is not
the article's text; `finish` fills in what is missing; `settle` finds out where links and pictures lead.
`run` writes the article, its pictures, and a sidecar with what was left out.
"""
