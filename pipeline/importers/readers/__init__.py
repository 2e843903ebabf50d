"""One reader for each form in which writing arrives: it yields blocks and fields, and judges nothing."""
