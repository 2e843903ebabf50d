"""The judging of plain text: numbered lines, rules that say what each of them is, and one writer.

`lines` has the nouns, `rules` the rules in their order, `write` makes a draft of what they found. A line
that no rule marks is a paragraph, so that a text is at worst too flat, and never short of a line.
"""
