"""How much a condition asks of the database for each row, and how much may be asked.

The index answers the first part of a function of places, and nothing of the others; a visitor who
joins hundreds of them would hold up everybody else.
"""

from collections.abc import Iterator
from typing import Any

from registry.cql2.tree import ARRAYS, FOLDS, SPATIAL, BadExpression, Tree
from registry.cql2.values import Names

MOST = 40
# A row is asked with a step for each: taking its geometry apart takes the longest.
_STEPS = dict.fromkeys(SPATIAL, 2) | dict.fromkeys((*ARRAYS, *FOLDS), 1)


def check_cost(tree: Tree, names: Names) -> None:
    """Raise BadExpression for a condition that asks too much at once."""
    if sum(_steps(tree, names)) > MOST:
        raise BadExpression(
            f"it asks too much at once; at most {MOST} functions and composed properties fit, and "
            f"half as many of places"
        )


def _steps(tree: Tree, names: Names) -> Iterator[int]:
    if isinstance(tree, list):
        for each in tree:
            yield from _steps(each, names)
    elif isinstance(tree, dict):
        found: Any = names.get(tree.get("property", ""))
        yield _STEPS.get(tree.get("op", ""), 0) + bool(found and found.is_composed)
        yield from _steps(tree.get("args", []), names)
