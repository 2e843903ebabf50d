"""How many examples a property is tried with: all of them in CI, a few while one works.

The examples are the same each time, so that what passed passes; `--hypothesis-profile=random` looks for others.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

EVERYTHING = os.environ.get("PRESSROOM_TESTS") == "all"

for name, derandomize in (("same", True), ("random", False)):
    # No deadline: how long an example takes depends on what else the machine does.
    settings.register_profile(
        name, derandomize=derandomize, deadline=None, max_examples=100 if EVERYTHING else 6
    )
settings.load_profile("same")


def tries(count: int, **options: Any) -> settings:
    """Settings of a property that is tried with `count` examples in CI."""
    return settings(max_examples=count if EVERYTHING else max(4, count // 20), **options)
