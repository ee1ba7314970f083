"""What the pages of a Parquet file unpack to, by their own headers, before any is unpacked.

The sizes in the file's footer are what somebody wrote there; those of the page headers bind, since
the reader gives no page more room (Apache Parquet format, `PageHeader` in parquet.thrift, in
Thrift's compact protocol).
"""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.errors import BadFile

MOST_UNPACKED = 128 << 20
"""Bytes that the pages of a row group unpack to: so much is held at once."""

MOST_RATIO, MOST_IN_ALL = 30, 1 << 30
"""All pages unpack to so many times the file's size, or to so many bytes, whichever is more."""

MOST_LISTED = 5_000_000
"""Entries of the lists of a column in a row group: a few bytes can say that there are endless."""

_LONGEST_HEADER = 1 << 20
_DEEPEST = 8
_SIZE, _PACKED, _DATA, _DATA_2, _VALUES = 2, 3, 5, 8, 1


def check(path: Path, metadata: Any) -> None:
    """Raise BadFile where a file would unpack to more than is read."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        in_all = 0
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            sizes = [_column(data, group.column(at)) for at in range(group.num_columns)]
            unpacked = sum(size for size, _ in sizes)
            entries = max((count for _, count in sizes), default=0) - group.num_rows
            in_all += unpacked
            if unpacked > MOST_UNPACKED or entries > MOST_LISTED:
                raise BadFile(
                    f"Row group {number + 1:,} unpacks to {unpacked / 1e6:,.0f} MB and "
                    f"{max(entries, 0):,} entries of lists; at most {MOST_UNPACKED / 1e6:,.0f} MB "
                    f"and {MOST_LISTED:,} are read. Write the file with fewer rows a group."
                )
        if in_all > max(MOST_IN_ALL, MOST_RATIO * len(data)):
            raise BadFile(f"The file unpacks to {in_all / 1e6:,.0f} MB; split it.")


def _column(data: mmap.mmap, chunk: Any) -> tuple[int, int]:
    """Return the bytes and the values of all pages of a column in a row group."""
    offsets = (chunk.dictionary_page_offset, chunk.data_page_offset)
    at = min((offset for offset in offsets if offset), default=0)
    if not at:  # a group without rows
        return 0, 0
    end, size, values = at + chunk.total_compressed_size, 0, 0
    while at < min(end, len(data)):
        header, length = _Compact(data[at : at + _LONGEST_HEADER]).struct()
        size += header[_SIZE]
        values += next((header[kind][_VALUES] for kind in (_DATA, _DATA_2) if kind in header), 0)
        if header[_SIZE] < 0 or header[_PACKED] < 0:
            raise ValueError("negative size")
        at += length + header[_PACKED]
    return size, values


class _Compact:
    """Reads one struct of Thrift's compact protocol; the numbers of its fields are its names."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self, depth: int = 0) -> tuple[dict[int, Any], int]:
        """Return the fields, and how many bytes were read; raises IndexError, ValueError."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        return dict(self._fields(depth)), self._at

    def _fields(self, depth: int) -> Iterator[tuple[int, Any]]:
        name = 0
        while head := self._byte():
            name = name + (head >> 4) if head >> 4 else self._integer()
            yield name, self._value(head & 15, depth)

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (1, 2):  # the type says which
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind == 8:
            length = self._varint()
            self._at += length
            return None
        if kind == 12:
            return self.struct(depth + 1)[0]
        raise ValueError(f"type {kind} in a page header")

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while (part := self._byte()) & 128:
            value, shift = value | (part & 127) << shift, shift + 7
            if shift > 63:
                raise ValueError("endless number")
        return value | part << shift

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
