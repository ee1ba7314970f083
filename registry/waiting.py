"""Checked drafts that wait in a temporary file until every row of an import is read.

So memory does not grow with the file, and the registry is written to only when all is known.
"""

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

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
        self._blocks = 0

    def put(self, drafts: Sequence[Draft | None]) -> None:
        """Add a block; raises StoreError where the disk has no room for it."""
        shapes = as_array([None if draft is None else draft.geometry for draft in drafts])
        said = [draft and (draft.values, draft.location, draft.warnings) for draft in drafts]
        try:
            pickle.dump(
                (shapely.to_wkb(shapes).tolist(), said), self._file, pickle.HIGHEST_PROTOCOL
            )
        except OSError as error:
            raise StoreError(
                f"There is no room in {tempfile.gettempdir()} for what waits to be stored "
                f"({error.strerror}); make some, or name another folder in TMPDIR."
            ) from error
        self._blocks += 1

    def blocks(self) -> Iterator[list[Draft | None]]:
        """The drafts again, block by block, each time anew."""
        self._file.seek(0)
        for _ in range(self._blocks):
            shapes, said = pickle.load(self._file)  # written above, seen by nobody
            yield [
                one and self._draft(shape, *one)
                for shape, one in zip(shapely.from_wkb(as_array(shapes)), said, strict=True)
            ]

    def _draft(self, shape: Any, values: Any, location: Any, warnings: Any) -> Draft:
        return Draft(self._collection, values, shape, location, warnings)
