"""Checked drafts that wait in a temporary file until every row of an import is read.

So memory does not grow with the file, and the registry is written to only when all is known.
"""

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

import shapely

from geo.elements import as_array
from registry.drafts import Draft
from registry.errors import StoreError


@contextmanager
def waiting(collection: str) -> Iterator["Waiting"]:
    """A place for drafts of a collection; it vanishes at the end, also of a killed program."""
    with tempfile.TemporaryFile() as file:
        yield Waiting(collection, file)


class Waiting:
    """Blocks of drafts in the order they came; None stands for a row that is faulty."""

    def __init__(self, collection: str, file: IO[bytes]) -> None:
        """Write them to the file."""
        self._collection, self._file = collection, file
        self._sizes: list[tuple[int, int]] = []

    def put(self, block: bytes, count: int) -> None:
        """Add a packed block of so many drafts; raises StoreError where the disk is full."""
        try:
            self._file.write(block)
        except OSError as error:
            raise StoreError(
                f"There is no room in {tempfile.gettempdir()} for what waits to be stored "
                f"({error.strerror}); make some, or name another folder in TMPDIR."
            ) from error
        self._sizes.append((len(block), count))

    def packed(self) -> Iterator[tuple[bytes, int]]:
        """The blocks again, each time anew, with how many drafts are in each."""
        self._file.seek(0)
        return ((self._file.read(size), count) for size, count in self._sizes)

    def blocks(self) -> Iterator[list[Draft | None]]:
        """The drafts of each block."""
        return (unpacked(self._collection, block) for block, _ in self.packed())


def packed(drafts: Sequence[Draft | None]) -> bytes:
    """A block of drafts as it waits."""
    shapes = as_array([None if draft is None else draft.geometry for draft in drafts])
    said = [draft and (draft.values, draft.location, draft.warnings) for draft in drafts]
    return pickle.dumps((shapely.to_wkb(shapes).tolist(), said), pickle.HIGHEST_PROTOCOL)


def unpacked(collection: str, block: bytes) -> list[Draft | None]:
    """The drafts of a packed block."""
    shapes, said = pickle.loads(block)  # packed above, seen by nobody
    return [
        one and Draft(collection, one[0], shape, *one[1:])
        for shape, one in zip(shapely.from_wkb(as_array(shapes)), said, strict=True)
    ]
