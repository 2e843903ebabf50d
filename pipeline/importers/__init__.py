"""Foreign writing comes in here: each form by one file, and all of them the same way on.

`run` has the flow. A source (`draft.Material`) goes to the first of `forms.IMPORTERS` that takes it, which
gives `draft.Draft`s; `body` makes their Markdown clean; `finish` fills in what is missing; `place` compares
with what is in the pool and writes the article, its pictures and a sidecar with what was left out.
"""
