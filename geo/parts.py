"""Long work in parts, so that neither memory nor a statement grows with it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
PART = 5_000


def in_parts(items: Iterable[Item], size: int = PART) -> Iterator[list[Item]]:
    """Yield the items in lists of that many; the last one may be shorter."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part
