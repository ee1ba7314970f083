"""A file that waits for a yes or no, opened: its rows, its columns, and what it would do."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from flask import Flask, current_app

from geo.errors import BadFile
from geo.formats import Asked, Outline, RawFeature, find_format
from geo.formats.table import MOST_COLUMNS
from registry import mapping, uploads
from registry.collections import find_collection
from registry.database.engine import reading
from registry.database.engine import writing as account_writing
from registry.previews import Preview, preview
from registry.uploads import Upload
from web import verdicts
from web.config import Settings
from web.db import store
from web.visitors import cookie, writer

_FOLDER, _IS_SHARED = "UPLOADS", "UPLOADS_ARE_SHARED"
_MOST_ROWS, _LARGEST = "MOST_UPLOAD_ROWS", "LARGEST_UPLOAD_BYTES"
_LONGEST_NAME = 200


def init_app(app: Flask, settings: Settings) -> None:
    """Where uploads wait, and how much of them is taken."""
    app.config[_FOLDER] = settings.uploads
    app.config[_IS_SHARED] = settings.data is None
    app.config[_LARGEST] = settings.largest_upload_bytes
    app.config[_MOST_ROWS] = settings.most_upload_rows


def folder() -> Path:
    """Where uploads wait; raises StoreError where it lies among the files of others, as beside a
    PostgreSQL database, and is not ours alone.
    """
    waiting: Path = current_app.config[_FOLDER]
    if current_app.config[_IS_SHARED]:
        uploads.make_private(waiting)
    return waiting


def largest() -> int:
    """How many bytes a file may have."""
    most: int = current_app.config[_LARGEST]
    return most


def most_rows() -> int:
    """How many rows a file may have."""
    most: int = current_app.config[_MOST_ROWS]
    return most


def find(token: str) -> Upload:
    """The file of a token, for the browser that sent it; raises NotFound."""
    with reading(store().accounts) as opened:
        upload = uploads.find(opened, folder(), token, cookie())
        opened.expunge(upload)
        return upload


def drop(token: str) -> None:
    """Forget a file."""
    with account_writing(store().accounts) as opened, opened.begin():
        uploads.drop(opened, folder(), uploads.find(opened, folder(), token, cookie()))


@dataclass(frozen=True, slots=True)
class File:
    """A file while it is read: its rows, the first of them, the names of its columns, and of a
    table where they were found.
    """

    rows: Iterator[RawFeature]
    first: list[RawFeature]
    names: list[str]
    outline: Outline | None


@contextmanager
def read(upload: Upload) -> Iterator[File]:
    """Open a file; its rows are read as they are asked for. Raises BadFile, also for too many."""
    form, asked = find_format(upload.format), _asked(upload)
    with uploads.opened(upload, folder()) as file:
        outline = form.outline(file, asked)
        file.seek(0)
        rows = _counted(form.rows(file, asked))
        first = mapping.first_rows(rows)
        if not first:
            raise BadFile("it has no rows.")
        names = mapping.columns_of(first)
        if len(names) > MOST_COLUMNS:
            raise BadFile(f"it has {len(names):,} columns; at most {MOST_COLUMNS} are read.")
        yield File(chain(first, rows), first[: verdicts.MOST_ROWS], names, outline)


def meant(upload: Upload, names: list[str]) -> dict[str, str]:
    """What the columns mean: as was said of this file or of the last such one, else our guess."""
    collection = find_collection(upload.collection)
    if upload.meant is not None:
        return upload.meant
    with reading(store().accounts) as opened:
        before = uploads.remembered(opened, mapping.fingerprint(collection, names))
    return before or mapping.suggest(collection, names)


def previewed(
    upload: Upload, rows: Iterable[RawFeature], meant: dict[str, str]
) -> tuple[Preview, list[str]]:
    """What the rows would do, and what each of them is called."""
    collection, by = find_collection(upload.collection), writer().actor
    named: list[str] = []

    def noted() -> Iterator[RawFeature]:
        for row in mapping.renamed(rows, meant):
            named.append(str(row.properties.get(collection.named_by) or "")[:_LONGEST_NAME])
            yield row

    with store().reading() as opened:
        return preview(opened, collection, noted(), by, keep_ids=upload.keep_ids), named


def check_sheet(upload: Upload, sheet: str) -> Outline | None:
    """Where the rows of that sheet stand; raises BadFile where there is none, or no header."""
    is_name = mapping.is_name(find_collection(upload.collection))
    with uploads.opened(upload, folder()) as file:
        return find_format(upload.format).outline(file, Asked(sheet, is_name))


def _asked(upload: Upload) -> Asked:
    """Where the header is to be looked for: on the sheet that was said of this file or of the last
    such one, else on the first that has a known one.
    """
    collection = find_collection(upload.collection)
    is_name = mapping.is_name(collection)
    if upload.sheet is not None:
        return Asked(upload.sheet, is_name)
    with uploads.opened(upload, folder()) as file:
        outline = find_format(upload.format).outline(file, Asked("", is_name))
    if outline is None or len(outline.sheets) < 2:
        return Asked("", is_name)
    with reading(store().accounts) as opened:
        layout = mapping.sheets_fingerprint(collection, outline.sheets)
        before = uploads.remembered(opened, layout) or {}
    return Asked(before.get(SHEET, outline.sheet), is_name)


SHEET = "sheet"
"""Under this name the sheet of a layout is remembered, and a form says it."""


def _counted(rows: Iterable[RawFeature]) -> Iterator[RawFeature]:
    most = most_rows()
    for at, row in enumerate(rows):
        if at == most:
            raise BadFile(
                f"it has more than {most:,} rows, which is more than this page takes; split it, or "
                "let whoever runs Qadam bring it in with “qadam import”."
            )
        yield row
