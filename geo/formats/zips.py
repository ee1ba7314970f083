"""A zip file is checked by its table of contents before anything of it is unpacked."""

import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from geo.errors import BadFile

MOST_ENTRIES = 1_000
MOST_UNPACKED = 1 << 30
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError)
"""What Python raises where an entry of a zip is not what the table of contents says."""

_ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".kmz")


def opened(file: BinaryIO | bytes, most_unpacked: int = MOST_UNPACKED) -> zipfile.ZipFile:
    """Return a zip whose table of contents is harmless; raises BadFile with what is wrong.

    The sizes it states are kept to: Python reads no more of an entry than its size there.
    """
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    try:
        archive = zipfile.ZipFile(source)
    except BROKEN:
        raise BadFile("The file is no zip file, or was cut short; make it again.") from None
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise BadFile(f"The zip holds {len(entries):,} files; at most {MOST_ENTRIES:,} are read.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > most_unpacked:
        raise BadFile(
            f"The zip would unpack to {unpacked / 1e6:,.0f} MB; at most "
            f"{most_unpacked / 1e6:,.0f} MB are read. Split it."
        )
    for entry in entries:
        _check(entry)
    return archive


def _check(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise BadFile(
            f"The zip holds {name[:60]!r}, which would be unpacked elsewhere; make it again."
        )
    if name.lower().endswith(_ARCHIVES):
        raise BadFile(
            f"The zip holds another archive, {path.name[:60]!r}; zip the files themselves."
        )
    if entry.flag_bits & 1:
        raise BadFile("The zip is locked with a password; make it without one.")


def unpack(archive: zipfile.ZipFile, entry: str, path: Path) -> None:
    """Write one entry to a path of ours; raises BadFile where it is broken."""
    try:
        with archive.open(entry) as source, path.open("wb") as copy:
            while piece := source.read(1 << 20):
                copy.write(piece)
    except BROKEN:
        raise BadFile(
            f"{PurePosixPath(entry).name!r} in the zip is broken; make it again."
        ) from None
