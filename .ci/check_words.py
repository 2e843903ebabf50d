"""Refuse words in docstrings that need a second reading, and a second class of one name.

`python .ci/check_words.py [FOLDER]` prints each place below the folder (default: pipeline) and exits
with 1 if there is one.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

# `is None` is code.
REFUSED = re.compile(r"\b((?i:stands?|anew|gives|is told|are told|whereof|of which none)|is none)\b")

_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield every docstring: of modules, classes and functions, and the texts below constants and fields."""
    for node in ast.walk(tree):
        if not isinstance(node, _Documented):
            continue
        for statement in node.body:
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value


def problems(folder: Path) -> Iterator[str]:
    """Yield a line for each refused word and each class name that is taken."""
    classes: dict[str, str] = {}
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for text in docstrings(tree):
            for offset, line in enumerate(str(text.value).split("\n")):
                for word in REFUSED.findall(line):
                    yield f'{file}:{text.lineno + offset}: "{word}" in a docstring: say it plainly'
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                place = f"{file}:{node.lineno}"
                taken = classes.setdefault(node.name, place)
                if taken != place:
                    yield f"{place}: the class name {node.name} is taken by {taken}"


if __name__ == "__main__":
    lines = list(problems(Path(sys.argv[1] if len(sys.argv) > 1 else "pipeline")))
    print("\n".join(lines) or "No refused word, no class name twice.")
    sys.exit(1 if lines else 0)
