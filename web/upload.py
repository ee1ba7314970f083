"""A file from the browser into the registry: choose it, see what it would do, say yes or no."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from geo.errors import BadFile, UnknownFormat
from geo.formats import FORMATS, RawFeature, find_format
from geo.formats.csv_file import table
from geo.formats.table import MOST_COLUMNS
from registry import mapping, uploads
from registry.collections import COLLECTIONS, Collection, find_collection
from registry.database.engine import reading
from registry.database.engine import writing as account_writing
from registry.errors import Invalid, NotFound
from registry.imports import checked
from registry.kinds import Text
from registry.previews import Outdated, Preview, check_seen, preview
from registry.reports import ImportRefused
from registry.uploads import Upload
from web import verdicts
from web.config import Settings
from web.db import store, writing
from web.params import read_reason
from web.visitors import cookie, writer

bp = Blueprint("upload", __name__)

_FOLDER, _MOST_ROWS = "UPLOADS", "MOST_UPLOAD_ROWS"
_LARGEST = "LARGEST_UPLOAD_BYTES"
_NAME = Text(200)
_SAY_NEW = (
    "Nothing was stored: some rows may be in the registry already; go back, and tick the box that "
    "says they are new, or discard the file."
)
Answer = str | tuple[str, int] | AnyResponse


def init_app(app: Flask, settings: Settings) -> None:
    """Where uploads wait, and how much of them is taken."""
    app.config[_FOLDER] = settings.uploads
    app.config[_LARGEST] = settings.largest_upload_bytes
    app.config[_MOST_ROWS] = settings.most_upload_rows


@bp.get("/import")
def choose() -> Answer:
    """The form that takes a file, and what the last one did."""
    writer()
    return _choose()


@bp.post("/import")
def receive() -> Answer:
    """Keep the file for an hour and show what it would do."""
    writer()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _choose("Choose a file first.", **_said()), 422
    try:
        form, collection = find_format(file.filename), _collection(request.form.get("collection"))
    except (UnknownFormat, NotFound) as error:
        return _choose(str(error), **_said()), 422
    token = secrets.token_urlsafe(32)
    with account_writing(store().accounts) as opened, opened.begin():
        uploads.keep(
            opened,
            _folder(),
            token,
            cookie(),
            file.stream,  # type: ignore[arg-type]  # werkzeug's own word for a binary file
            file_name=_NAME.read(file.filename[-_NAME.longest :]) or "file",
            format=form.name,
            collection=collection.id,
            keep_ids=bool(request.form.get("keep_ids")),
        )
    return redirect(url_for("upload.show", token=token), 303)


@bp.get("/import/<token>")
def show(token: str) -> Answer:
    """What a file would do, row by row; nothing is stored."""
    writer()
    return _show(token)


def _show(token: str, said: Mapping[str, str] | None = None, fault: str = "") -> tuple[str, int]:
    """The page of a file; with a fault, what was `said` of its columns stands there still."""
    upload = _find(token)
    collection = find_collection(upload.collection)
    try:
        with _read(upload) as file:
            meant = _meant(upload, file.names)
            found, named = _preview(upload, file.rows, meant)
    except BadFile as error:
        _drop(token)
        sentence = f"{upload.file_name}: {error}"
        return _choose(sentence, upload.collection, keep_ids=upload.keep_ids), 422
    shown = render_template(
        "upload/show.html",
        token=token,
        upload=upload,
        collection=collection,
        form=find_format(upload.format),
        page=verdicts.page(collection, found, named, request.args.get("show", "")),
        columns=verdicts.columns(file.names, said or meant, file.first),
        missing=verdicts.missing(collection, meant),
        fault=fault,
        seen=found.seen,
        keep_ids=bool(request.form.get("keep_ids")) if fault else upload.keep_ids,
        words=verdicts.WORDS,
        groups=verdicts.groups(collection),
        id_name=mapping.ID,
    )
    return shown, 422 if fault else 200


@bp.post("/import/<token>/columns")
def set_columns(token: str) -> Answer:
    """Take what the columns mean, and look again."""
    writer()
    upload = _find(token)
    with _read(upload) as file:
        names = file.names
    # By their order: a browser changes the line breaks that names in spreadsheets may have.
    said = dict(zip(names, request.form.getlist("ours"), strict=False))
    collection = find_collection(upload.collection)
    try:
        meant = mapping.check(collection, names, said)
    except Invalid as error:
        return _show(token, said, str(error))
    with account_writing(store().accounts) as opened, opened.begin():
        upload = uploads.find(opened, _folder(), token, cookie())
        upload.set_meant(meant)
        upload.keep_ids = bool(request.form.get("keep_ids"))
        uploads.remember(opened, mapping.fingerprint(collection, names), meant)
    return redirect(url_for("upload.show", token=token), 303)


@bp.post("/import/<token>/store")
def put(token: str) -> Answer:
    """Store every row, or none where the registry changed meanwhile: where a row no longer fits,
    or would change a record otherwise than was shown.
    """
    by, reason = writer().actor, read_reason()
    upload = _find(token)
    collection = find_collection(upload.collection)
    try:
        with ExitStack() as held:
            file = held.enter_context(_read(upload))
            held.enter_context(uploads.held(upload, _folder()))
            rows = mapping.renamed(file.rows, _meant(upload, file.names))
            # Nobody else waits before all rows are read and keep their own rules.
            read = held.enter_context(checked(collection, rows, keep_ids=upload.keep_ids))
            opened = held.enter_context(writing())
            report = read.store(opened, by, reason)
            if report.doubled and not request.form.get("anyway"):
                raise Invalid({"anyway": [_SAY_NEW]})
            check_seen(opened, collection, report, request.form.get("seen", ""))
    except (ImportRefused, Outdated):
        return redirect(url_for("upload.show", token=token, changed=1), 303)
    with account_writing(store().accounts) as opened, opened.begin():
        uploads.drop(opened, _folder(), upload)
    counts: dict[str, Any] = {word: report.count(word) for word in verdicts.STORED}
    return redirect(url_for("upload.choose", collection=collection.id, **counts), 303)


@bp.post("/import/<token>/discard")
def discard(token: str) -> Answer:
    """Forget the file."""
    writer()
    _drop(token)
    return redirect(url_for("upload.choose"), 303)


@bp.get("/import/<token>/report.csv")
def report(token: str) -> Response:
    """The verdict on every row, for Excel."""
    writer()
    upload = _find(token)
    with _read(upload) as file:
        found, named = _preview(upload, file.rows, _meant(upload, file.names))
    lines = verdicts.report(find_collection(upload.collection), found, named)
    return Response(
        table(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="qadam-import-report.csv"'},
    )


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Answer:
    """The form again, with what is too large."""
    return _choose(
        f"The file is larger than {_megabytes()} MB; split it, or let whoever runs Qadam bring it "
        "in with “qadam import”."
    ), 413


def _said() -> dict[str, Any]:
    """What the form said beside the file, so that it is not said twice."""
    form = request.form
    return {"chosen": form.get("collection", ""), "keep_ids": bool(form.get("keep_ids"))}


def _choose(fault: str = "", chosen: str = "", *, keep_ids: bool = False) -> str:
    chosen = chosen or request.args.get("collection", "")
    counts = {word: request.args.get(word, 0, type=int) for word in verdicts.STORED}
    done = [one for one in COLLECTIONS if one.id == chosen] if any(counts.values()) else []
    return render_template(
        "upload/choose.html",
        fault=fault,
        chosen=chosen,
        keep_ids=keep_ids,
        formats=FORMATS,
        collections=COLLECTIONS,
        done=done[0] if done else None,
        counts=counts,
        megabytes=_megabytes(),
        most_rows=current_app.config[_MOST_ROWS],
        largest=current_app.config[_LARGEST],
    )


def _megabytes() -> int:
    largest: int = current_app.config[_LARGEST]
    return largest // 2**20


def _folder() -> Path:
    folder: Path = current_app.config[_FOLDER]
    return folder


def _collection(name: str | None) -> Collection:
    found = next((one for one in COLLECTIONS if one.id == name), None)
    if found is None:
        raise NotFound("Say what the rows are: " + ", ".join(one.id for one in COLLECTIONS) + ".")
    return found


def _find(token: str) -> Upload:
    with reading(store().accounts) as opened:
        upload = uploads.find(opened, _folder(), token, cookie())
        opened.expunge(upload)
        return upload


def _drop(token: str) -> None:
    with account_writing(store().accounts) as opened, opened.begin():
        uploads.drop(opened, _folder(), uploads.find(opened, _folder(), token, cookie()))


@dataclass(frozen=True, slots=True)
class _File:
    """A file while it is read: its rows, the first of them, and the names of its columns."""

    rows: Iterator[RawFeature]
    first: list[RawFeature]
    names: list[str]


@contextmanager
def _read(upload: Upload) -> Iterator[_File]:
    """Open a file; its rows are read as they are asked for. Raises BadFile, also for too many."""
    with uploads.opened(upload, _folder()) as file:
        rows = _counted(find_format(upload.format).read(file))
        first = mapping.first_rows(rows)
        if not first:
            raise BadFile("it has no rows.")
        names = mapping.columns_of(first)
        if len(names) > MOST_COLUMNS:
            raise BadFile(f"it has {len(names):,} columns; at most {MOST_COLUMNS} are read.")
        yield _File(chain(first, rows), first[: verdicts.MOST_ROWS], names)


def _counted(rows: Iterable[RawFeature]) -> Iterator[RawFeature]:
    most: int = current_app.config[_MOST_ROWS]
    for at, row in enumerate(rows):
        if at == most:
            raise BadFile(
                f"it has more than {most:,} rows, which is more than this page takes; split it, or "
                "let whoever runs Qadam bring it in with “qadam import”."
            )
        yield row


def _meant(upload: Upload, names: list[str]) -> dict[str, str]:
    """What the columns mean: as was said of this file or of the last such one, else our guess."""
    collection = find_collection(upload.collection)
    if upload.meant is not None:
        return upload.meant
    with reading(store().accounts) as opened:
        before = uploads.remembered(opened, mapping.fingerprint(collection, names))
    return before or mapping.suggest(collection, names)


def _preview(
    upload: Upload, rows: Iterable[RawFeature], meant: dict[str, str]
) -> tuple[Preview, list[str]]:
    """What the rows would do, and what each of them is called."""
    collection, by = find_collection(upload.collection), writer().actor
    named: list[str] = []

    def noted() -> Iterator[RawFeature]:
        for row in mapping.renamed(rows, meant):
            named.append(str(row.properties.get(collection.named_by) or "")[: _NAME.longest])
            yield row

    with store().reading() as opened:
        return preview(opened, collection, noted(), by, keep_ids=upload.keep_ids), named
