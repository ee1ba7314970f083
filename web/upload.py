"""A file from the browser into the registry: choose it, see what it would do, say yes or no."""

import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from geo.errors import BadFile, UnknownFormat
from geo.formats import FORMATS, find_format
from geo.formats.csv_file import table
from registry import mapping, uploads
from registry.collections import COLLECTIONS, Collection, find_collection
from registry.database.engine import writing as account_writing
from registry.errors import Invalid, NotFound
from registry.imports import checked
from registry.kinds import Text
from registry.previews import Outdated, check_seen
from registry.reports import ImportRefused
from web import doubles, uploaded, verdicts
from web.db import store, writing
from web.params import read_reason
from web.visitors import cookie, writer

bp = Blueprint("upload", __name__)

_NAME = Text(200)
_SAY_OF_EACH = (
    "Nothing was stored yet: say of each possible double below whether it is a different project, "
    "or that all are."
)
_SAY_WHY = (
    "Nothing was stored yet: rows go back to an earlier status, so say why; it is kept in the "
    "history of every record."
)


class _Undecided(Exception):  # no error: the page asks again
    """A pair of possible doubles of which nobody has spoken; nothing is stored."""


Answer = str | tuple[str, int] | AnyResponse


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
            uploaded.folder(),
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


def _show(
    token: str, said: Mapping[str, str] | None = None, fault: str = "", undecided: str = ""
) -> tuple[str, int]:
    """The page of a file; with a fault, what was `said` of its columns stands there still, and
    what was said of its doubles.
    """
    upload = uploaded.find(token)
    collection = find_collection(upload.collection)
    try:
        with uploaded.read(upload) as file:
            meant = uploaded.meant(upload, file.names)
            found, named = uploaded.previewed(upload, file.rows, meant)
    except BadFile as error:
        uploaded.drop(token)
        sentence = f"{upload.file_name}: {error}"
        return _choose(sentence, upload.collection, keep_ids=upload.keep_ids), 422
    shown = render_template(
        "upload/show.html",
        token=token,
        upload=upload,
        collection=collection,
        form=find_format(upload.format),
        page=verdicts.page(collection, found, named, request.args.get("show", "")),
        outline=file.outline,
        columns=verdicts.columns(file.names, said or meant, file.first),
        placed=verdicts.placed(file.outline, file.first),
        missing=verdicts.missing(collection, meant),
        asked=verdicts.asked(said or meant),
        fault=fault,
        pairs=doubles.pairs(found.doubles, request.form),
        undecided=undecided,
        seen=found.seen,
        keep_ids=bool(request.form.get("keep_ids")) if fault else upload.keep_ids,
        words=verdicts.WORDS,
        groups=verdicts.groups(collection),
        id_name=mapping.ID,
        units_here={prop.name: prop.unit for prop in collection.properties},
    )
    return shown, 422 if fault or undecided else 200


@bp.post("/import/<token>/columns")
def set_columns(token: str) -> Answer:
    """Take what the columns mean, and look again."""
    writer()
    upload = uploaded.find(token)
    with uploaded.read(upload) as file:
        names = file.names
    # By their order: a browser changes the line breaks that names in spreadsheets may have.
    ours, unit = request.form.getlist("ours"), request.form.getlist("unit")
    said = {
        name: mapping.with_unit(one, in_unit, name)
        for name, one, in_unit in zip(
            names, ours, unit or [mapping.ASKED] * len(ours), strict=False
        )
    }
    collection = find_collection(upload.collection)
    try:
        meant = mapping.check(collection, names, said)
    except Invalid as error:
        return _show(token, said, str(error))
    with account_writing(store().accounts) as opened, opened.begin():
        upload = uploads.find(opened, uploaded.folder(), token, cookie())
        upload.set_meant(meant)
        upload.keep_ids = bool(request.form.get("keep_ids"))
        uploads.remember(opened, mapping.fingerprint(collection, names), meant)
    return redirect(url_for("upload.show", token=token), 303)


@bp.post("/import/<token>/sheet")
def set_sheet(token: str) -> Answer:
    """Read another sheet of the workbook, and look again."""
    writer()
    upload, sheet = uploaded.find(token), request.form.get(uploaded.SHEET, "")
    try:
        outline = uploaded.check_sheet(upload, sheet)
    except BadFile as error:
        return _show(token, fault=str(error))
    layout = mapping.sheets_fingerprint(
        find_collection(upload.collection), outline.sheets if outline else ()
    )
    with account_writing(store().accounts) as opened, opened.begin():
        uploads.find(opened, uploaded.folder(), token, cookie()).set_sheet(sheet)
        uploads.remember(opened, layout, {uploaded.SHEET: sheet})
    return redirect(url_for("upload.show", token=token), 303)


@bp.post("/import/<token>/store")
def put(token: str) -> Answer:
    """Store every row, or none where the registry changed meanwhile: where a row no longer fits,
    or would change a record otherwise than was shown.
    """
    by, reason = writer().actor, read_reason()
    upload = uploaded.find(token)
    collection = find_collection(upload.collection)
    try:
        with ExitStack() as held:
            file = held.enter_context(uploaded.read(upload))
            meant = uploaded.meant(upload, file.names)
            mapping.check(collection, file.names, meant)
            same = doubles.left_out(request.form)
            rows = (row for row in mapping.renamed(file.rows, meant) if row.row not in same)
            # Nobody else waits before all rows are read and keep their own rules.
            read = held.enter_context(checked(collection, rows, keep_ids=upload.keep_ids))
            opened = held.enter_context(writing())
            uploads.mark_stored(opened, upload)
            report = read.store(opened, by, reason)
            if doubles.undecided(report, request.form):
                raise _Undecided
            doubles.settle(opened, report, request.form, by, reason)
            check_seen(opened, collection, report, request.form.get("seen", ""))
    except _Undecided:
        return _show(token, undecided=_SAY_OF_EACH)
    except (ImportRefused, Outdated) as error:
        lacks_reason = isinstance(error, ImportRefused) and error.lacks_reason
        if lacks_reason and request.form.get("asked_why"):
            return _show(token, undecided=_SAY_WHY)
        return redirect(url_for("upload.show", token=token, changed=1), 303)
    with account_writing(store().accounts) as opened, opened.begin():
        uploads.drop(opened, uploaded.folder(), upload)
    counts: dict[str, Any] = {word: report.count(word) for word in verdicts.STORED}
    return redirect(url_for("upload.choose", collection=collection.id, **counts), 303)


@bp.post("/import/<token>/discard")
def discard(token: str) -> Answer:
    """Forget the file."""
    writer()
    uploaded.drop(token)
    return redirect(url_for("upload.choose"), 303)


@bp.get("/import/<token>/report.csv")
def report(token: str) -> Response:
    """The verdict on every row, for Excel."""
    writer()
    upload = uploaded.find(token)
    with uploaded.read(upload) as file:
        found, named = uploaded.previewed(upload, file.rows, uploaded.meant(upload, file.names))
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
        most_rows=uploaded.most_rows(),
        largest=uploaded.largest(),
    )


def _megabytes() -> int:
    return uploaded.largest() // 2**20


def _collection(name: str | None) -> Collection:
    found = next((one for one in COLLECTIONS if one.id == name), None)
    if found is None:
        raise NotFound("Say what the rows are: " + ", ".join(one.id for one in COLLECTIONS) + ".")
    return found
